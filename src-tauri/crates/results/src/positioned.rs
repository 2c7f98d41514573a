//! Reading and writing at a place of a file, which threads do at the same time with one handle.
//! The only code here that differs between systems.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Fills the buffer from this place on.
///
/// # Errors
/// [`io::ErrorKind::UnexpectedEof`] where the file ends before, and whatever the disk says.
#[cfg(unix)]
pub fn read(file: &File, at: u64, into: &mut [u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, into, at)
}

/// Writes everything from this place on.
///
/// # Errors
/// Whatever the disk says; a part may be written then.
#[cfg(unix)]
pub fn write(file: &File, at: u64, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

/// Fills the buffer from this place on.
///
/// # Errors
/// [`io::ErrorKind::UnexpectedEof`] where the file ends before, and whatever the disk says.
#[cfg(windows)]
pub fn read(file: &File, mut at: u64, mut into: &mut [u8]) -> io::Result<()> {
    while !into.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, into, at) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => {
                into = std::mem::take(&mut into).get_mut(count..).unwrap_or_default();
                at = at.saturating_add(count as u64);
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Writes everything from this place on.
///
/// # Errors
/// Whatever the disk says; a part may be written then.
#[cfg(windows)]
pub fn write(file: &File, mut at: u64, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, at) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(count) => {
                bytes = bytes.get(count..).unwrap_or_default();
                at = at.saturating_add(count as u64);
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Opens a file for writing at places, created where it is missing, readable by its owner only.
///
/// # Errors
/// Whatever the disk says.
pub fn open_to_write(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
