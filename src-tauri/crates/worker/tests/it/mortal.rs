//! A worker that dies of some records, as one might of a bug in a decoder or a library, and is slow
//! with others.

use std::process::ExitCode;
use std::time::Duration;

use kafka::scan::RawRecord;

fn main() -> ExitCode {
    worker::child::serve(Some(die_of))
}

fn die_of(record: &RawRecord<'_>) {
    match record.value() {
        Some(b"abort") => std::process::abort(),
        Some(b"panic") => panic!("of a record"),
        Some(b"endless") => loop {
            std::thread::sleep(Duration::from_secs(1));
        },
        Some(b"overflow") => {
            println!("{}", deeper(1));
        }
        Some(b"greedy") => {
            let mut all = Vec::new();
            loop {
                // Reserved and not written to: what counts is what it may write to.
                all.push(Vec::<u8>::with_capacity(64 << 20));
                std::hint::black_box(&all);
            }
        }
        // No death: time for others to die.
        Some(value) if value.starts_with(b"slow") => std::thread::sleep(Duration::from_millis(10)),
        _ => {}
    }
}

#[expect(unconditional_recursion, reason = "it is to end the process")]
fn deeper(depth: u64) -> u64 {
    std::hint::black_box(deeper(std::hint::black_box(depth + 1)) + 1)
}
