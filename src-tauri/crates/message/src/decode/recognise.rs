//! What the bytes of a record's part are, and the text that they hold.
//!
//! In this order: something compressed, by its magic number, up to three times over; text with a byte
//! order mark; UTF-8 without a NUL; MessagePack or CBOR, where unmistakable ([`super::structured`]).
//! What is left is opaque: it claims no format, and its bytes are all there is. What claims a format
//! and cannot be read is neither, but a failure: nobody can tell what it holds.
//!
//! Text that is in the bytes already is borrowed and not copied, for a scan asks this of two million
//! records a second. Time and memory are bounded by [`Limits`], whatever the bytes claim.
//!
//! Left out: Latin-1 and its like, raw Snappy and zlib, and UTF-16 without a mark, which no bytes
//! tell of by themselves; a person may say so for a topic ([`Choice`]). Schemas of a registry come
//! with the registry.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decode::choice::{Choice, Decompress, Reading};
use crate::decode::decoding::{Decoding, Layer, Reason};
use crate::decode::structured::{self, Structured, structured};
use crate::decode::{Charset, Compression, Undecodable, message_pack};
use crate::render::Broken;
use crate::render::json::Tokens;

/// How often over bytes may be compressed: a few bytes exist that decompress to themselves for ever.
const MOST_LAYERS: usize = 3;

/// How much may be made of bytes. What would become more is a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// At most so many bytes.
    pub most: usize,
    /// At most so many times the bytes that are there, or a mebibyte: a topic full of small bombs is
    /// to be passed in minutes.
    pub growth: usize,
}

impl Default for Limits {
    /// 64 MiB, a thousand times: gzip itself cannot grow more.
    fn default() -> Limits {
        Limits { most: 64 << 20, growth: 1000 }
    }
}

impl Limits {
    fn of(self, bytes: &[u8]) -> usize {
        self.most.min(bytes.len().saturating_mul(self.growth).max(1 << 20))
    }
}

/// What bytes hold. `'b` is theirs: what needed no decoding is borrowed.
#[derive(Clone, PartialEq, Eq)]
pub enum Content<'b> {
    /// Text, JSON among it.
    Text {
        /// The text.
        text: Cow<'b, str>,
        /// The bytes of the MessagePack or CBOR, decompressed, that the text is the JSON of.
        source: Option<Cow<'b, [u8]>>,
    },
    /// Bytes that claim no format, decompressed.
    Opaque(Cow<'b, [u8]>),
    /// Bytes that claim a format, or are said to be of it, and cannot be read.
    Failed {
        /// Why not.
        reason: Reason,
        /// The bytes, decompressed as far as they could be.
        bytes: Cow<'b, [u8]>,
        /// Whether a text that stands in these bytes is one that they hold: not where they are
        /// compressed, or UTF-16.
        literal: bool,
    },
}

impl fmt::Debug for Content<'_> {
    /// Without the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Content::Text { text, source: None } => write!(f, "text of {} bytes", text.len()),
            Content::Text { text, source: Some(source) } => {
                write!(f, "JSON of {} bytes, of {} bytes", text.len(), source.len())
            }
            Content::Opaque(bytes) => write!(f, "{} bytes", bytes.len()),
            Content::Failed { reason, bytes, .. } => write!(f, "{} bytes: {reason}", bytes.len()),
        }
    }
}

/// What bytes were recognised as.
#[derive(Debug, Clone)]
pub struct Recognised<'b> {
    /// What they hold.
    pub content: Content<'b>,
    compressed: Vec<Compression>,
    format: Format,
    reason: Option<Reason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Text(Charset),
    /// Asked for; whether it is, was not looked at.
    Json,
    MessagePack,
    Cbor,
    Bytes,
}

