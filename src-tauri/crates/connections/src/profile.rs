//! A connection as the user describes it. A profile never holds a secret: those are in
//! [`crate::secrets`], under the profile's id.
//!
//! These shapes are also the format of the file of profiles, version 1. A field that they do not
//! know is refused, not dropped: it is a typing error, or a secret in the wrong place. So every
//! change of a shape needs a new version of the file.

mod destination;
mod endpoint;
mod validate;

use std::fmt;

pub use destination::Destination;
pub use endpoint::endpoints;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The identity of a profile; it survives renaming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ProfileId(pub Uuid);

impl ProfileId {
    /// A new identity.
    pub fn random() -> Self {
        ProfileId(Uuid::new_v4())
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One saved connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The identity.
    pub id: ProfileId,
    /// What people call it, 1 to 100 characters, unique among profiles.
    pub name: String,
    /// What breaks if something goes wrong here.
    pub environment: Environment,
    /// What may be changed without unlocking; production is read-only whatever it says here.
    pub access: AccessLevel,
    /// Which broker, and how to reach it.
    pub broker: Broker,
}

impl Profile {
    /// Whether everything that decides where it connects to and what it allows is the same. Every
    /// field is named here, so that a new one does not compile until somebody decided about it.
    pub fn differs_by_name_at_most(&self, other: &Profile) -> bool {
        let Profile { id, name: _, environment, access, broker } = self;
        *id == other.id
            && *environment == other.environment
            && *access == other.access
            && *broker == other.broker
    }
}

/// What breaks if something goes wrong here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// A developer's.
    Dev,
    /// Before production.
    Staging,
    /// Real users and real money.
    Production,
}

/// What a connection allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessLevel {
    /// Nothing is changed, messages are not even held.
    ReadOnly,
    /// Changes are previewed first.
    Guarded,
    /// Changes are made at once.
    Open,
}

/// Which broker, and how to reach it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Broker {
    /// Apache Kafka.
    Kafka(KafkaSettings),
    /// RabbitMQ.
    #[serde(rename = "rabbitmq")]
    RabbitMq(RabbitMqSettings),
}

/// How to reach a Kafka cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaSettings {
    /// At least one.
    pub bootstrap_servers: Vec<Endpoint>,
    /// The listener's security protocol.
    pub security: KafkaSecurity,
}

/// Kafka's `security.protocol`, with what each needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "protocol", rename_all = "snake_case", deny_unknown_fields)]
pub enum KafkaSecurity {
    /// `PLAINTEXT`: no encryption, no authentication.
    Plaintext,
    /// `SSL`: TLS, authentication by client certificate where the broker asks for one.
    Ssl {
        /// Trust and client certificate.
        tls: Tls,
    },
    /// `SASL_SSL`: TLS and a user.
    SaslSsl {
        /// Trust, and a client certificate where the broker asks for one too.
        tls: Tls,
        /// The SASL mechanism.
        mechanism: SaslMechanism,
        /// The user; the password is a secret.
        user: String,
    },
}

/// How the password is proven to Kafka.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum SaslMechanism {
    /// `PLAIN`
    #[serde(rename = "PLAIN")]
    Plain,
    /// `SCRAM-SHA-256`
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    /// `SCRAM-SHA-512`
    #[serde(rename = "SCRAM-SHA-512")]
    ScramSha512,
}

/// How to reach a RabbitMQ node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RabbitMqSettings {
    /// Host and AMQP port.
    pub endpoint: Endpoint,
    /// The virtual host, often `/`.
    pub vhost: String,
    /// Who connects.
    pub authentication: RabbitMqAuthentication,
    /// `None` is plain `amqp`.
    pub tls: Option<Tls>,
    /// Base URL of the management API, `http://` or `https://`; without it the console still
    /// serves what AMQP can.
    pub management_url: Option<String>,
}

/// Who connects to RabbitMQ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "mechanism", rename_all = "snake_case", deny_unknown_fields)]
pub enum RabbitMqAuthentication {
    /// `PLAIN`; the password is a secret.
    Plain {
        /// The user.
        user: String,
    },
    /// `EXTERNAL`: the client certificate is the identity.
    External {
        /// For the management API, which has no EXTERNAL in old versions: a user with the stored
        /// password; `None` leaves the management API out.
        management_user: Option<String>,
    },
}

/// Whom to trust, and who we are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Which authorities are trusted.
    pub trust: Trust,
    /// PEM of the authority, one or more certificates; needed unless `trust` is `System`.
    pub ca_pem: Option<String>,
    /// PEM of the client certificate and its chain; the private key is a secret.
    pub certificate_pem: Option<String>,
    /// False switches off the comparison of the server's name, in red.
    pub verify_name: bool,
}

/// Which authorities are trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    /// The operating system's.
    System,
    /// The operating system's and the profile's.
    SystemAndCa,
    /// The profile's and no other.
    OnlyCa,
}

/// A host name or address, and a port.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// A name, an IPv4 or an IPv6 address without brackets.
    pub host: String,
    /// 1 to 65,535.
    pub port: u16,
}
