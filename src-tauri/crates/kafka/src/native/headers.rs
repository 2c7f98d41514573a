//! Headers as bytes, both ways.
//!
//! The protocol calls a header's name a string, and clients write what they like. librdkafka keeps
//! the bytes and their number, but its interface hands a name out as a C string, which ends at the
//! first zero byte. The number is read from librdkafka's own structure instead, for the exact
//! version that this is known of, and checked against what the interface says.

use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::offset_of;
use std::ptr::NonNull;

use message::Octets;
use message::record::Header;
use rdkafka_sys as sys;
use rdkafka_sys::types::RDKafkaMessage;

use super::code;

mod raw {
    use super::{c_char, c_int, c_void, sys};

    // The bindings return enums here, which must not hold a number that they do not list.
    unsafe extern "C" {
        pub(super) fn rd_kafka_message_headers(
            message: *const sys::rd_kafka_message_t,
            headers: *mut *mut sys::rd_kafka_headers_t,
        ) -> c_int;
        pub(super) fn rd_kafka_header_get_all(
            headers: *const sys::rd_kafka_headers_t,
            index: usize,
            name: *mut *const c_char,
            value: *mut *const c_void,
            size: *mut usize,
        ) -> c_int;
    }
}

/// `rd_kafka_header_t` of librdkafka 2.12 (`rdkafka_header.h`): one allocation, in which the name
/// is followed by the value.
#[repr(C)]
struct Layout {
    serialized_size: usize,
    value_size: usize,
    name_size: usize,
    value: *const c_void,
    name: [c_char; 1],
}

/// The version whose layout is known, and the mask that leaves its major and minor number.
const KNOWN: c_int = 0x020c_0000;
const MAJOR_MINOR: u32 = 0xffff_0000;

/// Headers that do not parse: the record itself is still good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadHeaders;

/// The headers of a fetched message.
///
/// # Safety
/// `message` is live.
pub(super) unsafe fn of(message: *const RDKafkaMessage) -> Result<Vec<Header>, BadHeaders> {
    let mut headers = std::ptr::null_mut();
    // SAFETY: promised by the caller; the headers belong to the message.
    let code = unsafe { raw::rd_kafka_message_headers(message, &mut headers) };
    match code::from_number(code) {
        super::ErrorCode::NoError => {}
        super::ErrorCode::NoEnt => return Ok(Vec::new()),
        _ => return Err(BadHeaders),
    }
    // SAFETY: set by the call above, and live as long as the message.
    Ok(unsafe { read(headers) })
}

/// # Safety
/// `headers` is live.
unsafe fn read(headers: *const sys::rd_kafka_headers_t) -> Vec<Header> {
    let mut read = Vec::new();
    loop {
        let (mut name, mut value, mut size) = (std::ptr::null(), std::ptr::null(), 0);
        // SAFETY: promised by the caller; an index after the last is answered with an error.
        let code = unsafe {
            raw::rd_kafka_header_get_all(headers, read.len(), &mut name, &mut value, &mut size)
        };
        if code::from_number(code) != super::ErrorCode::NoError {
            return read;
        }
        // SAFETY: name and value are those of a live header; a value that is not null has `size`
        // bytes.
        read.push(unsafe {
            Header {
                name: Octets::from(name_of(name, value, size)),
                value: (!value.is_null())
                    .then(|| std::slice::from_raw_parts(value.cast::<u8>(), size))
                    .map(Octets::from),
            }
        });
    }
}

/// # Safety
/// `name` is the name of a live header, and `value` and `size` are its value.
unsafe fn name_of<'a>(name: *const c_char, value: *const c_void, size: usize) -> &'a [u8] {
    // SAFETY: librdkafka ends each name with a zero byte.
    let until_zero = unsafe { CStr::from_ptr(name) }.to_bytes();
    // SAFETY: takes nothing and gives a number.
    let version = unsafe { sys::rd_kafka_version() };
    if version.cast_unsigned() & MAJOR_MINOR != KNOWN.cast_unsigned() {
        return until_zero;
    }
    // SAFETY: in this version the name is the last member of `Layout`, so the structure starts that
    // far before it, within the same allocation.
    let layout = unsafe { &*name.byte_sub(offset_of!(Layout, name)).cast::<Layout>() };
    let agrees = layout.value == value
        && layout.value_size == size
        && layout.name_size >= until_zero.len()
        && layout.serialized_size >= layout.name_size;
    if !agrees {
        return until_zero;
    }
    // SAFETY: the allocation holds that many bytes of the name, and a zero byte after them.
    unsafe { std::slice::from_raw_parts(name.cast::<u8>(), layout.name_size) }
}

/// Headers to be written, destroyed when dropped unless they were handed over.
pub(super) struct Outgoing(NonNull<sys::rd_kafka_headers_t>);

impl Outgoing {
    /// `None` where there are none, or no memory for them.
    pub(super) fn new(headers: &[Header]) -> Option<Outgoing> {
        // SAFETY: always allowed; the number is a hint.
        let list = Outgoing(NonNull::new(unsafe { sys::rd_kafka_headers_new(headers.len()) })?);
        for header in headers {
            let name = header.name.as_slice();
            let value = header.value.as_ref().map(Octets::as_slice);
            // A null pointer is a null value; an empty slice has an address, so it stays empty.
            let first = value.map_or(std::ptr::null(), <[u8]>::as_ptr);
            // SAFETY: the list is live; name and value are copied, with the sizes that are given.
            unsafe {
                sys::rd_kafka_header_add(
                    list.ptr(),
                    name.as_ptr().cast(),
                    name.len().cast_signed(),
                    first.cast(),
                    value.map_or(0, <[u8]>::len).cast_signed(),
                );
            }
        }
        Some(list)
    }

    pub(super) fn ptr(&self) -> *mut sys::rd_kafka_headers_t {
        self.0.as_ptr()
    }

    /// librdkafka has taken them over.
    pub(super) fn handed_over(self) {
        std::mem::forget(self);
    }
}

impl Drop for Outgoing {
    fn drop(&mut self) {
        // SAFETY: owned by this value and destroyed once.
        unsafe { sys::rd_kafka_headers_destroy(self.ptr()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_values_are_bytes_with_zeros_nulls_and_duplicates_and_keep_their_order() {
        let header = |name: &[u8], value: Option<&[u8]>| Header {
            name: Octets::from(name),
            value: value.map(Octets::from),
        };
        let written = vec![
            header(b"trace", Some(b"1")),
            header(b"trace", Some(b"2")),
            header(b"trace", None),
            header(b"", Some(b"")),
            header(b"\xff\xfe\x80", Some(b"\0\0\0")),
            header(b"a\0b", Some(b"x")),
            header(b"a\0b\0", None),
            header(b"\0", Some(b"")),
        ];
        let list = Outgoing::new(&written).unwrap();
        // SAFETY: the list is live.
        assert_eq!(unsafe { read(list.ptr()) }, written);
    }
}
