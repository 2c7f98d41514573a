//! What one native client hears from librdkafka: the states of its connections, its errors, and
//! why a certificate was refused. The verdict is made of this.
//!
//! Called on librdkafka's threads: one short lock, nothing else.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connections::printable::printable;
use connections::{Code, Failure};
use rdkafka::ClientContext;

use crate::gate::Gate;
use crate::native::{ErrorCode, Event};
use crate::verdict::{self, Account, Note};

/// Errors that are kept; the oldest go first.
const KEPT: usize = 24;

/// The syslog level of a warning; greater numbers are less severe.
const WARNING: i32 = 4;

/// librdkafka's name for a broker of its own, which is none.
const INTERNAL: &str = ":0";

/// How long a client that never was connected is given after all its brokers failed once: a host
/// name may have another address, which is tried at once.
const SECOND_ADDRESS: Duration = Duration::from_millis(400);

/// The longest that an attempt under way delays the verdict then.
const LAST_ATTEMPT: Duration = Duration::from_secs(3);

/// How long a client that was connected is given to get back, answered or not.
const RECONNECT: Duration = Duration::from_secs(5);

/// See the module.
pub(crate) struct Context {
    gate: Arc<Gate>,
    account: Account,
    closing: AtomicBool,
    heard: Mutex<Heard>,
}

#[derive(Default)]
struct Heard {
    /// By `host:port`.
    servers: HashMap<String, Server>,
    notes: VecDeque<Note>,
    /// OpenSSL's number for what is wrong with a certificate.
    certificate: Option<i32>,
    /// Since when every server has failed. librdkafka's own "all brokers down" is not always told.
    all_failed: Option<Instant>,
    was_up: bool,
    /// A question was answered: what hangs up from now on is not a wrong protocol.
    settled: bool,
    /// How often a connection ended without an answer.
    hung_up: u8,
}

#[derive(Debug, Clone, Copy)]
struct Server {
    state: State,
    /// Since some server was connected last.
    failed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Idle,
    Connecting,
    Authenticating,
    Up,
}

impl ClientContext for Context {}

impl Context {
    pub(crate) fn new(gate: Arc<Gate>, account: Account) -> Context {
        Context { gate, account, closing: AtomicBool::new(false), heard: Mutex::default() }
    }

    /// Why the credentials were refused, where they were.
    pub(crate) fn refused(&self) -> Option<Failure> {
        self.gate.refused()
    }

    /// Whether a new connection may be made.
    pub(crate) fn may_connect(&self) -> bool {
        self.gate.may_connect()
    }

    /// Remembers what an event says about the client's connections.
    pub(crate) fn hear(&self, event: &Event) {
        match event {
            Event::ClientError(code, text) => self.note(*code, text),
            Event::Log(level, kind, line) => {
                let shown = printable(line, 300);
                tracing::debug!(target: "librdkafka", level, kind, "{shown}");
                // What is worse than a warning is an event, too.
                if kind == "FAIL" && *level >= WARNING {
                    self.note(ErrorCode::BrokerTransportFailure, line);
                }
            }
            _ => {}
        }
    }

    /// An error of the client as a whole.
    fn note(&self, code: ErrorCode, text: &str) {
        if code == ErrorCode::AllBrokersDown {
            return;
        }
        let mut heard = self.heard();
        let note = Note::new(code, text, heard.certificate);
        if let Some(failure) = verdict::refusal(&note, &self.account) {
            self.gate.refuse(failure);
        }
        if heard.notes.len() >= KEPT {
            heard.notes.pop_front();
        }
        heard.notes.push_back(note);
    }

