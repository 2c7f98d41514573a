//! Queues and exchanges. A number that the broker does not tell is null, never 0.

use rabbitmq::delivery_limit::Limit;
use rabbitmq::management;
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::wire::{Failure, UInt64};

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QueueQuery {
    /// From 1.
    pub page: u32,
    /// 1 to 500.
    pub page_size: u32,
    /// Part of the name; empty is all.
    pub name: String,
    pub sort: QueueSort,
    pub descending: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum QueueSort {
    Name,
    Ready,
    Unacked,
    Consumers,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QueuePage {
    pub rows: Vec<QueueRow>,
    /// Queues that match, over all pages.
    pub total: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QueueRow {
    pub name: String,
    /// `classic`, `quorum`, `stream`, or what the broker says.
    pub kind: Option<String>,
    pub ready: Option<UInt64>,
    pub unacked: Option<UInt64>,
    pub consumers: Option<UInt64>,
    /// Messages a second.
    pub publish_rate: Option<f64>,
    pub deliver_rate: Option<f64>,
    pub state: Option<String>,
}

/// Facts of one queue.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct QueueFacts {
    pub name: String,
    pub vhost: String,
    pub kind: Option<String>,
    pub durable: Option<bool>,
    pub ready: Option<UInt64>,
    /// Null also where the broker's statistics may be from before what was last taken or settled here.
    pub unacked: Option<UInt64>,
    /// All that the broker counts, this console's own included.
    pub consumers: Option<UInt64>,
    /// Those that are not this connection's own; null where that is not certain.
    pub other_consumers: Option<UInt64>,
    /// Something is unknown only until its next statistics are there: ask again.
    pub more_soon: bool,
    pub policy: Option<String>,
    pub delivery_limit: DeliveryLimit,
    /// Dead messages kept back because their target is missing.
    pub dead_letters_waiting: Option<UInt64>,
    pub single_active_consumer: Option<bool>,
    pub exclusive: Option<bool>,
    pub state: Option<String>,
    pub dead_letter: DeadLetter,
    /// Name and value of each argument, as text.
    pub arguments: Vec<NamedValue>,
    /// Which facts are missing and why.
    pub missing: Vec<Failure>,
}

/// What dead-lettering means for a queue.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "to", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum DeadLetter {
    /// Nowhere: the message is deleted.
    Deleted,
    Exchange {
        exchange: String,
        routing_key: Option<String>,
    },
    Unknown,
}

#[derive(Debug, Clone, Serialize, Type)]
pub struct NamedValue {
    pub name: String,
    pub value: String,
}

#[derive(Debug, Clone, Serialize, Type)]
pub struct ExchangeRow {
    pub name: String,
    pub kind: String,
}

/// How often a message of a queue can be delivered before the broker gives up on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "limit", rename_all = "snake_case")]
pub enum DeliveryLimit {
    Unlimited,
    At { count: UInt64 },
    Unknown,
}

impl From<QueueQuery> for management::QueueQuery {
    fn from(query: QueueQuery) -> Self {
        management::QueueQuery {
            page: query.page.max(1),
            page_size: u16::try_from(query.page_size)
                .unwrap_or(management::LARGEST_PAGE)
                .clamp(1, management::LARGEST_PAGE),
            name: query.name,
            sort: match query.sort {
                QueueSort::Name => management::QueueSort::Name,
                QueueSort::Ready => management::QueueSort::Ready,
                QueueSort::Unacked => management::QueueSort::Unacked,
                QueueSort::Consumers => management::QueueSort::Consumers,
            },
            descending: query.descending,
            statistics: true,
        }
    }
}

impl From<management::QueuePage> for QueuePage {
    fn from(page: management::QueuePage) -> Self {
        let total = page.matching.or(page.total).unwrap_or(page.queues.len() as u64);
        QueuePage {
            rows: page.queues.into_iter().map(Into::into).collect(),
            total: u32::try_from(total).unwrap_or(u32::MAX),
        }
    }
}

impl From<management::QueueFacts> for QueueRow {
    fn from(facts: management::QueueFacts) -> Self {
        QueueRow {
            name: facts.name,
            kind: facts.kind.map(kind),
            ready: facts.ready.map(UInt64),
            unacked: facts.unacked.map(UInt64),
            consumers: facts.consumers.map(UInt64),
            publish_rate: facts.rates.publish,
            deliver_rate: facts.rates.deliver,
            state: facts.state,
        }
    }
}

impl QueueFacts {
    /// The facts of a queue and the limit that they amount to on this server.
    pub fn of(facts: management::QueueFacts, limit: Limit) -> Self {
        let other_consumers = facts.other_consumers().map(UInt64);
        let arguments = facts.arguments.unwrap_or_default();
        QueueFacts {
            name: facts.name,
            vhost: facts.vhost,
            kind: facts.kind.map(kind),
            durable: facts.durable,
            ready: facts.ready.map(UInt64),
            unacked: facts.unacked.map(UInt64),
            consumers: facts.consumers.map(UInt64),
            other_consumers,
            more_soon: facts.more_soon,
            policy: facts.policy,
            delivery_limit: match limit {
                Limit::Unlimited => DeliveryLimit::Unlimited,
                Limit::At { count } => DeliveryLimit::At { count: UInt64(count) },
                Limit::Unknown => DeliveryLimit::Unknown,
            },
            dead_letters_waiting: facts.dead_letters_waiting.map(UInt64),
            single_active_consumer: facts.single_active_consumer,
            exclusive: facts.exclusive,
            state: facts.state,
            dead_letter: match facts.dead_letter {
                management::DeadLetter::To { exchange, routing_key } => {
                    DeadLetter::Exchange { exchange, routing_key }
                }
                management::DeadLetter::Nowhere => DeadLetter::Deleted,
                management::DeadLetter::Unknown => DeadLetter::Unknown,
            },
            arguments: arguments
                .into_iter()
                .map(|(name, value)| NamedValue {
                    name,
                    value: value.as_str().map_or_else(|| value.to_string(), str::to_owned),
                })
                .collect(),
            missing: facts.missing.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<management::Exchange> for ExchangeRow {
    fn from(exchange: management::Exchange) -> Self {
        ExchangeRow { name: exchange.name, kind: exchange.kind }
    }
}

fn kind(kind: management::QueueType) -> String {
    match kind {
        management::QueueType::Classic => "classic".to_owned(),
        management::QueueType::Quorum => "quorum".to_owned(),
        management::QueueType::Stream => "stream".to_owned(),
        management::QueueType::Other(name) => name,
    }
}
