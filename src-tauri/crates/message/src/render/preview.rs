//! One line for a row of a table.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::json::{Broken, Token, Tokens};
use super::{hex, symbols, utf8_prefix};

/// The fewest bytes that are looked at, where there are so many.
const LOOKED_AT: usize = 4096;

/// What a key, a value or a body is, as far as its beginning tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Absent.
    Null,
    /// Present, of zero bytes.
    Empty,
    /// UTF-8 without NUL.
    Text,
    /// A JSON object or array, as far as was looked.
    Json,
    /// Anything else.
    Binary,
}

/// One line for a row of a table.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// What it is.
    pub kind: Kind,
    /// One line in which every character shows: JSON without the white space around its lexemes,
    /// binary as hexadecimal digits, nothing for `Null` and `Empty`.
    pub text: String,
    /// True where there is more than `text` shows.
    pub truncated: bool,
}

impl fmt::Debug for Preview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?}, {} bytes of text, truncated {}",
            self.kind,
            self.text.len(),
            self.truncated
        )
    }
}

/// The preview of whole bytes, of at most `max_chars` characters. Looks at no more than the first
/// 8 × `max_chars` or 4,096 bytes, whichever is more.
pub fn preview(bytes: Option<&[u8]>, max_chars: usize) -> Preview {
    let total = bytes.map_or(0, <[u8]>::len) as u64;
    preview_prefix(bytes, total, max_chars)
}

/// As [`preview`], where only the first bytes are at hand, of `total_bytes` in truth. They may end
/// in the middle of a character.
pub fn preview_prefix(bytes: Option<&[u8]>, total_bytes: u64, max_chars: usize) -> Preview {
    let Some(bytes) = bytes else {
        return Preview { kind: Kind::Null, text: String::new(), truncated: false };
    };
    if bytes.is_empty() {
        let kind = if total_bytes == 0 { Kind::Empty } else { Kind::Binary };
        return Preview { kind, text: String::new(), truncated: total_bytes > 0 };
    }
    let head = bytes.get(..max_chars.saturating_mul(8).max(LOOKED_AT)).unwrap_or(bytes);
    let cut = (head.len() as u64) < total_bytes;
    let Some(text) = utf8_prefix(head, cut).ok().filter(|text| !text.contains('\0')) else {
        let (text, truncated) = hex::line(head, max_chars);
        return Preview { kind: Kind::Binary, text, truncated: truncated || cut };
    };
    let mut line = Line { text: String::new(), left: max_chars, full: false };
    let kind = if is_json(text, cut) {
        push_compact(&mut line, text);
        Kind::Json
    } else {
        line.push(text);
        Kind::Text
    };
    Preview { kind, text: line.text, truncated: line.full || cut }
}

/// A text as one line of at most `max_chars` characters in which every character shows; true where
/// it is cut.
pub(crate) fn visible_line(text: &str, max_chars: usize) -> (String, bool) {
    let mut line = Line { text: String::new(), left: max_chars, full: false };
    line.push(text);
    (line.text, line.full)
}

fn is_json(text: &str, cut: bool) -> bool {
    text.trim_ascii_start().starts_with(['{', '['])
        && Tokens::new(text).all(|token| match token {
            Ok(_) => true,
            Err(Broken::Ends { .. }) => cut,
            Err(_) => false,
        })
}

fn push_compact(line: &mut Line, text: &str) {
    for token in Tokens::new(text) {
        match token {
            Ok(Token::Open(bracket)) => line.push_char(bracket.opening()),
            Ok(Token::Close(bracket)) => line.push_char(bracket.closing()),
            Ok(Token::Colon) => line.push_char(':'),
            Ok(Token::Comma) => line.push_char(','),
            Ok(Token::Name(lexeme) | Token::Scalar(lexeme)) => line.push(lexeme),
            Err(Broken::Ends { at }) => line.push(text.get(at..).unwrap_or_default()),
            Err(_) => {}
        }
        if line.full {
            return;
        }
    }
}

/// A line with room for so many characters. A symbol is never cut in two.
struct Line {
    text: String,
    left: usize,
    full: bool,
}

impl Line {
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            self.push_char(c);
            if self.full {
                return;
            }
        }
    }

    fn push_char(&mut self, c: char) {
        let before = self.text.len();
        symbols::push(&mut self.text, c);
        let added = self.text.get(before..).map_or(0, |added| added.chars().count());
        match self.left.checked_sub(added) {
            Some(left) => self.left = left,
            None => {
                self.text.truncate(before);
                self.full = true;
            }
        }
    }
}
