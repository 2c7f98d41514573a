//! Holding messages of a queue: the cost before, the session, its rows.

use std::time::Instant;

use message::render::preview_prefix;
use message::story::Died;
use rabbitmq::{budget, hold};
use serde::{Deserialize, Serialize};
use specta::Type;

use crate::sessions::HoldSession;
use crate::wire::delivery::millis;
use crate::wire::render::Preview;
use crate::wire::words::words;
use crate::wire::{Failure, Int64, UInt64};

/// What a hold would cost, said before it starts.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HoldPreview {
    pub queue: String,
    /// How many messages would be hidden from applications.
    pub would_hide: Option<UInt64>,
    pub ready: Option<UInt64>,
    pub unacked: Option<UInt64>,
    /// Consumers that are not this connection's own; null where that is not certain.
    pub other_consumers: Option<UInt64>,
    pub mode: HoldMode,
    /// What one look takes from each message.
    pub cost: LookCost,
    /// What the messages have left before it.
    pub left: LooksLeft,
    pub after_last_look: AfterLastLook,
    /// Held no longer than this, then returned: 80 % of `allowed_seconds`. What ends earlier, such as
    /// the unlock, returns them earlier.
    pub longest_seconds: u32,
    /// How long the broker lets a consumer keep a message, or its default: see the notes.
    pub allowed_seconds: u32,
    pub notes: Vec<HoldNote>,
    /// Why its messages cannot be held at all; null where nothing speaks against it.
    pub refusal: Option<HoldRefusal>,
}

/// Why the messages of a queue cannot be held, see `rabbitmq::hold::Refusal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum HoldRefusal {
    Stream,
    /// `kind` is what the broker calls it.
    OtherType {
        kind: String,
    },
    Exclusive,
    /// `state` is what the broker calls it.
    Down {
        state: String,
    },
    SingleActiveConsumer,
    ExclusiveConsumer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum HoldMode {
    /// Messages stay invisible to applications until settled.
    Hold,
    /// Messages are copied and returned at once: the queue has live consumers.
    Copy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "left", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum LooksLeft {
    Unlimited,
    Between { at_least: u32, at_most: u32 },
    Unknown,
}

/// What happens to a message after its last look.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "then", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum AfterLastLook {
    /// There is no last look.
    Stays,
    DeadLettered {
        /// Empty is the default exchange.
        exchange: String,
        routing_key: Option<String>,
    },
    /// Gone for good.
    Deleted,
    Unknown,
}

/// How often a message can still be looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(tag = "looks", rename_all = "snake_case")]
pub enum Looks {
    Unlimited,
    Left {
        left: u32,
        limit: u32,
    },
    /// Returned so often already; how often it may be is not known.
    Unknown {
        spent: u32,
    },
}

/// A hold as it stands.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HoldView {
    pub id: String,
    pub connection: String,
    pub queue: String,
    pub mode: HoldMode,
    pub phase: HoldPhase,
    /// Messages in the list, whatever became of them.
    pub rows: u32,
    /// Messages held now.
    pub held: u32,
    /// What became of the others.
    pub fates: HoldFates,
    /// Returned automatically in.
    pub remaining_seconds: Option<u32>,
    /// What returns them then.
    pub until: HoldUntil,
    /// The fewest looks left among those held; null where none is held.
    pub worst: Option<Looks>,
    pub after_last_look: AfterLastLook,
    /// Held messages in their last look: the next return would kill them, so they are not returned
    /// by themselves.
    pub in_last_look: u32,
    /// Held messages that the end of the connection would destroy: at least those in their last
    /// look, and on servers from 4.3 on also some that their return would not.
    pub dies_with_connection: u32,
    /// Why taking stopped the last time; null while it goes on.
    pub take_end: Option<TakeEnd>,
    /// What was returned by itself and why, where messages in their last look are still held.
    pub released: Option<ReleaseReason>,
    /// Why what is to be returned could not be yet; it is tried again.
    pub stuck: Option<Failure>,
    /// Why it ended; null while it lasts.
    pub end: Option<HoldEnd>,
}

/// How many messages of a hold became what, see `rabbitmq::hold::MessageState`.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HoldFates {
    pub returned: u32,
    pub acknowledged: u32,
    pub back_at_broker: u32,
    pub deleted: u32,
    pub dead_lettered: u32,
    pub deleted_by_limit: u32,
    pub unaccounted: u32,
    pub unsure: u32,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HeldRow {
    /// Known to this session only; a delivery tag never leaves Rust.
    pub id: u32,
    pub state: HeldState,
    /// Milliseconds since the epoch.
    pub died_at: Option<Int64>,
    pub reason: Option<String>,
    pub from: Option<String>,
    pub exception: Option<String>,
    pub message_id: Option<String>,
    pub body: Preview,
    pub size: UInt64,
    pub looks: Looks,
    /// Returning it would destroy it here.
    pub last_look: bool,
}

