//! Logs with holes, markers and odd times: every offset is accounted for, and none is waited for.

use std::time::{Duration, Instant};

use connections::Code;
use kafka::read::{End, Isolation, ReadRequest, Start};
use message::record::Timestamp;
use rdkafka::admin::AdminOptions;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{Offset, TopicPartitionList};

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn what_compaction_took_is_counted_and_tombstones_are_shown() {
    let kafka = brokers::kafka();
    let settings = [
        ("cleanup.policy", "compact"),
        ("segment.ms", "50"),
        ("min.cleanable.dirty.ratio", "0.01"),
        ("delete.retention.ms", "86400000"),
    ];
    let topic = topic(kafka, 1, &settings).await;
    let record = |key, value| Put { key: Some(key), value, ..Put::default() };
    for _ in 0..20 {
        put(kafka, &topic, &[record(b"a".as_slice(), Some(b"old".as_slice()))]);
    }
    put(kafka, &topic, &[record(b"a", Some(b"kept")), record(b"b", None)]);
    let cluster = connect(kafka).await;
    let started = Instant::now();
    // The cleaner looks every 15 seconds, and only at segments that are not written to any more.
    let set = loop {
        put(kafka, &topic, &[record(b"last", Some(b"rolls the segment"))]);
        let set = read(&cluster, from(&topic, Start::Oldest)).await.unwrap();
        if set.coverage.without_record() >= 20 {
            break set;
        }
        assert!(started.elapsed() < Duration::from_secs(90), "nothing was compacted");
        tokio::time::sleep(Duration::from_millis(200)).await;
    };
    assert_eq!(set.coverage.end, End::Exhausted);
    let coverage = &set.coverage.partitions[0];
    let offsets = (coverage.covered_to - coverage.covered_from) as u64;
    assert_eq!(coverage.received + coverage.without_record, offsets, "every offset has its place");
    let b = set.rows.iter().find(|row| row.key.as_ref().unwrap().bytes.as_slice() == b"b").unwrap();
    assert_eq!(b.value, None, "a tombstone is a record");

    // Windows that hold fewer records than offsets grow until the rows are found.
    let request = ReadRequest { limit: 3, ..ReadRequest::newest(&topic) };
    let newest = read(&cluster, request).await.unwrap();
    assert_eq!(newest.rows.len(), 3);

    let failure = cluster.record(&topic, 0, 0, None).await.unwrap_err();
    assert_eq!(failure.code, Code::NotFound);
    assert!(failure.hint.unwrap().contains("compaction"));
}

fn transactional(kafka: &brokers::Kafka, id: &str) -> BaseProducer {
    let producer: BaseProducer = bare(kafka).set("transactional.id", id).create().unwrap();
    producer.init_transactions(PATIENCE).unwrap();
    producer
}

