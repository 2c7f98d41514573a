//! What can be asked, before it is known of what.

use crate::search::condition::{Comparison, Literal, Presence};
use crate::search::needle::Needle;
use crate::search::number::Number;
use crate::search::text::BadQuery;
use crate::search::text::lexer::{Kind, Operator};
use crate::search::text::literal::{from_hex, size, split_size, unit};
use crate::search::text::parser::Parser;
use crate::search::text::suggest::{PREDICATES, nearest, quoted};

/// See the module.
pub(super) enum Predicate {
    Contains { text: String, case_sensitive: bool, whole_word: bool },
    Matches { pattern: String, case_sensitive: bool },
    Equals(Vec<Value>),
    Compared(Comparison, Number),
    Is(Presence),
    Tombstone,
    Exists,
    Missing,
}

/// A value to compare with.
pub(super) enum Value {
    Text(String),
    Bytes(Vec<u8>),
    Number(Number),
    Truth(bool),
    Null,
}

impl Parser {
    pub(super) fn predicate(&mut self) -> Result<(bool, Predicate), BadQuery> {
        if let Some(operator) = self.operator() {
            let how = match operator {
                Operator::Equal => return Ok((false, Predicate::Equals(vec![self.value()?]))),
                Operator::Unequal => return Ok((true, Predicate::Equals(vec![self.value()?]))),
                Operator::Less => Comparison::Less,
                Operator::AtMost => Comparison::AtMost,
                Operator::More => Comparison::More,
                Operator::AtLeast => Comparison::AtLeast,
            };
            return match self.value()? {
                Value::Number(number) => Ok((false, Predicate::Compared(how, number))),
                _ => Err(self.bad_before("only numbers are larger or smaller")),
            };
        }
        let negated = self.takes_keyword("not");
        let keyword = self.keyword();
        let predicate = match keyword.as_deref() {
            Some("contains") => {
                self.take();
                self.contains()?
            }
            Some("matches") => {
                self.take();
                self.matches()?
            }
            Some("in") => {
                self.take();
                let values = self.list()?;
                if values.is_empty() {
                    return Err(self.bad_before("there is no value to compare with"));
                }
                Predicate::Equals(values)
            }
            Some("exists") => {
                self.take();
                Predicate::Exists
            }
            Some("missing") => {
                self.take();
                Predicate::Missing
            }
            Some("is") if !negated => {
                self.take();
                let negated = self.takes_keyword("not");
                return Ok((negated, self.presence()?));
            }
            _ => return Err(self.no_predicate(keyword)),
        };
        Ok((negated, predicate))
    }

    fn no_predicate(&self, keyword: Option<String>) -> BadQuery {
        if let Some(word) = keyword
            && let Some(near) = nearest(&word, PREDICATES)
            && near != word
        {
            return self.bad(format!("unknown word {}: did you mean `{near}`?", quoted(&word)));
        }
        self.expected("what is asked, like `contains`, `matches`, `=` or `exists`,")
    }

    fn contains(&mut self) -> Result<Predicate, BadQuery> {
        let (mut case_sensitive, mut whole_word) = (false, false);
        self.flags(&mut case_sensitive, &mut whole_word);
        let text = match self.peek().map(|token| token.kind.clone()) {
            Some(Kind::Text(text) | Kind::Word(text)) => text,
            _ => return Err(self.expected("a text in quotes")),
        };
        self.take();
        if text.is_empty() {
            return Err(self.bad_before("there is no text to look for"));
        }
        self.flags(&mut case_sensitive, &mut whole_word);
        Ok(Predicate::Contains { text, case_sensitive, whole_word })
    }

    pub(super) fn flags(&mut self, case_sensitive: &mut bool, whole_word: &mut bool) {
        loop {
            match self.keyword().as_deref() {
                Some("exactly") => *case_sensitive = true,
                Some("word") => *whole_word = true,
                _ => return,
            }
            self.take();
        }
    }

