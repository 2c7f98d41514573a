//! macOS (Keychain) and Windows (Credential Manager): part of the system, unlocked by the login.

use keyring::{Entry, Error, Result};

use crate::secrets::Keyring;

/// A generic password, or a generic credential.
pub(in crate::secrets) fn entry(service: &str, user: &str) -> Result<Entry> {
    Entry::new(service, user)
}

/// Learnt from an entry that does not exist: neither store has a question for it.
pub(in crate::secrets) fn state() -> Keyring {
    match entry("Kronos Console availability", "none").and_then(|entry| entry.get_secret()) {
        Ok(_) | Err(Error::NoEntry) => Keyring::Available,
        Err(Error::NoStorageAccess(_)) => Keyring::Locked,
        Err(Error::NoDefaultStore) => Keyring::Missing,
        Err(_) => Keyring::Refused,
    }
}

/// The system asks by itself when an entry is used.
pub(in crate::secrets) fn unlock() -> Keyring {
    state()
}
