use std::fmt::Write;

use expect_test::{Expect, expect};
use message::record::Timestamp;
use message::{AmqpValue, Delivery, Record};
use uuid::Uuid;

use super::*;

mod lossless;

fn record(headers: Vec<(&[u8], Option<&[u8]>)>) -> Record {
    let headers = headers
        .into_iter()
        .map(|(name, value)| Header { name: name.into(), value: value.map(Octets::from) })
        .collect();
    Record {
        topic: "orders".into(),
        partition: 3,
        offset: 42,
        timestamp: Timestamp::Created(1_732_197_802_123),
        key: Some("order-7".into()),
        value: Some("{\"id\":9007199254740993}".into()),
        headers,
    }
}

fn delivery(headers: Vec<(&str, AmqpValue)>) -> Delivery {
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Delivery {
        queue: "task_queue.dlq".into(),
        exchange: "dlx".into(),
        routing_key: "task.create".into(),
        redelivered: true,
        properties: Properties {
            headers: Some(headers),
            delivery_mode: Some(2),
            timestamp: Some(1_732_197_802),
            ..Properties::default()
        },
        body: "{\"id\":9007199254740993}".into(),
    }
}

fn held(delivery: Delivery) -> Item {
    Item::Held { session: Uuid::nil(), message: 1, delivery: delivery.into() }
}

fn no_provenance() -> Provenance {
    Provenance { copy: None, source: None, original_millis: None, count: None }
}

fn kafka_copy(item: &Item) -> Mapped<NewRecord> {
    to_kafka(item, Time::Original, &no_provenance()).unwrap()
}

fn amqp_copy(item: &Item, routing_key: &RoutingKey) -> Mapped<NewMessage> {
    to_amqp(item, routing_key, Some("support"), &no_provenance()).unwrap()
}

fn fixed() -> RoutingKey {
    RoutingKey::Fixed("task.create".into())
}

fn text(text: &str) -> AmqpValue {
    AmqpValue::Text(text.into())
}

/// Bytes as a Rust literal would write them.
fn shown(bytes: &Option<Octets>) -> String {
    bytes.as_ref().map_or("null".into(), |bytes| format!("\"{}\"", bytes.as_slice().escape_ascii()))
}

fn changes(out: &mut String, changes: &[Change]) {
    for change in changes {
        let header = change.header.as_deref().unwrap_or_default();
        writeln!(out, "! {:?} {:?} {header}", change.kind.effect(), change.kind).unwrap();
    }
}

fn check_kafka(mapped: &Mapped<NewRecord>, expected: Expect) {
    let copy = &mapped.copy;
    let mut out = String::new();
    writeln!(out, "key {} value {}", shown(&copy.key), shown(&copy.value)).unwrap();
    writeln!(out, "time {:?}", copy.millis).unwrap();
    for header in &copy.headers {
        let name = header.name.as_slice().escape_ascii();
        writeln!(out, "{name} = {}", shown(&header.value)).unwrap();
    }
    changes(&mut out, &mapped.changes);
    expected.assert_eq(&out);
}

fn value(value: &AmqpValue) -> String {
    match value {
        AmqpValue::Text(bytes) => format!("text {}", shown(&Some(bytes.clone()))),
        AmqpValue::Binary(bytes) => format!("binary {}", shown(&Some(bytes.clone()))),
        AmqpValue::Array(values) => {
            format!("[{}]", values.iter().map(self::value).collect::<Vec<_>>().join(", "))
        }
        other => format!("{other:?}"),
    }
}

fn check_amqp(mapped: &Mapped<NewMessage>, expected: Expect) {
    let NewMessage { routing_key, properties, body } = &mapped.copy;
    let mut out = String::new();
    writeln!(out, "routing key {routing_key:?} body {}", shown(&Some(body.clone()))).unwrap();
    let bare = Properties { headers: None, ..properties.clone() };
    let set = format!("{bare:?}");
    let set: Vec<&str> = set
        .trim_start_matches("Properties { ")
        .trim_end_matches(" }")
        .split(", ")
        .filter(|property| !property.ends_with("None"))
        .collect();
    writeln!(out, "{}", set.join(" ")).unwrap();
    for (name, header) in properties.headers.iter().flatten() {
        writeln!(out, "{name} = {}", value(header)).unwrap();
    }
    changes(&mut out, &mapped.changes);
    expected.assert_eq(&out);
}

#[test]
fn a_record_stays_the_same_in_kafka() {
    let original = record(vec![
        (b"trace", Some(b"1")),
        (b"trace", Some(b"2")),
        (b"binary", Some(b"\x00\xff")),
        (b"\xff", Some(b"")),
        (b"nothing", None),
    ]);
    let mapped = kafka_copy(&Item::Record(original.clone()));
    assert_eq!(mapped.copy.key, original.key);
    assert_eq!(mapped.copy.value, original.value);
    assert_eq!(mapped.copy.headers, original.headers);
    assert_eq!(mapped.copy.millis, Some(1_732_197_802_123));
    assert_eq!(mapped.changes, []);
}

