//! What is known of a hit without its payload: enough to list, sort and filter it, in a fixed
//! number of bytes.
//!
//! On disk, little-endian: topic 4, partition 4, offset 8, timestamp 8, length of key 4, of value
//! 4, number of headers 4, their length 4, place in the payload of its block 4, length there 4,
//! flags 1, mark 1. Null and empty are kept apart by a flag, and so are headers that cannot be
//! read.

use message::record::Timestamp;
use serde::{Deserialize, Serialize};

/// Bytes of an entry on disk.
pub(crate) const LENGTH: usize = 50;

const KEY: u8 = 1;
const VALUE: u8 = 1 << 1;
const HEADERS: u8 = 1 << 2;
const WHOLE: u8 = 1 << 3;
const CREATED: u8 = 1 << 4;
const APPENDED: u8 = 1 << 5;

/// A hit without its payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The place of its topic among those of the search.
    pub topic: u32,
    /// The partition.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
    /// When it was written, by whose clock.
    pub timestamp: Timestamp,
    /// Bytes of the key on the broker; `None` is a null key.
    pub key: Option<u32>,
    /// Bytes of the value on the broker; `None` is a null value.
    pub value: Option<u32>,
    /// Its headers; `None` where they could not be read.
    pub headers: Option<Headers>,
    /// Why it is in the set.
    pub mark: Mark,
    /// Whether all of its key, value and headers are in the set. Where they are not, the start of
    /// each is, and the rest is to be read from the broker again.
    pub whole: bool,
}

/// How many headers, and how large.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Headers {
    /// How many.
    pub count: u32,
    /// Bytes of all names and values.
    pub bytes: u32,
}

/// Why a record is in the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// It is what was looked for.
    Hit,
    /// It cannot be told whether it is.
    Undecided,
}

impl Head {
    /// Bytes of key, value and headers on the broker: what a person means by the size of a record.
    pub fn size(&self) -> u64 {
        let part = |length: Option<u32>| u64::from(length.unwrap_or(0));
        part(self.key) + part(self.value) + part(self.headers.map(|headers| headers.bytes))
    }
}

/// A head, and where its payload is within its block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Entry {
    pub head: Head,
    /// From the start of the payload, in bytes.
    pub place: u32,
    /// In bytes.
    pub length: u32,
}

impl Entry {
    pub fn encode(&self, into: &mut Vec<u8>) {
        let head = &self.head;
        let (kind, millis) = match head.timestamp {
            Timestamp::Created(millis) => (CREATED, millis),
            Timestamp::Appended(millis) => (APPENDED, millis),
            Timestamp::Absent => (0, 0),
        };
        let flag = |is: bool, flag: u8| if is { flag } else { 0 };
        let flags = kind
            | flag(head.key.is_some(), KEY)
            | flag(head.value.is_some(), VALUE)
            | flag(head.headers.is_some(), HEADERS)
            | flag(head.whole, WHOLE);
        let headers = head.headers.unwrap_or(Headers { count: 0, bytes: 0 });
        let mark = match head.mark {
            Mark::Hit => 0,
            Mark::Undecided => 1,
        };
        into.extend_from_slice(&head.topic.to_le_bytes());
        into.extend_from_slice(&head.partition.to_le_bytes());
        into.extend_from_slice(&head.offset.to_le_bytes());
        into.extend_from_slice(&millis.to_le_bytes());
        into.extend_from_slice(&head.key.unwrap_or(0).to_le_bytes());
        into.extend_from_slice(&head.value.unwrap_or(0).to_le_bytes());
        into.extend_from_slice(&headers.count.to_le_bytes());
        into.extend_from_slice(&headers.bytes.to_le_bytes());
        into.extend_from_slice(&self.place.to_le_bytes());
        into.extend_from_slice(&self.length.to_le_bytes());
        into.push(flags);
        into.push(mark);
    }

