use connections::Code;
use message::record::Timestamp;
use proptest::prelude::*;

use super::*;

const BUDGET: u64 = 1 << 20;

fn row(partition: i32, offset: i64, millis: i64) -> Row {
    let timestamp = Timestamp::Created(millis);
    Row { partition, offset, timestamp, key: None, value: None, headers: Some(0), size: 0 }
}

fn range(partition: i32, first: i64, end: i64) -> Range {
    Range { at: TopicPartition { topic: 0, partition }, low: first, first, end, gone: 0 }
}

/// Reads a window as a cluster would that holds these (offset, timestamp) records.
fn serve(mut window: Window<Kept>, log: &[(i64, i64)]) -> Window<Kept> {
    let inside = log.iter().filter(|(offset, _)| (window.from..window.to).contains(offset));
    for (offset, millis) in inside {
        window.kept.push(Some(row(window.at.partition, *offset, *millis)));
        window.received += 1;
        window.bytes += 10;
    }
    window.next = window.to;
    window.end = Some(WindowEnd::Complete);
    window
}

/// Runs a whole read; gives its rows and what was asked of each partition.
fn run(
    logs: &[Vec<(i64, i64)>],
    direction: Direction,
    limit: usize,
    width: u64,
) -> (Vec<Row>, Vec<Vec<i64>>) {
    let end = |log: &[(i64, i64)]| log.last().map_or(0, |(offset, _)| offset + 1);
    let mut lanes: Vec<Lane> = logs
        .iter()
        .enumerate()
        .map(|(p, log)| Lane::new(range(p as i32, 0, end(log)), direction, width))
        .collect();
    let (mut rows, mut asked) = (Vec::new(), vec![Vec::new(); logs.len()]);
    while rows.len() < limit {
        match next(&mut lanes) {
            Turn::Row(row) => rows.push(*row),
            Turn::Over => break,
            Turn::Starved(starved) => {
                for index in starved {
                    let window = lanes[index].window(BUDGET, limit - rows.len()).unwrap();
                    asked[index].extend(window.from..window.to);
                    let served = serve(window, &logs[index]);
                    lanes[index].take(served, BUDGET);
                }
            }
        }
    }
    (rows, asked)
}

fn logs() -> impl Strategy<Value = Vec<Vec<(i64, i64)>>> {
    // Gaps between offsets as compaction leaves them, and timestamps in no order.
    let record = (1_i64..40, -50_i64..50);
    let log = prop::collection::vec(record, 0..120).prop_map(|steps| {
        let mut offset = -1;
        let place = |(step, millis)| {
            offset += step;
            (offset, millis)
        };
        steps.into_iter().map(place).collect()
    });
    prop::collection::vec(log, 1..5)
}

proptest! {
    #[test]
    fn a_read_gives_what_a_merge_of_the_whole_partitions_would(
        logs in logs(), limit in 1_usize..200, width in 1_u64..60, back in any::<bool>(),
    ) {
        let direction = if back { Direction::Backward } else { Direction::Forward };
        let (rows, _) = run(&logs, direction, limit, width);
        let (whole, _) = run(&logs, direction, limit, WIDEST);
        prop_assert_eq!(&rows, &whole, "the width of the windows shows in the result");
        let all: usize = logs.iter().map(Vec::len).sum();
        prop_assert_eq!(rows.len(), all.min(limit));
        for partition in 0..logs.len() as i32 {
            let mut offsets: Vec<i64> =
                rows.iter().filter(|r| r.partition == partition).map(|r| r.offset).collect();
            if back {
                offsets.reverse();
            }
            prop_assert!(offsets.is_sorted(), "within a partition the offset decides");
        }
    }

    #[test]
    fn no_offset_is_read_twice(logs in logs(), limit in 1_usize..200, back in any::<bool>()) {
        let direction = if back { Direction::Backward } else { Direction::Forward };
        let (_, asked) = run(&logs, direction, limit, 7);
        for mut offsets in asked {
            let all = offsets.len();
            offsets.sort_unstable();
            offsets.dedup();
            prop_assert_eq!(offsets.len(), all);
        }
    }

    #[test]
    fn newest_rows_of_ordered_partitions_are_the_newest_of_all(
        sizes in prop::collection::vec(0_i64..80, 1..5), limit in 1_usize..60,
    ) {
        let logs: Vec<Vec<(i64, i64)>> =
            sizes.iter().map(|size| (0..*size).map(|o| (o, o * 3)).collect()).collect();
        let (rows, _) = run(&logs, Direction::Backward, limit, 5);
        let mut times: Vec<i64> = logs.iter().flatten().map(|(_, millis)| *millis).collect();
        times.sort_unstable_by(|a, b| b.cmp(a));
        times.truncate(limit);
        let got: Vec<i64> = rows.iter().filter_map(|r| r.timestamp.millis()).collect();
        prop_assert_eq!(got, times);
    }
}

