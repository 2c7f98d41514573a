//! From messages and facts to a plan and its preview. No I/O.

use std::collections::BTreeSet;

use connections::{Code, Failure};
use rabbitmq::management::RouteCertainty;
use uuid::Uuid;

use super::facts::{Facts, TopicFacts};
use super::tally::Tallies;
use super::{Outgoing, Planned, Prepared};
use crate::item::{Item, Origin};
use crate::mapping::{self, NewRecord, Refusal, RoutingKey};
use crate::provenance;
use crate::request::{Partition, Party, Target};

/// What was asked for, without the messages.
#[derive(Debug, Clone)]
pub struct Asked {
    /// From where.
    pub source: Party,
    /// To where.
    pub target: Party,
    /// To what there.
    pub to: Target,
    /// Whether the originals are removed after their copies were confirmed.
    pub remove_at_source: bool,
}

/// Plans the copies of messages, each of which was read or not.
///
/// # Errors
/// [`Code::Invalid`] where the request makes no sense for these messages.
pub fn plan(
    asked: Asked,
    messages: Vec<Result<Item, (Origin, Failure)>>,
    facts: &Facts,
) -> Result<Prepared, Failure> {
    let job = Uuid::new_v4();
    let mut tallies = Tallies::new(&asked);
    let mut planned = Vec::with_capacity(messages.len());
    for (number, message) in messages.into_iter().enumerate() {
        let one = match message {
            Ok(item) => {
                check_fits(&asked, &item)?;
                copy(&asked, job, number, &item, facts)?
            }
            Err((origin, failure)) => {
                tallies.source_failed(failure);
                Planned::gone(origin)
            }
        };
        tallies.count(number, &one, facts);
        planned.push(one);
    }
    Ok(Prepared { preview: tallies.preview(job, asked, planned.len(), facts), planned })
}

fn check_fits(asked: &Asked, item: &Item) -> Result<(), Failure> {
    let same = matches!(asked.to, Target::Topic { partition: Partition::Same, .. });
    match item {
        Item::Held { .. } if same => Err(Failure::new(
            Code::Invalid,
            "a message from a queue has no partition that could be kept",
        )
        .hint("choose the partition by key, or name one")),
        Item::Record(_) if asked.remove_at_source => {
            Err(Failure::new(Code::Invalid, "records cannot be removed from a topic one by one")
                .hint("leave them: a topic keeps its records until its retention takes them"))
        }
        _ => Ok(()),
    }
}

fn copy(
    asked: &Asked,
    job: Uuid,
    number: usize,
    item: &Item,
    facts: &Facts,
) -> Result<Planned, Failure> {
    let provenance = provenance::of_copy(job, number, asked.source.connection, item);
    let mut changes = Vec::new();
    let copy = match (&asked.to, facts) {
        (Target::Topic { partition, time, .. }, Facts::Topic(facts)) => {
            mapping::to_kafka(item, *time, &provenance).and_then(|mapped| {
                changes = mapped.changes;
                to_topic(item, *partition, mapped.copy, facts)
            })
        }
        (Target::Exchange { routing_key, .. }, Facts::Exchange { user, routes }) => {
            let mapped = mapping::to_amqp(item, routing_key, user.as_deref(), &provenance);
            mapped.and_then(|mapped| {
                changes = mapped.changes;
                match routes.get(&mapped.copy.routing_key) {
                    Some(Ok(route)) if reaches_nothing(route) => Err(Refusal::Unroutable),
                    _ => Ok(Outgoing::Message(Box::new(mapped.copy))),
                }
            })
        }
        _ => {
            return Err(Failure::new(Code::Internal, "the facts are of another kind of target"));
        }
    };
    let added = provenance.headers();
    Ok(Planned {
        origin: item.origin(),
        copy,
        original_bytes: item.size(),
        body_bytes: item.body().map(|body| body.len() as u64),
        changes,
        added: added.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        replayed_before: provenance::claimed(item).map(|claim| claim.count.unwrap_or(1)),
    })
}

fn to_topic(
    item: &Item,
    partition: Partition,
    record: NewRecord,
    facts: &TopicFacts,
) -> Result<Outgoing, Refusal> {
    let partition = match (partition, item) {
        (Partition::Fixed(number), _) => Some(number),
        (Partition::Same, Item::Record(record)) => Some(record.partition),
        (Partition::Same, Item::Held { .. }) | (Partition::ByKey, _) => None,
    };
    if let (Some(number), Some(count)) = (partition, facts.partitions)
        && !(0..i64::from(count)).contains(&i64::from(number))
    {
        return Err(Refusal::NoSuchPartition);
    }
    if facts.largest.is_some_and(|largest| record.size() > largest) {
        return Err(Refusal::TooLarge);
    }
    Ok(Outgoing::Record { partition, record })
}

fn reaches_nothing(route: &rabbitmq::management::Route) -> bool {
    route.queues.is_empty() && route.certainty == RouteCertainty::Exact
}

/// Every routing key that copies of these messages would be published with.
pub(super) fn routing_keys(
    messages: &[Result<Item, (Origin, Failure)>],
    routing_key: &RoutingKey,
) -> BTreeSet<String> {
    if let RoutingKey::Fixed(key) = routing_key {
        return BTreeSet::from([key.clone()]);
    }
    let key = |item: &Item| match item {
        Item::Record(record) => {
            std::str::from_utf8(record.key.as_ref()?.as_slice()).ok().map(str::to_owned)
        }
        Item::Held { delivery, .. } => Some(delivery.routing_key.clone()),
    };
    messages.iter().flatten().filter_map(key).collect()
}
