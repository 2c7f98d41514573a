use std::collections::BTreeMap;

use connections::profile::Environment;
use connections::{Code, Failure, ProfileId};
use message::delivery::Properties;
use message::record::{Header, Timestamp};
use message::{AmqpValue, Delivery, Octets, Record};
use rabbitmq::management::{Route, RouteCertainty};
use uuid::Uuid;

use super::*;
use crate::item::Item;
use crate::mapping::{RoutingKey, Time};
use crate::request::Partition;

type Read = Result<Item, (Origin, Failure)>;

fn record(partition: i32, offset: i64, millis: i64) -> Record {
    Record {
        topic: "orders".into(),
        partition,
        offset,
        timestamp: Timestamp::Created(millis),
        key: Some("k".into()),
        value: Some("value".into()),
        headers: Vec::new(),
    }
}

fn item(record: Record) -> Read {
    Ok(Item::Record(record))
}

fn held(message: u64, properties: Properties) -> Read {
    let delivery = Delivery {
        queue: "tasks.dlq".into(),
        exchange: "dlx".into(),
        routing_key: "task".into(),
        redelivered: false,
        properties,
        body: "body".into(),
    };
    Ok(Item::Held { session: Uuid::nil(), message, delivery: delivery.into() })
}

fn gone(offset: i64) -> Read {
    let origin = Origin::Record { topic: "orders".into(), partition: 0, offset };
    Err((origin, Failure::new(Code::NotFound, "retention took it")))
}

fn party(number: u128, environment: Environment) -> Party {
    Party { connection: ProfileId(Uuid::from_u128(number)), name: "name".into(), environment }
}

fn asked(to: Target) -> Asked {
    Asked {
        source: party(1, Environment::Dev),
        target: party(2, Environment::Dev),
        to,
        remove_at_source: false,
    }
}

fn topic(partition: Partition) -> Target {
    Target::Topic { topic: "orders".into(), partition, time: Time::Original }
}

fn exchange(routing_key: RoutingKey) -> Target {
    Target::Exchange { exchange: "commands".into(), routing_key }
}

fn fixed(key: &str) -> RoutingKey {
    RoutingKey::Fixed(key.into())
}

fn routes<const N: usize>(routes: [(&str, Result<&[&str], &str>); N]) -> Facts {
    let route = |(key, found): (&str, Result<&[&str], &str>)| {
        let route = match found {
            Ok(queues) => Ok(Route {
                queues: queues.iter().map(|queue| (*queue).to_owned()).collect(),
                certainty: RouteCertainty::Exact,
            }),
            Err(why) => Err(Failure::new(Code::Unsupported, why)),
        };
        (key.to_owned(), route)
    };
    Facts::Exchange {
        user: None,
        routes: routes.into_iter().map(route).collect::<BTreeMap<_, _>>(),
    }
}

fn facts() -> Facts {
    Facts::Topic(TopicFacts { partitions: Some(3), ..TopicFacts::default() })
}

fn state(preview: &Preview, kind: CheckKind) -> CheckState {
    preview.checks.iter().find(|check| check.kind == kind).unwrap().state
}

fn refusals(preview: &Preview) -> Vec<(Refusal, u64)> {
    preview.refusals.iter().map(|tally| (tally.refusal, tally.messages)).collect()
}

