//! JSON with line breaks and indentation of its own, and nothing else changed.

use super::json::{Broken, Token, Tokens};
use super::symbols;

/// An indented JSON text.
pub(super) struct Pretty {
    pub text: String,
    /// How many bytes of the source it shows.
    pub read: usize,
    /// How many characters are shown as symbols.
    pub symbols: u64,
}

/// Indents a JSON text. Where `cut` says that the text is only the beginning of one, an end in the
/// middle is no error, and the last, incomplete lexeme is shown as it is. Stops between two lexemes
/// once the result is longer than `longest` bytes.
pub(super) fn pretty(text: &str, cut: bool, longest: usize) -> Result<Pretty, Broken> {
    let mut out = Writer { text: String::with_capacity(text.len()), depth: 0, symbols: 0 };
    let mut tokens = Tokens::new(text);
    let mut opened = false;
    while let Some(token) = tokens.next() {
        let token = match token {
            Ok(token) => token,
            Err(Broken::Ends { at }) if cut => {
                let rest = text.get(at..).unwrap_or_default();
                if opened && !rest.is_empty() {
                    out.line();
                }
                out.push(rest);
                return Ok(out.finish(text.len()));
            }
            Err(broken) => return Err(broken),
        };
        match token {
            Token::Close(_) => {
                out.depth = out.depth.saturating_sub(1);
                if !opened {
                    out.line();
                }
            }
            Token::Open(_) | Token::Name(_) | Token::Scalar(_) if opened => out.line(),
            _ => {}
        }
        opened = false;
        match token {
            Token::Open(bracket) => {
                out.text.push(bracket.opening());
                out.depth += 1;
                opened = true;
            }
            Token::Close(bracket) => out.text.push(bracket.closing()),
            Token::Colon => out.text.push_str(": "),
            Token::Comma => {
                out.text.push(',');
                out.line();
            }
            Token::Name(lexeme) | Token::Scalar(lexeme) => out.push(lexeme),
        }
        if out.text.len() > longest {
            return Ok(out.finish(tokens.read()));
        }
    }
    Ok(out.finish(text.len()))
}

struct Writer {
    text: String,
    depth: usize,
    symbols: u64,
}

impl Writer {
    fn line(&mut self) {
        self.text.push('\n');
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
    }

    fn push(&mut self, lexeme: &str) {
        for c in lexeme.chars() {
            self.symbols += u64::from(symbols::push(&mut self.text, c));
        }
    }

    fn finish(self, read: usize) -> Pretty {
        Pretty { text: self.text, read, symbols: self.symbols }
    }
}
