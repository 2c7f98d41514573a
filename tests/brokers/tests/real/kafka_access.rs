//! Each listener of Kafka takes its own credentials and no others.

use std::time::Duration;

use brokers::{Identity, Kafka, Listener};
use rdkafka::ClientConfig;
use rdkafka::admin::AdminClient;
use rdkafka::client::DefaultClientContext;
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::metadata::Metadata;

fn client(kafka: &Kafka, listener: Listener) -> ClientConfig {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", kafka.bootstrap(listener));
    config.set("security.protocol", listener.protocol());
    config.set("ssl.ca.pem", kafka.ca_pem());
    // Refusals are what half of these tests wait for: librdkafka logs each as an error.
    config.set("log_level", "0");
    config
}

fn sasl(kafka: &Kafka, mechanism: &str, user: &str, password: &str) -> ClientConfig {
    let mut config = client(kafka, Listener::Sasl);
    config.set("sasl.mechanism", mechanism);
    config.set("sasl.username", user).set("sasl.password", password);
    config
}

fn mtls(kafka: &Kafka, identity: &Identity) -> ClientConfig {
    let mut config = client(kafka, Listener::Mtls);
    config.set("ssl.certificate.pem", &identity.certificate_pem);
    config.set("ssl.key.pem", &identity.key_pem);
    config
}

fn oauth(kafka: &Kafka, principal: &str) -> ClientConfig {
    let mut config = client(kafka, Listener::OAuth);
    config.set("sasl.mechanism", "OAUTHBEARER");
    config.set("enable.sasl.oauthbearer.unsecure.jwt", "true");
    config.set("sasl.oauthbearer.config", format!("principal={principal}"));
    config
}

/// What the broker tells about itself, or nothing when it lets nobody in. An admin client and not a
/// consumer: it answers librdkafka's own questions (for a token) on a thread of its own.
fn metadata(config: &ClientConfig, patience: Duration) -> Option<Metadata> {
    let admin: AdminClient<DefaultClientContext> = config.create().unwrap();
    admin.inner().fetch_metadata(None, patience).ok()
}

fn assert_accepted(config: &ClientConfig, what: &str) {
    let found = metadata(config, Duration::from_secs(20));
    assert_eq!(found.map(|found| found.brokers().len()), Some(1), "{what} is accepted");
}

fn assert_refused(config: &ClientConfig, what: &str) {
    assert!(metadata(config, Duration::from_secs(2)).is_none(), "{what} is refused");
}

#[test]
fn every_way_of_authentication_is_accepted() {
    let kafka = brokers::kafka();
    assert_accepted(&client(kafka, Listener::Plaintext), "no protection");
    assert_accepted(&client(kafka, Listener::Ssl), "TLS alone");
    assert_accepted(&mtls(kafka, kafka.client_certificate()), "a client certificate");
    assert_accepted(&oauth(kafka, "admin"), "a token");
    for mechanism in ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] {
        for user in ["admin", "reader", "nobody"] {
            let config = sasl(kafka, mechanism, user, kafka.password_of(user));
            assert_accepted(&config, &format!("{mechanism} of {user}"));
        }
    }
}

#[test]
fn wrong_credentials_are_refused() {
    let kafka = brokers::kafka();
    let stranger = brokers::Authority::new("stranger").client("kronos-client");
    // Side by side: each is refused only by the end of its patience.
    std::thread::scope(|scope| {
        for mechanism in ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] {
            let config = sasl(kafka, mechanism, "admin", "wrong");
            scope.spawn(move || assert_refused(&config, &format!("{mechanism}, wrong password")));
        }
        scope.spawn(|| assert_refused(&client(kafka, Listener::Mtls), "no certificate"));
        scope.spawn(|| assert_refused(&mtls(kafka, &stranger), "a stranger's certificate"));
        scope.spawn(|| {
            let mut config = client(kafka, Listener::Ssl);
            config.set("ssl.ca.pem", brokers::Authority::new("stranger").pem());
            assert_refused(&config, "a broker of another authority");
        });
    });
}

#[test]
fn the_reader_is_denied_secret_topics_and_nobody_is_denied_all() {
    let kafka = brokers::kafka();
    let topics = ["open.for-reading", "secret.for-reading"];
    for topic in topics {
        kafka.tool("org.apache.kafka.tools.TopicCommand", &["--create", "--topic", topic]).unwrap();
    }
    let describe = |user: &str, topic: &str| {
        let config = sasl(kafka, "SCRAM-SHA-512", user, kafka.password_of(user));
        let admin: AdminClient<DefaultClientContext> = config.create().unwrap();
        let found = admin.inner().fetch_metadata(Some(topic), Duration::from_secs(20)).unwrap();
        found.topics()[0].error().map(RDKafkaErrorCode::from)
    };
    let denied = Some(RDKafkaErrorCode::TopicAuthorizationFailed);
    assert_eq!(topics.map(|topic| describe("admin", topic)), [None, None]);
    assert_eq!(topics.map(|topic| describe("reader", topic)), [None, denied]);
    assert_eq!(topics.map(|topic| describe("nobody", topic)), [denied, denied]);
}
