//! What is looked for is found, once, and the whole range is accounted for.

use connections::{Code, Secret};
use kafka::scan::{ScanEnd, ScanRequest};
use message::search::Condition;
use message::search::condition::{Part, Test};
use message::search::path::Path;
use results::head::Mark;
use tokio_util::sync::CancellationToken;

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn every_hit_is_in_the_result_set_and_every_offset_accounted_for() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 4).await;
    let value = |n: i32| match n % 100 {
        7 => format!("order #48812 number {n}").into_bytes(),
        _ => format!("entry {n}").into_bytes(),
    };
    fill(kafka, &topic, 4, (0..50_000).map(value));
    for newest_first in [false, true] {
        let request = ScanRequest { newest_first, ..ScanRequest::all(&topic) };
        let mut trial = Trial::new(kafka, request, contains("#48812"));
        let coverage = trial.run(u64::MAX, &CancellationToken::new()).await;
        assert_eq!(coverage.end, ScanEnd::Exhausted);
        assert_eq!((coverage.covered(), coverage.range()), (50_000, Some(50_000)));
        assert!(!coverage.goes_on());
        let found = trial.found(Mark::Hit);
        assert_eq!(found.len(), 500);
        let wanted = |value: &Vec<u8>| value.starts_with(b"order #48812 number ");
        assert!(found.iter().all(|(.., value)| value.as_ref().is_some_and(wanted)));
        let last = trial.told.last().unwrap();
        assert_eq!((last.hits, last.undecided, trial.in_histogram), (500, 0, 500));
        assert_eq!((last.received, last.covered), (50_000, 50_000));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_goes_on_where_it_had_found_enough() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 3).await;
    fill(kafka, &topic, 3, (0..30_000).map(|n| format!("needle {n}").into_bytes()));
    let mut trial = Trial::new(kafka, ScanRequest::all(&topic), contains("needle"));
    let cancel = CancellationToken::new();
    let mut rounds = 0;
    loop {
        let coverage = trial.run(8_000, &cancel).await;
        rounds += 1;
        if !coverage.goes_on() {
            assert_eq!(coverage.end, ScanEnd::Exhausted);
            break;
        }
        assert_eq!(coverage.end, ScanEnd::Enough);
        // What is written meanwhile is not part of it.
        fill(kafka, &topic, 3, [b"needle that came later".to_vec()]);
    }
    assert!((3..=4).contains(&rounds), "{rounds} rounds of at least 8,000");
    assert_eq!(trial.found(Mark::Hit).len(), 30_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_told_is_in_the_result_set_too_and_says_why() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1).await;
    let values =
        [&br#"{"amount": 150}"#[..], br#"{"amount": 50}"#, br#"{"amount": 1"#, b"\x1f\x8b\x08cut"];
    fill(kafka, &topic, 1, values.map(<[u8]>::to_vec));
    let condition = Condition::Decoded {
        part: Part::Value,
        path: Path::read("amount").unwrap(),
        test: Test::Compared {
            how: message::search::condition::Comparison::More,
            with: serde_json::from_str("\"100\"").unwrap(),
        },
    };
    let mut trial = Trial::new(kafka, ScanRequest::all(&topic), condition);
    let coverage = trial.run(u64::MAX, &CancellationToken::new()).await;
    assert_eq!(coverage.end, ScanEnd::Exhausted);
    let offsets = |mark| trial.found(mark).iter().map(|found| found.1).collect::<Vec<_>>();
    assert_eq!((offsets(Mark::Hit), offsets(Mark::Undecided)), (vec![0], vec![2, 3]));
    let last = trial.told.last().unwrap();
    assert_eq!((last.hits, last.undecided), (1, 2));
    let stored = (0..trial.reader.len()).map(|row| trial.reader.record(row).unwrap());
    let whys: Vec<bool> = stored.map(|stored| stored.why.is_some()).collect();
    assert_eq!(whys, [false, true, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_is_stopped_keeps_what_it_has_and_can_go_on() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 2).await;
    fill(kafka, &topic, 2, (0..400_000).map(|n| format!("needle {n:08}").into_bytes()));
    let mut trial = Trial::new(kafka, ScanRequest::all(&topic), contains("needle"));
    let stopped = CancellationToken::new();
    stopped.cancel();
    let coverage = trial.try_run(u64::MAX, &stopped).await.unwrap();
    assert_eq!(coverage.end, ScanEnd::Stopped);
    let coverage = trial.run(u64::MAX, &CancellationToken::new()).await;
    assert_eq!(coverage.end, ScanEnd::Exhausted);
    assert_eq!(trial.found(Mark::Hit).len(), 400_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_that_is_dropped_ends_its_worker_and_another_goes_on() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 2).await;
    fill(kafka, &topic, 2, (0..300_000).map(|n| format!("needle {n:08}").into_bytes()));
    let mut trial = Trial::new(kafka, ScanRequest::all(&topic), contains("needle"));
    let cancel = CancellationToken::new();
    // Given up at every length of time, until it is through.
    let mut patience = std::time::Duration::from_millis(50);
    let coverage = loop {
        match tokio::time::timeout(patience, trial.run(u64::MAX, &cancel)).await {
            Ok(coverage) => break coverage,
            Err(_) => patience *= 2,
        }
    };
    assert_eq!(coverage.end, ScanEnd::Exhausted);
    assert_eq!((coverage.covered(), trial.found(Mark::Hit).len()), (300_000, 300_000));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_or_topic_is_told_as_what_it_is() {
    let kafka = brokers::kafka();
    let (profile, mut secrets) = admin(kafka);
    let good = secrets.clone();
    secrets.password = Some(Secret::new("wrong".to_owned()));
    let request = ScanRequest::all("no-such-topic");
    let mut trial = Trial::of(profile.clone(), secrets, request.clone(), contains("x"));
    let failure = trial.try_run(1, &CancellationToken::new()).await.unwrap_err();
    assert_eq!(failure.code, Code::Authentication, "{failure}");
    let mut trial = Trial::of(profile, good, request, contains("x"));
    let coverage = trial.run(1, &CancellationToken::new()).await;
    let ScanEnd::Incomplete { failure } = &coverage.end else { panic!("{:?}", coverage.end) };
    assert_eq!(failure.code, Code::NotFound);
    assert_eq!(coverage.range(), None);
}
