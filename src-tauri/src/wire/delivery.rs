//! One held message for the inspector.

use message::delivery::Properties;
use message::render::visible;
use message::{AmqpValue, Delivery, story};
use serde::Serialize;
use specta::Type;

use crate::wire::hold::{HeldState, Looks};
use crate::wire::queue::NamedValue;
use crate::wire::render::{Form, Rendered};
use crate::wire::words::words;
use crate::wire::{Int64, UInt64};

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HeldDetail {
    pub id: u32,
    pub state: HeldState,
    pub looks: Looks,
    pub exchange: String,
    pub routing_key: String,
    pub redelivered: bool,
    pub size: UInt64,
    pub body: Rendered,
    /// Those that are set, in AMQP's order.
    pub properties: Vec<NamedValue>,
    pub headers: Vec<AmqpHeader>,
    pub story: Vec<StoryStep>,
}

/// One header; tables and arrays are flattened to paths such as `x-death[0].queue`.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AmqpHeader {
    pub name: String,
    /// The AMQP type's name, such as `longstr`.
    pub amqp_type: String,
    pub value: String,
}

/// One thing that happened to a message, with the headers that prove it.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct StoryStep {
    pub kind: StoryKind,
    pub queue: Option<String>,
    /// Empty is the default exchange.
    pub exchange: Option<String>,
    pub routing_keys: Vec<String>,
    /// Milliseconds since the epoch.
    pub at: Option<Int64>,
    pub count: Option<UInt64>,
    /// Why, in the words of the broker or the application.
    pub reason: Option<String>,
    /// The class of the exception.
    pub cause: Option<String>,
    /// The time to live it had, in milliseconds, as text.
    pub expiration: Option<String>,
    /// Which headers or properties say so.
    pub evidence: Vec<String>,
    /// What nobody recorded.
    pub missing: Vec<StoryMissing>,
    /// What is there and cannot be read: the place of it.
    pub unread: Vec<String>,
}

words! {
    /// What happened, see `message::story::Kind`.
    StoryKind from story::Kind {
        Replayed Published Routed Failed Rejected Expired MaxLength DeliveryLimit Died DeadLettered
        Republished Returned Omitted Unreadable
    }
    /// What a step should tell and nobody recorded, see `message::story::Missing`.
    StoryMissing from story::Missing { At LastAt Count By Queue Exchange RoutingKeys Reason }
}

impl From<story::Step> for StoryStep {
    fn from(step: story::Step) -> Self {
        StoryStep {
            kind: step.kind.into(),
            queue: step.queue,
            exchange: step.exchange,
            routing_keys: step.routing_keys,
            at: step.at.and_then(millis),
            count: step.count.map(UInt64),
            reason: step.reason,
            cause: step.cause,
            expiration: step.expiration,
            evidence: step.evidence,
            missing: step.missing.into_iter().map(Into::into).collect(),
            unread: step.unread.iter().map(|unread| unread.place.clone()).collect(),
        }
    }
}

/// Seconds from a header to milliseconds; a number too large for that is no time.
pub fn millis(seconds: u64) -> Option<Int64> {
    i64::try_from(seconds).ok()?.checked_mul(1000).map(Int64)
}

/// The most lines of headers that the inspector lists.
const MOST_HEADERS: usize = 1000;
/// The most characters of one header's value in that list.
const HEADER_CHARS: usize = 2000;

impl HeldDetail {
    /// A held message for the inspector.
    pub fn of(row: &rabbitmq::hold::HeldRow, delivery: &Delivery, form: Form, whole: bool) -> Self {
        let mut headers = Vec::new();
        for (name, value) in delivery.properties.headers.iter().flatten() {
            flatten(visible(name), value, &mut headers);
        }
        HeldDetail {
            id: u32::try_from(row.id).unwrap_or(u32::MAX),
            state: row.state.into(),
            looks: row.looks.into(),
            exchange: delivery.exchange.clone(),
            routing_key: delivery.routing_key.clone(),
            redelivered: delivery.redelivered,
            size: UInt64(row.size),
            body: Rendered::of(Some(&delivery.body), form, whole),
            properties: properties(&delivery.properties),
            headers,
            story: story::tell(delivery).into_iter().map(Into::into).collect(),
        }
    }
}

fn properties(properties: &Properties) -> Vec<NamedValue> {
    let text = |value: &Option<String>| value.as_deref().map(visible);
    let number = |value: Option<u64>| value.map(|value| value.to_string());
    let all = [
        ("content_type", text(&properties.content_type)),
        ("content_encoding", text(&properties.content_encoding)),
        ("delivery_mode", number(properties.delivery_mode.map(u64::from))),
        ("priority", number(properties.priority.map(u64::from))),
        ("correlation_id", text(&properties.correlation_id)),
        ("reply_to", text(&properties.reply_to)),
        ("expiration", text(&properties.expiration)),
        ("message_id", text(&properties.message_id)),
        ("timestamp", number(properties.timestamp)),
        ("type", text(&properties.kind)),
        ("user_id", text(&properties.user_id)),
        ("app_id", text(&properties.app_id)),
        ("cluster_id", text(&properties.cluster_id)),
    ];
    let set = all
        .into_iter()
        .filter_map(|(name, value)| Some(NamedValue { name: name.to_owned(), value: value? }));
    set.collect()
}

/// Lists a header, and the entries of tables and arrays below it by their path.
fn flatten(path: String, value: &AmqpValue, list: &mut Vec<AmqpHeader>) {
    if list.len() >= MOST_HEADERS {
        return;
    }
    let (amqp_type, shown) = match value {
        AmqpValue::Table(entries) => {
            let count = format!("{} entries", entries.len());
            list.push(header(path.clone(), "table", count));
            for (name, value) in entries {
                flatten(format!("{path}.{}", visible(name)), value, list);
            }
            return;
        }
        AmqpValue::Array(values) => {
            list.push(header(path.clone(), "array", format!("{} values", values.len())));
            for (place, value) in values.iter().enumerate() {
                flatten(format!("{path}[{place}]"), value, list);
            }
            return;
        }
        AmqpValue::Boolean(value) => ("boolean", value.to_string()),
        AmqpValue::Int8(value) => ("byte", value.to_string()),
        AmqpValue::UInt8(value) => ("unsignedbyte", value.to_string()),
        AmqpValue::Int16(value) => ("short", value.to_string()),
        AmqpValue::UInt16(value) => ("unsignedshort", value.to_string()),
        AmqpValue::Int32(value) => ("int", value.to_string()),
        AmqpValue::UInt32(value) => ("unsignedint", value.to_string()),
        AmqpValue::Int64(value) => ("long", value.to_string()),
        AmqpValue::Float(value) => ("float", value.to_string()),
        AmqpValue::Double(value) => ("double", value.to_string()),
        AmqpValue::Decimal { scale, value } => ("decimal", format!("{value} × 10^-{scale}")),
        AmqpValue::Text(bytes) => ("longstr", Rendered::of(Some(bytes), Form::Text, false).text),
        AmqpValue::Binary(bytes) => ("binary", Rendered::of(Some(bytes), Form::Hex, false).text),
        AmqpValue::Time(seconds) => ("timestamp", seconds.to_string()),
        AmqpValue::Void => ("void", String::new()),
    };
    let shown = shown.chars().take(HEADER_CHARS).collect();
    list.push(header(path, amqp_type, shown));
}

fn header(name: String, amqp_type: &str, value: String) -> AmqpHeader {
    AmqpHeader { name, amqp_type: amqp_type.to_owned(), value }
}
