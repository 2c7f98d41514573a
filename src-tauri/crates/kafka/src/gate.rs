//! One authentication gate per connection, shared by all its native clients.
//!
//! librdkafka tries a refused password again and again, at once on the next address of a host name
//! and side by side on several bootstrap servers, and that locks accounts. So every client of a
//! connection asks here, before it opens a socket and before it logs in:
//!
//! - Until one login succeeded, and again after a connection was lost, one logs in at a time.
//! - When a broker refuses the credentials, the gate shuts for good.
//! - When a connection breaks off in the middle of a login, it shuts for a moment, until the reason
//!   is known.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connections::Failure;

/// How long a login that broke off keeps the gate shut. The reason is read within milliseconds; a
/// broken network may be tried again after this.
const DOUBT: Duration = Duration::from_secs(2);

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    refused: Option<Failure>,
    doubt: Option<Instant>,
    /// The credentials were good the last time that anything was heard of them.
    proven: bool,
    /// Somebody is proving them.
    proving: bool,
}

impl State {
    fn is_shut(&self) -> bool {
        self.refused.is_some() || self.doubt.is_some_and(|since| since.elapsed() < DOUBT)
    }
}

impl Gate {
    /// Why nothing may connect any more.
    pub(crate) fn refused(&self) -> Option<Failure> {
        self.lock().refused.clone()
    }

    /// Whether a socket may be opened.
    pub(crate) fn may_connect(&self) -> bool {
        let state = self.lock();
        !state.is_shut() && !state.proving
    }

    /// A connection is about to log in. False where it must not.
    pub(crate) fn may_log_in(&self) -> bool {
        let mut state = self.lock();
        if state.is_shut() || state.proving {
            return false;
        }
        state.proving = !state.proven;
        true
    }

    /// A connection is in use: its credentials are good, where it has any.
    pub(crate) fn logged_in(&self) {
        let mut state = self.lock();
        state.proven = true;
        state.proving = false;
    }

    /// A connection broke off in the middle of its login.
    pub(crate) fn broke_off(&self) {
        let mut state = self.lock();
        state.proving = false;
        state.proven = false;
        state.doubt = Some(Instant::now());
    }

    /// A login was given up by this side.
    pub(crate) fn abandoned(&self) {
        self.lock().proving = false;
    }

    /// A connection that was in use is gone: what follows may be another broker's opinion.
    pub(crate) fn lost(&self) {
        self.lock().proven = false;
    }

    /// The broker refused the credentials. The first refusal stays.
    pub(crate) fn refuse(&self, failure: Failure) {
        self.lock().refused.get_or_insert(failure);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use connections::Code;

    use super::*;

    #[test]
    fn a_refusal_shuts_the_gate_for_good_and_the_first_one_is_told() {
        let gate = Gate::default();
        assert!(gate.may_connect());
        gate.refuse(Failure::new(Code::Authentication, "first"));
        gate.refuse(Failure::new(Code::Authentication, "second"));
        gate.logged_in();
        assert!(!gate.may_connect() && !gate.may_log_in());
        assert_eq!(gate.refused().unwrap().message, "first");
    }

    #[test]
    fn one_logs_in_at_a_time_until_one_succeeded() {
        let gate = Gate::default();
        assert!(gate.may_log_in());
        assert!(!gate.may_log_in(), "two refusals would count twice");
        gate.logged_in();
        assert!(gate.may_log_in() && gate.may_log_in(), "good credentials may be used at will");
        gate.lost();
        assert!(gate.may_log_in());
        assert!(!gate.may_log_in(), "they may have been changed meanwhile");
    }

    #[test]
    fn a_login_that_broke_off_shuts_the_gate_without_a_refusal() {
        let gate = Gate::default();
        assert!(gate.may_log_in());
        gate.broke_off();
        assert!(!gate.may_connect() && !gate.may_log_in());
        assert_eq!(gate.refused(), None);
    }
}
