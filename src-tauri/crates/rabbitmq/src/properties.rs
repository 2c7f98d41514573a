//! A message's properties and headers, between lapin's types and [`message`]'s.
//!
//! Both ways are lossless, except for what lapin itself changes while it reads a frame:
//!
//! | on the wire | here |
//! |---|---|
//! | entries in any order | sorted by name |
//! | two entries of one name | the last one |
//! | `U` (signed 16 bits, other clients) | `s`, the same number |
//! | `L` (signed 64 bits, other clients) | `l`, the same number |
//! | a boolean octet other than 0 and 1 | 1 |
//! | properties or names that are not readable | the header [`UNREADABLE`], bytes kept |
//!
//! A long string is bytes: it need not be UTF-8 and is not made so.

use connections::{Code, Failure};
use lapin::BasicProperties;
use lapin::message::Delivery as LapinDelivery;
use lapin::types::{
    AMQPValue, ByteArray, DecimalValue, FieldArray, FieldTable, LongString, ShortString,
};
use message::amqp::Entry;
use message::delivery::Properties;
use message::{AmqpValue, Delivery, Octets};

use crate::transport::checks::DEEPEST;
pub use crate::transport::guard::UNREADABLE;

/// A delivery of `queue`, without its tag.
pub fn delivery(queue: &str, delivery: LapinDelivery) -> Delivery {
    Delivery {
        queue: queue.to_owned(),
        exchange: delivery.exchange.to_string(),
        routing_key: delivery.routing_key.to_string(),
        redelivered: delivery.redelivered,
        properties: from_lapin(&delivery.properties),
        body: Octets(delivery.data),
    }
}

/// lapin's properties as ours.
pub fn from_lapin(properties: &BasicProperties) -> Properties {
    let text = |value: &Option<ShortString>| value.as_ref().map(ToString::to_string);
    Properties {
        content_type: text(properties.content_type()),
        content_encoding: text(properties.content_encoding()),
        headers: properties.headers().as_ref().map(entries),
        delivery_mode: *properties.delivery_mode(),
        priority: *properties.priority(),
        correlation_id: text(properties.correlation_id()),
        reply_to: text(properties.reply_to()),
        expiration: text(properties.expiration()),
        message_id: text(properties.message_id()),
        timestamp: *properties.timestamp(),
        kind: text(properties.kind()),
        user_id: text(properties.user_id()),
        app_id: text(properties.app_id()),
        cluster_id: text(properties.cluster_id()),
    }
}

/// Our properties as lapin's.
///
/// # Errors
/// [`Code::Invalid`] for a text longer than 255 bytes, a header that occurs twice, or tables nested
/// too deep; [`Code::Unsupported`] for a message whose properties could not be read and therefore
/// cannot be written again.
pub fn to_lapin(properties: &Properties) -> Result<BasicProperties, Failure> {
    let mut lapin = BasicProperties::default();
    macro_rules! texts {
        ($($field:ident: $with:ident,)*) => {$(
            if let Some(text) = &properties.$field {
                lapin = lapin.$with(short(text, stringify!($field))?);
            }
        )*};
    }
    texts! {
        content_type: with_content_type,
        content_encoding: with_content_encoding,
        correlation_id: with_correlation_id,
        reply_to: with_reply_to,
        expiration: with_expiration,
        message_id: with_message_id,
        kind: with_type,
        user_id: with_user_id,
        app_id: with_app_id,
        cluster_id: with_cluster_id,
    }
    if let Some(headers) = &properties.headers {
        if headers.iter().any(|(name, _)| name == UNREADABLE) {
            return Err(Failure::new(
                Code::Unsupported,
                "the properties of this message are not readable, so it cannot be written again",
            )
            .hint("it can still be returned or acknowledged"));
        }
        lapin = lapin.with_headers(table(headers, 0)?);
    }
    if let Some(mode) = properties.delivery_mode {
        lapin = lapin.with_delivery_mode(mode);
    }
    if let Some(priority) = properties.priority {
        lapin = lapin.with_priority(priority);
    }
    if let Some(timestamp) = properties.timestamp {
        lapin = lapin.with_timestamp(timestamp);
    }
    Ok(lapin)
}

