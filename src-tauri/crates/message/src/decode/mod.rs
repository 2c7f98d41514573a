//! What bytes are, and bytes of other formats as JSON.
//!
//! [`recognise`] tells what the bytes of a record's part are and gives them as text, by itself or as
//! a person says ([`Choice`]).
//!
//! What JSON has no word for is written as an object whose name begins with `$`: `{"$binary":"AP8="}`
//! (base64), `{"$number":"NaN"}`, a MessagePack extension as `{"$extension":5,"$binary":"…"}`, a CBOR
//! tag as `{"$tag":1,"$value":…}`. The name of a member that is no text is its JSON. Integers keep
//! all their digits, members their order and their duplicates.
//!
//! Nothing here believes a length or a depth that the bytes claim: the result is bounded, and what
//! is left over after a value means that the bytes are not of this format.

mod cbor;
mod charset;
mod choice;
mod compressed;
mod decoding;
mod msgpack;
mod recognise;
mod structured;
mod writer;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use cbor::cbor;
pub use charset::Charset;
pub use choice::{Choice, Decompress, Reading};
pub use compressed::Compression;
pub use decoding::{Decoding, Layer, Reason};
pub use msgpack::message_pack;
pub use recognise::{Content, Limits, Recognised, is_its_own_bytes, recognise};

/// Why bytes are not of a format, or cannot be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum Undecodable {
    /// They end too early.
    Ends,
    /// Not of this format.
    Unexpected {
        /// Where.
        at: u64,
    },
    /// More than one value, or something after it.
    LeftOver {
        /// Where the rest begins.
        at: u64,
    },
    /// Nested deeper than [`crate::render::DEPTH_LIMIT`].
    TooDeep,
    /// Longer than allowed once it is decoded.
    TooLong,
}

impl fmt::Display for Undecodable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Undecodable::Ends => write!(f, "the bytes end too early"),
            Undecodable::Unexpected { at } => write!(f, "an unexpected byte at byte {at}"),
            Undecodable::LeftOver { at } => write!(f, "something is left over from byte {at}"),
            Undecodable::TooDeep => {
                write!(f, "nested deeper than {} levels", crate::render::DEPTH_LIMIT)
            }
            Undecodable::TooLong => write!(f, "too long once it is decoded"),
        }
    }
}
