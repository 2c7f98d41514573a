//! Conditions as text.

use std::fmt::Write;

use crate::render::acts;
use crate::search::condition::{
    Comparison, Condition, Literal, Part, Place, Presence, SizeOf, Test,
};
use crate::search::path::{Path, Step};
use crate::search::text::literal::{hex, sized};

pub(super) fn print(condition: &Condition) -> String {
    let mut out = String::new();
    query(condition, &mut out);
    out
}

fn query(condition: &Condition, out: &mut String) {
    let (conditions, between) = match condition {
        Condition::All { conditions } => (conditions, " and "),
        Condition::Any { conditions } => (conditions, " or "),
        other => return one(other, out),
    };
    match conditions.as_slice() {
        [] => out.push_str(if between == " and " { "everything" } else { "nothing" }),
        [only] => query(only, out),
        several => {
            for (number, condition) in several.iter().enumerate() {
                if number > 0 {
                    out.push_str(between);
                }
                operand(condition, out);
            }
        }
    }
}

/// In parentheses where it is put together itself.
fn operand(condition: &Condition, out: &mut String) {
    match condition {
        Condition::All { conditions } | Condition::Any { conditions } => {
            match conditions.as_slice() {
                [] => query(condition, out),
                [only] => operand(only, out),
                _ => {
                    out.push('(');
                    query(condition, out);
                    out.push(')');
                }
            }
        }
        other => one(other, out),
    }
}

fn one(condition: &Condition, out: &mut String) {
    match condition {
        Condition::All { .. } | Condition::Any { .. } => query(condition, out),
        Condition::Not { condition } => {
            out.push_str("not ");
            operand(condition, out);
        }
        Condition::Contains { place, text, case_sensitive, whole_word } => {
            of_place(place, out);
            contains(text, *case_sensitive, *whole_word, out);
        }
        Condition::Matches { place, pattern, case_sensitive } => {
            of_place(place, out);
            matches(pattern, *case_sensitive, out);
        }
        Condition::Equals { place, bytes } => {
            of_place(place, out);
            out.push_str(" = ");
            match std::str::from_utf8(bytes.as_slice()) {
                Ok(text) => quoted(text, out),
                Err(_) => {
                    let _ = write!(out, "hex \"{}\"", hex(bytes.as_slice()));
                }
            }
        }
        Condition::HasHeader { name } => {
            of_header(name, out);
            out.push_str(" exists");
        }
        Condition::HeaderCompared { name, how, with } => {
            of_header(name, out);
            let _ = write!(out, " {} {with}", sign(*how));
        }
        Condition::Size { part, at_least, at_most } => {
            out.push_str(match part {
                SizeOf::Key => "key size ",
                SizeOf::Value => "value size ",
                SizeOf::Record => "size ",
            });
            out.push_str(&bounds(*at_least, *at_most));
        }
        Condition::Is { part, presence } => {
            out.push_str(name_of(*part));
            out.push_str(match presence {
                Presence::Null => " is null",
                Presence::Empty => " is empty",
                Presence::NullText => " is null-text",
                Presence::Present => " is present",
            });
        }
        Condition::Partition { numbers } => match numbers.as_slice() {
            [only] => {
                let _ = write!(out, "partition = {only}");
            }
            several => {
                let all: Vec<_> = several.iter().map(i32::to_string).collect();
                let _ = write!(out, "partition in ({})", all.join(", "));
            }
        },
        Condition::Decoded { part, path, test } => {
            if path.steps().is_empty() {
                out.push_str("decoded ");
            }
            out.push_str(name_of(*part));
            of_path(path, out);
            of_test(test, out);
        }
    }
}

fn name_of(part: Part) -> &'static str {
    match part {
        Part::Key => "key",
        Part::Value => "value",
    }
}

fn of_place(place: &Place, out: &mut String) {
    match place {
        Place::Anywhere => out.push_str("anywhere"),
        Place::Headers => out.push_str("headers"),
        Place::Key => out.push_str("key"),
        Place::Value => out.push_str("value"),
        Place::Header { name } => of_header(name, out),
    }
}

