//! Each listener of RabbitMQ takes its own credentials and no others.

use std::sync::Arc;

use brokers::{Identity, RabbitMq};
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;

fn tls(ca_pem: &str, identity: Option<&Identity>) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    let certificate = |pem: &str| CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    roots.add(certificate(ca_pem)).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    match identity {
        None => builder.with_no_client_auth(),
        Some(identity) => {
            let key = PrivateKeyDer::from_pem_slice(identity.key_pem.as_bytes()).unwrap();
            let chain = vec![certificate(&identity.certificate_pem)];
            builder.with_client_auth_cert(chain, key).unwrap()
        }
    }
}

/// A port behind which TLS to the broker begins, for one connection.
async fn tunnel(rabbit: &RabbitMq, config: ClientConfig) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let target = rabbit.amqps_port();
    tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let server = TcpStream::connect(("127.0.0.1", target)).await.unwrap();
        let connector = TlsConnector::from(Arc::new(config));
        // A failed handshake is seen by the client as what it is: no connection.
        if let Ok(mut server) = connector.connect("localhost".try_into().unwrap(), server).await {
            let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
        }
    });
    port
}

async fn log_in(url: &str) -> Result<(), String> {
    let connected = Connection::connect(url, ConnectionProperties::default()).await;
    let connection = connected.map_err(|error| error.to_string())?;
    // Kept until the connection is closed: a dropped channel closes itself at the same time.
    let _channel = connection.create_channel().await.map_err(|error| error.to_string())?;
    connection.close(200, "done".into()).await.map_err(|error| error.to_string())
}

pub async fn log_in_over_tls(rabbit: &RabbitMq, user: &str, vhost: &str, ca_pem: &str) -> bool {
    let port = tunnel(rabbit, tls(ca_pem, None)).await;
    let url = rabbit.amqp_url(user, vhost);
    let url = url.replace(&rabbit.amqp_port().to_string(), &port.to_string());
    log_in(&url).await.is_ok()
}

pub async fn log_in_by_certificate(rabbit: &RabbitMq, identity: Option<&Identity>) -> bool {
    let port = tunnel(rabbit, tls(&rabbit.ca_pem(), identity)).await;
    let url = format!("amqp://localhost:{port}/%2F?auth_mechanism=external");
    log_in(&url).await.is_ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn passwords_and_certificates_are_accepted() {
    let rabbit = brokers::rabbitmq();
    for vhost in ["/", "orders/eu"] {
        for user in ["admin", "support", "limited"] {
            log_in(&rabbit.amqp_url(user, vhost)).await.unwrap();
            assert!(log_in_over_tls(rabbit, user, vhost, &rabbit.ca_pem()).await, "{user} {vhost}");
        }
    }
    assert!(log_in_by_certificate(rabbit, Some(rabbit.client_certificate())).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_passwords_certificates_and_vhosts_are_refused() {
    let rabbit = brokers::rabbitmq();
    let url = rabbit.amqp_url("admin", "/");
    log_in(&url.replace(rabbit.password_of("admin"), "wrong")).await.unwrap_err();
    log_in(&rabbit.amqp_url("nobody", "/")).await.unwrap_err();
    log_in(&rabbit.amqp_url("admin", "no-such")).await.unwrap_err();

    let stranger = brokers::Authority::new("stranger");
    assert!(!log_in_over_tls(rabbit, "admin", "/", &stranger.pem()).await, "another authority");
    assert!(!log_in_by_certificate(rabbit, None).await, "no certificate");
    let forged = stranger.client("kronos-client");
    assert!(!log_in_by_certificate(rabbit, Some(&forged)).await, "a stranger's certificate");
    let unknown = rabbit.authority().client("no-such-user");
    assert!(!log_in_by_certificate(rabbit, Some(&unknown)).await, "a user that is not there");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limited_user_reads_only_queues_of_tasks_and_support_declares_nothing() {
    let rabbit = brokers::rabbitmq();
    for queue in ["task_of_limited", "invoice_of_others"] {
        rabbit.api("PUT", &format!("/api/queues/orders%2Feu/{queue}"), Some(&json!({}))).unwrap();
    }
    let get = async |user: &str, queue: &str| {
        let url = rabbit.amqp_url(user, "orders/eu");
        let connection = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.basic_get(queue.into(), Default::default()).await.map(|_| ())
    };
    get("limited", "task_of_limited").await.unwrap();
    get("limited", "invoice_of_others").await.unwrap_err();
    get("support", "invoice_of_others").await.unwrap();

    let url = rabbit.amqp_url("support", "orders/eu");
    let connection = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    let new = channel.queue_declare("new".into(), Default::default(), FieldTable::default());
    new.await.unwrap_err();
}

#[test]
fn the_management_api_answers_and_its_refusals_are_errors() {
    let rabbit = brokers::rabbitmq();
    assert_eq!(rabbit.api("GET", "/api/whoami", None).unwrap()["name"], "admin");
    let missing = rabbit.api("GET", "/api/queues/%2F/no-such-queue", None).unwrap_err();
    assert!(missing.contains("404"), "{missing}");
    assert!(rabbit.ctl(&["list_vhosts"]).unwrap().contains("orders/eu"));
    let missing = rabbit.ctl(&["delete_vhost", "no-such"]).unwrap_err();
    assert!(missing.contains("no-such"), "{missing}");
}
