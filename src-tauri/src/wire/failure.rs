//! The error as the UI sees it.

use connections::failure;
use serde::Serialize;
use specta::Type;

/// What went wrong, for whom, and what to do next. The UI matches `code` and nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
pub struct Failure {
    /// Which kind of failure.
    pub code: Code,
    /// A lower-case phrase that names the object.
    pub message: String,
    /// The next step, where there is one.
    pub hint: Option<String>,
}

macro_rules! codes {
    ($($name:ident)*) => {
        /// The closed set of failures, see the inner crates' `Code`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs, reason = "documented where the inner crates define them")]
        pub enum Code { $($name),* }

        impl From<failure::Code> for Code {
            fn from(code: failure::Code) -> Self {
                match code { $(failure::Code::$name => Code::$name),* }
            }
        }
    };
}

codes! {
    NameLookup Unreachable Tls NotABroker Authentication Authorization Timeout ConnectionLost
    NotFound Invalid ReadOnly GrantEnded Changed Refused PartlyRefused Unroutable TooLarge
    Unsupported Keyring Storage Cancelled Internal
}

impl From<failure::Failure> for Failure {
    fn from(failure: failure::Failure) -> Self {
        Failure { code: failure.code.into(), message: failure.message, hint: failure.hint }
    }
}

impl Failure {
    /// A defect of the shell itself.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        Failure { code: Code::Internal, message: error.to_string(), hint: None }
    }
}
