//! Every source to every target, with everything that a message can be made of. What must arrive is
//! said here once more, from the table in `replay::mapping` and without its code, and compared with
//! what bare clients read. For RabbitMQ the expected message is also published by a bare client to
//! a queue of the same kind, and both have to be read the same: what the broker itself changes (a
//! stream keeps its own types) is not ours.

mod arrived;
mod contents;
mod expected;

use std::collections::BTreeMap;

use lapin::BasicProperties;
use lapin::message::Delivery;
use lapin::types::{AMQPValue, DecimalValue, FieldArray, FieldTable};
use message::record::{Header, Timestamp};
use message::{Octets, Record};
use replay::item::Origin;
use replay::mapping::{Refusal, RoutingKey, Time};
use replay::preview::Source;
use replay::request::{Partition, Party, Target};
use replay::run::{CopyState, End, Report};

use crate::support::*;
use arrived::*;
use contents::*;
use expected::*;

/// How many contents of each pair are tried when the matrix is sampled.
const SOME: usize = 60;

/// A queue of a kind, and the argument that makes it one.
fn kind(kind: &'static str) -> [(&'static str, AMQPValue); 1] {
    [("x-queue-type", text(kind))]
}

/// Where copies in RabbitMQ go: a queue of a kind, straight or with their original keys.
async fn rabbit_targets(bare: &BareRabbit) -> Vec<(&'static str, String, Target)> {
    let mut targets = Vec::new();
    for queue_kind in ["classic", "quorum", "stream"] {
        let queue = bare.queue(&kind(queue_kind)).await;
        let routing_key = RoutingKey::Fixed(queue.clone());
        let to = Target::Exchange { exchange: String::new(), routing_key };
        targets.push((queue_kind, queue, to));
        let queue = bare.queue(&kind(queue_kind)).await;
        let exchange = bare.exchange(&[(&queue, "#")]).await;
        let to = Target::Exchange { exchange, routing_key: RoutingKey::Original };
        targets.push((queue_kind, queue, to));
    }
    targets
}

async fn topic_targets(bare: &BareKafka, from_kafka: bool) -> Vec<(String, Target)> {
    let mut targets = Vec::new();
    for partition in [Partition::Same, Partition::ByKey, Partition::Fixed(2)] {
        if partition == Partition::Same && !from_kafka {
            continue;
        }
        for time in [Time::Original, Time::Now] {
            let topic = bare.topic(3, &ANY_TIME).await;
            targets.push((topic.clone(), Target::Topic { topic, partition, time }));
        }
    }
    targets
}

const ANY_TIME: [(&str, &str); 1] = [("message.timestamp.after.max.ms", "9000000000000000")];

async fn replayed(
    parties: (&Party, &Party),
    to: Target,
    source: Source,
    destination: replay::preview::Destination,
    access: &connections::access::Access,
) -> Report {
    let asked = copying(parties.0, parties.1, to.clone());
    let prepared = prepared(asked, source, &destination).await;
    let report = finish(go(prepared, destination, access, None)).await;
    assert_eq!(report.end, End::Finished, "{to:?}");
    report
}

