//! A condition, made ready to be asked of millions of records.
//!
//! The answer is yes, no, or that it cannot be told, because what would have to be decoded cannot be
//! decoded. That is a third answer and not a no: whoever searches counts and lists such records,
//! because "no hits" must be true. It follows Kleene's logic: a no beside it is a no for
//! [`Condition::All`], a yes beside it a yes for [`Condition::Any`], and its opposite is itself.
//!
//! What costs least is asked first, and nothing is decoded where the first bytes of a part say that
//! it holds nothing but what stands in it: see [`Subject::is_its_own_bytes`].

mod decoded;
mod found;
mod test;

use memchr::memmem::Finder;

use crate::search::condition::{
    BadCondition, Comparison, Condition, Part, Place, Presence, SizeOf, Test,
};
use crate::search::needle::{Memory, Needle};
use crate::search::number::Number;
use crate::search::path::{Path, Step};
use crate::search::subject::{Answer, Subject, Undecided};
use decoded::decoded;
use found::found;
use test::{Question, compares, question};

/// The most conditions in one, counted with all that are inside of it.
const MOST: usize = 1000;

/// The deepest that conditions are inside each other.
const DEEPEST: usize = 50;

/// See the module.
#[derive(Debug)]
pub struct Filter {
    asked: Asked,
    decodes: bool,
}

#[derive(Debug)]
enum Asked {
    All(Vec<Asked>),
    Any(Vec<Asked>),
    Not(Box<Asked>),
    Found(Place, Needle),
    Equals(Place, Vec<u8>),
    HasHeader(Vec<u8>),
    HeaderCompared { name: Vec<u8>, how: Comparison, with: Number },
    Size(SizeOf, u64, u64),
    Is(Part, Presence),
    Partition(Vec<i32>),
    Decoded { part: Part, path: Path, name: Option<Box<Finder<'static>>>, question: Question },
}

impl Filter {
    /// Makes a condition ready.
    ///
    /// # Errors
    /// What is wrong with it, as a lower-case phrase.
    pub fn new(condition: &Condition) -> Result<Filter, BadCondition> {
        let mut left = Left { conditions: MOST, memory: Memory::default() };
        let asked = prepare(condition, DEEPEST, &mut left)?;
        let decodes = asked.decodes();
        Ok(Filter { asked, decodes })
    }

    /// Whether it may ask for decoded values at all.
    pub fn decodes(&self) -> bool {
        self.decodes
    }

    /// Asks.
    ///
    /// # Errors
    /// [`Undecided`], see the module.
    pub fn matches(&self, subject: &impl Subject) -> Answer {
        self.asked.of(subject)
    }
}

/// What is left of what a condition may take.
struct Left {
    conditions: usize,
    memory: Memory,
}

fn prepare(condition: &Condition, deeper: usize, left: &mut Left) -> Result<Asked, BadCondition> {
    let bad = |what: &str| BadCondition(what.to_owned());
    let many = || bad("there are more than 1000 conditions");
    left.conditions = left.conditions.checked_sub(1).ok_or_else(many)?;
    let deeper = deeper.checked_sub(1).ok_or_else(|| bad("conditions are nested too deep"))?;
    let mut each = |conditions: &[Condition]| {
        let mut all: Vec<Asked> =
            conditions.iter().map(|one| prepare(one, deeper, left)).collect::<Result<_, _>>()?;
        all.sort_by_key(Asked::cost);
        Ok(all)
    };
    Ok(match condition {
        Condition::All { conditions } => Asked::All(each(conditions)?),
        Condition::Any { conditions } => Asked::Any(each(conditions)?),
        Condition::Not { condition } => Asked::Not(Box::new(prepare(condition, deeper, left)?)),
        Condition::Contains { place, text, case_sensitive, whole_word } => Asked::Found(
            place.clone(),
            Needle::text(text, *case_sensitive, *whole_word, &mut left.memory)?,
        ),
        Condition::Matches { place, pattern, case_sensitive } => Asked::Found(
            place.clone(),
            Needle::pattern(pattern, *case_sensitive, &mut left.memory)?,
        ),
        Condition::Equals { place, bytes } => {
            Asked::Equals(place.clone(), bytes.as_slice().to_vec())
        }
        Condition::HasHeader { name } => Asked::HasHeader(name.as_bytes().to_vec()),
        Condition::HeaderCompared { name, how, with } => {
            Asked::HeaderCompared { name: name.as_bytes().to_vec(), how: *how, with: with.clone() }
        }
        Condition::Size { part, at_least, at_most } => {
            let (least, most) = (at_least.unwrap_or(0), at_most.unwrap_or(u64::MAX));
            if least > most {
                return Err(bad("the smallest size is larger than the largest"));
            }
            Asked::Size(*part, least, most)
        }
        Condition::Is { part, presence } => Asked::Is(*part, *presence),
        Condition::Partition { numbers } => Asked::Partition(numbers.clone()),
        Condition::Decoded { part, path, test } => Asked::Decoded {
            part: *part,
            path: path.clone(),
            name: last_name(path, test),
            question: question(test, &mut left.memory)?,
        },
    })
}

/// The name of a member without which the path leads nowhere, as it stands in a text without
/// escapes. None where nothing at the path may be what is asked for.
fn last_name(path: &Path, test: &Test) -> Option<Box<Finder<'static>>> {
    let name = path.steps().iter().rev().find_map(|step| match step {
        Step::Member(name) if !name.is_empty() => Some(name),
        _ => None,
    })?;
    (*test != Test::Missing).then(|| Box::new(Finder::new(name.as_bytes()).into_owned()))
}

