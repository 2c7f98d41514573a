//! What the task and the handle of a session have in common: its messages, its state, its channel.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use connections::ProfileId;
use lapin::Channel;
use tokio::sync::{Notify, watch};
use tokio_util::sync::CancellationToken;

use super::message::{MessageState, Messages};
use super::state::HoldState;
use crate::budget::Budget;
use crate::link::Link;
use crate::properties;

pub(super) struct Shared {
    pub queue: String,
    pub channel: Channel,
    pub budget: Budget,
    pub longest: Duration,
    /// When the unlock behind the grant ends by itself.
    pub grant_expiry: Option<Instant>,
    /// Wakes the task after a settlement.
    pub changed: Notify,
    pub profile: ProfileId,
    pub link: Arc<Link>,
    pub messages: Mutex<Messages>,
    pub state: watch::Sender<HoldState>,
    /// Stops taking: the session is to end.
    pub stop: CancellationToken,
}

impl Shared {
    pub fn messages(&self) -> MutexGuard<'_, Messages> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state, counts again and tells whoever watches.
    pub fn tell(&self, change: impl FnOnce(&mut HoldState)) {
        let messages = self.messages();
        self.state.send_modify(|state| {
            state.count(&messages);
            change(state);
        });
    }

    /// Takes in a message that the broker delivered.
    pub fn add(&self, delivery: lapin::message::Delivery) {
        let acker = delivery.acker.clone();
        let delivery = properties::delivery(&self.queue, delivery);
        self.messages().push(delivery, acker, &self.budget);
        let longest = Instant::now() + self.longest;
        let release_at = self.grant_expiry.map_or(longest, |expiry| expiry.min(longest));
        self.tell(|state| {
            state.release_at.get_or_insert(release_at);
        });
    }

    /// The messages that are held.
    pub fn held(&self) -> Vec<u64> {
        let messages = self.messages();
        messages.iter().filter(|(_, m)| m.state == MessageState::Held).map(|(id, _)| id).collect()
    }

    /// The messages that are held and survive their return, in delivery order.
    pub fn returnable(&self) -> Vec<u64> {
        let messages = self.messages();
        let returns = |m: &super::message::Held| m.state == MessageState::Held && m.survives_return;
        messages.iter().filter(|(_, m)| returns(m)).map(|(id, _)| id).collect()
    }
}
