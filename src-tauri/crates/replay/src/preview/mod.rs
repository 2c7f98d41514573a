//! What a run would do, before it does anything.
//!
//! A preview freezes its set: the messages are read once, mapped, and kept in memory; the run sends
//! these copies and no others, so nothing that changes at the source in between can get into it.
//! What the run leaves out is known here, message by message, with the reason.
//!
//! Preparing reads from both brokers and changes nothing on either.

mod facts;
mod order;
mod plan;
mod source;
mod tally;
#[cfg(test)]
mod tests;

use connections::{Failure, ProfileId};
use rabbitmq::management::RouteDoubt;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use facts::{Facts, TopicFacts};
pub use plan::{Asked, plan};
pub use source::{Destination, Source, prepare};

use crate::item::Origin;
use crate::mapping::{Change, ChangeKind, Effect, NewMessage, NewRecord, Refusal};
use crate::request::{Party, Target};

/// What a run would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The identity of the run, also in the provenance of each copy.
    pub id: Uuid,
    /// From where.
    pub source: Party,
    /// To where.
    pub target: Party,
    /// To what there.
    pub to: Target,
    /// How many messages were selected.
    pub selected: u64,
    /// How many of them can be sent: the count to confirm.
    pub sendable: u64,
    /// Bytes of the originals of the copies that can be sent, as a list of their source shows them.
    pub original_bytes: u64,
    /// Bytes of the copies that can be sent: keys, bodies and headers.
    pub bytes: u64,
    /// Bytes of the largest of them.
    pub largest: u64,
    /// Headers that each copy gets.
    pub added_headers: Vec<String>,
    /// How the copies differ from their originals, by kind; lost things first.
    pub changes: Vec<ChangeTally>,
    /// What is left out, by reason.
    pub refusals: Vec<RefusalTally>,
    /// Where the copies go, by routing key; empty for Kafka.
    pub routes: Vec<RouteTally>,
    /// Where the copies go, by partition, where that is known before; empty for RabbitMQ.
    pub partitions: Vec<PartitionTally>,
    /// What should be thought of before.
    pub warnings: Vec<Warning>,
    /// What was checked.
    pub checks: Vec<Check>,
    /// Whether the originals are removed from their queue, each after its copy was confirmed.
    pub remove_at_source: bool,
}

/// One kind of change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangeTally {
    /// Which.
    pub kind: ChangeKind,
    /// What it means.
    pub effect: Effect,
    /// How many messages it happens to.
    pub messages: u64,
    /// The first of them, by its place in the set, from 0.
    pub example: u64,
    /// Some of the headers it happens to, for display.
    pub headers: Vec<String>,
}

/// One reason to leave messages out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusalTally {
    /// Which.
    pub refusal: Refusal,
    /// How many messages.
    pub messages: u64,
    /// The first of them, by its place in the set, from 0.
    pub example: u64,
    /// What the source said, where it could not be read.
    pub failure: Option<Failure>,
}

/// Where the messages of one routing key go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteTally {
    /// The routing key.
    pub routing_key: String,
    /// How many messages have it.
    pub messages: u64,
    /// Queues that are known to receive a copy.
    pub queues: Vec<String>,
    /// Why there may be more; `None` where these are all.
    pub unknown: Option<RouteUnknown>,
}

/// Why it is not known before where messages go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum RouteUnknown {
    /// The bindings do not tell to the end.
    Bindings(RouteDoubt),
    /// The broker would not say.
    NotTold {
        /// Why.
        failure: Failure,
    },
    /// There are too many routing keys to ask for all.
    ManyKeys,
}

/// How many messages go to one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionTally {
    /// The partition; `None` where the key, or the producer, decides.
    pub partition: Option<i32>,
    /// How many messages.
    pub messages: u64,
}

/// What should be thought of before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// The target is a production system.
    ProductionTarget,
    /// Messages are removed from a production system.
    ProductionSource,
    /// The copies go into the topic they come from: its consumers get them again.
    IntoItself {
        /// The topic.
        topic: String,
    },
    /// Copies go back into the queue that the originals are held from.
    BackIntoQueue {
        /// The queue.
        queue: String,
        /// How many messages.
        messages: u64,
    },
    /// One message reaches several queues.
    SeveralQueues {
        /// The routing key.
        routing_key: String,
        /// All of them.
        queues: Vec<String>,
    },
    /// Where some messages go is not known before; the broker's answer will tell.
    RouteUnknown {
        /// How many messages.
        messages: u64,
        /// Why, for one of them.
        reason: RouteUnknown,
    },
    /// Some messages are copies made by a replay.
    ReplayedBefore {
        /// How many messages.
        messages: u64,
        /// How often the one was that was replayed most.
        most: u32,
    },
    /// Some messages carry a time to live, which starts again in the target.
    Expires {
        /// How many messages.
        messages: u64,
        /// The shortest, in milliseconds.
        shortest_millis: u64,
    },
    /// Some original times are older than what the topic keeps: the broker may delete the copies
    /// soon.
    OlderThanRetention {
        /// How many messages.
        messages: u64,
    },
    /// The topic's broker replaces every timestamp by its own.
    BrokerSetsTime,
    /// The topic is compacted, and takes no record without a key.
    CompactedNeedsKey {
        /// How many messages have none.
        messages: u64,
    },
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// What.
    pub kind: CheckKind,
    /// With which result.
    pub state: CheckState,
    /// Why, where it did not pass.
    pub detail: Option<Failure>,
}