#[test]
fn a_tombstone_and_a_null_key_stay_null_in_kafka() {
    let mut original = record(vec![]);
    (original.key, original.value) = (None, None);
    let copy = kafka_copy(&Item::Record(original)).copy;
    assert_eq!((copy.key, copy.value), (None, None));
}

#[test]
fn a_time_that_kafka_cannot_be_given_is_stated() {
    for (timestamp, millis, kinds) in [
        (Timestamp::Created(0), None, vec![ChangeKind::TimestampNotWritable]),
        (Timestamp::Created(-5), None, vec![ChangeKind::TimestampNotWritable]),
        (Timestamp::Absent, None, vec![ChangeKind::TimestampAbsent]),
        (Timestamp::Appended(7), Some(7), vec![ChangeKind::TimestampOfBroker]),
        (Timestamp::Created(i64::MAX), Some(i64::MAX), vec![]),
    ] {
        let item = Item::Record(Record { timestamp, ..record(vec![]) });
        let mapped = kafka_copy(&item);
        assert_eq!(mapped.copy.millis, millis, "{timestamp:?}");
        let found: Vec<ChangeKind> = mapped.changes.iter().map(|change| change.kind).collect();
        assert_eq!(found, kinds, "{timestamp:?}");
        let now = to_kafka(&item, Time::Now, &no_provenance()).unwrap();
        assert_eq!((now.copy.millis, now.changes.len()), (None, 0), "now was asked for");
    }
    for (seconds, millis) in [(Some(5), Some(5000)), (Some(0), None), (Some(u64::MAX), None)] {
        let mut delivery = delivery(vec![]);
        delivery.properties.timestamp = seconds;
        let mapped = kafka_copy(&held(delivery));
        assert_eq!(mapped.copy.millis, millis);
        let stated =
            mapped.changes.iter().any(|change| change.kind == ChangeKind::TimestampNotWritable);
        assert_eq!(stated, millis.is_none(), "{seconds:?}");
    }
}

