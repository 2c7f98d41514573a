//! Administrative questions: options, a queue for the answer, and waiting for it.

use std::ffi::c_char;
use std::ptr::NonNull;
use std::time::{Duration, Instant};

use connections::{Code, Failure};
use rdkafka_sys as sys;
use rdkafka_sys::types::RDKafkaAdminOp;

use super::client::Native;
use super::queue::Queue;
use super::raw_event::RawEvent;

/// How long a question may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// How often a waiting question looks whether the connection is lost.
const SLICE: Duration = Duration::from_millis(50);

/// Options of one question, destroyed when dropped.
pub(super) struct Options(NonNull<sys::rd_kafka_AdminOptions_t>);

impl Options {
    pub(super) fn new(native: &Native, question: RDKafkaAdminOp) -> Result<Options, Failure> {
        // SAFETY: the client is live.
        let options = unsafe { sys::rd_kafka_AdminOptions_new(native.ptr(), question) };
        let options = NonNull::new(options).map(Options).ok_or_else(no_memory)?;
        let mut reason: [c_char; 128] = [0; 128];
        let millis = i32::try_from(PATIENCE.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: the options are live and the buffer has the size that is given. It refuses only
        // values out of a range that this one is in.
        unsafe {
            sys::rd_kafka_AdminOptions_set_request_timeout(
                options.ptr(),
                millis,
                reason.as_mut_ptr(),
                reason.len(),
            );
        }
        Ok(options)
    }

    /// Answers up to the last stable offset only.
    pub(super) fn read_committed(&self) {
        let level = sys::rd_kafka_IsolationLevel_t::RD_KAFKA_ISOLATION_LEVEL_READ_COMMITTED;
        // SAFETY: the options are live; an error would be ours to destroy.
        unsafe {
            let error = sys::rd_kafka_AdminOptions_set_isolation_level(self.ptr(), level);
            if !error.is_null() {
                sys::rd_kafka_error_destroy(error);
            }
        }
    }

    pub(super) fn ptr(&self) -> *mut sys::rd_kafka_AdminOptions_t {
        self.0.as_ptr()
    }
}

impl Drop for Options {
    fn drop(&mut self) {
        // SAFETY: owned by this value and destroyed once.
        unsafe { sys::rd_kafka_AdminOptions_destroy(self.ptr()) };
    }
}

/// A question that was asked.
pub(super) struct Answer<'a> {
    queue: Queue,
    native: &'a Native,
    deadline: Instant,
}

impl<'a> Answer<'a> {
    /// Asks, by giving `ask` the queue that the answer will arrive on.
    pub(super) fn to(
        native: &'a Native,
        ask: impl FnOnce(*mut sys::rd_kafka_queue_t),
    ) -> Result<Answer<'a>, Failure> {
        // SAFETY: the client is live.
        let queue = unsafe { Queue::new(native.ptr()) }.ok_or_else(no_memory)?;
        ask(queue.ptr());
        // librdkafka answers in time by itself; the margin is for a client that is being ended.
        let deadline = Instant::now() + PATIENCE + Duration::from_secs(2);
        Ok(Answer { queue, native, deadline })
    }

    /// Waits for the answer, and gives up early when the connection is known to be lost.
    pub(super) fn wait(self) -> Result<RawEvent, Failure> {
        loop {
            if let Some(event) = self.queue.poll(SLICE) {
                return match event.error() {
                    None => Ok(event),
                    Some((code, _)) => Err(self.native.context().failed(code)),
                };
            }
            // The connection to a bootstrap server is retired once the node behind it is known: that
            // is no listener which hangs up on strangers.
            if self.native.was_answered() {
                self.native.context().settle();
            }
            if let Some(failure) = self.native.context().lost() {
                return Err(failure);
            }
            if Instant::now() >= self.deadline {
                return Err(self.native.context().failed(super::ErrorCode::OperationTimedOut));
            }
        }
    }
}

pub(super) fn no_memory() -> Failure {
    Failure::new(Code::Internal, "the Kafka library is out of memory")
}