#[test]
fn what_cannot_be_copied_is_counted_by_reason_and_left_out_of_the_count_to_confirm() {
    let tombstone = Record { value: None, ..record(0, 2, 5) };
    let no_key = Record { key: None, ..record(0, 3, 5) };
    let nowhere = Record { key: Some("nowhere".into()), ..record(0, 4, 5) };
    let set = vec![item(record(0, 0, 5)), gone(1), item(tombstone), item(no_key), item(nowhere)];
    let facts = routes([("k", Ok(&["tasks"])), ("nowhere", Ok(&[]))]);
    let prepared = plan(asked(exchange(RoutingKey::Original)), set, &facts).unwrap();
    let preview = prepared.preview();
    assert_eq!((preview.selected, preview.sendable), (5, 1));
    assert_eq!(
        refusals(preview),
        [
            (Refusal::Tombstone, 1),
            (Refusal::KeyAbsent, 1),
            (Refusal::Unroutable, 1),
            (Refusal::SourceGone, 1),
        ]
    );
    let gone = preview.refusals.iter().find(|t| t.refusal == Refusal::SourceGone).unwrap();
    assert_eq!((gone.example, gone.failure.as_ref().unwrap().code), (1, Code::NotFound));
    assert_eq!(state(preview, CheckKind::SourceRead), CheckState::Partly);
    assert_eq!(state(preview, CheckKind::Routed), CheckState::Partly);
    let items = prepared.items(1, 2);
    assert_eq!(items.iter().map(|item| item.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(items[1].refusal, Some(Refusal::Tombstone));
    assert_eq!((items[0].body_bytes, items[1].body_bytes), (None, None));
}

#[test]
fn a_partition_that_the_target_lacks_is_refused_and_the_others_are_counted() {
    let set = vec![item(record(0, 0, 5)), item(record(2, 0, 6)), item(record(3, 0, 7))];
    let prepared = plan(asked(topic(Partition::Same)), set.clone(), &facts()).unwrap();
    assert_eq!(refusals(prepared.preview()), [(Refusal::NoSuchPartition, 1)]);
    let tallies = &prepared.preview().partitions;
    let tally = |partition| PartitionTally { partition: Some(partition), messages: 1 };
    assert_eq!(*tallies, [tally(0), tally(2)]);
    let wrong = plan(asked(topic(Partition::Fixed(-1))), set.clone(), &facts()).unwrap();
    assert_eq!(wrong.preview().sendable, 0);
    assert_eq!(state(wrong.preview(), CheckKind::Routed), CheckState::Failed);
    let by_key = plan(asked(topic(Partition::ByKey)), set, &facts()).unwrap();
    assert_eq!(by_key.preview().partitions, [PartitionTally { partition: None, messages: 3 }]);
}

#[test]
fn what_is_larger_than_the_topic_takes_is_refused_and_an_unknown_limit_is_unknown() {
    let large = Record { value: Some(vec![0; 2000].into()), ..record(0, 1, 5) };
    let set = vec![item(record(0, 0, 5)), item(large)];
    let limit = |largest| Facts::Topic(TopicFacts { largest, ..TopicFacts::default() });
    let known = plan(asked(topic(Partition::ByKey)), set.clone(), &limit(Some(1000))).unwrap();
    assert_eq!(refusals(known.preview()), [(Refusal::TooLarge, 1)]);
    assert_eq!(state(known.preview(), CheckKind::Size), CheckState::Partly);
    let unknown = plan(asked(topic(Partition::ByKey)), set, &limit(None)).unwrap();
    assert_eq!(unknown.preview().sendable, 2);
    assert_eq!(state(unknown.preview(), CheckKind::Size), CheckState::Unknown);
    assert!(unknown.preview().largest >= 2000);
}

#[test]
fn losses_are_told_by_kind_with_their_headers_and_the_worst_first() {
    let header = |name: &str, value: &str| Header { name: name.into(), value: Some(value.into()) };
    let headers = vec![header("z", "1"), header("a", "2"), header("z", "3"), header("CC", "4")];
    let set = vec![
        item(record(0, 0, 5000)),
        item(Record { headers: headers.clone(), ..record(0, 1, 5000) }),
        item(Record { headers, ..record(0, 2, 5000) }),
    ];
    let facts = routes([("task", Ok(&["tasks"]))]);
    let prepared = plan(asked(exchange(fixed("task"))), set, &facts).unwrap();
    let changes = &prepared.preview().changes;
    let told: Vec<_> = changes.iter().map(|t| (t.effect, t.kind, t.messages, t.example)).collect();
    assert_eq!(
        told,
        [
            (Effect::Lost, ChangeKind::HeaderOrder, 2, 1),
            (Effect::Altered, ChangeKind::DuplicateHeaders, 2, 1),
            (Effect::Altered, ChangeKind::KeyAsHeader, 3, 0),
            (Effect::Removed, ChangeKind::HeaderReserved, 2, 1),
        ]
    );
    assert_eq!(changes[1].headers, ["z"]);
    assert_eq!(prepared.preview().added_headers.len(), 4);
}

#[test]
fn routes_are_told_with_how_many_messages_and_what_is_not_known() {
    let key = |key: &str, offset| Record { key: Some(key.into()), ..record(0, offset, 5) };
    let set = vec![item(key("a", 0)), item(key("b", 1)), item(key("b", 2)), item(key("c", 3))];
    let facts = routes([("a", Ok(&["one", "two"])), ("b", Err("no management URL"))]);
    let prepared = plan(asked(exchange(RoutingKey::Original)), set, &facts).unwrap();
    let preview = prepared.preview();
    let routes: Vec<_> =
        preview.routes.iter().map(|r| (r.messages, r.queues.len(), r.unknown.is_some())).collect();
    assert_eq!(routes, [(1, 2, false), (2, 0, true), (1, 0, true)]);
    assert!(matches!(preview.routes[1].unknown, Some(RouteUnknown::NotTold { .. })));
    assert_eq!(preview.routes[2].unknown, Some(RouteUnknown::ManyKeys));
    assert_eq!(state(preview, CheckKind::Routed), CheckState::Unknown);
    assert_eq!(state(preview, CheckKind::TargetExists), CheckState::Passed);
    assert!(preview.warnings.iter().any(|warning| matches!(
        warning,
        Warning::SeveralQueues { routing_key, queues } if routing_key == "a" && queues.len() == 2
    )));
    assert!(
        preview
            .warnings
            .iter()
            .any(|warning| matches!(warning, Warning::RouteUnknown { messages: 3, .. }))
    );
}

#[test]
fn production_and_loops_are_warned_of() {
    let to_itself = Asked {
        target: party(1, Environment::Production),
        source: party(1, Environment::Production),
        ..asked(topic(Partition::Same))
    };
    let prepared = plan(to_itself, vec![item(record(0, 0, 5))], &facts()).unwrap();
    let into_itself = Warning::IntoItself { topic: "orders".into() };
    assert_eq!(prepared.preview().warnings, [Warning::ProductionTarget, into_itself]);

    let elsewhere = plan(asked(topic(Partition::Same)), vec![item(record(0, 0, 5))], &facts());
    assert_eq!(elsewhere.unwrap().preview().warnings, [], "the same name on another cluster");

    let back = Asked {
        source: party(1, Environment::Production),
        target: party(1, Environment::Dev),
        to: exchange(RoutingKey::Original),
        remove_at_source: true,
    };
    let set = vec![held(1, Properties::default()), held(2, Properties::default())];
    let facts = routes([("task", Ok(&["tasks.dlq"]))]);
    let prepared = plan(back, set, &facts).unwrap();
    let back = Warning::BackIntoQueue { queue: "tasks.dlq".into(), messages: 2 };
    assert_eq!(prepared.preview().warnings, [Warning::ProductionSource, back]);
}

#[test]
fn copies_of_copies_and_messages_that_will_expire_are_warned_of() {
    let header = |name: &str, value: &str| (name.to_owned(), AmqpValue::Text(value.into()));
    let copied = Properties {
        headers: Some(vec![header("kronos-replay-count", "4")]),
        expiration: Some("60000".into()),
        ..Properties::default()
    };
    let set = vec![held(1, copied), held(2, Properties::default())];
    let facts = routes([("task", Ok(&["tasks"]))]);
    let prepared = plan(asked(exchange(RoutingKey::Original)), set, &facts).unwrap();
    assert_eq!(
        prepared.preview().warnings,
        [
            Warning::ReplayedBefore { messages: 1, most: 4 },
            Warning::Expires { messages: 1, shortest_millis: 60_000 },
        ]
    );
}

#[test]
fn what_a_topic_does_to_copies_is_warned_of() {
    let no_key = Record { key: None, ..record(0, 1, i64::MAX) };
    let set = vec![item(record(0, 0, 5)), item(no_key)];
    let warnings = |facts: TopicFacts| {
        let prepared = plan(asked(topic(Partition::ByKey)), set.clone(), &Facts::Topic(facts));
        prepared.unwrap().preview().warnings.clone()
    };
    let deletes = TopicFacts {
        deletes: Some(true),
        retention_millis: Some(604_800_000),
        ..TopicFacts::default()
    };
    assert_eq!(warnings(deletes.clone()), [Warning::OlderThanRetention { messages: 1 }]);
    let by_broker = TopicFacts { broker_sets_time: Some(true), ..deletes };
    assert_eq!(warnings(by_broker), [Warning::BrokerSetsTime]);
    let compacted = TopicFacts { compacted: Some(true), ..TopicFacts::default() };
    assert_eq!(warnings(compacted), [Warning::CompactedNeedsKey { messages: 1 }]);
}

#[test]
fn requests_that_make_no_sense_are_refused() {
    let same = plan(asked(topic(Partition::Same)), vec![held(1, Properties::default())], &facts());
    assert_eq!(same.unwrap_err().code, Code::Invalid);
    let remove = Asked { remove_at_source: true, ..asked(topic(Partition::Same)) };
    let remove = plan(remove, vec![item(record(0, 0, 5))], &facts());
    assert_eq!(remove.unwrap_err().code, Code::Invalid);
}

#[test]
fn records_go_by_time_but_never_against_their_offsets() {
    let set = vec![
        item(record(1, 9, 30)),
        item(record(0, 3, 10)),
        item(record(0, 1, 40)),
        gone(2),
        item(record(1, 8, 20)),
    ];
    let ordered: Vec<(i32, i64)> = order::by_time_within_partitions(set)
        .into_iter()
        .map(|read| match read.map_or_else(|(origin, _)| origin, |item| item.origin()) {
            Origin::Record { partition, offset, .. } => (partition, offset),
            Origin::Held { .. } => unreachable!(),
        })
        .collect();
    assert_eq!(ordered, [(1, 8), (1, 9), (0, 1), (0, 2), (0, 3)]);
}

#[test]
fn the_copies_that_are_kept_are_those_that_were_shown() {
    let original = record(0, 7, 5);
    let prepared =
        plan(asked(topic(Partition::Same)), vec![item(original.clone())], &facts()).unwrap();
    let Ok(Outgoing::Record { partition, record }) = &prepared.planned[0].copy else {
        panic!("it can be sent");
    };
    assert_eq!((*partition, &record.value), (Some(0), &original.value));
    let added: Vec<(String, Octets)> = record
        .headers
        .iter()
        .map(|h| (String::from_utf8(h.name.0.clone()).unwrap(), h.value.clone().unwrap()))
        .collect();
    let shown: Vec<(String, Octets)> = prepared.items(0, 9)[0]
        .added
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().into()))
        .collect();
    assert_eq!(added, shown);
    assert!(shown[0].1.as_slice().starts_with(prepared.preview().id.to_string().as_bytes()));
}

#[test]
fn a_preview_crosses_a_pipe_unchanged() {
    let facts = routes([("k", Ok(&["one", "two"])), ("task", Err("no management URL"))]);
    let set = vec![item(record(0, 0, 1)), gone(1), item(Record { value: None, ..record(0, 2, 5) })];
    for key in [RoutingKey::Original, fixed("task")] {
        let prepared = plan(asked(exchange(key)), set.clone(), &facts).unwrap();
        let text = serde_json::to_string(prepared.preview()).unwrap();
        assert_eq!(serde_json::from_str::<Preview>(&text).unwrap(), *prepared.preview());
        let items = prepared.items(0, 9);
        let text = serde_json::to_string(&items).unwrap();
        assert_eq!(serde_json::from_str::<Vec<ItemPreview>>(&text).unwrap(), items);
    }
}
