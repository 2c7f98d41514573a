//! A fetched message: borrowed parts, or a whole record of our own.

use rdkafka_sys as sys;
use rdkafka_sys::types::RDKafkaMessage;

use message::record::{Header, Timestamp};

use super::code;
use super::headers;
use super::raw_event::RawEvent;

/// One fetched message. It keeps librdkafka's whole fetch buffer alive: copy, then drop.
pub(crate) struct Message {
    message: *const RDKafkaMessage,
    // Owns what is pointed to.
    _event: RawEvent,
}

impl Message {
    pub(super) fn of(event: RawEvent) -> Option<Message> {
        // SAFETY: the event is live; it owns the message, one in each event of a consumer.
        let message = unsafe { sys::rd_kafka_event_message_next(event.ptr()) };
        if message.is_null() {
            return None;
        }
        // SAFETY: not null, and owned by the event.
        let error = unsafe { code::from_field(&raw const (*message).err) };
        (error == super::ErrorCode::NoError).then_some(Message { message, _event: event })
    }

    /// The topic that it is of.
    pub(super) fn topic(&self) -> *const sys::rd_kafka_topic_t {
        // SAFETY: live as long as the event.
        unsafe { (*self.message).rkt }
    }

    pub(crate) fn partition(&self) -> i32 {
        // SAFETY: live as long as the event.
        unsafe { (*self.message).partition }
    }

    pub(crate) fn offset(&self) -> i64 {
        // SAFETY: live as long as the event.
        unsafe { (*self.message).offset }
    }

    /// `None` is a null key.
    pub(crate) fn key(&self) -> Option<&[u8]> {
        // SAFETY: the pair describes memory that lives as long as the event.
        unsafe { bytes((*self.message).key.cast(), (*self.message).key_len) }
    }

    /// `None` is a null value.
    pub(crate) fn value(&self) -> Option<&[u8]> {
        // SAFETY: the pair describes memory that lives as long as the event.
        unsafe { bytes((*self.message).payload.cast(), (*self.message).len) }
    }

    pub(crate) fn timestamp(&self) -> Timestamp {
        use sys::rd_kafka_timestamp_type_t as Kind;
        let mut kind = Kind::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
        // SAFETY: the message is live; librdkafka sets one of its own three kinds.
        let millis = unsafe { sys::rd_kafka_message_timestamp(self.message, &mut kind) };
        match kind {
            // Kafka writes -1 where a record has no timestamp.
            _ if millis == -1 => Timestamp::Absent,
            Kind::RD_KAFKA_TIMESTAMP_NOT_AVAILABLE => Timestamp::Absent,
            Kind::RD_KAFKA_TIMESTAMP_CREATE_TIME => Timestamp::Created(millis),
            Kind::RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME => Timestamp::Appended(millis),
        }
    }

    /// The headers, in their order.
    pub(crate) fn headers(&self) -> Result<Vec<Header>, headers::BadHeaders> {
        // SAFETY: the message is live.
        unsafe { headers::of(self.message) }
    }
}

/// # Safety
/// `first` is null or points to `size` bytes that live for `'a`.
unsafe fn bytes<'a>(first: *const u8, size: usize) -> Option<&'a [u8]> {
    // SAFETY: promised by the caller.
    (!first.is_null()).then(|| unsafe { std::slice::from_raw_parts(first, size) })
}
