//! The TLS handshake, by rustls with the profile's trust, and why it failed in one sentence.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::{SignedDuration, Timestamp};
use rustls::{AlertDescription, CertificateError, ClientConfig, Error, ProtocolVersion};
use rustls_pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::failure::{Code, Failure};
use crate::printable::printable;
use crate::probe::Found;
use crate::probe::certificate::{Facts, day};
use crate::probe::peer::Peer;
use crate::probe::witness::{Asked, Tap, Witness};
use crate::profile::{Endpoint, Tls, Trust};
use crate::secret::Secret;
use crate::trust;

/// A certificate that ends within this time is mentioned.
const SOON: SignedDuration = SignedDuration::from_hours(30 * 24);

/// How to shake hands with one server, and what was learnt while doing it.
pub(super) struct Handshake {
    pub config: Arc<ClientConfig>,
    pub name: ServerName<'static>,
    witness: Arc<Witness>,
    trust: Trust,
    checks_name: bool,
    presents: bool,
    shown: String,
}

/// Why there was no handshake.
pub(super) enum Refusal {
    /// In one sentence, with the next step.
    Explained(String),
    /// The peer said these bytes, which are not TLS; perhaps none.
    NotTls(Vec<u8>),
    /// Nothing came in time.
    Silent,
}

impl Handshake {
    /// Prepares one. Reads files of the operating system: not for an async thread.
    pub(super) fn prepare(
        endpoint: &Endpoint,
        tls: &Tls,
        private_key: Option<&Secret>,
    ) -> Result<Self, Failure> {
        let witness = Arc::new(Witness::new(trust::verifier(tls)?));
        let mut config = trust::client_config(tls, private_key)?;
        let shown = printable(&endpoint.to_string(), 80);
        let name = ServerName::try_from(endpoint.host.clone()).map_err(|_| {
            Failure::new(Code::Tls, format!("{shown} is no name that a certificate can carry"))
                .hint("connect by the server's DNS name or address")
        })?;
        config.dangerous().set_certificate_verifier(Arc::clone(&witness) as _);
        let presents = config.client_auth_cert_resolver.has_certs();
        Ok(Handshake {
            config: Arc::new(config),
            name,
            witness,
            trust: tls.trust,
            checks_name: tls.verify_name,
            presents,
            shown,
        })
    }

    /// Shakes hands over a fresh connection.
    pub(super) async fn shake(
        &self,
        stream: TcpStream,
        deadline: Instant,
    ) -> Result<Encrypted, Refusal> {
        let asked = Arc::new(AtomicBool::new(false));
        let mut config = ClientConfig::clone(&self.config);
        config.client_auth_cert_resolver = Arc::new(Asked {
            inner: Arc::clone(&self.config.client_auth_cert_resolver),
            asked: Arc::clone(&asked),
        });
        let first = Arc::new(Mutex::new(Vec::new()));
        let tap = Tap { inner: stream, first: Arc::clone(&first) };
        let connecting = TlsConnector::from(Arc::new(config)).connect(self.name.clone(), tap);
        let stream = match timeout_at(deadline, connecting).await {
            Ok(Ok(stream)) => stream,
            failed => {
                let first = first.lock().unwrap_or_else(PoisonError::into_inner).clone();
                return Err(match failed {
                    Ok(Err(error)) => self.refused(&error, first, asked.load(Ordering::Relaxed)),
                    // Half an answer that is not TLS says more than the silence after it.
                    _ if Peer::of(&first).is_some_and(|peer| peer != Peer::Tls) => {
                        Refusal::NotTls(first)
                    }
                    _ => Refusal::Silent,
                });
            }
        };
        let found = self.describe(&stream);
        Ok(Encrypted { stream, found, asked: asked.load(Ordering::Relaxed) })
    }

    /// The refusal that a server sends after the handshake, where `error` or a close is one. With
    /// TLS 1.3 the client has finished before the server judged its certificate.
    pub(super) fn late_refusal(&self, asked: bool, error: Option<&io::Error>) -> Option<String> {
        match error.and_then(tls_error) {
            Some(Error::AlertReceived(alert)) => Some(self.alert(*alert, asked)),
            _ if asked && !self.presents => Some(self.certificate_demanded()),
            _ => None,
        }
    }

    fn refused(&self, error: &io::Error, first: Vec<u8>, asked: bool) -> Refusal {
        match tls_error(error) {
            Some(Error::AlertReceived(alert)) => Refusal::Explained(self.alert(*alert, asked)),
            Some(Error::InvalidCertificate(error)) => Refusal::Explained(self.distrusted(error)),
            Some(Error::PeerIncompatible(reason)) => Refusal::Explained(format!(
                "{} and this console have no way of encryption in common ({reason:?}); the console \
                 speaks TLS 1.2 and 1.3",
                self.shown
            )),
            _ if Peer::of(&first) != Some(Peer::Tls) => Refusal::NotTls(first),
            Some(error) => Refusal::Explained(format!(
                "the TLS handshake with {} failed: {}; look into the broker's log",
                self.shown,
                printable(&error.to_string(), 160)
            )),
            None if asked && !self.presents => Refusal::Explained(self.certificate_demanded()),
            None => Refusal::Explained(format!(
                "{} broke the TLS handshake off; look into the broker's log",
                self.shown
            )),
        }
    }

