//! A tokenizer for JSON (RFC 8259) that gives every lexeme exactly as it is.
//!
//! It checks that a text is well-formed and nothing more: numbers are not read, escapes are not
//! resolved, duplicate keys are not noticed, so that what is shown is what was sent. It does not
//! recurse, and gives up on nesting deeper than [`DEPTH_LIMIT`].

/// The deepest nesting of objects and arrays that is read.
pub const DEPTH_LIMIT: usize = 200;

/// One lexeme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token<'t> {
    /// `{` or `[`
    Open(Bracket),
    /// `}` or `]`
    Close(Bracket),
    /// `:`
    Colon,
    /// `,`
    Comma,
    /// The name of a member, with its quotes.
    Name(&'t str),
    /// A string with its quotes, a number, `true`, `false` or `null`.
    Scalar(&'t str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bracket {
    Object,
    Array,
}

impl Bracket {
    pub(crate) fn opening(self) -> char {
        match self {
            Bracket::Object => '{',
            Bracket::Array => '[',
        }
    }

    pub(crate) fn closing(self) -> char {
        match self {
            Bracket::Object => '}',
            Bracket::Array => ']',
        }
    }
}

/// Why a text is not JSON; positions are bytes from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Broken {
    /// A byte cannot be where it is.
    Unexpected {
        /// Where.
        at: usize,
    },
    /// The text ends too early.
    Ends {
        /// Where the lexeme, or the document, begins or goes on that is not complete.
        at: usize,
    },
    /// One level too many.
    TooDeep {
        /// Where.
        at: usize,
    },
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
pub(crate) struct Tokens<'t> {
    text: &'t str,
    at: usize,
    open: Nesting,
    expect: Expect,
    over: bool,
}

impl<'t> Tokens<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Tokens { text, at: 0, open: Nesting::default(), expect: Expect::Value, over: false }
    }

    /// How many bytes have been read.
    pub(crate) fn read(&self) -> usize {
        self.at
    }

    /// How many objects and arrays are open.
    pub(crate) fn depth(&self) -> usize {
        self.open.depth
    }

    /// The innermost object or array.
    pub(crate) fn inside(&self) -> Option<Bracket> {
        self.open.last()
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
                Token::Name(self.lexeme(end))
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
                Token::Scalar(self.lexeme(end))
            }
            _ => return Err(Broken::Unexpected { at }),
        };
        Ok(Some(token))
    }

    fn lexeme(&mut self, end: usize) -> &'t str {
        let lexeme = self.text.get(self.at..end).unwrap_or_default();
        self.at = end;
        lexeme
    }

    fn after_value(&self) -> Expect {
        if self.open.depth == 0 { Expect::End } else { Expect::CommaOrClose }
    }

    fn enter(&mut self, bracket: Bracket) -> Result<Token<'t>, Broken> {
        if self.open.depth == DEPTH_LIMIT {
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
            at += plain(self.text.as_bytes().get(at..).unwrap_or_default());
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

/// How many bytes come before the first that a string cannot hold as it is: a quote, a backslash, a
/// control character. Eight at a time: most of a text is in strings.
fn plain(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    // The high bit of each byte that is 0, and perhaps of some after it.
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let (words, _) = bytes.as_chunks::<8>();
    let mut at = 0;
    for word in words {
        let word = u64::from_le_bytes(*word);
        let quotes = zero(word ^ (ONES * u64::from(b'"')));
        let backslashes = zero(word ^ (ONES * u64::from(b'\\')));
        let controls = word.wrapping_sub(ONES * 0x20) & !word & HIGH;
        if quotes | backslashes | controls != 0 {
            break;
        }
        at += 8;
    }
    let stops = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1F);
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(stops).unwrap_or(rest.len())
}

/// The open objects and arrays, the outermost first, one bit each: no memory is asked for.
#[derive(Default)]
struct Nesting {
    depth: usize,
    arrays: [u64; DEPTH_LIMIT.div_ceil(64)],
}

impl Nesting {
    fn push(&mut self, bracket: Bracket) {
        if let Some(word) = self.arrays.get_mut(self.depth / 64) {
            let bit = 1 << (self.depth % 64);
            *word = if bracket == Bracket::Array { *word | bit } else { *word & !bit };
        }
        self.depth += 1;
    }

    fn last(&self) -> Option<Bracket> {
        let place = self.depth.checked_sub(1)?;
        let word = self.arrays.get(place / 64)?;
        let array = word >> (place % 64) & 1 == 1;
        Some(if array { Bracket::Array } else { Bracket::Object })
    }

    fn pop(&mut self) -> Option<Bracket> {
        let last = self.last();
        self.depth = self.depth.saturating_sub(1);
        last
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
