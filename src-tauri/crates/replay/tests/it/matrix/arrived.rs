//! What arrived, by its number in the job and without what the console adds.

use super::*;

/// The number in its job that a copy claims.
pub(super) fn number(copy: &[u8], job: uuid::Uuid) -> usize {
    let text = std::str::from_utf8(copy).unwrap();
    let (claimed, number) = text.split_once(':').unwrap();
    assert_eq!(claimed, job.to_string(), "a copy of this run");
    number.parse().unwrap()
}

/// Copies in a topic by their number, without what the console adds.
pub(super) fn records_by_number(all: Vec<Record>, report: &Report) -> BTreeMap<usize, Record> {
    let mut found = BTreeMap::new();
    for mut record in all {
        let copy = record.headers.iter().find(|h| h.name.as_slice() == b"kronos-replay-copy");
        let number = number(copy.unwrap().value.as_ref().unwrap().as_slice(), report.job);
        record.headers.retain(|header| !is_ours(header.name.as_slice()));
        assert!(found.insert(number, record).is_none(), "copy {number} is there twice");
    }
    found
}

/// Copies in a queue by their number, without what the console adds.
pub(super) fn messages_by_number(all: Vec<Delivery>, report: &Report) -> BTreeMap<usize, Delivery> {
    let mut found = BTreeMap::new();
    for mut message in all {
        let mut table = FieldTable::default();
        let mut claimed = None;
        for (name, value) in headers(&message).inner() {
            if name.as_str() == "kronos-replay-copy" {
                let AMQPValue::LongString(copy) = value else { panic!("{value:?}") };
                claimed = Some(number(copy.as_bytes(), report.job));
            }
            if !is_ours(name.as_str().as_bytes()) {
                table.insert(name.clone(), value.clone());
            }
        }
        message.properties = message.properties.clone().with_headers(table);
        assert!(found.insert(claimed.unwrap(), message).is_none(), "a copy is there twice");
    }
    found
}

pub(super) fn offset_of(origin: &Origin) -> (i32, i64) {
    match origin {
        Origin::Record { partition, offset, .. } => (*partition, *offset),
        Origin::Held { message, .. } => (0, *message as i64),
    }
}
