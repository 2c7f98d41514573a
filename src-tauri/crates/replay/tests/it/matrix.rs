//! Every source to every target, with everything that a message can be made of. What must arrive is
//! said here once more, from the table in `replay::mapping` and without its code, and compared with
//! what bare clients read. For RabbitMQ the expected message is also published by a bare client to
//! a queue of the same kind, and both have to be read the same: what the broker itself changes (a
//! stream keeps its own types) is not ours.

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

/// How many contents of each pair are tried when the matrix is sampled.
const SOME: usize = 60;

// ---- what messages are made of ----

fn bytes(bytes: &[u8]) -> Option<Octets> {
    Some(Octets::from(bytes))
}

fn all_bytes() -> Vec<u8> {
    (0..=255).collect()
}

const BIG: &[u8] =
    br#"{"id":9007199254740993,"max":18446744073709551615,"min":-9223372036854775808,"x":1e400}"#;

/// Records that have everything in every combination.
fn records(topic: &str, partitions: i32) -> Vec<Record> {
    let keys = [
        None,
        bytes(b""),
        bytes(b"null"),
        bytes("cl\u{e9}.\u{1F511}".as_bytes()),
        bytes(&[0xFF, 0, 0xC3, 0x28]),
        bytes(&[b'k'; 255]),
        bytes(&[b'k'; 256]),
    ];
    let large: Vec<u8> = (0..100_000).map(|n| (n * 31) as u8).collect();
    let values = [None, bytes(b""), bytes(b"null"), bytes(&all_bytes()), bytes(BIG), bytes(&large)];
    let headers = [
        Vec::new(),
        vec![
            header("trace", Some(b"1")),
            header("b", Some(b"\x00\xff\xfe")),
            header("trace", Some(b"2")),
            header("trace", None),
            header("trace", Some(b"")),
        ],
        vec![
            header("null", None),
            header("text null", Some(b"null")),
            header("empty", Some(b"")),
            header("", Some(b"no name")),
            header("number", Some(b"9007199254740993")),
            header("\u{e9}\u{202e}", Some("\u{e9}".as_bytes())),
        ],
        vec![
            header("amqp.content-type", Some(b"application/json")),
            header("amqp.priority", Some(b"7")),
            header("amqp.expiration", Some(b"60000")),
            header("CC", Some(b"everyone")),
            header("x-death", Some(b"never")),
        ],
    ];
    let times = [1, 1_732_197_802_123, 1_732_197_802_000, 32_503_680_000_999];
    let mut all = Vec::new();
    for key in &keys {
        for value in &values {
            for headers in &headers {
                for millis in times {
                    all.push(Record {
                        topic: topic.to_owned(),
                        partition: all.len() as i32 % partitions,
                        offset: -1,
                        timestamp: Timestamp::Created(millis),
                        key: key.clone(),
                        value: value.clone(),
                        headers: headers.clone(),
                    });
                }
            }
        }
    }
    all
}

