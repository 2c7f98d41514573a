//! What the task and the handle of a session have in common: its messages, its state, its channel.

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
use super::state::HoldState;
use crate::budget::Budget;
use crate::link::Link;
use crate::management::QueueType;
use crate::properties;

pub(super) struct Shared {
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
    /// The queue said that nothing is ready where the management API says otherwise: a quorum queue
    /// without a leader does.
    pub empty_in_doubt: bool,
    /// The queue's consumers when the session began.
    pub consumers_before: u64,
    /// Wakes the task after a settlement.
    pub changed: Notify,
    pub profile: ProfileId,
    pub link: Arc<Link>,
    pub messages: Mutex<Messages>,
    pub state: watch::Sender<HoldState>,
    /// Stops taking: the session is to end.
    pub stop: CancellationToken,
    turn: tokio::sync::Mutex<()>,
    /// Consumers that have not certainly ended.
    pub readers: AtomicUsize,
    /// When something was last taken or settled.
    pub last_change: Arc<LastChange>,
    /// Consumers so far, and what the tags of all of them begin with.
    consumers: AtomicU32,
    tags: Uuid,
}

/// The right to take or to settle. Whoever has it must be polled until it is let go of.
pub(super) type Turn<'a> = tokio::sync::MutexGuard<'a, ()>;

/// What a session is made of, beside what it makes itself.
pub(super) struct Parts {
    pub queue: String,
    pub kind: Option<QueueType>,
    pub channel: Channel,
    pub budget: Budget,
    pub longest: Duration,
    pub grant_expiry: Option<Instant>,
    pub sizes: Sizes,
    pub empty_in_doubt: bool,
    pub consumers_before: u64,
    pub profile: ProfileId,
    pub link: Arc<Link>,
}

impl Shared {
    pub fn new(parts: Parts, state: HoldState) -> Shared {
        let (state, _) = watch::channel(state);
        Shared {
            queue: parts.queue,
            kind: parts.kind,
            channel: parts.channel,
            budget: parts.budget,
            longest: parts.longest,
            grant_expiry: parts.grant_expiry,
            sizes: parts.sizes,
            empty_in_doubt: parts.empty_in_doubt,
            consumers_before: parts.consumers_before,
            changed: Notify::new(),
            profile: parts.profile,
            link: parts.link,
            messages: Mutex::default(),
            state,
            stop: CancellationToken::new(),
            turn: tokio::sync::Mutex::default(),
            readers: AtomicUsize::new(0),
            last_change: Arc::default(),
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
        Consumers::of(&messages, self.kind.as_ref(), reading, began)
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
        let delivery = properties::delivery(&self.queue, delivery);
        if !self.messages().push(delivery, acker, &self.budget, consumer) {
            return;
        }
        let longest = Instant::now() + self.longest;
        let release_at = self.grant_expiry.map_or(longest, |expiry| expiry.min(longest));
        self.tell(|state| {
            state.release_at.get_or_insert(release_at);
        });
    }

    /// The messages that are held.
    pub fn held(&self) -> usize {
        self.messages().iter().filter(|(_, held)| held.state == MessageState::Held).count()
    }

    /// The messages that are held and survive their return, in delivery order.
    pub fn returnable(&self) -> Vec<u64> {
        let messages = self.messages();
        let returns = |held: &Held| held.state == MessageState::Held && held.survives_return;
        messages.iter().filter(|(_, held)| returns(held)).map(|(id, _)| id).collect()
    }
}
