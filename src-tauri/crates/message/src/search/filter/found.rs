//! A text or a pattern, looked for in a part, in headers, or anywhere.

use crate::search::condition::{Part, Place};
use crate::search::json;
use crate::search::needle::Needle;
use crate::search::subject::{Answer, Decoded, Subject, Undecided};

pub(super) fn found(place: &Place, needle: &Needle, subject: &impl Subject) -> Answer {
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
        Place::Key => in_part(Part::Key, needle, subject),
        Place::Value => in_part(Part::Value, needle, subject),
        Place::Headers => in_headers(None),
        Place::Header { name } => in_headers(Some(name)),
        Place::Anywhere => {
            let mut undecided = None;
            let parts = [Part::Value, Part::Key].map(Some);
            for place in parts.into_iter().chain([None]) {
                let answer = match place {
                    Some(part) => in_part(part, needle, subject),
                    None => in_headers(None),
                };
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

fn in_part(part: Part, needle: &Needle, subject: &impl Subject) -> Answer {
    let Some(bytes) = subject.bytes(part) else { return Ok(false) };
    if subject.is_its_own_bytes(part) {
        if needle.is_in(bytes) {
            return Ok(true);
        }
        // Without a backslash there are no escapes, and a text shows what it is.
        if memchr::memchr(b'\\', bytes).is_none() {
            return Ok(false);
        }
        return Ok(match subject.decoded(part) {
            Decoded::Text { text, .. } => unescaped(text, needle),
            _ => false,
        });
    }
    match subject.decoded(part) {
        Decoded::Null => Ok(false),
        Decoded::Text { text, source } => Ok(source.is_some_and(|source| needle.is_in(source))
            || needle.is_in(text.as_bytes())
            || unescaped(text, needle)),
        Decoded::Opaque(bytes) => Ok(needle.is_in(bytes)),
        Decoded::Failed { bytes: Some(bytes), .. } if needle.is_in(bytes) => Ok(true),
        Decoded::Failed { reason, .. } => Err(Undecided { why: reason.to_string() }),
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
