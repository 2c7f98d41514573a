//! AMQP properties as Kafka headers, and back.

use message::delivery::Properties;
use message::record::Header;

use super::PROPERTY_PREFIX;

/// AMQP's short strings hold no more bytes.
pub(super) const LONGEST_SHORT: usize = 255;

/// Headers `amqp.…` for the properties that are set, in the order of the specification. The
/// timestamp is the record's own, and the header table becomes headers by itself.
pub(super) fn to_headers(properties: &Properties) -> Vec<Header> {
    let number = |number: Option<u8>| number.map(|number| number.to_string());
    let set = [
        ("content-type", properties.content_type.clone()),
        ("content-encoding", properties.content_encoding.clone()),
        ("delivery-mode", number(properties.delivery_mode)),
        ("priority", number(properties.priority)),
        ("correlation-id", properties.correlation_id.clone()),
        ("reply-to", properties.reply_to.clone()),
        ("expiration", properties.expiration.clone()),
        ("message-id", properties.message_id.clone()),
        ("type", properties.kind.clone()),
        ("user-id", properties.user_id.clone()),
        ("app-id", properties.app_id.clone()),
        ("cluster-id", properties.cluster_id.clone()),
    ];
    set.into_iter().filter_map(|(name, value)| Some(header(name, &value?))).collect()
}

pub(super) fn header(name: &str, value: &str) -> Header {
    Header { name: format!("{PROPERTY_PREFIX}{name}").as_str().into(), value: Some(value.into()) }
}

/// Sets the property that a header was made from; false where it was made from none, or says
/// something that the property cannot hold.
///
/// Not restored: the time to live, which would make a message vanish that nobody expects to; the
/// delivery mode, because copies are persistent; the publisher's name, which the broker checks.
pub(super) fn restore(properties: &mut Properties, name: &str, value: Option<&[u8]>) -> bool {
    let Some(property) = name.strip_prefix(PROPERTY_PREFIX) else {
        return false;
    };
    let Some(text) = value
        .filter(|value| value.len() <= LONGEST_SHORT)
        .and_then(|value| std::str::from_utf8(value).ok())
    else {
        return false;
    };
    let slot = match property {
        "content-type" => &mut properties.content_type,
        "content-encoding" => &mut properties.content_encoding,
        "correlation-id" => &mut properties.correlation_id,
        "reply-to" => &mut properties.reply_to,
        "message-id" => &mut properties.message_id,
        "type" => &mut properties.kind,
        "app-id" => &mut properties.app_id,
        "priority" => {
            let Ok(priority) = text.parse() else {
                return false;
            };
            return properties.priority.replace(priority).is_none();
        }
        _ => return false,
    };
    // A second header of the name stays a header.
    if slot.is_some() {
        return false;
    }
    *slot = Some(text.to_owned());
    true
}
