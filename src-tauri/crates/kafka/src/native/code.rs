//! Error codes and texts from C.

use std::ffi::{CStr, c_char};

use rdkafka_sys::types::RDKafkaRespErr;

pub(crate) use rdkafka_sys::types::RDKafkaErrorCode as ErrorCode;

/// The code of a number that a broker may have chosen; unlisted ones are [`ErrorCode::Unknown`].
pub(super) fn from_number(number: i32) -> ErrorCode {
    RDKafkaRespErr::try_from(number).map_or(ErrorCode::Unknown, ErrorCode::from)
}

/// Reads the error field of a structure of librdkafka as a number.
///
/// # Safety
/// `field` points to a valid `rd_kafka_resp_err_t`, which has the layout of an `i32`.
pub(super) unsafe fn from_field(field: *const RDKafkaRespErr) -> ErrorCode {
    // SAFETY: promised by the caller; any bit pattern is a valid i32.
    from_number(unsafe { field.cast::<i32>().read() })
}

/// The text, or an empty one for a null pointer.
///
/// # Safety
/// `text` is null or points to a NUL-terminated string that outlives the call.
pub(super) unsafe fn text(text: *const c_char) -> String {
    if text.is_null() {
        return String::new();
    }
    // SAFETY: promised by the caller.
    unsafe { CStr::from_ptr(text) }.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_that_the_bindings_do_not_list_is_unknown_and_not_undefined() {
        assert_eq!(from_number(12_345), ErrorCode::Unknown);
        assert_eq!(from_number(29), ErrorCode::TopicAuthorizationFailed);
    }
}
