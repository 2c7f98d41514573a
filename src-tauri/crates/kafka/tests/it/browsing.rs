//! Where a read starts, in which order its rows come, how it ends, and what it leaves alone.

use std::collections::BTreeSet;

use connections::Code;
use kafka::read::{End, ReadRequest, ResultSet, Start};
use rdkafka::admin::AdminOptions;
use tokio_util::sync::CancellationToken;

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_of_all_partitions_come_newest_first() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 3, &[]).await;
    fill(kafka, &topic, 3, 1000);
    let cluster = connect(kafka).await;
    let set =
        read(&cluster, ReadRequest { limit: 100, ..ReadRequest::newest(&topic) }).await.unwrap();
    let values: Vec<String> = set.rows.iter().filter_map(value_of).collect();
    let expected: Vec<String> = (900..1000).rev().map(|n| format!("value {n}")).collect();
    assert_eq!(values, expected);
    assert_eq!(set.coverage.end, End::Limit);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_whose_newest_records_are_all_in_one_partition_is_read_on_there() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 4, &[]).await;
    let old: Vec<Put<'_>> = (0..4)
        .flat_map(|partition| {
            (0..50).map(move |n| Put {
                partition,
                value: Some(b"old"),
                millis: Some(1000 + n),
                key: None,
            })
        })
        .collect();
    put(kafka, &topic, &old);
    let new: Vec<Put<'_>> = (0..3000)
        .map(|n| Put { partition: 2, value: Some(b"new"), millis: Some(1_000_000 + n), key: None })
        .collect();
    put(kafka, &topic, &new);
    let cluster = connect(kafka).await;
    let set =
        read(&cluster, ReadRequest { limit: 2000, ..ReadRequest::newest(&topic) }).await.unwrap();
    let offsets: Vec<(i32, i64)> = (1050..3050).rev().map(|offset| (2, offset)).collect();
    assert_eq!(places(&set), offsets);
}

