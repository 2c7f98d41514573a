//! Linux and the BSDs: the Secret Service (GNOME Keyring, KWallet, KeePassXC) over D-Bus.
//!
//! Each call opens a session of its own, a few milliseconds: one that is kept does not survive a
//! restart of the keyring, which is an ordinary event where a password manager is the keyring.

use keyring::{Entry, Result};
use keyring_core::api::CredentialStoreApi;
use secret_service::blocking::SecretService;
use secret_service::{EncryptionType, Error};
use zbus_secret_service_keyring_store::Store;

use crate::secrets::Keyring;

/// An entry of the default collection.
pub(in crate::secrets) fn entry(service: &str, user: &str) -> Result<Entry> {
    Ok(Entry { inner: Store::new()?.build(service, user, None)? })
}

/// What the default collection can do now. Opens no dialog.
pub(in crate::secrets) fn state() -> Keyring {
    let Ok(service) = SecretService::connect(EncryptionType::Dh) else {
        return Keyring::Missing;
    };
    let locked = service.get_default_collection().and_then(|collection| collection.is_locked());
    match locked {
        Ok(false) => Keyring::Available,
        Ok(true) => Keyring::Locked,
        Err(error) => of(&error),
    }
}

/// Asks the keyring to unlock its default collection, which opens its dialog.
pub(in crate::secrets) fn unlock() -> Keyring {
    let Ok(service) = SecretService::connect(EncryptionType::Dh) else {
        return Keyring::Missing;
    };
    match service.get_default_collection().and_then(|collection| collection.unlock()) {
        Ok(()) => state(),
        Err(error) => of(&error),
    }
}

fn of(error: &Error) -> Keyring {
    match error {
        Error::Locked | Error::Prompt => Keyring::Locked,
        Error::NoResult | Error::Unavailable => Keyring::Missing,
        _ => Keyring::Refused,
    }
}
