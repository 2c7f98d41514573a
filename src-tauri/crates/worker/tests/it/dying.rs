//! Records that end the process that looks at them are named, and stop nothing else.

use connections::Code;
use kafka::scan::{ScanEnd, ScanRequest};
use results::head::Mark;
use tokio_util::sync::CancellationToken;
use worker::search::SearchCoverage;

use crate::support::*;

/// Writes 40,000 records to two partitions, the deadly ones at these places of it, and searches.
async fn search_with(deadly: &[(i32, &[u8])]) -> (SearchCoverage, Trial) {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 2).await;
    let value = |n: i32| match deadly.iter().find(|(at, _)| *at == n) {
        Some((_, value)) => value.to_vec(),
        None => format!("needle {n}").into_bytes(),
    };
    fill(kafka, &topic, 2, (0..40_000).map(value));
    let mut trial = Trial::new(kafka, ScanRequest::all(&topic), contains("needle"));
    let coverage = trial.run(u64::MAX, &CancellationToken::new()).await;
    (coverage, trial)
}

#[tokio::test(flavor = "multi_thread")]
async fn records_that_end_the_process_are_named_and_all_others_found() {
    let (coverage, trial) = search_with(&[
        (10_001, b"abort"),
        (10_003, b"overflow"),
        (20_000, b"panic"),
        (33_000, b"greedy"),
    ])
    .await;
    let mut passed: Vec<_> = coverage
        .passed_over
        .iter()
        .map(|passed| (passed.partition, passed.span.from, passed.span.to))
        .collect();
    passed.sort_unstable();
    let wanted = [(0, 10_000, 10_001), (0, 16_500, 16_501), (1, 5_000, 5_001), (1, 5_001, 5_002)];
    assert_eq!(passed, wanted);
    for one in &coverage.passed_over {
        assert!(one.failure.message.contains("ended the search process"), "{one:?}");
    }
    let ScanEnd::Incomplete { failure } = &coverage.end else { panic!("{:?}", coverage.end) };
    assert_eq!(failure.code, Code::Internal);
    assert_eq!((coverage.covered(), coverage.goes_on()), (40_000, false));
    assert_eq!(trial.found(Mark::Hit).len(), 39_996);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_takes_for_ever_is_named_and_all_others_found() {
    let (coverage, trial) = search_with(&[(20_000, b"endless")]).await;
    let [passed] = &coverage.passed_over[..] else { panic!("{:?}", coverage.passed_over) };
    assert_eq!((passed.partition, passed.span.from, passed.span.to), (0, 10_000, 10_001));
    assert_eq!(passed.failure.code, Code::Timeout);
    assert_eq!(trial.found(Mark::Hit).len(), 39_999);
}
