//! Searches of random ranges for random conditions, on topics with everything in them, find what
//! stands there: records by Kafka's console consumer, conditions by an evaluation that shares no
//! code with the product's.

mod cases;
mod data;
mod json;
mod naive;
mod truth;
mod world;

use std::collections::HashMap;

use kafka::read::{Isolation, Start};
use kafka::scan::{PartitionScan, ScanEnd};
use message::Octets;
use message::record::Timestamp;
use message::search::text;
use results::head::Mark;
use tokio_util::sync::CancellationToken;
use worker::search::SearchCoverage;

use crate::support::*;
use cases::{Case, case};
use truth::Seen;
use world::{Topic, ends, world};

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_asked_of_whatever_range_is_what_an_independent_reader_finds() {
    let kafka = brokers::kafka();
    let mut dice = brokers::dice("the topics of the oracle");
    let topics = world(kafka, &mut dice);
    for topic in &topics {
        looks_as_planned(topic);
    }
    let mut found = Found::default();
    let cases = (0..200).map(|_| case(&mut dice)).collect();
    for case in brokers::sample("oracle", cases, 12) {
        check(kafka, &topics, &case, &mut found).await;
    }
    eprintln!("{found:?}");
    assert!(found.hits > 0 && found.misses > 0 && found.undecided > 0, "{found:?}");
    for topic in &topics {
        assert_eq!(ends(kafka, &topic.name), topic.partitions, "nothing moved meanwhile");
    }
}

/// The world is as awkward as it is meant to be.
fn looks_as_planned(topic: &Topic) {
    assert!(!topic.committed.is_empty());
    for ends in topic.partitions.values() {
        assert!(ends.low <= ends.stable && ends.stable <= ends.end, "{ends:?}");
    }
    let offsets: i64 = topic.partitions.values().map(|ends| ends.end - ends.low).sum();
    let gaps = offsets - i64::try_from(topic.uncommitted.len()).unwrap();
    eprintln!(
        "{} committed, {} in all, {gaps} gaps",
        topic.committed.len(),
        topic.uncommitted.len()
    );
    // LogAppendTime has no transactions that are decided.
    assert!(gaps > 0 || topic.committed.iter().all(|seen| seen.appended));
}

/// How much the cases showed.
#[derive(Debug, Default)]
struct Found {
    hits: usize,
    misses: usize,
    undecided: usize,
}

async fn check(kafka: &brokers::Kafka, topics: &[Topic], case: &Case, found: &mut Found) {
    let of_case: Vec<&Topic> = case.topics.iter().map(|topic| &topics[*topic]).collect();
    let mut request = case.request.clone();
    request.topics = of_case.iter().map(|topic| topic.name.clone()).collect();
    let printed = text::print(&case.condition);
    let condition = match case.typed {
        false => case.condition.clone(),
        true => text::parse(&printed).unwrap_or_else(|bad| panic!("{bad}: {printed}\n{case:#?}")),
    };
    let mut trial = Trial::new(kafka, request, condition);
    let expected = expected(&of_case, case);
    let wanted = expected.get(&Mark::Hit).map_or(0, Vec::len) as u64;
    let most = if case.parts == 1 { u64::MAX } else { wanted / case.parts + 1 };
    let mut coverage = trial.run(most, &CancellationToken::new()).await;
    let mut rounds = 1;
    while coverage.goes_on() {
        assert_eq!(coverage.end, ScanEnd::Enough, "{printed}\n{case:#?}");
        assert!(rounds <= 2 * case.parts, "it does not come to an end: {printed}\n{case:#?}");
        coverage = trial.run(most, &CancellationToken::new()).await;
        rounds += 1;
    }
    assert_eq!(coverage.end, ScanEnd::Exhausted, "{printed}\n{case:#?}");
    for mark in [Mark::Hit, Mark::Undecided] {
        let (got, wanted) =
            (stored(&trial, mark), expected.get(&mark).cloned().unwrap_or_default());
        if got != wanted {
            let missing = wanted.iter().find(|one| !got.contains(one));
            let surplus = got.iter().find(|one| !wanted.contains(one));
            panic!(
                "{mark:?}: {} and not {}; missing {missing:?}, surplus {surplus:?}\n{printed}\n{case:#?}",
                got.len(),
                wanted.len()
            );
        }
        *(if mark == Mark::Hit { &mut found.hits } else { &mut found.undecided }) += got.len();
    }
    let looked_at = accounts_for_all(&of_case, case, &coverage);
    let last = trial.told.last().copied().unwrap_or_default();
    let undecided = expected.get(&Mark::Undecided).map_or(0, Vec::len) as u64;
    found.misses += (looked_at - wanted - undecided) as usize;
    assert_eq!(
        (last.hits, last.undecided, trial.in_histogram),
        (wanted, undecided, wanted),
        "{case:#?}"
    );
    assert_eq!(Some(last.covered), last.range, "{case:#?}");
}

/// A topic by its place, and a record of it.
type Placed = (u32, Seen);