#[test]
fn a_backward_window_of_large_records_is_read_again_smaller() {
    let mut lane = Lane::new(range(0, 0, 1000), Direction::Backward, 500);
    let mut window = lane.window(BUDGET, 500).unwrap();
    assert_eq!((window.from, window.to), (500, 1000));
    window.received = 8;
    window.bytes = 8 * BUDGET;
    window.end = Some(WindowEnd::Budget);
    lane.take(window, BUDGET);
    let again = lane.window(BUDGET, 500).unwrap();
    assert_eq!((again.from, again.to), (998, 1000), "the newest ones, and fewer");
    assert_eq!(lane.coverage().received, 0, "what was given up is not counted");
}

#[test]
fn a_partition_that_holds_all_of_the_rows_is_read_in_two_windows() {
    let newest_in_one = (0..1000).map(|offset| (offset, 1_000_000 + offset)).collect();
    let old = |_| (0..1000).map(|offset| (offset, offset)).collect();
    let logs: Vec<Vec<(i64, i64)>> =
        std::iter::once(newest_in_one).chain((1..12).map(old)).collect();
    let width = Lane::first_width(500, logs.len());
    let (rows, asked) = run(&logs, Direction::Backward, 500, width);
    assert!(rows.iter().all(|row| row.partition == 0));
    assert_eq!(asked[0].len(), 500, "its share, and then all that are missing");
    assert!(asked[1..].iter().all(|asked| asked.len() as u64 == width), "no second window");
}

#[test]
fn a_burst_within_one_millisecond_is_taken_from_all_partitions() {
    let burst: Vec<(i64, i64)> = (0..1000).map(|offset| (offset, 7)).collect();
    let logs = vec![burst; 12];
    for direction in [Direction::Forward, Direction::Backward] {
        let width = Lane::first_width(500, logs.len());
        let (rows, asked) = run(&logs, direction, 500, width);
        assert!(asked.iter().all(|asked| asked.len() as u64 == width), "one window each");
        let of = |partition| rows.iter().filter(|row| row.partition == partition).count();
        assert!((0..12).all(|partition| (41..=42).contains(&of(partition))));
    }
}

#[test]
fn a_forward_window_that_spent_its_budget_is_gone_on_from_where_it_ended() {
    let mut lane = Lane::new(range(0, 0, 1000), Direction::Forward, 500);
    let mut window = lane.window(BUDGET, 500).unwrap();
    window.received = 3;
    window.bytes = BUDGET;
    window.next = 3;
    window.end = Some(WindowEnd::Budget);
    lane.take(window, BUDGET);
    let next = lane.window(BUDGET, 500).unwrap();
    assert_eq!((next.from, next.to), (3, 6), "as many as the budget holds");
}

#[test]
fn a_broken_partition_does_not_hold_back_the_others() {
    let mut lanes = vec![
        Lane::new(range(0, 0, 10), Direction::Forward, 100),
        Lane::new(range(1, 0, 2), Direction::Forward, 100),
    ];
    let mut broken = lanes[0].window(BUDGET, 500).unwrap();
    broken.end = Some(WindowEnd::Broken(Failure::new(Code::Authorization, "no")));
    lanes[0].take(broken, BUDGET);
    let served = serve(lanes[1].window(BUDGET, 500).unwrap(), &[(0, 5), (1, 6)]);
    lanes[1].take(served, BUDGET);
    assert_eq!(next(&mut lanes), Turn::Row(Box::new(row(1, 0, 5))));
    assert_eq!(next(&mut lanes), Turn::Row(Box::new(row(1, 1, 6))));
    assert_eq!(next(&mut lanes), Turn::Over);
    assert!(!lanes[0].is_covered());
}

#[test]
fn offsets_without_a_record_are_counted_apart_from_those_that_retention_took() {
    let mut lane = Lane::new(Range { gone: 40, ..range(0, 40, 100) }, Direction::Forward, 100);
    let mut window = serve(lane.window(BUDGET, 500).unwrap(), &[(70, 1), (99, 2)]);
    window.gone = 10;
    lane.take(window, BUDGET);
    let coverage = lane.coverage();
    assert_eq!((coverage.covered_from, coverage.covered_to), (40, 100));
    assert_eq!(coverage.already_gone, 50);
    assert_eq!(coverage.without_record, 60 - 2 - 10);
}

#[test]
fn the_first_windows_hold_a_share_each_and_never_more_than_the_limit() {
    assert_eq!(Lane::first_width(500, 1), 500);
    assert_eq!(Lane::first_width(500, 12), 42 + 10 + 16);
    assert_eq!(Lane::first_width(1, 1000), 1);
    assert_eq!(Lane::first_width(5, 0), 5);
}

#[test]
fn absurd_timestamps_are_merged_without_overflow() {
    let logs = vec![vec![(0, i64::MIN), (1, i64::MAX)], vec![(0, 0)]];
    assert_eq!(run(&logs, Direction::Backward, 9, 9).0.len(), 3);
    assert_eq!(run(&logs, Direction::Forward, 9, 9).0.len(), 3);
}
