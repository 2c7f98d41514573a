//! One message of a frozen set, whichever broker it comes from.

use std::sync::Arc;

use message::{Delivery, Octets, Record};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// One message to copy, as it was when the set was frozen.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// A Kafka record.
    Record(Record),
    /// A held RabbitMQ message.
    Held {
        /// The inspection session that holds it.
        session: Uuid,
        /// Its number in that session.
        message: u64,
        /// The message.
        delivery: Arc<Delivery>,
    },
}

/// Where a message is, exactly.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Origin {
    /// In a topic.
    Record {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// The offset.
        offset: i64,
    },
    /// In an inspection session.
    Held {
        /// The queue it was taken from.
        queue: String,
        /// The session.
        session: Uuid,
        /// Its number in that session.
        message: u64,
    },
}

impl Item {
    /// Where it is.
    pub fn origin(&self) -> Origin {
        match self {
            Item::Record(record) => Origin::Record {
                topic: record.topic.clone(),
                partition: record.partition,
                offset: record.offset,
            },
            Item::Held { session, message, delivery } => {
                Origin::Held { queue: delivery.queue.clone(), session: *session, message: *message }
            }
        }
    }

    /// Its value or body; `None` is a tombstone.
    pub fn body(&self) -> Option<&Octets> {
        match self {
            Item::Record(record) => record.value.as_ref(),
            Item::Held { delivery, .. } => Some(&delivery.body),
        }
    }

    /// Its size as a list of its source shows it: a record's key, value and headers, a message's
    /// body.
    pub fn size(&self) -> u64 {
        match self {
            Item::Record(record) => record.size(),
            Item::Held { delivery, .. } => delivery.body.len() as u64,
        }
    }

    /// The time it carries, in milliseconds since 1970-01-01 UTC. A number from a client, which may
    /// be absurd.
    pub fn millis(&self) -> Option<i64> {
        match self {
            Item::Record(record) => record.timestamp.millis(),
            Item::Held { delivery, .. } => {
                i64::try_from(delivery.properties.timestamp?).ok()?.checked_mul(1000)
            }
        }
    }
}
