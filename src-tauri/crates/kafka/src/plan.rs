//! The frozen ranges of a read or a search.
//!
//! Metadata, then first and end offsets of all partitions of all topics in one batched call each,
//! then the range of each partition, clamped to what is still there. A partition without a leader is
//! set aside, because asking for its offsets would wait for one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use connections::{Code, Failure};

use crate::native::{
    ErrorCode, Listed, Native, PartitionMeta, Place, TopicPartition, describe_topics, list_offsets,
};
use crate::read::{Isolation, Start};
use crate::verdict::{self, Doing};

/// How long metadata and brokers may disagree about a leader before it is said.
const SETTLING: Duration = Duration::from_secs(1);
const PAUSE: Duration = Duration::from_millis(20);

/// What is to be planned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted<'a> {
    /// The topics, each once.
    pub topics: &'a [&'a str],
    /// Which partitions of each; `None` is all.
    pub partitions: Option<&'a [i32]>,
    /// Where to start in each partition.
    pub start: Start,
    /// Where to end.
    pub isolation: Isolation,
}

/// The frozen ranges of a read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Plan {
    /// By topic and partition.
    pub ranges: Vec<Range>,
    /// Partitions without a leader.
    pub offline: Vec<TopicPartition>,
    /// Partitions whose offsets the cluster would not tell.
    pub refused: BTreeMap<TopicPartition, Failure>,
    /// Topics that cannot be read at all, by their place: they do not exist, may not be seen, or
    /// have not a partition that was asked for.
    pub unseen: BTreeMap<usize, Failure>,
    /// What tells each topic from another one of the same name, where its brokers have that.
    pub ids: BTreeMap<usize, String>,
}

impl Plan {
    /// Offsets of all ranges; `None` where a partition that was asked for has none.
    pub(crate) fn size(&self) -> Option<u64> {
        let whole = self.offline.is_empty() && self.refused.is_empty() && self.unseen.is_empty();
        let offsets = |range: &Range| range.end.saturating_sub(range.first).max(0).cast_unsigned();
        whole.then(|| self.ranges.iter().map(offsets).sum())
    }
}

/// The range of one partition: `first` up to, not including, `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    pub at: TopicPartition,
    /// The first offset that is still there.
    pub low: i64,
    pub first: i64,
    pub end: i64,
    /// Offsets that were asked for and are before the first one still there.
    pub gone: u64,
}

/// Plans.
///
/// # Errors
/// Those of the connection. What is wrong with one topic or partition is in the plan.
pub(crate) fn plan(native: &Native, wanted: Wanted<'_>) -> Result<Plan, Failure> {
    let started = Instant::now();
    loop {
        let (plan, unsettled) = look(native, wanted)?;
        if !unsettled || started.elapsed() > SETTLING {
            return Ok(plan);
        }
        std::thread::sleep(PAUSE);
    }
}

/// One look. True where a partition has a leader by the metadata, and none by its broker: the topic
/// was made, or the leader moved, a moment ago.
fn look(native: &Native, wanted: Wanted<'_>) -> Result<(Plan, bool), Failure> {
    let (online, mut plan) = partitions(native, wanted.topics, wanted.partitions)?;
    let names = |at: &TopicPartition| Some((*wanted.topics.get(at.topic)?, at.partition));
    let ask =
        |place, isolation| list_offsets(native, online.iter().filter_map(names), place, isolation);
    // All on their way before the first is waited for.
    let firsts = ask(Place::First, Isolation::Uncommitted)?;
    let ends = ask(Place::End, wanted.isolation)?;
    let times = match wanted.start {
        Start::Time(millis) => {
            let at = ask(Place::At(millis), wanted.isolation)?;
            Some((millis, at, ask(Place::Latest, Isolation::Uncommitted)?))
        }
        _ => None,
    };
    let firsts = Offsets::of(firsts.wait()?);
    let ends = Offsets::of(ends.wait()?);
    let times = times.map(|(millis, at, latest)| {
        Ok::<_, Failure>((Offsets::of(at.wait()?), none_later(latest.wait()?, millis)))
    });
    let times = times.transpose()?;

    let mut unsettled = false;
    for at in online {
        let topic = wanted.topics.get(at.topic).copied().unwrap_or_default();
        let time = times.as_ref().map(|(times, _)| times.get(topic, at.partition)).transpose();
        let found = firsts
            .get(topic, at.partition)
            .and_then(|first| Ok((first, ends.get(topic, at.partition)?, time?)));
        match found {
            Ok((first, end, time)) => {
                let low = first.unwrap_or(0);
                let end = end.unwrap_or(low);
                let is_none = times
                    .as_ref()
                    .is_some_and(|(_, none)| none.contains(&(topic.to_owned(), at.partition)));
                // A broker says that there is no record so late, and has one (seen on 4.3.1, with
                // times in no order and a start that was deleted): then all of them are looked at.
                let time = time.flatten().or((!is_none).then_some(low));
                plan.ranges.push(range(at, low, end, wanted.start, time));
            }
            Err(ErrorCode::LeaderNotAvailable) => {
                unsettled = true;
                plan.offline.push(at);
            }
            Err(code) => {
                plan.refused.insert(at, verdict::of_topic(code, topic, Doing::Describe));
            }
        }
    }
    Ok((plan, unsettled))
}

