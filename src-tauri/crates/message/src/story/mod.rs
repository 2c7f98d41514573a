//! What happened to a RabbitMQ message, oldest first, each step with the header that proves it.
//!
//! Everything here is evidence left in headers, and anyone who publishes can write headers: a step
//! is what they claim, `evidence` says where. What a step should tell and nobody recorded is in
//! `missing`; what is there but cannot be read is in `unread`. Nothing in a header breaks the
//! telling, and no number of entries makes it endless.
//!
//! The texts of a step are for display: every character in them shows
//! ([`visible`](crate::render::visible)), and they are cut to [`LONGEST_TEXT`] characters. The
//! names in [`Died`] are exact, to act on.
//!
//! Left out: frameworks that record a failure in the body instead of headers (EasyNetQ, Celery);
//! they need a decoder.

mod deaths;
mod exceptions;
#[cfg(test)]
mod tests;
mod values;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::amqp::AmqpValue;
use crate::delivery::Delivery;
use crate::provenance::{self, Provenance};

pub use exceptions::Exception;
pub use values::{LONGEST_TEXT, Unread};

use deaths::{Death, Deaths};
use values::{display, name, number, unread};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// This console made it as a copy; `reason` is the copy's id, `count` how many times it was
    /// replayed.
    Replayed,
    /// A client published it to `exchange` with `routing_keys`.
    Published,
    /// It reached `queue` for the first time.
    Routed,
    /// An application could not process it: `cause` and `reason`.
    Failed,
    /// A consumer rejected it in `queue`, without return.
    Rejected,
    /// It outlived its time to live in `queue`; `expiration` is its own, which the broker removed.
    Expired,
    /// `queue` was full.
    MaxLength,
    /// It was returned to `queue` more often than the queue allows.
    DeliveryLimit,
    /// It died in `queue` of a reason this console does not know; `reason` names it.
    Died,
    /// The broker moved it to `queue`, through `exchange` with `routing_keys`.
    DeadLettered,
    /// An application published it again, to `queue`, after a failure.
    Republished,
    /// It was delivered from `queue` and came back to it, `count` times.
    Returned,
    /// `count` older deaths are recorded and not told.
    Omitted,
    /// A header that should tell more cannot be read: see `unread`.
    Unreadable,
}

/// What a step should tell and nobody recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// When.
    At,
    /// When it happened the last time: the broker records the first.
    LastAt,
    /// How often.
    Count,
    /// Which application or user.
    By,
    /// Which queue.
    Queue,
    /// Which exchange.
    Exchange,
    /// Which routing keys.
    RoutingKeys,
    /// Why.
    Reason,
}

/// One step. A field is empty where the kind does not need it, or where it is in `missing` or
/// `unread`. `Debug` prints no text of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What happened.
    pub kind: Kind,
    /// Where.
    pub queue: Option<String>,
    /// Through which exchange; empty is the default exchange.
    pub exchange: Option<String>,
    /// With which routing keys.
    pub routing_keys: Vec<String>,
    /// When, in seconds since 1970-01-01 UTC; the first time where it happened `count` times. A
    /// number from a header, which may be absurd.
    pub at: Option<u64>,
    /// How often.
    pub count: Option<u64>,
    /// Why, in the words of the broker or the application.
    pub reason: Option<String>,
    /// The class of the exception.
    pub cause: Option<String>,
    /// The time to live it had, in milliseconds, as text.
    pub expiration: Option<String>,
    /// The headers and properties that say so, such as `x-death[0]` or `timestamp`.
    pub evidence: Vec<String>,
    /// What was not recorded.
    pub missing: Vec<Missing>,
    /// What is there and cannot be read.
    pub unread: Vec<Unread>,
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} by {:?}", self.kind, self.evidence)
    }
}

impl Step {
    fn new(kind: Kind) -> Self {
        Step {
            kind,
            queue: None,
            exchange: None,
            routing_keys: Vec::new(),
            at: None,
            count: None,
            reason: None,
            cause: None,
            expiration: None,
            evidence: Vec::new(),
            missing: Vec::new(),
            unread: Vec::new(),
        }
    }

    fn lacks(&mut self, missing: Missing, found: bool) {
        if !found {
            self.missing.push(missing);
        }
    }

    fn proof(&mut self, evidence: &str) {
        if !self.evidence.iter().any(|known| known == evidence) {
            self.evidence.push(evidence.to_owned());
        }
    }
}

