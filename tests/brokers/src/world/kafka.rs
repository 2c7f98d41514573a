//! Fills Kafka.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{Offset, TopicPartitionList};

use super::data::{self, Group, KafkaData, Records, Topic, fill as text};
use super::facts::{Facts, GroupFacts, RecordFacts, TopicFacts};

/// Creates the topics, writes the records and commits the offsets.
pub fn fill(bootstrap: &str, replicas: u8) -> Facts {
    let data = KafkaData::load();
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", bootstrap);
    let mut facts = Facts::default();
    super::runtime().block_on(async {
        create(&config, &data.topic, replicas).await;
        let mut producer = config.clone();
        // As Java clients choose partitions: what looks real must be where they would put it.
        producer.set("partitioner", "murmur2_random").set("linger.ms", "5");
        producer.set("enable.idempotence", "true");
        let producer: FutureProducer = producer.create().expect("a producer");
        for topic in &data.topic {
            write(&producer, topic, &mut facts).await;
        }
    });
    for group in &data.group {
        let committed = commit(&config, group, facts.topic(&group.topic));
        facts.groups.push(committed);
    }
    facts
}

async fn create(config: &ClientConfig, topics: &[Topic], replicas: u8) {
    let admin: AdminClient<DefaultClientContext> = config.create().expect("an admin client");
    let wanted: Vec<NewTopic> = topics
        .iter()
        .map(|topic| {
            let replication = TopicReplication::Fixed(i32::from(replicas));
            let new = NewTopic::new(&topic.name, topic.partitions, replication);
            topic.settings.iter().fold(new, |new, (key, value)| {
                new.set(key, value.as_str().expect("settings of topics are text"))
            })
        })
        .collect();
    let patience = AdminOptions::new().operation_timeout(Some(Duration::from_secs(30)));
    let results = admin.create_topics(&wanted, &patience).await.expect("Kafka answers");
    for result in results {
        result.unwrap_or_else(|(topic, error)| panic!("topic {topic}: {error}"));
    }
}

async fn write(producer: &FutureProducer, topic: &Topic, facts: &mut Facts) {
    let total: u64 = topic.records.iter().map(|records| records.repeat).sum();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    let mut at = now.as_millis() as i64 - total as i64 * topic.every_ms;
    let mut in_turn = (0..topic.partitions).cycle();
    // Everything is sent before the first answer is awaited.
    let mut sent = Vec::new();
    for records in &topic.records {
        for n in 0..records.repeat {
            at += topic.every_ms;
            let mut record = Prepared::new(records, n, at);
            if record.partition.is_none() && record.key.is_none() {
                record.partition = in_turn.next();
            }
            let answer = record.send(producer, &topic.name);
            sent.push((records.label.clone().filter(|_| n == 0), record, answer));
        }
    }
    let mut per_partition = vec![0; topic.partitions as usize];
    for (label, record, answer) in sent {
        let delivered = answer.await.expect("the producer lives");
        let delivered = delivered.unwrap_or_else(|(e, _)| panic!("topic {}: {e}", topic.name));
        per_partition[delivered.partition as usize] += 1;
        if let Some(label) = label {
            let found = record.facts(&topic.name, delivered.partition, delivered.offset);
            facts.records.insert(label, found);
        }
    }
    facts.topics.push(TopicFacts {
        name: topic.name.clone(),
        partitions: topic.partitions,
        records: total,
        per_partition,
    });
}

struct Prepared {
    at: i64,
    partition: Option<i32>,
    key: Option<String>,
    value: Option<Vec<u8>>,
    headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Prepared {
    fn new(records: &Records, n: u64, at: i64) -> Prepared {
        let in_turn = records.values.get(n as usize % records.values.len().max(1));
        let value = match (records.value.as_ref().or(in_turn), &records.value_hex) {
            (Some(template), _) => Some(text(template, n).into_bytes()),
            (None, Some(hex)) => Some(data::bytes(hex)),
            (None, None) => None,
        };
        let header = |header: &data::Header| {
            let text = header.text.as_ref().map(|template| text(template, n).into_bytes());
            (header.name.clone(), text.or_else(|| header.hex.as_deref().map(data::bytes)))
        };
        Prepared {
            at,
            partition: records.partition,
            key: records.key.as_ref().map(|template| text(template, n)),
            value,
            headers: records.headers.iter().map(header).collect(),
        }
    }

    fn send(&self, producer: &FutureProducer, topic: &str) -> rdkafka::producer::DeliveryFuture {
        let headers = self.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
            headers.insert(Header { key, value: value.as_ref() })
        });
        let mut record =
            FutureRecord::<String, Vec<u8>>::to(topic).timestamp(self.at).headers(headers);
        record.partition = self.partition;
        record.key = self.key.as_ref();
        record.payload = self.value.as_ref();
        producer.send_result(record).unwrap_or_else(|(error, _)| panic!("topic {topic}: {error}"))
    }

    fn facts(self, topic: &str, partition: i32, offset: i64) -> RecordFacts {
        let headers: BTreeMap<String, Option<Vec<u8>>> = self.headers.into_iter().collect();
        let correlation = headers.get("correlation-id").cloned().flatten();
        RecordFacts {
            topic: topic.to_owned(),
            partition,
            offset,
            timestamp: self.at,
            key: self.key,
            value: self.value.and_then(|value| String::from_utf8(value).ok()),
            correlation_id: correlation.and_then(|id| String::from_utf8(id).ok()),
        }
    }
}

/// Commits as a consumer does, without joining: the group is there and has no members.
fn commit(config: &ClientConfig, group: &Group, topic: &TopicFacts) -> GroupFacts {
    let mut config = config.clone();
    let consumer: BaseConsumer =
        config.set("group.id", &group.name).create().expect("a consumer of a group");
    let behind = group.behind.iter().map(|behind| *behind as u64).chain(std::iter::repeat(0));
    let per_partition: Vec<u64> =
        topic.per_partition.iter().zip(behind).map(|(all, behind)| behind.min(*all)).collect();
    let mut offsets = TopicPartitionList::new();
    for (partition, (all, behind)) in topic.per_partition.iter().zip(&per_partition).enumerate() {
        let offset = Offset::Offset((all - behind) as i64);
        let added = offsets.add_partition_offset(&group.topic, partition as i32, offset);
        added.expect("a whole offset");
    }
    consumer
        .commit(&offsets, CommitMode::Sync)
        .unwrap_or_else(|error| panic!("group {}: {error}", group.name));
    GroupFacts {
        name: group.name.clone(),
        topic: group.topic.clone(),
        lag: per_partition.iter().sum(),
        per_partition,
    }
}
