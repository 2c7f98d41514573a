//! ListOffsets: first, end, and by time, for many partitions of many topics in one call.

use std::ffi::CString;
use std::ptr::NonNull;

use connections::Failure;
use rdkafka_sys as sys;
use rdkafka_sys::types::RDKafkaAdminOp;

use super::admin::{Answer, Options, no_memory};
use super::client::Native;
use super::code::{self, ErrorCode};
use crate::read::Isolation;

/// Which offset is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The first one still there.
    First,
    /// The one after the last: of all records, or of those whose transactions are decided.
    End,
    /// The record with the greatest timestamp; none in an empty partition.
    Latest,
    /// The first record at or after this time, in milliseconds since 1970; none where all are
    /// earlier.
    At(i64),
}

/// The answer for one partition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Listed {
    pub topic: String,
    pub partition: i32,
    /// `Ok(None)` where there is no such record.
    pub offset: Result<Option<i64>, ErrorCode>,
    /// The timestamp of that record, where the question was about timestamps.
    pub millis: Option<i64>,
}

/// A question on its way, so that several can be.
pub(crate) struct Asked<'a>(Option<Answer<'a>>);

/// Asks for the same place in many partitions. A partition without a leader must be left out: the
/// call would wait for one.
pub(crate) fn list_offsets<'a>(
    native: &'a Native,
    partitions: impl IntoIterator<Item = (&'a str, i32)>,
    place: Place,
    isolation: Isolation,
) -> Result<Asked<'a>, Failure> {
    let list = List::new()?;
    let spec = match place {
        Place::First => -2,
        Place::End => -1,
        Place::Latest => -3,
        Place::At(millis) => millis.max(0),
    };
    for (topic, partition) in partitions {
        list.add(topic, partition, spec)?;
    }
    if list.is_empty() {
        return Ok(Asked(None));
    }
    let options = Options::new(native, RDKafkaAdminOp::RD_KAFKA_ADMIN_OP_LISTOFFSETS)?;
    if isolation == Isolation::Committed {
        options.read_committed();
    }
    // SAFETY: client, list, options and queue are live; list and options are copied by the call.
    let answer = Answer::to(native, |queue| unsafe {
        sys::rd_kafka_ListOffsets(native.ptr(), list.ptr(), options.ptr(), queue);
    })?;
    Ok(Asked(Some(answer)))
}

impl Asked<'_> {
    /// Waits for the answer.
    pub(crate) fn wait(self) -> Result<Vec<Listed>, Failure> {
        let Some(answer) = self.0 else {
            return Ok(Vec::new());
        };
        let event = answer.wait()?;
        // SAFETY: the event is live and owns all that is pointed to; the array has `count` entries.
        unsafe {
            let result = sys::rd_kafka_event_ListOffsets_result(event.ptr());
            if result.is_null() {
                return Ok(Vec::new());
            }
            let mut count = 0;
            let infos = sys::rd_kafka_ListOffsets_result_infos(result, &mut count);
            Ok((0..count).map(|i| listed(*infos.add(i))).collect())
        }
    }
}

/// # Safety
/// `info` is live.
unsafe fn listed(info: *const sys::rd_kafka_ListOffsetsResultInfo_t) -> Listed {
    // SAFETY: promised by the caller, for all that it points to.
    unsafe {
        let place = sys::rd_kafka_ListOffsetsResultInfo_topic_partition(info);
        let offset = match code::from_field(&raw const (*place).err) {
            ErrorCode::NoError => Ok(Some((*place).offset).filter(|offset| *offset >= 0)),
            code => Err(code),
        };
        let millis = sys::rd_kafka_ListOffsetsResultInfo_timestamp(info);
        Listed {
            topic: code::text((*place).topic),
            partition: (*place).partition,
            // Kafka answers -1 where there is none.
            millis: (millis != -1).then_some(millis),
            offset,
        }
    }
}

/// A list of partitions, destroyed when dropped.
pub(super) struct List(NonNull<sys::rd_kafka_topic_partition_list_t>);

impl List {
    pub(super) fn new() -> Result<List, Failure> {
        // SAFETY: always allowed; the size is a hint.
        let list = unsafe { sys::rd_kafka_topic_partition_list_new(16) };
        NonNull::new(list).map(List).ok_or_else(no_memory)
    }

    pub(super) fn add(&self, topic: &str, partition: i32, offset: i64) -> Result<(), Failure> {
        let topic = CString::new(topic).map_err(|_| crate::names::invalid_topic())?;
        // SAFETY: the list is live, the name is copied, and the entry belongs to the list.
        unsafe {
            let entry =
                sys::rd_kafka_topic_partition_list_add(self.ptr(), topic.as_ptr(), partition);
            if entry.is_null() {
                return Err(no_memory());
            }
            (*entry).offset = offset;
        }
        Ok(())
    }

    /// The offset of the first entry.
    pub(super) fn first_offset(&self) -> Option<i64> {
        // SAFETY: the list is live and has an entry where `cnt` says so.
        unsafe {
            let list = self.ptr();
            ((*list).cnt > 0).then(|| (*(*list).elems).offset)
        }
    }

    fn is_empty(&self) -> bool {
        self.first_offset().is_none()
    }

    pub(super) fn ptr(&self) -> *mut sys::rd_kafka_topic_partition_list_t {
        self.0.as_ptr()
    }
}

impl Drop for List {
    fn drop(&mut self) {
        // SAFETY: owned by this value and destroyed once.
        unsafe { sys::rd_kafka_topic_partition_list_destroy(self.ptr()) };
    }
}
