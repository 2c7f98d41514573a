//! What is asked for.

use connections::{Code, Failure};
use serde::{Deserialize, Serialize};

/// A read of one topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRequest {
    /// The topic.
    pub topic: String,
    /// Which partitions; `None` is all.
    pub partitions: Option<Vec<i32>>,
    /// Where to start, and in which direction.
    pub start: Start,
    /// The most rows, 1 to [`ReadRequest::MOST_ROWS`], over all partitions.
    pub limit: u32,
    /// Whether records of open and aborted transactions are read.
    pub isolation: Isolation,
    /// The most bytes of keys, values and headers that are taken from the cluster.
    pub max_bytes: u64,
}

impl ReadRequest {
    /// The most rows of one read.
    pub const MOST_ROWS: u32 = 100_000;

    /// The most bytes of one read, unless the caller says otherwise: 256 MiB.
    pub const MOST_BYTES: u64 = 256 * 1024 * 1024;

    /// The newest 500 of a topic: what opening it shows.
    pub fn newest(topic: impl Into<String>) -> ReadRequest {
        ReadRequest {
            topic: topic.into(),
            partitions: None,
            start: Start::Newest,
            limit: 500,
            isolation: Isolation::Committed,
            max_bytes: ReadRequest::MOST_BYTES,
        }
    }

    pub(crate) fn check(&self) -> Result<(), Failure> {
        crate::names::check_topic(&self.topic)?;
        if !(1..=Self::MOST_ROWS).contains(&self.limit) {
            return Err(Failure::new(
                Code::Invalid,
                format!("a read has 1 to {} rows", Self::MOST_ROWS),
            ));
        }
        if matches!(self.start, Start::Offset(offset) if offset < 0) {
            return Err(Failure::new(Code::Invalid, "an offset is 0 or more"));
        }
        if self.partitions.as_ref().is_some_and(Vec::is_empty) {
            return Err(Failure::new(Code::Invalid, "no partition is selected"));
        }
        Ok(())
    }
}

/// Where a read starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "from", content = "at", rename_all = "snake_case")]
pub enum Start {
    /// The newest records of the topic as a whole, newest first.
    Newest,
    /// The oldest that are still there, oldest first.
    Oldest,
    /// This offset of each partition, 0 or more, and on.
    Offset(i64),
    /// Records with this timestamp or a later one, in milliseconds since 1970, oldest first.
    /// Timestamps are in no order within a partition: each record is tested, and an earlier one
    /// between later ones is left out.
    Time(i64),
}

/// Kafka's `isolation.level`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Isolation {
    /// Records of committed transactions, and those outside of any; ends at the last stable offset.
    Committed,
    /// Records of open and aborted transactions too.
    Uncommitted,
}

/// How far a read is, about ten times a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Rows in their final order.
    pub rows: u32,
    /// Records that came, also those that a time left out or the merge has not placed yet.
    pub received: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Offsets of the range that are accounted for.
    pub covered: u64,
    /// Offsets of the frozen range of all partitions asked for; `None` where those of one are not
    /// known, because nobody leads it or its offsets are refused.
    pub range: Option<u64>,
}