/// How a message died, for the columns of a table and for sending it back. Names are exact.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Died {
    /// The queue of its latest death.
    pub queue: Option<String>,
    /// The reason of its latest death, in the broker's word, such as `rejected`.
    pub reason: Option<String>,
    /// When it died in that queue of that reason for the first time: seconds since 1970-01-01 UTC.
    pub at: Option<u64>,
    /// How often it died in that queue of that reason; the time of the last one is not recorded.
    pub count: Option<u64>,
    /// The exchange it was published to before its first death.
    pub exchange: Option<String>,
    /// The routing keys it was published with before its first death.
    pub routing_keys: Vec<String>,
    /// What an application recorded about its failure.
    pub exception: Option<Exception>,
}

/// How a message died; `None` where nothing in it says that it did.
pub fn died(delivery: &Delivery) -> Option<Died> {
    let deaths = Deaths::of(delivery);
    let exception = exceptions::recorded(delivery);
    if deaths.told.is_empty() && exception.is_none() {
        return None;
    }
    let origin = |field: fn(&Exception) -> &Option<String>| {
        exception.as_ref().and_then(|exception| field(exception).clone())
    };
    let (first, last) = (deaths.told.first(), deaths.latest());
    let routing_keys = match first {
        Some(death) => death.routing_keys.clone(),
        None => origin(|e| &e.routing_key).into_iter().collect(),
    };
    Some(Died {
        queue: last.map_or_else(|| origin(|e| &e.queue), |death| death.queue.clone()),
        reason: last.and_then(|death| death.reason.clone()),
        at: last.and_then(|death| death.at),
        count: last.and_then(|death| death.count),
        exchange: first.map_or_else(|| origin(|e| &e.exchange), |death| death.exchange.clone()),
        routing_keys,
        exception,
    })
}

/// What happened to a message, oldest first.
pub fn tell(delivery: &Delivery) -> Vec<Step> {
    let deaths = Deaths::of(delivery);
    let exception = exceptions::recorded(delivery);
    let mut steps = Vec::new();
    steps.extend(replayed(delivery));
    steps.push(published(delivery, &deaths, exception.as_ref()));
    steps.push(routed(delivery, &deaths, exception.as_ref()));
    if deaths.omitted > 0 {
        let mut step = Step::new(Kind::Omitted);
        step.count = Some(deaths.omitted as u64);
        step.proof("x-death");
        steps.push(step);
    }
    let mut failed = exception.as_ref().map(failure);
    for (i, death) in deaths.told.iter().enumerate() {
        if i > 0 {
            steps.push(moved_to_die(death));
        }
        // The failure that an application recorded led to the death that came last.
        if i + 1 == deaths.told.len() {
            steps.extend(failed.take());
        }
        steps.push(death.step());
    }
    steps.extend(failed);
    steps.extend(arrived(delivery, &deaths, exception.is_some()));
    steps.extend(returned(delivery));
    if !deaths.unread.is_empty() {
        let mut step = Step::new(Kind::Unreadable);
        step.unread = deaths.unread;
        step.proof("x-death");
        steps.push(step);
    }
    steps
}

fn replayed(delivery: &Delivery) -> Option<Step> {
    let table = delivery.properties.headers.as_deref()?;
    let claim = Provenance::of_table(table)?;
    let mut step = Step::new(Kind::Replayed);
    step.count = claim.count.map(u64::from);
    step.reason = claim.copy;
    step.missing = vec![Missing::At, Missing::By];
    for known in [provenance::COPY, provenance::SOURCE, provenance::COUNT] {
        if let Some((_, value)) = table.iter().find(|(entry, _)| entry == known) {
            step.proof(known);
            let readable = match known {
                provenance::COPY => step.reason.is_some(),
                provenance::COUNT => step.count.is_some(),
                _ => claim.source.is_some(),
            };
            if !readable {
                step.unread.push(unread(known, value));
            }
        }
    }
    Some(step)
}

