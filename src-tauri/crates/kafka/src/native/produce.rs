//! Handing records to a producer.

use std::ffi::{CStr, c_void};
use std::time::Duration;

use message::Octets;
use message::record::Header;
use rdkafka_sys as sys;
use rdkafka_sys::rd_kafka_vtype_t as Field;

use super::client::Native;
use super::code::{self, ErrorCode};
use super::headers::Outgoing as NativeHeaders;

mod raw {
    use super::sys;
    use std::ffi::c_int;

    // The bindings return an enum here, which must not hold a number that it does not list.
    unsafe extern "C" {
        pub(super) fn rd_kafka_error_code(error: *const sys::rd_kafka_error_t) -> c_int;
    }
}

/// One record to write.
pub(crate) struct ToSend<'a> {
    pub topic: &'a CStr,
    pub partition: i32,
    pub key: Option<&'a Octets>,
    pub value: Option<&'a Octets>,
    pub headers: &'a [Header],
    /// Milliseconds since 1970; `None` is now. 0 means now to librdkafka and must not be given.
    pub timestamp: Option<i64>,
    /// Comes back in the delivery report.
    pub token: usize,
}

impl Native {
    /// Copies a record into the queue of this producer; never waits.
    ///
    /// # Errors
    /// librdkafka's code; nothing was queued then, and no report will come.
    pub(crate) fn send(&self, record: &ToSend<'_>) -> Result<(), ErrorCode> {
        let headers = match record.headers {
            [] => None,
            some => Some(NativeHeaders::new(some).ok_or(ErrorCode::CriticalSystemResource)?),
        };
        let mut fields = vec![
            field(Field::RD_KAFKA_VTYPE_TOPIC, |u| u.cstr = record.topic.as_ptr()),
            field(Field::RD_KAFKA_VTYPE_PARTITION, |u| u.i32_ = record.partition),
            field(Field::RD_KAFKA_VTYPE_MSGFLAGS, |u| u.i = sys::RD_KAFKA_MSG_F_COPY),
            field(Field::RD_KAFKA_VTYPE_OPAQUE, |u| u.ptr = record.token as *mut c_void),
            memory(Field::RD_KAFKA_VTYPE_KEY, record.key),
            memory(Field::RD_KAFKA_VTYPE_VALUE, record.value),
        ];
        if let Some(millis) = record.timestamp {
            fields.push(field(Field::RD_KAFKA_VTYPE_TIMESTAMP, |u| u.i64_ = millis));
        }
        if let Some(headers) = &headers {
            fields.push(field(Field::RD_KAFKA_VTYPE_HEADERS, |u| u.headers = headers.ptr()));
        }
        // SAFETY: the client is live; each field has the member of its type set; key and value are
        // copied; the headers are taken over where the call succeeds.
        let code = unsafe {
            let error = sys::rd_kafka_produceva(self.ptr(), fields.as_ptr(), fields.len());
            if error.is_null() {
                ErrorCode::NoError
            } else {
                let code = code::from_number(raw::rd_kafka_error_code(error));
                sys::rd_kafka_error_destroy(error);
                code
            }
        };
        if code != ErrorCode::NoError {
            return Err(code);
        }
        if let Some(headers) = headers {
            headers.handed_over();
        }
        Ok(())
    }

    /// Sends what is in the queue of this producer without waiting for more. True once all of it is
    /// reported, and the reports were taken by whoever polls.
    pub(crate) fn flush(&self, timeout: Duration) -> bool {
        let millis = i32::try_from(timeout.as_millis()).unwrap_or(i32::MAX);
        // SAFETY: the client is live; the only codes are librdkafka's own.
        let code = unsafe { sys::rd_kafka_flush(self.ptr(), millis) };
        ErrorCode::from(code) == ErrorCode::NoError
    }
}

/// Where Java's clients place a key among so many partitions: murmur2. `None` where there are none.
pub(crate) fn partition_of_key(key: &Octets, partitions: usize) -> Option<i32> {
    let count = i32::try_from(partitions).ok().filter(|count| *count > 0)?;
    let (key, none) = (key.as_slice(), std::ptr::null_mut());
    // SAFETY: the key has that many bytes; this function looks at no topic (`rdkafka_msg.c`).
    Some(unsafe {
        sys::rd_kafka_msg_partitioner_murmur2(
            std::ptr::null(),
            key.as_ptr().cast(),
            key.len(),
            count,
            none,
            none,
        )
    })
}

/// A null pointer is a null key or value; an empty one has an address, so it stays empty.
fn memory(kind: Field, bytes: Option<&Octets>) -> sys::rd_kafka_vu_t {
    let first = bytes.map_or(std::ptr::null(), |bytes| bytes.as_slice().as_ptr());
    field(kind, |u| {
        u.mem.ptr = first.cast_mut().cast();
        u.mem.size = bytes.map_or(0, Octets::len);
    })
}

fn field(
    vtype: Field,
    set: impl FnOnce(&mut sys::rd_kafka_vu_s__bindgen_ty_1),
) -> sys::rd_kafka_vu_t {
    let mut u = sys::rd_kafka_vu_s__bindgen_ty_1 { _pad: [0; 64] };
    set(&mut u);
    sys::rd_kafka_vu_t { vtype, u }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_placed_where_java_places_them() {
        // `Utils.murmur2` in Kafka's own tests, without the sign.
        for (key, hash) in
            [("21", -973_932_308_i32), ("foobar", -790_332_482), ("abc", 479_470_107)]
        {
            let expected = (hash & 0x7fff_ffff) % 12;
            assert_eq!(partition_of_key(&Octets::from(key), 12), Some(expected), "{key}");
        }
        assert_eq!(partition_of_key(&Octets::from("k"), 0), None);
    }
}
