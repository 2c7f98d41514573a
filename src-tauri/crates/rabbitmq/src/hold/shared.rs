//! What the task and the handle of a session have in common: its messages, its state, its channel.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connections::ProfileId;
use lapin::Channel;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::MessageState;
use super::batch::Sizes;
use super::message::{Ended, Held, Lost, Messages};
use super::own::{Consumers, LastChange};
use super::state::{HoldState, Until};
use crate::budget::Budget;
use crate::link::Link;
use crate::management::QueueType;
use crate::properties;

pub(super) struct Shared {
    pub parts: Parts,
    /// Wakes the task after a settlement.
    pub changed: Notify,
    pub messages: Mutex<Messages>,
    pub state: watch::Sender<HoldState>,
    /// Stops taking: the session is to end.
    pub stop: CancellationToken,
    turn: tokio::sync::Mutex<()>,
    /// Consumers that have not certainly ended.
    pub readers: AtomicUsize,
    /// When something was last taken or settled.
    pub last_change: Arc<LastChange>,
    /// What the queue was told to carry out so far, counted as it does: consumer by consumer.
    pub orders: AtomicUsize,
    /// Consumers so far, and what the tags of all of them begin with.
    consumers: AtomicU32,
    tags: Uuid,
}

/// The right to take or to settle. Whoever has it must be polled until it is let go of.
pub(super) type Turn<'a> = tokio::sync::MutexGuard<'a, ()>;

/// What a session is made of, beside what it makes itself.
pub(super) struct Parts {
    pub queue: String,
    /// What kind of queue it is, where that is known.
    pub kind: Option<QueueType>,
    pub channel: Channel,
    pub budget: Budget,
    pub longest: Duration,
    /// When the unlock behind the grant ends by itself.
    pub grant_expiry: Option<Instant>,
    /// What is known of the sizes of the queue's messages.
    pub sizes: Sizes,
    /// When the session began, the queue said that nothing is ready where the management API said
    /// otherwise: a quorum queue without a leader does.
    pub empty_in_doubt: bool,
    /// The queue's consumers when the session began.
    pub consumers_before: u64,
    pub profile: ProfileId,
    pub link: Arc<Link>,
}

impl Shared {
    pub fn new(parts: Parts, state: HoldState) -> Shared {
        let (state, _) = watch::channel(state);
        Shared {
            parts,
            changed: Notify::new(),
            messages: Mutex::default(),
            state,
            stop: CancellationToken::new(),
            turn: tokio::sync::Mutex::default(),
            readers: AtomicUsize::new(0),
            last_change: Arc::default(),
            orders: AtomicUsize::new(0),
            consumers: AtomicU32::new(0),
            tags: Uuid::new_v4(),
        }
    }

    /// Waits until nobody takes or settles. Held across the network by design: a message that is
    /// returned while a consumer lives comes straight back to it. It guards the use of this one
    /// channel and nothing else, each operation under it has its time-out, and whoever is dropped
    /// half-way lets go of it.
    pub async fn turn(&self) -> Turn<'_> {
        self.turn.lock().await
    }

    /// The number of the next consumer and its tag, which sorts after all before: a broker that is
    /// told to take back the messages of several consumers at once does so in the order of their tags.
    pub fn next_consumer(&self) -> (u32, String) {
        let number = self.consumers.fetch_add(1, Ordering::SeqCst);
        (number, format!("kronos-console.{}.{number:06}", self.tags))
    }

    /// Its consumers as they stand now.
    pub fn consumers(&self) -> Consumers {
        let messages = self.messages();
        let (reading, began) =
            (self.readers.load(Ordering::SeqCst), self.consumers.load(Ordering::SeqCst));
        Consumers::of(&messages, self.parts.kind.as_ref(), reading, began)
    }

    pub fn messages(&self) -> MutexGuard<'_, Messages> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, counts again and tells whoever watches.
    pub fn tell(&self, change: impl FnOnce(&mut HoldState)) {
        self.last_change.now();
        let messages = self.messages();
        self.state.send_modify(|state| {
            state.count(&messages);
            change(state);
        });
    }

    /// The channel ended: nothing is held any more, and nothing that still comes is.
    pub fn end(&self, ended: Ended, change: impl FnOnce(&mut HoldState)) -> Lost {
        self.last_change.now();
        let mut messages = self.messages();
        let lost = messages.end(ended);
        self.state.send_modify(|state| {
            state.count(&messages);
            change(state);
        });
        lost
    }

    /// Takes in a message that the broker delivered.
    pub fn add(&self, delivery: lapin::message::Delivery, consumer: u32) {
        let acker = delivery.acker.clone();
        let delivery = properties::delivery(&self.parts.queue, delivery);
        if !self.messages().push(delivery, acker, &self.parts.budget, consumer) {
            return;
        }
        let longest = Instant::now() + self.parts.longest;
        let unlock = self.parts.grant_expiry.filter(|expiry| *expiry < longest);
        let until = if unlock.is_some() { Until::Unlock } else { Until::Time };
        self.tell(|state| {
            if state.release_at.is_none() {
                (state.release_at, state.until) = (Some(unlock.unwrap_or(longest)), until);
            }
        });
    }

    /// The messages that are held.
    pub fn held(&self) -> usize {
        self.messages().iter().filter(|(_, held)| held.state == MessageState::Held).count()
    }

    /// Whether a message is in one of these states.
    pub fn has(&self, states: &[MessageState]) -> bool {
        self.messages().iter().any(|(_, held)| states.contains(&held.state))
    }

    /// How many consumers have a message that is held.
    pub fn staying(&self) -> u64 {
        let messages = self.messages();
        let held = messages.iter().filter(|(_, held)| held.state == MessageState::Held);
        held.map(|(_, held)| held.consumer).collect::<BTreeSet<u32>>().len() as u64
    }

    /// The messages that are held and survive their return, in delivery order.
    pub fn returnable(&self) -> Vec<u64> {
        let messages = self.messages();
        let returns = |held: &Held| held.state == MessageState::Held && held.survives_return;
        messages.iter().filter(|(_, held)| returns(held)).map(|(id, _)| id).collect()
    }
}
