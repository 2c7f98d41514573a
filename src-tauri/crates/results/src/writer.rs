//! Putting hits in, from several threads of one process.
//!
//! A thread has a [`Shard`], which collects hits, and squeezes and seals them on that thread. What
//! the threads share is the end of the two files: a block is given its place there, is sealed for
//! that place, and is written to it while others write beside it. A block is told when all of it is
//! written; whatever is not told does not exist, so a write that fails half-way leaves a gap and
//! nothing else. Nothing is flushed to the disk itself: no set outlives the run.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connections::storage::failure;
use connections::{Code, Failure};
use serde::{Deserialize, Serialize};

use crate::block::{Block, Half};
use crate::key::SetKey;
use crate::payload::Room;
use crate::positioned;
use crate::seal::Seal;
use crate::shard::Shard;
use crate::squeeze::squeeze;

/// The most bytes of one record that may be kept whole, whatever the limits say.
pub const MOST_OF_A_RECORD: u32 = 16 << 20;

/// How much of the payloads is kept. No limit costs a hit: beyond it, less of its payload is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The most bytes of key, value and headers together with which a record is kept whole, at most
    /// [`MOST_OF_A_RECORD`]. Of a larger one the first 4096 bytes of each are kept.
    pub record: u32,
    /// The most bytes on disk. Beyond, the first 512 bytes of each key, value, headers and preview
    /// are kept; each thread may still write the block that it has begun.
    pub set: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { record: 1 << 20, set: 8 << 30 }
    }
}

/// The one process that writes a set.
pub struct Writer {
    heads: (PathBuf, File),
    records: (PathBuf, File),
    seal: Seal,
    limits: Limits,
    ends: Mutex<Ends>,
    _only_writer: File,
}

/// The ends of the two files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ends {
    heads: u64,
    records: u64,
}

/// What a shard has collected.
pub(crate) struct Collected<'a> {
    pub heads: &'a [u8],
    pub payload: &'a [u8],
    pub hits: u32,
    pub undecided: u32,
    pub cut: u32,
}

impl Writer {
    /// Goes on at the end of a set. What an earlier writer wrote stays as it is; one that is about
    /// to end is waited for, for five seconds.
    ///
    /// # Errors
    /// [`Code::Storage`], also where another process still writes it.
    pub fn open(folder: &Path, key: &SetKey, limits: Limits) -> Result<Arc<Writer>, Failure> {
        let only_writer = lock(&folder.join("writing"))?;
        let open = |half: Half| {
            let path = folder.join(half.file());
            let open = positioned::open_to_write(&path);
            let open = open.and_then(|file| Ok((file.metadata()?.len(), file)));
            let (end, file) = open.map_err(|e| failure(&path, "cannot be opened", &e))?;
            Ok::<_, Failure>(((path, file), end))
        };
        let (heads, heads_end) = open(Half::Heads)?;
        let (records, records_end) = open(Half::Records)?;
        Ok(Arc::new(Writer {
            heads,
            records,
            seal: Seal::of(key),
            limits: Limits { record: limits.record.min(MOST_OF_A_RECORD), ..limits },
            ends: Mutex::new(Ends { heads: heads_end, records: records_end }),
            _only_writer: only_writer,
        }))
    }

    /// A place to put hits in, for one thread.
    pub fn shard(self: &Arc<Self>) -> Shard {
        Shard::of(self.clone())
    }

    /// Bytes on disk.
    pub fn bytes(&self) -> u64 {
        let ends = *self.ends();
        ends.heads.saturating_add(ends.records)
    }

    /// How much of the payloads of the next block is to be kept.
    pub(crate) fn room(&self) -> Room {
        match self.bytes() < self.limits.set {
            true => Room::Whole(self.limits.record as usize),
            false => Room::Short,
        }
    }

    /// Seals and writes. The buffers are the shard's, so that they are made once.
    ///
    /// # Errors
    /// [`Code::Storage`]: the block does not exist then, and may be written again.
    pub(crate) fn write(
        &self,
        collected: &Collected<'_>,
        heads: &mut Vec<u8>,
        records: &mut Vec<u8>,
    ) -> Result<Block, Failure> {
        Seal::begin(heads);
        squeeze(collected.heads, heads);
        Seal::begin(records);
        squeeze(collected.payload, records);
        let length = |bytes: usize| {
            u32::try_from(bytes)
                .map_err(|_| Failure::new(Code::Internal, "a block of the result set is too large"))
        };
        let heads_len = length(Seal::length(heads))?;
        let records_len = length(Seal::length(records))?;
        let payload = length(collected.payload.len())?;
        let (begin, end) = self.reserve(heads_len, records_len);
        let block = Block {
            heads_at: begin.heads,
            heads_len,
            records_at: begin.records,
            records_len,
            payload,
            hits: collected.hits,
            undecided: collected.undecided,
            cut: collected.cut,
        };
        let written = self
            .put(&block, Half::Records, &self.records, records)
            .and_then(|()| self.put(&block, Half::Heads, &self.heads, heads));
        match written {
            Ok(()) => Ok(block),
            Err(failure) => {
                self.give_back(begin, end);
                Err(failure)
            }
        }
    }

    fn put(
        &self,
        block: &Block,
        half: Half,
        (path, file): &(PathBuf, File),
        piece: &mut Vec<u8>,
    ) -> Result<(), Failure> {
        self.seal.seal(block, half, piece)?;
        let (at, _) = block.place(half);
        positioned::write(file, at, piece).map_err(|e| failure(path, "cannot be written", &e))
    }

    /// A place of its own for a block: where it begins and ends.
    fn reserve(&self, heads: u32, records: u32) -> (Ends, Ends) {
        let mut ends = self.ends();
        let begin = *ends;
        ends.heads = ends.heads.saturating_add(u64::from(heads));
        ends.records = ends.records.saturating_add(u64::from(records));
        (begin, *ends)
    }

    /// A place that was not written, where nobody has reserved one behind it: who tries again on a
    /// full disk would otherwise move the end away from what is there.
    fn give_back(&self, begin: Ends, end: Ends) {
        let mut ends = self.ends();
        if *ends == end {
            *ends = begin;
        }
    }

    fn ends(&self) -> MutexGuard<'_, Ends> {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a writer that was ended may take to be gone.
const ENDING: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(10);

/// Held until it is dropped or the process ends. On a file of its own: on some systems a locked
/// file cannot be read.
fn lock(path: &Path) -> Result<File, Failure> {
    let file = connections::storage::open_lock(path)?;
    let started = Instant::now();
    let mut locked = file.try_lock();
    while matches!(locked, Err(TryLockError::WouldBlock)) && started.elapsed() < ENDING {
        std::thread::sleep(PAUSE);
        locked = file.try_lock();
    }
    match locked {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Failure::new(
            Code::Storage,
            format!("{} is held: the result set is still being written", path.display()),
        )
        .hint("stop the search that writes it, and search again")),
        Err(TryLockError::Error(e)) => Err(failure(path, "cannot be locked", &e)),
    }
}

/// Only for the tests: the set on a disk that is full.
#[cfg(test)]
impl Writer {
    pub(crate) fn ends_of_files(&self) -> (u64, u64) {
        let ends = *self.ends();
        (ends.heads, ends.records)
    }
}
