//! Encodings of text that a person may name.
//!
//! The names and the tables are those of the WHATWG Encoding Standard, where "Latin-1" is
//! Windows-1252: the same but for 0x80 to 0x9F, which hold characters there and none that show in
//! ISO 8859-1. Left out: UTF-32 and UTF-7, which the standard leaves out.

use std::borrow::Cow;
use std::fmt;

use encoding_rs::Encoding;
use serde::{Deserialize, Serialize};

/// An encoding of text. Crosses as its name.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Charset(&'static Encoding);

impl Charset {
    /// UTF-8, of which ASCII is a part.
    pub const UTF_8: Charset = Charset(&encoding_rs::UTF_8_INIT);
    /// UTF-16, the lower byte first.
    pub const UTF_16_LE: Charset = Charset(&encoding_rs::UTF_16LE_INIT);
    /// UTF-16, the higher byte first.
    pub const UTF_16_BE: Charset = Charset(&encoding_rs::UTF_16BE_INIT);
    /// Windows-1252, and with it Latin-1.
    pub const WINDOWS_1252: Charset = Charset(&encoding_rs::WINDOWS_1252_INIT);

    /// By any of its names, whatever their case: `latin1`, `cp1252`, `Shift_JIS`.
    pub fn named(label: &str) -> Option<Charset> {
        Encoding::for_label_no_replacement(label.as_bytes()).map(Charset)
    }

    /// Those to choose from, the most likely first.
    pub fn all() -> impl Iterator<Item = Charset> {
        NAMES.iter().filter_map(|name| Charset::named(name))
    }

    /// Its name in the standard.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The bytes as text, without a byte order mark of this encoding. Borrowed where the bytes are
    /// this text already.
    ///
    /// # Errors
    /// Where they are no text in this encoding: the first byte that is none, if it can be told.
    pub fn decode(self, bytes: &[u8]) -> Result<Cow<'_, str>, Option<u64>> {
        let marked = bytes.strip_prefix(self.mark());
        let (rest, mark) = marked.map_or((bytes, 0), |rest| (rest, self.mark().len()));
        if self == Charset::UTF_8 {
            return std::str::from_utf8(rest)
                .map(Cow::Borrowed)
                .map_err(|error| Some((mark + error.valid_up_to()) as u64));
        }
        self.0.decode_without_bom_handling_and_without_replacement(rest).ok_or(None)
    }

    /// The bytes that say "this is text in this encoding"; none where there is no such mark.
    pub(super) fn mark(self) -> &'static [u8] {
        let marks = [
            (Charset::UTF_8, &b"\xef\xbb\xbf"[..]),
            (Charset::UTF_16_LE, b"\xff\xfe"),
            (Charset::UTF_16_BE, b"\xfe\xff"),
        ];
        marks.iter().find(|(charset, _)| *charset == self).map_or(b"", |(_, mark)| mark)
    }

    /// What a byte order mark says.
    pub(super) fn marked(bytes: &[u8]) -> Option<Charset> {
        [Charset::UTF_8, Charset::UTF_16_LE, Charset::UTF_16_BE]
            .into_iter()
            .find(|charset| bytes.starts_with(charset.mark()))
    }
}

const NAMES: [&str; 38] = [
    "UTF-8",
    "UTF-16LE",
    "UTF-16BE",
    "windows-1252",
    "ISO-8859-15",
    "ISO-8859-2",
    "ISO-8859-3",
    "ISO-8859-4",
    "ISO-8859-5",
    "ISO-8859-6",
    "ISO-8859-7",
    "ISO-8859-8",
    "ISO-8859-10",
    "ISO-8859-13",
    "ISO-8859-14",
    "ISO-8859-16",
    "windows-1250",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "windows-1258",
    "windows-874",
    "KOI8-R",
    "KOI8-U",
    "IBM866",
    "macintosh",
    "x-mac-cyrillic",
    "Shift_JIS",
    "EUC-JP",
    "ISO-2022-JP",
    "GB18030",
    "GBK",
    "Big5",
    "EUC-KR",
    "ISO-8859-8-I",
];

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl TryFrom<String> for Charset {
    type Error = String;

    fn try_from(name: String) -> Result<Charset, String> {
        Charset::named(&name).ok_or_else(|| format!("no known encoding: {name:?}"))
    }
}

impl From<Charset> for String {
    fn from(charset: Charset) -> String {
        charset.name().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(label: &str, bytes: &[u8]) -> Result<String, Option<u64>> {
        Charset::named(label).unwrap().decode(bytes).map(Cow::into_owned)
    }

    #[test]
    fn text_of_many_encodings_is_read() {
        for (label, bytes, text) in [
            ("utf-8", &b"\xef\xbb\xbfcaf\xc3\xa9"[..], "café"),
            ("utf-16le", b"\xff\xfec\0\xe9\0", "cé"),
            ("utf-16le", b"c\0\x3d\xd8\x00\xde", "c😀"),
            ("utf-16be", b"\0c\0\xe9", "cé"),
            ("latin1", b"caf\xe9 \x80", "café €"),
            ("iso-8859-15", b"\xa4", "€"),
            ("shift_jis", b"\x83\x65\x83\x58\x83\x67", "テスト"),
            ("gb18030", b"\xd6\xd0\xce\xc4", "中文"),
        ] {
            assert_eq!(decoded(label, bytes).as_deref(), Ok(text), "{label}");
        }
        assert!(matches!(Charset::WINDOWS_1252.decode(b"plain"), Ok(Cow::Borrowed(_))));
        assert!(matches!(Charset::UTF_8.decode("é".as_bytes()), Ok(Cow::Borrowed(_))));
    }

    #[test]
    fn what_is_no_text_of_an_encoding_is_told() {
        assert_eq!(decoded("utf-8", b"\xef\xbb\xbfa\xff"), Err(Some(4)));
        assert_eq!(decoded("utf-16le", b"a\0b"), Err(None), "half a unit");
        assert_eq!(decoded("utf-16be", b"\xd8\x3d\0a"), Err(None), "half a pair");
        assert_eq!(decoded("shift_jis", b"\x83"), Err(None));
    }

    #[test]
    fn an_encoding_crosses_as_its_name_and_unknown_ones_do_not() {
        for charset in Charset::all() {
            let saved = serde_json::to_string(&charset).unwrap();
            assert_eq!(serde_json::from_str::<Charset>(&saved).unwrap(), charset);
        }
        assert_eq!(Charset::all().count(), NAMES.len(), "each of the names is known");
        assert_eq!(Charset::named("Latin1"), Some(Charset::WINDOWS_1252));
        for label in ["utf-32", "iso-2022-kr", "replacement", ""] {
            assert_eq!(Charset::named(label), None, "{label}");
        }
    }
}
