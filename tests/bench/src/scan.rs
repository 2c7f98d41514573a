//! Looking for a text in every record of 12 partitions, against a bare rdkafka client that does the
//! same: one consumer, polled in a loop, with settings that make it fast, and memmem on each value.
//!
//! Each side is a process of its own, so that its memory is its own: this program starts itself with
//! a side's name, and the side tells how long it took from before it connects to the last record,
//! what it found, and the most memory that it ever had.

use std::process::Command;
use std::time::{Duration, Instant};

use brokers::{Kafka, KafkaOptions, Listener};
use kafka::scan::{Examiner, RawRecord, ScanEnd, ScanRequest};
use memchr::memmem;
use message::search::condition::{Condition, Part, Place};
use message::search::filter::AskHeader;
use message::search::{Filter, Subject, Undecided};
use rdkafka::config::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::topic_partition_list::{Offset, TopicPartitionList};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;

use crate::browse::connect;
use crate::compare::{Comparison, in_turn_after};

const RUNS: usize = 5;
const PARTITIONS: i32 = 12;
const PATIENCE: Duration = Duration::from_secs(60);
/// In every so many records.
const NEEDLE: &str = "needle-48812";
const RARE: u64 = 100_000;

/// Records, and bytes of each.
const LAYOUTS: [(u64, usize); 2] = [(8_200_000, 200), (2_000_000, 1024)];

/// See the module.
pub fn run() -> Vec<Comparison> {
    let broker = Kafka::start(KafkaOptions { full_speed: true, ..KafkaOptions::default() });
    let bootstrap = broker.bootstrap(Listener::Plaintext);
    let mut comparisons = Vec::new();
    for (count, size) in LAYOUTS {
        let topic = format!("bench.scan.{size}");
        fill(&broker, &bootstrap, &topic, count, size);
        let hits = count.div_ceil(RARE);
        let side = |name: &str| {
            let told = side(name, &bootstrap, &topic);
            assert_eq!(told.hits, hits, "{name} finds every one of them");
            told
        };
        let turns = in_turn_after(1, RUNS, || side("scan-ours"), || side("scan-bare"));
        let name = |what: &str| format!("scan/{what}-{count}x{size}B");
        let against = "bare-rdkafka-memmem";
        comparisons.push(Comparison::of_time(name("text"), against, &turns, |told| told.took));
        let memory = name("peak-memory");
        comparisons.push(Comparison::of_memory(memory, against, &turns, |told| told.peak));
    }
    comparisons
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
        "scan-ours" => ours(bootstrap, topic),
        "scan-bare" => bare(bootstrap, topic),
        _ => return false,
    };
    println!("{} {hits} {}", started.elapsed().as_micros(), peak());
    true
}

/// The most memory that this process had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("this is Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("it is told");
    let kib: u64 = line.trim().trim_end_matches(" kB").parse().expect("a number");
    kib * 1024
}

fn ours(bootstrap: &str, topic: &str) -> u64 {
    let runtime = Runtime::new().expect("a runtime");
    let cluster = runtime.block_on(connect(bootstrap));
    let hits = Arc::new(AtomicU64::new(0));
    let found = Arc::clone(&hits);
    let examiner = move || {
        let condition = Condition::Contains {
            place: Place::Value,
            text: NEEDLE.to_owned(),
            case_sensitive: true,
            whole_word: false,
        };
        let filter = Filter::new(&condition).expect("a text to look for");
        Box::new(Counter { filter, hits: Arc::clone(&found) }) as Box<dyn Examiner>
    };
    let scan = cluster.scan(ScanRequest::all(topic), CancellationToken::new(), examiner, |_| {});
    let coverage = runtime.block_on(scan).expect("the topic can be read");
    assert_eq!(coverage.end, ScanEnd::Exhausted);
    hits.load(Ordering::Relaxed)
}

struct Counter {
    filter: Filter,
    hits: Arc<AtomicU64>,
}

impl Examiner for Counter {
    fn examine(&mut self, record: &RawRecord<'_>) -> bool {
        if self.filter.matches(&Text(record)) == Ok(true) {
            self.hits.fetch_add(1, Ordering::Relaxed);
        }
        true
    }
}

/// A record of plain text.
struct Text<'r, 'm>(&'r RawRecord<'m>);

impl Subject for Text<'_, '_> {
    fn partition(&self) -> i32 {
        self.0.partition()
    }

    fn bytes(&self, part: Part) -> Option<&[u8]> {
        match part {
            Part::Key => self.0.key(),
            Part::Value => self.0.value(),
        }
    }

    fn any_header(&self, _: &mut AskHeader<'_>) -> Result<bool, Undecided> {
        Ok(false)
    }

    fn is_text(&self, _: Part) -> bool {
        true
    }

    fn decoded(&self, part: Part) -> Result<Option<&str>, Undecided> {
        Ok(self.bytes(part).and_then(|bytes| std::str::from_utf8(bytes).ok()))
    }
}

fn bare(bootstrap: &str, topic: &str) -> u64 {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", bootstrap)
        .set("group.id", "bench")
        .set("broker.address.family", "v4")
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
                hits += u64::from(finder.find(value).is_some());
            }
            Err(KafkaError::PartitionEOF(_)) => ended += 1,
            Err(error) => panic!("{error}"),
        }
    }
    hits
}

fn fill(broker: &Kafka, bootstrap: &str, topic: &str, count: u64, size: usize) {
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
    let filler = "Nouvelle entree de log du service de paiement, sans rien de special. ";
    for n in 0..count {
        let mut value = format!("{n:012} ");
        if n % RARE == 0 {
            value.push_str(NEEDLE);
        }
        while value.len() < size {
            value.push_str(filler);
        }
        value.truncate(size);
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
