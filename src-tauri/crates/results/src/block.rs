//! A piece of a set: up to about a thousand hits that were sealed together.
//!
//! It is what the writer tells and the reader is told, and so the only way to what is in the files.
//! All of it is bound into what is sealed: a block that states anything else about itself than when
//! it was sealed does not open, nor does one that was moved, swapped or taken from another set.

use serde::{Deserialize, Serialize};

use crate::{head, seal};

/// The most hits of a block that a reader accepts; writers stay far below.
pub const MOST_HITS: u32 = 65_536;

/// The most bytes of payload in a block that a reader accepts; writers stay below.
pub const MOST_PAYLOAD: u32 = 48 << 20;

/// Where a piece of a set is, and how much is in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Block {
    /// Where its heads begin, in bytes of the file of heads.
    pub heads_at: u64,
    /// Bytes of its heads there.
    pub heads_len: u32,
    /// Where its payload begins, in bytes of the file of records.
    pub records_at: u64,
    /// Bytes of its payload there.
    pub records_len: u32,
    /// Bytes of its payload when it is opened.
    pub payload: u32,
    /// Records in it, at least one.
    pub hits: u32,
    /// Those of them of which it could not be told whether they are hits.
    pub undecided: u32,
    /// Those of them that are not whole.
    pub cut: u32,
}

/// Which half of a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Half {
    Heads,
    Records,
}

impl Half {
    /// The file that it is in.
    pub fn file(self) -> &'static str {
        match self {
            Half::Heads => "heads",
            Half::Records => "records",
        }
    }
}

impl Block {
    /// Whether a writer could have sealed it; who announces it may have gone wrong.
    pub(crate) fn is_possible(&self) -> bool {
        let sealed = |length: u32, plain: u64| {
            let least = seal::ADDED as u64;
            u64::from(length) > least && u64::from(length) <= plain.saturating_add(least)
        };
        let within = |at: u64, length: u32| {
            at.checked_add(u64::from(length)).is_some_and(|end| end <= i64::MAX as u64)
        };
        (1..=MOST_HITS).contains(&self.hits)
            && (1..=MOST_PAYLOAD).contains(&self.payload)
            && self.undecided <= self.hits
            && self.cut <= self.hits
            && sealed(self.heads_len, self.plain(Half::Heads) as u64)
            && sealed(self.records_len, self.plain(Half::Records) as u64)
            && within(self.heads_at, self.heads_len)
            && within(self.records_at, self.records_len)
    }

    /// Bytes of a half when it is opened.
    pub(crate) fn plain(&self, half: Half) -> usize {
        match half {
            Half::Heads => (self.hits as usize).saturating_mul(head::LENGTH),
            Half::Records => self.payload as usize,
        }
    }

    /// Where a half is in its file, and how long it is there.
    pub(crate) fn place(&self, half: Half) -> (u64, usize) {
        match half {
            Half::Heads => (self.heads_at, self.heads_len as usize),
            Half::Records => (self.records_at, self.records_len as usize),
        }
    }

    /// What is sealed along with a half, so that it opens as that and as nothing else.
    pub(crate) fn seal_with(&self, half: Half) -> [u8; 41] {
        let half = match half {
            Half::Heads => 0,
            Half::Records => 1,
        };
        let fields = [u64::to_le_bytes(self.heads_at), u64::to_le_bytes(self.records_at)];
        let lengths =
            [self.heads_len, self.records_len, self.payload, self.hits, self.undecided, self.cut];
        let mut bytes = [half; 41];
        for (to, from) in bytes
            .iter_mut()
            .skip(1)
            .zip(fields.into_iter().flatten().chain(lengths.into_iter().flat_map(u32::to_le_bytes)))
        {
            *to = from;
        }
        bytes
    }
}
