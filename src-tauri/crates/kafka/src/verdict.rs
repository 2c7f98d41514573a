//! librdkafka's errors to failures for people.
//!
//! librdkafka reports a failed connection as a code and a sentence, and then "all brokers are
//! down". The sentence tells which step failed at which server; the phrases looked for here are
//! those of librdkafka 2.12 and OpenSSL 3, and each is in a test. Where several servers fail, the
//! failure that got furthest is the one worth reading. Texts from brokers are never passed on
//! unchanged. What a broker refuses on a connection that works is in [`calls`].

use connections::printable::printable;
use connections::{Code, Failure};

use crate::native::ErrorCode;

mod calls;

pub(crate) use calls::{Doing, of_call, of_topic, stalled};

/// Who connects: what a verdict on the credentials has to name.
#[derive(Debug, Clone, Default)]
pub(crate) struct Account {
    /// The user, where one logs in.
    pub user: Option<String>,
    /// The SASL mechanism, where one is used.
    pub mechanism: Option<&'static str>,
    /// True where a client certificate is presented.
    pub certificate: bool,
}

/// One error of a client as a whole.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    code: ErrorCode,
    /// `host:port`, as librdkafka names it; empty where it does not.
    server: String,
    text: String,
    /// OpenSSL's number for what is wrong with the certificate, where that is what failed.
    certificate: Option<i32>,
}

impl Note {
    pub(crate) fn new(code: ErrorCode, text: &str, certificate: Option<i32>) -> Note {
        let (server, text) = split(text);
        Note { code, server, text: text.to_owned(), certificate }
    }

    /// librdkafka uses the same code where the connection broke while the mechanism was agreed on,
    /// which says nothing about the credentials.
    fn is_refusal(&self) -> bool {
        self.code == ErrorCode::Authentication && !self.says("handshake failed: Local:")
    }

    fn says(&self, phrase: &str) -> bool {
        self.text.contains(phrase)
    }
}

/// `proto://host:port/name: text` to the server and the text. Without TLS and SASL the protocol is
/// left out.
fn split(text: &str) -> (String, &str) {
    let parts = text.split_once(": ").and_then(|(name, text)| {
        let name = name.split_once("://").map_or(name, |(_, name)| name);
        let (server, _) = name.rsplit_once('/')?;
        server.contains(':').then(|| (printable(server, 120), text))
    });
    parts.unwrap_or((String::new(), text))
}

/// How far a failed connection got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Nothing,
    Name,
    Host,
    Tls,
    Protocol,
    Login,
}

/// The refusal of the credentials, where that is what a note says: no client may try them again.
pub(crate) fn refusal(note: &Note, account: &Account) -> Option<Failure> {
    note.is_refusal().then(|| login(note, account))
}

/// What is wrong, from all that a client noted; the newest of the furthest.
pub(crate) fn of_notes<'a>(
    notes: impl DoubleEndedIterator<Item = &'a Note>,
    account: &Account,
) -> Failure {
    let judged = notes.filter_map(|note| judge(note, account));
    judged.max_by_key(|(reached, _)| *reached).map_or_else(
        || {
            Failure::new(Code::Unreachable, "no broker of this connection answers")
                .hint("check the bootstrap servers, and that the brokers run")
        },
        |(_, failure)| failure,
    )
}

/// A server that is spoken to and says nothing, for as long as anybody waits.
pub(crate) fn unanswered(server: &str) -> Failure {
    Failure::new(Code::Timeout, format!("{} does not answer", printable(server, 300)))
        .hint("check host and port, and whether a firewall or a missing VPN is in the way")
}

/// What became of a connection that worked, from all that a client noted since; the newest. A
/// broker that starts or ends may look like anything.
pub(crate) fn of_lost<'a>(
    notes: impl DoubleEndedIterator<Item = &'a Note>,
    account: &Account,
) -> Failure {
    let newest = notes.rev().find_map(|note| Some((note, judge(note, account)?.1)));
    match newest {
        None => of_call(ErrorCode::BrokerTransportFailure),
        Some((_, failure)) if matches!(failure.code, Code::Tls | Code::Authentication) => failure,
        Some((note, failure)) if failure.code == Code::NotABroker => lost(at(note)),
        Some((_, failure)) => Failure { code: Code::ConnectionLost, ..failure },
    }
}

fn judge(note: &Note, account: &Account) -> Option<(Reached, Failure)> {
    // This crate's own gate refused the socket; the reason is another note.
    if note.says("Failed to create socket") {
        return None;
    }
    let judged = match note.code {
        ErrorCode::Authentication if note.is_refusal() => (Reached::Login, login(note, account)),
        ErrorCode::Authentication => (Reached::Login, broke_off(note)),
        ErrorCode::Resolve => (Reached::Nothing, name(note)),
        ErrorCode::SSL => (Reached::Tls, tls(note, account)),
        ErrorCode::BadMessage => (Reached::Protocol, stranger(note)),
        ErrorCode::OperationTimedOut if note.says("ApiVersion") => {
            (Reached::Protocol, silent(note))
        }
        ErrorCode::OperationTimedOut => (Reached::Host, no_answer(note)),
        ErrorCode::BrokerTransportFailure => transport(note, account),
        _ => return None,
    };
    Some(judged)
}

