//! What is counted while planning, and what follows from the counts: warnings and checks.

use std::collections::{BTreeMap, BTreeSet};

use connections::Failure;
use connections::profile::Environment;
use rabbitmq::management::RouteCertainty;
use uuid::Uuid;

use super::facts::{Facts, TopicFacts};
use super::plan::Asked;
use super::{
    ChangeTally, Check, CheckKind, CheckState, Outgoing, PartitionTally, Planned, Preview,
    RefusalTally, RouteTally, RouteUnknown, Warning,
};
use crate::item::Origin;
use crate::mapping::{ChangeKind, NewMessage, NewRecord, Refusal, Time};
use crate::request::Target;

/// The most headers that are named for one kind of change.
const MOST_NAMED: usize = 5;

pub(super) struct Tallies {
    now_millis: i64,
    sendable: u64,
    original_bytes: u64,
    bytes: u64,
    largest: u64,
    changes: BTreeMap<ChangeKind, ChangeTally>,
    refusals: BTreeMap<Refusal, RefusalTally>,
    routing_keys: BTreeMap<String, u64>,
    partitions: BTreeMap<Option<i32>, u64>,
    queues_of_origin: BTreeSet<String>,
    topics_of_origin: BTreeSet<String>,
    replayed: u64,
    most_replayed: u32,
    expiring: u64,
    shortest: Option<u64>,
    old: u64,
    without_key: u64,
    original_time: bool,
    failed: Option<Failure>,
}

impl Tallies {
    pub(super) fn new(asked: &Asked) -> Self {
        Tallies {
            now_millis: now_millis(),
            sendable: 0,
            original_bytes: 0,
            bytes: 0,
            largest: 0,
            changes: BTreeMap::new(),
            refusals: BTreeMap::new(),
            routing_keys: BTreeMap::new(),
            partitions: BTreeMap::new(),
            queues_of_origin: BTreeSet::new(),
            topics_of_origin: BTreeSet::new(),
            replayed: 0,
            most_replayed: 0,
            expiring: 0,
            shortest: None,
            old: 0,
            without_key: 0,
            original_time: matches!(asked.to, Target::Topic { time: Time::Original, .. }),
            failed: None,
        }
    }

    /// A message could not be read; the first failure is kept as an example.
    pub(super) fn source_failed(&mut self, failure: Failure) {
        self.failed.get_or_insert(failure);
    }

    pub(super) fn count(&mut self, number: usize, planned: &Planned, facts: &Facts) {
        if let Some(times) = planned.replayed_before {
            self.replayed += 1;
            self.most_replayed = self.most_replayed.max(times);
        }
        match &planned.origin {
            Origin::Record { topic, .. } => drop(self.topics_of_origin.insert(topic.clone())),
            Origin::Held { queue, .. } => drop(self.queues_of_origin.insert(queue.clone())),
        }
        let outgoing = match &planned.copy {
            Err(refusal) => {
                let failure = (*refusal == Refusal::SourceGone).then(|| self.failed.clone());
                let new = RefusalTally {
                    refusal: *refusal,
                    messages: 0,
                    example: number as u64,
                    failure: failure.flatten(),
                };
                self.refusals.entry(*refusal).or_insert(new).messages += 1;
                return;
            }
            Ok(outgoing) => outgoing,
        };
        self.sendable += 1;
        let size = match outgoing {
            Outgoing::Record { partition, record } => {
                *self.partitions.entry(*partition).or_default() += 1;
                self.count_record(record, facts);
                record.size()
            }
            Outgoing::Message(message) => {
                *self.routing_keys.entry(message.routing_key.clone()).or_default() += 1;
                self.count_message(message);
                let header = rabbitmq::properties::encoded_len(&message.properties);
                (message.body.len() + header) as u64
            }
        };
        self.original_bytes += planned.original_bytes;
        self.bytes += size;
        self.largest = self.largest.max(size);
        let mut seen = BTreeSet::new();
        for change in &planned.changes {
            let tally = self.changes.entry(change.kind).or_insert_with(|| ChangeTally {
                kind: change.kind,
                effect: change.kind.effect(),
                messages: 0,
                example: number as u64,
                headers: Vec::new(),
            });
            tally.messages += u64::from(seen.insert(change.kind));
            if let Some(header) = &change.header
                && tally.headers.len() < MOST_NAMED
                && !tally.headers.contains(header)
            {
                tally.headers.push(header.clone());
            }
        }
    }

    fn count_record(&mut self, record: &NewRecord, facts: &Facts) {
        let Facts::Topic(TopicFacts { retention_millis, .. }) = facts else {
            return;
        };
        self.without_key += u64::from(record.key.is_none());
        if let (Some(millis), Some(retention)) = (record.millis, retention_millis) {
            let age = self.now_millis.saturating_sub(millis);
            self.old += u64::from(age > *retention);
        }
    }

    fn count_message(&mut self, message: &NewMessage) {
        let Some(expiration) = &message.properties.expiration else {
            return;
        };
        self.expiring += 1;
        if let Ok(millis) = expiration.parse() {
            self.shortest = Some(self.shortest.map_or(millis, |known| known.min(millis)));
        }
    }

