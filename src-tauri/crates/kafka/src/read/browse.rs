//! A whole read: plan, windows, merge, end.

use std::time::{Duration, Instant};

use connections::Failure;
use tokio_util::sync::CancellationToken;

use crate::native::{Fetch, Native, TopicPartition};
use crate::plan::{self, Plan, Wanted};
use crate::read::lanes::{self, Direction, Lane, Turn};
use crate::read::pass::{self, Halt, Silence, Surroundings, Window};
use crate::read::rows::Row;
use crate::read::{Coverage, End, PartitionCoverage, Progress, ReadRequest, ResultSet, Start};

/// The most bytes of one window.
const WINDOW_BYTES: u64 = 16 * 1024 * 1024;

/// The least bytes of one window, however many partitions share the whole.
const LEAST_WINDOW_BYTES: u64 = 256 * 1024;

/// How often progress is told.
const TELL: Duration = Duration::from_millis(100);

/// Reads. `admin` answers questions about offsets, `open` gives a consumer for the records, and is
/// called only where there is something to read.
///
/// # Errors
/// Those of the plan, and the failure of all partitions where none could be read at all.
pub(crate) fn browse(
    admin: &Native,
    open: &dyn Fn() -> Result<Native, Failure>,
    request: &ReadRequest,
    cancel: &CancellationToken,
    tell: &mut dyn FnMut(Progress),
) -> Result<ResultSet, Failure> {
    request.check()?;
    let wanted = Wanted {
        topics: &[&request.topic],
        partitions: request.partitions.as_deref(),
        start: request.start,
        isolation: request.isolation,
    };
    let plan = plan::plan(admin, wanted)?;
    if let Some(failure) = plan.unseen.values().next() {
        return Err(failure.clone());
    }
    if plan.ranges.is_empty()
        && plan.offline.is_empty()
        && let Some(failure) = plan.refused.values().next()
    {
        return Err(failure.clone());
    }
    let mut read = Read::of(request, &plan);
    let halt = if read.lanes.iter().all(Lane::is_covered) {
        None
    } else {
        let watermarks = |at: TopicPartition| {
            plan::watermarks(admin, &request.topic, at.partition, request.isolation)
        };
        let mut fetch = Fetch::of(open()?, &[&request.topic])?;
        let halt = read.run(&mut fetch, &watermarks, cancel, tell);
        fetch.end_elsewhere();
        halt
    };
    read.finish(plan, halt)
}

struct Read<'a> {
    request: &'a ReadRequest,
    lanes: Vec<Lane>,
    rows: Vec<Row>,
    budget: u64,
    received: u64,
    bytes: u64,
    /// Offsets of all lanes; `None` where a partition has none, because its range is not known.
    range: Option<u64>,
    /// `None` until the first time.
    told: Option<Instant>,
    /// Bytes were spent before the rows were found.
    capped: bool,
}

