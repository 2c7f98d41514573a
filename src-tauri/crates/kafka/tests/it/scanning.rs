//! Scans: everything in the range is seen once, and every offset is accounted for.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use connections::{Code, Failure};
use kafka::Cluster;
use kafka::read::{Isolation, Start};
use kafka::scan::{Examiner, PartitionScan, RawRecord, ScanCoverage, ScanEnd, ScanRequest};
use rdkafka::producer::Producer;
use tokio_util::sync::CancellationToken;

use crate::support::*;

/// Topic, partition, offset and value of a record.
type Seen = (usize, i32, i64, String);

#[derive(Clone)]
struct Collector {
    seen: Arc<Mutex<Vec<Seen>>>,
    enough: usize,
    ascending: bool,
}

impl Collector {
    fn new(enough: usize) -> Self {
        Collector { seen: Arc::default(), enough, ascending: true }
    }

    /// Of a scan whose windows come from the end.
    fn newest_first(enough: usize) -> Self {
        Collector { ascending: false, ..Collector::new(enough) }
    }

    /// Sorted, and each once.
    fn seen(&self) -> Vec<Seen> {
        let mut seen = self.seen.lock().unwrap().clone();
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), count, "a record was seen twice");
        seen
    }

    fn values(&self) -> Vec<String> {
        self.seen().into_iter().map(|(.., value)| value).collect()
    }
}

impl Examiner for Collector {
    fn examine(&mut self, record: &RawRecord<'_>) -> bool {
        let value = record.value().map(|value| String::from_utf8_lossy(value).into_owned());
        let mut seen = self.seen.lock().unwrap();
        let last = seen.iter().rev().find(|(topic, partition, ..)| {
            (*topic, *partition) == (record.topic(), record.partition())
        });
        let in_order = last.is_none_or(|last| last.2 < record.offset());
        assert!(in_order || !self.ascending, "out of order in its partition");
        seen.push((record.topic(), record.partition(), record.offset(), value.unwrap_or_default()));
        seen.len() < self.enough
    }
}

async fn scan(
    cluster: &Cluster,
    request: &ScanRequest,
    collector: &Collector,
) -> Result<ScanCoverage, Failure> {
    let collector = collector.clone();
    let examiner = move || Box::new(collector.clone()) as Box<dyn Examiner>;
    cluster.scan(request.clone(), CancellationToken::new(), examiner).await
}

