//! Running jobs: an id, a way to stop, and what is kept for the UI to read windows of.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::wire::Failure;
use crate::wire::failure::Code;

/// Things of one kind by their id. Ids are opaque and never used again.
pub struct Registry<T> {
    what: &'static str,
    items: Mutex<HashMap<String, Arc<T>>>,
}

impl<T> Registry<T> {
    /// An empty registry; `what` names one item in errors.
    pub fn new(what: &'static str) -> Self {
        Registry { what, items: Mutex::new(HashMap::new()) }
    }

    /// Keeps an item and gives its id.
    pub fn add(&self, item: Arc<T>) -> String {
        let id = Uuid::new_v4().to_string();
        self.lock().insert(id.clone(), item);
        id
    }

    /// An item by its id.
    ///
    /// # Errors
    /// `not_found` for an id that was never given or was removed.
    pub fn get(&self, id: &str) -> Result<Arc<T>, Failure> {
        self.lock().get(id).cloned().ok_or_else(|| Failure {
            code: Code::NotFound,
            message: format!("this {} is no longer there", self.what),
            hint: Some("open it again".to_owned()),
        })
    }

    /// Forgets an item and gives it back, if it was there.
    pub fn remove(&self, id: &str) -> Option<Arc<T>> {
        self.lock().remove(id)
    }

    /// Everything, with its id.
    pub fn all(&self) -> Vec<(String, Arc<T>)> {
        self.lock().iter().map(|(id, item)| (id.clone(), Arc::clone(item))).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<T>>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
