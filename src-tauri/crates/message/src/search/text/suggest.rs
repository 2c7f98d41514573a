//! What a person may have meant.

use crate::render::visible;

/// Words of the query that begin a condition.
pub(super) const SUBJECTS: &[&str] = &[
    "key",
    "value",
    "header",
    "headers",
    "anywhere",
    "size",
    "partition",
    "decoded",
    "everything",
    "nothing",
    "not",
];

/// Words that go on after what is asked of.
pub(super) const PREDICATES: &[&str] = &[
    "contains", "matches", "is", "in", "exists", "missing", "between", "not", "size", "and", "or",
];

/// The nearest of the words, where one is near.
pub(super) fn nearest<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    if word.chars().nth(20).is_some() {
        return None;
    }
    let word = word.to_lowercase();
    let near = |other: &str| (other.chars().count() / 3).max(1);
    words
        .iter()
        .map(|other| (strsim::osa_distance(&word, other), *other))
        .filter(|(distance, other)| *distance <= near(other))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// A word of the query in a message about it.
pub(super) fn quoted(word: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown = visible(&word.chars().take(SHOWN).collect::<String>());
    if word.chars().nth(SHOWN).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}
