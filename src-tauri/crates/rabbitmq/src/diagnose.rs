//! Which step of connecting fails.
//!
//! The probe of [`connections::probe`] explains name, TCP, TLS and protocol; the AMQP client's own
//! result is the verdict on them and on the login, which is tried once; the management API is a
//! step of its own, tried only with credentials that AMQP accepted.

use std::time::{Duration, Instant};

use connections::probe::{Diagnosis, Finding, Found, Protocol, Stage, reach};
use connections::profile::{Broker as Settings, Profile};
use connections::secret::Secrets;
use connections::{Code, Failure};

use crate::Broker;
use crate::verdict::clean;

/// For the probe in all.
const PROBE: Duration = Duration::from_secs(15);

/// Connects once, and says how far that came.
pub async fn diagnose(profile: &Profile, secrets: &Secrets) -> Diagnosis {
    let Settings::RabbitMq(settings) = &profile.broker else {
        let failure = Failure::new(Code::Internal, "this connection is not RabbitMQ's");
        return Diagnosis::judge(Vec::new(), &[], vec![Finding::failed(None, failure)]);
    };
    let tls = settings.tls.as_ref().map(|tls| (tls, secrets.private_key.as_ref()));
    let probe = reach(&settings.endpoint, tls, Protocol::Amqp, PROBE).await;
    let mut later = vec![Stage::Authentication, Stage::Authorization];
    if settings.management_url.is_some() {
        later.push(Stage::Management);
    }
    let began = Instant::now();
    let findings = match Broker::connect(profile, secrets).await {
        Err(failure) => vec![refusal(began.elapsed(), failure)],
        Ok(broker) => {
            let mut findings = passed(&broker, began.elapsed());
            if settings.management_url.is_some() {
                findings.push(management(&broker).await);
            }
            broker.close().await;
            findings
        }
    };
    Diagnosis::judge(probe, &later, findings)
}

/// The virtual host is entered after the login, and only the client knows which of both failed.
fn refusal(took: Duration, failure: Failure) -> Finding {
    match failure.code {
        Code::Authentication | Code::Keyring => {
            Finding::failed_at(Stage::Authentication, Some(took), failure)
        }
        Code::Authorization | Code::NotFound => {
            Finding::failed_at(Stage::Authorization, Some(took), failure)
        }
        _ => Finding::failed(Some(took), failure),
    }
}

fn passed(broker: &Broker, took: Duration) -> Vec<Finding> {
    let who = match broker.user() {
        Some(user) => Found::User { user: clean(user), mechanism: None },
        None => Found::ClientCertificate,
    };
    let vhost = Found::VirtualHost { vhost: clean(broker.vhost()) };
    vec![
        Finding::passed(Stage::Authentication, Some(took), who),
        Finding::passed(Stage::Authorization, None, vhost),
    ]
}

async fn management(broker: &Broker) -> Finding {
    let began = Instant::now();
    let asked = match broker.management() {
        Ok(management) => management.whoami().await,
        Err(failure) => Err(failure),
    };
    let took = Some(began.elapsed());
    match asked {
        Ok(who) => {
            let tags = who.tags.iter().take(8).map(|tag| clean(tag)).collect();
            let answers = Found::Management { user: clean(&who.name), tags };
            Finding::passed(Stage::Management, took, answers)
        }
        Err(failure) => Finding::failed_at(Stage::Management, took, failure),
    }
}
