//! Against real sockets on 127.0.0.1 and certificates made for the test. The servers here answer as
//! the real ones do: a Kafka broker closes on a size it finds absurd, RabbitMQ answers every other
//! header with its own, a web server waits for the end of a line.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;
use crate::profile::Trust;

const ENOUGH: Duration = Duration::from_secs(10);

/// A server that treats every connection so, until the test ends.
async fn serve<F, Fut>(treat: F) -> Endpoint
where
    F: Fn(tokio::net::TcpStream) -> Fut + Send + 'static,
    Fut: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(treat(stream));
        }
    });
    Endpoint { host: "127.0.0.1".to_owned(), port }
}

/// Answers ApiVersions as a broker; closes on anything else, as a broker does.
async fn kafka_broker(mut stream: impl Duplex) {
    let mut size = [0; 4];
    if stream.read_exact(&mut size).await.is_err() {
        return;
    }
    let size = u32::from_be_bytes(size);
    if size > 1_000_000 {
        return;
    }
    let mut request = vec![0; size as usize];
    if stream.read_exact(&mut request).await.is_ok() && request.starts_with(&[0, 18, 0, 0]) {
        let reply = kafka::tests::reply(0, &[0, 1, 2, 3, 18]);
        // In two pieces: an answer need not come in one.
        stream.write_all(&reply[..9]).await.unwrap();
        stream.flush().await.unwrap();
        tokio::task::yield_now().await;
        stream.write_all(&reply[9..]).await.unwrap();
        stream.flush().await.unwrap();
        let _ = stream.read(&mut [0; 16]).await;
    }
}

/// Answers the right header with Connection.Start and any other with its own header.
async fn rabbitmq_node(mut stream: impl Duplex) {
    let mut header = [0; 8];
    if stream.read_exact(&mut header).await.is_err() {
        return;
    }
    if header == amqp::QUESTION {
        let _ = stream.write_all(&amqp::tests::reply("3.10.8", "PLAIN AMQPLAIN")).await;
        let _ = stream.flush().await;
        let _ = stream.read(&mut [0; 16]).await;
    } else {
        let _ = stream.write_all(&amqp::QUESTION).await;
        let _ = stream.flush().await;
    }
}

/// Waits for the end of a line, then answers whatever it was.
async fn web_server(mut stream: impl Duplex) {
    let mut seen = Vec::new();
    while !seen.contains(&b'\n') {
        if !matches!(stream.read_buf(&mut seen).await, Ok(1..)) {
            return;
        }
    }
    let _ = stream.write_all(b"HTTP/1.0 404 Not Found\r\n\r\n").await;
    let _ = stream.flush().await;
}

async fn silent_server(stream: tokio::net::TcpStream) {
    std::future::pending::<()>().await;
    drop(stream);
}

type Issuer = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Issuer {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Certificate and key, as PEM.
fn certificate(
    issuer: &Issuer,
    names: &[&str],
    change: fn(&mut CertificateParams),
) -> (String, String) {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.not_after = date_time_ymd(2049, 12, 31);
    change(&mut params);
    let key = KeyPair::generate().unwrap();
    (params.signed_by(&key, issuer).unwrap().pem(), key.serialize_pem())
}

fn usual(issuer: &Issuer) -> (String, String) {
    certificate(issuer, &["localhost", "127.0.0.1"], |_| {})
}

/// What a server presents, and whose client certificates it demands.
fn acceptor(identity: &(String, String), clients: Option<&Issuer>, tls: u16) -> TlsAcceptor {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let version = if tls == 12 { &rustls::version::TLS12 } else { &rustls::version::TLS13 };
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&[version])
        .unwrap();
    let builder = match clients {
        None => builder.with_no_client_auth(),
        Some(issuer) => {
            let mut roots = rustls::RootCertStore::empty();
            roots.add(issuer.der().clone()).unwrap();
            let verifier =
                WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
            builder.with_client_cert_verifier(verifier.unwrap())
        }
    };
    let chain = vec![CertificateDer::from_pem_slice(identity.0.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(identity.1.as_bytes()).unwrap();
    TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, key).unwrap()))
}

async fn kafka_over_tls(acceptor: TlsAcceptor) -> Endpoint {
    serve(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                kafka_broker(stream).await;
            }
        }
    })
    .await
}