/// Why taking stopped.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum TakeEnd {
    Complete,
    Empty,
    Bytes,
    /// A message in its last look came: taking more may bring more of them.
    LastLook,
    Stalled,
    Stopped,
    Failed {
        failure: Failure,
    },
}

/// Why a hold ended.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum HoldEnd {
    NothingTaken,
    Settled,
    Released { reason: ReleaseReason },
    QueueDeleted,
    Failed { failure: Failure },
}

/// What to do with messages that their return would destroy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum LastLook {
    /// They stay held.
    Keep,
    /// They are returned all the same: dead-lettered, or deleted where there is no target.
    ReturnAnyway,
}

#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct HeldPage {
    pub rows: Vec<HeldRow>,
    pub total: u32,
}

/// What became of the messages that were held when all was to be returned.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Released {
    pub fates: HoldFates,
    /// Messages that are still held: those in their last look, and all that could not be returned yet.
    pub held: u32,
    pub in_last_look: u32,
    /// Why some could not be returned yet; it is tried again.
    pub stuck: Option<Failure>,
}

/// What became of the messages that were settled.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Settled {
    pub done: u32,
    pub failed: u32,
    /// Sent, and nobody can tell whether it happened.
    pub unsure: u32,
    /// Why some failed or are unsure.
    pub failure: Option<Failure>,
    /// Why Activity does not tell of it, where the ledger could not be written.
    pub unrecorded: Option<Failure>,
}

words! {
    /// What one look takes from a message: its place in the queue at most, one of a limited number
    /// of looks, or perhaps one.
    LookCost from budget::Cost { Order OneLook Unknown }
    /// What else to know before looking, see `rabbitmq::hold::Note`.
    HoldNote from hold::Note {
        LiveConsumers ConsumersUnknown ReturnsToBack ReturnsDelayed FactsUnknown TimeoutAssumed
    }
    /// What returns the messages of a session when its time is over.
    HoldUntil from hold::Until { Time Unlock }
    /// What a session does.
    HoldPhase from hold::Phase { Taking Holding Ended }
    /// What became of a held message, see `rabbitmq::hold::MessageState`.
    HeldState from hold::MessageState {
        Held Settling Returned Acknowledged BackAtBroker Deleted Unsure DeadLettered DeletedByLimit
        Unaccounted
    }
    /// Why messages were returned.
    ReleaseReason from hold::ReleaseReason { Asked Copied GrantEnded Deadline Abandoned }
}

/// Characters of a body in a row.
const BODY_CHARS: usize = 300;

impl From<hold::HoldPreview> for HoldPreview {
    fn from(preview: hold::HoldPreview) -> Self {
        let facts = preview.facts;
        HoldPreview {
            other_consumers: facts.other_consumers().map(UInt64),
            queue: facts.name,
            would_hide: preview.would_hide.map(UInt64),
            ready: facts.ready.map(UInt64),
            unacked: facts.unacked.map(UInt64),
            mode: preview.mode.into(),
            cost: preview.forecast.cost.into(),
            left: match preview.forecast.left {
                budget::LooksLeft::Unlimited => LooksLeft::Unlimited,
                budget::LooksLeft::Between { at_least, at_most } => {
                    LooksLeft::Between { at_least: small(at_least), at_most: small(at_most) }
                }
                budget::LooksLeft::Unknown => LooksLeft::Unknown,
            },
            after_last_look: preview.forecast.after_last.into(),
            longest_seconds: small(preview.longest.as_secs()),
            allowed_seconds: small(preview.allowed.as_secs()),
            notes: preview.notes.into_iter().map(Into::into).collect(),
            refusal: preview.refusal.map(Into::into),
        }
    }
}

impl From<hold::Refusal> for HoldRefusal {
    fn from(refusal: hold::Refusal) -> Self {
        match refusal {
            hold::Refusal::Stream => HoldRefusal::Stream,
            hold::Refusal::OtherType { kind } => HoldRefusal::OtherType { kind },
            hold::Refusal::Exclusive => HoldRefusal::Exclusive,
            hold::Refusal::Down { state } => HoldRefusal::Down { state },
            hold::Refusal::SingleActiveConsumer => HoldRefusal::SingleActiveConsumer,
            hold::Refusal::ExclusiveConsumer => HoldRefusal::ExclusiveConsumer,
        }
    }
}

impl HoldView {
    /// A session as it stands.
    pub fn of(id: String, session: &HoldSession) -> Self {
        let state = session.handle.state().borrow().clone();
        let remaining = state.release_at.map(|at| at.saturating_duration_since(Instant::now()));
        HoldView {
            id,
            connection: session.connection.id().to_string(),
            queue: session.handle.queue().to_owned(),
            mode: state.mode.into(),
            phase: state.phase.into(),
            rows: small(state.taken),
            held: small(state.held),
            fates: state.fates.into(),
            remaining_seconds: remaining.map(|remaining| small(remaining.as_secs())),
            worst: state.worst.map(Into::into),
            until: state.until.into(),
            after_last_look: session.handle.after_last().clone().into(),
            in_last_look: small(state.in_last_look),
            dies_with_connection: small(state.dies_with_connection),
            take_end: state.take_end.map(Into::into),
            released: state.released.map(Into::into),
            stuck: state.stuck.map(Into::into),
            end: state.end.map(Into::into),
        }
    }
}

