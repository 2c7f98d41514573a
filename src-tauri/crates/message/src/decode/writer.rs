//! Values of other formats, written as JSON: bounded in depth and length, whatever the bytes claim.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::decode::Undecodable;
use crate::render::DEPTH_LIMIT;

/// See the module.
pub(super) struct Writer {
    text: String,
    most: usize,
    open: Vec<Open>,
    /// What speaks for the format that is read, and against it.
    pub signs: Signs,
}

/// What speaks for bytes being of a format, and against it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Signs {
    /// A text that people could have written.
    text: bool,
    /// A text that is none, or a name that is no text.
    strange: bool,
}

impl Signs {
    pub fn saw_text(&mut self, text: &str) {
        let typed = |c: char| !c.is_control() || matches!(c, '\t' | '\n' | '\r');
        self.text |= !text.is_empty() && text.chars().all(typed);
    }

    pub fn saw_strange(&mut self) {
        self.strange = true;
    }

    pub fn add(&mut self, other: Signs) {
        self.text |= other.text;
        self.strange |= other.strange;
    }

    /// Every name is a text, and a text is there.
    pub fn are_plain(self) -> bool {
        self.text && !self.strange
    }
}

/// A whole value.
#[derive(Debug)]
pub(super) struct Document {
    pub json: String,
    pub signs: Signs,
}

/// An object or array that is not complete.
struct Open {
    object: bool,
    /// Whether a value is to follow the name that was written.
    named: bool,
    empty: bool,
}

impl Writer {
    pub fn new(most: usize) -> Self {
        Writer { text: String::new(), most, open: Vec::new(), signs: Signs::default() }
    }

    /// Whether the next value is the name of a member.
    pub fn wants_name(&self) -> bool {
        self.open.last().is_some_and(|open| open.object && !open.named)
    }

    pub fn open(&mut self, object: bool) -> Result<(), Undecodable> {
        if self.open.len() == DEPTH_LIMIT {
            return Err(Undecodable::TooDeep);
        }
        self.begin();
        self.text.push(if object { '{' } else { '[' });
        self.open.push(Open { object, named: false, empty: true });
        self.bounded()
    }

    pub fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            self.text.push(if open.object { '}' } else { ']' });
        }
    }

    /// The name of the member that follows.
    pub fn name(&mut self, name: &str) -> Result<(), Undecodable> {
        self.comma();
        if let Some(open) = self.open.last_mut() {
            open.named = true;
        }
        self.quoted(name);
        self.text.push(':');
        self.bounded()
    }

    pub fn text(&mut self, text: &str) -> Result<(), Undecodable> {
        self.begin();
        self.quoted(text);
        self.bounded()
    }

    /// A number, a truth value or null, as JSON writes it.
    pub fn plain(&mut self, value: impl std::fmt::Display) -> Result<(), Undecodable> {
        self.begin();
        let _ = write!(self.text, "{value}");
        self.bounded()
    }

    /// JSON has no word for some of them.
    pub fn float(&mut self, value: f64) -> Result<(), Undecodable> {
        if value.is_finite() {
            return self.plain(value);
        }
        self.open(true)?;
        self.name("$number")?;
        let text = match (value.is_nan(), value > 0.0) {
            (true, _) => "NaN",
            (false, true) => "Infinity",
            (false, false) => "-Infinity",
        };
        self.text(text)?;
        self.close();
        Ok(())
    }

    /// Bytes that are no text.
    pub fn binary(&mut self, bytes: &[u8]) -> Result<(), Undecodable> {
        self.open(true)?;
        self.name("$binary")?;
        self.base64(bytes)?;
        self.close();
        Ok(())
    }

    pub fn base64(&mut self, bytes: &[u8]) -> Result<(), Undecodable> {
        self.text(&STANDARD.encode(bytes))
    }

    pub fn finish(self) -> Document {
        Document { json: self.text, signs: self.signs }
    }

    /// The name of a member that this writer was made for: a text as it is, anything else as its
    /// JSON.
    pub fn finish_name(self) -> (String, Signs) {
        let Document { json, mut signs } = self.finish();
        match serde_json::from_str::<String>(&json) {
            Ok(name) => (name, signs),
            Err(_) => {
                signs.saw_strange();
                (json, signs)
            }
        }
    }

    /// Before a value: the comma of an array, or nothing after a name.
    fn begin(&mut self) {
        match self.open.last_mut() {
            Some(open) if open.object => open.named = false,
            _ => self.comma(),
        }
    }

    fn comma(&mut self) {
        if let Some(open) = self.open.last_mut()
            && !std::mem::take(&mut open.empty)
        {
            self.text.push(',');
        }
    }

    fn quoted(&mut self, text: &str) {
        self.text.push('"');
        let mut from = 0;
        for (at, byte) in text.bytes().enumerate() {
            if !matches!(byte, b'"' | b'\\' | 0..=0x1f) {
                continue;
            }
            self.text.push_str(text.get(from..at).unwrap_or_default());
            from = at + 1;
            match byte {
                b'"' => self.text.push_str("\\\""),
                b'\\' => self.text.push_str("\\\\"),
                b'\n' => self.text.push_str("\\n"),
                b'\r' => self.text.push_str("\\r"),
                b'\t' => self.text.push_str("\\t"),
                _ => {
                    let _ = write!(self.text, "\\u{byte:04x}");
                }
            }
        }
        self.text.push_str(text.get(from..).unwrap_or_default());
        self.text.push('"');
    }

    fn bounded(&self) -> Result<(), Undecodable> {
        if self.text.len() > self.most { Err(Undecodable::TooLong) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn texts_and_names_read_back(text: String, name in "[\"\\\\\u{0}-\u{20}é]{0,6}") {
            let mut writer = Writer::new(10_000);
            writer.open(true).unwrap();
            writer.name(&name).unwrap();
            writer.text(&text).unwrap();
            writer.close();
            let json = writer.finish().json;
            prop_assert_eq!(
                serde_json::from_str::<serde_json::Value>(&json).unwrap(),
                serde_json::json!({ name: text })
            );
        }
    }
}
