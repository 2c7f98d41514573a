//! The saved connections with their secrets, what is open of each, and the only way to change them.
//!
//! - Each profile has at most one [`Connection`] in force, made from the profile as it is saved now.
//!   It is looked up under one lock together with the profile, so that nobody gets the permissions
//!   of one version and the address of another.
//! - An edit is saved first and takes effect at once; what was open of the version before ends then,
//!   and is handed out to be closed. An edit that cannot be saved has changed nothing. One that
//!   changes nothing but the name ends nothing: what is held and what runs goes on.
//! - While the secrets of a profile are being changed nobody reads them: an old password never
//!   reaches a new address, nor a new one the old.
//! - A stored secret is used for the place it was typed for, see [`Profile::destination`]: its entry
//!   in the keyring is named after it, so that one which could not be removed is not found either.
//! - A production connection is loosened only while it is unlocked, and the ledger has every change
//!   of environment, access level and destination, and every removal, before it is made.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::access::{ActivityLog, Detail, Outcome};
use crate::connection::Connection;
use crate::edit::Edit;
use crate::failure::{Code, Failure};
use crate::profile::{Profile, ProfileId};
use crate::profiles::Profiles;
use crate::secret::Secrets;
pub use crate::secret_changes::{SecretChange, SecretChanges};
use crate::secrets::{Places, SecretKind, SecretStore};
use crate::turns::Turns;

/// See the module. `C` is the client of an open connection.
pub struct Directory<C> {
    profiles: Arc<Profiles>,
    secrets: SecretStore,
    log: Arc<dyn ActivityLog>,
    entries: Mutex<Entries<C>>,
    /// Who has the turn of a profile may read or change its secrets.
    turns: Turns,
}

struct Entries<C> {
    current: HashMap<ProfileId, Arc<Connection<C>>>,
    /// Ended because their profile changed, and not closed yet.
    superseded: Vec<Arc<Connection<C>>>,
}

/// A profile that was saved.
#[derive(Debug)]
pub struct Saved<C> {
    /// Where its secrets are now.
    pub places: Places,
    /// What did not work about its secrets; the profile is saved all the same.
    pub notices: Vec<Failure>,
    /// What was open of it before, ended and to be closed; nothing where only the name changed.
    pub ended: Vec<Arc<Connection<C>>>,
}

/// A profile that was removed.
#[derive(Debug)]
pub struct Removed<C> {
    /// What did not work about its secrets; the profile is removed all the same.
    pub notice: Option<Failure>,
    /// What was open of it, ended and to be closed.
    pub ended: Vec<Arc<Connection<C>>>,
}

impl<C> Directory<C> {
    /// Of these profiles and secrets; what is changed is written to `log`.
    pub fn new(profiles: Profiles, secrets: SecretStore, log: Arc<dyn ActivityLog>) -> Self {
        let entries = Entries { current: HashMap::new(), superseded: Vec::new() };
        Directory {
            profiles: Arc::new(profiles),
            secrets,
            log,
            entries: Mutex::new(entries),
            turns: Turns::default(),
        }
    }

    /// The keyring, for its state.
    pub fn secrets(&self) -> &SecretStore {
        &self.secrets
    }

    /// Every saved connection, by name.
    pub fn list(&self) -> Vec<Arc<Connection<C>>> {
        let mut profiles = self.profiles.list();
        profiles.sort_by_key(|profile| profile.name.to_lowercase());
        // One that was removed meanwhile is not listed.
        profiles.iter().filter_map(|profile| self.connection(profile.id).ok()).collect()
    }

