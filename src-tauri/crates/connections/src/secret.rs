//! A secret in memory.

use std::fmt;

use zeroize::Zeroizing;

/// A password, a private key or a token. It cannot be serialised, prints as `…`, and its bytes are
/// wiped when it is dropped.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes the text over.
    pub fn new(text: String) -> Self {
        Secret(Zeroizing::new(text))
    }

    /// The text itself, for the one call that hands it to a client library. Never format it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// True where nothing was entered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// The secrets that one profile may have.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// Of the user named in the profile.
    pub password: Option<Secret>,
    /// PEM, PKCS#8 or PKCS#1 or SEC1, of the client certificate in the profile.
    pub private_key: Option<Secret>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_never_prints_itself() {
        let password = Secret::new("hunter2".to_owned());
        let secrets = Secrets { password: Some(password.clone()), private_key: None };
        assert_eq!(format!("{password:?}"), "…");
        assert!(!format!("{secrets:?} {secrets:#?}").contains("hunter2"));
        assert_eq!(password.expose(), "hunter2");
    }
}
