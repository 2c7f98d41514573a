//! Files that must survive a crash, a full disk and a newer version of the program.
//!
//! A file is written whole or not at all, has one writer, and is never overwritten when it could
//! not be read: then it is kept aside under a new name. Every function here blocks on the disk.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tempfile::NamedTempFile;

use crate::failure::{Code, Failure};

/// Creates the folder where there is none, readable by its owner only; one that others can read,
/// because something else created it, is closed to them.
///
/// # Errors
/// [`Code::Storage`], also for a folder that cannot be closed to others.
pub fn create_folder(folder: &Path) -> Result<(), Failure> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|e| failure(folder, "cannot be created", &e))?;
    #[cfg(unix)]
    keep_private(folder).map_err(|e| failure(folder, "cannot be closed to others", &e))?;
    Ok(())
}

#[cfg(unix)]
fn keep_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mut permissions = fs::metadata(folder)?.permissions();
    if permissions.mode() & 0o077 == 0 {
        return Ok(());
    }
    permissions.set_mode(permissions.mode() & 0o700);
    fs::set_permissions(folder, permissions)
}

/// Opens a file for a lock, creating it where it is missing, readable by its owner only.
///
/// # Errors
/// [`Code::Storage`].
pub fn open_lock(path: &Path) -> Result<File, Failure> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|e| failure(path, "cannot be opened", &e))
}

/// Replaces the content of a file: the old or the new content is there at every moment, and the
/// new one is on the disk when this returns. Readable by its owner only.
///
/// # Errors
/// [`Code::Storage`]; the old content is untouched.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let write = || -> io::Result<()> {
        let mut file = NamedTempFile::new_in(folder)?;
        file.write_all(content)?;
        file.as_file().sync_all()?;
        file.persist(path).map_err(|e| e.error)?;
        sync_folder(folder)
    };
    write().map_err(|e| failure(path, "cannot be written", &e))
}

/// A rename is durable once its folder is; Windows has no such call and needs none.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A name beside `path` that no file has: `profiles.json.kept-20261123T081500Z`.
pub fn aside(path: &Path) -> PathBuf {
    let now = Timestamp::now().strftime("%Y%m%dT%H%M%SZ").to_string();
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let candidate = |suffix: &str| path.with_file_name(format!("{name}.kept-{now}{suffix}"));
    let mut chosen = candidate("");
    let mut count = 1_u64;
    while fs::symlink_metadata(&chosen).is_ok() {
        count += 1;
        chosen = candidate(&format!("-{count}"));
    }
    chosen
}

/// Keeps this content under a name beside `path` and gives the name; a file kept earlier with the
/// same content serves as well, so that opening a damaged file every day leaves one copy.
///
/// # Errors
/// [`Code::Storage`].
pub fn keep_copy(path: &Path, content: &[u8]) -> Result<PathBuf, Failure> {
    let prefix = format!("{}.kept-", path.file_name().unwrap_or_default().to_string_lossy());
    let folder = path.parent().unwrap_or(Path::new("."));
    let siblings = fs::read_dir(folder).map_err(|e| failure(folder, "cannot be read", &e))?;
    let same = siblings.flatten().map(|entry| entry.path()).find(|sibling| {
        let name = sibling.file_name().unwrap_or_default().to_string_lossy();
        let size = fs::metadata(sibling).map(|about| about.len());
        name.starts_with(&prefix)
            && size.is_ok_and(|size| size == content.len() as u64)
            && fs::read(sibling).is_ok_and(|kept| kept == content)
    });
    match same {
        Some(kept) => Ok(kept),
        None => {
            let kept = aside(path);
            write_atomically(&kept, content)?;
            Ok(kept)
        }
    }
}

/// The right to write, held by at most one process until it is dropped or the process ends.
#[derive(Debug)]
pub struct WriterLock(#[expect(dead_code, reason = "the open file is the lock")] File);

impl WriterLock {
    /// Takes the lock on this file, which holds nothing and stays.
    ///
    /// # Errors
    /// [`Code::Storage`], also where somebody else has it.
    pub fn take(path: &Path) -> Result<Self, Failure> {
        let file = open_lock(path)?;
        match file.try_lock() {
            Ok(()) => Ok(WriterLock(file)),
            Err(TryLockError::WouldBlock) => {
                let folder = path.parent().unwrap_or(path).display().to_string();
                Err(Failure::new(Code::Storage, format!("{folder} is in use by another console"))
                    .hint("close the other one, or give this one a folder of its own"))
            }
            Err(TryLockError::Error(e)) => Err(failure(path, "cannot be locked", &e)),
        }
    }
}

/// A failure of the disk, naming the file; `what` completes the sentence.
pub fn failure(path: &Path, what: &str, error: &io::Error) -> Failure {
    let hint = match error.kind() {
        io::ErrorKind::PermissionDenied => "check who owns it and its permissions",
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room on the disk",
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only: mount it for writing",
        _ => "check the disk",
    };
    Failure::new(Code::Storage, format!("{} {what} ({})", path.display(), error.kind())).hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_content_and_no_litter() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("taken");
        // A folder with something in it cannot be replaced by a file, on any system.
        fs::create_dir(&path).unwrap();
        fs::write(path.join("old"), "old").unwrap();
        let failure = write_atomically(&path, b"new").unwrap_err();
        assert_eq!(failure.code, Code::Storage);
        assert_eq!(fs::read(path.join("old")).unwrap(), b"old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a temporary file was left");
    }

    #[test]
    fn a_name_aside_is_never_one_that_exists() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("profiles.json");
        let mut names = Vec::new();
        for _ in 0..5 {
            let name = aside(&path);
            fs::write(&name, "").unwrap();
            assert!(!names.contains(&name));
            names.push(name);
        }
    }

    #[cfg(unix)]
    #[test]
    fn files_and_folders_are_for_their_owner_only() {
        use std::os::unix::fs::PermissionsExt;
        let open_to_others = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o077;
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("state");
        create_folder(&folder).unwrap();
        let (file, lock) = (folder.join("file"), folder.join("lock"));
        write_atomically(&file, b"x").unwrap();
        let _held = WriterLock::take(&lock).unwrap();
        for path in [&folder, &file, &lock] {
            assert_eq!(open_to_others(path), 0, "{}", path.display());
        }
        // Created by something else, as the system's libraries do with an app's folder.
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
        create_folder(&folder).unwrap();
        assert_eq!(open_to_others(&folder), 0);
    }
}
