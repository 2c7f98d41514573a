//! What a read covers, and why it ended.

use connections::Failure;
use serde::{Deserialize, Serialize};

/// What a read covers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Why it ended.
    pub end: End,
    /// Offsets of the frozen ranges of all partitions that were asked for; `None` where one of them
    /// told none, because it has no leader or may not be described: then nobody knows how many.
    pub range: Option<u64>,
    /// What was read of each partition whose range is known, by number.
    pub partitions: Vec<PartitionCoverage>,
}

impl Coverage {
    /// Records that came from the cluster.
    pub fn received(&self) -> u64 {
        self.partitions.iter().map(|p| p.received).sum()
    }

    /// Offsets that were passed and hold no record for this reader.
    pub fn without_record(&self) -> u64 {
        self.partitions.iter().map(|p| p.without_record).sum()
    }

    /// Offsets that were asked for and that retention had taken before.
    pub fn already_gone(&self) -> u64 {
        self.partitions.iter().map(|p| p.already_gone).sum()
    }
}

/// What was read of one partition. `first` and `end` are frozen when the read is planned; the
/// covered range lies between them. It may hold records that are not among the rows, because the
/// limit was reached before their turn came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionCoverage {
    /// The partition.
    pub partition: i32,
    /// Where the range of this read starts.
    pub first: i64,
    /// The offset after its last one: the last stable offset for committed reads.
    pub end: i64,
    /// The covered range starts here …
    pub covered_from: i64,
    /// … and ends before this.
    pub covered_to: i64,
    /// Records that came from the covered range.
    pub received: u64,
    /// Records of them that are earlier than the time asked for.
    pub outside_time: u64,
    /// Offsets of the covered range without a record: compacted, a transaction's marker, aborted,
    /// which a reader cannot tell apart.
    pub without_record: u64,
    /// Offsets before `first` that were asked for and that retention, compaction's clean-up or a
    /// deletion had taken before, and those taken while reading.
    pub already_gone: u64,
}

/// Why a read ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum End {
    /// The whole range was read.
    Exhausted,
    /// As many rows as asked for; there may be more.
    Limit,
    /// Stopped by the user.
    Stopped,
    /// As many bytes as allowed; there is more.
    ByteCap,
    /// The rest was read, but these partitions have no leader.
    PartitionsOffline {
        /// Which.
        partitions: Vec<i32>,
    },
    /// These partitions could not be read to the end of what was wanted.
    Incomplete {
        /// Which.
        partitions: Vec<i32>,
        /// Why.
        failure: Failure,
    },
}
