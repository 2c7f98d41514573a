//! A whole scan: plan, consumers, accounts, end.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use connections::Failure;
use tokio_util::sync::CancellationToken;

use crate::native::{Native, TopicPartition};
use crate::plan::{self, Plan, Wanted};
use crate::read::Start;
use crate::scan::coverage::{PartitionScan, ScanCoverage, ScanEnd, ScanPlan};
use crate::scan::part::Part;
use crate::scan::request::{ScanProgress, ScanRequest};
use crate::scan::spans::{Span, Spans};
use crate::scan::{Observer, identity, shards, share};

/// How often progress is told.
pub(super) const TELL: Duration = Duration::from_millis(100);

/// What a scan needs of its cluster.
pub(crate) struct Means<'a> {
    /// Answers questions about offsets.
    pub admin: &'a Native,
    /// Gives a consumer; called once for each shard.
    pub open: &'a (dyn Fn() -> Result<Native, Failure> + Sync),
}

/// Scans.
///
/// # Errors
/// For an impossible request, and those of the connection before anything was read. After that the
/// coverage says what is missing.
pub(crate) fn scan(
    means: &Means<'_>,
    request: &ScanRequest,
    observer: &mut dyn Observer,
    cancel: &CancellationToken,
) -> Result<ScanCoverage, Failure> {
    request.check()?;
    let topics: Vec<&str> = request.topics.iter().map(String::as_str).collect();
    let (parts, plan) = planned(means.admin, request, &topics)?;
    let range = plan.size().map(|_| parts.iter().map(Part::size).sum());
    observer.planned(plan_of(&plan, &parts));
    let (filled, empty): (Vec<Part>, Vec<Part>) =
        parts.into_iter().partition(|part| part.size() > 0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let count = shards::count(cores, filled.len(), request.most_consumers);
    let shares = shards::share(filled, count);
    let stop = cancel.child_token();
    let shared = Shared {
        means,
        request,
        topics: &topics,
        stop: &stop,
        enough: AtomicBool::new(false),
        received: AtomicU64::new(0),
        bytes: AtomicU64::new(0),
        covered: shares.iter().map(|_| AtomicU64::new(0)).collect(),
    };
    let done = Mutex::new(empty);
    let started = Instant::now();
    let mut capped = None;
    let (over, wait) = channel::<()>();
    std::thread::scope(|threads| {
        for (number, share) in shares.into_iter().enumerate() {
            let (shared, done, examiner, over) =
                (&shared, &done, observer.examiner(), over.clone());
            threads.spawn(move || {
                let parts = share::read(shared, number, share, examiner);
                done.lock().unwrap_or_else(PoisonError::into_inner).extend(parts);
                // The channel ends with the last of them.
                drop(over);
            });
        }
        drop(over);
        while let Err(RecvTimeoutError::Timeout) = wait.recv_timeout(TELL) {
            let progress = shared.progress(range);
            observer.progress(progress);
            let bytes = request.most_bytes.is_some_and(|most| progress.bytes >= most);
            let time = request.most_time.is_some_and(|most| started.elapsed() >= most);
            if bytes || time {
                capped = Some(if bytes { ScanEnd::ByteCap } else { ScanEnd::TimeCap });
                stop.cancel();
            }
        }
    });
    observer.progress(shared.progress(range));
    let enough = shared.enough.load(Ordering::Relaxed);
    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    // Who stops it does not want to wait.
    if !cancel.is_cancelled() {
        identity::confirm(means.admin, &topics, &plan, &mut done);
    }
    Ok(finished(&plan, &done, enough, capped, cancel.is_cancelled()))
}

/// What is to be read: the ranges of a new scan, or what is left of one before.
fn planned(
    admin: &Native,
    request: &ScanRequest,
    topics: &[&str],
) -> Result<(Vec<Part>, Plan), Failure> {
    let start = match request.start {
        Start::Newest => Start::Oldest,
        start => start,
    };
    let wanted = Wanted {
        topics,
        partitions: request.partitions.as_deref(),
        start,
        isolation: request.isolation,
    };
    let mut plan = plan::plan(admin, wanted)?;
    identity::refuse_others(&request.ids, topics, &mut plan);
    if request.from.is_empty() {
        let part = |range: &plan::Range| {
            let end = request.until.map_or(range.end, |until| range.end.min(until));
            let asked = Span { from: range.first, to: end.max(range.first) };
            // What is gone before a range that ends earlier was not asked for beyond its end.
            let beyond = range.first.saturating_sub(end).max(0).cast_unsigned();
            let gone = range.gone.saturating_sub(beyond);
            Part::new(range.at, asked, Spans::of([asked]), gone)
        };
        let parts = plan.ranges.iter().map(part).collect();
        return Ok((parts, plan));
    }
    let mut left: BTreeMap<TopicPartition, Vec<Span>> = BTreeMap::new();
    for place in &request.from {
        let at = TopicPartition { topic: place.topic, partition: place.partition };
        left.entry(at).or_default().push(place.span);
    }
    let asked = |at: &TopicPartition| left.contains_key(at);
    plan.offline.retain(asked);
    plan.refused.retain(|at, _| asked(at));
    plan.unseen.retain(|topic, _| left.keys().any(|at| at.topic == *topic));
    plan.ranges.retain(|range| asked(&range.at));
    let part = |range: &plan::Range| {
        let spans = Spans::of(left.get(&range.at).into_iter().flatten().copied());
        let whole = Span {
            from: spans.as_slice().first().map_or(0, |span| span.from),
            to: spans.as_slice().last().map_or(0, |span| span.to),
        };
        // What was taken since then is gone, and what came since then is not asked for.
        let there = Span { from: range.low, to: i64::MAX };
        let still = Spans::of(spans.as_slice().iter().map(|span| span.within(there)));
        let gone = spans.offsets() - still.offsets();
        Part::new(range.at, whole, still, gone)
    };
    let parts = plan.ranges.iter().map(part).collect();
    Ok((parts, plan))
}

/// What the consumers of one scan have in common.
pub(super) struct Shared<'a> {
    pub means: &'a Means<'a>,
    pub request: &'a ScanRequest,
    pub topics: &'a [&'a str],
    pub stop: &'a CancellationToken,
    pub enough: AtomicBool,
    received: AtomicU64,
    bytes: AtomicU64,
    covered: Vec<AtomicU64>,
}

