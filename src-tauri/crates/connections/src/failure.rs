//! The one error type that leaves the inner crates.
//!
//! The code set is closed: the UI matches codes and nothing else, so a code is added only when
//! something treats it differently. A message is a lower-case phrase that names the object; a hint
//! says what to do next. Neither ever holds a secret or a payload.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What went wrong, for whom, and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// Which kind of failure.
    pub code: Code,
    /// A lower-case phrase that names the object.
    pub message: String,
    /// The next step, where there is one.
    pub hint: Option<String>,
}

/// The closed set of failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// A host name does not resolve.
    NameLookup,
    /// No TCP connection: refused, no route, or no answer.
    Unreachable,
    /// The TLS handshake failed: trust, name, date or client certificate.
    Tls,
    /// Something answers, but it does not speak this broker's protocol.
    NotABroker,
    /// The broker does not accept these credentials.
    Authentication,
    /// The broker knows the account and denies it this.
    Authorization,
    /// No answer in time.
    Timeout,
    /// A connection that worked is gone.
    ConnectionLost,
    /// The topic, queue, record, profile or session does not exist (any more).
    NotFound,
    /// What was asked for cannot be right: an empty name, an offset that is no number.
    Invalid,
    /// This connection does not allow changes now.
    ReadOnly,
    /// The grant ended (expired, locked, closed) before the change was made.
    GrantEnded,
    /// Somebody or something changed the object since it was shown.
    Changed,
    /// The broker refuses by its own rules: exclusive, single active consumer, wrong arguments.
    Refused,
    /// The broker refused a message in one place, and may have accepted it in others.
    PartlyRefused,
    /// No queue would receive the message.
    Unroutable,
    /// Larger than the target or this console accepts.
    TooLarge,
    /// The broker or this connection lacks the feature (management API off, old version).
    Unsupported,
    /// The keyring is locked, missing or refuses.
    Keyring,
    /// A file or the ledger could not be read or written.
    Storage,
    /// Stopped by the user.
    Cancelled,
    /// A defect of this console.
    Internal,
}

impl Failure {
    /// A failure without a next step.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Failure { code, message: message.into(), hint: None }
    }

    /// The same failure, with its next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}
