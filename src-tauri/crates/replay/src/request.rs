//! What is asked for: which messages go where.

use connections::ProfileId;
use connections::access::Place;
use connections::profile::{Environment, Profile};
use serde::{Deserialize, Serialize};

use crate::mapping::{RoutingKey, Time};

/// The most messages of one run. More than that is a job, which needs a journal.
pub const MOST_MESSAGES: usize = 10_000;

/// The most bytes of one run, all bodies together: 256 MiB. They are kept in memory from the
/// preview to the end of the run, so that what is sent is what was shown.
pub const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// A connection that takes part, as people know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// The connection.
    pub connection: ProfileId,
    /// Its name.
    pub name: String,
    /// What breaks if something goes wrong there.
    pub environment: Environment,
}

impl From<&Profile> for Party {
    fn from(profile: &Profile) -> Self {
        Party {
            connection: profile.id,
            name: profile.name.clone(),
            environment: profile.environment,
        }
    }
}

/// Where copies go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Target {
    /// A Kafka topic.
    Topic {
        /// Which.
        topic: String,
        /// To which partition of it.
        partition: Partition,
        /// With which time.
        time: Time,
    },
    /// A RabbitMQ exchange.
    Exchange {
        /// Which; empty is the default exchange, whose routing key names the queue.
        exchange: String,
        /// With which routing key.
        routing_key: RoutingKey,
    },
}

impl Target {
    /// What is written to.
    pub fn place(&self) -> Place {
        match self {
            Target::Topic { topic, .. } => Place::Topic { name: topic.clone() },
            Target::Exchange { exchange, routing_key } => Place::Exchange {
                name: exchange.clone(),
                key: match routing_key {
                    RoutingKey::Original => None,
                    RoutingKey::Fixed(key) => Some(key.clone()),
                },
            },
        }
    }
}

/// To which partition a copy goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", content = "number", rename_all = "snake_case")]
pub enum Partition {
    /// The number of the original's; Kafka sources only.
    Same,
    /// As Java's clients place keys (murmur2); without a key any one.
    ByKey,
    /// This one.
    Fixed(i32),
}

/// What one message that cannot be copied means for the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// Nothing is sent after it, except what was on its way with it.
    Stop,
    /// The rest is sent.
    GoOn,
}
