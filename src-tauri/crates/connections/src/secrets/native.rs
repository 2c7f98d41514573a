//! The calls to the operating system's keyring. All of them block.
//!
//! What the libraries report may hold the bytes of a secret (`BadEncoding`), so their errors are
//! never formatted as a whole.

#[cfg(all(unix, not(target_os = "macos")))]
#[path = "secret_service.rs"]
mod platform;

#[cfg(not(all(unix, not(target_os = "macos"))))]
#[path = "other_stores.rs"]
mod platform;

use keyring::Error;
use zeroize::Zeroize;

use crate::failure::{Code, Failure};
use crate::printable::printable;
use crate::secret::Secret;
use crate::secrets::Keyring;

pub(super) use platform::{state, unlock};

/// The secret of an entry; `None` where there is none.
pub(super) fn get(service: &str, user: &str) -> Result<Option<Secret>, Failure> {
    available()?;
    // The bytes, not the text: Windows would count two bytes a character of a text.
    match platform::entry(service, user).and_then(|entry| entry.get_secret()) {
        Ok(bytes) => match String::from_utf8(bytes) {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(error) => {
                error.into_bytes().zeroize();
                Err(Failure::new(Code::Keyring, "the entry in the keyring holds no text")
                    .hint("enter the secret again"))
            }
        },
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(explain(error)),
    }
}

/// Writes an entry, replacing the one before.
pub(super) fn set(service: &str, user: &str, secret: &Secret) -> Result<(), Failure> {
    available()?;
    platform::entry(service, user)
        .and_then(|entry| entry.set_secret(secret.expose().as_bytes()))
        .map_err(explain)
}

/// Removes an entry, if it exists. A keyring that is not there may be a password manager that is
/// closed, and has it still.
pub(super) fn delete(service: &str, user: &str) -> Result<(), Failure> {
    available()?;
    match platform::entry(service, user).and_then(|entry| entry.delete_credential()) {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(explain(error)),
    }
}

/// Asked before each call, because the calls themselves would open a dialog.
fn available() -> Result<(), Failure> {
    state().failure().map_or(Ok(()), Err)
}

fn explain(error: Error) -> Failure {
    let failure = |message: String| Failure::new(Code::Keyring, message);
    match error {
        Error::NoStorageAccess(_) => {
            failure("the keyring denies access".to_owned()).hint("unlock it, then try again")
        }
        Error::NoDefaultStore => {
            Keyring::Missing.failure().unwrap_or_else(|| failure("there is no keyring".to_owned()))
        }
        Error::TooLong(_, longest) => {
            failure(format!("the keyring takes secrets of at most {longest} bytes"))
                .hint("use a shorter one, such as a key of an elliptic curve")
        }
        Error::Ambiguous(_) => failure("the keyring has two entries of this name".to_owned())
            .hint("remove one of them by hand"),
        Error::PlatformFailure(error) => {
            failure(format!("the keyring fails: {}", printable(&error.to_string(), 160)))
                .hint("look for an open dialog of the keyring, or restart it")
        }
        Error::BadEncoding(mut bytes) | Error::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            failure("the entry in the keyring is damaged".to_owned()).hint("enter the secret again")
        }
        _ => failure("the keyring fails".to_owned()).hint("restart it"),
    }
}