fn trusting(issuer: &Issuer) -> Tls {
    Tls {
        trust: Trust::OnlyCa,
        ca_pem: Some(issuer.pem()),
        certificate_pem: None,
        verify_name: true,
    }
}

/// The states in one line, and what the last step that was reached says.
fn outcome(steps: &[Step]) -> (String, String) {
    let mark = |step: &Step| match step.state {
        StepState::Passed => '+',
        StepState::Failed => '!',
        StepState::NotReached => '.',
    };
    let reached = steps.iter().rev().find(|step| step.state != StepState::NotReached);
    (steps.iter().map(mark).collect(), said(reached.unwrap()))
}

fn said(step: &Step) -> String {
    match &step.failure {
        Some(failure) => failure.to_string(),
        None => format!("{:?}", step.found),
    }
}

/// What a person reads, with the free port made constant.
fn sentence(steps: &[Step], endpoint: &Endpoint) -> (String, String) {
    let (states, detail) = outcome(steps);
    (states, detail.replace(&format!(":{}", endpoint.port), ":PORT"))
}

macro_rules! says {
    ($steps:expr, $endpoint:expr, $states:literal, $text:literal) => {
        assert_eq!(sentence(&$steps, &$endpoint), ($states.to_owned(), $text.to_owned()))
    };
}

#[tokio::test]
async fn a_plain_kafka_broker_passes_every_step() {
    let broker = serve(kafka_broker).await;
    let steps = reach(&broker, None, Protocol::Kafka, ENOUGH).await;
    says!(steps, broker, "+++", "[Kafka]");
    assert!(steps.iter().all(|step| step.took.is_some()));
}

#[tokio::test]
async fn a_plain_rabbitmq_node_tells_its_version_and_mechanisms() {
    let node = serve(rabbitmq_node).await;
    let steps = reach(&node, None, Protocol::Amqp, ENOUGH).await;
    let answers = Found::Amqp {
        product: Some("RabbitMQ".to_owned()),
        version: Some("3.10.8".to_owned()),
        mechanisms: vec!["PLAIN".to_owned(), "AMQPLAIN".to_owned()],
    };
    assert_eq!(steps.last().map(|step| &step.found), Some(&vec![answers]));
}

#[tokio::test]
async fn a_closed_port_is_refused_at_tcp() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint =
        Endpoint { host: "127.0.0.1".to_owned(), port: listener.local_addr().unwrap().port() };
    drop(listener);
    let steps = reach(&endpoint, None, Protocol::Kafka, ENOUGH).await;
    says!(
        steps,
        endpoint,
        "+!.",
        "127.0.0.1:PORT refuses the connection; check the port, and that the broker is running and \
         listens there"
    );
}

#[tokio::test]
async fn an_unknown_name_fails_at_the_lookup() {
    // `.invalid` never resolves: RFC 6761, 6.4.
    let endpoint = Endpoint { host: "kafka\u{1b}[31m.invalid".to_owned(), port: 9092 };
    let steps = reach(&endpoint, None, Protocol::Kafka, ENOUGH).await;
    let (states, detail) = outcome(&steps);
    assert_eq!(states, "!..");
    assert!(detail.starts_with("the name kafka�[31m.invalid "), "{detail}");
}

#[tokio::test]
async fn the_other_brokers_port_is_recognised_in_both_directions() {
    let node = serve(rabbitmq_node).await;
    let steps = reach(&node, None, Protocol::Kafka, ENOUGH).await;
    says!(
        steps,
        node,
        "++!",
        "127.0.0.1:PORT is an AMQP broker such as RabbitMQ, not Kafka; check the port, or add it \
         as a RabbitMQ connection"
    );

    let broker = serve(kafka_broker).await;
    let steps = reach(&broker, None, Protocol::Amqp, ENOUGH).await;
    says!(
        steps,
        broker,
        "++!",
        "127.0.0.1:PORT is a Kafka broker, not AMQP; check the port, or add it as a Kafka \
         connection"
    );
}

#[tokio::test]
async fn a_web_server_that_waits_for_a_line_is_recognised() {
    let web = serve(web_server).await;
    let timeout = Duration::from_secs(3);
    for speaks in [Protocol::Kafka, Protocol::Amqp] {
        let (states, detail) = outcome(&reach(&web, None, speaks, timeout).await);
        assert_eq!(states, "++!");
        assert!(detail.contains("is a web server, not "), "{detail}");
    }
    let tls = trusting(&authority("Root"));
    let (states, detail) =
        outcome(&reach(&web, Some((&tls, None)), Protocol::Kafka, timeout).await);
    assert_eq!(states, "++!.");
    assert!(detail.contains("is a web server without TLS, not Kafka"), "{detail}");
}

