//! Endpoints as people type them: `host:port`, `[::1]:port`, and lists of them.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use crate::failure::{Code, Failure};
use crate::printable::printable;
use crate::profile::Endpoint;

/// The longest name that DNS can carry: RFC 1035, 2.3.4.
const LONGEST_HOST: usize = 253;

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for Endpoint {
    type Err = Failure;

    /// Reads `host:port`; an IPv6 address stands in brackets.
    ///
    /// # Errors
    /// [`Code::Invalid`].
    fn from_str(text: &str) -> Result<Self, Failure> {
        let text = text.trim();
        let shown = printable(text, 80);
        if text.contains("://") {
            return Err(Failure::new(Code::Invalid, format!("{shown} names a protocol"))
                .hint("write host:port, and choose the security protocol beside it"));
        }
        let split = match text.strip_prefix('[') {
            Some(rest) => rest.split_once("]:"),
            None => text.rsplit_once(':'),
        };
        let Some((host, port)) = split else {
            return Err(Failure::new(Code::Invalid, format!("{shown} has no port"))
                .hint("write host:port, for example kafka-1.example:9093"));
        };
        if !text.starts_with('[') && host.contains(':') {
            return Err(Failure::new(Code::Invalid, format!("{shown} is not host:port"))
                .hint("an IPv6 address stands in brackets: [::1]:9092"));
        }
        // `u16::from_str` would take a sign.
        let digits = !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
        let port = port.parse().ok().filter(|port| digits && *port != 0).ok_or_else(|| {
            Failure::new(Code::Invalid, format!("{shown} has no port from 1 to 65535"))
                .hint("write host:port, for example kafka-1.example:9093")
        })?;
        let endpoint = Endpoint { host: host.to_owned(), port };
        endpoint.validate()?;
        Ok(endpoint)
    }
}

impl Endpoint {
    /// Checks host and port.
    ///
    /// # Errors
    /// [`Code::Invalid`].
    pub fn validate(&self) -> Result<(), Failure> {
        let shown = printable(&self.host, 80);
        if self.host.is_empty() {
            return Err(Failure::new(Code::Invalid, "the host is empty")
                .hint("write a host name or an address"));
        }
        let letters = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let labels = self.host.strip_suffix('.').unwrap_or(&self.host);
        let is_name = self.host.len() <= LONGEST_HOST
            && self.host.chars().all(letters)
            && labels.split('.').all(|label| !label.is_empty());
        if !is_name && self.host.parse::<IpAddr>().is_err() {
            let failure =
                Failure::new(Code::Invalid, format!("{shown} is no host name or address"));
            return Err(match self.host.is_ascii() {
                true => failure.hint("letters, digits, hyphens and dots make a name"),
                false => failure.hint("write an international name in its xn-- form"),
            });
        }
        if self.port == 0 {
            return Err(Failure::new(Code::Invalid, format!("the port of {shown} is 0"))
                .hint("a port is a number from 1 to 65535"));
        }
        Ok(())
    }

    /// True for an IPv6 address.
    pub fn is_ipv6(&self) -> bool {
        self.host.parse::<Ipv6Addr>().is_ok()
    }
}

/// Reads a list of endpoints, separated by commas, semicolons or white space; each is kept once.
///
/// # Errors
/// [`Code::Invalid`] for an empty list or one that cannot be read.
pub fn endpoints(text: &str) -> Result<Vec<Endpoint>, Failure> {
    let mut found = Vec::new();
    let parts = text.split(|c: char| matches!(c, ',' | ';') || c.is_whitespace());
    for part in parts.filter(|part| !part.is_empty()) {
        let endpoint: Endpoint = part.parse()?;
        if !found.contains(&endpoint) {
            found.push(endpoint);
        }
    }
    if found.is_empty() {
        return Err(Failure::new(Code::Invalid, "there is no bootstrap server")
            .hint("write host:port, for example kafka-1.example:9093"));
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(host: &str, port: u16) -> Endpoint {
        Endpoint { host: host.to_owned(), port }
    }

    #[test]
    fn a_list_is_read_with_names_addresses_and_brackets() {
        let list = " kafka-1.example:9093,10.0.0.1:9092\n[::1]:9092; kafka-1.example:9093 ";
        let expected = [at("kafka-1.example", 9093), at("10.0.0.1", 9092), at("::1", 9092)];
        assert_eq!(endpoints(list).unwrap(), expected);
    }

    #[test]
    fn what_is_not_host_and_port_is_refused_with_a_next_step() {
        for text in [
            "",
            " , ",
            "kafka",
            "kafka:",
            "kafka:0",
            "kafka:65536",
            "kafka:+92",
            "kafka:9 2",
            ":9092",
            "::1:9092",
            "[::1]9092",
            "[kafka:9092",
            "SASL_SSL://kafka:9093",
            "a..b:1",
            ".:1",
            "käfka:9092",
            "user@kafka:9092",
            "kafka/x:9092",
            "kaf\u{0}ka:1",
            "[::zz]:1",
        ] {
            let failure = endpoints(text).expect_err(text);
            assert_eq!(failure.code, Code::Invalid, "{text}");
            assert!(failure.hint.is_some(), "{text}: {failure}");
            assert!(!failure.to_string().contains('\0'));
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_can_be_read_again(
            host in "[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?(\\.[a-z0-9]{1,5}){0,3}|fe80::[0-9a-f]{1,4}",
            port in 1_u16..,
        ) {
            let endpoint = Endpoint { host, port };
            prop_assert_eq!(endpoint.to_string().parse::<Endpoint>(), Ok(endpoint));
        }

        #[test]
        fn no_text_breaks_the_reader(text in "\\PC{0,60}|[\\[\\]:,0-9a-z]{0,30}") {
            if let Ok(list) = endpoints(&text) {
                prop_assert!(list.iter().all(|endpoint| endpoint.validate().is_ok()));
            }
        }
    }
}
