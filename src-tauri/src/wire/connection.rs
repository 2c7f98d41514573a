//! Connections: the list, the form, the test.

use connections::secret::Secret;
use connections::{directory, secrets};
use serde::{Deserialize, Deserializer, Serialize};
use specta::Type;

use crate::wire::Failure;

/// One line of the navigation.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionSummary {
    pub id: String,
    pub name: String,
    pub broker: BrokerKind,
    pub environment: Environment,
    pub access: AccessState,
    pub state: ConnectionState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum BrokerKind {
    Kafka,
    #[serde(rename = "rabbitmq")]
    RabbitMq,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    Dev,
    Staging,
    Production,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum AccessLevel {
    ReadOnly,
    Guarded,
    Open,
}

/// What a connection allows now.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct AccessState {
    pub level: AccessLevel,
    pub unlocked: Option<Unlocked>,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Unlocked {
    pub reason: String,
    pub remaining_seconds: u32,
}

/// Whether the broker can be reached, as far as it was tried.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "state", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ConnectionState {
    /// Not tried in this run.
    Closed,
    Connecting,
    /// `product` is what the broker says it is, such as `RabbitMQ 3.10.8`, where it says so.
    Open {
        product: Option<String>,
    },
    Failed {
        failure: Failure,
    },
}

/// A connection to be edited or tested. `id` is null for a new one.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionForm {
    pub id: Option<String>,
    pub name: String,
    pub environment: Environment,
    pub access: AccessLevel,
    pub broker: BrokerForm,
}

#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum BrokerForm {
    Kafka {
        /// `host:port`, separated by commas.
        bootstrap_servers: String,
        security: KafkaSecurity,
        mechanism: SaslMechanism,
        user: String,
        tls: TlsForm,
    },
    #[serde(rename = "rabbitmq")]
    RabbitMq {
        host: String,
        port: u16,
        vhost: String,
        authentication: RabbitMqAuthentication,
        user: String,
        use_tls: bool,
        tls: TlsForm,
        /// Empty where there is none.
        management_url: String,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub enum KafkaSecurity {
    #[serde(rename = "PLAINTEXT")]
    Plaintext,
    #[serde(rename = "SSL")]
    Ssl,
    #[serde(rename = "SASL_SSL")]
    SaslSsl,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub enum SaslMechanism {
    #[serde(rename = "PLAIN")]
    Plain,
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    #[serde(rename = "SCRAM-SHA-512")]
    ScramSha512,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
pub enum RabbitMqAuthentication {
    #[serde(rename = "PLAIN")]
    Plain,
    /// The client certificate is the identity; `user` is then the one for the management API.
    #[serde(rename = "EXTERNAL")]
    External,
}

#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct TlsForm {
    pub trust: Trust,
    /// Empty where there is none.
    pub ca_pem: String,
    /// Empty where there is none.
    pub certificate_pem: String,
    pub verify_name: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Trust {
    System,
    SystemAndCa,
    OnlyCa,
}

/// What to do with a secret when a form is saved or tested. It only ever goes in: nothing returns it.
#[derive(Deserialize, Type)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum SecretChange {
    Keep,
    Set { text: Entered },
    Forget,
}

/// A secret on its way in: wiped when it is dropped, also where it is not used.
#[derive(Type)]
#[specta(transparent)]
pub struct Entered(#[specta(type = String)] Secret);

impl<'de> Deserialize<'de> for Entered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Entered(Secret::new(text)))
    }
}

impl From<SecretChange> for directory::SecretChange {
    fn from(change: SecretChange) -> Self {
        match change {
            SecretChange::Keep => directory::SecretChange::Keep,
            SecretChange::Set { text } => directory::SecretChange::Set(text.0),
            SecretChange::Forget => directory::SecretChange::Forget,
        }
    }
}

impl From<SecretChanges> for directory::SecretChanges {
    fn from(changes: SecretChanges) -> Self {
        directory::SecretChanges {
            password: changes.password.into(),
            private_key: changes.private_key.into(),
        }
    }
}

