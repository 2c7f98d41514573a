//! Adding an entry, and concluding one.

use connections::access::{EntryId, Intent, Note, Outcome};
use connections::failure::{Code, Failure};
use jiff::Timestamp;
use rusqlite::{Connection, named_params};
use uuid::Uuid;

use crate::broken::Broken;
use crate::entry::{COLUMNS, Entry, environment_name, from_row, outcome_name, scope_name};
use crate::facts::{keep_detail, keep_object};
use crate::file::broken;
use crate::page::LONGEST_PAGE;
use crate::text::{ACTION, NAME, PHRASE, cut};

const CANNOT_WRITE: &str = "the ledger cannot be written";

pub(crate) fn intend(
    connection: &Connection,
    operator: &str,
    intent: &Intent,
) -> Result<EntryId, Broken> {
    let id = Uuid::new_v4();
    let name = cut(&intent.connection_name, NAME);
    let action = cut(&intent.subject.action, ACTION);
    let (object, object_facts) = keep_object(&intent.subject.object);
    let (source, source_facts) = intent.subject.source.as_ref().map(keep_object).unzip();
    let reason = cut(&intent.reason, PHRASE);
    let parts = [operator, &name, &action, &object, source.as_deref().unwrap_or(""), &reason];
    let mut statement = connection
        .prepare_cached(
            "INSERT INTO activity (id, at, operator, connection, connection_name, environment, \
             scope, action, object, object_facts, count, source, source_facts, reason, search) \
             VALUES (:id, :at, :operator, :connection, :connection_name, :environment, :scope, \
             :action, :object, :object_facts, :count, :source, :source_facts, :reason, :search)",
        )
        .map_err(|e| broken(CANNOT_WRITE, &e))?;
    statement
        .execute(named_params! {
            ":id": id.to_string(),
            ":at": Timestamp::now().as_millisecond(),
            ":operator": operator,
            ":connection": intent.connection.to_string(),
            ":connection_name": name,
            ":environment": environment_name(intent.environment),
            ":scope": scope_name(intent.scope),
            ":action": action,
            ":object": object,
            ":object_facts": object_facts,
            ":count": intent.subject.count.map(number),
            ":source": source,
            ":source_facts": source_facts.flatten(),
            ":reason": reason,
            ":search": searchable(&parts),
        })
        .map_err(|e| broken(CANNOT_WRITE, &e))?;
    Ok(EntryId(id))
}

pub(crate) fn conclude(
    connection: &Connection,
    entry: EntryId,
    outcome: &Outcome,
) -> Result<(), Broken> {
    let (done, failed, detail) = match outcome {
        Outcome::Done { count, detail } => (*count, None, detail.as_ref()),
        Outcome::Partial { done, failed, detail } => (Some(*done), Some(*failed), Some(detail)),
        Outcome::Failed { detail } | Outcome::Unknown { detail } => (None, None, Some(detail)),
    };
    let (detail, facts) = detail.map(keep_detail).unzip();
    let mut statement = connection
        .prepare_cached(
            "UPDATE activity SET outcome = :outcome, done = :done, failed = :failed, \
             detail = :detail, detail_facts = :facts, concluded_at = :at, search = search || :search \
             WHERE id = :id AND outcome IS NULL",
        )
        .map_err(|e| broken(CANNOT_WRITE, &e))?;
    let changed = statement
        .execute(named_params! {
            ":id": entry.0.to_string(),
            ":outcome": outcome_name(outcome),
            ":done": done.map(number),
            ":failed": failed.map(number),
            ":at": Timestamp::now().as_millisecond(),
            ":search": searchable(&[detail.as_deref().unwrap_or("")]),
            ":detail": detail,
            ":facts": facts.flatten(),
        })
        .map_err(|e| broken(CANNOT_WRITE, &e))?;
    match changed {
        1 => Ok(()),
        _ => Err(Failure::new(Code::NotFound, "the ledger has no such entry under way").into()),
    }
}

/// Concludes what an earlier run left under way, and gives it. Only one process writes, so nobody
/// else's entry is among them.
pub(crate) fn mark_interrupted(connection: &Connection) -> Result<Vec<Entry>, Broken> {
    let cannot = |e: rusqlite::Error| broken(CANNOT_WRITE, &e);
    let (detail, facts) = keep_detail(&Note::ConsoleEnded.into());
    let under_way: Vec<i64> = connection
        .prepare("SELECT seq FROM activity WHERE outcome IS NULL ORDER BY seq DESC")
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .map_err(cannot)?;
    if under_way.is_empty() {
        return Ok(Vec::new());
    }
    connection
        .execute(
            "UPDATE activity SET outcome = 'unknown', detail = :detail, detail_facts = :facts, \
             concluded_at = :at, search = search || :search WHERE outcome IS NULL",
            named_params! {
                ":detail": detail,
                ":at": Timestamp::now().as_millisecond(),
                ":search": searchable(&[&detail]),
                ":facts": facts,
            },
        )
        .map_err(cannot)?;
    let mut statement = connection
        .prepare(&format!("SELECT {COLUMNS} FROM activity WHERE seq = ?1"))
        .map_err(cannot)?;
    let mut found = Vec::new();
    for seq in under_way.into_iter().take(LONGEST_PAGE as usize) {
        found.extend(statement.query_row([seq], from_row).map_err(cannot)?);
    }
    Ok(found)
}

/// What a search looks into; the separator is in no text, so nothing is found across two of them.
fn searchable(parts: &[&str]) -> String {
    parts.iter().map(|part| format!("{}\n", part.to_lowercase())).collect()
}

/// SQLite has signed integers only; no broker holds more messages than they count.
fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
