//! Connections that are open now: one client per profile, opened once however many screens ask.
//!
//! This is also the authentication gate: credentials that a broker refused are not tried again by
//! themselves, because accounts get locked. The refusal is remembered until the profile or its
//! secrets change, or the user asks for a new attempt ([`Live::close`]).

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::failure::{Code, Failure};
use crate::profile::ProfileId;

/// Open clients of one kind, by profile.
pub struct Live<C> {
    slots: Mutex<HashMap<ProfileId, Arc<Slot<C>>>>,
}

/// The outer lock serialises attempts and is held across the network by design: everyone who asks
/// for the same connection waits for the one attempt. It never guards anything else.
struct Slot<C> {
    attempt: tokio::sync::Mutex<()>,
    state: Mutex<State<C>>,
}

enum State<C> {
    Closed,
    Open(Arc<C>),
    Refused(Failure),
}

/// The number of profiles only: a client may print its configuration, and with it a secret.
impl<C> fmt::Debug for Live<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Live({} profiles)", lock(&self.slots).len())
    }
}

impl<C> Default for Live<C> {
    fn default() -> Self {
        Live { slots: Mutex::new(HashMap::new()) }
    }
}

impl<C: Send + Sync + 'static> Live<C> {
    /// The open client of a profile, opening it with `open` where there is none.
    ///
    /// # Errors
    /// What `open` gave; a refusal of the credentials is given again without a new attempt.
    pub async fn get_or_open<F, Fut>(&self, id: ProfileId, open: F) -> Result<Arc<C>, Failure>
    where
        F: FnOnce() -> Fut,
        Fut: Future<Output = Result<C, Failure>>,
    {
        let slot = Arc::clone(lock(&self.slots).entry(id).or_default());
        let _one_at_a_time = slot.attempt.lock().await;
        match &*lock(&slot.state) {
            State::Open(client) => return Ok(Arc::clone(client)),
            State::Refused(failure) => return Err(failure.clone()),
            State::Closed => {}
        }
        let opened = open().await;
        let mut state = lock(&slot.state);
        match opened {
            Ok(client) => {
                let client = Arc::new(client);
                *state = State::Open(Arc::clone(&client));
                Ok(client)
            }
            Err(failure) => {
                if failure.code == Code::Authentication {
                    *state = State::Refused(failure.clone());
                }
                Err(failure)
            }
        }
    }

    /// The open client of a profile, if there is one. Never connects.
    pub fn peek(&self, id: ProfileId) -> Option<Arc<C>> {
        let slot = Arc::clone(lock(&self.slots).get(&id)?);
        match &*lock(&slot.state) {
            State::Open(client) => Some(Arc::clone(client)),
            _ => None,
        }
    }

    /// Forgets the client or the refusal of a profile. An attempt under way ends on its own and is
    /// forgotten too. Returns the client that was open.
    pub fn close(&self, id: ProfileId) -> Option<Arc<C>> {
        let slot = lock(&self.slots).remove(&id)?;
        match std::mem::replace(&mut *lock(&slot.state), State::Closed) {
            State::Open(client) => Some(client),
            _ => None,
        }
    }

    /// Forgets this client, found dead by one of its users, and not a newer one that another user
    /// opened in its place.
    pub fn discard(&self, id: ProfileId, client: &Arc<C>) {
        let Some(slot) = lock(&self.slots).get(&id).map(Arc::clone) else {
            return;
        };
        let mut state = lock(&slot.state);
        if matches!(&*state, State::Open(open) if Arc::ptr_eq(open, client)) {
            *state = State::Closed;
        }
    }

    /// The profiles that have an open client.
    pub fn open_ids(&self) -> Vec<ProfileId> {
        let slots: Vec<_> =
            lock(&self.slots).iter().map(|(id, slot)| (*id, Arc::clone(slot))).collect();
        slots
            .into_iter()
            .filter(|(_, slot)| matches!(&*lock(&slot.state), State::Open(_)))
            .map(|(id, _)| id)
            .collect()
    }
}

impl<C> Default for Slot<C> {
    fn default() -> Self {
        Slot { attempt: tokio::sync::Mutex::new(()), state: Mutex::new(State::Closed) }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[path = "live_tests.rs"]
mod tests;
