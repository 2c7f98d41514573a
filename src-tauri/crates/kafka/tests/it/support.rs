//! Profiles for the listeners of the test broker, topics and records made with a bare client, and
//! grants whose activity is kept in memory.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use brokers::{Kafka, Listener};
use connections::access::{Access, ActivityLog, EntryId, Intent, Outcome, Publish, Subject};
use connections::profile::{
    AccessLevel, Broker, Endpoint, Environment, KafkaSecurity, KafkaSettings, SaslMechanism, Tls,
    Trust,
};
use connections::secret::Secrets;
use connections::{Failure, Grant, Profile, ProfileId, Secret};
use kafka::Cluster;
use kafka::read::{ReadRequest, ResultSet, Start};
use message::Octets;
use message::record::Header;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use tokio_util::sync::CancellationToken;

pub const PATIENCE: Duration = Duration::from_secs(30);

/// A profile of one endpoint.
pub fn profile(host: &str, port: u16, security: KafkaSecurity) -> Profile {
    Profile {
        id: ProfileId::random(),
        name: "test".into(),
        environment: Environment::Dev,
        access: AccessLevel::Open,
        broker: Broker::Kafka(KafkaSettings {
            bootstrap_servers: vec![Endpoint { host: host.into(), port }],
            security,
        }),
    }
}

pub fn tls(ca: Option<String>) -> Tls {
    let trust = if ca.is_some() { Trust::OnlyCa } else { Trust::System };
    Tls { trust, ca_pem: ca, certificate_pem: None, verify_name: true }
}

pub fn password(text: &str) -> Secrets {
    Secrets { password: Some(Secret::new(text.to_owned())), private_key: None }
}

/// Every right, no protection.
pub fn plain(kafka: &Kafka) -> Profile {
    profile("localhost", kafka.port(1, Listener::Plaintext), KafkaSecurity::Plaintext)
}

/// A user over TLS.
pub fn sasl(kafka: &Kafka, user: &str, mechanism: SaslMechanism) -> (Profile, Secrets) {
    let security =
        KafkaSecurity::SaslSsl { tls: tls(Some(kafka.ca_pem())), mechanism, user: user.into() };
    let profile = profile("localhost", kafka.port(1, Listener::Sasl), security);
    (profile, password(kafka.password_of(user)))
}

pub async fn connect(kafka: &Kafka) -> Cluster {
    Cluster::connect(&plain(kafka), &Secrets::default()).await.expect("the broker is up")
}

pub async fn connect_as(kafka: &Kafka, user: &str) -> Cluster {
    let (profile, secrets) = sasl(kafka, user, SaslMechanism::ScramSha512);
    Cluster::connect(&profile, &secrets).await.expect("the user exists")
}

pub fn bare(kafka: &Kafka) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", kafka.bootstrap(Listener::Address));
    config
}

pub fn admin(kafka: &Kafka) -> AdminClient<DefaultClientContext> {
    bare(kafka).create().expect("the settings are good")
}

/// A new topic with a name of its own.
pub async fn topic(kafka: &Kafka, partitions: i32, settings: &[(&str, &str)]) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("t{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    topic_named(kafka, &name, partitions, settings).await;
    name
}

pub async fn topic_named(kafka: &Kafka, name: &str, partitions: i32, settings: &[(&str, &str)]) {
    let mut new = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
    for (key, value) in settings {
        new = new.set(key, value);
    }
    let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
    let created = admin(kafka).create_topics([&new], &options).await.expect("the broker answers");
    created.into_iter().for_each(|one| {
        one.expect("the topic is new");
    });
    until_led(kafka, name, partitions).await;
}

/// A broker says that a topic is made a moment before it knows of it itself, and who leads it.
async fn until_led(kafka: &Kafka, topic: &str, partitions: i32) {
    let client: BaseConsumer = bare(kafka).create().expect("the settings are good");
    until("the new topic is led", async || {
        let found = client.fetch_metadata(Some(topic), Duration::from_secs(10)).ok()?;
        let led = found.topics().first()?.partitions().iter().filter(|p| p.leader() >= 0).count();
        (led == partitions as usize).then_some(())
    })
    .await;
}

pub fn producer(kafka: &Kafka) -> BaseProducer {
    bare(kafka)
        .set("linger.ms", "20")
        .set("message.max.bytes", "100000000")
        .set("queue.buffering.max.kbytes", "1000000")
        .create()
        .expect("the settings are good")
}

/// A record of a bare client.
#[derive(Default)]
pub struct Put<'a> {
    pub partition: i32,
    pub key: Option<&'a [u8]>,
    pub value: Option<&'a [u8]>,
    pub millis: Option<i64>,
}

