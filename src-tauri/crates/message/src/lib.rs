//! What a message is, for both brokers, and how its bytes become something a person can read.
//!
//! No I/O, no clock, no threads: everything here is a function from bytes to a value, and every
//! shape is serialisable, because bulk work on hostile bytes will move to a process of its own and
//! these are the shapes that will cross to it.
//!
//! - [`record`]: a Kafka record, exactly as the broker gave it
//! - [`delivery`]: a RabbitMQ message and its typed header table ([`amqp`])
//! - [`bytes`]: bytes that may be absent: `null`, empty and the text "null" are three things
//! - [`decode`]: what bytes are: compressed, text of any encoding, other formats as JSON
//! - [`search`]: what is looked for: conditions on bytes and decoded values, and as text
//! - [`render`]: bytes to text, JSON, hex and one-line previews
//! - [`exact`]: bytes and whole messages as text that loses nothing, for the clipboard
//! - [`provenance`]: the headers by which this console knows its own copies again
//! - [`story`]: what happened to a RabbitMQ message, in order, each step with its evidence

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

pub mod amqp;
pub mod bytes;
pub mod decode;
pub mod delivery;
pub mod exact;
pub mod provenance;
pub mod record;
pub mod render;
pub mod search;
pub mod story;

pub use amqp::AmqpValue;
pub use bytes::Octets;
pub use delivery::Delivery;
pub use record::Record;
