//! Metadata: which topics and partitions there are, and who leads them.
//!
//! For some topics by name, [`super::describe_topics`] is the better question.

use std::ffi::c_int;
use std::time::{Duration, Instant};

use connections::Failure;
use rdkafka_sys as sys;

use super::client::Native;
use super::code::{self, ErrorCode};
use super::topic::Topic;

mod raw {
    use super::sys;
    use std::ffi::c_int;

    // The bindings return an enum here, which must not hold a number that it does not list.
    unsafe extern "C" {
        pub(super) fn rd_kafka_metadata(
            client: *mut sys::rd_kafka_t,
            all: c_int,
            topic: *mut sys::rd_kafka_topic_t,
            metadata: *mut *const sys::rd_kafka_metadata,
            timeout_ms: c_int,
        ) -> c_int;
    }
}

/// How long the broker may take to answer.
const PATIENCE: Duration = Duration::from_secs(20);

/// While no broker is connected, how long to wait for one before looking again whether any will be.
const SLICE: Duration = Duration::from_millis(500);

/// One topic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TopicMeta {
    pub name: String,
    /// What tells it from another one of the same name. Only [`super::describe_topics`] asks for it,
    /// and brokers before 2.8 have none.
    pub id: Option<String>,
    pub error: Option<ErrorCode>,
    pub partitions: Vec<PartitionMeta>,
}

/// One partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PartitionMeta {
    pub id: i32,
    /// `None` while nobody leads it: it can be neither read nor written.
    pub leader: Option<i32>,
    pub replicas: Vec<i32>,
    pub in_sync: Vec<i32>,
}

/// Asks for all topics that this account may see.
pub(crate) fn metadata(native: &Native) -> Result<Vec<TopicMeta>, Failure> {
    patiently(native, None)
}

/// Asks for one topic, so that this client knows it when a record is written. One that does not
/// exist, or that this account may not see, comes with its error.
pub(crate) fn topic_metadata(native: &Native, name: &str) -> Result<TopicMeta, Failure> {
    let topic = Topic::of(native, name)?;
    let found = patiently(native, Some(&topic))?.into_iter().find(|found| found.name == name);
    Ok(found.unwrap_or_else(|| TopicMeta {
        name: name.to_owned(),
        id: None,
        error: Some(ErrorCode::UnknownTopicOrPartition),
        partitions: Vec::new(),
    }))
}

fn patiently(native: &Native, topic: Option<&Topic>) -> Result<Vec<TopicMeta>, Failure> {
    let started = Instant::now();
    loop {
        // A call that waits for a connection cannot be stopped, so it waits in slices; one that
        // waits for an answer is not cut short, or a slow broker would be asked again and again.
        let timeout = if native.context().is_up() { PATIENCE } else { SLICE };
        match ask(native, topic, timeout) {
            Ok(topics) => return Ok(topics),
            Err(code) => {
                if let Some(failure) = native.context().lost() {
                    return Err(failure);
                }
                let waiting = matches!(
                    code,
                    ErrorCode::BrokerTransportFailure | ErrorCode::OperationTimedOut
                );
                if !waiting || started.elapsed() >= PATIENCE {
                    return Err(native.context().failed(code));
                }
            }
        }
    }
}

fn ask(
    native: &Native,
    topic: Option<&Topic>,
    timeout: Duration,
) -> Result<Vec<TopicMeta>, ErrorCode> {
    let millis = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
    let mut answer: *const sys::rd_kafka_metadata = std::ptr::null();
    let all = c_int::from(topic.is_none());
    let topic = topic.map_or(std::ptr::null_mut(), Topic::ptr);
    // SAFETY: the client is live, and so is its topic, where there is one; the answer, where there
    // is one, is ours to destroy.
    let code = code::from_number(unsafe {
        raw::rd_kafka_metadata(native.ptr(), all, topic, &mut answer, millis)
    });
    if code != ErrorCode::NoError || answer.is_null() {
        return Err(code);
    }
    // SAFETY: live until it is destroyed, after everything was copied.
    unsafe {
        let topics = many((*answer).topics, (*answer).topic_cnt, |t| topic_of(t));
        sys::rd_kafka_metadata_destroy(answer);
        Ok(topics)
    }
}

/// # Safety
/// `topic` is live.
unsafe fn topic_of(topic: *const sys::rd_kafka_metadata_topic) -> TopicMeta {
    // SAFETY: promised by the caller, for all that it points to.
    unsafe {
        let error = code::from_field(&raw const (*topic).err);
        TopicMeta {
            name: code::text((*topic).topic),
            id: None,
            error: (error != ErrorCode::NoError).then_some(error),
            partitions: many((*topic).partitions, (*topic).partition_cnt, |p| partition_of(p)),
        }
    }
}

/// # Safety
/// `partition` is live.
unsafe fn partition_of(partition: *const sys::rd_kafka_metadata_partition) -> PartitionMeta {
    // SAFETY: promised by the caller, for all that it points to.
    unsafe {
        PartitionMeta {
            id: (*partition).id,
            leader: Some((*partition).leader).filter(|leader| *leader >= 0),
            replicas: many((*partition).replicas, (*partition).replica_cnt, |r| *r),
            in_sync: many((*partition).isrs, (*partition).isr_cnt, |r| *r),
        }
    }
}

/// Copies an array of C. An empty one may have no address, which a slice must have.
///
/// # Safety
/// `first` points to `count` entries, or `count` is not positive.
unsafe fn many<T, U>(first: *const T, count: i32, copy: impl Fn(*const T) -> U) -> Vec<U> {
    let count = usize::try_from(count).unwrap_or(0);
    if first.is_null() {
        return Vec::new();
    }
    // SAFETY: within the array, promised by the caller.
    (0..count).map(|i| copy(unsafe { first.add(i) })).collect()
}