fn of_header(name: &str, out: &mut String) {
    out.push_str("header ");
    quoted(name, out);
}

fn of_path(path: &Path, out: &mut String) {
    for step in path.steps() {
        match step {
            Step::Member(name) if is_plain(name) => {
                let _ = write!(out, ".{name}");
            }
            Step::Member(name) => {
                out.push('[');
                quoted(name, out);
                out.push(']');
            }
            Step::Element(place) => {
                let _ = write!(out, "[{place}]");
            }
            Step::Every => out.push_str("[*]"),
        }
    }
}

/// A name that needs no quotes.
fn is_plain(name: &str) -> bool {
    let plain =
        |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '$' | '@' | ':' | '*' | '/');
    !name.is_empty() && name.chars().all(|c| plain(c) && !acts(c))
}

fn of_test(test: &Test, out: &mut String) {
    match test {
        Test::There => out.push_str(" exists"),
        Test::Missing => out.push_str(" missing"),
        Test::OneOf { values } => match values.as_slice() {
            [only] => {
                out.push_str(" = ");
                literal(only, out);
            }
            several => {
                out.push_str(" in (");
                for (number, value) in several.iter().enumerate() {
                    if number > 0 {
                        out.push_str(", ");
                    }
                    literal(value, out);
                }
                out.push(')');
            }
        },
        Test::Compared { how, with } => {
            let _ = write!(out, " {} {with}", sign(*how));
        }
        Test::Containing { text, case_sensitive, whole_word } => {
            contains(text, *case_sensitive, *whole_word, out);
        }
        Test::Matching { pattern, case_sensitive } => matches(pattern, *case_sensitive, out),
    }
}

fn sign(how: Comparison) -> &'static str {
    match how {
        Comparison::Less => "<",
        Comparison::AtMost => "<=",
        Comparison::More => ">",
        Comparison::AtLeast => ">=",
    }
}

fn literal(literal: &Literal, out: &mut String) {
    match literal {
        Literal::Null => out.push_str("null"),
        Literal::Truth(truth) => out.push_str(if *truth { "true" } else { "false" }),
        Literal::Number(number) => out.push_str(number.as_str()),
        Literal::Text(text) => quoted(text, out),
    }
}

fn contains(text: &str, case_sensitive: bool, whole_word: bool, out: &mut String) {
    out.push_str(" contains ");
    if case_sensitive {
        out.push_str("exactly ");
    }
    if whole_word {
        out.push_str("word ");
    }
    quoted(text, out);
}

fn matches(pattern: &str, case_sensitive: bool, out: &mut String) {
    out.push_str(" matches ");
    let mut written = String::from("/");
    let (mut escaped, mut as_it_is) = (false, !pattern.is_empty());
    for c in pattern.chars() {
        // A slash that is escaped already would be read as one that is not.
        as_it_is &= !(acts(c) || escaped && c == '/');
        if c == '/' && !escaped {
            written.push('\\');
        }
        written.push(c);
        escaped = !escaped && c == '\\';
    }
    if as_it_is && !escaped {
        out.push_str(&written);
        out.push_str(if case_sensitive { "/" } else { "/i" });
    } else {
        quoted(pattern, out);
        out.push_str(if case_sensitive { "" } else { " i" });
    }
}

fn bounds(at_least: Option<u64>, at_most: Option<u64>) -> String {
    match (at_least, at_most) {
        (Some(least), Some(most)) if least == most => format!("= {}", sized(least).0),
        (Some(least), Some(most)) => format!("between {} and {}", sized(least).0, sized(most).0),
        (None, Some(most)) => match (sized(most), most.checked_add(1).map(sized)) {
            ((_, false), Some((below, true))) => format!("< {below}"),
            ((most, _), _) => format!("<= {most}"),
        },
        (least, None) => {
            let least = least.unwrap_or(0);
            match (sized(least), least.checked_sub(1).map(sized)) {
                ((_, false), Some((above, true))) => format!("> {above}"),
                ((least, _), _) => format!(">= {least}"),
            }
        }
    }
}

/// With every character that does not show as an escape.
fn quoted(text: &str, out: &mut String) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if acts(c) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}
