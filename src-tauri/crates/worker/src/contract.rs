//! What crosses between the app and a worker.

use std::path::PathBuf;

use connections::{Failure, Profile};
use kafka::scan::{PartitionScan, ScanCoverage, ScanPlan, ScanProgress, ScanRequest};
use message::search::Condition;
use results::block::Block;
use results::histogram::Histogram;
use serde::{Deserialize, Serialize};

use crate::handed::{HandedKey, HandedSecrets};

/// The first and only job of a worker.
#[derive(Serialize, Deserialize)]
pub enum Job {
    /// See [`ScanJob`].
    Scan(Box<ScanJob>),
}

/// Look at all records in a range and put those that are looked for into a result set.
#[derive(Serialize, Deserialize)]
pub struct ScanJob {
    /// The connection.
    pub profile: Profile,
    /// Its secrets.
    pub secrets: HandedSecrets,
    /// What is read.
    pub request: ScanRequest,
    /// What is looked for.
    pub condition: Condition,
    /// The folder of the result set.
    pub folder: PathBuf,
    /// Its key.
    pub key: HandedKey,
    /// After so many hits it ends.
    pub most_hits: u64,
    /// Says of each record that it is about to be looked at, and ends after so many.
    pub careful: Option<u64>,
}

/// What the app says while a worker works. The end of the pipe says that the app is gone.
#[derive(Debug, Serialize, Deserialize)]
pub enum Order {
    /// Come to an end.
    Stop,
}

/// What a worker tells.
#[derive(Debug, Serialize, Deserialize)]
pub enum Told {
    /// What is to be accounted for, before anything is read.
    Planned(ScanPlan),
    /// How far it is.
    Progress(ScanProgress),
    /// What is done for good.
    Reached(Reached),
    /// A record is about to be looked at; only in a careful scan.
    Looking(At),
    /// It was looked at.
    Seen(At),
    /// Looking at a record takes too long: the worker ends now.
    Stuck(At),
    /// The scan is over.
    Ended(Result<ScanCoverage, Failure>),
}

/// A place in a topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct At {
    /// The place of the topic among those of the request.
    pub topic: usize,
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
}

/// Accounts of some partitions, and all that was found in them since the last ones.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Reached {
    /// Their accounts now.
    pub partitions: Vec<PartitionScan>,
    /// What was put into the result set since then.
    pub blocks: Vec<Block>,
    /// Hits among that.
    pub hits: u64,
    /// Records among that of which it could not be told.
    pub undecided: u64,
    /// How those hits lie in time.
    pub histogram: Histogram,
}
