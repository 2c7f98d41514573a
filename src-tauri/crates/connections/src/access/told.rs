//! What the ledger is told, as facts: the kind and the name of an object, numbers and what they
//! count. Whoever shows them puts them into words, in any language; the words here are English, for
//! a search and for whoever reads the file with another program. They are written beside the facts,
//! so that an entry stays readable also where its facts are not.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::failure::{Code, Failure};

/// Something that has a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Place {
    /// A connection of this console.
    Connection {
        /// Its name.
        name: String,
    },
    /// A topic.
    Topic {
        /// Its name.
        name: String,
    },
    /// A queue.
    Queue {
        /// Its name.
        name: String,
    },
    /// An exchange, and what is routed by.
    Exchange {
        /// Its name; empty is the default exchange.
        name: String,
        /// The routing key; `None` where each message keeps its own.
        key: Option<String>,
    },
}

/// What is changed, or where something came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Object {
    /// Each of these; for what is inside another the outer one first: a connection, then its topic.
    Places(Vec<Place>),
    /// Words of a version that wrote nothing else.
    Words(String),
}

/// What else is worth knowing of an outcome.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Detail(pub Vec<Fact>);

/// One thing worth knowing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "snake_case")]
pub enum Fact {
    /// So many messages, and what became of them.
    Messages {
        /// How many.
        count: u64,
        /// What became of them.
        fate: Fate,
    },
    /// How long it lasts unless it is ended before.
    Lasts {
        /// Seconds.
        seconds: u64,
    },
    /// The run of a replay, as its copies carry it.
    Run {
        /// Its id.
        id: String,
    },
    /// A setting of a connection.
    Changed {
        /// Which.
        setting: Setting,
        /// What it was.
        from: String,
        /// What it is.
        to: String,
    },
    /// Something that has no number.
    Note {
        /// What.
        note: Note,
    },
    /// Why.
    Failure {
        /// Its kind.
        code: Code,
        /// Its phrase.
        message: String,
    },
    /// Words of a version that wrote nothing else, or a name.
    Words {
        /// The words.
        words: String,
    },
}

/// Declares an enumeration whose every word has its English.
macro_rules! phrases {
    ($($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $word:ident = $phrase:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$each])* $word),* }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(match self { $($name::$word => $phrase),* })
            }
        }
    )*};
}

phrases! {
    /// What became of messages.
    Fate {
        /// Put back into their queue.
        Returned = "returned",
        /// Removed from their queue.
        Acknowledged = "acknowledged",
        /// Returned although that destroys them.
        LastLook = "returned in their last look",
        /// Lost with the channel.
        Destroyed = "dead-lettered or deleted, because the channel ended in their last look",
        /// Perhaps lost with the channel.
        PerhapsDestroyed = "perhaps dead-lettered or deleted, because the channel ended",
        /// Nobody settled them.
        Ended = "ended with the connection or the queue, or unsure",
        /// Settled, which destroyed them.
        Spent = "had no looks left and were dead-lettered or deleted",
        /// As asked.
        Done = "done",
        /// Sent, without an answer.
        PerhapsDone = "may have happened or not",
        /// Not at all.
        NotDone = "not",
        /// The target has a copy.
        Confirmed = "confirmed",
        /// No queue took the copy.
        Unroutable = "unroutable",
        /// The target refused the copy.
        Refused = "refused",
        /// Sent, without an answer.
        PerhapsArrived = "may have arrived or not",
        /// Not sent.
        NotSent = "not sent",
        /// Removed at their source, after their copy was confirmed.
        Removed = "removed",
        /// Copied, and removed or not.
        PerhapsRemoved = "have a copy, and may have been removed or not",
        /// Copied, and still there.
        NotRemoved = "have a copy and were not removed",
    }
    /// What has no number.
    Note {
        /// A grant was dropped without an outcome.
        Interrupted = "the change was interrupted before its result was known",
        /// An entry was left under way.
        ConsoleEnded = "the console ended before the result was known; check the object",
        /// Between the intent and the change.
        PermissionEnded = "the permission ended before anything was done",
        /// The other of two changes that go together was not permitted.
        NothingDone = "nothing was done",
        /// Nothing was removed at the source either.
        NoCopy = "no copy was confirmed, so nothing was removed",
        /// Somebody locked.
        ByHand = "by hand",
        /// The end of a connection ended its unlock.
        ConnectionClosed = "the connection was closed",
        /// Somebody stopped it.
        Stopped = "stopped by the user",
        /// Of a connection.
        SecurityOrUser = "security or user",
        /// Written by somebody else: how much is not known.
        PartUnknown = "a part of it, nobody knows how much",
    }
    /// A setting of a connection that protects people from mistakes.
    Setting {
        /// Its environment.
        Environment = "environment",
        /// Its access level.
        AccessLevel = "access level",
        /// Where it connects to.
        Address = "address",
    }
}

