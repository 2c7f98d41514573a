//! What stands at a path in a JSON text, without building the rest of it.
//!
//! The whole text is checked, also after something was found: a broken one counts as not decodable,
//! wherever the break is. Values are given as they are written, so that numbers keep their digits;
//! where a name stands twice in an object, both are given.

use std::borrow::Cow;

use crate::render::json::{Bracket, Broken, Token, Tokens};
use crate::search::path::{MOST_STEPS, Path, Step};

/// Calls `found` with each value at the path, as it is written, in the order of the text.
///
/// # Errors
/// Where the text is not JSON, or deeper than [`crate::render::DEPTH_LIMIT`]. What was found before
/// was given all the same.
pub fn at_path<'t>(
    text: &'t str,
    path: &Path,
    mut found: impl FnMut(Written<'t>),
) -> Result<(), Broken> {
    let steps = path.steps();
    let mut tokens = Tokens::new(text);
    // How many of the open objects and arrays the path leads into, from the outermost; and of each
    // of those that is an array, the place of its element at hand.
    let mut into = 0;
    let mut places = [0_u64; MOST_STEPS];
    // Whether the next value is on the path.
    let mut on_path = true;
    // Where the object or array begins that the path leads to.
    let mut start = None;
    while let Some(token) = tokens.next() {
        match token? {
            Token::Open(bracket) => {
                let depth = tokens.depth();
                if on_path && depth > steps.len() {
                    start = Some(tokens.read() - 1);
                    on_path = false;
                } else if on_path {
                    into = depth;
                    if let Some(place) = places.get_mut(depth - 1) {
                        *place = 0;
                    }
                    on_path = bracket == Bracket::Array && is_element(steps.get(depth - 1), 0);
                }
            }
            Token::Close(_) => {
                let depth = tokens.depth();
                if depth == steps.len()
                    && let Some(start) = start.take()
                {
                    found(Written { raw: text.get(start..tokens.read()).unwrap_or_default() });
                }
                into = into.min(depth);
                on_path = false;
            }
            Token::Comma => {
                let depth = tokens.depth();
                on_path = false;
                if depth == into
                    && tokens.inside() == Some(Bracket::Array)
                    && let Some(place) = places.get_mut(depth.wrapping_sub(1))
                {
                    *place += 1;
                    on_path = is_element(steps.get(depth - 1), *place);
                }
            }
            Token::Name(name) => {
                let depth = tokens.depth();
                on_path = depth == into && is_member(steps.get(depth.wrapping_sub(1)), name);
            }
            Token::Colon => {}
            Token::Scalar(raw) => {
                if on_path && tokens.depth() == steps.len() {
                    found(Written { raw });
                }
                on_path = false;
            }
        }
    }
    Ok(())
}

/// Calls `found` with each string of a text, names too, as it is written.
///
/// # Errors
/// As [`at_path`].
pub fn each_string<'t>(text: &'t str, mut found: impl FnMut(&'t str)) -> Result<(), Broken> {
    for token in Tokens::new(text) {
        match token? {
            Token::Name(written) => found(written),
            Token::Scalar(written) if written.starts_with('"') => found(written),
            _ => {}
        }
    }
    Ok(())
}

fn is_element(step: Option<&Step>, place: u64) -> bool {
    match step {
        Some(Step::Every) => true,
        Some(Step::Element(wanted)) => *wanted == place,
        _ => false,
    }
}

/// Whether this is the name, which has its quotes and escapes.
fn is_member(step: Option<&Step>, written: &str) -> bool {
    let Some(Step::Member(wanted)) = step else { return false };
    let inside = written.get(1..written.len().saturating_sub(1)).unwrap_or_default();
    inside == wanted || inside.contains('\\') && unescaped(written) == wanted.as_str()
}

/// A string without its quotes and escapes. Half a surrogate pair becomes the replacement character:
/// no text can hold it.
pub fn unescaped(written: &str) -> Cow<'_, str> {
    let inside = written.get(1..written.len().saturating_sub(1)).unwrap_or_default();
    if !inside.contains('\\') {
        return Cow::Borrowed(inside);
    }
    let mut text = String::with_capacity(inside.len());
    let mut rest = inside;
    while let Some((before, after)) = rest.split_once('\\') {
        text.push_str(before);
        rest = match after.strip_prefix('u') {
            Some(digits) => unit(&mut text, digits),
            None => {
                let mut chars = after.chars();
                text.push(match chars.next() {
                    Some('b') => '\u{8}',
                    Some('f') => '\u{c}',
                    Some('n') => '\n',
                    Some('r') => '\r',
                    Some('t') => '\t',
                    Some(other) => other,
                    None => char::REPLACEMENT_CHARACTER,
                });
                chars.as_str()
            }
        };
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// Reads the digits of an escape, and those of a second one that makes a pair with it.
fn unit<'t>(text: &mut String, digits: &'t str) -> &'t str {
    let read = |digits: &'t str| {
        let unit = u16::from_str_radix(digits.get(..4)?, 16).ok()?;
        Some((unit, digits.get(4..)?))
    };
    let Some((first, rest)) = read(digits) else {
        text.push(char::REPLACEMENT_CHARACTER);
        return digits;
    };
    let pair = rest.strip_prefix("\\u").and_then(read).filter(|(second, _)| {
        (0xD800..0xDC00).contains(&first) && (0xDC00..0xE000).contains(second)
    });
    let (units, rest) = match pair {
        Some((second, rest)) => (vec![first, second], rest),
        None => (vec![first], rest),
    };
    text.extend(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)));
    rest
}

/// A value as it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Written<'t> {
    raw: &'t str,
}

