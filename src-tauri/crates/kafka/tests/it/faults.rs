//! Brokers that die, freeze, and change their mind: each of these tests has brokers of its own.

use std::time::{Duration, Instant};

use brokers::{Kafka, KafkaOptions, Listener};
use connections::profile::{Broker, Endpoint, SaslMechanism};
use connections::secret::Secrets;
use connections::{Code, Failure};
use kafka::produce::{Delivered, Outgoing};
use kafka::read::{End, Progress, ReadRequest, Start};
use kafka::{Cluster, diagnose};
use message::Octets;
use rdkafka::admin::AdminOptions;
use rdkafka::consumer::{BaseConsumer, Consumer};
use tokio_util::sync::CancellationToken;

use crate::support::*;

/// How often a broker's log says that it refused a login.
fn refusals(kafka: &Kafka) -> usize {
    let log = std::fs::read_to_string(kafka.folder().join("node-1.log")).unwrap();
    log.lines().filter(|line| line.contains("Failed authentication with")).count()
}

// One broker for several faults, because each start costs seconds.

#[tokio::test(flavor = "multi_thread")]
async fn a_fresh_cluster_stays_untouched_and_passwords_are_tried_once() {
    let kafka = Kafka::start(KafkaOptions::default());
    reading_leaves_a_fresh_cluster_untouched(&kafka).await;
    a_wrong_password_is_tried_exactly_once(&kafka).await;
    a_password_that_changes_is_tried_exactly_once(&kafka).await;
    a_topic_deleted_while_it_is_read_ends_the_read(&kafka).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_may_die_or_freeze_and_come_back() {
    let kafka = Kafka::start(KafkaOptions::default());
    a_killed_broker_ends_a_read_as_incomplete_and_comes_back(&kafka).await;
    a_frozen_broker_ends_everything_in_time(&kafka).await;
}

async fn reading_leaves_a_fresh_cluster_untouched(kafka: &Kafka) {
    let cluster = connect(kafka).await;
    let topic = topic(kafka, 3, &[]).await;
    fill(kafka, &topic, 3, 300);
    read(&cluster, ReadRequest::newest(&topic)).await.unwrap();
    cluster.record(&topic, 0, 0, None).await.unwrap();
    cluster.topic(&topic).await.unwrap();
    let list = kafka.tool("org.apache.kafka.tools.TopicCommand", &["--list"]).unwrap();
    let names: Vec<&str> = list.lines().collect();
    assert_eq!(names, [topic], "looking for a group would have made __consumer_offsets");
}

async fn a_wrong_password_is_tried_exactly_once(kafka: &Kafka) {
    let (mut profile, good) = sasl(kafka, "admin", SaslMechanism::ScramSha512);
    // Two addresses of the same broker, each of which would be worth an attempt.
    if let Broker::Kafka(settings) = &mut profile.broker {
        let port = kafka.port(1, Listener::Sasl);
        settings.bootstrap_servers.push(Endpoint { host: "127.0.0.1".into(), port });
    }
    let before = refusals(kafka);
    let failure = Cluster::connect(&profile, &password("wrong")).await.unwrap_err();
    assert_eq!(failure.code, Code::Authentication);
    // It would be tried again after 100 ms, and at once at another address.
    tokio::time::sleep(Duration::from_secs(2)).await;
    assert_eq!(refusals(kafka) - before, 1);
    diagnose(&profile, &password("wrong")).await.unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(refusals(kafka) - before, 2, "a diagnosis is one attempt more");
    Cluster::connect(&profile, &good).await.unwrap();
}

async fn a_password_that_changes_is_tried_exactly_once(kafka: &Kafka) {
    let (profile, secrets) = sasl(kafka, "reader", SaslMechanism::ScramSha256);
    let cluster = Cluster::connect(&profile, &secrets).await.unwrap();
    let config = "SCRAM-SHA-256=[password=another]";
    let entity =
        ["--alter", "--entity-type", "users", "--entity-name", "reader", "--add-config", config];
    kafka.tool("kafka.admin.ConfigCommand", &entity).unwrap();
    let before = refusals(kafka);
    kafka.restart(1);
    let failure = until("a refusal", async || {
        cluster.topics().await.err().filter(|f| f.code == Code::Authentication)
    })
    .await;
    assert!(failure.message.contains("reader"), "{failure}");
    let failure = read(&cluster, ReadRequest::newest("any")).await.unwrap_err();
    assert_eq!(failure.code, Code::Authentication, "no other client of the connection tries it");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(refusals(kafka) - before, 1);
}

async fn a_topic_deleted_while_it_is_read_ends_the_read(kafka: &Kafka) {
    let cluster = connect(kafka).await;
    let topic = topic(kafka, 1, &[]).await;
    fill_with_much(kafka, &topic, 1);
    let (reading, go_on) = half_way(&cluster, &topic).await;
    let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
    admin(kafka).delete_topics(&[&topic], &options).await.unwrap();
    drop(go_on);
    let set = reading.await.unwrap().expect("a part was read");
    let End::Incomplete { failure, .. } = &set.coverage.end else {
        panic!("{:?} with {} rows", set.coverage.end, set.rows.len());
    };
    assert_eq!(failure.code, Code::NotFound, "{failure}");
    assert!(set.rows.len() < 10_000);
    let list = kafka.tool("org.apache.kafka.tools.TopicCommand", &["--list"]).unwrap();
    assert!(list.lines().all(|line| line != topic), "it is back");
}

type Reading = tokio::task::JoinHandle<Result<kafka::read::ResultSet, Failure>>;

/// A read that stops in its middle until it may go on; when this returns, it is there.
async fn half_way(cluster: &Cluster, topic: &str) -> (Reading, std::sync::mpsc::Sender<()>) {
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    let (go_on, wait) = std::sync::mpsc::channel::<()>();
    let start = Start::Oldest;
    let request = ReadRequest { start, limit: 100_000, ..ReadRequest::newest(topic) };
    let cluster = cluster.clone();
    let reading = tokio::spawn(async move {
        let held = move |progress: Progress| {
            // Told also before anything came, while the consumer still connects.
            if progress.received == 0 {
                return;
            }
            let _ = tell.send(());
            // Returns at once when the test has let it go on.
            let _ = wait.recv();
        };
        cluster.read(request, CancellationToken::new(), held).await
    });
    told.recv().await.expect("the read has begun");
    (reading, go_on)
}

/// 200 MB: more than any queue on the way holds.
fn fill_with_much(kafka: &Kafka, topic: &str, partitions: i32) {
    let value = vec![b'x'; 20_000];
    let records: Vec<Put<'_>> = (0..10_000)
        .map(|n| Put { partition: n % partitions, value: Some(&value), ..Put::default() })
        .collect();
    put(kafka, topic, &records);
}

async fn a_killed_broker_ends_a_read_as_incomplete_and_comes_back(kafka: &Kafka) {
    let cluster = connect(kafka).await;
    let topic = topic(kafka, 2, &[]).await;
    fill_with_much(kafka, &topic, 2);
    let (reading, go_on) = half_way(&cluster, &topic).await;
    kafka.kill(1);
    drop(go_on);
    let killed = Instant::now();
    let set = reading.await.unwrap().unwrap();
    assert!(killed.elapsed() < Duration::from_secs(15), "it took {:?}", killed.elapsed());
    let End::Incomplete { partitions, failure } = &set.coverage.end else {
        panic!("{:?} with {} rows", set.coverage.end, set.rows.len());
    };
    assert!(!partitions.is_empty());
    assert_eq!(failure.code, Code::ConnectionLost, "{failure}");
    assert!(set.rows.len() < 10_000);

    let asked = Instant::now();
    let failure = cluster.topics().await.unwrap_err();
    assert_eq!(failure.code, Code::ConnectionLost, "{failure}");
    assert!(asked.elapsed() < Duration::from_secs(15), "it took {:?}", asked.elapsed());
    kafka.restart(1);
    until("topics again", async || cluster.topics().await.ok()).await;
    let request = ReadRequest { limit: 10, ..ReadRequest::newest(&topic) };
    let set = read(&cluster, request).await.unwrap();
    assert_eq!(set.rows.len(), 10, "the same connection goes on");
}

async fn a_frozen_broker_ends_everything_in_time(kafka: &Kafka) {
    let cluster = connect(kafka).await;
    let topic = topic(kafka, 1, &[]).await;
    fill(kafka, &topic, 1, 10);
    kafka.freeze(1);
    let started = Instant::now();
    let access = access(&cluster);
    let grant = publish(&access);
    let record = Outgoing {
        topic: topic.clone(),
        partition: None,
        key: None,
        value: Some(Octets::from("x")),
        headers: Vec::new(),
        timestamp: None,
    };
    let (profile, none) = (plain(kafka), Secrets::default());
    let (topics, reading, produced, connecting) = tokio::join!(
        cluster.topics(),
        read(&cluster, ReadRequest::newest(&topic)),
        cluster.produce(&grant, vec![record]),
        Cluster::connect(&profile, &none),
    );
    for failure in [topics.map(|_| ()).unwrap_err(), reading.map(|_| ()).unwrap_err()] {
        assert!(matches!(failure.code, Code::Timeout | Code::ConnectionLost), "{failure}");
    }
    let failure = produced.into_iter().next().unwrap().map(|_| ()).unwrap_err();
    assert_eq!(failure.code, Code::Unreachable, "nothing was sent, and that is certain: {failure}");
    let failure = connecting.map(|_| ()).unwrap_err();
    assert!(matches!(failure.code, Code::Timeout | Code::NotABroker), "{failure}");
    assert!(started.elapsed() < Duration::from_secs(60), "it took {:?}", started.elapsed());
    kafka.thaw(1);
    until("topics again", async || cluster.topics().await.ok()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn partitions_without_a_leader_are_named_and_the_others_are_read() {
    let kafka = Kafka::start(KafkaOptions { nodes: 3, ..KafkaOptions::default() });
    let topic = topic(&kafka, 3, &[]).await;
    fill(&kafka, &topic, 3, 300);
    let cluster = connect(&kafka).await;
    let facts = cluster.topic(&topic).await.unwrap();
    let on_three: Vec<i32> =
        facts.partitions.iter().filter(|p| p.leader == Some(3)).map(|p| p.id).collect();
    assert_eq!(on_three.len(), 1, "one copy of each partition, spread over three nodes");
    kafka.kill(3);
    until("a lost leader", async || {
        let topics = cluster.topics().await.ok()?;
        (topics.iter().find(|t| t.name == topic)?.offline == 1).then_some(())
    })
    .await;
    let set = read(&cluster, ReadRequest::newest(&topic)).await.unwrap();
    assert_eq!(set.rows.len(), 200);
    assert_eq!(set.coverage.end, End::PartitionsOffline { partitions: on_three.clone() });
    assert_eq!(set.coverage.received(), 200);
    assert_eq!(set.coverage.range, None, "200 were read, and nobody knows of how many");
    let others = (0..3).filter(|id| !on_three.contains(id)).collect();
    let request = ReadRequest { partitions: Some(others), ..ReadRequest::newest(&topic) };
    let set = read(&cluster, request).await.unwrap();
    assert_eq!(set.coverage.range, Some(200), "all that was asked for is known");
    let counts = cluster.counts(vec![topic.clone()]).await.unwrap();
    assert_eq!(counts[0].approximate, None, "a part is not passed off as the whole");
    assert!(counts[0].failure.is_some());
    let failure = cluster.record(&topic, on_three[0], 0, None).await.unwrap_err();
    assert_eq!(failure.code, Code::ConnectionLost, "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_writer_accounts_for_each_record_when_connections_break_and_ends_with_its_owner() {
    let kafka = Kafka::start(KafkaOptions { proxied: true, ..KafkaOptions::default() });
    a_writer_ends_with_its_owner(&kafka).await;
    a_cut_connection_loses_and_repeats_nothing(&kafka).await;
    a_broker_killed_under_a_writer_leaves_no_record_unaccounted(&kafka).await;
}

async fn a_writer_ends_with_its_owner(kafka: &Kafka) {
    let topic = topic(kafka, 4, &[]).await;
    let cluster = connect_as(kafka, "admin").await;
    let access = access(&cluster);
    let grant = publish(&access);
    let proxy = kafka.proxy(1);
    let before = proxy.connections();
    let mut writer = cluster.writer();
    let mut open = Vec::new();
    for n in 0..3 {
        let sent = writer.write(&grant, numbered(&topic, n..n + 1)).await;
        assert!(sent[0].is_ok(), "{sent:?}");
        open.push(proxy.connections());
    }
    assert!(open[0] > before, "a producer has connections of its own");
    assert!(open.iter().all(|count| *count == open[0]), "one producer for all calls: {open:?}");
    drop(writer);
    until("the end of its connections", async || (proxy.connections() == before).then_some(()))
        .await;
    drop(cluster);
    until("the end of all connections", async || (proxy.connections() == 0).then_some(())).await;
}

async fn a_cut_connection_loses_and_repeats_nothing(kafka: &Kafka) {
    let topic = topic(kafka, 4, &[]).await;
    let cluster = connect_as(kafka, "admin").await;
    let access = access(&cluster);
    let grant = publish(&access);
    let mut writer = cluster.writer();
    let writing = writer.write(&grant, numbered(&topic, 0..20_000));
    let cutting = async {
        for at in [1000, 5000, 9000] {
            until("some records", async || (ends(kafka, &topic) >= at).then_some(())).await;
            kafka.proxy(1).cut();
        }
    };
    let (results, ()) = tokio::join!(writing, cutting);
    for (n, result) in results.iter().enumerate() {
        assert!(result.is_ok(), "{n}: {result:?}");
    }
    account(kafka, &topic, &results);
}

async fn a_broker_killed_under_a_writer_leaves_no_record_unaccounted(kafka: &Kafka) {
    let topic = topic(kafka, 4, &[]).await;
    let cluster = connect_as(kafka, "admin").await;
    let access = access(&cluster);
    let grant = publish(&access);
    let mut writer = cluster.writer();
    let killed = async {
        until("some records", async || (ends(kafka, &topic) >= 3000).then_some(())).await;
        kafka.kill(1);
    };
    let (results, ()) = tokio::join!(writer.write(&grant, numbered(&topic, 0..20_000)), killed);
    assert!(results.iter().filter(|result| result.is_ok()).count() >= 1000, "some were written");
    let unsent = |result: &Result<_, Failure>| {
        result.as_ref().is_err_and(|failure| failure.code == Code::Unreachable)
    };
    assert!(results.iter().any(unsent), "the rest was never sent");
    kafka.restart(1);
    account(kafka, &topic, &results);
    // The same writer goes on.
    let after = numbered(&topic, 20_000..20_100);
    let results = until("a broker", async || {
        let results = writer.write(&grant, after.clone()).await;
        results.iter().all(Result::is_ok).then_some(results)
    })
    .await;
    assert_eq!(results.len(), 100);
}

/// Records of 1 KB over four partitions, which say their number.
fn numbered(topic: &str, numbers: std::ops::Range<usize>) -> Vec<Outgoing> {
    let record = |n: usize| Outgoing {
        topic: topic.to_owned(),
        partition: Some(i32::try_from(n % 4).unwrap()),
        key: Some(Octets::from(format!("k{n}").as_str())),
        value: Some(Octets::from(format!("{n:<1000}").as_str())),
        headers: Vec::new(),
        timestamp: None,
    };
    numbers.map(record).collect()
}

/// Compares what a writer said of numbered records with what is in the topic.
fn account(kafka: &Kafka, topic: &str, results: &[Result<Delivered, Failure>]) {
    let mut sure = 0;
    for partition in 0..4 {
        let values = values_in(kafka, topic, partition);
        let numbers: Vec<usize> = values.iter().map(|v| v.trim_end().parse().unwrap()).collect();
        assert!(numbers.is_sorted_by(|a, b| a < b), "in order, and none twice");
        for number in numbers {
            let may_be_there = match &results[number] {
                Ok(delivered) => delivered.partition == partition,
                Err(f) => {
                    matches!(f.code, Code::Timeout | Code::ConnectionLost)
                        && f.message.contains("may have been written")
                }
            };
            assert!(may_be_there, "{number} is there, and was said not to be");
            sure += usize::from(results[number].is_ok());
        }
    }
    assert_eq!(sure, results.iter().filter(|r| r.is_ok()).count(), "none is lost that was sure");
}

/// Records of all partitions together.
fn ends(kafka: &Kafka, topic: &str) -> i64 {
    let bare: BaseConsumer = bare(kafka).create().unwrap();
    let end = |partition| bare.fetch_watermarks(topic, partition, PATIENCE).map_or(0, |(_, e)| e);
    (0..4).map(end).sum()
}
