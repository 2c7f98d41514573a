//! What is put in comes out.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        vec(any::<u8>(), 0..40),
        Just(b"null".to_vec()),
        (any::<u8>(), 0_usize..3000).prop_map(|(byte, length)| vec![byte; length]),
    ]
}

fn headers() -> impl Strategy<Value = Vec<Header>> {
    let name = prop_oneof![bytes(), Just(b"twice".to_vec())];
    let header = (name, proptest::option::of(bytes()))
        .prop_map(|(name, value)| Header { name: name.into(), value: value.map(Octets) });
    vec(header, 0..6)
}

fn timestamps() -> impl Strategy<Value = Timestamp> {
    prop_oneof![
        any::<i64>().prop_map(Timestamp::Created),
        any::<i64>().prop_map(Timestamp::Appended),
        Just(Timestamp::Absent),
    ]
}

pub fn records() -> impl Strategy<Value = Record> {
    let payload = (
        proptest::option::of(bytes()),
        proptest::option::of(bytes()),
        proptest::option::of(headers()),
    );
    let beside = (
        prop_oneof![Just(Mark::Hit), Just(Mark::Undecided)],
        proptest::option::of("\\PC{0,20}"),
        proptest::option::of("[a-z ]{0,20}"),
    );
    (any::<(u32, i32, i64)>(), timestamps(), payload, beside).prop_map(
        |((topic, partition, offset), timestamp, (key, value, headers), (mark, shown, why))| {
            Record { topic, partition, offset, timestamp, key, value, headers, mark, shown, why }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn every_record_comes_back_byte_for_byte(records in vec(records(), 1..40), cut in 1_usize..39) {
        let fixture = Fixture::new();
        let writer = fixture.writer();
        let mut shard = writer.shard();
        let (first, second) = records.split_at(cut.min(records.len()));
        let mut blocks = put(&mut shard, first);
        blocks.extend(put(&mut shard, second));
        let reader = fixture.reader_of(&blocks);
        prop_assert_eq!(reader.len() as usize, records.len());
        for ((row, head), record) in reader.heads(0..u32::MAX).zip(&records) {
            let stored = record.stored();
            prop_assert_eq!(head.unwrap(), stored.head);
            prop_assert_eq!(reader.head(row).unwrap(), stored.head);
            prop_assert_eq!(reader.record(row).unwrap(), stored);
        }
        let undecided = records.iter().filter(|record| record.mark == Mark::Undecided).count();
        prop_assert_eq!(reader.counts().undecided as usize, undecided);
        prop_assert_eq!(reader.counts().cut, 0);
    }
}

#[test]
fn null_empty_and_the_word_null_are_three_things() {
    let fixture = Fixture::new();
    let parts = [None, Some(Vec::new()), Some(b"null".to_vec())];
    let header =
        |value: &Option<Vec<u8>>| Header { name: "".into(), value: value.clone().map(Octets) };
    let records: Vec<Record> = parts
        .iter()
        .map(|part| Record {
            key: part.clone(),
            value: part.clone(),
            headers: part.as_ref().map(|_| parts.iter().map(header).collect()),
            shown: part.as_ref().map(|_| String::new()),
            why: part.as_ref().map(|_| String::new()),
            ..Record::plain(0)
        })
        .collect();
    let reader = fixture.reader_of(&put(&mut fixture.writer().shard(), &records));
    for (row, record) in (0..).zip(&records) {
        assert_eq!(reader.record(row).unwrap(), record.stored());
    }
}

#[test]
fn a_block_is_sealed_when_it_has_enough_hits_or_enough_bytes() {
    let fixture = Fixture::new();
    let mut shard = fixture.writer().shard();
    assert_eq!(shard.flush().unwrap(), None);
    let many: Vec<Record> = (0..3000).map(Record::plain).collect();
    let blocks = put(&mut shard, &many);
    assert_eq!(blocks.iter().map(|block| block.hits).collect::<Vec<_>>(), [1024, 1024, 952]);
    assert_eq!(shard.waiting(), 0);
    // As random as bytes can be that a test can tell: nothing is squeezed out of them.
    let large = Record { value: Some(noise(1, 200_000)), ..Record::plain(0) };
    let large = put(&mut shard, &vec![large; 7]);
    assert_eq!(large.iter().map(|block| block.hits).collect::<Vec<_>>(), [3, 3, 1]);
    let reader = fixture.reader_of(&blocks);
    assert_eq!(offsets(&reader), (0..3000).collect::<Vec<_>>());
    assert_eq!(reader.add(large[0]).unwrap(), 3000..3003);
    assert_eq!(reader.record(3001).unwrap().value.unwrap().0, noise(1, 200_000));
}

#[test]
fn what_repeats_takes_less_room_and_what_does_not_takes_no_more() {
    let fixture = Fixture::new();
    let mut shard = fixture.writer().shard();
    let text = br#"{"order":4711,"customer":{"name":"Ana","city":"Lyon"},"amount":12.50}"#;
    let record = |value: Vec<u8>| Record { value: Some(value), ..Record::plain(0) };
    let repeated = put(&mut shard, &vec![record(text.to_vec()); 500])[0];
    assert!(repeated.records_len * 4 < repeated.payload);
    let random = put(&mut shard, &[record(noise(1, 50_000))])[0];
    assert_eq!(random.records_len, random.payload + 40);
    let reader = fixture.reader_of(&[repeated, random]);
    assert_eq!(reader.record(499).unwrap().value.unwrap().as_slice(), text);
    assert_eq!(reader.record(500).unwrap().value.unwrap().0, noise(1, 50_000));
}

#[test]
fn a_row_that_does_not_exist_is_said_not_to_exist() {
    let fixture = Fixture::new();
    let reader = fixture.reader();
    assert!(reader.is_empty());
    assert_eq!(reader.head(0).unwrap_err().code, connections::Code::NotFound);
    let reader = fixture.reader_of(&put(&mut fixture.writer().shard(), &[Record::plain(0)]));
    assert_eq!(reader.record(1).unwrap_err().message, "the result set has no row 1");
    assert_eq!(reader.heads(1..u32::MAX).count(), 0);
}

/// Bytes in which nothing repeats itself, others for each seed.
pub fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ seed;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()[3]
    };
    std::iter::repeat_with(next).take(length).collect()
}