/// What was checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckKind {
    /// Every selected message could be read.
    SourceRead,
    /// The topic or exchange exists.
    TargetExists,
    /// Every message reaches a queue, or the partition it should.
    Routed,
    /// Every message is small enough.
    Size,
}

/// The result of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckState {
    /// As it should be.
    Passed,
    /// Not for every message.
    Partly,
    /// Not at all.
    Failed,
    /// It could not be found out.
    Unknown,
}

/// One message of the set, with what becomes of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Planned {
    /// Where it is.
    pub origin: Origin,
    /// What will be sent, or why nothing will.
    pub copy: Result<Outgoing, Refusal>,
    /// Bytes of the original, see [`Item::size`](crate::item::Item::size); 0 for one that could not
    /// be read.
    pub original_bytes: u64,
    /// Bytes of the original's body; `None` for a tombstone or one that could not be read.
    pub body_bytes: Option<u64>,
    /// How the copy differs.
    pub changes: Vec<Change>,
    /// The provenance it gets.
    pub added: Vec<(String, String)>,
    /// How often it was replayed before, where it claims to be a copy.
    pub replayed_before: Option<u32>,
}

/// What will be sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Outgoing {
    /// To a topic.
    Record {
        /// The partition; `None` by key.
        partition: Option<i32>,
        /// The record.
        record: NewRecord,
    },
    /// To an exchange.
    Message(Box<NewMessage>),
}

/// One message of the set, for a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemPreview {
    /// Its place in the set, from 0.
    pub number: u64,
    /// Where it is.
    pub origin: Origin,
    /// Why it is left out; `None` where it is sent.
    pub refusal: Option<Refusal>,
    /// Bytes of its body.
    pub body_bytes: Option<u64>,
    /// How the copy differs.
    pub changes: Vec<Change>,
    /// The headers it gets, for display.
    pub added: Vec<(String, String)>,
    /// How often it was replayed before, where it claims to be a copy.
    pub replayed_before: Option<u32>,
    /// The partition or routing key it is sent to, for display; `None` where the key decides.
    pub goes_to: Option<String>,
}

/// A preview with its frozen set, ready to run once.
#[derive(Debug)]
pub struct Prepared {
    pub(crate) preview: Preview,
    pub(crate) planned: Vec<Planned>,
}

impl Prepared {
    /// What the run would do.
    pub fn preview(&self) -> &Preview {
        &self.preview
    }

    /// The connection that will be written to.
    pub fn target(&self) -> ProfileId {
        self.preview.target.connection
    }

    /// Up to `count` messages of the set, beginning with number `from`.
    pub fn items(&self, from: usize, count: usize) -> Vec<ItemPreview> {
        let numbered = self.planned.iter().enumerate().skip(from).take(count);
        numbered.map(|(number, planned)| planned.preview(number)).collect()
    }
}

impl Planned {
    fn gone(origin: Origin) -> Self {
        Planned {
            origin,
            copy: Err(Refusal::SourceGone),
            original_bytes: 0,
            body_bytes: None,
            changes: Vec::new(),
            added: Vec::new(),
            replayed_before: None,
        }
    }

    fn preview(&self, number: usize) -> ItemPreview {
        let goes_to = match &self.copy {
            Ok(Outgoing::Record { partition, .. }) => partition.map(|number| number.to_string()),
            Ok(Outgoing::Message(message)) => Some(message::render::visible(&message.routing_key)),
            Err(_) => None,
        };
        ItemPreview {
            number: number as u64,
            origin: self.origin.clone(),
            refusal: self.copy.as_ref().err().copied(),
            body_bytes: self.body_bytes,
            changes: self.changes.clone(),
            added: self.added.clone(),
            replayed_before: self.replayed_before,
            goes_to,
        }
    }
}
