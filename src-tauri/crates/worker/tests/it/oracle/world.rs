//! The topics that are searched, made once for a run, and what is in them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use brokers::{Dice, Kafka};
use rdkafka::Offset;
use rdkafka::TopicPartitionList;
use rdkafka::admin::{AdminOptions, AlterConfig, ResourceSpecifier};
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use super::data::{self, Body};
use super::truth::{self, Seen};
use crate::batches;
use crate::support::*;

/// Of each topic.
pub const PARTITIONS: i32 = 4;
/// The time that a producer gives to the earliest of its records.
pub const FIRST_MILLIS: i64 = 1_700_000_000_000;
/// How far apart the earliest and the latest are.
pub const MILLIS: i64 = 60_000;

const CODECS: [&str; 5] = ["none", "gzip", "snappy", "lz4", "zstd"];

/// One topic and what is in it.
pub struct Topic {
    pub name: String,
    pub partitions: BTreeMap<i32, Ends>,
    pub committed: Vec<Seen>,
    pub uncommitted: Vec<Seen>,
    /// Has a transaction open, which would be aborted without it.
    _open: Option<BaseProducer>,
}

/// First offset, end, and end of what is decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    pub low: i64,
    pub stable: i64,
    pub end: i64,
}

/// Makes them all, side by side.
pub fn world(kafka: &Kafka, dice: &mut Dice) -> Vec<Topic> {
    let [mut first, mut second, mut third] = [dice.fork(), dice.fork(), dice.fork()];
    std::thread::scope(|threads| {
        let made = [
            threads.spawn(move || mixed(kafka, &mut first)),
            threads.spawn(move || appended(kafka, &mut second)),
            threads.spawn(move || compacted(kafka, &mut third)),
        ];
        made.map(|one| one.join().expect("it is made")).into()
    })
}

impl Topic {
    fn read(kafka: &Kafka, name: String, open: Option<BaseProducer>) -> Topic {
        let (committed, uncommitted) = std::thread::scope(|threads| {
            let committed = threads.spawn(|| truth::read(kafka, &name, true));
            let uncommitted = truth::read(kafka, &name, false);
            (committed.join().expect("it is read"), uncommitted)
        });
        let partitions = ends(kafka, &name);
        assert_eq!(codecs(kafka, &name), (0..5).collect::<Vec<_>>(), "every codec is in {name}");
        Topic { name, partitions, committed, uncommitted, _open: open }
    }

    pub fn records(&self, is_committed: bool) -> &[Seen] {
        if is_committed { &self.committed } else { &self.uncommitted }
    }
}