    fn describe(&self, stream: &TlsStream<Tap>) -> Vec<Found> {
        let version = match stream.get_ref().1.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => Some("1.3".to_owned()),
            Some(ProtocolVersion::TLSv1_2) => Some("1.2".to_owned()),
            _ => None,
        };
        let mut found = vec![Found::Tls { version }];
        if let Some(leaf) = self.witness.facts().first() {
            let soon = Timestamp::now().checked_add(SOON).ok();
            found.push(Found::Certificate {
                names: leaf.whom(),
                issuer: leaf.issuer.clone(),
                until: leaf.not_after.map(day),
                soon: leaf.not_after.zip(soon).is_some_and(|(end, soon)| end < soon),
            });
        }
        if !self.checks_name {
            found.push(Found::NameUnchecked);
        }
        found
    }

    fn distrusted(&self, error: &CertificateError) -> String {
        let chain = self.witness.facts();
        let now = Timestamp::now();
        let shown = &self.shown;
        let dated = |facts: Option<Timestamp>| facts.map_or("an unknown date".to_owned(), day);
        match error {
            CertificateError::UnknownIssuer => self.unknown_issuer(&chain),
            CertificateError::BadSignature => format!(
                "the certificate of {shown} is not signed by the {} that this connection trusts; \
                 add the broker's current authority",
                chain.last().map_or("authority", |last| last.issuer.as_str())
            ),
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                match Facts::expired(&chain, now) {
                    Some(over) => format!(
                        "the certificate of {} at {shown} expired on {}; it has to be renewed on \
                         the broker",
                        over.subject,
                        dated(over.not_after)
                    ),
                    None => format!("a certificate of {shown} expired; it has to be renewed"),
                }
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                let start = Facts::not_yet_valid(&chain, now).and_then(|facts| facts.not_before);
                format!(
                    "the certificate of {shown} is only valid from {}; check this computer's clock",
                    dated(start)
                )
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                match chain.first() {
                    Some(leaf) if !leaf.names.is_empty() => format!(
                        "the certificate of {shown} is for {}; connect by one of these names",
                        leaf.whom().join(", ")
                    ),
                    _ => format!(
                        "the certificate of {shown} names no server; it needs a subject \
                         alternative name"
                    ),
                }
            }
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
                format!("the certificate of {shown} is not one for servers; it has to be replaced")
            }
            CertificateError::Revoked => {
                format!("the certificate of {shown} was revoked; it has to be replaced")
            }
            other => format!(
                "the certificate of {shown} is refused: {}; it has to be replaced, or its \
                 authority given",
                printable(&other.to_string(), 160)
            ),
        }
    }

    fn unknown_issuer(&self, chain: &[Facts]) -> String {
        let shown = &self.shown;
        let Some(last) = chain.last() else {
            return format!("{shown} shows no certificate that this connection trusts");
        };
        if chain.len() == 1 && last.self_issued {
            return format!(
                "{shown} shows a certificate that it issued itself ({}); if that is right, add it \
                 as the authority",
                last.subject
            );
        }
        let next = match self.trust {
            Trust::System => "add the certificate of that authority to this connection",
            Trust::SystemAndCa | Trust::OnlyCa => {
                "the authority of this connection is another one: add that of the broker"
            }
        };
        format!(
            "the certificate of {shown} was issued by {}, which this connection does not trust; \
             {next}",
            last.issuer
        )
    }

    fn alert(&self, alert: AlertDescription, asked: bool) -> String {
        let shown = &self.shown;
        if asked && !self.presents {
            return self.certificate_demanded();
        }
        match alert {
            AlertDescription::CertificateRequired => self.certificate_demanded(),
            AlertDescription::UnknownCA
            | AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
                if asked =>
            {
                let why = match alert {
                    AlertDescription::UnknownCA => " (it does not know its authority)",
                    AlertDescription::CertificateExpired => " (it expired)",
                    AlertDescription::CertificateRevoked => " (it was revoked)",
                    _ => "",
                };
                format!(
                    "{shown} does not accept the client certificate{why}; use one of an authority \
                     that the broker trusts"
                )
            }
            AlertDescription::ProtocolVersion => format!(
                "{shown} speaks no version of TLS that this console does; it needs TLS 1.2 or 1.3"
            ),
            AlertDescription::UnrecognisedName => format!(
                "{shown} does not know itself by that name; connect by the name it is set up with"
            ),
            other => format!(
                "{shown} ended the TLS handshake with the alert {other:?}; look into the broker's \
                 log"
            ),
        }
    }

    fn certificate_demanded(&self) -> String {
        format!(
            "{} demands a client certificate; add a certificate and its private key to this \
             connection",
            self.shown
        )
    }
}

/// A connection after its handshake.
pub(super) struct Encrypted {
    pub stream: TlsStream<Tap>,
    /// Version, whom the certificate is for, who issued it, until when.
    pub found: Vec<Found>,
    /// Whether the server asked for a client certificate.
    pub asked: bool,
}

fn tls_error(error: &io::Error) -> Option<&Error> {
    error.get_ref()?.downcast_ref::<Error>()
}