/// What kind of value it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value<'t> {
    /// `null`
    Null,
    /// `true` or `false`
    Truth(bool),
    /// A number as it is written.
    Number(&'t str),
    /// A string, without quotes and escapes.
    Text(Cow<'t, str>),
    /// An object, as it is written.
    Object(&'t str),
    /// An array, as it is written.
    Array(&'t str),
}

impl<'t> Written<'t> {
    /// As it stands in the text.
    pub fn raw(self) -> &'t str {
        self.raw
    }

    /// What it is.
    pub fn value(self) -> Value<'t> {
        match self.raw.as_bytes().first() {
            Some(b'n') => Value::Null,
            Some(b't') => Value::Truth(true),
            Some(b'f') => Value::Truth(false),
            Some(b'"') => Value::Text(unescaped(self.raw)),
            Some(b'{') => Value::Object(self.raw),
            Some(b'[') => Value::Array(self.raw),
            _ => Value::Number(self.raw),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str, path: &str) -> Vec<String> {
        let mut all = Vec::new();
        let path = Path::read(path).unwrap();
        at_path(text, &path, |value| all.push(value.raw().to_owned())).unwrap();
        all
    }

    const ORDER: &str = r#" {"id":48812345678901234567, "a.b":1, "caf\u00e9":"x",
        "items":[{"sku":"A","tags":[]},{"sku":"B","tags":["x","y"]},3,[4,[5]]],
        "id":"twice", "order":{"amount":1.50,"amount":null}} "#;

    #[test]
    fn values_are_found_as_they_are_written_and_as_often_as_they_stand_there() {
        for (path, values) in [
            ("id", vec!["48812345678901234567", "\"twice\""]),
            (r#"["a.b"]"#, vec!["1"]),
            ("café", vec!["\"x\""]),
            ("items[1].sku", vec!["\"B\""]),
            ("items[*].sku", vec!["\"A\"", "\"B\""]),
            ("items[*].tags[*]", vec!["\"x\"", "\"y\""]),
            ("items[3][1][0]", vec!["5"]),
            ("items[0]", vec![r#"{"sku":"A","tags":[]}"#]),
            ("items[*][*]", vec!["4", "[5]"]),
            ("order.amount", vec!["1.50", "null"]),
            ("order", vec![r#"{"amount":1.50,"amount":null}"#]),
            ("items[4]", vec![]),
            ("items.sku", vec![]),
            ("id.x", vec![]),
            ("[0]", vec![]),
        ] {
            assert_eq!(found(ORDER, path), values, "{path}");
        }
        assert_eq!(found(ORDER, ""), [ORDER.trim()]);
        assert_eq!(found("[[1,2],[3]]", "[*][0]"), ["1", "3"]);
        assert_eq!(found("7", ""), ["7"]);
    }

    #[test]
    fn a_break_after_what_was_found_is_still_a_break() {
        let mut seen = Vec::new();
        let path = Path::read("a").unwrap();
        let read = at_path(r#"{"a":1,"b":}"#, &path, |value| seen.push(value.raw()));
        assert_eq!((read, seen), (Err(Broken::Unexpected { at: 11 }), vec!["1"]));
    }

    #[test]
    fn strings_are_compared_without_their_escapes() {
        for (written, text) in [
            (r#""a\"b\\\/\b\f\n\r\t""#, "a\"b\\/\u{8}\u{c}\n\r\t"),
            (r#""\u00e9\ud83d\ude00""#, "é😀"),
            (r#""\ud83dx\ude00\ud83d\u0041""#, "\u{fffd}x\u{fffd}\u{fffd}A"),
        ] {
            assert_eq!(unescaped(written), text, "{written}");
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        use serde_json::Value;
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "[a-c\"\\\\é\\u{0}]{0,3}".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map("[a-c\"é]{0,2}", inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// The same by way of a tree.
    fn oracle<'v>(value: &'v serde_json::Value, steps: &[Step]) -> Vec<&'v serde_json::Value> {
        let Some((step, rest)) = steps.split_first() else { return vec![value] };
        let next: Vec<_> = match (step, value) {
            (Step::Member(name), serde_json::Value::Object(members)) => {
                members.get(name).into_iter().collect()
            }
            (Step::Element(place), serde_json::Value::Array(elements)) => {
                elements.get(*place as usize).into_iter().collect()
            }
            (Step::Every, serde_json::Value::Array(elements)) => elements.iter().collect(),
            _ => Vec::new(),
        };
        next.into_iter().flat_map(|value| oracle(value, rest)).collect()
    }

    proptest! {
        #[test]
        fn what_a_tree_would_find_is_found(
            value in json(),
            steps in prop::collection::vec(
                prop_oneof![
                    "[a-c\"é]{0,2}".prop_map(Step::Member),
                    (0_u64..3).prop_map(Step::Element),
                    Just(Step::Every),
                ],
                0..4,
            ),
        ) {
            let text = value.to_string();
            let mut all = Vec::new();
            at_path(&text, &Path::from(steps.clone()), |value| {
                all.push(serde_json::from_str::<serde_json::Value>(value.raw()).unwrap());
            }).unwrap();
            prop_assert_eq!(all.iter().collect::<Vec<_>>(), oracle(&value, &steps));
        }

        #[test]
        fn no_text_panics(text in "[\\[\\]{}:,\"\\\\a0-9 u]{0,40}", path in "[ab.\\[\\]0-9*]{0,8}") {
            if let Ok(path) = Path::read(&path) {
                let _ = at_path(&text, &path, |value| { let _ = value.value(); });
            }
        }
    }
}
