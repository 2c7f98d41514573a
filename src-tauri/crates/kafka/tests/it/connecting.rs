//! Every listener, and every way of failing, each with its code and its sentence.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use brokers::{Authority, Identity, Listener, TlsDoor};
use connections::probe::{Diagnosis, Stage, StepState};
use connections::profile::{
    Broker, Endpoint, KafkaSecurity, RabbitMqAuthentication, RabbitMqSettings, SaslMechanism,
};
use connections::secret::Secrets;
use connections::{Code, Failure, Profile, Secret};
use kafka::{Cluster, diagnose};

use crate::support::*;

async fn fails(profile: &Profile, secrets: &Secrets) -> Failure {
    let failure = Cluster::connect(profile, secrets).await.expect_err("this cannot connect");
    assert!(failure.hint.is_some(), "no next step for {failure}");
    assert!(!failure.message.contains("brokers are down"), "{failure}");
    failure
}

fn user(ca: String, mechanism: SaslMechanism, user: &str) -> KafkaSecurity {
    KafkaSecurity::SaslSsl { tls: tls(Some(ca)), mechanism, user: user.into() }
}

fn ssl(ca: String) -> KafkaSecurity {
    KafkaSecurity::Ssl { tls: tls(Some(ca)) }
}

fn presenting(ca: String, identity: &Identity) -> (KafkaSecurity, Secrets) {
    let mut tls = tls(Some(ca));
    tls.certificate_pem = Some(identity.certificate_pem.clone());
    let private_key = Some(Secret::new(identity.key_pem.clone()));
    (KafkaSecurity::Ssl { tls }, Secrets { password: None, private_key })
}

/// A server that answers each connection with these bytes, once it was spoken to.
fn answering(bytes: &'static [u8]) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            std::thread::spawn(move || {
                let mut heard = [0; 512];
                let _ = stream.read(&mut heard);
                let _ = stream.write_all(bytes);
                if bytes.is_empty() {
                    // Silent until the client gives up.
                    while matches!(stream.read(&mut heard), Ok(n) if n > 0) {}
                }
            });
        }
    });
    port
}

#[tokio::test(flavor = "multi_thread")]
async fn every_listener_lets_its_client_in() {
    let kafka = brokers::kafka();
    let none = Secrets::default();
    let cluster = Cluster::connect(&plain(kafka), &none).await.unwrap();
    assert_eq!(cluster.about().brokers.len(), 1);
    assert!(cluster.about().id.is_some());
    let open = profile("localhost", kafka.port(1, Listener::Ssl), ssl(kafka.ca_pem()));
    Cluster::connect(&open, &none).await.unwrap().topics().await.unwrap();
    for mechanism in [SaslMechanism::Plain, SaslMechanism::ScramSha256, SaslMechanism::ScramSha512]
    {
        let (profile, secrets) = sasl(kafka, "admin", mechanism);
        let cluster = Cluster::connect(&profile, &secrets).await;
        cluster.unwrap_or_else(|e| panic!("{mechanism:?}: {e}")).topics().await.unwrap();
    }
    let (security, secrets) = presenting(kafka.ca_pem(), kafka.client_certificate());
    let mtls = profile("127.0.0.1", kafka.port(1, Listener::Mtls), security);
    Cluster::connect(&mtls, &secrets).await.unwrap().topics().await.unwrap();
}

