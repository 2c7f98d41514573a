//! Where the secrets of a profile go.
//!
//! A stored secret is for the place it was typed for. Whoever may edit a profile, or the file it is
//! in, must not be able to have its password sent somewhere else, or less protected, without knowing
//! it. So the name of a stored secret holds its destination: one that was typed for another place is
//! not found, whatever could not be removed and whenever the program ended.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::profile::{
    Broker, Endpoint, KafkaSecurity, KafkaSettings, Profile, RabbitMqAuthentication,
    RabbitMqSettings, SaslMechanism, Tls, Trust,
};

/// Where secrets go, as a name of 32 hexadecimal digits: the first half of the SHA-256 of what
/// decides about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Destination(String);

impl fmt::Display for Destination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Profile {
    /// Where its secrets go: addresses, trust, mechanism and user. What is not part of it: name,
    /// environment, access level, virtual host, and the client certificate, which is shown to the
    /// same peer. It is the same in every version of the program: stored secrets have it in their
    /// name.
    pub fn destination(&self) -> Destination {
        // JSON separates the parts, whatever they hold.
        let parts = serde_json::Value::from(parts(&self.broker)).to_string();
        let hash = Sha256::digest(parts.as_bytes());
        Destination(hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect())
    }

    /// Whether secrets typed for this profile may be used by `other`.
    pub fn shares_secrets_with(&self, other: &Profile) -> bool {
        self.destination() == other.destination()
    }

    /// Where it connects to, for people: `kafka-1:9093, kafka-2:9093`.
    pub fn address(&self) -> String {
        match &self.broker {
            Broker::Kafka(settings) => {
                let servers = settings.bootstrap_servers.iter().map(ToString::to_string);
                servers.collect::<Vec<_>>().join(", ")
            }
            Broker::RabbitMq(settings) => match &settings.management_url {
                Some(url) => format!("{}, {url}", settings.endpoint),
                None => settings.endpoint.to_string(),
            },
        }
    }
}

/// What decides about a destination. Every field is named here, so that a new one does not compile
/// until somebody decided whether it belongs to it.
fn parts(broker: &Broker) -> Vec<String> {
    match broker {
        Broker::Kafka(KafkaSettings { bootstrap_servers, security }) => {
            let mut parts = vec!["kafka".to_owned()];
            parts.extend(bootstrap_servers.iter().map(Endpoint::to_string));
            match security {
                KafkaSecurity::Plaintext => parts.push("plaintext".to_owned()),
                KafkaSecurity::Ssl { tls } => parts.extend(protection("ssl", tls)),
                KafkaSecurity::SaslSsl { tls, mechanism, user } => {
                    parts.extend(protection("sasl_ssl", tls));
                    parts.push(mechanism_name(*mechanism).to_owned());
                    parts.push(user.clone());
                }
            }
            parts
        }
        Broker::RabbitMq(RabbitMqSettings {
            endpoint,
            vhost: _,
            authentication,
            tls,
            management_url,
        }) => {
            let mut parts = vec!["rabbitmq".to_owned(), endpoint.to_string()];
            match tls {
                None => parts.push("amqp".to_owned()),
                Some(tls) => parts.extend(protection("amqps", tls)),
            }
            parts.push(management_url.clone().unwrap_or_default());
            let (mechanism, user) = match authentication {
                RabbitMqAuthentication::Plain { user } => ("PLAIN", user.clone()),
                RabbitMqAuthentication::External { management_user } => {
                    ("EXTERNAL", management_user.clone().unwrap_or_default())
                }
            };
            parts.extend([mechanism.to_owned(), user]);
            parts
        }
    }
}

fn protection(protocol: &str, tls: &Tls) -> [String; 4] {
    let Tls { trust, ca_pem, certificate_pem: _, verify_name } = tls;
    let trust = match trust {
        Trust::System => "system",
        Trust::SystemAndCa => "system_and_ca",
        Trust::OnlyCa => "only_ca",
    };
    let name = if *verify_name { "name_verified" } else { "any_name" };
    // Not the line ends of a pasted text.
    let ca = ca_pem.as_deref().unwrap_or_default().split_whitespace().collect();
    [protocol.to_owned(), trust.to_owned(), ca, name.to_owned()]
}

