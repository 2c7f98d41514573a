//! Rows are bounded, whole records are whole, and large ones are read in bounded memory.

use std::time::Duration;

use connections::Code;
use kafka::read::{DEFAULT_BODY_CAP, End, ReadRequest, Start};

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_bounded_and_says_what_it_leaves_out() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    let (key, value) = (vec![b'k'; 5000], vec![b'v'; 70_000]);
    let records = [
        Put { key: Some(&key), value: Some(&value), ..Put::default() },
        Put { key: Some(b""), value: Some(b""), ..Put::default() },
        Put { key: None, value: None, ..Put::default() },
        Put { key: Some(b"null"), value: Some(b"null"), ..Put::default() },
        Put { key: None, value: Some(b"\xff\xfe\x00\x80"), ..Put::default() },
        Put { key: None, value: Some(b"9223372036854775807"), ..Put::default() },
    ];
    put(kafka, &topic, &records);
    let cluster = connect(kafka).await;
    let set = read(&cluster, from(&topic, Start::Oldest)).await.unwrap();
    let [large, empty, null, word, binary, number] = set.rows.as_slice() else {
        panic!("six rows")
    };
    let (k, v) = (large.key.as_ref().unwrap(), large.value.as_ref().unwrap());
    assert_eq!((k.bytes.len(), k.length, k.is_cut()), (256, 5000, true));
    assert_eq!((v.bytes.len(), v.length, large.size), (1024, 70_000, 75_000));
    let empty_value = empty.value.as_ref().unwrap();
    assert_eq!((empty_value.length, empty_value.is_cut()), (0, false));
    assert_eq!((&null.key, &null.value), (&None, &None));
    assert_eq!(value_of(word).as_deref(), Some("null"));
    assert_eq!(binary.value.as_ref().unwrap().bytes.as_slice(), b"\xff\xfe\x00\x80");
    assert_eq!(value_of(number).as_deref(), Some("9223372036854775807"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_20_mb_record_is_listed_cut_and_loaded_anyway() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 1, &[]).await;
    let size = 20 * 1024 * 1024;
    let value: Vec<u8> = (0..size).map(|n| (n % 251) as u8).collect();
    put(kafka, &topic, &[Put { value: Some(&value), ..Put::default() }]);
    put(kafka, &topic, &[Put { value: Some(b"small"), ..Put::default() }]);
    let cluster = connect(kafka).await;
    let set = read(&cluster, ReadRequest::newest(&topic)).await.unwrap();
    assert_eq!(places(&set), [(0, 1), (0, 0)]);
    assert_eq!(set.rows[1].size, size as u64);

    let cut = cluster.record(&topic, 0, 0, Some(DEFAULT_BODY_CAP)).await.unwrap();
    assert!(cut.cut);
    assert_eq!(cut.value_size, Some(size as u64));
    assert_eq!(cut.record.value.as_ref().unwrap().len() as u64, DEFAULT_BODY_CAP);
    assert_eq!(
        cut.exact().unwrap_err().code,
        Code::TooLarge,
        "a part is never taken for the whole"
    );

    let whole = cluster.record(&topic, 0, 0, None).await.unwrap();
    assert!(!whole.cut);
    assert!(whole.exact().unwrap().value.unwrap().as_slice() == value, "byte for byte");

    let most = 1024 * 1024;
    let both = cluster.records(&topic, vec![(0, 0), (0, 1)], most).await.unwrap();
    assert!(both[0].is_ok());
    assert_eq!(both[1].as_ref().unwrap_err().code, Code::TooLarge, "the bound is on all of them");
}

/// The memory of this process, in bytes (`/proc/self/statm`, second number, in pages).
#[cfg(target_os = "linux")]
fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_topic_of_20_mb_records_is_read_in_bounded_memory_and_bytes() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 2, &[]).await;
    let value = vec![b'x'; 20 * 1024 * 1024];
    for n in 0..24 {
        let one = Put {
            partition: n % 2,
            value: Some(&value),
            millis: Some(1000 + i64::from(n)),
            key: None,
        };
        put(kafka, &topic, &[one]);
    }
    drop(value);
    let cluster = connect(kafka).await;
    let before = resident();
    let reading = tokio::spawn({
        let (cluster, topic) = (cluster.clone(), topic.clone());
        async move {
            let max_bytes = 160 * 1024 * 1024;
            read(&cluster, ReadRequest { max_bytes, ..ReadRequest::newest(topic) }).await
        }
    });
    let mut peak = before;
    while !reading.is_finished() {
        peak = peak.max(resident());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let set = reading.await.unwrap().unwrap();
    assert_eq!(set.coverage.end, End::ByteCap);
    let times: Vec<i64> = set.rows.iter().filter_map(|row| row.timestamp.millis()).collect();
    let newest: Vec<i64> = (1000..1024).rev().take(times.len()).collect();
    assert_eq!(times, newest, "what the cap allows is the newest, without a hole");
    assert!(times.len() >= 4, "only {} of them", times.len());
    let grown = peak.saturating_sub(before) / (1024 * 1024);
    println!("{} rows of 20 MB; memory grew by {grown} MiB", times.len());
    // Other tests of this process have their share; all of the topic would be 480.
    assert!(grown < 320, "memory grew by {grown} MiB");
}

#[tokio::test(flavor = "multi_thread")]
async fn records_are_fetched_whole_and_in_the_order_asked_for() {
    let kafka = brokers::kafka();
    let topic = topic(kafka, 3, &[]).await;
    fill(kafka, &topic, 3, 3000);
    let cluster = connect(kafka).await;
    let places = vec![(2, 999), (0, 0), (1, 500), (0, 0), (0, 998), (1, 5000), (2, 0)];
    let found = cluster.records(&topic, places.clone(), u64::MAX).await.unwrap();
    for (place, found) in places.iter().zip(&found) {
        match found {
            Ok(fetched) => {
                let record = &fetched.record;
                assert_eq!((record.partition, record.offset), *place);
                let number = record.offset * 3 + i64::from(record.partition);
                assert_eq!(
                    record.value.as_ref().unwrap().as_slice(),
                    format!("value {number}").as_bytes()
                );
            }
            Err(failure) => {
                assert_eq!((place, failure.code), (&(1, 5000), Code::NotFound));
            }
        }
    }
}
