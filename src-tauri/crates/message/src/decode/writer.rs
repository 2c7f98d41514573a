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
        Writer { text: String::new(), most, open: Vec::new() }
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

    pub fn finish(self) -> String {
        self.text
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
        let _ = write!(self.text, "{}", serde_json::Value::from(text));
    }

    fn bounded(&self) -> Result<(), Undecodable> {
        if self.text.len() > self.most { Err(Undecodable::TooLong) } else { Ok(()) }
    }
}
