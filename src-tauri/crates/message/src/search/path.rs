//! Where in a decoded value something is: `order.items[0].sku`, `items[*].price`, `["a.b"].c`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A path into a value. The empty path is the value itself. Reads and prints as text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Path(Vec<Step>);

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// The members of an object with this name: JSON may have it twice.
    Member(String),
    /// The element of an array at this place, from 0.
    Element(u64),
    /// Every element of an array.
    Every,
}

/// The most steps of a path.
pub const MOST_STEPS: usize = 64;

/// Why a text is no path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadPath {
    /// What is wrong, as a lower-case phrase.
    pub what: &'static str,
    /// Where, in characters from its start.
    pub at: usize,
}

impl fmt::Display for BadPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at character {} of the path", self.what, self.at + 1)
    }
}

impl Path {
    /// The steps, from the outside in.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Reads a path.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn read(text: &str) -> Result<Path, BadPath> {
        let mut steps = Vec::new();
        let mut rest = text;
        let place = |rest: &str| text.chars().count() - rest.chars().count();
        let bad = |what, rest: &str| BadPath { what, at: place(rest) };
        while !rest.is_empty() {
            if steps.len() == MOST_STEPS {
                return Err(bad("too many steps", rest));
            }
            if let Some(inside) = rest.strip_prefix('[') {
                let (step, after) = bracket(inside).map_err(|what| bad(what, inside))?;
                steps.push(step);
                rest = after;
                continue;
            }
            let name = match rest.strip_prefix('.') {
                Some(name) if !steps.is_empty() => name,
                Some(_) => return Err(bad("a name is missing", rest)),
                None if steps.is_empty() => rest,
                None => return Err(bad("a dot is missing", rest)),
            };
            let end = name.find(['.', '[', ']', '"']).unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            if name.is_empty() {
                return Err(bad("a name is missing", after));
            }
            if after.starts_with([']', '"']) {
                return Err(bad("this character stands in brackets and quotes only", after));
            }
            steps.push(Step::Member(name.to_owned()));
            rest = after;
        }
        Ok(Path(steps))
    }
}

/// What stands in brackets, and what follows them.
fn bracket(inside: &str) -> Result<(Step, &str), &'static str> {
    if let Some(after) = inside.strip_prefix("*]") {
        return Ok((Step::Every, after));
    }
    if inside.starts_with('"') {
        let mut strings = serde_json::Deserializer::from_str(inside).into_iter::<String>();
        let Some(Ok(name)) = strings.next() else {
            return Err("a name in quotes is not closed, or has an unknown escape");
        };
        let after = inside.get(strings.byte_offset()..).unwrap_or_default();
        let after = after.strip_prefix(']').ok_or("a closing bracket is missing")?;
        return Ok((Step::Member(name), after));
    }
    let (number, after) = inside.split_once(']').ok_or("a closing bracket is missing")?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    match number.parse() {
        Ok(number) if digits => Ok((Step::Element(number), after)),
        _ => Err("a number, * or a name in quotes belongs in brackets"),
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, step) in self.0.iter().enumerate() {
            match step {
                Step::Member(name) if name.is_empty() || name.contains(['.', '[', ']', '"']) => {
                    write!(f, "[{}]", serde_json::Value::from(name.as_str()))?;
                }
                Step::Member(name) if number == 0 => f.write_str(name)?,
                Step::Member(name) => write!(f, ".{name}")?,
                Step::Element(index) => write!(f, "[{index}]")?,
                Step::Every => f.write_str("[*]")?,
            }
        }
        Ok(())
    }
}

impl TryFrom<String> for Path {
    type Error = BadPath;

    fn try_from(text: String) -> Result<Path, BadPath> {
        Path::read(&text)
    }
}

impl From<Path> for String {
    fn from(path: Path) -> String {
        path.to_string()
    }
}

impl From<Vec<Step>> for Path {
    fn from(steps: Vec<Step>) -> Path {
        Path(steps)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_places_and_all_elements_are_read() {
        let member = |name: &str| Step::Member(name.to_owned());
        for (text, steps) in [
            ("", vec![]),
            ("amount", vec![member("amount")]),
            (
                "order.items[0].sku",
                vec![member("order"), member("items"), Step::Element(0), member("sku")],
            ),
            ("[*][2]", vec![Step::Every, Step::Element(2)]),
            (r#"["a.b"].c d.é"#, vec![member("a.b"), member("c d"), member("é")]),
            (r#"a["\u0041\"]"]"#, vec![member("a"), member("A\"]")]),
            (r#"[""]"#, vec![member("")]),
        ] {
            assert_eq!(Path::read(text).map(|path| path.0), Ok(steps), "{text}");
        }
    }

    #[test]
    fn what_is_no_path_is_told_with_its_place() {
        for (text, at) in [
            (".a", 0),
            ("a..b", 2),
            ("a.", 2),
            ("a[", 2),
            ("a[-1]", 2),
            ("a[1", 2),
            ("a[x]", 2),
            (r#"a["x]"#, 2),
            (r#"a["x"b]"#, 2),
            ("a]b", 1),
            ("[0]b", 3),
            ("a\"b", 1),
            ("é\"b", 1),
        ] {
            assert_eq!(Path::read(text).map_err(|bad| bad.at), Err(at), "{text}");
        }
        assert!(Path::read(&"a.".repeat(MOST_STEPS)).is_err());
    }

    proptest! {
        #[test]
        fn a_path_reads_back_what_it_prints(steps in prop::collection::vec(
            prop_oneof![
                any::<String>().prop_map(Step::Member),
                any::<u64>().prop_map(Step::Element),
                Just(Step::Every),
            ],
            0..MOST_STEPS,
        )) {
            let path = Path(steps);
            prop_assert_eq!(Path::read(&path.to_string()), Ok(path));
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = Path::read(&text);
        }
    }
}
