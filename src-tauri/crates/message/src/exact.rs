//! Bytes and whole messages as text from which the bytes can be had again: for the clipboard.
//!
//! [`crate::render`] is for eyes: it lays JSON out and shows controls as symbols. Nothing here does.
//! Text is the bytes themselves or nothing: UTF-8 without NUL, because clipboards end a text there.
//! Bytes that are no such text are given as hexadecimal digits or Base64 to whoever asks for that.
//!
//! In JSON a text is a string, null is null, and bytes that are no UTF-8 are `{"base64": "…"}`.
//! Integers that may have 64 bits are strings: most readers of JSON would round them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Value, json};

use crate::amqp::{AmqpValue, Entry};
use crate::bytes::Octets;
use crate::delivery::{Delivery, Properties};
use crate::record::{Record, Timestamp};
use crate::render::Fallback;

/// The bytes as text, byte for byte.
///
/// # Errors
/// [`Fallback::NotUtf8`] and [`Fallback::HoldsNul`], with the place.
pub fn text(bytes: &[u8]) -> Result<&str, Fallback> {
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Fallback::NotUtf8 { at: error.valid_up_to() as u64 })?;
    match bytes.iter().position(|byte| *byte == 0) {
        Some(at) => Err(Fallback::HoldsNul { at: at as u64 }),
        None => Ok(text),
    }
}

/// Two lower-case digits a byte, nothing between them.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// Base64 with padding, on one line (RFC 4648, section 4).
pub fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// A record with all that it has, as indented JSON.
pub fn record_json(record: &Record) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Exact<'r> {
        topic: &'r str,
        partition: i32,
        offset: String,
        timestamp: Option<String>,
        timestamp_type: Option<&'static str>,
        key: Value,
        value: Value,
        headers: Vec<Header>,
    }
    #[derive(Serialize)]
    struct Header {
        name: Value,
        value: Value,
    }
    let headers = record.headers.iter();
    written(&Exact {
        topic: &record.topic,
        partition: record.partition,
        offset: record.offset.to_string(),
        timestamp: record.timestamp.millis().map(|millis| millis.to_string()),
        timestamp_type: match record.timestamp {
            Timestamp::Created(_) => Some("CreateTime"),
            Timestamp::Appended(_) => Some("LogAppendTime"),
            Timestamp::Absent => None,
        },
        key: record.key.as_ref().map_or(Value::Null, octets),
        value: record.value.as_ref().map_or(Value::Null, octets),
        headers: headers
            .map(|header| Header {
                name: octets(&header.name),
                value: header.value.as_ref().map_or(Value::Null, octets),
            })
            .collect(),
    })
}

/// A delivery with all that it has, as indented JSON; a header's value has its AMQP type beside it.
pub fn delivery_json(delivery: &Delivery) -> String {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Exact<'d> {
        queue: &'d str,
        exchange: &'d str,
        routing_key: &'d str,
        redelivered: bool,
        properties: serde_json::Map<String, Value>,
        headers: Option<Vec<Value>>,
        body: Value,
    }
    written(&Exact {
        queue: &delivery.queue,
        exchange: &delivery.exchange,
        routing_key: &delivery.routing_key,
        redelivered: delivery.redelivered,
        properties: properties(&delivery.properties),
        headers: delivery.properties.headers.as_deref().map(entries),
        body: octets(&delivery.body),
    })
}

/// Those that are set, by their names in AMQP.
fn properties(properties: &Properties) -> serde_json::Map<String, Value> {
    let Properties {
        content_type,
        content_encoding,
        headers: _,
        delivery_mode,
        priority,
        correlation_id,
        reply_to,
        expiration,
        message_id,
        timestamp,
        kind,
        user_id,
        app_id,
        cluster_id,
    } = properties;
    let text = |value: &Option<String>| value.clone().map(Value::from);
    let all = [
        ("content_type", text(content_type)),
        ("content_encoding", text(content_encoding)),
        ("delivery_mode", delivery_mode.map(Value::from)),
        ("priority", priority.map(Value::from)),
        ("correlation_id", text(correlation_id)),
        ("reply_to", text(reply_to)),
        ("expiration", text(expiration)),
        ("message_id", text(message_id)),
        ("timestamp", timestamp.map(|seconds| Value::from(seconds.to_string()))),
        ("type", text(kind)),
        ("user_id", text(user_id)),
        ("app_id", text(app_id)),
        ("cluster_id", text(cluster_id)),
    ];
    let set = all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
    set.collect()
}

fn entries(entries: &[Entry]) -> Vec<Value> {
    let entry = |(name, value): &Entry| {
        let mut object = typed(value);
        object.insert("name".to_owned(), Value::from(name.as_str()));
        Value::Object(object)
    };
    entries.iter().map(entry).collect()
}

fn typed(value: &AmqpValue) -> serde_json::Map<String, Value> {
    let plain = match value {
        AmqpValue::Boolean(value) => Value::from(*value),
        AmqpValue::Int8(value) => Value::from(*value),
        AmqpValue::UInt8(value) => Value::from(*value),
        AmqpValue::Int16(value) => Value::from(*value),
        AmqpValue::UInt16(value) => Value::from(*value),
        AmqpValue::Int32(value) => Value::from(*value),
        AmqpValue::UInt32(value) => Value::from(*value),
        AmqpValue::Int64(value) => Value::from(value.to_string()),
        // Texts: JSON has no NaN and no infinity.
        AmqpValue::Float(value) => Value::from(value.to_string()),
        AmqpValue::Double(value) => Value::from(value.to_string()),
        AmqpValue::Decimal { scale, value } => json!({"scale": scale, "value": value}),
        AmqpValue::Text(bytes) => octets(bytes),
        AmqpValue::Binary(bytes) => json!({"base64": base64(bytes.as_slice())}),
        AmqpValue::Time(seconds) => Value::from(seconds.to_string()),
        AmqpValue::Table(table) => Value::from(entries(table)),
        AmqpValue::Array(values) => {
            values.iter().map(|value| Value::Object(typed(value))).collect()
        }
        AmqpValue::Void => Value::Null,
    };
    [("type".to_owned(), Value::from(value.type_name())), ("value".to_owned(), plain)]
        .into_iter()
        .collect()
}

