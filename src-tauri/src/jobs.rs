//! Running jobs: an id, a way to stop, and what is kept for the UI to read windows of.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::wire::Failure;
use crate::wire::failure::Code;

/// Things of one kind by their id. Ids are opaque and never used again.
pub struct Registry<T> {
    what: &'static str,
    /// In the order in which they came: there are few of them.
    items: Mutex<Vec<(String, Arc<T>)>>,
}

/// An item that is kept.
pub struct Kept<T> {
    pub id: String,
    pub item: Arc<T>,
    /// Whether it was not there before.
    pub is_new: bool,
}

impl<T> Registry<T> {
    /// An empty registry; `what` names one item in errors.
    pub fn new(what: &'static str) -> Self {
        Registry { what, items: Mutex::default() }
    }

    /// Keeps an item and gives its id.
    pub fn add(&self, item: Arc<T>) -> String {
        let id = Uuid::new_v4().to_string();
        self.lock().push((id.clone(), item));
        id
    }

    /// The item that `is` tells, with its id; `make` makes it where it is not there yet, which is
    /// told too.
    pub fn get_or_add(&self, is: impl Fn(&T) -> bool, make: impl FnOnce() -> T) -> Kept<T> {
        let mut items = self.lock();
        if let Some((id, item)) = items.iter().find(|(_, item)| is(item)) {
            return Kept { id: id.clone(), item: Arc::clone(item), is_new: false };
        }
        let (id, item) = (Uuid::new_v4().to_string(), Arc::new(make()));
        items.push((id.clone(), Arc::clone(&item)));
        Kept { id, item, is_new: true }
    }

    /// An item by its id.
    ///
    /// # Errors
    /// `not_found` for an id that was never given or was removed.
    pub fn get(&self, id: &str) -> Result<Arc<T>, Failure> {
        let found = self.lock().iter().find(|(of, _)| of == id).map(|(_, item)| Arc::clone(item));
        found.ok_or_else(|| Failure {
            code: Code::NotFound,
            message: format!("this {} is no longer there", self.what),
            hint: Some("open it again".to_owned()),
        })
    }

    /// Forgets an item and gives it back, if it was there.
    pub fn remove(&self, id: &str) -> Option<Arc<T>> {
        let mut items = self.lock();
        let place = items.iter().position(|(of, _)| of == id)?;
        Some(items.remove(place).1)
    }

    /// Everything, with its id, the oldest first.
    pub fn all(&self) -> Vec<(String, Arc<T>)> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(String, Arc<T>)>> {
        self.items.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_that_is_there_is_not_added_again() {
        let registry = Registry::new("thing");
        let first = registry.get_or_add(|n| *n == 7, || 7);
        let again = registry.get_or_add(|n| *n == 7, || unreachable!("it is there"));
        assert_eq!((first.is_new, again.is_new), (true, false));
        assert_eq!((again.id, *again.item), (first.id, 7));
        assert_eq!(registry.all().len(), 1);
    }

    #[test]
    fn things_are_listed_in_the_order_in_which_they_came_and_not_after_they_went() {
        let registry = Registry::new("thing");
        let ids: Vec<String> = (0..20).map(|n| registry.add(Arc::new(n))).collect();
        assert_eq!(registry.remove(&ids[7]).as_deref(), Some(&7));
        assert!(registry.remove(&ids[7]).is_none());
        assert!(registry.get(&ids[7]).is_err());
        assert_eq!(registry.get(&ids[8]).as_deref().ok(), Some(&8));
        let listed: Vec<i32> = registry.all().iter().map(|(_, n)| **n).collect();
        assert_eq!(listed, (0..20).filter(|n| *n != 7).collect::<Vec<_>>());
    }
}