    /// The connection in force of a profile. Never waits.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub fn connection(&self, id: ProfileId) -> Result<Arc<Connection<C>>, Failure> {
        let mut entries = lock(&self.entries);
        // Read under the lock: what is given is of the profile as it is saved at this moment.
        let profile = self.profiles.get(id);
        match (entries.current.get(&id), &profile) {
            (Some(current), Ok(profile)) if current.goes_on_as(profile) => {
                return Ok(Arc::clone(current));
            }
            (Some(_), _) => entries.supersede(id),
            (None, _) => {}
        }
        let connection = Arc::new(Connection::new(profile?, Arc::clone(&self.log)));
        entries.current.insert(id, Arc::clone(&connection));
        Ok(connection)
    }

    /// The client of a connection, opening it where it is not. `connect` gets the profile and its
    /// secrets.
    ///
    /// # Errors
    /// [`Code::Changed`] for a connection that is no longer in force; [`Code::Keyring`]; what
    /// `connect` gave, a refusal again and again without a new attempt.
    pub async fn open<F, Fut>(
        &self,
        connection: &Arc<Connection<C>>,
        connect: F,
    ) -> Result<Arc<C>, Failure>
    where
        F: FnOnce(Profile, Secrets) -> Fut,
        Fut: Future<Output = Result<C, Failure>>,
    {
        connection
            .get_or_open(|| async {
                let secrets = self.secrets_of(connection).await?;
                connect(Profile::clone(&connection.profile()), secrets).await
            })
            .await
    }

    /// Ends what is open of a profile, for good, and hands it out to be closed. Never waits.
    pub fn end(&self, id: ProfileId) -> Vec<Arc<Connection<C>>> {
        let mut entries = lock(&self.entries);
        entries.supersede(id);
        entries.take_superseded(id)
    }

    /// Adds a profile.
    ///
    /// # Errors
    /// As [`Profiles::save`], and [`Code::Invalid`] for a secret that cannot be kept. Nothing has
    /// changed then.
    pub async fn add(&self, profile: Profile, changes: SecretChanges) -> Result<Saved<C>, Failure> {
        changes.check()?;
        let _turn = self.turns.take(profile.id).await;
        self.write(profile.clone()).await?;
        Ok(self.settle(None, &profile, changes).await)
    }

    /// Replaces a profile, and ends what is open of it unless nothing but its name changes.
    ///
    /// # Errors
    /// Nothing has changed then: [`Code::NotFound`]; [`Code::ReadOnly`] for a production connection
    /// that would be loosened and is not unlocked; [`Code::Invalid`] for a stored secret that would
    /// go elsewhere; [`Code::Storage`] where the change cannot be announced; and as
    /// [`Profiles::save`].
    pub async fn edit(
        &self,
        profile: Profile,
        changes: SecretChanges,
    ) -> Result<Saved<C>, Failure> {
        changes.check()?;
        let _turn = self.turns.take(profile.id).await;
        self.profiles.check(&profile)?;
        let connection = self.connection(profile.id)?;
        let before = connection.profile();
        let edit = Edit::of(&before, &profile);
        edit.allowed(&before.name, &connection.access().state())?;
        if edit.moves_secrets {
            changes.all_given(&profile)?;
        }
        let write = self.write(profile.clone());
        match edit.told() {
            Some(detail) => announced(&connection, "edit", detail, write).await?,
            None => write.await?,
        }
        Ok(self.settle(Some(&before), &profile, changes).await)
    }

    /// Removes a profile, ends what is open of it and forgets its secrets.
    ///
    /// # Errors
    /// As [`Profiles::remove`], and [`Code::Storage`] where it cannot be announced. Nothing has
    /// changed then.
    pub async fn remove(&self, id: ProfileId) -> Result<Removed<C>, Failure> {
        let _turn = self.turns.take(id).await;
        let connection = self.connection(id)?;
        let profiles = Arc::clone(&self.profiles);
        let detail = connection.profile().address().as_str().into();
        announced(&connection, "remove", detail, async {
            blocking(move || profiles.remove(id)).await?.map(drop)
        })
        .await?;
        let ended = self.end(id);
        Ok(Removed { notice: self.secrets.forget(&connection.profile()).await.err(), ended })
    }

    /// The secrets that a test of this profile would use, saved or not. The keyring is asked for
    /// those only that are kept and used.
    ///
    /// # Errors
    /// [`Code::Invalid`] for a stored secret that would go elsewhere; [`Code::Keyring`];
    /// [`Code::NotFound`] for a known profile that is not there any more.
    pub async fn secrets_to_test(
        &self,
        profile: &Profile,
        known: bool,
        mut changes: SecretChanges,
    ) -> Result<Secrets, Failure> {
        let _turn = self.turns.take(profile.id).await;
        if known && !self.profiles.get(profile.id)?.shares_secrets_with(profile) {
            changes.all_given(profile)?;
        }
        let mut secrets = Secrets::default();
        for kind in SecretKind::used_by(profile) {
            *kind.slot(&mut secrets) = match changes.take(kind) {
                SecretChange::Keep if known => self.secrets.read(profile, kind).await?,
                SecretChange::Keep | SecretChange::Forget => None,
                SecretChange::Set(secret) => Some(secret),
            };
        }
        Ok(secrets)
    }

    /// Where the secrets of a profile are.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub async fn places(&self, id: ProfileId) -> Result<Places, Failure> {
        Ok(self.secrets.places(&self.profiles.get(id)?).await)
    }

    async fn secrets_of(&self, connection: &Arc<Connection<C>>) -> Result<Secrets, Failure> {
        let _turn = self.turns.take(connection.id()).await;
        match self.connection(connection.id()) {
            Ok(current) if Arc::ptr_eq(&current, connection) => {
                self.secrets.get(&connection.profile()).await
            }
            _ => Err(connection.ended()),
        }
    }

    async fn write(&self, profile: Profile) -> Result<(), Failure> {
        let profiles = Arc::clone(&self.profiles);
        blocking(move || profiles.save(profile)).await?
    }

    /// What follows a profile that was saved; nothing of it takes the profile back.
    async fn settle(
        &self,
        before: Option<&Profile>,
        after: &Profile,
        mut changes: SecretChanges,
    ) -> Saved<C> {
        let goes_on = before.is_some_and(|before| before.differs_by_name_at_most(after))
            && changes.all_kept(after);
        let ended = match goes_on {
            // Whoever asks for it gives it its new name.
            true => {
                let _renamed = self.connection(after.id);
                lock(&self.entries).take_superseded(after.id)
            }
            false => self.end(after.id),
        };
        let mut notices = Vec::new();
        if let Some(before) = before {
            let uses = SecretKind::used_by(after);
            let moved = !before.shares_secrets_with(after);
            // What is not used any more is not kept for a use that nobody foresees.
            let left = |kind: &SecretKind| moved || !uses.contains(kind);
            for kind in SecretKind::used_by(before).into_iter().filter(left) {
                notices.extend(self.secrets.forget_one(before, kind).await.err());
            }
        }
        for kind in SecretKind::ALL {
            let result = match changes.take(kind) {
                SecretChange::Set(secret) => self.secrets.put(after, kind, secret).await.map(drop),
                SecretChange::Keep => Ok(()),
                SecretChange::Forget => self.secrets.forget_one(after, kind).await,
            };
            notices.extend(result.err());
        }
        Saved { places: self.secrets.places(after).await, notices, ended }
    }
}

