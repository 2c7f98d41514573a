//! What messages are made of: everything, in every combination.

use super::*;

pub(super) fn bytes(bytes: &[u8]) -> Option<Octets> {
    Some(Octets::from(bytes))
}

pub(super) fn all_bytes() -> Vec<u8> {
    (0..=255).collect()
}

pub(super) const BIG: &[u8] =
    br#"{"id":9007199254740993,"max":18446744073709551615,"min":-9223372036854775808,"x":1e400}"#;

/// Records that have everything in every combination.
pub(super) fn records(topic: &str, partitions: i32) -> Vec<Record> {
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
pub(super) fn typed() -> Vec<(AMQPValue, Option<Vec<u8>>)> {
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
pub(super) struct Original {
    pub(super) body: Vec<u8>,
    pub(super) properties: BasicProperties,
    pub(super) header: Option<Vec<u8>>,
}

pub(super) fn messages() -> Vec<Original> {
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

impl Original {
    pub(super) fn is_of(&self, values: &[AMQPValue]) -> bool {
        let headers = self.properties.headers().as_ref();
        let typed = headers.and_then(|table| table.inner().get("typed"));
        typed.is_some_and(|typed| values.contains(typed))
    }
}
