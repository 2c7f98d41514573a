//! One running console per state folder: a second launch raises the first one's window and ends.
//!
//! The lock is the truth; the socket only carries the wish to be raised. A crash leaves neither:
//! the system drops the lock with the process, and whoever has the lock replaces the socket. It is in
//! the folder, which is its owner's alone, so nobody else can be there first or ask for anything.
//! Without it the console runs all the same, and is not raised.

use std::fs::{File, TryLockError};
use std::io::{self, Read, Write};
use std::path::Path;
use std::time::Duration;

use connections::{Failure, storage};
use interprocess::local_socket::prelude::*;
use interprocess::local_socket::{ListenerOptions, Name};

/// How long a second launch may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(2);

/// The lock on a state folder; released when dropped.
pub struct Instance {
    _lock: File,
}

/// Creates the state folder, readable by its owner only, locks it, and calls `raise` whenever a
/// second launch asks for it; `None` where another process has the folder, which then was asked to
/// raise its window.
///
/// # Errors
/// The folder cannot be written.
pub fn claim(
    folder: &Path,
    raise: impl Fn() + Send + 'static,
) -> Result<Option<Instance>, Failure> {
    storage::create_folder(folder)?;
    let path = folder.join("lock");
    let lock = storage::open_lock(&path)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            if let Err(error) = ask_to_raise(folder) {
                tracing::warn!(%error, "the console is running already and cannot be raised");
            }
            return Ok(None);
        }
        Err(TryLockError::Error(error)) => {
            return Err(storage::failure(&path, "cannot be locked", &error));
        }
    }
    if let Err(error) = listen(folder, raise) {
        tracing::warn!(%error, "a second launch will not find this window");
    }
    Ok(Some(Instance { _lock: lock }))
}

fn listen(folder: &Path, raise: impl Fn() + Send + 'static) -> io::Result<()> {
    // What a crash left behind is nobody's: the lock is ours.
    let listener = ListenerOptions::new().name(name(folder)?).try_overwrite(true).create_sync()?;
    std::thread::Builder::new().name("second launches".into()).spawn(move || {
        for asked in listener.incoming() {
            match asked.and_then(read_wish) {
                Ok(wish) if &wish == b"raise" => raise(),
                Ok(_) => {}
                Err(error) => tracing::debug!(%error, "a second launch said nothing"),
            }
        }
    })?;
    Ok(())
}

fn read_wish(mut asked: LocalSocketStream) -> io::Result<[u8; 5]> {
    asked.set_recv_timeout(Some(PATIENCE))?;
    let mut wish = [0; 5];
    asked.read_exact(&mut wish)?;
    Ok(wish)
}

fn ask_to_raise(folder: &Path) -> io::Result<()> {
    let mut first = LocalSocketStream::connect(name(folder)?)?;
    first.write_all(b"raise")
}

#[cfg(unix)]
fn name(folder: &Path) -> io::Result<Name<'static>> {
    folder.join("raise.socket").to_fs_name::<interprocess::local_socket::GenericFilePath>()
}

/// Named pipes are in no folder.
#[cfg(not(unix))]
fn name(folder: &Path) -> io::Result<Name<'static>> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hash = DefaultHasher::new();
    folder.canonicalize()?.hash(&mut hash);
    format!("kronos-console-{:016x}", hash.finish())
        .to_ns_name::<interprocess::local_socket::GenericNamespaced>()
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    const SOON: Duration = Duration::from_secs(20);

    #[test]
    fn a_second_launch_raises_the_first_one_and_does_not_get_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        let (raised, seen) = mpsc::channel();
        let first = claim(folder.path(), move || raised.send(()).unwrap()).unwrap();
        assert!(first.is_some());

        assert!(claim(folder.path(), || unreachable!()).unwrap().is_none());
        seen.recv_timeout(SOON).expect("the first one was asked");
    }

    #[test]
    fn the_folder_is_free_again_after_the_first_one_ended() {
        let folder = tempfile::tempdir().unwrap();
        drop(claim(folder.path(), || {}).unwrap());
        let lock = std::fs::File::open(folder.path().join("lock")).unwrap();
        lock.try_lock().expect("no one holds the lock");
    }

    #[test]
    fn whoever_connects_and_says_nothing_keeps_nobody_else_from_being_heard() {
        let folder = tempfile::tempdir().unwrap();
        let (raised, seen) = mpsc::channel();
        let _first = claim(folder.path(), move || raised.send(()).unwrap()).unwrap();
        let _silent = LocalSocketStream::connect(name(folder.path()).unwrap()).unwrap();
        ask_to_raise(folder.path()).unwrap();
        seen.recv_timeout(SOON).expect("the silent one was given up");
    }

    #[cfg(unix)]
    #[test]
    fn the_first_thing_that_a_start_creates_is_for_its_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("new/state");
        let _first = claim(&folder, || {}).unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&folder.join("lock"))), (0o700, 0o600));
    }

    #[cfg(unix)]
    #[test]
    fn a_socket_left_by_a_crash_is_replaced_and_one_that_cannot_be_stops_no_start() {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("raise.socket");
        // Closing a listener of the standard library leaves its file, as a crash does.
        drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
        let (raised, seen) = mpsc::channel();
        let first = claim(folder.path(), move || raised.send(()).unwrap()).unwrap();
        ask_to_raise(folder.path()).unwrap();
        seen.recv_timeout(SOON).expect("the first one was asked");
        assert!(first.is_some());

        let blocked = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(blocked.path().join("raise.socket/taken")).unwrap();
        assert!(claim(blocked.path(), || {}).unwrap().is_some());
    }
}
