//! That a record of text is looked at without asking for memory, which is what lets a scan look at
//! millions of them a second.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use crate::bytes::Octets;
use crate::record::{Header, Record, Timestamp};
use crate::search::condition::Condition;
use crate::search::{Choices, Filter, LazyRecord, text};

thread_local! {
    static ALLOCATED: Cell<u64> = const { Cell::new(0) };
}

/// The system's, counting what each thread asks for.
struct Counting;

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATED.with(|allocated| allocated.set(allocated.get() + 1));
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(memory, layout) }
    }
}

#[global_allocator]
static COUNTING: Counting = Counting;

fn allocations(filter: &Filter, record: &Record, answer: bool) -> u64 {
    let choices = Choices::default();
    let before = ALLOCATED.get();
    for _ in 0..100 {
        assert_eq!(filter.matches(&LazyRecord::new(record, &choices)), Ok(answer));
    }
    ALLOCATED.get() - before
}

#[test]
fn nothing_is_allocated_for_a_record_of_text() {
    let record = Record {
        topic: "orders".to_owned(),
        partition: 3,
        offset: 0,
        timestamp: Timestamp::Absent,
        key: Some(Octets::from("c-48812")),
        value: Some(Octets::from(r#"{"status":"paid","amount":12.50,"items":[{"sku":"é"}]}"#)),
        headers: vec![Header { name: "trace".into(), value: Some("abc".into()) }],
    };
    for (query, answer) in [
        (r#"value contains exactly "amount""#, true),
        (r#"value contains exactly "refused""#, false),
        (r#"anywhere contains exactly "refused""#, false),
        (r#"value.amount > 12 and value.items[*].sku = "é""#, true),
        (r#"value.status in ("failed", "expired") or value.reason exists"#, false),
        (r#"key = "c-48812" and header trace exists and partition in (3, 4)"#, true),
    ] {
        let condition: Condition = text::parse(query).unwrap();
        let filter = Filter::new(&condition).unwrap();
        assert_eq!(allocations(&filter, &record, answer), 0, "{query}");
    }
    let packed = Record { value: Some(Octets::from(&b"\x81\xa2id\x01"[..])), ..record };
    let filter = Filter::new(&text::parse("value.id = 1").unwrap()).unwrap();
    assert!(allocations(&filter, &packed, true) > 0, "it counts");
}