fn octets(bytes: &Octets) -> Value {
    match std::str::from_utf8(bytes.as_slice()) {
        Ok(text) => Value::from(text),
        Err(_) => json!({"base64": base64(bytes.as_slice())}),
    }
}

/// Shapes of strings and numbers only, which cannot fail to be written.
fn written(exact: &impl Serialize) -> String {
    serde_json::to_string_pretty(exact).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::record::Header;

    /// The bytes of a value of our JSON.
    fn read(value: &Value) -> Option<Octets> {
        match value {
            Value::Null => None,
            Value::String(text) => Some(Octets::from(text.as_str())),
            other => Some(STANDARD.decode(other["base64"].as_str().unwrap()).unwrap().into()),
        }
    }

    #[test]
    fn text_is_the_bytes_themselves_or_says_where_they_stop_being_text() {
        let laid_out = "\u{feff}{ \"id\":9007199254740993,\r\n\t\"a\" : \u{202e}1 }\n";
        assert_eq!(text(laid_out.as_bytes()), Ok(laid_out));
        assert_eq!(text(b"ab\xff"), Err(Fallback::NotUtf8 { at: 2 }));
        assert_eq!(text(b"abc\0d"), Err(Fallback::HoldsNul { at: 3 }));
    }

    #[test]
    fn digits_and_base64_are_those_of_other_tools() {
        assert_eq!(hex(b"\x00\x0f\xffA"), "000fff41");
        assert_eq!(base64(b"\xfb\xff\xfe?"), "+//+Pw==");
    }

    #[test]
    fn a_record_in_json_keeps_null_empty_and_the_text_null_apart() {
        let header = |name: &str, value: Option<&str>| Header {
            name: name.into(),
            value: value.map(Octets::from),
        };
        let record = Record {
            topic: "orders".into(),
            partition: 3,
            offset: i64::MAX,
            timestamp: Timestamp::Created(1_795_266_202_417),
            key: Some("".into()),
            value: None,
            headers: vec![header("retry", Some("null")), header("retry", None)],
        };
        expect_test::expect![[r#"
            {
              "topic": "orders",
              "partition": 3,
              "offset": "9223372036854775807",
              "timestamp": "1795266202417",
              "timestampType": "CreateTime",
              "key": "",
              "value": null,
              "headers": [
                {
                  "name": "retry",
                  "value": "null"
                },
                {
                  "name": "retry",
                  "value": null
                }
              ]
            }"#]]
        .assert_eq(&record_json(&record));
    }

    #[test]
    fn a_delivery_in_json_keeps_the_types_of_its_headers() {
        let headers = vec![
            ("count".to_owned(), AmqpValue::Int64(i64::MIN)),
            ("nan".to_owned(), AmqpValue::Double(f64::NAN)),
            (
                "x-death".to_owned(),
                AmqpValue::Array(vec![AmqpValue::Table(vec![(
                    "queue".to_owned(),
                    AmqpValue::Text("task_queue".into()),
                )])]),
            ),
        ];
        let delivery = Delivery {
            queue: "q".into(),
            exchange: String::new(),
            routing_key: "q".into(),
            redelivered: true,
            properties: Properties {
                headers: Some(headers),
                timestamp: Some(u64::MAX),
                ..Properties::default()
            },
            body: Octets(vec![0xff, 0]),
        };
        let json: Value = serde_json::from_str(&delivery_json(&delivery)).unwrap();
        assert_eq!(json["properties"], json!({"timestamp": "18446744073709551615"}));
        assert_eq!(json["body"], json!({"base64": "/wA="}));
        assert_eq!(
            json["headers"],
            json!([
                {"name": "count", "type": "long", "value": "-9223372036854775808"},
                {"name": "nan", "type": "double", "value": "NaN"},
                {"name": "x-death", "type": "array", "value": [
                    {"type": "table", "value": [
                        {"name": "queue", "type": "longstr", "value": "task_queue"}
                    ]}
                ]},
            ])
        );
    }

    proptest! {
        #[test]
        fn every_byte_of_a_record_can_be_had_again_from_its_json(
            key: Option<Vec<u8>>, value: Option<Vec<u8>>, name: Vec<u8>, header: Option<Vec<u8>>,
        ) {
            let record = Record {
                topic: "t".into(),
                partition: 0,
                offset: 0,
                timestamp: Timestamp::Absent,
                key: key.map(Octets),
                value: value.map(Octets),
                headers: vec![Header { name: Octets(name), value: header.map(Octets) }],
            };
            let json: Value = serde_json::from_str(&record_json(&record)).unwrap();
            prop_assert_eq!(read(&json["key"]), record.key);
            prop_assert_eq!(read(&json["value"]), record.value);
            prop_assert_eq!(read(&json["headers"][0]["name"]).unwrap(), record.headers[0].name.clone());
            prop_assert_eq!(read(&json["headers"][0]["value"]), record.headers[0].value.clone());
        }

        #[test]
        fn text_that_is_given_has_exactly_the_bytes(bytes: Vec<u8>) {
            if let Ok(text) = text(&bytes) {
                prop_assert_eq!(text.as_bytes(), bytes.as_slice());
            }
        }
    }
}
