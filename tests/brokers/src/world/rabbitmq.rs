//! Fills RabbitMQ, and keeps its consumers.

mod message;
mod topology;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use lapin::options::{
    BasicGetOptions, BasicNackOptions, BasicPublishOptions, BasicRejectOptions,
    ConfirmSelectOptions, QueueDeclareOptions,
};
use lapin::types::FieldTable;
use lapin::{Channel, Connection, ConnectionProperties};
use tokio::runtime::Runtime;
use tokio::sync::{oneshot, watch};

use super::data::{Fate, Messages, Queue, QueueKind, RabbitData, fill as text};
use super::facts::{Facts, MessageFacts, QueueFacts};

/// Anything here takes milliseconds; a machine that compiles beside it may need more.
const PATIENCE: Duration = Duration::from_secs(30);

/// A filled broker and its live consumers.
pub struct Live {
    pub facts: Facts,
    runtime: Runtime,
    connection: Connection,
}

impl Live {
    /// Declares everything, publishes, and lets happen what the data says.
    pub fn fill(url: &str) -> Live {
        let runtime = super::runtime();
        let (facts, connection) = runtime.block_on(async {
            let properties = ConnectionProperties::default().with_connection_name("shop".into());
            let connection = Connection::connect(url, properties).await.expect("RabbitMQ is up");
            let facts = Filling::new(&connection, RabbitData::load()).await.run().await;
            (facts, connection)
        });
        Live { facts, runtime, connection }
    }

    /// Keeps the consumers until told to end.
    pub fn until(self, end: oneshot::Receiver<()>) {
        self.runtime.block_on(async {
            // An error means that the sender was dropped: that is the signal.
            let _ = end.await;
            // The broker may be gone already.
            let _ = self.connection.close(200, "the demo world ended".into()).await;
        });
    }
}

struct Filling {
    data: RabbitData,
    channel: Channel,
    /// How many messages each live consumer has acknowledged.
    taken: BTreeMap<String, watch::Receiver<u64>>,
    facts: Facts,
}

impl Filling {
    async fn new(connection: &Connection, data: RabbitData) -> Filling {
        let channel = connection.create_channel().await.expect("a channel");
        let confirm = channel.confirm_select(ConfirmSelectOptions::default()).await;
        confirm.expect("confirms");
        let mut taken = BTreeMap::new();
        topology::declare(&channel, &data).await;
        for queue in &data.queue {
            if let Some(tag) = &queue.consumer {
                let own = connection.create_channel().await.expect("a channel");
                taken.insert(queue.name.clone(), topology::consume(own, &queue.name, tag).await);
            }
        }
        Filling { data, channel, taken, facts: Facts::default() }
    }

    async fn run(mut self) -> Facts {
        self.facts.exchanges = self.data.exchange.iter().map(|e| e.name.clone()).collect();
        self.facts.queues = self.data.queue.iter().map(queue_facts).collect();
        for messages in std::mem::take(&mut self.data.messages) {
            self.publish(&messages).await;
            self.let_happen(&messages).await;
        }
        self.facts
    }

    async fn publish(&mut self, messages: &Messages) {
        let key = messages.key.as_ref().unwrap_or(&messages.queue);
        let mut confirms = Vec::new();
        for n in 0..messages.repeat {
            let options = BasicPublishOptions { mandatory: true, ..Default::default() };
            let (exchange, key) = (messages.exchange.as_str().into(), key.as_str().into());
            let (body, properties) = (message::body(messages, n), message::properties(messages, n));
            let sent =
                self.channel.basic_publish(exchange, key, options, body.as_bytes(), properties);
            confirms.push(sent.await.expect("RabbitMQ takes it"));
        }
        for confirm in confirms {
            let confirm = confirm.await.expect("RabbitMQ answers");
            let routed = matches!(confirm, lapin::Confirmation::Ack(None));
            assert!(routed, "a message to {} was not routed: {confirm:?}", messages.queue);
        }
    }

