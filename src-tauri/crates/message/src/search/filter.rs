//! A condition, made ready to be asked of millions of records.
//!
//! The answer is yes, no, or that it cannot be told, because what would have to be decoded cannot be
//! decoded. That is a third answer and not a no: whoever searches counts and lists such records,
//! because "no hits" must be true. It follows Kleene's logic: a no beside it is a no for
//! [`Condition::All`], a yes beside it a yes for [`Condition::Any`], and its opposite is itself.
//!
//! What costs least is asked first, and what is asked of decoded values is not decoded where the
//! bytes alone rule it out: see [`Subject::is_text`].

mod test;

use memchr::memmem::Finder;

use crate::render::Broken;
use crate::search::condition::{BadCondition, Condition, Part, Place, Presence, SizeOf, Test};
use crate::search::json;
use crate::search::needle::Needle;
use crate::search::path::{Path, Step};
use test::{Question, question};

/// The most conditions in one, counted with all that are inside of it.
const MOST: usize = 1000;

/// The deepest that conditions are inside each other.
const DEEPEST: usize = 50;

/// What is asked of the name and the value of a header.
pub type AskHeader<'a> = dyn FnMut(&[u8], Option<&[u8]>) -> bool + 'a;

/// What is asked. Each part is asked for as often as conditions need it.
pub trait Subject {
    /// Its partition.
    fn partition(&self) -> i32;
    /// The bytes of a part, `None` for null.
    fn bytes(&self, part: Part) -> Option<&[u8]>;
    /// Calls with the name and value of each header, in their order, until it answers true.
    ///
    /// # Errors
    /// Where the headers cannot be read.
    fn any_header(&self, ask: &mut AskHeader<'_>) -> Result<bool, Undecided>;
    /// Whether a part decodes to itself: it is text, and if it is JSON, then this text is the JSON.
    fn is_text(&self, part: Part) -> bool;
    /// What a part decodes to, as JSON or other text; `None` for null.
    ///
    /// # Errors
    /// Where it cannot be decoded.
    fn decoded(&self, part: Part) -> Result<Option<&str>, Undecided>;
}

/// Why it cannot be told whether a record is one that is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undecided {
    /// A lower-case phrase without any byte of the record.
    pub why: String,
}

/// Yes, no, or that it cannot be told.
pub type Answer = Result<bool, Undecided>;

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
        let mut left = MOST;
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

fn prepare(condition: &Condition, deeper: usize, left: &mut usize) -> Result<Asked, BadCondition> {
    let bad = |what: &str| BadCondition(what.to_owned());
    *left = left.checked_sub(1).ok_or_else(|| bad("there are more than 1000 conditions"))?;
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
        Condition::Contains { place, text, case_sensitive, whole_word } => {
            Asked::Found(place.clone(), Needle::text(text, *case_sensitive, *whole_word)?)
        }
        Condition::Matches { place, pattern, case_sensitive } => {
            Asked::Found(place.clone(), Needle::pattern(pattern, *case_sensitive)?)
        }
        Condition::Equals { place, bytes } => {
            Asked::Equals(place.clone(), bytes.as_slice().to_vec())
        }
        Condition::HasHeader { name } => Asked::HasHeader(name.as_bytes().to_vec()),
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
            question: question(test)?,
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
            Asked::HasHeader(_) | Asked::Equals(..) | Asked::Size(..) => 3,
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
            Asked::Found(place, _) => !matches!(place, Place::Header { .. }),
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
            Asked::Size(part, least, most) => {
                Ok(size(*part, subject)?.is_some_and(|size| (*least..=*most).contains(&size)))
            }
            Asked::Is(part, presence) => Ok(presence_of(subject.bytes(*part)) == *presence
                || *presence == Presence::Present && subject.bytes(*part) == Some(b"null")),
            Asked::Partition(numbers) => Ok(numbers.contains(&subject.partition())),
            Asked::Decoded { part, path, name, question } => {
                if let (Some(name), Some(bytes)) = (name, subject.bytes(*part))
                    && subject.is_text(*part)
                    && name.find(bytes).is_none()
                    && memchr::memchr(b'\\', bytes).is_none()
                {
                    // Whatever else is wrong with the text, nothing can be at the path.
                    return Ok(false);
                }
                decoded(*part, path, question, subject)
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

/// In the bytes as they are; and, where those do not have it, in what they decode to.
fn found(place: &Place, needle: &Needle, subject: &impl Subject) -> Answer {
    let in_part = |part| {
        let Some(bytes) = subject.bytes(part) else { return Ok(false) };
        if needle.is_in(bytes) {
            return Ok(true);
        }
        // A text without a backslash shows what it is.
        if subject.is_text(part) && memchr::memchr(b'\\', bytes).is_none() {
            return Ok(false);
        }
        Ok(subject
            .decoded(part)?
            .is_some_and(|text| needle.is_in(text.as_bytes()) || unescaped(text, needle)))
    };
    let in_headers = |only: Option<&str>| {
        subject.any_header(&mut |name, value| {
            let value = value.is_some_and(|value| needle.is_in(value));
            match only {
                Some(only) => value && name == only.as_bytes(),
                None => value || needle.is_in(name),
            }
        })
    };
    match place {
        Place::Key => in_part(Part::Key),
        Place::Value => in_part(Part::Value),
        Place::Header { name } => in_headers(Some(name)),
        Place::Anywhere => {
            let mut undecided = None;
            for answer in [in_part(Part::Value), in_part(Part::Key), in_headers(None)] {
                match answer {
                    Ok(true) => return Ok(true),
                    Ok(false) => {}
                    Err(why) => undecided = undecided.or(Some(why)),
                }
            }
            undecided.map_or(Ok(false), Err)
        }
    }
}

/// Whether a string of a JSON text has it once its escapes are read.
fn unescaped(text: &str, needle: &Needle) -> bool {
    if memchr::memchr(b'\\', text.as_bytes()).is_none() {
        return false;
    }
    let mut found = false;
    // Where the text breaks, its strings up to there were looked at; after it there are none.
    let _ = json::each_string(text, |written| {
        found =
            found || written.contains('\\') && needle.is_in(json::unescaped(written).as_bytes());
    });
    found
}

fn equals(place: &Place, wanted: &[u8], subject: &impl Subject) -> Answer {
    let is = |part| subject.bytes(part) == Some(wanted);
    match place {
        Place::Key => Ok(is(Part::Key)),
        Place::Value => Ok(is(Part::Value)),
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

fn decoded(part: Part, path: &Path, question: &Question, subject: &impl Subject) -> Answer {
    let Some(text) = subject.decoded(part)? else {
        // Null holds nothing at any path.
        return Ok(question.of_nothing());
    };
    let (mut passed, mut any) = (false, false);
    let read = json::at_path(text, path, |written| {
        any = true;
        passed = passed || question.of(&written.value());
    });
    match read {
        Ok(()) if any => Ok(passed),
        Ok(()) => Ok(question.of_nothing()),
        Err(broken) => Err(Undecided { why: not_json(broken) }),
    }
}

fn not_json(broken: Broken) -> String {
    match broken {
        Broken::Unexpected { at } => format!("not JSON at byte {at}"),
        Broken::Ends { at } => format!("the JSON is incomplete from byte {at}"),
        Broken::TooDeep { at } => format!("the JSON is nested too deep at byte {at}"),
    }
}

#[cfg(test)]
mod tests;
