//! What tests and the demo may rely on after [`super::World::seed`].
//!
//! Everything here comes from the data files and from what the brokers answered while they were
//! filled; nothing is written down a second time.

use std::collections::BTreeMap;

use serde::Serialize;

pub use super::data::QueueKind;

/// The facts of both brokers.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Facts {
    /// Kafka's topics.
    pub topics: Vec<TopicFacts>,
    /// Kafka's consumer groups.
    pub groups: Vec<GroupFacts>,
    /// Records by their label.
    pub records: BTreeMap<String, RecordFacts>,
    /// RabbitMQ's exchanges of the world.
    pub exchanges: Vec<String>,
    /// RabbitMQ's queues, all in the vhost `/`.
    pub queues: Vec<QueueFacts>,
    /// Messages by their label.
    pub messages: BTreeMap<String, MessageFacts>,
}

/// A topic.
#[derive(Debug, Clone, Serialize)]
pub struct TopicFacts {
    /// Its name.
    pub name: String,
    /// How many partitions.
    pub partitions: i32,
    /// How many records were written, tombstones included.
    pub records: u64,
    /// How many of these per partition.
    pub per_partition: Vec<u64>,
}

/// A consumer group without members.
#[derive(Debug, Clone, Serialize)]
pub struct GroupFacts {
    /// Its name.
    pub name: String,
    /// The topic it committed offsets of.
    pub topic: String,
    /// By how many records it is behind.
    pub lag: u64,
    /// By how many in each partition.
    pub per_partition: Vec<u64>,
}

/// A record that can be looked for.
#[derive(Debug, Clone, Serialize)]
pub struct RecordFacts {
    /// Its topic.
    pub topic: String,
    /// Its partition.
    pub partition: i32,
    /// Its offset, as the broker answered.
    pub offset: i64,
    /// Its timestamp in milliseconds.
    pub timestamp: i64,
    /// Its key, where it has one.
    pub key: Option<String>,
    /// Its value; absent for a tombstone and for bytes that are no text.
    pub value: Option<String>,
    /// The value of its header `correlation-id`.
    pub correlation_id: Option<String>,
}

/// A queue.
#[derive(Debug, Clone, Serialize)]
pub struct QueueFacts {
    /// Its name.
    pub name: String,
    /// Its type.
    pub kind: QueueKind,
    /// How many messages are in it.
    pub messages: u64,
    /// How many of these arrived because they were rejected elsewhere.
    pub rejected: u64,
    /// How many of these arrived because they expired elsewhere.
    pub expired: u64,
    /// How many consumers it has as long as the world lives.
    pub consumers: u64,
    /// Its delivery limit.
    pub delivery_limit: Option<i64>,
}

/// A message that can be looked for.
#[derive(Debug, Clone, Serialize)]
pub struct MessageFacts {
    /// The queue it is in now.
    pub queue: String,
    /// Its message id.
    pub message_id: String,
    /// Its correlation id.
    pub correlation_id: Option<String>,
    /// Its body.
    pub body: String,
    /// How many of its deliveries are already spent.
    pub returned: u32,
}

impl Facts {
    /// A topic by its name.
    pub fn topic(&self, name: &str) -> &TopicFacts {
        let found = self.topics.iter().find(|topic| topic.name == name);
        found.unwrap_or_else(|| panic!("the world has no topic {name}"))
    }

    /// A group by its name.
    pub fn group(&self, name: &str) -> &GroupFacts {
        let found = self.groups.iter().find(|group| group.name == name);
        found.unwrap_or_else(|| panic!("the world has no group {name}"))
    }

    /// A queue by its name.
    pub fn queue(&self, name: &str) -> &QueueFacts {
        let found = self.queues.iter().find(|queue| queue.name == name);
        found.unwrap_or_else(|| panic!("the world has no queue {name}"))
    }

    /// A record by its label, for example `needle`.
    pub fn record(&self, label: &str) -> &RecordFacts {
        let found = self.records.get(label);
        found.unwrap_or_else(|| panic!("the world labels no record {label}"))
    }

    /// A message by its label, for example `failed-task`.
    pub fn message(&self, label: &str) -> &MessageFacts {
        let found = self.messages.get(label);
        found.unwrap_or_else(|| panic!("the world labels no message {label}"))
    }
}
