//! Secrets at rest: one entry each in the operating system's keyring.
//!
//! A secret goes in and comes out only to the client library that needs it. Where the keyring is
//! missing, locked or refuses, the secret stays in memory until the program ends, and the answer
//! says so: there is no file to fall back to. A locked keyring is never unlocked by the way, since
//! that puts a system dialog before the user; [`SecretStore::unlock`] does it when asked.
//!
//! Calls to a keyring may hang for as long as a dialog is open, so each has a thread of its own and
//! a time-out. An entry's name holds the profile's id, where the secret goes and its kind
//! ([`SecretKind::entry`]): a secret is found by the place that it was typed for and by no other.
//!
//! Windows keeps at most 2,560 bytes a secret (`CRED_MAX_CREDENTIAL_BLOB_SIZE`), less than an RSA
//! key of 4,096 bits in PEM; a longer one stays in memory. It is not split: half a secret would be
//! left behind by every other program that manages entries.

mod call;
mod native;

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::failure::{Code, Failure};
use crate::profile::{Broker, KafkaSecurity, Profile, RabbitMqAuthentication, Tls};
use crate::secret::{Secret, Secrets};
use call::Calls;

/// The longest secret, in bytes: an RSA key of 16,384 bits in PEM has about 13 KiB.
const LONGEST: usize = 64 * 1024;

/// How long a keyring may take that has nothing to ask the user.
const PATIENCE: Duration = Duration::from_secs(5);

/// How long the user may take to answer the system's dialog.
const DIALOG: Duration = Duration::from_secs(120);

/// Which secret of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SecretKind {
    /// Of the user named in the profile.
    Password,
    /// Of the client certificate in the profile.
    PrivateKey,
}

/// Where a secret was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// In the keyring, for as long as the profile exists.
    Keyring,
    /// In memory until the program ends; why, and what to do.
    Memory(Failure),
}

/// Where a secret is, never what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Nowhere: it was never given, or is not used.
    None,
    /// In the keyring.
    Keyring,
    /// In memory until the program ends.
    Memory,
    /// The keyring does not tell.
    Unknown,
}

/// Where the secrets of one profile are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Places {
    /// Its password.
    pub password: Place,
    /// Its private key.
    pub private_key: Place,
}

/// What the keyring can do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keyring {
    /// Secrets can be kept and read.
    Available,
    /// It is there; the user has to unlock it.
    Locked,
    /// There is none, or nothing in it to keep secrets in.
    Missing,
    /// It is there and answers with an error, or not at all.
    Refused,
}

impl Keyring {
    /// Why it is of no use, and what to do; `None` where it is available.
    pub fn failure(self) -> Option<Failure> {
        let (message, hint) = match self {
            Keyring::Available => return None,
            Keyring::Locked => ("the keyring is locked", "unlock it, then try again"),
            Keyring::Missing => (
                "there is no keyring to keep secrets in",
                "start the keyring of your desktop (GNOME Keyring, KWallet, KeePassXC) and give it \
                 a default collection",
            ),
            Keyring::Refused => (
                "the keyring does not answer as it should",
                "look for an open dialog of the keyring, or restart it",
            ),
        };
        Some(Failure::new(Code::Keyring, message).hint(hint))
    }
}

/// The secrets of every profile of one program.
pub struct SecretStore {
    service: String,
    /// What the keyring did not take, by the name of its entry. Read before the keyring: it is newer.
    memory: Mutex<HashMap<String, Secret>>,
    calls: Calls,
    /// Writes follow each other, so that an older secret cannot end up over a newer one.
    writing: tokio::sync::Mutex<()>,
}

impl SecretStore {
    /// The entries of this service name; `Kronos Console` is the application's, tests and the demo
    /// have names of their own. Touches nothing yet.
    pub fn new(service: impl Into<String>) -> Self {
        SecretStore {
            service: service.into(),
            memory: Mutex::new(HashMap::new()),
            calls: Calls::default(),
            writing: tokio::sync::Mutex::new(()),
        }
    }

    /// What the keyring can do now. Never opens a dialog.
    pub async fn state(&self) -> Keyring {
        self.calls.run(PATIENCE, native::state).await.unwrap_or(Keyring::Refused)
    }

