//! Every error of the network, of TLS, of lapin and of the broker, as a [`Failure`].
//!
//! The reply codes are those of AMQP 0-9-1, section 1.2, as RabbitMQ uses them
//! (<https://www.rabbitmq.com/docs/channels#error-handling>). A broker's own words are quoted only
//! cleaned and shortened; they name objects, never payloads.

use std::fmt;
use std::io;

use connections::printable::printable;
use connections::profile::Endpoint;
use connections::{Code, Failure};
use lapin::ErrorKind;
use rustls::{AlertDescription, CertificateError, InvalidMessage};

use crate::transport::greeting::Said;

/// Whom a connection was for.
#[derive(Debug, Clone)]
pub struct Peer {
    /// Host and port.
    pub endpoint: Endpoint,
    /// The virtual host.
    pub vhost: String,
    /// The user, or the certificate.
    pub who: String,
    /// The SASL mechanism that was used.
    pub mechanism: &'static str,
}

/// A TCP connection could not be made.
pub fn unreachable(endpoint: &Endpoint, error: &io::Error) -> Failure {
    let (message, hint) = match error.kind() {
        io::ErrorKind::ConnectionRefused => {
            (format!("nothing listens at {endpoint}"), "check the port, and that the broker runs")
        }
        io::ErrorKind::TimedOut => {
            (format!("{endpoint} does not answer"), "check the port, the firewall and the VPN")
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            (format!("there is no route to {endpoint}"), "check the network and the VPN")
        }
        _ => (format!("{endpoint} cannot be reached: {error}"), "check the network and the VPN"),
    };
    Failure::new(Code::Unreachable, message).hint(hint)
}

/// A TLS handshake failed.
pub fn handshake(endpoint: &Endpoint, error: &io::Error) -> Failure {
    match tls_error(error) {
        Some(error) => tls(endpoint, error),
        None => Failure::new(Code::Tls, format!("{endpoint} hung up during the TLS handshake"))
            .hint("check that this is the port for TLS, usually 5671"),
    }
}

/// Whether an error is of TLS, and not of the network below it.
pub fn is_tls(error: &io::Error) -> bool {
    tls_error(error).is_some()
}

