//! What a read gives: bounded rows, kept in Rust.

use message::bytes::Octets;
use message::record::Timestamp;
use serde::{Deserialize, Serialize};

use crate::native::Message;
use crate::read::Coverage;

/// The most bytes of a key that a row keeps.
pub const KEY_PREVIEW: usize = 256;

/// The most bytes of a value that a row keeps.
pub const VALUE_PREVIEW: usize = 1024;

/// A record in a list. The whole one is fetched by its partition and offset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
    /// When it was written, by whose clock.
    pub timestamp: Timestamp,
    /// The start of the key; `None` is a null key.
    pub key: Option<Preview>,
    /// The start of the value; `None` is a null value.
    pub value: Option<Preview>,
    /// How many headers; `None` where they cannot be read.
    pub headers: Option<u32>,
    /// Bytes of key, value and headers together.
    pub size: u64,
}

/// The start of some bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The first bytes: all of them where `length` says so.
    pub bytes: Octets,
    /// How many there are.
    pub length: u64,
}

impl Preview {
    fn of(bytes: &[u8], longest: usize) -> Preview {
        let start = bytes.get(..longest).unwrap_or(bytes);
        Preview { bytes: Octets::from(start), length: bytes.len() as u64 }
    }

    /// True where there is more than the preview.
    pub fn is_cut(&self) -> bool {
        self.length > self.bytes.len() as u64
    }
}

impl Row {
    pub(crate) fn of(message: &Message) -> Row {
        let (key, value, headers) = (message.key(), message.value(), message.headers());
        let part = |bytes: Option<&[u8]>| bytes.map_or(0, <[u8]>::len);
        let headers_size: usize = headers.iter().flatten().map(header_size).sum();
        Row {
            partition: message.partition(),
            offset: message.offset(),
            timestamp: message.timestamp(),
            key: key.map(|key| Preview::of(key, KEY_PREVIEW)),
            value: value.map(|value| Preview::of(value, VALUE_PREVIEW)),
            headers: headers.as_ref().ok().map(|headers| headers.len() as u32),
            size: (part(key) + part(value) + headers_size) as u64,
        }
    }
}

fn header_size(header: &message::record::Header) -> usize {
    header.name.len() + header.value.as_ref().map_or(0, Octets::len)
}

/// The rows of a read, in reading order, and what they cover. Bounded: a row keeps at most 1.3 KB
/// of its record, and a read has at most 100,000 rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultSet {
    /// The topic.
    pub topic: String,
    /// Newest first for [`crate::read::Start::Newest`], else oldest first; within a partition
    /// strictly by offset.
    pub rows: Vec<Row>,
    /// What they cover.
    pub coverage: Coverage,
}

impl ResultSet {
    /// The rows of a window of the list; fewer at its end, none after it.
    pub fn window(&self, first: usize, count: usize) -> &[Row] {
        let first = first.min(self.rows.len());
        let last = first.saturating_add(count).min(self.rows.len());
        self.rows.get(first..last).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::End;

    #[test]
    fn a_window_past_the_end_is_short_and_does_not_panic() {
        let row = |offset| Row {
            partition: 0,
            offset,
            timestamp: Timestamp::Absent,
            key: None,
            value: Some(Preview::of(b"value", 3)),
            headers: Some(0),
            size: 5,
        };
        let set = ResultSet {
            topic: "t".into(),
            rows: (0..10).map(row).collect(),
            coverage: Coverage { end: End::Exhausted, range: Some(0), partitions: Vec::new() },
        };
        assert_eq!(set.window(8, 5).len(), 2);
        assert_eq!(set.window(10, 1), []);
        assert_eq!(set.window(usize::MAX, usize::MAX), []);
    }

    #[test]
    fn an_empty_value_is_a_preview_of_nothing_and_not_a_missing_one() {
        assert_eq!(Preview::of(b"", 3), Preview { bytes: Octets::default(), length: 0 });
        assert!(Preview::of(b"abcd", 3).is_cut());
        assert!(!Preview::of(b"abc", 3).is_cut());
    }
}