impl Shared<'_> {
    /// Counts what came to a consumer, and the offsets that it has passed so far.
    pub fn count(&self, consumer: usize, records: u64, bytes: u64, passed: u64) {
        self.received.fetch_add(records, Ordering::Relaxed);
        self.bytes.fetch_add(bytes, Ordering::Relaxed);
        if let Some(covered) = self.covered.get(consumer) {
            covered.store(passed, Ordering::Relaxed);
        }
    }

    fn progress(&self, range: Option<u64>) -> ScanProgress {
        ScanProgress {
            received: self.received.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            covered: self.covered.iter().map(|covered| covered.load(Ordering::Relaxed)).sum(),
            range,
        }
    }
}

fn plan_of(plan: &Plan, parts: &[Part]) -> ScanPlan {
    let mut partitions: Vec<PartitionScan> = parts.iter().map(|part| part.told(None)).collect();
    partitions.sort_by_key(|p| (p.topic, p.partition));
    let refused = plan.refused.iter();
    ScanPlan {
        partitions,
        offline: plan.offline.iter().map(|at| (at.topic, at.partition)).collect(),
        unseen: plan.unseen.iter().map(|(topic, failure)| (*topic, failure.clone())).collect(),
        refused: refused.map(|(at, why)| (at.topic, at.partition, why.clone())).collect(),
        ids: plan.ids.clone(),
    }
}

/// The account of every partition, and why it is over.
fn finished(
    plan: &Plan,
    done: &[Part],
    enough: bool,
    capped: Option<ScanEnd>,
    stopped: bool,
) -> ScanCoverage {
    let ScanPlan { partitions, offline, unseen, refused, ids: _ } = plan_of(plan, done);
    let failure = partitions
        .iter()
        .find_map(|p| p.failure.as_ref())
        .or_else(|| partitions.iter().flat_map(|p| &p.unreadable).map(|one| &one.failure).next())
        .or(plan.unseen.values().next())
        .or(plan.refused.values().next());
    let whole = partitions.iter().all(|p| p.open.is_empty());
    let end = match (failure, capped) {
        _ if enough && !whole => ScanEnd::Enough,
        _ if stopped && !whole => ScanEnd::Stopped,
        (Some(failure), _) => ScanEnd::Incomplete { failure: failure.clone() },
        (None, Some(capped)) if !whole => capped,
        (None, _) if !plan.offline.is_empty() => ScanEnd::PartitionsOffline,
        (None, _) => ScanEnd::Exhausted,
    };
    ScanCoverage { end, partitions, offline, unseen, refused }
}