fn tls_error(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

/// The TLS of the management API failed; `place` is its address.
pub fn management_tls(place: &str, error: &rustls::Error) -> Failure {
    tls(&place, error)
}

fn tls(endpoint: &dyn fmt::Display, error: &rustls::Error) -> Failure {
    let (message, hint) = match error {
        rustls::Error::InvalidCertificate(reason) => return certificate(endpoint, reason),
        rustls::Error::InvalidMessage(InvalidMessage::InvalidContentType) => (
            format!("{endpoint} does not speak TLS"),
            "switch TLS off for this connection, or use the broker's port for TLS, usually 5671",
        ),
        rustls::Error::AlertReceived(
            AlertDescription::CertificateRequired
            | AlertDescription::BadCertificate
            | AlertDescription::UnknownCA
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateRevoked
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::AccessDenied,
        ) => (
            format!("{endpoint} does not accept this client's certificate"),
            "give the connection a client certificate that the broker's authority signed",
        ),
        rustls::Error::AlertReceived(AlertDescription::HandshakeFailure) => (
            format!("{endpoint} refused the TLS handshake"),
            "the broker may ask for a client certificate, or offer only outdated encryption",
        ),
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
        | rustls::Error::PeerIncompatible(_) => (
            format!("{endpoint} offers no encryption that is considered safe"),
            "enable TLS 1.2 or 1.3 on the broker",
        ),
        other => (
            format!("TLS with {endpoint} failed: {}", clean(&other.to_string())),
            "check the connection's TLS settings",
        ),
    };
    Failure::new(Code::Tls, message).hint(hint)
}

fn certificate(endpoint: &dyn fmt::Display, reason: &CertificateError) -> Failure {
    let (message, hint) = match reason {
        CertificateError::UnknownIssuer => (
            format!("the certificate of {endpoint} is not signed by a trusted authority"),
            "add the authority's certificate to the connection, if this is the right server",
        ),
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => (
            format!("the certificate of {endpoint} has expired"),
            "renew it on the broker; check this machine's clock",
        ),
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => (
            format!("the certificate of {endpoint} is not valid yet"),
            "check this machine's clock",
        ),
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => (
            format!("the certificate of {endpoint} is for another name"),
            "connect by a name that is in the certificate",
        ),
        CertificateError::Revoked => {
            (format!("the certificate of {endpoint} is revoked"), "replace it on the broker")
        }
        other => (
            format!("the certificate of {endpoint} is unusable: {}", clean(&other.to_string())),
            "replace it on the broker",
        ),
    };
    Failure::new(Code::Tls, message).hint(hint)
}

/// The connection was made and AMQP did not come to its "open".
pub fn login(peer: &Peer, said: &Said, error: &lapin::Error) -> Failure {
    if let Said::Start(start) = said
        && !start.mechanisms.iter().any(|offered| offered == peer.mechanism)
    {
        return mechanism_missing(peer, &start.mechanisms);
    }
    match error.kind() {
        ErrorKind::ProtocolError(refusal) => refused_login(peer, refusal),
        ErrorKind::IOError(inner) if tls_error(inner).is_some() => handshake(&peer.endpoint, inner),
        _ => match said {
            Said::Foreign(words) => stranger(&peer.endpoint, words),
            Said::Refused(error) => tls(&peer.endpoint, error),
            Said::Nothing => {
                Failure::new(Code::NotABroker, format!("{} hung up on AMQP", peer.endpoint))
                    .hint("check the port: RabbitMQ's is usually 5672, or 5671 with TLS")
            }
            Said::Start(_) => Failure::new(
                Code::ConnectionLost,
                format!("{} ended the connection during the login", peer.endpoint),
            )
            .hint("look into the broker's log"),
        },
    }
}

fn mechanism_missing(peer: &Peer, offered: &[String]) -> Failure {
    let failure = Failure::new(
        Code::Authentication,
        format!(
            "{} does not offer the login mechanism {} (it offers {})",
            peer.endpoint,
            peer.mechanism,
            clean(&offered.join(", ")),
        ),
    );
    if peer.mechanism == "EXTERNAL" {
        failure.hint("enable the plugin rabbitmq_auth_mechanism_ssl and add EXTERNAL on the broker")
    } else {
        failure.hint("choose another way to log in, or enable this one on the broker")
    }
}

fn refused_login(peer: &Peer, refusal: &lapin::protocol::AMQPError) -> Failure {
    let text = refusal.get_message().to_string();
    let vhost = clean(&peer.vhost);
    match refusal.get_id() {
        403 => Failure::new(
            Code::Authentication,
            format!("{} refused the login of {}", peer.endpoint, clean(&peer.who)),
        )
        .hint(if peer.mechanism == "EXTERNAL" {
            "the certificate's name must be a user of the broker"
        } else {
            "check user and password; the user guest may only log in on the broker's own machine"
        }),
        530 if text.contains("not found") => {
            Failure::new(Code::NotFound, format!("there is no virtual host {vhost}"))
                .hint("check the spelling; the default one is a single slash")
        }
        530 if text.contains("refused for user") => Failure::new(
            Code::Authorization,
            format!("{} may not enter the virtual host {vhost}", clean(&peer.who)),
        )
        .hint("ask for permissions in this virtual host"),
        _ => amqp(refusal, "the connection"),
    }
}

/// No answer to AMQP's first words in time.
pub fn silence(peer: &Peer, said: &Said) -> Failure {
    match said {
        Said::Foreign(words) => stranger(&peer.endpoint, words),
        Said::Refused(error) => tls(&peer.endpoint, error),
        Said::Nothing => Failure::new(
            Code::Timeout,
            format!("{} accepts connections but does not answer AMQP", peer.endpoint),
        )
        .hint("check the port, and that the broker is not overloaded"),
        Said::Start(_) => Failure::new(
            Code::Timeout,
            format!("{} did not answer the login in time", peer.endpoint),
        )
        .hint("the broker may be overloaded: try again later"),
    }
}

fn stranger(endpoint: &Endpoint, words: &[u8]) -> Failure {
    let (what, hint) = match words {
        [0x15, 3, ..] | [0x16, 3, ..] => (
            "speaks TLS, not plain AMQP",
            "switch TLS on for this connection, or use the port without TLS, usually 5672",
        ),
        _ if words.starts_with(b"HTTP/") || words.starts_with(b"<") => (
            "is a web server, not RabbitMQ",
            "use the AMQP port here, usually 5672, or 5671 with TLS; the management port is apart",
        ),
        _ if words.starts_with(b"AMQP") => {
            ("speaks another version of AMQP", "enable AMQP 0-9-1 on the broker")
        }
        _ => {
            ("does not speak AMQP", "check the port: RabbitMQ's is usually 5672, or 5671 with TLS")
        }
    };
    Failure::new(Code::NotABroker, format!("{endpoint} {what}")).hint(hint)
}

/// An operation on an open connection failed. `object` is a phrase such as `the queue a`.
pub fn operation(error: &lapin::Error, object: &str) -> Failure {
    match error.kind() {
        ErrorKind::ProtocolError(refusal) => amqp(refusal, object),
        ErrorKind::IOError(_)
        | ErrorKind::RuntimeShutdownError(_)
        | ErrorKind::MissingHeartbeatError
        | ErrorKind::InvalidChannel(_)
        | ErrorKind::InvalidChannelState(..)
        | ErrorKind::InvalidConnectionState(_) => lost(),
        ErrorKind::ParsingError(_) => {
            Failure::new(Code::ConnectionLost, "the broker sent something that is not AMQP")
                .hint("connect again; a proxy in between may be at fault")
        }
        ErrorKind::ChannelsLimitReached => {
            Failure::new(Code::Refused, "the broker allows no more channels on this connection")
                .hint("close inspections that are no longer needed")
        }
        _ => Failure::new(Code::Internal, format!("AMQP failed on {object}")),
    }
}

/// The connection is gone.
pub fn lost() -> Failure {
    Failure::new(Code::ConnectionLost, "the connection to the broker is gone")
        .hint("connect again; each message that was held says what became of it")
}

/// No answer to an operation in time.
pub fn no_answer(object: &str) -> Failure {
    Failure::new(Code::Timeout, format!("the broker did not answer in time about {object}"))
        .hint("the broker may be overloaded: try again later")
}

fn amqp(refusal: &lapin::protocol::AMQPError, object: &str) -> Failure {
    let text = clean(&refusal.get_message().to_string());
    let (code, message, hint) = match refusal.get_id() {
        403 if text.contains("in exclusive use") => (
            Code::Refused,
            format!("{object} has a consumer that takes it for itself"),
            "stop that consumer first",
        ),
        403 if text.contains("internal exchange") => (
            Code::Refused,
            format!("{object} is internal: only other exchanges publish to it"),
            "publish to an exchange that is bound to it",
        ),
        403 => (
            Code::Authorization,
            format!("this account has no permission on {object}"),
            "ask for the permission in this virtual host",
        ),
        404 if out_of_reach(&text) => (
            Code::Refused,
            format!("{object} is down: {text}"),
            "bring its node back, and try again",
        ),
        404 => (Code::NotFound, format!("{object} does not exist"), "refresh the list"),
        405 => (
            Code::Refused,
            format!("{object} is locked: {text}"),
            "an exclusive queue can be used by the connection that declared it only",
        ),
        406 if text.contains("delivery acknowledgement") => (
            Code::Timeout,
            format!("{object} was held longer than the broker allows"),
            "hold again, and for a shorter time",
        ),
        406 if text.contains("larger than") => (
            Code::TooLarge,
            format!("a message is larger than the broker accepts: {text}"),
            "raise max_message_size on the broker",
        ),
        406 if text.contains("user_id") => (
            Code::Refused,
            format!("the user_id of a message is not the connection's user: {text}"),
            "remove the property, or give the account the tag impersonator",
        ),
        311 => (
            Code::TooLarge,
            format!("a message is larger than the broker accepts: {text}"),
            "raise the limit on the broker",
        ),
        320 => (
            Code::ConnectionLost,
            format!("the broker ended the connection: {text}"),
            "connect again",
        ),
        530 | 406 | 313 => {
            (Code::Refused, format!("the broker refuses on {object}: {text}"), "check its rules")
        }
        540 => (
            Code::Unsupported,
            format!("the broker does not do this on {object}: {text}"),
            "it may not suit this type of queue",
        ),
        541 => (
            Code::ConnectionLost,
            format!("the broker failed inside on {object}: {text}"),
            "look into the broker's log, then connect again",
        ),
        code => (
            Code::Internal,
            format!("the broker refuses on {object} with code {code}: {text}"),
            "look into the broker's log",
        ),
    };
    Failure::new(code, message).hint(hint)
}

/// RabbitMQ also answers 404 for a queue that exists and cannot be used now: "home node … is down or
/// inaccessible", "queue … has crashed and failed to restart", "queue … process is stopped by
/// supervisor", "failed to perform operation on queue … due to timeout". All of them name the queue,
/// which can be any text and long enough to cut the rest off, so only what they begin with counts.
fn out_of_reach(text: &str) -> bool {
    let said = text.strip_prefix("NOT_FOUND - ").unwrap_or(text);
    ["home node '", "queue '", "failed to perform operation on "]
        .iter()
        .any(|beginning| said.starts_with(beginning))
}

/// Text of others, safe to show: no control characters, not long.
pub fn clean(text: &str) -> String {
    printable(text, 200)
}

#[cfg(test)]
mod tests {
    use lapin::protocol::AMQPError;

    use super::*;

    fn peer() -> Peer {
        Peer {
            endpoint: Endpoint { host: "mq".into(), port: 5672 },
            vhost: "/".into(),
            who: "ann".into(),
            mechanism: "PLAIN",
        }
    }

    fn refusal(id: u16, text: &str) -> lapin::Error {
        ErrorKind::ProtocolError(AMQPError::from_id(id, text.into()).unwrap()).into()
    }

    #[test]
    fn a_403_is_a_wrong_password_at_login_and_a_missing_permission_later() {
        let error = refusal(403, "ACCESS_REFUSED - Login was refused");
        assert_eq!(login(&peer(), &Said::Nothing, &error).code, Code::Authentication);
        assert_eq!(operation(&error, "the queue a").code, Code::Authorization);
    }

    #[test]
    fn every_reply_code_has_its_kind() {
        for (id, text, code) in [
            (403, "queue 'a' in vhost '/' in exclusive use", Code::Refused),
            (404, "no queue 'a'", Code::NotFound),
            (404, "NOT_FOUND - no queue 'a' in vhost '/'", Code::NotFound),
            (404, "NOT_FOUND - no queue 'it is down or inaccessible' in vhost '/'", Code::NotFound),
            (
                404,
                "NOT_FOUND - home node 'rabbit@b' of durable queue 'a' in vhost '/' is down or \
                 inaccessible",
                Code::Refused,
            ),
            (
                404,
                "NOT_FOUND - queue 'a' in vhost '/' has crashed and failed to restart",
                Code::Refused,
            ),
            (
                404,
                "NOT_FOUND - queue 'a' in vhost '/' process is stopped by supervisor",
                Code::Refused,
            ),
            (404, "NOT_FOUND - queue 'a name so long that the reason is cut o...", Code::Refused),
            (
                404,
                "NOT_FOUND - failed to perform operation on queue 'a' in vhost '/' due to timeout",
                Code::Refused,
            ),
            (405, "cannot obtain exclusive access", Code::Refused),
            (406, "delivery acknowledgement on channel 1 timed out", Code::Timeout),
            (406, "message size 20 is larger than configured max size 10", Code::TooLarge),
            (406, "user_id property set to 'x'", Code::Refused),
            (406, "inequivalent arg", Code::Refused),
            (320, "broker forced connection closure", Code::ConnectionLost),
            (540, "basic.get not supported by stream queues", Code::Unsupported),
            (541, "internal error", Code::ConnectionLost),
        ] {
            let failure = operation(&refusal(id, text), "the queue a");
            assert_eq!(failure.code, code, "{id} {text}");
            assert!(failure.hint.is_some());
        }
    }

    #[test]
    fn first_words_say_what_a_stranger_is() {
        let error: lapin::Error = ErrorKind::MissingHeartbeatError.into();
        for (words, phrase) in [
            (&b"HTTP/1.1 400 Bad Request"[..], "web server"),
            (b"\x15\x03\x03\0\x02", "speaks TLS"),
            (b"AMQP\x00\x01\x00\x00", "another version"),
            (b"SSH-2.0", "does not speak AMQP"),
        ] {
            let failure = login(&peer(), &Said::Foreign(words.to_vec()), &error);
            assert_eq!(failure.code, Code::NotABroker);
            assert!(failure.message.contains(phrase), "{}", failure.message);
        }
    }

    #[test]
    fn a_brokers_words_cannot_break_a_line_or_fill_a_screen() {
        let text = clean(&format!("a\n\u{202E}{}", "x".repeat(1000)));
        assert!(text.starts_with("a\u{FFFD}\u{FFFD}x"));
        assert_eq!(text.chars().count(), 201);
    }
}
