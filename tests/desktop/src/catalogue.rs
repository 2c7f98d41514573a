//! The window's texts in each language, read from the files that the UI is built from.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// The texts of one language by their keys, in ICU syntax.
#[derive(Debug, Clone)]
pub struct Catalogue(BTreeMap<String, String>);

impl Catalogue {
    /// `en` or `fr`.
    pub fn of(language: &str) -> Catalogue {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/src/i18n").join(language);
        let files = fs::read_dir(&folder).expect("the folder of the texts").flatten();
        let texts = files.map(|file| fs::read_to_string(file.path()).expect("a file of texts"));
        let all: BTreeMap<String, String> = texts.flat_map(|text| pairs(&text)).collect();
        assert!(all.len() > 100, "only {} texts in {}", all.len(), folder.display());
        Catalogue(all)
    }

    /// A text without placeholders, or the start of one with them as a part to look for (`~Unlock`).
    pub fn get(&self, key: &str) -> String {
        let text = self.0.get(key).unwrap_or_else(|| panic!("no text has the key {key}"));
        match text.split_once(['{', '<']) {
            None => text.clone(),
            Some((start, _)) => format!("~{}", start.trim()),
        }
    }

    /// A text with its placeholders filled.
    pub fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        let text = self.0.get(key).unwrap_or_else(|| panic!("no text has the key {key}"));
        values
            .iter()
            .fold(text.clone(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    /// Texts of this language that are texts in the other one under no key: where the other language
    /// was chosen, none of them may be shown. Those with placeholders are left out.
    pub fn not_in(&self, other: &Catalogue) -> BTreeSet<&str> {
        let theirs: BTreeSet<&str> = other.0.values().map(String::as_str).collect();
        let plain = self.0.values().filter(|text| !text.contains(['{', '<']));
        plain.map(String::as_str).filter(|text| !theirs.contains(text)).collect()
    }
}

/// `"key": "text"` or `"key":` and the text on the next line.
fn pairs(file: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut rest = file;
    while let Some((key, after)) = quoted(rest) {
        let value = after.strip_prefix(':').map(str::trim_start).filter(|it| it.starts_with('"'));
        match value.and_then(quoted) {
            Some((value, after)) => {
                found.push((key, value));
                rest = after;
            }
            None => rest = after,
        }
    }
    found
}

/// The first text in double quotes, and what comes after it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let start = text.find('"')? + 1;
    let mut content = String::new();
    let mut characters = text.get(start..)?.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Some((content, text.get(start + at + 1..)?)),
            '\\' => content.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => content.push(character),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_texts_are_paired_over_lines_and_quotes() {
        let file = "export const a = {\n  \"a.b\": \"one\",\n  // a \"note\"\n  \"a.c\":\n    \"two \\\"x\\\" {n}\",\n} as const;";
        let expected = [("a.b", "one"), ("a.c", "two \"x\" {n}")];
        assert_eq!(pairs(file), expected.map(|(key, text)| (key.to_owned(), text.to_owned())));
    }

    #[test]
    fn both_languages_have_the_same_keys_and_different_texts() {
        let (en, fr) = (Catalogue::of("en"), Catalogue::of("fr"));
        assert_eq!(en.0.keys().collect::<Vec<_>>(), fr.0.keys().collect::<Vec<_>>());
        assert!(en.not_in(&fr).contains("Add a connection"));
        assert!(!en.not_in(&fr).contains("RabbitMQ"), "a name is the same in both");
        assert_eq!(en.get("unlock.title"), "~Unlock");
        assert_eq!(en.with("unlock.title", &[("name", "x")]), "Unlock x");
    }
}
