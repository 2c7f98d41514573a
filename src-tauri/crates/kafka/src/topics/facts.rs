//! What one topic is: its partitions, their offsets, and the settings that change how it is read.

use std::collections::BTreeMap;

use connections::Failure;
use serde::{Deserialize, Serialize};

use crate::Cluster;
use crate::native::{
    ErrorCode, Listed, Native, Place, describe_topics, describe_topics_settings, list_offsets,
};
use crate::read::Isolation;
use crate::verdict::{self, Doing};

/// What one topic is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicFacts {
    /// Its name.
    pub name: String,
    /// Its partitions, by number.
    pub partitions: Vec<PartitionFacts>,
    /// Why offsets of some partitions are not known.
    pub offsets_failure: Option<Failure>,
    /// Its settings, where this account may see them.
    pub settings: Option<TopicSettings>,
    /// Why the settings are not known.
    pub settings_failure: Option<Failure>,
}

/// One partition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionFacts {
    /// Its number, from 0.
    pub id: i32,
    /// The node that leads it; `None` while nobody does.
    pub leader: Option<i32>,
    /// The nodes that should have a copy.
    pub replicas: Vec<i32>,
    /// Those of them that are in sync.
    pub in_sync: Vec<i32>,
    /// The first offset still there, where it is known.
    pub first: Option<i64>,
    /// The offset after the last record, where it is known.
    pub end: Option<i64>,
    /// The greatest timestamp of its records, in milliseconds since 1970: about when it was written
    /// last. Brokers before Kafka 3.0 do not tell.
    pub latest_ms: Option<i64>,
}

/// Settings that change how a topic is read. A value that is missing or that this console does not
/// understand is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TopicSettings {
    /// `cleanup.policy`.
    pub cleanup: Option<CleanupPolicy>,
    /// `retention.ms`: milliseconds, -1 for ever.
    pub retention_ms: Option<i64>,
    /// `retention.bytes`: bytes of each partition, -1 for no limit.
    pub retention_bytes: Option<i64>,
    /// `message.timestamp.type`.
    pub timestamps: Option<TimestampType>,
    /// `max.message.bytes`: the largest batch of records, compressed.
    pub max_message_bytes: Option<u64>,
}

/// What becomes of old records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CleanupPolicy {
    /// Old ones are deleted.
    Delete,
    /// The newest of each key is kept.
    Compact,
    /// Both.
    CompactAndDelete,
    /// Nothing: they are kept for ever.
    Keep,
}

/// Whose clock a record's timestamp is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimestampType {
    /// The producer's.
    CreateTime,
    /// The broker's: what a producer gave is overwritten.
    LogAppendTime,
}

impl Cluster {
    /// What one topic is.
    ///
    /// # Errors
    /// [`connections::Code::NotFound`] and [`connections::Code::Authorization`] for the topic, and
    /// those of the connection. Offsets and settings that are not permitted are told beside the
    /// rest.
    pub async fn topic(&self, name: &str) -> Result<TopicFacts, Failure> {
        crate::names::check_topic(name)?;
        let name = name.to_owned();
        self.ask(move |native| facts(native, &name)).await
    }
}

