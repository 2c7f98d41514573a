//! Certificates and keys, from the PEM of a profile to what a TLS library takes.
//!
//! One description of trust serves three libraries: rustls (AMQP, HTTP and the probe) takes the
//! [`rustls::ClientConfig`] of [`client_config`]; librdkafka takes PEM text, see [`ca_bundle`].

use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, Error, InconsistentKeys, RootCertStore,
    SignatureScheme,
};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

use x509_parser::prelude::{FromDer, X509Certificate};
use zeroize::Zeroizing;

use crate::failure::{Code, Failure};
use crate::profile::{Tls, Trust};
use crate::secret::Secret;

/// The configuration of a TLS client that trusts and presents what the profile says.
///
/// # Errors
/// [`Code::Invalid`] for PEM that is empty, not PEM, or does not fit together; [`Code::Tls`] where
/// the operating system gives no root certificates.
pub fn client_config(tls: &Tls, private_key: Option<&Secret>) -> Result<ClientConfig, Failure> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|_| Failure::new(Code::Internal, "the TLS library offers no protocol version"))?
        .dangerous()
        .with_custom_certificate_verifier(verifier(tls)?);
    match identity(tls, private_key)? {
        None => Ok(builder.with_no_client_auth()),
        Some((chain, key)) => {
            let pair = Arc::new(SingleCertAndKey::from(certified(chain, &key)?));
            Ok(builder.with_client_cert_resolver(pair))
        }
    }
}

/// The pair as rustls signs with it. Its own `with_client_auth_cert` takes the key's bytes over and
/// does not wipe them.
fn certified(
    chain: Vec<CertificateDer<'static>>,
    key: &PrivateKeyDer<'static>,
) -> Result<CertifiedKey, Failure> {
    let no_pair = || {
        Failure::new(Code::Invalid, "the private key does not belong to the client certificate")
            .hint("paste the certificate and the key of the same pair")
    };
    let signing = rustls::crypto::ring::sign::any_supported_type(key).map_err(|_| no_pair())?;
    let pair = CertifiedKey::new(chain, signing);
    match pair.keys_match() {
        // Of some kinds of key the public half cannot be told: then the server will.
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(pair),
        Err(_) => Err(no_pair()),
    }
}

/// What decides whether a server's certificate is good: webpki, with the profile's authorities.
pub(crate) fn verifier(tls: &Tls) -> Result<Arc<dyn ServerCertVerifier>, Failure> {
    let provider = provider();
    let roots = Arc::new(roots(tls)?);
    let chain =
        WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build().map_err(
            |e| Failure::new(Code::Invalid, format!("the authority cannot be used: {e}")),
        )?;
    Ok(if tls.verify_name { chain } else { Arc::new(AnyName { chain, provider }) })
}

/// What librdkafka trusts, as PEM text for `ssl.ca.pem`: the certificates and nothing that stood
/// around them. `None` leaves it to its own default, the operating system's authorities.
///
/// # Errors
/// As [`client_config`].
pub fn ca_bundle(tls: &Tls) -> Result<Option<String>, Failure> {
    match tls.trust {
        Trust::System => Ok(None),
        Trust::OnlyCa => Ok(Some(authorities(tls)?.iter().map(to_pem).collect())),
        Trust::SystemAndCa => {
            let all = authorities(tls)?.into_iter().chain(system_roots()?);
            Ok(Some(all.map(|certificate| to_pem(&certificate)).collect()))
        }
    }
}

/// A client certificate with its chain, and its key, whose bytes are wiped when it is dropped.
pub type Identity = (Vec<CertificateDer<'static>>, Zeroizing<PrivateKeyDer<'static>>);

/// Client certificate chain and key, when the profile has them. A key without a certificate is not
/// used: it may be left from before the certificate was removed.
///
/// # Errors
/// [`Code::Invalid`] for a certificate without a key, or unusable PEM.
pub fn identity(tls: &Tls, private_key: Option<&Secret>) -> Result<Option<Identity>, Failure> {
    let (pem, key) = match (&tls.certificate_pem, private_key) {
        (None, _) => return Ok(None),
        (Some(_), None) => {
            return Err(Failure::new(Code::Invalid, "the client certificate has no private key")
                .hint("paste the key that belongs to the certificate"));
        }
        (Some(pem), Some(key)) => (pem, key),
    };
    let chain = certificates(pem, "the client certificate")?;
    // The parser's own error may quote the line it stumbled on, so it is not passed on.
    let key = PrivateKeyDer::from_pem_slice(key.expose().as_bytes()).map_err(|_| {
        Failure::new(Code::Invalid, "the private key is not an unencrypted PEM key")
            .hint("it starts with -----BEGIN PRIVATE KEY----- (or RSA or EC PRIVATE KEY)")
    })?;
    Ok(Some((chain, Zeroizing::new(key))))
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn roots(tls: &Tls) -> Result<RootCertStore, Failure> {
    let mut store = RootCertStore::empty();
    if tls.trust != Trust::OnlyCa {
        store.add_parsable_certificates(system_roots()?);
    }
    if tls.trust != Trust::System {
        for certificate in authorities(tls)? {
            store.add(certificate).map_err(|e| {
                Failure::new(Code::Invalid, format!("the authority's certificate is unusable: {e}"))
            })?;
        }
    }
    Ok(store)
}

fn authorities(tls: &Tls) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let pem = tls.ca_pem.as_deref().unwrap_or_default();
    certificates(pem, "the authority")
}

/// The certificates of a PEM text, at least one; `what` names the text in the failure.
pub(crate) fn certificates(pem: &str, what: &str) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let parsed: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let is_x509 = |der: &CertificateDer<'_>| X509Certificate::from_der(der.as_ref()).is_ok();
    match parsed {
        Ok(list) if !list.is_empty() && list.iter().all(is_x509) => Ok(list),
        _ => Err(Failure::new(Code::Invalid, format!("{what} is not a PEM certificate"))
            .hint("it starts with -----BEGIN CERTIFICATE-----")),
    }
}

fn system_roots() -> Result<Vec<CertificateDer<'static>>, Failure> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        return Err(Failure::new(Code::Tls, "the operating system gives no root certificates")
            .hint(
                "install its package of root certificates, or trust only an authority of yours",
            ));
    }
    Ok(found.certs)
}

fn to_pem(certificate: &CertificateDer<'_>) -> String {
    pem::encode(&pem::Pem::new("CERTIFICATE", certificate.as_ref()))
}

/// Checks the chain and the dates but not the name: what `verify_name: false` asks for.
#[derive(Debug)]
struct AnyName {
    chain: Arc<WebPkiServerVerifier>,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for AnyName {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        match self.chain.verify_server_cert(end_entity, intermediates, server_name, ocsp, now) {
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) => Ok(ServerCertVerified::assertion()),
            other => other,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chain.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
#[path = "trust_tests.rs"]
mod tests;
