//! What ends taking from outside: the user, the end of the grant, and the time to return it all.

use std::time::Instant;

use connections::Grant;
use connections::access::Hold;
use tokio::time::sleep_until;

use super::shared::Shared;

/// What ends taking from outside.
pub(super) struct Stop<'a> {
    pub shared: &'a Shared,
    pub grant: &'a Grant<Hold>,
}

impl Stop<'_> {
    /// Whether taking is to end now; asked before each consumer is started.
    pub fn is_now(&self) -> bool {
        let release_at = self.shared.state.borrow().release_at;
        self.shared.stop.is_cancelled()
            || self.grant.check(self.shared.parts.profile).is_err()
            || release_at.is_some_and(|at| at <= Instant::now())
    }

    /// Completes when taking is to end.
    pub async fn comes(&self) {
        tokio::select! {
            () = self.shared.stop.cancelled() => {}
            () = self.grant.ended() => {}
            () = self.time_is_over() => {}
        }
    }

    /// The time begins with the first message that is held.
    async fn time_is_over(&self) {
        let mut states = self.shared.state.subscribe();
        let release_at = match states.wait_for(|state| state.release_at.is_some()).await {
            Ok(state) => state.release_at,
            Err(_) => None,
        };
        match release_at {
            Some(at) => sleep_until(at.into()).await,
            None => std::future::pending().await,
        }
    }
}