    /// Keeps a secret, replacing the one before it.
    ///
    /// # Errors
    /// [`Code::Invalid`] for an empty secret or one of more than 64 KiB. A keyring that does not
    /// take it is no error: see [`Kept`].
    pub async fn put(
        &self,
        profile: &Profile,
        kind: SecretKind,
        secret: Secret,
    ) -> Result<Kept, Failure> {
        kind.check(&secret)?;
        let entry = kind.entry(profile);
        let _turn = self.writing.lock().await;
        // First in memory: a caller that gives up on us meanwhile has not lost it.
        self.memory().insert(entry.clone(), secret.clone());
        Ok(match self.write(entry.clone(), secret).await {
            Ok(()) => {
                self.memory().remove(&entry);
                Kept::Keyring
            }
            Err(failure) => Kept::Memory(failure),
        })
    }

    /// The secrets that this profile uses. The keyring is not asked for others, and not at all for
    /// a profile without any. A secret that was never given is `None`.
    ///
    /// # Errors
    /// [`Code::Keyring`] where one is needed and the keyring cannot be read.
    pub async fn get(&self, profile: &Profile) -> Result<Secrets, Failure> {
        let mut secrets = Secrets::default();
        for kind in SecretKind::used_by(profile) {
            *kind.slot(&mut secrets) = self.read(profile, kind).await?;
        }
        Ok(secrets)
    }

    /// Which secrets of a profile are kept in memory only.
    pub fn in_memory(&self, profile: &Profile) -> Vec<SecretKind> {
        let memory = self.memory();
        let kinds = SecretKind::ALL.into_iter();
        kinds.filter(|kind| memory.contains_key(&kind.entry(profile))).collect()
    }

    /// Forgets one secret. Forgetting what was never kept is fine.
    ///
    /// # Errors
    /// [`Code::Keyring`] where it may still be in the keyring: also where none is found, because a
    /// password manager that is closed keeps what it has.
    pub async fn forget_one(&self, profile: &Profile, kind: SecretKind) -> Result<(), Failure> {
        let _turn = self.writing.lock().await;
        self.memory().remove(&kind.entry(profile));
        let (service, user) = (self.service.clone(), kind.entry(profile));
        self.calls.run(PATIENCE, move || native::delete(&service, &user)).await?.map_err(|e| {
            Failure::new(
                Code::Keyring,
                format!("{} may still be in the keyring: {}", kind.phrase(), e.message),
            )
            .hint(format!("remove the entry {} by hand", kind.entry(profile)))
        })
    }

    /// Forgets every secret that this profile uses.
    ///
    /// # Errors
    /// As [`Self::forget_one`]; the others are forgotten all the same.
    pub async fn forget(&self, profile: &Profile) -> Result<(), Failure> {
        let mut result = Ok(());
        for kind in SecretKind::used_by(profile) {
            result = result.and(self.forget_one(profile, kind).await);
        }
        result
    }

    /// Unlocks the keyring, which opens the system's dialog, and moves into it what was kept in
    /// memory. To be called when the user asks for it; waits up to two minutes for the answer.
    pub async fn unlock(&self) -> Keyring {
        let state = self.calls.ask(DIALOG, native::unlock).await.unwrap_or(Keyring::Refused);
        if state == Keyring::Available {
            self.move_to_keyring().await;
        }
        state
    }

    /// Moves into the keyring what was kept in memory, as far as it takes it; for when it became
    /// available. Gives how many are left in memory.
    pub async fn move_to_keyring(&self) -> usize {
        let _turn = self.writing.lock().await;
        let waiting: Vec<_> = self.memory().iter().map(|(k, v)| (k.clone(), v.clone())).collect();
        for (entry, secret) in waiting {
            if self.write(entry.clone(), secret).await.is_ok() {
                self.memory().remove(&entry);
            }
        }
        self.memory().len()
    }

