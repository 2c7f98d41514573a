//! What a search found: up to tens of millions of hits, kept on disk and sealed, with next to
//! nothing of them in memory.
//!
//! One process writes a set while it scans, with a thread for each consumer; another reads windows
//! of it at the same time and afterwards; others read it later to group, filter again or export.
//!
//! ```text
//!  worker                                        app
//!  Writer ── Shard, Shard ── a Block is sealed ──► Reader::add ── head, record, heads
//!                 │               (told)               ▲
//!                 └────► heads, records (files) ───────┘
//! ```
//!
//! - [`shelf`]: the folder of all sets of this run; what a former run left is removed
//! - [`key`]: the key of a set, in memory only
//! - [`hit`]: what is put in, and what comes back out
//! - [`head`]: what is known of a hit without its payload, in a fixed number of bytes
//! - [`block`]: a piece of a set: small, serialisable, the only way to what is in the files
//! - [`writer`], [`shard`]: putting in
//! - [`reader`]: taking out
//! - [`mod@order`]: rows sorted by time, place or size; [`view`]: those that a page shows
//! - [`histogram`]: how many over time
//! - `seal`, `squeeze`, `payload`, `positioned`, `cache`: what these are made of
//!
//! Invariants:
//! - What is not in a [`Block`] that was told does not exist. A crash of the writer leaves nothing
//!   half: the next one goes on behind whatever is in the files.
//! - Everything read was sealed with the key of the set for the very place it is read from, and is
//!   checked all the same: who writes looks at hostile bytes and may have gone wrong.
//! - Damage is told for the rows it is in, and hides no other row.
//! - No hit is lost to a limit: beyond one, less of its payload is kept, and the head says so.
//!
//! Left out: sets that outlive the run (the key is in memory only, on purpose), and removing single
//! hits.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]
#![deny(unsafe_code)]

pub mod block;
mod cache;
pub mod head;
pub mod histogram;
pub mod hit;
pub mod key;
pub mod order;
mod payload;
mod positioned;
pub mod reader;
mod seal;
pub mod shard;
pub mod shelf;
mod squeeze;
#[cfg(test)]
mod tests;
pub mod view;
pub mod writer;

pub use block::Block;
pub use head::{Head, Mark};
pub use histogram::{Histogram, Picture};
pub use hit::{Hit, Stored};
pub use key::SetKey;
pub use order::{By, Direction, Ordered, order};
pub use reader::Reader;
pub use shard::Shard;
pub use shelf::{Set, Shelf};
pub use view::View;
pub use writer::{Limits, Writer};
