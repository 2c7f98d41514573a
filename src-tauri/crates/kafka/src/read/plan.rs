//! The frozen ranges of a read.
//!
//! Metadata, then first and end offsets of all partitions in one batched call each, then the range
//! of each partition, clamped to what is still there. A partition without a leader is set aside,
//! because asking for its offsets would wait for one.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use connections::{Code, Failure};

use crate::native::{ErrorCode, Listed, Native, Place, describe_topics, list_offsets};
use crate::read::{Isolation, ReadRequest, Start};
use crate::verdict::{self, Doing};

/// How long metadata and brokers may disagree about a leader before it is said.
const SETTLING: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);

/// The frozen ranges of a read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// By partition.
    pub ranges: Vec<Range>,
    /// Partitions without a leader.
    pub offline: Vec<i32>,
    /// Partitions whose offsets the cluster would not tell.
    pub refused: BTreeMap<i32, Failure>,
}

impl Plan {
    /// Offsets of all ranges; `None` where a partition that was asked for has none.
    pub(super) fn size(&self) -> Option<u64> {
        let whole = self.offline.is_empty() && self.refused.is_empty();
        let offsets = |range: &Range| range.end.saturating_sub(range.first).max(0).cast_unsigned();
        whole.then(|| self.ranges.iter().map(offsets).sum())
    }
}

/// The range of one partition: `first` up to, not including, `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Range {
    pub partition: i32,
    pub first: i64,
    pub end: i64,
    /// Offsets that were asked for and are before the first one still there.
    pub gone: u64,
}

/// Plans a read.
///
/// # Errors
/// [`Code::NotFound`] for a topic or partition that does not exist, [`Code::Authorization`] for one
/// that this account may not see, and those of the connection.
pub(super) fn plan(native: &Native, request: &ReadRequest) -> Result<Plan, Failure> {
    let started = Instant::now();
    loop {
        let (plan, unsettled) = look(native, request)?;
        if !unsettled || started.elapsed() > SETTLING {
            return Ok(plan);
        }
        std::thread::sleep(PAUSE);
    }
}

/// One look. True where a partition has a leader by the metadata, and none by its broker: the topic
/// was made, or the leader moved, a moment ago.
fn look(native: &Native, request: &ReadRequest) -> Result<(Plan, bool), Failure> {
    let topic = request.topic.as_str();
    let (online, offline) = partitions(native, topic, request.partitions.as_deref())?;
    let ask = |place, isolation| {
        list_offsets(native, online.iter().map(|p| (topic, *p)), place, isolation)
    };
    // All on their way before the first is waited for.
    let firsts = ask(Place::First, Isolation::Uncommitted)?;
    let ends = ask(Place::End, request.isolation)?;
    let times = match request.start {
        Start::Time(millis) => Some(ask(Place::At(millis), request.isolation)?),
        _ => None,
    };
    let firsts = by_partition(firsts.wait()?);
    let ends = by_partition(ends.wait()?);
    let times = times.map(|times| times.wait().map(by_partition)).transpose()?;

    let mut plan = Plan { ranges: Vec::new(), offline, refused: BTreeMap::new() };
    let mut unsettled = false;
    for partition in online {
        let time = times.as_ref().map(|times| of(times, partition)).transpose();
        let found =
            of(&firsts, partition).and_then(|first| Ok((first, of(&ends, partition)?, time?)));
        match found {
            Ok((first, end, time)) => {
                let low = first.unwrap_or(0);
                let end = end.unwrap_or(low);
                plan.ranges.push(range(partition, low, end, request.start, time.flatten()));
            }
            Err(ErrorCode::LeaderNotAvailable) => {
                unsettled = true;
                plan.offline.push(partition);
            }
            Err(code) => {
                plan.refused.insert(partition, verdict::of_topic(code, topic, Doing::Describe));
            }
        }
    }
    Ok((plan, unsettled))
}

/// The range of one partition; pure. `at_time` is the first offset at or after the time asked for,
/// where there is one.
fn range(partition: i32, low: i64, end: i64, start: Start, at_time: Option<i64>) -> Range {
    let end = end.max(low);
    let (wanted, gone) = match start {
        Start::Newest => (low, 0),
        Start::Oldest => (low, low.max(0).cast_unsigned()),
        Start::Offset(offset) => (offset, low.saturating_sub(offset).max(0).cast_unsigned()),
        Start::Time(_) => (at_time.unwrap_or(end), 0),
    };
    Range { partition, first: wanted.clamp(low, end), end, gone }
}

