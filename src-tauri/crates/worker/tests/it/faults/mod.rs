//! Searches while something goes wrong: they end "exhausted" with every hit, or say what is missing;
//! what they account for is true, and going on finds the rest.

mod strike;
mod verdict;

use std::time::Duration;

use brokers::{Dice, Extent, Fault, Kafka, KafkaOptions};
use kafka::scan::{ScanEnd, ScanRequest};
use rdkafka::admin::{NewTopic, TopicReplication};
use results::head::Mark;
use tokio_util::sync::CancellationToken;

use crate::support::*;
use strike::Strike;
use verdict::{all_hits, checked, is_of_old};

pub const PARTITIONS: i32 = 6;
/// Records of each partition.
pub const RECORDS: i32 = 4_000;
pub const NODES: u8 = 3;

#[tokio::test(flavor = "multi_thread")]
async fn soak_of_searches_in_which_something_goes_wrong() {
    // Answers of a few batches: otherwise the first one of each partition would hold all of it, and
    // nothing could go wrong any more.
    let extra = vec![("fetch.max.bytes".to_owned(), "65536".to_owned())];
    let options = KafkaOptions { nodes: NODES, proxied: true, extra, ..KafkaOptions::default() };
    let kafka = Kafka::start(options);
    let lasting = filled(&kafka, "first").await;
    let mut dice = brokers::dice("searches with faults");
    let few = if brokers::extent() == Extent::Matrix { 100 } else { 4 };
    let mut kinds = Vec::new();
    for round in brokers::rounds(few, Duration::from_secs(15 * 60)) {
        if kinds.is_empty() {
            kinds = Strike::kinds();
            dice.shuffle(&mut kinds);
        }
        let strike = kinds.pop().expect("there are some")(&mut dice);
        let topic = match strike.changes_the_topic() {
            true => filled(&kafka, "first").await,
            false => lasting.clone(),
        };
        search_under(&kafka, &topic, strike, round, &mut dice).await;
    }
}

/// One search with one fault in its middle, and then to its end.
async fn search_under(kafka: &Kafka, topic: &str, strike: Strike, round: usize, dice: &mut Dice) {
    let newest_first = dice.bool();
    let range = u64::try_from(PARTITIONS * RECORDS).unwrap();
    let at = dice.u64(range / 20..range * 3 / 4);
    let what = format!("round {round}: {strike:?} at {at}, newest first: {newest_first}");
    calm(kafka, dice.u64(5..15));
    let request = ScanRequest { newest_first, ..ScanRequest::all(topic) };
    let mut trial = Trial::new(kafka, request, contains("needle"));
    let mut covered = trial.covered.subscribe();
    let mark = trial.mark.clone();
    let cancel = CancellationToken::new();
    let striking = async {
        covered.wait_for(|covered| *covered >= at).await.expect("the search goes on");
        strike.strike(kafka, topic, &mark).await;
    };
    let (coverage, ()) = tokio::join!(trial.run(u64::MAX, &cancel), striking);
    let found = trial.found(Mark::Hit);
    let ended = checked(&coverage, &found, &what);
    eprintln!("{what}: {ended}");
    if strike == Strike::WorkerKilled {
        assert_eq!(coverage.end, ScanEnd::Exhausted, "{what}");
    }
    let is_gone = matches!(strike, Strike::Deleted | Strike::MadeAnew);
    if is_gone && coverage.end == ScanEnd::Exhausted {
        assert!(is_of_old(&found) && found.len() == all_hits().len(), "{what}");
    }
    strike.heal(kafka, topic).await;
    calm(kafka, 0);
    let coverage = trial.run(u64::MAX, &cancel).await;
    let found = trial.found(Mark::Hit);
    let ended = checked(&coverage, &found, &format!("{what}, again"));
    match strike {
        Strike::Deleted | Strike::MadeAnew => {
            let is_whole = is_of_old(&found) && found.len() == all_hits().len();
            assert!(coverage.end != ScanEnd::Exhausted || is_whole, "{what}, again: {ended}");
        }
        _ => assert_eq!(coverage.end, ScanEnd::Exhausted, "{what}, again: {coverage:#?}"),
    }
}

/// Nothing wrong but a slow network: all of a topic would be fetched before anything can happen.
fn calm(kafka: &Kafka, millis: u64) {
    let fault = match millis {
        0 => Fault::None,
        millis => Fault::Delay(Duration::from_millis(millis)),
    };
    for node in 1..=NODES {
        kafka.proxy(node).set(fault);
    }
}

/// A topic with three copies of its records, which hold what `value` says.
async fn filled(kafka: &Kafka, tag: &str) -> String {
    let name = format!("t-{}", uuid::Uuid::new_v4().simple());
    create(kafka, &new_topic(&name)).await;
    fill_all(kafka, &name, tag, 1_000);
    name
}

fn new_topic(name: &str) -> NewTopic<'_> {
    NewTopic::new(name, PARTITIONS, TopicReplication::Fixed(NODES.into()))
        .set("message.timestamp.type", "LogAppendTime")
}

/// Records that say of which topic and where they are.
fn fill_all(kafka: &Kafka, topic: &str, tag: &str, size: usize) {
    let record = |n: i32| {
        let (partition, offset) = (n % PARTITIONS, n / PARTITIONS);
        format!("{:<size$}", value(tag, partition, offset.into())).into_bytes()
    };
    let mut config = bare(kafka);
    config.set("batch.num.messages", "20");
    fill_with(&config, topic, PARTITIONS, (0..PARTITIONS * RECORDS).map(record));
}

fn value(tag: &str, partition: i32, offset: i64) -> String {
    let kind = match offset {
        offset if is_hit(offset) => "needle",
        offset if offset % 200 == 0 => "slow",
        _ => "other",
    };
    format!("{kind} of the {tag} at {partition}-{offset} ")
}

fn is_hit(offset: i64) -> bool {
    offset % 10 == 3
}
