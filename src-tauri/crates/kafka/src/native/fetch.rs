//! Reading partitions without any group.
//!
//! librdkafka's `assign` wants a group id, and a client with one looks for the group's coordinator
//! even when it never joins: a broker then creates `__consumer_offsets` if it has none, and an
//! account without rights on groups gets errors. The older interface (`rd_kafka_consume_start` and
//! `_stop`) reads partitions by number and offset, and nothing else.

use std::time::Duration;

use connections::{Code, Failure};
use rdkafka_sys as sys;

use super::admin::no_memory;
use super::client::Native;
use super::event::Event;
use super::offsets::List;
use super::queue::Queue;
use super::topic::Topic;

/// A client that reads partitions of one topic. Dropping it waits for its threads: not on an async
/// thread.
pub(crate) struct Fetch {
    name: String,
    reading: Vec<i32>,
    // In the order in which they must go: all refer to the client.
    topic: Topic,
    queue: Queue,
    native: Native,
}

impl Fetch {
    /// Takes a client over; nothing is read yet.
    pub(crate) fn of(native: Native, topic: &str) -> Result<Fetch, Failure> {
        // SAFETY: the client is live.
        let queue = unsafe { Queue::new(native.ptr()) }.ok_or_else(no_memory)?;
        // One queue to wait on: records and the client's own errors.
        native.main().forward_to(Some(&queue));
        let handle = Topic::of(&native, topic)?;
        let (name, reading) = (topic.to_owned(), Vec::new());
        Ok(Fetch { name, reading, topic: handle, queue, native })
    }

    /// What the client has heard.
    pub(crate) fn context(&self) -> &crate::context::Context {
        self.native.context()
    }

    /// Starts reading a partition that is not being read, at an offset of 0 or more.
    pub(crate) fn start(&mut self, partition: i32, offset: i64) -> Result<(), Failure> {
        // SAFETY: topic and queue are live and outlive the reading, which `Drop` stops.
        let started = unsafe {
            sys::rd_kafka_consume_start_queue(
                self.topic.ptr(),
                partition,
                offset.max(0),
                self.queue.ptr(),
            )
        };
        if started != 0 {
            return Err(Failure::new(
                Code::Internal,
                format!("partition {partition} of {} cannot be started", self.name),
            ));
        }
        self.reading.push(partition);
        Ok(())
    }

    /// Stops reading a partition: nothing that was fetched from it before comes after this.
    pub(crate) fn stop(&mut self, partition: i32) {
        if let Some(at) = self.reading.iter().position(|reading| *reading == partition) {
            self.reading.swap_remove(at);
            // SAFETY: the topic is live and the partition was started.
            unsafe { sys::rd_kafka_consume_stop(self.topic.ptr(), partition) };
        }
    }

    /// The offset after the last one that was passed, where one was: transaction markers count,
    /// although they are never given out.
    pub(crate) fn position(&self, partition: i32) -> Option<i64> {
        let list = List::new().ok()?;
        list.add(&self.name, partition, -1).ok()?;
        // SAFETY: client and list are live; the list is filled in.
        unsafe { sys::rd_kafka_position(self.native.ptr(), list.ptr()) };
        list.first_offset().filter(|offset| *offset >= 0)
    }

    /// Ends the client on a thread of its own: that waits for librdkafka's threads, and what was
    /// read need not.
    pub(crate) fn end_elsewhere(self) {
        // Where no thread can be had, the closure is dropped here and the client ends with it.
        let _ = std::thread::Builder::new().name("kafka-end".to_owned()).spawn(move || drop(self));
    }

    /// Waits for something to happen. Errors of the client have been noted by its context already.
    pub(crate) fn poll(&self, timeout: Duration) -> Option<Event> {
        let event = Event::read(self.queue.poll(timeout)?);
        self.native.context().hear(&event);
        Some(event)
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        for partition in std::mem::take(&mut self.reading) {
            // SAFETY: the topic is live and the partition was started.
            unsafe { sys::rd_kafka_consume_stop(self.topic.ptr(), partition) };
        }
        self.native.main().forward_to(None);
    }
}
