//! What is in a topic, by Kafka's own console consumer.

use brokers::Kafka;
use message::search::condition::Part;

/// A record as it was printed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    pub partition: i32,
    pub offset: i64,
    pub millis: i64,
    /// Whether the broker's clock set it.
    pub appended: bool,
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: Vec<(String, Option<Vec<u8>>)>,
}

impl Seen {
    pub fn part(&self, part: Part) -> Option<&[u8]> {
        match part {
            Part::Key => self.key.as_deref(),
            Part::Value => self.value.as_deref(),
        }
    }
}

/// How long nothing comes at the end. Joining its group is part of it.
const SILENCE: &str = "8000";

/// Stands for null: no record of the world holds this and nothing else.
const NULL: &str = "(none)";

/// All records of a topic, by partition and offset.
pub fn read(kafka: &Kafka, topic: &str, is_committed: bool) -> Vec<Seen> {
    let level = if is_committed { "read_committed" } else { "read_uncommitted" };
    let bytes = "org.apache.kafka.common.serialization.BytesDeserializer";
    let mut properties: Vec<String> =
        ["partition", "offset", "timestamp", "headers", "key", "value"]
            .map(|what| format!("print.{what}=true"))
            .into();
    properties
        .extend(["key", "value", "headers"].map(|what| format!("{what}.deserializer={bytes}")));
    properties.push(format!("null.literal={NULL}"));
    let mut arguments = vec!["--topic", topic, "--from-beginning", "--timeout-ms", SILENCE];
    arguments.extend(["--isolation-level", level]);
    for property in &properties {
        arguments.extend(["--formatter-property", property]);
    }
    let printed = kafka.tool("org.apache.kafka.tools.consumer.ConsoleConsumer", &arguments);
    let printed = printed.expect("the console consumer ends well");
    let lines = printed
        .lines()
        .filter(|line| line.starts_with("CreateTime:") || line.starts_with("LogAppendTime:"));
    let mut all: Vec<Seen> = lines.map(record).collect();
    all.sort();
    all
}

fn record(line: &str) -> Seen {
    let fields: Vec<&str> = line.split('\t').collect();
    let [time, partition, offset, headers, key, value] = fields[..] else { panic!("{line}") };
    let number = |field: &str| field.split_once(':').unwrap().1.parse::<i64>().unwrap();
    let header = |printed: &str| {
        let (name, value) = printed.split_once(':').unwrap();
        (name.to_owned(), bytes(value))
    };
    Seen {
        partition: i32::try_from(number(partition)).unwrap(),
        offset: number(offset),
        millis: number(time),
        appended: time.starts_with("LogAppendTime"),
        key: bytes(key),
        value: bytes(value),
        headers: match headers {
            "NO_HEADERS" => Vec::new(),
            all => all.split(',').map(header).collect(),
        },
    }
}

/// What `org.apache.kafka.common.utils.Bytes` prints: signs of ASCII as they are, but the backslash,
/// and all other bytes as `\x` and two digits.
fn bytes(printed: &str) -> Option<Vec<u8>> {
    if printed == NULL {
        return None;
    }
    let mut bytes = Vec::new();
    let mut rest = printed;
    while let Some((before, after)) = rest.split_once(r"\x") {
        bytes.extend(before.as_bytes());
        bytes.push(u8::from_str_radix(&after[..2], 16).unwrap());
        rest = &after[2..];
    }
    bytes.extend(rest.as_bytes());
    Some(bytes)
}
