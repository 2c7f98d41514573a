//! Telling MessagePack and CBOR from other bytes, and from each other.
//!
//! Neither format has a mark at its start, and both take almost any byte for the start of a value, so
//! random bytes are often a value of one of them. Something is one of them only where it is
//! unmistakable: a map or an array that ends where the bytes end, whose texts are UTF-8, whose names
//! are all texts, and in which there is a text that a person could have written. A list of numbers,
//! or a map with numbers for names, has to be asked for. Only the mark that RFC 8949 (3.4.6) has for
//! the purpose, `d9d9f7`, says CBOR whatever follows.
//!
//! Where bytes are both, of different values, they are taken for neither.

use crate::decode::writer::Document;
use crate::decode::{Reason, Undecodable, cbor, msgpack};

/// Tag 55799, which says that what follows is CBOR.
const CBOR_MARK: &[u8] = b"\xd9\xd9\xf7";

/// Whether the first byte could be that of what is recognised here.
pub(super) fn may_begin(first: u8) -> bool {
    message_pack_begins(first) || cbor_begins(first) || first == 0xd9
}

/// Arrays and maps (spec.md of MessagePack, "Overview").
fn message_pack_begins(first: u8) -> bool {
    matches!(first, 0x80..=0x9f | 0xdc..=0xdf)
}

/// Arrays and maps, the major types 4 and 5.
fn cbor_begins(first: u8) -> bool {
    matches!(first, 0x80..=0xbf)
}

/// What was recognised, as JSON.
pub(super) enum Structured {
    MessagePack(String),
    Cbor(String),
    /// Of one of the formats, or of both, and not to be shown.
    Failed(Reason),
}

/// `None` where the bytes are neither for certain.
pub(super) fn structured(bytes: &[u8], most: usize) -> Option<Structured> {
    if bytes.starts_with(CBOR_MARK) {
        return Some(match cbor_after_mark(bytes, most) {
            Ok(json) => Structured::Cbor(json),
            Err(why) => Structured::Failed(Reason::NotCbor { why }),
        });
    }
    let first = *bytes.first()?;
    let packed = message_pack_begins(first).then(|| sure(msgpack::document(bytes, most)));
    let concise = cbor_begins(first).then(|| sure(cbor::document(bytes, most)));
    match (packed.flatten(), concise.flatten()) {
        (None, None) => None,
        (Some(Ok(packed)), Some(Ok(concise))) if packed != concise => {
            Some(Structured::Failed(Reason::Ambiguous))
        }
        (Some(Ok(json)), _) => Some(Structured::MessagePack(json)),
        (_, Some(Ok(json))) => Some(Structured::Cbor(json)),
        (Some(Err(why)), _) => Some(Structured::Failed(Reason::NotMessagePack { why })),
        (_, Some(Err(why))) => Some(Structured::Failed(Reason::NotCbor { why })),
    }
}

/// The value, or what keeps one from being shown that might well be there; `None` where there is
/// none for certain.
fn sure(read: Result<Document, Undecodable>) -> Option<Result<String, Undecodable>> {
    match read {
        Ok(document) => document.signs.are_plain().then_some(Ok(document.json)),
        Err(why @ (Undecodable::TooDeep | Undecodable::TooLong)) => Some(Err(why)),
        Err(_) => None,
    }
}

/// CBOR without the mark that it may begin with.
pub(super) fn cbor_after_mark(bytes: &[u8], most: usize) -> Result<String, Undecodable> {
    cbor(bytes.strip_prefix(CBOR_MARK).unwrap_or(bytes), most)
}
