//! What a grant is for. A scope is a type, so a grant to publish cannot settle.

use serde::{Deserialize, Serialize};

/// The name of a scope, for the ledger and for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ScopeName {
    /// Take messages out of sight of applications for a while.
    Hold,
    /// Decide what becomes of a held message: return it or remove it.
    Settle,
    /// Write messages: produce to a topic, publish to an exchange.
    Publish,
    /// Unlock and lock the connection itself. There is no grant of it: an unlock is what gives
    /// grants.
    Access,
}

mod sealed {
    pub trait Sealed {}
}

/// A scope as a type. Sealed: a new kind of change is added here, where it can be reviewed.
pub trait Scope: sealed::Sealed + Send + Sync + 'static {
    /// Its name.
    const NAME: ScopeName;
}

macro_rules! scope {
    ($(#[$doc:meta] $name:ident)*) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy)]
        pub enum $name {}
        impl sealed::Sealed for $name {}
        impl Scope for $name {
            const NAME: ScopeName = ScopeName::$name;
        }
    )*};
}

scope! {
    /// Hold messages of a queue.
    Hold
    /// Settle held messages.
    Settle
    /// Produce or publish.
    Publish
}
