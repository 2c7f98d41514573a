//! Nothing vanishes untold, whatever a message holds.

use message::amqp::Entry;
use proptest::prelude::*;

use super::*;

fn octets() -> impl Strategy<Value = Octets> {
    prop_oneof![
        any::<Vec<u8>>().prop_map(Octets::from),
        any::<String>().prop_map(|text| Octets::from(text.as_str())),
    ]
}

fn amqp_value() -> impl Strategy<Value = AmqpValue> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(AmqpValue::Boolean),
        any::<i64>().prop_map(AmqpValue::Int64),
        any::<u8>().prop_map(AmqpValue::UInt8),
        any::<f64>().prop_map(AmqpValue::Double),
        any::<f32>().prop_map(AmqpValue::Float),
        any::<u64>().prop_map(AmqpValue::Time),
        any::<(u8, u32)>().prop_map(|(scale, value)| AmqpValue::Decimal { scale, value }),
        octets().prop_map(AmqpValue::Text),
        octets().prop_map(AmqpValue::Binary),
        Just(AmqpValue::Void),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(AmqpValue::Array),
            proptest::collection::vec((any::<String>(), inner), 0..4).prop_map(AmqpValue::Table),
        ]
    })
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-c]",
        any::<String>(),
        Just("kafka.key".to_owned()),
        Just("amqp.type".to_owned()),
        Just("amqp.exchange".to_owned()),
        Just("CC".to_owned()),
        Just("x-death".to_owned()),
        Just("kronos-replay-count".to_owned()),
    ]
}

prop_compose! {
    fn records()(
        key in proptest::option::of(octets()),
        value in proptest::option::of(octets()),
        headers in proptest::collection::vec((name(), proptest::option::of(octets())), 0..8),
        timestamp in any::<i64>(),
    ) -> Record {
        let headers = headers
            .into_iter()
            .map(|(name, value)| Header { name: name.as_str().into(), value })
            .collect();
        Record {
            topic: "t".into(),
            partition: 0,
            offset: 0,
            timestamp: Timestamp::Created(timestamp),
            key,
            value,
            headers,
        }
    }
}

prop_compose! {
    fn deliveries()(
        headers in proptest::collection::btree_map(name(), amqp_value(), 0..8),
        body in octets(),
        routing_key in ".{0,20}",
    ) -> Delivery {
        let mut delivery = delivery(vec![]);
        delivery.properties.headers = Some(headers.into_iter().collect());
        Delivery { body, routing_key, ..delivery }
    }
}

/// What must be told of a header by name, wherever it went.
fn told(changes: &[Change], name: &str) -> bool {
    let visible = message::render::visible(name);
    changes.iter().any(|change| {
        change.header.as_deref().is_some_and(|told| !told.is_empty() && visible.starts_with(told))
    })
}

fn in_table<'a>(table: &'a [Entry], wanted: &str) -> Option<&'a AmqpValue> {
    table.iter().find(|(name, _)| name == wanted).map(|(_, value)| value)
}

proptest! {
    #[test]
    fn bodies_are_the_same_bytes_in_every_direction(record in records(), delivery in deliveries()) {
        let item = Item::Record(record.clone());
        prop_assert_eq!(&kafka_copy(&item).copy.value, &record.value);
        if let Some(value) = &record.value {
            prop_assert_eq!(&amqp_copy(&item, &fixed()).copy.body, value);
        }
        let item = held(delivery.clone());
        prop_assert_eq!(kafka_copy(&item).copy.value, Some(delivery.body.clone()));
        prop_assert_eq!(&amqp_copy(&item, &fixed()).copy.body, &delivery.body);
    }

    #[test]
    fn no_header_of_a_record_vanishes_untold(mut record in records()) {
        record.value = Some("v".into());
        let mapped = amqp_copy(&Item::Record(record.clone()), &fixed());
        let table = mapped.copy.properties.headers.unwrap();
        for header in &record.headers {
            let name = std::str::from_utf8(header.name.as_slice()).unwrap();
            let carried = in_table(&table, name).is_some_and(|value| name == KEY_HEADER || match value {
                AmqpValue::Array(values) => values.len() > 1,
                AmqpValue::Void => header.value.is_none(),
                AmqpValue::Text(bytes) | AmqpValue::Binary(bytes) => {
                    header.value.as_ref() == Some(bytes)
                }
                _ => false,
            });
            let replaced = name.starts_with("kronos-replay-");
            let restored = name == "amqp.type" && mapped.copy.properties.kind.is_some();
            prop_assert!(
                carried || replaced || restored || name == KEY_HEADER || told(&mapped.changes, name),
                "{name:?} is neither in the copy nor in the changes"
            );
        }
        let mut names: Vec<_> = table.iter().map(|(name, _)| name).collect();
        names.sort();
        names.dedup();
        prop_assert_eq!(names.len(), table.len(), "RabbitMQ's library refuses duplicates");
        rabbitmq::properties::to_lapin(&Properties {
            headers: Some(table.clone()),
            ..Properties::default()
        }).unwrap();
    }

    #[test]
    fn no_header_of_a_message_vanishes_untold(delivery in deliveries()) {
        let item = held(delivery.clone());
        let table = delivery.properties.headers.unwrap();
        let to_kafka = kafka_copy(&item);
        let to_rabbit = amqp_copy(&item, &fixed());
        let kept = to_rabbit.copy.properties.headers.unwrap();
        for (name, value) in &table {
            let provenance = name.starts_with("kronos-replay-");
            let in_kafka =
                to_kafka.copy.headers.iter().any(|h| h.name.as_slice() == name.as_bytes());
            prop_assert!(
                in_kafka || provenance || name == KEY_HEADER || told(&to_kafka.changes, name)
            );
            let same = in_table(&kept, name)
                .is_some_and(|kept| format!("{kept:?}") == format!("{value:?}"));
            prop_assert!(same || told(&to_rabbit.changes, name), "{name:?}");
        }
    }
}
