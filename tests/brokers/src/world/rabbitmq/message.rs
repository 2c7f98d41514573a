//! What a message is made of.

use std::time::SystemTime;

use lapin::BasicProperties;
use lapin::types::{AMQPValue, FieldTable};

use crate::world::data::{Fate, Messages, fill as text};

/// Milliseconds: long enough to be published, short enough not to be waited for.
const TIME_TO_LIVE: &str = "30";

/// The body of the message `n` of a block.
pub fn body(messages: &Messages, n: u64) -> String {
    let in_turn = messages.bodies.get(n as usize % messages.bodies.len().max(1));
    let template = messages.body.as_ref().or(in_turn);
    text(template.unwrap_or_else(|| panic!("messages to {} have no body", messages.queue)), n)
}

/// The properties of the message `n` of a block.
pub fn properties(messages: &Messages, n: u64) -> BasicProperties {
    const PERSISTENT: u8 = 2;
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    let mut headers = FieldTable::default();
    for (name, value) in &messages.headers {
        headers.insert(name.as_str().into(), field(value, n));
    }
    let mut properties = BasicProperties::default()
        .with_delivery_mode(PERSISTENT)
        .with_content_type(messages.content_type.as_str().into())
        .with_message_id(text(&messages.message_id, n).into())
        .with_timestamp(now.as_secs())
        .with_app_id(messages.app_id.as_str().into())
        .with_headers(headers);
    if let Some(id) = &messages.correlation_id {
        properties = properties.with_correlation_id(text(id, n).into());
    }
    if messages.fate == Fate::Expires {
        properties = properties.with_expiration(TIME_TO_LIVE.into());
    }
    properties
}

fn field(value: &toml::Value, n: u64) -> AMQPValue {
    match value {
        toml::Value::String(template) => AMQPValue::LongString(text(template, n).into()),
        toml::Value::Integer(number) => AMQPValue::LongLongInt(*number),
        toml::Value::Float(number) => AMQPValue::Double(*number),
        toml::Value::Boolean(yes) => AMQPValue::Boolean(*yes),
        other => panic!("a header cannot hold {other:?}"),
    }
}
