//! Activity: every change, its intent and its outcome.

use connections::access::{self, Detail, Object, Outcome};
use connections::{Code, Failure};
use ledger::{Cursor, Entry, Page, Query};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::wire::connection::Environment;
use crate::wire::words::words;
use crate::wire::{Failure as WireFailure, Int64, UInt64, profile};

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ActivityQuery {
    /// Part of any text of an entry; empty is all.
    pub text: String,
    /// A connection's id; null is all.
    pub connection: Option<String>,
    /// The `cursor` of the page before; null is the newest.
    pub before: Option<String>,
    /// 1 to 500.
    pub limit: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ActivityPage {
    pub entries: Vec<ActivityEntry>,
    /// For the next page; null at the end.
    pub cursor: Option<String>,
    /// Entries among these that this version cannot read.
    pub unreadable: UInt64,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ActivityEntry {
    pub id: String,
    /// Milliseconds since the epoch.
    pub at: Int64,
    pub operator: String,
    /// The connection's id: it stays what it is when the connection is renamed or removed.
    pub connection: String,
    /// Its name at that moment.
    pub connection_name: String,
    /// Its environment at that moment.
    pub environment: Environment,
    /// Null for one that this version does not know.
    pub verb: Option<ActivityVerb>,
    /// The action as the ledger has it.
    pub action: String,
    /// In the words of the ledger, in English.
    pub object: String,
    /// The same as kinds and names; empty where the ledger has words only.
    pub object_places: Vec<Place>,
    pub count: Option<UInt64>,
    /// In the words of the ledger, in English.
    pub source: Option<String>,
    pub source_places: Vec<Place>,
    pub reason: String,
    pub outcome: OutcomeState,
    /// How many messages it happened to.
    pub done: Option<UInt64>,
    /// How many messages it did not happen to.
    pub failed: Option<UInt64>,
    /// In the words of the ledger, in English.
    pub detail: Option<String>,
    /// The same as kinds and numbers; empty where the ledger has words only.
    pub facts: Vec<Fact>,
}

/// Something that has a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    Connection {
        name: String,
    },
    Topic {
        name: String,
    },
    Queue {
        name: String,
    },
    /// An empty name is the default exchange, no key the key of each message.
    Exchange {
        name: String,
        key: Option<String>,
    },
}

/// One thing worth knowing of an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// So many messages, and what became of them.
    Messages {
        count: UInt64,
        fate: Fate,
    },
    /// How long an unlock lasts unless it is ended before.
    Lasts {
        seconds: u32,
    },
    /// The run of a replay.
    Run {
        id: String,
    },
    /// A setting of a connection.
    Changed {
        setting: Setting,
        from: String,
        to: String,
    },
    Note {
        note: Note,
    },
    Failure {
        failure: WireFailure,
    },
    Words {
        words: String,
    },
}