#[derive(Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SecretChanges {
    pub password: SecretChange,
    pub private_key: SecretChange,
}

/// Where a secret is, never what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SecretPlace {
    None,
    Keyring,
    /// In memory, until the app ends.
    Memory,
    /// The keyring does not tell: locked, or it does not answer.
    Unknown,
}

/// Where the secrets of a connection are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SecretPlaces {
    pub password: SecretPlace,
    pub private_key: SecretPlace,
}

impl From<secrets::Places> for SecretPlaces {
    fn from(places: secrets::Places) -> Self {
        let place = |place| match place {
            secrets::Place::None => SecretPlace::None,
            secrets::Place::Keyring => SecretPlace::Keyring,
            secrets::Place::Memory => SecretPlace::Memory,
            secrets::Place::Unknown => SecretPlace::Unknown,
        };
        SecretPlaces { password: place(places.password), private_key: place(places.private_key) }
    }
}

/// A connection that was saved, and where its secrets are now.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SavedConnection {
    pub form: ConnectionForm,
    pub secrets: SecretPlaces,
    /// What did not work about its secrets; it is saved all the same.
    pub notices: Vec<Failure>,
}

/// A connection that was removed.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct RemovedConnection {
    /// What did not work about its secrets; it is removed all the same.
    pub notice: Option<Failure>,
}

/// Whether secrets can be kept beyond this run.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct KeyringStatus {
    pub state: KeyringState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum KeyringState {
    Available,
    Locked,
    Missing,
    Refused,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    NameLookup,
    Tcp,
    Tls,
    Protocol,
    Authentication,
    Authorization,
    Management,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum StepState {
    Passed,
    Failed,
    NotReached,
}

/// One step of a test.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub stage: Stage,
    pub state: StepState,
    pub took_millis: Option<u32>,
    /// What was found, where it passed.
    pub found: Vec<Found>,
    /// Why it failed, where it did.
    pub failure: Option<Failure>,
}

/// What a step that passed found. Its texts are names, addresses and words of protocols, except for
/// an objection: a sentence in English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "found", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum Found {
    AddressAlready,
    Addresses {
        count: u32,
        /// The first of them.
        first: Vec<String>,
    },
    Connected {
        address: String,
    },
    NotConnected {
        address: String,
        why: Unconnected,
    },
    Tls {
        version: Option<String>,
    },
    Certificate {
        names: Vec<String>,
        issuer: String,
        /// A day in UTC, as `2031-03-03`.
        until: Option<String>,
        soon: bool,
    },
    NameUnchecked,
    Kafka,
    Amqp {
        product: Option<String>,
        version: Option<String>,
        mechanisms: Vec<String>,
    },
    SomeAnswer {
        answering: u32,
        all: u32,
        objection: String,
    },
    Anonymous,
    ClientCertificate,
    User {
        user: String,
        mechanism: Option<String>,
    },
    Brokers {
        count: u32,
    },
    VirtualHost {
        vhost: String,
    },
    Management {
        user: String,
        tags: Vec<String>,
    },
    ClientGotThrough,
    ClientAccepts {
        objection: String,
    },
}

/// What an address does instead of taking a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum Unconnected {
    Refuses,
    Unreachable,
    Silent,
    Resets,
    Fails,
}

/// Something the console found when it started and that people must know: an unreadable file.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    pub id: String,
    pub failure: Failure,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_on_its_way_in_is_wiped_when_dropped_and_arrives_whole() {
        let sent = r#"{"password": {"change": "set", "text": "p\u00e4ss \" word"},
                       "privateKey": {"change": "keep"}}"#;
        let changes: SecretChanges = serde_json::from_str(sent).unwrap();
        let changes = directory::SecretChanges::from(changes);
        let directory::SecretChange::Set(password) = changes.password else { panic!("it is set") };
        assert_eq!(password.expose(), "päss \" word");
        assert!(matches!(changes.private_key, directory::SecretChange::Keep));
    }
}