#[tokio::test]
async fn a_web_server_with_tls_is_recognised_behind_its_handshake() {
    let root = authority("Root");
    let acceptor = acceptor(&usual(&root), None, 13);
    let web = serve(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                web_server(stream).await;
            }
        }
    })
    .await;
    let tls = trusting(&root);
    let steps = reach(&web, Some((&tls, None)), Protocol::Amqp, Duration::from_secs(3)).await;
    let (states, detail) = outcome(&steps);
    assert_eq!(states, "+++!");
    assert!(detail.contains("is a web server, not AMQP"), "{detail}");
}

#[tokio::test]
async fn a_tls_listener_is_recognised_by_a_plain_connection() {
    let root = authority("Root");
    let broker = kafka_over_tls(acceptor(&usual(&root), None, 13)).await;
    let steps = reach(&broker, None, Protocol::Kafka, ENOUGH).await;
    says!(
        steps,
        broker,
        "++!",
        "127.0.0.1:PORT expects TLS; choose SSL or SASL_SSL for this connection, or another port"
    );
}

#[tokio::test]
async fn a_plain_listener_is_recognised_by_a_tls_connection() {
    let tls = trusting(&authority("Root"));
    let broker = serve(kafka_broker).await;
    let steps = reach(&broker, Some((&tls, None)), Protocol::Kafka, ENOUGH).await;
    says!(
        steps,
        broker,
        "++!.",
        "127.0.0.1:PORT speaks Kafka without TLS; use the port of its TLS listener, or choose \
         PLAINTEXT"
    );
    let node = serve(rabbitmq_node).await;
    let steps = reach(&node, Some((&tls, None)), Protocol::Amqp, ENOUGH).await;
    says!(
        steps,
        node,
        "++!.",
        "127.0.0.1:PORT speaks AMQP without TLS; use the port of its TLS listener, or switch TLS \
         off"
    );
}

#[tokio::test]
async fn a_good_handshake_tells_version_issuer_names_and_date() {
    let root = authority("Staging Root CA");
    for (tls, version) in [(12, "1.2"), (13, "1.3")] {
        let broker = kafka_over_tls(acceptor(&usual(&root), None, tls)).await;
        let steps = reach(&broker, Some((&trusting(&root), None)), Protocol::Kafka, ENOUGH).await;
        assert_eq!(outcome(&steps).0, "++++");
        let certificate = Found::Certificate {
            names: vec!["localhost".to_owned(), "127.0.0.1".to_owned()],
            issuer: "Staging Root CA".to_owned(),
            until: Some("2049-12-31".to_owned()),
            soon: false,
        };
        let tls = Found::Tls { version: Some(version.to_owned()) };
        assert_eq!(steps[2].found, [tls, certificate]);
    }
}

#[tokio::test]
async fn an_authority_that_is_not_trusted_is_named() {
    let root = authority("Staging Root CA");
    let broker = kafka_over_tls(acceptor(&usual(&root), None, 13)).await;
    let tls = trusting(&authority("Another CA"));
    let steps = reach(&broker, Some((&tls, None)), Protocol::Kafka, ENOUGH).await;
    says!(
        steps,
        broker,
        "++!.",
        "the certificate of 127.0.0.1:PORT was issued by Staging Root CA, which this connection \
         does not trust; the authority of this connection is another one: add that of the broker"
    );
}

#[tokio::test]
async fn an_authority_of_the_same_name_but_another_key_is_not_taken_for_it() {
    let broker = kafka_over_tls(acceptor(&usual(&authority("Root")), None, 13)).await;
    let tls = trusting(&authority("Root"));
    let (states, detail) =
        outcome(&reach(&broker, Some((&tls, None)), Protocol::Kafka, ENOUGH).await);
    assert_eq!(states, "++!.");
    assert!(detail.contains("Root"), "{detail}");
}

