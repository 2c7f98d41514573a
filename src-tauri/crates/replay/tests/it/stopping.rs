//! Runs that do not begin, or end before their end.

use std::time::Duration;

use connections::Code;
use connections::access::Outcome;
use lapin::BasicProperties;
use rabbitmq::hold::MessageState;
use replay::mapping::{RoutingKey, Time};
use replay::preview::prepare;
use replay::request::{Partition, Target};
use replay::run::{End, run};
use tokio_util::sync::CancellationToken;

use crate::support::*;

async fn five_held(bare: &BareRabbit, desk: &RabbitDesk) -> (String, String, Held) {
    let (from, to) = (bare.queue(&[]).await, bare.queue(&[]).await);
    for n in 0..5 {
        bare.put(&from, format!("{n}").as_bytes(), BasicProperties::default()).await;
    }
    let held = desk.hold(&from, 5).await;
    (from, to, held)
}

fn to_queue(queue: &str) -> Target {
    Target::Exchange { exchange: String::new(), routing_key: RoutingKey::Fixed(queue.to_owned()) }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_count_that_is_not_the_previews_sends_nothing() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let (from, to, held) = five_held(&bare, &desk).await;
    let asked = moving(&desk.party, &desk.party, to_queue(&to));
    let prepared = prepared(asked, held.all(), &desk.destination()).await;
    let removal = held.removal(&desk.access, &prepared);
    let mut refused = go(prepared, desk.destination(), &desk.access, Some(removal));
    refused.confirmed = 4;
    let failure = run(refused, &CancellationToken::new(), &mut |_| {}).await.unwrap_err();
    assert_eq!(failure.code, Code::Invalid);
    assert!(matches!(desk.activity.outcome("replay"), Outcome::Failed { .. }));
    assert!(matches!(desk.activity.outcome("acknowledge"), Outcome::Failed { .. }));
    held.handle.return_all().await;
    bare.until_ready(&from, 5).await;
    assert_eq!(bare.ready(&to).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_between_preview_and_run_sends_nothing() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let (from, to, held) = five_held(&bare, &desk).await;
    let asked = copying(&desk.party, &desk.party, to_queue(&to));
    let prepared = prepared(asked, held.all(), &desk.destination()).await;
    desk.access.unlock("ticket 1", Duration::from_secs(60)).unwrap();
    let locked = go(prepared, desk.destination(), &desk.access, None);
    desk.access.lock();
    let failure = run(locked, &CancellationToken::new(), &mut |_| {}).await.unwrap_err();
    assert_eq!(failure.code, Code::GrantEnded);
    held.handle.return_all().await;
    bare.until_ready(&from, 5).await;
    assert_eq!(bare.ready(&to).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_finishes_what_is_on_its_way_and_leaves_the_rest_held() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let (from, to, held) = five_held(&bare, &desk).await;
    let asked = moving(&desk.party, &desk.party, to_queue(&to));
    let prepared = prepared(asked, held.all(), &desk.destination()).await;
    let removal = held.removal(&desk.access, &prepared);
    let stopped = go(prepared, desk.destination(), &desk.access, Some(removal));
    let cancel = CancellationToken::new();
    // The first message goes alone, and its progress is told at once.
    let report = run(stopped, &cancel, &mut |_| cancel.cancel()).await.unwrap();
    let counts = report.counts;
    assert_eq!(report.end, End::Stopped);
    assert_eq!((counts.confirmed, counts.removed, counts.not_sent), (1, 1, 4));
    let Outcome::Partial { done: 1, failed: 4, detail } = desk.activity.outcome("replay") else {
        panic!("{:?}", desk.activity.all())
    };
    assert!(detail.to_string().contains("stopped by the user"), "{detail}");
    held.handle.return_all().await;
    bare.until_ready(&from, 4).await;
    assert_eq!(bare.drain(&to).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_during_the_run_ends_it_with_an_account() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let (from, to, held) = five_held(&bare, &desk).await;
    // Another connection than the one that holds: its lock must not release the messages.
    let target = RabbitDesk::at(rabbit).await;
    let asked = moving(&desk.party, &target.party, to_queue(&to));
    let prepared = prepared(asked, held.all(), &target.destination()).await;
    let removal = held.removal(&desk.access, &prepared);
    target.access.unlock("ticket 2", Duration::from_secs(60)).unwrap();
    let locked = go(prepared, target.destination(), &target.access, Some(removal));
    let (cancel, mut lock) = (CancellationToken::new(), |_| target.access.lock());
    let report = run(locked, &cancel, &mut lock).await.unwrap();
    assert!(matches!(report.end, End::GrantEnded { .. }), "{:?}", report.end);
    let counts = report.counts;
    assert_eq!((counts.confirmed, counts.removed, counts.not_sent), (1, 1, 4));
    let states: Vec<_> = held.handle.rows().into_iter().map(|row| row.state).collect();
    assert_eq!(states[0], MessageState::Acknowledged);
    assert_eq!(states[1..], [MessageState::Held; 4]);
    held.handle.return_all().await;
    bare.until_ready(&from, 4).await;
    assert_eq!(bare.drain(&to).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_that_is_not_there_is_found_by_the_preview() {
    let kafka = brokers::kafka();
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let target = KafkaDesk::at(kafka).await;
    let (_, _, held) = five_held(&bare, &desk).await;
    let topic = "no-such-topic".to_owned();
    let to = Target::Topic { topic, partition: Partition::ByKey, time: Time::Now };
    let asked = copying(&desk.party, &target.party, to);
    let failure = prepare(asked, held.all(), &target.destination()).await.unwrap_err();
    assert_eq!(failure.code, Code::NotFound);
    assert!(failure.message.contains("no-such-topic"), "{failure}");
    let listed = kafka.tool("org.apache.kafka.tools.TopicCommand", &["--list"]).unwrap();
    assert!(!listed.contains("no-such-topic"), "looking for a topic must not create it");

    let routing_key = RoutingKey::Fixed("k".into());
    let to = Target::Exchange { exchange: "no-such-exchange".into(), routing_key };
    let asked = copying(&desk.party, &desk.party, to);
    let failure = prepare(asked, held.all(), &desk.destination()).await.unwrap_err();
    assert_eq!(failure.code, Code::NotFound);

    let asked = copying(&desk.party, &desk.party, to_queue("no-such-queue"));
    let nowhere = prepare(asked, held.all(), &desk.destination()).await.unwrap();
    assert_eq!(nowhere.preview().sendable, 0);
    let nothing = go(nowhere, desk.destination(), &desk.access, None);
    let failure = run(nothing, &CancellationToken::new(), &mut |_| {}).await.unwrap_err();
    assert_eq!(failure.code, Code::Invalid);
    held.handle.return_all().await;
}
