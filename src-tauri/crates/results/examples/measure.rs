//! How fast and how large a set of five million hits is: written from two threads, read, sorted.
//!
//! `cargo run --release -p results --example measure [hits]`. The memory is what the system counts
//! as this process's own at the most, which only Linux tells in this way.

use std::fs;
use std::sync::mpsc::channel;
use std::thread;
use std::time::Instant;

use connections::Failure;
use message::record::{Header, Timestamp};
use results::{By, Direction, Histogram, Hit, Limits, Mark, Reader, Shelf, Writer, order};

const THREADS: u64 = 2;
const PARTITIONS: u64 = 12;

fn main() -> Result<(), Failure> {
    let hits = std::env::args().nth(1).and_then(|hits| hits.parse().ok()).unwrap_or(5_000_000);
    for (name, value) in [("like JSON", json as fn(u64) -> Vec<u8>), ("random", random)] {
        println!("{hits} hits with values of 200 bytes, {name}");
        measure(hits, value)?;
    }
    Ok(())
}

fn measure(hits: u64, value: fn(u64) -> Vec<u8>) -> Result<(), Failure> {
    let folder = std::env::temp_dir().join(format!("results-{}", std::process::id()));
    let shelf = Shelf::open(&folder)?;
    let set = shelf.create()?;
    let reader = Reader::open(set.folder(), set.key())?;
    // As many values as make no difference, so that making them is not measured.
    let values: Vec<Vec<u8>> = (0..20_000).map(value).collect();
    let bytes = hits * 200;
    let writer = Writer::open(set.folder(), set.key(), Limits::default())?;
    let before = memory();
    let start = Instant::now();
    let (tell, told) = channel();
    thread::scope(|threads| {
        for thread in 0..THREADS {
            let (mut shard, tell, values) = (writer.shard(), tell.clone(), &values);
            threads.spawn(move || -> Result<(), Failure> {
                for n in (thread..hits).step_by(THREADS as usize) {
                    // Each thread has partitions of its own, and timestamps that jump a little.
                    let partition = n % PARTITIONS;
                    let offset = n / PARTITIONS;
                    let jump = offset.wrapping_mul(0x9e37_79b9) % 500;
                    let key = n.to_le_bytes();
                    let hit = Hit {
                        topic: 0,
                        partition: partition as i32,
                        offset: offset as i64,
                        timestamp: Timestamp::Created((1_795_000_000_000 + n + jump) as i64),
                        key: Some(&key),
                        value: values.get(n as usize % values.len()).map(Vec::as_slice),
                        headers: Some(&[] as &[Header]),
                        mark: Mark::Hit,
                        shown: None,
                        why: None,
                    };
                    if let Some(block) = shard.push(&hit)? {
                        let _ = tell.send(block);
                    }
                }
                if let Some(block) = shard.flush()? {
                    let _ = tell.send(block);
                }
                Ok(())
            });
        }
        drop(tell);
        for block in told {
            reader.add(block)?;
        }
        Ok::<_, Failure>(())
    })?;
    let took = start.elapsed().as_secs_f64();
    let disk = writer.bytes();
    println!(
        "  written in {took:.2} s: {:.0} MB/s, {:.2} M hits/s; on disk {:.0} MB, {:.0} bytes a hit; \
         memory {:.1} MB",
        bytes as f64 / took / 1e6,
        hits as f64 / took / 1e6,
        disk as f64 / 1e6,
        disk as f64 / hits as f64,
        memory() - before,
    );
    println!("  {} rows in {} blocks", reader.len(), reader.blocks().len());

    let idle = memory();
    let timed = |what: &str, run: &mut dyn FnMut()| {
        reset_peak();
        let start = Instant::now();
        run();
        println!(
            "  {what}: {:.2} s, at most {:.0} MB more memory",
            start.elapsed().as_secs_f64(),
            peak() - idle
        );
    };
    timed("all heads", &mut || {
        assert_eq!(reader.heads(0..u32::MAX).filter(|(_, head)| head.is_ok()).count() as u64, hits);
    });
    let mut histogram = Histogram::default();
    timed("all heads into a histogram", &mut || {
        for (_, head) in reader.heads(0..u32::MAX) {
            if let Ok(head) = head {
                histogram.add(head.timestamp);
            }
        }
    });
    let mut rows = Vec::new();
    for (what, by) in [("by time", By::Time), ("by place", By::Place), ("by size", By::Size)] {
        timed(what, &mut || rows = order(&reader, by, Direction::Ascending, None).rows);
    }
    timed("by time, newest first", &mut || {
        rows = order(&reader, By::Time, Direction::Descending, None).rows;
    });
    timed("all records in the order of rows", &mut || {
        assert!((0..reader.len()).all(|row| reader.record(row).is_ok()));
    });
    timed("all records by time", &mut || {
        assert!(rows.iter().all(|row| reader.record(*row).is_ok()));
    });
    timed("100 windows of 100 rows anywhere", &mut || {
        for window in rows.chunks(100).step_by((rows.len() / 10_000).max(1)).take(100) {
            assert!(window.iter().all(|row| reader.record(*row).is_ok()));
        }
    });
    drop(rows);
    drop(shelf);
    let _ = fs::remove_dir_all(folder);
    Ok(())
}

fn json(n: u64) -> Vec<u8> {
    let id = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    format!(
        r#"{{"id":"{id:016x}","customer":{{"id":{},"name":"customer {}","city":"Lyon"}},"amount":{}.{:02},"state":"{}","items":[{{"sku":"{:08x}","count":{}}}],"at":"2026-11-23T12:{:02}:{:02}Z"}}"#,
        id % 100_000,
        id % 100_000,
        id % 10_000,
        id % 100,
        ["new", "paid", "sent", "returned"][(id % 4) as usize],
        id as u32,
        id % 9,
        id % 60,
        id / 60 % 60
    )
    .into_bytes()
}

fn random(n: u64) -> Vec<u8> {
    let mut state = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 24) as u8
    };
    std::iter::repeat_with(next).take(200).collect()
}

/// In MB; zero where the system does not tell.
fn memory() -> f64 {
    status("VmRSS:")
}

fn peak() -> f64 {
    status("VmHWM:")
}

fn reset_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

fn status(line: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = status.lines().find_map(|found| found.strip_prefix(line));
    let kib = value.and_then(|value| value.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1000.0 * 1.024
}
