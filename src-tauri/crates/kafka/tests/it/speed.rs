//! How long opening a topic takes, against a bare client that does the same.

use std::time::{Duration, Instant};

use kafka::read::{End, ReadRequest};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::{Offset, TopicPartitionList};

use crate::support::*;

const PARTITIONS: i32 = 12;

/// A cold bare client: watermarks one by one, numeric offsets, `assign`, the last 500 of each.
fn bare_newest(kafka: &brokers::Kafka, topic: &str) -> (usize, Duration) {
    let started = Instant::now();
    let consumer: BaseConsumer = bare(kafka)
        .set("group.id", "bare")
        .set("enable.auto.commit", "false")
        .set("fetch.wait.max.ms", "10")
        .create()
        .unwrap();
    let mut list = TopicPartitionList::new();
    let mut ends = Vec::new();
    for partition in 0..PARTITIONS {
        let (low, high) = consumer.fetch_watermarks(topic, partition, PATIENCE).unwrap();
        let from = (high - 500).max(low);
        list.add_partition_offset(topic, partition, Offset::Offset(from)).unwrap();
        ends.push((from, high));
    }
    consumer.assign(&list).unwrap();
    let wanted: i64 = ends.iter().map(|(from, high)| high - from).sum();
    let mut kept = Vec::new();
    while kept.len() < wanted as usize {
        let message = consumer.poll(PATIENCE).unwrap().unwrap();
        kept.push((message.partition(), message.offset(), message.payload().map(<[u8]>::to_vec)));
    }
    (kept.len(), started.elapsed())
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_of_twelve_partitions_come_about_as_fast_as_to_a_bare_client() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, PARTITIONS, &[]).await;
    fill(kafka, &topic, PARTITIONS, 60_000);
    let cluster = connect(kafka).await;
    let (mut ours, mut theirs, mut small) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..7 {
        let (count, took) = bare_newest(kafka, &topic);
        assert_eq!(count, 6000);
        theirs.push(took);

        let started = Instant::now();
        let request = ReadRequest { limit: 6000, ..ReadRequest::newest(&topic) };
        let set = read(&cluster, request).await.unwrap();
        ours.push(started.elapsed());
        assert_eq!((set.rows.len(), set.coverage.end), (6000, End::Limit));

        let started = Instant::now();
        let set = read(&cluster, ReadRequest::newest(&topic)).await.unwrap();
        small.push(started.elapsed());
        assert_eq!(set.rows.len(), 500);
    }
    println!(
        "newest 500 of each of 12: ours {ours:?}\nbare {theirs:?}\nnewest 500 of all {small:?}"
    );
    let (ours, theirs) = (median(ours), median(theirs));
    assert!(
        ours < theirs * 3 + Duration::from_millis(100),
        "opening a topic is slow: {ours:?} against {theirs:?}"
    );
}
