//! What is put into a set, and what comes back out.

use message::Octets;
use message::record::{Header, Timestamp};
use serde::{Deserialize, Serialize};

use crate::head::{Head, Mark};

/// A record that belongs into the set, where it lies.
#[derive(Clone, Copy)]
pub struct Hit<'a> {
    /// The place of its topic among those of the search.
    pub topic: u32,
    /// The partition.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
    /// When it was written, by whose clock.
    pub timestamp: Timestamp,
    /// The key; `None` is a null key.
    pub key: Option<&'a [u8]>,
    /// The value; `None` is a null value.
    pub value: Option<&'a [u8]>,
    /// The headers, in the order on the wire; `None` where they cannot be read.
    pub headers: Option<&'a [Header]>,
    /// Why it belongs into the set.
    pub mark: Mark,
    /// A decoded preview of it, of which [`SHOWN`] bytes are kept.
    pub shown: Option<&'a str>,
    /// Why it cannot be told whether it is a hit, without any byte of the record; of which [`WHY`]
    /// bytes are kept.
    pub why: Option<&'a str>,
}

/// The most bytes of a decoded preview that are kept.
pub const SHOWN: usize = 2048;

/// The most bytes that are kept of why it cannot be told whether a record is a hit.
pub const WHY: usize = 512;

/// A hit with its payload, as far as that was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stored {
    /// What is known of it without its payload, such as whether this is all of it.
    pub head: Head,
    /// The key, or its start; `None` is a null key.
    pub key: Option<Octets>,
    /// The value, or its start; `None` is a null value.
    pub value: Option<Octets>,
    /// The headers, or the first of them; `None` where they could not be read.
    pub headers: Option<Vec<Header>>,
    /// The decoded preview, where one was put in.
    pub shown: Option<Text>,
    /// Why it could not be told whether it is a hit.
    pub why: Option<String>,
}

/// Text that comes from a record. Prints its length, never its content, in `Debug`: payloads do not
/// belong in logs.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub String);

impl std::fmt::Debug for Text {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes of text", self.0.len())
    }
}
