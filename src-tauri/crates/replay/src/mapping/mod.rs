//! What becomes of a message when it is copied: the one table between the brokers.
//!
//! Bodies and values are the same bytes everywhere. What cannot be carried is a [`Change`], listed
//! before anything is sent; what cannot be copied at all is a [`Refusal`].
//!
//! | | to a Kafka record | to an AMQP message |
//! |---|---|---|
//! | **from a Kafka record** | | |
//! | value | the same | body; a tombstone is refused: AMQP has no absent body |
//! | key | the same, `null` stays `null` | the routing key, where that is asked for (UTF-8, at most 255 bytes); else header `kafka.key`: text, binary where it is not UTF-8, void for `null` |
//! | headers | the same, in order, duplicates and `null` values included | table: text where the value is UTF-8, else binary; void for `null`; values of one name become a list; the order between names is lost; a name that is not UTF-8 or longer than 255 bytes is lost |
//! | headers `amqp.…` | the same | the property they were made from (content-type, content-encoding, priority, correlation-id, reply-to, message-id, type, app-id); `amqp.expiration` and the rest stay headers |
//! | timestamp | the same, or now; 0 and none become now | whole seconds; before 1970: none |
//! | **from an AMQP message** | | |
//! | body | value, never `null` | the same |
//! | routing key | key, unless header `kafka.key` says what the key was | the same, or another one |
//! | exchange | header `amqp.exchange` | not carried |
//! | headers | in the table's order; text and binary: the bytes; boolean: `true`, `false`; numbers, decimals and times (seconds): decimal digits; void: `null`; tables and lists: JSON | the same types and values, less what is stripped |
//! | properties | headers `amqp.content-type` … as text | the same; always persistent |
//! | timestamp | milliseconds, or now; 0, none and what is too large become now | the same |
//! | expiration | header `amqp.expiration`, for information | the same; one that the broker removed is not restored |
//!
//! In JSON made of a table, bytes that are not UTF-8 and binaries are `{"hex":"…"}`, times are
//! numbers of seconds, and a number is written with all its digits.
//!
//! Stripped from what is published to RabbitMQ: `x-death`, `x-first-death-…`, `x-last-death-…`,
//! `x-delivery-count`, `x-acquired-count` and `x-stream-offset`, which the broker writes;
//! `CC` and `BCC`, which it would obey again; `user_id` unless it is the publishing user, because
//! the broker refuses it; `reply_to` of direct replies that nobody waits for on this channel, for
//! the same reason. Provenance headers of an earlier copy are replaced everywhere.

mod amqp;
mod change;
mod kafka;
mod properties;
#[cfg(test)]
mod tests;
mod text;

pub use change::{Change, ChangeKind, Effect, Refusal};

use message::Octets;
use message::delivery::Properties;
use message::provenance::Provenance;
use message::record::Header;
use serde::{Deserialize, Serialize};

use crate::item::Item;

/// The header that carries a Kafka key where the routing key does not.
pub const KEY_HEADER: &str = "kafka.key";
/// What the headers that carry AMQP properties begin with.
pub const PROPERTY_PREFIX: &str = "amqp.";

/// Which time a copy in Kafka carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Time {
    /// The original's.
    Original,
    /// The time of sending.
    Now,
}

/// With which routing key a copy is published.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind", content = "key")]
pub enum RoutingKey {
    /// The original's; of a Kafka record its key.
    Original,
    /// This one for all.
    Fixed(String),
}

/// A record to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRecord {
    /// The key.
    pub key: Option<Octets>,
    /// The value.
    pub value: Option<Octets>,
    /// The headers, in order.
    pub headers: Vec<Header>,
    /// Milliseconds since 1970-01-01 UTC; `None` is the time of sending. Never 0.
    pub millis: Option<i64>,
}

impl NewRecord {
    /// Bytes of key, value and headers together.
    pub fn size(&self) -> u64 {
        let part = |bytes: &Option<Octets>| bytes.as_ref().map_or(0, Octets::len);
        let headers: usize =
            self.headers.iter().map(|header| header.name.len() + part(&header.value)).sum();
        (part(&self.key) + part(&self.value) + headers) as u64
    }
}

/// A message to publish.
#[derive(Debug, Clone, PartialEq)]
pub struct NewMessage {
    /// The routing key.
    pub routing_key: String,
    /// Properties and headers.
    pub properties: Properties,
    /// The body.
    pub body: Octets,
}

/// A copy, and how it differs from its original.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapped<T> {
    /// What will be sent.
    pub copy: T,
    /// What was taken away, changed, or cannot be carried.
    pub changes: Vec<Change>,
}

/// The copy of an item as a Kafka record.
///
/// # Errors
/// Why it cannot be copied.
pub fn to_kafka(
    item: &Item,
    time: Time,
    provenance: &Provenance,
) -> Result<Mapped<NewRecord>, Refusal> {
    let mut mapped = match item {
        Item::Record(record) => kafka::from_record(record),
        Item::Held { delivery, .. } => kafka::from_delivery(delivery)?,
    };
    mapped.copy.millis = match time {
        Time::Now => None,
        Time::Original => kafka::writable(item, &mut mapped.changes),
    };
    for (name, value) in provenance.headers() {
        let value = Some(Octets::from(value.into_bytes()));
        mapped.copy.headers.push(Header { name: name.into(), value });
    }
    Ok(mapped)
}

/// The copy of an item as an AMQP message. `user` is the one that will publish it, where that is
/// known.
///
/// # Errors
/// Why it cannot be copied.
pub fn to_amqp(
    item: &Item,
    routing_key: &RoutingKey,
    user: Option<&str>,
    provenance: &Provenance,
) -> Result<Mapped<NewMessage>, Refusal> {
    let mut mapped = match item {
        Item::Record(record) => amqp::from_record(record, routing_key)?,
        Item::Held { delivery, .. } => amqp::from_delivery(delivery, routing_key, user)?,
    };
    let headers = mapped.copy.properties.headers.get_or_insert_default();
    for (name, value) in provenance.headers() {
        headers.push((name.to_owned(), message::AmqpValue::Text(value.as_str().into())));
    }
    Ok(mapped)
}
