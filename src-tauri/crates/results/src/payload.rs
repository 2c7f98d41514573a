//! The payload of one hit as bytes: everything exactly as it is, or the start of each part.
//!
//! On disk, little-endian: length of key 4, of value 4, number of headers 4, length of the preview
//! and of the reason 4 each (all ones: there is none); then key, value, the headers (length of name
//! 4, of value 4 with all ones for null, name, value), preview and reason. Which of key, value and
//! headers are absent is in the head.

use message::Octets;
use message::record::Header;

use crate::head::{Head, Headers, take};
use crate::hit::{Hit, SHOWN, Stored, Text, WHY};

/// A length of what is not there.
const NONE: u32 = u32::MAX;

/// The most bytes of key, of value and of headers that are kept of a record that is too large to be
/// kept whole.
pub const START: usize = 4096;

/// The same, and for the preview too, when the set itself is as large as it may get.
pub const SHORT_START: usize = 512;

/// How much of a payload may be kept.
#[derive(Debug, Clone, Copy)]
pub enum Room {
    /// All of it, where key, value and headers have at most so many bytes.
    Whole(usize),
    /// The first bytes of each.
    Short,
}

/// Appends the payload, and gives the head that goes with it.
pub fn encode(hit: &Hit<'_>, room: Room, into: &mut Vec<u8>) -> Head {
    let exact = bytes_of(hit.key).saturating_add(bytes_of(hit.value)).saturating_add(
        hit.headers.unwrap_or_default().iter().map(encoded_length).fold(0, usize::saturating_add),
    );
    let (part, shown) = match room {
        Room::Whole(most) if exact <= most => (usize::MAX, SHOWN),
        Room::Whole(most) => (START.min(most / 4), SHOWN),
        Room::Short => (SHORT_START, SHORT_START),
    };
    let key = start(hit.key.unwrap_or_default(), part);
    let value = start(hit.value.unwrap_or_default(), part);
    let headers = first(hit.headers.unwrap_or_default(), part);
    let shown = hit.shown.map(|text| cut(text, shown));
    let why = hit.why.map(|text| cut(text, WHY));

    into.extend_from_slice(&length(key.len()).to_le_bytes());
    into.extend_from_slice(&length(value.len()).to_le_bytes());
    into.extend_from_slice(&length(headers.len()).to_le_bytes());
    into.extend_from_slice(&shown.map_or(NONE, |text| length(text.len())).to_le_bytes());
    into.extend_from_slice(&why.map_or(NONE, |text| length(text.len())).to_le_bytes());
    into.extend_from_slice(key);
    into.extend_from_slice(value);
    for header in headers {
        let value = header.value.as_ref();
        into.extend_from_slice(&length(header.name.len()).to_le_bytes());
        into.extend_from_slice(&value.map_or(NONE, |value| length(value.len())).to_le_bytes());
        into.extend_from_slice(header.name.as_slice());
        into.extend_from_slice(value.map(Octets::as_slice).unwrap_or_default());
    }
    into.extend_from_slice(shown.unwrap_or_default().as_bytes());
    into.extend_from_slice(why.unwrap_or_default().as_bytes());

    Head {
        topic: hit.topic,
        partition: hit.partition,
        offset: hit.offset,
        timestamp: hit.timestamp,
        key: hit.key.map(|bytes| length(bytes.len())),
        value: hit.value.map(|bytes| length(bytes.len())),
        headers: hit.headers.map(|headers| Headers {
            count: length(headers.len()),
            bytes: length(headers.iter().map(bytes_of_header).fold(0, usize::saturating_add)),
        }),
        mark: hit.mark,
        whole: key.len() == bytes_of(hit.key)
            && value.len() == bytes_of(hit.value)
            && headers.len() == hit.headers.unwrap_or_default().len(),
    }
}

