//! What one connection allows now, and the only place that issues grants.
//!
//! The end of an unlock by time is not written: its entry says how long it lasts.

use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::access::grant::Grant;
use crate::access::intent::{ActivityLog, EntryId, Intent, Outcome, Subject};
use crate::access::scope::{Scope, ScopeName};
use crate::access::term::Term;
use crate::access::told::{Detail, Fact, Note, Object};
use crate::failure::{Code, Failure};
use crate::printable::printable;
use crate::profile::{AccessLevel, Environment, Profile, ProfileId};

/// The longest an unlock can last.
pub const LONGEST_UNLOCK: Duration = Duration::from_secs(8 * 3600);

/// The longest reason that is kept, in characters.
pub const LONGEST_REASON: usize = 500;

/// What one connection allows now.
pub struct Access {
    connection: ProfileId,
    name: Mutex<String>,
    environment: Environment,
    /// What it allows without an unlock.
    standing: AccessLevel,
    log: Arc<dyn ActivityLog>,
    /// Ends every grant of this connection: it was closed, edited or removed.
    closed: CancellationToken,
    unlocked: Mutex<Option<Open>>,
    /// The reason of the unlock that was in force when this was closed, until its end is written.
    unwritten: Mutex<Option<String>>,
}

struct Open {
    reason: String,
    term: Term,
    ended: CancellationToken,
}

/// What one connection allows now, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessState {
    /// The level in force.
    pub level: AccessLevel,
    /// The unlock in force, where there is one.
    pub unlocked: Option<Unlocked>,
}

/// An unlock in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unlocked {
    /// Why, as the person said.
    pub reason: String,
    /// How much longer.
    pub remaining: Duration,
}

impl Access {
    /// The access of a profile. Production is read-only whatever the profile says.
    pub fn new(profile: &Profile, log: Arc<dyn ActivityLog>) -> Self {
        let standing = match profile.environment {
            Environment::Production => AccessLevel::ReadOnly,
            Environment::Dev | Environment::Staging => profile.access,
        };
        Access {
            connection: profile.id,
            name: Mutex::new(profile.name.clone()),
            environment: profile.environment,
            standing,
            log,
            closed: CancellationToken::new(),
            unlocked: Mutex::new(None),
            unwritten: Mutex::new(None),
        }
    }

    /// What is allowed now.
    pub fn state(&self) -> AccessState {
        let mut slot = self.lock_slot();
        drop_if_over(&mut slot);
        match slot.as_ref() {
            Some(open) => AccessState {
                level: match self.standing {
                    AccessLevel::ReadOnly => AccessLevel::Guarded,
                    standing => standing,
                },
                unlocked: Some(Unlocked {
                    reason: open.reason.clone(),
                    remaining: open.term.remaining(),
                }),
            },
            None if self.closed.is_cancelled() => {
                AccessState { level: AccessLevel::ReadOnly, unlocked: None }
            }
            None => AccessState { level: self.standing, unlocked: None },
        }
    }

    /// Allows previewed changes for a while, once the ledger has it. An unlock in force is
    /// replaced, its grants end. Blocks on the disk.
    ///
    /// # Errors
    /// [`Code::Invalid`] for an empty reason, or a duration of zero or of more than eight hours;
    /// [`Code::Storage`] where the ledger cannot be written; [`Code::GrantEnded`] once closed.
    pub fn unlock(&self, reason: &str, duration: Duration) -> Result<(), Failure> {
        let reason = printable(reason.trim(), LONGEST_REASON);
        if reason.is_empty() {
            return Err(Failure::new(Code::Invalid, "no reason was given for unlocking")
                .hint("write why, for example the ticket's number"));
        }
        if duration.is_zero() || duration > LONGEST_UNLOCK {
            return Err(Failure::new(Code::Invalid, "an unlock lasts up to eight hours"));
        }
        if self.closed.is_cancelled() {
            return Err(self.closed_failure());
        }
        let lasts = Fact::Lasts { seconds: duration.as_secs().max(1) };
        self.write("unlock", &reason, Detail::of(lasts))?;
        let mut slot = self.lock_slot();
        // Between the check above and here the connection may have been closed; closing takes this
        // lock too, so from here on it sees what is put into the slot.
        if self.closed.is_cancelled() {
            return Err(self.closed_failure());
        }
        let ended = self.closed.child_token();
        end(slot.replace(Open { reason, term: Term::after(duration), ended }));
        Ok(())
    }

    /// Ends the unlock in force and every grant it gave. Blocks on the disk, after it has ended.
    pub fn lock(&self) {
        let open = {
            let mut slot = self.lock_slot();
            drop_if_over(&mut slot);
            slot.take()
        };
        if let Some(open) = open {
            let reason = open.reason.clone();
            end(Some(open));
            self.write_lock(&reason, Note::ByHand);
        }
    }

    /// Ends everything, for good: the connection is being closed or changed. Never waits; what is
    /// to be written about it is written by [`Self::close`].
    pub fn end(&self) {
        // Under the lock of the slot, so that an unlock either sees it or is ended by it.
        let open = {
            let mut slot = self.lock_slot();
            drop_if_over(&mut slot);
            self.closed.cancel();
            slot.take()
        };
        if let Some(open) = open {
            *self.lock_unwritten() = Some(open.reason.clone());
            end(Some(open));
        }
    }

