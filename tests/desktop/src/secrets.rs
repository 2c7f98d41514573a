//! Every place outside the keyring where a text stands: the page, the files of the session, and what
//! the operating system shows of the app's processes.
//!
//! A text is also found in base64, as HTTP sends a password, and in UTF-16, as the web view stores
//! what a page keeps. Left out: memory, and what crosses the network inside TLS.

use std::fs;
use std::path::{Path, PathBuf};

use crate::window::Window;

/// The places, each in words; none is what a secret should have.
pub async fn places_of(text: &str, window: &Window<'_>) -> Vec<String> {
    let forms = forms_of(text);
    let holds = |content: &[u8]| forms.iter().any(|form| contains(content, form));
    let mut places = Vec::new();
    if holds(window.markup().await.as_bytes()) {
        places.push("the page or its storage".to_owned());
    }
    for process in window.processes() {
        let shown = format!("{} ({})", process.name, process.id);
        if holds(&process.arguments) {
            places.push(format!("the arguments of {shown}"));
        }
        if holds(&process.environment) {
            places.push(format!("the environment of {shown}"));
        }
    }
    for path in files_below(window.session().folder()) {
        // Gone in the meantime: it holds nothing any more.
        if fs::read(&path).is_ok_and(|content| holds(&content)) {
            places.push(format!("the file {}", path.display()));
        }
    }
    places
}

fn forms_of(text: &str) -> Vec<Vec<u8>> {
    let wide = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    // The letters of base64 depend on how many bytes stand before: three possibilities. What the
    // neighbours decide is cut off at both ends.
    let encoded = (0..3).map(|before| {
        let padded: Vec<u8> = std::iter::repeat_n(0, before).chain(text.bytes()).collect();
        let letters = base64(&padded);
        let from = [0, 2, 3][before];
        letters.get(from..letters.len().saturating_sub(4)).unwrap_or_default().to_vec()
    });
    [text.as_bytes().to_vec(), wide].into_iter().chain(encoded).collect()
}

fn base64(bytes: &[u8]) -> Vec<u8> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let triples = bytes.chunks(3).map(|three| {
        three.iter().enumerate().map(|(at, byte)| u32::from(*byte) << (16 - 8 * at)).sum::<u32>()
    });
    triples
        .flat_map(|triple| [18, 12, 6, 0].map(|at| LETTERS[(triple >> at) as usize & 63]))
        .collect()
}

fn contains(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|window| window == part)
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files_below(&entry.path())),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            // Sockets and links hold no bytes of their own.
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_in_every_form_at_every_place() {
        let found = |content: &[u8]| forms_of("p-secret").iter().any(|f| contains(content, f));
        assert!(found(b"x p-secret y"));
        assert!(found(b"p\0-\0s\0e\0c\0r\0e\0t\0"));
        for before in ["", "u", "us", "user:"] {
            let text = base64(format!("{before}p-secret and more").as_bytes());
            assert!(found(&text), "after {before:?}: {}", String::from_utf8_lossy(&text));
        }
        assert!(!found(b"p-public"));
    }
}