/// The codecs of the batches in the log of a topic.
fn codecs(kafka: &Kafka, topic: &str) -> Vec<u8> {
    let mut all: Vec<u8> = (0..PARTITIONS)
        .flat_map(|partition| batches::segments(kafka, topic, partition))
        .flat_map(|file| batches::of(&std::fs::read(file).unwrap()))
        .map(|batch| batch.codec)
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

pub fn ends(kafka: &Kafka, topic: &str) -> BTreeMap<i32, Ends> {
    let asking = |level: &str| -> BaseConsumer {
        bare(kafka).set("isolation.level", level).create().unwrap()
    };
    let (committed, uncommitted) = (asking("read_committed"), asking("read_uncommitted"));
    let ends = |partition| {
        let (_, stable) = committed.fetch_watermarks(topic, partition, PATIENCE).unwrap();
        let (low, end) = uncommitted.fetch_watermarks(topic, partition, PATIENCE).unwrap();
        (partition, Ends { low, stable, end })
    };
    (0..PARTITIONS).map(ends).collect()
}

fn producer(kafka: &Kafka, codec: &str, transactional: Option<&str>) -> BaseProducer {
    let mut config = bare(kafka);
    config.set("compression.codec", codec);
    if let Some(id) = transactional {
        // As long as a broker allows.
        config.set("transactional.id", id).set("transaction.timeout.ms", "900000");
    }
    let producer: BaseProducer = config.create().unwrap();
    if transactional.is_some() {
        producer.init_transactions(PATIENCE).unwrap();
    }
    producer
}

fn send(producer: &BaseProducer, topic: &str, partition: i32, millis: i64, body: &Body) {
    let mut record: BaseRecord<'_, [u8], [u8]> =
        BaseRecord::to(topic).partition(partition).timestamp(millis);
    record.key = body.key.as_deref();
    record.payload = body.value.as_deref();
    if !body.headers.is_empty() {
        let add = |all: OwnedHeaders, (key, value): &(&str, Option<&[u8]>)| {
            all.insert(Header { key, value: *value })
        };
        record.headers = Some(body.headers.iter().fold(OwnedHeaders::new(), add));
    }
    producer.send(record).map_err(|(error, _)| error).unwrap();
}

fn some(producer: &BaseProducer, topic: &str, partition: i32, dice: &mut Dice) {
    let mut millis = FIRST_MILLIS + dice.i64(0..MILLIS);
    for _ in 0..dice.usize(1..80) {
        // Mostly on, sometimes back.
        millis += dice.i64(-300..500);
        send(producer, topic, partition, millis, &data::body(dice));
    }
    producer.flush(PATIENCE).unwrap();
}

/// Every codec, transactions committed and aborted, times in no order, an empty partition, one whose
/// start is deleted, one that is deleted altogether and goes on.
fn mixed(kafka: &Kafka, dice: &mut Dice) -> Topic {
    let topic = topic_with(kafka, PARTITIONS, &[]);
    let producers: Vec<(BaseProducer, bool)> = CODECS
        .iter()
        .flat_map(|codec| [(*codec, false), (*codec, true)])
        .map(|(codec, is_transactional)| {
            let id = format!("{topic}-{codec}");
            (producer(kafka, codec, is_transactional.then_some(&id)), is_transactional)
        })
        .collect();
    let delete = |places: &[(i32, Offset)]| {
        let mut list = TopicPartitionList::new();
        for (partition, offset) in places {
            list.add_partition_offset(&topic, *partition, *offset).unwrap();
        }
        block(admin_of(kafka).delete_records(&list, &AdminOptions::new())).unwrap();
    };
    for round in 0..60 {
        let (producer, is_transactional) = &producers[round % producers.len()];
        let partition = dice.i32(0..PARTITIONS - 1);
        if *is_transactional {
            producer.begin_transaction().unwrap();
        }
        some(producer, &topic, partition, dice);
        match is_transactional {
            true if dice.bool() => producer.commit_transaction(PATIENCE).unwrap(),
            true => producer.abort_transaction(PATIENCE).unwrap(),
            false => {}
        }
        if round == 30 {
            delete(&[(1, Offset::End)]);
        }
    }
    delete(&[(0, Offset::Offset(dice.i64(1..60)))]);
    // The last markers are written after their producers were told of the end.
    wait_for("every transaction is decided", || {
        ends(kafka, &topic).values().all(|ends| ends.stable == ends.end)
    });
    Topic::read(kafka, topic, None)
}

/// Times of the broker's clock, and a transaction that stays open, with records behind it.
fn appended(kafka: &Kafka, dice: &mut Dice) -> Topic {
    let topic = topic_with(kafka, PARTITIONS, &[("message.timestamp.type", "LogAppendTime")]);
    let open = producer(kafka, "zstd", Some(&topic));
    for (round, codec) in CODECS.iter().cycle().take(15).enumerate() {
        if round == 10 {
            open.begin_transaction().unwrap();
            some(&open, &topic, 1, dice);
        }
        let partition = if round < 10 { dice.i32(0..PARTITIONS) } else { 1 };
        some(&producer(kafka, codec, None), &topic, partition, dice);
    }
    let made = Topic::read(kafka, topic, Some(open));
    let undecided = made.partitions[&1];
    assert!(undecided.stable < undecided.end, "{undecided:?}");
    made
}

/// Compacted, with tombstones, by real runs of the cleaner.
fn compacted(kafka: &Kafka, dice: &mut Dice) -> Topic {
    let settings = [
        ("cleanup.policy", "compact"),
        ("segment.ms", "50"),
        ("min.cleanable.dirty.ratio", "0.01"),
        ("delete.retention.ms", "86400000"),
    ];
    let topic = topic_with(kafka, PARTITIONS, &settings);
    let producers = CODECS.map(|codec| producer(kafka, codec, None));
    let keyed = |dice: &mut Dice, key: String| {
        let value = (dice.u8(0..4) > 0).then(|| data::body(dice).value).flatten();
        Body { key: Some(key.into_bytes()), value, ..data::body(dice) }
    };
    // A partition of its own stays as it is written.
    for round in 0..40 {
        let (producer, partition) = (&producers[round % CODECS.len()], dice.i32(0..PARTITIONS - 1));
        for _ in 0..dice.usize(5..30) {
            let key = format!("order-{}", dice.u8(0..25));
            let millis = FIRST_MILLIS + dice.i64(0..MILLIS);
            send(producer, &topic, partition, millis, &keyed(dice, key));
        }
        // No others: these keep their codec through the cleaning.
        for n in 0..5 {
            let millis = FIRST_MILLIS + dice.i64(0..MILLIS);
            send(producer, &topic, partition, millis, &keyed(dice, format!("kept-{round}-{n}")));
        }
        producer.flush(PATIENCE).unwrap();
    }
    let mut written = 0;
    wait_for("the cleaner came by", || {
        // It looks at segments only that are not written to any more.
        for partition in 0..PARTITIONS - 1 {
            let body = keyed(dice, format!("last-{written}"));
            // A segment's age is that of its records.
            send(&producers[0], &topic, partition, FIRST_MILLIS + MILLIS + written * 1_000, &body);
        }
        producers[0].flush(PATIENCE).unwrap();
        written += 1;
        (0..PARTITIONS - 1).all(|partition| {
            let records = batches::segments(kafka, &topic, partition)
                .into_iter()
                .filter_map(|file| std::fs::read(file).ok())
                .map(|log| batches::of(&log).iter().map(|batch| batch.records).sum::<i64>())
                .sum::<i64>();
            records + 30 < ends(kafka, &topic)[&partition].end
        })
    });
    // It does not come again.
    let resource = ResourceSpecifier::Topic(&topic);
    let config =
        AlterConfig::new(resource).set("cleanup.policy", "delete").set("retention.ms", "-1");
    let altered = block(admin_of(kafka).alter_configs([&config], &AdminOptions::new())).unwrap();
    assert!(altered.iter().all(Result::is_ok), "{altered:?}");
    Topic::read(kafka, topic, None)
}

fn wait_for(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(90), "never: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
