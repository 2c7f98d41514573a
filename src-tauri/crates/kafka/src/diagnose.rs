//! Which step of connecting fails.
//!
//! The probe walks the steps that need no account, and the client itself logs in: once, because a
//! diagnosis must not lock the account. The client's result is the verdict; `Diagnosis::judge`
//! keeps the probe from contradicting it.

use std::time::{Duration, Instant};

use connections::printable::printable;
use connections::probe::{Diagnosis, Finding, Found, Protocol, Stage, reach_any};
use connections::profile::{KafkaSecurity, KafkaSettings, SaslMechanism};
use connections::secret::Secrets;
use connections::{Failure, Profile};

use crate::Cluster;
use crate::cluster::kafka_settings;

/// How long the probe may take.
const PATIENCE: Duration = Duration::from_secs(12);

/// Diagnoses a connection without keeping it. Takes at most about 20 seconds.
///
/// # Errors
/// [`connections::Code::Invalid`] where the profile is not one of Kafka.
pub async fn diagnose(profile: &Profile, secrets: &Secrets) -> Result<Diagnosis, Failure> {
    let settings = kafka_settings(profile)?;
    let tls = match &settings.security {
        KafkaSecurity::Plaintext => None,
        KafkaSecurity::Ssl { tls } | KafkaSecurity::SaslSsl { tls, .. } => {
            Some((tls, secrets.private_key.as_ref()))
        }
    };
    let probe = reach_any(&settings.bootstrap_servers, tls, Protocol::Kafka, PATIENCE);
    let client = async {
        let started = Instant::now();
        (Cluster::connect(profile, secrets).await, started.elapsed())
    };
    // Side by side: neither knows of the other, and a person is waiting.
    let (steps, (client, took)) = tokio::join!(probe, client);
    let findings = match client {
        Ok(cluster) => vec![
            Finding::passed(Stage::Authentication, Some(took), identity(settings)),
            Finding::passed(Stage::Authorization, None, brokers(&cluster)),
        ],
        Err(failure) => vec![Finding::failed(Some(took), failure)],
    };
    Ok(Diagnosis::judge(steps, &[Stage::Authentication, Stage::Authorization], findings))
}

fn brokers(cluster: &Cluster) -> Found {
    Found::Brokers { count: cluster.about().brokers.len() }
}

fn identity(settings: &KafkaSettings) -> Found {
    match &settings.security {
        KafkaSecurity::Ssl { tls } if tls.certificate_pem.is_some() => Found::ClientCertificate,
        KafkaSecurity::Plaintext | KafkaSecurity::Ssl { .. } => Found::Anonymous,
        KafkaSecurity::SaslSsl { user, mechanism, .. } => {
            let mechanism = match mechanism {
                SaslMechanism::Plain => "PLAIN",
                SaslMechanism::ScramSha256 => "SCRAM-SHA-256",
                SaslMechanism::ScramSha512 => "SCRAM-SHA-512",
            };
            Found::User { user: printable(user, 80), mechanism: Some(mechanism.to_owned()) }
        }
    }
}