/// Every offset of every range has one place in the account.
fn is_accounted_for(coverage: &ScanCoverage) {
    for p in &coverage.partitions {
        let passed = p.asked - p.left();
        let told = p.received + p.without_record;
        assert!(told <= passed && passed - told <= p.gone, "{p:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_in_several_topics_is_seen_once_and_in_the_order_of_its_partition() {
    let kafka = brokers::kafka();
    let topics =
        [topic(kafka, 5, &[]).await, topic(kafka, 3, &[]).await, topic(kafka, 2, &[]).await];
    fill(kafka, &topics[0], 5, 5_000);
    // One of its partitions stays empty, and the third topic altogether.
    fill(kafka, &topics[1], 2, 600);
    let cluster = connect(kafka).await;
    let request = ScanRequest { topics: topics.to_vec(), ..ScanRequest::all("") };
    let collector = Collector::new(usize::MAX);
    let coverage = scan(&cluster, &request, &collector).await.unwrap();
    assert_eq!((coverage.end.clone(), coverage.range()), (ScanEnd::Exhausted, Some(5_600)));
    assert_eq!((coverage.received(), coverage.rest()), (5_600, vec![]));
    is_accounted_for(&coverage);
    let seen = collector.seen();
    let values = |of: usize| -> BTreeSet<&str> {
        seen.iter().filter(|(topic, ..)| *topic == of).map(|(.., value)| value.as_str()).collect()
    };
    assert_eq!([values(0).len(), values(1).len(), values(2).len()], [5_000, 600, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn markers_and_aborted_records_are_passed_without_a_record() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    let producer: rdkafka::producer::BaseProducer =
        bare(kafka).set("transactional.id", &topic).create().unwrap();
    producer.init_transactions(PATIENCE).unwrap();
    for (value, commit) in [("c1", true), ("a1", false), ("c2", true), ("a2", false)] {
        producer.begin_transaction().unwrap();
        send(&producer, &topic, &[Put { value: Some(value.as_bytes()), ..Put::default() }]);
        producer.flush(PATIENCE).unwrap();
        match commit {
            true => producer.commit_transaction(PATIENCE).unwrap(),
            false => producer.abort_transaction(PATIENCE).unwrap(),
        }
    }
    let cluster = connect(kafka).await;
    let request = ScanRequest::all(&topic);
    // The last marker is written after the producer was told of the end.
    let (coverage, collector) = until("the last marker", async || {
        let collector = Collector::new(usize::MAX);
        let coverage = scan(&cluster, &request, &collector).await.unwrap();
        (coverage.partitions[0].end == 8).then_some((coverage, collector))
    })
    .await;
    assert_eq!(coverage.end, ScanEnd::Exhausted);
    assert_eq!(collector.values(), ["c1", "c2"]);
    assert_eq!((coverage.received(), coverage.partitions[0].without_record), (2, 6));
    let all = ScanRequest { isolation: Isolation::Uncommitted, ..request };
    let collector = Collector::new(usize::MAX);
    let coverage = scan(&cluster, &all, &collector).await.unwrap();
    assert_eq!(collector.values(), ["c1", "a1", "c2", "a2"]);
    is_accounted_for(&coverage);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_that_found_enough_goes_on_where_it_ended_and_within_its_frozen_range() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 3, &[]).await;
    fill(kafka, &topic, 3, 20_000);
    let cluster = connect(kafka).await;
    let mut request = ScanRequest::all(&topic);
    let mut seen = Vec::new();
    let mut rounds = 0;
    loop {
        let collector = Collector::new(3_000);
        let coverage = scan(&cluster, &request, &collector).await.unwrap();
        is_accounted_for(&coverage);
        seen.extend(collector.seen());
        rounds += 1;
        if coverage.end == ScanEnd::Exhausted {
            break;
        }
        assert_eq!(coverage.end, ScanEnd::Enough);
        // What is written meanwhile is not part of it.
        fill(kafka, &topic, 3, 30);
        request.from = coverage.rest();
    }
    assert!((3..=7).contains(&rounds), "{rounds} rounds of about 3,000");
    seen.sort();
    let count = seen.len();
    seen.dedup();
    assert_eq!((count, seen.len()), (20_000, 20_000), "each once, and none that came later");
}

#[tokio::test(flavor = "multi_thread")]
async fn caps_and_a_stop_end_a_scan_with_what_is_left() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 2, &[]).await;
    fill(kafka, &topic, 2, 400_000);
    let cluster = connect(kafka).await;
    let all = ScanRequest::all(&topic);
    let capped = ScanRequest { most_bytes: Some(1), ..all.clone() };
    let timed = ScanRequest { most_time: Some(std::time::Duration::ZERO), ..all.clone() };
    for (request, end) in [(capped, ScanEnd::ByteCap), (timed, ScanEnd::TimeCap)] {
        let coverage = Slow.scan(&cluster, request, CancellationToken::new()).await;
        assert_eq!(coverage.end, end);
        assert!(!coverage.rest().is_empty());
        is_accounted_for(&coverage);
    }
    let cancel = CancellationToken::new();
    cancel.cancel();
    let coverage = Slow.scan(&cluster, all, cancel).await;
    assert_eq!(coverage.end, ScanEnd::Stopped);
    let rest: i64 = coverage.rest().iter().map(|place| place.span.to - place.span.from).sum();
    assert_eq!(rest as u64 + coverage.received(), 400_000);
}

/// Takes its time, so that a cap is met before the end.
struct Slow;

impl Slow {
    async fn scan(
        &self,
        cluster: &Cluster,
        request: ScanRequest,
        cancel: CancellationToken,
    ) -> ScanCoverage {
        let examiner = || Box::new(Slow) as Box<dyn Examiner>;
        cluster.scan(request, cancel, examiner).await.unwrap()
    }
}

impl Examiner for Slow {
    fn examine(&mut self, _: &RawRecord<'_>) -> bool {
        std::thread::sleep(std::time::Duration::from_micros(20));
        true
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_is_not_there_makes_a_scan_incomplete_and_stops_no_other() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 2, &[]).await;
    fill(kafka, &topic, 2, 100);
    let cluster = connect(kafka).await;
    let topics = vec!["no-such-topic".to_owned(), topic.clone()];
    let request = ScanRequest { topics, ..ScanRequest::all("") };
    let collector = Collector::new(usize::MAX);
    let coverage = scan(&cluster, &request, &collector).await.unwrap();
    assert_eq!(collector.seen().len(), 100);
    assert_eq!(coverage.range(), None, "nobody knows how much that one holds");
    let ScanEnd::Incomplete { failure } = &coverage.end else { panic!("{:?}", coverage.end) };
    assert_eq!(failure.code, Code::NotFound);
    let [(0, unseen)] = &coverage.unseen[..] else { panic!("{:?}", coverage.unseen) };
    assert_eq!(unseen, failure);

    let twice = ScanRequest { topics: vec![topic.clone(), topic], ..ScanRequest::all("") };
    assert_eq!(scan(&cluster, &twice, &collector).await.unwrap_err().code, Code::Invalid);
}

#[tokio::test(flavor = "multi_thread")]
async fn times_leave_records_out_and_the_range_is_read_to_its_end_all_the_same() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    let at = |millis, value: &'static [u8]| Put {
        millis: Some(millis),
        value: Some(value),
        ..Put::default()
    };
    // In no order, as clocks of many machines are.
    put(kafka, &topic, &[at(100, b"early"), at(900, b"late"), at(500, b"in"), at(50, b"early 2")]);
    put(kafka, &topic, &[at(950, b"late 2"), at(600, b"in 2")]);
    let cluster = connect(kafka).await;
    let request =
        ScanRequest { start: Start::Time(400), before: Some(900), ..ScanRequest::all(&topic) };
    let collector = Collector::new(usize::MAX);
    let coverage = scan(&cluster, &request, &collector).await.unwrap();
    assert_eq!(collector.values(), ["in", "in 2"]);
    assert_eq!(coverage.end, ScanEnd::Exhausted);
    let p = &coverage.partitions[0];
    assert_eq!((p.first, p.left(), p.received, p.outside_time), (1, 0, 5, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_are_seen_first_each_once_and_going_on_leaves_no_gap() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 3, &[]).await;
    fill(kafka, &topic, 3, 30_000);
    let cluster = connect(kafka).await;
    let mut request = ScanRequest { newest_first: true, ..ScanRequest::all(&topic) };
    let mut seen: Vec<Seen> = Vec::new();
    loop {
        let collector = Collector::newest_first(4_000);
        let coverage = scan(&cluster, &request, &collector).await.unwrap();
        is_accounted_for(&coverage);
        let found = collector.seen();
        if seen.is_empty() {
            // Half of them at least are of the last fifth of their partition.
            let late = found.iter().filter(|(.., offset, _)| *offset >= 8_000).count();
            assert!(late * 2 > found.len(), "{late} of {}", found.len());
        }
        seen.extend(found);
        if coverage.end == ScanEnd::Exhausted {
            assert_eq!(coverage.rest(), []);
            break;
        }
        assert_eq!(coverage.end, ScanEnd::Enough);
        request.from = coverage.rest();
    }
    seen.sort();
    let count = seen.len();
    seen.dedup();
    assert_eq!((count, seen.len()), (30_000, 30_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_range_ends_before_the_offset_that_is_asked_for() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 2, &[]).await;
    fill(kafka, &topic, 2, 2_000);
    let cluster = connect(kafka).await;
    for newest_first in [false, true] {
        let request = ScanRequest {
            start: Start::Offset(100),
            until: Some(350),
            newest_first,
            ..ScanRequest::all(&topic)
        };
        let collector = Collector::newest_first(usize::MAX);
        let coverage = scan(&cluster, &request, &collector).await.unwrap();
        assert_eq!((coverage.end.clone(), coverage.range()), (ScanEnd::Exhausted, Some(500)));
        let offsets: BTreeSet<i64> = collector.seen().iter().map(|(.., at, _)| *at).collect();
        assert_eq!(offsets, (100..350).collect());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_examiner_is_told_what_is_accounted_for_and_at_last_all_of_it() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 3, &[]).await;
    fill(kafka, &topic, 3, 60_000);
    let cluster = connect(kafka).await;
    for newest_first in [false, true] {
        let accounts = Accounts::default();
        let examiner = {
            let accounts = accounts.clone();
            move || Box::new(Witness { accounts: accounts.clone(), shown: BTreeMap::new() }) as _
        };
        let request = ScanRequest { newest_first, ..ScanRequest::all(&topic) };
        let cancel = CancellationToken::new();
        let coverage = cluster.scan(request, cancel, examiner).await.unwrap();
        let last = std::mem::take(&mut *accounts.lock().unwrap());
        assert_eq!(last.into_values().collect::<Vec<_>>(), coverage.partitions);
    }
}

/// The last that was told of each partition.
type Accounts = Arc<Mutex<BTreeMap<i32, PartitionScan>>>;

/// Compares what it is told with what it was shown.
struct Witness {
    accounts: Accounts,
    shown: BTreeMap<i32, BTreeSet<i64>>,
}

impl Examiner for Witness {
    fn examine(&mut self, record: &RawRecord<'_>) -> bool {
        self.shown.entry(record.partition()).or_default().insert(record.offset());
        true
    }

    fn reached(&mut self, partitions: Vec<PartitionScan>) {
        for p in partitions {
            let closed = |offset: &i64| !p.open.iter().any(|s| (s.from..s.to).contains(offset));
            let told: BTreeSet<i64> = (p.first..p.end).filter(closed).collect();
            assert_eq!(self.shown.get(&p.partition).cloned().unwrap_or_default(), told);
            self.accounts.lock().unwrap().insert(p.partition, p);
        }
    }
}
