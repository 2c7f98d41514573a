//! Bytes to something readable, always bounded, always lossless about what was cut.
//!
//! Nothing here fails: bytes that are not what they were taken for fall back to text or hex, with
//! the reason. Payloads become text here and only here, so that 64-bit numbers survive and the UI
//! never parses a payload.
//!
//! What is shown is for eyes. Control, bidi and invisible characters are shown as symbols, which
//! bytes may also hold by themselves ("␀" is a character like any other): the hex form is the
//! truth, and copying and saving work on the bytes, never on a rendering.
//!
//! Left out: UTF-16, UTF-32 and Latin-1 are shown as hex (a byte order mark is recognised and
//! named); decompression and schemas belong to decoders, which come with search.

mod hex;
pub(crate) mod json;
mod pretty;
mod preview;
mod symbols;
#[cfg(test)]
mod tests;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use hex::{HexRow, hex_window};
pub use json::{Broken, DEPTH_LIMIT};
pub(crate) use preview::visible_line;
pub use preview::{Kind, Preview, preview, preview_prefix};
pub(crate) use symbols::acts;
pub use symbols::visible;

/// The form a person asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// JSON where the bytes are a JSON object or array, else text where they are UTF-8 without
    /// NUL, else hex.
    Auto,
    /// Text.
    Text,
    /// JSON of any kind, indented, numbers and escapes as they are.
    Json,
    /// Offsets, bytes and their ASCII characters.
    Hex,
}

/// The form that is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shown {
    /// Text.
    Text,
    /// JSON: no error in the bytes shown.
    Json,
    /// Offsets, bytes and their ASCII characters.
    Hex,
}

/// How the bytes are encoded, as far as can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Encoding {
    /// UTF-8, of which ASCII is a part.
    Utf8,
    /// UTF-8 after a byte order mark, which is not shown in text and JSON.
    Utf8WithMark,
    /// A byte order mark of little-endian UTF-16; not decoded.
    Utf16LittleEndian,
    /// A byte order mark of big-endian UTF-16; not decoded.
    Utf16BigEndian,
    /// Not UTF-8.
    Unknown,
}

/// Why the form shown is not the one asked for. Offsets count from the first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Fallback {
    /// Not UTF-8.
    NotUtf8 {
        /// Where it stops being UTF-8.
        at: u64,
    },
    /// UTF-8 with a NUL byte: hardly text, so it is shown as hex unless text is asked for.
    HoldsNul {
        /// Where the first NUL is.
        at: u64,
    },
    /// Not JSON.
    NotJson {
        /// Where it stops being JSON.
        at: u64,
    },
    /// The JSON ends before it is complete.
    EndsEarly {
        /// Where the incomplete part begins.
        at: u64,
    },
    /// JSON that is nested deeper than [`DEPTH_LIMIT`].
    TooDeep {
        /// Where it becomes too deep.
        at: u64,
    },
}

impl fmt::Display for Fallback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fallback::NotUtf8 { at } => write!(f, "not UTF-8 at byte {at}"),
            Fallback::HoldsNul { at } => write!(f, "a NUL byte at byte {at}"),
            Fallback::NotJson { at } => write!(f, "not JSON at byte {at}"),
            Fallback::EndsEarly { at } => write!(f, "the JSON is incomplete from byte {at}"),
            Fallback::TooDeep { at } => {
                write!(f, "JSON nested deeper than {DEPTH_LIMIT} levels at byte {at}")
            }
        }
    }
}

/// Bytes as a person reads them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rendering {
    /// The form of `text`.
    pub form: Shown,
    /// Lines end with `\n`; tabs stay; every other control, bidi or invisible character is a
    /// symbol.
    pub text: String,
    /// How many bytes from the first one on `text` shows.
    pub shown_bytes: u64,
    /// How many bytes there are.
    pub total_bytes: u64,
    /// Why this is not the form asked for. For [`Form::Auto`]: why it is hex, or why something
    /// that begins like a JSON object is shown as text.
    pub fallback: Option<Fallback>,
    /// How the bytes are encoded.
    pub encoding: Encoding,
    /// How many characters are shown as symbols.
    pub symbols: u64,
}

impl fmt::Debug for Rendering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rendering { form, shown_bytes, total_bytes, fallback, encoding, .. } = self;
        write!(f, "{form:?} of {shown_bytes}/{total_bytes} bytes, {encoding:?}, {fallback:?}")
    }
}

/// Renders bytes in the form asked for, or in the nearest one that is possible.
///
/// At most the first `limit_bytes` bytes are looked at: JSON and UTF-8 are checked that far. The
/// result is never longer than [`growth_limit`] of them, whatever the bytes hold; where that cuts,
/// `shown_bytes` says so.
pub fn render(bytes: &[u8], form: Form, limit_bytes: usize) -> Rendering {
    let head = bytes.get(..limit_bytes).unwrap_or(bytes);
    let source = Source::new(head, bytes.len());
    match form {
        Form::Hex => source.hex(None),
        Form::Text => source.text().unwrap_or_else(|why| source.hex(Some(why))),
        Form::Json => source.json_or_text(),
        Form::Auto => source.auto(),
    }
}

