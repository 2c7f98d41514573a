//! Who is at the other end, by the first bytes it says.

use crate::printable::{is_unprintable, printable};

/// The correlation id of the probe's only Kafka request; an answer that repeats it is Kafka's.
pub(super) const CORRELATION: [u8; 4] = *b"\x00kc\x01";

/// What the first bytes of an answer give away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Peer {
    /// A Kafka broker or controller.
    Kafka,
    /// An AMQP broker: a frame of 0-9-1, or the header by which it refuses another version.
    Amqp,
    /// A TLS record.
    Tls,
    /// A web server.
    Http,
    /// Another text protocol; the first line of its greeting.
    Greeting(String),
    /// Bytes of no known protocol.
    Unknown,
}

impl Peer {
    /// Recognises the speaker of these bytes, the first of an answer. `None` without any.
    pub(super) fn of(bytes: &[u8]) -> Option<Peer> {
        if bytes.is_empty() {
            return None;
        }
        if bytes.get(4..8) == Some(&CORRELATION) {
            return Some(Peer::Kafka);
        }
        // Method frame on channel 0, class 10 (connection), method 10 (start): AMQP 0-9-1, 4.2.3.
        let starts_amqp =
            bytes.get(..3) == Some(&[1, 0, 0]) && bytes.get(7..11) == Some(&[0, 10, 0, 10]);
        if bytes.starts_with(b"AMQP") || starts_amqp {
            return Some(Peer::Amqp);
        }
        // A record's type is 20 to 23, its legacy version 3.x: RFC 8446, 5.1.
        if matches!(bytes, [20..=23, 3, ..]) {
            return Some(Peer::Tls);
        }
        let text = String::from_utf8_lossy(bytes.get(..256).unwrap_or(bytes));
        let start = text.trim_start().to_ascii_lowercase();
        if ["http/", "<!doctype", "<html", "<?xml"].iter().any(|sign| start.starts_with(sign)) {
            return Some(Peer::Http);
        }
        let line = text.lines().next().unwrap_or_default().trim();
        if line.chars().count() >= 3 && !line.chars().any(|c| is_unprintable(c) || c == '\u{fffd}')
        {
            return Some(Peer::Greeting(printable(line, 40)));
        }
        Some(Peer::Unknown)
    }

    /// The peer as the subject of a sentence.
    pub(super) fn subject(&self) -> String {
        match self {
            Peer::Kafka => "a Kafka broker".to_owned(),
            Peer::Amqp => "an AMQP broker such as RabbitMQ".to_owned(),
            Peer::Tls => "a server that expects TLS".to_owned(),
            Peer::Http => "a web server".to_owned(),
            Peer::Greeting(line) => format!("something that says \"{line}\""),
            Peer::Unknown => "something of an unknown protocol".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_wrong_ports_are_recognised_by_their_first_bytes() {
        let of = |bytes: &[u8]| Peer::of(bytes);
        assert_eq!(of(b""), None);
        assert_eq!(of(b"HTTP/1.1 400 Bad Request\r\n"), Some(Peer::Http));
        assert_eq!(of(b"\n<!DOCTYPE html>"), Some(Peer::Http));
        assert_eq!(of(b"AMQP\x00\x00\x09\x01"), Some(Peer::Amqp));
        assert_eq!(of(b"\x01\x00\x00\x00\x00\x01\xf0\x00\x0a\x00\x0a\x00\x09"), Some(Peer::Amqp));
        assert_eq!(of(b"\x15\x03\x03\x00\x02\x02\x46"), Some(Peer::Tls));
        assert_eq!(of(b"\x00\x00\x00\x0a\x00kc\x01\x00\x00"), Some(Peer::Kafka));
        assert_eq!(
            of(b"SSH-2.0-OpenSSH_9.2p1\r\n"),
            Some(Peer::Greeting("SSH-2.0-OpenSSH_9.2p1".to_owned()))
        );
        assert_eq!(of(b"\xff\xfe\x00\x01"), Some(Peer::Unknown));
    }

    #[test]
    fn a_greeting_with_a_terminal_escape_is_not_quoted() {
        assert_eq!(Peer::of(b"hello \x1b[2J\r\n"), Some(Peer::Unknown));
    }
}
