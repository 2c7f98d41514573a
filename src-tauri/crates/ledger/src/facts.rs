//! What the ledger is told, as the file keeps it: words, and beside them the facts where there are
//! more than words. Facts that this version does not understand leave the words.

use connections::access::{Detail, Fact, Object, Place};
use serde::Serialize;

use crate::text::{NAME, OBJECT, PHRASE, cut};

/// More of them are words only: a row stays small.
const MOST: usize = 32;

/// Words, and the JSON of the facts where there are any.
pub(crate) type Kept = (String, Option<String>);

pub(crate) fn keep_object(object: &Object) -> Kept {
    let facts = match object {
        Object::Places(places) if (1..=MOST).contains(&places.len()) => {
            json(&places.iter().map(visible_place).collect::<Vec<_>>())
        }
        Object::Places(_) | Object::Words(_) => None,
    };
    (cut(&object.to_string(), OBJECT), facts)
}

pub(crate) fn keep_detail(detail: &Detail) -> Kept {
    let only_words = detail.0.iter().all(|fact| matches!(fact, Fact::Words { .. }));
    let facts = (!only_words && detail.0.len() <= MOST)
        .then(|| json(&detail.0.iter().map(visible_fact).collect::<Vec<_>>()));
    (cut(&detail.to_string(), PHRASE), facts.flatten())
}

pub(crate) fn object_of(words: String, facts: Option<&str>) -> Object {
    match facts.and_then(|facts| serde_json::from_str(facts).ok()) {
        Some(places) => Object::Places(places),
        None => Object::Words(words),
    }
}

pub(crate) fn detail_of(words: &str, facts: Option<&str>) -> Detail {
    facts.and_then(|facts| serde_json::from_str(facts).ok()).unwrap_or_else(|| words.into())
}

/// Nothing that is told fails to be JSON; if it did, the words would still be there.
fn json(facts: &impl Serialize) -> Option<String> {
    serde_json::to_string(facts).ok()
}

fn visible_place(place: &Place) -> Place {
    let name = |name: &str| cut(name, OBJECT);
    match place {
        Place::Connection { name: of } => Place::Connection { name: cut(of, NAME) },
        Place::Topic { name: of } => Place::Topic { name: name(of) },
        Place::Queue { name: of } => Place::Queue { name: name(of) },
        Place::Exchange { name: of, key } => {
            Place::Exchange { name: name(of), key: key.as_deref().map(name) }
        }
    }
}

fn visible_fact(fact: &Fact) -> Fact {
    let phrase = |text: &str| cut(text, PHRASE);
    match fact {
        Fact::Run { id } => Fact::Run { id: cut(id, NAME) },
        Fact::Changed { setting, from, to } => {
            Fact::Changed { setting: *setting, from: phrase(from), to: phrase(to) }
        }
        Fact::Failure { code, message } => Fact::Failure { code: *code, message: phrase(message) },
        Fact::Words { words } => Fact::Words { words: phrase(words) },
        Fact::Messages { .. } | Fact::Lasts { .. } | Fact::Note { .. } => fact.clone(),
    }
}