    /// `None` for what no entry can be.
    pub fn decode(bytes: &[u8; LENGTH]) -> Option<Entry> {
        let rest = &mut bytes.as_slice();
        let topic = u32::from_le_bytes(take(rest)?);
        let partition = i32::from_le_bytes(take(rest)?);
        let offset = i64::from_le_bytes(take(rest)?);
        let millis = i64::from_le_bytes(take(rest)?);
        let key = u32::from_le_bytes(take(rest)?);
        let value = u32::from_le_bytes(take(rest)?);
        let count = u32::from_le_bytes(take(rest)?);
        let bytes = u32::from_le_bytes(take(rest)?);
        let place = u32::from_le_bytes(take(rest)?);
        let length = u32::from_le_bytes(take(rest)?);
        let [flags, mark] = take(rest)?;
        let timestamp = match flags & (CREATED | APPENDED) {
            0 => Timestamp::Absent,
            CREATED => Timestamp::Created(millis),
            APPENDED => Timestamp::Appended(millis),
            _ => return None,
        };
        let mark = match mark {
            0 => Mark::Hit,
            1 => Mark::Undecided,
            _ => return None,
        };
        let head = Head {
            topic,
            partition,
            offset,
            timestamp,
            key: (flags & KEY != 0).then_some(key),
            value: (flags & VALUE != 0).then_some(value),
            headers: (flags & HEADERS != 0).then_some(Headers { count, bytes }),
            mark,
            whole: flags & WHOLE != 0,
        };
        Some(Entry { head, place, length })
    }
}

/// The next bytes of a slice, which then begins behind them.
pub(crate) fn take<const N: usize>(rest: &mut &[u8]) -> Option<[u8; N]> {
    let (chunk, behind) = rest.split_first_chunk::<N>()?;
    *rest = behind;
    Some(*chunk)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn timestamps() -> impl Strategy<Value = Timestamp> {
        prop_oneof![
            any::<i64>().prop_map(Timestamp::Created),
            any::<i64>().prop_map(Timestamp::Appended),
            Just(Timestamp::Absent),
        ]
    }

    fn heads() -> impl Strategy<Value = Head> {
        let headers = any::<Option<(u32, u32)>>()
            .prop_map(|h| h.map(|(count, bytes)| Headers { count, bytes }));
        let mark = prop_oneof![Just(Mark::Hit), Just(Mark::Undecided)];
        (
            any::<(u32, i32, i64)>(),
            timestamps(),
            any::<[Option<u32>; 2]>(),
            headers,
            mark,
            any::<bool>(),
        )
            .prop_map(
                |((topic, partition, offset), timestamp, [key, value], headers, mark, whole)| {
                    Head { topic, partition, offset, timestamp, key, value, headers, mark, whole }
                },
            )
    }

    proptest! {
        #[test]
        fn a_head_comes_back_as_it_was(head in heads(), place: u32, length: u32) {
            let entry = Entry { head, place, length };
            let mut bytes = Vec::new();
            entry.encode(&mut bytes);
            let bytes: [u8; LENGTH] = bytes.try_into().unwrap();
            prop_assert_eq!(Entry::decode(&bytes), Some(entry));
        }

        #[test]
        fn any_bytes_are_an_entry_or_none(bytes in proptest::array::uniform32(any::<u8>())) {
            let mut entry = [0; LENGTH];
            entry[..25].copy_from_slice(&bytes[..25]);
            entry[25..].copy_from_slice(&bytes[7..]);
            let _ = Entry::decode(&entry);
        }
    }

    #[test]
    fn the_size_counts_key_value_and_headers() {
        let head = Head {
            topic: 0,
            partition: 0,
            offset: 0,
            timestamp: Timestamp::Absent,
            key: Some(u32::MAX),
            value: Some(2),
            headers: Some(Headers { count: 1, bytes: 3 }),
            mark: Mark::Hit,
            whole: true,
        };
        assert_eq!(head.size(), u64::from(u32::MAX) + 5);
        assert_eq!(Head { key: None, value: None, headers: None, ..head }.size(), 0);
    }
}
