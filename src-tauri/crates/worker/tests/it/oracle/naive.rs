//! What a condition says of a record, found out in the plainest way.
//!
//! Knows the shape of conditions and what their documentation says, and nothing of how they are
//! evaluated: no code of the product's search is called.

use message::search::condition::{Comparison, Literal, Part, Place, Presence, SizeOf, Test};
use message::search::{Condition, Step};

use super::json::{Json, is_number, millionths};
use super::truth::Seen;

/// What a part holds.
enum Held<'a> {
    Nothing,
    Text(&'a str),
    Opaque(&'a [u8]),
    Failed,
}

/// True, false, or `None` where it cannot be told.
pub fn says(condition: &Condition, seen: &Seen) -> Option<bool> {
    match condition {
        Condition::All { conditions } => all(conditions.iter().map(|one| says(one, seen))),
        Condition::Any { conditions } => any(conditions.iter().map(|one| says(one, seen))),
        Condition::Not { condition } => says(condition, seen).map(|answer| !answer),
        Condition::Contains { place, text, case_sensitive, whole_word } => {
            let finds = |inside: &str| contains(inside, text, *case_sensitive, *whole_word);
            in_place(place, seen, &finds)
        }
        Condition::Matches { place, pattern, case_sensitive } => {
            in_place(place, seen, &|inside: &str| matches(inside, pattern, *case_sensitive))
        }
        Condition::Equals { place, bytes } => Some(equals(place, bytes.as_slice(), seen)),
        Condition::HasHeader { name } => Some(seen.headers.iter().any(|(n, _)| n == name)),
        Condition::HeaderCompared { name, how, with } => any(values_of(name, seen).map(|value| {
            let text = std::str::from_utf8(value).ok().filter(|text| !text.contains('\0'))?;
            Some(is_number(text.trim()) && compares(text.trim(), *how, with.as_str()))
        })),
        Condition::Size { part, at_least, at_most } => {
            let length = |bytes: &Option<Vec<u8>>| bytes.as_ref().map(Vec::len);
            let size = match part {
                SizeOf::Key => length(&seen.key),
                SizeOf::Value => length(&seen.value),
                SizeOf::Record => {
                    let header =
                        |(name, value): &(String, _)| name.len() + length(value).unwrap_or(0);
                    let headers: usize = seen.headers.iter().map(header).sum();
                    let parts = [&seen.key, &seen.value];
                    Some(headers + parts.into_iter().filter_map(length).sum::<usize>())
                }
            };
            let fits = |size: usize| {
                at_least.is_none_or(|least| size as u64 >= least)
                    && at_most.is_none_or(|most| size as u64 <= most)
            };
            Some(size.is_some_and(fits))
        }
        Condition::Is { part, presence } => {
            let bytes = seen.part(*part);
            Some(match presence {
                Presence::Null => bytes.is_none(),
                Presence::Empty => bytes == Some(b""),
                Presence::NullText => bytes == Some(b"null"),
                Presence::Present => bytes.is_some_and(|bytes| !bytes.is_empty()),
            })
        }
        Condition::Partition { numbers } => Some(numbers.contains(&seen.partition)),
        Condition::Decoded { part, path, test } => {
            decoded(&held(seen.part(*part)), path.steps(), test)
        }
    }
}

fn all(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    any(answers.map(|answer| answer.map(|yes| !yes))).map(|no| !no)
}

fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let answers: Vec<_> = answers.collect();
    if answers.contains(&Some(true)) {
        return Some(true);
    }
    if answers.contains(&None) { None } else { Some(false) }
}

/// What the world puts into records, told apart.
fn held(bytes: Option<&[u8]>) -> Held<'_> {
    let Some(bytes) = bytes else { return Held::Nothing };
    if bytes.starts_with(b"\x1f\x8b\x08") {
        return Held::Failed;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Held::Text(text),
        _ => Held::Opaque(bytes),
    }
}

fn values_of<'s>(name: &str, seen: &'s Seen) -> impl Iterator<Item = &'s [u8]> {
    let of_name = seen.headers.iter().filter(move |(known, _)| known == name);
    of_name.filter_map(|(_, value)| value.as_deref())
}

fn in_place(place: &Place, seen: &Seen, finds: &impl Fn(&str) -> bool) -> Option<bool> {
    let of = |part| in_part(&held(seen.part(part)), finds);
    let bytes = |bytes: &[u8]| finds(&String::from_utf8_lossy(bytes));
    let in_headers = || {
        seen.headers.iter().any(|(name, value)| finds(name) || value.as_deref().is_some_and(bytes))
    };
    match place {
        Place::Key => of(Part::Key),
        Place::Value => of(Part::Value),
        Place::Headers => Some(in_headers()),
        Place::Header { name } => Some(values_of(name, seen).any(bytes)),
        Place::Anywhere => any([of(Part::Key), of(Part::Value), Some(in_headers())].into_iter()),
    }
}

fn in_part(held: &Held<'_>, finds: &impl Fn(&str) -> bool) -> Option<bool> {
    match held {
        Held::Nothing => Some(false),
        Held::Failed => None,
        // What is no text stands out as characters that nothing looks for.
        Held::Opaque(bytes) => Some(finds(&String::from_utf8_lossy(bytes))),
        Held::Text(text) => {
            let mut found = finds(text);
            if let Some(json) = Json::of(text).filter(|_| text.contains('\\')) {
                json.strings(&mut |inside| found |= finds(inside));
            }
            Some(found)
        }
    }
}

