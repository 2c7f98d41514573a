//! Returning and acknowledging: each message once, in delivery order, and proven.
//!
//! AMQP has no answer to an acknowledgement. But a channel's commands are carried out in order, so
//! a question that is answered after them proves them; the question is whether the queue is still
//! there, because a deleted queue swallows acknowledgements in silence. The queue itself has them
//! on their way by then, and shows them a moment later: a quorum queue writes them to its log, and a
//! classic one answers questions before it carries out what was sent to it earlier (measured on
//! 3.10.8: after 999 returns it counted 901 for a moment). A quorum queue without a leader answers the
//! question too and carries nothing out, see [`super::leader`], and one whose leader is only coming back
//! drops what it is sent until the channel sends it again: so it is asked before, and afterwards until
//! it has forgotten the consumers of which everything is settled.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use connections::{Code, Failure};
use lapin::options::{BasicAckOptions, BasicNackOptions};

use super::drain;
use super::fate::MessageState;
use super::leader::{nobody_leads, says_nothing};
use super::message::Ended;
use super::shared::{Shared, Turn};
use crate::broker::depth;
use crate::link::within;
use crate::management::QueueType;
use crate::verdict;

/// How settling one message ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    /// Its id in the session.
    pub id: u64,
    /// What it is now, however it came to that; `None` where the session has no such message.
    /// [`MessageState::Unsure`] means that the change was sent, and that nobody can tell whether it
    /// happened.
    pub state: Option<MessageState>,
    /// What became of it, or why that is not known to be what was asked for.
    pub result: Result<MessageState, Failure>,
}

/// How messages are settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Those that survive it.
    Return,
    /// Also those that do not.
    ReturnAnyway,
    Acknowledge,
}

/// Whether the change is still allowed; asked before each write.
pub(super) type Check<'a> = &'a (dyn Fn() -> Result<(), Failure> + Sync);

/// Settles messages in delivery order, in turn with whoever takes or settles.
pub(super) async fn settle(
    shared: &Shared,
    ids: impl IntoIterator<Item = u64>,
    how: How,
    check: Check<'_>,
) -> Vec<Settled> {
    let turn = shared.turn().await;
    settle_in_turn(shared, &turn, ids, how, check).await
}

/// [`settle`] for whoever has the turn.
pub(super) async fn settle_in_turn(
    shared: &Shared,
    _: &Turn<'_>,
    ids: impl IntoIterator<Item = u64>,
    how: How,
    check: Check<'_>,
) -> Vec<Settled> {
    let ids: BTreeSet<u64> = ids.into_iter().collect();
    let mut claim =
        Claim { shared, claimed: BTreeSet::new(), written: BTreeSet::new(), counted: None };
    let mut results = Vec::with_capacity(ids.len());
    for id in &ids {
        if let Err(failure) = claim.take(*id, how) {
            results.push((*id, Err(failure)));
        }
    }
    results.extend(claim.look_first().await.into_iter().map(|(id, failure)| (id, Err(failure))));
    // Why the others are not sent.
    let mut stop: Option<Failure> = None;
    let mut unled = false;
    for (number, group) in claim.orders().into_iter().enumerate() {
        if number > 0 && number % drain::ORDERS == 0 && stop.is_none() {
            // A quorum queue puts off what is too much at once. What else this says is said again,
            // and heard, when all is proven.
            let now = depth(&shared.parts.channel, &shared.parts.queue).await;
            if now.is_ok_and(|now| says_nothing(shared, now)) {
                unled = true;
                stop = Some(nobody_leads(shared));
            }
        }
        let written = match &stop {
            None => claim.write(&group, how, check).await,
            Some(why) => Err(claim.leave(&group, why)),
        };
        for (id, failure) in written.err().into_iter().flatten() {
            // Each of the others would wait as long for nothing, and the rest of us for them.
            if failure.code == Code::Timeout && stop.is_none() {
                stop = Some(not_sent());
            }
            results.push((id, Err(failure)));
        }
    }
    results.extend(claim.prove(how, unled).await);
    results.sort_by_key(|(id, _)| *id);
    drop(claim);
    let messages = shared.messages();
    let state = |id| messages.get(id).map(|held| held.state);
    results.into_iter().map(|(id, result)| Settled { id, state: state(id), result }).collect()
}

/// The messages of an order that was not written, or perhaps not, and why.
type Refused = Result<(), Vec<(u64, Failure)>>;

