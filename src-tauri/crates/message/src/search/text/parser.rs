//! How conditions are put together: `and`, `or`, `not`, parentheses, and what each begins with.

use crate::search::condition::{Condition, Part, Place, SizeOf};
use crate::search::filter::Filter;
use crate::search::needle::Memory;
use crate::search::path::Path;
use crate::search::text::lexer::{Kind, Operator, Token, is_path, tokens};
use crate::search::text::suggest::{PREDICATES, SUBJECTS, nearest, quoted};
use crate::search::text::{BadQuery, LONGEST};

/// The deepest that parentheses and `not` stand in each other. A filter allows less.
const DEEPEST: usize = 100;

pub(super) fn parse(text: &str) -> Result<Condition, BadQuery> {
    let length = text.chars().take(LONGEST + 1).count();
    if length > LONGEST {
        let what = format!("a query has at most {LONGEST} characters");
        return Err(BadQuery { what, at: LONGEST, length: 0 });
    }
    let memory = Memory::default();
    let mut parser =
        Parser { tokens: tokens(text)?, next: 0, end: length, deeper: DEEPEST, memory };
    let condition = parser.query()?;
    if let Some(token) = parser.peek() {
        return Err(parser.not_joined(token));
    }
    match Filter::new(&condition) {
        Ok(_) => Ok(condition),
        Err(bad) => Err(BadQuery { what: bad.to_string(), at: 0, length }),
    }
}

pub(super) struct Parser {
    tokens: Vec<Token>,
    next: usize,
    /// Where the text ends.
    end: usize,
    deeper: usize,
    /// Of the patterns.
    pub(super) memory: Memory,
}

impl Parser {
    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    fn previous(&self) -> Option<&Token> {
        self.tokens.get(self.next.checked_sub(1)?)
    }

    pub(super) fn take(&mut self) -> Option<Token> {
        let token = self.peek().cloned()?;
        self.next += 1;
        Some(token)
    }

    /// The next word, in lower case: a keyword, perhaps.
    pub(super) fn keyword(&self) -> Option<String> {
        match &self.peek()?.kind {
            Kind::Word(word) => Some(word.to_lowercase()),
            _ => None,
        }
    }

    pub(super) fn takes_keyword(&mut self, keyword: &str) -> bool {
        let takes = self.keyword().as_deref() == Some(keyword);
        self.next += usize::from(takes);
        takes
    }

    pub(super) fn takes(&mut self, kind: &Kind) -> bool {
        let takes = self.peek().is_some_and(|token| token.kind == *kind);
        self.next += usize::from(takes);
        takes
    }

    pub(super) fn operator(&mut self) -> Option<Operator> {
        let Kind::Operator(operator) = self.peek()?.kind else { return None };
        self.next += 1;
        Some(operator)
    }

    /// What stands at the next token, or at the end, is not what should.
    pub(super) fn bad(&self, what: impl Into<String>) -> BadQuery {
        let (at, length) = self.peek().map_or((self.end, 0), |token| (token.at, token.length));
        BadQuery { what: what.into(), at, length }
    }

    /// What stands at the last token that was taken is wrong.
    pub(super) fn bad_before(&self, what: impl Into<String>) -> BadQuery {
        let (at, length) = self.previous().map_or((0, 0), |token| (token.at, token.length));
        BadQuery { what: what.into(), at, length }
    }

    pub(super) fn expected(&self, what: &str) -> BadQuery {
        self.bad(match self.previous() {
            Some(token) => format!("expected {what} after {}", shown(&token.kind)),
            None => format!("expected {what}"),
        })
    }

    fn not_joined(&self, token: &Token) -> BadQuery {
        if token.kind == Kind::Close {
            return self.bad("this parenthesis was not opened");
        }
        let mut bad = self.expected("`and` or `or`");
        let words = matches!(token.kind, Kind::Word(_) | Kind::Text(_));
        let before = self.previous().map(|token| &token.kind);
        if words && matches!(before, Some(Kind::Word(_))) {
            bad.what.push_str("; words that belong together stand in quotes");
        }
        bad
    }

    fn deeper<T>(
        &mut self,
        read: impl FnOnce(&mut Self) -> Result<T, BadQuery>,
    ) -> Result<T, BadQuery> {
        let what = "conditions are nested too deep";
        self.deeper = self.deeper.checked_sub(1).ok_or_else(|| self.bad(what))?;
        let found = read(self);
        self.deeper += 1;
        found
    }

    fn query(&mut self) -> Result<Condition, BadQuery> {
        let mut conditions = vec![self.all()?];
        while self.takes_keyword("or") || self.takes_keyword("||") {
            conditions.push(self.all()?);
        }
        Ok(single(conditions).unwrap_or_else(|conditions| Condition::Any { conditions }))
    }

    fn all(&mut self) -> Result<Condition, BadQuery> {
        let mut conditions = vec![self.one()?];
        while self.takes_keyword("and") || self.takes_keyword("&&") {
            conditions.push(self.one()?);
        }
        Ok(single(conditions).unwrap_or_else(|conditions| Condition::All { conditions }))
    }

