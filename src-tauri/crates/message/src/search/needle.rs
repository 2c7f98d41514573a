//! A text or a pattern, made ready to be found in bytes that may be anything.

use memchr::memmem::Finder;
use regex::bytes::{Regex, RegexBuilder};

use crate::search::condition::BadCondition;

/// The most characters of a text or a pattern.
const LONGEST: usize = 10_000;

/// What a compiled pattern may take of memory, the smallest that is enough: `(a{1000}){1000}` asks
/// for more than the largest.
const PATTERN_BYTES: [usize; 3] = [64 << 10, 512 << 10, 4 << 20];

/// The memory that all patterns of a condition may take together, in bytes.
#[derive(Debug)]
pub(super) struct Memory(usize);

impl Default for Memory {
    /// 64 MiB: a thousand short texts, or some ten patterns of the largest kind.
    fn default() -> Memory {
        Memory(64 << 20)
    }
}

/// See the module.
#[derive(Debug, Clone)]
pub(super) enum Needle {
    /// Exactly these bytes.
    Literal(Box<Finder<'static>>),
    /// A pattern.
    Pattern(Regex),
    /// A pattern between two places where a word begins or ends.
    Word(Regex),
}

impl Needle {
    pub fn text(
        text: &str,
        case_sensitive: bool,
        whole_word: bool,
        memory: &mut Memory,
    ) -> Result<Needle, BadCondition> {
        if text.is_empty() {
            return Err(BadCondition("there is no text to look for".to_owned()));
        }
        short(text)?;
        if case_sensitive && !whole_word {
            return Ok(Needle::Literal(Box::new(Finder::new(text).into_owned())));
        }
        let pattern = compile(&regex::escape(text), case_sensitive, memory)?;
        Ok(if whole_word { Needle::Word(pattern) } else { Needle::Pattern(pattern) })
    }

    pub fn pattern(
        pattern: &str,
        case_sensitive: bool,
        memory: &mut Memory,
    ) -> Result<Needle, BadCondition> {
        if pattern.is_empty() {
            return Err(BadCondition("there is no expression to look for".to_owned()));
        }
        short(pattern)?;
        compile(pattern, case_sensitive, memory).map(Needle::Pattern)
    }

