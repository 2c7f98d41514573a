//! The demo world holds what it says, according to the brokers' own tools.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use brokers::World;
use brokers::world::{Facts, QueueKind};
use serde_json::{Value, json};

fn facts() -> &'static Facts {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World::seed(brokers::kafka(), brokers::rabbitmq())).facts()
}

/// The record at an offset as Kafka's console consumer prints it, headers first.
fn print(label: &str) -> String {
    let record = facts().record(label);
    let (partition, offset) = (record.partition.to_string(), record.offset.to_string());
    let args = [
        ["--topic", &record.topic],
        ["--partition", &partition],
        ["--offset", &offset],
        ["--max-messages", "1"],
        ["--formatter-property", "print.headers=true"],
        ["--formatter-property", "print.key=true"],
    ];
    let printed = brokers::kafka()
        .tool("org.apache.kafka.tools.consumer.ConsoleConsumer", args.as_flattened())
        .unwrap();
    printed.trim_end_matches('\n').to_owned()
}

#[test]
fn every_topic_ends_where_the_facts_say() {
    let facts = facts();
    let printed = brokers::kafka().tool("org.apache.kafka.tools.GetOffsetShell", &[]).unwrap();
    for topic in &facts.topics {
        assert_eq!(topic.records, topic.per_partition.iter().sum::<u64>());
        for (partition, records) in topic.per_partition.iter().enumerate() {
            let line = format!("{}:{partition}:{records}", topic.name);
            assert!(printed.lines().any(|printed| printed == line), "{line} in\n{printed}");
        }
    }
}

#[test]
fn labelled_records_are_at_their_offsets() {
    let facts = facts();
    let (needle, payment) = (facts.record("needle"), facts.record("failed-payment"));
    let printed = print("needle");
    assert!(printed.ends_with(needle.value.as_deref().unwrap()), "{printed}");
    let printed = print("failed-payment");
    assert!(printed.ends_with(payment.value.as_deref().unwrap()), "{printed}");
    let headers = printed.split('\t').next().unwrap();
    let names: Vec<&str> = headers.split(',').filter_map(|h| Some(h.split_once(':')?.0)).collect();
    assert_eq!(
        names,
        [
            "correlation-id",
            "content-type",
            "retry",
            "source",
            "retry",
            "signature",
            "retry",
            "approved-by"
        ],
        "duplicates are there and in order: {headers:?}"
    );
    assert!(headers.ends_with("approved-by:null"), "a header without a value: {headers:?}");
    assert_eq!(print("tombstone"), "NO_HEADERS\tuser-11\tnull");
    assert_eq!(print("empty-value"), "NO_HEADERS\tuser-21\t");
}

#[test]
fn the_group_lags_by_what_the_facts_say() {
    let group = facts().group("billing");
    let args = ["--describe", "--group", &group.name];
    let class = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
    let printed = brokers::kafka().tool(class, &args).unwrap();
    let lags = printed.lines().filter_map(|line| {
        let columns: Vec<&str> = line.split_whitespace().collect();
        // GROUP TOPIC PARTITION CURRENT-OFFSET LOG-END-OFFSET LAG …
        (columns.get(1) == Some(&group.topic.as_str())).then(|| columns[5].parse::<u64>().unwrap())
    });
    assert_eq!(lags.sum::<u64>(), group.lag, "{printed}");
    assert_eq!(group.lag, group.per_partition.iter().sum::<u64>());
    assert!(group.lag > 0, "a group that does not lag shows nothing");
}

#[test]
fn queues_hold_what_the_facts_say() {
    let columns = ["name", "type", "messages", "consumers"];
    let printed = brokers::rabbitmq().ctl(&[&["list_queues"][..], &columns].concat()).unwrap();
    let found: BTreeMap<&str, Vec<&str>> =
        printed.lines().map(|line| line.split('\t').collect()).map(|c: Vec<_>| (c[0], c)).collect();
    for queue in &facts().queues {
        let kind = match queue.kind {
            QueueKind::Classic => "classic",
            QueueKind::Quorum => "quorum",
            QueueKind::Stream => "stream",
        };
        let (messages, consumers) = (queue.messages.to_string(), queue.consumers.to_string());
        assert_eq!(found[queue.name.as_str()], [&queue.name, kind, &messages, &consumers]);
    }
}

#[test]
fn dead_letters_died_of_real_rejections_and_expiries() {
    let facts = facts();
    let queue = facts.queue("task_queue.dlq");
    let messages = look("task_queue.dlq", queue.messages);
    let died = |message: &Value, reason: &str| {
        let death = &message["properties"]["headers"]["x-death"][0];
        death["reason"] == reason && death["queue"] == "task_queue" && death["count"] == 1
    };
    let count = |reason| messages.iter().filter(|message| died(message, reason)).count() as u64;
    assert_eq!((count("rejected"), count("expired")), (queue.rejected, queue.expired));

    let failed = facts.message("failed-task");
    let of_id = |m: &&Value| m["properties"]["message_id"] == failed.message_id;
    let found = messages.iter().find(of_id).unwrap();
    assert_eq!(found["payload"], failed.body);
    let properties = &found["properties"];
    assert_eq!(properties["correlation_id"], json!(failed.correlation_id));
    assert_eq!(properties["correlation_id"], json!(facts.record("failed-payment").correlation_id));
    assert_eq!(properties["headers"]["attempt"], 3);
    assert!(properties["headers"]["x-exception-message"].is_string());
}

#[test]
fn some_looks_at_the_quorum_queue_are_spent() {
    let spent = facts().message("spent-order");
    let messages = look(&spent.queue, 1);
    assert_eq!(messages[0]["properties"]["message_id"], spent.message_id);
    assert_eq!(messages[0]["properties"]["headers"]["x-delivery-count"], spent.returned);
}

/// Looks at the front of a queue; the messages are returned.
fn look(queue: &str, count: u64) -> Vec<Value> {
    let body = json!({ "count": count, "ackmode": "ack_requeue_true", "encoding": "auto" });
    let path = format!("/api/queues/%2F/{queue}/get");
    let answer = brokers::rabbitmq().api("POST", &path, Some(&body)).unwrap();
    answer.as_array().unwrap().clone()
}