fn facts(native: &Native, topic: &str) -> Result<TopicFacts, Failure> {
    let missing = || verdict::of_topic(ErrorCode::UnknownTopicOrPartition, topic, Doing::Describe);
    let metas = describe_topics(native, &[topic])?;
    let meta = metas.into_iter().find(|meta| meta.name == topic).ok_or_else(missing)?;
    if let Some(code) = meta.error {
        return Err(verdict::of_topic(code, topic, Doing::Describe));
    }
    let led: Vec<i32> =
        meta.partitions.iter().filter(|p| p.leader.is_some()).map(|p| p.id).collect();
    let ask = |place| {
        list_offsets(native, led.iter().map(|id| (topic, *id)), place, Isolation::Uncommitted)
    };
    // All on their way before the first is waited for.
    let (firsts, ends, latest) = (ask(Place::First)?, ask(Place::End)?, ask(Place::Latest)?);
    let (firsts, first_failure) = known(firsts.wait()?, topic);
    let (ends, end_failure) = known(ends.wait()?, topic);
    // Not knowing it hides nothing else, and is no failure of an old broker.
    let latest = latest.wait().unwrap_or_default();
    let latest: BTreeMap<i32, i64> =
        latest.into_iter().filter_map(|l| Some((l.partition, l.millis?))).collect();
    let mut partitions: Vec<PartitionFacts> = meta
        .partitions
        .into_iter()
        .map(|p| PartitionFacts {
            first: firsts.get(&p.id).copied(),
            end: ends.get(&p.id).copied(),
            latest_ms: latest.get(&p.id).copied(),
            id: p.id,
            leader: p.leader,
            replicas: p.replicas,
            in_sync: p.in_sync,
        })
        .collect();
    partitions.sort_by_key(|p| p.id);
    let (settings, settings_failure) = match settings(native, topic) {
        Ok(settings) => (Some(settings), None),
        Err(failure) => (None, Some(failure)),
    };
    Ok(TopicFacts {
        name: topic.to_owned(),
        partitions,
        offsets_failure: first_failure.or(end_failure),
        settings,
        settings_failure,
    })
}

fn known(listed: Vec<Listed>, topic: &str) -> (BTreeMap<i32, i64>, Option<Failure>) {
    let mut failure = None;
    let mut offsets = BTreeMap::new();
    for Listed { partition, offset, .. } in listed {
        match offset {
            Ok(Some(offset)) => {
                offsets.insert(partition, offset);
            }
            Ok(None) => {}
            Err(code) => failure = Some(verdict::of_topic(code, topic, Doing::Describe)),
        }
    }
    (offsets, failure)
}

fn settings(native: &Native, topic: &str) -> Result<TopicSettings, Failure> {
    let described = describe_topics_settings(native, &[topic])?;
    let described = described.into_iter().find(|d| d.topic == topic).map(|d| d.settings);
    match described {
        Some(Ok(settings)) => Ok(TopicSettings::of(&settings)),
        Some(Err(code)) => Err(verdict::of_topic(code, topic, Doing::Settings)),
        None => Err(verdict::of_call(ErrorCode::Unknown)),
    }
}

impl TopicSettings {
    fn of(settings: &BTreeMap<String, String>) -> TopicSettings {
        let number = |name: &str| settings.get(name)?.parse::<i64>().ok();
        TopicSettings {
            cleanup: settings.get("cleanup.policy").and_then(|text| cleanup(text)),
            retention_ms: number("retention.ms"),
            retention_bytes: number("retention.bytes"),
            timestamps: match settings.get("message.timestamp.type").map(String::as_str) {
                Some("CreateTime") => Some(TimestampType::CreateTime),
                Some("LogAppendTime") => Some(TimestampType::LogAppendTime),
                _ => None,
            },
            max_message_bytes: number("max.message.bytes").and_then(|n| u64::try_from(n).ok()),
        }
    }
}

fn cleanup(text: &str) -> Option<CleanupPolicy> {
    let mut policies: Vec<&str> =
        text.split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
    policies.sort_unstable();
    match policies.as_slice() {
        [] => Some(CleanupPolicy::Keep),
        ["delete"] => Some(CleanupPolicy::Delete),
        ["compact"] => Some(CleanupPolicy::Compact),
        ["compact", "delete"] => Some(CleanupPolicy::CompactAndDelete),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_are_missing_or_odd_are_unknown_and_not_zero() {
        let settings = [("retention.ms", "soon"), ("cleanup.policy", "tidy")];
        let settings = settings.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        assert_eq!(TopicSettings::of(&settings), TopicSettings::default());
    }

    #[test]
    fn the_order_of_policies_does_not_matter() {
        assert_eq!(cleanup("delete,compact"), Some(CleanupPolicy::CompactAndDelete));
        assert_eq!(cleanup("compact, delete"), Some(CleanupPolicy::CompactAndDelete));
        assert_eq!(cleanup(""), Some(CleanupPolicy::Keep));
    }
}
