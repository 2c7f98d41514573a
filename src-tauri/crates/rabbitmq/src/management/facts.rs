//! What is known of one queue.

use std::time::Duration;

use connections::Failure;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::json;
use crate::delivery_limit::DeliveryLimits;

/// What is known of one queue. `None` is unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueFacts {
    /// The virtual host.
    pub vhost: String,
    /// The name.
    pub name: String,
    /// The type.
    pub kind: Option<QueueType>,
    /// Survives a restart.
    pub durable: Option<bool>,
    /// Only the connection that declared it uses it.
    pub exclusive: Option<bool>,
    /// Deleted with its last consumer.
    pub auto_delete: Option<bool>,
    /// Arguments it was declared with.
    pub arguments: Option<Map<String, Value>>,
    /// The name of the policy in force; `Some("")` is none.
    pub policy: Option<String>,
    /// The name of the operator policy in force; `Some("")` is none.
    pub operator_policy: Option<String>,
    /// What policy and operator policy together say.
    pub policy_definition: Option<Map<String, Value>>,
    /// The queue's own `delivery_limit`, where the server gives one.
    pub reported_delivery_limit: Option<i64>,
    /// Where messages go that are rejected, expire or pass a limit.
    pub dead_letter: DeadLetter,
    /// Messages ready for delivery.
    pub ready: Option<u64>,
    /// Messages delivered and not acknowledged.
    pub unacked: Option<u64>,
    /// Both together.
    pub total: Option<u64>,
    /// Dead messages kept back because their target is missing (quorum queues).
    pub dead_letters_waiting: Option<u64>,
    /// Bytes of bodies.
    pub bytes: Option<u64>,
    /// How many consumers, ours included.
    pub consumers: Option<u64>,
    /// How many of them are consumers of this connection's holds; `None` where that is not certain.
    pub own_consumers: Option<u64>,
    /// Something is unknown only until the holds have come to rest and the next statistics are there.
    pub more_soon: bool,
    /// The consumers, where one queue was asked for.
    pub consumer_list: Option<Vec<ConsumerFacts>>,
    /// Messages a second.
    pub rates: Rates,
    /// Whether only one consumer at a time gets messages.
    pub single_active_consumer: Option<bool>,
    /// `running`, `idle`, `down`, `minority`, …
    pub state: Option<String>,
    /// AMQP said that the queue has no messages and no consumers, and the management API said
    /// otherwise: a quorum queue without a leader does, so neither is known.
    pub counts_in_doubt: bool,
    /// Why the rest is unknown, where the management API did not answer.
    pub missing: Option<Failure>,
}

/// The type of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueType {
    /// One node, or mirrored.
    Classic,
    /// Replicated by Raft; counts deliveries.
    Quorum,
    /// A log.
    Stream,
    /// A plugin's, by the server's name for it.
    Other(String),
}

/// Where messages go that are rejected, expire or pass a limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "dead_letter", rename_all = "snake_case")]
pub enum DeadLetter {
    /// To an exchange.
    To {
        /// Empty is the default exchange.
        exchange: String,
        /// Instead of the message's own.
        routing_key: Option<String>,
    },
    /// Nowhere: they are deleted.
    Nowhere,
    /// Not known.
    Unknown,
}

/// Messages a second, averaged by the server.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Rates {
    /// Published into the queue.
    pub publish: Option<f64>,
    /// Delivered or fetched.
    pub deliver: Option<f64>,
    /// Acknowledged.
    pub ack: Option<f64>,
    /// Delivered again.
    pub redeliver: Option<f64>,
}

/// One consumer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsumerFacts {
    /// Its tag.
    pub tag: String,
    /// The channel, as the server names it: address, port and number.
    pub channel: Option<String>,
    /// The connection, as the server names it.
    pub connection: Option<String>,
    /// The user.
    pub user: Option<String>,
    /// Whether it acknowledges by itself.
    pub acknowledges: Option<bool>,
    /// How many it takes unacknowledged; 0 is any number.
    pub prefetch: Option<u64>,
    /// Whether it is the only one allowed.
    pub exclusive: Option<bool>,
    /// Whether it gets messages now.
    pub active: Option<bool>,
}

