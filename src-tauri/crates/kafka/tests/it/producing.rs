//! What is written is what was given, or the reason why it was not.

use brokers::kafka::acl::{Acl, Operation, Resource};
use connections::Code;
use kafka::produce::Outgoing;
use kafka::read::ReadRequest;
use message::Octets;
use message::record::Timestamp;

use crate::support::*;

fn outgoing(topic: &str, value: &[u8]) -> Outgoing {
    Outgoing {
        topic: topic.into(),
        partition: Some(0),
        key: None,
        value: Some(Octets::from(value)),
        headers: Vec::new(),
        timestamp: None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_byte_of_a_record_comes_back() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 3, &[]).await;
    let cluster = connect(kafka).await;
    let access = access(&cluster);
    let headers = vec![
        header(b"trace", Some(b"1")),
        header(b"trace", Some(b"2")),
        header(b"trace", None),
        header(b"trace", Some(b"")),
        header(b"zeros", Some(b"\0\0\0")),
        header(b"\xff\xfe", Some(b"\x80not text")),
        header(b"a\0b", Some(b"name with a zero")),
        header(b"c\0", None),
        header(b"", Some(b"no name")),
    ];
    let bytes = |bytes: &[u8]| Some(Octets::from(bytes));
    let three = [None, bytes(b""), bytes(b"null"), bytes(b"\xff\0\xfe")];
    let records: Vec<Outgoing> = three
        .iter()
        .flat_map(|key| three.iter().map(move |value| (key.clone(), value.clone())))
        .enumerate()
        .map(|(n, (key, value))| Outgoing {
            topic: topic.clone(),
            partition: Some(n as i32 % 3),
            key,
            value,
            headers: if n % 2 == 0 { headers.clone() } else { Vec::new() },
            timestamp: Some(if n == 0 { 1 } else { 1_700_000_000_000 + n as i64 }),
        })
        .collect();
    let delivered = cluster.produce(&publish(&access), records.clone()).await;
    let places: Vec<(i32, i64)> =
        delivered.iter().map(|d| d.as_ref().map(|d| (d.partition, d.offset)).unwrap()).collect();
    let fetched = cluster.records(&topic, places, u64::MAX).await.unwrap();
    for (sent, got) in records.iter().zip(fetched) {
        let got = got.unwrap().exact().unwrap();
        assert_eq!(Some(got.partition), sent.partition);
        assert_eq!(got.timestamp, Timestamp::Created(sent.timestamp.unwrap()));
        // `Debug` of bytes hides them, so they are compared and not printed.
        assert!(got.key == sent.key && got.value == sent.value, "{sent:?} came back as {got:?}");
        assert!(got.headers == sent.headers, "the headers of {sent:?} came back as {got:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn kafkas_own_consumer_sees_the_headers_that_were_written() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    let cluster = connect(kafka).await;
    let access = access(&cluster);
    let mut record = outgoing(&topic, b"9007199254740993");
    record.headers = vec![header(b"n", Some(b"1")), header(b"n", Some(b"2")), header(b"z", None)];
    record.timestamp = Some(42);
    cluster.produce(&publish(&access), vec![record]).await.remove(0).unwrap();
    let printed = kafka
        .tool(
            "org.apache.kafka.tools.consumer.ConsoleConsumer",
            &[
                "--topic",
                &topic,
                "--partition",
                "0",
                "--offset",
                "0",
                "--max-messages",
                "1",
                "--formatter-property",
                "print.headers=true",
                "--formatter-property",
                "print.timestamp=true",
                "--formatter-property",
                "print.key=true",
            ],
        )
        .unwrap();
    assert!(printed.contains("CreateTime:42\tn:1,n:2,z:null\tnull\t9007199254740993"), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_placed_where_java_clients_place_it() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 12, &[]).await;
    let cluster = connect(kafka).await;
    let access = access(&cluster);
    let mut record = outgoing(&topic, b"x");
    record.partition = None;
    record.key = Some(Octets::from("kafka"));
    let delivered = cluster.produce(&publish(&access), vec![record]).await.remove(0).unwrap();
    // murmur2("kafka") is 0xd067cf64 in Kafka's own test vectors; its positive part modulo 12.
    assert_eq!(delivered.partition, 0x5067_cf64 % 12);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_refused_record_does_not_take_its_neighbours_with_it() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[("max.message.bytes", "2000")]).await;
    let cluster = connect(kafka).await;
    let access = access(&cluster);
    let mut timeless = outgoing(&topic, b"x");
    timeless.timestamp = Some(0);
    let mut elsewhere = outgoing(&topic, b"x");
    elsewhere.partition = Some(9);
    let records = vec![
        outgoing(&topic, b"first"),
        outgoing(&topic, &[b'x'; 5000]),
        timeless,
        outgoing("no.such.topic.to.write", b"x"),
        elsewhere,
        outgoing("not a name", b"x"),
        outgoing(&topic, b"last"),
    ];
    let results = cluster.produce(&publish(&access), records).await;
    let codes: Vec<Option<Code>> =
        results.iter().map(|r| r.as_ref().err().map(|f| f.code)).collect();
    assert_eq!(
        codes,
        [
            None,
            Some(Code::TooLarge),
            Some(Code::Invalid),
            Some(Code::NotFound),
            Some(Code::NotFound),
            Some(Code::Invalid),
            None
        ]
    );
    let set = read(&cluster, ReadRequest::newest(&topic)).await.unwrap();
    let values: Vec<String> = set.rows.iter().filter_map(value_of).collect();
    assert_eq!(values, ["last", "first"]);
    let topics = cluster.topics().await.unwrap();
    assert!(topics.iter().all(|t| t.name != "no.such.topic.to.write"), "it was created");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_once_the_grant_ended() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    let cluster = connect(kafka).await;
    let access = access(&cluster);
    let grant = publish(&access);
    access.close();
    let results = cluster.produce(&grant, vec![outgoing(&topic, b"x"); 3]).await;
    assert!(results.iter().all(|r| r.as_ref().unwrap_err().code == Code::GrantEnded));
    let other = connect(kafka).await;
    let grant = publish(&super::support::access(&other));
    let results = cluster.produce(&grant, vec![outgoing(&topic, b"x")]).await;
    assert_eq!(
        results[0].as_ref().unwrap_err().code,
        Code::Internal,
        "a grant of another connection"
    );
    let set = read(&cluster, ReadRequest::newest(&topic)).await.unwrap();
    assert_eq!(set.rows.len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_to_write_is_named() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    kafka.allow(&[Acl::allow("nobody", Operation::Describe, Resource::Topic, &topic)]);
    let cluster = connect_as(kafka, "nobody").await;
    let access = access(&cluster);
    let failure = cluster.produce(&publish(&access), vec![outgoing(&topic, b"x")]).await;
    let failure = failure.into_iter().next().unwrap().unwrap_err();
    assert_eq!(failure.code, Code::Authorization, "{failure}");
    assert!(failure.hint.is_some(), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_compacted_topic_refuses_a_record_without_a_key_with_a_reason() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[("cleanup.policy", "compact")]).await;
    let cluster = connect(kafka).await;
    let access = access(&cluster);
    let mut keyed = outgoing(&topic, b"x");
    keyed.key = Some(Octets::from("k"));
    let results = cluster.produce(&publish(&access), vec![outgoing(&topic, b"x"), keyed]).await;
    let failure = results[0].as_ref().unwrap_err();
    assert_eq!(failure.code, Code::Refused, "{failure}");
    assert!(failure.hint.as_ref().unwrap().contains("key"), "{failure}");
    assert!(results[1].is_ok(), "{results:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_records_keep_their_order_and_each_has_its_offset() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    let cluster = connect_as(kafka, "admin").await;
    let access = access(&cluster);
    let records: Vec<Outgoing> =
        (0..2000).map(|n| outgoing(&topic, format!("{n}").as_bytes())).collect();
    let results = cluster.produce(&publish(&access), records).await;
    let offsets: Vec<i64> = results.iter().map(|r| r.as_ref().unwrap().offset).collect();
    assert_eq!(offsets, (0..2000).collect::<Vec<_>>());
}
