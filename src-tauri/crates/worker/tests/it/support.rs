//! Topics with records in them, and searches of them.

use std::time::{Duration, Instant};

use brokers::{Kafka, Listener};
use connections::profile::{
    AccessLevel, Broker, Endpoint, Environment, KafkaSecurity, KafkaSettings, SaslMechanism, Tls,
    Trust,
};
use connections::secret::Secrets;
use connections::{Profile, ProfileId, Secret};
use kafka::scan::ScanRequest;
use message::search::Condition;
use message::search::condition::Place;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use results::head::Mark;
use results::reader::Reader;
use results::shelf::{Set, Shelf};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use worker::launch::Launcher;
use worker::search::{Means, News, Search, SearchCoverage, SearchProgress};

pub const PATIENCE: Duration = Duration::from_secs(30);

/// `admin`, over TLS, with every node to begin with.
pub fn admin(kafka: &Kafka) -> (Profile, Secrets) {
    let tls = Tls {
        trust: Trust::OnlyCa,
        ca_pem: Some(kafka.ca_pem()),
        certificate_pem: None,
        verify_name: true,
    };
    let profile = Profile {
        id: ProfileId::random(),
        name: "test".into(),
        environment: Environment::Dev,
        access: AccessLevel::ReadOnly,
        broker: Broker::Kafka(KafkaSettings {
            bootstrap_servers: (1..=kafka.nodes())
                .map(|node| Endpoint {
                    host: "localhost".into(),
                    port: kafka.port(node, Listener::Sasl),
                })
                .collect(),
            security: KafkaSecurity::SaslSsl {
                tls,
                mechanism: SaslMechanism::ScramSha512,
                user: "admin".into(),
            },
        }),
    };
    let password = Secret::new(kafka.password_of("admin").to_owned());
    (profile, Secrets { password: Some(password), private_key: None })
}

pub fn bare(kafka: &Kafka) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", kafka.bootstrap(Listener::Address));
    config.set("linger.ms", "5").set("message.max.bytes", "30000000");
    config
}

pub fn admin_of(kafka: &Kafka) -> AdminClient<DefaultClientContext> {
    bare(kafka).create().unwrap()
}

/// A new topic.
pub async fn topic(kafka: &Kafka, partitions: i32) -> String {
    let name = format!("t-{}", uuid::Uuid::new_v4().simple());
    create(kafka, &NewTopic::new(&name, partitions, TopicReplication::Fixed(1))).await;
    name
}

/// A new topic with settings, for threads that wait.
pub fn topic_with(kafka: &Kafka, partitions: i32, settings: &[(&str, &str)]) -> String {
    let name = format!("t-{}", uuid::Uuid::new_v4().simple());
    let new = NewTopic::new(&name, partitions, TopicReplication::Fixed(1));
    let new = settings.iter().fold(new, |new, (key, value)| new.set(key, value));
    block(create(kafka, &new));
    name
}

/// Waits for something on a thread that may.
pub fn block<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Makes a topic, and waits until every partition of it is led.
pub async fn create(kafka: &Kafka, new: &NewTopic<'_>) {
    let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
    let made = admin_of(kafka).create_topics([new], &options).await.unwrap();
    assert!(made.iter().all(Result::is_ok), "{made:?}");
    let client: BaseConsumer = bare(kafka).create().unwrap();
    until("the new topic is led", async || {
        let found = client.fetch_metadata(Some(new.name), Duration::from_secs(10)).ok()?;
        let partitions = found.topics().first()?.partitions();
        let led = partitions.iter().filter(|partition| partition.leader() >= 0).count();
        (led == usize::try_from(new.num_partitions).unwrap()).then_some(())
    })
    .await;
}