fn at(note: &Note) -> &str {
    if note.server.is_empty() { "the broker" } else { &note.server }
}

fn login(note: &Note, account: &Account) -> Failure {
    let mechanism = account.mechanism.unwrap_or("this mechanism");
    if let Some((_, offered)) = note.text.split_once("supported mechanisms: ") {
        let offered = offered.split(" (").next().unwrap_or_default();
        return Failure::new(
            Code::Authentication,
            format!("{} does not offer {mechanism}", at(note)),
        )
        .hint(format!("it offers {}", printable(offered, 120)));
    }
    let user = account.user.as_deref().map_or_else(String::new, |u| printable(u, 80));
    Failure::new(
        Code::Authentication,
        format!("{} does not accept the user {user} with this password", at(note)),
    )
    .hint(format!(
        "check user, password and mechanism ({mechanism}); it is not tried again by itself"
    ))
}

/// A listener that hangs up on each first question.
pub(crate) fn shunned(server: Option<&String>, account: &Account) -> Failure {
    let server = server.map_or_else(|| "the broker".to_owned(), |name| printable(name, 120));
    match account.user {
        None => wants_login(&server),
        Some(_) => {
            Failure::new(Code::ConnectionLost, format!("{server} hangs up on the first question"))
                .hint("look into the broker's log")
        }
    }
}

fn wants_login(server: &str) -> Failure {
    Failure::new(Code::Authentication, format!("{server} hangs up on a client that did not log in"))
        .hint("choose the protocol SASL_SSL, and enter a user and a password")
}

fn name(note: &Note) -> Failure {
    let host = note.server.rsplit_once(':').map_or(at(note), |(host, _)| host);
    Failure::new(Code::NameLookup, format!("the name {host} is not known"))
        .hint("check its spelling, and whether a VPN is needed to resolve it")
}

/// OpenSSL's numbers are in `openssl/x509_vfy.h`.
fn tls(note: &Note, account: &Account) -> Failure {
    let server = at(note);
    let fail = |message: String, hint: &str| Failure::new(Code::Tls, message).hint(hint);
    if note.says("certificate verify failed") || note.says("verify broker certificate") {
        return match note.certificate {
            Some(10) => fail(
                format!("the certificate of {server} has expired"),
                "ask the administrators of the broker to renew it",
            ),
            Some(9) => fail(
                format!("the certificate of {server} is not valid yet"),
                "check this computer's clock",
            ),
            Some(62 | 64) => fail(
                format!("the certificate of {server} is for another name"),
                "connect to the name in the certificate, or have the broker's address added to it",
            ),
            Some(2 | 18..=21) => fail(
                format!(
                    "the certificate of {server} is not signed by an authority that is trusted"
                ),
                "paste the certificate of the cluster's authority into this connection",
            ),
            Some(23) => fail(
                format!("the certificate of {server} was revoked"),
                "ask the administrators of the broker for a new one",
            ),
            _ => fail(
                format!("the certificate of {server} cannot be verified"),
                "check the authority that this connection trusts",
            ),
        };
    }
    if let Some(failure) = client_certificate(note, account) {
        return failure;
    }
    // `wrong version number`, `packet length too long` and the like: no TLS came back.
    if ["wrong version number", "packet length too long", "record layer", "http request"]
        .iter()
        .any(|phrase| note.says(phrase))
    {
        return Failure::new(Code::NotABroker, format!("{server} does not speak TLS"))
            .hint("check the port; a Kafka listener without TLS needs the protocol PLAINTEXT");
    }
    fail(
        format!("the TLS handshake with {server} failed"),
        "diagnose the connection to see at which step",
    )
}

/// The broker's complaints about the client's certificate are TLS alerts (RFC 8446, section 6).
fn client_certificate(note: &Note, account: &Account) -> Option<Failure> {
    let alerts = [
        "alert certificate required",
        "alert bad certificate",
        "alert certificate unknown",
        "alert unknown ca",
        "alert certificate expired",
        "alert certificate revoked",
        "alert unsupported certificate",
        "alert access denied",
    ];
    if !alerts.iter().any(|alert| note.says(alert)) {
        return None;
    }
    let server = at(note);
    Some(if account.certificate {
        Failure::new(Code::Tls, format!("{server} does not accept this client certificate"))
            .hint("check that it has not expired and that the cluster trusts its authority")
    } else {
        Failure::new(Code::Tls, format!("{server} wants a client certificate"))
            .hint("paste a certificate and its key into this connection")
    })
}

