//! A tokenizer for JSON (RFC 8259) that gives every lexeme exactly as it is.
//!
//! It checks that a text is well-formed and nothing more: numbers are not read, escapes are not
//! resolved, duplicate keys are not noticed, so that what is shown is what was sent. It does not
//! recurse, and gives up on nesting deeper than [`DEPTH_LIMIT`].

/// The deepest nesting of objects and arrays that is read.
pub const DEPTH_LIMIT: usize = 200;

/// One lexeme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token<'t> {
    /// `{` or `[`
    Open(Bracket),
    /// `}` or `]`
    Close(Bracket),
    /// `:`
    Colon,
    /// `,`
    Comma,
    /// A string with its quotes, a number, `true`, `false` or `null`.
    Scalar(&'t str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Bracket {
    Object,
    Array,
}

impl Bracket {
    pub(super) fn opening(self) -> char {
        match self {
            Bracket::Object => '{',
            Bracket::Array => '[',
        }
    }

    pub(super) fn closing(self) -> char {
        match self {
            Bracket::Object => '}',
            Bracket::Array => ']',
        }
    }
}

/// Why a text is not JSON; positions are bytes from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// This byte cannot be here.
    Unexpected { at: usize },
    /// The text ends inside the lexeme, or the document, that begins or goes on here.
    Ends { at: usize },
    /// One level too many.
    TooDeep { at: usize },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrClose,
    Key,
    KeyOrClose,
    Colon,
    CommaOrClose,
    End,
}

