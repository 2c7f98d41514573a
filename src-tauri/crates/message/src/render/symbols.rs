//! Characters that act instead of showing: controls, bidi controls, invisible ones.
//!
//! A C0 control and DEL become their picture in the Unicode block Control Pictures (␀ to ␟, ␡);
//! every other one becomes its number, `‹U+202E›`. The set is Unicode's `Cc`, the bidi controls,
//! the line and paragraph separators, and `Default_Ignorable_Code_Point` but for the variation
//! selectors U+FE00 to U+FE0F, which only choose between two pictures of the character before them.

use std::fmt::Write;

/// A text as one line in which every character shows: for names and previews.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push(&mut out, c);
    }
    out
}

/// Appends a text with its line breaks (`\n`) and tabs; gives the number of symbols. The carriage
/// return of a `\r\n` is shown too: it is the kind of difference that people search for.
pub(super) fn push_lines(out: &mut String, text: &str) -> u64 {
    let mut symbols = 0;
    for c in text.chars() {
        if matches!(c, '\n' | '\t') {
            out.push(c);
        } else {
            symbols += u64::from(push(out, c));
        }
    }
    symbols
}

/// Appends one character or its symbol; true where it is a symbol.
pub(super) fn push(out: &mut String, c: char) -> bool {
    if !acts(c) {
        out.push(c);
        return false;
    }
    match c {
        '\0'..='\x1F' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{FFFD}')),
        '\x7F' => out.push('␡'),
        // Writing to a String cannot fail.
        _ => {
            let _ = write!(out, "‹U+{:04X}›", u32::from(c));
        }
    }
    true
}

/// True for a character that is shown as a symbol.
pub(crate) fn acts(c: char) -> bool {
    matches!(c,
        '\0'..='\x1F' | '\x7F'..='\u{9F}'
        | '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}'
        | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}'
    )
}
