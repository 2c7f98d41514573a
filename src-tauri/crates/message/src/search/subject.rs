//! What conditions are asked of, and the three answers.

use serde::{Deserialize, Serialize};

use crate::decode::Reason;
use crate::search::condition::Part;

/// What is asked of the name and the value of a header.
pub type AskHeader<'a> = dyn FnMut(&[u8], Option<&[u8]>) -> bool + 'a;

/// What is asked. Each part is asked for as often as conditions need it.
/// [`LazyRecord`](crate::search::LazyRecord) is one for records as they come.
pub trait Subject {
    /// Its partition.
    fn partition(&self) -> i32;
    /// The bytes of a part, `None` for null.
    fn bytes(&self, part: Part) -> Option<&[u8]>;
    /// Calls with the name and value of each header, in their order, until it answers true.
    ///
    /// # Errors
    /// Where the headers cannot be read.
    fn any_header(&self, ask: &mut AskHeader<'_>) -> Answer;
    /// Whether nothing is in a part that does not stand in its bytes as it is, but for the escapes of
    /// JSON. Asked before anything is decoded: to be told from the first bytes.
    fn is_its_own_bytes(&self, part: Part) -> bool;
    /// What a part decodes to.
    fn decoded(&self, part: Part) -> Decoded<'_>;
}

/// What a part decodes to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Decoded<'s> {
    /// It is null.
    Null,
    /// Text, JSON among it.
    Text {
        /// The text.
        text: &'s str,
        /// The bytes of another format that it was made of, where texts stand in those as they are.
        source: Option<&'s [u8]>,
    },
    /// Bytes that claim no format, without what they were compressed by: they are all there is.
    Opaque(&'s [u8]),
    /// It cannot be decoded.
    Failed {
        /// Why not.
        reason: Reason,
        /// The bytes, where a text that stands in them is one that they hold.
        bytes: Option<&'s [u8]>,
    },
}

/// Why it cannot be told whether a record is one that is looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Undecided {
    /// A lower-case phrase without any byte of the record.
    pub why: String,
}

/// Yes, no, or that it cannot be told.
pub type Answer = Result<bool, Undecided>;
