//! What a look would cost and cause, said before it is done.

use std::time::Duration;

use connections::{Code, Failure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refusal::Refusal;
use super::{DEFAULT_CONSUMER_TIMEOUT, LookMode, MOST_MESSAGES};
use crate::Broker;
use crate::budget::{AfterLast, Forecast};
use crate::delivery_limit::Limit;
use crate::management::{QueueFacts, QueueType};
use crate::version::Version;

/// What a look would cost and cause. Making it changes nothing on the broker.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldPreview {
    /// What is known of the queue.
    pub facts: QueueFacts,
    /// How the messages would be looked at.
    pub mode: LookMode,
    /// How many messages would be hidden from applications; unknown where the depth is.
    pub would_hide: Option<u64>,
    /// The cost in looks, and what follows the last one.
    pub forecast: Forecast,
    /// After this time they are returned at the latest: 80 % of `allowed`.
    pub longest: Duration,
    /// How long the broker lets a consumer keep a message; its default where
    /// [`Note::TimeoutAssumed`] says so.
    pub allowed: Duration,
    /// What else to know.
    pub notes: Vec<Note>,
    /// Why its messages cannot be held at all, where they cannot.
    pub refusal: Option<Refusal>,
}

/// What else to know before looking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Note {
    /// Applications are consuming: what is looked at is missing to them for a moment, and comes
    /// marked as redelivered.
    LiveConsumers,
    /// It is not known whether applications are consuming.
    ConsumersUnknown,
    /// Returned messages go to the back of the queue (quorum queues without a delivery limit before
    /// 4.3, so every 3.x one that was given none; measured on 3.10.8).
    ReturnsToBack,
    /// A policy delays returned messages (4.3 and later).
    ReturnsDelayed,
    /// Without the management API neither type nor limits of the queue are known.
    FactsUnknown,
    /// How long the broker lets a consumer keep messages is its default of 30 minutes unless
    /// someone changed it, which cannot be asked.
    TimeoutAssumed,
}

impl Broker {
    /// What it would cost and cause to look at `count` messages of a queue.
    ///
    /// # Errors
    /// [`Code::NotFound`] and [`Code::Authorization`] for the queue; what ends the connection.
    pub async fn hold_preview(&self, queue: &str, count: u16) -> Result<HoldPreview, Failure> {
        let facts = self.queue(queue).await?;
        let count = u64::from(count.min(MOST_MESSAGES));
        let would_hide = facts.ready.map(|ready| ready.min(count));
        let mut forecast = self.budget(&facts).forecast(would_hide.unwrap_or(count), &[]);
        if self.leads_nowhere(&facts, &forecast.after_last).await {
            forecast.after_last = AfterLast::Deleted;
        }
        Ok(HoldPreview {
            mode: mode_for(&facts),
            would_hide,
            forecast,
            longest: longest(&facts, None),
            allowed: allowed(&facts),
            notes: notes(&facts, self.budget(&facts).limit, self.identity().version),
            refusal: Refusal::of(&facts),
            facts,
        })
    }
}

impl Broker {
    /// Whether the dead-letter exchange is certainly missing: what goes there is deleted, unless
    /// the queue keeps it until the exchange is there.
    pub(super) async fn leads_nowhere(&self, facts: &QueueFacts, after_last: &AfterLast) -> bool {
        let AfterLast::DeadLettered { exchange, .. } = after_last else {
            return false;
        };
        let kept = [&facts.arguments, &facts.policy_definition]
            .into_iter()
            .flatten()
            .flat_map(|map| [map.get("x-dead-letter-strategy"), map.get("dead-letter-strategy")])
            .flatten()
            .any(|strategy| strategy == "at-least-once");
        match self.management() {
            Ok(management) if !kept && !exchange.is_empty() => {
                let asked = management.exchange(exchange).await;
                asked.is_err_and(|failure| failure.code == Code::NotFound)
            }
            _ => false,
        }
    }
}

/// Hold what nobody consumes; copy what somebody may be waiting for.
pub(super) fn mode_for(facts: &QueueFacts) -> LookMode {
    match facts.has_consumers() {
        Some(false) => LookMode::Hold,
        Some(true) | None => LookMode::Copy,
    }
}

/// 80 % of what the broker allows, or less where less was asked for.
pub(super) fn longest(facts: &QueueFacts, asked: Option<Duration>) -> Duration {
    let safe = allowed(facts).mul_f64(0.8);
    asked.map_or(safe, |asked| asked.min(safe))
}

/// How long the broker lets a consumer keep a message, or its default.
fn allowed(facts: &QueueFacts) -> Duration {
    facts.consumer_timeout().unwrap_or(DEFAULT_CONSUMER_TIMEOUT)
}

fn notes(facts: &QueueFacts, limit: Limit, version: Option<Version>) -> Vec<Note> {
    let mut notes = Vec::new();
    match facts.has_consumers() {
        Some(true) => notes.push(Note::LiveConsumers),
        Some(false) => {}
        None => notes.push(Note::ConsumersUnknown),
    }
    if facts.kind == Some(QueueType::Quorum)
        && limit == Limit::Unlimited
        && version.is_none_or(|version| version < Version::new(4, 3, 0))
    {
        notes.push(Note::ReturnsToBack);
    }
    let delayed = |map: &Option<serde_json::Map<String, Value>>| {
        map.iter()
            .flatten()
            .any(|(key, _)| key.starts_with("delayed-retry") || key.starts_with("x-delayed-retry"))
    };
    if delayed(&facts.arguments) || delayed(&facts.policy_definition) {
        notes.push(Note::ReturnsDelayed);
    }
    if facts.kind.is_none() {
        notes.push(Note::FactsUnknown);
    }
    if facts.consumer_timeout().is_none() {
        notes.push(Note::TimeoutAssumed);
    }
    notes
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts(kind: QueueType) -> QueueFacts {
        let mut facts = QueueFacts::unknown("/", "q");
        facts.kind = Some(kind);
        facts.arguments = Some(serde_json::Map::new());
        facts.policy_definition = Some(serde_json::Map::new());
        facts.consumers = Some(0);
        facts
    }

    #[test]
    fn only_a_queue_that_certainly_has_no_consumers_is_held_by_default() {
        let mut facts = facts(QueueType::Classic);
        assert_eq!(mode_for(&facts), LookMode::Hold);
        facts.consumers = Some(2);
        assert_eq!(mode_for(&facts), LookMode::Copy);
        facts.consumers = None;
        assert_eq!(mode_for(&facts), LookMode::Copy);
    }

    #[test]
    fn a_hold_ends_at_80_percent_of_what_the_broker_allows() {
        let mut facts = facts(QueueType::Quorum);
        assert_eq!(longest(&facts, None), Duration::from_secs(24 * 60));
        assert_eq!(longest(&facts, Some(Duration::from_secs(5))), Duration::from_secs(5));
        facts.arguments = json!({"x-consumer-timeout": 60_000}).as_object().cloned();
        facts.policy_definition = json!({"consumer-timeout": 600_000}).as_object().cloned();
        assert_eq!(longest(&facts, None), Duration::from_secs(48));
    }

    #[test]
    fn notes_say_what_a_return_does_beyond_its_cost() {
        let mut facts = facts(QueueType::Quorum);
        facts.policy_definition =
            json!({"delivery-limit": -1, "delayed-retry-type": "all"}).as_object().cloned();
        let notes = notes(&facts, Limit::Unlimited, Some(Version::new(4, 0, 5)));
        assert!(notes.contains(&Note::ReturnsToBack) && notes.contains(&Note::ReturnsDelayed));
    }
}
