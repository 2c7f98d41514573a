//! Which queues would receive a message, before it is sent.

use std::collections::{BTreeSet, VecDeque};

use connections::{Code, Failure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::names::{encode, segment};
use super::routing::{Binding, Destination, destinations};
use super::{Exchange, Management, json};
use crate::verdict;

/// Exchanges that a route may pass. A larger web of bindings is not followed to its end.
const MOST_EXCHANGES: usize = 50;

/// Where a message would go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// The queues that are known to receive a copy, each once, sorted.
    pub queues: Vec<String>,
    /// Whether these are all.
    pub certainty: RouteCertainty,
}

/// Whether a route is known to its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "certainty", rename_all = "snake_case")]
pub enum RouteCertainty {
    /// Exactly these queues, at the time it was asked.
    Exact,
    /// Perhaps more queues.
    Unknown {
        /// Why.
        reason: RouteDoubt,
    },
}

/// Why a route is not known to its end. Names are cleaned for display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "doubt", rename_all = "snake_case")]
pub enum RouteDoubt {
    /// It passes more exchanges than are followed.
    ManyExchanges {
        /// How many are followed.
        most: usize,
    },
    /// An exchange decides by more than the routing key: one of type `headers` or of a plugin.
    MoreThanKey {
        /// Which exchange.
        exchange: String,
        /// Its type.
        kind: String,
    },
    /// The policy that may name an alternate exchange cannot be read.
    PolicyUnreadable {
        /// Whose policy.
        exchange: String,
        /// The policy's name.
        policy: String,
    },
}

impl Management {
    /// Which queues would receive a message with this routing key now, through bindings, exchanges
    /// behind the exchange, and alternate exchanges. Headers are not looked at.
    ///
    /// # Errors
    /// [`Code::NotFound`] for the exchange, [`Code::Refused`] for an internal one; else as
    /// [`Management::queues`].
    pub async fn route(&self, exchange: &str, routing_key: &str) -> Result<Route, Failure> {
        let mut queues = BTreeSet::new();
        let mut reason = None;
        let mut seen = BTreeSet::from([exchange.to_owned()]);
        let mut waiting = VecDeque::from([exchange.to_owned()]);
        while let Some(name) = waiting.pop_front() {
            if seen.len() > MOST_EXCHANGES {
                reason = Some(RouteDoubt::ManyExchanges { most: MOST_EXCHANGES });
                break;
            }
            if name.is_empty() {
                queues.extend(self.named_queue(routing_key).await?);
                continue;
            }
            let facts = match self.exchange(&name).await {
                Ok(facts) => facts,
                // A missing alternate exchange swallows the message, as the broker does.
                Err(failure) if failure.code == Code::NotFound && name != exchange => continue,
                Err(failure) => return Err(failure),
            };
            if name == exchange && facts.internal == Some(true) {
                return Err(Failure::new(
                    Code::Refused,
                    format!("the exchange {} is internal", verdict::clean(&name)),
                )
                .hint("publish to an exchange that is bound to it"));
            }
            let bindings = self.bindings_from(&name).await?;
            let mut next = |destination: String| {
                if seen.insert(destination.clone()) {
                    waiting.push_back(destination);
                }
            };
            match destinations(&facts.kind, &bindings, routing_key) {
                None => {
                    let (exchange, kind) = (verdict::clean(&name), verdict::clean(&facts.kind));
                    reason = Some(RouteDoubt::MoreThanKey { exchange, kind });
                }
                Some(found) if found.is_empty() => match self.alternate(&facts).await {
                    Ok(Some(alternate)) => next(alternate),
                    Ok(None) => {}
                    Err(why) => reason = Some(why),
                },
                Some(found) => {
                    for destination in found {
                        match destination {
                            Destination::Queue(queue) => drop(queues.insert(queue)),
                            Destination::Exchange(exchange) => next(exchange),
                        }
                    }
                }
            }
        }
        Ok(Route {
            queues: queues.into_iter().collect(),
            certainty: match reason {
                None => RouteCertainty::Exact,
                Some(reason) => RouteCertainty::Unknown { reason },
            },
        })
    }

    /// The default exchange's rule: the queue of that name, if there is one.
    async fn named_queue(&self, name: &str) -> Result<Option<String>, Failure> {
        if name.is_empty() {
            return Ok(None);
        }
        match self.queue(name).await {
            Ok(_) => Ok(Some(name.to_owned())),
            Err(failure) if failure.code == Code::NotFound => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    async fn bindings_from(&self, exchange: &str) -> Result<Vec<Binding>, Failure> {
        let object = format!("the exchange {}", verdict::clean(exchange));
        let path = format!(
            "api/exchanges/{}/{}/bindings/source",
            encode(&self.vhost),
            segment(exchange, &object)?
        );
        let answer = self.get(&path, &object).await?;
        let items = answer.as_array().ok_or_else(|| self.foreign())?;
        items.iter().map(|item| binding(item).ok_or_else(|| self.foreign())).collect()
    }

    /// Where an exchange sends what nothing matches; an argument wins over a policy. The error is
    /// why that is not known.
    async fn alternate(&self, exchange: &Exchange) -> Result<Option<String>, RouteDoubt> {
        if let Some(Value::String(name)) = exchange.arguments.get("alternate-exchange") {
            return Ok(Some(name.clone()));
        }
        let Some(policy) = &exchange.policy else {
            return Ok(None);
        };
        let unknown = || RouteDoubt::PolicyUnreadable {
            exchange: verdict::clean(&exchange.name),
            policy: verdict::clean(policy),
        };
        let name = segment(policy, "the policy").map_err(|_| unknown())?;
        let path = format!("api/policies/{}/{name}", encode(&self.vhost));
        let answer = self.get(&path, "the policy").await.map_err(|_| unknown())?;
        let definition = json::map(&answer, "definition").ok_or_else(unknown)?;
        Ok(definition.get("alternate-exchange").and_then(Value::as_str).map(str::to_owned))
    }
}

fn binding(answer: &Value) -> Option<Binding> {
    let destination = json::text(answer, "destination")?;
    Some(Binding {
        destination: match json::text(answer, "destination_type")?.as_str() {
            "queue" => Destination::Queue(destination),
            "exchange" => Destination::Exchange(destination),
            _ => return None,
        },
        key: json::text(answer, "routing_key")?,
    })
}
