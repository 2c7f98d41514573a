//! Rows in order, against somebody who does it slowly and plainly.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::order::{By, Direction, order};

/// Records with few topics, partitions and times, so that much is equal, each place once, in any
/// order and in blocks of any size.
fn sets() -> impl Strategy<Value = Vec<Vec<Record>>> {
    let timestamp = prop_oneof![
        6 => (0_i64..8).prop_map(Timestamp::Created),
        1 => Just(Timestamp::Absent),
        1 => any::<i64>().prop_map(Timestamp::Appended),
    ];
    let record = (0_u32..3, -1_i32..3, 0_i64..40, timestamp, 0_usize..4, any::<bool>()).prop_map(
        |(topic, partition, offset, timestamp, size, hit)| Record {
            topic,
            partition,
            timestamp,
            key: None,
            value: Some(vec![b'v'; size]),
            mark: if hit { Mark::Hit } else { Mark::Undecided },
            ..Record::plain(offset)
        },
    );
    let records = vec(record, 0..80).prop_map(|records| {
        let place = |record: &Record| (record.topic, record.partition, record.offset);
        let mut once = std::collections::BTreeSet::new();
        records.into_iter().filter(|record| once.insert(place(record))).collect::<Vec<_>>()
    });
    (records, 1_usize..20)
        .prop_map(|(records, size)| records.chunks(size).map(<[Record]>::to_vec).collect())
}

/// Takes, of the records that come next in each partition, the earliest, over and over.
fn merged_slowly(records: &[(u32, Record)]) -> Vec<u32> {
    // Of each partition offset, time and row.
    type Lane = Vec<(i64, i64, u32)>;
    let mut lanes: BTreeMap<(u32, i32), Lane> = BTreeMap::new();
    for (row, record) in records {
        let time = record.timestamp.millis().unwrap_or(i64::MIN);
        let lane = lanes.entry((record.topic, record.partition)).or_default();
        lane.push((record.offset, time, *row));
    }
    for lane in lanes.values_mut() {
        lane.sort_unstable();
        lane.reverse();
    }
    let mut rows = Vec::new();
    while let Some((_, lane)) = lanes
        .iter_mut()
        .filter(|(_, lane)| !lane.is_empty())
        .min_by_key(|(place, lane)| (lane.last().unwrap().1, **place))
    {
        rows.push(lane.pop().unwrap().2);
    }
    rows
}

/// By the latest time that the partition of each has reached, which is said to be the same.
fn by_latest_reached(records: &[(u32, Record)]) -> Vec<u32> {
    let reached = |record: &Record| {
        let same = |other: &&(u32, Record)| {
            (other.1.topic, other.1.partition) == (record.topic, record.partition)
                && other.1.offset <= record.offset
        };
        let times = records.iter().filter(same).filter_map(|(_, r)| r.timestamp.millis());
        times.max().unwrap_or(i64::MIN)
    };
    sorted_slowly(records, reached)
}

fn sorted_slowly<K: Ord>(records: &[(u32, Record)], by: impl Fn(&Record) -> K) -> Vec<u32> {
    let mut sorted: Vec<_> = records.iter().collect();
    sorted.sort_by_key(|(_, r)| (by(r), r.topic, r.partition, r.offset));
    sorted.into_iter().map(|(row, _)| *row).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_order_is_that_of_a_slow_merge_or_a_slow_sort(blocks in sets()) {
        let fixture = Fixture::new();
        let mut shard = fixture.writer().shard();
        let told: Vec<Block> =
            blocks.iter().flat_map(|block| put(&mut shard, block)).collect();
        let reader = fixture.reader_of(&told);
        let all: Vec<(u32, Record)> = (0..).zip(blocks.concat()).collect();
        for only in [None, Some(Mark::Hit), Some(Mark::Undecided)] {
            let records: Vec<(u32, Record)> = all
                .iter()
                .filter(|(_, record)| only.is_none_or(|mark| record.mark == mark))
                .cloned()
                .collect();
            let rows = |by, direction| order(&reader, by, direction, only).rows;
            let backwards = |mut rows: Vec<u32>| { rows.reverse(); rows };
            let size = |record: &Record| record.value.as_ref().unwrap().len();
            let time = merged_slowly(&records);
            prop_assert_eq!(&by_latest_reached(&records), &time);
            prop_assert_eq!(&rows(By::Time, Direction::Ascending), &time);
            prop_assert_eq!(rows(By::Time, Direction::Descending), backwards(time));
            let place = sorted_slowly(&records, |_| ());
            prop_assert_eq!(&rows(By::Place, Direction::Ascending), &place);
            prop_assert_eq!(rows(By::Place, Direction::Descending), backwards(place));
            let small_first = sorted_slowly(&records, size);
            prop_assert_eq!(rows(By::Size, Direction::Ascending), small_first);
            let large_first = sorted_slowly(&records, |record| std::cmp::Reverse(size(record)));
            prop_assert_eq!(rows(By::Size, Direction::Descending), large_first);
        }
    }
}

#[test]
fn a_late_record_does_not_overtake_those_before_it_in_its_partition() {
    let fixture = Fixture::new();
    let record =
        |partition, offset, timestamp| Record { partition, timestamp, ..Record::plain(offset) };
    let records = [
        record(0, 0, Timestamp::Created(100)),
        record(0, 1, Timestamp::Created(50)),
        record(0, 2, Timestamp::Absent),
        record(0, 3, Timestamp::Created(200)),
        record(1, 0, Timestamp::Absent),
        record(1, 1, Timestamp::Created(60)),
        record(1, 2, Timestamp::Created(150)),
    ];
    let reader = fixture.reader_of(&put(&mut fixture.writer().shard(), &records));
    let rows = order(&reader, By::Time, Direction::Ascending, None).rows;
    assert_eq!(rows, [4, 5, 0, 1, 2, 6, 3]);
}

#[test]
fn rows_that_are_damaged_come_last_and_hide_no_other() {
    let fixture = Fixture::new();
    let mut shard = fixture.writer().shard();
    let blocks: Vec<Block> = (0..3)
        .flat_map(|n| put(&mut shard, &[Record::plain(2 * n), Record::plain(2 * n + 1)]))
        .collect();
    let path = fixture.set.folder().join("heads");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[blocks[1].heads_at as usize + 30] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let reader = fixture.reader_of(&blocks);
    for by in [By::Time, By::Place] {
        let up = order(&reader, by, Direction::Ascending, None);
        assert_eq!((up.rows, up.damaged), (vec![0, 1, 4, 5, 2, 3], 2));
        let down = order(&reader, by, Direction::Descending, Some(Mark::Hit));
        assert_eq!((down.rows, down.damaged), (vec![5, 4, 1, 0, 2, 3], 2));
    }
}

#[test]
fn a_set_without_rows_has_an_order() {
    let reader = Fixture::new();
    let reader = reader.reader();
    assert_eq!(order(&reader, By::Time, Direction::Descending, None).rows, [0_u32; 0]);
}
