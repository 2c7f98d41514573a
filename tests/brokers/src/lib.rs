//! Real brokers for tests, demo and benchmarks, without containers.
//!
//! [`Kafka::start`] and [`RabbitMq::start`] run the real programs on free ports of 127.0.0.1, in
//! folders of their own, with certificates made for that run; [`kafka`] and [`rabbitmq`] are one
//! shared start per process. [`World`] fills both with the demo company of `world/*.toml`.
//! [`Proxy`] and [`TlsDoor`] stand in front of a broker, or in its place, to make it fail.
//! [`mod@extent`] says how much of the long tests runs.
//!
//! Invariants:
//! - nothing listens outside 127.0.0.1;
//! - no process outlives the one that started it, however that one ended;
//! - a run's folder is removed at its end, unless something panicked: then its logs are kept and
//!   their path is printed.
//!
//! Left out: fetching the brokers' files (`scripts/broker-files` does, before any test runs), and
//! every platform but Linux, because the second invariant rests on parent-death signals.
//!
//! The API is blocking and uses no async runtime of the caller, so that plain and tokio tests alike
//! can call it. What cannot go on panics: a broker that does not start is a failed test, and its
//! log is the message.

mod certificates;
pub mod extent;
pub mod files;
mod folder;
pub mod inspect;
pub mod kafka;
mod ports;
pub mod process;
mod proxy;
pub mod rabbitmq;
mod tls_door;
pub mod world;

use std::sync::OnceLock;

pub use certificates::{Authority, Identity};
pub use extent::{Dice, Extent, dice, extent, rounds, sample};
pub use kafka::{Kafka, KafkaOptions, Listener};
pub use ports::Port;
pub use proxy::{Fault, Proxy};
pub use rabbitmq::{RabbitMq, RabbitOptions};
pub use tls_door::TlsDoor;
pub use world::World;

/// The Kafka node that all tests of this process share, started by the first one that asks.
///
/// Tests that kill, freeze or reconfigure a broker start their own.
pub fn kafka() -> &'static Kafka {
    static SHARED: OnceLock<Kafka> = OnceLock::new();
    SHARED.get_or_init(|| Kafka::start(KafkaOptions::default()))
}

/// The RabbitMQ node that all tests of this process share, started by the first one that asks.
///
/// Tests that kill, freeze or reconfigure a broker start their own.
pub fn rabbitmq() -> &'static RabbitMq {
    static SHARED: OnceLock<RabbitMq> = OnceLock::new();
    SHARED.get_or_init(|| RabbitMq::start(RabbitOptions::default()))
}
