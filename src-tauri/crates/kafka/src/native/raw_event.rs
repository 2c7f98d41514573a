//! An event of librdkafka, owned.

use std::ptr::NonNull;

use rdkafka_sys as sys;

use super::code::{self, ErrorCode};

mod raw {
    use super::sys;
    use std::ffi::c_int;

    // The bindings return an enum here, which must not hold a number that it does not list.
    unsafe extern "C" {
        pub(super) fn rd_kafka_event_error(event: *mut sys::rd_kafka_event_t) -> c_int;
    }
}

/// An event as librdkafka gave it, destroyed when dropped.
pub(super) struct RawEvent(NonNull<sys::rd_kafka_event_t>);

// SAFETY: an event belongs to one holder and is not tied to a thread.
unsafe impl Send for RawEvent {}

impl RawEvent {
    /// Takes over an event; `None` for a null pointer.
    pub(super) fn owned(event: *mut sys::rd_kafka_event_t) -> Option<RawEvent> {
        NonNull::new(event).map(RawEvent)
    }

    pub(super) fn ptr(&self) -> *mut sys::rd_kafka_event_t {
        self.0.as_ptr()
    }

    /// The error of a result as a whole, with librdkafka's text.
    pub(super) fn error(&self) -> Option<(ErrorCode, String)> {
        // SAFETY: the event is live.
        let code = code::from_number(unsafe { raw::rd_kafka_event_error(self.ptr()) });
        if code == ErrorCode::NoError {
            return None;
        }
        // SAFETY: the event is live and owns the text.
        Some((code, unsafe { code::text(sys::rd_kafka_event_error_string(self.ptr())) }))
    }
}

impl Drop for RawEvent {
    fn drop(&mut self) {
        // SAFETY: owned by this value and destroyed once.
        unsafe { sys::rd_kafka_event_destroy(self.ptr()) };
    }
}
