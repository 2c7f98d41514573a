//! Copies as AMQP messages.

use std::collections::HashMap;

use message::amqp::Entry;
use message::delivery::Properties;
use message::provenance::is_ours;
use message::record::Header;
use message::{AmqpValue, Delivery, Octets, Record};

use super::change::{Change, ChangeKind, Refusal};
use super::properties::{LONGEST_SHORT, restore};
use super::{KEY_HEADER, Mapped, NewMessage, RoutingKey};

/// Delivery mode 2.
const PERSISTENT: u8 = 2;

/// The address that means "to the consumer on the channel that published this"
/// (<https://www.rabbitmq.com/docs/direct-reply-to>).
const DIRECT_REPLY: &str = "amq.rabbitmq.reply-to";

pub(super) fn from_record(
    record: &Record,
    routing_key: &RoutingKey,
) -> Result<Mapped<NewMessage>, Refusal> {
    let Some(body) = record.value.clone() else {
        return Err(Refusal::Tombstone);
    };
    let mut changes = Vec::new();
    let mut properties = Properties { delivery_mode: Some(PERSISTENT), ..Properties::default() };
    let mut table = headers(&record.headers, &mut properties, &mut changes);
    let routing_key = match routing_key {
        RoutingKey::Original => key_as_routing_key(record.key.as_ref())?,
        RoutingKey::Fixed(key) => {
            table.retain(|(name, _)| name != KEY_HEADER);
            table.push((KEY_HEADER.to_owned(), value(record.key.as_ref())));
            changes.push(Change::new(ChangeKind::KeyAsHeader));
            key.clone()
        }
    };
    properties.headers = Some(table);
    properties.timestamp = seconds(record, &mut changes);
    strip_direct_reply(&mut properties, &mut changes);
    Ok(Mapped { copy: NewMessage { routing_key, properties, body }, changes })
}

pub(super) fn from_delivery(
    delivery: &Delivery,
    routing_key: &RoutingKey,
    user: Option<&str>,
) -> Result<Mapped<NewMessage>, Refusal> {
    let mut changes = Vec::new();
    let mut properties = delivery.properties.clone();
    if let Some(table) = &mut properties.headers {
        if table.iter().any(|(name, _)| name == rabbitmq::properties::UNREADABLE) {
            return Err(Refusal::PropertiesUnreadable);
        }
        if removed_a_time_to_live(table) {
            changes.push(Change::of(ChangeKind::ExpirationNotRestored, b"x-death"));
        }
        table.retain(|(name, _)| match reserved(name) {
            Some(kind) => {
                changes.push(Change::of(kind, name.as_bytes()));
                false
            }
            None => true,
        });
    }
    if properties.user_id.is_some() && properties.user_id.as_deref() != user {
        properties.user_id = None;
        changes.push(Change::of(ChangeKind::UserIdRemoved, b"user_id"));
    }
    if properties.delivery_mode != Some(PERSISTENT) {
        properties.delivery_mode = Some(PERSISTENT);
        changes.push(Change::new(ChangeKind::MadePersistent));
    }
    strip_direct_reply(&mut properties, &mut changes);
    let routing_key = match routing_key {
        RoutingKey::Original => delivery.routing_key.clone(),
        RoutingKey::Fixed(key) => key.clone(),
    };
    let body = delivery.body.clone();
    Ok(Mapped { copy: NewMessage { routing_key, properties, body }, changes })
}

/// Why a header is not published to RabbitMQ.
fn reserved(name: &str) -> Option<ChangeKind> {
    match name {
        "x-death" => Some(ChangeKind::DeathsRemoved),
        "x-delivery-count" | "x-acquired-count" => Some(ChangeKind::DeliveryCountsRemoved),
        "CC" | "BCC" => Some(ChangeKind::CarbonCopiesRemoved),
        "x-stream-offset" => Some(ChangeKind::StreamOffsetRemoved),
        _ if name.starts_with("x-first-death-") || name.starts_with("x-last-death-") => {
            Some(ChangeKind::DeathsRemoved)
        }
        _ if is_ours(name.as_bytes()) => Some(ChangeKind::ProvenanceReplaced),
        _ => None,
    }
}

