//! The probe against the listeners of a real Kafka and a real RabbitMQ, right ones and wrong ones.

use std::time::Duration;

use brokers::Listener;
use connections::Secret;
use connections::probe::{Found, Protocol, Step, StepState, reach};
use connections::profile::{Endpoint, Tls, Trust};

const ENOUGH: Duration = Duration::from_secs(6);

fn at(port: u16) -> Endpoint {
    Endpoint { host: "127.0.0.1".to_owned(), port }
}

fn trusting(ca_pem: String) -> Tls {
    Tls { trust: Trust::OnlyCa, ca_pem: Some(ca_pem), certificate_pem: None, verify_name: true }
}

/// The states in one line, and what the last step that was reached says.
fn outcome(steps: &[Step]) -> (String, String) {
    let mark = |step: &Step| match step.state {
        StepState::Passed => '+',
        StepState::Failed => '!',
        StepState::NotReached => '.',
    };
    let reached = steps.iter().rev().find(|step| step.state != StepState::NotReached);
    let reached = reached.unwrap();
    let says = match &reached.failure {
        Some(failure) => failure.to_string(),
        None => format!("{:?}", reached.found),
    };
    (steps.iter().map(mark).collect(), says)
}

#[track_caller]
fn expect(steps: &[Step], states: &str, says: &str) {
    let (found, detail) = outcome(steps);
    assert!(found == states && detail.contains(says), "{found} {detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_listener_of_kafka_is_reached_and_a_wrong_one_named() {
    let kafka = tokio::task::spawn_blocking(brokers::kafka).await.unwrap();
    let port = |listener| at(kafka.port(1, listener));
    let tls = trusting(kafka.ca_pem());
    let answers = "[Kafka]";

    let plain = port(Listener::Plaintext);
    expect(&reach(&plain, None, Protocol::Kafka, ENOUGH).await, "+++", answers);
    for listener in [Listener::Ssl, Listener::Sasl] {
        let steps = reach(&port(listener), Some((&tls, None)), Protocol::Kafka, ENOUGH).await;
        expect(&steps, "++++", answers);
        let version = Some("1.3".to_owned());
        assert_eq!(steps[2].found.first(), Some(&Found::Tls { version }));

        let steps = reach(&port(listener), None, Protocol::Kafka, ENOUGH).await;
        expect(&steps, "++!", "expects TLS; choose SSL or SASL_SSL");
    }
    let steps = reach(&plain, Some((&tls, None)), Protocol::Kafka, ENOUGH).await;
    expect(&steps, "++!.", "speaks Kafka without TLS");
    let steps = reach(&plain, None, Protocol::Amqp, ENOUGH).await;
    expect(&steps, "++!", "is a Kafka broker, not AMQP");

    let another = trusting(brokers::Authority::new("Another authority").pem());
    let steps = reach(&port(Listener::Sasl), Some((&another, None)), Protocol::Kafka, ENOUGH).await;
    expect(&steps, "++!.", "which this connection does not trust");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kafka_that_demands_a_client_certificate_says_so_and_takes_the_right_one() {
    let kafka = tokio::task::spawn_blocking(brokers::kafka).await.unwrap();
    let listener = at(kafka.port(1, Listener::Mtls));
    let without = trusting(kafka.ca_pem());
    let steps = reach(&listener, Some((&without, None)), Protocol::Kafka, ENOUGH).await;
    expect(&steps, "++!.", "demands a client certificate");

    let present = |identity: &brokers::Identity| {
        let certificate_pem = Some(identity.certificate_pem.clone());
        let tls = Tls { certificate_pem, ..without.clone() };
        (tls, Secret::new(identity.key_pem.clone()))
    };
    let (tls, key) = present(kafka.client_certificate());
    let steps = reach(&listener, Some((&tls, Some(&key))), Protocol::Kafka, ENOUGH).await;
    expect(&steps, "++++", "[Kafka]");

    let (tls, key) = present(&brokers::Authority::new("Another authority").client("somebody"));
    let steps = reach(&listener, Some((&tls, Some(&key))), Protocol::Kafka, ENOUGH).await;
    expect(&steps, "++!.", "does not accept the client certificate");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_port_of_rabbitmq_is_reached_or_named() {
    let rabbitmq = tokio::task::spawn_blocking(brokers::rabbitmq).await.unwrap();
    let tls = trusting(rabbitmq.ca_pem());
    let with_tls = Some((&tls, None));
    let (amqp, amqps) = (at(rabbitmq.amqp_port()), at(rabbitmq.amqps_port()));

    let version = rabbitmq.ctl(&["version"]).unwrap();
    let answers = format!(
        r#"Amqp {{ product: Some("RabbitMQ"), version: Some("{}"), mechanisms: ["#,
        version.trim()
    );
    expect(&reach(&amqp, None, Protocol::Amqp, ENOUGH).await, "+++", &answers);
    expect(&reach(&amqps, with_tls, Protocol::Amqp, ENOUGH).await, "++++", &answers);

    let steps = reach(&amqps, None, Protocol::Amqp, ENOUGH).await;
    expect(&steps, "++!", "expects TLS; switch TLS on");
    let steps = reach(&amqp, with_tls, Protocol::Amqp, ENOUGH).await;
    expect(&steps, "++!.", "speaks AMQP without TLS");
    let steps = reach(&amqp, None, Protocol::Kafka, ENOUGH).await;
    expect(&steps, "++!", "is an AMQP broker such as RabbitMQ, not Kafka");
    let steps = reach(&amqps, with_tls, Protocol::Kafka, ENOUGH).await;
    expect(&steps, "+++!", "is an AMQP broker such as RabbitMQ, not Kafka");

    // The management API: a real web server, once plain and once with TLS.
    for speaks in [Protocol::Kafka, Protocol::Amqp] {
        let steps = reach(&at(rabbitmq.http_port()), None, speaks, ENOUGH).await;
        expect(&steps, "++!", "is a web server, not ");
        let steps = reach(&at(rabbitmq.https_port()), with_tls, speaks, ENOUGH).await;
        expect(&steps, "+++!", "is a web server, not ");
    }
    let steps = reach(&at(rabbitmq.http_port()), with_tls, Protocol::Amqp, ENOUGH).await;
    expect(&steps, "++!.", "is a web server without TLS, not AMQP");
}
