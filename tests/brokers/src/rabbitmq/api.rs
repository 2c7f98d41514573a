//! One request to the management API, for setting up tests.
//!
//! Small on purpose: no keep-alive, no redirects, no streaming. HTTP/1.0, because then an answer
//! is neither chunked nor followed by another one.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::Value;

use super::ring;

/// Where and as whom to ask.
#[derive(Debug)]
pub struct Api<'a> {
    pub port: u16,
    pub ca_pem: &'a str,
    pub user: &'a str,
    pub password: &'a str,
}

impl Api<'_> {
    /// Sends one request over https. An empty answer is `Null`.
    pub fn request(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
        let (status, text) =
            self.exchange(method, path, body).map_err(|e| format!("{method} {path}: {e}"))?;
        if !(200..300).contains(&status) {
            return Err(format!("{method} {path}: {status} {text}"));
        }
        match text.trim() {
            "" => Ok(Value::Null),
            text => serde_json::from_str(text).map_err(|e| format!("{method} {path}: {e}: {text}")),
        }
    }

    fn exchange(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let mut stream = self.connect()?;
        let body = body.map(Value::to_string).unwrap_or_default();
        let credentials = base64(format!("{}:{}", self.user, self.password).as_bytes());
        write!(
            stream,
            "{method} {path} HTTP/1.0\r\nHost: localhost\r\nAuthorization: Basic {credentials}\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
            body.len(),
        )?;
        let mut answer = Vec::new();
        // The server may hang up without TLS's goodbye; whether all came is checked below.
        let end = stream.read_to_end(&mut answer);
        let answer = String::from_utf8(answer)?;
        let (head, text) = answer.split_once("\r\n\r\n").ok_or_else(|| match end {
            Err(error) => error.to_string(),
            Ok(_) => "the answer has no end of its head".to_owned(),
        })?;
        let status = head.split(' ').nth(1).unwrap_or_default().parse()?;
        Ok((status, text.to_owned()))
    }

    fn connect(&self) -> Result<StreamOwned<ClientConnection, TcpStream>, std::io::Error> {
        let mut roots = RootCertStore::empty();
        let ca = CertificateDer::from_pem_slice(self.ca_pem.as_bytes()).expect("PEM");
        roots.add(ca).expect("a certificate of an authority");
        let config = ClientConfig::builder_with_provider(ring())
            .with_safe_default_protocol_versions()
            .expect("ring speaks TLS 1.2 and 1.3")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").expect("a name");
        let tls = ClientConnection::new(Arc::new(config), name).map_err(std::io::Error::other)?;
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(StreamOwned::new(tls, stream))
    }
}

type Answer = Result<(u16, String), Box<dyn std::error::Error>>;

/// A dependency for twelve lines that only tests use would be one more to keep.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let word =
            group.iter().enumerate().map(|(i, b)| u32::from(*b) << (16 - 8 * i)).sum::<u32>();
        for place in 0..4 {
            let digit = char::from(ALPHABET[(word >> (18 - 6 * place)) as usize & 63]);
            text.push(if place <= group.len() { digit } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_encoded_and_padded() {
        assert_eq!(base64(b"a:b"), "YTpi");
        assert_eq!(base64(b"a:bc"), "YTpiYw==");
        assert_eq!(base64(b"a:bcd"), "YTpiY2Q=");
    }
}
