use super::*;
use crate::profile::{AccessLevel, Environment, ProfileId, SaslMechanism};

fn certificate() -> String {
    let key = rcgen::KeyPair::generate().unwrap();
    rcgen::CertificateParams::new(Vec::new()).unwrap().self_signed(&key).unwrap().pem()
}

fn trusted() -> Tls {
    Tls {
        trust: Trust::OnlyCa,
        ca_pem: Some(certificate()),
        certificate_pem: None,
        verify_name: true,
    }
}

fn profile(broker: Broker) -> Profile {
    Profile {
        id: ProfileId::random(),
        name: "orders".to_owned(),
        environment: Environment::Staging,
        access: AccessLevel::Guarded,
        broker,
    }
}

fn a_kafka() -> KafkaSettings {
    KafkaSettings {
        bootstrap_servers: vec![Endpoint { host: "kafka-1.example".to_owned(), port: 9093 }],
        security: KafkaSecurity::SaslSsl {
            tls: trusted(),
            mechanism: SaslMechanism::ScramSha512,
            user: "reader".to_owned(),
        },
    }
}

fn a_rabbitmq() -> RabbitMqSettings {
    RabbitMqSettings {
        endpoint: Endpoint { host: "rabbitmq.example".to_owned(), port: 5671 },
        vhost: "/".to_owned(),
        authentication: RabbitMqAuthentication::Plain { user: "support".to_owned() },
        tls: Some(trusted()),
        management_url: Some("https://rabbitmq.example:15671/base".to_owned()),
    }
}

fn refused(profile: &Profile) -> String {
    let failure = profile.validate().expect_err("this profile must not be accepted");
    assert_eq!(failure.code, Code::Invalid);
    failure.message
}

#[test]
fn ordinary_profiles_are_accepted() {
    assert_eq!(profile(Broker::Kafka(a_kafka())).validate(), Ok(()));
    assert_eq!(profile(Broker::RabbitMq(a_rabbitmq())).validate(), Ok(()));
    let system = Tls { trust: Trust::System, ca_pem: None, ..trusted() };
    let ssl = KafkaSettings { security: KafkaSecurity::Ssl { tls: system }, ..a_kafka() };
    assert_eq!(profile(Broker::Kafka(ssl)).validate(), Ok(()));
}

#[test]
fn a_name_is_one_visible_line_of_1_to_100_characters() {
    let named = |name: &str| Profile { name: name.to_owned(), ..profile(Broker::Kafka(a_kafka())) };
    for good in ["a", "Événements d'audit (préprod)", &"é".repeat(100)] {
        assert_eq!(named(good).validate(), Ok(()), "{good}");
    }
    for bad in ["", "   ", " orders", "a\nb", "a\u{202e}b", "a\u{0}", &"é".repeat(101)] {
        assert!(refused(&named(bad)).starts_with("the name"), "{bad:?}");
    }
}

#[test]
fn a_private_key_does_not_get_into_the_file_of_profiles() {
    let key = rcgen::KeyPair::generate().unwrap().serialize_pem();
    let both = format!("{}{key}", certificate());
    for tls in [
        Tls { certificate_pem: Some(both.clone()), ..trusted() },
        Tls { ca_pem: Some(both), ..trusted() },
    ] {
        let settings = KafkaSettings { security: KafkaSecurity::Ssl { tls }, ..a_kafka() };
        let message = refused(&profile(Broker::Kafka(settings)));
        assert!(message.ends_with("holds a private key too"), "{message}");
        assert!(!message.contains(&key[40..60]));
    }
}

#[test]
fn pem_that_holds_no_certificate_is_refused() {
    let cut: String = certificate().chars().take(200).collect();
    let not_a_certificate =
        "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n".to_owned();
    for pem in ["", "hello", &cut, &not_a_certificate] {
        let tls = Tls { ca_pem: Some(pem.to_owned()), ..trusted() };
        let settings = KafkaSettings { security: KafkaSecurity::Ssl { tls }, ..a_kafka() };
        assert_eq!(
            refused(&profile(Broker::Kafka(settings))),
            "the authority is not a PEM certificate"
        );
    }
    let missing = Tls { ca_pem: None, ..trusted() };
    let settings = KafkaSettings { security: KafkaSecurity::Ssl { tls: missing }, ..a_kafka() };
    assert_eq!(refused(&profile(Broker::Kafka(settings))), "the authority is missing");
}

#[test]
fn a_management_url_is_http_or_https_and_holds_no_password() {
    for bad in [
        "rabbitmq:15672",
        "ftp://rabbitmq",
        "https://",
        "https://guest:guest@rabbitmq",
        "https://guest@rabbitmq",
        "https://rabbitmq/?x=1",
        "https://rabbitmq/#x",
        "https://rab\nbitmq",
        "https://rabbitmq:0",
        "https://rabbitmq:99999",
        "javascript:alert(1)",
    ] {
        let settings = RabbitMqSettings { management_url: Some(bad.to_owned()), ..a_rabbitmq() };
        let message = refused(&profile(Broker::RabbitMq(settings)));
        assert!(message.starts_with("the management URL"), "{bad}: {message}");
        assert!(!message.contains("guest:guest"), "{message}");
    }
}

#[test]
fn external_authentication_needs_a_client_certificate() {
    let external = RabbitMqAuthentication::External { management_user: None };
    let settings = RabbitMqSettings { authentication: external, ..a_rabbitmq() };
    assert_eq!(
        refused(&profile(Broker::RabbitMq(settings.clone()))),
        "EXTERNAL needs TLS with a client certificate"
    );
    let tls = Tls { certificate_pem: Some(certificate()), ..trusted() };
    let with = RabbitMqSettings { tls: Some(tls), ..settings };
    assert_eq!(profile(Broker::RabbitMq(with)).validate(), Ok(()));
}

#[test]
fn a_virtual_host_fits_a_short_string_of_amqp() {
    let long = RabbitMqSettings { vhost: "é".repeat(128), ..a_rabbitmq() };
    assert_eq!(
        refused(&profile(Broker::RabbitMq(long))),
        "the virtual host has more than 255 bytes"
    );
}

#[test]
fn kafka_needs_a_server_and_a_user() {
    let none = KafkaSettings { bootstrap_servers: Vec::new(), ..a_kafka() };
    assert_eq!(refused(&profile(Broker::Kafka(none))), "there is no bootstrap server");
    let mut nobody = a_kafka();
    if let KafkaSecurity::SaslSsl { user, .. } = &mut nobody.security {
        user.clear();
    }
    assert_eq!(refused(&profile(Broker::Kafka(nobody))), "the user is empty");
}
