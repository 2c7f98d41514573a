//! Faults at random moments of a replay, and what must be true after each: nothing is lost, what is
//! there twice was called unsure, and order within a partition is kept.

use std::collections::BTreeMap;
use std::time::Duration;

use brokers::{Dice, Fault, Kafka, KafkaOptions, Proxy, RabbitMq, RabbitOptions};
use message::Record;
use rabbitmq::hold::MessageState;
use replay::mapping::{RoutingKey, Time};
use replay::request::{Partition, Target};
use replay::run::{CopyState, Report, SourceState, run};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::support::*;

const LONG: Duration = Duration::from_secs(15 * 60);

/// What happens to a broker, or to the connection to it.
#[derive(Debug, Clone, Copy)]
enum Blow {
    Cut,
    CutTwice,
    Kill,
    Freeze,
    Delay,
}

/// What happens, and how long after the first copy was confirmed.
fn blow(dice: &mut Dice, longest: Duration) -> (Blow, Duration) {
    let blows = [Blow::Cut, Blow::CutTwice, Blow::Kill, Blow::Freeze, Blow::Delay];
    let blow = blows[dice.usize(..blows.len())];
    (blow, longest.mul_f64(dice.f64()))
}

/// The number that a body begins with.
fn number(body: &[u8]) -> usize {
    std::str::from_utf8(body).unwrap().split_whitespace().next().unwrap().parse().unwrap()
}

fn body(number: usize) -> String {
    format!("{number:<600}")
}

/// How often each number is there.
fn tally(numbers: impl IntoIterator<Item = usize>) -> BTreeMap<usize, usize> {
    let mut tally = BTreeMap::new();
    for number in numbers {
        *tally.entry(number).or_default() += 1;
    }
    tally
}

