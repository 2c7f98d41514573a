//! The process in which bulk broker bytes are looked at, and the searches that run in it.
//!
//! Millions of records of unknown origin go through decoders, expressions and librdkafka's
//! decompression. That happens in a child process: the same executable with a private first argument,
//! with a bound on its memory. It gets one job through its standard input, tells about it through its
//! standard output, and ends with it; its memory is free at once. When it dies, the search goes on
//! in another one and names the record that it died of.
//!
//! ```text
//!  app                                   worker
//!  Search ── Job ───────────────stdin──► scan ── examiner ── results::Writer ──► files
//!    ▲                                     │
//!    └── Told: blocks, accounts ◄──stdout──┘
//! ```
//!
//! - [`search`]: a search from the app's side: it starts workers until everything is accounted for
//! - [`launch`]: how a worker is started
//! - [`contract`]: what crosses; [`handed`]: secrets on that way; [`frames`]: how
//! - [`child`]: what a worker does
//!
//! Invariants:
//! - Secrets reach a worker through its standard input and in no other way: not as argument, not in
//!   its environment.
//! - What a worker tells is either whole or not told: hits that are announced and offsets that are
//!   accounted for belong to each other, so that another one can go on from there.
//! - A worker whose parent is gone ends.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]
#![deny(unsafe_code)]

pub mod child;
pub mod contract;
pub mod frames;
pub mod handed;
pub mod launch;
pub mod search;
