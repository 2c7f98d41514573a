//! From either broker to either, and what arrives.

use lapin::BasicProperties;
use lapin::types::AMQPValue;
use message::record::Timestamp;
use message::{Octets, Record};
use replay::mapping::{ChangeKind, Refusal, RoutingKey, Time};
use replay::preview::{CheckKind, CheckState, Warning};
use replay::request::{Partition, Target};
use replay::run::{CopyState, End};

use crate::support::*;

/// More digits than a JavaScript number keeps.
const BIG: &str = r#"{"id":9007199254740993,"id":18446744073709551615,"amount":1.10,"n":1e400}"#;

fn to_topic(topic: &str, partition: Partition, time: Time) -> Target {
    Target::Topic { topic: topic.into(), partition, time }
}

fn to_exchange(exchange: &str, key: &str) -> Target {
    Target::Exchange { exchange: exchange.into(), routing_key: RoutingKey::Fixed(key.into()) }
}

/// A copy without what this console adds.
fn bare(mut record: Record) -> Record {
    record.headers.retain(|header| !header.name.as_slice().starts_with(b"kronos-replay-"));
    record
}

#[tokio::test(flavor = "multi_thread")]
async fn records_arrive_in_another_topic_byte_for_byte_in_the_same_partitions_and_order() {
    let kafka = brokers::kafka();
    let (bare_kafka, desk) = (BareKafka::at(kafka), KafkaDesk::at(kafka).await);
    let from = bare_kafka.topic(3, &[]).await;
    let to = bare_kafka.topic(3, &[]).await;
    let mut odd = plain_record(&from, 2, BIG);
    odd.headers = vec![
        header("trace", Some(b"1")),
        header("binary", Some(b"\x00\xff\xfe")),
        header("trace", Some(b"2")),
        header("nothing", None),
        header("empty", Some(b"")),
        header("", Some(b"no name")),
    ];
    let tombstone = Record { value: None, ..plain_record(&from, 2, "") };
    let null_text = Record { value: Some("null".into()), ..plain_record(&from, 2, "") };
    let no_key = Record { key: None, ..plain_record(&from, 0, "no key") };
    let binary = Record {
        key: Some(vec![0xFF, 0, 1].into()),
        value: Some((0..=255).collect::<Vec<u8>>().into()),
        ..plain_record(&from, 1, "")
    };
    let empty = Record {
        key: Some(Octets::default()),
        value: Some(Octets::default()),
        ..plain_record(&from, 1, "")
    };
    bare_kafka.put(&[odd, tombstone, null_text, no_key, binary, empty]);

    let places = [(2, 2), (2, 0), (0, 0), (1, 1), (1, 0), (2, 1)];
    let asked = copying(&desk.party, &desk.party, to_topic(&to, Partition::Same, Time::Original));
    let prepared = prepared(asked, desk.records(&from, &places), &desk.destination()).await;
    let preview = prepared.preview();
    assert_eq!((preview.selected, preview.sendable), (6, 6));
    assert_eq!((preview.changes.len(), preview.warnings.len()), (0, 0), "nothing is lost");
    assert!(preview.checks.iter().all(|check| check.state == CheckState::Passed));

    let report = finish(go(prepared, desk.destination(), &desk.access, None)).await;
    assert_eq!((report.end, report.counts.confirmed), (End::Finished, 6));
    let originals = bare_kafka.all(&from);
    let copies = bare_kafka.all(&to);
    let copied: Vec<Record> =
        copies.iter().cloned().map(|copy| Record { topic: from.clone(), ..bare(copy) }).collect();
    assert_eq!(copied, originals);
    for result in &report.results {
        let CopyState::Confirmed { partition: Some(partition), offset: Some(offset), .. } =
            result.copy
        else {
            panic!("{:?}", result.copy)
        };
        let there = copies.iter().find(|c| (c.partition, c.offset) == (partition, offset));
        let id = format!("{}:{}", report.job, result.number);
        let added =
            there.unwrap().headers.iter().find(|h| h.name.as_slice() == b"kronos-replay-copy");
        assert_eq!(added.unwrap().value, Some(id.as_str().into()), "each copy knows what it is");
    }
    assert!(matches!(
        desk.activity.outcome("replay"),
        connections::access::Outcome::Done { count: Some(6), .. }
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn records_arrive_in_a_queue_and_what_amqp_cannot_carry_is_told_before() {
    let kafka = brokers::kafka();
    let rabbit = brokers::rabbitmq();
    let (bare_kafka, bare_rabbit) = (BareKafka::at(kafka), BareRabbit::at(rabbit).await);
    let (source, target) = (KafkaDesk::at(kafka).await, RabbitDesk::at(rabbit).await);
    let topic = bare_kafka.topic(1, &[]).await;
    let queue = bare_rabbit.queue(&[]).await;
    let exchange = bare_rabbit.exchange(&[(&queue, "payment.*")]).await;
    let mut odd = plain_record(&topic, 0, BIG);
    odd.headers = vec![
        header("trace", Some(b"1")),
        header("binary", Some(b"\x00\xff")),
        header("trace", Some("é".as_bytes())),
        header("nothing", None),
        header("CC", Some(b"everyone")),
    ];
    let tombstone = Record { value: None, ..plain_record(&topic, 0, "") };
    let binary = Record {
        key: Some(vec![0xFF].into()),
        value: Some(vec![0, 0xFF].into()),
        timestamp: Timestamp::Created(5000),
        ..plain_record(&topic, 0, "")
    };
    let no_key =
        Record { key: None, value: Some(Octets::default()), ..plain_record(&topic, 0, "") };
    bare_kafka.put(&[odd, tombstone, binary, no_key]);

    let places = [(0, 0), (0, 1), (0, 2), (0, 3), (0, 99)];
    let asked = copying(&source.party, &target.party, to_exchange(&exchange, "payment.retry"));
    let prepared = prepared(asked, source.records(&topic, &places), &target.destination()).await;
    let preview = prepared.preview();
    assert_eq!((preview.selected, preview.sendable), (5, 3));
    let refused: Vec<_> = preview.refusals.iter().map(|t| (t.refusal, t.messages)).collect();
    assert_eq!(refused, [(Refusal::Tombstone, 1), (Refusal::SourceGone, 1)]);
    let told = |kind| preview.changes.iter().any(|change| change.kind == kind);
    for kind in [
        ChangeKind::DuplicateHeaders,
        ChangeKind::HeaderOrder,
        ChangeKind::HeaderReserved,
        ChangeKind::KeyAsHeader,
        ChangeKind::TimestampWholeSeconds,
    ] {
        assert!(told(kind), "{kind:?} is told");
    }
    assert_eq!(preview.routes[0].queues.as_slice(), std::slice::from_ref(&queue));
    assert_eq!(preview.routes[0].unknown, None);

    let report = finish(go(prepared, target.destination(), &target.access, None)).await;
    assert_eq!((report.end, report.counts.confirmed), (End::Finished, 3));
    let arrived = bare_rabbit.drain(&queue).await;
    assert_eq!(arrived.len(), 3);
    // By their times, but not against their offsets.
    assert_eq!(arrived[0].data, BIG.as_bytes());
    assert_eq!(arrived[1].data, [0, 0xFF]);
    assert_eq!(arrived[2].data, b"");
    let first = headers(&arrived[0]);
    let value = |name: &str| first.inner().get(name).cloned();
    let AMQPValue::FieldArray(traces) = value("trace").unwrap() else { panic!("not a list") };
    assert_eq!(traces.as_slice(), [text("1"), text("é")]);
    assert_eq!(value("binary"), Some(AMQPValue::ByteArray(vec![0, 0xFF].into())));
    assert_eq!(value("nothing"), Some(AMQPValue::Void));
    assert_eq!(value("kafka.key"), Some(text("key")));
    assert_eq!(value("CC"), None);
    assert_eq!(value("kronos-replay-original-time"), Some(text("1732197802123")));
    assert_eq!(value("kronos-replay-count"), Some(text("1")));
    assert_eq!(*arrived[0].properties.timestamp(), Some(1_732_197_802));
    assert_eq!(*arrived[0].properties.delivery_mode(), Some(2));
    assert_eq!(arrived[0].routing_key.as_str(), "payment.retry");
    let key = |i: usize| headers(&arrived[i]).inner().get("kafka.key").cloned();
    assert_eq!(key(1), Some(AMQPValue::ByteArray(vec![0xFF].into())));
    assert_eq!(key(2), Some(AMQPValue::Void), "no key is not an empty key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_can_be_the_routing_key_and_keys_that_lead_nowhere_are_left_out() {
    let kafka = brokers::kafka();
    let rabbit = brokers::rabbitmq();
    let (bare_kafka, bare_rabbit) = (BareKafka::at(kafka), BareRabbit::at(rabbit).await);
    let (source, target) = (KafkaDesk::at(kafka).await, RabbitDesk::at(rabbit).await);
    let topic = bare_kafka.topic(1, &[]).await;
    let (eu, us) = (bare_rabbit.queue(&[]).await, bare_rabbit.queue(&[]).await);
    let exchange = bare_rabbit.exchange(&[(&eu, "eu.#"), (&us, "us.#"), (&us, "eu.all")]).await;
    let keyed = |key: &str| Record { key: Some(key.into()), ..plain_record(&topic, 0, key) };
    bare_kafka.put(&["eu.1", "us.1", "eu.all", "asia.1", "eu.2"].map(keyed));

    let to = Target::Exchange { exchange, routing_key: RoutingKey::Original };
    let places: Vec<_> = (0..5).map(|offset| (0, offset)).collect();
    let asked = copying(&source.party, &target.party, to);
    let prepared = prepared(asked, source.records(&topic, &places), &target.destination()).await;
    let preview = prepared.preview();
    assert_eq!(preview.refusals[0].refusal, Refusal::Unroutable);
    let warned = preview.warnings.iter().any(|warning| {
        matches!(warning, Warning::SeveralQueues { routing_key, .. } if routing_key == "eu.all")
    });
    assert!(warned, "one message goes to two queues: {:?}", preview.warnings);
    let report = finish(go(prepared, target.destination(), &target.access, None)).await;
    assert_eq!((report.counts.confirmed, report.counts.left_out), (4, 1));
    let bodies = async |queue: &str| -> Vec<Vec<u8>> {
        bare_rabbit.drain(queue).await.into_iter().map(|message| message.data).collect()
    };
    assert_eq!(bodies(&eu).await, [b"eu.1".to_vec(), b"eu.all".to_vec(), b"eu.2".to_vec()]);
    assert_eq!(bodies(&us).await, [b"us.1".to_vec(), b"eu.all".to_vec()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn held_messages_arrive_in_a_topic_with_their_properties_as_headers() {
    let kafka = brokers::kafka();
    let rabbit = brokers::rabbitmq();
    let (bare_kafka, bare_rabbit) = (BareKafka::at(kafka), BareRabbit::at(rabbit).await);
    let (source, target) = (RabbitDesk::at(rabbit).await, KafkaDesk::at(kafka).await);
    let queue = bare_rabbit.queue(&[]).await;
    let topic = bare_kafka.topic(4, &[]).await;
    let properties = BasicProperties::default()
        .with_content_type("application/json".into())
        .with_message_id("m-1".into())
        .with_timestamp(1_732_197_802)
        .with_headers(table(&[
            ("binary", AMQPValue::ByteArray(vec![0xFF, 0].into())),
            ("count", AMQPValue::LongLongInt(9_007_199_254_740_993)),
            ("nothing", AMQPValue::Void),
            ("text", text("é")),
        ]));
    bare_rabbit.put(&queue, BIG.as_bytes(), properties).await;
    bare_rabbit.put(&queue, b"", BasicProperties::default()).await;

    let held = source.hold(&queue, 2).await;
    let to = to_topic(&topic, Partition::Fixed(3), Time::Original);
    let asked = copying(&source.party, &target.party, to);
    let prepared = prepared(asked, held.all(), &target.destination()).await;
    let told: Vec<_> = prepared.preview().changes.iter().map(|change| change.kind).collect();
    assert!(told.contains(&ChangeKind::HeaderType), "a number becomes text: {told:?}");
    assert!(told.contains(&ChangeKind::TimestampAbsent));
    let report = finish(go(prepared, target.destination(), &target.access, None)).await;
    assert_eq!((report.end, report.counts.confirmed), (End::Finished, 2));

    let copies: Vec<Record> = bare_kafka.all(&topic).into_iter().map(bare).collect();
    assert_eq!(copies.len(), 2);
    assert!(copies.iter().all(|copy| copy.partition == 3));
    assert_eq!(copies[0].value, Some(BIG.into()));
    assert_eq!(copies[0].key, Some(queue.as_str().into()), "the routing key");
    assert_eq!(copies[0].timestamp, Timestamp::Created(1_732_197_802_000));
    assert_eq!(
        copies[0].headers,
        [
            header("binary", Some(&[0xFF, 0])),
            header("count", Some(b"9007199254740993")),
            header("nothing", None),
            header("text", Some("é".as_bytes())),
            header("amqp.exchange", Some(b"")),
            header("amqp.content-type", Some(b"application/json")),
            header("amqp.message-id", Some(b"m-1")),
        ]
    );
    assert_eq!(copies[1].value, Some(Octets::default()), "an empty body is no tombstone");
    held.handle.return_all().await;
    bare_rabbit.until_ready(&queue, 2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_replayed_replay_has_one_set_of_provenance_and_is_warned_of() {
    let kafka = brokers::kafka();
    let (bare_kafka, desk) = (BareKafka::at(kafka), KafkaDesk::at(kafka).await);
    let topic = bare_kafka.topic(1, &[]).await;
    bare_kafka.put(&[plain_record(&topic, 0, "round and round")]);
    for round in 1..=2_u32 {
        let to = to_topic(&topic, Partition::ByKey, Time::Now);
        let asked = copying(&desk.party, &desk.party, to);
        let source = desk.records(&topic, &[(0, i64::from(round) - 1)]);
        let prepared = prepared(asked, source, &desk.destination()).await;
        let warnings = &prepared.preview().warnings;
        assert!(warnings.contains(&Warning::IntoItself { topic: topic.clone() }));
        let again = Warning::ReplayedBefore { messages: 1, most: 1 };
        assert_eq!(warnings.contains(&again), round == 2, "{warnings:?}");
        let report = finish(go(prepared, desk.destination(), &desk.access, None)).await;
        let copy = bare_kafka.all(&topic).pop().unwrap();
        assert_eq!(copy.headers.len(), 4, "one set");
        let value = |name: &str| {
            let found = copy.headers.iter().find(|h| h.name.as_slice() == name.as_bytes());
            String::from_utf8(found.unwrap().value.clone().unwrap().0).unwrap()
        };
        assert_eq!(value("kronos-replay-count"), round.to_string());
        assert_eq!(value("kronos-replay-copy"), format!("{}:0", report.job));
        assert_eq!(value("kronos-replay-original-time"), "1732197802123", "of the first original");
        assert!(!value("kronos-replay-source").contains(&topic), "ids, not names");
        assert!(copy.timestamp.millis() > Some(1_732_197_802_123), "sent with the present time");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_records_arrive_once_each_and_in_order() {
    const COUNT: i64 = 3000;
    let kafka = brokers::kafka();
    let rabbit = brokers::rabbitmq();
    let (bare_kafka, bare_rabbit) = (BareKafka::at(kafka), BareRabbit::at(rabbit).await);
    let (source, target) = (KafkaDesk::at(kafka).await, RabbitDesk::at(rabbit).await);
    let topic = bare_kafka.topic(1, &[]).await;
    let queue = bare_rabbit.queue(&[]).await;
    let records: Vec<Record> =
        (0..COUNT).map(|n| plain_record(&topic, 0, &format!("event {n}"))).collect();
    bare_kafka.put(&records);
    let places: Vec<_> = (0..COUNT).rev().map(|offset| (0, offset)).collect();
    let asked = copying(&source.party, &target.party, to_exchange("", &queue));
    let prepared = prepared(asked, source.records(&topic, &places), &target.destination()).await;
    let routed = prepared.preview().checks.iter().find(|check| check.kind == CheckKind::Routed);
    assert_eq!(routed.unwrap().state, CheckState::Passed, "the queue of that name is there");
    let report = finish(go(prepared, target.destination(), &target.access, None)).await;
    assert_eq!(report.counts.confirmed, COUNT as u64);
    let arrived = bare_rabbit.drain(&queue).await;
    let bodies: Vec<String> =
        arrived.into_iter().map(|m| String::from_utf8(m.data).unwrap()).collect();
    let expected: Vec<String> = (0..COUNT).map(|n| format!("event {n}")).collect();
    assert!(bodies == expected, "{} arrived", bodies.len());
}