/// What the search should find.
fn expected(topics: &[&Topic], case: &Case) -> HashMap<Mark, Vec<Placed>> {
    let mut all: HashMap<Mark, Vec<Placed>> = HashMap::new();
    for (place, topic) in (0..).zip(topics) {
        for seen in topic.records(case.request.isolation == Isolation::Committed) {
            if !is_inside(case, seen) || !is_in_time(case, seen) {
                continue;
            }
            let mark = match naive::says(&case.condition, seen) {
                Some(true) => Mark::Hit,
                Some(false) => continue,
                None => Mark::Undecided,
            };
            all.entry(mark).or_default().push((place, seen.clone()));
        }
    }
    all
}

fn is_inside(case: &Case, seen: &Seen) -> bool {
    let partitions = case.request.partitions.as_ref();
    partitions.is_none_or(|some| some.contains(&seen.partition))
        && case.request.until.is_none_or(|until| seen.offset < until)
        && !matches!(case.request.start, Start::Offset(first) if seen.offset < first)
}

fn is_in_time(case: &Case, seen: &Seen) -> bool {
    let late = !matches!(case.request.start, Start::Time(first) if seen.millis < first);
    late && case.request.before.is_none_or(|before| seen.millis < before)
}

/// What is in the result set with this mark, each once, as it was on the broker.
fn stored(trial: &Trial, mark: Mark) -> Vec<Placed> {
    let rows = (0..trial.reader.len()).map(|row| trial.reader.record(row).unwrap());
    let mut all: Vec<Placed> = rows
        .filter(|stored| stored.head.mark == mark)
        .map(|stored| {
            assert!(stored.head.whole);
            let bytes = |octets: Octets| octets.0;
            let headers = stored.headers.expect("they can be read").into_iter();
            let (appended, millis) = match stored.head.timestamp {
                Timestamp::Created(millis) => (false, millis),
                Timestamp::Appended(millis) => (true, millis),
                Timestamp::Absent => panic!("every record has one"),
            };
            let seen = Seen {
                partition: stored.head.partition,
                offset: stored.head.offset,
                millis,
                appended,
                key: stored.key.map(bytes),
                value: stored.value.map(bytes),
                headers: headers
                    .map(|header| {
                        (String::from_utf8(header.name.0).unwrap(), header.value.map(bytes))
                    })
                    .collect(),
            };
            (stored.head.topic, seen)
        })
        .collect();
    all.sort();
    all
}

/// Every partition that was asked for, whole, with what came and what did not. Records that the
/// condition was asked of.
fn accounts_for_all(topics: &[&Topic], case: &Case, coverage: &SearchCoverage) -> u64 {
    let mut looked_at = 0;
    let mut asked = Vec::new();
    for (place, topic) in topics.iter().enumerate() {
        let all = topic.partitions.keys().copied();
        let some = case.request.partitions.as_ref();
        asked.extend(all.filter(|p| some.is_none_or(|some| some.contains(p))).map(|p| (place, p)));
    }
    let told: Vec<_> = coverage.partitions.iter().map(|p| (p.topic, p.partition)).collect();
    assert_eq!(told, asked, "each once: {case:#?}");
    for p in &coverage.partitions {
        looked_at += accounts_for(topics[p.topic], case, p);
    }
    let offsets: i64 = coverage.partitions.iter().map(|p| p.end - p.first).sum();
    assert_eq!(coverage.range(), Some(offsets.cast_unsigned()), "{case:#?}");
    assert_eq!(coverage.covered(), offsets.cast_unsigned(), "{case:#?}");
    looked_at
}

fn accounts_for(topic: &Topic, case: &Case, p: &PartitionScan) -> u64 {
    let is_committed = case.request.isolation == Isolation::Committed;
    let records: Vec<&Seen> =
        topic.records(is_committed).iter().filter(|seen| seen.partition == p.partition).collect();
    let ends = topic.partitions[&p.partition];
    let end = if is_committed { ends.stable } else { ends.end };
    let first = match case.request.start {
        Start::Oldest | Start::Newest => ends.low,
        Start::Offset(first) => first.clamp(ends.low, end),
        Start::Time(after) => {
            // Wherever the broker lets it begin, nothing that is asked for is before it.
            let before = records.iter().find(|seen| seen.offset < p.first && seen.millis >= after);
            assert_eq!(before, None, "{p:?} of {case:#?}");
            p.first
        }
    };
    let end = case.request.until.map_or(end, |until| end.min(until)).max(first);
    assert_eq!((p.first, p.end), (first, end), "{p:?} of {case:#?}");
    assert!(p.open.is_empty() && p.failure.is_none() && p.unreadable.is_empty(), "{p:?}");
    let came = records.iter().filter(|seen| (first..end).contains(&seen.offset));
    let (inside, outside): (Vec<&&Seen>, Vec<_>) = came.partition(|seen| is_in_time(case, seen));
    let received = (inside.len() + outside.len()) as u64;
    let told = (p.received, p.outside_time, p.without_record);
    let offsets = (end - first).cast_unsigned();
    assert_eq!(told, (received, outside.len() as u64, offsets - received), "{p:?} of {case:#?}");
    inside.len() as u64
}
