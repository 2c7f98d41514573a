//! What is about to change, and how it ended: the two lines that every change writes.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::access::{Detail, Object, ScopeName};
use crate::failure::Failure;
use crate::profile::{Environment, ProfileId};

/// The identity of an entry of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub Uuid);

/// What the caller says about a change before it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Subject {
    /// What is done, as a verb in the field's words: `hold`, `return`, `acknowledge`, `replay`.
    pub action: String,
    /// The object, as the broker names it: a queue, a topic, an exchange with its key.
    pub object: Object,
    /// How many messages, where that is known before.
    pub count: Option<u64>,
    /// Where they came from, for a copy: connection and place.
    pub source: Option<Object>,
}

/// What the ledger writes before a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Which connection.
    pub connection: ProfileId,
    /// Its name at that moment.
    pub connection_name: String,
    /// Its environment at that moment.
    pub environment: Environment,
    /// The kind of change.
    pub scope: ScopeName,
    /// What is changed.
    pub subject: Subject,
    /// Why, as the person said when unlocking; empty where no reason was asked.
    pub reason: String,
}

/// What the ledger writes after a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// All of it happened.
    Done {
        /// How many messages.
        count: Option<u64>,
        /// What else is worth knowing.
        detail: Option<Detail>,
    },
    /// Some of it happened.
    Partial {
        /// How many succeeded.
        done: u64,
        /// How many did not.
        failed: u64,
        /// Why.
        detail: Detail,
    },
    /// None of it happened.
    Failed {
        /// Why.
        detail: Detail,
    },
    /// Nobody can tell: the console or the connection went away in between.
    Unknown {
        /// What to check.
        detail: Detail,
    },
}

/// Where intents and outcomes are written. The ledger implements it; tests may keep them in memory.
///
/// What is written is for people and stays for years: names, counts and reasons, never a secret and
/// never a part of a message. Both calls block on the disk and must be quick.
pub trait ActivityLog: Send + Sync {
    /// Writes the intent durably before it returns; a failure forbids the change.
    fn intend(&self, intent: &Intent) -> Result<EntryId, Failure>;

    /// Writes the outcome of an intent.
    fn conclude(&self, entry: EntryId, outcome: &Outcome) -> Result<(), Failure>;
}
