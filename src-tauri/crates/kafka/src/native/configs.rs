//! DescribeConfigs: the settings of topics.

use std::collections::BTreeMap;
use std::ffi::CString;

use connections::Failure;
use rdkafka_sys as sys;
use rdkafka_sys::types::{RDKafkaAdminOp, RDKafkaResourceType};

use super::admin::{Answer, Options, no_memory};
use super::client::Native;
use super::code::{self, ErrorCode};

mod raw {
    use super::sys;
    use std::ffi::c_int;

    // The bindings return an enum here, which must not hold a number that it does not list.
    unsafe extern "C" {
        pub(super) fn rd_kafka_ConfigResource_error(
            resource: *const sys::rd_kafka_ConfigResource_t,
        ) -> c_int;
    }
}

/// The settings of one topic, or why they cannot be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TopicSettings {
    pub topic: String,
    /// By name; a setting without a value, such as a sensitive one, is left out.
    pub settings: Result<BTreeMap<String, String>, ErrorCode>,
}

/// Asks, and waits for the answer.
pub(crate) fn describe_topics_settings(
    native: &Native,
    topics: &[&str],
) -> Result<Vec<TopicSettings>, Failure> {
    let mut resources = Resources(Vec::with_capacity(topics.len()));
    for topic in topics {
        let name = CString::new(*topic).map_err(|_| crate::names::invalid_topic())?;
        let kind = RDKafkaResourceType::RD_KAFKA_RESOURCE_TOPIC;
        // SAFETY: the name ends with NUL and is copied.
        let resource = unsafe { sys::rd_kafka_ConfigResource_new(kind, name.as_ptr()) };
        if resource.is_null() {
            return Err(no_memory());
        }
        resources.0.push(resource);
    }
    if resources.0.is_empty() {
        return Ok(Vec::new());
    }
    let options = Options::new(native, RDKafkaAdminOp::RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS)?;
    // SAFETY: client, resources, options and queue are live; resources and options are copied.
    let answer = Answer::to(native, |queue| unsafe {
        let (first, count) = (resources.0.as_mut_ptr(), resources.0.len());
        sys::rd_kafka_DescribeConfigs(native.ptr(), first, count, options.ptr(), queue);
    })?;
    let event = answer.wait()?;
    // SAFETY: the event is live and owns all that is pointed to; the array has `count` entries.
    unsafe {
        let result = sys::rd_kafka_event_DescribeConfigs_result(event.ptr());
        if result.is_null() {
            return Ok(Vec::new());
        }
        let mut count = 0;
        let described = sys::rd_kafka_DescribeConfigs_result_resources(result, &mut count);
        Ok((0..count).map(|i| settings_of(*described.add(i))).collect())
    }
}

/// # Safety
/// `resource` is live.
unsafe fn settings_of(resource: *const sys::rd_kafka_ConfigResource_t) -> TopicSettings {
    // SAFETY: promised by the caller, for all that it points to.
    unsafe {
        let topic = code::text(sys::rd_kafka_ConfigResource_name(resource));
        let error = code::from_number(raw::rd_kafka_ConfigResource_error(resource));
        if error != ErrorCode::NoError {
            return TopicSettings { topic, settings: Err(error) };
        }
        let mut count = 0;
        let entries = sys::rd_kafka_ConfigResource_configs(resource, &mut count);
        let settings = (0..count).filter_map(|i| {
            let entry = *entries.add(i);
            let value = sys::rd_kafka_ConfigEntry_value(entry);
            let name = code::text(sys::rd_kafka_ConfigEntry_name(entry));
            (!value.is_null()).then(|| (name, code::text(value)))
        });
        TopicSettings { topic, settings: Ok(settings.collect()) }
    }
}

struct Resources(Vec<*mut sys::rd_kafka_ConfigResource_t>);

impl Drop for Resources {
    fn drop(&mut self) {
        for resource in &self.0 {
            // SAFETY: owned by this value and destroyed once.
            unsafe { sys::rd_kafka_ConfigResource_destroy(*resource) };
        }
    }
}