    fn matches(&mut self) -> Result<Predicate, BadQuery> {
        let (pattern, ignored) = match self.peek().map(|token| token.kind.clone()) {
            Some(Kind::Pattern(pattern, ignored)) => (pattern, ignored),
            Some(Kind::Text(pattern)) => (pattern, false),
            _ => return Err(self.expected("a pattern, like /time-?out/,")),
        };
        self.take();
        if let Err(bad) = Needle::pattern(&pattern, !ignored, &mut self.memory) {
            return Err(self.bad_before(bad.to_string()));
        }
        let ignored = ignored || self.takes_keyword("i");
        Ok(Predicate::Matches { pattern, case_sensitive: !ignored })
    }

    fn presence(&mut self) -> Result<Predicate, BadQuery> {
        let predicate = match self.keyword().as_deref() {
            Some("null") => Predicate::Is(Presence::Null),
            Some("empty") => Predicate::Is(Presence::Empty),
            Some("present") => Predicate::Is(Presence::Present),
            Some("null-text") => Predicate::Is(Presence::NullText),
            Some("tombstone") => Predicate::Tombstone,
            Some("missing") => Predicate::Missing,
            _ => {
                return Err(self.expected("`null`, `empty`, `present`, `null-text` or `tombstone`"));
            }
        };
        self.take();
        Ok(predicate)
    }

    pub(super) fn list(&mut self) -> Result<Vec<Value>, BadQuery> {
        if !self.takes(&Kind::Open) {
            return Err(self.expected("values in parentheses"));
        }
        let mut values = Vec::new();
        if self.takes(&Kind::Close) {
            return Ok(values);
        }
        loop {
            values.push(self.value()?);
            if self.takes(&Kind::Close) {
                return Ok(values);
            }
            if !self.takes(&Kind::Comma) {
                return Err(self.expected("`,` or `)`"));
            }
        }
    }

    pub(super) fn value(&mut self) -> Result<Value, BadQuery> {
        let word = match self.peek().map(|token| token.kind.clone()) {
            Some(Kind::Text(text)) => {
                self.take();
                return Ok(Value::Text(text));
            }
            Some(Kind::Word(word)) => word,
            _ => return Err(self.expected("a text in quotes or a number")),
        };
        self.take();
        if let Some(number) = Number::new(&word) {
            return Ok(Value::Number(number));
        }
        Ok(match word.to_lowercase().as_str() {
            "true" => Value::Truth(true),
            "false" => Value::Truth(false),
            "null" => Value::Null,
            "hex" => match self.take().map(|token| token.kind) {
                Some(Kind::Text(digits)) => {
                    let what = "pairs of hexadecimal digits belong behind `hex`";
                    Value::Bytes(from_hex(&digits).ok_or_else(|| self.bad_before(what))?)
                }
                _ => return Err(self.bad_before("digits in quotes belong behind `hex`")),
            },
            _ => {
                let what = format!("a text stands in quotes: {}", quoted(&format!("\"{word}\"")));
                return Err(self.bad_before(what));
            }
        })
    }

    pub(super) fn bytes(&mut self) -> Result<u64, BadQuery> {
        let Some(Kind::Word(word)) = self.peek().map(|token| token.kind.clone()) else {
            return Err(self.expected("a size, like 10 kB"));
        };
        self.take();
        let (number, name) = split_size(&word);
        let mut factor = unit(name);
        if name.is_empty()
            && let Some(next) = self.keyword()
            && let Some(next) = unit(&next)
        {
            self.take();
            factor = Some(next);
        }
        let Some(factor) = factor else {
            return Err(self.bad_before("sizes are in B, kB, MB, GB, KiB, MiB or GiB"));
        };
        let what = "a size is a whole number of bytes, like 10 kB";
        size(number, factor).ok_or_else(|| self.bad_before(what))
    }
}

impl Value {
    pub fn literal(self) -> Option<Literal> {
        Some(match self {
            Value::Text(text) => Literal::Text(text),
            Value::Number(number) => Literal::Number(number),
            Value::Truth(truth) => Literal::Truth(truth),
            Value::Null => Literal::Null,
            Value::Bytes(_) => return None,
        })
    }
}
