//! Saved connections with their passwords in the keyring, as a user would have left them.
//!
//! Profiles go into the file by the code that the app uses; passwords go into the session's keyring
//! by `secret-tool`, because a keyring library would look for the keyring of this very process.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use brokers::{Kafka, Listener, RabbitMq};
use connections::profile::{
    AccessLevel, Broker, Endpoint, Environment, KafkaSecurity, KafkaSettings,
    RabbitMqAuthentication, RabbitMqSettings, SaslMechanism, Tls, Trust,
};
use connections::profiles::Profiles;
use connections::secrets::SecretKind;
use connections::{Profile, ProfileId};

use crate::session::Session;

/// The two connections of the demo.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Kafka, staging, guarded.
    pub events: Profile,
    /// RabbitMQ, production.
    pub commands: Profile,
}

impl Saved {
    /// Both with their passwords in the keyring of a session, in the state folder of its app.
    pub fn put_into(&self, session: &Session, state: &Path, kafka: &Kafka, rabbit: &RabbitMq) {
        save(state, &[&self.events, &self.commands]);
        let service = crate::demo::KEYRING;
        keep_password(Some(session), service, &self.events, kafka.password_of("admin"));
        keep_password(Some(session), service, &self.commands, rabbit.password_of("admin"));
    }
}

/// Describes both brokers as a user would: TLS with only the brokers' authority, a user each.
pub fn connections(kafka: &Kafka, rabbit: &RabbitMq) -> Saved {
    let tls = |ca: String| Tls {
        trust: Trust::OnlyCa,
        ca_pem: Some(ca),
        certificate_pem: None,
        verify_name: true,
    };
    Saved {
        events: Profile {
            id: ProfileId::random(),
            name: "kronos-events".to_owned(),
            environment: Environment::Staging,
            access: AccessLevel::Guarded,
            broker: Broker::Kafka(KafkaSettings {
                bootstrap_servers: connections::profile::endpoints(
                    &kafka.bootstrap(Listener::Sasl),
                )
                .expect("the broker's own address"),
                security: KafkaSecurity::SaslSsl {
                    tls: tls(kafka.ca_pem()),
                    mechanism: SaslMechanism::ScramSha512,
                    user: "admin".to_owned(),
                },
            }),
        },
        commands: Profile {
            id: ProfileId::random(),
            name: "kronos-commands".to_owned(),
            environment: Environment::Production,
            access: AccessLevel::ReadOnly,
            broker: Broker::RabbitMq(RabbitMqSettings {
                endpoint: Endpoint { host: "localhost".to_owned(), port: rabbit.amqps_port() },
                vhost: "/".to_owned(),
                authentication: RabbitMqAuthentication::Plain { user: "admin".to_owned() },
                tls: Some(tls(rabbit.ca_pem())),
                management_url: Some(rabbit.management_url()),
            }),
        },
    }
}

/// Writes profiles into the state folder of an app that does not run yet.
pub fn save(state: &Path, profiles: &[&Profile]) {
    let (file, notice) = Profiles::open(state).expect("a state folder");
    assert_eq!(notice, None, "the file of profiles is sound");
    for profile in profiles {
        file.save((*profile).clone()).expect("a valid profile");
    }
}

/// Two connections that nothing listens on, for what never connects.
pub fn save_unreachable_connections(state: &Path) {
    let kafka = |name: &str| Profile {
        id: ProfileId::random(),
        name: name.to_owned(),
        environment: Environment::Dev,
        access: AccessLevel::ReadOnly,
        broker: Broker::Kafka(KafkaSettings {
            bootstrap_servers: vec![Endpoint { host: "127.0.0.1".to_owned(), port: 9 }],
            security: KafkaSecurity::Plaintext,
        }),
    };
    save(state, &[&kafka("orders-staging"), &kafka("orders-dev")]);
}

/// Puts a password where the app looks for it: into the keyring of `session`, or of the person's own
/// desktop.
pub fn keep_password(session: Option<&Session>, service: &str, profile: &Profile, password: &str) {
    let account = SecretKind::Password.entry(profile);
    let mut command = Command::new("secret-tool");
    command.args(["store", "--label", &format!("{account}@{service}")]);
    command.args(["service", service, "username", &account, "target", "default"]);
    if let Some(session) = session {
        session.enter(&mut command);
    }
    let mut child = command.stdin(Stdio::piped()).spawn().expect("secret-tool is installed");
    let mut input = child.stdin.take().expect("its input is ours");
    input.write_all(password.as_bytes()).expect("it reads its input");
    drop(input);
    assert!(child.wait().expect("it ends").success(), "the keyring took the password");
}