/// Waits until something holds.
pub async fn until<T>(what: &str, mut holds: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(value) = holds().await {
            return value;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "never: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Writes values to the partitions of a topic, in turn.
pub fn fill(
    kafka: &Kafka,
    topic: &str,
    partitions: i32,
    values: impl IntoIterator<Item = Vec<u8>>,
) {
    fill_with(&bare(kafka), topic, partitions, values);
}

/// The same, with settings of its own.
pub fn fill_with(
    config: &ClientConfig,
    topic: &str,
    partitions: i32,
    values: impl IntoIterator<Item = Vec<u8>>,
) {
    let producer: BaseProducer = config.create().unwrap();
    for (n, value) in (0..).zip(values) {
        let record = BaseRecord::<(), Vec<u8>>::to(topic).payload(&value);
        let mut record = record.partition(n % partitions);
        while let Err((_, again)) = producer.send(record) {
            record = again;
            producer.poll(Duration::from_millis(5));
        }
    }
    producer.flush(PATIENCE).unwrap();
}

/// A text anywhere.
pub fn contains(text: &str) -> Condition {
    Condition::Contains {
        place: Place::Anywhere,
        text: text.to_owned(),
        case_sensitive: true,
        whole_word: false,
    }
}

/// A search, its result set, and what was told of it.
pub struct Trial {
    pub search: Search,
    pub reader: Reader,
    pub told: Vec<SearchProgress>,
    pub in_histogram: u64,
    /// Offsets that were accounted for so far, for whoever waits for the middle of a search.
    pub covered: watch::Sender<u64>,
    /// What its workers have as an argument and no others.
    pub mark: String,
    _set: Set,
    _shelf: Shelf,
    _folder: tempfile::TempDir,
}

impl Trial {
    /// With a worker that dies of some records.
    pub fn new(kafka: &Kafka, request: ScanRequest, condition: Condition) -> Trial {
        let (profile, secrets) = admin(kafka);
        Trial::of(profile, secrets, request, condition)
    }

    pub fn of(
        profile: Profile,
        secrets: Secrets,
        request: ScanRequest,
        condition: Condition,
    ) -> Trial {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(folder.path()).unwrap();
        let set = shelf.create().unwrap();
        let reader = Reader::open(set.folder(), set.key()).unwrap();
        let program = env!("CARGO_BIN_EXE_mortal-worker").into();
        let mark = uuid::Uuid::new_v4().simple().to_string();
        let means = Means {
            launcher: Launcher::of(program, [&mark]),
            profile,
            secrets,
            folder: set.folder().to_owned(),
            key: set.key().clone(),
        };
        Trial {
            search: Search::new(means, request, condition),
            reader,
            told: Vec::new(),
            in_histogram: 0,
            covered: watch::Sender::new(0),
            mark,
            _set: set,
            _shelf: shelf,
            _folder: folder,
        }
    }

    pub async fn run(&mut self, hits: u64, cancel: &CancellationToken) -> SearchCoverage {
        self.try_run(hits, cancel).await.expect("it is planned")
    }

    pub async fn try_run(
        &mut self,
        hits: u64,
        cancel: &CancellationToken,
    ) -> Result<SearchCoverage, connections::Failure> {
        let (reader, told, in_histogram) = (&self.reader, &mut self.told, &mut self.in_histogram);
        let covered = &self.covered;
        let mut tell = |news: News| {
            for block in news.blocks {
                reader.add(block).unwrap();
            }
            *in_histogram += news.histogram.total();
            told.push(news.progress);
            covered.send_replace(news.progress.covered);
        };
        self.search.run(hits, cancel, &mut tell).await
    }

    /// All that is in the result set with this mark, by partition and offset, each once.
    pub fn found(&self, mark: Mark) -> Vec<(i32, i64, Option<Vec<u8>>)> {
        let rows = 0..self.reader.len();
        let stored = rows.map(|row| self.reader.record(row).unwrap());
        let of_mark = stored.filter(|stored| stored.head.mark == mark);
        let mut found: Vec<_> = of_mark
            .map(|stored| {
                (stored.head.partition, stored.head.offset, stored.value.map(|value| value.0))
            })
            .collect();
        found.sort();
        let count = found.len();
        found.dedup();
        assert_eq!(found.len(), count, "nothing is found twice");
        found
    }
}
