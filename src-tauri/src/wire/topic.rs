//! Topics.

use kafka::topics;
use serde::Serialize;
use specta::Type;

use crate::wire::words::words;
use crate::wire::{Failure, Int64, UInt64};

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TopicRow {
    pub name: String,
    pub partitions: u32,
    /// Partitions that nobody leads: they can be neither read nor written.
    pub offline: u32,
    /// Partitions with fewer replicas in sync than they should have.
    pub under_replicated: u32,
    pub replication: Option<u32>,
    pub internal: bool,
    /// The broker's own error for this topic.
    pub failure: Option<Failure>,
}

/// The approximate count of a topic: the span of its offsets.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TopicSize {
    pub name: String,
    /// Null where it is unknown, with the reason in `failure`.
    pub offsets: Option<UInt64>,
    pub failure: Option<Failure>,
}

/// Facts of one topic; each is null where it is unknown.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TopicFacts {
    pub name: String,
    pub partitions: u32,
    pub offsets: Option<UInt64>,
    pub cleanup_policy: Option<CleanupPolicy>,
    /// Negative is "for ever".
    pub retention_millis: Option<Int64>,
    /// Of each partition; negative is "no limit".
    pub retention_bytes: Option<Int64>,
    pub timestamp_type: Option<TopicTimestampType>,
    /// Which facts are missing and why.
    pub missing: Vec<Failure>,
}

impl From<topics::Topic> for TopicRow {
    fn from(topic: topics::Topic) -> Self {
        TopicRow {
            name: topic.name,
            partitions: topic.partitions,
            offline: topic.offline,
            under_replicated: topic.under_replicated,
            replication: topic.replication,
            internal: topic.internal,
            failure: topic.failure.map(Into::into),
        }
    }
}

impl From<topics::TopicCount> for TopicSize {
    fn from(count: topics::TopicCount) -> Self {
        TopicSize {
            name: count.topic,
            offsets: count.approximate.map(UInt64),
            failure: count.failure.map(Into::into),
        }
    }
}

impl From<topics::TopicFacts> for TopicFacts {
    fn from(facts: topics::TopicFacts) -> Self {
        let spans = facts.partitions.iter().map(|partition| {
            let span = partition.end?.checked_sub(partition.first?)?;
            u64::try_from(span).ok()
        });
        let settings = facts.settings.unwrap_or_default();
        TopicFacts {
            offsets: spans.sum::<Option<u64>>().map(UInt64),
            name: facts.name,
            partitions: u32::try_from(facts.partitions.len()).unwrap_or(u32::MAX),
            cleanup_policy: settings.cleanup.map(Into::into),
            retention_millis: settings.retention_ms.map(Int64),
            retention_bytes: settings.retention_bytes.map(Int64),
            timestamp_type: settings.timestamps.map(Into::into),
            missing: [facts.offsets_failure, facts.settings_failure]
                .into_iter()
                .flatten()
                .map(Into::into)
                .collect(),
        }
    }
}

words! {
    /// What becomes of old records.
    CleanupPolicy from topics::CleanupPolicy { Delete Compact CompactAndDelete Keep }
    /// Whose clock a record's timestamp is, by the topic's setting.
    TopicTimestampType from topics::TimestampType { CreateTime LogAppendTime }
}