impl<'a> Read<'a> {
    fn of(request: &'a ReadRequest, plan: &Plan) -> Read<'a> {
        let direction = match request.start {
            Start::Newest => Direction::Backward,
            Start::Oldest | Start::Offset(_) | Start::Time(_) => Direction::Forward,
        };
        // Empty partitions need no share.
        let filled = plan.ranges.iter().filter(|r| r.first < r.end).count();
        let width = Lane::first_width(request.limit, filled);
        let budget = (request.max_bytes / 2 / (filled.max(1) as u64))
            .clamp(LEAST_WINDOW_BYTES, WINDOW_BYTES);
        Read {
            request,
            lanes: plan.ranges.iter().map(|r| Lane::new(*r, direction, width)).collect(),
            rows: Vec::new(),
            budget,
            received: 0,
            bytes: 0,
            range: plan.size(),
            told: None,
            capped: false,
        }
    }

    fn limit(&self) -> usize {
        self.request.limit as usize
    }

    /// Reads until the rows are there, or no more can come.
    fn run(
        &mut self,
        fetch: &mut Fetch,
        watermarks: &dyn Fn(TopicPartition) -> Result<(i64, i64), Failure>,
        cancel: &CancellationToken,
        tell: &mut dyn FnMut(Progress),
    ) -> Option<Halt> {
        while let Some(starved) = self.merge() {
            if self.bytes >= self.request.max_bytes {
                self.capped = true;
                return None;
            }
            let halt = self.pass(fetch, &starved, watermarks, cancel, tell);
            if halt.is_some() {
                // What is complete is placed; the rest of the lanes cannot go on.
                self.merge();
                return halt;
            }
        }
        None
    }

    /// Places rows until the limit is reached, nothing is left (both `None`), or lanes have to be
    /// read on.
    fn merge(&mut self) -> Option<Vec<usize>> {
        while self.rows.len() < self.limit() {
            match lanes::next(&mut self.lanes) {
                Turn::Row(row) => self.rows.push(*row),
                Turn::Starved(starved) => return Some(starved),
                Turn::Over => return None,
            }
        }
        None
    }

    fn pass(
        &mut self,
        fetch: &mut Fetch,
        starved: &[usize],
        watermarks: &dyn Fn(TopicPartition) -> Result<(i64, i64), Failure>,
        cancel: &CancellationToken,
        tell: &mut dyn FnMut(Progress),
    ) -> Option<Halt> {
        // Lanes that would starve next are read in the same pass: a pass costs a round trip.
        let left = self.limit().saturating_sub(self.rows.len());
        let low = left.div_ceil(self.lanes.len().max(1)) / 4;
        let mut windows: Vec<_> = self
            .lanes
            .iter()
            .enumerate()
            .filter(|(index, lane)| starved.contains(index) || lane.waiting() < low)
            .filter_map(|(_, lane)| lane.window(self.budget, left))
            .collect();
        let after = match self.request.start {
            Start::Time(millis) => Some(millis),
            _ => None,
        };
        let keep = |_, message: &crate::native::Message| {
            // A record without a timestamp is not known to be earlier.
            let time = message.timestamp().millis();
            let outside = after.is_some_and(|after| time.is_some_and(|millis| millis < after));
            Some((!outside).then(|| Row::of(message)))
        };
        let rows = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        let range = self.range;
        let before: u64 = self.lanes.iter().map(Lane::covered).sum();
        let (received, bytes, told) = (&mut self.received, &mut self.bytes, &mut self.told);
        let mut progress = |new_records, new_bytes, windows: &[Window<_>]| {
            *received += new_records;
            *bytes += new_bytes;
            if told.is_none_or(|told| told.elapsed() >= TELL) {
                let covered = before.saturating_add(pass::passed(windows));
                tell(Progress { rows, received: *received, bytes: *bytes, covered, range });
                *told = Some(Instant::now());
            }
        };
        let silence = Silence::EndsAll;
        let mut around = Surroundings { cancel, watermarks, silence, progress: &mut progress };
        let halt = pass::read(fetch, &mut windows, keep, &mut around);
        for window in windows {
            let lane = self.lanes.iter_mut().find(|l| l.at() == window.at);
            if let Some(lane) = lane {
                lane.take(window, self.budget);
            }
        }
        halt
    }

    fn finish(self, plan: Plan, halt: Option<Halt>) -> Result<ResultSet, Failure> {
        let full = self.rows.len() >= self.limit();
        let left: Vec<&Lane> =
            self.lanes.iter().filter(|l| !l.is_covered() || l.waiting() > 0).collect();
        let broken: Vec<(i32, Failure)> = self
            .lanes
            .iter()
            .filter_map(|lane| Some((lane.partition(), lane.failure()?.clone())))
            .chain(plan.refused.into_iter().map(|(at, failure)| (at.partition, failure)))
            .collect();
        if broken.len() == self.lanes.len()
            && self.rows.is_empty()
            && let Some((_, failure)) = broken.first()
        {
            return Err(failure.clone());
        }
        let end = match halt {
            Some(Halt::Stopped) => End::Stopped,
            Some(Halt::Lost(failure)) => {
                let partitions = left.iter().map(|lane| lane.partition()).collect();
                End::Incomplete { partitions, failure }
            }
            None => match broken.first() {
                Some((_, failure)) => End::Incomplete {
                    failure: failure.clone(),
                    partitions: broken.iter().map(|(partition, _)| *partition).collect(),
                },
                None if !plan.offline.is_empty() => End::PartitionsOffline {
                    partitions: plan.offline.iter().map(|at| at.partition).collect(),
                },
                None if self.capped => End::ByteCap,
                None if full && !left.is_empty() => End::Limit,
                None => End::Exhausted,
            },
        };
        let partitions: Vec<PartitionCoverage> = self.lanes.iter().map(Lane::coverage).collect();
        Ok(ResultSet {
            topic: self.request.topic.clone(),
            rows: self.rows,
            coverage: Coverage { end, range: self.range, partitions },
        })
    }
}
