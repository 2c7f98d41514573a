//! Bytes that may be absent.
//!
//! Kafka distinguishes a `null` key, value or header value from an empty one, and both differ from
//! the four letters "null". `Option<Octets>` carries that difference everywhere; nothing in this
//! workspace turns a missing value into an empty string.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Bytes exactly as a broker gave them. Prints its length, never its content, in `Debug`: payloads
/// do not belong in logs.
#[derive(Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Octets(pub Vec<u8>);

impl Octets {
    /// The number of bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True for present but empty bytes, which is not the same as absent ones.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes.
    pub fn as_slice(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Octets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl From<Vec<u8>> for Octets {
    fn from(bytes: Vec<u8>) -> Self {
        Octets(bytes)
    }
}

impl From<&[u8]> for Octets {
    fn from(bytes: &[u8]) -> Self {
        Octets(bytes.to_vec())
    }
}

impl From<&str> for Octets {
    fn from(text: &str) -> Self {
        Octets(text.as_bytes().to_vec())
    }
}
