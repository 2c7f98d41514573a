//! Reads of many ranges of one awkward topic, each compared with what a bare client reads, which
//! knows nothing of windows, merges and coverage.

use brokers::Dice;
use kafka::read::{End, Isolation, ReadRequest, Start};
use message::record::Timestamp;
use rdkafka::admin::AdminOptions;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};

use crate::support::*;

const PARTITIONS: i32 = 5;
const FIRST_MILLIS: i64 = 1_700_000_000_000;

/// A record as the bare client reads it.
#[derive(Debug, Clone, PartialEq)]
struct Seen {
    partition: i32,
    offset: i64,
    millis: i64,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
}

#[derive(Debug, Clone)]
struct Case {
    start: Start,
    limit: u32,
    partitions: Option<Vec<i32>>,
    isolation: Isolation,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_range_is_what_a_bare_client_reads() {
    let kafka = brokers::kafka();
    let mut dice = brokers::dice("the topic of the ranges");
    let topic = awkward_topic(kafka, &mut dice).await;
    let committed = seen(kafka, &topic, "read_committed");
    let uncommitted = seen(kafka, &topic, "read_uncommitted");
    assert!(uncommitted.len() > committed.len(), "some are of aborted transactions");
    let cluster = connect(kafka).await;
    let cases = (0..200).map(|_| case(&mut dice, uncommitted.len())).collect();
    for case in brokers::sample("ranges", cases, 24) {
        let all = match case.isolation {
            Isolation::Committed => &committed,
            Isolation::Uncommitted => &uncommitted,
        };
        let matching = matching(all, &case);
        let mut expected = merged(&matching, case.start == Start::Newest);
        expected.truncate(case.limit as usize);
        let request = ReadRequest {
            start: case.start,
            limit: case.limit,
            partitions: case.partitions.clone(),
            isolation: case.isolation,
            ..ReadRequest::newest(&topic)
        };
        let set = read(&cluster, request).await.unwrap();
        let got: Vec<Seen> = set.rows.iter().map(row).collect();
        assert_eq!(got.len(), expected.len(), "rows of {case:?}");
        for (place, (got, expected)) in got.iter().zip(&expected).enumerate() {
            assert_eq!(got, expected, "row {place} of {case:?}");
        }
        // A range that ends with markers may take all of its records and still have more to pass.
        match set.coverage.end {
            End::Exhausted => assert!(matching.len() <= case.limit as usize, "{case:?}"),
            End::Limit => assert!(matching.len() >= case.limit as usize, "{case:?}"),
            other => panic!("{other:?} of {case:?}"),
        }
        let asked = case.partitions.clone().unwrap_or_else(|| (0..PARTITIONS).collect());
        let covered: Vec<i32> = set.coverage.partitions.iter().map(|p| p.partition).collect();
        assert_eq!(covered, asked, "each partition once, of {case:?}");
        for part in &set.coverage.partitions {
            let inside = |seen: &&Seen| {
                seen.partition == part.partition
                    && (part.covered_from..part.covered_to).contains(&seen.offset)
            };
            let records = all.iter().filter(inside).count() as u64;
            assert_eq!(part.received, records, "{part:?} of {case:?}");
            let offsets = (part.covered_to - part.covered_from) as u64;
            assert_eq!(part.received + part.without_record, offsets, "{part:?} of {case:?}");
        }
    }
}

/// Times in no order, bodies of 0 bytes to 20 KB, an empty partition, a deleted start, markers of
/// committed and aborted transactions.
async fn awkward_topic(kafka: &brokers::Kafka, dice: &mut Dice) -> String {
    let topic = topic(kafka, PARTITIONS, &[]).await;
    let bare_producer = producer(kafka);
    let transactional: BaseProducer = bare(kafka).set("transactional.id", &topic).create().unwrap();
    transactional.init_transactions(PATIENCE).unwrap();
    // Each time once, so that the order of the rows is one.
    let mut times: Vec<i64> = (0..6000).map(|n| FIRST_MILLIS + 7 * n).collect();
    // Roughly in order, as on a real topic, with some far away.
    for n in 0..times.len() {
        let far = if dice.u8(..) < 8 { 3000 } else { 40 };
        let other = dice.usize(n.saturating_sub(far)..=n);
        times.swap(n, other);
    }
    let mut times = times.into_iter();
    for _ in 0..40 {
        let partition = dice.i32(0..PARTITIONS - 1);
        let fate = dice.u8(0..4);
        let chosen = if fate < 2 { &bare_producer } else { &transactional };
        if fate >= 2 {
            chosen.begin_transaction().unwrap();
        }
        for _ in 0..dice.usize(1..150) {
            let Some(millis) = times.next() else { break };
            let size = match dice.u8(0..20) {
                0 => 0,
                1 => dice.usize(10_000..20_000),
                _ => dice.usize(1..200),
            };
            let value: Vec<u8> = std::iter::repeat_with(|| dice.u8(..)).take(size).collect();
            let key = [dice.u8(..)];
            let mut record: BaseRecord<'_, [u8], [u8]> =
                BaseRecord::to(&topic).partition(partition).timestamp(millis);
            record.key = dice.bool().then_some(&key);
            record.payload = (dice.u8(0..10) > 0).then_some(&value);
            chosen.send(record).map_err(|(e, _)| e).unwrap();
        }
        chosen.flush(PATIENCE).unwrap();
        match fate {
            2 => chosen.commit_transaction(PATIENCE).unwrap(),
            3 => chosen.abort_transaction(PATIENCE).unwrap(),
            _ => {}
        }
    }
    let mut gone = TopicPartitionList::new();
    gone.add_partition_offset(&topic, 0, Offset::Offset(dice.i64(1..30))).unwrap();
    let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
    admin(kafka).delete_records(&gone, &options).await.unwrap();
    topic
}

fn case(dice: &mut Dice, records: usize) -> Case {
    let start = match dice.u8(0..4) {
        0 => Start::Newest,
        1 => Start::Oldest,
        2 => Start::Offset(dice.i64(0..1000)),
        _ => Start::Time(FIRST_MILLIS + dice.i64(-100..45_000)),
    };
    let all = u32::try_from(records).unwrap();
    let limit = match dice.u8(0..5) {
        0 => 1,
        1 => dice.u32(2..20),
        2 => dice.u32(20..600),
        3 => dice.u32(600..all),
        _ => all + dice.u32(0..10),
    };
    let partitions = dice.bool().then(|| {
        let mut some: Vec<i32> = (0..PARTITIONS).filter(|_| dice.bool()).collect();
        if some.is_empty() {
            some.push(dice.i32(0..PARTITIONS));
        }
        some
    });
    let isolation = if dice.bool() { Isolation::Committed } else { Isolation::Uncommitted };
    Case { start, limit, partitions, isolation }
}

/// Everything there is, by partition and offset.
fn seen(kafka: &brokers::Kafka, topic: &str, isolation: &str) -> Vec<Seen> {
    let consumer: BaseConsumer = bare(kafka)
        .set("group.id", "unused")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("isolation.level", isolation)
        .create()
        .unwrap();
    let mut list = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        list.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
    }
    consumer.assign(&list).unwrap();
    let (mut all, mut ends) = (Vec::new(), 0);
    while ends < PARTITIONS {
        match consumer.poll(PATIENCE).expect("the broker answers") {
            Err(KafkaError::PartitionEOF(_)) => ends += 1,
            Err(e) => panic!("the topic cannot be read: {e}"),
            Ok(message) => all.push(Seen {
                partition: message.partition(),
                offset: message.offset(),
                millis: message.timestamp().to_millis().unwrap(),
                key: message.key().map(<[u8]>::to_vec),
                value: message.payload().map(<[u8]>::to_vec),
            }),
        }
    }
    all.sort_by_key(|seen| (seen.partition, seen.offset));
    all.iter_mut().for_each(cut);
    all
}