/// A header value of each AMQP type, and what a Kafka header is made of it.
fn typed() -> Vec<(AMQPValue, Option<Vec<u8>>)> {
    let text = |text: &str| Some(text.as_bytes().to_vec());
    let nested = table(&[
        ("list", AMQPValue::FieldArray(FieldArray::from(vec![AMQPValue::Void, self::text("x")]))),
        ("n", AMQPValue::LongLongInt(i64::MAX)),
    ]);
    vec![
        (AMQPValue::Boolean(true), text("true")),
        (AMQPValue::Boolean(false), text("false")),
        (AMQPValue::ShortShortInt(-128), text("-128")),
        (AMQPValue::ShortShortUInt(255), text("255")),
        (AMQPValue::ShortInt(-32_768), text("-32768")),
        (AMQPValue::ShortUInt(65_535), text("65535")),
        (AMQPValue::LongInt(i32::MIN), text("-2147483648")),
        (AMQPValue::LongUInt(u32::MAX), text("4294967295")),
        (AMQPValue::LongLongInt(i64::MAX), text("9223372036854775807")),
        (AMQPValue::LongLongInt(i64::MIN), text("-9223372036854775808")),
        (AMQPValue::LongLongInt(9_007_199_254_740_993), text("9007199254740993")),
        (AMQPValue::Float(0.5), text("0.5")),
        (AMQPValue::Double(-1.25e300), text("-1.25e300")),
        (AMQPValue::DecimalValue(DecimalValue { scale: 2, value: 110 }), text("1.10")),
        (self::text("text \u{e9}"), text("text \u{e9}")),
        (self::text(""), text("")),
        (AMQPValue::LongString(vec![0xFF, 0, 0xFE].into()), Some(vec![0xFF, 0, 0xFE])),
        (AMQPValue::ByteArray(vec![0, 1, 0xFF].into()), Some(vec![0, 1, 0xFF])),
        (AMQPValue::Timestamp(1_732_197_802), text("1732197802")),
        (AMQPValue::FieldTable(nested), text(r#"{"list":[null,"x"],"n":9223372036854775807}"#)),
        (
            AMQPValue::FieldArray(FieldArray::from(vec![
                AMQPValue::Boolean(true),
                AMQPValue::Void,
            ])),
            text("[true,null]"),
        ),
        (AMQPValue::Void, None),
    ]
}

/// A message of RabbitMQ, and the Kafka header that its typed one becomes.
#[derive(Debug, Clone)]
struct Original {
    body: Vec<u8>,
    properties: BasicProperties,
    header: Option<Vec<u8>>,
}

fn messages() -> Vec<Original> {
    let full = |properties: BasicProperties| {
        properties
            .with_content_type("application/json".into())
            .with_content_encoding("identity".into())
            .with_priority(9)
            .with_correlation_id("corr\u{e9}lation".into())
            .with_reply_to("replies".into())
            .with_expiration("3600000".into())
            .with_message_id("48812".into())
            .with_timestamp(1_732_197_802)
            .with_type("order".into())
            .with_app_id("shop".into())
            .with_delivery_mode(2)
    };
    let mut all = Vec::new();
    for (value, header) in typed() {
        for body in [b"".to_vec(), b"null".to_vec(), all_bytes(), BIG.to_vec()] {
            for is_full in [false, true] {
                let headers = table(&[("typed", value.clone()), ("other", text("one"))]);
                let properties = BasicProperties::default().with_headers(headers);
                let properties = if is_full { full(properties) } else { properties };
                all.push(Original { body: body.clone(), properties, header: header.clone() });
            }
        }
    }
    all
}

// ---- what must arrive ----

fn is_ours(name: &[u8]) -> bool {
    name.starts_with(b"kronos-replay-")
}

fn amqp_value(bytes: Option<&Octets>) -> AMQPValue {
    match bytes {
        None => AMQPValue::Void,
        Some(bytes) if std::str::from_utf8(bytes.as_slice()).is_ok() => {
            AMQPValue::LongString(bytes.as_slice().to_vec().into())
        }
        Some(bytes) => AMQPValue::ByteArray(bytes.as_slice().to_vec().into()),
    }
}

/// The message that a record becomes, or why it becomes none.
fn of_record(record: &Record, key: &RoutingKey) -> Result<(String, BasicProperties), Refusal> {
    if record.value.is_none() {
        return Err(Refusal::Tombstone);
    }
    let mut lists: BTreeMap<String, Vec<AMQPValue>> = BTreeMap::new();
    let mut properties = BasicProperties::default().with_delivery_mode(2);
    for Header { name, value } in &record.headers {
        let name = std::str::from_utf8(name.as_slice()).unwrap();
        match name {
            "CC" | "x-death" => {}
            "amqp.content-type" => {
                properties = properties.with_content_type("application/json".into());
            }
            "amqp.priority" => properties = properties.with_priority(7),
            name => lists.entry(name.to_owned()).or_default().push(amqp_value(value.as_ref())),
        }
    }
    let key = match key {
        RoutingKey::Fixed(key) => {
            lists.insert("kafka.key".into(), vec![amqp_value(record.key.as_ref())]);
            key.clone()
        }
        RoutingKey::Original => {
            let key = record.key.as_ref().ok_or(Refusal::KeyAbsent)?;
            if key.len() > 255 {
                return Err(Refusal::KeyTooLong);
            }
            String::from_utf8(key.as_slice().to_vec()).map_err(|_| Refusal::KeyNotText)?
        }
    };
    let mut table = FieldTable::default();
    for (name, mut values) in lists {
        let value = match values.len() {
            1 => values.remove(0),
            _ => AMQPValue::FieldArray(FieldArray::from(values)),
        };
        table.insert(name.as_str().into(), value);
    }
    let Timestamp::Created(millis) = record.timestamp else { panic!("written with a time") };
    let properties = properties.with_timestamp(millis as u64 / 1000).with_headers(table);
    Ok((key, properties))
}

/// The headers that a message's copy in Kafka has.
fn headers_of(original: &Original) -> Vec<Header> {
    let mut all = vec![header("other", Some(b"one"))];
    all.push(Header { name: "typed".into(), value: original.header.clone().map(Octets::from) });
    all.push(header("amqp.exchange", Some(b"")));
    let p = &original.properties;
    let text = |value: &Option<lapin::types::ShortString>| value.as_ref().map(ToString::to_string);
    for (name, value) in [
        ("content-type", text(p.content_type())),
        ("content-encoding", text(p.content_encoding())),
        ("delivery-mode", p.delivery_mode().map(|mode| mode.to_string())),
        ("priority", p.priority().map(|priority| priority.to_string())),
        ("correlation-id", text(p.correlation_id())),
        ("reply-to", text(p.reply_to())),
        ("expiration", text(p.expiration())),
        ("message-id", text(p.message_id())),
        ("type", text(p.kind())),
        ("app-id", text(p.app_id())),
    ] {
        if let Some(value) = value {
            all.push(header(&format!("amqp.{name}"), Some(value.as_bytes())));
        }
    }
    all
}

// ---- what arrived ----

/// The number in its job that a copy claims.
fn number(copy: &[u8], job: uuid::Uuid) -> usize {
    let text = std::str::from_utf8(copy).unwrap();
    let (claimed, number) = text.split_once(':').unwrap();
    assert_eq!(claimed, job.to_string(), "a copy of this run");
    number.parse().unwrap()
}

/// Copies in a topic by their number, without what the console adds.
fn records_by_number(all: Vec<Record>, report: &Report) -> BTreeMap<usize, Record> {
    let mut found = BTreeMap::new();
    for mut record in all {
        let copy = record.headers.iter().find(|h| h.name.as_slice() == b"kronos-replay-copy");
        let number = number(copy.unwrap().value.as_ref().unwrap().as_slice(), report.job);
        record.headers.retain(|header| !is_ours(header.name.as_slice()));
        assert!(found.insert(number, record).is_none(), "copy {number} is there twice");
    }
    found
}

/// Copies in a queue by their number, without what the console adds.
fn messages_by_number(all: Vec<Delivery>, report: &Report) -> BTreeMap<usize, Delivery> {
    let mut found = BTreeMap::new();
    for mut message in all {
        let mut table = FieldTable::default();
        let mut claimed = None;
        for (name, value) in headers(&message).inner() {
            if name.as_str() == "kronos-replay-copy" {
                let AMQPValue::LongString(copy) = value else { panic!("{value:?}") };
                claimed = Some(number(copy.as_bytes(), report.job));
            }
            if !is_ours(name.as_str().as_bytes()) {
                table.insert(name.clone(), value.clone());
            }
        }
        message.properties = message.properties.clone().with_headers(table);
        assert!(found.insert(claimed.unwrap(), message).is_none(), "a copy is there twice");
    }
    found
}

fn offset_of(origin: &Origin) -> (i32, i64) {
    match origin {
        Origin::Record { partition, offset, .. } => (*partition, *offset),
        Origin::Held { message, .. } => (0, *message as i64),
    }
}

// ---- the pairs ----

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

impl Original {
    fn is_of(&self, values: &[AMQPValue]) -> bool {
        let headers = self.properties.headers().as_ref();
        let typed = headers.and_then(|table| table.inner().get("typed"));
        typed.is_some_and(|typed| values.contains(typed))
    }
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
