//! What one thread puts in.
//!
//! Hits are collected until there is a block of them. Nothing is lost by a failure: what was
//! collected stays, and the hit that a failure is given for was not taken.

use std::sync::Arc;

use connections::Failure;

use crate::block::Block;
use crate::head::{Entry, Mark};
use crate::hit::Hit;
use crate::payload::{self, Room};
use crate::writer::{Collected, Writer};

/// A block of so many hits is sealed, whatever its payload.
pub const HITS: u32 = 1024;

/// A block with so many bytes of payload is sealed, however few its hits.
pub const PAYLOAD: usize = 512 << 10;

/// Collects the hits of one thread. What it has collected and not [flushed](Shard::flush) ends with
/// it: only who puts hits in can tell the block that they are in.
pub struct Shard {
    writer: Arc<Writer>,
    /// How much is kept of payloads in the block that is collected.
    room: Room,
    heads: Vec<u8>,
    payload: Vec<u8>,
    hits: u32,
    undecided: u32,
    cut: u32,
    sealed_heads: Vec<u8>,
    sealed_records: Vec<u8>,
}

impl Shard {
    pub(crate) fn of(writer: Arc<Writer>) -> Shard {
        Shard {
            room: writer.room(),
            writer,
            heads: Vec::new(),
            payload: Vec::new(),
            hits: 0,
            undecided: 0,
            cut: 0,
            sealed_heads: Vec::new(),
            sealed_records: Vec::new(),
        }
    }

    /// Takes a hit. Where those before it are a block, that is written first, and given to be told.
    ///
    /// # Errors
    /// [`connections::Code::Storage`], such as for a full disk. This hit was not taken then, those
    /// before it were: the same call may be made again.
    pub fn push(&mut self, hit: &Hit<'_>) -> Result<Option<Block>, Failure> {
        let full = self.hits >= HITS || self.payload.len() >= PAYLOAD;
        let block = if full { self.flush()? } else { None };
        if self.hits == 0 {
            self.room = self.writer.room();
        }
        let place = self.payload.len();
        let head = payload::encode(hit, self.room, &mut self.payload);
        let length = self.payload.len().saturating_sub(place);
        // Both fit: a block has at most `PAYLOAD` and one record.
        let u32 = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        Entry { head, place: u32(place), length: u32(length) }.encode(&mut self.heads);
        self.hits += 1;
        self.undecided += u32::from(head.mark == Mark::Undecided);
        self.cut += u32::from(!head.whole);
        Ok(block)
    }

    /// Writes what was collected, and gives the block to be told; `None` where there is nothing.
    ///
    /// # Errors
    /// As [`Self::push`]; what was collected stays collected.
    pub fn flush(&mut self) -> Result<Option<Block>, Failure> {
        if self.hits == 0 {
            return Ok(None);
        }
        let collected = Collected {
            heads: &self.heads,
            payload: &self.payload,
            hits: self.hits,
            undecided: self.undecided,
            cut: self.cut,
        };
        let block =
            self.writer.write(&collected, &mut self.sealed_heads, &mut self.sealed_records)?;
        self.heads.clear();
        self.payload.clear();
        self.payload.shrink_to(PAYLOAD.saturating_mul(2));
        self.sealed_records.clear();
        self.sealed_records.shrink_to(PAYLOAD.saturating_mul(2));
        (self.hits, self.undecided, self.cut) = (0, 0, 0);
        Ok(Some(block))
    }

    /// Hits that were collected and are in no block yet.
    pub fn waiting(&self) -> u32 {
        self.hits
    }

    /// The same hits, waiting for another writer.
    #[cfg(test)]
    pub(crate) fn moved_to(mut self, writer: Arc<Writer>) -> Shard {
        self.writer = writer;
        self
    }
}
