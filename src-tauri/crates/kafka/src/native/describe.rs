//! DescribeTopics: the partitions of some topics, in one request.

use std::ffi::CString;

use connections::Failure;
use rdkafka_sys as sys;
use rdkafka_sys::types::RDKafkaAdminOp;

use super::admin::{Answer, Options, no_memory};
use super::client::Native;
use super::code::{self, ErrorCode};
use super::metadata::{PartitionMeta, TopicMeta};

mod raw {
    use super::sys;
    use std::ffi::c_int;

    // The bindings return an enum here, which must not hold a number that it does not list.
    unsafe extern "C" {
        pub(super) fn rd_kafka_error_code(error: *const sys::rd_kafka_error_t) -> c_int;
    }
}

/// Asks, and waits for the answer. A topic that does not exist, or that this account may not see,
/// is in the answer with its error. Creates no topic.
pub(crate) fn describe_topics(native: &Native, topics: &[&str]) -> Result<Vec<TopicMeta>, Failure> {
    let mut names = topics.to_vec();
    // librdkafka refuses a question that names a topic twice.
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let names: Result<Vec<CString>, _> = names.into_iter().map(CString::new).collect();
    let names = names.map_err(|_| crate::names::invalid_topic())?;
    let mut pointers: Vec<_> = names.iter().map(|name| name.as_ptr()).collect();
    let options = Options::new(native, RDKafkaAdminOp::RD_KAFKA_ADMIN_OP_DESCRIBETOPICS)?;
    // SAFETY: the names end with NUL, outlive the call, and are copied.
    let wanted = unsafe {
        sys::rd_kafka_TopicCollection_of_topic_names(pointers.as_mut_ptr(), pointers.len())
    };
    if wanted.is_null() {
        return Err(no_memory());
    }
    // SAFETY: client, collection, options and queue are live; collection and options are copied.
    let answer = Answer::to(native, |queue| unsafe {
        sys::rd_kafka_DescribeTopics(native.ptr(), wanted, options.ptr(), queue);
    });
    // SAFETY: created above and destroyed once, after its last use.
    unsafe { sys::rd_kafka_TopicCollection_destroy(wanted) };
    let event = answer?.wait()?;
    // SAFETY: the event is live and owns all that is pointed to; the array has `count` entries.
    unsafe {
        let result = sys::rd_kafka_event_DescribeTopics_result(event.ptr());
        if result.is_null() {
            return Ok(Vec::new());
        }
        let mut count = 0;
        let described = sys::rd_kafka_DescribeTopics_result_topics(result, &mut count);
        Ok((0..count).map(|i| topic_of(*described.add(i))).collect())
    }
}

/// # Safety
/// `topic` is live.
unsafe fn topic_of(topic: *const sys::rd_kafka_TopicDescription_t) -> TopicMeta {
    // SAFETY: promised by the caller, for all that it points to.
    unsafe {
        let error = sys::rd_kafka_TopicDescription_error(topic);
        let error = match error.is_null() {
            true => ErrorCode::NoError,
            false => code::from_number(raw::rd_kafka_error_code(error)),
        };
        let mut count = 0;
        let partitions = sys::rd_kafka_TopicDescription_partitions(topic, &mut count);
        TopicMeta {
            name: code::text(sys::rd_kafka_TopicDescription_name(topic)),
            id: id_of_topic(sys::rd_kafka_TopicDescription_topic_id(topic)),
            error: (error != ErrorCode::NoError).then_some(error),
            partitions: (0..count).map(|i| partition_of(*partitions.add(i))).collect(),
        }
    }
}

/// # Safety
/// `id` is null or live.
unsafe fn id_of_topic(id: *const sys::rd_kafka_Uuid_t) -> Option<String> {
    if id.is_null() {
        return None;
    }
    // SAFETY: promised by the caller; the text belongs to the id.
    unsafe {
        let none = sys::rd_kafka_Uuid_most_significant_bits(id) == 0
            && sys::rd_kafka_Uuid_least_significant_bits(id) == 0;
        (!none).then(|| code::text(sys::rd_kafka_Uuid_base64str(id)))
    }
}

/// # Safety
/// `partition` is live.
unsafe fn partition_of(partition: *const sys::rd_kafka_TopicPartitionInfo_t) -> PartitionMeta {
    let (mut replicas, mut in_sync) = (0, 0);
    // SAFETY: promised by the caller, for all that it points to; the arrays have the lengths that
    // are set.
    unsafe {
        let leader = sys::rd_kafka_TopicPartitionInfo_leader(partition);
        let all = sys::rd_kafka_TopicPartitionInfo_replicas(partition, &mut replicas);
        let synced = sys::rd_kafka_TopicPartitionInfo_isr(partition, &mut in_sync);
        PartitionMeta {
            id: sys::rd_kafka_TopicPartitionInfo_partition(partition),
            leader: id_of(leader).filter(|id| *id >= 0),
            replicas: (0..replicas).filter_map(|i| id_of(*all.add(i))).collect(),
            in_sync: (0..in_sync).filter_map(|i| id_of(*synced.add(i))).collect(),
        }
    }
}

/// # Safety
/// `node` is null or live.
unsafe fn id_of(node: *const sys::rd_kafka_Node_t) -> Option<i32> {
    // SAFETY: promised by the caller.
    (!node.is_null()).then(|| unsafe { sys::rd_kafka_Node_id(node) })
}
