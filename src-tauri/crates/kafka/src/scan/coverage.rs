//! What a scan covered, and why it ended.

use std::collections::BTreeMap;

use connections::Failure;
use serde::{Deserialize, Serialize};

use crate::scan::request::Place;
use crate::scan::spans::Span;

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

/// What a scan is about to read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScanPlan {
    /// Each partition whose range is known, all of it open.
    pub partitions: Vec<PartitionScan>,
    /// Partitions without a leader, by topic and number.
    pub offline: Vec<(usize, i32)>,
    /// Topics that cannot be read at all, by their place, and why.
    pub unseen: Vec<(usize, Failure)>,
    /// Partitions whose offsets the cluster would not tell, and why.
    pub refused: Vec<(usize, i32, Failure)>,
    /// What tells the topics from others of the same name, by their place, where brokers have that:
    /// for [`crate::scan::ScanRequest::ids`] of a scan that goes on.
    pub ids: BTreeMap<usize, String>,
}

/// What was covered of one partition: everything from `first` up to, not including, `end`, but for
/// what is `open`, and what a scan that goes on was not asked for.
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
    /// Offsets of it that were to be read: all, or what was left of them for a scan that goes on.
    pub asked: u64,
    /// What is not accounted for, in its order; empty where all is.
    pub open: Vec<Span>,
    /// Records that came.
    pub received: u64,
    /// Records of them that a time left out.
    pub outside_time: u64,
    /// Offsets without a record: compacted, a transaction's marker, aborted, which a reader cannot
    /// tell apart.
    pub without_record: u64,
    /// Offsets that were asked for and that were taken before, or while scanning.
    pub gone: u64,
    /// What could not be read, and was stepped over.
    pub unreadable: Vec<Unreadable>,
    /// Why it was not read to its end, where it could not be.
    pub failure: Option<Failure>,
}

/// Records that the broker gave and nobody can read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unreadable {
    /// Their offsets.
    pub span: Span,
    /// Why not.
    pub failure: Failure,
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

impl PartitionScan {
    /// Offsets that are not accounted for.
    pub fn left(&self) -> u64 {
        self.open.iter().map(|span| span.offsets()).sum()
    }

    /// What is left, as places to go on from.
    pub fn rest(&self) -> impl Iterator<Item = Place> + '_ {
        let place =
            |span: &Span| Place { topic: self.topic, partition: self.partition, span: *span };
        self.open.iter().map(place)
    }
}

impl ScanCoverage {
    /// Offsets of the frozen range; `None` where a partition or topic told none.
    pub fn range(&self) -> Option<u64> {
        let whole = self.offline.is_empty() && self.unseen.is_empty() && self.refused.is_empty();
        whole.then(|| self.partitions.iter().map(|p| p.asked).sum())
    }

    /// Records that came.
    pub fn received(&self) -> u64 {
        self.partitions.iter().map(|p| p.received).sum()
    }

    /// What was not reached, to go on from; empty where nothing is left.
    pub fn rest(&self) -> Vec<Place> {
        self.partitions.iter().flat_map(PartitionScan::rest).collect()
    }
}
