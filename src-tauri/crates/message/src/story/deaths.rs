//! The `x-death` family of headers, as RabbitMQ writes it
//! (<https://www.rabbitmq.com/docs/dlx#effects>).
//!
//! `x-death` has one entry per pair of queue and reason, the pair that died last first. `count` is
//! how often that pair happened; `time`, `exchange` and `routing-keys` are those of its first time.
//! The `x-first-death-…` headers name the first pair and may be missing; RabbitMQ 4 adds
//! `x-last-death-…`, which tell nothing that `x-death` does not, and stand in where it is missing.

use crate::amqp::{AmqpValue, Entry};
use crate::delivery::Delivery;

use super::values::{Unread, display, name, number, seconds, unread};
use super::{Kind, Missing, Step, header_name};

/// The most deaths that are told; of more, the oldest are left out.
const MOST_TOLD: usize = 50;

/// What a message records about its deaths.
pub(super) struct Deaths {
    /// Oldest first.
    pub told: Vec<Death>,
    /// How many older ones there are.
    pub omitted: usize,
    /// The pair that the `x-first-death-…` headers name.
    pub first: FirstDeath,
    /// What is in `x-death` and is no death.
    pub unread: Vec<Unread>,
    /// Which of `told` happened last.
    latest: Option<usize>,
}

pub(super) struct FirstDeath {
    pub queue: Option<String>,
    pub reason: Option<String>,
    pub exchange: Option<String>,
}

/// One pair of queue and reason.
pub(super) struct Death {
    /// The header it stands in, such as `x-death[0]`.
    pub place: String,
    pub queue: Option<String>,
    pub reason: Option<String>,
    pub exchange: Option<String>,
    pub routing_keys: Vec<String>,
    pub at: Option<u64>,
    pub count: Option<u64>,
    expiration: Option<String>,
    unread: Vec<Unread>,
}

impl Deaths {
    pub(super) fn of(delivery: &Delivery) -> Self {
        let pair = |which: &str| FirstDeath {
            queue: header_name(delivery, &format!("x-{which}-death-queue")),
            reason: header_name(delivery, &format!("x-{which}-death-reason")),
            exchange: header_name(delivery, &format!("x-{which}-death-exchange")),
        };
        let first = pair("first");
        let mut unread_parts = Vec::new();
        let mut newest_first = Vec::new();
        let mut omitted = 0;
        match delivery.header("x-death") {
            None => {}
            Some(AmqpValue::Array(entries)) => {
                for (i, entry) in entries.iter().take(MOST_TOLD).enumerate() {
                    let place = format!("x-death[{i}]");
                    match entry {
                        AmqpValue::Table(fields) => newest_first.push(Death::read(place, fields)),
                        other => unread_parts.push(unread(&place, other)),
                    }
                }
                omitted = entries.len().saturating_sub(MOST_TOLD);
            }
            Some(other) => unread_parts.push(unread("x-death", other)),
        }
        if newest_first.is_empty() {
            let last = pair("last");
            newest_first.extend(Death::named("x-last-death-queue", &last));
            if first.queue != last.queue || first.reason != last.reason {
                newest_first.extend(Death::named("x-first-death-queue", &first));
            }
        }
        let mut told: Vec<Death> = newest_first.into_iter().rev().collect();
        let last_place = told.last().map(|death| death.place.clone());
        by_first_time(&mut told, &first);
        let latest = told.iter().position(|death| Some(&death.place) == last_place.as_ref());
        Deaths { told, omitted, first, unread: unread_parts, latest }
    }

    /// The pair that died last.
    pub(super) fn latest(&self) -> Option<&Death> {
        self.latest.and_then(|i| self.told.get(i))
    }
}

/// Orders deaths by their first time. While each pair died once, the broker's order is that order.
/// In a cycle a pair that dies again moves to the front, so there the recorded times decide, and
/// the pair that the message itself names as its first stays first.
fn by_first_time(oldest_first: &mut [Death], first: &FirstDeath) {
    let again = oldest_first.iter().any(|death| death.count.is_some_and(|count| count > 1));
    if again && oldest_first.iter().all(|death| death.at.is_some()) {
        oldest_first.sort_by_key(|death| death.at);
    }
    let named = oldest_first.iter().position(|death| {
        first.queue.is_some() && death.queue == first.queue && death.reason == first.reason
    });
    if let Some(before) = named.and_then(|at| oldest_first.get_mut(..=at)) {
        before.rotate_right(1);
    }
}

impl Death {
    fn read(place: String, fields: &[Entry]) -> Self {
        let mut unread_parts = Vec::new();
        let field = |wanted: &str| fields.iter().find(|(field, _)| field == wanted).map(|(_, v)| v);
        let mut read = |wanted: &str| -> Option<String> {
            let value = field(wanted)?;
            let found = name(value);
            if found.is_none() {
                unread_parts.push(unread(&format!("{place}.{wanted}"), value));
            }
            found
        };
        let queue = read("queue");
        let reason = read("reason");
        let exchange = read("exchange");
        let expiration = read("original-expiration");
        let mut routing_keys = Vec::new();
        match field("routing-keys") {
            None => {}
            Some(AmqpValue::Array(keys)) => {
                for (i, key) in keys.iter().take(MOST_TOLD).enumerate() {
                    match name(key) {
                        Some(name) => routing_keys.push(name),
                        None => {
                            unread_parts.push(unread(&format!("{place}.routing-keys[{i}]"), key));
                        }
                    }
                }
            }
            Some(other) => unread_parts.push(unread(&format!("{place}.routing-keys"), other)),
        }
        let mut count_of = |wanted: &str, read: fn(&AmqpValue) -> Option<u64>| {
            let value = field(wanted)?;
            let found = read(value);
            if found.is_none() {
                unread_parts.push(unread(&format!("{place}.{wanted}"), value));
            }
            found
        };
        let at = count_of("time", seconds);
        let count = count_of("count", number);
        Death {
            queue,
            reason,
            exchange,
            routing_keys,
            at,
            count,
            expiration,
            unread: unread_parts,
            place,
        }
    }

    /// A death of which only the separate headers tell.
    fn named(place: &str, pair: &FirstDeath) -> Option<Self> {
        pair.queue.as_ref()?;
        Some(Death {
            place: place.to_owned(),
            queue: pair.queue.clone(),
            reason: pair.reason.clone(),
            exchange: pair.exchange.clone(),
            routing_keys: Vec::new(),
            at: None,
            count: None,
            expiration: None,
            unread: Vec::new(),
        })
    }

    /// The step that tells it.
    pub(super) fn step(&self) -> Step {
        let mut step = Step::new(match self.reason.as_deref() {
            Some("rejected") => Kind::Rejected,
            Some("expired") => Kind::Expired,
            Some("maxlen") => Kind::MaxLength,
            Some("delivery_limit") => Kind::DeliveryLimit,
            _ => Kind::Died,
        });
        step.queue = self.queue.as_deref().map(display);
        step.at = self.at;
        step.count = self.count;
        step.reason = self.reason.as_deref().map(display);
        step.expiration = self.expiration.as_deref().map(display);
        step.unread.clone_from(&self.unread);
        step.proof(&self.place);
        step.lacks(Missing::Queue, self.queue.is_some());
        step.lacks(Missing::Reason, self.reason.is_some());
        step.lacks(Missing::At, self.at.is_some());
        step.lacks(Missing::Count, self.count.is_some());
        if self.count.is_some_and(|count| count > 1) {
            step.missing.push(Missing::LastAt);
        }
        if step.kind == Kind::Rejected {
            step.missing.push(Missing::By);
        }
        step
    }
}