    /// Where the secrets of a profile are; a kind that it does not use is not asked for.
    pub async fn places(&self, profile: &Profile) -> Places {
        let mut places = Places { password: Place::None, private_key: Place::None };
        let memory = self.in_memory(profile);
        for kind in SecretKind::used_by(profile) {
            let place = match kind {
                _ if memory.contains(&kind) => Place::Memory,
                _ => match self.read(profile, kind).await {
                    Ok(Some(_)) => Place::Keyring,
                    Ok(None) => Place::None,
                    Err(_) => Place::Unknown,
                },
            };
            match kind {
                SecretKind::Password => places.password = place,
                SecretKind::PrivateKey => places.private_key = place,
            }
        }
        places
    }

    /// One secret, whether or not the profile uses it. One that was never given is `None`.
    ///
    /// # Errors
    /// [`Code::Keyring`].
    pub(crate) async fn read(
        &self,
        profile: &Profile,
        kind: SecretKind,
    ) -> Result<Option<Secret>, Failure> {
        let (service, user) = (self.service.clone(), kind.entry(profile));
        if let Some(secret) = self.memory().get(&user) {
            return Ok(Some(secret.clone()));
        }
        self.calls.run(PATIENCE, move || native::get(&service, &user)).await?
    }

    async fn write(&self, entry: String, secret: Secret) -> Result<(), Failure> {
        let service = self.service.clone();
        self.calls.run(PATIENCE, move || native::set(&service, &entry, &secret)).await?
    }

    fn memory(&self) -> MutexGuard<'_, HashMap<String, Secret>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for SecretStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretStore({}, {} in memory)", self.service, self.memory().len())
    }
}

impl SecretKind {
    /// Every kind.
    pub const ALL: [SecretKind; 2] = [SecretKind::Password, SecretKind::PrivateKey];

    /// The secrets that a profile needs to connect.
    pub fn used_by(profile: &Profile) -> Vec<SecretKind> {
        let has_certificate = |tls: Option<&Tls>| tls.is_some_and(|t| t.certificate_pem.is_some());
        let (password, private_key) = match &profile.broker {
            Broker::Kafka(settings) => match &settings.security {
                KafkaSecurity::Plaintext => (false, false),
                KafkaSecurity::Ssl { tls } => (false, has_certificate(Some(tls))),
                KafkaSecurity::SaslSsl { tls, .. } => (true, has_certificate(Some(tls))),
            },
            Broker::RabbitMq(settings) => {
                let password = match &settings.authentication {
                    RabbitMqAuthentication::Plain { .. } => true,
                    RabbitMqAuthentication::External { management_user } => {
                        management_user.is_some() && settings.management_url.is_some()
                    }
                };
                (password, has_certificate(settings.tls.as_ref()))
            }
        };
        let mut used = Vec::new();
        used.extend(password.then_some(SecretKind::Password));
        used.extend(private_key.then_some(SecretKind::PrivateKey));
        used
    }

    /// Whether a secret can be kept at all.
    ///
    /// # Errors
    /// [`Code::Invalid`] for an empty secret or one of more than 64 KiB.
    pub(crate) fn check(self, secret: &Secret) -> Result<(), Failure> {
        if secret.is_empty() {
            return Err(Failure::new(Code::Invalid, format!("{} is empty", self.phrase())));
        }
        if secret.expose().len() > LONGEST {
            let message = format!("{} has more than {} KiB", self.phrase(), LONGEST / 1024);
            return Err(Failure::new(Code::Invalid, message));
        }
        Ok(())
    }

    /// Its place among the secrets of a profile.
    pub(crate) fn slot(self, secrets: &mut Secrets) -> &mut Option<Secret> {
        match self {
            SecretKind::Password => &mut secrets.password,
            SecretKind::PrivateKey => &mut secrets.private_key,
        }
    }

    /// The entry's name in the keyring: `{profile id}/{destination}/password` or `…/private-key`.
    pub fn entry(self, profile: &Profile) -> String {
        let kind = match self {
            SecretKind::Password => "password",
            SecretKind::PrivateKey => "private-key",
        };
        format!("{}/{}/{kind}", profile.id, profile.destination())
    }

    pub(crate) fn phrase(self) -> &'static str {
        match self {
            SecretKind::Password => "the password",
            SecretKind::PrivateKey => "the private key",
        }
    }
}
