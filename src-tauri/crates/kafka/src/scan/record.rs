//! A record where it lies, in the buffer that it was fetched into.

use message::record::{Header, Timestamp};

use crate::native::Message;

/// A record that is being looked at.
pub struct RawRecord<'m> {
    topic: usize,
    message: &'m Message,
}

impl<'m> RawRecord<'m> {
    pub(crate) fn of(topic: usize, message: &'m Message) -> RawRecord<'m> {
        RawRecord { topic, message }
    }

    /// The place of its topic among those of the request.
    pub fn topic(&self) -> usize {
        self.topic
    }

    /// Its partition.
    pub fn partition(&self) -> i32 {
        self.message.partition()
    }

    /// Its offset.
    pub fn offset(&self) -> i64 {
        self.message.offset()
    }

    /// When it was written, by whose clock.
    pub fn timestamp(&self) -> Timestamp {
        self.message.timestamp()
    }

    /// Its key; `None` is null.
    pub fn key(&self) -> Option<&'m [u8]> {
        self.message.key()
    }

    /// Its value; `None` is null.
    pub fn value(&self) -> Option<&'m [u8]> {
        self.message.value()
    }

    /// Its headers, in their order; `None` where they cannot be read.
    pub fn headers(&self) -> Option<Vec<Header>> {
        self.message.headers().ok()
    }
}
