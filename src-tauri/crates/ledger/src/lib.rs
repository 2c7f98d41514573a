//! The activity of this desk: who changed what, where, when, why, and how it ended.
//!
//! Every change is written twice: the intent before it is made, and the outcome after. Both are on
//! the disk when the call returns (`synchronous = FULL`), so that a crash leaves at worst an intent
//! without an outcome; the next start marks it as unknown and hands it out to be checked.
//!
//! What is in it: names of connections and objects, counts, reasons, phrases of failures. What is
//! never in it: secrets, and any part of a message. No column could take a payload, and every text
//! is cut to a length that holds none.
//!
//! One process writes; rows are added and concluded, never changed or removed, which triggers in
//! the file enforce against accidents (not against its owner). Every function here blocks on the
//! disk for some milliseconds. Left out: the journal of replay jobs and the recycle bin, which get
//! tables of their own in later versions of the file.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

mod broken;
mod entry;
mod facts;
mod file;
#[cfg(test)]
mod full_disk_tests;
mod page;
mod suspicion;
mod text;
mod write;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use connections::access::{ActivityLog, EntryId, Intent, Outcome};
use connections::failure::Failure;
use connections::storage::WriterLock;
use rusqlite::Connection;
use tokio::sync::watch;

use broken::Broken;
pub use entry::{Cursor, Entry};
pub use file::VERSION;
pub use page::{LONGEST_PAGE, Page, Query};

/// The activity of this desk.
pub struct Ledger {
    path: PathBuf,
    operator: String,
    /// The open file, or why the ledger is of no use.
    state: Result<Open, Failure>,
    revision: watch::Sender<u64>,
    _only_writer: WriterLock,
}

/// Reads have a connection of their own, so that a long search does not delay a change.
struct Open {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
}

/// A ledger that was opened, and what is to be told about it.
#[derive(Debug)]
pub struct Opened {
    /// The ledger. One that cannot be used gives its failure at every call, so that nothing can be
    /// changed: what cannot be announced is not done.
    pub ledger: Ledger,
    /// What could not be read, and where it was kept.
    pub notice: Option<Failure>,
    /// Changes of an earlier run that ended before their outcome was known; now marked as unknown,
    /// to be checked. Newest first, at most [`LONGEST_PAGE`].
    pub interrupted: Vec<Entry>,
}

impl Ledger {
    /// Opens `ledger.db` in this folder, which is created where it is missing; the operator is the
    /// user that the operating system names.
    ///
    /// A file that is damaged or not ours is renamed (`ledger.db.kept-…`) and a new one begun. A
    /// file of a newer version, or one that the disk does not give, stays as it is, and the ledger
    /// is of no use until that has changed: see [`Opened::ledger`].
    ///
    /// # Errors
    /// [`connections::Code::Storage`] where the folder cannot be used, or another process uses it.
    pub fn open(folder: &Path) -> Result<Opened, Failure> {
        Ledger::open_as(folder, &whoami::fallible::username().unwrap_or_else(|_| "unknown".into()))
    }

    /// [`Self::open`] for an operator of this name.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub fn open_as(folder: &Path, operator: &str) -> Result<Opened, Failure> {
        connections::storage::create_folder(folder)?;
        let path = folder.join("ledger.db");
        let only_writer = WriterLock::take(&folder.join("ledger.lock"))?;
        let (connections, mut notice) = file::open(&path);
        let mut interrupted = Vec::new();
        let state = connections.and_then(|(writer, reader)| {
            interrupted = write::mark_interrupted(&writer).map_err(|broken| told(&path, broken))?;
            Ok(Open { writer: Mutex::new(writer), reader: Mutex::new(reader) })
        });
        if let Err(failure) = &state {
            notice = Some(failure.clone());
        }
        let ledger = Ledger {
            path,
            operator: text::cut(operator, text::NAME),
            state,
            revision: watch::Sender::new(0),
            _only_writer: only_writer,
        };
        Ok(Opened { ledger, notice, interrupted })
    }

    /// Entries, newest first. A search for a text that is rare blocks while it reads the whole.
    ///
    /// # Errors
    /// [`connections::Code::Storage`].
    pub fn entries(&self, query: &Query) -> Result<Page, Failure> {
        page::read(&lock(&self.open_state()?.reader), query)
            .map_err(|broken| told(&self.path, broken))
    }

    /// A number that grows with every entry and every outcome; for whoever shows them.
    pub fn revision(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Why nothing can be written, where that is so.
    pub fn failure(&self) -> Option<&Failure> {
        self.state.as_ref().err()
    }

    fn open_state(&self) -> Result<&Open, Failure> {
        self.state.as_ref().map_err(Failure::clone)
    }

    fn changed(&self) {
        self.revision.send_modify(|revision| *revision = revision.wrapping_add(1));
    }
}

impl ActivityLog for Ledger {
    fn intend(&self, intent: &Intent) -> Result<EntryId, Failure> {
        let entry = write::intend(&lock(&self.open_state()?.writer), &self.operator, intent)
            .map_err(|broken| told(&self.path, broken))?;
        self.changed();
        Ok(entry)
    }

    fn conclude(&self, entry: EntryId, outcome: &Outcome) -> Result<(), Failure> {
        write::conclude(&lock(&self.open_state()?.writer), entry, outcome)
            .map_err(|broken| told(&self.path, broken))?;
        self.changed();
        Ok(())
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ledger({})", self.path.display())
    }
}

/// What people are told; a damaged file is remembered for the next start, which keeps it aside.
fn told(path: &Path, broken: Broken) -> Failure {
    let Broken { failure, damaged } = broken;
    if damaged && !suspicion::raise(path) {
        return failure.hint(format!("close the console and move {} away", path.display()));
    }
    failure
}

fn lock(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}
