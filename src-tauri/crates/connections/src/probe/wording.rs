//! What is said about a port where somebody else answered, or nobody.

use crate::probe::Protocol;
use crate::probe::peer::Peer;

pub(super) fn name(speaks: Protocol) -> &'static str {
    match speaks {
        Protocol::Kafka => "Kafka",
        Protocol::Amqp => "AMQP",
    }
}

fn expected(speaks: Protocol, peer: &Peer) -> bool {
    matches!((speaks, peer), (Protocol::Kafka, Peer::Kafka) | (Protocol::Amqp, Peer::Amqp))
}

/// Somebody answered where a broker was expected, over TLS or without.
pub(super) fn wrong_peer(shown: &str, speaks: Protocol, peer: &Peer) -> String {
    match (speaks, peer) {
        (Protocol::Kafka, Peer::Tls) => format!(
            "{shown} expects TLS; choose SSL or SASL_SSL for this connection, or another port"
        ),
        (Protocol::Amqp, Peer::Tls) => {
            format!("{shown} expects TLS; switch TLS on for this connection, or use another port")
        }
        _ if expected(speaks, peer) => format!(
            "{shown} is {} but does not answer as one should; look into its log",
            peer.subject()
        ),
        _ => format!(
            "{shown} is {}, not {}; {}",
            peer.subject(),
            name(speaks),
            other_port(speaks, peer)
        ),
    }
}

/// Somebody answered a TLS greeting with something else.
pub(super) fn without_tls(shown: &str, speaks: Protocol, peer: Option<&Peer>) -> String {
    match peer {
        Some(peer) if expected(speaks, peer) => {
            let next = match speaks {
                Protocol::Kafka => "choose PLAINTEXT",
                Protocol::Amqp => "switch TLS off",
            };
            format!(
                "{shown} speaks {} without TLS; use the port of its TLS listener, or {next}",
                name(speaks)
            )
        }
        Some(peer @ (Peer::Kafka | Peer::Amqp | Peer::Http | Peer::Greeting(_))) => format!(
            "{shown} is {} without TLS, not {}; {}",
            peer.subject(),
            name(speaks),
            other_port(speaks, peer)
        ),
        Some(Peer::Tls | Peer::Unknown) | None => format!(
            "{shown} ends the connection at the TLS greeting; check that this port is one with TLS"
        ),
    }
}

fn other_port(speaks: Protocol, peer: &Peer) -> &'static str {
    match (speaks, peer) {
        (Protocol::Kafka, Peer::Amqp) => "check the port, or add it as a RabbitMQ connection",
        (Protocol::Amqp, Peer::Kafka) => "check the port, or add it as a Kafka connection",
        (Protocol::Kafka, _) => "check the port: Kafka's is often 9092 or 9093",
        (Protocol::Amqp, _) => "check the port: AMQP's is 5672, or 5671 with TLS",
    }
}

pub(super) fn silent(shown: &str, at: &str) -> String {
    format!(
        "{shown} takes the connection but does not answer {at} in time; check the port, and \
         whether the broker is overloaded or still starting"
    )
}
