//! What must arrive: said once more, from the table in `replay::mapping` and without its code.

use super::*;

pub(super) fn is_ours(name: &[u8]) -> bool {
    name.starts_with(b"kronos-replay-")
}

pub(super) fn amqp_value(bytes: Option<&Octets>) -> AMQPValue {
    match bytes {
        None => AMQPValue::Void,
        Some(bytes) if std::str::from_utf8(bytes.as_slice()).is_ok() => {
            AMQPValue::LongString(bytes.as_slice().to_vec().into())
        }
        Some(bytes) => AMQPValue::ByteArray(bytes.as_slice().to_vec().into()),
    }
}

/// The message that a record becomes, or why it becomes none.
pub(super) fn of_record(
    record: &Record,
    key: &RoutingKey,
) -> Result<(String, BasicProperties), Refusal> {
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
pub(super) fn headers_of(original: &Original) -> Vec<Header> {
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
