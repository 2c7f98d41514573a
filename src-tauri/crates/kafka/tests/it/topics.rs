//! Lists, counts and facts, with every right and with few.

use brokers::kafka::acl::{Acl, Operation, Resource};
use connections::Code;
use kafka::read::ReadRequest;
use kafka::topics::{CleanupPolicy, TimestampType};

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_list_has_partitions_replication_and_internal_topics() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 5, &[]).await;
    let cluster = connect(kafka).await;
    // A transaction makes the broker create an internal topic.
    let producer: rdkafka::producer::BaseProducer =
        bare(kafka).set("transactional.id", "internal").create().unwrap();
    rdkafka::producer::Producer::init_transactions(&producer, PATIENCE).unwrap();
    let list = cluster.topics().await.unwrap();
    let found = list.iter().find(|t| t.name == topic).unwrap();
    assert_eq!((found.partitions, found.replication, found.internal), (5, Some(1), false));
    assert_eq!((found.offline, found.under_replicated, &found.failure), (0, 0, &None));
    assert!(list.iter().find(|t| t.name == "__transaction_state").unwrap().internal);
    assert!(list.is_sorted_by_key(|t| t.name.clone()));
}

#[tokio::test(flavor = "multi_thread")]
async fn counts_are_spans_of_offsets_and_come_for_many_names_at_once() {
    let kafka = brokers::kafka();
    let cluster = connect(kafka).await;
    let mut names = Vec::new();
    for count in 0..10 {
        let topic = topic(kafka, 3, &[]).await;
        fill(kafka, &topic, 3, count * 7);
        names.push(topic);
    }
    names.push("no.such.topic".into());
    names.push("not a name".into());
    let counts = cluster.counts(names.clone()).await.unwrap();
    for (n, (count, name)) in counts.iter().zip(&names).enumerate().take(10) {
        assert_eq!(
            (&count.topic, count.approximate, &count.failure),
            (name, Some(n as u64 * 7), &None)
        );
    }
    let code = |n: usize| counts[n].failure.as_ref().map(|f| f.code);
    assert_eq!((counts[10].approximate, code(10)), (None, Some(Code::NotFound)));
    assert_eq!((counts[11].approximate, code(11)), (None, Some(Code::Invalid)));
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_tell_partitions_offsets_and_settings() {
    let kafka = brokers::kafka();
    let settings = [
        ("cleanup.policy", "compact,delete"),
        ("retention.ms", "-1"),
        ("message.timestamp.type", "LogAppendTime"),
        ("max.message.bytes", "1000"),
    ];
    let topic = topic(kafka, 2, &settings).await;
    put(
        kafka,
        &topic,
        &[Put { partition: 1, key: Some(b"k"), value: Some(b"v"), ..Put::default() }],
    );
    let facts = connect(kafka).await.topic(&topic).await.unwrap();
    assert_eq!(facts.settings_failure, None);
    let settings = facts.settings.unwrap();
    assert_eq!(settings.cleanup, Some(CleanupPolicy::CompactAndDelete));
    assert_eq!(settings.timestamps, Some(TimestampType::LogAppendTime));
    assert_eq!((settings.retention_ms, settings.max_message_bytes), (Some(-1), Some(1000)));
    let [empty, one] = facts.partitions.as_slice() else { panic!("two partitions") };
    assert_eq!((empty.first, empty.end, empty.latest_ms), (Some(0), Some(0), None));
    assert_eq!((one.first, one.end, one.leader), (Some(0), Some(1), Some(1)));
    assert!(one.latest_ms.unwrap() > 1_600_000_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_hides_one_thing_and_names_itself() {
    let kafka = brokers::kafka();
    let open = topic(kafka, 1, &[]).await;
    let closed = format!("secret.{open}");
    let unread = topic(kafka, 1, &[]).await;
    topic_named(kafka, &closed, 1, &[]).await;
    fill(kafka, &open, 1, 10);
    fill(kafka, &unread, 1, 10);
    kafka.allow(&[Acl::deny("reader", Operation::Read, Resource::Topic, &unread)]);
    let cluster = connect_as(kafka, "reader").await;

    let list = cluster.topics().await.unwrap();
    assert!(list.iter().any(|t| t.name == open) && list.iter().any(|t| t.name == unread));
    assert!(list.iter().all(|t| t.name != closed), "what may not be seen is not listed");

    let counts = cluster.counts(vec![closed.clone(), open.clone(), unread.clone()]).await.unwrap();
    assert_eq!(counts[0].approximate, None);
    let failure = counts[0].failure.as_ref().unwrap();
    assert_eq!(failure.code, Code::Authorization);
    assert!(failure.hint.as_ref().unwrap().contains("permission Describe"), "{failure}");
    assert_eq!((counts[1].approximate, counts[2].approximate), (Some(10), Some(10)));

    let denied = read(&cluster, ReadRequest::newest(&unread)).await.unwrap_err();
    assert_eq!(denied.code, Code::Authorization);
    assert!(denied.hint.unwrap().contains(&format!("permission Read on the topic {unread}")));
    let denied = cluster.record(&unread, 0, 0, None).await.unwrap_err();
    assert_eq!(denied.code, Code::Authorization);
    assert_eq!(
        read(&cluster, ReadRequest::newest(&closed)).await.unwrap_err().code,
        Code::Authorization
    );
    assert_eq!(read(&cluster, ReadRequest::newest(&open)).await.unwrap().rows.len(), 10);

    let facts = cluster.topic(&open).await.unwrap();
    assert_eq!(facts.partitions[0].end, Some(10));
    assert_eq!(facts.settings, None);
    let failure = facts.settings_failure.unwrap();
    assert_eq!(failure.code, Code::Authorization);
    assert!(failure.hint.unwrap().contains("DescribeConfigs"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_any_right_connects_and_sees_nothing() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    let cluster = connect_as(kafka, "nobody").await;
    let list = cluster.topics().await.unwrap();
    assert!(list.iter().all(|t| t.name != topic), "what may not be seen is not listed");
    assert_eq!(
        read(&cluster, ReadRequest::newest(&topic)).await.unwrap_err().code,
        Code::Authorization
    );
}
