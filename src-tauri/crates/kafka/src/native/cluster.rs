//! DescribeCluster: the first question on a connection, which only a client that was let in gets
//! answered.

use rdkafka_sys as sys;
use rdkafka_sys::types::RDKafkaAdminOp;

use connections::Failure;

use super::admin::{Answer, Options};
use super::client::Native;
use super::code;

/// What a cluster says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Described {
    /// Its id, where it gives one.
    pub id: Option<String>,
    /// Its nodes.
    pub brokers: Vec<Broker>,
    /// The node that leads it, where that is known.
    pub controller: Option<i32>,
}

/// One node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Broker {
    pub id: i32,
    pub host: String,
    pub port: u16,
}

/// Asks, and waits for the answer.
pub(crate) fn describe_cluster(native: &Native) -> Result<Described, Failure> {
    let options = Options::new(native, RDKafkaAdminOp::RD_KAFKA_ADMIN_OP_DESCRIBECLUSTER)?;
    // SAFETY: client, options and queue are live; the options are copied by the call.
    let answer = Answer::to(native, |queue| unsafe {
        sys::rd_kafka_DescribeCluster(native.ptr(), options.ptr(), queue);
    })?;
    let event = answer.wait()?;
    // SAFETY: the event is live and owns all that is pointed to; the array has `count` entries.
    unsafe {
        let result = sys::rd_kafka_event_DescribeCluster_result(event.ptr());
        if result.is_null() {
            return Err(native.context().failed(super::ErrorCode::Unknown));
        }
        let id = sys::rd_kafka_DescribeCluster_result_cluster_id(result);
        let mut count = 0;
        let nodes = sys::rd_kafka_DescribeCluster_result_nodes(result, &mut count);
        let brokers = (0..count).map(|i| broker(*nodes.add(i))).collect();
        let controller = sys::rd_kafka_DescribeCluster_result_controller(result);
        Ok(Described {
            id: (!id.is_null()).then(|| code::text(id)),
            brokers,
            controller: (!controller.is_null()).then(|| sys::rd_kafka_Node_id(controller)),
        })
    }
}

/// # Safety
/// `node` is live.
unsafe fn broker(node: *const sys::rd_kafka_Node_t) -> Broker {
    // SAFETY: promised by the caller.
    unsafe {
        Broker {
            id: sys::rd_kafka_Node_id(node),
            host: code::text(sys::rd_kafka_Node_host(node)),
            port: sys::rd_kafka_Node_port(node),
        }
    }
}