    /// A connection's state, as librdkafka names it. False where the connection must be cut,
    /// because it would log in and may not.
    #[must_use]
    pub(crate) fn state_changed(&self, server: &str, name: &str) -> bool {
        let mut state = match name {
            // Renewing the login of a connection in use (KIP-368) is no new one.
            "UP" | "REAUTH" => State::Up,
            "CONNECT" | "SSL_HANDSHAKE" | "APIVERSION_QUERY" => State::Connecting,
            "AUTH_LEGACY" | "AUTH_HANDSHAKE" | "AUTH_REQ" => State::Authenticating,
            _ => State::Idle,
        };
        if server == INTERNAL {
            return true;
        }
        let mut heard = self.heard();
        let before = heard.servers.get(server).map_or(State::Idle, |s| s.state);
        let mut failed = heard.servers.get(server).is_some_and(|s| s.failed) || name == "DOWN";
        let mut go_on = true;
        let closing = self.closing.load(Ordering::Acquire);
        match (before, state) {
            // This side ends the connection, which says nothing about the credentials.
            (State::Authenticating, State::Idle | State::Connecting) if closing => {
                self.gate.abandoned();
            }
            _ if closing => {}
            (State::Authenticating, State::Authenticating) => {}
            // A connection in use renews its login. It has none but this one to lose, and whoever
            // proves the credentials meanwhile is no reason to cut it.
            (State::Up, State::Authenticating) => {}
            (_, State::Authenticating) if !self.gate.may_log_in() => {
                // Cut, it did not break off by itself.
                state = State::Connecting;
                go_on = false;
            }
            (State::Authenticating, State::Idle | State::Connecting) => self.gate.broke_off(),
            (State::Up, State::Idle | State::Connecting) => {
                self.gate.lost();
                heard.hung_up = heard.hung_up.saturating_add(1);
            }
            (_, State::Up) => {
                self.gate.logged_in();
                heard.servers.values_mut().for_each(|server| server.failed = false);
                failed = false;
                heard.was_up = true;
                heard.notes.clear();
                heard.certificate = None;
            }
            _ => {}
        }
        heard.servers.insert(server.to_owned(), Server { state, failed });
        if heard.servers.values().any(|server| !server.failed) {
            heard.all_failed = None;
        } else {
            heard.all_failed.get_or_insert_with(Instant::now);
        }
        go_on
    }

    /// The client is being ended: connections that close from now on are not lost.
    pub(crate) fn close(&self) {
        self.closing.store(true, Ordering::Release);
    }

    /// A question was answered.
    pub(crate) fn settle(&self) {
        self.heard().settled = true;
    }

    /// OpenSSL refused a certificate, with this number (`X509_V_ERR_…`).
    pub(crate) fn certificate_refused(&self, error: i32) {
        self.heard().certificate = Some(error);
    }

    /// True while some broker is connected.
    pub(crate) fn is_up(&self) -> bool {
        self.heard().any(&[State::Up])
    }

    /// Why it is no use to wait any longer, where that is so: the credentials were refused, or no
    /// broker can be reached.
    pub(crate) fn lost(&self) -> Option<Failure> {
        if let Some(failure) = self.gate.refused() {
            return Some(failure);
        }
        let heard = self.heard();
        if heard.is_shunned() {
            return Some(self.judge(&heard));
        }
        let attempt = heard.any(&[State::Connecting, State::Authenticating]);
        // The connection to a bootstrap server is retired once the node behind it is known, maybe
        // before the first answer, and the one to the node is made when librdkafka gets round to it.
        let patience = match (heard.settled || heard.was_up, attempt) {
            (true, _) => RECONNECT,
            (false, true) => LAST_ATTEMPT,
            (false, false) => SECOND_ADDRESS,
        };
        let over = heard.all_failed.is_some_and(|since| since.elapsed() >= patience);
        if !over {
            return None;
        }
        let failure = self.judge(&heard);
        // A name may have two addresses: one that refuses at once says nothing of one that is silent.
        match heard.trying() {
            Some(server) if failure.code == Code::Unreachable => Some(verdict::unanswered(server)),
            _ => Some(failure),
        }
    }

    /// The failure of a call that ended with a code of the client itself.
    pub(crate) fn failed(&self, code: ErrorCode) -> Failure {
        if let Some(failure) = self.gate.refused() {
            return failure;
        }
        let heard = self.heard();
        if heard.any(&[State::Up]) || heard.notes.is_empty() {
            return verdict::of_call(code);
        }
        self.judge(&heard)
    }