/// A door to a port that is slammed once, on its first visitor, after so many bytes from inside.
fn slammed_once(port: u16, after: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let door = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let mut left = Some(after);
        for outside in listener.incoming() {
            let (mut outside, left) = (outside.unwrap(), left.take());
            let mut inside = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let (mut from, mut to) = (outside.try_clone().unwrap(), inside.try_clone().unwrap());
            std::thread::spawn(move || std::io::copy(&mut from, &mut to));
            std::thread::spawn(move || {
                let most = left.unwrap_or(usize::MAX) as u64;
                let _ = std::io::copy(&mut Read::by_ref(&mut inside).take(most), &mut outside);
                let _ = outside.shutdown(Shutdown::Both);
            });
        }
    });
    door
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_ends_under_the_first_question_is_made_again() {
    let kafka = brokers::kafka();
    for after in (0..1200).step_by(40) {
        let door = slammed_once(kafka.port(1, Listener::Plaintext), after);
        let profile = profile("127.0.0.1", door, KafkaSecurity::Plaintext);
        let connected = Cluster::connect(&profile, &Secrets::default()).await;
        assert_eq!(connected.map(drop), Ok(()), "slammed after {after} bytes");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_names_the_user_and_never_the_password() {
    let kafka = brokers::kafka();
    for mechanism in [SaslMechanism::Plain, SaslMechanism::ScramSha256, SaslMechanism::ScramSha512]
    {
        let (profile, _) = sasl(kafka, "admin", mechanism);
        let failure = fails(&profile, &password("hunter2-hunter2")).await;
        assert_eq!(failure.code, Code::Authentication, "{failure}");
        assert!(failure.message.contains("admin"), "{failure}");
        assert!(!format!("{failure:?}").contains("hunter2"));
    }
    let stranger = user(kafka.ca_pem(), SaslMechanism::ScramSha256, "nobody-there");
    let profile = profile("localhost", kafka.port(1, Listener::Sasl), stranger);
    assert_eq!(fails(&profile, &password("x")).await.code, Code::Authentication);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_wants_a_login_says_so_to_a_client_without_one() {
    let kafka = brokers::kafka();
    let profile = profile("localhost", kafka.port(1, Listener::Sasl), ssl(kafka.ca_pem()));
    let failure = fails(&profile, &Secrets::default()).await;
    assert_eq!(failure.code, Code::Authentication, "{failure}");
    assert!(failure.hint.unwrap().contains("SASL_SSL"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mechanism_that_is_not_offered_is_told_with_those_that_are() {
    let kafka = brokers::kafka();
    let security = user(kafka.ca_pem(), SaslMechanism::ScramSha256, "admin");
    let profile = profile("localhost", kafka.port(1, Listener::OAuth), security);
    let failure = fails(&profile, &password("x")).await;
    assert_eq!(failure.code, Code::Authentication);
    assert!(failure.message.contains("does not offer SCRAM-SHA-256"), "{failure}");
    assert!(failure.hint.unwrap().contains("OAUTHBEARER"));
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_a_servers_certificate_is_told_apart() {
    let kafka = brokers::kafka();
    let none = Secrets::default();
    let stranger = Authority::new("a stranger").pem();
    let wrong = profile("localhost", kafka.port(1, Listener::Ssl), ssl(stranger));
    let failure = fails(&wrong, &none).await;
    assert_eq!(failure.code, Code::Tls);
    assert!(failure.message.contains("authority"), "{failure}");

    let authority = kafka.authority();
    for (identity, word) in [
        (authority.expired_server(), "expired"),
        (authority.server_named("other.example"), "another name"),
    ] {
        let door = TlsDoor::showing(&identity);
        let failure = fails(&profile("localhost", door.port(), ssl(authority.pem())), &none).await;
        assert_eq!(failure.code, Code::Tls);
        assert!(failure.message.contains(word), "{failure}");
    }

    let door = TlsDoor::showing(&authority.server_named("other.example"));
    let mut lenient = tls(Some(authority.pem()));
    lenient.verify_name = false;
    let lenient = profile("localhost", door.port(), KafkaSecurity::Ssl { tls: lenient });
    let failure = fails(&lenient, &none).await;
    assert_eq!(
        failure.code,
        Code::NotABroker,
        "the name passes, and then nobody is there: {failure}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_client_certificate_differs_from_a_strangers() {
    let kafka = brokers::kafka();
    let port = kafka.port(1, Listener::Mtls);
    let failure =
        fails(&profile("localhost", port, ssl(kafka.ca_pem())), &Secrets::default()).await;
    assert_eq!(failure.code, Code::Tls, "{failure}");
    assert!(failure.message.contains("wants a client certificate"), "{failure}");

    let stranger = Authority::new("a stranger").client("kronos-client");
    let (security, secrets) = presenting(kafka.ca_pem(), &stranger);
    let failure = fails(&profile("localhost", port, security), &secrets).await;
    assert_eq!(failure.code, Code::Tls, "{failure}");
    assert!(failure.message.contains("does not accept this client certificate"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_port_says_what_is_there() {
    let kafka = brokers::kafka();
    let none = Secrets::default();
    for (answer, word) in [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".as_slice(), "web server"),
        (b"AMQP\0\0\x09\x01", "RabbitMQ"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak Kafka"),
    ] {
        let profile = profile("127.0.0.1", answering(answer), KafkaSecurity::Plaintext);
        let failure = fails(&profile, &none).await;
        assert_eq!(failure.code, Code::NotABroker, "{failure}");
        assert!(failure.message.contains(word), "{failure}");
    }
    let port = answering(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let failure = fails(&profile("127.0.0.1", port, ssl(kafka.ca_pem())), &none).await;
    assert_eq!(failure.code, Code::NotABroker, "{failure}");
    assert!(failure.message.contains("TLS"), "{failure}");

    let plain_to_tls = profile("localhost", kafka.port(1, Listener::Ssl), KafkaSecurity::Plaintext);
    let failure = fails(&plain_to_tls, &none).await;
    assert_eq!(failure.code, Code::NotABroker, "{failure}");
    assert!(failure.hint.unwrap().contains("SSL"));
    let tls_to_plain =
        profile("localhost", kafka.port(1, Listener::Plaintext), ssl(kafka.ca_pem()));
    let failure = fails(&tls_to_plain, &none).await;
    assert_eq!(failure.code, Code::NotABroker, "{failure}");
    assert!(failure.hint.unwrap().contains("PLAINTEXT"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_answers_ends_in_time() {
    let started = Instant::now();
    let profile = profile("127.0.0.1", answering(b""), KafkaSecurity::Plaintext);
    let failure = fails(&profile, &Secrets::default()).await;
    assert_eq!(failure.code, Code::NotABroker, "{failure}");
    assert!(started.elapsed() < Duration::from_secs(25), "took {:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_port_and_an_unknown_name_fail_at_once() {
    let none = Secrets::default();
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let started = Instant::now();
    let failure = fails(&profile("127.0.0.1", port, KafkaSecurity::Plaintext), &none).await;
    assert_eq!(failure.code, Code::Unreachable);
    assert_eq!(failure.message, format!("nobody listens at 127.0.0.1:{port}"));
    assert!(started.elapsed() < Duration::from_secs(5), "took {:?}", started.elapsed());

    let failure =
        fails(&profile("no-such-host.invalid", 9092, KafkaSecurity::Plaintext), &none).await;
    assert_eq!(failure.code, Code::NameLookup);
    assert!(failure.message.contains("no-such-host.invalid"), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_good_server_among_bad_ones_is_enough() {
    let kafka = brokers::kafka();
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut profile = plain(kafka);
    if let Broker::Kafka(settings) = &mut profile.broker {
        settings
            .bootstrap_servers
            .insert(0, Endpoint { host: "no-such-host.invalid".into(), port: 1 });
        settings.bootstrap_servers.insert(1, Endpoint { host: "127.0.0.1".into(), port: closed });
    }
    Cluster::connect(&profile, &Secrets::default()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_work_are_refused_before_anything_connects() {
    let kafka = brokers::kafka();
    let (profile_without_password, _) = sasl(kafka, "admin", SaslMechanism::Plain);
    assert_eq!(fails(&profile_without_password, &Secrets::default()).await.code, Code::Invalid);

    let mut rabbit = plain(kafka);
    rabbit.broker = Broker::RabbitMq(RabbitMqSettings {
        endpoint: Endpoint { host: "localhost".into(), port: 5672 },
        vhost: "/".into(),
        authentication: RabbitMqAuthentication::Plain { user: "guest".into() },
        tls: None,
        management_url: None,
    });
    let refused = Cluster::connect(&rabbit, &Secrets::default()).await.unwrap_err();
    assert_eq!(refused.code, Code::Invalid);

    let (security, mut secrets) = presenting(kafka.ca_pem(), kafka.client_certificate());
    secrets.private_key = Some(Secret::new("-----BEGIN NONSENSE-----".to_owned()));
    let failure = fails(&profile("localhost", 1, security), &secrets).await;
    assert_eq!(failure.code, Code::Invalid);
    assert!(!format!("{failure:?}").contains("NONSENSE"));

    let (security, mut secrets) = presenting(kafka.ca_pem(), kafka.client_certificate());
    secrets.private_key = Some(Secret::new(Authority::new("x").client("y").key_pem));
    let failure = fails(&profile("localhost", 1, security), &secrets).await;
    assert_eq!(failure.code, Code::Invalid, "a key of another certificate: {failure}");
}

fn failed(diagnosis: &Diagnosis) -> Vec<Stage> {
    let failed = diagnosis.steps.iter().filter(|step| step.state == StepState::Failed);
    failed.map(|step| step.stage).collect()
}

async fn failing_stage(profile: &Profile, secrets: &Secrets) -> Stage {
    let diagnosis = diagnose(profile, secrets).await.unwrap();
    let failed = failed(&diagnosis);
    assert_eq!(failed.len(), 1, "{diagnosis:?}");
    for step in &diagnosis.steps {
        let expected = match step.stage.cmp(&failed[0]) {
            std::cmp::Ordering::Less => StepState::Passed,
            std::cmp::Ordering::Equal => StepState::Failed,
            std::cmp::Ordering::Greater => StepState::NotReached,
        };
        assert_eq!(step.state, expected, "{step:?} in {diagnosis:?}");
    }
    failed[0]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diagnosis_finds_the_step_that_fails() {
    let kafka = brokers::kafka();
    let none = Secrets::default();
    let (good, secrets) = sasl(kafka, "admin", SaslMechanism::ScramSha256);
    let diagnosis = diagnose(&good, &secrets).await.unwrap();
    assert_eq!(failed(&diagnosis), [], "{diagnosis:?}");
    assert_eq!(diagnosis.steps.len(), 6);
    assert_eq!(failing_stage(&good, &password("wrong")).await, Stage::Authentication);

    let unknown = profile("no-such-host.invalid", 1, KafkaSecurity::Plaintext);
    assert_eq!(failing_stage(&unknown, &none).await, Stage::NameLookup);
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let closed = profile("127.0.0.1", port, KafkaSecurity::Plaintext);
    assert_eq!(failing_stage(&closed, &none).await, Stage::Tcp);
    let stranger = Authority::new("a stranger").pem();
    let wrong_ca = profile("localhost", kafka.port(1, Listener::Ssl), ssl(stranger));
    assert_eq!(failing_stage(&wrong_ca, &none).await, Stage::Tls);
    let web = answering(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    let web = profile("127.0.0.1", web, KafkaSecurity::Plaintext);
    assert_eq!(failing_stage(&web, &none).await, Stage::Protocol);
    let uncertified = profile("localhost", kafka.port(1, Listener::Mtls), ssl(kafka.ca_pem()));
    assert_eq!(failing_stage(&uncertified, &none).await, Stage::Tls);
}