    /// Ends everything, for good, and writes the end of the unlock in force. Blocks on the disk,
    /// after everything has ended.
    pub fn close(&self) {
        self.end();
        let reason = self.lock_unwritten().take();
        if let Some(reason) = reason {
            self.write_lock(&reason, Note::ConnectionClosed);
        }
    }

    /// What the connection is called from now on, in what is written and said of it.
    pub(crate) fn rename(&self, name: &str) {
        name.clone_into(&mut self.name.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Whether this was closed.
    pub fn is_ended(&self) -> bool {
        self.closed.is_cancelled()
    }

    /// Announces a change of the connection itself. Blocks on the disk.
    ///
    /// # Errors
    /// [`Code::Storage`]: what cannot be announced is not done.
    pub(crate) fn announce(&self, action: &str) -> Result<EntryId, Failure> {
        let reason = self.state().unlocked.map(|unlocked| unlocked.reason).unwrap_or_default();
        self.log.intend(&self.intent(ScopeName::Access, self.subject(action), reason))
    }

    /// Writes how an announced change of the connection ended. Blocks on the disk.
    pub(crate) fn concluded(&self, entry: EntryId, outcome: &Outcome) {
        if let Err(failure) = self.log.conclude(entry, outcome) {
            tracing::error!(%failure, "the outcome of an edit could not be written to the ledger");
        }
    }

    /// Announces a change in the ledger and gives the permission to make it. Blocks on the disk.
    ///
    /// # Errors
    /// [`Code::ReadOnly`] where the connection allows no changes now; [`Code::GrantEnded`] where
    /// that ended at this very moment; [`Code::Storage`] where the intent could not be written:
    /// what cannot be announced is not done.
    pub fn grant<S: Scope>(&self, subject: Subject) -> Result<Grant<S>, Failure> {
        let (reason, expiry, ended) = {
            let mut slot = self.lock_slot();
            drop_if_over(&mut slot);
            match slot.as_ref() {
                Some(open) => (open.reason.clone(), Some(open.term), open.ended.child_token()),
                None if self.closed.is_cancelled() => return Err(self.closed_failure()),
                None if self.standing == AccessLevel::ReadOnly => return Err(self.read_only()),
                None => (String::new(), None, self.closed.child_token()),
            }
        };
        let entry = self.log.intend(&self.intent(S::NAME, subject, reason))?;
        let grant = Grant {
            connection: self.connection,
            entry,
            log: Arc::clone(&self.log),
            ended,
            expiry,
            concluded: false,
            scope: PhantomData,
        };
        // It may have ended while the intent was written; then nothing was done, which is known.
        if let Err(failure) = grant.check(self.connection) {
            grant.conclude(&Outcome::Failed { detail: Note::PermissionEnded.into() })?;
            return Err(failure);
        }
        Ok(grant)
    }

    /// Locking must never fail: it is done, and only its line is missing.
    fn write_lock(&self, reason: &str, why: Note) {
        if let Err(failure) = self.write("lock", reason, why.into()) {
            tracing::error!(%failure, "the end of an unlock could not be written to the ledger");
        }
    }

    /// Writes an entry about the access itself, which is done as soon as it is said.
    fn write(&self, action: &str, reason: &str, detail: Detail) -> Result<(), Failure> {
        let intent = self.intent(ScopeName::Access, self.subject(action), reason.to_owned());
        let entry = self.log.intend(&intent)?;
        self.log.conclude(entry, &Outcome::Done { count: None, detail: Some(detail) })
    }

    fn subject(&self, action: &str) -> Subject {
        let object = Object::connection(self.name());
        Subject { action: action.to_owned(), object, count: None, source: None }
    }

    fn intent(&self, scope: ScopeName, subject: Subject, reason: String) -> Intent {
        Intent {
            connection: self.connection,
            connection_name: self.name(),
            environment: self.environment,
            scope,
            subject,
            reason,
        }
    }

    fn closed_failure(&self) -> Failure {
        Failure::new(Code::GrantEnded, format!("the connection {} was closed", self.name()))
            .hint("open it again")
    }

    fn read_only(&self) -> Failure {
        Failure::new(Code::ReadOnly, format!("the connection {} is read-only", self.name()))
            .hint("unlock it with a reason, for a time you choose")
    }

    fn name(&self) -> String {
        self.name.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn lock_unwritten(&self) -> MutexGuard<'_, Option<String>> {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_slot(&self) -> MutexGuard<'_, Option<Open>> {
        self.unlocked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An unlock whose time is over gives nothing any more.
fn drop_if_over(slot: &mut Option<Open>) {
    if slot.as_ref().is_some_and(|open| open.term.is_over() || open.ended.is_cancelled()) {
        end(slot.take());
    }
}

fn end(open: Option<Open>) {
    if let Some(open) = open {
        open.ended.cancel();
    }
}

#[cfg(test)]
#[path = "gate_tests.rs"]
mod tests;
