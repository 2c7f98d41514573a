//! The headers by which this console knows its own copies again.
//!
//! A copy carries where it came from, as opaque ids: the console that made it can resolve them,
//! nobody else learns a name from them. They are the key for finding a copy whose confirmation was
//! lost, and the guard against loops. A copy of a copy carries one set, not two.
//!
//! | Header | Value, as UTF-8 text |
//! |---|---|
//! | `kronos-replay-copy` | job id `:` number of the message in the job, from 0 |
//! | `kronos-replay-source` | connection id `:` place `:` position in it |
//! | `kronos-replay-original-time` | milliseconds since 1970-01-01 UTC of the first original; left out where it has no time |
//! | `kronos-replay-count` | how many times it was replayed, from 1 |
//!
//! Anyone can write these headers, so what is read is a claim. What cannot be read is left out.

use serde::{Deserialize, Serialize};

use crate::amqp::{AmqpValue, Entry};
use crate::record::Header;

/// What every name of ours begins with.
pub const PREFIX: &str = "kronos-replay-";
/// The identity of the copy.
pub const COPY: &str = "kronos-replay-copy";
/// The identity of what it is a copy of.
pub const SOURCE: &str = "kronos-replay-source";
/// When the first original was made.
pub const ORIGINAL_TIME: &str = "kronos-replay-original-time";
/// How many times it was replayed.
pub const COUNT: &str = "kronos-replay-count";
/// All of them, in the order they are written.
pub const NAMES: [&str; 4] = [COPY, SOURCE, ORIGINAL_TIME, COUNT];

/// The longest value that is read, in bytes.
const LONGEST: usize = 200;

/// Where a copy comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Job and number of the copy; `None` where it cannot be read.
    pub copy: Option<String>,
    /// Connection, place and position of the original; `None` where it cannot be read.
    pub source: Option<String>,
    /// Milliseconds since 1970-01-01 UTC.
    pub original_millis: Option<i64>,
    /// How many times it was replayed; `None` where it cannot be read.
    pub count: Option<u32>,
}

impl Provenance {
    /// What the headers of a Kafka record claim; `None` where none is ours. The last of several
    /// headers of one name counts, as it does for consumers that read one value per name.
    pub fn of_headers(headers: &[Header]) -> Option<Self> {
        Self::read(|name| {
            let found =
                headers.iter().rev().find(|header| header.name.as_slice() == name.as_bytes());
            found.map(|header| header.value.as_ref().map(|value| value.as_slice()))
        })
    }

    /// What the header table of an AMQP message claims; `None` where no entry is ours.
    pub fn of_table(table: &[Entry]) -> Option<Self> {
        Self::read(|name| {
            let (_, value) = table.iter().rev().find(|(entry, _)| entry == name)?;
            Some(match value {
                AmqpValue::Text(bytes) | AmqpValue::Binary(bytes) => Some(bytes.as_slice()),
                _ => None,
            })
        })
    }

    fn read<'h>(header: impl Fn(&str) -> Option<Option<&'h [u8]>>) -> Option<Self> {
        let found = NAMES.map(header);
        if found.iter().all(Option::is_none) {
            return None;
        }
        let [copy, source, time, count] = found.map(|value| value.flatten().and_then(text));
        Some(Provenance {
            copy: copy.filter(|text| is_id(text)).map(str::to_owned),
            source: source.filter(|text| is_id(text)).map(str::to_owned),
            original_millis: time.and_then(|text| text.parse().ok()),
            count: count.and_then(|text| text.parse().ok()),
        })
    }

    /// The headers to write, in a fixed order.
    pub fn headers(&self) -> Vec<(&'static str, String)> {
        let values = [
            (COPY, self.copy.clone()),
            (SOURCE, self.source.clone()),
            (ORIGINAL_TIME, self.original_millis.map(|millis| millis.to_string())),
            (COUNT, self.count.map(|count| count.to_string())),
        ];
        values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// True for the name of a header of ours.
pub fn is_ours(name: &[u8]) -> bool {
    name.starts_with(PREFIX.as_bytes())
}

fn text(value: &[u8]) -> Option<&str> {
    if value.len() > LONGEST { None } else { std::str::from_utf8(value).ok() }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provenance() -> Provenance {
        Provenance {
            copy: Some("5b7c:12".into()),
            source: Some("a1:9f:0:42".into()),
            original_millis: Some(-1),
            count: Some(2),
        }
    }

    #[test]
    fn what_was_written_is_read_again_from_both_brokers() {
        let written = provenance().headers();
        let table: Vec<Entry> = written
            .iter()
            .map(|(name, value)| ((*name).to_owned(), AmqpValue::Text(value.as_str().into())))
            .collect();
        assert_eq!(Provenance::of_table(&table), Some(provenance()));
        let headers: Vec<Header> = written
            .iter()
            .map(|(name, value)| Header {
                name: (*name).into(),
                value: Some(value.as_str().into()),
            })
            .collect();
        assert_eq!(Provenance::of_headers(&headers), Some(provenance()));
        assert!(headers.iter().all(|header| is_ours(header.name.as_slice())));
    }

    #[test]
    fn lying_headers_are_recognised_as_ours_and_not_believed() {
        let table = vec![
            (COPY.to_owned(), AmqpValue::Text(vec![b'a'; LONGEST + 1].into())),
            (SOURCE.to_owned(), AmqpValue::Text("<script>".into())),
            (ORIGINAL_TIME.to_owned(), AmqpValue::Int64(7)),
            (COUNT.to_owned(), AmqpValue::Text("-1".into())),
        ];
        let nothing = Provenance { copy: None, source: None, original_millis: None, count: None };
        assert_eq!(Provenance::of_table(&table), Some(nothing));
        assert_eq!(Provenance::of_table(&[("x".to_owned(), AmqpValue::Void)]), None);
    }

    #[test]
    fn a_null_value_of_ours_is_a_header_of_ours_that_says_nothing() {
        let headers = [Header { name: COUNT.into(), value: None }];
        assert_eq!(Provenance::of_headers(&headers).and_then(|p| p.count), None);
        assert!(Provenance::of_headers(&headers).is_some());
    }
}