/// Messages that this settlement alone may touch. Whatever ends it half-way, each gets the state
/// that is true: untouched ones are held again, the others are unsure.
struct Claim<'a> {
    shared: &'a Shared,
    claimed: BTreeSet<u64>,
    written: BTreeSet<u64>,
    /// The consumers of a quorum queue before anything was written.
    counted: Option<u64>,
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
        if how == How::Return && !held.survives_return {
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

    /// Before the first order: whether the queue is there, and led. What the claim then leaves is
    /// not written.
    async fn look_first(&mut self) -> Vec<(u64, Failure)> {
        let shared = self.shared;
        if self.claimed.is_empty() || shared.parts.kind != Some(QueueType::Quorum) {
            return Vec::new();
        }
        let claimed: Vec<u64> = self.claimed.iter().copied().collect();
        match depth(&shared.parts.channel, &shared.parts.queue).await {
            Ok(now) if says_nothing(shared, now) => self.leave(&claimed, &nobody_leads(shared)),
            Ok(now) => {
                self.counted = Some(now.consumers);
                Vec::new()
            }
            Err(failure) if failure.code == Code::NotFound => {
                claimed.iter().for_each(|id| self.give_back(*id, MessageState::Deleted));
                claimed.into_iter().map(|id| (id, self.deleted())).collect()
            }
            // The channel is gone: each order says what that means for its messages.
            Err(_) if !shared.parts.channel.status().connected() => Vec::new(),
            Err(failure) => self.leave(&claimed, &failure),
        }
    }

    /// The claimed messages, as many at a time as one order settles.
    ///
    /// What stands before anything that stays held goes with one order, which the broker passes on
    /// consumer by consumer. A quorum queue that has 32 orders before it puts the others off, and
    /// carries them out the last consumer first (measured on 3.10.8): hundreds of single orders
    /// would mix returned messages up. Where something before them stays held there is no other way,
    /// and more than 32 may come back out of order.
    fn orders(&self) -> Vec<Vec<u64>> {
        let mut orders: Vec<Vec<u64>> = Vec::new();
        let mut rest = self.claimed.clone();
        // What an unfinished consumer has been given and is not known here yet would go with them.
        let all_known = self.shared.readers.load(Ordering::SeqCst) == 0;
        if all_known {
            let messages = self.shared.messages();
            // One that is unsure may still be unsettled, and must not go with the others.
            let front: Vec<u64> = messages
                .iter()
                .take_while(|(_, held)| {
                    !matches!(held.state, MessageState::Held | MessageState::Unsure)
                })
                .filter_map(|(id, _)| rest.take(&id))
                .collect();
            orders.extend((!front.is_empty()).then_some(front));
        }
        orders.extend(rest.into_iter().map(|id| vec![id]));
        orders
    }

    /// Writes one order.
    async fn write(&mut self, group: &[u64], how: How, check: Check<'_>) -> Refused {
        let Some(last) = group.last() else { return Ok(()) };
        let acker = self.shared.messages().get(*last).map(|held| held.acker.clone());
        let Some(acker) = acker else { return Ok(()) };
        if let Err(failure) = check() {
            return Err(self.leave(group, &failure));
        }
        self.written.extend(group);
        self.shared.orders.fetch_add(self.consumers(group), Ordering::SeqCst);
        let object = format!("message {last}");
        let multiple = group.len() > 1;
        let written = match how {
            How::Return | How::ReturnAnyway => {
                within(&object, acker.nack(BasicNackOptions { multiple, requeue: true })).await
            }
            How::Acknowledge => within(&object, acker.ack(BasicAckOptions { multiple })).await,
        };
        match written {
            Ok(true) => Ok(()),
            // The channel was gone before anything was written.
            Ok(false) => Err(group
                .iter()
                .map(|id| {
                    let gone =
                        self.shared.messages().get(*id).map(|held| held.after(Ended::Closed));
                    let state = gone.unwrap_or(MessageState::BackAtBroker);
                    self.give_back(*id, state);
                    (*id, no_longer_held(*id, state))
                })
                .collect()),
            Err(failure) => Err(group
                .iter()
                .map(|id| {
                    self.give_back(*id, MessageState::Unsure);
                    (*id, unsure(*id, &failure))
                })
                .collect()),
        }
    }

    /// Nothing was written about them.
    fn leave(&mut self, group: &[u64], failure: &Failure) -> Vec<(u64, Failure)> {
        group
            .iter()
            .map(|id| {
                self.give_back(*id, MessageState::Held);
                (*id, failure.clone())
            })
            .collect()
    }

    fn give_back(&mut self, id: u64, state: MessageState) {
        self.claimed.remove(&id);
        self.written.remove(&id);
        self.shared.messages().settle_as(id, state);
    }

    /// What became of those that were written; `unled` is whether the queue lost its leader then.
    async fn prove(&mut self, how: How, unled: bool) -> Vec<(u64, Result<MessageState, Failure>)> {
        if self.written.is_empty() {
            return Vec::new();
        }
        let shared = self.shared;
        let proven = match unled {
            true => Err(nobody_leads(shared)),
            false => {
                let most = self.counted.map(|counted| counted.saturating_sub(self.leaving()));
                drain::proof(shared, most).await
            }
        };
        let written = std::mem::take(&mut self.written);
        let result = |id: u64| match &proven {
            Ok(()) => (self.done(id, how), None),
            Err(failure) if failure.code == Code::NotFound => {
                (MessageState::Deleted, Some(self.deleted()))
            }
            Err(failure) => (MessageState::Unsure, Some(unsure(id, failure))),
        };
        let results: Vec<_> = written.into_iter().map(|id| (id, result(id))).collect();
        results
            .into_iter()
            .map(|(id, (state, failure))| {
                self.give_back(id, state);
                (id, failure.map_or(Ok(state), Err))
            })
            .collect()
    }

    fn deleted(&self) -> Failure {
        let queue = verdict::clean(&self.shared.parts.queue);
        let message = format!("the queue {queue} was deleted, and its messages with it");
        Failure::new(Code::NotFound, message)
    }

    /// How many consumers the queue forgets when it has carried out what was written: those of which
    /// nothing else may be unsettled.
    fn leaving(&self) -> u64 {
        if self.shared.readers.load(Ordering::SeqCst) > 0 {
            // One that has not ended is counted with nothing unsettled too.
            return 0;
        }
        let messages = self.shared.messages();
        let (mut leaving, mut staying) = (BTreeSet::new(), BTreeSet::new());
        for (id, held) in messages.iter() {
            if self.written.contains(&id) {
                leaving.insert(held.consumer);
            } else if matches!(held.state, MessageState::Held | MessageState::Unsure) {
                staying.insert(held.consumer);
            }
        }
        leaving.difference(&staying).count() as u64
    }

    /// How many consumers these messages came to.
    fn consumers(&self, group: &[u64]) -> usize {
        let messages = self.shared.messages();
        let consumer = |id: &u64| messages.get(*id).map(|held| held.consumer);
        group.iter().filter_map(consumer).collect::<BTreeSet<u32>>().len()
    }

    /// What a message is once the broker has carried the order out.
    fn done(&self, id: u64, how: How) -> MessageState {
        match (how, self.shared.messages().get(id)) {
            (How::Acknowledge, _) => MessageState::Acknowledged,
            (_, Some(held)) if !held.survives_return => held.after_last_look,
            _ => MessageState::Returned,
        }
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

fn not_sent() -> Failure {
    Failure::new(Code::Timeout, "not sent: the broker did not answer about a message before")
        .hint("it is still held: try again")
}

fn unsure(id: u64, failure: &Failure) -> Failure {
    let message = format!("message {id} was settled, but the answer was lost: {}", failure.message);
    Failure::new(failure.code, message).hint("hold again, and see whether it is still there")
}

fn no_longer_held(id: u64, state: MessageState) -> Failure {
    let why = match state {
        MessageState::Held | MessageState::Settling => "is being settled already",
        MessageState::Returned => "was returned already",
        MessageState::Acknowledged => "was acknowledged already",
        MessageState::BackAtBroker => "is back in its queue, because the connection ended",
        MessageState::Deleted => "was deleted with its queue",
        MessageState::Unsure => "was settled, but the broker's answer was lost",
        MessageState::DeadLettered => "was dead-lettered: it had no looks left",
        MessageState::DeletedByLimit => "was deleted by its queue: it had no looks left",
        MessageState::Unaccounted => "had no looks left, and may be gone",
    };
    Failure::new(Code::NotFound, format!("message {id} {why}"))
        .hint("hold again to see what is there")
}