    pub fn is_in(&self, bytes: &[u8]) -> bool {
        match self {
            Needle::Literal(finder) => finder.find(bytes).is_some(),
            Needle::Pattern(pattern) => pattern.is_match(bytes),
            Needle::Word(pattern) => is_word(pattern, bytes),
        }
    }
}

/// Whether the pattern stands somewhere with no letter, digit or `_` next to it. Not by `\b`, which
/// would want a word where the text itself begins with a dash.
fn is_word(pattern: &Regex, bytes: &[u8]) -> bool {
    let mut from = 0;
    while let Some(found) = pattern.find_at(bytes, from) {
        let before = bytes.get(..found.start()).and_then(last_char);
        let after = bytes.get(found.end()..).and_then(first_char);
        if !before.is_some_and(is_part_of_a_word) && !after.is_some_and(is_part_of_a_word) {
            return true;
        }
        // The next one may begin inside this one.
        from = found.start() + 1;
    }
    false
}

fn is_part_of_a_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The first character; `None` where there is none, or bytes that are none.
fn first_char(bytes: &[u8]) -> Option<char> {
    (1..=4).find_map(|length| std::str::from_utf8(bytes.get(..length)?).ok()?.chars().next())
}

fn last_char(bytes: &[u8]) -> Option<char> {
    (1..=4).find_map(|length| {
        let tail = bytes.get(bytes.len().checked_sub(length)?..)?;
        std::str::from_utf8(tail).ok()?.chars().next()
    })
}

fn short(text: &str) -> Result<(), BadCondition> {
    if text.chars().count() > LONGEST {
        return Err(BadCondition(format!("it has more than {LONGEST} characters")));
    }
    Ok(())
}

fn compile(
    pattern: &str,
    case_sensitive: bool,
    memory: &mut Memory,
) -> Result<Regex, BadCondition> {
    for size in PATTERN_BYTES {
        let left = memory.0.checked_sub(size).ok_or_else(too_big)?;
        let compiled = RegexBuilder::new(pattern)
            .case_insensitive(!case_sensitive)
            .size_limit(size)
            .dfa_size_limit(size.max(1 << 20))
            .build();
        match compiled {
            Ok(regex) => {
                memory.0 = left;
                return Ok(regex);
            }
            Err(regex::Error::CompiledTooBig(_)) => {}
            // Its first line repeats the expression, its last says what is wrong.
            Err(error) => {
                let text = error.to_string();
                let last = text.lines().last().unwrap_or_default();
                let what = last.trim_start_matches("error: ");
                return Err(BadCondition(format!("the expression cannot be read: {what}")));
            }
        }
    }
    Err(too_big())
}

fn too_big() -> BadCondition {
    BadCondition("the expression needs more memory than a search may take".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str, case_sensitive: bool, whole_word: bool) -> Needle {
        Needle::text(text, case_sensitive, whole_word, &mut Memory::default()).unwrap()
    }

    fn pattern(pattern: &str) -> Result<Needle, BadCondition> {
        Needle::pattern(pattern, true, &mut Memory::default())
    }

    #[test]
    fn a_text_is_found_in_any_bytes() {
        assert!(text("48812", true, false).is_in(b"\xff\xfe48812\x00"));
        assert!(!text("Task", true, false).is_in(b"a task"));
        assert!(text("ÉLAN", false, false).is_in("un élan".as_bytes()));
        assert!(
            text("a.b", false, false).is_in(b"A.B") && !text("a.b", false, false).is_in(b"axb")
        );
    }

    #[test]
    fn a_whole_word_is_not_part_of_a_longer_one() {
        for (needle, inside, found) in [
            ("48812", "order 48812 failed", true),
            ("48812", "48812", true),
            ("48812", "\"48812\"", true),
            ("48812", "148812", false),
            ("48812", "48812_b", false),
            ("-7", "x -7 y", true),
            ("été", "l'été.", true),
            ("été", "étés", false),
            ("été", "étéé", false),
            ("été", "àété", false),
            ("été", "été—été", true),
            ("a-a", "ba-a-a", true),
            ("a", "aa a", true),
        ] {
            assert_eq!(
                text(needle, true, true).is_in(inside.as_bytes()),
                found,
                "{needle} {inside}"
            );
        }
        assert!(text("word", true, true).is_in(b"\xffword\xfe"));
    }

    #[test]
    fn what_cannot_be_looked_for_is_told() {
        let told = |needle: Result<Needle, BadCondition>| needle.unwrap_err().0;
        assert_eq!(
            told(Needle::text("", true, false, &mut Memory::default())),
            "there is no text to look for"
        );
        assert!(told(pattern("a(")).starts_with("the expression cannot be read: "));
        assert!(told(pattern(r"(a)\1")).contains("backreferences"));
        let huge = "the expression needs more memory than a search may take";
        assert_eq!(told(pattern("(a{1000}){1000}")), huge);
        assert!(told(pattern(&"x".repeat(LONGEST + 1))).contains("10000"));
    }

    #[test]
    fn many_patterns_share_what_memory_there_is() {
        let mut memory = Memory::default();
        let large = r"(\w{5} ){10}";
        let compiled =
            (0..1000).take_while(|_| Needle::pattern(large, true, &mut memory).is_ok()).count();
        assert!((10..200).contains(&compiled), "{compiled}");
        let mut memory = Memory::default();
        for _ in 0..1000 {
            Needle::text("card_declined", false, false, &mut memory).unwrap();
        }
    }

    #[test]
    fn a_pattern_that_would_blow_up_elsewhere_is_read_once() {
        let needle = pattern("(a+)+$").unwrap();
        let mut text = vec![b'a'; 1_000_000];
        text.push(b'!');
        assert!(!needle.is_in(&text));
    }
}
