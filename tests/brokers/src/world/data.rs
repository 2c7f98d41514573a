//! The data of the demo world, as `world/*.toml` holds it; what each key means is explained there.

use serde::Deserialize;

/// `world/kafka.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaData {
    pub topic: Vec<Topic>,
    pub group: Vec<Group>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Topic {
    pub name: String,
    pub partitions: i32,
    pub every_ms: i64,
    #[serde(default)]
    pub settings: toml::Table,
    pub records: Vec<Records>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Records {
    #[serde(default = "one")]
    pub repeat: u64,
    pub label: Option<String>,
    pub partition: Option<i32>,
    pub key: Option<String>,
    pub value: Option<String>,
    #[serde(default)]
    pub values: Vec<String>,
    pub value_hex: Option<String>,
    #[serde(default)]
    pub headers: Vec<Header>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    pub name: String,
    pub text: Option<String>,
    pub hex: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    pub name: String,
    pub topic: String,
    pub behind: Vec<i64>,
}

/// `world/rabbitmq.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RabbitData {
    pub exchange: Vec<Exchange>,
    pub queue: Vec<Queue>,
    pub messages: Vec<Messages>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    pub name: String,
    pub kind: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Queue {
    pub name: String,
    #[serde(default)]
    pub kind: QueueKind,
    pub dead_letter_to: Option<String>,
    pub delivery_limit: Option<i64>,
    pub consumer: Option<String>,
    #[serde(default)]
    pub bindings: Vec<Binding>,
}

/// The type of a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum QueueKind {
    /// The default one.
    #[default]
    Classic,
    /// Replicated, with a delivery limit.
    Quorum,
    /// A log that reading does not change.
    Stream,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Binding {
    pub exchange: String,
    pub key: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Messages {
    #[serde(default = "one")]
    pub repeat: u64,
    pub label: Option<String>,
    #[serde(default)]
    pub exchange: String,
    pub key: Option<String>,
    pub queue: String,
    #[serde(default)]
    pub fate: Fate,
    #[serde(default)]
    pub returned: u32,
    pub body: Option<String>,
    #[serde(default)]
    pub bodies: Vec<String>,
    pub content_type: String,
    pub message_id: String,
    pub correlation_id: Option<String>,
    pub app_id: String,
    #[serde(default)]
    pub headers: toml::Table,
}

/// What becomes of a message.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fate {
    #[default]
    Stays,
    Expires,
    Rejected,
    Taken,
}

fn one() -> u64 {
    1
}

impl KafkaData {
    /// Reads the file, which is part of this program.
    pub fn load() -> KafkaData {
        toml::from_str(include_str!("../../world/kafka.toml"))
            .unwrap_or_else(|error| panic!("world/kafka.toml: {error}"))
    }
}

impl RabbitData {
    /// Reads the file, which is part of this program.
    pub fn load() -> RabbitData {
        toml::from_str(include_str!("../../world/rabbitmq.toml"))
            .unwrap_or_else(|error| panic!("world/rabbitmq.toml: {error}"))
    }
}

/// The text for the record `n` of a block: `{n}`, `{n%M}`, `{n+A}` and `{n%M+A}` become numbers.
pub fn fill(template: &str, n: u64) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(start) = rest.find("{n") {
        let (before, from) = rest.split_at(start);
        text.push_str(before);
        let end = from.find('}').unwrap_or_else(|| panic!("no }} ends {from}"));
        text.push_str(&number(&from[2..end], n).to_string());
        rest = &from[end + 1..];
    }
    text + rest
}

fn number(sum: &str, n: u64) -> u64 {
    let parse = |text: &str| -> u64 {
        text.parse().unwrap_or_else(|_| panic!("{{n{sum}}} is none of {{n}}, {{n%40}}, {{n+100}}"))
    };
    let (remainder, plus) = sum.split_once('+').unwrap_or((sum, "0"));
    let n = remainder.strip_prefix('%').map_or(n, |divisor| n % parse(divisor));
    n + parse(plus)
}

/// Bytes from pairs of hexadecimal digits.
pub fn bytes(hex: &str) -> Vec<u8> {
    let pairs = hex.as_bytes().chunks(2);
    pairs
        .map(|pair| {
            str::from_utf8(pair)
                .ok()
                .and_then(|pair| u8::from_str_radix(pair, 16).ok())
                .unwrap_or_else(|| panic!("{hex} is not hexadecimal"))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_filled_in_and_other_braces_stay() {
        assert_eq!(fill(r#"{"id":{n+10},"c":"c-{n%3}"}"#, 4), r#"{"id":14,"c":"c-1"}"#);
        assert_eq!(fill("{n} {n%3+7} {}", 5), "5 9 {}");
    }

    #[test]
    fn both_files_of_the_world_can_be_read() {
        assert!(!KafkaData::load().topic.is_empty());
        assert!(!RabbitData::load().messages.is_empty());
    }
}
