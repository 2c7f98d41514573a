//! What a person asks of a record, as it is saved, shared and sent to whatever searches.
//!
//! Left out: order and limits, which belong to the search as a whole.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::bytes::Octets;
use crate::search::number::Number;
use crate::search::path::Path;

/// A condition on one record. `All` of none is true, `Any` of none is false.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Every one of these.
    All {
        /// Which.
        conditions: Vec<Condition>,
    },
    /// At least one of these.
    Any {
        /// Which.
        conditions: Vec<Condition>,
    },
    /// Not this.
    Not {
        /// What.
        condition: Box<Condition>,
    },
    /// A text is in the bytes, or in what they decode to: JSON as it is written and as it is read,
    /// MessagePack and CBOR also as their bytes. In what is compressed or in UTF-16 only what it
    /// decodes to counts: short texts stand in such bytes by accident.
    Contains {
        /// Where it is looked for.
        place: Place,
        /// The text, not empty.
        text: String,
        /// Whether `A` and `a` differ.
        case_sensitive: bool,
        /// Whether letters, digits or `_` may not adjoin it.
        whole_word: bool,
    },
    /// A regular expression matches where [`Condition::Contains`] would look. In the syntax of the
    /// `regex` crate: without look-around and back-references, so that none takes for ever.
    Matches {
        /// Where.
        place: Place,
        /// The expression.
        pattern: String,
        /// Whether `A` and `a` differ.
        case_sensitive: bool,
    },
    /// The bytes are exactly these.
    Equals {
        /// Of what; [`Place::Anywhere`] is any one of the parts.
        place: Place,
        /// The bytes.
        bytes: Octets,
    },
    /// There is a header of this name, whatever its value.
    HasHeader {
        /// The name.
        name: String,
    },
    /// Of the values of the headers of this name, at least one is a number that compares so. A number
    /// is read from text, white space around it aside.
    HeaderCompared {
        /// The name.
        name: String,
        /// How.
        how: Comparison,
        /// With what.
        with: Number,
    },
    /// Bytes of a part. Null has no size and meets no bound.
    Size {
        /// Of what.
        part: SizeOf,
        /// At least so many.
        at_least: Option<u64>,
        /// At most so many.
        at_most: Option<u64>,
    },
    /// Which kind of nothing, if any.
    Is {
        /// Key or value.
        part: Part,
        /// What.
        presence: Presence,
    },
    /// In one of these partitions.
    Partition {
        /// Which.
        numbers: Vec<i32>,
    },
    /// Of the values at a path of what a part decodes to, at least one passes.
    Decoded {
        /// Key or value.
        part: Part,
        /// Where in it.
        path: Path,
        /// What is asked of it.
        test: Test,
    },
}

/// Key or value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// The key.
    Key,
    /// The value.
    Value,
}

/// Where a text is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "snake_case", deny_unknown_fields)]
pub enum Place {
    /// Key, value, and names and values of headers.
    Anywhere,
    /// The key.
    Key,
    /// The value.
    Value,
    /// Names and values of headers.
    Headers,
    /// The values of the headers of this name.
    Header {
        /// The name.
        name: String,
    },
}

/// Of what the bytes are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SizeOf {
    /// The key.
    Key,
    /// The value.
    Value,
    /// Key, value and headers together, null as 0.
    Record,
}

/// The three kinds of nothing that a person tells apart, and something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// No bytes at all: `null`, in a compacted topic a tombstone.
    Null,
    /// Bytes, and none of them.
    Empty,
    /// The text `null`.
    NullText,
    /// At least one byte.
    Present,
}

/// What is asked of a decoded value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    /// Something is there, also null.
    There,
    /// Nothing is there.
    Missing,
    /// One of these, by type and value.
    OneOf {
        /// Which, at least one.
        values: Vec<Literal>,
    },
    /// A number, compared exactly.
    Compared {
        /// How.
        how: Comparison,
        /// With what.
        with: Number,
    },
    /// A text that contains this one.
    Containing {
        /// The text, not empty.
        text: String,
        /// Whether `A` and `a` differ.
        case_sensitive: bool,
        /// Whether letters, digits or `_` may not adjoin it.
        #[serde(default)]
        whole_word: bool,
    },
    /// A text in which a regular expression matches.
    Matching {
        /// The expression.
        pattern: String,
        /// Whether `A` and `a` differ.
        case_sensitive: bool,
    },
}

/// A value to compare with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum Literal {
    /// `null`
    Null,
    /// `true` or `false`
    Truth(bool),
    /// A number; `1` and `1.0` are equal.
    Number(Number),
    /// A text, exactly.
    Text(String),
}

/// How two numbers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
}

/// Why a condition cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCondition(pub(super) String);

impl fmt::Display for BadCondition {
    /// A lower-case phrase.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for BadCondition {}
