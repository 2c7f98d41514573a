//! Records: reading, rows and one record whole.

use std::fmt::Write as _;

use kafka::read;
use message::Octets;
use message::record::{Header, Timestamp};
use message::render::preview_prefix;
use results::Stored;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::wire::render::{Form, Preview, Rendered, SHOWN_BYTES, Shown};
use crate::wire::{Failure, Int64, UInt64};

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReadRequest {
    pub topic: String,
    pub start: ReadStart,
    /// Null is all.
    pub partitions: Option<Vec<u32>>,
    /// 1 to 100,000 records.
    pub limit: u32,
    /// False reads records of open and aborted transactions too.
    pub committed: bool,
}

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum ReadStart {
    Newest,
    Oldest,
    Offset {
        offset: Int64,
    },
    /// Milliseconds since the epoch.
    Time {
        millis: Int64,
    },
}

/// Sent about ten times a second while a read runs, and once at its end.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ReadEvent {
    Progress {
        /// Rows in their final order.
        rows: u32,
        /// Records received, shown or not.
        received: UInt64,
        bytes: UInt64,
        /// Offsets of the range that are accounted for.
        covered: UInt64,
        /// Offsets of the frozen range; null where those of a partition are not known.
        range: Option<UInt64>,
    },
    Finished {
        rows: u32,
        coverage: Coverage,
    },
    Failed {
        failure: Failure,
    },
}

/// What a read accounted for.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    pub end: EndReason,
    /// Offsets of the frozen range; null where those of a partition are not known.
    pub range: Option<UInt64>,
    /// Offsets of it that were passed.
    pub covered: UInt64,
    /// Records received.
    pub received: UInt64,
    /// Records received that are earlier than the time asked for.
    pub outside_time: UInt64,
    /// Offsets that hold no record: compacted, control records, aborted.
    pub without_record: UInt64,
    /// Offsets below the first one that is still there, where they were asked for.
    pub already_gone: UInt64,
    /// Partitions that could not be read to their end.
    pub partitions: Vec<u32>,
    /// Why they could not.
    pub failure: Option<Failure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    Exhausted,
    Limit,
    Stopped,
    /// The result set is as large as it may be.
    ByteCap,
    PartitionsOffline,
    Incomplete,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RecordRow {
    /// Null where all of the result set are of one topic.
    pub topic: Option<String>,
    /// Its number in the result set, which it keeps when rows are ordered anew. It is asked for by
    /// this.
    pub row: u32,
    pub partition: u32,
    pub offset: Int64,
    pub timestamp: Option<Int64>,
    pub timestamp_type: TimestampType,
    pub key: Preview,
    pub value: Preview,
    /// Bytes of key, value and headers.
    pub size: UInt64,
    /// Null where they cannot be read.
    pub headers: Option<u32>,
    /// Why it could not be told whether this is a hit of a search, as a lower-case phrase.
    pub why: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
pub enum TimestampType {
    CreateTime,
    LogAppendTime,
    #[serde(rename = "none")]
    Absent,
}

/// A window of a result set.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RecordPage {
    pub rows: Vec<RecordRow>,
    pub total: u32,
}

/// One record for the inspector.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RecordDetail {
    pub topic: String,
    pub partition: u32,
    pub offset: Int64,
    pub timestamp: Option<Int64>,
    pub timestamp_type: TimestampType,
    pub size: UInt64,
    pub key: Rendered,
    pub value: Rendered,
    /// The first of them, in their order.
    pub headers: Vec<HeaderRow>,
    /// How many more there are.
    pub headers_omitted: u32,
    /// True where the headers cannot be read: the list is empty then.
    pub headers_unreadable: bool,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HeaderRow {
    pub name: String,
    /// Whether the name is longer than this.
    pub name_truncated: bool,
    pub value: Rendered,
}

/// Which bytes of a record to save.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RecordPart {
    Key,
    Value,
}

/// The most headers that the inspector lists: a record can have a million.
const MOST_HEADERS: usize = 1000;
/// The most bytes of their values, all together.
const HEADER_BYTES: usize = 1024 * 1024;
/// The most characters of a header's name.
const HEADER_NAME_CHARS: usize = 256;

/// Characters of a key and of a value in a row.
const KEY_CHARS: usize = 80;
const VALUE_CHARS: usize = 300;

impl From<ReadRequest> for read::ReadRequest {
    fn from(request: ReadRequest) -> Self {
        let partitions = request.partitions.map(|partitions| {
            // A partition too large for Kafka does not exist, and is reported as that.
            partitions.into_iter().map(|p| i32::try_from(p).unwrap_or(i32::MAX)).collect()
        });
        read::ReadRequest {
            partitions,
            start: match request.start {
                ReadStart::Newest => read::Start::Newest,
                ReadStart::Oldest => read::Start::Oldest,
                ReadStart::Offset { offset } => read::Start::Offset(offset.0),
                ReadStart::Time { millis } => read::Start::Time(millis.0),
            },
            limit: request.limit,
            isolation: match request.committed {
                true => read::Isolation::Committed,
                false => read::Isolation::Uncommitted,
            },
            ..read::ReadRequest::newest(request.topic)
        }
    }
}

