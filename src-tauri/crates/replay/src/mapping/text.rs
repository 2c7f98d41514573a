//! AMQP values as text.

use message::amqp::Entry;
use message::{AmqpValue, Octets};

/// The deepest nesting that is written.
const DEEPEST: usize = 64;

/// A value as the bytes of a Kafka header, and what that costs.
pub(super) struct AsBytes {
    pub bytes: Option<Octets>,
    /// True where the type cannot be told from the bytes any more.
    pub type_lost: bool,
    /// True where it is JSON now.
    pub nested: bool,
    /// True where something nested too deep was left out.
    pub cut: bool,
}

pub(super) fn as_bytes(value: &AmqpValue) -> AsBytes {
    let plain = |bytes| AsBytes { bytes, type_lost: false, nested: false, cut: false };
    match value {
        AmqpValue::Void => plain(None),
        AmqpValue::Text(bytes) => plain(Some(bytes.clone())),
        // Bytes that are not text come back as a binary; others would come back as text.
        AmqpValue::Binary(bytes) => AsBytes {
            type_lost: std::str::from_utf8(bytes.as_slice()).is_ok(),
            ..plain(Some(bytes.clone()))
        },
        AmqpValue::Table(_) | AmqpValue::Array(_) => {
            let mut json = Json { text: String::new(), cut: false };
            json.value(value, 0);
            let bytes = Some(Octets::from(json.text.as_str()));
            AsBytes { nested: true, cut: json.cut, ..plain(bytes) }
        }
        scalar => AsBytes { type_lost: true, ..plain(Some(Octets::from(lexeme(scalar).as_str()))) },
    }
}

/// A scalar that is neither bytes nor nothing.
fn lexeme(value: &AmqpValue) -> String {
    match value {
        AmqpValue::Boolean(v) => v.to_string(),
        AmqpValue::Int8(v) => v.to_string(),
        AmqpValue::UInt8(v) => v.to_string(),
        AmqpValue::Int16(v) => v.to_string(),
        AmqpValue::UInt16(v) => v.to_string(),
        AmqpValue::Int32(v) => v.to_string(),
        AmqpValue::UInt32(v) => v.to_string(),
        AmqpValue::Int64(v) => v.to_string(),
        // `{:?}` is the shortest text that reads back as the same number.
        AmqpValue::Float(v) => format!("{v:?}"),
        AmqpValue::Double(v) => format!("{v:?}"),
        AmqpValue::Decimal { scale, value } => decimal(*scale, *value),
        AmqpValue::Time(v) => v.to_string(),
        _ => String::new(),
    }
}

fn decimal(scale: u8, value: u32) -> String {
    let scale = usize::from(scale);
    let digits = format!("{value:0width$}", width = scale + 1);
    match digits.split_at_checked(digits.len() - scale) {
        Some((whole, part)) if !part.is_empty() => format!("{whole}.{part}"),
        _ => digits,
    }
}

struct Json {
    text: String,
    cut: bool,
}

impl Json {
    fn value(&mut self, value: &AmqpValue, depth: usize) {
        match value {
            AmqpValue::Table(_) | AmqpValue::Array(_) if depth == DEEPEST => {
                self.text.push_str("null");
                self.cut = true;
            }
            AmqpValue::Table(entries) => self.table(entries, depth),
            AmqpValue::Array(values) => {
                self.text.push('[');
                for (i, value) in values.iter().enumerate() {
                    self.comma(i);
                    self.value(value, depth + 1);
                }
                self.text.push(']');
            }
            AmqpValue::Void => self.text.push_str("null"),
            AmqpValue::Text(bytes) => match std::str::from_utf8(bytes.as_slice()) {
                Ok(text) => self.string(text),
                Err(_) => self.hex(bytes),
            },
            AmqpValue::Binary(bytes) => self.hex(bytes),
            // JSON has no word for these.
            AmqpValue::Float(v) if !v.is_finite() => self.string(&format!("{v:?}")),
            AmqpValue::Double(v) if !v.is_finite() => self.string(&format!("{v:?}")),
            scalar => self.text.push_str(&lexeme(scalar)),
        }
    }

    fn table(&mut self, entries: &[Entry], depth: usize) {
        self.text.push('{');
        for (i, (name, value)) in entries.iter().enumerate() {
            self.comma(i);
            self.string(name);
            self.text.push(':');
            self.value(value, depth + 1);
        }
        self.text.push('}');
    }

    fn comma(&mut self, i: usize) {
        if i > 0 {
            self.text.push(',');
        }
    }

    fn string(&mut self, text: &str) {
        self.text.push_str(&serde_json::Value::from(text).to_string());
    }

    fn hex(&mut self, bytes: &Octets) {
        self.text.push_str("{\"hex\":\"");
        for byte in bytes.as_slice() {
            self.text.push_str(&format!("{byte:02x}"));
        }
        self.text.push_str("\"}");
    }
}
