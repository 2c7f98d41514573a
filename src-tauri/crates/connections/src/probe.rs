//! Which step of connecting fails, and why.
//!
//! [`reach`] walks the steps that need no account: name, TCP, TLS, and one question that every
//! broker of the kind answers to anyone. It never logs in: an account must not be locked by a
//! diagnosis. The broker's own client goes on from there, and [`Diagnosis::judge`] puts both
//! together. Two TLS libraries are at work (rustls here, OpenSSL inside librdkafka) and they do not
//! accept the same things, so the client's result is the verdict and the probe only explains it.
//!
//! Everything is bounded in time and in bytes, and every text that the other side chose passes
//! [`crate::printable`]. Proxies and tunnels are left out: the probe connects as the clients do,
//! directly.

mod amqp;
mod certificate;
mod dialogue;
mod found;
mod handshake;
mod judge;
mod kafka;
mod lookup;
mod peer;
mod reach;
mod witness;
mod wording;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

pub use found::{Found, Unconnected};
pub use judge::Finding;
pub use reach::{Protocol, reach, reach_any};

/// The steps of connecting, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The host's name to addresses.
    NameLookup,
    /// A TCP connection.
    Tcp,
    /// The TLS handshake; absent where the profile uses none.
    Tls,
    /// The peer speaks the broker's protocol.
    Protocol,
    /// The broker accepts the credentials.
    Authentication,
    /// The account may do what the console needs first.
    Authorization,
    /// RabbitMQ's management API answers.
    Management,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    /// It worked.
    Passed,
    /// It did not, and nothing after it was tried.
    Failed,
    /// An earlier step failed.
    NotReached,
}

/// One step, for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Which step.
    pub stage: Stage,
    /// How it ended.
    pub state: StepState,
    /// How long it took; `None` where it was not reached or not measured.
    pub took: Option<Duration>,
    /// What was found, where it passed.
    pub found: Vec<Found>,
    /// Why it failed, where it did.
    pub failure: Option<Failure>,
}

/// The steps in order, and what they amount to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Every stage of this kind of connection, reached or not.
    pub steps: Vec<Step>,
}

impl Step {
    fn not_reached(stage: Stage) -> Self {
        Step { stage, state: StepState::NotReached, took: None, found: Vec::new(), failure: None }
    }

    fn passed(stage: Stage, took: Option<Duration>, found: Vec<Found>) -> Self {
        Step { stage, state: StepState::Passed, took, found, failure: None }
    }

    fn failed(stage: Stage, took: Option<Duration>, failure: Failure) -> Self {
        Step { stage, state: StepState::Failed, took, found: Vec::new(), failure: Some(failure) }
    }
}