/// Bytes of a content header with these properties on the wire, at most: they must fit into one
/// frame.
pub fn encoded_len(properties: &Properties) -> usize {
    const FIXED: usize = 2 + 2 + 8 + 2 + 1 + 1 + 8;
    let texts = [
        &properties.content_type,
        &properties.content_encoding,
        &properties.correlation_id,
        &properties.reply_to,
        &properties.expiration,
        &properties.message_id,
        &properties.kind,
        &properties.user_id,
        &properties.app_id,
        &properties.cluster_id,
    ];
    let texts: usize = texts.into_iter().flatten().map(|text| 1 + text.len()).sum();
    FIXED + texts + properties.headers.as_deref().map_or(0, table_len)
}

fn table_len(entries: &[Entry]) -> usize {
    4 + entries.iter().map(|(name, value)| 1 + name.len() + value_len(value)).sum::<usize>()
}

fn value_len(value: &AmqpValue) -> usize {
    1 + match value {
        AmqpValue::Void => 0,
        AmqpValue::Boolean(_) | AmqpValue::Int8(_) | AmqpValue::UInt8(_) => 1,
        AmqpValue::Int16(_) | AmqpValue::UInt16(_) => 2,
        AmqpValue::Int32(_) | AmqpValue::UInt32(_) | AmqpValue::Float(_) => 4,
        AmqpValue::Decimal { .. } => 5,
        AmqpValue::Int64(_) | AmqpValue::Double(_) | AmqpValue::Time(_) => 8,
        AmqpValue::Text(bytes) | AmqpValue::Binary(bytes) => 4 + bytes.len(),
        AmqpValue::Table(entries) => table_len(entries),
        AmqpValue::Array(values) => 4 + values.iter().map(value_len).sum::<usize>(),
    }
}

fn entries(table: &FieldTable) -> Vec<Entry> {
    table.inner().iter().map(|(name, value)| (name.to_string(), value_of(value))).collect()
}

fn value_of(value: &AMQPValue) -> AmqpValue {
    match value {
        AMQPValue::Boolean(v) => AmqpValue::Boolean(*v),
        AMQPValue::ShortShortInt(v) => AmqpValue::Int8(*v),
        AMQPValue::ShortShortUInt(v) => AmqpValue::UInt8(*v),
        AMQPValue::ShortInt(v) => AmqpValue::Int16(*v),
        AMQPValue::ShortUInt(v) => AmqpValue::UInt16(*v),
        AMQPValue::LongInt(v) => AmqpValue::Int32(*v),
        AMQPValue::LongUInt(v) => AmqpValue::UInt32(*v),
        AMQPValue::LongLongInt(v) => AmqpValue::Int64(*v),
        AMQPValue::Float(v) => AmqpValue::Float(*v),
        AMQPValue::Double(v) => AmqpValue::Double(*v),
        AMQPValue::DecimalValue(v) => AmqpValue::Decimal { scale: v.scale, value: v.value },
        // lapin never reads one: `s` is an integer to RabbitMQ.
        AMQPValue::ShortString(v) => AmqpValue::Text(v.as_str().into()),
        AMQPValue::LongString(v) => AmqpValue::Text(v.as_bytes().into()),
        AMQPValue::FieldArray(v) => AmqpValue::Array(v.as_slice().iter().map(value_of).collect()),
        AMQPValue::Timestamp(v) => AmqpValue::Time(*v),
        AMQPValue::FieldTable(v) => AmqpValue::Table(entries(v)),
        AMQPValue::ByteArray(v) => AmqpValue::Binary(v.as_slice().into()),
        AMQPValue::Void => AmqpValue::Void,
    }
}

fn table(entries: &[Entry], depth: u8) -> Result<FieldTable, Failure> {
    let mut table = FieldTable::default();
    for (name, value) in entries {
        if table.contains_key(name) {
            return Err(Failure::new(
                Code::Invalid,
                format!("the header {} occurs twice", crate::verdict::clean(name)),
            )
            .hint("RabbitMQ's headers have each name once: rename one or put both into a list"));
        }
        table.insert(short(name, "a header's name")?, lapin_value(value, depth)?);
    }
    Ok(table)
}

