//! Counting over time.

use message::record::Timestamp;
use proptest::collection::vec;
use proptest::prelude::*;

use crate::histogram::{Histogram, LATEST, Picture};

/// 2026-11-23T12:00:00Z.
const NOON: i64 = 1_795_435_200_000;
const HOUR: i64 = 3_600_000;

fn times() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![
        8 => (NOON - HOUR..NOON).prop_map(Some),
        3 => (0..LATEST).prop_map(Some),
        1 => any::<i64>().prop_map(Some),
        1 => prop_oneof![Just(i64::MIN), Just(i64::MAX), Just(-1), Just(0), Just(LATEST)]
            .prop_map(Some),
        1 => Just(None),
    ]
}

fn of(times: &[Option<i64>], mut histogram: Histogram) -> Histogram {
    for time in times {
        histogram.add(time.map_or(Timestamp::Absent, Timestamp::Created));
    }
    histogram
}

fn total(picture: &Picture) -> u64 {
    picture.counts.iter().sum::<u64>() + picture.before + picture.after + picture.absent
}

proptest! {
    #[test]
    fn nothing_is_lost_whatever_times_come(times in vec(times(), 0..300), most in 0_u32..40, bars in 0_u32..60) {
        let histogram = of(&times, Histogram::new(most));
        prop_assert_eq!(histogram.total(), times.len() as u64);
        let dated = times.iter().flatten().filter(|time| (0..LATEST).contains(*time)).count();
        let picture = histogram.picture(bars);
        prop_assert_eq!(picture.is_some(), dated > 0);
        if let Some(picture) = picture {
            prop_assert_eq!(total(&picture), times.len() as u64);
            prop_assert!(picture.counts.len() <= bars.max(2) as usize);
            prop_assert!(picture.counts[0] > 0 && *picture.counts.last().unwrap() > 0);
            prop_assert!(picture.width.is_power_of_two());
            prop_assert_eq!(picture.start.rem_euclid(picture.width as i64), 0);
            for (n, count) in (0..).zip(&picture.counts) {
                let begin = picture.start + n * picture.width as i64;
                let end = begin + picture.width as i64;
                let within =
                    times.iter().flatten().filter(|time| (begin..end).contains(*time)
                        && (0..LATEST).contains(*time));
                prop_assert_eq!(*count, within.count() as u64, "bar {}", n);
            }
        }
    }

    #[test]
    fn it_does_not_matter_in_which_order_or_in_which_part_times_were_counted(
        times in vec(times(), 0..200),
        cut in 0_usize..200,
        most in 2_u32..40,
    ) {
        let whole = of(&times, Histogram::new(most));
        let (left, right) = times.split_at(cut.min(times.len()));
        let mut merged = of(left, Histogram::new(most));
        merged.merge(&of(right, Histogram::new(most))).unwrap();
        prop_assert_eq!(&merged, &whole);
        let mut the_other_way_round = of(right, Histogram::new(most));
        the_other_way_round.merge(&of(left, Histogram::new(most))).unwrap();
        prop_assert_eq!(&the_other_way_round, &whole);
        let backwards: Vec<_> = times.iter().rev().copied().collect();
        prop_assert_eq!(&of(&backwards, Histogram::new(most)), &whole);
        let crossed: Histogram =
            serde_json::from_str(&serde_json::to_string(&whole).unwrap()).unwrap();
        prop_assert_eq!(&crossed, &whole);
    }

    #[test]
    fn any_limits_will_do(
        times in vec(any::<i64>(), 0..100),
        from: i64,
        end: i64,
        most in 2_u32..10,
        bars in 0_u32..10,
    ) {
        for limits in [from..end, i64::MIN..i64::MAX] {
            let times: Vec<_> = times.iter().copied().map(Some).collect();
            let histogram = of(&times, Histogram::within(limits, most));
            prop_assert_eq!(histogram.total(), times.len() as u64);
            if let Some(picture) = histogram.picture(bars) {
                prop_assert_eq!(total(&picture), times.len() as u64);
            }
        }
    }
}

#[test]
fn a_few_absurd_times_do_not_flatten_the_picture_of_the_others() {
    let hour: Vec<Option<i64>> = (0..HOUR).step_by(1000).map(|ms| Some(NOON + ms)).collect();
    let sane = of(&hour, Histogram::default()).picture(240).unwrap();
    assert_eq!(sane.counts.len(), 221, "bars of about sixteen seconds");
    let mut all = hour.clone();
    // Seconds taken for milliseconds, microseconds, never set, and what no clock says.
    all.extend([Some(NOON / 1000), Some(NOON * 1000), Some(0), Some(-1)]);
    all.extend([Some(i64::MIN), Some(i64::MAX), Some(LATEST - 1), None]);
    let picture = of(&all, Histogram::default()).picture(240).unwrap();
    assert_eq!(picture.counts, sane.counts);
    assert_eq!((picture.start, picture.width), (sane.start, sane.width));
    assert_eq!((picture.before, picture.after, picture.absent), (4, 3, 1));
}

#[test]
fn times_that_are_far_apart_and_many_are_all_drawn() {
    let year = 365 * 24 * HOUR;
    let two_eras: Vec<Option<i64>> = (0..200)
        .map(|n| Some(if n % 2 == 0 { NOON + n * 1000 } else { NOON - 20 * year + n * 1000 }))
        .collect();
    let picture = of(&two_eras, Histogram::default()).picture(240).unwrap();
    assert_eq!((picture.before, picture.after), (0, 0));
    assert_eq!(picture.counts.iter().sum::<u64>(), 200);
    let one = of(&[Some(NOON)], Histogram::default()).picture(240).unwrap();
    assert_eq!((one.start, one.width, one.counts), (NOON, 1, vec![1]));
}

#[test]
fn a_histogram_that_cannot_be_is_not_read() {
    let good = serde_json::to_value(of(&[Some(NOON), Some(5)], Histogram::new(10))).unwrap();
    serde_json::from_value::<Histogram>(good.clone()).unwrap();
    let bad = [
        ("doublings", serde_json::json!(64)),
        ("most", serde_json::json!(1)),
        ("most", serde_json::json!(4_000_000_000_u32)),
        ("buckets", serde_json::json!([[9, 1], [5, 1]])),
        ("buckets", serde_json::json!([[5, 0]])),
        ("buckets", serde_json::json!([[-1, 1]])),
        ("buckets", serde_json::json!([[LATEST, 1]])),
        ("buckets", serde_json::json!((0..11).map(|n| [n, 1]).collect::<Vec<_>>())),
    ];
    for (field, value) in bad {
        let mut stated = good.clone();
        stated[field] = value;
        assert!(serde_json::from_value::<Histogram>(stated).is_err(), "{field}");
    }
}

#[test]
fn histograms_with_different_limits_are_not_counted_together() {
    let mut histogram = of(&[Some(NOON)], Histogram::new(10));
    let before = histogram.clone();
    for other in [Histogram::new(11), Histogram::within(1..2, 10)] {
        assert!(histogram.merge(&other).is_err());
    }
    assert_eq!(histogram, before);
}
