//! Approximate counts of records.

use std::collections::BTreeMap;

use connections::{Code, Failure};
use serde::{Deserialize, Serialize};

use crate::Cluster;
use crate::native::{Listed, Native, Place, describe_topics, list_offsets};
use crate::read::Isolation;
use crate::verdict::{self, Doing};

/// How many records a topic has, about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopicCount {
    /// The topic.
    pub topic: String,
    /// The span of its offsets, summed over its partitions. Compaction, transaction markers and
    /// aborted transactions make the real count smaller.
    pub approximate: Option<u64>,
    /// Why it is not known.
    pub failure: Option<Failure>,
}

impl Cluster {
    /// Counts of these topics, in this order: three batched questions for all of them.
    ///
    /// # Errors
    /// Those of the connection. What concerns one topic is told beside it.
    pub async fn counts(&self, topics: Vec<String>) -> Result<Vec<TopicCount>, Failure> {
        self.ask(move |native| counts(native, &topics)).await
    }
}

fn counts(native: &Native, topics: &[String]) -> Result<Vec<TopicCount>, Failure> {
    let mut failures: BTreeMap<&str, Failure> = BTreeMap::new();
    let mut partitions: Vec<(&str, i32)> = Vec::new();
    let known = partitions_of(native, topics)?;
    for topic in topics {
        match known.get(topic) {
            Some(Ok(ids)) => partitions.extend(ids.iter().map(|id| (topic.as_str(), *id))),
            Some(Err(failure)) => {
                failures.insert(topic, failure.clone());
            }
            None => {
                let code = crate::native::ErrorCode::UnknownTopicOrPartition;
                failures.insert(topic, verdict::of_topic(code, topic, Doing::Describe));
            }
        }
    }
    partitions.sort_unstable();
    partitions.dedup();
    let ask =
        |place| list_offsets(native, partitions.iter().copied(), place, Isolation::Uncommitted);
    // Both on their way before the first is waited for.
    let (firsts, ends) = (ask(Place::First)?, ask(Place::End)?);
    let mut sums: BTreeMap<String, i128> = BTreeMap::new();
    for (listed, sign) in [(firsts.wait()?, -1_i128), (ends.wait()?, 1)] {
        for Listed { topic, offset, .. } in listed {
            match offset {
                Ok(offset) => {
                    *sums.entry(topic).or_default() += sign * i128::from(offset.unwrap_or(0));
                }
                Err(code) => {
                    if let Some(name) = topics.iter().find(|name| **name == topic) {
                        let failure = || verdict::of_topic(code, name, Doing::Describe);
                        failures.entry(name).or_insert_with(failure);
                    }
                }
            }
        }
    }
    let count = |topic: &String| {
        let failure = failures.get(topic.as_str()).cloned();
        let sum = sums.get(topic).map(|sum| u64::try_from(*sum).unwrap_or(0));
        let approximate = if failure.is_some() { None } else { sum };
        TopicCount { topic: topic.clone(), approximate, failure }
    };
    Ok(topics.iter().map(count).collect())
}

type Partitions = BTreeMap<String, Result<Vec<i32>, Failure>>;

/// The partitions of these topics that can be asked for.
fn partitions_of(native: &Native, topics: &[String]) -> Result<Partitions, Failure> {
    let mut found = Partitions::new();
    let mut valid = Vec::new();
    for topic in topics {
        match crate::names::check_topic(topic) {
            Ok(()) => valid.push(topic.as_str()),
            Err(failure) => {
                found.insert(topic.clone(), Err(failure));
            }
        }
    }
    for meta in describe_topics(native, &valid)? {
        let partitions = match meta.error {
            Some(code) => Err(verdict::of_topic(code, &meta.name, Doing::Describe)),
            // Asking for the offsets of a partition without a leader would wait for one.
            None if meta.partitions.iter().any(|p| p.leader.is_none()) => Err(Failure::new(
                Code::ConnectionLost,
                format!("a partition of {} has no broker that leads it", meta.name),
            )),
            None => Ok(meta.partitions.iter().map(|p| p.id).collect()),
        };
        found.insert(meta.name, partitions);
    }
    Ok(found)
}
