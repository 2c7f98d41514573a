//! How the last attempt to connect went, for the navigation.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use connections::{Failure, ProfileId};

/// An attempt that left no open connection.
#[derive(Clone)]
pub enum Attempt {
    Connecting,
    Failed(Failure),
}

/// The last attempt of each connection; none is "not tried" or "open".
#[derive(Default)]
pub struct Attempts(Mutex<HashMap<ProfileId, Attempt>>);

impl Attempts {
    pub fn get(&self, id: ProfileId) -> Option<Attempt> {
        self.lock().get(&id).cloned()
    }

    pub fn set(&self, id: ProfileId, attempt: Attempt) {
        self.lock().insert(id, attempt);
    }

    pub fn clear(&self, id: ProfileId) {
        self.lock().remove(&id);
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ProfileId, Attempt>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