#[tokio::test]
async fn a_self_issued_certificate_is_called_that() {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, "broker-1");
    let own = (params.self_signed(&key).unwrap().pem(), key.serialize_pem());
    let broker = kafka_over_tls(acceptor(&own, None, 13)).await;
    let tls = trusting(&authority("Root"));
    let steps = reach(&broker, Some((&tls, None)), Protocol::Kafka, ENOUGH).await;
    says!(
        steps,
        broker,
        "++!.",
        "127.0.0.1:PORT shows a certificate that it issued itself (broker-1); if that is right, \
         add it as the authority"
    );
    let pinned = Tls { ca_pem: Some(own.0), ..trusting(&authority("Root")) };
    let steps = reach(&broker, Some((&pinned, None)), Protocol::Kafka, ENOUGH).await;
    assert_eq!(outcome(&steps).0, "++++", "the advice given above has to work");
}

#[tokio::test]
async fn an_expired_certificate_tells_since_when() {
    let root = authority("Root");
    let expired = certificate(&root, &["127.0.0.1"], |params| {
        params.distinguished_name.push(DnType::CommonName, "broker-1");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 3, 4);
    });
    let broker = kafka_over_tls(acceptor(&expired, None, 13)).await;
    let steps = reach(&broker, Some((&trusting(&root), None)), Protocol::Kafka, ENOUGH).await;
    says!(
        steps,
        broker,
        "++!.",
        "the certificate of broker-1 at 127.0.0.1:PORT expired on 2021-03-04; it has to be renewed \
         on the broker"
    );
}

#[tokio::test]
async fn a_certificate_of_the_future_points_at_the_clock() {
    let root = authority("Root");
    let early = certificate(&root, &["127.0.0.1"], |params| {
        params.not_before = date_time_ymd(2048, 1, 1);
    });
    let broker = kafka_over_tls(acceptor(&early, None, 13)).await;
    let steps = reach(&broker, Some((&trusting(&root), None)), Protocol::Kafka, ENOUGH).await;
    says!(
        steps,
        broker,
        "++!.",
        "the certificate of 127.0.0.1:PORT is only valid from 2048-01-01; check this computer's \
         clock"
    );
}

#[tokio::test]
async fn a_wrong_name_is_answered_with_the_right_ones_and_can_be_switched_off() {
    let root = authority("Root");
    let named = certificate(&root, &["kafka-1.example", "kafka.example"], |_| {});
    let broker = kafka_over_tls(acceptor(&named, None, 13)).await;
    let tls = trusting(&root);
    let steps = reach(&broker, Some((&tls, None)), Protocol::Kafka, ENOUGH).await;
    says!(
        steps,
        broker,
        "++!.",
        "the certificate of 127.0.0.1:PORT is for kafka-1.example, kafka.example; connect by one \
         of these names"
    );
    let unchecked = Tls { verify_name: false, ..tls };
    let steps = reach(&broker, Some((&unchecked, None)), Protocol::Kafka, ENOUGH).await;
    assert_eq!(outcome(&steps).0, "++++");
    assert_eq!(steps[2].found.last(), Some(&Found::NameUnchecked));
    let foreign = Tls { verify_name: false, ..trusting(&authority("Another")) };
    let steps = reach(&broker, Some((&foreign, None)), Protocol::Kafka, ENOUGH).await;
    assert_eq!(outcome(&steps).0, "++!.", "an unchecked name is not an unchecked authority");
}

#[tokio::test]
async fn a_demanded_client_certificate_is_asked_for_in_both_versions_of_tls() {
    let root = authority("Root");
    for version in [12, 13] {
        let broker = kafka_over_tls(acceptor(&usual(&root), Some(&root), version)).await;
        let tls = trusting(&root);
        let steps = reach(&broker, Some((&tls, None)), Protocol::Kafka, ENOUGH).await;
        says!(
            steps,
            broker,
            "++!.",
            "127.0.0.1:PORT demands a client certificate; add a certificate and its private key to \
             this connection"
        );

        let client = |issuer: &Issuer| {
            certificate(issuer, &["reader"], |params| {
                params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            })
        };
        let (pem, key) = client(&root);
        let with = Tls { certificate_pem: Some(pem), ..tls.clone() };
        let key = Secret::new(key);
        let steps = reach(&broker, Some((&with, Some(&key))), Protocol::Kafka, ENOUGH).await;
        assert_eq!(outcome(&steps).0, "++++", "TLS {version} with the right certificate");

        let (pem, key) = client(&authority("Another"));
        let with = Tls { certificate_pem: Some(pem), ..tls };
        let key = Secret::new(key);
        let steps = reach(&broker, Some((&with, Some(&key))), Protocol::Kafka, ENOUGH).await;
        let (states, detail) = outcome(&steps);
        assert_eq!(states, "++!.", "TLS {version} with a foreign certificate");
        assert!(detail.contains("does not accept the client certificate"), "{detail}");
    }
}

