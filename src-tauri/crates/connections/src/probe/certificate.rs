//! What people need to know of a server's certificate.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rustls_pki_types::CertificateDer;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::x509::X509Name;

use crate::printable::printable;

/// The fields of one certificate, already fit to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Facts {
    /// Whom it is for: the common name, or the organisation, or the whole name.
    pub subject: String,
    /// Who issued it, in the same form.
    pub issuer: String,
    /// True where it names itself as its issuer.
    pub self_issued: bool,
    /// The names and addresses of the server (the subject alternative names), at most eight.
    pub names: Vec<String>,
    /// From when it is valid.
    pub not_before: Option<Timestamp>,
    /// Until when.
    pub not_after: Option<Timestamp>,
}

impl Facts {
    /// Reads one; `None` where it is not a certificate at all.
    pub(super) fn of(certificate: &CertificateDer<'_>) -> Option<Facts> {
        let (_, parsed) = X509Certificate::from_der(certificate.as_ref()).ok()?;
        let names = match parsed.subject_alternative_name() {
            Ok(Some(extension)) => {
                extension.value.general_names.iter().filter_map(server_name).take(8).collect()
            }
            _ => Vec::new(),
        };
        let validity = parsed.validity();
        Some(Facts {
            subject: shown(parsed.subject()),
            issuer: shown(parsed.issuer()),
            self_issued: parsed.subject() == parsed.issuer(),
            names,
            not_before: Timestamp::from_second(validity.not_before.timestamp()).ok(),
            not_after: Timestamp::from_second(validity.not_after.timestamp()).ok(),
        })
    }

    /// The first of a chain whose time is over.
    pub(super) fn expired(chain: &[Facts], now: Timestamp) -> Option<&Facts> {
        chain.iter().find(|facts| facts.not_after.is_some_and(|end| end < now))
    }

    /// The first of a chain whose time has not come.
    pub(super) fn not_yet_valid(chain: &[Facts], now: Timestamp) -> Option<&Facts> {
        chain.iter().find(|facts| facts.not_before.is_some_and(|start| start > now))
    }

    /// The names; the subject where there are none.
    pub(super) fn whom(&self) -> Vec<String> {
        if self.names.is_empty() { vec![self.subject.clone()] } else { self.names.clone() }
    }
}

/// A day, in UTC, as certificates count.
pub(super) fn day(instant: Timestamp) -> String {
    instant.to_zoned(TimeZone::UTC).date().to_string()
}

fn server_name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some(printable(name, 80)),
        GeneralName::IPAddress(bytes) => match bytes.len() {
            4 => <[u8; 4]>::try_from(*bytes).ok().map(|b| std::net::Ipv4Addr::from(b).to_string()),
            16 => {
                <[u8; 16]>::try_from(*bytes).ok().map(|b| std::net::Ipv6Addr::from(b).to_string())
            }
            _ => None,
        },
        _ => None,
    }
}

fn shown(name: &X509Name<'_>) -> String {
    let text = |value: Option<&str>| value.map(|text| printable(text, 80));
    text(name.iter_common_name().find_map(|part| part.as_str().ok()))
        .or_else(|| text(name.iter_organization().find_map(|part| part.as_str().ok())))
        .unwrap_or_else(|| {
            let whole = name.to_string();
            if whole.is_empty() { "\"\"".to_owned() } else { printable(&whole, 80) }
        })
}
