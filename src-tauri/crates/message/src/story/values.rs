//! Values of a header table that somebody else wrote.

use serde::{Deserialize, Serialize};

use crate::amqp::AmqpValue;
use crate::render;

/// The longest text of a step, in characters.
pub const LONGEST_TEXT: usize = 300;

/// AMQP's short strings, and so the names of queues, exchanges and routing keys, are no longer.
const LONGEST_NAME: usize = 255;

/// Something that is there and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// The header and the field in it, such as `x-death[0].time`.
    pub place: String,
    /// The AMQP type that was found, by its name in [`AmqpValue`]; `text` also for a text that
    /// cannot be a name.
    pub found: String,
}

pub(super) fn unread(place: &str, value: &AmqpValue) -> Unread {
    Unread { place: place.to_owned(), found: type_name(value).to_owned() }
}

fn type_name(value: &AmqpValue) -> &'static str {
    match value {
        AmqpValue::Boolean(_) => "boolean",
        AmqpValue::Int8(_) => "int8",
        AmqpValue::UInt8(_) => "uint8",
        AmqpValue::Int16(_) => "int16",
        AmqpValue::UInt16(_) => "uint16",
        AmqpValue::Int32(_) => "int32",
        AmqpValue::UInt32(_) => "uint32",
        AmqpValue::Int64(_) => "int64",
        AmqpValue::Float(_) => "float",
        AmqpValue::Double(_) => "double",
        AmqpValue::Decimal { .. } => "decimal",
        AmqpValue::Text(_) => "text",
        AmqpValue::Binary(_) => "binary",
        AmqpValue::Time(_) => "time",
        AmqpValue::Table(_) => "table",
        AmqpValue::Array(_) => "array",
        AmqpValue::Void => "void",
    }
}

/// Text of a step: every character shows, and there are not too many.
pub(super) fn display(text: &str) -> String {
    let preview = |max: usize| render::visible_line(text, max);
    let (line, cut) = preview(LONGEST_TEXT);
    if !cut {
        return line;
    }
    let (mut line, _) = preview(LONGEST_TEXT - 1);
    line.push('…');
    line
}

/// Bytes of a text: of a `Text`, or of a `Binary` that some clients write instead.
fn bytes(value: &AmqpValue) -> Option<&[u8]> {
    match value {
        AmqpValue::Text(bytes) | AmqpValue::Binary(bytes) => Some(bytes.as_slice()),
        _ => None,
    }
}

/// A text, of which at most the first 16 KiB are read; bytes that are not UTF-8 are replaced.
pub(super) fn lossy(value: &AmqpValue) -> Option<String> {
    const READ: usize = 16 * 1024;
    let bytes = bytes(value)?;
    let head = bytes.get(..READ).unwrap_or(bytes);
    Some(String::from_utf8_lossy(head).into_owned())
}

/// A name, exactly; `None` where the value cannot be one.
pub(super) fn name(value: &AmqpValue) -> Option<String> {
    let bytes = bytes(value).filter(|bytes| bytes.len() <= LONGEST_NAME)?;
    std::str::from_utf8(bytes).ok().map(str::to_owned)
}

/// A number that is not negative, of whatever integer type.
pub(super) fn number(value: &AmqpValue) -> Option<u64> {
    match *value {
        AmqpValue::Int8(n) => n.try_into().ok(),
        AmqpValue::UInt8(n) => Some(n.into()),
        AmqpValue::Int16(n) => n.try_into().ok(),
        AmqpValue::UInt16(n) => Some(n.into()),
        AmqpValue::Int32(n) => n.try_into().ok(),
        AmqpValue::UInt32(n) => Some(n.into()),
        AmqpValue::Int64(n) => n.try_into().ok(),
        _ => None,
    }
}

/// Seconds since 1970-01-01 UTC: a time, or a number that some clients write instead.
pub(super) fn seconds(value: &AmqpValue) -> Option<u64> {
    match value {
        AmqpValue::Time(seconds) => Some(*seconds),
        other => number(other),
    }
}