pub fn put(kafka: &Kafka, topic: &str, records: &[Put<'_>]) {
    let producer = producer(kafka);
    send(&producer, topic, records);
    producer.flush(PATIENCE).expect("the broker takes them");
}

pub fn send(producer: &BaseProducer, topic: &str, records: &[Put<'_>]) {
    for record in records {
        loop {
            let mut base: BaseRecord<'_, [u8], [u8]> =
                BaseRecord::to(topic).partition(record.partition);
            base.key = record.key;
            base.payload = record.value;
            base.timestamp = record.millis;
            match producer.send(base) {
                Ok(()) => break,
                Err((e, _)) if e.to_string().contains("Queue full") => {
                    producer.poll(Duration::from_millis(20));
                }
                Err((e, _)) => panic!("a record is refused: {e}"),
            }
        }
        producer.poll(Duration::ZERO);
    }
}

/// `count` records of a number each, spread over the partitions in turn.
pub fn fill(kafka: &Kafka, topic: &str, partitions: i32, count: i64) {
    let values: Vec<String> = (0..count).map(|n| format!("value {n}")).collect();
    let records: Vec<Put<'_>> = values
        .iter()
        .enumerate()
        .map(|(n, value)| Put {
            partition: n as i32 % partitions,
            value: Some(value.as_bytes()),
            millis: Some(1_700_000_000_000 + n as i64),
            ..Put::default()
        })
        .collect();
    put(kafka, topic, &records);
}

/// The values of a whole partition, in order, as a bare client reads them.
pub fn values_in(kafka: &Kafka, topic: &str, partition: i32) -> Vec<String> {
    let consumer: BaseConsumer = bare(kafka)
        .set("group.id", "unused")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .create()
        .expect("the settings are good");
    let mut all = TopicPartitionList::new();
    all.add_partition_offset(topic, partition, Offset::Beginning).expect("it is one");
    consumer.assign(&all).expect("it can be read");
    let mut values = Vec::new();
    loop {
        match consumer.poll(PATIENCE).expect("an answer, or the end of the partition") {
            Ok(message) => {
                let value = message.payload().expect("a value");
                values.push(String::from_utf8(value.to_vec()).expect("text"));
            }
            Err(KafkaError::PartitionEOF(_)) => return values,
            // The broker may be just coming back.
            Err(KafkaError::MessageConsumption(code)) => tracing::debug!(%code),
            Err(e) => panic!("the partition cannot be read: {e}"),
        }
    }
}

pub async fn read(cluster: &Cluster, request: ReadRequest) -> Result<ResultSet, Failure> {
    cluster.read(request, CancellationToken::new(), |_| {}).await
}

/// A read of all partitions from elsewhere than the newest.
pub fn from(topic: &str, start: Start) -> ReadRequest {
    ReadRequest { start, ..ReadRequest::newest(topic) }
}

pub fn header(name: &[u8], value: Option<&[u8]>) -> Header {
    Header { name: Octets::from(name), value: value.map(Octets::from) }
}

/// Partition and offset of each row.
pub fn places(set: &ResultSet) -> Vec<(i32, i64)> {
    set.rows.iter().map(|row| (row.partition, row.offset)).collect()
}

pub fn value_of(row: &kafka::read::Row) -> Option<String> {
    row.value.as_ref().map(|v| String::from_utf8_lossy(v.bytes.as_slice()).into_owned())
}

/// Remembers outcomes in memory.
#[derive(Default)]
pub struct Activity(Mutex<Vec<Intent>>);

impl ActivityLog for Activity {
    fn intend(&self, intent: &Intent) -> Result<EntryId, Failure> {
        self.0.lock().unwrap().push(intent.clone());
        Ok(EntryId(ProfileId::random().0))
    }

    fn conclude(&self, _entry: EntryId, _outcome: &Outcome) -> Result<(), Failure> {
        Ok(())
    }
}

pub fn access(cluster: &Cluster) -> Access {
    let mut profile = profile("unused", 1, KafkaSecurity::Plaintext);
    profile.id = cluster.profile();
    Access::new(&profile, Arc::new(Activity::default()))
}

pub fn publish(access: &Access) -> Grant<Publish> {
    let subject =
        Subject { action: "replay".into(), object: "topic".into(), count: None, source: None };
    access.grant(subject).expect("the profile is open")
}

/// Waits until something holds.
pub async fn until<T>(what: &str, mut holds: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = holds().await {
            return value;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "never: {what}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
