//! Copies from any source to any target, across both brokers: preview, run, account.
//!
//! - [`item`]: one message of a frozen set, whichever broker it comes from
//! - [`mapping`]: the one table of what becomes of a message on its way
//! - [`provenance`]: where a copy says it comes from
//! - [`request`]: what is asked for
//! - [`preview`]: what a run would do, before it does anything
//! - [`run`]: the run, its results, and its account

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

pub mod item;
pub mod mapping;
pub mod preview;
pub mod provenance;
pub mod request;
pub mod run;
