//! What a part, a header, a path, a size or the partition can be asked.

use crate::bytes::Octets;
use crate::search::condition::{Condition, Literal, Part, Place, Presence, SizeOf, Test};
use crate::search::path::Path;
use crate::search::text::BadQuery;
use crate::search::text::lexer::Operator;
use crate::search::text::parser::{Parser, not, single};
use crate::search::text::predicate::{Predicate, Value};

impl Parser {
    /// A text alone.
    pub(super) fn anywhere(&mut self, text: String) -> Result<Condition, BadQuery> {
        if text.is_empty() {
            return Err(self.bad_before("there is no text to look for"));
        }
        let (mut case_sensitive, mut whole_word) = (false, false);
        self.flags(&mut case_sensitive, &mut whole_word);
        Ok(Condition::Contains { place: Place::Anywhere, text, case_sensitive, whole_word })
    }

    pub(super) fn of_place(&mut self, place: Place) -> Result<Condition, BadQuery> {
        let (negated, predicate) = self.predicate()?;
        let condition = match predicate {
            Predicate::Equals(values) => {
                let equal = |value| match value {
                    Value::Text(text) => Some(Octets::from(text.into_bytes())),
                    Value::Bytes(bytes) => Some(Octets::from(bytes)),
                    _ => None,
                };
                let bytes: Option<Vec<_>> = values.into_iter().map(equal).collect();
                let what = "what may be in several places is compared with a text in quotes";
                any_equal(&place, bytes.ok_or_else(|| self.bad_before(what))?)
            }
            other => found(place, other).ok_or_else(|| {
                self.bad_before(
                    "several places can be asked for `contains`, `matches`, `=` and `in`",
                )
            })?,
        };
        Ok(negate(negated, condition))
    }

    pub(super) fn of_part(&mut self, part: Part) -> Result<Condition, BadQuery> {
        if self.takes_keyword("size") {
            return self.of_size(match part {
                Part::Key => SizeOf::Key,
                Part::Value => SizeOf::Value,
            });
        }
        let place = match part {
            Part::Key => Place::Key,
            Part::Value => Place::Value,
        };
        let is = |presence| Condition::Is { part, presence };
        let decoded = |test| Condition::Decoded { part, path: Path::default(), test };
        let (negated, predicate) = self.predicate()?;
        let condition = match predicate {
            Predicate::Equals(values) => {
                let mut conditions = Vec::new();
                for value in values {
                    conditions.push(match value {
                        Value::Text(text) => equals(&place, text.into_bytes().into()),
                        Value::Bytes(bytes) => equals(&place, bytes.into()),
                        Value::Null => {
                            let what = "nothing at all is asked for with `is null`";
                            return Err(self.bad_before(what));
                        }
                        other => {
                            decoded(Test::OneOf { values: other.literal().into_iter().collect() })
                        }
                    });
                }
                single(conditions).unwrap_or_else(|conditions| Condition::Any { conditions })
            }
            Predicate::Compared(how, with) => decoded(Test::Compared { how, with }),
            Predicate::Is(presence) => is(presence),
            Predicate::Tombstone if part == Part::Value => is(Presence::Null),
            Predicate::Tombstone => return Err(self.bad_before("only a value is a tombstone")),
            Predicate::Exists => not(is(Presence::Null)),
            Predicate::Missing => is(Presence::Null),
            other => match found(place, other) {
                Some(condition) => condition,
                None => return Err(self.bad_before("this cannot be asked here")),
            },
        };
        Ok(negate(negated, condition))
    }

    pub(super) fn of_header(&mut self, name: String) -> Result<Condition, BadQuery> {
        let place = Place::Header { name: name.clone() };
        let (negated, predicate) = self.predicate()?;
        let condition = match predicate {
            Predicate::Equals(values) => {
                let equal = |value| match value {
                    Value::Text(text) => Some(Octets::from(text.into_bytes())),
                    Value::Bytes(bytes) => Some(Octets::from(bytes)),
                    Value::Number(number) => Some(Octets::from(number.as_str())),
                    Value::Truth(truth) => Some(Octets::from(truth.to_string().as_str())),
                    Value::Null => None,
                };
                let bytes: Option<Vec<_>> = values.into_iter().map(equal).collect();
                let what = "a header is compared with a text or a number";
                any_equal(&place, bytes.ok_or_else(|| self.bad_before(what))?)
            }
            Predicate::Compared(how, with) => Condition::HeaderCompared { name, how, with },
            Predicate::Exists => Condition::HasHeader { name },
            Predicate::Missing => not(Condition::HasHeader { name }),
            other => found(place, other).ok_or_else(|| {
                self.bad_before("a header can be asked whether it `exists` or is `missing`")
            })?,
        };
        Ok(negate(negated, condition))
    }