fn mechanism_name(mechanism: SaslMechanism) -> &'static str {
    match mechanism {
        SaslMechanism::Plain => "PLAIN",
        SaslMechanism::ScramSha256 => "SCRAM-SHA-256",
        SaslMechanism::ScramSha512 => "SCRAM-SHA-512",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{AccessLevel, Environment, ProfileId};

    fn tls() -> Tls {
        Tls {
            trust: Trust::OnlyCa,
            ca_pem: Some("ca".into()),
            certificate_pem: None,
            verify_name: true,
        }
    }

    fn profile(broker: Broker) -> Profile {
        Profile {
            id: ProfileId::random(),
            name: "orders".into(),
            environment: Environment::Production,
            access: AccessLevel::ReadOnly,
            broker,
        }
    }

    fn kafka(change: impl FnOnce(&mut KafkaSettings)) -> Profile {
        let mut settings = KafkaSettings {
            bootstrap_servers: vec![Endpoint { host: "kafka-1".into(), port: 9093 }],
            security: KafkaSecurity::SaslSsl {
                tls: tls(),
                mechanism: SaslMechanism::ScramSha512,
                user: "reader".into(),
            },
        };
        change(&mut settings);
        profile(Broker::Kafka(settings))
    }

    fn sasl(change: impl FnOnce(&mut Tls, &mut SaslMechanism, &mut String)) -> Profile {
        kafka(|settings| {
            if let KafkaSecurity::SaslSsl { tls, mechanism, user } = &mut settings.security {
                change(tls, mechanism, user);
            }
        })
    }

    fn rabbitmq(change: impl FnOnce(&mut RabbitMqSettings)) -> Profile {
        let mut settings = RabbitMqSettings {
            endpoint: Endpoint { host: "rabbit".into(), port: 5671 },
            vhost: "/".into(),
            authentication: RabbitMqAuthentication::Plain { user: "support".into() },
            tls: Some(tls()),
            management_url: Some("https://rabbit:15671".into()),
        };
        change(&mut settings);
        profile(Broker::RabbitMq(settings))
    }

    #[test]
    fn a_secret_goes_nowhere_else_and_not_less_protected() {
        let kafka_changes = [
            kafka(|settings| settings.bootstrap_servers[0].host = "evil".into()),
            kafka(|settings| settings.bootstrap_servers[0].port = 9094),
            kafka(|settings| {
                let evil = Endpoint { host: "evil".into(), port: 9093 };
                settings.bootstrap_servers.push(evil);
            }),
            kafka(|settings| settings.security = KafkaSecurity::Ssl { tls: tls() }),
            sasl(|_, mechanism, _| *mechanism = SaslMechanism::Plain),
            sasl(|_, _, user| *user = "admin".into()),
            sasl(|tls, _, _| tls.verify_name = false),
            sasl(|tls, _, _| tls.trust = Trust::SystemAndCa),
            sasl(|tls, _, _| tls.ca_pem = Some("another".into())),
        ];
        for changed in kafka_changes {
            assert!(!kafka(|_| ()).shares_secrets_with(&changed), "{:?}", changed.broker);
        }
        let rabbitmq_changes = [
            rabbitmq(|settings| settings.endpoint.host = "evil".into()),
            rabbitmq(|settings| settings.tls = None),
            rabbitmq(|settings| settings.management_url = Some("http://rabbit:15672".into())),
            rabbitmq(|settings| {
                let user = "admin".into();
                settings.authentication = RabbitMqAuthentication::Plain { user };
            }),
        ];
        for changed in rabbitmq_changes {
            assert!(!rabbitmq(|_| ()).shares_secrets_with(&changed), "{:?}", changed.broker);
        }
        assert!(!kafka(|_| ()).shares_secrets_with(&rabbitmq(|_| ())));
    }

    #[test]
    fn what_does_not_change_where_a_secret_goes_keeps_it() {
        let renamed = Profile { name: "b".into(), environment: Environment::Dev, ..kafka(|_| ()) };
        assert!(kafka(|_| ()).shares_secrets_with(&renamed));
        let renewed = sasl(|tls, _, _| tls.certificate_pem = Some("renewed".into()));
        assert!(kafka(|_| ()).shares_secrets_with(&renewed));
        let pasted = sasl(|tls, _, _| tls.ca_pem = Some("ca\r\n".into()));
        assert!(kafka(|_| ()).shares_secrets_with(&pasted));
        assert!(rabbitmq(|_| ()).shares_secrets_with(&rabbitmq(|s| s.vhost = "other".into())));
    }

    /// Stored secrets have these names: another name is a lost secret.
    #[test]
    fn a_destination_has_the_same_name_in_every_version() {
        let names = [
            kafka(|_| ()),
            kafka(|settings| settings.security = KafkaSecurity::Plaintext),
            rabbitmq(|_| ()),
            rabbitmq(|settings| (settings.tls, settings.management_url) = (None, None)),
        ]
        .map(|profile| profile.destination().to_string());
        assert_eq!(
            names,
            [
                "2df832673f7e5fa99e2fc23753c10ccc",
                "65e2a42eade313c62b62fef0562dd22a",
                "32500712e313a8fc663393c8552fa515",
                "b05d30747010a4b19f6f5fcec19072e9",
            ]
        );
    }
}