#[tokio::test(flavor = "multi_thread")]
async fn records_to_every_target() {
    let (kafka, rabbit) = (brokers::kafka(), brokers::rabbitmq());
    let (bare_kafka, bare) = (BareKafka::at(kafka), BareRabbit::at(rabbit).await);
    let (source, target) = (KafkaDesk::at(kafka).await, RabbitDesk::at(rabbit).await);
    let from = bare_kafka.topic(3, &ANY_TIME).await;
    bare_kafka.put(&brokers::sample("records", records(&from, 3), SOME));
    let originals: BTreeMap<(i32, i64), Record> = bare_kafka
        .all(&from)
        .into_iter()
        .map(|record| ((record.partition, record.offset), record))
        .collect();
    let places: Vec<(i32, i64)> = originals.keys().copied().collect();
    let mut cases = 0;
    for (topic, to) in topic_targets(&bare_kafka, true).await {
        let before = now_millis();
        let report = replayed(
            (&source.party, &source.party),
            to.clone(),
            source.records(&from, &places),
            source.destination(),
            &source.access,
        )
        .await;
        assert_eq!(report.counts.confirmed as usize, originals.len());
        let copies = records_by_number(bare_kafka.all(&topic), &report);
        let Target::Topic { partition, time, .. } = to else { unreachable!() };
        let mut last = BTreeMap::new();
        for result in &report.results {
            let (copy, original) =
                (&copies[&(result.number as usize)], &originals[&offset_of(&result.origin)]);
            assert_eq!(copy.key, original.key, "{original:?}");
            assert_eq!(copy.value, original.value, "{original:?}");
            assert_eq!(copy.headers, original.headers, "{original:?}");
            match time {
                Time::Original => assert_eq!(copy.timestamp, original.timestamp),
                Time::Now => assert!(copy.timestamp.millis().unwrap() >= before),
            }
            match partition {
                Partition::Same => assert_eq!(copy.partition, original.partition),
                Partition::Fixed(fixed) => assert_eq!(copy.partition, fixed),
                Partition::ByKey => {}
            }
            let CopyState::Confirmed { partition: Some(p), offset: Some(o), .. } = result.copy
            else {
                panic!("{:?}", result.copy)
            };
            assert_eq!((p, o), (copy.partition, copy.offset), "the place that the report names");
            // By number, so in the order of sending: within a partition also that of the offsets.
            let before = last.insert(copy.partition, copy.offset);
            assert!(before.is_none_or(|before| before < copy.offset), "in order");
            cases += 1;
        }
    }
    for (queue_kind, queue, to) in rabbit_targets(&bare).await {
        let report = replayed(
            (&source.party, &target.party),
            to.clone(),
            source.records(&from, &places),
            target.destination(),
            &target.access,
        )
        .await;
        let Target::Exchange { routing_key, .. } = to else { unreachable!() };
        let control = bare.queue(&kind(queue_kind)).await;
        let mut expected = BTreeMap::new();
        for result in &report.results {
            let original = &originals[&offset_of(&result.origin)];
            match of_record(original, &routing_key) {
                Err(why) => {
                    assert_eq!(result.copy, CopyState::LeftOut { refusal: why }, "{original:?}");
                }
                Ok((key, properties)) => {
                    assert!(matches!(result.copy, CopyState::Confirmed { .. }), "{original:?}");
                    let body = original.value.as_ref().unwrap().as_slice();
                    bare.put(&control, body, properties).await;
                    expected.insert(result.number as usize, key);
                }
            }
            cases += 1;
        }
        let copies = bare.take(queue_kind, &queue, expected.len()).await;
        let controls = bare.take(queue_kind, &control, expected.len()).await;
        let copies = messages_by_number(copies, &report);
        for (((n, copy), control), (m, key)) in copies.iter().zip(&controls).zip(&expected) {
            assert_eq!(n, m, "in order, and none is missing");
            assert!(copy.data == control.data, "the body of {n} to {queue_kind}");
            assert_eq!(plain(&copy.properties), plain(&control.properties), "{n} to {queue_kind}");
            assert_eq!(copy.routing_key.as_str(), key);
        }
        assert_eq!(copies.len(), expected.len());
    }
    eprintln!("records: {cases} cases");
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_to_every_target() {
    let (kafka, rabbit) = (brokers::kafka(), brokers::rabbitmq());
    let (bare_kafka, bare) = (BareKafka::at(kafka), BareRabbit::at(rabbit).await);
    let (target, desk) = (KafkaDesk::at(kafka).await, RabbitDesk::at(rabbit).await);
    let originals = brokers::sample("messages", messages(), SOME);
    let not_for_streams = not_for_streams(rabbit).await;
    eprintln!("messages: this broker's streams do not take {not_for_streams:?}");
    let mut cases = 0;
    for source_kind in ["classic", "quorum"] {
        let from = bare.queue(&kind(source_kind)).await;
        for original in &originals {
            bare.put(&from, &original.body, original.properties.clone()).await;
        }
        let held = desk.hold(&from, originals.len() as u16).await;
        let original = |origin: &Origin| &originals[offset_of(origin).1 as usize - 1];
        for (topic, to) in topic_targets(&bare_kafka, false).await {
            let before = now_millis();
            let report = replayed(
                (&desk.party, &target.party),
                to.clone(),
                held.all(),
                target.destination(),
                &target.access,
            )
            .await;
            assert_eq!(report.counts.confirmed as usize, originals.len());
            let copies = records_by_number(bare_kafka.all(&topic), &report);
            let Target::Topic { time, .. } = to else { unreachable!() };
            for result in &report.results {
                let (copy, original) =
                    (&copies[&(result.number as usize)], original(&result.origin));
                assert_eq!(copy.key, Some(from.as_str().into()), "the routing key");
                assert_eq!(copy.value, bytes(&original.body));
                assert_eq!(copy.headers, headers_of(original), "{original:?}");
                match (time, original.properties.timestamp()) {
                    (Time::Original, Some(seconds)) => {
                        let millis = *seconds as i64 * 1000;
                        assert_eq!(copy.timestamp, Timestamp::Created(millis));
                    }
                    _ => assert!(copy.timestamp.millis().unwrap() >= before),
                }
                cases += 1;
            }
        }
        for (queue_kind, queue, to) in rabbit_targets(&bare).await {
            let taken =
                |n: &usize| queue_kind != "stream" || !originals[*n].is_of(&not_for_streams);
            let some: Vec<u64> = (0..originals.len()).filter(taken).map(|n| n as u64 + 1).collect();
            let count = some.len();
            let report = replayed(
                (&desk.party, &desk.party),
                to.clone(),
                held.some(some),
                desk.destination(),
                &desk.access,
            )
            .await;
            assert_eq!(report.counts.confirmed as usize, count);
            let control = bare.queue(&kind(queue_kind)).await;
            for result in &report.results {
                let original = original(&result.origin);
                let properties = original.properties.clone().with_delivery_mode(2);
                bare.put(&control, &original.body, properties).await;
            }
            let copies = bare.take(queue_kind, &queue, count).await;
            let controls = bare.take(queue_kind, &control, count).await;
            let copies = messages_by_number(copies, &report);
            for (number, (copy, control)) in copies.values().zip(&controls).enumerate() {
                assert!(copy.data == control.data, "the body of {number}");
                assert_eq!(
                    plain(&copy.properties),
                    plain(&control.properties),
                    "{number} from {source_kind} to {queue_kind}"
                );
                cases += 1;
            }
            assert_eq!(copies.len(), count);
        }
        held.handle.return_all().await;
    }
    eprintln!("messages: {cases} cases");
}

/// Header values at which the broker itself breaks off when they are published to a stream, as
/// 3.10 does at some: no client can get them there.
async fn not_for_streams(rabbit: &brokers::RabbitMq) -> Vec<AMQPValue> {
    let mut refused = Vec::new();
    for (value, _) in typed() {
        let bare = BareRabbit::at(rabbit).await;
        let queue = bare.queue(&kind("stream")).await;
        let properties =
            BasicProperties::default().with_headers(table(&[("typed", value.clone())]));
        if !bare.takes(&queue, b"", properties).await {
            refused.push(value);
        }
    }
    refused
}

/// Properties without what a stream says of the place, and an empty table like none.
fn plain(properties: &BasicProperties) -> BasicProperties {
    let mut table = FieldTable::default();
    for (name, value) in properties.headers().iter().flat_map(|table| table.inner()) {
        if name.as_str() != "x-stream-offset" {
            table.insert(name.clone(), value.clone());
        }
    }
    properties.clone().with_headers(table)
}