    async fn let_happen(&mut self, messages: &Messages) {
        let (queue, count) = (messages.queue.as_str(), messages.repeat);
        match messages.fate {
            Fate::Stays => {
                for _ in 0..messages.returned {
                    self.take(queue, count, After::Return).await;
                }
                self.expect(queue).messages += count;
                // A stream tells its length only to the management API, and later.
                if self.expect(queue).kind != QueueKind::Stream {
                    self.arrived(queue).await;
                }
                self.remember(messages, queue);
            }
            Fate::Taken => {
                let taken = self.taken.get_mut(queue).expect("a queue with a consumer");
                let done = taken.wait_for(|taken| *taken >= count);
                let done = tokio::time::timeout(PATIENCE, done).await;
                let _ = done.expect("all were taken in time").expect("the consumer lives");
            }
            Fate::Expires | Fate::Rejected => {
                let declared = self.data.queue.iter().find(|declared| declared.name == queue);
                let target = declared.and_then(|declared| declared.dead_letter_to.clone());
                let target = target.unwrap_or_else(|| panic!("{queue} has no dead_letter_to"));
                if messages.fate == Fate::Rejected {
                    self.take(queue, count, After::Reject).await;
                    self.expect(&target).rejected += count;
                } else {
                    self.expect(&target).expired += count;
                }
                self.expect(&target).messages += count;
                self.arrived(&target).await;
                self.remember(messages, &target);
            }
        }
    }

    fn expect(&mut self, queue: &str) -> &mut QueueFacts {
        let found = self.facts.queues.iter_mut().find(|facts| facts.name == queue);
        found.unwrap_or_else(|| panic!("no queue {queue} is declared"))
    }

    /// Waits until a queue holds as many messages as it should by now.
    async fn arrived(&mut self, queue: &str) {
        let expected = self.expect(queue).messages;
        let started = Instant::now();
        loop {
            let options = QueueDeclareOptions { passive: true, ..Default::default() };
            let asked = self.channel.queue_declare(queue.into(), options, FieldTable::default());
            let found = u64::from(asked.await.expect("the queue is there").message_count());
            if found == expected {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{queue}: {found} messages, not {expected}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// A short-lived consumer takes exactly `count` messages from the front of a queue.
    async fn take(&self, queue: &str, count: u64, after: After) {
        let started = Instant::now();
        let mut held = Vec::new();
        while (held.len() as u64) < count {
            match self.channel.basic_get(queue.into(), BasicGetOptions::default()).await {
                Ok(Some(message)) => held.push(message),
                // What was just returned may take a moment to be ready again.
                Ok(None) => tokio::time::sleep(Duration::from_millis(5)).await,
                Err(error) => panic!("{queue}: {error}"),
            }
            assert!(started.elapsed() < PATIENCE, "{queue}: got {} of {count}", held.len());
        }
        for message in held {
            let settled = match after {
                After::Reject => message.reject(BasicRejectOptions { requeue: false }).await,
                After::Return => {
                    message.nack(BasicNackOptions { requeue: true, multiple: false }).await
                }
            };
            settled.expect("the channel lives");
        }
    }

    fn remember(&mut self, messages: &Messages, queue: &str) {
        let Some(label) = messages.label.clone() else {
            return;
        };
        let facts = MessageFacts {
            queue: queue.to_owned(),
            message_id: text(&messages.message_id, 0),
            correlation_id: messages.correlation_id.as_ref().map(|id| text(id, 0)),
            body: message::body(messages, 0),
            returned: messages.returned,
        };
        self.facts.messages.insert(label, facts);
    }
}

#[derive(Clone, Copy)]
enum After {
    Reject,
    Return,
}

fn queue_facts(queue: &Queue) -> QueueFacts {
    QueueFacts {
        name: queue.name.clone(),
        kind: queue.kind,
        messages: 0,
        rejected: 0,
        expired: 0,
        consumers: u64::from(queue.consumer.is_some()),
        delivery_limit: queue.delivery_limit,
    }
}
