//! The one place that talks to librdkafka through its C interface, and owns every `unsafe`.
//!
//! `rdkafka`'s safe types do not serve here: they have no ListOffsets and no DescribeCluster, their
//! header access panics on a name that is not UTF-8, their consumer needs a group id (and then asks
//! for a coordinator, which can create `__consumer_offsets`), and they leave no place for the
//! callbacks below. What is used of `rdkafka` is its configuration and its owner of a client.
//!
//! Invariants:
//! - Error codes are read as numbers and converted with a default: a broker may send a code that
//!   the bindings' enum does not list, and an enum must never hold that.
//! - Whatever librdkafka lends (messages, metadata, results) is copied before it is given back.
//! - Callbacks run on librdkafka's threads: they take one short lock, never call back, never panic.
//! - A type that borrows from a client is dropped before that client.
//!
//! Deliberately absent: the consumer-group interface; the legacy group listing (it shows groups of
//! the new protocol as dead); logical offsets, which cost half a second each.

mod admin;
mod client;
mod cluster;
mod code;
mod configs;
mod describe;
mod event;
mod fetch;
mod headers;
mod message;
mod metadata;
mod offsets;
mod produce;
mod queue;
mod raw_event;
mod topic;

pub(crate) use client::{Kind, Native};
pub(crate) use cluster::describe_cluster;
pub(crate) use code::ErrorCode;
pub(crate) use configs::describe_topics_settings;
pub(crate) use describe::describe_topics;
pub(crate) use event::{Event, Report};
pub(crate) use fetch::{Fetch, Given, TopicPartition};
pub(crate) use message::Message;
pub(crate) use metadata::{PartitionMeta, TopicMeta, metadata, topic_metadata};
pub(crate) use offsets::{Listed, Place, list_offsets};
pub(crate) use produce::{ToSend, partition_of_key};
