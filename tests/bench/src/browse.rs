//! The newest 500 records of a topic of 12 partitions, against a bare rdkafka client that does the
//! same: learn the ends, read the last 500 of each partition (any of them may hold all of the newest
//! 500), keep the newest 500 by timestamp.
//!
//! Ours has its connection open, as it has in the app; the bare client has its own for learning the
//! ends open too. Both make a fresh consumer for the reading. The records have given times, so that
//! each run has the same to do, and both sides must find the same.

use std::cmp::Reverse;
use std::time::{Duration, Instant};

use brokers::{Kafka, KafkaOptions, Listener};
use connections::profile::{
    AccessLevel, Broker, Endpoint, Environment, KafkaSecurity, KafkaSettings,
};
use connections::secret::Secrets;
use connections::{Profile, ProfileId};
use kafka::Cluster;
use kafka::read::ReadRequest;
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::compare::{Comparison, in_turn};

const RUNS: usize = 30;
const TOPIC: &str = "bench.browse";
const PARTITIONS: i32 = 12;
const NEWEST: usize = 500;
const RECORDS: i64 = 240_000;
/// Records written in the same millisecond, as by a busy producer.
const EACH_MILLI: i64 = 100;
const PATIENCE: Duration = Duration::from_secs(30);

/// How the records lie in a topic.
struct Layout {
    name: &'static str,
    size: usize,
    /// All of the newest records are in one partition: the worst case for who reads in windows.
    skewed: bool,
}

const LAYOUTS: [Layout; 3] = [
    Layout { name: "newest-500-of-12-partitions-200B", size: 200, skewed: false },
    Layout { name: "newest-500-of-12-partitions-1024B", size: 1024, skewed: false },
    Layout { name: "newest-500-in-1-of-12-partitions-1024B", size: 1024, skewed: true },
];

/// See [`LAYOUTS`].
pub fn run() -> Vec<Comparison> {
    let broker = Kafka::start(KafkaOptions { full_speed: true, ..KafkaOptions::default() });
    let bootstrap = broker.bootstrap(Listener::Address);
    let runtime = Runtime::new().expect("a runtime");
    let cluster = runtime.block_on(connect(&bootstrap));
    let compare = |layout: &Layout| {
        let topic = format!("{TOPIC}.{}", layout.name);
        fill(&broker, &bootstrap, &topic, layout);
        let ends: BaseConsumer = config(&bootstrap).create().expect("a client");
        let turns =
            in_turn(RUNS, || ours(&runtime, &cluster, &topic), || bare(&bootstrap, &ends, &topic));
        Comparison::of_time(format!("browse/{}", layout.name), "bare-rdkafka", &turns, |took| *took)
    };
    LAYOUTS.iter().map(compare).collect()
}

fn ours(runtime: &Runtime, cluster: &Cluster, topic: &str) -> Duration {
    let started = Instant::now();
    let request = ReadRequest::newest(topic);
    let read = cluster.read(request, CancellationToken::new(), |_| {});
    let result = runtime.block_on(read).expect("the topic can be read");
    let took = started.elapsed();
    assert_are_newest(result.rows.iter().map(|row| row.timestamp.millis()));
    took
}

fn bare(bootstrap: &str, ends: &BaseConsumer, topic: &str) -> Duration {
    let started = Instant::now();
    let (lows, highs) =
        (offsets(ends, topic, Offset::Beginning), offsets(ends, topic, Offset::End));
    let mut from = TopicPartitionList::new();
    let mut open = 0;
    for (partition, (low, high)) in (0..PARTITIONS).zip(lows.into_iter().zip(highs)) {
        let first = (high - NEWEST as i64).max(low);
        let place = Offset::Offset(first);
        from.add_partition_offset(topic, partition, place).expect("a numeric offset");
        open += (high - first) as usize;
    }
    let consumer: BaseConsumer = config(bootstrap).create().expect("a client");
    consumer.assign(&from).expect("partitions can be assigned");
    let mut newest = Vec::with_capacity(open);
    while newest.len() < open {
        let message = consumer.poll(PATIENCE).expect("a record").expect("no error");
        let copied = message.payload().map(<[u8]>::to_vec);
        newest.push((message.timestamp().to_millis(), message.offset(), copied));
    }
    newest.sort_by_key(|(at, offset, _)| Reverse((*at, *offset)));
    newest.truncate(NEWEST);
    let took = started.elapsed();
    assert_are_newest(newest.iter().map(|(at, _, _)| *at));
    took
}

/// All partitions in one question: librdkafka's logical offsets are Kafka's times of that meaning.
fn offsets(client: &BaseConsumer, topic: &str, place: Offset) -> Vec<i64> {
    let mut asked = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        asked.add_partition_offset(topic, partition, place).expect("a logical offset");
    }
    let answer = client.offsets_for_times(asked, PATIENCE).expect("offsets");
    let mut partitions = answer.elements();
    partitions.sort_by_key(|partition| partition.partition());
    partitions.iter().map(|p| p.offset().to_raw().expect("a number")).collect()
}

/// Both sides found the same: the newest of all, newest first.
fn assert_are_newest(times: impl Iterator<Item = Option<i64>>) {
    let newest = (0..RECORDS).rev().map(|n| Some(written_at(n)));
    assert!(times.eq(newest.take(NEWEST)), "not the newest {NEWEST} in their order");
}

fn written_at(n: i64) -> i64 {
    1_750_000_000_000 + n / EACH_MILLI
}

fn config(bootstrap: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    // What makes a bare client quick, so that the comparison is with a good one.
    config
        .set("bootstrap.servers", bootstrap)
        .set("group.id", "bench")
        .set("enable.auto.commit", "false")
        .set("fetch.queue.backoff.ms", "2")
        .set("fetch.wait.max.ms", "10");
    config
}

pub async fn connect(bootstrap: &str) -> Cluster {
    let connected = Cluster::connect(&profile(bootstrap), &Secrets::default()).await;
    connected.expect("the broker can be reached")
}

/// A connection without protection.
pub fn profile(bootstrap: &str) -> Profile {
    let endpoint: Endpoint = bootstrap.parse().expect("host and port");
    Profile {
        id: ProfileId::random(),
        name: "bench".to_owned(),
        environment: Environment::Dev,
        access: AccessLevel::ReadOnly,
        broker: Broker::Kafka(KafkaSettings {
            bootstrap_servers: vec![endpoint],
            security: KafkaSecurity::Plaintext,
        }),
    }
}

fn fill(broker: &Kafka, bootstrap: &str, topic: &str, layout: &Layout) {
    let partitions = PARTITIONS.to_string();
    let create = ["--create", "--topic", topic, "--partitions", &partitions];
    broker.tool("org.apache.kafka.tools.TopicCommand", &create).expect("a new topic");
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("linger.ms", "50")
        .set("queue.buffering.max.messages", "1000000")
        .create()
        .expect("a producer");
    let size = layout.size;
    for n in 0..RECORDS {
        let value = format!("{n:0size$}");
        let spread = !layout.skewed || n < RECORDS - NEWEST as i64;
        let partition = if spread { (n % i64::from(PARTITIONS)) as i32 } else { PARTITIONS / 2 };
        let record = BaseRecord::<(), str>::to(topic)
            .payload(&value)
            .timestamp(written_at(n))
            .partition(partition);
        producer.send(record).map_err(|(error, _)| error).expect("room in the queue");
        if n % 10_000 == 0 {
            producer.poll(Duration::ZERO);
        }
    }
    producer.flush(PATIENCE).expect("everything is written");
}
