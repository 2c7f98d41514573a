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

#[tokio::test(flavor = "multi_thread")]
async fn bad_records_in_the_middle_of_many_get_their_own_reason_and_the_good_keep_their_order() {
    let kafka = brokers::kafka();
    let partitions = 3;
    let settings = [("cleanup.policy", "compact"), ("message.timestamp.after.max.ms", "3600000")];
    let topic = topic(kafka, partitions, &settings).await;
    let cluster = connect(kafka).await;
    let access = access(&cluster);
    let future = 4_000_000_000_000;
    #[derive(Debug, Clone, Copy, PartialEq)]
    enum Kind {
        Good,
        Keyless,
        FromTheFuture,
    }
    // Long runs of good ones, lone bad ones, bad ones side by side, both kinds in one batch.
    let kind = |n: usize| match n {
        700..720 => Kind::Keyless,
        n if n % 97 == 0 => Kind::Keyless,
        n if n > 1500 && n % 211 == 0 => Kind::FromTheFuture,
        _ => Kind::Good,
    };
    let records: Vec<Outgoing> = (0..3000)
        .map(|n| {
            let kind = kind(n);
            let mut record = outgoing(&topic, format!("{n}").as_bytes());
            record.partition = Some(n as i32 % partitions);
            record.key = (kind != Kind::Keyless).then(|| format!("k{n}").as_str().into());
            record.timestamp = (kind == Kind::FromTheFuture).then_some(future);
            record
        })
        .collect();
    let mut writer = cluster.writer();
    let grant = publish(&access);
    // Twice with the same producer: what it has learnt, and what it survived, must not matter.
    for round in 0..2 {
        let results = writer.write(&grant, records.clone()).await;
        for (n, result) in results.iter().enumerate() {
            match (kind(n), result) {
                (Kind::Good, Ok(delivered)) => assert_eq!(delivered.partition, n as i32 % 3),
                (Kind::Keyless, Err(failure)) => {
                    assert_eq!(failure.code, Code::Refused, "{n}: {failure}");
                    assert!(failure.hint.as_ref().unwrap().contains("key"), "{n}: {failure}");
                }
                (Kind::FromTheFuture, Err(failure)) => {
                    assert_eq!(failure.code, Code::Refused, "{n}: {failure}");
                    assert!(failure.message.contains("timestamp"), "{n}: {failure}");
                }
                (kind, result) => panic!("{n}, {kind:?}, round {round}: {result:?}"),
            }
        }
        let good: Vec<usize> = (0..3000).filter(|n| kind(*n) == Kind::Good).collect();
        for partition in 0..partitions {
            let of = |n: &&usize| **n as i32 % partitions == partition;
            let values = values_in(kafka, &topic, partition);
            let expected: Vec<String> = good.iter().filter(of).map(ToString::to_string).collect();
            assert_eq!(values.len(), (round + 1) * expected.len(), "each once in each round");
            assert_eq!(values[round * expected.len()..], expected, "partition {partition}");
            let offsets: Vec<i64> =
                good.iter().filter(of).map(|n| results[*n].as_ref().unwrap().offset).collect();
            assert!(offsets.is_sorted(), "the offsets are those of the records");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_topic_that_takes_small_batches_takes_all_that_fit_and_refuses_the_large_one() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[("max.message.bytes", "20000")]).await;
    let cluster = connect(kafka).await;
    let access = access(&cluster);
    let large = 1234;
    let records: Vec<Outgoing> = (0..2000)
        .map(|n| {
            let mut value = format!("{n}").into_bytes();
            value.resize(if n == large { 30_000 } else { 1000 }, b' ');
            outgoing(&topic, &value)
        })
        .collect();
    let results = cluster.produce(&publish(&access), records).await;
    for (n, result) in results.iter().enumerate() {
        match result {
            Ok(_) => assert_ne!(n, large),
            Err(failure) => {
                assert_eq!((n, failure.code), (large, Code::TooLarge), "{failure}");
                assert!(failure.message.contains(&topic), "{failure}");
            }
        }
    }
    let values: Vec<String> =
        values_in(kafka, &topic, 0).iter().map(|value| value.trim_end().to_owned()).collect();
    let expected: Vec<String> = (0..2000).filter(|n| *n != large).map(|n| n.to_string()).collect();
    assert_eq!(values, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_topic_among_allowed_ones_is_refused_alone() {
    let kafka = brokers::kafka();
    let (open, shut) = (topic(kafka, 2, &[]).await, topic(kafka, 2, &[]).await);
    kafka.allow(&[
        Acl::allow("nobody", Operation::Describe, Resource::Topic, &shut),
        Acl::allow("nobody", Operation::Describe, Resource::Topic, &open),
        Acl::allow("nobody", Operation::Write, Resource::Topic, &open),
    ]);
    let cluster = connect_as(kafka, "nobody").await;
    let access = access(&cluster);
    let of = |n: usize| if n.is_multiple_of(3) { &shut } else { &open };
    let records: Vec<Outgoing> =
        (0..600).map(|n| outgoing(of(n), format!("{n}").as_bytes())).collect();
    let mut writer = cluster.writer();
    let grant = publish(&access);
    for _ in 0..2 {
        let results = writer.write(&grant, records.clone()).await;
        for (n, result) in results.iter().enumerate() {
            match result {
                Ok(_) => assert_eq!(of(n), &open),
                Err(failure) => {
                    assert_eq!(failure.code, Code::Authorization, "{failure}");
                    assert_eq!(of(n), &shut, "{failure}");
                    assert!(failure.message.contains(&shut), "{failure}");
                }
            }
        }
    }
    let expected: Vec<String> =
        (0..600).filter(|n| n % 3 != 0).map(|n: usize| n.to_string()).collect();
    assert_eq!(values_in(kafka, &open, 0), [expected.clone(), expected].concat());
    assert!(values_in(kafka, &shut, 0).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_is_given_up_leaves_nothing_for_the_next() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    let cluster = connect(kafka).await;
    let access = access(&cluster);
    let mut writer = cluster.writer();
    let grant = publish(&access);
    assert!(writer.write(&grant, vec![outgoing(&topic, b"first")]).await[0].is_ok());
    let many: Vec<Outgoing> = (0..5000).map(|_| outgoing(&topic, &[b'x'; 500])).collect();
    let given_up =
        tokio::time::timeout(std::time::Duration::from_micros(1), writer.write(&grant, many));
    assert!(given_up.await.is_err(), "nobody writes that in a microsecond");
    let sent = writer.write(&grant, vec![outgoing(&topic, b"last")]).await;
    let last = sent[0].as_ref().unwrap().offset;
    let fetched = cluster.record(&topic, 0, last, None).await.unwrap();
    assert_eq!(fetched.record.value.unwrap().as_slice(), b"last");
    // Its producer is closed, so nothing of the call that was given up is on its way any more.
    drop(writer);
    let newest = read(&cluster, ReadRequest::newest(&topic)).await.unwrap();
    assert_eq!(newest.rows[0].offset, last, "nothing was written after it");
}
