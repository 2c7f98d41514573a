//! One line of the ledger, as it is read.

use connections::access::{Detail, EntryId, Intent, Note, Outcome, ScopeName, Subject};
use connections::profile::{Environment, ProfileId};
use jiff::Timestamp;
use rusqlite::Row;
use uuid::Uuid;

use crate::facts::{detail_of, object_of};

/// A place in the ledger: everything before it is older. Larger is newer; nothing else is to be
/// read into the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor(pub i64);

/// One change: what was intended, and how it ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its identity.
    pub id: EntryId,
    /// Its place.
    pub cursor: Cursor,
    /// When it was announced, in milliseconds by this computer's clock.
    pub at: Timestamp,
    /// The operating system's user who did it.
    pub operator: String,
    /// What was announced.
    pub intent: Intent,
    /// How it ended; `None` while it is under way.
    pub outcome: Option<Outcome>,
    /// When the outcome was written.
    pub concluded_at: Option<Timestamp>,
}

/// The columns that [`from_row`] reads.
pub(crate) const COLUMNS: &str = "seq, id, at, operator, connection, connection_name, environment, \
     scope, action, object, object_facts, count, source, source_facts, reason, outcome, done, \
     failed, detail, detail_facts, concluded_at";

/// Reads a row; `Ok(None)` for one that holds a value this version does not know.
pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<Option<Entry>> {
    let id: String = row.get("id")?;
    let connection: String = row.get("connection")?;
    let environment: String = row.get("environment")?;
    let scope: String = row.get("scope")?;
    let concluded_at: Option<i64> = row.get("concluded_at")?;
    let source: Option<String> = row.get("source")?;
    let source_facts: Option<String> = row.get("source_facts")?;
    let object_facts: Option<String> = row.get("object_facts")?;
    let parts = (
        Uuid::parse_str(&id).ok(),
        Uuid::parse_str(&connection).ok(),
        environment_of(&environment),
        scope_of(&scope),
        Timestamp::from_millisecond(row.get("at")?).ok(),
        outcome_of(row)?,
    );
    let (Some(id), Some(connection), Some(environment), Some(scope), Some(at), Some(outcome)) =
        parts
    else {
        return Ok(None);
    };
    Ok(Some(Entry {
        id: EntryId(id),
        cursor: Cursor(row.get("seq")?),
        at,
        operator: row.get("operator")?,
        intent: Intent {
            connection: ProfileId(connection),
            connection_name: row.get("connection_name")?,
            environment,
            scope,
            subject: Subject {
                action: row.get("action")?,
                object: object_of(row.get("object")?, object_facts.as_deref()),
                count: number(row, "count")?,
                source: source.map(|source| object_of(source, source_facts.as_deref())),
            },
            reason: row.get("reason")?,
        },
        outcome,
        concluded_at: concluded_at.and_then(|at| Timestamp::from_millisecond(at).ok()),
    }))
}

/// The name of an outcome in the file.
pub(crate) fn outcome_name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done { .. } => "done",
        Outcome::Partial { .. } => "partial",
        Outcome::Failed { .. } => "failed",
        Outcome::Unknown { .. } => "unknown",
    }
}

/// `None` for a name that this version does not know.
fn outcome_of(row: &Row<'_>) -> rusqlite::Result<Option<Option<Outcome>>> {
    let name: Option<String> = row.get("outcome")?;
    let words: Option<String> = row.get("detail")?;
    let facts: Option<String> = row.get("detail_facts")?;
    let detail = words.map(|words| detail_of(&words, facts.as_deref()));
    let (done, failed) = (number(row, "done")?, number(row, "failed")?);
    let said = detail.clone().unwrap_or_default();
    Ok(Some(Some(match name.as_deref() {
        None => return Ok(Some(None)),
        Some("done") => Outcome::Done { count: done, detail },
        Some("partial") => match (done, failed) {
            (Some(done), Some(failed)) => Outcome::Partial { done, failed, detail: said },
            // Written by somebody else: how many is not known, and never 0.
            _ => {
                let why = said.0.into_iter();
                Outcome::Unknown { detail: why.fold(Note::PartUnknown.into(), Detail::and) }
            }
        },
        Some("failed") => Outcome::Failed { detail: said },
        Some("unknown") => Outcome::Unknown { detail: said },
        Some(_) => return Ok(None),
    })))
}

/// The name of an environment in the file.
pub(crate) fn environment_name(environment: Environment) -> &'static str {
    match environment {
        Environment::Dev => "dev",
        Environment::Staging => "staging",
        Environment::Production => "production",
    }
}

fn environment_of(name: &str) -> Option<Environment> {
    [Environment::Dev, Environment::Staging, Environment::Production]
        .into_iter()
        .find(|environment| environment_name(*environment) == name)
}

/// The name of a scope in the file.
pub(crate) fn scope_name(scope: ScopeName) -> &'static str {
    match scope {
        ScopeName::Hold => "hold",
        ScopeName::Settle => "settle",
        ScopeName::Publish => "publish",
        ScopeName::Access => "access",
    }
}

fn scope_of(name: &str) -> Option<ScopeName> {
    [ScopeName::Hold, ScopeName::Settle, ScopeName::Publish, ScopeName::Access]
        .into_iter()
        .find(|scope| scope_name(*scope) == name)
}

/// A count. SQLite has signed integers only.
fn number(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<u64>> {
    let number: Option<i64> = row.get(column)?;
    Ok(number.and_then(|number| u64::try_from(number).ok()))
}
