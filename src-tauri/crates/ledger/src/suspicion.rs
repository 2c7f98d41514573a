//! The note that a ledger was found damaged while in use.
//!
//! A large file is not checked at each start, so its damage shows when something reads or writes
//! the damaged place. The note, an empty file beside the ledger, makes the next start check it
//! whatever its size: only then can it be kept aside and a new one begun.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

fn note(ledger: &Path) -> PathBuf {
    ledger.with_extension("suspect")
}

/// Leaves the note, and says whether it is there.
pub(crate) fn raise(ledger: &Path) -> bool {
    File::create(note(ledger)).is_ok()
}

/// Whether there is one.
pub(crate) fn is_there(ledger: &Path) -> bool {
    fs::symlink_metadata(note(ledger)).is_ok()
}

/// Takes it away. One that stays costs a check at the next start and nothing else.
pub(crate) fn dismiss(ledger: &Path) {
    let _ = fs::remove_file(note(ledger));
}
