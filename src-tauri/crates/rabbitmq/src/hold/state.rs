//! How a session stands, for whoever watches it.

use std::time::Instant;

use connections::Failure;

use super::LookMode;
use super::fate::MessageState;
use super::message::Messages;
use crate::budget::Looks;

/// How a session stands.
#[derive(Debug, Clone, PartialEq)]
pub struct HoldState {
    /// What it does now.
    pub phase: Phase,
    /// How it looks at messages.
    pub mode: LookMode,
    /// Messages taken so far.
    pub taken: u64,
    /// Messages held now, on their way included: no application gets them.
    pub held: u64,
    /// Messages returned.
    pub returned: u64,
    /// Messages acknowledged.
    pub acknowledged: u64,
    /// Messages whose last look was spent, knowingly or by the end of the connection: dead-lettered
    /// or deleted by their queue, or perhaps so.
    pub spent: u64,
    /// Messages that ended otherwise: with the connection, with their queue, or unsure.
    pub otherwise: u64,
    /// What became of all that are not held.
    pub fates: Fates,
    /// Bytes of all bodies taken.
    pub bytes: u64,
    /// Why taking stopped the last time; `None` while it goes on.
    pub take_end: Option<TakeEnd>,
    /// Of the messages held, the one with the fewest looks left.
    pub worst: Option<Looks>,
    /// Messages held that their return would destroy. They are never returned by themselves; when
    /// the broker's patience or the connection ends, they are destroyed nevertheless.
    pub in_last_look: u64,
    /// Messages held that the end of the connection would destroy. From 4.3 on a return by the
    /// console spends no look and the end of the connection does, so these are more than
    /// `in_last_look` there.
    pub dies_with_connection: u64,
    /// When what is held is returned at the latest; `None` before the first message and once it
    /// was.
    pub release_at: Option<Instant>,
    /// What returns it then.
    pub until: Until,
    /// What was returned by itself and why, where messages in their last look are still held.
    pub released: Option<ReleaseReason>,
    /// Why what is to be returned could not be yet; it is tried again.
    pub stuck: Option<Failure>,
    /// Why it ended.
    pub end: Option<EndReason>,
}

/// How many messages ended in which way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Fates {
    /// Returned to their queue.
    pub returned: u64,
    /// Removed from it.
    pub acknowledged: u64,
    /// Put back by the broker with the end of the connection.
    pub back_at_broker: u64,
    /// Gone with their queue.
    pub deleted: u64,
    /// Dead-lettered for want of looks.
    pub dead_lettered: u64,
    /// Deleted for want of looks.
    pub deleted_by_limit: u64,
    /// Dead-lettered, deleted or back: that is not known.
    pub unaccounted: u64,
    /// Settled, but the answer was lost.
    pub unsure: u64,
}

impl Fates {
    /// Counts; what is held has none yet.
    pub fn of(states: impl IntoIterator<Item = MessageState>) -> Fates {
        let mut fates = Fates::default();
        for state in states {
            let count = match state {
                MessageState::Held | MessageState::Settling => continue,
                MessageState::Returned => &mut fates.returned,
                MessageState::Acknowledged => &mut fates.acknowledged,
                MessageState::DeadLettered => &mut fates.dead_lettered,
                MessageState::DeletedByLimit => &mut fates.deleted_by_limit,
                MessageState::Unaccounted => &mut fates.unaccounted,
                MessageState::BackAtBroker => &mut fates.back_at_broker,
                MessageState::Deleted => &mut fates.deleted,
                MessageState::Unsure => &mut fates.unsure,
            };
            *count += 1;
        }
        fates
    }
}

/// What a release came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Released {
    /// How the session stands.
    pub state: HoldState,
    /// What became of the messages that were held when it was asked for.
    pub fates: Fates,
}

/// What a session does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// It takes messages.
    Taking,
    /// It holds them.
    Holding,
    /// It is over: what it took can be read as a snapshot.
    Ended,
}

/// Why taking stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakeEnd {
    /// As many as asked for.
    Complete,
    /// The queue has no more that are ready.
    Empty,
    /// The bound of bytes is reached.
    Bytes,
    /// A message in its last look came: taking more may bring more of them, so it is asked first.
    LastLook,
    /// The queue says that messages are ready and gives none: other consumers are quicker, or
    /// messages are delayed.
    Stalled,
    /// The grant ended, the time is over, or the session was asked to end.
    Stopped,
    /// The broker refused, or did not answer in time. What was taken before is still held, unless
    /// the channel is gone.
    Failed(Failure),
}

/// What returns messages at the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// The time that was asked for, or 80 % of what the broker allows.
    Time,
    /// The end of the unlock behind the grant.
    Unlock,
}

/// Why messages were returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReleaseReason {
    /// Someone asked for it.
    Asked,
    /// They were only to be copied.
    Copied,
    /// The grant ended: locked, expired or closed.
    GrantEnded,
    /// The time was over.
    Deadline,
    /// Nobody has the handle any more.
    Abandoned,
}

/// Why a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EndReason {
    /// Nothing was there to take.
    NothingTaken,
    /// Every message was settled by the user.
    Settled,
    /// What was held was returned.
    Released(ReleaseReason),
    /// The queue was deleted, and what was held with it.
    QueueDeleted,
    /// The channel or the connection ended, or the broker refused to give anything: each message
    /// says what became of it.
    Failed(Failure),
}

impl HoldState {
    pub(super) fn new(mode: LookMode) -> Self {
        HoldState {
            phase: Phase::Taking,
            mode,
            taken: 0,
            held: 0,
            returned: 0,
            acknowledged: 0,
            spent: 0,
            otherwise: 0,
            fates: Fates::default(),
            bytes: 0,
            take_end: None,
            worst: None,
            in_last_look: 0,
            dies_with_connection: 0,
            release_at: None,
            until: Until::Time,
            released: None,
            stuck: None,
            end: None,
        }
    }

    /// Counts again.
    pub(super) fn count(&mut self, messages: &Messages) {
        self.taken = messages.len() as u64;
        self.bytes = messages.bytes();
        (self.held, self.in_last_look, self.dies_with_connection) = (0, 0, 0);
        self.worst = None;
        for (_, held) in messages.iter() {
            if matches!(held.state, MessageState::Held | MessageState::Settling) {
                self.held += 1;
                self.in_last_look += u64::from(!held.survives_return);
                self.dies_with_connection += u64::from(!held.survives_close);
                let worst = self.worst.unwrap_or(held.looks);
                self.worst = Some(worst.worse(held.looks));
            }
        }
        self.fates = Fates::of(messages.iter().map(|(_, held)| held.state));
        (self.returned, self.acknowledged) = (self.fates.returned, self.fates.acknowledged);
        let Fates { dead_lettered, deleted_by_limit, unaccounted, .. } = self.fates;
        self.spent = dead_lettered + deleted_by_limit + unaccounted;
        let Fates { back_at_broker, deleted, unsure, .. } = self.fates;
        self.otherwise = back_at_broker + deleted + unsure;
    }
}