fn published(delivery: &Delivery, deaths: &Deaths, exception: Option<&Exception>) -> Step {
    let mut step = Step::new(Kind::Published);
    step.at = delivery.properties.timestamp;
    if step.at.is_some() {
        step.proof("timestamp");
    }
    if let Some(death) = deaths.told.first().filter(|_| deaths.omitted == 0) {
        step.exchange = death.exchange.as_deref().map(display);
        step.routing_keys = death.routing_keys.iter().map(|key| display(key)).collect();
        if death.exchange.is_some() || !death.routing_keys.is_empty() {
            step.proof(&death.place);
        }
    } else if let Some(exception) = exception.filter(|e| e.exchange.is_some()) {
        step.exchange = exception.exchange.as_deref().map(display);
        step.routing_keys = exception.routing_key.iter().map(|key| display(key)).collect();
        exception.evidence.iter().for_each(|header| step.proof(header));
    } else if deaths.told.is_empty() && exception.is_none() && deaths.first.queue.is_none() {
        step.exchange = Some(display(&delivery.exchange));
        step.routing_keys = vec![display(&delivery.routing_key)];
        step.proof("delivery");
    }
    if step.exchange.is_none() && deaths.first.exchange.is_some() {
        step.exchange = deaths.first.exchange.as_deref().map(display);
        step.proof("x-first-death-exchange");
    }
    step.lacks(Missing::At, step.at.is_some());
    step.lacks(Missing::Exchange, step.exchange.is_some());
    step.lacks(Missing::RoutingKeys, !step.routing_keys.is_empty());
    step
}

fn routed(delivery: &Delivery, deaths: &Deaths, exception: Option<&Exception>) -> Step {
    let mut step = Step::new(Kind::Routed);
    let died_in = deaths.told.first().filter(|_| deaths.omitted == 0);
    if let Some(queue) = &deaths.first.queue {
        step.queue = Some(display(queue));
        step.proof("x-first-death-queue");
    } else if let Some(death) = died_in {
        step.queue = death.queue.as_deref().map(display);
        step.proof(&death.place);
    } else if let Some(exception) = exception {
        step.queue = exception.queue.as_deref().map(display);
        exception.evidence.iter().for_each(|header| step.proof(header));
    } else if deaths.told.is_empty() {
        step.queue = Some(display(&delivery.queue));
        step.proof("delivery");
    }
    step.lacks(Missing::Queue, step.queue.is_some());
    step
}

fn failure(exception: &Exception) -> Step {
    let mut step = Step::new(Kind::Failed);
    step.cause = exception.class.clone();
    step.reason = exception.message.clone();
    step.queue = exception.queue.as_deref().map(display);
    step.evidence = exception.evidence.clone();
    step.unread = exception.unread.clone();
    step.missing = vec![Missing::At, Missing::Count, Missing::By];
    step
}

/// The broker moved it to the queue in which it then died again.
fn moved_to_die(death: &Death) -> Step {
    let mut step = Step::new(Kind::DeadLettered);
    step.queue = death.queue.as_deref().map(display);
    step.exchange = death.exchange.as_deref().map(display);
    step.routing_keys = death.routing_keys.iter().map(|key| display(key)).collect();
    step.proof(&death.place);
    step.lacks(Missing::Queue, step.queue.is_some());
    step.missing.push(Missing::At);
    step
}

/// How it came to the queue it is in now.
fn arrived(delivery: &Delivery, deaths: &Deaths, failed: bool) -> Option<Step> {
    let mut step = match deaths.latest() {
        Some(death) => {
            let mut step = Step::new(Kind::DeadLettered);
            step.reason = death.reason.as_deref().map(display);
            step.proof(&death.place);
            if death.count == Some(1) {
                step.at = death.at;
            }
            step.lacks(Missing::Reason, step.reason.is_some());
            step
        }
        None if failed => Step::new(Kind::Republished),
        None => return None,
    };
    step.queue = Some(display(&delivery.queue));
    step.exchange = Some(display(&delivery.exchange));
    step.routing_keys = vec![display(&delivery.routing_key)];
    step.proof("delivery");
    step.lacks(Missing::At, step.at.is_some());
    Some(step)
}

fn returned(delivery: &Delivery) -> Option<Step> {
    const COUNT: &str = "x-delivery-count";
    let header = delivery.header(COUNT);
    let count = header.and_then(number);
    if !delivery.redelivered && matches!((header, count), (None, _) | (_, Some(0))) {
        return None;
    }
    let mut step = Step::new(Kind::Returned);
    step.queue = Some(display(&delivery.queue));
    step.count = count.filter(|count| *count > 0);
    if delivery.redelivered {
        step.proof("redelivered");
    }
    if let Some(value) = header {
        step.proof(COUNT);
        if count.is_none() {
            step.unread.push(unread(COUNT, value));
        }
    }
    step.lacks(Missing::Count, step.count.is_some());
    step.missing.extend([Missing::At, Missing::By]);
    Some(step)
}

/// A name in a header of the message itself.
fn header_name(delivery: &Delivery, header: &str) -> Option<String> {
    delivery.header(header).and_then(|value: &AmqpValue| name(value))
}
