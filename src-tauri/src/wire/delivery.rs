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
    /// The first of them, with what is below them, in their order.
    pub headers: Vec<AmqpHeader>,
    /// How many more lines there are.
    pub headers_omitted: u32,
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
    /// Whether the value is longer than this.
    pub truncated: bool,
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
        let mut headers = Headers::default();
        for (name, value) in delivery.properties.headers.iter().flatten() {
            headers.add(&|| visible(name), value);
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
            headers: headers.listed,
            headers_omitted: headers.omitted,
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

/// The lines of a table of headers.
#[derive(Default)]
struct Headers {
    listed: Vec<AmqpHeader>,
    omitted: u32,
}

impl Headers {
    /// Lists a header, and the entries of tables and arrays below it by their path.
    fn add(&mut self, path: &dyn Fn() -> String, value: &AmqpValue) {
        if self.listed.len() >= MOST_HEADERS {
            self.omitted = self.omitted.saturating_add(lines(value));
            return;
        }
        let path = path();
        let (shown, whole) = shown(value);
        let mut rest = shown.char_indices().skip(HEADER_CHARS);
        let (shown, whole) = match rest.next() {
            Some((end, _)) => (shown.get(..end).unwrap_or_default().to_owned(), false),
            None => (shown, whole),
        };
        self.listed.push(AmqpHeader {
            name: path.clone(),
            amqp_type: value.type_name().to_owned(),
            value: shown,
            truncated: !whole,
        });
        match value {
            AmqpValue::Table(entries) => {
                for (name, value) in entries {
                    self.add(&|| format!("{path}.{}", visible(name)), value);
                }
            }
            AmqpValue::Array(values) => {
                for (place, value) in values.iter().enumerate() {
                    self.add(&|| format!("{path}[{place}]"), value);
                }
            }
            _ => {}
        }
    }
}

/// How many lines a value takes: its own, and those below it.
fn lines(value: &AmqpValue) -> u32 {
    let below: u32 = match value {
        AmqpValue::Table(entries) => entries.iter().map(|(_, value)| lines(value)).sum(),
        AmqpValue::Array(values) => values.iter().map(lines).sum(),
        _ => 0,
    };
    below.saturating_add(1)
}

/// A value as text, and whether that is all of it.
fn shown(value: &AmqpValue) -> (String, bool) {
    let bytes = |bytes, form| {
        let rendered = Rendered::of(Some(bytes), form, false);
        (rendered.text, rendered.shown_bytes.0 == rendered.total_bytes.0)
    };
    let text = match value {
        AmqpValue::Text(text) => return bytes(text, Form::Text),
        AmqpValue::Binary(binary) => return bytes(binary, Form::Hex),
        AmqpValue::Table(entries) => format!("{} entries", entries.len()),
        AmqpValue::Array(values) => format!("{} values", values.len()),
        AmqpValue::Boolean(value) => value.to_string(),
        AmqpValue::Int8(value) => value.to_string(),
        AmqpValue::UInt8(value) => value.to_string(),
        AmqpValue::Int16(value) => value.to_string(),
        AmqpValue::UInt16(value) => value.to_string(),
        AmqpValue::Int32(value) => value.to_string(),
        AmqpValue::UInt32(value) => value.to_string(),
        AmqpValue::Int64(value) => value.to_string(),
        AmqpValue::Float(value) => value.to_string(),
        AmqpValue::Double(value) => value.to_string(),
        AmqpValue::Decimal { scale, value } => format!("{value} × 10^-{scale}"),
        AmqpValue::Time(seconds) => seconds.to_string(),
        AmqpValue::Void => String::new(),
    };
    (text, true)
}

#[cfg(test)]
mod tests {
    use message::Octets;

    use super::*;

    fn text(length: usize) -> AmqpValue {
        AmqpValue::Text(Octets::from("é".repeat(length).into_bytes()))
    }

    #[test]
    fn a_value_that_is_cut_says_so() {
        let mut headers = Headers::default();
        headers.add(&|| "just".into(), &text(HEADER_CHARS));
        headers.add(&|| "longer".into(), &text(HEADER_CHARS + 1));
        let [just, longer] = &headers.listed[..] else { panic!("both are listed") };
        assert_eq!((just.value.chars().count(), just.truncated), (HEADER_CHARS, false));
        assert_eq!((longer.value.chars().count(), longer.truncated), (HEADER_CHARS, true));
    }

    #[test]
    fn what_is_not_listed_is_counted_also_below_tables() {
        let array = AmqpValue::Array(vec![text(1); 600]);
        let mut headers = Headers::default();
        for name in ["a", "b", "c"] {
            headers.add(&|| name.into(), &array);
        }
        assert_eq!(headers.listed.len(), MOST_HEADERS);
        assert_eq!(headers.omitted as usize, 3 * 601 - MOST_HEADERS);
        assert_eq!(headers.listed[600].name, "a[599]");
    }
}
