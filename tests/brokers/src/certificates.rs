//! Certificate authorities and certificates made for one run, also bad ones.
//!
//! Left out: revocation. Neither broker checks it unless told to.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, KeyPair, KeyUsagePurpose, date_time_ymd,
};

/// A certificate and its private key.
#[derive(Debug, Clone)]
pub struct Identity {
    /// The certificate as PEM, without its issuer.
    pub certificate_pem: String,
    /// The private key as PEM, PKCS#8, unencrypted.
    pub key_pem: String,
}

/// A certificate authority. Two of them trust nothing of each other.
#[derive(Debug)]
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    /// A new one with a new key.
    pub fn new(name: &str) -> Authority {
        let mut params = valid_for_decades(CertificateParams::default());
        params.distinguished_name = common_name(name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let issuer = CertifiedIssuer::self_signed(params, new_key()).expect("the parts fit");
        Authority { issuer }
    }

    /// Its certificate as PEM.
    pub fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// For a server at `localhost` and `127.0.0.1`.
    pub fn server(&self) -> Identity {
        self.issue(server("localhost", &["localhost", "127.0.0.1"]))
    }

    /// For a server whose certificate ran out in 2021.
    pub fn expired_server(&self) -> Identity {
        let mut params = server("localhost", &["localhost", "127.0.0.1"]);
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2021, 1, 1);
        self.issue(params)
    }

    /// For a server of another name: at localhost its name does not match.
    pub fn server_named(&self, name: &str) -> Identity {
        self.issue(server(name, &[name]))
    }

    /// For a client with this common name.
    pub fn client(&self, name: &str) -> Identity {
        let mut params = valid_for_decades(CertificateParams::default());
        params.distinguished_name = common_name(name);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        self.issue(params)
    }

    fn issue(&self, mut params: CertificateParams) -> Identity {
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.use_authority_key_identifier_extension = true;
        let key = new_key();
        let certificate = params.signed_by(&key, &self.issuer).expect("the parts fit");
        Identity { certificate_pem: certificate.pem(), key_pem: key.serialize_pem() }
    }
}

fn server(name: &str, alternatives: &[&str]) -> CertificateParams {
    let alternatives: Vec<String> = alternatives.iter().map(ToString::to_string).collect();
    let params = CertificateParams::new(alternatives).expect("names of a certificate");
    let mut params = valid_for_decades(params);
    params.distinguished_name = common_name(name);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params
}

// Nothing but a common name: Kafka's principal is the whole name, RabbitMQ's user the common name.
fn common_name(name: &str) -> DistinguishedName {
    let mut names = DistinguishedName::new();
    names.push(DnType::CommonName, name);
    names
}

/// rcgen's own default ends in the year 4096, which not every reader of certificates expects.
fn valid_for_decades(mut params: CertificateParams) -> CertificateParams {
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2049, 12, 31);
    params
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("the system has random numbers")
}
