//! One at a time for each profile, without remembering a profile that nobody waits for: a form that
//! is tested before it is saved has an identity that never comes again.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OwnedMutexGuard;

use crate::profile::ProfileId;

/// See the module.
#[derive(Default)]
pub(crate) struct Turns(Mutex<HashMap<ProfileId, Arc<tokio::sync::Mutex<()>>>>);

/// Somebody's turn, until it is dropped; or the wait for one.
pub(crate) struct Turn<'a> {
    turns: &'a Turns,
    id: ProfileId,
    held: Option<OwnedMutexGuard<()>>,
}

impl Turns {
    /// Waits for the turn of a profile.
    pub async fn take(&self, id: ProfileId) -> Turn<'_> {
        // Made before the wait, so that one which is given up tidies up as well.
        let mut turn = Turn { turns: self, id, held: None };
        let queue = Arc::clone(self.lock().entry(id).or_default());
        turn.held = Some(queue.lock_owned().await);
        turn
    }

    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<ProfileId, Arc<tokio::sync::Mutex<()>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut queues = self.turns.lock();
        self.held = None;
        // Everybody who has the turn or waits for it keeps the queue too, and joins it under the lock.
        if queues.get(&self.id).is_some_and(|queue| Arc::strong_count(queue) == 1) {
            queues.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::pin;
    use std::task::Poll;

    use super::*;

    #[tokio::test]
    async fn a_turn_is_one_at_a_time_and_forgotten_once_nobody_waits() {
        let turns = Turns::default();
        let id = ProfileId::random();
        let first = turns.take(id).await;
        let mut second = pin!(turns.take(id));
        let waits = poll_fn(|context| Poll::Ready(second.as_mut().poll(context).is_pending()));
        assert!(waits.await);
        drop(turns.take(ProfileId::random()).await);
        assert_eq!(turns.lock().len(), 1, "the other profile is forgotten");
        drop(first);
        assert_eq!(turns.lock().len(), 1, "somebody waits");
        drop(second.await);
        assert!(turns.lock().is_empty());
    }

    #[tokio::test]
    async fn a_wait_that_is_given_up_leaves_nothing_behind() {
        let turns = Turns::default();
        let id = ProfileId::random();
        let first = turns.take(id).await;
        {
            let mut second = pin!(turns.take(id));
            let waits = poll_fn(|context| Poll::Ready(second.as_mut().poll(context).is_pending()));
            assert!(waits.await);
            drop(first);
        }
        assert!(turns.lock().is_empty());
    }
}