words! {
    /// What became of messages, see `connections::access::Fate`.
    Fate from access::Fate {
        Returned Acknowledged LastLook Destroyed PerhapsDestroyed Ended Spent Done PerhapsDone
        NotDone Confirmed Unroutable Refused PerhapsArrived NotSent Removed PerhapsRemoved
        NotRemoved
    }
    /// What has no number, see `connections::access::Note`.
    Note from access::Note {
        Interrupted ConsoleEnded PermissionEnded NothingDone NoCopy ByHand ConnectionClosed Stopped
        SecurityOrUser PartUnknown
    }
    /// A setting of a connection.
    Setting from access::Setting { Environment AccessLevel Address }
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ActivityVerb {
    Hold,
    Acknowledge,
    /// Returned although that destroys them.
    ReturnInLastLook,
    Replay,
    Unlock,
    Lock,
    /// Of the connection itself.
    Edit,
    Remove,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeState {
    /// Still under way.
    Pending,
    Done,
    Partial,
    Failed,
    /// Interrupted: check what happened.
    Unknown,
}

impl TryFrom<ActivityQuery> for Query {
    type Error = Failure;

    fn try_from(query: ActivityQuery) -> Result<Self, Failure> {
        let cursor = |text: String| {
            let place = text.parse().map(Cursor);
            place.map_err(|_| Failure::new(Code::Invalid, "this is not a place in the activity"))
        };
        Ok(Query {
            connection: query.connection.as_deref().map(profile::id).transpose()?,
            text: Some(query.text).filter(|text| !text.is_empty()),
            before: query.before.map(cursor).transpose()?,
            limit: query.limit,
        })
    }
}

impl From<Page> for ActivityPage {
    fn from(page: Page) -> Self {
        ActivityPage {
            entries: page.entries.into_iter().map(Into::into).collect(),
            cursor: page.next.map(|Cursor(place)| place.to_string()),
            unreadable: UInt64(page.unreadable),
        }
    }
}

impl From<Entry> for ActivityEntry {
    fn from(entry: Entry) -> Self {
        let intent = entry.intent;
        let (outcome, done, failed, detail) = match entry.outcome {
            None => (OutcomeState::Pending, None, None, None),
            Some(Outcome::Done { count, detail }) => (OutcomeState::Done, count, None, detail),
            Some(Outcome::Partial { done, failed, detail }) => {
                (OutcomeState::Partial, Some(done), Some(failed), Some(detail))
            }
            Some(Outcome::Failed { detail }) => (OutcomeState::Failed, None, None, Some(detail)),
            Some(Outcome::Unknown { detail }) => (OutcomeState::Unknown, None, None, Some(detail)),
        };
        ActivityEntry {
            id: entry.id.0.to_string(),
            at: Int64(entry.at.as_millisecond()),
            operator: entry.operator,
            connection: intent.connection.to_string(),
            connection_name: intent.connection_name,
            environment: intent.environment.into(),
            verb: verb(&intent.subject.action),
            action: intent.subject.action,
            object: intent.subject.object.to_string(),
            object_places: places(&intent.subject.object),
            count: intent.subject.count.map(UInt64),
            source: intent.subject.source.as_ref().map(ToString::to_string),
            source_places: intent.subject.source.as_ref().map(places).unwrap_or_default(),
            reason: intent.reason,
            outcome,
            done: done.map(UInt64),
            failed: failed.map(UInt64),
            detail: detail.as_ref().map(ToString::to_string),
            facts: detail.map(facts).unwrap_or_default(),
        }
    }
}

fn places(object: &Object) -> Vec<Place> {
    match object {
        Object::Places(places) => places.iter().cloned().map(Into::into).collect(),
        Object::Words(_) => Vec::new(),
    }
}

/// Of words alone there is nothing more to tell.
fn facts(detail: Detail) -> Vec<Fact> {
    if detail.0.iter().all(|fact| matches!(fact, access::Fact::Words { .. })) {
        return Vec::new();
    }
    detail.0.into_iter().map(Into::into).collect()
}

impl From<access::Place> for Place {
    fn from(place: access::Place) -> Self {
        match place {
            access::Place::Connection { name } => Place::Connection { name },
            access::Place::Topic { name } => Place::Topic { name },
            access::Place::Queue { name } => Place::Queue { name },
            access::Place::Exchange { name, key } => Place::Exchange { name, key },
        }
    }
}

impl From<access::Fact> for Fact {
    fn from(fact: access::Fact) -> Self {
        match fact {
            access::Fact::Messages { count, fate } => {
                Fact::Messages { count: UInt64(count), fate: fate.into() }
            }
            access::Fact::Lasts { seconds } => {
                Fact::Lasts { seconds: u32::try_from(seconds).unwrap_or(u32::MAX) }
            }
            access::Fact::Run { id } => Fact::Run { id },
            access::Fact::Changed { setting, from, to } => {
                Fact::Changed { setting: setting.into(), from, to }
            }
            access::Fact::Note { note } => Fact::Note { note: note.into() },
            access::Fact::Failure { code, message } => {
                Fact::Failure { failure: Failure::new(code, message).into() }
            }
            access::Fact::Words { words } => Fact::Words { words },
        }
    }
}

/// The actions that the crates and this shell write.
fn verb(action: &str) -> Option<ActivityVerb> {
    Some(match action {
        "hold" => ActivityVerb::Hold,
        "acknowledge" => ActivityVerb::Acknowledge,
        "return in the last look" => ActivityVerb::ReturnInLastLook,
        "replay" => ActivityVerb::Replay,
        "unlock" => ActivityVerb::Unlock,
        "lock" => ActivityVerb::Lock,
        "edit" => ActivityVerb::Edit,
        "remove" => ActivityVerb::Remove,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use connections::ProfileId;
    use connections::access::{EntryId, Intent, ScopeName, Subject};
    use connections::profile;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn an_entry_keeps_the_id_of_its_connection_and_an_action_of_another_version_its_words() {
        let connection = ProfileId(Uuid::from_u128(7));
        let entry = |action: &str| {
            let subject = Subject {
                action: action.to_owned(),
                object: Object::queue("q"),
                count: None,
                source: None,
            };
            ActivityEntry::from(Entry {
                id: EntryId(Uuid::from_u128(1)),
                cursor: Cursor(1),
                at: "2026-11-21T14:03:22Z".parse().unwrap(),
                operator: "camille".to_owned(),
                intent: Intent {
                    connection,
                    connection_name: "orders".to_owned(),
                    environment: profile::Environment::Dev,
                    scope: ScopeName::Hold,
                    subject,
                    reason: String::new(),
                },
                outcome: None,
                concluded_at: None,
            })
        };
        assert_eq!(entry("hold").connection, connection.to_string());
        assert_eq!(entry("hold").verb, Some(ActivityVerb::Hold));
        assert_eq!(entry("hold").object, "queue q");
        let place = Place::Queue { name: "q".to_owned() };
        assert_eq!(entry("hold").object_places, [place]);
        let later = entry("dead-letter");
        assert_eq!((later.verb, later.action.as_str()), (None, "dead-letter"));
    }
}