fn partitions(
    native: &Native,
    topic: &str,
    wanted: Option<&[i32]>,
) -> Result<(Vec<i32>, Vec<i32>), Failure> {
    let found = describe_topics(native, &[topic])?;
    let missing = || verdict::of_topic(ErrorCode::UnknownTopicOrPartition, topic, Doing::Describe);
    let found = found.into_iter().find(|t| t.name == topic).ok_or_else(missing)?;
    if let Some(code) = found.error {
        return Err(verdict::of_topic(code, topic, Doing::Describe));
    }
    if found.partitions.is_empty() {
        return Err(missing());
    }
    let mut chosen: Vec<_> = found.partitions.iter().collect();
    if let Some(wanted) = wanted {
        if let Some(unknown) = wanted.iter().find(|id| chosen.iter().all(|p| p.id != **id)) {
            return Err(Failure::new(
                Code::NotFound,
                format!("{topic} has no partition {unknown}"),
            )
            .hint(format!("it has {}, from 0", chosen.len())));
        }
        chosen.retain(|p| wanted.contains(&p.id));
    }
    chosen.sort_by_key(|p| p.id);
    let (online, offline): (Vec<_>, Vec<_>) = chosen.into_iter().partition(|p| p.leader.is_some());
    let ids = |list: Vec<&crate::native::PartitionMeta>| list.iter().map(|p| p.id).collect();
    Ok((ids(online), ids(offline)))
}

type Offsets = BTreeMap<i32, Result<Option<i64>, ErrorCode>>;

fn by_partition(listed: Vec<Listed>) -> Offsets {
    listed.into_iter().map(|l| (l.partition, l.offset)).collect()
}

fn of(offsets: &Offsets, partition: i32) -> Result<Option<i64>, ErrorCode> {
    offsets.get(&partition).copied().unwrap_or(Err(ErrorCode::UnknownPartition))
}

/// First offset and end by partition, or why they are not told.
pub(super) type Ends = BTreeMap<i32, Result<(i64, i64), Failure>>;

/// First offset and end, now, of some partitions; a partition whose offsets are refused has why.
///
/// # Errors
/// For the topic, and for a partition that does not exist or that nobody leads: reading it would
/// wait for a leader.
pub(super) fn ends(native: &Native, topic: &str, wanted: &[i32]) -> Result<Ends, Failure> {
    let (online, offline) = partitions(native, topic, Some(wanted))?;
    if !offline.is_empty() {
        return Err(verdict::of_topic(ErrorCode::LeaderNotAvailable, topic, Doing::Read));
    }
    let ask = |place| {
        list_offsets(native, online.iter().map(|p| (topic, *p)), place, Isolation::Uncommitted)
    };
    let (firsts, ends) = (ask(Place::First)?, ask(Place::End)?);
    let (firsts, ends) = (by_partition(firsts.wait()?), by_partition(ends.wait()?));
    let found = |partition: i32| {
        let pair = of(&firsts, partition).and_then(|first| Ok((first, of(&ends, partition)?)));
        let pair = pair.map_err(|code| verdict::of_topic(code, topic, Doing::Describe));
        (partition, pair.map(|(first, end)| (first.unwrap_or(0), end.unwrap_or(0))))
    };
    Ok(online.iter().map(|partition| found(*partition)).collect())
}

/// First offset and end of one partition, now.
pub(super) fn watermarks(
    native: &Native,
    topic: &str,
    partition: i32,
    isolation: Isolation,
) -> Result<(i64, i64), Failure> {
    let one = || [(topic, partition)];
    let first = list_offsets(native, one(), Place::First, Isolation::Uncommitted)?;
    let end = list_offsets(native, one(), Place::End, isolation)?;
    let read = |listed: Vec<Listed>| {
        of(&by_partition(listed), partition)
            .map_err(|code| verdict::of_topic(code, topic, Doing::Describe))
    };
    let first = read(first.wait()?)?.unwrap_or(0);
    Ok((first, read(end.wait()?)?.unwrap_or(first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_start_before_the_first_offset_is_clamped_and_what_is_gone_is_counted() {
        let planned = range(3, 40, 100, Start::Offset(10), None);
        assert_eq!(planned, Range { partition: 3, first: 40, end: 100, gone: 30 });
        assert_eq!(range(0, 40, 100, Start::Oldest, None).gone, 40);
        assert_eq!(range(0, 40, 100, Start::Newest, None).gone, 0);
    }

    #[test]
    fn a_start_after_the_end_is_an_empty_range() {
        let planned = range(0, 40, 100, Start::Offset(i64::MAX), None);
        assert_eq!((planned.first, planned.end, planned.gone), (100, 100, 0));
        let planned = range(0, 40, 100, Start::Time(9), None);
        assert_eq!((planned.first, planned.end), (100, 100), "nothing is that late");
    }

    #[test]
    fn a_time_starts_where_the_broker_says() {
        assert_eq!(range(0, 40, 100, Start::Time(9), Some(55)).first, 55);
    }

    #[test]
    fn a_plan_knows_its_size_only_where_every_partition_told_its_offsets() {
        let ranges =
            vec![range(0, 40, 100, Start::Newest, None), range(1, 0, 7, Start::Newest, None)];
        let mut plan = Plan { ranges, offline: Vec::new(), refused: BTreeMap::new() };
        assert_eq!(plan.size(), Some(67));
        plan.offline.push(2);
        assert_eq!(plan.size(), None, "not 67: nobody knows what partition 2 holds");
    }

    #[test]
    fn an_end_before_the_first_offset_is_an_empty_range_and_not_a_negative_one() {
        let planned = range(0, 40, 7, Start::Oldest, None);
        assert_eq!((planned.first, planned.end), (40, 40));
    }
}
