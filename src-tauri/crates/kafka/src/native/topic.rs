//! A topic as one client knows it.

use std::ffi::CString;
use std::ptr::NonNull;

use connections::Failure;
use rdkafka_sys as sys;

use super::admin::no_memory;
use super::client::Native;

/// A topic as a client knows it, destroyed when dropped, before its client.
pub(super) struct Topic(NonNull<sys::rd_kafka_topic_t>);

// SAFETY: librdkafka's topic handles are documented as thread safe.
unsafe impl Send for Topic {}
// SAFETY: as above.
unsafe impl Sync for Topic {}

impl Topic {
    pub(super) fn of(native: &Native, name: &str) -> Result<Topic, Failure> {
        let name = CString::new(name).map_err(|_| crate::names::invalid_topic())?;
        // SAFETY: the client is live and the name ends with NUL; no configuration is handed over.
        let topic =
            unsafe { sys::rd_kafka_topic_new(native.ptr(), name.as_ptr(), std::ptr::null_mut()) };
        NonNull::new(topic).map(Topic).ok_or_else(no_memory)
    }

    pub(super) fn ptr(&self) -> *mut sys::rd_kafka_topic_t {
        self.0.as_ptr()
    }
}

impl Drop for Topic {
    fn drop(&mut self) {
        // SAFETY: owned by this value and destroyed once.
        unsafe { sys::rd_kafka_topic_destroy(self.ptr()) };
    }
}