impl From<read::Progress> for ReadEvent {
    fn from(progress: read::Progress) -> Self {
        ReadEvent::Progress {
            rows: progress.rows,
            received: UInt64(progress.received),
            bytes: UInt64(progress.bytes),
            covered: UInt64(progress.covered),
            range: progress.range.map(UInt64),
        }
    }
}

impl From<&read::Coverage> for Coverage {
    fn from(coverage: &read::Coverage) -> Self {
        let span = |from: i64, to: i64| u64::try_from(to.saturating_sub(from)).unwrap_or(0);
        let sum = |of: fn(&read::PartitionCoverage) -> u64| -> UInt64 {
            UInt64(coverage.partitions.iter().map(of).sum())
        };
        let (end, partitions, failure) = match &coverage.end {
            read::End::Exhausted => (EndReason::Exhausted, None, None),
            read::End::Limit => (EndReason::Limit, None, None),
            read::End::Stopped => (EndReason::Stopped, None, None),
            read::End::ByteCap => (EndReason::ByteCap, None, None),
            read::End::PartitionsOffline { partitions } => {
                (EndReason::PartitionsOffline, Some(partitions), None)
            }
            read::End::Incomplete { partitions, failure } => {
                (EndReason::Incomplete, Some(partitions), Some(failure.clone()))
            }
        };
        let of_covered = |p: &read::PartitionCoverage| span(p.covered_from, p.covered_to);
        Coverage {
            end,
            range: coverage.range.map(UInt64),
            covered: UInt64(coverage.partitions.iter().map(of_covered).sum()),
            received: sum(|p| p.received),
            outside_time: sum(|p| p.outside_time),
            without_record: sum(|p| p.without_record),
            already_gone: sum(|p| p.already_gone),
            partitions: partitions.into_iter().flatten().map(|p| number(*p)).collect(),
            failure: failure.map(Into::into),
        }
    }
}

impl RecordRow {
    /// A row of a result set, by its place in it.
    pub fn of(place: u32, row: &read::Row) -> Self {
        let (timestamp, timestamp_type) = time(row.timestamp);
        let part = |preview: &Option<read::Preview>, chars| {
            let bytes = preview.as_ref().map(|preview| preview.bytes.as_slice());
            let total = preview.as_ref().map_or(0, |preview| preview.length);
            preview_prefix(bytes, total, chars).into()
        };
        RecordRow {
            topic: None,
            row: place,
            partition: number(row.partition),
            offset: Int64(row.offset),
            timestamp,
            timestamp_type,
            key: part(&row.key, KEY_CHARS),
            value: part(&row.value, VALUE_CHARS),
            size: UInt64(row.size),
            headers: row.headers,
            why: None,
        }
    }
}

impl RecordRow {
    /// A row of a search, by its number in the set.
    pub fn of_stored(row: u32, topic: Option<String>, stored: &Stored) -> Self {
        let head = &stored.head;
        let (timestamp, timestamp_type) = time(head.timestamp);
        let part = |bytes: &Option<Octets>, total: Option<u32>, chars| {
            let bytes = bytes.as_ref().map(Octets::as_slice);
            preview_prefix(bytes, u64::from(total.unwrap_or(0)), chars).into()
        };
        RecordRow {
            topic,
            row,
            partition: number(head.partition),
            offset: Int64(head.offset),
            timestamp,
            timestamp_type,
            key: part(&stored.key, head.key, KEY_CHARS),
            value: part(&stored.value, head.value, VALUE_CHARS),
            size: UInt64(head.size()),
            headers: head.headers.map(|headers| headers.count),
            why: stored.why.clone(),
        }
    }
}

impl RecordDetail {
    /// A record for the inspector.
    pub fn of(fetched: &read::Fetched, form: Form, whole: bool) -> Self {
        let record = &fetched.record;
        let (timestamp, timestamp_type) = time(record.timestamp);
        let mut value = Rendered::of(record.value.as_ref(), form, whole);
        let headers = header_rows(&record.headers);
        let unseen = fetched.value_size.unwrap_or(0).saturating_sub(value.total_bytes.0);
        value.total_bytes.0 += unseen;
        RecordDetail {
            topic: record.topic.clone(),
            partition: number(record.partition),
            offset: Int64(record.offset),
            timestamp,
            timestamp_type,
            size: UInt64(record.size().saturating_add(unseen)),
            key: Rendered::of(record.key.as_ref(), form, whole),
            value,
            headers_omitted: omitted(record.headers.len(), headers.len()),
            headers,
            headers_unreadable: fetched.headers_unreadable,
        }
    }
}

