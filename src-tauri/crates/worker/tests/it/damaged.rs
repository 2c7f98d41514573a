//! Batches that nobody can read any more are named and stepped over, and nothing else is.

use std::collections::BTreeSet;

use brokers::{Dice, Extent, Kafka, KafkaOptions};
use connections::Code;
use kafka::scan::{ScanEnd, ScanRequest};
use results::head::Mark;
use tokio_util::sync::CancellationToken;

use crate::batches::{self, Batch, HEADER};
use crate::support::*;

const BATCHES: i64 = 20;
/// Records of each.
const RECORDS: i64 = 60;

/// How a batch is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Damage {
    /// No stream of its codec begins so.
    Unmarked,
    /// Zstandard that claims 2^60 bytes, which is refused.
    Boast,
    /// Snappy that claims 4 GiB, of which the reader takes memory before it looks.
    Greedy,
    /// Records that do not fit into each other: librdkafka says nothing and tries again for ever.
    Tangled,
}

/// A partition of batches that are compressed in one way, and what is done to some of them.
#[derive(Debug, Clone)]
struct Case {
    codec: &'static str,
    damage: Damage,
    /// Which batches, from 0.
    batches: BTreeSet<usize>,
}

fn cases(dice: &mut Dice) -> Vec<Case> {
    let mut some = |most: usize| (0..dice.usize(1..=most)).map(|_| dice.usize(..20)).collect();
    let mut cases: Vec<Case> = ["gzip", "snappy", "lz4", "zstd"]
        .map(|codec| Case { codec, damage: Damage::Unmarked, batches: some(8) })
        .into();
    // The first, the last, neighbours, and some close to each other.
    let batches = [0, 1, 7, 9, 10, 12, 19].into();
    cases.push(Case { codec: "gzip", damage: Damage::Unmarked, batches });
    cases.push(Case { codec: "zstd", damage: Damage::Boast, batches: some(3) });
    cases.push(Case { codec: "snappy", damage: Damage::Greedy, batches: [11].into() });
    if brokers::extent() != Extent::Sampled {
        // A minute of waiting.
        cases.push(Case { codec: "none", damage: Damage::Tangled, batches: [8].into() });
    }
    cases
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_that_cannot_be_read_are_named_exactly_and_everything_else_is_found() {
    let kafka = Kafka::start(KafkaOptions::default());
    let cases = cases(&mut brokers::dice("damaged batches"));
    let mut topics = Vec::new();
    for case in &cases {
        let topic = topic(&kafka, 2).await;
        write(&kafka, &topic, case.codec);
        topics.push(topic);
    }
    kafka.kill(1);
    let spans: Vec<Vec<(i64, i64)>> =
        cases.iter().zip(&topics).map(|(case, topic)| damage(&kafka, topic, case)).collect();
    kafka.restart(1);
    for ((case, topic), spans) in cases.iter().zip(&topics).zip(&spans) {
        for newest_first in [false, true] {
            let request = ScanRequest { newest_first, ..ScanRequest::all(topic) };
            search(&kafka, case, request, spans).await;
        }
    }
}

async fn search(kafka: &Kafka, case: &Case, request: ScanRequest, spans: &[(i64, i64)]) {
    let what = format!("{case:?}, newest first: {}", request.newest_first);
    let mut trial = Trial::new(kafka, request, contains("needle"));
    let coverage = trial.run(u64::MAX, &CancellationToken::new()).await;
    let ScanEnd::Incomplete { failure } = &coverage.end else {
        panic!("{:?}: {what}", coverage.end)
    };
    let code = match case.damage {
        Damage::Unmarked | Damage::Boast => Code::Refused,
        Damage::Greedy => Code::Internal,
        Damage::Tangled => Code::Timeout,
    };
    assert_eq!(failure.code, code, "{failure}: {what}");
    let is_lost = |offset: &i64| spans.iter().any(|(from, to)| (*from..*to).contains(offset));
    let mut passed = BTreeSet::new();
    for one in &coverage.passed_over {
        assert_eq!((one.topic, one.partition, one.failure.code), (0, 0, code), "{one:?}: {what}");
        passed.extend(one.span.from..one.span.to);
    }
    let lost: BTreeSet<i64> = (0..BATCHES * RECORDS).filter(is_lost).collect();
    assert_eq!(passed, lost, "{what}");
    let found: Vec<(i32, i64)> =
        trial.found(Mark::Hit).iter().map(|(partition, offset, _)| (*partition, *offset)).collect();
    let is_hit = |offset: &i64| offset % 3 == 1;
    let all =
        |partition| (0..BATCHES * RECORDS).filter(is_hit).map(move |offset| (partition, offset));
    let readable = all(0).filter(|(_, offset)| !is_lost(offset)).chain(all(1));
    assert_eq!(found, readable.collect::<Vec<_>>(), "{what}");
    assert!(!coverage.goes_on(), "{what}");
    let received: u64 = coverage.partitions.iter().map(|p| p.received).sum();
    let without: u64 = coverage.partitions.iter().map(|p| p.without_record).sum();
    let rest = (2 * BATCHES * RECORDS).cast_unsigned() - lost.len() as u64;
    assert_eq!((received, without), (rest, 0), "{what}");
}

/// Two partitions of batches whose records say where they are.
fn write(kafka: &Kafka, topic: &str, codec: &str) {
    let mut config = bare(kafka);
    // A batch is full, or it is not sent.
    let full = RECORDS.to_string();
    config.set("compression.codec", codec).set("linger.ms", "5000");
    config.set("batch.num.messages", &full);
    let values = (0..2 * BATCHES * RECORDS).map(|n| {
        let kind = if n / 2 % 3 == 1 { "needle" } else { "other" };
        format!("{kind} number {} of many of its kind", n / 2).into_bytes()
    });
    fill_with(&config, topic, 2, values);
}

/// Damages some batches of the first partition in the file. Their offsets.
fn damage(kafka: &Kafka, topic: &str, case: &Case) -> Vec<(i64, i64)> {
    let [file] = &batches::segments(kafka, topic, 0)[..] else { panic!("one segment") };
    let mut log = std::fs::read(file).unwrap();
    let all = batches::of(&log);
    assert_eq!(all.len() as i64, BATCHES, "{case:?}");
    let codecs = ["none", "gzip", "snappy", "lz4", "zstd"];
    assert!(all.iter().all(|batch| codecs[usize::from(batch.codec)] == case.codec), "{case:?}");
    let chosen: Vec<&Batch> = case.batches.iter().map(|at| &all[*at]).collect();
    for batch in &chosen {
        batches::change(&mut log, batch, |bytes| spoil(&mut bytes[HEADER..], case.damage));
    }
    std::fs::write(file, log).unwrap();
    chosen.iter().map(|batch| (batch.first, batch.last + 1)).collect()
}

fn spoil(payload: &mut [u8], how: Damage) {
    let with: &[u8] = match how {
        Damage::Unmarked => &[0xff; 16],
        // Magic number, a descriptor that announces eight bytes of size, and those (RFC 8878, 3.1.1).
        Damage::Boast => &[0x28, 0xb5, 0x2f, 0xfd, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0x10],
        Damage::Greedy => &[0xff, 0xff, 0xff, 0xff, 0x0f],
        // The length of the first record is far more than there is.
        Damage::Tangled => &[0xfe, 0xff, 0xff, 0x7f],
    };
    payload[..with.len()].copy_from_slice(with);
}
