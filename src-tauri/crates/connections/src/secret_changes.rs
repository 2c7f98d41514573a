//! What becomes of the secrets of a profile when it is saved or tested.

use crate::failure::{Code, Failure};
use crate::profile::Profile;
use crate::secret::Secret;
use crate::secrets::SecretKind;

/// What to do with a secret when a profile is saved or tested.
#[derive(Debug, Default)]
pub enum SecretChange {
    /// Use the stored one.
    #[default]
    Keep,
    /// Use this one.
    Set(Secret),
    /// Use none.
    Forget,
}

/// What to do with the secrets of a profile.
#[derive(Debug, Default)]
pub struct SecretChanges {
    /// With its password.
    pub password: SecretChange,
    /// With its private key.
    pub private_key: SecretChange,
}

impl SecretChanges {
    fn of(&self, kind: SecretKind) -> &SecretChange {
        match kind {
            SecretKind::Password => &self.password,
            SecretKind::PrivateKey => &self.private_key,
        }
    }

    /// What to do with one of them; it is not there any more afterwards.
    pub(crate) fn take(&mut self, kind: SecretKind) -> SecretChange {
        std::mem::take(match kind {
            SecretKind::Password => &mut self.password,
            SecretKind::PrivateKey => &mut self.private_key,
        })
    }

    /// Whether each that is given can be kept.
    ///
    /// # Errors
    /// [`Code::Invalid`].
    pub(crate) fn check(&self) -> Result<(), Failure> {
        SecretKind::ALL.into_iter().try_for_each(|kind| match self.of(kind) {
            SecretChange::Set(secret) => kind.check(secret),
            SecretChange::Keep | SecretChange::Forget => Ok(()),
        })
    }

    /// Whether every secret that this profile uses stays what it is.
    pub(crate) fn all_kept(&self, profile: &Profile) -> bool {
        let kept = |kind: SecretKind| matches!(self.of(kind), SecretChange::Keep);
        SecretKind::used_by(profile).into_iter().all(kept)
    }

    /// Whether no stored secret is used.
    ///
    /// # Errors
    /// [`Code::Invalid`] where one is.
    pub(crate) fn all_given(&self, profile: &Profile) -> Result<(), Failure> {
        let kept = |kind: &SecretKind| matches!(self.of(*kind), SecretChange::Keep);
        match SecretKind::used_by(profile).into_iter().find(kept) {
            None => Ok(()),
            Some(kind) => {
                let message = format!(
                    "{} that is stored was given for another address, security or user",
                    kind.phrase()
                );
                Err(Failure::new(Code::Invalid, message)
                    .hint("enter it again, for where it goes now"))
            }
        }
    }
}