/// The first headers, as far as they fit into an answer.
fn header_rows(headers: &[Header]) -> Vec<HeaderRow> {
    let mut left = HEADER_BYTES;
    let mut rows = Vec::new();
    for header in headers.iter().take(MOST_HEADERS) {
        if left == 0 {
            break;
        }
        let name = header.name.as_slice();
        let shown = preview_prefix(Some(name), name.len() as u64, HEADER_NAME_CHARS);
        let mut value = Rendered::cut(header.value.as_ref(), Form::Auto, left.min(SHOWN_BYTES));
        if let (Some(Shown::Hex), Some(bytes)) = (value.form, &header.value) {
            value.text = bare_hex(bytes.as_slice(), value.shown_bytes.0);
        }
        left = left.saturating_sub(usize::try_from(value.shown_bytes.0).unwrap_or(usize::MAX));
        rows.push(HeaderRow { name: shown.text, name_truncated: shown.truncated, value });
    }
    rows
}

/// `00 ff 10`: a header's cell is too narrow for the lines of a dump, and these can be broken
/// anywhere.
fn bare_hex(bytes: &[u8], shown: u64) -> String {
    let shown = usize::try_from(shown).unwrap_or(usize::MAX);
    let mut text = String::with_capacity(3 * bytes.len().min(shown));
    for byte in bytes.iter().take(shown) {
        let before = if text.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = write!(text, "{before}{byte:02x}");
    }
    text
}

fn omitted(all: usize, listed: usize) -> u32 {
    u32::try_from(all.saturating_sub(listed)).unwrap_or(u32::MAX)
}

fn time(timestamp: Timestamp) -> (Option<Int64>, TimestampType) {
    let kind = match timestamp {
        Timestamp::Created(_) => TimestampType::CreateTime,
        Timestamp::Appended(_) => TimestampType::LogAppendTime,
        Timestamp::Absent => TimestampType::Absent,
    };
    (timestamp.millis().map(Int64), kind)
}

/// Partitions are never negative where records come from.
fn number(partition: i32) -> u32 {
    u32::try_from(partition).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(name: &[u8], value: &[u8]) -> Header {
        Header { name: Octets::from(name.to_vec()), value: Some(Octets::from(value.to_vec())) }
    }

    #[test]
    fn a_record_of_half_a_million_headers_lists_the_first_and_says_how_many_more() {
        let headers: Vec<Header> = (0..500_000).map(|_| header(b"n", b"v")).collect();
        let rows = header_rows(&headers);
        assert_eq!(rows.len(), MOST_HEADERS);
        assert_eq!(omitted(headers.len(), rows.len()), 499_000);
    }

    #[test]
    fn a_header_that_is_no_text_is_its_bytes_and_not_a_dump() {
        let signature = header(b"signature", b"\x00\xff\x10\xfe\x89PNG\r\n\x1a\n");
        let [row] = &header_rows(&[signature])[..] else { panic!("it is listed") };
        assert_eq!(row.value.form, Some(Shown::Hex));
        assert_eq!(row.value.text, "00 ff 10 fe 89 50 4e 47 0d 0a 1a 0a");
    }

    #[test]
    fn a_read_that_an_offline_partition_took_no_part_in_knows_no_range() {
        let read = read::PartitionCoverage {
            partition: 0,
            first: 40,
            end: 100,
            covered_from: 40,
            covered_to: 100,
            received: 60,
            outside_time: 0,
            without_record: 0,
            already_gone: 0,
        };
        let mut coverage = read::Coverage {
            end: read::End::PartitionsOffline { partitions: vec![1] },
            range: None,
            partitions: vec![read],
        };
        let told = Coverage::from(&coverage);
        assert_eq!((told.covered, told.range), (UInt64(60), None), "not 60 of 60");
        coverage.range = Some(60);
        assert_eq!(Coverage::from(&coverage).range, Some(UInt64(60)));
    }

    #[test]
    fn large_headers_share_one_budget() {
        let large = vec![b'v'; SHOWN_BYTES];
        let rows = header_rows(&vec![header(b"n", &large); 100]);
        assert_eq!(rows.len(), HEADER_BYTES / SHOWN_BYTES);
        assert!(rows.iter().all(|row| row.value.shown_bytes.0 == SHOWN_BYTES as u64));
        let name = vec![b'n'; HEADER_NAME_CHARS + 1];
        let [long, short] = &header_rows(&[header(&name, b""), header(b"n", b"")])[..] else {
            panic!("both are listed")
        };
        assert!(long.name_truncated && !short.name_truncated);
    }
}
