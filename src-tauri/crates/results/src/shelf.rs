//! The folder in which result sets are, and nothing else.
//!
//! Each run of the console has a folder of its own in it, with a lock that the run holds: the sets
//! of another console that is running are left alone, and those of one that ended are removed at
//! the next start, whether it ended well or not. Nobody could read them: their keys ended with it.
//!
//! ```text
//! run-6f1c…/lock          held while that run lasts
//!           set-1/heads records writing
//! ```

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use connections::Failure;
use connections::storage::{create_folder, failure, open_lock};
use uuid::Uuid;

use crate::block::Half;
use crate::key::SetKey;
use crate::positioned;

const RUN: &str = "run-";
const LOCK: &str = "lock";

/// The result sets of this run. All of them are removed when it is dropped.
pub struct Shelf {
    folder: PathBuf,
    next: AtomicU64,
    leftover: Option<Failure>,
    _lock: File,
}

/// A result set. What it has on the disk is removed when it is dropped; a reader that still has it
/// open goes on reading, where the system allows that, and takes the room until it is dropped too.
#[derive(Debug)]
pub struct Set {
    folder: PathBuf,
    key: SetKey,
}

impl Shelf {
    /// Begins this run in a folder of its own under `root`, which is created where it is missing,
    /// and removes what former runs left there. It blocks on the disk, for seconds where they left
    /// much.
    ///
    /// # Errors
    /// [`connections::Code::Storage`] where no folder can be created or locked.
    pub fn open(root: &Path) -> Result<Shelf, Failure> {
        create_folder(root)?;
        let leftover = sweep(root).err();
        if let Some(failure) = &leftover {
            tracing::warn!(%failure, "result sets of a former run stay on the disk");
        }
        loop {
            let folder = root.join(format!("{RUN}{}", Uuid::new_v4().simple()));
            if let Some(lock) = begin(&folder)? {
                return Ok(Shelf { folder, next: AtomicU64::new(1), leftover, _lock: lock });
            }
        }
    }

    /// What a former run left and could not be removed, to be told.
    pub fn leftover(&self) -> Option<&Failure> {
        self.leftover.as_ref()
    }

    /// A new, empty set with a key of its own.
    ///
    /// # Errors
    /// [`connections::Code::Storage`].
    pub fn create(&self) -> Result<Set, Failure> {
        let key = SetKey::random()?;
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let set = Set { folder: self.folder.join(format!("set-{number}")), key };
        create_folder(&set.folder)?;
        for half in [Half::Heads, Half::Records] {
            let path = set.folder.join(half.file());
            positioned::open_to_write(&path)
                .map_err(|e| failure(&path, "cannot be created", &e))?;
        }
        Ok(set)
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        removed(&self.folder);
    }
}

impl Set {
    /// Where it is, for a writer or a reader.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its key, for a writer or a reader, in another process through its pipe only.
    pub fn key(&self) -> &SetKey {
        &self.key
    }
}

impl Drop for Set {
    fn drop(&mut self) {
        removed(&self.folder);
    }
}

/// What cannot be removed now is removed at the next start.
fn removed(folder: &Path) {
    match fs::remove_dir_all(folder) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => {}
        Err(e) => {
            let failure = failure(folder, "cannot be removed", &e);
            tracing::warn!(%failure, "a result set stays on the disk until the next start");
        }
    }
}

/// The folder of this run and its lock; `None` where another start swept it away before it was
/// locked, which takes its folder for one that nobody holds.
fn begin(folder: &Path) -> Result<Option<File>, Failure> {
    let path = folder.join(LOCK);
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|e| failure(folder, "cannot be created", &e))?;
    let lock = match open_lock(&path) {
        Ok(lock) => lock,
        Err(_) if !folder.exists() => return Ok(None),
        Err(failure) => return Err(failure),
    };
    held(lock, &path)
}

/// The lock, held; `None` where another start holds it to sweep its folder away, or did that.
fn held(lock: File, path: &Path) -> Result<Option<File>, Failure> {
    match lock.try_lock() {
        Ok(()) if path.exists() => Ok(Some(lock)),
        Ok(()) | Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(e)) => Err(failure(path, "cannot be locked", &e)),
    }
}

/// Removes the folders of runs that ended.
fn sweep(root: &Path) -> Result<(), Failure> {
    let entries = fs::read_dir(root).map_err(|e| failure(root, "cannot be read", &e))?;
    let mut result = Ok(());
    for entry in entries.flatten() {
        let folder = entry.path();
        let ours = entry.file_name().to_str().is_some_and(is_run);
        // A link to a folder is not a folder here.
        if !ours || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        // What cannot be asked for its lock may be held: it stays.
        result = result.and(match open_lock(&folder.join(LOCK)) {
            Ok(lock) if lock.try_lock().is_ok() => remove(&folder),
            Err(failure) if folder.exists() => Err(failure),
            _ => Ok(()),
        });
    }
    result
}

/// One that is not empty after its content was removed was just taken by another start.
fn remove(folder: &Path) -> Result<(), Failure> {
    use io::ErrorKind::{DirectoryNotEmpty, NotFound};
    match fs::remove_dir_all(folder) {
        Err(e) if !matches!(e.kind(), NotFound | DirectoryNotEmpty) => {
            Err(failure(folder, "cannot be removed", &e))
        }
        _ => Ok(()),
    }
}

fn is_run(name: &str) -> bool {
    name.strip_prefix(RUN).is_some_and(|id| Uuid::try_parse(id).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_another_start_takes_for_abandoned_is_not_begun_in() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join(format!("{RUN}{}", Uuid::new_v4().simple()));
        let path = folder.join(LOCK);
        let open = || {
            fs::create_dir_all(&folder).unwrap();
            open_lock(&path).unwrap()
        };
        let sweeping = open();
        sweeping.try_lock().unwrap();
        assert!(held(open(), &path).unwrap().is_none(), "it is being swept");
        let opened_before = open();
        fs::remove_dir_all(&folder).unwrap();
        drop(sweeping);
        assert!(held(opened_before, &path).unwrap().is_none(), "it was swept");
        let own = held(open(), &path).unwrap().expect("nobody wants it");
        sweep(root.path()).unwrap();
        assert!(folder.exists());
        drop(own);
        sweep(root.path()).unwrap();
        assert!(!folder.exists());
    }
}
