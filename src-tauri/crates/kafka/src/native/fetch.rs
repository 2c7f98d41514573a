//! Reading partitions without any group.
//!
//! librdkafka's `assign` wants a group id, and a client with one looks for the group's coordinator
//! even when it never joins: a broker then creates `__consumer_offsets` if it has none, and an
//! account without rights on groups gets errors. The older interface (`rd_kafka_consume_start` and
//! `_stop`) reads partitions by number and offset, and nothing else.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

use connections::{Code, Failure};
use rdkafka_sys as sys;

use super::admin::no_memory;
use super::client::Native;
use super::code::ErrorCode;
use super::event::Event;
use super::message::Message;
use super::offsets::List;
use super::queue::Queue;
use super::topic::Topic;

/// A partition of one of the topics of a [`Fetch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct TopicPartition {
    /// The place of the topic among those that it was made for.
    pub topic: usize,
    /// The partition.
    pub partition: i32,
}

/// What a partition gives.
pub(crate) enum Given {
    /// A record.
    Record(Message),
    /// Its end was reached: this is the offset after the last one that is there now.
    End(i64),
    /// It cannot be read, now or ever; the offset is that of the batch that is to blame, if one is.
    Error(ErrorCode, i64),
}

/// A client that reads partitions of some topics. Dropping it waits for its threads: not on an async
/// thread.
pub(crate) struct Fetch {
    names: Vec<String>,
    /// The place of each topic, by its address and by its name: there may be thousands.
    places: HashMap<usize, usize>,
    named: HashMap<String, usize>,
    /// Of the record before: they come in runs.
    last: Cell<(usize, usize)>,
    reading: HashSet<TopicPartition>,
    // In the order in which they must go: all refer to the client.
    topics: Vec<Topic>,
    queue: Queue,
    native: Native,
}

impl Fetch {
    /// Takes a client over; nothing is read yet.
    pub(crate) fn of(native: Native, topics: &[&str]) -> Result<Fetch, Failure> {
        // SAFETY: the client is live.
        let queue = unsafe { Queue::new(native.ptr()) }.ok_or_else(no_memory)?;
        // One queue to wait on: records and the client's own errors.
        native.main().forward_to(Some(&queue));
        let names: Vec<String> = topics.iter().map(|&name| name.to_owned()).collect();
        let topics: Vec<Topic> =
            topics.iter().map(|name| Topic::of(&native, name)).collect::<Result<_, _>>()?;
        let place = |(place, topic): (usize, &Topic)| (topic.ptr().addr(), place);
        let places = topics.iter().enumerate().map(place).collect();
        let named = names.iter().enumerate().map(|(place, name)| (name.clone(), place)).collect();
        let last = Cell::new((0, 0));
        let reading = HashSet::new();
        Ok(Fetch { names, places, named, last, reading, topics, queue, native })
    }

    /// What the client has heard.
    pub(crate) fn context(&self) -> &crate::context::Context {
        self.native.context()
    }

    /// The name of a topic.
    pub(crate) fn name(&self, topic: usize) -> &str {
        self.names.get(topic).map_or("", String::as_str)
    }

    /// Starts reading a partition that is not being read, at an offset of 0 or more.
    pub(crate) fn start(&mut self, at: TopicPartition, offset: i64) -> Result<(), Failure> {
        let failed = || {
            let message =
                format!("partition {} of {} cannot be started", at.partition, self.name(at.topic));
            Failure::new(Code::Internal, message)
        };
        let topic = self.topics.get(at.topic).ok_or_else(failed)?;
        // SAFETY: topic and queue are live and outlive the reading, which `Drop` stops.
        let started = unsafe {
            sys::rd_kafka_consume_start_queue(
                topic.ptr(),
                at.partition,
                offset.max(0),
                self.queue.ptr(),
            )
        };
        if started != 0 {
            return Err(failed());
        }
        self.reading.insert(at);
        Ok(())
    }

    /// Stops reading a partition: nothing that was fetched from it before comes after this.
    pub(crate) fn stop(&mut self, at: TopicPartition) {
        if self.reading.remove(&at) {
            self.consume_stop(at);
        }
    }

    fn consume_stop(&self, at: TopicPartition) {
        if let Some(topic) = self.topics.get(at.topic) {
            // SAFETY: the topic is live and the partition was started.
            unsafe { sys::rd_kafka_consume_stop(topic.ptr(), at.partition) };
        }
    }

    /// The offset after the last one that was passed, where one was: transaction markers count,
    /// although they are never given out.
    pub(crate) fn position(&self, at: TopicPartition) -> Option<i64> {
        let list = List::new().ok()?;
        list.add(self.name(at.topic), at.partition, -1).ok()?;
        // SAFETY: client and list are live; the list is filled in.
        unsafe { sys::rd_kafka_position(self.native.ptr(), list.ptr()) };
        list.first_offset().filter(|offset| *offset >= 0)
    }

    fn place_of(&self, address: usize) -> Option<usize> {
        let (last, place) = self.last.get();
        if last == address {
            return Some(place);
        }
        let place = *self.places.get(&address)?;
        self.last.set((address, place));
        Some(place)
    }

    /// Ends the client on a thread of its own: that waits for librdkafka's threads, and what was
    /// read need not.
    pub(crate) fn end_elsewhere(self) {
        // Where no thread can be had, the closure is dropped here and the client ends with it.
        let _ = std::thread::Builder::new().name("kafka-end".to_owned()).spawn(move || drop(self));
    }

    /// What a partition gives next; waits for at most `timeout` where nothing is there. Errors of the
    /// client have been noted by its context already.
    pub(crate) fn next(&self, timeout: Duration) -> Option<(TopicPartition, Given)> {
        let event = Event::read(self.queue.poll(timeout)?);
        match event {
            Event::Message(message) => {
                let topic = self.place_of(message.topic().addr())?;
                let at = TopicPartition { topic, partition: message.partition() };
                Some((at, Given::Record(message)))
            }
            Event::Partition(name, partition, code, offset) => {
                let topic = *self.named.get(&name)?;
                let given = match code {
                    ErrorCode::PartitionEOF => Given::End(offset),
                    code => Given::Error(code, offset),
                };
                Some((TopicPartition { topic, partition }, given))
            }
            event => {
                self.native.context().hear(&event);
                None
            }
        }
    }
}

impl Drop for Fetch {
    fn drop(&mut self) {
        for at in std::mem::take(&mut self.reading) {
            self.consume_stop(at);
        }
        self.native.main().forward_to(None);
    }
}