#[tokio::test]
async fn a_certificate_without_its_key_fails_before_anything_is_sent() {
    let root = authority("Root");
    let broker = kafka_over_tls(acceptor(&usual(&root), None, 13)).await;
    let tls = Tls { certificate_pem: Some(usual(&root).0), ..trusting(&root) };
    let steps = reach(&broker, Some((&tls, None)), Protocol::Kafka, ENOUGH).await;
    says!(
        steps,
        broker,
        "++!.",
        "the client certificate has no private key; paste the key that belongs to the certificate"
    );
}

#[tokio::test]
async fn silence_ends_within_the_time_given() {
    let quiet = serve(silent_server).await;
    let tls = trusting(&authority("Root"));
    for tls in [None, Some((&tls, None))] {
        let began = Instant::now();
        let steps = reach(&quiet, tls, Protocol::Kafka, Duration::from_millis(600)).await;
        let (_, detail) = outcome(&steps);
        assert!(detail.contains("does not answer"), "{detail}");
        assert!(began.elapsed() < Duration::from_secs(2), "took {:?}", began.elapsed());
    }
}

#[tokio::test]
async fn a_server_that_pours_out_bytes_is_cut_off() {
    let fountain = serve(|mut stream| async move {
        let zeros = vec![0xee; 64 * 1024];
        while stream.write_all(&zeros).await.is_ok() {}
    })
    .await;
    let tls = trusting(&authority("Root"));
    for (tls, marks) in [(None, "++!"), (Some((&tls, None)), "++!.")] {
        for speaks in [Protocol::Kafka, Protocol::Amqp] {
            let steps = reach(&fountain, tls, speaks, ENOUGH).await;
            assert_eq!(outcome(&steps).0, marks);
        }
    }
}

#[tokio::test]
async fn a_server_that_closes_at_once_is_told_from_one_that_refuses() {
    let rude = serve(|stream| async move { drop(stream) }).await;
    let steps = reach(&rude, None, Protocol::Amqp, ENOUGH).await;
    let (states, detail) = outcome(&steps);
    assert_eq!(states, "++!");
    assert!(detail.contains("closes the connection at AMQP's first question"), "{detail}");
}

#[tokio::test]
async fn another_text_protocol_is_quoted() {
    let ssh = serve(|mut stream| async move {
        let _ = stream.write_all(b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n").await;
        let _ = stream.read(&mut [0; 1]).await;
    })
    .await;
    let steps = reach(&ssh, None, Protocol::Kafka, ENOUGH).await;
    let (_, detail) = outcome(&steps);
    assert!(detail.contains("says \"SSH-2.0-OpenSSH_9.2p1 Debian\""), "{detail}");
}

#[tokio::test]
async fn a_controllers_port_is_not_taken_for_a_brokers() {
    let controller = serve(|mut stream| async move {
        let _ = stream.read(&mut [0; 64]).await;
        let _ = stream.write_all(&kafka::tests::reply(0, &[1, 18, 52])).await;
        let _ = stream.read(&mut [0; 64]).await;
    })
    .await;
    let (states, detail) = outcome(&reach(&controller, None, Protocol::Kafka, ENOUGH).await);
    assert_eq!(states, "++!");
    assert!(detail.contains("is a Kafka controller"), "{detail}");
}

#[tokio::test]
async fn of_several_servers_one_that_answers_is_enough_and_the_others_are_told() {
    let broker = serve(kafka_broker).await;
    let gone = serve(rabbitmq_node).await;
    let steps = reach_any(&[gone.clone(), broker], None, Protocol::Kafka, ENOUGH).await;
    let (states, detail) = outcome(&steps);
    assert_eq!(states, "+++");
    assert!(detail.contains("SomeAnswer { answering: 1, all: 2"), "{detail}");
    assert!(detail.contains("is an AMQP broker"), "{detail}");

    let steps = reach_any(&[gone.clone(), gone], None, Protocol::Kafka, ENOUGH).await;
    assert_eq!(outcome(&steps).0, "++!");
    let steps = reach_any(&[], None, Protocol::Kafka, ENOUGH).await;
    assert_eq!(steps.len(), 3, "no server at all still names the stages");
}
