//! A search from the app's side.
//!
//! It starts a worker, takes what it tells into one account, and where it dies starts another one
//! that goes on from there, until everything is accounted for or somebody stops it. It can go on
//! later, with the same frozen ranges.
//!
//! - [`account`]: what was accounted for; `course`: how to go on after a death; both pure

pub mod account;
mod course;

use std::path::PathBuf;

use connections::secret::Secrets;
use connections::{Failure, Profile};
use kafka::scan::{ScanCoverage, ScanEnd, ScanRequest};
use message::search::Condition;
use results::block::Block;
use results::histogram::Histogram;
use results::key::SetKey;
use tokio_util::sync::CancellationToken;

pub use account::{PassedOver, SearchCoverage};

use crate::contract::{Job, ScanJob, Told};
use crate::handed::{HandedKey, HandedSecrets};
use crate::launch::{Launcher, Running};
use account::Account;
use course::{Journey, Sign};

/// Where a search is done, and where its results go.
pub struct Means {
    /// What becomes a worker.
    pub launcher: Launcher,
    /// The connection.
    pub profile: Profile,
    /// Its secrets.
    pub secrets: Secrets,
    /// The folder of the result set.
    pub folder: PathBuf,
    /// Its key.
    pub key: SetKey,
}

/// A search, as far as it is.
pub struct Search {
    means: Means,
    request: ScanRequest,
    condition: Condition,
    account: Account,
    hits: u64,
    undecided: u64,
}

/// What is new of a search, about ten times a second.
#[derive(Debug, Default)]
pub struct News {
    /// What was put into the result set.
    pub blocks: Vec<Block>,
    /// How the hits among it lie in time.
    pub histogram: Histogram,
    /// How far it is.
    pub progress: SearchProgress,
}

/// How far a search is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SearchProgress {
    /// Hits in the result set.
    pub hits: u64,
    /// Records in it of which it could not be told.
    pub undecided: u64,
    /// Records that came.
    pub received: u64,
    /// Bytes of their keys and values.
    pub bytes: u64,
    /// Offsets of the range that are accounted for.
    pub covered: u64,
    /// Offsets of the frozen range; `None` where a partition told none.
    pub range: Option<u64>,
}

/// How the work of one worker ended.
enum Outcome {
    Ended(Result<ScanCoverage, Failure>),
    Died { sign: Sign, status: String },
}

impl Search {
    /// A search that has not begun.
    pub fn new(means: Means, request: ScanRequest, condition: Condition) -> Search {
        let account = Account::default();
        Search { means, request, condition, account, hits: 0, undecided: 0 }
    }

