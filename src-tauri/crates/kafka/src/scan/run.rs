//! A whole scan: plan, consumers, accounts, end.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use connections::Failure;
use tokio_util::sync::CancellationToken;

use crate::native::{Fetch, Message, Native, TopicPartition};
use crate::plan::{self, Plan, Range, Wanted};
use crate::read::Start;
use crate::read::pass::{self, Halt, Surroundings, Window, WindowEnd};
use crate::scan::coverage::{PartitionScan, ScanCoverage, ScanEnd};
use crate::scan::record::RawRecord;
use crate::scan::request::{ScanProgress, ScanRequest};
use crate::scan::{Examiner, shards};

/// How often progress is told.
const TELL: Duration = Duration::from_millis(100);

/// What a scan needs of its cluster.
pub(crate) struct Means<'a> {
    /// Answers questions about offsets.
    pub admin: &'a Native,
    /// Gives a consumer; called once for each shard.
    pub open: &'a (dyn Fn() -> Result<Native, Failure> + Sync),
}

/// Scans. `examiner` is called once for each consumer.
///
/// # Errors
/// For an impossible request, and those of the connection before anything was read. After that the
/// coverage says what is missing.
pub(crate) fn scan(
    means: &Means<'_>,
    request: &ScanRequest,
    examiner: &mut dyn FnMut() -> Box<dyn Examiner>,
    cancel: &CancellationToken,
    tell: &mut dyn FnMut(ScanProgress),
) -> Result<ScanCoverage, Failure> {
    request.check()?;
    let topics: Vec<&str> = request.topics.iter().map(String::as_str).collect();
    let plan = planned(means.admin, request, &topics)?;
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let filled = plan.ranges.iter().filter(|range| range.first < range.end).count();
    let shares = shards::share(&plan.ranges, shards::count(cores, filled));
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
        done: Mutex::default(),
    };
    let range = plan.size();
    let started = Instant::now();
    let mut capped = None;
    let (over, wait) = channel::<()>();
    std::thread::scope(|threads| {
        for (number, share) in shares.into_iter().enumerate() {
            let (shared, examiner, over) = (&shared, examiner(), over.clone());
            threads.spawn(move || {
                shared.read(number, share, examiner);
                // The channel ends with the last of them.
                drop(over);
            });
        }
        drop(over);
        while let Err(RecvTimeoutError::Timeout) = wait.recv_timeout(TELL) {
            let progress = shared.progress(range);
            tell(progress);
            let bytes = request.most_bytes.is_some_and(|most| progress.bytes >= most);
            let time = request.most_time.is_some_and(|most| started.elapsed() >= most);
            if bytes || time {
                capped = Some(if bytes { ScanEnd::ByteCap } else { ScanEnd::TimeCap });
                stop.cancel();
            }
        }
    });
    tell(shared.progress(range));
    let enough = shared.enough.load(Ordering::Relaxed);
    let done = shared.done.into_inner().unwrap_or_else(PoisonError::into_inner);
    Ok(finished(plan, done, enough, capped, cancel.is_cancelled()))
}

/// The ranges of a new scan, or what is left of one before.
fn planned(admin: &Native, request: &ScanRequest, topics: &[&str]) -> Result<Plan, Failure> {
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
    if request.from.is_empty() {
        return Ok(plan);
    }
    let left: BTreeMap<TopicPartition, (i64, i64)> = request
        .from
        .iter()
        .map(|place| {
            let at = TopicPartition { topic: place.topic, partition: place.partition };
            (at, (place.next, place.end))
        })
        .collect();
    plan.ranges.retain_mut(|range| {
        let Some((next, end)) = left.get(&range.at) else { return false };
        // What was taken since then is gone, and what came since then is not asked for.
        let gone = range.first.min(*end).saturating_sub(*next).max(0);
        range.first = (*next).max(range.first).min(*end);
        range.end = *end;
        range.gone = gone.cast_unsigned();
        true
    });
    let asked = |at: &TopicPartition| left.contains_key(at);
    plan.offline.retain(asked);
    plan.refused.retain(|at, _| asked(at));
    plan.unseen.retain(|topic, _| left.keys().any(|at| at.topic == *topic));
    Ok(plan)
}

/// What became of a partition.
struct Done {
    window: Window<()>,
    outside_time: u64,
    failure: Option<Failure>,
}

/// What the consumers of one scan have in common.
struct Shared<'a> {
    means: &'a Means<'a>,
    request: &'a ScanRequest,
    topics: &'a [&'a str],
    stop: &'a CancellationToken,
    enough: AtomicBool,
    received: AtomicU64,
    bytes: AtomicU64,
    covered: Vec<AtomicU64>,
    done: Mutex<BTreeMap<TopicPartition, Done>>,
}