fn equals(place: &Place, wanted: &[u8], seen: &Seen) -> bool {
    let is = |part| seen.part(part) == Some(wanted);
    let in_headers = || {
        let mut all = seen.headers.iter();
        all.any(|(name, value)| name.as_bytes() == wanted || value.as_deref() == Some(wanted))
    };
    match place {
        Place::Key => is(Part::Key),
        Place::Value => is(Part::Value),
        Place::Headers => in_headers(),
        Place::Header { name } => values_of(name, seen).any(|value| value == wanted),
        Place::Anywhere => is(Part::Key) || is(Part::Value) || in_headers(),
    }
}

fn folded(text: &str, case_sensitive: bool) -> Vec<char> {
    if case_sensitive { text.chars().collect() } else { text.to_lowercase().chars().collect() }
}

fn contains(inside: &str, text: &str, case_sensitive: bool, whole_word: bool) -> bool {
    let (inside, text) = (folded(inside, case_sensitive), folded(text, case_sensitive));
    let is_word = |c: Option<&char>| c.is_some_and(|c| c.is_alphanumeric() || *c == '_');
    inside.windows(text.len()).enumerate().any(|(at, window)| {
        let before = at.checked_sub(1).and_then(|at| inside.get(at));
        let after = inside.get(at + text.len());
        window == text && !(whole_word && (is_word(before) || is_word(after)))
    })
}

/// The patterns that the cases have, and what they mean.
pub const PATTERNS: [&str; 5] =
    [r"order-\d+", r"^\{", "fail(ed|ure)", "[A-Z]{3}[0-9]{2}", r#""amount": ?1\d\d"#];

fn matches(inside: &str, pattern: &str, case_sensitive: bool) -> bool {
    let has = |text: &str| contains(inside, text, case_sensitive, false);
    let chars: Vec<char> = inside.chars().collect();
    // A digit of any script is one; the world has the common ones.
    let digits = |chars: &[char]| chars.iter().all(char::is_ascii_digit);
    let after = |text: &str, then: &dyn Fn(&[char]) -> bool| {
        let (inside, text) = (folded(inside, case_sensitive), folded(text, case_sensitive));
        (0..inside.len())
            .any(|at| inside[at..].starts_with(&text) && then(&inside[at + text.len()..]))
    };
    match PATTERNS.iter().position(|known| *known == pattern) {
        Some(0) => after("order-", &|rest| rest.first().is_some_and(char::is_ascii_digit)),
        Some(1) => inside.starts_with('{'),
        Some(2) => has("failed") || has("failure"),
        Some(3) => chars.windows(5).any(|five| {
            let letter =
                |c: &char| c.is_ascii_uppercase() || !case_sensitive && c.is_ascii_lowercase();
            five[..3].iter().all(letter) && digits(&five[3..])
        }),
        Some(4) => after("\"amount\":", &|rest| {
            let rest = rest.strip_prefix(&[' ']).unwrap_or(rest);
            rest.len() >= 3 && rest[0] == '1' && digits(&rest[1..3])
        }),
        _ => panic!("nobody said what {pattern} means"),
    }
}

fn compares(there: &str, how: Comparison, with: &str) -> bool {
    let (Some(there), Some(with)) = (millionths(there), millionths(with)) else { return false };
    match how {
        Comparison::Less => there < with,
        Comparison::AtMost => there <= with,
        Comparison::More => there > with,
        Comparison::AtLeast => there >= with,
    }
}

fn decoded(held: &Held<'_>, steps: &[Step], test: &Test) -> Option<bool> {
    let text = match held {
        Held::Nothing | Held::Text("") => return Some(*test == Test::Missing),
        Held::Text(text) => text,
        Held::Opaque(_) | Held::Failed => return None,
    };
    let Some(json) = Json::of(text) else {
        // Nothing is at a path whose last name does not stand anywhere in the text, broken or not.
        let name = steps.iter().rev().find_map(|step| match step {
            Step::Member(name) => Some(name),
            _ => None,
        });
        let is_nowhere = name.is_some_and(|name| !text.contains(name) && !text.contains('\\'));
        return (is_nowhere && *test != Test::Missing).then_some(false);
    };
    let found = at_path(&json, steps);
    Some(match test {
        Test::Missing => found.is_empty(),
        _ => found.iter().any(|value| passes(value, test)),
    })
}

fn at_path<'j>(json: &'j Json, steps: &[Step]) -> Vec<&'j Json> {
    let Some((step, rest)) = steps.split_first() else { return vec![json] };
    let next: Vec<&Json> = match (step, json) {
        (Step::Member(wanted), Json::Object(members)) => {
            members.iter().filter(|(name, _)| name == wanted).map(|(_, value)| value).collect()
        }
        (Step::Element(place), Json::Array(all)) => {
            all.get(usize::try_from(*place).unwrap()).into_iter().collect()
        }
        (Step::Every, Json::Array(all)) => all.iter().collect(),
        _ => Vec::new(),
    };
    next.into_iter().flat_map(|json| at_path(json, rest)).collect()
}

fn passes(value: &Json, test: &Test) -> bool {
    match (test, value) {
        (Test::There, _) => true,
        (Test::OneOf { values }, _) => values.iter().any(|literal| match (literal, value) {
            (Literal::Null, Json::Null) => true,
            (Literal::Truth(wanted), Json::Truth(there)) => wanted == there,
            (Literal::Text(wanted), Json::Text(there)) => wanted == there,
            (Literal::Number(wanted), Json::Number(there)) => {
                millionths(wanted.as_str()) == millionths(there)
            }
            _ => false,
        }),
        (Test::Compared { how, with }, Json::Number(there)) => compares(there, *how, with.as_str()),
        (Test::Containing { text, case_sensitive, whole_word }, Json::Text(there)) => {
            contains(there, text, *case_sensitive, *whole_word)
        }
        (Test::Matching { pattern, case_sensitive }, Json::Text(there)) => {
            matches(there, pattern, *case_sensitive)
        }
        _ => false,
    }
}
