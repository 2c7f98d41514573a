//! What bytes were recognised as, for the record to say so.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::decode::{Charset, Compression, Undecodable};

/// Which decoders were used, and why not others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decoding {
    /// From the outside in, at least one: `gzip`, then `JSON`. UTF-8 is not named where JSON is.
    pub layers: Vec<Layer>,
    /// Why it is not more than this, or not what was asked for.
    pub reason: Option<Reason>,
}

/// One decoder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "layer", content = "of", rename_all = "snake_case")]
pub enum Layer {
    /// What follows was compressed.
    Compressed(Compression),
    /// Text in an encoding.
    Text(Charset),
    /// An object, an array or, where asked for, any other value of JSON.
    Json,
    /// MessagePack.
    MessagePack,
    /// CBOR.
    Cbor,
    /// Bytes of which no more is known.
    Bytes,
}

/// Why bytes are not shown as what they claim to be, or as what was asked for. No byte of them is in
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// They begin like something compressed, or are said to be, and cannot be decompressed.
    NotCompressed {
        /// How.
        compression: Compression,
        /// Why not.
        why: Undecodable,
    },
    /// Compressed in what was compressed, and so on.
    TooManyLayers,
    /// No text in an encoding.
    NotText {
        /// Which.
        charset: Charset,
        /// The first byte that is none, if it can be told, counted in what is decompressed.
        at: Option<u64>,
    },
    /// Text with a NUL, which texts do not have.
    HoldsNul {
        /// Where the first one is, in bytes of the text.
        at: u64,
    },
    /// Text that begins like JSON, or is said to be JSON, and is not.
    NotJson {
        /// What is wrong.
        why: Undecodable,
    },
    /// No MessagePack, or none that can be shown.
    NotMessagePack {
        /// Why not.
        why: Undecodable,
    },
    /// No CBOR, or none that can be shown.
    NotCbor {
        /// Why not.
        why: Undecodable,
    },
    /// MessagePack and CBOR at once, of different values.
    Ambiguous,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Layer::Compressed(compression) => write!(f, "{compression}"),
            Layer::Text(charset) => write!(f, "{charset} text"),
            Layer::Json => write!(f, "JSON"),
            Layer::MessagePack => write!(f, "MessagePack"),
            Layer::Cbor => write!(f, "CBOR"),
            Layer::Bytes => write!(f, "bytes"),
        }
    }
}

impl fmt::Display for Reason {
    /// A lower-case phrase.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::NotCompressed { compression, why } => write!(f, "not {compression}: {why}"),
            Reason::TooManyLayers => write!(f, "compressed too many times over"),
            Reason::NotText { charset, at: Some(at) } => write!(f, "not {charset} at byte {at}"),
            Reason::NotText { charset, at: None } => write!(f, "not {charset}"),
            Reason::HoldsNul { at } => write!(f, "a NUL at byte {at} of the text"),
            Reason::NotJson { why } => write!(f, "not JSON: {why}"),
            Reason::NotMessagePack { why } => write!(f, "not MessagePack: {why}"),
            Reason::NotCbor { why } => write!(f, "not CBOR: {why}"),
            Reason::Ambiguous => write!(f, "both MessagePack and CBOR"),
        }
    }
}
