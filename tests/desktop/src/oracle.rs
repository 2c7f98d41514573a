//! The brokers' own tools, which proofs ask instead of the window.

use std::collections::BTreeSet;

use brokers::{Kafka, RabbitMq};
use serde_json::{Value, json};

/// Both brokers.
pub struct Oracle<'a> {
    /// Asked with every right.
    pub kafka: &'a Kafka,
    /// Asked with every right.
    pub rabbit: &'a RabbitMq,
}

/// Messages of a queue, as the broker counts them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// Waiting.
    pub ready: u64,
    /// Delivered, and neither acknowledged nor returned.
    pub unacked: u64,
}

impl Oracle<'_> {
    /// Topics that are not internal.
    pub fn topics(&self) -> BTreeSet<String> {
        let list =
            self.tool("org.apache.kafka.tools.TopicCommand", &["--list", "--exclude-internal"]);
        list.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    /// Consumer groups.
    pub fn groups(&self) -> BTreeSet<String> {
        let class = "org.apache.kafka.tools.consumer.group.ConsumerGroupCommand";
        let list = self.tool(class, &["--list"]);
        list.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    /// The value of one record, by Kafka's console consumer.
    pub fn value(&self, topic: &str, partition: i32, offset: i64) -> String {
        let (partition, offset) = (partition.to_string(), offset.to_string());
        let class = "org.apache.kafka.tools.consumer.ConsoleConsumer";
        let output = self.tool(
            class,
            &[
                "--topic",
                topic,
                "--partition",
                &partition,
                "--offset",
                &offset,
                "--max-messages",
                "1",
                "--timeout-ms",
                "10000",
            ],
        );
        output.lines().next().unwrap_or_default().to_owned()
    }

    /// The end offsets of a topic, summed.
    pub fn written(&self, topic: &str) -> u64 {
        let output = self.tool("org.apache.kafka.tools.GetOffsetShell", &["--topic", topic]);
        output.lines().filter_map(|line| line.rsplit(':').next()?.trim().parse::<u64>().ok()).sum()
    }

    /// Queues of the default virtual host.
    pub fn queues(&self) -> BTreeSet<String> {
        let list = self.ctl(&["list_queues", "name"]);
        list.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
    }

    /// The depth of a queue.
    pub fn depth(&self, queue: &str) -> Depth {
        let list = self.ctl(&["list_queues", "name", "messages_ready", "messages_unacknowledged"]);
        let row = list.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
        let row = row.into_iter().find(|row| row.first() == Some(&queue));
        let number = |at: usize| row.as_ref()?.get(at)?.parse().ok();
        Depth {
            ready: number(1).unwrap_or_else(|| panic!("no queue {queue} in: {list}")),
            unacked: number(2).unwrap_or_else(|| panic!("no queue {queue} in: {list}")),
        }
    }

    /// Connections of the console, with the TLS version and user of each.
    pub fn console_connections(&self) -> Vec<String> {
        let list = self.ctl(&["list_connections", "user", "ssl_protocol", "client_properties"]);
        let ours = list.lines().filter(|line| line.contains("Kronos Console"));
        ours.map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect()
    }

    /// Messages of a queue, read and put back by the management API.
    pub fn messages(&self, queue: &str) -> Vec<Value> {
        let body = json!({
            "count": 1000, "ackmode": "ack_requeue_true", "encoding": "auto", "truncate": 50_000_000,
        });
        let path = format!("/api/queues/%2F/{queue}/get");
        let got = self.rabbit.api("POST", &path, Some(&body)).expect("the management API answers");
        got.as_array().cloned().unwrap_or_default()
    }

    fn tool(&self, class: &str, arguments: &[&str]) -> String {
        self.kafka.tool(class, arguments).unwrap_or_else(|error| panic!("{class}: {error}"))
    }

    fn ctl(&self, arguments: &[&str]) -> String {
        let mut all = vec!["-q"];
        all.extend(arguments);
        all.push("--no-table-headers");
        self.rabbit.ctl(&all).unwrap_or_else(|error| panic!("rabbitmqctl {arguments:?}: {error}"))
    }
}