impl<C> Entries<C> {
    fn supersede(&mut self, id: ProfileId) {
        if let Some(connection) = self.current.remove(&id) {
            connection.access().end();
            self.superseded.push(connection);
        }
    }

    fn take_superseded(&mut self, id: ProfileId) -> Vec<Arc<Connection<C>>> {
        self.superseded.extract_if(.., |connection| connection.id() == id).collect()
    }
}

impl<C> fmt::Debug for Directory<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Directory({} profiles)", self.profiles.list().len())
    }
}

/// Makes a change of a connection itself, announced in the ledger before and concluded after.
async fn announced<C>(
    connection: &Connection<C>,
    action: &'static str,
    detail: Detail,
    change: impl Future<Output = Result<(), Failure>>,
) -> Result<(), Failure> {
    let access = Arc::clone(connection.access());
    let entry = blocking(move || access.announce(action)).await??;
    let changed = change.await;
    let outcome = match &changed {
        Ok(()) => Outcome::Done { count: None, detail: Some(detail) },
        Err(failure) => Outcome::Failed { detail: failure.into() },
    };
    let access = Arc::clone(connection.access());
    blocking(move || access.concluded(entry, &outcome)).await?;
    changed
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Failure::new(Code::Internal, "a task of the console ended before its work"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "directory_tests.rs"]
mod tests;
