//! A Kafka record, exactly as the broker gave it.

use serde::{Deserialize, Serialize};

use crate::bytes::Octets;

/// One record of one partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// The topic it was read from.
    pub topic: String,
    /// The partition, from 0.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
    /// When it was written, by whose clock.
    pub timestamp: Timestamp,
    /// The key; `None` is a null key.
    pub key: Option<Octets>,
    /// The value; `None` is a null value, a tombstone in a compacted topic.
    pub value: Option<Octets>,
    /// The headers, in the order on the wire, duplicates included.
    pub headers: Vec<Header>,
}

impl Record {
    /// Bytes of key, value and headers together: what a person means by the size of a record.
    pub fn size(&self) -> u64 {
        let part = |bytes: &Option<Octets>| bytes.as_ref().map_or(0, Octets::len);
        let headers: usize = self.headers.iter().map(|h| h.name.len() + part(&h.value)).sum();
        (part(&self.key) + part(&self.value) + headers) as u64
    }
}

/// One header. A record may carry the same name many times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The name as bytes: the protocol says UTF-8, clients do not always obey.
    pub name: Octets,
    /// The value; `None` is a null value.
    pub value: Option<Octets>,
}

/// The time a record carries, in milliseconds since 1970-01-01 UTC, and whose clock set it.
/// The number comes from a client and may be absurd: it is never assumed to be a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Timestamp {
    /// Set by the producer (`message.timestamp.type=CreateTime`).
    Created(i64),
    /// Set by the broker when it appended the record (`LogAppendTime`).
    Appended(i64),
    /// The record is of a format without a timestamp.
    Absent,
}

impl Timestamp {
    /// Milliseconds since the epoch, where there is a timestamp.
    pub fn millis(self) -> Option<i64> {
        match self {
            Timestamp::Created(ms) | Timestamp::Appended(ms) => Some(ms),
            Timestamp::Absent => None,
        }
    }
}
