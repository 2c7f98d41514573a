//! An event queue of librdkafka.

use std::ptr::NonNull;
use std::time::Duration;

use rdkafka_sys as sys;

use super::raw_event::RawEvent;

/// A queue, destroyed when dropped. It must not outlive its client's owner for long: librdkafka
/// counts references, so a short overlap is allowed.
pub(super) struct Queue(NonNull<sys::rd_kafka_queue_t>);

// SAFETY: librdkafka's queues are documented as thread safe.
unsafe impl Send for Queue {}
// SAFETY: as above.
unsafe impl Sync for Queue {}

impl Queue {
    /// A new queue of a client.
    ///
    /// # Safety
    /// `client` is a live client.
    pub(super) unsafe fn new(client: *mut sys::rd_kafka_t) -> Option<Queue> {
        // SAFETY: promised by the caller.
        NonNull::new(unsafe { sys::rd_kafka_queue_new(client) }).map(Queue)
    }

    /// The main queue of a client: its errors, logs and delivery reports.
    ///
    /// # Safety
    /// `client` is a live client.
    pub(super) unsafe fn main_of(client: *mut sys::rd_kafka_t) -> Option<Queue> {
        // SAFETY: promised by the caller.
        NonNull::new(unsafe { sys::rd_kafka_queue_get_main(client) }).map(Queue)
    }

    pub(super) fn ptr(&self) -> *mut sys::rd_kafka_queue_t {
        self.0.as_ptr()
    }

    /// Sends everything that arrives here to another queue, or keeps it again.
    pub(super) fn forward_to(&self, target: Option<&Queue>) {
        let target = target.map_or(std::ptr::null_mut(), Queue::ptr);
        // SAFETY: both queues are live; a null target ends the forwarding.
        unsafe { sys::rd_kafka_queue_forward(self.ptr(), target) };
    }

    /// Waits for an event, for at most `timeout`.
    pub(super) fn poll(&self, timeout: Duration) -> Option<RawEvent> {
        let millis = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: the queue is live.
        RawEvent::owned(unsafe { sys::rd_kafka_queue_poll(self.ptr(), millis) })
    }

    /// Ends a poll that waits on another thread.
    pub(super) fn wake(&self) {
        // SAFETY: the queue is live, and this call is meant for other threads.
        unsafe { sys::rd_kafka_queue_yield(self.ptr()) };
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        // SAFETY: created by this type and destroyed once.
        unsafe { sys::rd_kafka_queue_destroy(self.ptr()) };
    }
}