/// librdkafka takes the first four bytes of an answer for its length.
fn stranger(note: &Note) -> Failure {
    let server = at(note);
    let length = note.text.split_once("response size ").and_then(|(_, rest)| {
        rest.split(|c: char| !(c.is_ascii_digit() || c == '-')).next()?.parse::<i64>().ok()
    });
    let first = length.and_then(|n| i32::try_from(n).ok()).map(i32::to_be_bytes);
    match first {
        Some(bytes) if bytes == *b"HTTP" => {
            Failure::new(Code::NotABroker, format!("{server} is a web server, not a Kafka broker"))
                .hint("check the port")
        }
        Some(bytes) if bytes == *b"AMQP" => Failure::new(
            Code::NotABroker,
            format!("{server} is an AMQP broker such as RabbitMQ, not a Kafka broker"),
        )
        .hint("check the port, or add it as a RabbitMQ connection"),
        // A TLS record of version 3: an alert (21) or a handshake message (22).
        Some([21 | 22, 3, _, _]) => wants_tls(server),
        _ => Failure::new(Code::NotABroker, format!("{server} does not speak Kafka's protocol"))
            .hint("check the port"),
    }
}

fn wants_tls(server: &str) -> Failure {
    Failure::new(Code::NotABroker, format!("{server} wants TLS"))
        .hint("choose the protocol SSL or SASL_SSL, or check the port")
}

fn silent(note: &Note) -> Failure {
    Failure::new(
        Code::NotABroker,
        format!("{} accepts connections and answers nothing in Kafka's protocol", at(note)),
    )
    .hint("check the port; a listener with TLS needs the protocol SSL or SASL_SSL")
}

fn no_answer(note: &Note) -> Failure {
    Failure::new(Code::Timeout, format!("{} did not answer in time", at(note)))
        .hint("try again; if it stays so, check the network and the broker's load")
}

fn transport(note: &Note, account: &Account) -> (Reached, Failure) {
    let server = at(note);
    let unreachable = |message: String, hint: &str| {
        (Reached::Name, Failure::new(Code::Unreachable, message).hint(hint))
    };
    if note.says("might require SASL authentication") {
        return (Reached::Login, wants_login(server));
    }
    if let Some(failure) = client_certificate(note, account) {
        return (Reached::Tls, failure);
    }
    if note.says("Connection refused") {
        return unreachable(
            format!("nobody listens at {server}"),
            "check host and port, and that the broker runs",
        );
    }
    if note.says("setup timed out in state CONNECT") || note.says("Connection timed out") {
        return unreachable(
            format!("{server} does not answer"),
            "check host and port, and whether a firewall or a missing VPN is in the way",
        );
    }
    if note.says("Network is unreachable") || note.says("No route to host") {
        return unreachable(
            format!("there is no route to {server}"),
            "check this computer's network, and whether a VPN is needed",
        );
    }
    if note.says("setup timed out in state SSL_HANDSHAKE") {
        let failure = Failure::new(
            Code::NotABroker,
            format!("{server} accepts connections and answers nothing in TLS"),
        )
        .hint("check the port; a Kafka listener without TLS needs the protocol PLAINTEXT");
        return (Reached::Tls, failure);
    }
    if note.says("setup timed out in state APIVERSION") {
        return (Reached::Protocol, silent(note));
    }
    if note.says("SSL handshake failed") {
        let failure = Failure::new(
            Code::NotABroker,
            format!("{server} hangs up when it is spoken to in TLS"),
        )
        .hint("check the port; a Kafka listener without TLS needs the protocol PLAINTEXT");
        return (Reached::Tls, failure);
    }
    if note.says("requesting ApiVersion") || note.says("in state APIVERSION") {
        let failure = Failure::new(
            Code::NotABroker,
            format!("{server} hangs up when it is spoken to in Kafka's protocol"),
        )
        .hint("check the port; a listener with TLS needs the protocol SSL or SASL_SSL");
        return (Reached::Protocol, failure);
    }
    if note.says("in state AUTH") {
        return (Reached::Login, broke_off(note));
    }
    let failure = Failure::new(Code::ConnectionLost, format!("the connection to {server} is lost"))
        .hint("check that the broker runs; the console connects again when it is back");
    (Reached::Host, failure)
}

fn lost(server: &str) -> Failure {
    Failure::new(Code::ConnectionLost, format!("the connection to {server} is lost"))
        .hint("check that the broker runs; the console connects again when it is back")
}

fn broke_off(note: &Note) -> Failure {
    Failure::new(Code::ConnectionLost, format!("{} hung up in the middle of the login", at(note)))
        .hint("try again; if it stays so, look into the broker's log")
}

#[cfg(test)]
mod tests;
