//! What must be known of a target before anything is sent to it.

use std::collections::{BTreeMap, BTreeSet};

use connections::{Code, Failure};
use kafka::Cluster;
use kafka::topics::{CleanupPolicy, TimestampType};
use rabbitmq::Broker;
use rabbitmq::management::{Route, RouteCertainty};

use super::{Check, CheckKind, CheckState};

/// The most routing keys that are asked about; each takes a few requests.
const MOST_KEYS: usize = 50;

/// What is known of a target.
#[derive(Debug, Clone)]
pub enum Facts {
    /// Of a topic.
    Topic(TopicFacts),
    /// Of an exchange.
    Exchange {
        /// Who will publish, where that is known.
        user: Option<String>,
        /// By routing key, the queues; or why they are not known. Keys that were not asked about
        /// are absent.
        routes: BTreeMap<String, Result<Route, Failure>>,
    },
}

/// What is known of a topic; `None` is unknown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TopicFacts {
    /// How many partitions it has.
    pub partitions: Option<u32>,
    /// Bytes of the largest record it takes, about.
    pub largest: Option<u64>,
    /// Whether it deletes old records.
    pub deletes: Option<bool>,
    /// After how many milliseconds; `None` also for never.
    pub retention_millis: Option<i64>,
    /// Whether it is compacted.
    pub compacted: Option<bool>,
    /// Whether the broker replaces timestamps by its own.
    pub broker_sets_time: Option<bool>,
}

impl Facts {
    /// Asks the cluster about a topic.
    ///
    /// # Errors
    /// As [`Cluster::topic`].
    pub async fn of_topic(cluster: &Cluster, topic: &str) -> Result<Facts, Failure> {
        let facts = cluster.topic(topic).await?;
        let mut known = TopicFacts {
            partitions: u32::try_from(facts.partitions.len()).ok(),
            ..TopicFacts::default()
        };
        if let Some(settings) = facts.settings {
            use CleanupPolicy::{Compact, CompactAndDelete, Delete};
            known.largest = settings.max_message_bytes;
            known.deletes = settings.cleanup.map(|c| matches!(c, Delete | CompactAndDelete));
            known.compacted = settings.cleanup.map(|c| matches!(c, Compact | CompactAndDelete));
            known.retention_millis = settings.retention_ms.filter(|millis| *millis >= 0);
            known.broker_sets_time =
                settings.timestamps.map(|clock| clock == TimestampType::LogAppendTime);
        }
        Ok(Facts::Topic(known))
    }

    /// Asks the broker where messages with these routing keys would go.
    ///
    /// # Errors
    /// [`Code::NotFound`] and [`Code::Refused`] for the exchange itself. Where routes cannot be
    /// asked for, that is told in them.
    pub async fn of_exchange(
        broker: &Broker,
        exchange: &str,
        keys: &BTreeSet<String>,
    ) -> Result<Facts, Failure> {
        let mut routes = BTreeMap::new();
        let mut silent: Option<Failure> = None;
        for key in keys.iter().take(MOST_KEYS) {
            let route = match &silent {
                Some(failure) => Err(failure.clone()),
                None => route(broker, exchange, key).await,
            };
            match &route {
                Err(failure) if matches!(failure.code, Code::NotFound | Code::Refused) => {
                    return Err(failure.clone());
                }
                // It will not answer for the next key either.
                Err(failure) => silent = Some(failure.clone()),
                Ok(_) => {}
            }
            routes.insert(key.clone(), route);
        }
        Ok(Facts::Exchange { user: broker.user().map(str::to_owned), routes })
    }

    pub(super) fn existence(&self) -> Check {
        let kind = CheckKind::TargetExists;
        let unknown = match self {
            Facts::Topic(_) => None,
            Facts::Exchange { routes, .. } if routes.values().any(Result::is_ok) => None,
            Facts::Exchange { routes, .. } => Some(routes.values().find_map(|r| r.as_ref().err())),
        };
        match unknown {
            None => Check { kind, state: CheckState::Passed, detail: None },
            Some(why) => Check { kind, state: CheckState::Unknown, detail: why.cloned() },
        }
    }
}

/// The default exchange needs no management API: it delivers to the queue of the key's name.
async fn route(broker: &Broker, exchange: &str, key: &str) -> Result<Route, Failure> {
    if !exchange.is_empty() {
        return broker.management()?.route(exchange, key).await;
    }
    let queues = match key {
        "" => Vec::new(),
        queue => match broker.depth(queue).await {
            Ok(_) => vec![queue.to_owned()],
            Err(failure) if failure.code == Code::NotFound => Vec::new(),
            // Another connection's exclusive queue takes messages from everybody.
            Err(failure) if failure.code == Code::Refused => vec![queue.to_owned()],
            Err(failure) => return Err(failure),
        },
    };
    Ok(Route { queues, certainty: RouteCertainty::Exact })
}