fn in_transaction(producer: &BaseProducer, topic: &str, values: &[&str]) {
    producer.begin_transaction().unwrap();
    for value in values {
        let record: BaseRecord<'_, (), str> = BaseRecord::to(topic).partition(0).payload(value);
        producer.send(record).map_err(|(e, _)| e).unwrap();
    }
    producer.flush(PATIENCE).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn committed_aborted_and_open_transactions_are_told_apart() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    let cluster = connect(kafka).await;
    let producer = transactional(kafka, &topic);
    in_transaction(&producer, &topic, &["c1", "c2"]);
    producer.commit_transaction(PATIENCE).unwrap();
    in_transaction(&producer, &topic, &["a1", "a2", "a3"]);
    producer.abort_transaction(PATIENCE).unwrap();

    // c1 c2 marker a1 a2 a3 marker: the log ends with a marker that nobody is ever given. It is
    // written after the producer was told of the end.
    until("the last marker", async || {
        let set = read(&cluster, ReadRequest::newest(&topic)).await.unwrap();
        (set.coverage.partitions[0].end == 7).then_some(())
    })
    .await;
    let started = Instant::now();
    for start in [Start::Newest, Start::Oldest] {
        let set = read(&cluster, from(&topic, start)).await.unwrap();
        let mut values: Vec<String> = set.rows.iter().filter_map(value_of).collect();
        values.sort();
        assert_eq!(values, ["c1", "c2"], "{start:?}");
        assert_eq!(set.coverage.end, End::Exhausted);
        assert_eq!((set.coverage.received(), set.coverage.without_record()), (2, 5));
    }
    let request = ReadRequest { isolation: Isolation::Uncommitted, ..ReadRequest::newest(&topic) };
    let set = read(&cluster, request).await.unwrap();
    assert_eq!((set.rows.len(), set.coverage.without_record()), (5, 2));
    assert_eq!(set.coverage.end, End::Exhausted);
    assert!(started.elapsed() < Duration::from_secs(5), "a marker at the end is no stall");

    // An open transaction: committed reads end before it, at the last stable offset.
    in_transaction(&producer, &topic, &["o1"]);
    let set = read(&cluster, ReadRequest::newest(&topic)).await.unwrap();
    assert_eq!((set.rows.len(), set.coverage.partitions[0].end), (2, 7));
    let request = ReadRequest { isolation: Isolation::Uncommitted, ..ReadRequest::newest(&topic) };
    assert_eq!(read(&cluster, request).await.unwrap().rows.len(), 6);
    producer.abort_transaction(PATIENCE).unwrap();

    let marker = cluster.record(&topic, 0, 2, None).await.unwrap_err();
    assert_eq!(marker.code, Code::NotFound, "a marker is not a record");
    let aborted = cluster.record(&topic, 0, 3, None).await.unwrap();
    assert_eq!(aborted.record.value.unwrap().as_slice(), b"a1", "but an aborted record is one");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_retention_took_is_counted_and_never_waited_for() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 2, &[]).await;
    fill(kafka, &topic, 2, 200);
    let mut list = TopicPartitionList::new();
    list.add_partition_offset(&topic, 0, Offset::Offset(60)).unwrap();
    list.add_partition_offset(&topic, 1, Offset::End).unwrap();
    admin(kafka).delete_records(&list, &AdminOptions::new()).await.unwrap();

    let cluster = connect(kafka).await;
    let set = read(&cluster, from(&topic, Start::Oldest)).await.unwrap();
    assert_eq!(places(&set), (60..100).map(|o| (0, o)).collect::<Vec<_>>());
    assert_eq!((set.coverage.already_gone(), &set.coverage.end), (160, &End::Exhausted));
    let set = read(&cluster, from(&topic, Start::Offset(50))).await.unwrap();
    assert_eq!((set.rows.len(), set.coverage.already_gone()), (40, 10 + 50));
    let set = read(&cluster, ReadRequest::newest(&topic)).await.unwrap();
    assert_eq!((set.rows.len(), set.coverage.already_gone()), (40, 0), "newest asks for no more");

    let gone = cluster.record(&topic, 0, 59, None).await.unwrap_err();
    assert_eq!(gone.code, Code::NotFound);
    assert!(gone.hint.unwrap().contains("retention"), "it says what took it");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_range_tests_each_record_and_does_not_stop_at_an_earlier_one() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    let times = [500, 2000, 100, 900, 3000, 1, 1000, 999];
    let records: Vec<Put<'_>> = times
        .iter()
        .map(|t| Put { value: Some(b"x"), millis: Some(*t), ..Put::default() })
        .collect();
    put(kafka, &topic, &records);
    let cluster = connect(kafka).await;
    let set = read(&cluster, from(&topic, Start::Time(1000))).await.unwrap();
    let got: Vec<i64> = set.rows.iter().filter_map(|row| row.timestamp.millis()).collect();
    assert_eq!(got, [2000, 3000, 1000], "all of them, in the order of their offsets");
    assert_eq!(set.coverage.partitions[0].outside_time, 4);
    let set = read(&cluster, from(&topic, Start::Time(3001))).await.unwrap();
    assert_eq!((set.rows.len(), set.coverage.end), (0, End::Exhausted));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timestamp_says_whose_clock_it_is() {
    let kafka = brokers::kafka();
    let theirs = topic(kafka, 1, &[("message.timestamp.type", "LogAppendTime")]).await;
    let ours = topic(kafka, 1, &[]).await;
    for topic in [&theirs, &ours] {
        put(kafka, topic, &[Put { value: Some(b"x"), millis: Some(12345), ..Put::default() }]);
    }
    let cluster = connect(kafka).await;
    let stamp = async |topic: &str| {
        read(&cluster, ReadRequest::newest(topic)).await.unwrap().rows[0].timestamp
    };
    assert_eq!(stamp(&ours).await, Timestamp::Created(12345));
    assert!(matches!(stamp(&theirs).await, Timestamp::Appended(ms) if ms > 1_600_000_000_000));
}
