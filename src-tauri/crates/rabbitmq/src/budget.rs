//! How often a message can be looked at before looking destroys it.
//!
//! A look is: hold a message, then return it. What a return costs depends on the type of queue and
//! the server's version (measured on 3.10.8, 4.0.5 and 4.3.6):
//!
//! | quorum queue | 3.10 | 4.0 – 4.2 | 4.3+ |
//! |---|---|---|---|
//! | `basic.nack` with requeue | 1 | 1 | 0 |
//! | `basic.reject` with requeue, or the channel closed | 1 | 1 | 1 |
//! | limit where none is set | none | 20 | 20 |
//!
//! The broker counts in `x-delivery-count`, absent on the first delivery. A message whose count
//! would pass the limit is dead-lettered, or deleted where there is no dead-letter target: so a
//! message with count = limit is in its last delivery. Classic queues have no limit.
//!
//! Everything here is a function of facts; nothing asks a broker.

use message::{AmqpValue, Delivery};
use serde::{Deserialize, Serialize};

use crate::delivery_limit::{Limit, quorum_limit, usual_limit};
use crate::management::{DeadLetter, QueueFacts, QueueType};
use crate::version::Version;

/// How many more looks one message survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "looks", rename_all = "snake_case")]
pub enum Looks {
    /// Any number.
    Unlimited,
    /// `left` of `limit`.
    Known {
        /// Returns that it survives. 0: the next one that counts destroys it here.
        left: u64,
        /// The effective limit.
        limit: u64,
    },
    /// Not known; the broker says that it was returned so often already.
    Unknown {
        /// `x-delivery-count`.
        spent: u64,
    },
}

/// What happens to a message after its last look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "then", rename_all = "snake_case")]
pub enum AfterLast {
    /// Never applies: there is no limit.
    Stays,
    /// It goes to this exchange.
    DeadLettered {
        /// The dead-letter exchange; empty is the default exchange.
        exchange: String,
        /// Its new routing key, where one is set.
        routing_key: Option<String>,
    },
    /// It is gone for good: the queue has no dead-letter target.
    Deleted,
    /// Not known.
    Unknown,
}

/// What one look takes from a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cost {
    /// Nothing that is limited; messages may lose their place and are marked as redelivered.
    Order,
    /// One of a limited number of looks.
    OneLook,
    /// Perhaps one of a limited number of looks.
    Unknown,
}

/// How many looks are left now, over several messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "left", rename_all = "snake_case")]
pub enum LooksLeft {
    /// Any number.
    Unlimited,
    /// Between these.
    Between {
        /// Of the worst message.
        at_least: u64,
        /// Of the best message.
        at_most: u64,
    },
    /// Not known.
    Unknown,
}

/// The cost of looking, said before it is spent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    /// What one look takes from each message.
    pub cost: Cost,
    /// What the messages have left before it.
    pub left: LooksLeft,
    /// What happens after the last look.
    pub after_last: AfterLast,
}

/// The budget of one queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    /// The effective limit.
    pub limit: Limit,
    /// What happens after the last look.
    pub after_last: AfterLast,
    /// Whether `basic.nack` counts; on quorum queues until 4.2, and where the version is unknown.
    nack_counts: bool,
    /// The limit of a quorum queue that was given none, where this version has one or may.
    usual_limit: Option<u64>,
}

impl Budget {
    /// The budget of a queue on a server of this version.
    pub fn of(version: Option<Version>, facts: &QueueFacts) -> Budget {
        let limit = match &facts.kind {
            Some(QueueType::Classic) => Limit::Unlimited,
            Some(QueueType::Quorum) => quorum_limit(version, &facts.delivery_limits()),
            Some(QueueType::Stream | QueueType::Other(_)) | None => Limit::Unknown,
        };
        let after_last = match (limit, &facts.dead_letter) {
            (Limit::Unlimited, _) => AfterLast::Stays,
            (_, DeadLetter::To { exchange, routing_key }) => AfterLast::DeadLettered {
                exchange: exchange.clone(),
                routing_key: routing_key.clone(),
            },
            (_, DeadLetter::Nowhere) => AfterLast::Deleted,
            (_, DeadLetter::Unknown) => AfterLast::Unknown,
        };
        let nack_counts = version.is_none_or(|version| version < Version::new(4, 3, 0));
        Budget { limit, after_last, nack_counts, usual_limit: usual_limit(version) }
    }

    /// What a delivered message has left.
    pub fn looks(&self, delivery: &Delivery) -> Looks {
        let spent = delivery_count(delivery).unwrap_or(0);
        match self.limit {
            Limit::Unlimited => Looks::Unlimited,
            Limit::At { count } => Looks::Known { left: count.saturating_sub(spent), limit: count },
            Limit::Unknown => Looks::Unknown { spent },
        }
    }

