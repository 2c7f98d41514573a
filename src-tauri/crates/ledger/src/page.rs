//! Reading the ledger a page at a time.

use connections::profile::ProfileId;
use rusqlite::{Connection, named_params};

use crate::broken::Broken;
use crate::entry::{COLUMNS, Cursor, Entry, from_row};
use crate::file::broken;

/// The longest page, in entries.
pub const LONGEST_PAGE: u32 = 500;

/// Which entries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Of this connection only.
    pub connection: Option<ProfileId>,
    /// With this text in operator, connection, action, object, source, reason or detail; upper and
    /// lower case do not differ.
    pub text: Option<String>,
    /// Older than this place.
    pub before: Option<Cursor>,
    /// At most this many, 1 to [`LONGEST_PAGE`]; anything else is brought into that range.
    pub limit: u32,
}

/// Entries, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Cursor>,
    /// Rows among these that this version cannot read.
    pub unreadable: u64,
}

pub(crate) fn read(connection: &Connection, query: &Query) -> Result<Page, Broken> {
    let cannot = |e: rusqlite::Error| broken("the ledger cannot be read", &e);
    let limit = query.limit.clamp(1, LONGEST_PAGE);
    let text = query.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
    let narrowed = match query.connection {
        Some(_) => "connection = :connection",
        None => ":connection IS NULL",
    };
    let mut statement = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM activity WHERE {narrowed} \
             AND seq < :before AND (:text IS NULL OR instr(search, :text) > 0) \
             ORDER BY seq DESC LIMIT :limit"
        ))
        .map_err(cannot)?;
    let mut rows = statement
        .query(named_params! {
            ":connection": query.connection.map(|id| id.to_string()),
            ":before": query.before.map_or(i64::MAX, |cursor| cursor.0),
            ":text": text.map(str::to_lowercase),
            // One more than asked for tells whether there is a next page.
            ":limit": limit + 1,
        })
        .map_err(cannot)?;
    let mut page = Page { entries: Vec::new(), next: None, unreadable: 0 };
    let mut last = None;
    let mut count = 0;
    while let Some(row) = rows.next().map_err(cannot)? {
        if count == limit {
            page.next = last;
            break;
        }
        count += 1;
        last = Some(Cursor(row.get("seq").map_err(cannot)?));
        match from_row(row).map_err(cannot)? {
            Some(entry) => page.entries.push(entry),
            None => page.unreadable += 1,
        }
    }
    Ok(page)
}