/// A row keeps the start of a value.
fn cut(seen: &mut Seen) {
    seen.value.iter_mut().for_each(|value| value.truncate(1024));
}

fn row(row: &kafka::read::Row) -> Seen {
    let Timestamp::Created(millis) = row.timestamp else { panic!("{row:?}") };
    let bytes = |preview: &kafka::read::Preview| preview.bytes.as_slice().to_vec();
    Seen {
        partition: row.partition,
        offset: row.offset,
        millis,
        key: row.key.as_ref().map(bytes),
        value: row.value.as_ref().map(bytes),
    }
}

fn matching(all: &[Seen], case: &Case) -> Vec<Seen> {
    let wanted = |seen: &&Seen| {
        case.partitions.as_ref().is_none_or(|some| some.contains(&seen.partition))
            && match case.start {
                Start::Newest | Start::Oldest => true,
                Start::Offset(first) => seen.offset >= first,
                Start::Time(first) => seen.millis >= first,
            }
    };
    all.iter().filter(wanted).cloned().collect()
}

/// The partitions side by side: the next row is the earliest (or latest) of those that are next in
/// their partitions.
fn merged(records: &[Seen], backwards: bool) -> Vec<Seen> {
    let mut lanes: Vec<Vec<Seen>> = (0..PARTITIONS)
        .map(|partition| records.iter().filter(|s| s.partition == partition).cloned().collect())
        .collect();
    if !backwards {
        // The next one is taken from the end.
        lanes.iter_mut().for_each(|lane| lane.reverse());
    }
    let mut rows = Vec::new();
    loop {
        let nexts = lanes.iter_mut().filter(|lane| !lane.is_empty());
        let sign = if backwards { -1 } else { 1 };
        let Some(lane) = nexts.min_by_key(|lane| sign * lane.last().unwrap().millis) else {
            return rows;
        };
        rows.extend(lane.pop());
    }
}