/// Kafka headers as a table, each name once, in the order of their first occurrence.
fn headers(
    headers: &[Header],
    properties: &mut Properties,
    changes: &mut Vec<Change>,
) -> Vec<Entry> {
    let mut table: Vec<(String, Vec<AmqpValue>)> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut provenance = false;
    for header in headers {
        let bytes = header.name.as_slice();
        if is_ours(bytes) {
            provenance = true;
            continue;
        }
        let Some(name) = std::str::from_utf8(bytes).ok().filter(|n| n.len() <= LONGEST_SHORT)
        else {
            changes.push(Change::of(ChangeKind::HeaderName, bytes));
            continue;
        };
        if reserved(name).is_some() || name == rabbitmq::properties::UNREADABLE {
            changes.push(Change::of(ChangeKind::HeaderReserved, bytes));
            continue;
        }
        if restore(properties, name, header.value.as_ref().map(Octets::as_slice)) {
            continue;
        }
        let value = value(header.value.as_ref());
        match places.get(name).and_then(|at| table.get_mut(*at)) {
            Some((_, values)) => values.push(value),
            None => {
                places.insert(name, table.len());
                table.push((name.to_owned(), vec![value]));
            }
        }
    }
    if provenance {
        changes.push(Change::new(ChangeKind::ProvenanceReplaced));
    }
    if !table.is_sorted_by(|(a, _), (b, _)| a <= b) {
        changes.push(Change::new(ChangeKind::HeaderOrder));
    }
    let entry = |(name, mut values): (String, Vec<AmqpValue>)| {
        if values.len() > 1 {
            changes.push(Change::of(ChangeKind::DuplicateHeaders, name.as_bytes()));
            return (name, AmqpValue::Array(values));
        }
        (name, values.pop().unwrap_or(AmqpValue::Void))
    };
    table.into_iter().map(entry).collect()
}

/// Bytes as an AMQP value: text where they are UTF-8, so that clients read them as text.
fn value(bytes: Option<&Octets>) -> AmqpValue {
    match bytes {
        None => AmqpValue::Void,
        Some(bytes) if std::str::from_utf8(bytes.as_slice()).is_ok() => {
            AmqpValue::Text(bytes.clone())
        }
        Some(bytes) => AmqpValue::Binary(bytes.clone()),
    }
}

fn key_as_routing_key(key: Option<&Octets>) -> Result<String, Refusal> {
    let key = key.ok_or(Refusal::KeyAbsent)?;
    if key.len() > LONGEST_SHORT {
        return Err(Refusal::KeyTooLong);
    }
    std::str::from_utf8(key.as_slice()).map(str::to_owned).map_err(|_| Refusal::KeyNotText)
}

fn seconds(record: &Record, changes: &mut Vec<Change>) -> Option<u64> {
    let millis = record.timestamp.millis()?;
    let seconds = u64::try_from(millis).ok().map(|millis| millis / 1000);
    if seconds.is_none() {
        changes.push(Change::new(ChangeKind::TimestampNotWritable));
    } else if millis % 1000 != 0 {
        changes.push(Change::new(ChangeKind::TimestampWholeSeconds));
    }
    seconds
}

fn strip_direct_reply(properties: &mut Properties, changes: &mut Vec<Change>) {
    if properties.reply_to.as_deref() == Some(DIRECT_REPLY) {
        properties.reply_to = None;
        changes.push(Change::of(ChangeKind::DirectReplyRemoved, b"reply_to"));
    }
}

/// True where a death records a time to live that the broker then removed.
fn removed_a_time_to_live(table: &[Entry]) -> bool {
    table.iter().filter(|(name, _)| name == "x-death").any(|(_, value)| match value {
        AmqpValue::Array(deaths) => deaths.iter().any(|death| match death {
            AmqpValue::Table(fields) => {
                fields.iter().any(|(name, _)| name == "original-expiration")
            }
            _ => false,
        }),
        _ => false,
    })
}
