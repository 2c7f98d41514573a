//! Records as they come, decoded when a condition asks for it, each part at most once.
//!
//! Nothing is allocated for a record of text: it is looked at where it lies.

use std::cell::OnceCell;

use serde::{Deserialize, Serialize};

use crate::bytes::Octets;
use crate::decode::{Choice, Content, Limits, Recognised, is_its_own_bytes, recognise};
use crate::record::Record;
use crate::search::condition::Part;
use crate::search::subject::{Answer, AskHeader, Decoded, Subject};

/// The parts of a record, wherever they lie.
pub trait Parts {
    /// Its partition.
    fn partition(&self) -> i32;
    /// Its key; `None` is null.
    fn key(&self) -> Option<&[u8]>;
    /// Its value; `None` is null.
    fn value(&self) -> Option<&[u8]>;
    /// Calls with the name and value of each header, in their order, until it answers true.
    ///
    /// # Errors
    /// Where the headers cannot be read.
    fn any_header(&self, ask: &mut AskHeader<'_>) -> Answer;
}

impl Parts for Record {
    fn partition(&self) -> i32 {
        self.partition
    }

    fn key(&self) -> Option<&[u8]> {
        self.key.as_ref().map(Octets::as_slice)
    }

    fn value(&self) -> Option<&[u8]> {
        self.value.as_ref().map(Octets::as_slice)
    }

    fn any_header(&self, ask: &mut AskHeader<'_>) -> Answer {
        Ok(self
            .headers
            .iter()
            .any(|header| ask(header.name.as_slice(), header.value.as_ref().map(Octets::as_slice))))
    }
}

/// How the parts of the records of a search are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Choices {
    /// Keys.
    pub key: Choice,
    /// Values.
    pub value: Choice,
    /// How much may be made of each.
    pub limits: Limits,
}

impl Choices {
    fn of(&self, part: Part) -> Choice {
        match part {
            Part::Key => self.key,
            Part::Value => self.value,
        }
    }
}

/// See the module.
pub struct LazyRecord<'r, P> {
    parts: &'r P,
    choices: &'r Choices,
    key: OnceCell<Option<Recognised<'r>>>,
    value: OnceCell<Option<Recognised<'r>>>,
}

impl<'r, P: Parts> LazyRecord<'r, P> {
    /// A record to ask.
    pub fn new(parts: &'r P, choices: &'r Choices) -> Self {
        LazyRecord { parts, choices, key: OnceCell::new(), value: OnceCell::new() }
    }

    /// What a part was recognised as, for whoever shows what was found; `None` for null.
    pub fn recognised(&self, part: Part) -> Option<&Recognised<'r>> {
        let (cell, bytes) = match part {
            Part::Key => (&self.key, self.parts.key()),
            Part::Value => (&self.value, self.parts.value()),
        };
        cell.get_or_init(|| {
            bytes.map(|bytes| recognise(bytes, self.choices.of(part), self.choices.limits))
        })
        .as_ref()
    }
}

impl<P: Parts> Subject for LazyRecord<'_, P> {
    fn partition(&self) -> i32 {
        self.parts.partition()
    }

    fn bytes(&self, part: Part) -> Option<&[u8]> {
        match part {
            Part::Key => self.parts.key(),
            Part::Value => self.parts.value(),
        }
    }

    fn any_header(&self, ask: &mut AskHeader<'_>) -> Answer {
        self.parts.any_header(ask)
    }

    fn is_its_own_bytes(&self, part: Part) -> bool {
        self.bytes(part).is_none_or(|bytes| is_its_own_bytes(bytes, self.choices.of(part)))
    }

    fn decoded(&self, part: Part) -> Decoded<'_> {
        match self.recognised(part).map(|recognised| &recognised.content) {
            None => Decoded::Null,
            Some(Content::Text { text, source }) => {
                Decoded::Text { text, source: source.as_deref() }
            }
            Some(Content::Opaque(bytes)) => Decoded::Opaque(bytes),
            Some(Content::Failed { reason, bytes, literal }) => {
                Decoded::Failed { reason: *reason, bytes: literal.then_some(bytes) }
            }
        }
    }
}

#[cfg(test)]
mod allocations;
#[cfg(test)]
mod tests;
