//! A RabbitMQ message as a consumer receives it.

use serde::{Deserialize, Serialize};

use crate::amqp::Entry;
use crate::bytes::Octets;

/// One message delivered from a queue. The delivery tag is not here: it is worth nothing outside
/// the channel that it came on, and never leaves the crate that owns that channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delivery {
    /// The queue it was taken from.
    pub queue: String,
    /// The exchange it was published to last; empty for the default exchange.
    pub exchange: String,
    /// The routing key it was published with last.
    pub routing_key: String,
    /// True once it has been delivered and returned; it stays true for ever.
    pub redelivered: bool,
    /// The properties of the content header.
    pub properties: Properties,
    /// The body.
    pub body: Octets,
}

impl Delivery {
    /// The value of a header by its name.
    pub fn header(&self, name: &str) -> Option<&crate::AmqpValue> {
        self.properties.headers.iter().flatten().find(|(n, _)| n == name).map(|(_, v)| v)
    }
}

/// The fourteen properties of AMQP 0-9-1 (class basic), each present or absent.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Properties {
    /// MIME type of the body, as the publisher says.
    pub content_type: Option<String>,
    /// MIME encoding of the body, as the publisher says.
    pub content_encoding: Option<String>,
    /// The header table; `None` where the property is absent, which differs from an empty table.
    pub headers: Option<Vec<Entry>>,
    /// 1 transient, 2 persistent.
    pub delivery_mode: Option<u8>,
    /// 0 to 255.
    pub priority: Option<u8>,
    /// The application's correlation id.
    pub correlation_id: Option<String>,
    /// Where replies are expected.
    pub reply_to: Option<String>,
    /// Time to live in milliseconds, as text.
    pub expiration: Option<String>,
    /// The application's message id.
    pub message_id: Option<String>,
    /// Seconds since 1970-01-01 UTC.
    pub timestamp: Option<u64>,
    /// The application's message type.
    pub kind: Option<String>,
    /// The user that published it, verified by the broker.
    pub user_id: Option<String>,
    /// The publishing application.
    pub app_id: Option<String>,
    /// Reserved.
    pub cluster_id: Option<String>,
}