/// What a policy can say about returns and dead letters.
pub(super) const POLICY_KEYS: [&str; 7] = [
    "delivery-limit",
    "dead-letter-exchange",
    "dead-letter-routing-key",
    "dead-letter-strategy",
    "consumer-timeout",
    "delayed-retry-type",
    "overflow",
];

impl QueueFacts {
    /// A queue of which only the name is known.
    pub fn unknown(vhost: &str, name: &str) -> QueueFacts {
        QueueFacts {
            vhost: vhost.to_owned(),
            name: name.to_owned(),
            kind: None,
            durable: None,
            exclusive: None,
            auto_delete: None,
            arguments: None,
            policy: None,
            operator_policy: None,
            policy_definition: None,
            reported_delivery_limit: None,
            dead_letter: DeadLetter::Unknown,
            ready: None,
            unacked: None,
            total: None,
            dead_letters_waiting: None,
            bytes: None,
            consumers: None,
            own_consumers: Some(0),
            more_soon: false,
            consumer_list: None,
            rates: Rates::default(),
            single_active_consumer: None,
            state: None,
            counts_in_doubt: false,
            missing: None,
        }
    }

    /// A queue of the API's; `None` for something without a name.
    pub(super) fn read(vhost: &str, answer: &Value) -> Option<QueueFacts> {
        let arguments = json::map(answer, "arguments");
        let mut facts = QueueFacts {
            kind: json::text(answer, "type").map(QueueType::named),
            durable: json::truth(answer, "durable"),
            exclusive: json::truth(answer, "exclusive"),
            auto_delete: json::truth(answer, "auto_delete"),
            policy: name_or_none(answer, "policy"),
            operator_policy: name_or_none(answer, "operator_policy"),
            reported_delivery_limit: answer.get("delivery_limit").and_then(Value::as_i64),
            ready: json::count(answer, "messages_ready"),
            unacked: json::count(answer, "messages_unacknowledged"),
            total: json::count(answer, "messages"),
            dead_letters_waiting: json::count(answer, "messages_dlx"),
            bytes: json::count(answer, "message_bytes"),
            consumers: json::count(answer, "consumers"),
            consumer_list: consumers(answer),
            rates: Rates::read(answer),
            single_active_consumer: arguments.as_ref().map(|arguments| {
                arguments.get("x-single-active-consumer") == Some(&Value::Bool(true))
            }),
            state: json::text(answer, "state"),
            arguments,
            ..QueueFacts::unknown(vhost, &json::text(answer, "name")?)
        };
        facts.dead_letter = facts.find_dead_letter();
        if let Some(definition) = json::map(answer, "effective_policy_definition") {
            facts.know_policy(definition);
        }
        Some(facts)
    }

    /// Takes over fresher numbers; what does not go with them is unknown.
    ///
    /// A quorum queue without a leader answers 0 and 0 and does not say that it does not know. Where
    /// the API knows of something else, nothing is known then.
    pub(crate) fn update(&mut self, ready: u64, consumers: u64) {
        let something = |known: Option<u64>| known.is_some_and(|count| count > 0);
        self.counts_in_doubt = self.kind == Some(QueueType::Quorum)
            && (ready, consumers) == (0, 0)
            && (something(self.ready) || something(self.consumers));
        let known = |count: u64| (!self.counts_in_doubt).then_some(count);
        if self.ready != known(ready) {
            self.ready = known(ready);
            self.total = self.unacked.zip(self.ready).map(|(unacked, ready)| ready + unacked);
        }
        if self.consumers != known(consumers) {
            self.consumers = known(consumers);
            self.consumer_list = None;
        }
    }

    /// Adds what the policies say.
    pub(super) fn know_policy(&mut self, definition: Map<String, Value>) {
        self.policy_definition = Some(definition);
        self.dead_letter = self.find_dead_letter();
    }

