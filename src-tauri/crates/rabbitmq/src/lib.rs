//! Everything that speaks to RabbitMQ: AMQP 0-9-1 and the management API.
//!
//! - [`broker`]: one open connection, what is known of the server, and whether it is still there
//! - [`hold`]: the inspection session: take messages, read them, return or acknowledge each
//! - [`budget`]: how often a message can be looked at before looking destroys it
//! - [`delivery_limit`], [`version`]: what that depends on
//! - [`publish`]: mandatory, confirmed publishing with a result per message
//! - [`management`]: queues, exchanges and routes, from the management API
//! - [`properties`]: an AMQP message to and from the shapes of [`message`], without loss
//! - [`diagnose`]: which step of connecting fails
//!
//! Inside, `client` is the only place that creates AMQP and HTTP clients, `transport` is the
//! connection below AMQP, `link` watches an AMQP connection, and `verdict` turns every error into
//! a [`connections::Failure`].
//!
//! What changes a broker takes a [`connections::Grant`]. Delivery tags never leave [`hold`].
//!
//! lapin writes messages that a broker returned, with their payload, to its own log at level
//! `warn`, and frames at `trace`: whoever installs a subscriber caps the target `lapin` at `error`.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

pub mod broker;
pub mod budget;
mod client;
pub mod delivery_limit;
pub mod diagnose;
pub mod hold;
mod link;
pub mod management;
pub mod properties;
pub mod publish;
mod transport;
mod verdict;
pub mod version;

pub use broker::Broker;
pub use diagnose::diagnose;
pub use link::LinkState;
pub use version::Version;
