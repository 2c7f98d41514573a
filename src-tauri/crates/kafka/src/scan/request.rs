//! What is asked for.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use connections::{Code, Failure};
use serde::{Deserialize, Serialize};

use crate::read::{Isolation, Start};
use crate::scan::spans::Span;

/// A scan of some topics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanRequest {
    /// The topics, each once.
    pub topics: Vec<String>,
    /// Which partitions of each; `None` is all.
    pub partitions: Option<Vec<i32>>,
    /// Where to start in each partition; [`Start::Newest`] is the oldest, too.
    pub start: Start,
    /// Records with this timestamp or a later one are left out, in milliseconds since 1970. The whole
    /// range is read all the same: timestamps are in no order.
    pub before: Option<i64>,
    /// The first offset of each partition that is not asked for.
    pub until: Option<i64>,
    /// Whether the newest windows are read first; each of them from its start.
    pub newest_first: bool,
    /// Whether records of open and aborted transactions are read.
    pub isolation: Isolation,
    /// The most bytes of keys and values; about so many.
    pub most_bytes: Option<u64>,
    /// The longest time.
    pub most_time: Option<Duration>,
    /// For what ends the process that fetches it: one batch is fetched at a time, in windows that
    /// grow from one offset on, oldest first, and each is accounted for before the next.
    pub batch_by_batch: bool,
    /// The most consumers; `None` is as many as are fast.
    pub most_consumers: Option<usize>,
    /// Goes on from where a scan before ended, within the ranges that were frozen then, and reads
    /// nothing else. Empty for a new one.
    pub from: Vec<Place>,
    /// What told the topics from others of the same name when the ranges were frozen, by their place.
    /// One that was made anew since then is not read.
    pub ids: BTreeMap<usize, String>,
}

/// A part of a frozen range that was not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// The place of the topic among those of the request.
    pub topic: usize,
    /// The partition.
    pub partition: i32,
    /// Its offsets.
    pub span: Span,
}

impl ScanRequest {
    /// The most topics of one scan.
    pub const MOST_TOPICS: usize = 10_000;

    /// All records of a topic, oldest first.
    pub fn all(topic: impl Into<String>) -> ScanRequest {
        ScanRequest {
            topics: vec![topic.into()],
            partitions: None,
            start: Start::Oldest,
            before: None,
            until: None,
            newest_first: false,
            isolation: Isolation::Committed,
            most_bytes: None,
            most_time: None,
            batch_by_batch: false,
            most_consumers: None,
            from: Vec::new(),
            ids: BTreeMap::new(),
        }
    }

    pub(crate) fn check(&self) -> Result<(), Failure> {
        let invalid = |message: String| Err(Failure::new(Code::Invalid, message));
        if self.topics.is_empty() {
            return invalid("no topic is selected".to_owned());
        }
        if self.topics.len() > Self::MOST_TOPICS {
            return invalid(format!("a search has at most {} topics", Self::MOST_TOPICS));
        }
        self.topics.iter().try_for_each(|topic| crate::names::check_topic(topic))?;
        let unique: BTreeSet<&str> = self.topics.iter().map(String::as_str).collect();
        if unique.len() < self.topics.len() {
            return invalid("a topic is selected twice".to_owned());
        }
        if self.partitions.as_ref().is_some_and(Vec::is_empty) {
            return invalid("no partition is selected".to_owned());
        }
        if matches!(self.start, Start::Offset(offset) if offset < 0) {
            return invalid("an offset is 0 or more".to_owned());
        }
        let odd = |place: &Place| {
            place.topic >= self.topics.len() || place.partition < 0 || place.span.from < 0
        };
        if self.from.iter().any(odd) {
            return invalid("the place to go on from is not one of this search".to_owned());
        }
        Ok(())
    }
}

/// How far a scan is, about ten times a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ScanProgress {
    /// Records that came.
    pub received: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
    /// Offsets of the range that are accounted for.
    pub covered: u64,
    /// Offsets of the frozen range; `None` where a partition told none.
    pub range: Option<u64>,
}
