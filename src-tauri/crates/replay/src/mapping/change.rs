//! How a copy differs from its original, by kind.

use serde::{Deserialize, Serialize};

use message::render;

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Which kind.
    pub kind: ChangeKind,
    /// The header or property it is about, for display.
    pub header: Option<String>,
}

impl Change {
    pub(super) fn new(kind: ChangeKind) -> Self {
        Change { kind, header: None }
    }

    pub(super) fn of(kind: ChangeKind, header: &[u8]) -> Self {
        const LONGEST: usize = 80;
        let name = String::from_utf8_lossy(header.get(..4 * LONGEST).unwrap_or(header));
        let name = render::visible(&name).chars().take(LONGEST).collect();
        Change { kind, header: Some(name) }
    }
}

/// What a change means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Information of the original is not in the copy.
    Lost,
    /// It is in the copy in another form.
    Altered,
    /// It was taken away because a broker wrote it, or would act on it.
    Removed,
}

/// The kinds of change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// The original's time cannot be written (0, before 1970, too far away): the copy carries the
    /// time of sending, or none.
    TimestampNotWritable,
    /// The original has no time: the copy carries the time of sending.
    TimestampAbsent,
    /// Milliseconds of the time are cut: AMQP counts seconds. The provenance header keeps them.
    TimestampWholeSeconds,
    /// The time is of the broker that wrote the original, not of its producer.
    TimestampOfBroker,
    /// Several headers of one name became one list.
    DuplicateHeaders,
    /// The order of headers of different names is lost.
    HeaderOrder,
    /// A header whose name AMQP cannot carry is left out.
    HeaderName,
    /// A header that RabbitMQ would obey or refuse is left out.
    HeaderReserved,
    /// The AMQP type of a header is lost: its value is text now.
    HeaderType,
    /// A table or list became JSON.
    HeaderNested,
    /// What is nested deeper than 64 levels is left out.
    HeaderTooDeep,
    /// The key became the header `kafka.key`.
    KeyAsHeader,
    /// Properties became headers `amqp.…`.
    PropertiesAsHeaders,
    /// A header `amqp.…` of an earlier copy is replaced by what this message says.
    PropertyHeaderReplaced,
    /// The record of its deaths is removed; an application that counts its retries there starts
    /// again.
    DeathsRemoved,
    /// The broker's counts of deliveries are removed.
    DeliveryCountsRemoved,
    /// `CC` or `BCC` is removed: the copy goes where it is sent and nowhere else.
    CarbonCopiesRemoved,
    /// The publisher's name is removed: the broker would refuse it.
    UserIdRemoved,
    /// The address of a direct reply is removed: nobody waits for it here.
    DirectReplyRemoved,
    /// The position in a stream is removed.
    StreamOffsetRemoved,
    /// The provenance of an earlier copy is replaced.
    ProvenanceReplaced,
    /// A transient message becomes persistent.
    MadePersistent,
    /// The time to live that the broker removed when the original died is not restored.
    ExpirationNotRestored,
}

impl ChangeKind {
    /// What it means.
    pub fn effect(self) -> Effect {
        match self {
            ChangeKind::TimestampNotWritable
            | ChangeKind::TimestampAbsent
            | ChangeKind::TimestampWholeSeconds
            | ChangeKind::HeaderOrder
            | ChangeKind::HeaderName
            | ChangeKind::HeaderType
            | ChangeKind::HeaderTooDeep
            | ChangeKind::ExpirationNotRestored => Effect::Lost,
            ChangeKind::TimestampOfBroker
            | ChangeKind::DuplicateHeaders
            | ChangeKind::HeaderNested
            | ChangeKind::KeyAsHeader
            | ChangeKind::PropertiesAsHeaders
            | ChangeKind::MadePersistent => Effect::Altered,
            ChangeKind::HeaderReserved
            | ChangeKind::DeathsRemoved
            | ChangeKind::DeliveryCountsRemoved
            | ChangeKind::CarbonCopiesRemoved
            | ChangeKind::UserIdRemoved
            | ChangeKind::DirectReplyRemoved
            | ChangeKind::StreamOffsetRemoved
            | ChangeKind::PropertyHeaderReplaced
            | ChangeKind::ProvenanceReplaced => Effect::Removed,
        }
    }
}

/// Why a message is not copied to the target. It is left out of the run, and said so before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    /// A tombstone: AMQP has no absent body, and an empty one means something else.
    Tombstone,
    /// The key is to be the routing key, and there is none.
    KeyAbsent,
    /// The key is to be the routing key, and is not UTF-8.
    KeyNotText,
    /// The key is to be the routing key, and is longer than 255 bytes.
    KeyTooLong,
    /// The message's properties could not be read from the wire, so they cannot be written.
    PropertiesUnreadable,
    /// Larger than the target accepts.
    TooLarge,
    /// The target has no partition of the original's number.
    NoSuchPartition,
    /// The exchange delivers it to no queue.
    Unroutable,
    /// It could not be read from the source (any more).
    SourceGone,
}