#[test]
fn a_record_becomes_a_message() {
    let mapped = amqp_copy(
        &Item::Record(record(vec![
            (b"trace", Some(b"1")),
            (b"nothing", None),
            (b"trace", Some(b"\xff")),
            (b"empty", Some(b"")),
            (b"binary", Some(b"\x00\xff")),
            (b"\xfe", Some(b"x")),
            (b"CC", Some(b"everywhere")),
            (b"x-death", Some(b"[]")),
            (b"amqp.content-type", Some(b"application/json")),
            (b"amqp.priority", Some(b"7")),
            (b"amqp.expiration", Some(b"1")),
            (b"amqp.message-id", Some(b"\xff")),
        ])),
        &fixed(),
    );
    check_amqp(
        &mapped,
        expect![[r#"
        routing key "task.create" body "{\"id\":9007199254740993}"
        content_type: Some("application/json") delivery_mode: Some(2) priority: Some(7) timestamp: Some(1732197802)
        trace = [text "1", binary "\xff"]
        nothing = Void
        empty = text ""
        binary = binary "\x00\xff"
        amqp.expiration = text "1"
        amqp.message-id = binary "\xff"
        kafka.key = text "order-7"
        ! Lost HeaderName �
        ! Removed HeaderReserved CC
        ! Removed HeaderReserved x-death
        ! Lost HeaderOrder 
        ! Altered DuplicateHeaders trace
        ! Altered KeyAsHeader 
        ! Lost TimestampWholeSeconds 
    "#]],
    );
}

#[test]
fn a_key_becomes_the_routing_key_where_it_can() {
    let with_key = |key: Option<&[u8]>| {
        let key = key.map(Octets::from);
        let item = Item::Record(Record { key, ..record(vec![]) });
        to_amqp(&item, &RoutingKey::Original, None, &no_provenance())
            .map(|mapped| (mapped.copy.routing_key, mapped.copy.properties.headers))
    };
    assert_eq!(with_key(Some(b"k")), Ok(("k".into(), Some(vec![]))));
    assert_eq!(with_key(Some(b"")), Ok((String::new(), Some(vec![]))));
    assert_eq!(with_key(None), Err(Refusal::KeyAbsent));
    assert_eq!(with_key(Some(b"\xff")), Err(Refusal::KeyNotText));
    assert_eq!(with_key(Some(&[b'k'; 256])), Err(Refusal::KeyTooLong));
    assert!(with_key(Some(&[b'k'; 255])).is_ok());
}

#[test]
fn a_tombstone_cannot_become_a_message() {
    let item = Item::Record(Record { value: None, ..record(vec![]) });
    let refused = to_amqp(&item, &fixed(), None, &no_provenance());
    assert_eq!(refused.unwrap_err(), Refusal::Tombstone);
    let empty = Item::Record(Record { value: Some(Octets::default()), ..record(vec![]) });
    assert_eq!(amqp_copy(&empty, &fixed()).copy.body, Octets::default());
}

#[test]
fn a_message_becomes_a_record() {
    let nested = AmqpValue::Table(vec![
        ("t".into(), text("\"é\"\n")),
        ("bytes".into(), AmqpValue::Text(vec![0xFF, 0x01].into())),
        ("x".into(), AmqpValue::Binary("x".into())),
        ("big".into(), AmqpValue::Int64(i64::MIN)),
        ("nan".into(), AmqpValue::Double(f64::NAN)),
        ("list".into(), AmqpValue::Array(vec![AmqpValue::Void, AmqpValue::Time(5)])),
    ]);
    let mut original = delivery(vec![
        ("CC", AmqpValue::Array(vec![text("a")])),
        ("boolean", AmqpValue::Boolean(true)),
        ("binary", AmqpValue::Binary(vec![0xFF].into())),
        ("binary text", AmqpValue::Binary("abc".into())),
        ("decimal", AmqpValue::Decimal { scale: 3, value: 12 }),
        ("double", AmqpValue::Double(0.1)),
        ("float", AmqpValue::Float(1e30)),
        ("int", AmqpValue::Int64(9_007_199_254_740_993)),
        ("nested", nested),
        ("text", text("é")),
        ("time", AmqpValue::Time(u64::MAX)),
        ("void", AmqpValue::Void),
    ]);
    original.properties.content_type = Some("application/json".into());
    original.properties.expiration = Some("60000".into());
    original.properties.priority = Some(9);
    original.properties.user_id = Some("billing".into());
    check_kafka(
        &kafka_copy(&held(original)),
        expect![[r#"
        key "task.create" value "{\"id\":9007199254740993}"
        time Some(1732197802000)
        CC = "[\"a\"]"
        boolean = "true"
        binary = "\xff"
        binary text = "abc"
        decimal = "0.012"
        double = "0.1"
        float = "1e30"
        int = "9007199254740993"
        nested = "{\"t\":\"\\\"\xc3\xa9\\\"\\n\",\"bytes\":{\"hex\":\"ff01\"},\"x\":{\"hex\":\"78\"},\"big\":-9223372036854775808,\"nan\":\"NaN\",\"list\":[null,5]}"
        text = "\xc3\xa9"
        time = "18446744073709551615"
        void = null
        amqp.exchange = "dlx"
        amqp.content-type = "application/json"
        amqp.delivery-mode = "2"
        amqp.priority = "9"
        amqp.expiration = "60000"
        amqp.user-id = "billing"
        ! Altered HeaderNested CC
        ! Lost HeaderType boolean
        ! Lost HeaderType binary text
        ! Lost HeaderType decimal
        ! Lost HeaderType double
        ! Lost HeaderType float
        ! Lost HeaderType int
        ! Altered HeaderNested nested
        ! Lost HeaderType time
        ! Altered PropertiesAsHeaders 
    "#]],
    );
}

#[test]
fn a_message_stays_the_same_in_rabbitmq_less_what_is_stripped() {
    let death = AmqpValue::Array(vec![AmqpValue::Table(vec![(
        "original-expiration".into(),
        text("60000"),
    )])]);
    let mut original = delivery(vec![
        ("BCC", AmqpValue::Array(vec![])),
        ("CC", AmqpValue::Array(vec![])),
        ("int", AmqpValue::Int16(-1)),
        ("kronos-replay-count", text("1")),
        ("table", AmqpValue::Table(vec![("x-death".into(), AmqpValue::Void)])),
        ("x-acquired-count", AmqpValue::Int64(2)),
        ("x-death", death),
        ("x-delivery-count", AmqpValue::Int64(2)),
        ("x-first-death-queue", text("q")),
        ("x-last-death-reason", text("rejected")),
        ("x-retry", AmqpValue::UInt8(3)),
        ("x-stream-offset", AmqpValue::Int64(2)),
    ]);
    original.properties.user_id = Some("billing".into());
    original.properties.reply_to = Some("amq.rabbitmq.reply-to".into());
    original.properties.delivery_mode = Some(1);
    original.properties.expiration = Some("5000".into());
    original.properties.message_id = Some("m".into());
    check_amqp(
        &amqp_copy(&held(original), &fixed()),
        expect![[r#"
        routing key "task.create" body "{\"id\":9007199254740993}"
        delivery_mode: Some(2) expiration: Some("5000") message_id: Some("m") timestamp: Some(1732197802)
        int = Int16(-1)
        table = Table([("x-death", Void)])
        x-retry = UInt8(3)
        ! Lost ExpirationNotRestored x-death
        ! Removed CarbonCopiesRemoved BCC
        ! Removed CarbonCopiesRemoved CC
        ! Removed ProvenanceReplaced kronos-replay-count
        ! Removed DeliveryCountsRemoved x-acquired-count
        ! Removed DeathsRemoved x-death
        ! Removed DeliveryCountsRemoved x-delivery-count
        ! Removed DeathsRemoved x-first-death-queue
        ! Removed DeathsRemoved x-last-death-reason
        ! Removed StreamOffsetRemoved x-stream-offset
        ! Removed UserIdRemoved user_id
        ! Altered MadePersistent 
        ! Removed DirectReplyRemoved reply_to
    "#]],
    );
}

#[test]
fn the_publisher_keeps_its_own_name_and_no_other() {
    let mut original = delivery(vec![]);
    original.properties.user_id = Some("support".into());
    let item = held(original);
    let user_id = |user| {
        let mapped = to_amqp(&item, &RoutingKey::Original, user, &no_provenance()).unwrap();
        mapped.copy.properties.user_id
    };
    assert_eq!(user_id(Some("support")).as_deref(), Some("support"));
    assert_eq!(user_id(Some("admin")), None);
    assert_eq!(user_id(None), None);
}

#[test]
fn what_could_not_be_read_is_not_written() {
    let item = held(delivery(vec![(rabbitmq::properties::UNREADABLE, AmqpValue::Void)]));
    let refused = to_amqp(&item, &fixed(), None, &no_provenance());
    assert_eq!(refused.unwrap_err(), Refusal::PropertiesUnreadable);
    let refused = to_kafka(&item, Time::Now, &no_provenance());
    assert_eq!(refused.unwrap_err(), Refusal::PropertiesUnreadable);
}

#[test]
fn a_key_survives_the_way_to_rabbitmq_and_back() {
    for key in [None, Some(&b""[..]), Some(b"text"), Some(b"\xff\x00")] {
        let key = key.map(Octets::from);
        let sent =
            amqp_copy(&Item::Record(Record { key: key.clone(), ..record(vec![]) }), &fixed());
        let mut received = delivery(vec![]);
        received.properties = sent.copy.properties;
        assert_eq!(kafka_copy(&held(received)).copy.key, key);
    }
}

#[test]
fn properties_survive_the_way_to_kafka_and_back() {
    let mut original = delivery(vec![("header", text("value"))]);
    original.properties.content_type = Some("application/json".into());
    original.properties.content_encoding = Some(String::new());
    original.properties.priority = Some(0);
    original.properties.correlation_id = Some("c".into());
    original.properties.reply_to = Some("r".into());
    original.properties.message_id = Some("m".into());
    original.properties.kind = Some("t".into());
    original.properties.app_id = Some("a".into());
    let NewRecord { key, value, headers, millis } = kafka_copy(&held(original.clone())).copy;
    let timestamp = Timestamp::Created(millis.unwrap());
    let there = Record { key, value, headers, timestamp, ..record(vec![]) };
    let mut back = amqp_copy(&Item::Record(there), &RoutingKey::Original).copy;
    back.properties.headers.as_mut().unwrap().retain(|(name, _)| !name.starts_with("amqp."));
    assert_eq!(back.properties, original.properties);
    assert_eq!((back.body, back.routing_key), (original.body, original.routing_key));
}

#[test]
fn provenance_is_replaced_and_does_not_pile_up() {
    let mut item = Item::Record(record(vec![(b"a", Some(b"1"))]));
    let connection = connections::ProfileId(Uuid::nil());
    for times in 1..=3 {
        let job = Uuid::from_u128(times);
        let provenance = crate::provenance::of_copy(job, 5, connection, &item);
        assert_eq!(provenance.count, Some(times as u32));
        assert_eq!(provenance.original_millis, Some(1_732_197_802_123), "of the first original");
        assert_eq!(provenance.copy, Some(format!("{job}:5")));
        let copy = to_kafka(&item, Time::Now, &provenance).unwrap().copy;
        assert_eq!(copy.headers.len(), 5, "one header of its own and four of ours");
        let NewRecord { key, value, headers, .. } = copy;
        let timestamp = Timestamp::Created(1_999_999_999_999);
        item = Item::Record(Record { key, value, headers, timestamp, ..record(vec![]) });
    }
    let source = crate::provenance::claimed(&item).unwrap().source.unwrap();
    assert!(!source.contains("orders"), "no name leaves in a header: {source}");
    assert!(source.ends_with(":3:42"), "{source}");
}
