//! The messages of a session, and what became of each.

use std::sync::Arc;
use std::time::Instant;

use ::message::{Delivery, Octets};
use lapin::Acker;

use super::fate::{MessageState, after_last_look};
use crate::budget::{Budget, Looks, delivery_count};

/// Bytes of a body in a row.
const PREVIEW: usize = 512;

/// One message of a session, for a list.
#[derive(Debug, Clone, PartialEq)]
pub struct HeldRow {
    /// Counts from 1 in delivery order; known to this session only.
    pub id: u64,
    /// What became of it.
    pub state: MessageState,
    /// The exchange it was published to last.
    pub exchange: String,
    /// The routing key it was published with last.
    pub routing_key: String,
    /// Delivered before.
    pub redelivered: bool,
    /// The application's message id.
    pub message_id: Option<String>,
    /// MIME type of the body, as the publisher says.
    pub content_type: Option<String>,
    /// Seconds since 1970-01-01 UTC, as the publisher says.
    pub timestamp: Option<u64>,
    /// Bytes of the body.
    pub size: u64,
    /// The body's first 512 bytes.
    pub preview: Octets,
    /// `x-delivery-count`; absent on the first delivery and on classic queues.
    pub delivery_count: Option<u64>,
    /// Looks left when it was delivered.
    pub looks: Looks,
    /// Whether returning it would destroy it here.
    pub last_look: bool,
}

/// One message with what is needed to settle it.
pub(super) struct Held {
    pub delivery: Arc<Delivery>,
    pub acker: Acker,
    pub looks: Looks,
    /// Whether `basic.nack` leaves it in its queue.
    pub survives_return: bool,
    /// Whether the end of its channel leaves it in its queue.
    pub survives_close: bool,
    /// What becomes of it where one of these does not.
    pub after_last_look: MessageState,
    pub state: MessageState,
    /// The number of the consumer that it came to.
    pub consumer: u32,
    /// When it was last known to be settled or lost.
    pub settled: Option<Instant>,
}

/// All messages of a session; the id of a message is its place, from 1.
#[derive(Default)]
pub(super) struct Messages {
    list: Vec<Held>,
    bytes: u64,
    /// What became of everything that was held, once the channel has ended.
    ended: Option<Ended>,
}

/// What the end of a channel meant for what was held on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// The broker took it back.
    Closed,
    /// It went with its queue.
    QueueDeleted,
}

impl Messages {
    /// Takes in a message; not one that comes after the end, which its broker has back already.
    pub fn push(
        &mut self,
        delivery: Delivery,
        acker: Acker,
        budget: &Budget,
        consumer: u32,
    ) -> bool {
        if self.ended.is_some() {
            return false;
        }
        let looks = budget.looks(&delivery);
        self.bytes += delivery.body.len() as u64;
        self.list.push(Held {
            delivery: Arc::new(delivery),
            acker,
            looks,
            survives_return: budget.survives_return(looks),
            survives_close: budget.survives_close(looks),
            after_last_look: after_last_look(looks, &budget.after_last),
            state: MessageState::Held,
            consumer,
            settled: None,
        });
        true
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    /// Bytes of all bodies.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes of the largest body.
    pub fn largest(&self) -> u64 {
        self.list.iter().map(|held| held.delivery.body.len() as u64).max().unwrap_or(0)
    }

    pub fn get(&self, id: u64) -> Option<&Held> {
        self.list.get(place(id)?)
    }

    pub fn get_mut(&mut self, id: u64) -> Option<&mut Held> {
        self.list.get_mut(place(id)?)
    }

    /// With their ids, in delivery order.
    pub fn iter(&self) -> impl Iterator<Item = (u64, &Held)> {
        (1..).zip(&self.list)
    }

    /// Those taken after the first `known` ones.
    pub fn since(&self, known: usize) -> &[Held] {
        self.list.get(known..).unwrap_or_default()
    }

    /// What a message becomes; one that would be held after the end is what the end made of it.
    pub fn settle_as(&mut self, id: u64, state: MessageState) {
        let ended = self.ended;
        if let Some(held) = self.get_mut(id) {
            held.state = match (state, ended) {
                (MessageState::Held, Some(ended)) => held.after(ended),
                (state, _) => state,
            };
            held.settled = Some(Instant::now());
        }
    }

    /// The channel ended: nothing is held any more. Gives how many messages that destroyed, or may
    /// have.
    pub fn end(&mut self, ended: Ended) -> Lost {
        self.ended = Some(ended);
        let mut lost = Lost::default();
        for held in &mut self.list {
            if held.state != MessageState::Held {
                continue;
            }
            held.state = held.after(ended);
            held.settled = Some(Instant::now());
            match held.state {
                MessageState::DeadLettered | MessageState::DeletedByLimit => lost.certainly += 1,
                MessageState::Unaccounted => lost.perhaps += 1,
                _ => {}
            }
        }
        lost
    }

    pub fn rows(&self) -> Vec<HeldRow> {
        self.iter().map(|(id, held)| held.row(id)).collect()
    }

    /// The rows of a window of the list; fewer at its end, none after it.
    pub fn window(&self, first: usize, count: usize) -> Vec<HeldRow> {
        self.iter().skip(first).take(count).map(|(id, held)| held.row(id)).collect()
    }

    pub fn row(&self, id: u64) -> Option<HeldRow> {
        self.get(id).map(|held| held.row(id))
    }
}

fn place(id: u64) -> Option<usize> {
    usize::try_from(id.checked_sub(1)?).ok()
}

/// Messages that the end of their channel took out of their queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Lost {
    /// Dead-lettered or deleted.
    pub certainly: u64,
    /// Dead-lettered, deleted or back: that is not known.
    pub perhaps: u64,
}

impl Held {
    /// What the end of the channel makes of it.
    pub fn after(&self, ended: Ended) -> MessageState {
        match ended {
            Ended::QueueDeleted => MessageState::Deleted,
            Ended::Closed if self.survives_close => MessageState::BackAtBroker,
            Ended::Closed => self.after_last_look,
        }
    }

    fn row(&self, id: u64) -> HeldRow {
        let body = self.delivery.body.as_slice();
        let properties = &self.delivery.properties;
        HeldRow {
            id,
            state: self.state,
            exchange: self.delivery.exchange.clone(),
            routing_key: self.delivery.routing_key.clone(),
            redelivered: self.delivery.redelivered,
            message_id: properties.message_id.clone(),
            content_type: properties.content_type.clone(),
            timestamp: properties.timestamp,
            size: body.len() as u64,
            preview: body.get(..PREVIEW).unwrap_or(body).into(),
            delivery_count: delivery_count(&self.delivery),
            looks: self.looks,
            last_look: !self.survives_return,
        }
    }
}
