//! The words, texts, patterns and signs of a query.

use crate::search::text::BadQuery;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub kind: Kind,
    /// In characters, as [`BadQuery`] has them.
    pub at: usize,
    pub length: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word as it is written: a keyword, a number, a path.
    Word(String),
    /// A text in quotes, without them and its escapes.
    Text(String),
    /// A pattern between slashes, and whether its case is ignored.
    Pattern(String, bool),
    Operator(Operator),
    Open,
    Close,
    Comma,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    Unequal,
    Less,
    AtMost,
    More,
    AtLeast,
}

pub(super) fn tokens(text: &str) -> Result<Vec<Token>, BadQuery> {
    let mut lexer = Lexer { chars: text.chars().collect(), at: 0 };
    let mut tokens = Vec::new();
    loop {
        while lexer.peek().is_some_and(char::is_whitespace) {
            lexer.at += 1;
        }
        let at = lexer.at;
        let Some(first) = lexer.peek() else { return Ok(tokens) };
        // A slash begins many a word that is looked for, so that it has to be asked for.
        let pattern = matches!(tokens.last(), Some(Token { kind: Kind::Word(word), .. })
            if word.eq_ignore_ascii_case("matches"));
        let kind = match first {
            '"' => Kind::Text(lexer.quoted()?),
            '/' if pattern => lexer.pattern()?,
            '(' => lexer.sign(Kind::Open, 1),
            ')' => lexer.sign(Kind::Close, 1),
            ',' => lexer.sign(Kind::Comma, 1),
            '\'' | '“' | '”' | '„' | '«' | '‘' | '’' | '`' => {
                let what = "a text stands in straight double quotes, like \"this\"";
                return Err(lexer.bad(what, at, 1));
            }
            _ => match lexer.operator() {
                Some((operator, length)) => lexer.sign(Kind::Operator(operator), length),
                None => Kind::Word(lexer.word()?),
            },
        };
        tokens.push(Token { kind, at, length: lexer.at - at });
    }
}

struct Lexer {
    chars: Vec<char>,
    at: usize,
}

impl Lexer {
    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += 1;
        Some(next)
    }

    fn bad(&self, what: &str, at: usize, length: usize) -> BadQuery {
        BadQuery { what: what.to_owned(), at, length }
    }

    fn sign(&mut self, kind: Kind, length: usize) -> Kind {
        self.at += length;
        kind
    }

    fn operator(&self) -> Option<(Operator, usize)> {
        let second = self.chars.get(self.at + 1).copied();
        Some(match (self.peek()?, second) {
            ('=', Some('=')) => (Operator::Equal, 2),
            ('=', _) => (Operator::Equal, 1),
            ('!', Some('=')) | ('<', Some('>')) => (Operator::Unequal, 2),
            ('<', Some('=')) => (Operator::AtMost, 2),
            ('<', _) => (Operator::Less, 1),
            ('>', Some('=')) => (Operator::AtLeast, 2),
            ('>', _) => (Operator::More, 1),
            _ => return None,
        })
    }

    /// A word, in which names of a path may stand in brackets and quotes.
    fn word(&mut self) -> Result<String, BadQuery> {
        let mut word = String::new();
        while let Some(next) = self.peek() {
            if next == '"' && word.ends_with('[') && is_path(&word) {
                let start = self.at;
                self.quoted()?;
                word.extend(self.chars.get(start..self.at).unwrap_or_default());
                continue;
            }
            let ends = next.is_whitespace() || matches!(next, '"' | '(' | ')' | ',');
            if ends || self.operator().is_some() {
                break;
            }
            word.push(next);
            self.at += 1;
        }
        Ok(word)
    }

    fn quoted(&mut self) -> Result<String, BadQuery> {
        let start = self.at;
        let mut text = String::new();
        self.at += 1;
        while let Some(next) = self.next() {
            match next {
                '"' => return Ok(text),
                '\\' => text.push(self.escape()?),
                _ => text.push(next),
            }
        }
        Err(self.bad("the quote is not closed", start, self.at - start))
    }

    /// What a backslash stands for that was just read.
    fn escape(&mut self) -> Result<char, BadQuery> {
        let start = self.at - 1;
        Ok(match self.next() {
            Some(same @ ('"' | '\\' | '/')) => same,
            Some('b') => '\u{8}',
            Some('f') => '\u{c}',
            Some('n') => '\n',
            Some('r') => '\r',
            Some('t') => '\t',
            Some('u') => {
                let first = self.unit(start)?;
                let mut units = vec![first];
                if (0xD800..0xDC00).contains(&first)
                    && self.chars.get(self.at..self.at + 2) == Some(&['\\', 'u'])
                {
                    self.at += 2;
                    units.push(self.unit(start)?);
                }
                match String::from_utf16(&units).ok().and_then(|text| text.chars().next()) {
                    Some(c) if c.len_utf16() == units.len() => c,
                    _ => return Err(self.bad("half a character", start, self.at - start)),
                }
            }
            _ => {
                let what = "an unknown escape: a backslash is written twice";
                return Err(self.bad(what, start, self.at - start));
            }
        })
    }

    fn unit(&mut self, start: usize) -> Result<u16, BadQuery> {
        let digits: String = (0..4).map_while(|_| self.next()).collect();
        let hexadecimal = digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        u16::from_str_radix(&digits, 16)
            .ok()
            .filter(|_| hexadecimal)
            .ok_or_else(|| self.bad("four digits belong behind \\u", start, self.at - start))
    }

    fn pattern(&mut self) -> Result<Kind, BadQuery> {
        let start = self.at;
        let mut pattern = String::new();
        self.at += 1;
        loop {
            match self.next() {
                None => {
                    let what = "the pattern is not closed with a slash";
                    return Err(self.bad(what, start, self.at - start));
                }
                Some('/') => break,
                Some('\\') => match self.next() {
                    Some('/') => pattern.push('/'),
                    escaped => {
                        pattern.push('\\');
                        pattern.extend(escaped);
                    }
                },
                Some(other) => pattern.push(other),
            }
        }
        let flags = self.at;
        while self.peek().is_some_and(char::is_alphanumeric) {
            self.at += 1;
        }
        match self.chars.get(flags..self.at) {
            Some([]) => Ok(Kind::Pattern(pattern, false)),
            Some(['i']) => Ok(Kind::Pattern(pattern, true)),
            _ => {
                let what =
                    "the only flag of a pattern is i, which ignores case; a slash in it is \\/";
                Err(self.bad(what, flags, self.at - flags))
            }
        }
    }
}

/// Whether a word leads into the key or the value.
pub(super) fn is_path(word: &str) -> bool {
    let head = word.find(['.', '[']).and_then(|end| word.get(..end));
    head.is_some_and(|head| head.eq_ignore_ascii_case("key") || head.eq_ignore_ascii_case("value"))
}
