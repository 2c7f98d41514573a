//! A JSON reader of the oracle's own: it keeps numbers as they are written, and names that stand
//! twice.

use std::iter::Peekable;
use std::str::Chars;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Json {
    Null,
    Truth(bool),
    Number(String),
    Text(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Json {
    /// The value that a text is, `None` where it is none.
    pub fn of(text: &str) -> Option<Json> {
        let mut chars = text.chars().peekable();
        let value = value(&mut chars)?;
        blank(&mut chars);
        chars.next().is_none().then_some(value)
    }

    /// Calls with each string in it, names too.
    pub fn strings(&self, call: &mut impl FnMut(&str)) {
        match self {
            Json::Text(text) => call(text),
            Json::Array(all) => all.iter().for_each(|one| one.strings(call)),
            Json::Object(members) => {
                for (name, value) in members {
                    call(name);
                    value.strings(call);
                }
            }
            _ => {}
        }
    }
}

fn blank(chars: &mut Peekable<Chars<'_>>) {
    while chars.next_if(|c| matches!(c, ' ' | '\t' | '\n' | '\r')).is_some() {}
}

fn value(chars: &mut Peekable<Chars<'_>>) -> Option<Json> {
    blank(chars);
    match chars.peek()? {
        '"' => string(chars).map(Json::Text),
        '[' => {
            let mut all = Vec::new();
            list(chars, ']', |chars| {
                all.push(value(chars)?);
                Some(())
            })?;
            Some(Json::Array(all))
        }
        '{' => {
            let mut members = Vec::new();
            list(chars, '}', |chars| {
                blank(chars);
                let name = string(chars)?;
                blank(chars);
                chars.next_if_eq(&':')?;
                members.push((name, value(chars)?));
                Some(())
            })?;
            Some(Json::Object(members))
        }
        '-' | '0'..='9' => {
            let mut number = String::new();
            while let Some(c) = chars.next_if(|c| c.is_ascii_digit() || "+-.eE".contains(*c)) {
                number.push(c);
            }
            is_number(&number).then_some(Json::Number(number))
        }
        _ => {
            let mut word = String::new();
            while let Some(c) = chars.next_if(char::is_ascii_lowercase) {
                word.push(c);
            }
            match word.as_str() {
                "null" => Some(Json::Null),
                "true" => Some(Json::Truth(true)),
                "false" => Some(Json::Truth(false)),
                _ => None,
            }
        }
    }
}

fn list(
    chars: &mut Peekable<Chars<'_>>,
    close: char,
    mut one: impl FnMut(&mut Peekable<Chars<'_>>) -> Option<()>,
) -> Option<()> {
    chars.next();
    blank(chars);
    if chars.next_if_eq(&close).is_some() {
        return Some(());
    }
    loop {
        one(chars)?;
        blank(chars);
        match chars.next()? {
            ',' => {}
            c if c == close => return Some(()),
            _ => return None,
        }
    }
}

fn string(chars: &mut Peekable<Chars<'_>>) -> Option<String> {
    chars.next_if_eq(&'"')?;
    let mut text = String::new();
    loop {
        match chars.next()? {
            '"' => return Some(text),
            '\\' => text.push(match chars.next()? {
                'n' => '\n',
                't' => '\t',
                'u' => {
                    let digits: String = chars.by_ref().take(4).collect();
                    // The world has no character that takes two of these.
                    char::from_u32(u32::from_str_radix(&digits, 16).ok()?)?
                }
                c if "\"\\/".contains(c) => c,
                _ => return None,
            }),
            c if u32::from(c) < 0x20 => return None,
            c => text.push(c),
        }
    }
}

/// Whether a text is a number of JSON.
pub fn is_number(text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let text = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    digits(whole)
        && (whole.len() == 1 || !whole.starts_with('0'))
        && digits(fraction)
        && digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent))
}

/// A number in millionths. The world has none that are larger or finer than this can hold.
pub fn millionths(text: &str) -> Option<i128> {
    if !is_number(text) {
        return None;
    }
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let shift = exponent.parse::<i32>().ok()? - i32::try_from(fraction.len()).ok()? + 6;
    let digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let by = 10_i128.pow(shift.unsigned_abs());
    if shift < 0 {
        assert_eq!(digits % by, 0, "{text} is finer than a millionth");
        return Some(digits / by);
    }
    digits.checked_mul(by)
}