/// The partitions whose latest record is before this time, or that have none.
fn none_later(listed: Vec<Listed>, millis: i64) -> BTreeSet<(String, i32)> {
    let is_before = |one: &Listed| match (&one.offset, one.millis) {
        (Ok(None), _) => true,
        (Ok(Some(_)), Some(latest)) => latest < millis,
        // Brokers before 3.0 do not tell.
        _ => false,
    };
    listed.into_iter().filter(is_before).map(|one| (one.topic, one.partition)).collect()
}

/// The range of one partition; pure. `at_time` is the first offset at or after the time asked for,
/// where there is one.
fn range(at: TopicPartition, low: i64, end: i64, start: Start, at_time: Option<i64>) -> Range {
    let end = end.max(low);
    let (wanted, gone) = match start {
        Start::Newest => (low, 0),
        Start::Oldest => (low, low.max(0).cast_unsigned()),
        Start::Offset(offset) => (offset, low.saturating_sub(offset).max(0).cast_unsigned()),
        Start::Time(_) => (at_time.unwrap_or(end), 0),
    };
    Range { at, low, first: wanted.clamp(low, end), end, gone }
}

/// The partitions that are led, and a plan that knows of those which are not.
fn partitions(
    native: &Native,
    topics: &[&str],
    wanted: Option<&[i32]>,
) -> Result<(Vec<TopicPartition>, Plan), Failure> {
    let found = describe_topics(native, topics)?;
    let mut plan = Plan::default();
    let mut online = Vec::new();
    for (topic, name) in topics.iter().enumerate() {
        let described = found.iter().find(|described| described.name == *name);
        let code = match described {
            None => Some(ErrorCode::UnknownTopicOrPartition),
            Some(described) => described.error.or_else(|| {
                described.partitions.is_empty().then_some(ErrorCode::UnknownTopicOrPartition)
            }),
        };
        if let Some(code) = code {
            plan.unseen.insert(topic, verdict::of_topic(code, name, Doing::Describe));
            continue;
        }
        plan.ids.extend(described.and_then(|it| Some((topic, it.id.clone()?))));
        match chosen(name, described.map_or(&[], |it| it.partitions.as_slice()), wanted) {
            Ok(chosen) => {
                for partition in chosen {
                    let at = TopicPartition { topic, partition: partition.id };
                    let list =
                        if partition.leader.is_some() { &mut online } else { &mut plan.offline };
                    list.push(at);
                }
            }
            Err(failure) => {
                plan.unseen.insert(topic, failure);
            }
        }
    }
    Ok((online, plan))
}

/// The partitions that are asked for, by number.
fn chosen<'p>(
    topic: &str,
    all: &'p [PartitionMeta],
    wanted: Option<&[i32]>,
) -> Result<Vec<&'p PartitionMeta>, Failure> {
    let mut chosen: Vec<_> = all.iter().collect();
    if let Some(wanted) = wanted {
        if let Some(unknown) = wanted.iter().find(|id| all.iter().all(|p| p.id != **id)) {
            let message = format!("{topic} has no partition {unknown}");
            return Err(
                Failure::new(Code::NotFound, message).hint(format!("it has {}, from 0", all.len()))
            );
        }
        chosen.retain(|p| wanted.contains(&p.id));
    }
    chosen.sort_by_key(|p| p.id);
    Ok(chosen)
}

/// Answers by topic and partition.
struct Offsets(BTreeMap<String, BTreeMap<i32, Result<Option<i64>, ErrorCode>>>);

impl Offsets {
    fn of(listed: Vec<Listed>) -> Offsets {
        let mut by_topic: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for one in listed {
            by_topic.entry(one.topic).or_default().insert(one.partition, one.offset);
        }
        Offsets(by_topic)
    }