/// Compares what a report says of each copy with how often it is there.
fn account(report: &Report, number_of: impl Fn(usize) -> usize, there: &BTreeMap<usize, usize>) {
    for result in &report.results {
        let count = there.get(&number_of(result.number as usize)).copied().unwrap_or(0);
        let fits = match &result.copy {
            CopyState::Confirmed { .. } => count == 1,
            CopyState::Unsure { .. } => count <= 1,
            _ => count == 0,
        };
        assert!(fits, "{count} times there: {:?} {:?}", result.number, result.copy);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn soak_records_to_a_kafka_that_fails() {
    let mut dice = brokers::dice("records to a Kafka that fails");
    let options = KafkaOptions { proxied: true, ..KafkaOptions::default() };
    let (sources, kafka) = (brokers::kafka(), Kafka::start(options));
    let (bare_source, bare) = (BareKafka::at(sources), BareKafka::at(&kafka));
    let source = KafkaDesk::at(sources).await;
    let from = bare_source.topic(3, &[]).await;
    let count = 6000;
    let today = now_millis() - count as i64;
    let originals: Vec<Record> = (0..count)
        .map(|n| Record {
            // In one order over all partitions, so that the order of sending is that of numbers. Of
            // today: a broker that restarts knows a repeated batch by its producer only if the
            // batch is younger than `producer.id.expiration.ms` (see `kafka::produce`).
            timestamp: message::record::Timestamp::Created(today + n as i64),
            ..plain_record(&from, n as i32 % 3, &body(n))
        })
        .collect();
    bare_source.put(&originals);
    let places: Vec<(i32, i64)> = (0..count as i64).map(|n| ((n % 3) as i32, n / 3)).collect();
    for round in brokers::rounds(3, LONG) {
        let (blow, after) = blow(&mut dice, Duration::from_millis(500));
        let begun = Notify::new();
        eprintln!("round {round}: {blow:?} after {after:?}");
        let target = KafkaDesk::at(&kafka).await;
        let to = bare.topic(3, &[]).await;
        let topic =
            Target::Topic { topic: to.clone(), partition: Partition::Same, time: Time::Original };
        let asked = copying(&source.party, &target.party, topic);
        let prepared = prepared(asked, source.records(&from, &places), &target.destination()).await;
        let prepared_run = go(prepared, target.destination(), &target.access, None);
        let (report, ()) =
            tokio::join!(to_its_end(prepared_run, &begun), strike(&kafka, blow, after, &begun));
        let copies = bare.all(&to);
        let numbers = |records: &[Record]| -> Vec<usize> {
            records.iter().map(|r| number(r.value.as_ref().unwrap().as_slice())).collect()
        };
        let there = tally(numbers(&copies));
        // The order of the report is that of the times, which is that of the numbers.
        account(&report, |n| n, &there);
        for partition in 0..3 {
            let of: Vec<Record> =
                copies.iter().filter(|copy| copy.partition == partition).cloned().collect();
            assert!(numbers(&of).is_sorted_by(|a, b| a < b), "in order, and none twice");
        }
        eprintln!("round {round}: {:?}, {:?}", report.counts, report.end);
    }
}

async fn strike(kafka: &Kafka, blow: Blow, after: Duration, begun: &Notify) {
    begun.notified().await;
    tokio::time::sleep(after).await;
    let proxy = kafka.proxy(1);
    match blow {
        Blow::Cut => proxy.cut(),
        Blow::CutTwice => {
            proxy.cut();
            tokio::time::sleep(after / 3).await;
            proxy.cut();
        }
        Blow::Kill => kafka.restart(1),
        Blow::Freeze => {
            kafka.freeze(1);
            tokio::time::sleep(after * 4).await;
            kafka.thaw(1);
        }
        Blow::Delay => {
            proxy.set(Fault::Delay(Duration::from_millis(5)));
            tokio::time::sleep(after).await;
            proxy.set(Fault::None);
        }
    }
}

async fn to_its_end(to_run: replay::run::Run, begun: &Notify) -> Report {
    // The first message goes alone, and its progress is told at once.
    let mut tell = |_| begun.notify_one();
    run(to_run, &CancellationToken::new(), &mut tell).await.expect("it runs")
}

#[tokio::test(flavor = "multi_thread")]
async fn soak_messages_moved_while_source_or_target_fails() {
    let mut dice = brokers::dice("messages moved while source or target fails");
    let rabbit = RabbitMq::start(RabbitOptions::default());
    let count = 900;
    for round in brokers::rounds(4, LONG) {
        let (blow, after) = blow(&mut dice, Duration::from_millis(250));
        let at_source = dice.bool();
        // RabbitMQ 3.10 forgets a quorum queue that is a moment old when it is killed: it has no
        // leader ever after.
        let quorum = dice.bool() && !matches!(blow, Blow::Kill);
        let begun = Notify::new();
        eprintln!("round {round}: {blow:?} after {after:?}, source {at_source}, quorum {quorum}");
        let proxy = Proxy::to(rabbit.amqps_port());
        let (from, to) = {
            let bare = BareRabbit::at(&rabbit).await;
            let kind = text(if quorum { "quorum" } else { "classic" });
            let arguments = [("x-queue-type", kind)];
            let (from, to) = (bare.queue(&arguments).await, bare.queue(&arguments).await);
            bare.put_many(&from, (0..count).map(body)).await;
            rabbit.write_declared();
            (from, to)
        };
        let through = RabbitDesk::through(&rabbit, proxy.port()).await;
        let straight = RabbitDesk::at(&rabbit).await;
        let (source, target) =
            if at_source { (&through, &straight) } else { (&straight, &through) };
        let held = source.hold(&from, count as u16).await;
        let routing_key = RoutingKey::Fixed(to.clone());
        let asked = moving(
            &source.party,
            &target.party,
            Target::Exchange { exchange: String::new(), routing_key },
        );
        let prepared = prepared(asked, held.all(), &target.destination()).await;
        let removal = held.removal(&source.access, &prepared);
        let moving = go(prepared, target.destination(), &target.access, Some(removal));
        let striking = async {
            begun.notified().await;
            tokio::time::sleep(after).await;
            match blow {
                Blow::Cut | Blow::CutTwice => proxy.cut(),
                Blow::Kill => rabbit.restart(),
                Blow::Freeze => {
                    rabbit.freeze();
                    tokio::time::sleep(after * 8).await;
                    rabbit.thaw();
                }
                Blow::Delay => proxy.set(Fault::Delay(Duration::from_millis(2))),
            }
        };
        let (report, ()) = tokio::join!(to_its_end(moving, &begun), striking);
        proxy.set(Fault::None);
        // What is still held goes back when its session ends, or went back when it was lost.
        let states: Vec<MessageState> =
            held.handle.rows().into_iter().map(|row| row.state).collect();
        held.handle.return_all().await;
        held.handle.ended().await;
        drop((held, through, straight));
        for queue in [&from, &to] {
            until_served(&rabbit, queue).await;
        }
        let bare = BareRabbit::at(&rabbit).await;
        let confirmed = report.counts.confirmed as usize;
        let arrived = still_there(&bare, &to, confirmed).await;
        let acknowledged = states.iter().filter(|s| **s == MessageState::Acknowledged).count();
        // An acknowledgement that was written and did not arrive leaves its message in the queue.
        let left = still_there(&bare, &from, count - acknowledged).await;
        account(&report, |n| n, &arrived);
        let mut returned = 0;
        for result in &report.results {
            let n = result.number as usize;
            let (there, back) = (arrived.contains_key(&n), left.contains_key(&n));
            assert!(there || back, "{n} is lost: {:?}, {:?}", result.copy, result.source);
            let confirmed = matches!(result.copy, CopyState::Confirmed { .. });
            if result.source == SourceState::Removed {
                assert!(confirmed, "{n} was removed without a confirmed copy");
            }
            if there && back {
                let unacknowledged = matches!(result.copy, CopyState::Unsure { .. })
                    || matches!(
                        result.source,
                        SourceState::NotRemoved { .. } | SourceState::Unsure { .. }
                    );
                // AMQP does not confirm acknowledgements: one may be lost with its connection.
                let risky = at_risk(blow, at_source);
                let lost = result.source == SourceState::Removed && risky;
                assert!(
                    unacknowledged || lost,
                    "{n} is there twice: {:?}, {:?}",
                    result.copy,
                    result.source
                );
                returned += usize::from(lost);
            }
        }
        assert!(left.values().all(|count| *count == 1), "an original was multiplied");
        eprintln!("round {round}: {:?}, {returned} back, {:?}", report.counts, report.end);
    }
}

/// True where an acknowledgement that was written may not have reached the broker.
fn at_risk(blow: Blow, at_source: bool) -> bool {
    match blow {
        Blow::Cut | Blow::CutTwice => at_source,
        Blow::Kill => true,
        Blow::Freeze | Blow::Delay => false,
    }
}

/// Waits until a queue is there again.
async fn until_served(rabbit: &RabbitMq, queue: &str) {
    let serving = async {
        while !BareRabbit::at(rabbit).await.serves(queue).await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, serving).await;
    waited.unwrap_or_else(|_| panic!("{queue} never came back"));
}

/// What is in a queue once at least so many are.
async fn still_there(bare: &BareRabbit, queue: &str, at_least: usize) -> BTreeMap<usize, usize> {
    let waiting = async {
        while (bare.ready(queue).await as usize) < at_least {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let waited = tokio::time::timeout(PATIENCE, waiting).await;
    assert!(waited.is_ok(), "fewer than {at_least} came back");
    tally(bare.drain(queue).await.iter().map(|message| number(&message.data)))
}
