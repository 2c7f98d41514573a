//! Conditions as text, to be typed, saved, named and shared.
//!
//! ```text
//! query     = and { "or" and }          and = one { "and" one }
//! one       = "not" one | "(" query ")" | "everything" | "nothing" | text | asked
//! asked     = "anywhere" | "key" | "value" | "headers" | "header" name
//!                                  + found | equal
//!           | "key" | "value"      + "is" [ "not" ] ( "null" | "tombstone" | "empty" | "present"
//!                                    | "null-text" ) | "exists" | "missing"
//!           | "header" name        + "exists" | "missing" | compared
//!           | "key.…" | "value.…" | "decoded" ( "key" | "value" ) [ path ]
//!                                  + found | equal | compared | "exists" | "missing" | "is" "null"
//!           | [ "key" | "value" ] "size"
//!                                  + op size | "between" size "and" size
//!           | "partition"          + "=" number | "!=" number | [ "not" ] "in" "(" numbers ")"
//! found     = [ "not" ] "contains" flags ( text | word ) flags
//!           | [ "not" ] "matches" ( "/" pattern "/" [ "i" ] | text [ "i" ] )
//! flags     = { "exactly" | "word" }
//! equal     = ( "=" | "!=" ) literal | [ "not" ] "in" "(" literal { "," literal } ")"
//! compared  = ( "<" | "<=" | ">" | ">=" ) number
//! literal   = text | number | "true" | "false" | "null" | "hex" text
//! size      = number [ "B" | "kB" | "MB" | "GB" | "KiB" | "MiB" | "GiB" ]
//! ```
//!
//! - A text stands in double quotes with the escapes of JSON; keywords and units in any case.
//! - A text or a word alone is looked for anywhere.
//! - `contains` ignores case unless told `exactly`: who looks for a message seldom knows how it was
//!   written. A pattern between slashes minds it unless told `i`, as everywhere else. In a pattern
//!   `\/` is a slash.
//! - Of `key`, `value`, `headers` and `anywhere`, a text in quotes is compared with the bytes: `key = "c-1"`. A
//!   number, `true` or `false` without quotes is compared with what they decode to, as it is behind a
//!   path. Of a header it is compared as it is written. `decoded value = "a"` asks for a JSON text.
//! - `hex "00ff"` are bytes that no text has.
//! - A path is that of [`Path`](crate::search::Path), its names in brackets and quotes where they hold
//!   more than letters, digits and `_-$@:*/`.
//!
//! [`print`] writes the shortest of several ways, and escapes what does not show.

mod asked;
mod lexer;
mod literal;
mod parser;
mod predicate;
mod printer;
mod suggest;

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::search::condition::Condition;

/// The most characters of a query.
pub const LONGEST: usize = 20_000;

/// Why a text is no query.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadQuery {
    /// What is wrong, as a lower-case phrase.
    pub what: String,
    /// Where, in characters from the start of the text.
    pub at: usize,
    /// How many characters it is about; 0 where something is missing.
    pub length: usize,
}

impl fmt::Display for BadQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at character {}", self.what, self.at + 1)
    }
}

impl std::error::Error for BadQuery {}

/// Reads a condition. What is read can be made a [`Filter`](crate::search::Filter).
///
/// # Errors
/// What is wrong, and where.
pub fn parse(text: &str) -> Result<Condition, BadQuery> {
    parser::parse(text)
}

/// Writes a condition as one line. Read again it is the same condition, but that `All` or `Any` of
/// one is the one. A condition that no filter could be made of is written too, and not read again,
/// as is one whose text is longer than [`LONGEST`].
pub fn print(condition: &Condition) -> String {
    printer::print(condition)
}

#[cfg(test)]
mod tests;
