//! What a step that passed found, as data: the window words it in its own language. Only what a
//! failure would say stays a sentence.

use serde::{Deserialize, Serialize};

/// One finding of a step. Every text in it is fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "found", rename_all = "snake_case")]
pub enum Found {
    /// The host is written as an address: there was nothing to look up.
    AddressAlready,
    /// The name's addresses.
    Addresses {
        /// How many there are.
        count: usize,
        /// The first of them, at most four.
        first: Vec<String>,
    },
    /// A TCP connection to this address and port.
    Connected {
        /// The address and the port.
        address: String,
    },
    /// Another address of the same name does not take one.
    NotConnected {
        /// The address and the port.
        address: String,
        /// What it does instead.
        why: Unconnected,
    },
    /// The version of TLS, as `1.3`; `None` where it has none that is known here.
    Tls {
        /// The version.
        version: Option<String>,
    },
    /// The server's certificate.
    Certificate {
        /// The names and addresses it is for, at most eight; its subject where it lists none.
        names: Vec<String>,
        /// Who issued it.
        issuer: String,
        /// The last day on which it is valid, in UTC, as `2031-03-03`.
        until: Option<String>,
        /// That day is near.
        soon: bool,
    },
    /// The certificate's name was not compared, as the profile wants it.
    NameUnchecked,
    /// A Kafka broker answers a version of the protocol that the console speaks.
    Kafka,
    /// An AMQP broker answers.
    Amqp {
        /// As `RabbitMQ`, where it says so.
        product: Option<String>,
        /// As `3.10.8`, where it says so.
        version: Option<String>,
        /// The SASL mechanisms that it offers, in its order.
        mechanisms: Vec<String>,
    },
    /// Not every server of the connection answers.
    SomeAnswer {
        /// So many do.
        answering: usize,
        /// Of so many.
        all: usize,
        /// Why another one does not: a sentence.
        objection: String,
    },
    /// Nobody logs in here: everyone is anonymous.
    Anonymous,
    /// The client certificate is accepted.
    ClientCertificate,
    /// The user is accepted.
    User {
        /// Who.
        user: String,
        /// By which mechanism, where there is a choice.
        mechanism: Option<String>,
    },
    /// The cluster describes itself.
    Brokers {
        /// It has so many brokers.
        count: usize,
    },
    /// The virtual host was entered.
    VirtualHost {
        /// Its name.
        vhost: String,
    },
    /// The management API answers this user.
    Management {
        /// Who.
        user: String,
        /// The user's tags.
        tags: Vec<String>,
    },
    /// The broker's own client got through; the console's own check did not look.
    ClientGotThrough,
    /// The broker's own client accepts what the console's own check refuses.
    ClientAccepts {
        /// What the check says: a sentence.
        objection: String,
    },
}

/// What an address does instead of taking a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unconnected {
    /// It refuses.
    Refuses,
    /// There is no route to it.
    Unreachable,
    /// It does not answer.
    Silent,
    /// It takes the connection and resets it.
    Resets,
    /// Anything else.
    Fails,
}