    fn judge(&self, heard: &Heard) -> Failure {
        if heard.is_shunned() {
            return verdict::shunned(heard.servers.keys().next(), &self.account);
        }
        // Where the protocol has proven right, a connection that ends in its first words ended.
        if heard.was_up || heard.settled {
            verdict::of_lost(heard.notes.iter(), &self.account)
        } else {
            verdict::of_notes(heard.notes.iter(), &self.account)
        }
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Heard {
    fn any(&self, states: &[State]) -> bool {
        self.servers.values().any(|server| states.contains(&server.state))
    }

    /// A server that is spoken to and has not answered.
    fn trying(&self) -> Option<&str> {
        let tried = |state| matches!(state, State::Connecting | State::Authenticating);
        self.servers.iter().find(|(_, it)| tried(it.state)).map(|(name, _)| name.as_str())
    }

    /// A listener that wants a login lets a client without one connect, and hangs up on its first
    /// question, again and again.
    fn is_shunned(&self) -> bool {
        !self.settled && self.hung_up >= 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gives_up_when_every_server_failed_and_none_is_being_tried() {
        let context = context();
        let said = |server, state| assert!(context.state_changed(server, state));
        said("a:1", "INIT");
        said("b:1", "INIT");
        said("a:1", "CONNECT");
        said("a:1", "DOWN");
        std::thread::sleep(SECOND_ADDRESS);
        assert_eq!(context.lost(), None, "b was not tried");
        said("b:1", "CONNECT");
        said("b:1", "DOWN");
        assert_eq!(context.lost(), None, "another address of b may follow");
        std::thread::sleep(SECOND_ADDRESS);
        assert_eq!(context.lost().unwrap().code, Code::Unreachable);
        said("b:1", "CONNECT");
        said("b:1", "UP");
        assert_eq!(context.lost(), None);
    }

    #[test]
    fn a_bootstrap_connection_that_is_retired_before_the_first_answer_is_not_a_lost_cluster() {
        let context = context();
        for state in ["CONNECT", "UP", "DOWN"] {
            assert!(context.state_changed("a:1", state));
        }
        assert!(context.state_changed("a:1", "INIT"), "the node behind it");
        std::thread::sleep(2 * SECOND_ADDRESS);
        assert_eq!(context.lost(), None);
        for state in ["CONNECT", "UP"] {
            assert!(context.state_changed("a:1", state));
        }
        assert_eq!(context.lost(), None);
    }

    #[test]
    fn an_address_that_refuses_says_nothing_of_another_that_is_silent() {
        let context = context();
        assert!(context.state_changed("a:1", "CONNECT"));
        let refused = "a:1/bootstrap: Connect to ipv6#[::1]:1 failed: Connection refused";
        context.note(ErrorCode::BrokerTransportFailure, refused);
        assert!(context.state_changed("a:1", "DOWN"));
        assert!(context.state_changed("a:1", "APIVERSION_QUERY"));
        std::thread::sleep(LAST_ATTEMPT);
        let failure = context.lost().unwrap();
        assert_eq!(failure.code, Code::Timeout, "{failure}");
        assert_eq!(failure.message, "a:1 does not answer");
    }

    #[test]
    fn a_client_of_a_cluster_that_was_open_does_not_call_it_a_stranger() {
        let context = context();
        context.settle();
        assert!(context.state_changed("a:1", "APIVERSION_QUERY"));
        let hung_up = "a:1/bootstrap: Disconnected while requesting ApiVersion: might be caused by \
                       incorrect security.protocol configuration";
        context.note(ErrorCode::BrokerTransportFailure, hung_up);
        assert!(context.state_changed("a:1", "DOWN"));
        let failure = context.judge(&context.heard());
        assert_eq!(failure.code, Code::ConnectionLost, "{failure}");
    }

    #[test]
    fn a_listener_that_hangs_up_on_the_first_question_twice_wants_a_login() {
        let context = context();
        for state in ["UP", "DOWN", "CONNECT", "UP", "DOWN"] {
            assert_eq!(context.lost(), None);
            assert!(context.state_changed("a:1", state));
        }
        assert_eq!(context.lost().unwrap().code, Code::Authentication);
    }

    fn context() -> Context {
        Context::new(Arc::default(), Account::default())
    }

    #[test]
    fn a_login_that_breaks_off_stops_the_next_attempt() {
        let context = context();
        assert!(context.state_changed("a:1", "AUTH_HANDSHAKE"));
        assert!(context.state_changed("a:1", "AUTH_REQ"));
        assert!(context.state_changed("a:1", "DOWN"));
        assert!(!context.may_connect(), "the reason is not known yet");
    }

    #[test]
    fn a_client_that_is_ended_in_the_middle_of_a_login_stops_nobody() {
        let context = context();
        assert!(context.state_changed("a:1", "AUTH_REQ"));
        context.close();
        assert!(context.state_changed("a:1", "DOWN"));
        assert!(context.gate.may_log_in(), "the next one may prove the credentials");
    }

    #[test]
    fn a_client_that_is_ended_leaves_the_credentials_proven() {
        let context = context();
        assert!(context.state_changed("a:1", "UP"));
        context.close();
        assert!(context.state_changed("a:1", "DOWN"));
        assert!(context.gate.may_log_in() && context.gate.may_log_in(), "two at a time");
    }

    #[test]
    fn the_second_of_two_logins_is_cut_until_the_first_succeeded() {
        let context = context();
        assert!(context.state_changed("a:1", "AUTH_HANDSHAKE"));
        assert!(!context.state_changed("b:1", "AUTH_HANDSHAKE"));
        assert!(context.state_changed("b:1", "DOWN"));
        assert!(context.state_changed("a:1", "UP"));
        assert!(context.may_connect(), "what was cut did not break off");
        assert!(context.state_changed("b:1", "AUTH_HANDSHAKE"));
    }

    #[test]
    fn a_broker_that_goes_down_after_it_was_up_may_be_tried_again() {
        let context = context();
        for state in ["CONNECT", "APIVERSION_QUERY", "AUTH_REQ", "UP", "DOWN"] {
            assert!(context.state_changed("a:1", state));
        }
        assert!(context.may_connect());
    }

    #[test]
    fn a_connection_that_renews_its_login_asks_nobody_and_is_not_lost() {
        let gate = Arc::new(Gate::default());
        let context = Context::new(Arc::clone(&gate), Account::default());
        for state in ["CONNECT", "AUTH_HANDSHAKE", "AUTH_REQ", "UP"] {
            assert!(context.state_changed("a:1", state));
        }
        assert!(context.state_changed("a:1", "REAUTH"));
        assert!(context.is_up());
        assert!(gate.may_log_in() && gate.may_log_in(), "the credentials are still proven");

        // Another broker's connection was lost, and somebody proves the credentials anew.
        gate.lost();
        assert!(gate.may_log_in() && !gate.may_log_in());
        for state in ["AUTH_HANDSHAKE", "AUTH_REQ", "UP"] {
            assert!(context.state_changed("a:1", state), "{state} is cut");
        }
        assert_eq!(context.lost(), None);
    }

    #[test]
    fn a_renewal_that_is_refused_shuts_the_gate() {
        let context = context();
        for state in ["AUTH_REQ", "UP", "REAUTH", "AUTH_HANDSHAKE", "AUTH_REQ"] {
            assert!(context.state_changed("a:1", state));
        }
        context.note(
            ErrorCode::Authentication,
            "sasl_ssl://a:1/1: SASL authentication error: Authentication failed",
        );
        assert!(context.state_changed("a:1", "DOWN"));
        assert_eq!(context.refused().unwrap().code, Code::Authentication);
    }

    #[test]
    fn a_refused_password_shuts_the_gate_for_every_client() {
        let gate = Arc::new(Gate::default());
        let first = Context::new(Arc::clone(&gate), Account::default());
        let second = Context::new(gate, Account::default());
        first.note(
            ErrorCode::Authentication,
            "sasl_ssl://a:1/bootstrap: SASL authentication error: Authentication failed",
        );
        assert!(!second.may_connect());
        assert_eq!(second.lost().unwrap().code, Code::Authentication);
    }

    #[test]
    fn notes_are_bounded() {
        let context = context();
        for i in 0..1000 {
            context.note(ErrorCode::BrokerTransportFailure, &format!("a:{i}/1: gone"));
        }
        assert_eq!(context.heard().notes.len(), KEPT);
    }
}
