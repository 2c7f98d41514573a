//! Where the secrets of a profile go.
//!
//! A stored secret is for the place it was typed for. Whoever may edit a profile must not be able to
//! have its password sent somewhere else, or less protected, without knowing it.

use crate::profile::{Broker, KafkaSecurity, Profile, Tls};

impl Profile {
    /// Whether secrets typed for this profile may be used by `other`: same addresses, same trust,
    /// same mechanism, same user. What is not part of it: name, environment, access level, virtual
    /// host, and the client certificate, which is shown to the same peer.
    pub fn shares_secrets_with(&self, other: &Profile) -> bool {
        destination(&self.broker) == destination(&other.broker)
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

/// The settings without what is no part of the destination, such as the line ends of a PEM text.
fn destination(broker: &Broker) -> Broker {
    let mut broker = broker.clone();
    let forget_certificate = |tls: &mut Tls| {
        tls.certificate_pem = None;
        tls.ca_pem = tls.ca_pem.take().map(|pem| pem.split_whitespace().collect());
    };
    match &mut broker {
        Broker::Kafka(settings) => match &mut settings.security {
            KafkaSecurity::Plaintext => {}
            KafkaSecurity::Ssl { tls } | KafkaSecurity::SaslSsl { tls, .. } => {
                forget_certificate(tls);
            }
        },
        Broker::RabbitMq(settings) => {
            settings.vhost.clear();
            settings.tls.iter_mut().for_each(forget_certificate);
        }
    }
    broker
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::{
        AccessLevel, Endpoint, Environment, KafkaSettings, ProfileId, RabbitMqAuthentication,
        RabbitMqSettings, SaslMechanism, Trust,
    };

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
}