    fn find_dead_letter(&self) -> DeadLetter {
        // An argument wins over a policy.
        let of = |key: &str| {
            let argument = self.arguments.as_ref().and_then(|map| map.get(&format!("x-{key}")));
            let policy = || self.policy_definition.as_ref().and_then(|map| map.get(key));
            argument.or_else(policy).and_then(Value::as_str).map(str::to_owned)
        };
        match of("dead-letter-exchange") {
            Some(exchange) => {
                DeadLetter::To { exchange, routing_key: of("dead-letter-routing-key") }
            }
            None if self.arguments.is_some() && self.policy_definition.is_some() => {
                DeadLetter::Nowhere
            }
            None => DeadLetter::Unknown,
        }
    }

    /// Where a delivery limit is set.
    pub fn delivery_limits(&self) -> DeliveryLimits {
        let limit = |map: &Option<Map<String, Value>>, key| {
            map.as_ref().and_then(|map| map.get(key)).and_then(Value::as_i64)
        };
        DeliveryLimits {
            reported: self.reported_delivery_limit,
            argument: limit(&self.arguments, "x-delivery-limit"),
            policy: limit(&self.policy_definition, "delivery-limit"),
            readable: self.arguments.is_some() && self.policy_definition.is_some(),
        }
    }

    /// How long a consumer of this queue may keep a message, where the queue has a setting of its
    /// own. The server's setting cannot be asked for; it is 30 minutes by default.
    pub fn consumer_timeout(&self) -> Option<Duration> {
        let of = |map: &Option<Map<String, Value>>, key| {
            map.as_ref().and_then(|map| map.get(key)).and_then(Value::as_u64)
        };
        let argument = of(&self.arguments, "x-consumer-timeout");
        let policy = of(&self.policy_definition, "consumer-timeout");
        argument.into_iter().chain(policy).min().map(Duration::from_millis)
    }

    /// The consumers that are not this connection's own, as far as known.
    pub fn other_consumers(&self) -> Option<u64> {
        let (all, own) = self.consumers.zip(self.own_consumers)?;
        Some(all.saturating_sub(own))
    }

    /// Whether others than this connection consume now, as far as known.
    pub fn has_consumers(&self) -> Option<bool> {
        self.other_consumers().map(|count| count > 0)
    }
}

impl QueueType {
    fn named(name: String) -> QueueType {
        match name.as_str() {
            "classic" | "rabbit_classic_queue" => QueueType::Classic,
            "quorum" | "rabbit_quorum_queue" => QueueType::Quorum,
            "stream" | "rabbit_stream_queue" => QueueType::Stream,
            _ => QueueType::Other(name),
        }
    }
}

impl Rates {
    fn read(answer: &Value) -> Rates {
        let rate = |name: &str| {
            answer.get("message_stats")?.get(format!("{name}_details"))?.get("rate")?.as_f64()
        };
        Rates {
            publish: rate("publish"),
            deliver: rate("deliver_get"),
            ack: rate("ack"),
            redeliver: rate("redeliver"),
        }
    }
}

/// Present and null is "none"; absent is unknown.
fn name_or_none(answer: &Value, name: &str) -> Option<String> {
    match answer.get(name)? {
        Value::Null => Some(String::new()),
        Value::String(name) => Some(name.clone()),
        _ => None,
    }
}

fn consumers(answer: &Value) -> Option<Vec<ConsumerFacts>> {
    // Without statistics the list is there and empty, so it counts only beside the number.
    answer.get("consumers")?;
    let list = answer.get("consumer_details")?.as_array()?;
    Some(list.iter().filter_map(consumer).collect())
}

