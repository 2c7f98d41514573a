//! A connection as it is now: one version of its profile, what it allows, and its client.
//!
//! All three belong together. Whoever shows something of a connection, or is about to change
//! something on it, keeps the [`Connection`] and takes permission and client from the same one: when
//! the profile is edited the connection ends for good, and with it every permission it gave. A new
//! one takes its place, see [`crate::directory`]. A new name alone is no other version: the
//! connection goes on under it.
//!
//! This is also the authentication gate: credentials that a broker refused are not tried again by
//! themselves, because accounts get locked. The refusal is remembered until the profile or its
//! secrets change, or the user asks for a new attempt ([`Connection::forget_refusal`]).

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::access::{Access, ActivityLog};
use crate::failure::{Code, Failure};
use crate::profile::{Profile, ProfileId};

/// One version of a profile, what it allows, and its client, opened once however many screens ask.
pub struct Connection<C> {
    id: ProfileId,
    /// Only its name is ever replaced.
    profile: Mutex<Arc<Profile>>,
    access: Arc<Access>,
    /// Serialises attempts and is held across the network by design: everyone who asks for the same
    /// connection waits for the one attempt. It guards nothing else.
    attempt: tokio::sync::Mutex<()>,
    state: Mutex<State<C>>,
}

/// How far a connection is.
#[derive(Debug)]
pub enum State<C> {
    /// Not tried, or closed.
    Closed,
    /// An attempt is under way.
    Connecting,
    /// Its client.
    Open(Arc<C>),
    /// Why the last attempt left no client, or why the client is gone.
    Failed(Failure),
}

impl<C> Clone for State<C> {
    fn clone(&self) -> Self {
        match self {
            State::Closed => State::Closed,
            State::Connecting => State::Connecting,
            State::Open(client) => State::Open(Arc::clone(client)),
            State::Failed(failure) => State::Failed(failure.clone()),
        }
    }
}

/// The name only: a client may print its configuration, and with it a secret.
impl<C> fmt::Debug for Connection<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Connection({:?})", self.profile().name)
    }
}

impl<C> Connection<C> {
    pub(crate) fn new(profile: Profile, log: Arc<dyn ActivityLog>) -> Self {
        Connection {
            id: profile.id,
            access: Arc::new(Access::new(&profile, log)),
            profile: Mutex::new(Arc::new(profile)),
            attempt: tokio::sync::Mutex::new(()),
            state: Mutex::new(State::Closed),
        }
    }

    /// The profile, as it was when this connection began, with the name it has now.
    pub fn profile(&self) -> Arc<Profile> {
        Arc::clone(&self.profile.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether it is the connection of this profile, whose name it takes on.
    pub(crate) fn goes_on_as(&self, profile: &Profile) -> bool {
        let mut own = self.profile.lock().unwrap_or_else(PoisonError::into_inner);
        let same = own.differs_by_name_at_most(profile);
        if same && own.name != profile.name {
            *own = Arc::new(profile.clone());
            self.access.rename(&profile.name);
        }
        same
    }

    /// The identity of the profile.
    pub fn id(&self) -> ProfileId {
        self.id
    }

    /// What it allows.
    pub fn access(&self) -> &Arc<Access> {
        &self.access
    }

    /// How far it is.
    pub fn state(&self) -> State<C> {
        self.lock().clone()
    }

    /// The client, if there is one. Never connects.
    pub fn peek(&self) -> Option<Arc<C>> {
        match &*self.lock() {
            State::Open(client) => Some(Arc::clone(client)),
            _ => None,
        }
    }

    /// The client, opening it with `open` where there is none.
    ///
    /// # Errors
    /// What `open` gave; a refusal of the credentials is given again without a new attempt.
    /// [`Code::Changed`] for a connection that ended, also while it was opened.
    pub async fn get_or_open<F, Fut>(&self, open: F) -> Result<Arc<C>, Failure>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<C, Failure>>,
    {
        let _one_at_a_time = self.attempt.lock().await;
        let attempt = {
            let mut state = self.lock();
            if self.is_ended() {
                return Err(self.ended());
            }
            match &*state {
                State::Open(client) => return Ok(Arc::clone(client)),
                State::Failed(refusal) if refusal.code == Code::Authentication => {
                    return Err(refusal.clone());
                }
                _ => *state = State::Connecting,
            }
            Attempt(self)
        };
        let opened = open().await;
        let mut state = self.lock();
        std::mem::forget(attempt);
        if self.is_ended() {
            *state = State::Closed;
            return Err(self.ended());
        }
        match opened {
            Ok(client) => {
                let client = Arc::new(client);
                *state = State::Open(Arc::clone(&client));
                Ok(client)
            }
            Err(failure) => {
                *state = State::Failed(failure.clone());
                Err(failure)
            }
        }
    }

    /// Allows another attempt where the credentials were refused, before a client was open.
    pub fn forget_refusal(&self) {
        let mut state = self.lock();
        if matches!(&*state, State::Failed(_)) {
            *state = State::Closed;
        }
    }

    /// Forgets this client, found dead for this reason by one of its users, and not a newer one that
    /// another user opened in its place. True where it was forgotten.
    pub fn discard(&self, client: &Arc<C>, why: Failure) -> bool {
        let mut state = self.lock();
        let found = matches!(&*state, State::Open(open) if Arc::ptr_eq(open, client));
        if found {
            *state = State::Failed(why);
        }
        found
    }

    /// Ends this connection for good, with every permission it gave, and gives its client to be
    /// closed. Never waits; [`Access::close`] writes what is to be written.
    pub fn end(&self) -> Option<Arc<C>> {
        self.access.end();
        match std::mem::replace(&mut *self.lock(), State::Closed) {
            State::Open(client) => Some(client),
            _ => None,
        }
    }

    /// Whether it ended.
    pub fn is_ended(&self) -> bool {
        self.access.is_ended()
    }

    /// The failure of whoever still wants something of a connection that ended.
    pub(crate) fn ended(&self) -> Failure {
        let message = format!("the connection {} was closed or changed", self.profile().name);
        Failure::new(Code::Changed, message).hint("open it again")
    }

    fn lock(&self) -> MutexGuard<'_, State<C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An attempt that is given up leaves the way free.
struct Attempt<'a, C>(&'a Connection<C>);

impl<C> Drop for Attempt<'_, C> {
    fn drop(&mut self) {
        *self.0.lock() = State::Closed;
    }
}

#[cfg(test)]
#[path = "connection_tests.rs"]
mod tests;
