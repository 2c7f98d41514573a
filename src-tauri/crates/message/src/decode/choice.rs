//! What a person says that bytes are, for a topic whose records do not tell it by themselves.

use serde::{Deserialize, Serialize};

use crate::decode::{Charset, Compression};

/// How the bytes of a part are to be read. By itself: recognised, each record alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is done first.
    #[serde(default)]
    pub decompress: Decompress,
    /// What the bytes then are.
    #[serde(default, rename = "as")]
    pub reading: Reading,
}

/// Whether bytes were compressed by a client, before the broker saw them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(tag = "how", content = "compression", rename_all = "snake_case")]
pub enum Decompress {
    /// Where the first bytes say so, and again in what comes out.
    #[default]
    Recognised,
    /// Never.
    No,
    /// Always, in this way and once.
    Named(Compression),
}

/// What bytes are read as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(tag = "format", content = "charset", rename_all = "snake_case")]
pub enum Reading {
    /// What they are recognised as.
    #[default]
    Recognised,
    /// Text.
    Text(Charset),
    /// JSON, which is UTF-8 text.
    Json,
    /// MessagePack.
    MessagePack,
    /// CBOR.
    Cbor,
    /// Bytes and nothing else.
    Bytes,
}

impl Choice {
    /// Everything recognised.
    pub const RECOGNISED: Choice =
        Choice { decompress: Decompress::Recognised, reading: Reading::Recognised };
}