fn lapin_value(value: &AmqpValue, depth: u8) -> Result<AMQPValue, Failure> {
    let deeper = depth + 1;
    if deeper > DEEPEST && matches!(value, AmqpValue::Table(_) | AmqpValue::Array(_)) {
        return Err(Failure::new(
            Code::Invalid,
            format!("the headers are nested more than {DEEPEST} deep"),
        ));
    }
    Ok(match value {
        AmqpValue::Boolean(v) => AMQPValue::Boolean(*v),
        AmqpValue::Int8(v) => AMQPValue::ShortShortInt(*v),
        AmqpValue::UInt8(v) => AMQPValue::ShortShortUInt(*v),
        AmqpValue::Int16(v) => AMQPValue::ShortInt(*v),
        AmqpValue::UInt16(v) => AMQPValue::ShortUInt(*v),
        AmqpValue::Int32(v) => AMQPValue::LongInt(*v),
        AmqpValue::UInt32(v) => AMQPValue::LongUInt(*v),
        AmqpValue::Int64(v) => AMQPValue::LongLongInt(*v),
        AmqpValue::Float(v) => AMQPValue::Float(*v),
        AmqpValue::Double(v) => AMQPValue::Double(*v),
        AmqpValue::Decimal { scale, value } => {
            AMQPValue::DecimalValue(DecimalValue { scale: *scale, value: *value })
        }
        AmqpValue::Text(v) => AMQPValue::LongString(LongString::from(v.0.clone())),
        AmqpValue::Binary(v) => AMQPValue::ByteArray(ByteArray::from(v.0.clone())),
        AmqpValue::Time(v) => AMQPValue::Timestamp(*v),
        AmqpValue::Table(entries) => AMQPValue::FieldTable(table(entries, deeper)?),
        AmqpValue::Array(values) => {
            let values: Result<Vec<_>, _> =
                values.iter().map(|value| lapin_value(value, deeper)).collect();
            AMQPValue::FieldArray(FieldArray::from(values?))
        }
        AmqpValue::Void => AMQPValue::Void,
    })
}

