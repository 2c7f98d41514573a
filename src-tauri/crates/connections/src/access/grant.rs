//! The permission to make one change.

use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Instant;

use tokio_util::sync::CancellationToken;

use crate::access::intent::{ActivityLog, EntryId, Outcome};
use crate::access::scope::{Scope, ScopeName};
use crate::access::term::Term;
use crate::access::told::Note;
use crate::failure::{Code, Failure};
use crate::profile::ProfileId;

/// The permission to make one change of scope `S` on one connection, announced in the ledger.
///
/// It cannot be built outside this module, cloned or stored in a file. One that is dropped without
/// [`Grant::conclude`] is written as of unknown outcome, which blocks on the disk for some
/// milliseconds, as `conclude` does. Every write checks it first
/// with [`Grant::check`]; long work also watches [`Grant::ended`].
pub struct Grant<S: Scope> {
    pub(super) connection: ProfileId,
    pub(super) entry: EntryId,
    pub(super) log: Arc<dyn ActivityLog>,
    /// Cancelled when the unlock (or the connection's permission) that gave this grant ends.
    pub(super) ended: CancellationToken,
    pub(super) expiry: Option<Term>,
    pub(super) concluded: bool,
    pub(super) scope: PhantomData<S>,
}

impl<S: Scope> Grant<S> {
    /// The connection it is for.
    pub fn connection(&self) -> ProfileId {
        self.connection
    }

    /// Its entry in the ledger.
    pub fn entry(&self) -> EntryId {
        self.entry
    }

    /// What it is for.
    pub fn scope(&self) -> ScopeName {
        S::NAME
    }

    /// When the unlock behind it ends by itself; `None` where the connection allows changes without
    /// an unlock. A computer that sleeps meanwhile ends it earlier.
    pub fn expiry(&self) -> Option<Instant> {
        self.expiry.map(|term| term.instant)
    }

    /// To be called before each write.
    ///
    /// # Errors
    /// [`Code::GrantEnded`] once the unlock ended, by time or by hand, and
    /// [`Code::Internal`] for a grant of another connection.
    pub fn check(&self, connection: ProfileId) -> Result<(), Failure> {
        if connection != self.connection {
            return Err(Failure::new(Code::Internal, "this grant is for another connection"));
        }
        if self.expiry.is_some_and(|term| term.is_over()) || self.ended.is_cancelled() {
            return Err(Failure::new(Code::GrantEnded, "the permission to change ended")
                .hint("unlock the connection again to go on"));
        }
        Ok(())
    }

    /// Completes when the unlock behind this grant ends.
    pub fn ended(&self) -> impl Future<Output = ()> + Send + 'static {
        let ended = self.ended.clone();
        let expiry = self.expiry;
        async move {
            match expiry {
                Some(term) => tokio::select! {
                    () = ended.cancelled() => {}
                    () = term.passed() => {}
                },
                None => ended.cancelled().await,
            }
        }
    }

    /// Writes how the change ended.
    ///
    /// # Errors
    /// [`Code::Storage`] where the ledger cannot be written; the change itself has been made.
    pub fn conclude(mut self, outcome: &Outcome) -> Result<(), Failure> {
        self.concluded = true;
        self.log.conclude(self.entry, outcome)
    }
}

impl<S: Scope> Drop for Grant<S> {
    fn drop(&mut self) {
        if self.concluded {
            return;
        }
        let detail = Note::Interrupted.into();
        if let Err(failure) = self.log.conclude(self.entry, &Outcome::Unknown { detail }) {
            tracing::error!(%failure, "an outcome could not be written to the ledger");
        }
    }
}

impl<S: Scope> fmt::Debug for Grant<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Grant({:?} on {})", S::NAME, self.connection)
    }
}
