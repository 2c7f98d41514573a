//! Names of virtual hosts, queues and exchanges inside a URL.

use connections::{Code, Failure};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but what a URL never needs to encode (RFC 3986, "unreserved").
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A name inside a path or a query.
pub fn encode(name: &str) -> String {
    utf8_percent_encode(name, ENCODED).to_string()
}

/// A name as the last segment of a path.
///
/// # Errors
/// [`Code::Invalid`] for an empty name. [`Code::Unsupported`] for `.` and `..`: every URL library
/// takes them for steps in the path, encoded or not, and would ask for something else.
pub fn segment(name: &str, object: &str) -> Result<String, Failure> {
    match name {
        "" => Err(Failure::new(Code::Invalid, format!("{object} has no name"))),
        "." | ".." => Err(Failure::new(
            Code::Unsupported,
            format!("the management API cannot be asked about {object}"),
        )),
        _ => Ok(encode(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_any_characters_stays_one_segment() {
        assert_eq!(encode("/"), "%2F");
        assert_eq!(
            encode("a/b?c#d%e f&g=h\"ü🐰"),
            "a%2Fb%3Fc%23d%25e%20f%26g%3Dh%22%C3%BC%F0%9F%90%B0"
        );
        assert_eq!(encode("a-b_c.d~e"), "a-b_c.d~e");
        assert_eq!(encode("a\n\0"), "a%0A%00");
    }

    #[test]
    fn names_that_are_steps_in_a_path_are_never_sent() {
        for name in [".", "..", ""] {
            assert!(segment(name, "the queue x").is_err(), "{name:?}");
        }
        assert_eq!(segment("...", "the queue x").unwrap(), "...");
    }
}
