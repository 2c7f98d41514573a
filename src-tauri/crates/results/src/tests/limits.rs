//! Records and sets that are larger than is kept.

use super::round_trip::noise;
use super::*;
use crate::payload::{SHORT_START, START};

fn large(length: usize) -> Record {
    let header = |n: u8| Header { name: Octets(vec![n; 100]), value: Some(Octets(vec![n; 900])) };
    Record {
        key: Some(noise(1, length)),
        value: Some(noise(1, 2 * length)),
        headers: Some((0..20).map(header).collect()),
        shown: Some("é".repeat(4000)),
        why: Some("é".repeat(4000)),
        mark: Mark::Undecided,
        ..Record::plain(7)
    }
}

/// The start of everything, and how large it really is.
fn assert_cut(stored: &Stored, record: &Record, part: usize, headers: usize) {
    let real = record.stored();
    assert_eq!(stored.head, Head { whole: false, ..real.head });
    assert_eq!(stored.key.as_ref().unwrap().0, record.key.as_ref().unwrap()[..part]);
    assert_eq!(stored.value.as_ref().unwrap().0, record.value.as_ref().unwrap()[..part]);
    assert_eq!(
        stored.headers.as_ref().unwrap()[..],
        record.headers.as_ref().unwrap()[..headers],
        "headers are kept whole or not at all"
    );
}

#[test]
fn of_a_record_that_is_too_large_the_start_is_kept_and_it_says_so() {
    let fixture = Fixture::new();
    let record = large(100_000);
    let writer = fixture.writer_within(Limits { record: 100_000, ..Limits::default() });
    let whole = Record { key: None, value: Some(noise(1, 70_000)), ..record.clone() };
    let whole = Record { shown: None, why: None, ..whole };
    let blocks = put(&mut writer.shard(), &[record.clone(), whole.clone()]);
    assert_eq!(blocks[0].cut, 1);
    let reader = fixture.reader_of(&blocks);
    assert_eq!(reader.counts().cut, 1);
    let stored = reader.record(0).unwrap();
    assert_cut(&stored, &record, START, 4);
    assert_eq!(stored.shown.unwrap().0, "é".repeat(1024));
    assert_eq!(stored.why.unwrap(), "é".repeat(256));
    assert_eq!(reader.record(1).unwrap(), whole.stored());
}

#[test]
fn of_a_record_with_a_million_empty_headers_the_first_are_kept() {
    let fixture = Fixture::new();
    let empty = Header { name: "".into(), value: None };
    let record = Record { headers: Some(vec![empty; 1_000_000]), ..Record::plain(0) };
    let reader = fixture.reader_of(&put(&mut fixture.writer().shard(), &[record]));
    let stored = reader.record(0).unwrap();
    assert!(!stored.head.whole);
    assert_eq!(stored.head.headers, Some(Headers { count: 1_000_000, bytes: 0 }));
    assert_eq!(stored.headers.unwrap().len(), START / 8);
}

#[test]
fn no_limit_lets_a_block_become_larger_than_readers_accept() {
    let fixture = Fixture::new();
    let limits = Limits { record: u32::MAX, set: u64::MAX };
    let most = crate::writer::MOST_OF_A_RECORD as usize;
    let value = |length: usize| Some(vec![b'x'; length]);
    let largest = Record { key: None, value: value(most), ..Record::plain(1) };
    let larger = Record { key: None, value: value(most + 1), ..Record::plain(2) };
    let mut shard = fixture.writer_within(limits).shard();
    let reader = fixture.reader_of(&put(&mut shard, &[Record::plain(0), largest.clone(), larger]));
    assert_eq!(reader.record(1).unwrap(), largest.stored());
    assert_eq!(reader.record(2).unwrap().value.unwrap().len(), START);
}

#[test]
fn beyond_the_size_of_the_set_every_hit_is_kept_with_its_start() {
    let fixture = Fixture::new();
    let writer = fixture.writer_within(Limits { set: 1_000_000, ..Limits::default() });
    let mut shard = writer.shard();
    let record =
        |offset: i64| Record { offset, value: Some(noise(offset as u64, 2000)), ..large(1000) };
    let blocks = put(&mut shard, &(0..3000).map(record).collect::<Vec<_>>());
    let reader = fixture.reader_of(&blocks);
    assert_eq!(offsets(&reader), (0..3000).collect::<Vec<_>>(), "no hit is lost");
    assert!(reader.record(0).unwrap().head.whole);
    let stored = reader.record(2999).unwrap();
    assert_cut(&stored, &record(2999), SHORT_START, 0);
    assert_eq!(stored.shown.unwrap().0, "é".repeat(256));
    // What is small is kept whole even then.
    let small = put(&mut shard, &[Record::plain(3000)]);
    assert_eq!(small[0].cut, 0);
    let whole = reader.heads(0..u32::MAX).filter(|(_, head)| head.as_ref().unwrap().whole).count();
    assert!((100..1500).contains(&whole), "{whole} of them are whole");
    assert_eq!(reader.counts().cut as usize, 3000 - whole);
}
