//! Replay, first form: source, target, preview, run.

use replay::{mapping, preview};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::sessions::RunningReplay;
use crate::wire::activity::Place;
use crate::wire::connection::Environment;
use crate::wire::words::words;
use crate::wire::{Failure, Int64, UInt64};

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "from", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ReplaySource {
    Records { result_set: String, rows: Vec<u32> },
    Held { hold: String, ids: Vec<u32> },
}

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "to", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ReplayTarget {
    Topic {
        connection: String,
        topic: String,
        partition: PartitionChoice,
        time: TimeChoice,
    },
    Exchange {
        connection: String,
        /// Empty is the default exchange, which routes by queue name.
        exchange: String,
        /// Null keeps the key of each message.
        routing_key: Option<String>,
    },
}

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "choice", rename_all = "snake_case")]
pub enum PartitionChoice {
    ByKey,
    Same,
    Fixed { partition: u32 },
}

/// With which time a record is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum TimeChoice {
    Original,
    Now,
}

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReplayRequest {
    pub source: ReplaySource,
    pub target: ReplayTarget,
    /// Acknowledge each held original after its own copy was confirmed.
    pub remove_at_source: bool,
}

/// What a replay would do. The set is frozen: running it does this and nothing else.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReplayPreview {
    pub id: String,
    pub source: Party,
    pub target: Party,
    /// What there.
    pub place: Place,
    pub selected: u32,
    /// How many of them can be sent: the count to confirm.
    pub sendable: u32,
    /// Bytes of the originals of these, as the list they were chosen from shows them.
    pub original_bytes: UInt64,
    /// Bytes of their copies, with all that is added.
    pub bytes: UInt64,
    /// Bytes of the largest copy.
    pub largest: UInt64,
    /// Names of headers that each copy gets.
    pub added_headers: Vec<String>,
    /// How copies differ from their originals, lost things first.
    pub changes: Vec<ReplayChange>,
    /// What is left out, by reason.
    pub refusals: Vec<ReplayRefusal>,
    /// Where copies go, by routing key; empty for Kafka.
    pub routes: Vec<ReplayRoute>,
    pub warnings: Vec<ReplayWarning>,
    pub checks: Vec<ReplayCheck>,
    pub remove_at_source: bool,
}

/// A connection that takes part.
#[derive(Debug, Clone, Serialize, Type)]
pub struct Party {
    pub name: String,
    pub environment: Environment,
}

#[derive(Debug, Clone, Serialize, Type)]
pub struct ReplayChange {
    pub kind: ChangeKind,
    pub effect: ChangeEffect,
    pub messages: u32,
    /// Some of the headers it is about.
    pub headers: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Type)]
pub struct ReplayRefusal {
    pub why: RefusalReason,
    pub messages: u32,
    pub failure: Option<Failure>,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReplayRoute {
    pub routing_key: String,
    pub messages: u32,
    /// Queues that are known to receive a copy.
    pub queues: Vec<String>,
    /// Why there may be more; null where these are all.
    pub unknown: Option<RouteUnknown>,
}

/// Why it is not known before where messages go.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum RouteUnknown {
    /// The route passes more exchanges than are followed.
    ManyExchanges { most: u32 },
    /// An exchange decides by more than the routing key.
    MoreThanKey { exchange: String, kind: String },
    /// The policy that may name an alternate exchange cannot be read.
    PolicyUnreadable { exchange: String, policy: String },
    /// The broker would not say.
    NotTold { failure: Failure },
    /// There are too many routing keys to ask for all.
    ManyKeys,
}

/// What should be thought of before.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "warning", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ReplayWarning {
    ProductionTarget,
    ProductionSource,
    IntoItself { topic: String },
    BackIntoQueue { queue: String, messages: u32 },
    SeveralQueues { routing_key: String, queues: Vec<String> },
    RouteUnknown { messages: u32, reason: RouteUnknown },
    ReplayedBefore { messages: u32, most: u32 },
    Expires { messages: u32, shortest_millis: UInt64 },
    OlderThanRetention { messages: u32 },
    BrokerSetsTime,
    CompactedNeedsKey { messages: u32 },
}

#[derive(Debug, Clone, Serialize, Type)]
pub struct ReplayCheck {
    pub kind: CheckKind,
    pub state: CheckState,
    pub failure: Option<Failure>,
}

