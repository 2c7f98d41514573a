//! Returning and acknowledging: each message once, in delivery order, and proven.
//!
//! AMQP has no answer to an acknowledgement. But a channel's commands are carried out in order, so
//! a question that is answered after them proves them; the question is whether the queue is still
//! there, because a deleted queue swallows acknowledgements in silence. A quorum queue has them on
//! their way to its log by then, and shows them a moment later.

use std::collections::BTreeSet;

use connections::{Code, Failure};
use lapin::options::{BasicAckOptions, BasicNackOptions};
use serde::{Deserialize, Serialize};

use super::message::MessageState;
use super::shared::Shared;
use crate::broker::depth;
use crate::link::within;
use crate::verdict;

/// What to do with a message that its return would destroy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LastLook {
    /// Keep holding it.
    Keep,
    /// Return it all the same: it is dead-lettered, or deleted where there is no target.
    ReturnAnyway,
}

/// How settling one message ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Its id in the session.
    pub id: u64,
    /// What became of it, or why it is as it was.
    pub result: Result<MessageState, Failure>,
}

/// How messages are settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Return(LastLook),
    Acknowledge,
}

/// Whether the change is still allowed; asked before each write.
pub(super) type Check<'a> = &'a (dyn Fn() -> Result<(), Failure> + Sync);

/// Settles messages in delivery order. Not while messages are being taken: what is returned would
/// come straight back.
pub(super) async fn settle(
    shared: &Shared,
    ids: impl IntoIterator<Item = u64>,
    how: How,
    check: Check<'_>,
) -> Vec<Settled> {
    let ids: BTreeSet<u64> = ids.into_iter().collect();
    let mut claim = Claim { shared, claimed: BTreeSet::new(), written: BTreeSet::new() };
    let mut results: Vec<Settled> = Vec::with_capacity(ids.len());
    for id in &ids {
        if let Err(failure) = claim.take(*id, how) {
            results.push(Settled { id: *id, result: Err(failure) });
        }
    }
    for id in claim.claimed.clone() {
        if let Err(failure) = claim.write(id, how, check).await {
            results.push(Settled { id, result: Err(failure) });
        }
    }
    results.extend(claim.prove(how).await);
    results.sort_by_key(|settled| settled.id);
    results
}

/// Messages that this settlement alone may touch. Whatever ends it half-way, each gets the state
/// that is true: untouched ones are held again, the others are unsure.
struct Claim<'a> {
    shared: &'a Shared,
    claimed: BTreeSet<u64>,
    written: BTreeSet<u64>,
}

impl Claim<'_> {
    fn take(&mut self, id: u64, how: How) -> Result<(), Failure> {
        let mut messages = self.shared.messages();
        let held = messages.get_mut(id).ok_or_else(|| {
            Failure::new(Code::NotFound, format!("there is no message {id} in this inspection"))
        })?;
        if held.state != MessageState::Held {
            return Err(no_longer_held(id, held.state));
        }
        if how == How::Return(LastLook::Keep) && !held.survives_return {
            return Err(Failure::new(
                Code::Refused,
                format!("message {id} would not survive being returned"),
            )
            .hint("it is in its last look: acknowledge it, or return it knowing that it goes"));
        }
        held.state = MessageState::Settling;
        self.claimed.insert(id);
        Ok(())
    }

    async fn write(&mut self, id: u64, how: How, check: Check<'_>) -> Result<(), Failure> {
        let acker = self.shared.messages().get(id).map(|held| held.acker.clone());
        let Some(acker) = acker else { return Ok(()) };
        if let Err(failure) = check() {
            self.give_back(id, MessageState::Held);
            return Err(failure);
        }
        self.written.insert(id);
        let object = format!("message {id}");
        let written = match how {
            How::Return(_) => {
                let options = BasicNackOptions { multiple: false, requeue: true };
                within(&object, acker.nack(options)).await
            }
            How::Acknowledge => {
                within(&object, acker.ack(BasicAckOptions { multiple: false })).await
            }
        };
        match written {
            Ok(true) => Ok(()),
            // The channel was gone before anything was written.
            Ok(false) => {
                self.give_back(id, MessageState::BackAtBroker);
                Err(no_longer_held(id, MessageState::BackAtBroker))
            }
            Err(failure) => {
                self.give_back(id, MessageState::Unsure);
                Err(failure)
            }
        }
    }

    fn give_back(&mut self, id: u64, state: MessageState) {
        self.claimed.remove(&id);
        self.written.remove(&id);
        if let Some(held) = self.shared.messages().get_mut(id) {
            held.state = state;
        }
    }

    async fn prove(&mut self, how: How) -> Vec<Settled> {
        if self.written.is_empty() {
            return Vec::new();
        }
        let (state, failure) = match depth(&self.shared.channel, &self.shared.queue).await {
            Ok(_) if how == How::Acknowledge => (MessageState::Acknowledged, None),
            Ok(_) => (MessageState::Returned, None),
            Err(failure) if failure.code == Code::NotFound => {
                let queue = verdict::clean(&self.shared.queue);
                let failure = Failure::new(
                    Code::NotFound,
                    format!("the queue {queue} was deleted, and its messages with it"),
                );
                (MessageState::Deleted, Some(failure))
            }
            Err(failure) => (MessageState::Unsure, Some(failure)),
        };
        let written = std::mem::take(&mut self.written);
        written
            .into_iter()
            .map(|id| {
                self.give_back(id, state);
                Settled { id, result: failure.clone().map_or(Ok(state), Err) }
            })
            .collect()
    }
}

impl Drop for Claim<'_> {
    fn drop(&mut self) {
        for id in std::mem::take(&mut self.claimed) {
            let unsure = self.written.contains(&id);
            self.give_back(id, if unsure { MessageState::Unsure } else { MessageState::Held });
        }
        self.shared.tell(|_| {});
        self.shared.changed.notify_one();
    }
}

fn no_longer_held(id: u64, state: MessageState) -> Failure {
    let why = match state {
        MessageState::Held | MessageState::Settling => "is being settled already",
        MessageState::Returned => "was returned already",
        MessageState::Acknowledged => "was acknowledged already",
        MessageState::BackAtBroker => "is back in its queue, because the connection ended",
        MessageState::Deleted => "was deleted with its queue",
        MessageState::Unsure => "was settled, but the broker's answer was lost",
    };
    Failure::new(Code::NotFound, format!("message {id} {why}"))
        .hint("hold again to see what is there")
}