    fn get(&self, topic: &str, partition: i32) -> Result<Option<i64>, ErrorCode> {
        let found = self.0.get(topic).and_then(|partitions| partitions.get(&partition));
        found.copied().unwrap_or(Err(ErrorCode::UnknownPartition))
    }
}

/// First offset and end by partition, or why they are not told.
pub(crate) type Ends = BTreeMap<i32, Result<(i64, i64), Failure>>;

/// First offset and end, now, of some partitions; a partition whose offsets are refused has why.
///
/// # Errors
/// For the topic, and for a partition that does not exist or that nobody leads: reading it would
/// wait for a leader.
pub(crate) fn ends(native: &Native, topic: &str, wanted: &[i32]) -> Result<Ends, Failure> {
    let (online, plan) = partitions(native, &[topic], Some(wanted))?;
    if let Some(failure) = plan.unseen.into_values().next() {
        return Err(failure);
    }
    if !plan.offline.is_empty() {
        return Err(verdict::of_topic(ErrorCode::LeaderNotAvailable, topic, Doing::Read));
    }
    let ask = |place| {
        let pairs = online.iter().map(|at| (topic, at.partition));
        list_offsets(native, pairs, place, Isolation::Uncommitted)
    };
    let (firsts, ends) = (ask(Place::First)?, ask(Place::End)?);
    let (firsts, ends) = (Offsets::of(firsts.wait()?), Offsets::of(ends.wait()?));
    let found = |partition: i32| {
        let pair =
            firsts.get(topic, partition).and_then(|first| Ok((first, ends.get(topic, partition)?)));
        let pair = pair.map_err(|code| verdict::of_topic(code, topic, Doing::Describe));
        (partition, pair.map(|(first, end)| (first.unwrap_or(0), end.unwrap_or(0))))
    };
    Ok(online.iter().map(|at| found(at.partition)).collect())
}

/// First offset and end of one partition, now.
pub(crate) fn watermarks(
    native: &Native,
    topic: &str,
    partition: i32,
    isolation: Isolation,
) -> Result<(i64, i64), Failure> {
    let one = || [(topic, partition)];
    let first = list_offsets(native, one(), Place::First, Isolation::Uncommitted)?;
    let end = list_offsets(native, one(), Place::End, isolation)?;
    let read = |listed: Vec<Listed>| {
        Offsets::of(listed)
            .get(topic, partition)
            .map_err(|code| verdict::of_topic(code, topic, Doing::Describe))
    };
    let first = read(first.wait()?)?.unwrap_or(0);
    Ok((first, read(end.wait()?)?.unwrap_or(first)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(partition: i32) -> TopicPartition {
        TopicPartition { topic: 0, partition }
    }

    #[test]
    fn a_start_before_the_first_offset_is_clamped_and_what_is_gone_is_counted() {
        let planned = range(at(3), 40, 100, Start::Offset(10), None);
        assert_eq!(planned, Range { at: at(3), low: 40, first: 40, end: 100, gone: 30 });
        assert_eq!(range(at(0), 40, 100, Start::Oldest, None).gone, 40);
        assert_eq!(range(at(0), 40, 100, Start::Newest, None).gone, 0);
    }

    #[test]
    fn a_start_after_the_end_is_an_empty_range() {
        let planned = range(at(0), 40, 100, Start::Offset(i64::MAX), None);
        assert_eq!((planned.first, planned.end, planned.gone), (100, 100, 0));
        let planned = range(at(0), 40, 100, Start::Time(9), None);
        assert_eq!((planned.first, planned.end), (100, 100), "nothing is that late");
    }

    #[test]
    fn a_time_starts_where_the_broker_says() {
        assert_eq!(range(at(0), 40, 100, Start::Time(9), Some(55)).first, 55);
    }

    #[test]
    fn a_plan_knows_its_size_only_where_every_partition_told_its_offsets() {
        let ranges = vec![
            range(at(0), 40, 100, Start::Newest, None),
            range(at(1), 0, 7, Start::Newest, None),
        ];
        let mut plan = Plan { ranges, ..Plan::default() };
        assert_eq!(plan.size(), Some(67));
        plan.offline.push(at(2));
        assert_eq!(plan.size(), None, "not 67: nobody knows what partition 2 holds");
    }

    #[test]
    fn an_end_before_the_first_offset_is_an_empty_range_and_not_a_negative_one() {
        let planned = range(at(0), 40, 7, Start::Oldest, None);
        assert_eq!((planned.first, planned.end), (40, 40));
    }
}