#[tokio::test(flavor = "multi_thread")]
async fn oldest_offset_and_time_read_forwards_until_the_limit() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 2, &[]).await;
    fill(kafka, &topic, 2, 400);
    let cluster = connect(kafka).await;
    let numbers =
        |set: &ResultSet| -> Vec<String> { set.rows.iter().filter_map(value_of).collect() };
    let expected = |range: std::ops::Range<i64>| -> Vec<String> {
        range.map(|n| format!("value {n}")).collect()
    };

    let request = ReadRequest { limit: 30, ..from(&topic, Start::Oldest) };
    assert_eq!(numbers(&read(&cluster, request).await.unwrap()), expected(0..30));

    let request = ReadRequest { limit: 30, ..from(&topic, Start::Time(1_700_000_000_100)) };
    assert_eq!(numbers(&read(&cluster, request).await.unwrap()), expected(100..130));

    let request = ReadRequest { partitions: Some(vec![1]), ..from(&topic, Start::Offset(195)) };
    let set = read(&cluster, request).await.unwrap();
    assert_eq!(places(&set), (195..200).map(|o| (1, o)).collect::<Vec<_>>());
    assert_eq!(set.coverage.end, End::Exhausted);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_that_is_exactly_the_topic_is_the_whole_topic() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 2, &[]).await;
    fill(kafka, &topic, 2, 100);
    let cluster = connect(kafka).await;
    for (limit, end) in [(99, End::Limit), (100, End::Exhausted), (101, End::Exhausted)] {
        for start in [Start::Newest, Start::Oldest] {
            let request = ReadRequest { limit, ..from(&topic, start) };
            let set = read(&cluster, request).await.unwrap();
            assert_eq!((set.rows.len() as u32, &set.coverage.end), (limit.min(100), &end));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn empty_partitions_and_empty_topics_end_at_once_and_exhausted() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 6, &[]).await;
    let cluster = connect(kafka).await;
    for start in [Start::Newest, Start::Oldest, Start::Offset(7), Start::Time(1)] {
        let set = read(&cluster, from(&topic, start)).await.unwrap();
        assert_eq!((set.rows.len(), set.coverage.end), (0, End::Exhausted), "{start:?}");
    }
    put(kafka, &topic, &[Put { partition: 4, value: Some(b"alone"), ..Put::default() }]);
    let set = read(&cluster, ReadRequest::newest(&topic)).await.unwrap();
    assert_eq!((places(&set), set.coverage.end), (vec![(4, 0)], End::Exhausted));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_can_be_stopped_and_tells_its_progress() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    fill(kafka, &topic, 1, 200_000);
    let cluster = connect(kafka).await;
    let stopped = CancellationToken::new();
    stopped.cancel();
    let set = cluster.read(ReadRequest::newest(&topic), stopped, |_| {}).await.unwrap();
    assert_eq!((set.rows.len(), set.coverage.end), (0, End::Stopped));

    let (tell, told) = std::sync::mpsc::channel();
    let request = ReadRequest { limit: 100_000, ..from(&topic, Start::Oldest) };
    let set = cluster
        .read(request, CancellationToken::new(), move |progress| tell.send(progress).unwrap())
        .await
        .unwrap();
    assert_eq!((set.rows.len(), &set.coverage.end), (100_000, &End::Limit));
    let told: Vec<_> = told.iter().collect();
    assert!(told.is_sorted_by_key(|progress| progress.received), "counters only grow");
    assert!(told.iter().all(|progress| progress.received <= set.coverage.received()));
    assert!(told.iter().all(|progress| progress.range == Some(200_000)), "frozen at the start");
    assert!(told.is_sorted_by_key(|progress| progress.covered));
    assert!(told.iter().all(|progress| progress.covered >= progress.received), "none is uncounted");
    let last = told.last().unwrap();
    assert!(last.covered > 0 && last.covered <= 200_000, "{last:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn impossible_requests_are_refused_with_a_reason() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    let cluster = connect(kafka).await;
    let code = async |request| read(&cluster, request).await.unwrap_err().code;
    assert_eq!(code(ReadRequest { limit: 0, ..ReadRequest::newest(&topic) }).await, Code::Invalid);
    assert_eq!(
        code(ReadRequest { limit: 100_001, ..ReadRequest::newest(&topic) }).await,
        Code::Invalid
    );
    assert_eq!(code(from(&topic, Start::Offset(-1))).await, Code::Invalid);
    assert_eq!(code(ReadRequest::newest("a b\u{1b}[31m")).await, Code::Invalid);
    assert_eq!(code(ReadRequest::newest("no.such.topic")).await, Code::NotFound);
    let one = ReadRequest { partitions: Some(vec![0, 7]), ..ReadRequest::newest(&topic) };
    let failure = read(&cluster, one).await.unwrap_err();
    assert_eq!(
        (failure.code, failure.message),
        (Code::NotFound, format!("{topic} has no partition 7"))
    );
    assert_eq!(cluster.record(&topic, 0, -1, None).await.unwrap_err().code, Code::Invalid);
    assert_eq!(cluster.record(&topic, 3, 0, None).await.unwrap_err().code, Code::NotFound);
    assert_eq!(cluster.record(&topic, 0, 5, None).await.unwrap_err().code, Code::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_and_results_cross_to_another_process_and_back() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    put(kafka, &topic, &[Put { key: Some(b"\xff"), value: None, ..Put::default() }]);
    let cluster = connect(kafka).await;
    let request = from(&topic, Start::Time(i64::MAX));
    let text = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<ReadRequest>(&text).unwrap(), request);
    let set = read(&cluster, ReadRequest::newest(&topic)).await.unwrap();
    let text = serde_json::to_string(&set).unwrap();
    assert_eq!(serde_json::from_str::<ResultSet>(&text).unwrap(), set);
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_makes_no_group_and_brings_no_deleted_topic_back() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 2, &[]).await;
    fill(kafka, &topic, 2, 100);
    let cluster = connect(kafka).await;
    read(&cluster, ReadRequest::newest(&topic)).await.unwrap();
    cluster.record(&topic, 0, 3, None).await.unwrap();

    let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
    admin(kafka).delete_topics(&[&topic], &options).await.unwrap();
    // The broker's auto-creation is on: any client that is not careful would bring it back.
    let read = read(&cluster, ReadRequest::newest(&topic)).await.unwrap_err();
    assert_eq!(read.code, Code::NotFound);
    assert!(read.message.contains(&topic), "{}", read.message);
    assert_eq!(cluster.record(&topic, 0, 3, None).await.unwrap_err().code, Code::NotFound);
    assert_eq!(cluster.topic(&topic).await.unwrap_err().code, Code::NotFound);
    let counts = cluster.counts(vec![topic.clone()]).await.unwrap();
    assert_eq!(
        (counts[0].approximate, counts[0].failure.as_ref().map(|f| f.code)),
        (None, Some(Code::NotFound))
    );
    assert!(cluster.topics().await.unwrap().iter().all(|t| t.name != topic));

    let list = kafka.tool("org.apache.kafka.tools.TopicCommand", &["--list"]).unwrap();
    assert!(list.lines().all(|line| line != topic), "{topic} is back");
    let groups = kafka
        .tool("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", &["--list"])
        .unwrap();
    let groups: BTreeSet<&str> = groups.lines().filter(|line| !line.trim().is_empty()).collect();
    assert_eq!(groups, BTreeSet::new(), "no group comes of reading");
}
