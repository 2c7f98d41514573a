//! Targets that go away: originals stay, and what is not known is called so.

use brokers::{Fault, Kafka, KafkaOptions, Proxy, RabbitMq, RabbitOptions};
use connections::Code;
use connections::access::Outcome;
use lapin::BasicProperties;
use rabbitmq::hold::MessageState;
use replay::mapping::{RoutingKey, Time};
use replay::request::{Partition, Target};
use replay::run::{CopyState, End, SourceState};

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_rabbitmq_that_goes_away_leaves_the_originals_held() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let (from, to) = (bare.queue(&[]).await, bare.queue(&[]).await);
    for n in 0..5 {
        bare.put(&from, format!("{n}").as_bytes(), BasicProperties::default()).await;
    }
    let held = desk.hold(&from, 5).await;
    let proxy = Proxy::to(rabbit.amqps_port());
    let target = RabbitDesk::through(rabbit, proxy.port()).await;
    let routing_key = RoutingKey::Fixed(to.clone());
    let to_queue = Target::Exchange { exchange: String::new(), routing_key };
    let asked = moving(&desk.party, &target.party, to_queue);
    let prepared = prepared(asked, held.all(), &target.destination()).await;
    let removal = held.removal(&desk.access, &prepared);
    let run = go(prepared, target.destination(), &target.access, Some(removal));
    proxy.set(Fault::Refuse);
    let report = finish(run).await;
    assert!(matches!(report.end, End::TargetLost { .. }), "{:?}", report.end);
    assert_eq!((report.counts.confirmed, report.counts.removed), (0, 0));
    assert_eq!((report.counts.sent, report.counts.not_sent), (0, 5), "nobody was there");
    let CopyState::NotSent { failure: Some(failure) } = &report.results[0].copy else {
        panic!("{:?}", report.results[0])
    };
    assert_eq!(failure.code, Code::Unreachable, "one was enough to know: {failure}");
    let states: Vec<_> = held.handle.rows().into_iter().map(|row| row.state).collect();
    assert_eq!(states, [MessageState::Held; 5]);
    held.handle.return_all().await;
    bare.until_ready(&from, 5).await;
    assert_eq!(bare.ready(&to).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kafka_that_dies_leaves_the_originals_held() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let kafka = Kafka::start(KafkaOptions::default());
    let (bare_kafka, target) = (BareKafka::at(&kafka), KafkaDesk::at(&kafka).await);
    let topic = bare_kafka.topic(1, &[]).await;
    let from = bare.queue(&[]).await;
    for n in 0..3 {
        bare.put(&from, format!("{n}").as_bytes(), BasicProperties::default()).await;
    }
    let held = desk.hold(&from, 3).await;
    let to = Target::Topic { topic: topic.clone(), partition: Partition::ByKey, time: Time::Now };
    let asked = moving(&desk.party, &target.party, to);
    let prepared = prepared(asked, held.all(), &target.destination()).await;
    let removal = held.removal(&desk.access, &prepared);
    let run = go(prepared, target.destination(), &target.access, Some(removal));
    kafka.kill(1);
    let report = finish(run).await;
    assert!(matches!(report.end, End::TargetLost { .. }), "{:?}", report.end);
    assert_eq!((report.counts.confirmed, report.counts.removed), (0, 0));
    assert!(!matches!(report.results[0].copy, CopyState::Confirmed { .. }));
    assert!(!matches!(target.activity.outcome("replay"), Outcome::Done { .. }));
    assert!(matches!(desk.activity.outcome("acknowledge"), Outcome::Failed { .. }));
    held.handle.return_all().await;
    bare.until_ready(&from, 3).await;
    kafka.restart(1);
    assert_eq!(bare_kafka.all(&topic), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn originals_whose_session_is_lost_after_the_confirmation_are_not_known_to_be_removed() {
    let rabbit = brokers::rabbitmq();
    let bare = BareRabbit::at(rabbit).await;
    let (from, to) = (bare.queue(&[]).await, bare.queue(&[]).await);
    for n in 0..3 {
        bare.put(&from, format!("{n}").as_bytes(), BasicProperties::default()).await;
    }
    let proxy = Proxy::to(rabbit.amqps_port());
    let source = RabbitDesk::through(rabbit, proxy.port()).await;
    let target = RabbitDesk::at(rabbit).await;
    let held = source.hold(&from, 3).await;
    let routing_key = RoutingKey::Fixed(to.clone());
    let to_queue = Target::Exchange { exchange: String::new(), routing_key };
    let asked = moving(&source.party, &target.party, to_queue);
    let prepared = prepared(asked, held.all(), &target.destination()).await;
    let removal = held.removal(&source.access, &prepared);
    // Acknowledgements go nowhere from here on, and nobody knows that yet.
    proxy.set(Fault::BlackHole);
    let run = go(prepared, target.destination(), &target.access, Some(removal));
    let report = finish(run).await;
    let counts = report.counts;
    assert_eq!((counts.removed, counts.not_removed), (0, 0));
    assert_eq!(counts.removal_unsure, counts.confirmed);
    assert!(counts.confirmed >= 1);
    for result in &report.results {
        let confirmed = matches!(result.copy, CopyState::Confirmed { .. });
        assert_eq!(matches!(result.source, SourceState::Unsure { .. }), confirmed, "{result:?}");
    }
    let arrived = bare.drain(&to).await.len() as u64;
    assert_eq!(arrived, counts.confirmed);
    assert_eq!(counts.confirmed + counts.not_sent, 3, "what is not held any more is not sent");
    let Outcome::Unknown { detail } = source.activity.outcome("acknowledge") else {
        panic!("{:?}", source.activity.all())
    };
    let number = format!("{} have a copy, and may have been removed or not", counts.confirmed);
    assert!(detail.to_string().contains(&number), "{detail}");
    proxy.set(Fault::Refuse);
    bare.until_ready(&from, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_a_blocked_broker_confirms_too_late_is_unsure_and_its_original_stays_held() {
    let (rabbit, blocked) = (brokers::rabbitmq(), RabbitMq::start(RabbitOptions::default()));
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let (bare_target, target) = (BareRabbit::at(&blocked).await, RabbitDesk::at(&blocked).await);
    let (from, to) = (bare.queue(&[]).await, bare_target.queue(&[]).await);
    for n in 0..3 {
        bare.put(&from, format!("{n}").as_bytes(), BasicProperties::default()).await;
    }
    let held = desk.hold(&from, 3).await;
    let routing_key = RoutingKey::Fixed(to.clone());
    let to_queue = Target::Exchange { exchange: String::new(), routing_key };
    let asked = moving(&desk.party, &target.party, to_queue);
    let prepared = prepared(asked, held.all(), &target.destination()).await;
    let removal = held.removal(&desk.access, &prepared);
    let run = go(prepared, target.destination(), &target.access, Some(removal));
    // An alarm of memory: the broker reads nothing more from connections that publish.
    blocked.ctl(&["set_vm_memory_high_watermark", "0.00001"]).unwrap();
    let report = finish(run).await;
    assert!(matches!(report.end, End::TargetLost { .. }), "{:?}", report.end);
    let counts = report.counts;
    assert_eq!((counts.unsure, counts.not_sent, counts.removed), (1, 2, 0));
    assert!(matches!(target.activity.outcome("replay"), Outcome::Unknown { .. }));
    let states: Vec<_> = held.handle.rows().into_iter().map(|row| row.state).collect();
    assert_eq!(states, [MessageState::Held; 3]);

    // It did arrive, later, and says which copy it is.
    blocked.ctl(&["set_vm_memory_high_watermark", "0.9"]).unwrap();
    bare_target.until_ready(&to, 1).await;
    let late = bare_target.drain(&to).await;
    let copy = headers(&late[0]).inner().get("kronos-replay-copy").cloned();
    assert_eq!(copy, Some(text(&format!("{}:0", report.job))));
    held.handle.return_all().await;
    bare.until_ready(&from, 3).await;
}
