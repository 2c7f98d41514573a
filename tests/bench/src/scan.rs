//! Looking at every record of 12 partitions, against a bare rdkafka client that does the same: one
//! consumer, polled in a loop, with settings that make it fast, and memmem or serde_json on each
//! value. Ours is a search as the window starts it: a worker process, a result set on the disk, an
//! account of every offset.
//!
//! Each side is a process of its own, so that its memory is its own: this program starts itself with
//! a side's name, and the side tells how long it took from before it connects to the last record,
//! what it found, and the most memory that it and its worker ever had.

use std::process::Command;
use std::time::{Duration, Instant};

use brokers::{Kafka, KafkaOptions, Listener};
use connections::secret::Secrets;
use kafka::scan::{ScanEnd, ScanRequest};
use memchr::memmem;
use message::search::Condition;
use nix::sys::resource::{UsageWho, getrusage};
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use results::{Reader, Shelf};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use worker::launch::Launcher;
use worker::search::{Means, News, Search};

use crate::browse::profile;
use crate::compare::{Comparison, in_turn_after};

const RUNS: usize = 5;
const PARTITIONS: i32 = 12;
const PATIENCE: Duration = Duration::from_secs(60);
/// In every so many records.
const NEEDLE: &str = "needle-48812";
const RARE: u64 = 100_000;

/// What is in the records, and what is looked for.
#[derive(Clone, Copy)]
enum Kind {
    /// A text in a text.
    Text,
    /// A number in JSON.
    Json,
}

/// Records, and bytes of each.
const LAYOUTS: [(Kind, u64, usize); 3] =
    [(Kind::Text, 8_200_000, 200), (Kind::Text, 2_000_000, 1024), (Kind::Json, 2_000_000, 300)];

/// See the module.
pub fn run() -> Vec<Comparison> {
    let broker = Kafka::start(KafkaOptions { full_speed: true, ..KafkaOptions::default() });
    let bootstrap = broker.bootstrap(Listener::Address);
    let mut comparisons = Vec::new();
    for (kind, count, size) in LAYOUTS {
        let topic = format!("bench.scan.{}.{size}", kind.name());
        fill(&broker, &bootstrap, &topic, kind, count, size);
        let hits = count.div_ceil(RARE);
        let side = |who: &str| {
            let told = side(&format!("scan-{}-{who}", kind.name()), &bootstrap, &topic);
            assert_eq!(told.hits, hits, "{who} finds every one of them");
            told
        };
        let turns = in_turn_after(1, RUNS, || side("ours"), || side("bare"));
        let name = |what: &str| format!("scan/{what}-{count}x{size}B");
        let against = kind.baseline();
        comparisons.push(Comparison::of_time(name(kind.name()), against, &turns, |told| told.took));
        let memory = name(&format!("{}-peak-memory", kind.name()));
        comparisons.push(Comparison::of_memory(memory, against, &turns, |told| told.peak));
    }
    comparisons
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Json => "json",
        }
    }

    fn baseline(self) -> &'static str {
        match self {
            Kind::Text => "bare-rdkafka-memmem",
            Kind::Json => "bare-rdkafka-serde_json",
        }
    }

    fn condition(self) -> Condition {
        let query = match self {
            Kind::Text => format!("value contains exactly \"{NEEDLE}\""),
            Kind::Json => "value.order.amount > 100".to_owned(),
        };
        message::search::text::parse(&query).expect("a query")
    }

    fn is_hit(self, finder: &memmem::Finder<'_>, value: &[u8]) -> bool {
        match self {
            Kind::Text => finder.find(value).is_some(),
            Kind::Json => {
                let value: serde_json::Value = serde_json::from_slice(value).expect("JSON");
                value["order"]["amount"].as_f64().is_some_and(|amount| amount > 100.0)
            }
        }
    }

    /// A value of about so many bytes.
    fn value(self, n: u64, size: usize) -> String {
        let filler = "Nouvelle entree de log du service de paiement, sans rien de special. ";
        let rare = n.is_multiple_of(RARE);
        match self {
            Kind::Text => {
                let mut value = format!("{n:012} ");
                if rare {
                    value.push_str(NEEDLE);
                }
                while value.len() < size {
                    value.push_str(filler);
                }
                value.truncate(size);
                value
            }
            Kind::Json => {
                let amount = if rare { 150.5 } else { 12.25 };
                let mut text = String::new();
                while text.len() + 100 < size {
                    text.push_str(filler);
                }
                text.truncate(size.saturating_sub(100));
                format!(
                    r#"{{"order":{{"id":{n},"amount":{amount},"currency":"EUR"}},"lines":[1,2,3],"text":"{text}"}}"#
                )
            }
        }
    }
}

struct Told {
    took: Duration,
    hits: u64,
    /// In bytes.
    peak: u64,
}