/// The most bytes of UTF-8 that the rendering of so many bytes has: 16 times as many, and 64 KiB.
/// Only deeply nested JSON, whose indentation can outgrow its content, is cut by it.
pub const fn growth_limit(limit_bytes: usize) -> usize {
    limit_bytes.saturating_mul(16).saturating_add(64 * 1024)
}

const UTF8_MARK: &[u8] = &[0xEF, 0xBB, 0xBF];

/// What is looked at, and what is known about it.
struct Source<'b> {
    head: &'b [u8],
    total: usize,
    encoding: Encoding,
    /// The text after a byte order mark, and the mark's length.
    utf8: Result<(&'b str, usize), Fallback>,
}

impl<'b> Source<'b> {
    fn new(head: &'b [u8], total: usize) -> Self {
        let (mark, rest) = match head.strip_prefix(UTF8_MARK) {
            Some(rest) => (UTF8_MARK.len(), rest),
            None => (0, head),
        };
        let utf8 = utf8_prefix(rest, head.len() < total)
            .map(|text| (text, mark))
            .map_err(|at| Fallback::NotUtf8 { at: (at + mark) as u64 });
        let encoding = match (&utf8, head) {
            (Ok((_, 0)), _) => Encoding::Utf8,
            (Ok(_), _) => Encoding::Utf8WithMark,
            (Err(_), [0xFF, 0xFE, ..]) => Encoding::Utf16LittleEndian,
            (Err(_), [0xFE, 0xFF, ..]) => Encoding::Utf16BigEndian,
            (Err(_), _) => Encoding::Unknown,
        };
        Source { head, total, encoding, utf8 }
    }

    fn auto(&self) -> Rendering {
        let (text, mark) = match self.utf8 {
            Ok(found) => found,
            Err(why) => return self.hex(Some(why)),
        };
        let first = text.trim_ascii_start().bytes().next();
        let mut fallback = None;
        if matches!(first, Some(b'{' | b'[')) {
            match self.json(text, mark) {
                Ok(rendering) => return rendering,
                // "[" begins many a line of a log, so only "{" is worth a remark.
                Err(why @ Fallback::TooDeep { .. }) => fallback = Some(why),
                Err(why) => fallback = (first == Some(b'{')).then_some(why),
            }
        }
        if let Some(at) = text.bytes().position(|byte| byte == 0) {
            return self.hex(Some(Fallback::HoldsNul { at: (at + mark) as u64 }));
        }
        self.plain(text, mark, fallback)
    }

    fn json_or_text(&self) -> Rendering {
        match self.utf8 {
            Err(why) => self.hex(Some(why)),
            Ok((text, mark)) => {
                self.json(text, mark).unwrap_or_else(|why| self.plain(text, mark, Some(why)))
            }
        }
    }

    fn text(&self) -> Result<Rendering, Fallback> {
        self.utf8.map(|(text, mark)| self.plain(text, mark, None))
    }

    fn plain(&self, text: &str, mark: usize, fallback: Option<Fallback>) -> Rendering {
        let mut shown = String::with_capacity(text.len());
        let symbols = symbols::push_lines(&mut shown, text);
        self.rendering(Shown::Text, shown, mark + text.len(), fallback, symbols)
    }

    fn json(&self, text: &str, mark: usize) -> Result<Rendering, Fallback> {
        let cut = mark + text.len() < self.total;
        let place = |at: usize| (at + mark) as u64;
        let pretty = pretty::pretty(text, cut, growth_limit(self.head.len())).map_err(
            |broken| match broken {
                Broken::Unexpected { at } => Fallback::NotJson { at: place(at) },
                Broken::Ends { at } => Fallback::EndsEarly { at: place(at) },
                Broken::TooDeep { at } => Fallback::TooDeep { at: place(at) },
            },
        )?;
        Ok(self.rendering(Shown::Json, pretty.text, mark + pretty.read, None, pretty.symbols))
    }

    fn hex(&self, fallback: Option<Fallback>) -> Rendering {
        let text = hex::page(self.head);
        self.rendering(Shown::Hex, text, self.head.len(), fallback, 0)
    }

    fn rendering(
        &self,
        form: Shown,
        text: String,
        shown: usize,
        fallback: Option<Fallback>,
        symbols: u64,
    ) -> Rendering {
        Rendering {
            form,
            text,
            shown_bytes: shown as u64,
            total_bytes: self.total as u64,
            fallback,
            encoding: self.encoding,
            symbols,
        }
    }
}

/// The bytes as UTF-8, without a character that the end cuts in two where `cut` says that more
/// bytes follow; else where they stop being UTF-8.
fn utf8_prefix(bytes: &[u8], cut: bool) -> Result<&str, usize> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => {
            let valid = error.valid_up_to();
            if !cut || error.error_len().is_some() {
                return Err(valid);
            }
            bytes.get(..valid).and_then(|part| std::str::from_utf8(part).ok()).ok_or(valid)
        }
    }
}