/// `None` for what no payload of this head can be.
pub fn decode(head: &Head, bytes: &[u8]) -> Option<Stored> {
    let rest = &mut { bytes };
    let key = u32::from_le_bytes(take(rest)?);
    let value = u32::from_le_bytes(take(rest)?);
    let count = u32::from_le_bytes(take(rest)?);
    let shown = u32::from_le_bytes(take(rest)?);
    let why = u32::from_le_bytes(take(rest)?);
    let key = part(head.key, head.whole, key, rest)?;
    let value = part(head.value, head.whole, value, rest)?;
    let stated = head.headers.map_or(0, |headers| headers.count);
    if count > stated || (head.whole && count != stated) {
        return None;
    }
    let mut headers = Vec::new();
    for _ in 0..count {
        let name = u32::from_le_bytes(take(rest)?);
        let value = u32::from_le_bytes(take(rest)?);
        let name = Octets::from(next(rest, name)?);
        let value = if value == NONE { None } else { Some(Octets::from(next(rest, value)?)) };
        headers.push(Header { name, value });
    }
    let shown = text(rest, shown)?.map(Text);
    let why = text(rest, why)?;
    if !rest.is_empty() {
        return None;
    }
    Some(Stored { head: *head, key, value, headers: head.headers.map(|_| headers), shown, why })
}

/// A key or value; the outer `None` for one that does not fit its head.
fn part(stated: Option<u32>, whole: bool, length: u32, rest: &mut &[u8]) -> Option<Option<Octets>> {
    let most = stated.unwrap_or(0);
    if length > most || (whole && length != most) {
        return None;
    }
    let bytes = next(rest, length)?;
    Some(stated.map(|_| Octets::from(bytes)))
}

fn text(rest: &mut &[u8], length: u32) -> Option<Option<String>> {
    if length == NONE {
        return Some(None);
    }
    let bytes = next(rest, length)?;
    Some(Some(std::str::from_utf8(bytes).ok()?.to_owned()))
}

fn next<'a>(rest: &mut &'a [u8], length: u32) -> Option<&'a [u8]> {
    let (bytes, behind) = rest.split_at_checked(usize::try_from(length).ok()?)?;
    *rest = behind;
    Some(bytes)
}

fn bytes_of(part: Option<&[u8]>) -> usize {
    part.map_or(0, <[u8]>::len)
}

fn bytes_of_header(header: &Header) -> usize {
    header.name.len().saturating_add(header.value.as_ref().map_or(0, Octets::len))
}

/// With its two lengths: a million empty headers are not nothing.
fn encoded_length(header: &Header) -> usize {
    bytes_of_header(header).saturating_add(8)
}

/// A Kafka record has at most 2 GiB, and so has each part of it.
fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(NONE - 1)
}

fn start(bytes: &[u8], most: usize) -> &[u8] {
    bytes.get(..most).unwrap_or(bytes)
}

/// The first headers, as many as fit.
fn first(headers: &[Header], most: usize) -> &[Header] {
    let mut total = 0_usize;
    let mut fits = |header: &Header| {
        total = total.saturating_add(encoded_length(header));
        total <= most
    };
    let count = headers.iter().take_while(|header| fits(header)).count();
    headers.get(..count).unwrap_or(headers)
}

fn cut(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tests::round_trip::records;

    proptest! {
        #[test]
        fn a_payload_that_is_cut_off_or_goes_on_is_none(record in records(), more in 1_u8..) {
            let mut bytes = Vec::new();
            let head = encode(&record.hit(), Room::Whole(usize::MAX), &mut bytes);
            prop_assert!(decode(&head, &bytes).is_some());
            for end in 0..bytes.len() {
                prop_assert_eq!(decode(&head, &bytes[..end]), None, "at {}", end);
            }
            bytes.push(more);
            prop_assert_eq!(decode(&head, &bytes), None);
        }

        #[test]
        fn a_payload_goes_with_no_other_head(record in records(), length in any::<u32>()) {
            let mut bytes = Vec::new();
            let head = encode(&record.hit(), Room::Whole(usize::MAX), &mut bytes);
            for other in [
                Head { key: Some(length), ..head },
                Head { value: Some(length), ..head },
                Head { headers: Some(Headers { count: length, bytes: 0 }), ..head },
            ] {
                if decode(&other, &bytes).is_some() {
                    prop_assert_eq!(other.key.unwrap_or(0), head.key.unwrap_or(0));
                    prop_assert_eq!(other.value.unwrap_or(0), head.value.unwrap_or(0));
                    let count = |head: &Head| head.headers.map_or(0, |headers| headers.count);
                    prop_assert_eq!(count(&other), count(&head));
                }
            }
        }

        #[test]
        fn text_is_cut_between_characters(text in ".{0,20}", most in 0_usize..40) {
            let cut = cut(&text, most);
            prop_assert!(cut.len() <= most && text.starts_with(cut));
            prop_assert!(cut.len() + 4 > most || cut == text);
        }
    }
}
