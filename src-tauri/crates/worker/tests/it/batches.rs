//! Record batches in the files of a broker: DefaultRecordBatch of format 2, as Kafka's
//! documentation lays it out ("Record Batch").

use std::path::PathBuf;

use brokers::Kafka;

/// Bytes of a batch before its length counts.
const BEFORE: usize = 12;
/// Bytes of its header.
pub const HEADER: usize = 61;
/// Where the checksum stands, and where what it is of begins.
const CHECKSUM: usize = 17;
const CHECKED: usize = 21;

/// A batch in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batch {
    /// In bytes from the start of the file.
    pub start: usize,
    pub end: usize,
    pub first: i64,
    pub last: i64,
    /// 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd.
    pub codec: u8,
    pub records: i64,
}

/// The batches of a segment, as far as it is written.
pub fn of(log: &[u8]) -> Vec<Batch> {
    let mut batches = Vec::new();
    let mut start = 0;
    while let Some(header) = log.get(start..start + HEADER) {
        let number = |at: usize| i32::from_be_bytes(header[at..at + 4].try_into().unwrap());
        let first = i64::from_be_bytes(header[..8].try_into().unwrap());
        let end = start + BEFORE + usize::try_from(number(8)).unwrap();
        if end > log.len() || end < start + HEADER {
            break;
        }
        batches.push(Batch {
            start,
            end,
            first,
            last: first + i64::from(number(23)),
            codec: header[22] & 7,
            records: number(57).into(),
        });
        start = end;
    }
    batches
}

/// The segments of a partition on the first node, in the order of their offsets.
pub fn segments(kafka: &Kafka, topic: &str, partition: i32) -> Vec<PathBuf> {
    let folder = kafka.folder().join("data/1").join(format!("{topic}-{partition}"));
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut segments: Vec<PathBuf> =
        files.filter(|file| file.extension().is_some_and(|it| it == "log")).collect();
    segments.sort();
    segments
}

/// Changes the bytes of a batch, and its checksum so that the broker takes it for a good one.
pub fn change(log: &mut [u8], batch: &Batch, with: impl FnOnce(&mut [u8])) {
    let bytes = &mut log[batch.start..batch.end];
    with(bytes);
    let sum = crc32c(&bytes[CHECKED..]);
    bytes[CHECKSUM..CHECKED].copy_from_slice(&sum.to_be_bytes());
}

/// Castagnoli's, bit by bit.
fn crc32c(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            (sum >> 1) ^ if sum & 1 == 1 { 0x82f6_3b78 } else { 0 }
        })
    })
}
