//! What goes to the clipboard.

use connections::Failure;
use connections::failure::Code;
use message::{Octets, exact};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::wire::UInt64;
use crate::wire::limits::COPY_BYTES;
use crate::wire::render::FallbackReason;

/// How bytes are copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CopyForm {
    /// As they are, where they are text.
    Text,
    /// Two digits a byte.
    Hex,
    Base64,
}

/// The bytes asked for, all of them, or why there is nothing to copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "copied", rename_all = "snake_case")]
pub enum Copied {
    Null,
    Empty,
    Text {
        text: String,
    },
    /// They are no text that a clipboard could hold exactly: not UTF-8, or with a NUL.
    NotText {
        why: FallbackReason,
        /// At which byte.
        at: UInt64,
    },
}

impl Copied {
    /// Copies bytes that may be absent; `what` names them in errors.
    ///
    /// # Errors
    /// `too_large` beyond what a clipboard is given.
    pub fn of(bytes: Option<&Octets>, form: CopyForm, what: &str) -> Result<Self, Failure> {
        let Some(bytes) = bytes.map(Octets::as_slice) else {
            return Ok(Copied::Null);
        };
        if bytes.is_empty() {
            return Ok(Copied::Empty);
        }
        bounded(bytes.len() as u64, what)?;
        Ok(match form {
            CopyForm::Hex => Copied::Text { text: exact::hex(bytes) },
            CopyForm::Base64 => Copied::Text { text: exact::base64(bytes) },
            CopyForm::Text => match exact::text(bytes) {
                Ok(text) => Copied::Text { text: text.to_owned() },
                Err(fallback) => {
                    let fallback = crate::wire::render::Fallback::from(fallback);
                    Copied::NotText { why: fallback.why, at: fallback.at }
                }
            },
        })
    }
}

/// Refuses more bytes than a clipboard is given.
pub fn bounded(bytes: u64, what: &str) -> Result<(), Failure> {
    if bytes <= u64::from(COPY_BYTES) {
        return Ok(());
    }
    let message = format!("{what} has {bytes} bytes, too many for the clipboard");
    Err(Failure::new(Code::TooLarge, message).hint("save it to a file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn copy(bytes: &[u8], form: CopyForm) -> Copied {
        Copied::of(Some(&Octets::from(bytes)), form, "the value").unwrap()
    }

    #[test]
    fn text_is_copied_byte_for_byte_and_what_is_no_text_only_in_a_form_that_was_asked_for() {
        let text = "\u{feff}{\"id\":9007199254740993}\r\n\t\u{202e}\u{1}";
        assert_eq!(copy(text.as_bytes(), CopyForm::Text), Copied::Text { text: text.to_owned() });
        let not_text = Copied::NotText { why: FallbackReason::NotUtf8, at: UInt64(1) };
        assert_eq!(copy(b"a\xff", CopyForm::Text), not_text);
        assert_eq!(copy(b"a\xff", CopyForm::Hex), Copied::Text { text: "61ff".to_owned() });
        assert_eq!(copy(b"a\xff", CopyForm::Base64), Copied::Text { text: "Yf8=".to_owned() });
    }

    #[test]
    fn null_empty_and_too_much_are_three_things() {
        assert_eq!(Copied::of(None, CopyForm::Hex, "the key"), Ok(Copied::Null));
        assert_eq!(copy(b"", CopyForm::Text), Copied::Empty);
        let much = Octets(vec![b'x'; COPY_BYTES as usize + 1]);
        let failure = Copied::of(Some(&much), CopyForm::Text, "the value").unwrap_err();
        assert_eq!(failure.code, Code::TooLarge);
    }
}
