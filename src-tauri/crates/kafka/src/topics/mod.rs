//! What a cluster's topics are.
//!
//! The list is one metadata call, whatever its length; counts and settings are asked for by name,
//! for what is on screen. Each part degrades alone: a missing permission leaves the others there,
//! and is told beside what it hides.

mod counts;
mod facts;

pub use counts::TopicCount;
pub use facts::{CleanupPolicy, PartitionFacts, TimestampType, TopicFacts, TopicSettings};

use connections::Failure;
use serde::{Deserialize, Serialize};

use crate::Cluster;
use crate::native::{TopicMeta, metadata};
use crate::verdict::{self, Doing};

/// Topics that brokers keep for themselves (`org.apache.kafka.common.internals.Topic`). Metadata
/// tells this to Java clients only.
const INTERNAL: [&str; 3] = ["__consumer_offsets", "__transaction_state", "__share_group_state"];

/// A topic in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topic {
    /// Its name.
    pub name: String,
    /// How many partitions it has.
    pub partitions: u32,
    /// How many of them nobody leads: they can be neither read nor written.
    pub offline: u32,
    /// How many of them have fewer replicas in sync than they should.
    pub under_replicated: u32,
    /// Copies of each partition; the most, where partitions differ; `None` without partitions.
    pub replication: Option<u32>,
    /// True for a topic that brokers keep for themselves.
    pub internal: bool,
    /// Why nothing is known of it.
    pub failure: Option<Failure>,
}

impl Topic {
    fn of(meta: &TopicMeta) -> Topic {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        let partitions = &meta.partitions;
        Topic {
            partitions: count(partitions.len()),
            offline: count(partitions.iter().filter(|p| p.leader.is_none()).count()),
            under_replicated: count(
                partitions.iter().filter(|p| p.in_sync.len() < p.replicas.len()).count(),
            ),
            replication: partitions.iter().map(|p| count(p.replicas.len())).max(),
            internal: INTERNAL.contains(&meta.name.as_str()),
            failure: meta.error.map(|code| verdict::of_topic(code, &meta.name, Doing::Describe)),
            name: meta.name.clone(),
        }
    }
}

impl Cluster {
    /// All topics that this account may see, by name. Those that it may not are not in the answer
    /// of the cluster.
    ///
    /// # Errors
    /// Those of the connection.
    pub async fn topics(&self) -> Result<Vec<Topic>, Failure> {
        self.ask(|native| {
            let mut topics: Vec<Topic> = metadata(native)?.iter().map(Topic::of).collect();
            topics.sort_by(|a, b| a.name.cmp(&b.name));
            Ok(topics)
        })
        .await
    }
}
