//! What an edit of a profile changes, and whether it may.

use crate::access::{AccessState, Detail, Fact, Note, Setting};
use crate::failure::{Code, Failure};
use crate::profile::{AccessLevel, Environment, Profile};

/// What an edit changes of what protects people from mistakes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Each change, for the ledger; empty where nothing of that kind changes.
    changes: Vec<Fact>,
    /// Whether a production connection would be protected less.
    loosens: bool,
    /// Whether secrets typed before go elsewhere now.
    pub moves_secrets: bool,
}

impl Edit {
    pub fn of(before: &Profile, after: &Profile) -> Self {
        let mut changes = Vec::new();
        let mut changed = |setting: Setting, from: &str, to: &str| {
            if from != to {
                let (from, to) = (from.to_owned(), to.to_owned());
                changes.push(Fact::Changed { setting, from, to });
            }
        };
        let (from, to) = (environment(before.environment), environment(after.environment));
        changed(Setting::Environment, from, to);
        changed(Setting::AccessLevel, level(before.access), level(after.access));
        changed(Setting::Address, &before.address(), &after.address());
        let moves_secrets = !before.shares_secrets_with(after);
        if moves_secrets && before.address() == after.address() {
            changes.push(Fact::Note { note: Note::SecurityOrUser });
        }
        let production = Environment::Production;
        let loosens = before.environment == production
            && (after.environment != production || rank(after.access) > rank(before.access));
        Edit { changes, loosens, moves_secrets }
    }

    /// What the ledger is told; `None` where it need not be.
    pub fn told(&self) -> Option<Detail> {
        (!self.changes.is_empty()).then(|| Detail(self.changes.clone()))
    }

    /// Whether it may be made now.
    ///
    /// # Errors
    /// [`Code::ReadOnly`] where a production connection would be protected less and is not unlocked.
    pub fn allowed(&self, name: &str, access: &AccessState) -> Result<(), Failure> {
        if !self.loosens || access.unlocked.is_some() {
            return Ok(());
        }
        let message = format!(
            "{name} is production: its environment and access level are loosened only while it is \
             unlocked"
        );
        Err(Failure::new(Code::ReadOnly, message).hint("unlock it with a reason, then save again"))
    }
}

fn rank(level: AccessLevel) -> u8 {
    match level {
        AccessLevel::ReadOnly => 0,
        AccessLevel::Guarded => 1,
        AccessLevel::Open => 2,
    }
}

fn level(level: AccessLevel) -> &'static str {
    match level {
        AccessLevel::ReadOnly => "read-only",
        AccessLevel::Guarded => "guarded",
        AccessLevel::Open => "open",
    }
}

fn environment(environment: Environment) -> &'static str {
    match environment {
        Environment::Dev => "dev",
        Environment::Staging => "staging",
        Environment::Production => "production",
    }
}