/// The lexemes of a text, up to the first that is wrong.
pub(super) struct Tokens<'t> {
    text: &'t str,
    at: usize,
    open: Vec<Bracket>,
    expect: Expect,
    over: bool,
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Tokens { text, at: 0, open: Vec::new(), expect: Expect::Value, over: false }
    }

    /// How many bytes have been read.
    pub(super) fn read(&self) -> usize {
        self.at
    }

    fn byte(&self, at: usize) -> Option<u8> {
        self.text.as_bytes().get(at).copied()
    }

    fn skip_whitespace(&mut self) {
        while matches!(self.byte(self.at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn token(&mut self) -> Result<Option<Token<'t>>, Broken> {
        self.skip_whitespace();
        let at = self.at;
        let Some(byte) = self.byte(at) else {
            return if self.expect == Expect::End { Ok(None) } else { Err(Broken::Ends { at }) };
        };
        let token = match (byte, self.expect) {
            (b'{', Expect::Value | Expect::ValueOrClose) => self.enter(Bracket::Object)?,
            (b'[', Expect::Value | Expect::ValueOrClose) => self.enter(Bracket::Array)?,
            (b'}', Expect::KeyOrClose | Expect::CommaOrClose) => self.leave(Bracket::Object)?,
            (b']', Expect::ValueOrClose | Expect::CommaOrClose) => self.leave(Bracket::Array)?,
            (b',', Expect::CommaOrClose) => self.comma(),
            (b':', Expect::Colon) => {
                self.at += 1;
                self.expect = Expect::Value;
                Token::Colon
            }
            (b'"', Expect::Key | Expect::KeyOrClose) => {
                let end = self.string(at)?;
                self.expect = Expect::Colon;
                self.scalar(end)
            }
            (_, Expect::Value | Expect::ValueOrClose) => {
                let end = match byte {
                    b'"' => self.string(at)?,
                    b't' => self.word(at, "true")?,
                    b'f' => self.word(at, "false")?,
                    b'n' => self.word(at, "null")?,
                    _ => self.number(at)?,
                };
                self.expect = self.after_value();
                self.scalar(end)
            }
            _ => return Err(Broken::Unexpected { at }),
        };
        Ok(Some(token))
    }

    fn scalar(&mut self, end: usize) -> Token<'t> {
        let lexeme = self.text.get(self.at..end).unwrap_or_default();
        self.at = end;
        Token::Scalar(lexeme)
    }

    fn after_value(&self) -> Expect {
        if self.open.is_empty() { Expect::End } else { Expect::CommaOrClose }
    }

    fn enter(&mut self, bracket: Bracket) -> Result<Token<'t>, Broken> {
        if self.open.len() == DEPTH_LIMIT {
            return Err(Broken::TooDeep { at: self.at });
        }
        self.at += 1;
        self.open.push(bracket);
        self.expect = match bracket {
            Bracket::Object => Expect::KeyOrClose,
            Bracket::Array => Expect::ValueOrClose,
        };
        Ok(Token::Open(bracket))
    }

    fn leave(&mut self, bracket: Bracket) -> Result<Token<'t>, Broken> {
        if self.open.pop() != Some(bracket) {
            return Err(Broken::Unexpected { at: self.at });
        }
        self.at += 1;
        self.expect = self.after_value();
        Ok(Token::Close(bracket))
    }

    fn comma(&mut self) -> Token<'t> {
        self.at += 1;
        self.expect = match self.open.last() {
            Some(Bracket::Object) => Expect::Key,
            _ => Expect::Value,
        };
        Token::Comma
    }

    /// The end of the string whose opening quote is at `start`.
    fn string(&self, start: usize) -> Result<usize, Broken> {
        let mut at = start + 1;
        loop {
            match self.byte(at) {
                None => return Err(Broken::Ends { at: start }),
                Some(b'"') => return Ok(at + 1),
                Some(b'\\') => at = self.escape(start, at)?,
                Some(0..=0x1F) => return Err(Broken::Unexpected { at }),
                Some(_) => at += 1,
            }
        }
    }

    /// The end of the escape whose backslash is at `at`, in the string that begins at `start`.
    fn escape(&self, start: usize, at: usize) -> Result<usize, Broken> {
        match self.byte(at + 1) {
            None => Err(Broken::Ends { at: start }),
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => {
                for digit in at + 2..at + 6 {
                    match self.byte(digit) {
                        None => return Err(Broken::Ends { at: start }),
                        Some(byte) if byte.is_ascii_hexdigit() => {}
                        Some(_) => return Err(Broken::Unexpected { at: digit }),
                    }
                }
                Ok(at + 6)
            }
            Some(_) => Err(Broken::Unexpected { at: at + 1 }),
        }
    }

    fn word(&self, start: usize, word: &str) -> Result<usize, Broken> {
        for (i, expected) in word.bytes().enumerate() {
            match self.byte(start + i) {
                None => return Err(Broken::Ends { at: start }),
                Some(byte) if byte == expected => {}
                Some(_) => return Err(Broken::Unexpected { at: start + i }),
            }
        }
        Ok(start + word.len())
    }

    fn number(&self, start: usize) -> Result<usize, Broken> {
        let mut at = start + usize::from(self.byte(start) == Some(b'-'));
        at = match self.byte(at) {
            Some(b'0') => at + 1,
            _ => self.digits(start, at)?,
        };
        if self.byte(at) == Some(b'.') {
            at = self.digits(start, at + 1)?;
        }
        if matches!(self.byte(at), Some(b'e' | b'E')) {
            at += 1;
            at += usize::from(matches!(self.byte(at), Some(b'+' | b'-')));
            at = self.digits(start, at)?;
        }
        Ok(at)
    }

    /// The end of the digits at `at`, of which there must be one.
    fn digits(&self, start: usize, mut at: usize) -> Result<usize, Broken> {
        match self.byte(at) {
            None => return Err(Broken::Ends { at: start }),
            Some(byte) if byte.is_ascii_digit() => {}
            Some(_) => return Err(Broken::Unexpected { at }),
        }
        while self.byte(at).is_some_and(|byte| byte.is_ascii_digit()) {
            at += 1;
        }
        Ok(at)
    }
}

impl<'t> Iterator for Tokens<'t> {
    type Item = Result<Token<'t>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.over {
            return None;
        }
        let next = self.token().transpose();
        self.over = !matches!(next, Some(Ok(_)));
        next
    }
}