    /// Whether a message survives being returned with `basic.nack`.
    pub fn survives_return(&self, looks: Looks) -> bool {
        !self.nack_counts || self.survives_close(looks)
    }

    /// Whether a message survives that its channel ends, which counts in every version. One of
    /// unknown budget is taken to, until its count alone says that the usual limit is reached: the
    /// header is a quorum queue's, and without a limit of its own such a queue has the usual one.
    pub fn survives_close(&self, looks: Looks) -> bool {
        match looks {
            Looks::Unlimited => true,
            Looks::Known { left, .. } => left > 0,
            Looks::Unknown { spent } => self.usual_limit.is_none_or(|limit| spent < limit),
        }
    }

    /// The cost of looking at `count` messages, some of which have been probed.
    pub fn forecast(&self, count: u64, probed: &[Looks]) -> Forecast {
        let left = match self.limit {
            Limit::Unlimited => LooksLeft::Unlimited,
            Limit::Unknown => LooksLeft::Unknown,
            Limit::At { count: limit } => {
                let known = || probed.iter().filter_map(|looks| looks.left());
                let all_probed = !probed.is_empty() && probed.len() as u64 >= count;
                // Nothing bounds a message that was not seen: it may be new, or in its last look.
                LooksLeft::Between {
                    at_least: if all_probed { known().min().unwrap_or(0) } else { 0 },
                    at_most: if all_probed { known().max().unwrap_or(limit) } else { limit },
                }
            }
        };
        let cost = match self.limit {
            Limit::Unlimited => Cost::Order,
            Limit::At { .. } if self.nack_counts => Cost::OneLook,
            Limit::At { .. } => Cost::Order,
            Limit::Unknown => Cost::Unknown,
        };
        Forecast { cost, left, after_last: self.after_last.clone() }
    }
}

impl Looks {
    /// Looks left, where they are known and limited.
    pub fn left(self) -> Option<u64> {
        match self {
            Looks::Known { left, .. } => Some(left),
            Looks::Unlimited | Looks::Unknown { .. } => None,
        }
    }

    /// The worse of two: few are worse than many, unknown is worse than unlimited.
    #[must_use]
    pub fn worse(self, other: Looks) -> Looks {
        let badness = |looks: Looks| match looks {
            Looks::Known { left, .. } => (0, left),
            Looks::Unknown { spent } => (1, u64::MAX - spent),
            Looks::Unlimited => (2, 0),
        };
        if badness(other) < badness(self) { other } else { self }
    }
}

