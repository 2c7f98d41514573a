//! What a queue gives, read into values that librdkafka no longer owns.

use std::ffi::{c_char, c_int};

use rdkafka_sys as sys;

use super::code::{self, ErrorCode};
use super::message::Message;
use super::raw_event::RawEvent;

/// What happened.
pub(crate) enum Event {
    /// A record was fetched.
    Message(Message),
    /// A partition of a topic of this name has no record to give: its end was reached, or it cannot
    /// be read, now or ever. The offset is that of the batch which cannot be read, where it is one.
    Partition(String, i32, ErrorCode, i64),
    /// The client as a whole reports an error, for example a failed connection.
    ClientError(ErrorCode, String),
    /// A line of the client's log: its syslog level, its kind, its text.
    Log(i32, String, String),
    /// Records were written, or not.
    Delivered(Vec<Report>),
    /// Something that needs no answer.
    Other,
}

/// The delivery report of one record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report {
    /// What the caller gave with the record.
    pub token: usize,
    /// Why it was not written.
    pub error: Option<ErrorCode>,
    /// What the broker said of the batch that it travelled in.
    pub batch: Option<ErrorCode>,
    /// True unless it is certain that the broker does not have it.
    pub maybe_written: bool,
    /// Where it was written.
    pub partition: i32,
    /// Where it was written.
    pub offset: i64,
}

impl Event {
    pub(super) fn read(event: RawEvent) -> Event {
        // SAFETY: the event is live.
        match unsafe { sys::rd_kafka_event_type(event.ptr()) } {
            sys::RD_KAFKA_EVENT_FETCH => Message::of(event).map_or(Event::Other, Event::Message),
            sys::RD_KAFKA_EVENT_ERROR => error(&event),
            sys::RD_KAFKA_EVENT_DR => Event::Delivered(reports(&event)),
            sys::RD_KAFKA_EVENT_LOG => log(&event),
            _ => Event::Other,
        }
    }
}

fn error(event: &RawEvent) -> Event {
    let Some((code, text)) = event.error() else {
        return Event::Other;
    };
    // SAFETY: the event is live; the result is ours to destroy, or null.
    let place = unsafe { sys::rd_kafka_event_topic_partition(event.ptr()) };
    if place.is_null() {
        return Event::ClientError(code, text);
    }
    // SAFETY: not null, and destroyed once, after its last use.
    unsafe {
        let (topic, partition) = (code::text((*place).topic), (*place).partition);
        let offset = (*place).offset;
        sys::rd_kafka_topic_partition_destroy(place);
        Event::Partition(topic, partition, code, offset)
    }
}

fn reports(event: &RawEvent) -> Vec<Report> {
    // librdkafka gives each batch an event of its own.
    let batch = event.error().map(|(code, _)| code);
    // SAFETY: the event is live; the array is filled with at most `count` pointers, which the event
    // owns until it is destroyed.
    let messages = unsafe {
        let count = sys::rd_kafka_event_message_count(event.ptr());
        let mut messages = vec![std::ptr::null(); count];
        let filled =
            sys::rd_kafka_event_message_array(event.ptr(), messages.as_mut_ptr(), messages.len());
        messages.truncate(filled);
        messages
    };
    messages
        .into_iter()
        .map(|message| {
            // SAFETY: owned by the live event.
            unsafe {
                let error = code::from_field(&raw const (*message).err);
                let status = sys::rd_kafka_message_status(message);
                Report {
                    token: (*message)._private as usize,
                    error: (error != ErrorCode::NoError).then_some(error),
                    batch,
                    maybe_written: status
                        != sys::rd_kafka_msg_status_t::RD_KAFKA_MSG_STATUS_NOT_PERSISTED,
                    partition: (*message).partition,
                    offset: (*message).offset,
                }
            }
        })
        .collect()
}

fn log(event: &RawEvent) -> Event {
    let mut facility: *const c_char = std::ptr::null();
    let mut line: *const c_char = std::ptr::null();
    let mut level: c_int = 0;
    // SAFETY: the event is live and owns the texts that are pointed to.
    unsafe {
        if sys::rd_kafka_event_log(event.ptr(), &mut facility, &mut line, &mut level) != 0 {
            return Event::Other;
        }
        Event::Log(level, code::text(facility), code::text(line))
    }
}
