//! The newest 500 records of a topic of 12 partitions, against a bare rdkafka client that does the
//! same: learn the ends, read the last 500 of each partition (any of them may hold all of the newest
//! 500), keep the newest 500 by timestamp.
//!
//! Ours has its connection open, as it has in the app; the bare client has its own for learning the
//! ends open too. Both make a fresh consumer for the reading.

use std::cmp::Reverse;
use std::sync::atomic::{AtomicU64, Ordering};
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

use crate::compare::Comparison;

const RUNS: usize = 15;
const TOPIC: &str = "bench.browse";
const PARTITIONS: i32 = 12;
const NEWEST: i64 = 500;
const RECORDS: i64 = 240_000;
const PATIENCE: Duration = Duration::from_secs(30);

/// Records of 200 bytes and of 1 KiB.
pub fn run() -> Vec<Comparison> {
    let broker = Kafka::start(KafkaOptions { full_speed: true, ..KafkaOptions::default() });
    let bootstrap = broker.bootstrap(Listener::Plaintext);
    let runtime = Runtime::new().expect("a runtime");
    let cluster = runtime.block_on(connect(&bootstrap));
    [200, 1024]
        .into_iter()
        .map(|size| {
            let topic = format!("{TOPIC}.{size}");
            fill(&broker, &bootstrap, &topic, size);
            let ends: BaseConsumer = config(&bootstrap).create().expect("a client");
            Comparison::interleave(
                "browse",
                format!("newest-500-of-12-partitions-{size}B"),
                "bare-rdkafka",
                RUNS,
                || ours(&runtime, &cluster, &topic),
                || bare(&bootstrap, &ends, &topic),
            )
        })
        .collect()
}

fn ours(runtime: &Runtime, cluster: &Cluster, topic: &str) -> Duration {
    let started = Instant::now();
    let request = ReadRequest::newest(topic);
    let read = cluster.read(request, CancellationToken::new(), |_| {});
    let result = runtime.block_on(read).expect("the topic can be read");
    let took = started.elapsed();
    assert_eq!(result.rows.len(), NEWEST as usize);
    took
}

fn bare(bootstrap: &str, ends: &BaseConsumer, topic: &str) -> Duration {
    let started = Instant::now();
    let mut from = TopicPartitionList::new();
    let mut open = 0;
    for partition in 0..PARTITIONS {
        let (low, high) =
            ends.fetch_watermarks(topic, partition, PATIENCE).expect("the ends of a partition");
        let first = Offset::Offset((high - NEWEST).max(low));
        from.add_partition_offset(topic, partition, first).expect("a numeric offset");
        open += (high - (high - NEWEST).max(low)) as usize;
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
    newest.truncate(NEWEST as usize);
    let took = started.elapsed();
    assert_eq!(newest.len(), NEWEST as usize);
    took
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

async fn connect(bootstrap: &str) -> Cluster {
    let endpoint: Endpoint = bootstrap.parse().expect("host and port");
    let profile = Profile {
        id: ProfileId::random(),
        name: "bench".to_owned(),
        environment: Environment::Dev,
        access: AccessLevel::ReadOnly,
        broker: Broker::Kafka(KafkaSettings {
            bootstrap_servers: vec![endpoint],
            security: KafkaSecurity::Plaintext,
        }),
    };
    Cluster::connect(&profile, &Secrets::default()).await.expect("the broker can be reached")
}

fn fill(broker: &Kafka, bootstrap: &str, topic: &str, size: usize) {
    let partitions = PARTITIONS.to_string();
    let create = ["--create", "--topic", topic, "--partitions", &partitions];
    broker.tool("org.apache.kafka.tools.TopicCommand", &create).expect("a new topic");
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("linger.ms", "50")
        .set("queue.buffering.max.messages", "1000000")
        .create()
        .expect("a producer");
    static SALT: AtomicU64 = AtomicU64::new(0);
    for n in 0..RECORDS {
        let salt = SALT.fetch_add(1, Ordering::Relaxed);
        let value = format!("{salt:0size$}");
        let record = BaseRecord::<(), str>::to(topic)
            .payload(&value)
            .partition((n % i64::from(PARTITIONS)) as i32);
        producer.send(record).map_err(|(error, _)| error).expect("room in the queue");
        if n % 10_000 == 0 {
            producer.poll(Duration::ZERO);
        }
    }
    producer.flush(PATIENCE).expect("everything is written");
}