    pub(super) fn of_decoded(&mut self, part: Part, path: Path) -> Result<Condition, BadQuery> {
        let (negated, predicate) = self.predicate()?;
        let test = match predicate {
            Predicate::Contains { text, case_sensitive, whole_word } => {
                Test::Containing { text, case_sensitive, whole_word }
            }
            Predicate::Matches { pattern, case_sensitive } => {
                Test::Matching { pattern, case_sensitive }
            }
            Predicate::Equals(values) => {
                let values: Option<_> = values.into_iter().map(Value::literal).collect();
                let what = "a decoded value is compared with a text, a number, true, false or null";
                Test::OneOf { values: values.ok_or_else(|| self.bad_before(what))? }
            }
            Predicate::Compared(how, with) => Test::Compared { how, with },
            Predicate::Is(Presence::Null) => Test::OneOf { values: vec![Literal::Null] },
            Predicate::Exists => Test::There,
            Predicate::Missing => Test::Missing,
            Predicate::Is(_) | Predicate::Tombstone => {
                let what = "a decoded value `is null`, `exists` or is `missing`";
                return Err(self.bad_before(what));
            }
        };
        Ok(negate(negated, Condition::Decoded { part, path, test }))
    }

    pub(super) fn of_size(&mut self, part: SizeOf) -> Result<Condition, BadQuery> {
        let size = |at_least, at_most| Condition::Size { part, at_least, at_most };
        if self.takes_keyword("between") {
            let least = self.bytes()?;
            if !self.takes_keyword("and") {
                return Err(self.expected("`and`"));
            }
            let most = self.bytes()?;
            if least > most {
                return Err(self.bad_before("the smallest size is larger than the largest"));
            }
            return Ok(size(Some(least), Some(most)));
        }
        let Some(operator) = self.operator() else {
            return Err(self.expected("`<`, `<=`, `>`, `>=`, `=` or `between`"));
        };
        let bytes = self.bytes()?;
        let below = || bytes.checked_sub(1).ok_or_else(|| self.bad_before("nothing is smaller"));
        let above = || bytes.checked_add(1).ok_or_else(|| self.bad_before("nothing is larger"));
        Ok(match operator {
            Operator::Equal => size(Some(bytes), Some(bytes)),
            Operator::Unequal => not(size(Some(bytes), Some(bytes))),
            Operator::Less => size(None, Some(below()?)),
            Operator::AtMost => size(None, Some(bytes)),
            Operator::More => size(Some(above()?), None),
            Operator::AtLeast => size(Some(bytes), None),
        })
    }

    pub(super) fn of_partition(&mut self) -> Result<Condition, BadQuery> {
        let negated = self.takes_keyword("not");
        let (negated, values) = match self.keyword().as_deref() {
            Some("in") => {
                self.take();
                (negated, self.list()?)
            }
            _ if negated => return Err(self.expected("`in`")),
            _ => match self.operator() {
                Some(Operator::Equal) => (false, vec![self.value()?]),
                Some(Operator::Unequal) => (true, vec![self.value()?]),
                Some(_) => return Err(self.bad_before("partitions are chosen with `=` or `in`")),
                None => return Err(self.expected("`=`, `!=` or `in`")),
            },
        };
        let number = |value| match value {
            Value::Number(number) => number.as_str().parse::<i32>().ok(),
            _ => None,
        };
        let numbers: Option<_> = values.into_iter().map(number).collect();
        let what = "partitions are whole numbers";
        let numbers = numbers.ok_or_else(|| self.bad_before(what))?;
        Ok(negate(negated, Condition::Partition { numbers }))
    }
}

fn found(place: Place, predicate: Predicate) -> Option<Condition> {
    Some(match predicate {
        Predicate::Contains { text, case_sensitive, whole_word } => {
            Condition::Contains { place, text, case_sensitive, whole_word }
        }
        Predicate::Matches { pattern, case_sensitive } => {
            Condition::Matches { place, pattern, case_sensitive }
        }
        _ => return None,
    })
}

fn equals(place: &Place, bytes: Octets) -> Condition {
    Condition::Equals { place: place.clone(), bytes }
}

fn any_equal(place: &Place, all: Vec<Octets>) -> Condition {
    let conditions = all.into_iter().map(|bytes| equals(place, bytes)).collect();
    single(conditions).unwrap_or_else(|conditions| Condition::Any { conditions })
}

fn negate(negated: bool, condition: Condition) -> Condition {
    if negated { not(condition) } else { condition }
}