/// Recognises bytes, or reads them as a person says. Looks at all of them at most once, but for what
/// has to be decompressed or decoded. Whether a text is JSON is not looked at: see
/// [`Recognised::decoding`].
pub fn recognise(bytes: &[u8], choice: Choice, limits: Limits) -> Recognised<'_> {
    let most = limits.of(bytes);
    let mut compressed = Vec::new();
    match decompressed(bytes, choice.decompress, most, &mut compressed) {
        Ok(bytes) => {
            let (content, format, reason) = read(bytes, choice.reading, most);
            Recognised { content, compressed, format, reason }
        }
        Err((bytes, reason)) => Recognised {
            content: Content::Failed { reason, bytes, literal: false },
            compressed,
            format: Format::Bytes,
            reason: Some(reason),
        },
    }
}

/// Whether bytes hold nothing that does not stand in them as it is, but for the escapes of JSON: true
/// for text and for opaque bytes, as far as the first bytes tell, which is all that is looked at.
pub fn is_its_own_bytes(bytes: &[u8], choice: Choice) -> bool {
    let asked = !matches!(choice.reading, Reading::Recognised | Reading::Bytes)
        || matches!(choice.decompress, Decompress::Named(_));
    let Some(first) = bytes.first() else { return !asked };
    !asked
        && !structured::may_begin(*first)
        && Compression::of(bytes).is_none()
        && Charset::marked(bytes).is_none()
}

impl Recognised<'_> {
    /// The text, where there is one.
    pub fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Text { text, .. } => Some(text),
            _ => None,
        }
    }

    /// Which decoders were used, and why not others. Reads the whole text where that begins like
    /// JSON, to tell whether it is.
    pub fn decoding(&self) -> Decoding {
        let mut layers: Vec<Layer> =
            self.compressed.iter().map(|&how| Layer::Compressed(how)).collect();
        let mut reason = self.reason;
        match (self.format, self.text()) {
            (Format::Text(charset), Some(text)) => {
                let first = text.trim_ascii_start().bytes().next();
                let json = matches!(first, Some(b'{' | b'[')).then(|| is_json(text));
                if charset != Charset::UTF_8 || json != Some(Ok(())) {
                    layers.push(Layer::Text(charset));
                }
                match json {
                    Some(Ok(())) => layers.push(Layer::Json),
                    // "[" begins many a line of a log, so only "{" is worth a remark.
                    Some(Err(why)) if first == Some(b'{') => {
                        reason = reason.or(Some(Reason::NotJson { why }));
                    }
                    _ => {}
                }
            }
            (Format::Json, Some(text)) => match is_json(text) {
                Ok(()) => layers.push(Layer::Json),
                Err(why) => {
                    layers.push(Layer::Text(Charset::UTF_8));
                    reason = reason.or(Some(Reason::NotJson { why }));
                }
            },
            (Format::MessagePack, Some(_)) => layers.push(Layer::MessagePack),
            (Format::Cbor, Some(_)) => layers.push(Layer::Cbor),
            (_, _) => layers.push(Layer::Bytes),
        }
        Decoding { layers, reason }
    }
}

fn is_json(text: &str) -> Result<(), Undecodable> {
    Tokens::new(text).try_for_each(|token| {
        token.map(drop).map_err(|broken| match broken {
            Broken::Unexpected { at } => Undecodable::Unexpected { at: at as u64 },
            Broken::Ends { .. } => Undecodable::Ends,
            Broken::TooDeep { .. } => Undecodable::TooDeep,
        })
    })
}

/// As far as it went, and why not further.
type Stuck<'b> = (Cow<'b, [u8]>, Reason);

/// The bytes with nothing around them any more, or as far as that went and why it ended.
fn decompressed<'b>(
    bytes: &'b [u8],
    how: Decompress,
    most: usize,
    compressed: &mut Vec<Compression>,
) -> Result<Cow<'b, [u8]>, Stuck<'b>> {
    let mut bytes = Cow::Borrowed(bytes);
    loop {
        let compression = match how {
            Decompress::No => None,
            Decompress::Named(compression) => compressed.is_empty().then_some(compression),
            Decompress::Recognised => Compression::of(&bytes),
        };
        let Some(compression) = compression else { return Ok(bytes) };
        if compressed.len() == MOST_LAYERS {
            return Err((bytes, Reason::TooManyLayers));
        }
        match compression.decompress(&bytes, most) {
            Ok(inside) => bytes = Cow::Owned(inside),
            Err(why) => return Err((bytes, Reason::NotCompressed { compression, why })),
        }
        compressed.push(compression);
    }
}

