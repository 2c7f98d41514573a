//! The brokers of this crate, tried with real clients and with the brokers' own tools.
//!
//! One binary, so that all tests share one start of each broker; only tests that kill or freeze
//! start their own.

mod kafka_access;
mod lifecycle;
mod rabbitmq_access;
mod world;
