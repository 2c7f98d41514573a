//! A profile to the form that edits it, and back.

use connections::failure::Code;
use connections::profile::{self, Broker, Endpoint, Profile, ProfileId, endpoints};
use connections::{Failure, access, probe};
use uuid::Uuid;

use crate::wire::connection::{
    AccessLevel, AccessState, BrokerForm, BrokerKind, ConnectionForm, Environment, Found,
    KafkaSecurity, RabbitMqAuthentication, SaslMechanism, Stage, Step, StepState, TlsForm, Trust,
    Unconnected, Unlocked,
};

/// The identity in a text that came from the UI.
///
/// # Errors
/// `invalid` for anything that is no identity.
pub fn id(text: &str) -> Result<ProfileId, Failure> {
    let id = Uuid::parse_str(text);
    id.map(ProfileId).map_err(|_| Failure::new(Code::Invalid, "this is not a connection's id"))
}

impl TryFrom<ConnectionForm> for Profile {
    type Error = Failure;

    fn try_from(form: ConnectionForm) -> Result<Self, Failure> {
        Ok(Profile {
            id: match &form.id {
                Some(text) => id(text)?,
                None => ProfileId::random(),
            },
            name: form.name.trim().to_owned(),
            environment: form.environment.into(),
            access: form.access.into(),
            broker: form.broker.try_into()?,
        })
    }
}

impl TryFrom<BrokerForm> for Broker {
    type Error = Failure;

    fn try_from(form: BrokerForm) -> Result<Self, Failure> {
        Ok(match form {
            BrokerForm::Kafka { bootstrap_servers, security, mechanism, user, tls } => {
                Broker::Kafka(profile::KafkaSettings {
                    bootstrap_servers: endpoints(&bootstrap_servers)?,
                    security: match security {
                        KafkaSecurity::Plaintext => profile::KafkaSecurity::Plaintext,
                        KafkaSecurity::Ssl => profile::KafkaSecurity::Ssl { tls: tls.into() },
                        KafkaSecurity::SaslSsl => profile::KafkaSecurity::SaslSsl {
                            tls: tls.into(),
                            mechanism: mechanism.into(),
                            user,
                        },
                    },
                })
            }
            BrokerForm::RabbitMq {
                host,
                port,
                vhost,
                authentication,
                user,
                use_tls,
                tls,
                management_url,
            } => Broker::RabbitMq(profile::RabbitMqSettings {
                endpoint: Endpoint { host: host.trim().to_owned(), port },
                vhost,
                authentication: match authentication {
                    RabbitMqAuthentication::Plain => {
                        profile::RabbitMqAuthentication::Plain { user }
                    }
                    RabbitMqAuthentication::External => {
                        let management_user = Some(user).filter(|user| !user.is_empty());
                        profile::RabbitMqAuthentication::External { management_user }
                    }
                },
                tls: use_tls.then(|| tls.into()),
                management_url: filled(management_url),
            }),
        })
    }
}

impl From<TlsForm> for profile::Tls {
    fn from(form: TlsForm) -> Self {
        profile::Tls {
            trust: form.trust.into(),
            ca_pem: filled(form.ca_pem),
            certificate_pem: filled(form.certificate_pem),
            verify_name: form.verify_name,
        }
    }
}

fn filled(text: String) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

impl From<Profile> for ConnectionForm {
    fn from(profile: Profile) -> Self {
        ConnectionForm {
            id: Some(profile.id.to_string()),
            name: profile.name,
            environment: profile.environment.into(),
            access: profile.access.into(),
            broker: profile.broker.into(),
        }
    }
}

impl From<Broker> for BrokerForm {
    fn from(broker: Broker) -> Self {
        match broker {
            Broker::Kafka(settings) => {
                let servers: Vec<String> =
                    settings.bootstrap_servers.iter().map(ToString::to_string).collect();
                let (security, mechanism, user, tls) = match settings.security {
                    profile::KafkaSecurity::Plaintext => {
                        (KafkaSecurity::Plaintext, SaslMechanism::ScramSha512, String::new(), None)
                    }
                    profile::KafkaSecurity::Ssl { tls } => {
                        (KafkaSecurity::Ssl, SaslMechanism::ScramSha512, String::new(), Some(tls))
                    }
                    profile::KafkaSecurity::SaslSsl { tls, mechanism, user } => {
                        (KafkaSecurity::SaslSsl, mechanism.into(), user, Some(tls))
                    }
                };
                BrokerForm::Kafka {
                    bootstrap_servers: servers.join(", "),
                    security,
                    mechanism,
                    user,
                    tls: tls.into(),
                }
            }
            Broker::RabbitMq(settings) => {
                let (authentication, user) = match settings.authentication {
                    profile::RabbitMqAuthentication::Plain { user } => {
                        (RabbitMqAuthentication::Plain, user)
                    }
                    profile::RabbitMqAuthentication::External { management_user } => {
                        (RabbitMqAuthentication::External, management_user.unwrap_or_default())
                    }
                };
                BrokerForm::RabbitMq {
                    host: settings.endpoint.host,
                    port: settings.endpoint.port,
                    vhost: settings.vhost,
                    authentication,
                    user,
                    use_tls: settings.tls.is_some(),
                    tls: settings.tls.into(),
                    management_url: settings.management_url.unwrap_or_default(),
                }
            }
        }
    }
}