impl Shared<'_> {
    fn progress(&self, range: Option<u64>) -> ScanProgress {
        ScanProgress {
            received: self.received.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            covered: self.covered.iter().map(|covered| covered.load(Ordering::Relaxed)).sum(),
            range,
        }
    }

    /// Reads the share of one consumer, on a thread of its own.
    fn read(&self, number: usize, share: Vec<Range>, mut examiner: Box<dyn Examiner>) {
        let mut windows: Vec<Window<()>> = share
            .iter()
            .map(|range| Window::new(range.at, range.first, range.end, u64::MAX))
            .collect();
        let mut outside: BTreeMap<TopicPartition, u64> = BTreeMap::new();
        let opened = (self.means.open)().and_then(|native| Fetch::of(native, self.topics));
        let halted = match opened {
            Err(failure) => Some(failure),
            Ok(mut fetch) => {
                let halt =
                    self.pass(number, &mut fetch, &mut windows, &mut *examiner, &mut outside);
                fetch.end_elsewhere();
                match halt {
                    Some(Halt::Lost(failure)) => Some(failure),
                    Some(Halt::Stopped) | None => None,
                }
            }
        };
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        for window in windows {
            let failure = match &window.end {
                Some(WindowEnd::Broken(failure)) => Some(failure.clone()),
                Some(WindowEnd::Complete | WindowEnd::Budget) => None,
                None => halted.clone(),
            };
            let outside_time = outside.get(&window.at).copied().unwrap_or(0);
            done.insert(window.at, Done { window, outside_time, failure });
        }
    }

    fn pass(
        &self,
        number: usize,
        fetch: &mut Fetch,
        windows: &mut [Window<()>],
        examiner: &mut dyn Examiner,
        outside: &mut BTreeMap<TopicPartition, u64>,
    ) -> Option<Halt> {
        let after = match self.request.start {
            Start::Time(millis) => Some(millis),
            _ => None,
        };
        let before = self.request.before;
        let timed = after.is_some() || before.is_some();
        let keep = |at: TopicPartition, message: &Message| {
            if timed && let Some(millis) = message.timestamp().millis() {
                // A record without a timestamp is not known to be outside.
                let early = after.is_some_and(|after| millis < after);
                if early || before.is_some_and(|before| millis >= before) {
                    *outside.entry(at).or_default() += 1;
                    return None;
                }
            }
            if !examiner.examine(&RawRecord::of(at.topic, message)) {
                self.enough.store(true, Ordering::Relaxed);
                self.stop.cancel();
            }
            None
        };
        let mut progress = |records, bytes, passed| {
            self.received.fetch_add(records, Ordering::Relaxed);
            self.bytes.fetch_add(bytes, Ordering::Relaxed);
            if let Some(covered) = self.covered.get(number) {
                covered.store(passed, Ordering::Relaxed);
            }
        };
        let watermarks = |at: TopicPartition| {
            let topic = self.topics.get(at.topic).copied().unwrap_or_default();
            plan::watermarks(self.means.admin, topic, at.partition, self.request.isolation)
        };
        let mut around =
            Surroundings { cancel: self.stop, watermarks: &watermarks, progress: &mut progress };
        pass::read(fetch, windows, keep, &mut around)
    }
}

/// The account of every partition, and why it is over.
fn finished(
    plan: Plan,
    mut done: BTreeMap<TopicPartition, Done>,
    enough: bool,
    capped: Option<ScanEnd>,
    stopped: bool,
) -> ScanCoverage {
    let mut partitions = Vec::with_capacity(plan.ranges.len());
    for range in &plan.ranges {
        let of_partition = |next, received, outside_time, gone: u64, failure| {
            let passed = i64::saturating_sub(next, range.first).max(0).cast_unsigned();
            PartitionScan {
                topic: range.at.topic,
                partition: range.at.partition,
                first: range.first,
                end: range.end,
                next,
                received,
                outside_time,
                without_record: passed.saturating_sub(received).saturating_sub(gone),
                gone: range.gone + gone,
                failure,
            }
        };
        partitions.push(match done.remove(&range.at) {
            // There was nothing to read.
            None => of_partition(range.end, 0, 0, 0, None),
            Some(Done { window, outside_time, failure }) => {
                of_partition(window.next, window.received, outside_time, window.gone, failure)
            }
        });
    }
    partitions.sort_by_key(|p| (p.topic, p.partition));
    let failure = partitions
        .iter()
        .find_map(|p| p.failure.as_ref())
        .or(plan.unseen.values().next())
        .or(plan.refused.values().next());
    let whole = partitions.iter().all(|p| p.next >= p.end);
    let end = match (failure, capped) {
        _ if enough => ScanEnd::Enough,
        _ if stopped && !whole => ScanEnd::Stopped,
        (Some(failure), _) => ScanEnd::Incomplete { failure: failure.clone() },
        (None, Some(capped)) if !whole => capped,
        (None, _) if !plan.offline.is_empty() => ScanEnd::PartitionsOffline,
        (None, _) => ScanEnd::Exhausted,
    };
    ScanCoverage {
        end,
        partitions,
        offline: plan.offline.iter().map(|at| (at.topic, at.partition)).collect(),
        unseen: plan.unseen.into_iter().collect(),
        refused: plan
            .refused
            .into_iter()
            .map(|(at, failure)| (at.topic, at.partition, failure))
            .collect(),
    }
}
