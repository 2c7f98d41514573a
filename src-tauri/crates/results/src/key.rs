//! The key of a set.
//!
//! It is made for one set and lives in memory only, so that what a crash leaves on the disk is
//! unreadable for good. It goes to another process through that process's own pipe and nowhere
//! else.

use std::fmt;

use connections::{Code, Failure};
use zeroize::Zeroizing;

/// Bytes in a key.
pub const LENGTH: usize = 32;

/// The key of one set. It cannot be serialised, prints as `…`, and is wiped when dropped.
// In a box, because moving a value leaves a copy where it was.
#[derive(Clone)]
pub struct SetKey(Box<Zeroizing<[u8; LENGTH]>>);

impl SetKey {
    /// A new key, from the operating system's generator.
    ///
    /// # Errors
    /// [`Code::Internal`] where the operating system gives no random numbers.
    pub fn random() -> Result<SetKey, Failure> {
        let mut key = SetKey(Box::default());
        fill(key.0.as_mut_slice())?;
        Ok(key)
    }

    /// A key that was handed over.
    pub fn from_bytes(bytes: &[u8; LENGTH]) -> SetKey {
        let mut key = SetKey(Box::default());
        key.0.copy_from_slice(bytes);
        key
    }

    /// The bytes, for the one call that hands them to another process through its pipe. Never
    /// format or store them.
    pub fn expose(&self) -> &[u8; LENGTH] {
        &self.0
    }
}

impl fmt::Debug for SetKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// Fills with random bytes.
pub(crate) fn fill(bytes: &mut [u8]) -> Result<(), Failure> {
    getrandom::fill(bytes).map_err(|_| {
        Failure::new(Code::Internal, "the operating system gives no random numbers")
            .hint("restart the console")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_never_prints_itself_and_no_two_are_alike() {
        let key = SetKey::random().unwrap();
        assert_eq!(format!("{key:?} {key:#?}"), "… …");
        assert_ne!(key.expose(), SetKey::random().unwrap().expose());
        assert_ne!(key.expose(), &[0; LENGTH]);
    }

    #[test]
    fn a_key_that_is_handed_over_is_the_same_key() {
        let key = SetKey::random().unwrap();
        assert_eq!(SetKey::from_bytes(key.expose()).expose(), key.expose());
    }
}