/// How often the broker says that a message was returned: the header `x-delivery-count`, absent on
/// the first delivery and on classic queues.
pub fn delivery_count(delivery: &Delivery) -> Option<u64> {
    match delivery.header("x-delivery-count")? {
        AmqpValue::Int64(count) => u64::try_from(*count).ok(),
        AmqpValue::Int32(count) => u64::try_from(*count).ok(),
        AmqpValue::Int16(count) => u64::try_from(*count).ok(),
        AmqpValue::Int8(count) => u64::try_from(*count).ok(),
        AmqpValue::UInt32(count) => Some(u64::from(*count)),
        AmqpValue::UInt16(count) => Some(u64::from(*count)),
        AmqpValue::UInt8(count) => Some(u64::from(*count)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use message::Octets;
    use message::delivery::Properties;

    use super::*;

    const V3_10: Version = Version::new(3, 10, 8);
    const V4_0: Version = Version::new(4, 0, 5);
    const V4_3: Version = Version::new(4, 3, 6);

    fn facts(kind: QueueType, argument: Option<i64>, dead_letter: DeadLetter) -> QueueFacts {
        let mut facts = QueueFacts::unknown("/", "q");
        facts.kind = Some(kind);
        facts.dead_letter = dead_letter;
        facts.arguments = Some(
            argument
                .map(|limit| ("x-delivery-limit".to_owned(), serde_json::json!(limit)))
                .into_iter()
                .collect(),
        );
        facts.policy_definition = Some(serde_json::Map::new());
        facts
    }

    fn delivery(count: Option<i64>) -> Delivery {
        let header = |count| vec![("x-delivery-count".to_owned(), AmqpValue::Int64(count))];
        Delivery {
            queue: "q".into(),
            exchange: String::new(),
            routing_key: "q".into(),
            redelivered: count.is_some(),
            properties: Properties { headers: count.map(header), ..Default::default() },
            body: Octets::default(),
        }
    }

    #[test]
    fn looks_left_are_the_limit_less_the_count() {
        let budget =
            Budget::of(Some(V3_10), &facts(QueueType::Quorum, Some(2), DeadLetter::Nowhere));
        for (count, left) in [(None, 2), (Some(1), 1), (Some(2), 0), (Some(3), 0)] {
            let looks = budget.looks(&delivery(count));
            assert_eq!(looks, Looks::Known { left, limit: 2 }, "{count:?}");
            assert_eq!(budget.survives_return(looks), left > 0, "{count:?}");
        }
    }

    #[test]
    fn from_4_3_on_a_nack_spends_nothing() {
        let facts = facts(QueueType::Quorum, Some(2), DeadLetter::Nowhere);
        let last = delivery(Some(2));
        let survives = |version| {
            let budget = Budget::of(version, &facts);
            budget.survives_return(budget.looks(&last))
        };
        assert!(!survives(Some(V3_10)));
        assert!(!survives(Some(V4_0)));
        assert!(survives(Some(V4_3)));
        let budget = Budget::of(Some(V4_3), &facts);
        assert!(!budget.survives_close(budget.looks(&last)), "the end of a channel counts");
        assert!(!survives(None), "an unknown version is taken to count");
        assert_eq!(Budget::of(Some(V4_3), &facts).forecast(1, &[]).cost, Cost::Order);
        assert_eq!(Budget::of(Some(V4_0), &facts).forecast(1, &[]).cost, Cost::OneLook);
    }

    #[test]
    fn classic_queues_cost_order_only_whatever_they_are_told() {
        let budget =
            Budget::of(Some(V4_0), &facts(QueueType::Classic, Some(1), DeadLetter::Nowhere));
        assert_eq!(budget.looks(&delivery(Some(9))), Looks::Unlimited);
        assert_eq!(
            budget.forecast(10, &[]),
            Forecast {
                cost: Cost::Order,
                left: LooksLeft::Unlimited,
                after_last: AfterLast::Stays
            }
        );
    }

    #[test]
    fn after_the_last_look_a_message_goes_where_the_queue_says_or_is_deleted() {
        let after = |dead_letter| {
            Budget::of(Some(V3_10), &facts(QueueType::Quorum, Some(2), dead_letter)).after_last
        };
        let to = DeadLetter::To { exchange: "dlx".into(), routing_key: Some("k".into()) };
        let gone =
            AfterLast::DeadLettered { exchange: "dlx".into(), routing_key: Some("k".into()) };
        assert_eq!(after(to), gone);
        assert_eq!(after(DeadLetter::Nowhere), AfterLast::Deleted);
        assert_eq!(after(DeadLetter::Unknown), AfterLast::Unknown);
    }

    #[test]
    fn the_cost_is_a_range_until_all_are_probed() {
        let budget =
            Budget::of(Some(V3_10), &facts(QueueType::Quorum, Some(5), DeadLetter::Nowhere));
        let left = |count, probed: &[u64]| {
            let probed: Vec<_> =
                probed.iter().map(|left| Looks::Known { left: *left, limit: 5 }).collect();
            budget.forecast(count, &probed).left
        };
        assert_eq!(left(3, &[]), LooksLeft::Between { at_least: 0, at_most: 5 });
        assert_eq!(left(3, &[4]), LooksLeft::Between { at_least: 0, at_most: 5 });
        assert_eq!(left(3, &[4, 2, 3]), LooksLeft::Between { at_least: 2, at_most: 4 });
    }

    #[test]
    fn the_worst_of_several_is_the_one_with_the_fewest_looks() {
        let known = |left| Looks::Known { left, limit: 9 };
        assert_eq!(known(3).worse(known(1)), known(1));
        assert_eq!(
            Looks::Unlimited.worse(Looks::Unknown { spent: 1 }),
            Looks::Unknown { spent: 1 }
        );
        assert_eq!(Looks::Unknown { spent: 1 }.worse(known(5)), known(5));
    }

    #[test]
    fn a_queue_of_unknown_type_has_an_unknown_budget() {
        let budget = Budget::of(Some(V4_0), &QueueFacts::unknown("/", "q"));
        assert_eq!(budget.looks(&delivery(Some(4))), Looks::Unknown { spent: 4 });
        assert!(budget.survives_return(Looks::Unknown { spent: 4 }));
        assert_eq!(budget.forecast(1, &[]).cost, Cost::Unknown);
    }

    #[test]
    fn an_unknown_budget_that_reached_the_usual_limit_is_a_last_look() {
        let of = |version| Budget::of(version, &QueueFacts::unknown("/", "q"));
        let at = |spent| Looks::Unknown { spent };
        for (version, spent, returned, closed) in [
            (Some(V4_0), 19, true, true),
            (Some(V4_0), 20, false, false),
            (Some(V4_0), 21, false, false),
            // A nack does not count there, the end of a channel does.
            (Some(V4_3), 20, true, false),
            (None, 20, false, false),
            // No limit unless one was set, and that cannot be known.
            (Some(V3_10), 20, true, true),
        ] {
            let budget = of(version);
            assert_eq!(budget.survives_return(at(spent)), returned, "{version:?} {spent}");
            assert_eq!(budget.survives_close(at(spent)), closed, "{version:?} {spent}");
        }
    }
}