fn side(name: &str, bootstrap: &str, topic: &str) -> Told {
    let program = std::env::current_exe().expect("this program");
    let output = Command::new(program).args([name, bootstrap, topic]).output().expect("it starts");
    let text = String::from_utf8_lossy(&output.stdout);
    let words: Vec<u64> = text.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let [micros, hits, peak] = words[..] else {
        panic!("{name} said {text:?} and {:?}", String::from_utf8_lossy(&output.stderr));
    };
    Told { took: Duration::from_micros(micros), hits, peak }
}

/// Runs a side in this process, where it is one, and tells the parent.
pub fn is_side(arguments: &[String]) -> bool {
    let [name, bootstrap, topic] = arguments else { return false };
    let started = Instant::now();
    let hits = match name.as_str() {
        "scan-text-ours" => ours(Kind::Text, bootstrap, topic),
        "scan-json-ours" => ours(Kind::Json, bootstrap, topic),
        "scan-text-bare" => bare(Kind::Text, bootstrap, topic),
        "scan-json-bare" => bare(Kind::Json, bootstrap, topic),
        _ => return false,
    };
    println!("{} {hits} {}", started.elapsed().as_micros(), peak());
    true
}

/// The most memory that this process and its children had, in bytes. Not what `getrusage` says of
/// this process itself: that counts what its parent had when it was started.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("it is told");
    let own: i64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    let children = getrusage(UsageWho::RUSAGE_CHILDREN).expect("it is told").max_rss();
    u64::try_from(own + children).expect("a size") * 1024
}

fn ours(kind: Kind, bootstrap: &str, topic: &str) -> u64 {
    let folder = tempfile::tempdir().expect("a folder");
    let shelf = Shelf::open(folder.path()).expect("a shelf");
    let set = shelf.create().expect("a result set");
    let reader = Reader::open(set.folder(), set.key()).expect("a result set");
    let means = Means {
        launcher: Launcher::of_this_program().expect("this program"),
        profile: profile(bootstrap),
        secrets: Secrets::default(),
        folder: set.folder().to_owned(),
        key: set.key().clone(),
    };
    let mut search = Search::new(means, ScanRequest::all(topic), kind.condition());
    let mut take = |news: News| {
        for block in news.blocks {
            reader.add(block).expect("a block");
        }
    };
    let cancel = CancellationToken::new();
    let runtime = Runtime::new().expect("a runtime");
    let coverage = runtime.block_on(search.run(u64::MAX, &cancel, &mut take));
    let coverage = coverage.expect("the topic can be read");
    assert_eq!(coverage.end, ScanEnd::Exhausted);
    u64::from(reader.len())
}

fn bare(kind: Kind, bootstrap: &str, topic: &str) -> u64 {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("group.id", "bench")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("fetch.queue.backoff.ms", "2")
        .set("queued.min.messages", "1000000")
        .set("queued.max.messages.kbytes", "131072")
        .set("fetch.message.max.bytes", "4194304")
        .set("fetch.max.bytes", "67108864")
        .create()
        .expect("a client");
    let mut from = TopicPartitionList::new();
    for partition in 0..PARTITIONS {
        from.add_partition_offset(topic, partition, Offset::Offset(0)).expect("a numeric offset");
    }
    consumer.assign(&from).expect("partitions can be assigned");
    let finder = memmem::Finder::new(NEEDLE);
    let (mut hits, mut ended) = (0, 0);
    while ended < PARTITIONS {
        match consumer.poll(PATIENCE).expect("a record") {
            Ok(message) => {
                let value = message.payload().unwrap_or_default();
                hits += u64::from(kind.is_hit(&finder, value));
            }
            Err(KafkaError::PartitionEOF(_)) => ended += 1,
            Err(error) => panic!("{error}"),
        }
    }
    hits
}

fn fill(broker: &Kafka, bootstrap: &str, topic: &str, kind: Kind, count: u64, size: usize) {
    let partitions = PARTITIONS.to_string();
    let create = ["--create", "--topic", topic, "--partitions", &partitions];
    broker.tool("org.apache.kafka.tools.TopicCommand", &create).expect("a new topic");
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("linger.ms", "50")
        .set("queue.buffering.max.messages", "1000000")
        .set("queue.buffering.max.kbytes", "1000000")
        .create()
        .expect("a producer");
    for n in 0..count {
        let value = kind.value(n, size);
        let partition = (n % PARTITIONS as u64) as i32;
        loop {
            let record = BaseRecord::<(), str>::to(topic).payload(&value).partition(partition);
            match producer.send(record) {
                Ok(()) => break,
                Err(_) => producer.poll(Duration::from_millis(5)),
            };
        }
        if n % 10_000 == 0 {
            producer.poll(Duration::ZERO);
        }
    }
    producer.flush(PATIENCE).expect("everything is written");
}
