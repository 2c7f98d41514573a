//! Originals are removed after their copies were confirmed, and only those.

use connections::Code;
use connections::access::{Fact, Fate, Outcome};
use lapin::BasicProperties;
use lapin::types::AMQPValue;
use message::story;
use rabbitmq::hold::MessageState;
use replay::mapping::{ChangeKind, RoutingKey, Time};
use replay::preview::{Destination, Warning};
use replay::request::{OnFailure, Partition, Target};
use replay::run::{CopyState, End, SourceState};

use crate::support::*;

fn to_queue(queue: &str) -> Target {
    Target::Exchange { exchange: String::new(), routing_key: RoutingKey::Fixed(queue.to_owned()) }
}

fn states(held: &Held) -> Vec<MessageState> {
    held.handle.rows().into_iter().map(|row| row.state).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_message_is_sent_back_to_the_queue_it_died_in() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let dead = bare.queue(&[]).await;
    let work = bare
        .queue(&[("x-dead-letter-exchange", text("")), ("x-dead-letter-routing-key", text(&dead))])
        .await;
    let body = r#"{"task":"Nouvelle tâche","id":9007199254740993}"#;
    let properties = BasicProperties::default()
        .with_delivery_mode(1)
        .with_priority(3)
        .with_headers(table(&[("x-attempt", AMQPValue::ShortShortUInt(2))]));
    bare.put(&work, body.as_bytes(), properties).await;
    bare.reject(&work).await;
    bare.until_ready(&dead, 1).await;

    let held = desk.hold(&dead, 1).await;
    let message = held.handle.message(1).unwrap();
    let died = story::died(&message).expect("the broker says so");
    assert_eq!((died.queue.as_deref(), died.reason.as_deref()), (Some(&*work), Some("rejected")));
    let asked = moving(&desk.party, &desk.party, to_queue(&died.queue.unwrap()));
    let prepared = prepared(asked, held.all(), &desk.destination()).await;
    let told: Vec<_> = prepared.preview().changes.iter().map(|change| change.kind).collect();
    assert_eq!(told, [ChangeKind::MadePersistent, ChangeKind::DeathsRemoved]);
    let removal = held.removal(&desk.access, &prepared);
    let report = finish(go(prepared, desk.destination(), &desk.access, Some(removal))).await;
    assert_eq!((report.counts.confirmed, report.counts.removed), (1, 1));
    assert_eq!(report.results[0].source, SourceState::Removed);
    assert_eq!(states(&held), [MessageState::Acknowledged]);

    assert_eq!(bare.ready(&dead).await, 0);
    let back = bare.drain(&work).await;
    assert_eq!(back.len(), 1);
    assert_eq!(back[0].data, body.as_bytes());
    assert_eq!(*back[0].properties.priority(), Some(3));
    assert_eq!(*back[0].properties.delivery_mode(), Some(2));
    let names: Vec<String> = headers(&back[0]).inner().keys().map(ToString::to_string).collect();
    let ours = ["kronos-replay-copy", "kronos-replay-count", "kronos-replay-source"];
    assert_eq!(names, [&ours[..], &["x-attempt"]].concat(), "no record of its death");
    assert!(matches!(desk.activity.outcome("replay"), Outcome::Done { count: Some(1), .. }));
    assert!(matches!(desk.activity.outcome("acknowledge"), Outcome::Done { count: Some(1), .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn held_messages_move_to_a_topic() {
    let kafka = brokers::kafka();
    let rabbit = brokers::rabbitmq();
    let (bare_kafka, bare) = (BareKafka::at(kafka), BareRabbit::at(rabbit).await);
    let (source, target) = (RabbitDesk::at(rabbit).await, KafkaDesk::at(kafka).await);
    let queue = bare.queue(&[("x-queue-type", text("quorum"))]).await;
    let topic = bare_kafka.topic(1, &[]).await;
    for n in 0..20 {
        bare.put(&queue, format!("task {n}").as_bytes(), BasicProperties::default()).await;
    }
    let held = source.hold(&queue, 20).await;
    let to = Target::Topic { topic: topic.clone(), partition: Partition::ByKey, time: Time::Now };
    let asked = moving(&source.party, &target.party, to);
    let prepared = prepared(asked, held.all(), &target.destination()).await;
    let removal = held.removal(&source.access, &prepared);
    let report = finish(go(prepared, target.destination(), &target.access, Some(removal))).await;
    assert_eq!((report.counts.confirmed, report.counts.removed), (20, 20));
    let values: Vec<String> = bare_kafka
        .all(&topic)
        .into_iter()
        .map(|record| String::from_utf8(record.value.unwrap().0).unwrap())
        .collect();
    let expected: Vec<String> = (0..20).map(|n| format!("task {n}")).collect();
    assert_eq!(values, expected);
    held.handle.ended().await;
    assert_eq!(bare.ready(&queue).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_target_does_not_accept_stays_held() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let from = bare.queue(&[]).await;
    let full = [("x-max-length", AMQPValue::LongInt(2)), ("x-overflow", text("reject-publish"))];
    let to = bare.queue(&full).await;
    for n in 0..5 {
        bare.put(&from, format!("{n}").as_bytes(), BasicProperties::default()).await;
    }
    let held = desk.hold(&from, 5).await;
    let asked = moving(&desk.party, &desk.party, to_queue(&to));
    let prepared = prepared(asked, held.all(), &desk.destination()).await;
    let removal = held.removal(&desk.access, &prepared);
    let report = finish(go(prepared, desk.destination(), &desk.access, Some(removal))).await;

    let accepted = bare.drain(&to).await;
    assert!(!accepted.is_empty() && accepted.len() < 5, "{} were accepted", accepted.len());
    let counts = report.counts;
    assert_eq!(report.end, End::Finished);
    assert_eq!(counts.confirmed, accepted.len() as u64, "the queue has what was confirmed");
    // A nack is about one queue: whether another one of the route has the message is not told.
    assert_eq!(counts.confirmed + counts.unsure, 5);
    assert_eq!(counts.removed, counts.confirmed, "and only those are removed");
    for (result, state) in report.results.iter().zip(states(&held)) {
        match &result.copy {
            CopyState::Confirmed { .. } => {
                assert_eq!(
                    (&result.source, state),
                    (&SourceState::Removed, MessageState::Acknowledged)
                );
            }
            CopyState::Unsure { failure } => {
                assert_eq!(failure.code, Code::PartlyRefused, "{failure}");
                assert_eq!((&result.source, state), (&SourceState::Untouched, MessageState::Held));
            }
            other => panic!("{other:?}"),
        }
    }
    held.handle.return_all().await;
    bare.until_ready(&from, 5 - accepted.len() as u32).await;
    let Outcome::Unknown { detail } = desk.activity.outcome("replay") else {
        panic!("{:?}", desk.activity.all())
    };
    for (count, fate) in
        [(counts.confirmed, Fate::Confirmed), (counts.unsure, Fate::PerhapsArrived)]
    {
        assert!(detail.0.contains(&Fact::Messages { count, fate }), "{detail:?}");
    }
    let Outcome::Partial { done, failed, .. } = desk.activity.outcome("acknowledge") else {
        panic!("{:?}", desk.activity.all())
    };
    assert_eq!((done, failed), (counts.confirmed, counts.unsure), "of the originals all is known");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_failure_stops_a_run_that_is_to_stop_then() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let from = bare.queue(&[]).await;
    let full = [("x-max-length", AMQPValue::LongInt(0)), ("x-overflow", text("reject-publish"))];
    let to = bare.queue(&full).await;
    for _ in 0..5 {
        bare.put(&from, b"x", BasicProperties::default()).await;
    }
    let held = desk.hold(&from, 5).await;
    let asked = copying(&desk.party, &desk.party, to_queue(&to));
    let prepared = prepared(asked, held.all(), &desk.destination()).await;
    let mut run = go(prepared, desk.destination(), &desk.access, None);
    run.on_failure = OnFailure::Stop;
    let report = finish(run).await;
    let End::MessageFailed { failure } = &report.end else { panic!("{:?}", report.end) };
    assert_eq!(failure.code, Code::PartlyRefused, "{failure}");
    assert_eq!((report.counts.unsure, report.counts.not_sent), (1, 4), "one was enough to know");
    assert_eq!(states(&held), [MessageState::Held; 5]);
    assert_eq!(bare.ready(&to).await, 0);
    // The one that was refused may be elsewhere, so nobody can say that nothing happened.
    assert!(matches!(desk.activity.outcome("replay"), Outcome::Unknown { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unroutable_message_stays_held() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let (from, to) = (bare.queue(&[]).await, bare.queue(&[]).await);
    let exchange = bare.exchange(&[(&to, "k")]).await;
    for n in 0..3 {
        bare.put(&from, format!("{n}").as_bytes(), BasicProperties::default()).await;
    }
    let held = desk.hold(&from, 3).await;
    let routing_key = RoutingKey::Fixed("k".into());
    let asked = moving(
        &desk.party,
        &desk.party,
        Target::Exchange { exchange: exchange.clone(), routing_key },
    );
    let prepared = prepared(asked.clone(), held.all(), &desk.destination()).await;
    assert_eq!(prepared.preview().sendable, 3);
    // After the preview somebody removes the binding.
    bare.unbind(&to, &exchange, "k").await;
    let removal = held.removal(&desk.access, &prepared);
    let report = finish(go(prepared, desk.destination(), &desk.access, Some(removal))).await;
    assert_eq!(report.end, End::Finished);
    assert_eq!((report.counts.unroutable, report.counts.removed), (3, 0));
    assert_eq!(states(&held), [MessageState::Held; 3]);

    let again = replay::preview::prepare(asked, held.all(), &desk.destination()).await.unwrap();
    assert_eq!(again.preview().sendable, 0, "now the preview knows");
    held.handle.return_all().await;
    bare.until_ready(&from, 3).await;
    assert_eq!(bare.ready(&to).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_was_settled_after_the_preview_is_not_sent() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let (from, to) = (bare.queue(&[]).await, bare.queue(&[]).await);
    for n in 0..3 {
        bare.put(&from, format!("{n}").as_bytes(), BasicProperties::default()).await;
    }
    let held = desk.hold(&from, 3).await;
    let asked = moving(&desk.party, &desk.party, to_queue(&to));
    let prepared = prepared(asked, held.all(), &desk.destination()).await;
    held.handle.settle_return(&[2]).await;
    let removal = held.removal(&desk.access, &prepared);
    let report = finish(go(prepared, desk.destination(), &desk.access, Some(removal))).await;
    let counts = report.counts;
    assert_eq!((counts.confirmed, counts.removed, counts.not_sent), (2, 2, 1));
    let CopyState::NotSent { failure: Some(failure) } = &report.results[1].copy else {
        panic!("{:?}", report.results[1])
    };
    assert_eq!(failure.code, connections::Code::Changed);
    let bodies = |all: Vec<lapin::message::Delivery>| -> Vec<Vec<u8>> {
        all.into_iter().map(|message| message.data).collect()
    };
    assert_eq!(bodies(bare.drain(&to).await), [b"0", b"2"]);
    bare.until_ready(&from, 1).await;
    assert_eq!(bodies(bare.drain(&from).await), [b"1"], "neither lost nor doubled");
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_that_go_back_into_their_own_queue_are_warned_of() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.put(&queue, b"x", BasicProperties::default()).await;
    let held = desk.hold(&queue, 1).await;
    let asked = copying(&desk.party, &desk.party, to_queue(&queue));
    let destination: Destination = desk.destination();
    let prepared = prepared(asked, held.all(), &destination).await;
    let back = Warning::BackIntoQueue { queue: queue.clone(), messages: 1 };
    assert_eq!(prepared.preview().warnings, [back]);
    held.handle.return_all().await;
}