words! {
    /// How a copy differs from its original, see `replay::mapping::ChangeKind`.
    ChangeKind from mapping::ChangeKind {
        TimestampNotWritable TimestampAbsent TimestampWholeSeconds TimestampOfBroker
        DuplicateHeaders HeaderOrder HeaderName HeaderReserved HeaderType HeaderNested
        HeaderTooDeep KeyAsHeader PropertiesAsHeaders PropertyHeaderReplaced DeathsRemoved
        DeliveryCountsRemoved CarbonCopiesRemoved UserIdRemoved DirectReplyRemoved
        StreamOffsetRemoved ProvenanceReplaced MadePersistent ExpirationNotRestored
    }
    /// What a change means.
    ChangeEffect from mapping::Effect { Lost Altered Removed }
    /// Why a message is left out, see `replay::mapping::Refusal`.
    RefusalReason from mapping::Refusal {
        Tombstone KeyAbsent KeyNotText KeyTooLong PropertiesUnreadable TooLarge NoSuchPartition
        Unroutable SourceGone
    }
    /// What was checked.
    CheckKind from preview::CheckKind { SourceRead TargetExists Routed Size }
    /// The result of a check; `partly` is not for every message.
    CheckState from preview::CheckState { Passed Partly Failed Unknown }
}

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReplayOrder {
    pub preview: String,
    /// What the person confirmed: it must be the preview's `sendable`.
    pub count: u32,
    /// Send the rest where one message fails.
    pub go_on: bool,
}

/// Sent about ten times a second while a replay runs, and once at its end.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum ReplayEvent {
    Progress {
        of: u32,
        done: u32,
        confirmed: u32,
        failed: u32,
        removed: u32,
        /// Messages a second since the start.
        per_second: f64,
        seconds_left: Option<u32>,
    },
    Finished {
        report: ReplayReport,
    },
    Failed {
        failure: Failure,
    },
}

/// A replay that runs, for a page that did not start it.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReplayView {
    pub id: String,
    /// The id of the connection that is written to.
    pub connection: String,
    /// The id of the connection that the originals come from.
    pub source: String,
    /// What is written to.
    pub place: Place,
    pub of: u32,
    pub done: u32,
}

impl ReplayView {
    pub fn of(id: String, replay: &RunningReplay) -> Self {
        let done = replay.so_far().map_or(0, |so_far| so_far.done);
        ReplayView {
            id,
            connection: replay.target.id().to_string(),
            source: replay.source.id().to_string(),
            place: replay.place.clone().into(),
            of: replay.of,
            done: u32::try_from(done).unwrap_or(u32::MAX),
        }
    }
}

/// The account of a run.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReplayReport {
    pub end: ReplayEnd,
    /// Why it ended early, where it did.
    pub failure: Option<Failure>,
    pub selected: u32,
    pub left_out: u32,
    pub not_sent: u32,
    pub sent: u32,
    pub confirmed: u32,
    pub unroutable: u32,
    pub failed: u32,
    /// May have arrived or not.
    pub unsure: u32,
    /// Originals removed after their copy was confirmed.
    pub removed: u32,
    /// Originals that were to be removed and are not: duplicates.
    pub not_removed: u32,
    /// Originals whose removal was sent after a confirmed copy, and nobody can tell whether it
    /// happened.
    pub removal_unsure: u32,
    pub took_millis: UInt64,
    pub results: Vec<ReplayResult>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum ReplayEnd {
    Finished,
    Stopped,
    GrantEnded,
    MessageFailed,
    TargetLost,
}

/// What became of one message.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct ReplayResult {
    pub source: ReplayOrigin,
    pub state: CopyState,
    /// Where the copy is, on Kafka.
    pub partition: Option<u32>,
    pub offset: Option<Int64>,
    /// Why it was left out.
    pub refusal: Option<RefusalReason>,
    /// Why it was not sent, not routed, refused, or is unsure; or why its original is still there.
    pub failure: Option<Failure>,
    /// The original was removed from its queue.
    pub removed: bool,
    /// Nobody can tell whether it was.
    pub removal_unsure: bool,
}

/// Where an original is.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ReplayOrigin {
    Record { topic: String, partition: u32, offset: Int64 },
    Held { queue: String, message: u32 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum CopyState {
    LeftOut,
    NotSent,
    Confirmed,
    /// The exchange has it and routes it later: whether a queue gets it is not known.
    RoutedLater,
    Unroutable,
    Failed,
    Unsure,
}

/// Counts here are bounded by what one replay may have, far below this.
pub fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
