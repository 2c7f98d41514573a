//! What an edit of a profile changes, and whether it may.

use crate::access::AccessState;
use crate::failure::{Code, Failure};
use crate::profile::{AccessLevel, Environment, Profile};

/// What an edit changes of what protects people from mistakes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Edit {
    /// Each change, for the ledger; empty where nothing of that kind changes.
    changes: Vec<String>,
    /// Whether a production connection would be protected less.
    loosens: bool,
    /// Whether secrets typed before go elsewhere now.
    pub moves_secrets: bool,
}

impl Edit {
    pub fn of(before: &Profile, after: &Profile) -> Self {
        let mut changes = Vec::new();
        let mut changed = |what: &str, from: &str, to: &str| {
            if from != to {
                changes.push(format!("{what} {from} to {to}"));
            }
        };
        changed("environment", environment(before.environment), environment(after.environment));
        changed("access level", level(before.access), level(after.access));
        changed("address", &before.address(), &after.address());
        let moves_secrets = !before.shares_secrets_with(after);
        if moves_secrets && before.address() == after.address() {
            changes.push("security or user".to_owned());
        }
        let production = Environment::Production;
        let loosens = before.environment == production
            && (after.environment != production || rank(after.access) > rank(before.access));
        Edit { changes, loosens, moves_secrets }
    }

    /// What the ledger is told; `None` where it need not be.
    pub fn told(&self) -> Option<String> {
        (!self.changes.is_empty()).then(|| self.changes.join("; "))
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
