//! Kafka: a connection, and a bare client.

use std::sync::Arc;
use std::time::Duration;

use brokers::{Kafka, Listener};
use connections::access::Access;
use connections::profile::{
    Broker as Settings, Endpoint, KafkaSecurity, KafkaSettings, SaslMechanism,
};
use kafka::Cluster;
use message::record::{Header, Timestamp};
use message::{Octets, Record};
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, Message, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use replay::preview::{Destination, Source};
use replay::request::Party;
use uuid::Uuid;

use super::{Activity, PATIENCE, only, password, profile};

/// An open connection to Kafka, over TLS with a password.
pub struct KafkaDesk {
    pub cluster: Cluster,
    pub party: Party,
    pub access: Access,
    pub activity: Arc<Activity>,
}

impl KafkaDesk {
    pub async fn at(kafka: &Kafka) -> KafkaDesk {
        let port = kafka.port(1, Listener::Sasl);
        let security = KafkaSecurity::SaslSsl {
            tls: only(kafka.ca_pem()),
            mechanism: SaslMechanism::ScramSha512,
            user: "admin".into(),
        };
        let bootstrap_servers = vec![Endpoint { host: "localhost".into(), port }];
        let profile = profile(Settings::Kafka(KafkaSettings { bootstrap_servers, security }));
        let secrets = password(kafka.password_of("admin"));
        let cluster = Cluster::connect(&profile, &secrets).await.expect("the broker is up");
        let activity = Arc::new(Activity::default());
        let access = Access::new(&profile, activity.clone());
        KafkaDesk { cluster, party: Party::from(&profile), access, activity }
    }

    pub fn destination(&self) -> Destination {
        Destination::Kafka(self.cluster.clone())
    }

    pub fn records(&self, topic: &str, places: &[(i32, i64)]) -> Source {
        let places = places.iter().map(|(p, o)| (topic.to_owned(), *p, *o)).collect();
        Source::Records { cluster: self.cluster.clone(), places }
    }
}

/// A bare Kafka client.
pub struct BareKafka {
    config: ClientConfig,
}

impl BareKafka {
    pub fn at(kafka: &Kafka) -> BareKafka {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", kafka.bootstrap(Listener::Address))
            .set("enable.partition.eof", "true")
            .set("message.max.bytes", "100000000")
            .set("fetch.message.max.bytes", "100000000")
            .set("group.id", "unused");
        BareKafka { config }
    }

    pub async fn topic(&self, partitions: i32, settings: &[(&str, &str)]) -> String {
        let name = format!("t-{}", Uuid::new_v4().simple());
        let admin: AdminClient<DefaultClientContext> = self.config.create().unwrap();
        let mut topic = NewTopic::new(&name, partitions, TopicReplication::Fixed(1));
        for (key, value) in settings {
            topic = topic.set(key, value);
        }
        let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
        let created = admin.create_topics([&topic], &options).await.unwrap();
        created.into_iter().for_each(|result| drop(result.expect("the topic is new")));
        self.until_led(&name, partitions).await;
        name
    }

    /// A broker says that a topic is made a moment before it knows of it itself, and who leads it.
    async fn until_led(&self, topic: &str, partitions: i32) {
        let client: BaseConsumer = self.config.create().unwrap();
        let led = async {
            loop {
                let found = client.fetch_metadata(Some(topic), Duration::from_secs(10)).unwrap();
                let all = found.topics().iter().flat_map(|topic| topic.partitions());
                if all.filter(|partition| partition.leader() >= 0).count() == partitions as usize {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, led).await.expect("the new topic is led");
    }

    /// Writes records to their partitions, in order.
    pub fn put(&self, records: &[Record]) {
        let producer: BaseProducer = self.config.create().unwrap();
        for record in records {
            let mut headers = OwnedHeaders::new();
            for header in &record.headers {
                headers = headers.insert(rdkafka::message::Header {
                    key: std::str::from_utf8(header.name.as_slice()).unwrap(),
                    value: header.value.as_ref().map(Octets::as_slice),
                });
            }
            let mut base: BaseRecord<'_, [u8], [u8]> =
                BaseRecord::to(&record.topic).partition(record.partition).headers(headers);
            base.key = record.key.as_ref().map(Octets::as_slice);
            base.payload = record.value.as_ref().map(Octets::as_slice);
            base.timestamp = record.timestamp.millis();
            producer.send(base).map_err(|(error, _)| error).unwrap();
        }
        producer.flush(PATIENCE).unwrap();
    }

    /// Everything in a topic, by partition and offset.
    pub fn all(&self, topic: &str) -> Vec<Record> {
        let consumer: BaseConsumer = self.config.create().unwrap();
        let metadata = consumer.fetch_metadata(Some(topic), PATIENCE).unwrap();
        let partitions = metadata.topics()[0].partitions().len();
        let mut list = TopicPartitionList::new();
        for partition in 0..partitions as i32 {
            list.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
        }
        consumer.assign(&list).unwrap();
        let (mut ends, mut records) = (0, Vec::new());
        while ends < partitions {
            match consumer.poll(PATIENCE).expect("the broker answers") {
                Err(rdkafka::error::KafkaError::PartitionEOF(_)) => ends += 1,
                Err(error) => panic!("the topic cannot be read: {error}"),
                Ok(message) => records.push(record(&message)),
            }
        }
        records.sort_by_key(|record: &Record| (record.partition, record.offset));
        records
    }
}

fn record(message: &rdkafka::message::BorrowedMessage<'_>) -> Record {
    let headers = message.headers().map(|headers| {
        let header = |header: rdkafka::message::Header<'_, &[u8]>| Header {
            name: header.key.into(),
            value: header.value.map(Octets::from),
        };
        headers.iter().map(header).collect()
    });
    Record {
        topic: message.topic().to_owned(),
        partition: message.partition(),
        offset: message.offset(),
        timestamp: match message.timestamp() {
            rdkafka::Timestamp::CreateTime(millis) => Timestamp::Created(millis),
            rdkafka::Timestamp::LogAppendTime(millis) => Timestamp::Appended(millis),
            rdkafka::Timestamp::NotAvailable => Timestamp::Absent,
        },
        key: message.key().map(Octets::from),
        value: message.payload().map(Octets::from),
        headers: headers.unwrap_or_default(),
    }
}

/// A record without headers.
pub fn plain_record(topic: &str, partition: i32, value: &str) -> Record {
    Record {
        topic: topic.into(),
        partition,
        offset: -1,
        timestamp: Timestamp::Created(1_732_197_802_123),
        key: Some("key".into()),
        value: Some(value.into()),
        headers: Vec::new(),
    }
}

pub fn header(name: &str, value: Option<&[u8]>) -> Header {
    Header { name: name.into(), value: value.map(Octets::from) }
}
