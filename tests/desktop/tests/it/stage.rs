//! What the tests share: both brokers with the demo world and a few things more.
//!
//! All of it is there before the first window opens, and no test adds or removes a topic or a queue
//! of it: lists that one test compares are not changed by another one. Queues are shared out: each
//! has one test that holds its messages.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use brokers::kafka::acl::{Acl, Operation, Resource};
use brokers::{Kafka, Listener, RabbitMq, World};
use desktop::oracle::Oracle;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::KafkaError;
use rdkafka::message::Message;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};
use serde_json::{Value, json};

use crate::hostile;

/// The queue of dead invoices that the layout test holds, in a small window.
pub const INVOICES: &str = "invoices.dlq";
/// The same for a large window.
pub const REFUNDS: &str = "refunds.dlq";
/// The same for the French walk.
pub const RETURNS: &str = "returns.dlq";
/// The queue that the tests on leaving hold.
pub const FORMS: &str = "forms";
/// The queue that the user `limited` may read.
pub const TASKS: &str = "task_retries";
/// The queue that the hostile test holds.
pub const HOSTILE: &str = "hostile";
/// A topic that the user `reader` sees and may not read.
pub const RESTRICTED: &str = "orders.restricted";

/// Both brokers, filled.
pub struct Stage {
    pub kafka: &'static Kafka,
    pub rabbit: &'static RabbitMq,
    pub world: World,
}

impl Stage {
    pub fn oracle(&self) -> Oracle<'static> {
        Oracle { kafka: self.kafka, rabbit: self.rabbit }
    }

    /// Expiry and what follows from it are the broker's work, which takes its time.
    fn until_dead(&self, queue: &str, count: u64) {
        let started = Instant::now();
        while self.oracle().depth(queue).ready < count {
            assert!(started.elapsed() < Duration::from_secs(30), "the messages of {queue} died");
        }
    }
}

/// The one of this process, made by the first test that asks.
pub fn stage() -> &'static Stage {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    STAGE.get_or_init(|| {
        let starting = std::thread::spawn(brokers::kafka);
        let rabbit = brokers::rabbitmq();
        let kafka = starting.join().expect("Kafka starts");
        let world = World::seed(kafka, rabbit);
        dead_letters(rabbit, "invoices", INVOICES, 24);
        dead_letters(rabbit, "refunds", REFUNDS, 40);
        dead_letters(rabbit, "returns", RETURNS, 16);
        for (queue, count) in [(FORMS, 5), (TASKS, 2)] {
            queue_of(rabbit, queue, json!({}));
            fill(rabbit, queue, count);
        }
        hostile::fill(kafka, rabbit);
        records(kafka, RESTRICTED, 3);
        let denied = Acl::deny("reader", Operation::Read, Resource::Topic, RESTRICTED);
        kafka.allow(&[denied]);
        let stage = Stage { kafka, rabbit, world };
        stage.until_dead(INVOICES, 24);
        stage.until_dead(REFUNDS, 40);
        stage.until_dead(RETURNS, 16);
        stage
    })
}

/// Messages that expired in one queue and lie dead in another one, which counts looks.
fn dead_letters(rabbit: &RabbitMq, alive: &str, dead: &str, count: u32) {
    queue_of(rabbit, dead, json!({ "x-queue-type": "quorum", "x-delivery-limit": 20 }));
    let arguments = json!({
        "x-message-ttl": 1, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": dead,
    });
    queue_of(rabbit, alive, arguments);
    for n in 1..=count {
        let headers = json!({
            "x-exception-message": "provider north did not answer within 3000 ms",
            "attempt": 3, "final": n % 2 == 0,
        });
        let properties = json!({
            "message_id": format!("{alive}-{n}"), "content_type": "application/json",
            "delivery_mode": 2, "headers": headers, "app_id": "billing",
        });
        let body =
            json!({ "task": "Nouvelle tâche", "id": n, "orderId": 9_007_199_254_740_993_u64 });
        publish(rabbit, alive, properties, &body.to_string());
    }
}

/// A durable queue of the default virtual host.
pub fn queue_of(rabbit: &RabbitMq, queue: &str, arguments: Value) {
    let body = json!({ "durable": true, "arguments": arguments });
    rabbit.api("PUT", &format!("/api/queues/%2F/{queue}"), Some(&body)).expect("a queue");
}

/// Small persistent messages.
pub fn fill(rabbit: &RabbitMq, queue: &str, count: u32) {
    for n in 1..=count {
        let properties = json!({ "message_id": format!("{queue}-{n}"), "delivery_mode": 2 });
        publish(rabbit, queue, properties, &format!(r#"{{"form":{n}}}"#));
    }
}

/// One message straight to a queue of the default virtual host.
pub fn publish(rabbit: &RabbitMq, queue: &str, properties: Value, body: &str) {
    let message = json!({
        "properties": properties, "routing_key": queue, "payload": body,
        "payload_encoding": "string",
    });
    let path = "/api/exchanges/%2F/amq.default/publish";
    let answer = rabbit.api("POST", path, Some(&message)).expect("the message is taken");
    assert_eq!(answer["routed"], true, "{queue} got the message");
}

/// A topic with one partition and records `{"record":n}`.
pub fn records(kafka: &Kafka, topic: &str, count: u32) {
    let producer = producer(kafka);
    for n in 1..=count {
        let (key, value) = (format!("k-{n}"), format!(r#"{{"record":{n}}}"#));
        let record = BaseRecord::to(topic).partition(0).key(&key).payload(&value);
        producer.send(record).unwrap_or_else(|(error, _)| panic!("{topic}: {error}"));
    }
    producer.flush(Duration::from_secs(30)).expect("Kafka takes the records");
}

/// Every value of a topic, read without a group by a bare client.
pub fn values(kafka: &Kafka, topic: &str) -> Vec<String> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", kafka.bootstrap(Listener::Address));
    config.set("group.id", "unused").set("enable.partition.eof", "true");
    config.set("enable.auto.commit", "false");
    let consumer: BaseConsumer = config.create().expect("a consumer");
    let patience = Duration::from_secs(30);
    let known = consumer.fetch_metadata(Some(topic), patience).expect("the topic is there");
    let mut from = TopicPartitionList::new();
    for partition in known.topics()[0].partitions() {
        from.add_partition_offset(topic, partition.id(), Offset::Beginning).expect("an offset");
    }
    consumer.assign(&from).expect("partitions can be assigned");
    let (mut values, mut ended) = (Vec::new(), 0);
    while ended < from.count() {
        match consumer.poll(patience).expect("a record or the end") {
            Ok(record) => {
                let value = record.payload().unwrap_or_default();
                values.push(String::from_utf8_lossy(value).into_owned());
            }
            Err(KafkaError::PartitionEOF(_)) => ended += 1,
            Err(error) => panic!("{topic}: {error}"),
        }
    }
    values
}

/// A producer with every right. Topics that it writes to are created by the broker.
pub fn producer(kafka: &Kafka) -> BaseProducer {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", kafka.bootstrap(Listener::Address));
    config.set("message.max.bytes", "33554432").set("enable.idempotence", "true");
    config.create().expect("a producer")
}
