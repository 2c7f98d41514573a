//! What is asked of a decoded value, made ready.

use std::cmp::Ordering;

use crate::search::condition::{BadCondition, Comparison, Literal, Test};
use crate::search::json::Value;
use crate::search::needle::{Memory, Needle};
use crate::search::number::Number;

#[derive(Debug)]
pub(super) enum Question {
    There,
    Missing,
    OneOf(Vec<Literal>),
    Compared(Comparison, Number),
    Found(Needle),
}

pub(super) fn question(test: &Test, memory: &mut Memory) -> Result<Question, BadCondition> {
    Ok(match test {
        Test::There => Question::There,
        Test::Missing => Question::Missing,
        Test::OneOf { values } if values.is_empty() => {
            return Err(BadCondition("there is no value to compare with".to_owned()));
        }
        Test::OneOf { values } => Question::OneOf(values.clone()),
        Test::Compared { how, with } => Question::Compared(*how, with.clone()),
        Test::Containing { text, case_sensitive, whole_word } => {
            Question::Found(Needle::text(text, *case_sensitive, *whole_word, memory)?)
        }
        Test::Matching { pattern, case_sensitive } => {
            Question::Found(Needle::pattern(pattern, *case_sensitive, memory)?)
        }
    })
}

impl Question {
    /// Where nothing is at the path.
    pub fn of_nothing(&self) -> bool {
        matches!(self, Question::Missing)
    }

    pub fn of(&self, value: &Value<'_>) -> bool {
        match self {
            Question::There => true,
            Question::Missing => false,
            Question::OneOf(literals) => literals.iter().any(|literal| is(literal, value)),
            Question::Compared(how, with) => match value {
                Value::Number(lexeme) => compares(with, *how, lexeme),
                _ => false,
            },
            Question::Found(needle) => match value {
                Value::Text(text) => needle.is_in(text.as_bytes()),
                _ => false,
            },
        }
    }
}

fn is(literal: &Literal, value: &Value<'_>) -> bool {
    match (literal, value) {
        (Literal::Null, Value::Null) => true,
        (Literal::Truth(wanted), Value::Truth(found)) => wanted == found,
        (Literal::Text(wanted), Value::Text(found)) => wanted == found,
        (Literal::Number(wanted), Value::Number(found)) => {
            wanted.compare(found) == Some(Ordering::Equal)
        }
        _ => false,
    }
}

/// Whether a number, as it is written, compares so; false where it is none.
pub(super) fn compares(with: &Number, how: Comparison, lexeme: &str) -> bool {
    // It is the other way round: what is asked for is compared with what is there.
    with.compare(lexeme).is_some_and(|with| match how {
        Comparison::Less => with.is_gt(),
        Comparison::AtMost => with.is_ge(),
        Comparison::More => with.is_lt(),
        Comparison::AtLeast => with.is_le(),
    })
}