fn consumer(answer: &Value) -> Option<ConsumerFacts> {
    let channel = answer.get("channel_details").unwrap_or(&Value::Null);
    Some(ConsumerFacts {
        tag: json::text(answer, "consumer_tag")?,
        channel: json::text(channel, "name"),
        connection: json::text(channel, "connection_name"),
        user: json::text(channel, "user"),
        acknowledges: json::truth(answer, "ack_required"),
        prefetch: json::count(answer, "prefetch_count"),
        exclusive: json::truth(answer, "exclusive"),
        active: json::truth(answer, "active"),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(answer: Value) -> QueueFacts {
        QueueFacts::read("/", &answer).unwrap()
    }

    #[test]
    fn what_is_absent_is_unknown_and_never_zero() {
        let facts = read(json!({"name": "q", "consumer_details": [], "arguments": {}}));
        assert_eq!(
            (facts.ready, facts.unacked, facts.total, facts.consumers),
            (None, None, None, None)
        );
        assert_eq!(facts.consumer_list, None, "an empty list without a number says nothing");
        assert_eq!(facts.dead_letter, DeadLetter::Unknown);
        assert_eq!(facts.policy, None);
        assert_eq!(facts.rates, Rates::default());
        assert!(!facts.delivery_limits().readable);
    }

    #[test]
    fn values_of_unexpected_types_are_unknown_too() {
        let facts = read(json!({
            "name": "q", "messages_ready": "undefined", "durable": 1, "arguments": [],
            "consumers": -1, "policy": 7, "type": "mqtt", "message_stats": [],
        }));
        assert_eq!((facts.ready, facts.durable, facts.consumers), (None, None, None));
        assert_eq!(facts.arguments, Some(Map::new()), "Erlang's empty table");
        assert_eq!(facts.kind, Some(QueueType::Other("mqtt".into())));
        assert!(QueueFacts::read("/", &json!({"type": "classic"})).is_none());
    }

    #[test]
    fn the_dead_letter_target_is_the_argument_then_the_policy_then_nowhere() {
        let with = |arguments: Value, policy: Value| {
            read(json!({
                "name": "q", "arguments": arguments, "effective_policy_definition": policy,
            }))
            .dead_letter
        };
        let to = |exchange: &str, key: Option<&str>| DeadLetter::To {
            exchange: exchange.into(),
            routing_key: key.map(Into::into),
        };
        let policy = json!({"dead-letter-exchange": "p", "dead-letter-routing-key": "k"});
        assert_eq!(
            with(json!({"x-dead-letter-exchange": "a"}), policy.clone()),
            to("a", Some("k"))
        );
        assert_eq!(with(json!({}), policy), to("p", Some("k")));
        assert_eq!(with(json!({"x-dead-letter-exchange": ""}), json!({})), to("", None));
        assert_eq!(with(json!({}), json!({})), DeadLetter::Nowhere);
    }

    #[test]
    fn nothing_and_nobody_on_a_quorum_queue_is_no_answer_where_the_api_knows_of_some() {
        let updated = |kind: &str, known: (u64, u64), now: (u64, u64)| {
            let mut facts = read(json!({
                "name": "q", "type": kind, "messages_ready": known.0, "consumers": known.1,
                "messages_unacknowledged": 2, "messages": known.0 + 2,
            }));
            facts.update(now.0, now.1);
            (facts.ready, facts.consumers, facts.total, facts.counts_in_doubt)
        };
        let unknown = (None, None, None, true);
        assert_eq!(updated("quorum", (5, 0), (0, 0)), unknown);
        assert_eq!(updated("quorum", (0, 1), (0, 0)), unknown);
        let nothing = (Some(0), Some(0), Some(2), false);
        assert_eq!(updated("quorum", (0, 0), (0, 0)), nothing);
        assert_eq!(updated("classic", (5, 1), (0, 0)), nothing);
        assert_eq!(updated("quorum", (5, 1), (0, 1)), (Some(0), Some(1), Some(2), false));
        assert_eq!(updated("quorum", (5, 1), (3, 0)), (Some(3), Some(0), Some(5), false));
    }

    #[test]
    fn consumers_are_read_with_their_channel() {
        let facts = read(json!({
            "name": "q", "consumers": 1,
            "consumer_details": [{
                "consumer_tag": "t", "ack_required": true, "prefetch_count": 10, "active": true,
                "exclusive": false,
                "channel_details": {"name": "1.2.3.4:5 (1)", "connection_name": "c", "user": "u"},
            }],
        }));
        let consumer = &facts.consumer_list.unwrap()[0];
        assert_eq!(consumer.channel.as_deref(), Some("1.2.3.4:5 (1)"));
        assert_eq!((consumer.prefetch, consumer.active), (Some(10), Some(true)));
    }
}
