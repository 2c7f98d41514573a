//! Everything that speaks to Kafka.
//!
//! - [`Cluster`]: an open connection: topics, reading, records, producing
//! - [`topics`]: what a cluster's topics are
//! - [`read`]: reading a topic: the request, the result set, and what the result covers
//! - [`scan`]: reading everything in a range, and accounting for it
//! - [`produce`]: writing records
//! - [`mod@diagnose`]: which step of connecting fails
//!
//! Invariants:
//! - Looking changes nothing on the broker: no topic is created by asking for it, no consumer group
//!   by reading it, and no offset is committed. Writing takes a grant.
//! - Native clients are created in `client` only, and `unsafe` is in `native` only.
//! - librdkafka is never called from an async thread where the call may wait: asynchronous
//!   functions here move to threads of their own first.
//! - A password that was refused is not tried again: the gate of a connection stops its clients.
//! - librdkafka's configuration is never formatted; secrets are not even put into it.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]
#![deny(unsafe_code)]

mod client;
mod cluster;
mod context;
pub mod diagnose;
mod gate;
mod names;
#[expect(unsafe_code, reason = "librdkafka's C interface, for what the safe one lacks")]
mod native;
mod plan;
mod polled;
pub mod produce;
pub mod read;
pub mod scan;
pub mod topics;
mod verdict;

pub use cluster::{About, Broker, Cluster};
pub use diagnose::diagnose;