impl Asked {
    /// In which order conditions are asked: what decodes comes last.
    fn cost(&self) -> u32 {
        match self {
            Asked::Partition(_) | Asked::Is(..) => 0,
            Asked::Size(SizeOf::Key | SizeOf::Value, ..) => 1,
            Asked::Equals(Place::Key | Place::Value, _) => 1,
            Asked::Found(Place::Key | Place::Value, Needle::Literal(_)) => 2,
            Asked::HasHeader(_)
            | Asked::HeaderCompared { .. }
            | Asked::Equals(..)
            | Asked::Size(..) => 3,
            Asked::Found(..) => 4,
            Asked::Decoded { .. } => 5,
            Asked::Not(asked) => asked.cost(),
            Asked::All(all) | Asked::Any(all) => all.iter().map(Asked::cost).max().unwrap_or(0),
        }
    }

    fn decodes(&self) -> bool {
        match self {
            Asked::All(all) | Asked::Any(all) => all.iter().any(Asked::decodes),
            Asked::Not(asked) => asked.decodes(),
            Asked::Found(place, _) => !matches!(place, Place::Headers | Place::Header { .. }),
            Asked::Decoded { .. } => true,
            _ => false,
        }
    }

    fn of(&self, subject: &impl Subject) -> Answer {
        match self {
            Asked::All(all) => combined(all, subject, false),
            Asked::Any(any) => combined(any, subject, true),
            Asked::Not(asked) => asked.of(subject).map(|answer| !answer),
            Asked::Found(place, needle) => found(place, needle, subject),
            Asked::Equals(place, bytes) => equals(place, bytes, subject),
            Asked::HasHeader(wanted) => subject.any_header(&mut |name, _| name == wanted),
            Asked::HeaderCompared { name, how, with } => header_compared(name, *how, with, subject),
            Asked::Size(part, least, most) => {
                Ok(size(*part, subject)?.is_some_and(|size| (*least..=*most).contains(&size)))
            }
            Asked::Is(part, presence) => Ok(presence_of(subject.bytes(*part)) == *presence
                || *presence == Presence::Present && subject.bytes(*part) == Some(b"null")),
            Asked::Partition(numbers) => Ok(numbers.contains(&subject.partition())),
            Asked::Decoded { part, path, name, question } => {
                decoded(*part, path, name.as_deref(), question, subject)
            }
        }
    }
}

/// Any of them where `wanted` is true, all of them where it is false. Asks on after one that cannot
/// be told: the next may settle it.
fn combined(asked: &[Asked], subject: &impl Subject, wanted: bool) -> Answer {
    let mut undecided = None;
    for one in asked {
        match one.of(subject) {
            Ok(answer) if answer == wanted => return Ok(wanted),
            Ok(_) => {}
            Err(why) => undecided = undecided.or(Some(why)),
        }
    }
    undecided.map_or(Ok(!wanted), Err)
}

fn equals(place: &Place, wanted: &[u8], subject: &impl Subject) -> Answer {
    let is = |part| subject.bytes(part) == Some(wanted);
    match place {
        Place::Key => Ok(is(Part::Key)),
        Place::Value => Ok(is(Part::Value)),
        Place::Headers => {
            subject.any_header(&mut |name, value| name == wanted || value == Some(wanted))
        }
        Place::Header { name: only } => {
            subject.any_header(&mut |name, value| name == only.as_bytes() && value == Some(wanted))
        }
        Place::Anywhere => {
            if is(Part::Key) || is(Part::Value) {
                return Ok(true);
            }
            subject.any_header(&mut |name, value| name == wanted || value == Some(wanted))
        }
    }
}

fn size(of: SizeOf, subject: &impl Subject) -> Result<Option<u64>, Undecided> {
    let part = |part| subject.bytes(part).map(|bytes| bytes.len() as u64);
    Ok(match of {
        SizeOf::Key => part(Part::Key),
        SizeOf::Value => part(Part::Value),
        SizeOf::Record => {
            let mut all = part(Part::Key).unwrap_or(0) + part(Part::Value).unwrap_or(0);
            subject.any_header(&mut |name, value| {
                all += (name.len() + value.map_or(0, <[u8]>::len)) as u64;
                false
            })?;
            Some(all)
        }
    })
}

fn presence_of(bytes: Option<&[u8]>) -> Presence {
    match bytes {
        None => Presence::Null,
        Some(b"") => Presence::Empty,
        Some(b"null") => Presence::NullText,
        Some(_) => Presence::Present,
    }
}

/// A number in a header is text; where one is anything else, nobody can tell what it means.
fn header_compared(
    wanted: &[u8],
    how: Comparison,
    with: &Number,
    subject: &impl Subject,
) -> Answer {
    let mut no_text = false;
    let passed = subject.any_header(&mut |name, value| match value {
        Some(value) if name == wanted => match std::str::from_utf8(value) {
            Ok(text) if !text.contains('\0') => compares(with, how, text.trim()),
            _ => {
                no_text = true;
                false
            }
        },
        _ => false,
    })?;
    match (passed, no_text) {
        (false, true) => Err(Undecided { why: "a header of this name is no text".to_owned() }),
        _ => Ok(passed),
    }
}

#[cfg(test)]
mod tests;
