use rcgen::{CertificateParams, KeyPair};

use super::*;

/// Certificate and key, as PEM.
fn pair() -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn only(ca_pem: &str) -> Tls {
    Tls {
        trust: Trust::OnlyCa,
        ca_pem: Some(ca_pem.to_owned()),
        certificate_pem: None,
        verify_name: true,
    }
}

#[test]
fn the_bundle_for_librdkafka_holds_the_certificates_and_nothing_around_them() {
    let (first, second) = (pair().0, pair().0);
    let notes = format!("Subject: CN = a note\n{first}\nanother note\n{second}");
    let bundle = ca_bundle(&only(&notes)).unwrap().unwrap();
    assert!(!bundle.contains("note"));
    assert_eq!(
        certificates(&bundle, "the bundle").unwrap(),
        certificates(&notes, "the notes").unwrap()
    );
}

#[test]
fn the_system_is_added_to_the_authority_or_left_to_the_library() {
    let ca = pair().0;
    let alone = Tls { trust: Trust::System, ..only(&ca) };
    assert_eq!(ca_bundle(&alone), Ok(None));
    let both = Tls { trust: Trust::SystemAndCa, ..only(&ca) };
    let bundle = certificates(&ca_bundle(&both).unwrap().unwrap(), "the bundle").unwrap();
    assert_eq!(bundle.first(), certificates(&ca, "the authority").unwrap().first());
    assert_eq!(bundle.len(), 1 + system_roots().unwrap().len());
}

#[test]
fn a_key_of_another_pair_is_told() {
    let (certificate, _) = pair();
    let (_, other) = pair();
    let tls = Tls { certificate_pem: Some(certificate.clone()), ..only(&certificate) };
    let failure = client_config(&tls, Some(&Secret::new(other))).unwrap_err();
    assert_eq!(failure.code, Code::Invalid);
    assert!(failure.message.contains("does not belong"), "{failure}");
}

#[test]
fn a_key_that_cannot_be_read_is_not_quoted() {
    let (certificate, key) = pair();
    let tls = Tls { certificate_pem: Some(certificate.clone()), ..only(&certificate) };
    let body: String = key.lines().nth(1).unwrap().to_owned();
    for broken in [body.clone(), key.replace("-----END", "-----FIN"), key.replace(&body, "####")] {
        let failure = client_config(&tls, Some(&Secret::new(broken))).unwrap_err();
        assert_eq!(failure.code, Code::Invalid);
        assert!(!failure.to_string().contains(&body[..16]), "{failure}");
    }
}

#[test]
fn a_key_left_over_without_a_certificate_is_not_used() {
    let (certificate, key) = pair();
    let config = client_config(&only(&certificate), Some(&Secret::new(key))).unwrap();
    assert!(!config.client_auth_cert_resolver.has_certs());
}

#[test]
fn a_certificate_and_key_of_one_pair_are_presented() {
    let (certificate, key) = pair();
    let tls = Tls { certificate_pem: Some(certificate.clone()), ..only(&certificate) };
    let config = client_config(&tls, Some(&Secret::new(key))).unwrap();
    assert!(config.client_auth_cert_resolver.has_certs());
}

#[test]
fn only_the_authority_means_no_other() {
    let ca = pair().0;
    assert_eq!(roots(&only(&ca)).unwrap().len(), 1);
    let both = Tls { trust: Trust::SystemAndCa, ..only(&ca) };
    assert!(roots(&both).unwrap().len() > 1);
    let system = Tls { trust: Trust::System, ..only(&ca) };
    assert_eq!(roots(&system).unwrap().len(), roots(&both).unwrap().len() - 1);
}