    /// Searches, or goes on with what is left, until so many more hits are found. `tell` is called
    /// about ten times a second. Dropped, it ends at once; what it told stays true.
    ///
    /// # Errors
    /// Those of the request and of the connection before anything was planned. After that the
    /// coverage says what is missing.
    pub async fn run(
        &mut self,
        more_hits: u64,
        cancel: &CancellationToken,
        tell: &mut (dyn FnMut(News) + Send),
    ) -> Result<SearchCoverage, Failure> {
        let most_hits = self.hits.saturating_add(more_hits.max(1));
        let mut journey = Journey::default();
        loop {
            if cancel.is_cancelled() {
                return Ok(self.account.coverage(ScanEnd::Stopped));
            }
            let mut places = journey.places(&self.account);
            if journey.careful().is_none() {
                places.extend(self.account.unconfirmed());
            }
            if self.account.is_planned() && places.is_empty() {
                if self.account.open().is_empty() {
                    return Ok(self.account.coverage(ScanEnd::Exhausted));
                }
                // The part that was to be looked at alone is done already.
                journey.lived(&mut self.account);
                continue;
            }
            self.account.begin(&places);
            let mut request = self.request.clone();
            request.from = places;
            request.ids = self.account.ids().clone();
            request.newest_first &= journey.may_be_newest_first;
            request.batch_by_batch = journey.is_batch_by_batch();
            if journey.careful().is_some() {
                request.most_consumers = Some(1);
            }
            let job = Job::Scan(Box::new(ScanJob {
                profile: self.means.profile.clone(),
                secrets: HandedSecrets::of(&self.means.secrets),
                request,
                condition: self.condition.clone(),
                folder: self.means.folder.clone(),
                key: HandedKey::of(&self.means.key),
                most_hits: most_hits.saturating_sub(self.hits),
                careful: journey.careful(),
            }));
            let worker = match self.means.launcher.start(&job).await {
                Ok(worker) => worker,
                Err(failure) if self.account.is_planned() => {
                    return Ok(self.account.coverage(ScanEnd::Incomplete { failure }));
                }
                Err(failure) => return Err(failure),
            };
            match self.follow(worker, cancel, tell).await {
                Outcome::Ended(Ok(coverage)) => {
                    self.account.ended(&coverage);
                    let part = journey.careful().is_some() && self.hits < most_hits;
                    match coverage.end {
                        // The end of its careful part, or of one partition, is not that of the
                        // search.
                        ScanEnd::Enough | ScanEnd::Exhausted if part => {
                            journey.lived(&mut self.account);
                        }
                        end => return Ok(self.account.coverage(end)),
                    }
                }
                Outcome::Ended(Err(_)) if cancel.is_cancelled() => {
                    return Ok(self.account.coverage(ScanEnd::Stopped));
                }
                Outcome::Ended(Err(failure)) if self.account.is_planned() => {
                    return Ok(self.account.coverage(ScanEnd::Incomplete { failure }));
                }
                Outcome::Ended(Err(failure)) => return Err(failure),
                Outcome::Died { .. } if cancel.is_cancelled() => {
                    return Ok(self.account.coverage(ScanEnd::Stopped));
                }
                Outcome::Died { sign, status } => {
                    tracing::warn!(status, "a search process died");
                    if let Err(failure) = journey.died(sign, &status, &mut self.account) {
                        return match self.account.is_planned() {
                            true => Ok(self.account.coverage(ScanEnd::Incomplete { failure })),
                            false => Err(failure),
                        };
                    }
                }
            }
        }
    }

    /// Takes what a worker tells until it ends.
    async fn follow(
        &mut self,
        mut worker: Running,
        cancel: &CancellationToken,
        tell: &mut (dyn FnMut(News) + Send),
    ) -> Outcome {
        let mut sign = Sign::None;
        let mut stopping = false;
        loop {
            let told = tokio::select! {
                told = worker.next() => told,
                () = cancel.cancelled(), if !stopping => {
                    stopping = true;
                    worker.stop().await;
                    continue;
                }
            };
            match told {
                Some(Told::Planned(plan)) => self.account.plan(plan),
                Some(Told::Progress(progress)) => {
                    self.account.came(progress.bytes);
                    tell(self.news(Vec::new(), Histogram::default()));
                }
                Some(Told::Reached(reached)) => {
                    self.account.reached(&reached.partitions);
                    self.hits += reached.hits;
                    self.undecided += reached.undecided;
                    tell(self.news(reached.blocks, reached.histogram));
                }
                Some(Told::Looking(at)) => sign = Sign::Looking(at),
                Some(Told::Seen(_)) => sign = Sign::Seen,
                Some(Told::Stuck(at)) => sign = Sign::Stuck(at),
                Some(Told::Ended(ended)) => {
                    worker.end().await;
                    return Outcome::Ended(ended);
                }
                None => return Outcome::Died { sign, status: worker.end().await },
            }
        }
    }

    fn news(&self, blocks: Vec<Block>, histogram: Histogram) -> News {
        let (covered, range) = self.account.reach();
        let (received, bytes) = self.account.received();
        let progress = SearchProgress {
            hits: self.hits,
            undecided: self.undecided,
            received,
            bytes,
            covered,
            range,
        };
        News { blocks, histogram, progress }
    }
}
