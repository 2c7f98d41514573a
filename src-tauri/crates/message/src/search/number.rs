//! Numbers as they are written, compared exactly.
//!
//! A JSON number may have forty digits or an exponent of a million: neither a float nor a big number
//! made of it is right or safe. So two lexemes are brought into the form `0.d₁d₂… × 10^e` without
//! being expanded, and compared digit by digit.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A number as a person or a message wrote it: the grammar of JSON (RFC 8259, 6).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Number(String);

impl Number {
    /// Reads a lexeme; `None` for what is no JSON number.
    pub fn new(lexeme: &str) -> Option<Number> {
        Scientific::of(lexeme).map(|_| Number(lexeme.to_owned()))
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares with another lexeme by value: `1.0` and `10e-1` are equal. `None` where that is no
    /// number.
    pub fn compare(&self, lexeme: &str) -> Option<Ordering> {
        Some(Scientific::of(&self.0)?.cmp(&Scientific::of(lexeme)?))
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Number) -> bool {
        self.compare(&other.0) == Some(Ordering::Equal)
    }
}

impl Eq for Number {}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Number {
    type Error = String;

    fn try_from(lexeme: String) -> Result<Number, String> {
        Number::new(&lexeme).ok_or_else(|| format!("not a number: {lexeme:?}"))
    }
}

impl From<Number> for String {
    fn from(number: Number) -> String {
        number.0
    }
}

/// `0.d₁d₂… × 10^exponent`, with the digits where they were written. Zero has no digits.
#[derive(Debug, PartialEq, Eq)]
struct Scientific<'t> {
    negative: bool,
    /// Digits before and after the point, without zeros at their outer ends.
    whole: &'t [u8],
    fraction: &'t [u8],
    exponent: i128,
}

impl<'t> Scientific<'t> {
    fn of(lexeme: &'t str) -> Option<Scientific<'t>> {
        let (negative, rest) = match lexeme.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, lexeme),
        };
        let (mantissa, exponent) = match rest.find(['e', 'E']) {
            Some(at) => (rest.get(..at)?, exponent(rest.get(at + 1..)?)?),
            None => (rest, 0),
        };
        let (whole, fraction) = match mantissa.split_once('.') {
            Some((whole, fraction)) if !fraction.is_empty() => (whole, fraction),
            Some(_) => return None,
            None => (mantissa, ""),
        };
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let leading = whole.len() > 1 && whole.starts_with('0');
        if whole.is_empty() || leading || !digits(whole) || !digits(fraction) {
            return None;
        }
        Some(Self::normal(negative, whole, fraction, exponent))
    }

    fn normal(negative: bool, whole: &'t str, fraction: &'t str, exponent: i128) -> Self {
        let whole = whole.trim_start_matches('0');
        let fraction = fraction.trim_end_matches('0');
        if whole.is_empty() {
            let digits = fraction.trim_start_matches('0');
            if digits.is_empty() {
                // Zero has one form, whatever its sign and exponent.
                return Scientific { negative: false, whole: &[], fraction: &[], exponent: 0 };
            }
            let zeros = (fraction.len() - digits.len()) as i128;
            let fraction = digits.as_bytes();
            let exponent = exponent.saturating_sub(zeros);
            return Scientific { negative, whole: &[], fraction, exponent };
        }
        let exponent = exponent.saturating_add(whole.len() as i128);
        let whole = if fraction.is_empty() { whole.trim_end_matches('0') } else { whole };
        Scientific { negative, whole: whole.as_bytes(), fraction: fraction.as_bytes(), exponent }
    }

    fn digits(&self) -> impl Iterator<Item = &u8> {
        self.whole.iter().chain(self.fraction)
    }

    fn is_zero(&self) -> bool {
        self.whole.is_empty() && self.fraction.is_empty()
    }

    fn magnitude(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            // Digits that end are less than digits that go on: none of them ends with a zero.
            (false, false) => {
                self.exponent.cmp(&other.exponent).then_with(|| self.digits().cmp(other.digits()))
            }
        }
    }

    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, false) => self.magnitude(other),
            (true, true) => other.magnitude(self),
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
        }
    }
}

/// An exponent of any length: beyond what fits, only its sign matters.
fn exponent(text: &str) -> Option<i128> {
    let (negative, digits) = match text.strip_prefix(['+', '-']) {
        Some(digits) => (text.starts_with('-'), digits),
        None => (false, text),
    };
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // Far from the ends of the type, so that the place of the point can be added.
    let most = i128::MAX / 4;
    let value = digits.parse::<i128>().map_or(most, |value| value.min(most));
    Some(if negative { -value } else { value })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn compare(left: &str, right: &str) -> Ordering {
        Number::new(left).unwrap().compare(right).unwrap()
    }

    #[test]
    fn numbers_are_compared_by_value_and_not_by_how_they_are_written() {
        for (left, right) in [
            ("1.0", "10e-1"),
            ("100", "1E+2"),
            ("-0", "0e999999999999999999999999999999999999999999"),
            ("0.00120", "12e-4"),
            ("9007199254740993", "9007199254740993.000"),
        ] {
            assert_eq!(compare(left, right), Ordering::Equal, "{left} {right}");
        }
        for (less, more) in [
            ("9007199254740992", "9007199254740993"),
            (
                "1234567890123456789012345678901234567890",
                "1234567890123456789012345678901234567891",
            ),
            ("-1e400", "1e-400"),
            ("99", "100"),
            ("0.1", "0.11"),
            ("-2", "-1"),
            ("0", "1e-999999999999999999999999999999999999999999999"),
            ("1e308", "1e999999999999999999999999999999999999999999999"),
        ] {
            assert_eq!(compare(less, more), Ordering::Less, "{less} {more}");
            assert_eq!(compare(more, less), Ordering::Greater, "{less} {more}");
        }
    }

    #[test]
    fn what_json_does_not_call_a_number_is_none() {
        for text in
            ["", "-", "01", "1.", ".5", "+1", "1e", "1e+", "0x1", "NaN", "1_000", "１", "1 "]
        {
            assert!(Number::new(text).is_none(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn integers_compare_as_integers(left: i128, right: i128) {
            prop_assert_eq!(compare(&left.to_string(), &right.to_string()), left.cmp(&right));
        }

        #[test]
        fn moving_the_point_changes_no_value(value: i64, places in 0_usize..30) {
            let moved = format!("{value}{}e-{places}", "0".repeat(places));
            prop_assume!(value != 0 || places == 0);
            prop_assert_eq!(compare(&moved, &value.to_string()), Ordering::Equal);
        }

        #[test]
        fn nothing_that_is_written_panics(left in "[-+0-9.eE]{0,12}", right in "[-+0-9.eE]{0,12}") {
            if let Some(number) = Number::new(&left) {
                let _ = number.compare(&right);
            }
        }
    }
}
