//! Copies as Kafka records.

use message::provenance::is_ours;
use message::record::{Header, Timestamp};
use message::{AmqpValue, Delivery, Octets, Record};

use super::change::{Change, ChangeKind, Refusal};
use super::{KEY_HEADER, Mapped, NewRecord, properties, text};
use crate::item::Item;

pub(super) fn from_record(record: &Record) -> Mapped<NewRecord> {
    let mut changes = Vec::new();
    let mut headers = record.headers.clone();
    headers.retain(|header| !is_ours(header.name.as_slice()));
    if headers.len() < record.headers.len() {
        changes.push(Change::new(ChangeKind::ProvenanceReplaced));
    }
    let copy =
        NewRecord { key: record.key.clone(), value: record.value.clone(), headers, millis: None };
    Mapped { copy, changes }
}

pub(super) fn from_delivery(delivery: &Delivery) -> Result<Mapped<NewRecord>, Refusal> {
    let table = delivery.properties.headers.as_deref().unwrap_or_default();
    if table.iter().any(|(name, _)| name == rabbitmq::properties::UNREADABLE) {
        return Err(Refusal::PropertiesUnreadable);
    }
    let mut changes = Vec::new();
    let mut headers = Vec::new();
    let mut own = properties::to_headers(&delivery.properties);
    own.insert(0, properties::header("exchange", &delivery.exchange));
    let mut key = Some(Octets::from(delivery.routing_key.as_str()));
    let mut provenance = false;
    for (name, value) in table {
        if is_ours(name.as_bytes()) {
            provenance = true;
            continue;
        }
        if own.iter().any(|header| header.name.as_slice() == name.as_bytes()) {
            changes.push(Change::of(ChangeKind::PropertyHeaderReplaced, name.as_bytes()));
            continue;
        }
        match value {
            AmqpValue::Void if name == KEY_HEADER => key = None,
            AmqpValue::Text(bytes) | AmqpValue::Binary(bytes) if name == KEY_HEADER => {
                key = Some(bytes.clone());
            }
            value => headers.push(header(name, value, &mut changes)),
        }
    }
    if provenance {
        changes.push(Change::new(ChangeKind::ProvenanceReplaced));
    }
    headers.append(&mut own);
    changes.push(Change::new(ChangeKind::PropertiesAsHeaders));
    let value = Some(delivery.body.clone());
    Ok(Mapped { copy: NewRecord { key, value, headers, millis: None }, changes })
}

fn header(name: &str, value: &AmqpValue, changes: &mut Vec<Change>) -> Header {
    let written = text::as_bytes(value);
    let mut note = |kind, happened: bool| {
        if happened {
            changes.push(Change::of(kind, name.as_bytes()));
        }
    };
    note(ChangeKind::HeaderType, written.type_lost);
    note(ChangeKind::HeaderNested, written.nested);
    note(ChangeKind::HeaderTooDeep, written.cut);
    Header { name: name.into(), value: written.bytes }
}

/// The original's time where a producer can write it. librdkafka takes 0 for now, and brokers
/// refuse what is before 1970.
pub(super) fn writable(item: &Item, changes: &mut Vec<Change>) -> Option<i64> {
    let absent = match item {
        Item::Record(record) => {
            if matches!(record.timestamp, Timestamp::Appended(_)) {
                changes.push(Change::new(ChangeKind::TimestampOfBroker));
            }
            record.timestamp == Timestamp::Absent
        }
        Item::Held { delivery, .. } => delivery.properties.timestamp.is_none(),
    };
    match item.millis() {
        Some(millis) if millis > 0 => Some(millis),
        _ => {
            changes.push(Change::new(if absent {
                ChangeKind::TimestampAbsent
            } else {
                ChangeKind::TimestampNotWritable
            }));
            None
        }
    }
}
