//! Text that somebody else wrote, made fit for one line of a message.
//!
//! Names, banners and certificate fields come from brokers and from files. Control characters and
//! the invisible ones that reorder or hide text must not reach a terminal, a log or the window.

/// The text with every control, bidirectional and zero-width character replaced by `�`, cut to at
/// most `longest` characters (a cut is marked by `…`).
pub fn printable(text: &str, longest: usize) -> String {
    let mut shown: String = text.chars().take(longest).map(visible).collect();
    if text.chars().nth(longest).is_some() {
        shown.push('…');
    }
    shown
}

/// True for a character that [`printable`] replaces.
pub fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

fn visible(c: char) -> char {
    if is_unprintable(c) { char::REPLACEMENT_CHARACTER } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_escape_and_a_reversal_lose_their_power() {
        assert_eq!(printable("a\u{1b}[31mb\u{202e}c\r\n", 40), "a�[31mb�c��");
    }

    #[test]
    fn a_long_text_is_cut_at_characters_not_bytes() {
        assert_eq!(printable("éééé", 3), "ééé…");
        assert_eq!(printable("ééé", 3), "ééé");
    }
}