type Read<'b> = (Content<'b>, Format, Option<Reason>);

fn read(bytes: Cow<'_, [u8]>, reading: Reading, most: usize) -> Read<'_> {
    match reading {
        Reading::Recognised => recognised(bytes, most),
        Reading::Text(charset) => text(bytes, charset, Format::Text(charset)),
        Reading::Json => text(bytes, Charset::UTF_8, Format::Json),
        Reading::MessagePack => match message_pack(&bytes, most) {
            Ok(json) => json_of(bytes, json, Format::MessagePack),
            Err(why) => failed(bytes, Reason::NotMessagePack { why }, true),
        },
        Reading::Cbor => match structured::cbor_after_mark(&bytes, most) {
            Ok(json) => json_of(bytes, json, Format::Cbor),
            Err(why) => failed(bytes, Reason::NotCbor { why }, true),
        },
        Reading::Bytes => (Content::Opaque(bytes), Format::Bytes, None),
    }
}

fn recognised(bytes: Cow<'_, [u8]>, most: usize) -> Read<'_> {
    if let Some(charset) = Charset::marked(&bytes) {
        return marked_text(bytes, charset);
    }
    match std::str::from_utf8(&bytes) {
        Ok(_) => match memchr::memchr(0, &bytes) {
            None => text(bytes, Charset::UTF_8, Format::Text(Charset::UTF_8)),
            Some(at) => opaque(bytes, Reason::HoldsNul { at: at as u64 }),
        },
        Err(error) => match structured(&bytes, most) {
            Some(Structured::MessagePack(json)) => json_of(bytes, json, Format::MessagePack),
            Some(Structured::Cbor(json)) => json_of(bytes, json, Format::Cbor),
            Some(Structured::Failed(reason)) => failed(bytes, reason, true),
            None => {
                let at = Some(error.valid_up_to() as u64);
                opaque(bytes, Reason::NotText { charset: Charset::UTF_8, at })
            }
        },
    }
}

/// Text behind the mark of its encoding.
fn marked_text(bytes: Cow<'_, [u8]>, charset: Charset) -> Read<'_> {
    if charset != Charset::UTF_8
        && let Ok(text) = charset.decode(&bytes)
        && let Some(at) = memchr::memchr(0, text.as_bytes())
    {
        // UTF-32 begins with the mark of UTF-16: every other character would be a NUL.
        return failed(bytes, Reason::HoldsNul { at: at as u64 }, false);
    }
    text(bytes, charset, Format::Text(charset))
}

fn text(bytes: Cow<'_, [u8]>, charset: Charset, format: Format) -> Read<'_> {
    let decoded = match &bytes {
        Cow::Borrowed(bytes) => charset.decode(bytes),
        Cow::Owned(bytes) => charset.decode(bytes).map(|text| Cow::Owned(text.into_owned())),
    };
    let text = match decoded {
        Ok(text) => text,
        Err(at) => {
            let literal = charset == Charset::UTF_8;
            return failed(bytes, Reason::NotText { charset, at }, literal);
        }
    };
    (Content::Text { text, source: None }, format, None)
}

fn json_of(bytes: Cow<'_, [u8]>, json: String, format: Format) -> Read<'_> {
    (Content::Text { text: Cow::Owned(json), source: Some(bytes) }, format, None)
}

fn opaque(bytes: Cow<'_, [u8]>, reason: Reason) -> Read<'_> {
    (Content::Opaque(bytes), Format::Bytes, Some(reason))
}

fn failed(bytes: Cow<'_, [u8]>, reason: Reason, literal: bool) -> Read<'_> {
    (Content::Failed { reason, bytes, literal }, Format::Bytes, Some(reason))
}

#[cfg(test)]
mod tests;
