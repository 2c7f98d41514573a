//! One running console per state folder: a second launch raises the first one's window and ends.
//!
//! The lock is the truth; the socket only carries the wish to be raised. A crash leaves neither:
//! the system drops both with the process.

use std::fs::{File, TryLockError};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
use std::path::Path;

use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{GenericNamespaced, ListenerOptions, Name};

/// The lock on a state folder; released when dropped.
pub struct Instance {
    _lock: File,
}

/// Locks a state folder and calls `raise` whenever a second launch asks for it; `None` where another
/// process has the folder, which then was asked to raise its window.
///
/// # Errors
/// The folder cannot be written.
pub fn claim(folder: &Path, raise: impl Fn() + Send + 'static) -> io::Result<Option<Instance>> {
    let lock =
        File::options().create(true).truncate(false).write(true).open(folder.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            if let Err(error) = ask_to_raise(folder) {
                tracing::warn!(%error, "the console is running already and cannot be raised");
            }
            return Ok(None);
        }
        Err(TryLockError::Error(error)) => return Err(error),
    }
    let listener = ListenerOptions::new().name(name(folder)?).create_sync()?;
    std::thread::Builder::new().name("second launches".into()).spawn(move || {
        for mut asked in listener.incoming().flatten() {
            let mut wish = [0; 5];
            if asked.read_exact(&mut wish).is_ok() && &wish == b"raise" {
                raise();
            }
        }
    })?;
    Ok(Some(Instance { _lock: lock }))
}

fn ask_to_raise(folder: &Path) -> io::Result<()> {
    let mut first = LocalSocketStream::connect(name(folder)?)?;
    first.write_all(b"raise")
}

fn name(folder: &Path) -> io::Result<Name<'static>> {
    let mut hash = DefaultHasher::new();
    folder.canonicalize()?.hash(&mut hash);
    format!("kronos-console-{:016x}", hash.finish()).to_ns_name::<GenericNamespaced>()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::claim;

    #[test]
    fn a_second_launch_raises_the_first_one_and_does_not_get_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (raised, seen) = mpsc::channel();
        let first = claim(folder.path(), move || raised.send(()).unwrap()).unwrap();
        assert!(first.is_some());

        assert!(claim(folder.path(), || unreachable!()).unwrap().is_none());
        seen.recv_timeout(Duration::from_secs(5)).expect("the first one was asked");
    }

    #[test]
    fn the_folder_is_free_again_after_the_first_one_ended() {
        let folder = tempfile::tempdir().unwrap();
        drop(claim(folder.path(), || {}).unwrap());
        let lock = std::fs::File::open(folder.path().join("lock")).unwrap();
        lock.try_lock().expect("no one holds the lock");
    }
}
