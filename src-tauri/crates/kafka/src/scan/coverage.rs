//! What a scan covered, and why it ended.

use connections::Failure;
use serde::{Deserialize, Serialize};

use crate::scan::request::Place;

/// What a scan covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanCoverage {
    /// Why it ended.
    pub end: ScanEnd,
    /// Each partition whose range is known, by topic and number.
    pub partitions: Vec<PartitionScan>,
    /// Partitions without a leader, by topic and number.
    pub offline: Vec<(usize, i32)>,
    /// Topics that could not be read at all, by their place, and why.
    pub unseen: Vec<(usize, Failure)>,
    /// Partitions whose offsets the cluster would not tell, and why.
    pub refused: Vec<(usize, i32, Failure)>,
}

/// What was covered of one partition: from `first` up to, not including, `next`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartitionScan {
    /// The place of the topic among those of the request.
    pub topic: usize,
    /// The partition.
    pub partition: i32,
    /// Where its frozen range starts.
    pub first: i64,
    /// The offset after its last one.
    pub end: i64,
    /// The first offset that is not accounted for; `end` where all are.
    pub next: i64,
    /// Records that came.
    pub received: u64,
    /// Records of them that a time left out.
    pub outside_time: u64,
    /// Offsets without a record: compacted, a transaction's marker, aborted, which a reader cannot
    /// tell apart.
    pub without_record: u64,
    /// Offsets that were asked for and that were taken before, or while scanning.
    pub gone: u64,
    /// Why it was not read to its end, where it could not be.
    pub failure: Option<Failure>,
}

/// Why a scan ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum ScanEnd {
    /// Everything in the range was seen, of every partition that was asked for.
    Exhausted,
    /// Enough was found.
    Enough,
    /// Stopped by the user.
    Stopped,
    /// As many bytes as allowed.
    ByteCap,
    /// As long as allowed.
    TimeCap,
    /// The rest was seen, but some partitions have no leader.
    PartitionsOffline,
    /// Something could not be read: the partitions or topics say what, the first of it is here.
    Incomplete {
        /// Why.
        failure: Failure,
    },
}

impl ScanCoverage {
    /// Offsets of the frozen range; `None` where a partition or topic told none.
    pub fn range(&self) -> Option<u64> {
        let whole = self.offline.is_empty() && self.unseen.is_empty() && self.refused.is_empty();
        let size = |p: &PartitionScan| p.end.saturating_sub(p.first).max(0).cast_unsigned();
        whole.then(|| self.partitions.iter().map(size).sum())
    }

    /// Records that came.
    pub fn received(&self) -> u64 {
        self.partitions.iter().map(|p| p.received).sum()
    }

    /// What was not reached, to go on from; empty where nothing is left.
    pub fn rest(&self) -> Vec<Place> {
        let open = self.partitions.iter().filter(|p| p.next < p.end);
        open.map(|p| Place { topic: p.topic, partition: p.partition, next: p.next, end: p.end })
            .collect()
    }
}