    pub(super) fn preview(
        self,
        job: Uuid,
        asked: Asked,
        selected: usize,
        facts: &Facts,
    ) -> Preview {
        let routes = self.routes(facts);
        let warnings = self.warnings(&asked, &routes, facts);
        let checks = self.checks(selected as u64, &routes, facts);
        let mut changes: Vec<ChangeTally> = self.changes.into_values().collect();
        changes.sort_by_key(|tally| (tally.effect, tally.kind));
        let partitions = self.partitions.into_iter();
        Preview {
            id: job,
            source: asked.source,
            target: asked.target,
            to: asked.to,
            selected: selected as u64,
            sendable: self.sendable,
            original_bytes: self.original_bytes,
            bytes: self.bytes,
            largest: self.largest,
            added_headers: message::provenance::NAMES.map(str::to_owned).to_vec(),
            changes,
            refusals: self.refusals.into_values().collect(),
            routes,
            partitions: partitions
                .map(|(partition, messages)| PartitionTally { partition, messages })
                .collect(),
            warnings,
            checks,
            remove_at_source: asked.remove_at_source,
        }
    }

    fn routes(&self, facts: &Facts) -> Vec<RouteTally> {
        let Facts::Exchange { routes, .. } = facts else {
            return Vec::new();
        };
        let tally = |(key, messages): (&String, &u64)| {
            let (queues, unknown) = match routes.get(key) {
                Some(Ok(route)) => (
                    route.queues.clone(),
                    match &route.certainty {
                        RouteCertainty::Exact => None,
                        RouteCertainty::Unknown { reason } => {
                            Some(RouteUnknown::Bindings(reason.clone()))
                        }
                    },
                ),
                Some(Err(failure)) => {
                    (Vec::new(), Some(RouteUnknown::NotTold { failure: failure.clone() }))
                }
                None => (Vec::new(), Some(RouteUnknown::ManyKeys)),
            };
            RouteTally { routing_key: key.clone(), messages: *messages, queues, unknown }
        };
        self.routing_keys.iter().map(tally).collect()
    }

    fn warnings(&self, asked: &Asked, routes: &[RouteTally], facts: &Facts) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if asked.target.environment == Environment::Production {
            warnings.push(Warning::ProductionTarget);
        }
        if asked.remove_at_source && asked.source.environment == Environment::Production {
            warnings.push(Warning::ProductionSource);
        }
        let at_home = asked.source.connection == asked.target.connection;
        if let Target::Topic { topic, .. } = &asked.to
            && at_home
            && self.topics_of_origin.contains(topic)
        {
            warnings.push(Warning::IntoItself { topic: topic.clone() });
        }
        let mut back: BTreeMap<&str, u64> = BTreeMap::new();
        let mut unknown: Option<(u64, &RouteUnknown)> = None;
        for route in routes {
            for queue in route
                .queues
                .iter()
                .filter(|queue| at_home && self.queues_of_origin.contains(queue.as_str()))
            {
                *back.entry(queue).or_default() += route.messages;
            }
            if route.queues.len() > 1 {
                warnings.push(Warning::SeveralQueues {
                    routing_key: message::render::visible(&route.routing_key),
                    queues: route.queues.clone(),
                });
            }
            if let Some(reason) = &route.unknown {
                let before = unknown.map_or(0, |(messages, _)| messages);
                unknown = Some((before + route.messages, reason));
            }
        }
        warnings.extend(
            back.into_iter().map(|(queue, messages)| Warning::BackIntoQueue {
                queue: queue.to_owned(),
                messages,
            }),
        );
        if let Some((messages, reason)) = unknown {
            warnings.push(Warning::RouteUnknown { messages, reason: reason.clone() });
        }
        if self.replayed > 0 {
            let most = self.most_replayed;
            warnings.push(Warning::ReplayedBefore { messages: self.replayed, most });
        }
        if self.expiring > 0 {
            let shortest_millis = self.shortest.unwrap_or(0);
            warnings.push(Warning::Expires { messages: self.expiring, shortest_millis });
        }
        if let Facts::Topic(topic) = facts {
            self.warn_of_topic(topic, &mut warnings);
        }
        warnings
    }

    fn warn_of_topic(&self, topic: &TopicFacts, warnings: &mut Vec<Warning>) {
        if self.original_time && topic.broker_sets_time == Some(true) {
            warnings.push(Warning::BrokerSetsTime);
        } else if self.old > 0 && topic.deletes == Some(true) {
            warnings.push(Warning::OlderThanRetention { messages: self.old });
        }
        if topic.compacted == Some(true) && self.without_key > 0 {
            warnings.push(Warning::CompactedNeedsKey { messages: self.without_key });
        }
    }

    fn checks(&self, selected: u64, routes: &[RouteTally], facts: &Facts) -> Vec<Check> {
        let refused = |wanted: &[Refusal]| -> u64 {
            let tallies = wanted.iter().filter_map(|refusal| self.refusals.get(refusal));
            tallies.map(|tally| tally.messages).sum()
        };
        let part = |kind, bad: u64, detail: Option<Failure>| {
            let state = match bad {
                0 => CheckState::Passed,
                bad if bad == selected => CheckState::Failed,
                _ => CheckState::Partly,
            };
            Check { kind, state, detail }
        };
        let gone = refused(&[Refusal::SourceGone]);
        let mut checks = vec![part(CheckKind::SourceRead, gone, self.failed.clone())];
        checks.push(facts.existence());
        let misrouted = refused(&[Refusal::Unroutable, Refusal::NoSuchPartition]);
        let mut routed = part(CheckKind::Routed, misrouted, None);
        if misrouted == 0 && routes.iter().any(|route| route.unknown.is_some()) {
            routed.state = CheckState::Unknown;
        }
        checks.push(routed);
        let mut size = part(CheckKind::Size, refused(&[Refusal::TooLarge]), None);
        if !matches!(facts, Facts::Topic(TopicFacts { largest: Some(_), .. })) {
            size.state = CheckState::Unknown;
        }
        checks.push(size);
        checks
    }
}

fn now_millis() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.ok().and_then(|since| i64::try_from(since.as_millis()).ok()).unwrap_or(0)
}