impl Object {
    /// A queue.
    pub fn queue(name: impl Into<String>) -> Object {
        Object::Places(vec![Place::Queue { name: name.into() }])
    }

    /// A connection.
    pub fn connection(name: impl Into<String>) -> Object {
        Object::Places(vec![Place::Connection { name: name.into() }])
    }
}

impl From<&str> for Object {
    fn from(words: &str) -> Self {
        Object::Words(words.to_owned())
    }
}

impl Detail {
    /// These facts, and more of them as [`Detail::and`] adds.
    pub fn of(fact: Fact) -> Detail {
        Detail(vec![fact])
    }

    /// With one more.
    #[must_use]
    pub fn and(mut self, fact: Fact) -> Detail {
        self.0.push(fact);
        self
    }

    /// With a number of messages, where it is not 0.
    #[must_use]
    pub fn and_some(self, count: u64, fate: Fate) -> Detail {
        if count == 0 { self } else { self.and(Fact::Messages { count, fate }) }
    }
}

impl From<Note> for Detail {
    fn from(note: Note) -> Self {
        Detail::of(Fact::Note { note })
    }
}

impl From<&Failure> for Fact {
    fn from(failure: &Failure) -> Self {
        Fact::Failure { code: failure.code, message: failure.message.clone() }
    }
}

impl From<&Failure> for Detail {
    fn from(failure: &Failure) -> Self {
        Detail::of(failure.into())
    }
}

impl From<&str> for Detail {
    fn from(words: &str) -> Self {
        Detail::of(Fact::Words { words: words.to_owned() })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Place::Connection { name } => f.write_str(name),
            Place::Topic { name } => write!(f, "topic {name}"),
            Place::Queue { name } => write!(f, "queue {name}"),
            Place::Exchange { name, key } => {
                match name.as_str() {
                    "" => f.write_str("default exchange, ")?,
                    name => write!(f, "exchange {name}, ")?,
                }
                match key {
                    Some(key) => write!(f, "routing key {key}"),
                    None => f.write_str("original routing keys"),
                }
            }
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Object::Words(words) => f.write_str(words),
            Object::Places(places) => {
                for (number, place) in places.iter().enumerate() {
                    let before = if number == 0 { "" } else { ", " };
                    write!(f, "{before}{place}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fact::Messages { count, fate } => write!(f, "{count} {fate}"),
            Fact::Lasts { seconds } => write!(f, "for {seconds} s"),
            Fact::Run { id } => write!(f, "run {id}"),
            Fact::Changed { setting, from, to } => write!(f, "{setting} {from} to {to}"),
            Fact::Note { note } => write!(f, "{note}"),
            Fact::Failure { message, .. } => f.write_str(message),
            Fact::Words { words } => f.write_str(words),
        }
    }
}

/// Numbers in a row, everything else a clause of its own.
impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, fact) in self.0.iter().enumerate() {
            let before = match fact {
                _ if number == 0 => "",
                Fact::Messages { .. } => ", ",
                _ => "; ",
            };
            write!(f, "{before}{fact}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_have_english_words_of_their_own() {
        let detail = Detail::of(Fact::Run { id: "7".to_owned() })
            .and_some(3, Fate::Confirmed)
            .and_some(0, Fate::Unroutable)
            .and(Fact::Note { note: Note::Stopped });
        assert_eq!(detail.to_string(), "run 7, 3 confirmed; stopped by the user");
        let exchange = |name: &str, key: Option<&str>| {
            let (name, key) = (name.to_owned(), key.map(str::to_owned));
            Object::Places(vec![Place::Exchange { name, key }]).to_string()
        };
        assert_eq!(exchange("", Some("q")), "default exchange, routing key q");
        assert_eq!(exchange("commands", None), "exchange commands, original routing keys");
        let inside = Object::Places(vec![
            Place::Connection { name: "orders".to_owned() },
            Place::Topic { name: "audit".to_owned() },
        ]);
        assert_eq!(inside.to_string(), "orders, topic audit");
    }

    #[test]
    fn what_is_kept_as_json_is_named_as_the_files_have_it() {
        let detail = Detail::of(Fact::Messages { count: 12, fate: Fate::LastLook })
            .and(Fact::Failure { code: Code::NotFound, message: "gone".to_owned() });
        let json = serde_json::to_string(&detail).unwrap();
        assert_eq!(
            json,
            r#"[{"fact":"messages","count":12,"fate":"last_look"},{"fact":"failure","code":"not_found","message":"gone"}]"#
        );
        assert_eq!(serde_json::from_str::<Detail>(&json).unwrap(), detail);
    }
}