impl From<Option<profile::Tls>> for TlsForm {
    fn from(tls: Option<profile::Tls>) -> Self {
        match tls {
            Some(tls) => TlsForm {
                trust: tls.trust.into(),
                ca_pem: tls.ca_pem.unwrap_or_default(),
                certificate_pem: tls.certificate_pem.unwrap_or_default(),
                verify_name: tls.verify_name,
            },
            None => TlsForm {
                trust: Trust::System,
                ca_pem: String::new(),
                certificate_pem: String::new(),
                verify_name: true,
            },
        }
    }
}

impl From<&Broker> for BrokerKind {
    fn from(broker: &Broker) -> Self {
        match broker {
            Broker::Kafka(_) => BrokerKind::Kafka,
            Broker::RabbitMq(_) => BrokerKind::RabbitMq,
        }
    }
}

impl From<access::AccessState> for AccessState {
    fn from(state: access::AccessState) -> Self {
        AccessState {
            level: state.level.into(),
            unlocked: state.unlocked.map(|unlocked| Unlocked {
                reason: unlocked.reason,
                // At most eight hours, see the inner crate.
                remaining_seconds: unlocked.remaining.as_secs() as u32,
            }),
        }
    }
}

impl From<probe::Step> for Step {
    fn from(step: probe::Step) -> Self {
        Step {
            stage: step.stage.into(),
            state: step.state.into(),
            took_millis: step.took.map(|took| u32::try_from(took.as_millis()).unwrap_or(u32::MAX)),
            found: step.found.into_iter().map(Into::into).collect(),
            failure: step.failure.map(Into::into),
        }
    }
}

impl From<probe::Found> for Found {
    fn from(fact: probe::Found) -> Self {
        use probe::Found as Inner;
        // None of these is ever more than a few hundred.
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        match fact {
            Inner::AddressAlready => Found::AddressAlready,
            Inner::Addresses { count, first } => Found::Addresses { count: number(count), first },
            Inner::Connected { address } => Found::Connected { address },
            Inner::NotConnected { address, why } => {
                Found::NotConnected { address, why: why.into() }
            }
            Inner::Tls { version } => Found::Tls { version },
            Inner::Certificate { names, issuer, until, soon } => {
                Found::Certificate { names, issuer, until, soon }
            }
            Inner::NameUnchecked => Found::NameUnchecked,
            Inner::Kafka => Found::Kafka,
            Inner::Amqp { product, version, mechanisms } => {
                Found::Amqp { product, version, mechanisms }
            }
            Inner::SomeAnswer { answering, all, objection } => {
                Found::SomeAnswer { answering: number(answering), all: number(all), objection }
            }
            Inner::Anonymous => Found::Anonymous,
            Inner::ClientCertificate => Found::ClientCertificate,
            Inner::User { user, mechanism } => Found::User { user, mechanism },
            Inner::Brokers { count } => Found::Brokers { count: number(count) },
            Inner::VirtualHost { vhost } => Found::VirtualHost { vhost },
            Inner::Management { user, tags } => Found::Management { user, tags },
            Inner::ClientGotThrough => Found::ClientGotThrough,
            Inner::ClientAccepts { objection } => Found::ClientAccepts { objection },
        }
    }
}

macro_rules! same_words {
    ($($wire:ident = $inner:path { $($word:ident)* })*) => {$(
        impl From<$inner> for $wire {
            fn from(word: $inner) -> Self {
                use $inner as Inner;
                match word { $(Inner::$word => $wire::$word),* }
            }
        }

        impl From<$wire> for $inner {
            fn from(word: $wire) -> Self {
                use $inner as Inner;
                match word { $($wire::$word => Inner::$word),* }
            }
        }
    )*};
}

same_words! {
    Environment = profile::Environment { Dev Staging Production }
    AccessLevel = profile::AccessLevel { ReadOnly Guarded Open }
    SaslMechanism = profile::SaslMechanism { Plain ScramSha256 ScramSha512 }
    Trust = profile::Trust { System SystemAndCa OnlyCa }
    Stage = probe::Stage { NameLookup Tcp Tls Protocol Authentication Authorization Management }
    StepState = probe::StepState { Passed Failed NotReached }
    Unconnected = probe::Unconnected { Refuses Unreachable Silent Resets Fails }
}
