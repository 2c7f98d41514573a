//! The demo world: a small company on Kronos, as data in `world/kafka.toml` and
//! `world/rabbitmq.toml`.
//!
//! The content is the same each time; only timestamps move with the clock. What happened in it
//! really happened: messages were rejected by a consumer, expired, were returned, and offsets were
//! committed.

mod data;
pub mod facts;
mod kafka;
mod rabbitmq;

use tokio::sync::oneshot;

pub use facts::{Facts, GroupFacts, MessageFacts, QueueFacts, QueueKind, RecordFacts, TopicFacts};

use crate::{Kafka, RabbitMq};

/// Two filled brokers. Its consumers live until it is dropped.
#[derive(Debug)]
pub struct World {
    facts: Facts,
    // Dropping the sender is the signal that the consumers' thread waits for.
    end: Option<oneshot::Sender<()>>,
    consumers: Option<std::thread::JoinHandle<()>>,
}

impl World {
    /// Fills two empty brokers. Takes a few seconds.
    ///
    /// # Panics
    /// When a broker refuses a part of it, for example because it is not empty.
    pub fn seed(kafka: &Kafka, rabbit: &RabbitMq) -> World {
        let mut facts = Facts::default();
        // Threads with a runtime of their own: the caller may be inside a runtime, and must not
        // be blocked on by it.
        let rabbit_url = rabbit.amqp_url("admin", "/");
        let bootstrap = kafka.bootstrap(crate::Listener::Address);
        let replicas = kafka.nodes();
        let (ready, filled) = std::sync::mpsc::channel();
        let (end, ended) = oneshot::channel();
        let consumers = std::thread::spawn(move || {
            let live = rabbitmq::Live::fill(&rabbit_url);
            ready.send(live.facts.clone()).expect("the world waits for this");
            live.until(ended);
        });
        let topics = std::thread::spawn(move || kafka::fill(&bootstrap, replicas));
        // Whose error it was, its own panic said already.
        let topics = topics.join().expect("Kafka was filled");
        let queues: Facts = filled.recv().expect("RabbitMQ was filled");
        facts.topics = topics.topics;
        facts.groups = topics.groups;
        facts.records = topics.records;
        facts.exchanges = queues.exchanges;
        facts.queues = queues.queues;
        facts.messages = queues.messages;
        World { facts, end: Some(end), consumers: Some(consumers) }
    }

    /// What is in it.
    pub fn facts(&self) -> &Facts {
        &self.facts
    }
}

impl Drop for World {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(consumers) = self.consumers.take() {
            let _ = consumers.join();
        }
    }
}

/// A runtime of the world's own; its one worker also drives what no future waits for.
fn runtime() -> tokio::runtime::Runtime {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.worker_threads(1).enable_all().build().expect("a runtime starts")
}