impl From<hold::Fates> for HoldFates {
    fn from(fates: hold::Fates) -> Self {
        HoldFates {
            returned: small(fates.returned),
            acknowledged: small(fates.acknowledged),
            back_at_broker: small(fates.back_at_broker),
            deleted: small(fates.deleted),
            dead_lettered: small(fates.dead_lettered),
            deleted_by_limit: small(fates.deleted_by_limit),
            unaccounted: small(fates.unaccounted),
            unsure: small(fates.unsure),
        }
    }
}

impl From<hold::Released> for Released {
    fn from(released: hold::Released) -> Self {
        Released {
            fates: released.fates.into(),
            held: small(released.state.held),
            in_last_look: small(released.state.in_last_look),
            stuck: released.state.stuck.map(Into::into),
        }
    }
}

impl HeldRow {
    /// A row of a session; `died` is what its message says of its death.
    pub fn of(row: &hold::HeldRow, died: Option<Died>) -> Self {
        let died = died.as_ref();
        HeldRow {
            id: small(row.id),
            state: row.state.into(),
            died_at: died.and_then(|died| died.at).and_then(millis),
            reason: died.and_then(|died| died.reason.clone()),
            from: died.and_then(|died| died.queue.clone()),
            exception: died.and_then(|died| died.exception.as_ref()).and_then(summary),
            message_id: row.message_id.clone(),
            body: preview_prefix(Some(row.preview.as_slice()), row.size, BODY_CHARS).into(),
            size: UInt64(row.size),
            looks: row.looks.into(),
            last_look: row.last_look,
        }
    }
}

/// What to call an exception in one column: its class, or else its message.
fn summary(exception: &message::story::Exception) -> Option<String> {
    exception.class.clone().or_else(|| exception.message.clone())
}

impl From<HoldMode> for hold::LookMode {
    fn from(mode: HoldMode) -> Self {
        match mode {
            HoldMode::Hold => hold::LookMode::Hold,
            HoldMode::Copy => hold::LookMode::Copy,
        }
    }
}

impl From<hold::LookMode> for HoldMode {
    fn from(mode: hold::LookMode) -> Self {
        match mode {
            hold::LookMode::Hold => HoldMode::Hold,
            hold::LookMode::Copy => HoldMode::Copy,
        }
    }
}

impl From<budget::Looks> for Looks {
    fn from(looks: budget::Looks) -> Self {
        match looks {
            budget::Looks::Unlimited => Looks::Unlimited,
            budget::Looks::Known { left, limit } => {
                Looks::Left { left: small(left), limit: small(limit) }
            }
            budget::Looks::Unknown { spent } => Looks::Unknown { spent: small(spent) },
        }
    }
}

impl From<budget::AfterLast> for AfterLastLook {
    fn from(after: budget::AfterLast) -> Self {
        match after {
            budget::AfterLast::Stays => AfterLastLook::Stays,
            budget::AfterLast::DeadLettered { exchange, routing_key } => {
                AfterLastLook::DeadLettered { exchange, routing_key }
            }
            budget::AfterLast::Deleted => AfterLastLook::Deleted,
            budget::AfterLast::Unknown => AfterLastLook::Unknown,
        }
    }
}

impl From<hold::TakeEnd> for TakeEnd {
    fn from(end: hold::TakeEnd) -> Self {
        match end {
            hold::TakeEnd::Complete => TakeEnd::Complete,
            hold::TakeEnd::Empty => TakeEnd::Empty,
            hold::TakeEnd::Bytes => TakeEnd::Bytes,
            hold::TakeEnd::LastLook => TakeEnd::LastLook,
            hold::TakeEnd::Stalled => TakeEnd::Stalled,
            hold::TakeEnd::Stopped => TakeEnd::Stopped,
            hold::TakeEnd::Failed(failure) => TakeEnd::Failed { failure: failure.into() },
        }
    }
}

impl From<hold::EndReason> for HoldEnd {
    fn from(end: hold::EndReason) -> Self {
        match end {
            hold::EndReason::NothingTaken => HoldEnd::NothingTaken,
            hold::EndReason::Settled => HoldEnd::Settled,
            hold::EndReason::Released(reason) => HoldEnd::Released { reason: reason.into() },
            hold::EndReason::QueueDeleted => HoldEnd::QueueDeleted,
            hold::EndReason::Failed(failure) => HoldEnd::Failed { failure: failure.into() },
        }
    }
}

impl From<hold::Account> for Settled {
    fn from(account: hold::Account) -> Self {
        Settled {
            done: small(account.done),
            failed: small(account.failed),
            unsure: small(account.unsure),
            failure: account.failure.map(Into::into),
            unrecorded: None,
        }
    }
}

/// Counts and seconds of a session, far below this bound.
fn small(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
