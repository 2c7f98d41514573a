//! Several threads at once.

use std::collections::BTreeSet;
use std::sync::mpsc::channel;
use std::thread;

use super::*;

const WRITERS: i32 = 4;
const EACH: i64 = 5000;

#[test]
fn threads_put_in_while_another_takes_out() {
    let fixture = Fixture::new();
    let writer = fixture.writer();
    let reader = fixture.reader();
    let (tell, told) = channel();
    thread::scope(|threads| {
        for partition in 0..WRITERS {
            let (mut shard, tell) = (writer.shard(), tell.clone());
            threads.spawn(move || {
                for offset in 0..EACH {
                    let record = Record { partition, ..Record::plain(offset) };
                    if let Some(block) = shard.push(&record.hit()).unwrap() {
                        tell.send(block).unwrap();
                    }
                }
                tell.send(shard.flush().unwrap().unwrap()).unwrap();
            });
        }
        drop(tell);
        for block in told {
            let rows = reader.add(block).unwrap();
            for row in [rows.start, rows.end - 1, rows.start / 2] {
                let stored = reader.record(row).unwrap();
                let as_put = Record {
                    partition: stored.head.partition,
                    ..Record::plain(stored.head.offset)
                };
                assert_eq!(stored, as_put.stored());
            }
        }
    });
    let all: BTreeSet<(i32, i64)> = reader
        .heads(0..u32::MAX)
        .map(|(_, head)| head.unwrap())
        .map(|head| (head.partition, head.offset))
        .collect();
    assert_eq!(all.len() as i64, i64::from(WRITERS) * EACH);
    assert_eq!(i64::from(reader.len()), i64::from(WRITERS) * EACH);
}