/// A short string, which AMQP limits to 255 bytes.
///
/// # Errors
/// [`Code::Invalid`], naming `what` is too long.
pub(crate) fn short(text: &str, what: &str) -> Result<ShortString, Failure> {
    ShortString::try_new(text).map_err(|_| {
        let what = what.replace('_', " ");
        Failure::new(Code::Invalid, format!("{what} is longer than the 255 bytes AMQP allows"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_value() -> Vec<Entry> {
        let values = [
            AmqpValue::Boolean(true),
            AmqpValue::Int8(-1),
            AmqpValue::UInt8(255),
            AmqpValue::Int16(i16::MIN),
            AmqpValue::UInt16(u16::MAX),
            AmqpValue::Int32(i32::MIN),
            AmqpValue::UInt32(u32::MAX),
            AmqpValue::Int64(i64::MIN),
            AmqpValue::Float(1.5),
            AmqpValue::Double(-0.0),
            AmqpValue::Decimal { scale: 2, value: u32::MAX },
            AmqpValue::Text("clé".into()),
            AmqpValue::Text(Octets(vec![0xFF, 0, 0xFE])),
            AmqpValue::Text(Octets::default()),
            AmqpValue::Binary(Octets(vec![0, 0, 0])),
            AmqpValue::Time(u64::MAX),
            AmqpValue::Table(vec![
                ("inner".into(), AmqpValue::Table(vec![])),
                ("void".into(), AmqpValue::Void),
            ]),
            AmqpValue::Array(vec![AmqpValue::Void, AmqpValue::Array(vec![]), AmqpValue::Int8(3)]),
            AmqpValue::Void,
        ];
        values.into_iter().enumerate().map(|(i, value)| (format!("h{i:02}"), value)).collect()
    }

    #[test]
    fn every_type_of_value_survives_both_ways() {
        let properties = Properties { headers: Some(every_value()), ..Default::default() };
        assert_eq!(from_lapin(&to_lapin(&properties).unwrap()), properties);
    }

    #[test]
    fn every_property_survives_both_ways_and_absent_is_not_empty() {
        let text = |name: &str| Some(format!("{name} ÿ"));
        let all = Properties {
            content_type: text("content type"),
            content_encoding: Some(String::new()),
            headers: Some(vec![]),
            delivery_mode: Some(1),
            priority: Some(0),
            correlation_id: text("correlation"),
            reply_to: text("reply"),
            expiration: text("60000"),
            message_id: text("id"),
            timestamp: Some(u64::MAX),
            kind: text("type"),
            user_id: text("user"),
            app_id: text("app"),
            cluster_id: text("cluster"),
        };
        for properties in [all, Properties::default()] {
            assert_eq!(from_lapin(&to_lapin(&properties).unwrap()), properties);
        }
    }

    #[test]
    fn the_two_integer_types_that_lapin_reads_as_their_twins_are_these() {
        use lapin::types::parsing::parse_value;
        let read = |bytes: &[u8]| value_of(&parse_value(bytes).unwrap().1);
        assert_eq!(read(b"U\xff\xfe"), AmqpValue::Int16(-2));
        assert_eq!(read(b"s\xff\xfe"), AmqpValue::Int16(-2));
        assert_eq!(read(b"L\xff\xff\xff\xff\xff\xff\xff\xfe"), AmqpValue::Int64(-2));
        assert_eq!(read(b"l\xff\xff\xff\xff\xff\xff\xff\xfe"), AmqpValue::Int64(-2));
        assert_eq!(read(b"t\x07"), AmqpValue::Boolean(true));
    }

    #[test]
    fn order_and_duplicates_are_lost_while_lapin_reads() {
        use lapin::types::parsing::parse_field_table;
        let table = b"\0\0\0\x0c\x01bb\x01\x01ab\x02\x01bb\x03";
        let read = entries(&parse_field_table(&table[..]).unwrap().1);
        assert_eq!(
            read,
            [("a".to_owned(), AmqpValue::Int8(2)), ("b".to_owned(), AmqpValue::Int8(3))]
        );
    }

    #[test]
    fn what_cannot_be_written_is_refused_and_never_cut() {
        let with = |headers| Properties { headers: Some(headers), ..Default::default() };
        let twice = with(vec![("a".into(), AmqpValue::Void), ("a".into(), AmqpValue::Void)]);
        assert_eq!(to_lapin(&twice).unwrap_err().code, Code::Invalid);
        let long_name = with(vec![("é".repeat(128), AmqpValue::Void)]);
        assert_eq!(to_lapin(&long_name).unwrap_err().code, Code::Invalid);
        let long = Properties { message_id: Some("x".repeat(256)), ..Default::default() };
        let failure = to_lapin(&long).unwrap_err();
        assert_eq!(failure.message, "message id is longer than the 255 bytes AMQP allows");
        let mut deep = AmqpValue::Void;
        for _ in 0..=DEEPEST {
            deep = AmqpValue::Array(vec![deep]);
        }
        assert_eq!(to_lapin(&with(vec![("a".into(), deep)])).unwrap_err().code, Code::Invalid);
        let unreadable = with(vec![(UNREADABLE.into(), AmqpValue::Binary(Octets::default()))]);
        assert_eq!(to_lapin(&unreadable).unwrap_err().code, Code::Unsupported);
    }

    #[test]
    fn the_length_on_the_wire_is_known_before_it_is_sent() {
        use lapin::types::generation::gen_field_table;
        let headers = every_value();
        let lapin = table(&headers, 0).unwrap();
        let mut buffer = vec![0; 4096];
        let written = {
            let cursor = std::io::Cursor::new(&mut buffer[..]);
            let context = gen_field_table(&lapin)(cursor.into()).unwrap();
            context.into_inner().1 as usize
        };
        assert_eq!(table_len(&headers), written);
    }
}