    fn one(&mut self) -> Result<Condition, BadQuery> {
        if self.takes_keyword("not") {
            return self.deeper(Self::one).map(not);
        }
        if self.takes(&Kind::Open) {
            let opened = self.next - 1;
            let condition = self.deeper(Self::query)?;
            if self.takes(&Kind::Close) {
                return Ok(condition);
            }
            if let Some(token) = self.peek() {
                return Err(self.not_joined(token));
            }
            self.next = opened;
            return Err(self.bad("this parenthesis is not closed"));
        }
        self.asked()
    }

    fn asked(&mut self) -> Result<Condition, BadQuery> {
        let Some(token) = self.take() else { return Err(self.expected("a condition")) };
        let word = match token.kind {
            Kind::Text(text) => return self.anywhere(text),
            Kind::Word(word) => word,
            _ => {
                self.next -= 1;
                return Err(self.expected("a condition"));
            }
        };
        match word.to_lowercase().as_str() {
            "everything" => Ok(Condition::All { conditions: Vec::new() }),
            "nothing" => Ok(Condition::Any { conditions: Vec::new() }),
            "anywhere" => self.of_place(Place::Anywhere),
            "headers" => self.of_place(Place::Headers),
            "key" => self.of_part(Part::Key),
            "value" => self.of_part(Part::Value),
            "header" => match self.take().map(|token| token.kind) {
                Some(Kind::Text(name) | Kind::Word(name)) => self.of_header(name),
                other => {
                    self.next -= usize::from(other.is_some());
                    Err(self.expected("the name of a header"))
                }
            },
            "size" => self.of_size(SizeOf::Record),
            "partition" => self.of_partition(),
            "decoded" => match self.take().map(|token| token.kind) {
                Some(Kind::Word(word)) if is_path(&word) => self.of_path(&word),
                Some(Kind::Word(word)) if word.eq_ignore_ascii_case("key") => {
                    self.of_decoded(Part::Key, Path::default())
                }
                Some(Kind::Word(word)) if word.eq_ignore_ascii_case("value") => {
                    self.of_decoded(Part::Value, Path::default())
                }
                other => {
                    self.next -= usize::from(other.is_some());
                    Err(self.expected("`key` or `value`"))
                }
            },
            "and" | "or" | "&&" | "||" => {
                self.next -= 1;
                Err(self.expected("a condition"))
            }
            _ if is_path(&word) => self.of_path(&word),
            _ => self.bare(word),
        }
    }

    fn of_path(&mut self, word: &str) -> Result<Condition, BadQuery> {
        let head = word.find(['.', '[']).unwrap_or(word.len());
        let (part, path) = word.split_at(head);
        let part = if part.eq_ignore_ascii_case("key") { Part::Key } else { Part::Value };
        let (path, dot) = path.strip_prefix('.').map_or((path, 0), |path| (path, 1));
        if dot == 1 && (path.is_empty() || path.starts_with('[')) {
            return Err(self.bad_before(format!("a name is missing behind {}", quoted(word))));
        }
        match Path::read(path) {
            Ok(path) => self.of_decoded(part, path),
            Err(bad) => {
                let mut whole = self.bad_before(bad.what);
                let inside = head + dot + bad.at;
                whole.at += inside;
                whole.length = whole.length.saturating_sub(inside);
                Err(whole)
            }
        }
    }

    /// A word alone, or one that is not known.
    fn bare(&mut self, word: String) -> Result<Condition, BadQuery> {
        let goes_on = match self.peek().map(|token| &token.kind) {
            Some(Kind::Operator(_)) => true,
            Some(Kind::Word(_)) => {
                let next = self.keyword().unwrap_or_default();
                PREDICATES.contains(&next.as_str()) && !matches!(next.as_str(), "and" | "or")
            }
            _ => false,
        };
        if goes_on {
            let of_header = ["header.", "headers."].iter().find_map(|head| word.strip_prefix(head));
            let meant = match (of_header, nearest(&word, SUBJECTS)) {
                (Some(name), _) => {
                    format!("a header is written {}", quoted(&format!("header \"{name}\"")))
                }
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => {
                    format!("a field of the value is written {}", quoted(&format!("value.{word}")))
                }
            };
            return Err(self.bad_before(format!("unknown field {}: {meant}", quoted(&word))));
        }
        if word == "!" {
            return Err(self.bad_before("expected `not`"));
        }
        self.anywhere(word)
    }
}

/// How a token is told in a message.
fn shown(kind: &Kind) -> String {
    match kind {
        Kind::Word(word) => quoted(word),
        Kind::Text(_) => "the text".to_owned(),
        Kind::Pattern(..) => "the pattern".to_owned(),
        Kind::Operator(operator) => quoted(match operator {
            Operator::Equal => "=",
            Operator::Unequal => "!=",
            Operator::Less => "<",
            Operator::AtMost => "<=",
            Operator::More => ">",
            Operator::AtLeast => ">=",
        }),
        Kind::Open => quoted("("),
        Kind::Close => quoted(")"),
        Kind::Comma => quoted(","),
    }
}

/// The only one, or all of them back.
pub(super) fn single(mut conditions: Vec<Condition>) -> Result<Condition, Vec<Condition>> {
    match (conditions.pop(), conditions.is_empty()) {
        (Some(only), true) => Ok(only),
        (last, _) => {
            conditions.extend(last);
            Err(conditions)
        }
    }
}

pub(super) fn not(condition: Condition) -> Condition {
    Condition::Not { condition: Box::new(condition) }
}
