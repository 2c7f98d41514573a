//! The messages of a session, and what became of each.

use std::sync::Arc;

use ::message::{Delivery, Octets};
use lapin::Acker;
use serde::{Deserialize, Serialize};

use crate::budget::{Budget, Looks, delivery_count};

/// Bytes of a body in a row.
const PREVIEW: usize = 512;

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Held: no application gets it.
    Held,
    /// On its way back or away.
    Settling,
    /// Returned to its queue.
    Returned,
    /// Acknowledged: removed from its queue.
    Acknowledged,
    /// The channel or the connection ended: the broker put it back into its queue, and counted
    /// that as a look where it counts looks.
    BackAtBroker,
    /// Its queue was deleted, and it with it.
    Deleted,
    /// Settled, but the broker's answer was lost: it is where it was sent, or back in its queue.
    Unsure,
}

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
    pub survives_return: bool,
    pub state: MessageState,
}

/// All messages of a session; the id of a message is its place, from 1.
#[derive(Default)]
pub(super) struct Messages {
    list: Vec<Held>,
    bytes: u64,
}

impl Messages {
    pub fn push(&mut self, delivery: Delivery, acker: Acker, budget: &Budget) {
        let looks = budget.looks(&delivery);
        self.bytes += delivery.body.len() as u64;
        self.list.push(Held {
            delivery: Arc::new(delivery),
            acker,
            looks,
            survives_return: budget.survives_return(looks),
            state: MessageState::Held,
        });
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

    /// Everything still held becomes this.
    pub fn all_held_become(&mut self, state: MessageState) {
        for held in &mut self.list {
            if held.state == MessageState::Held {
                held.state = state;
            }
        }
    }

    pub fn rows(&self) -> Vec<HeldRow> {
        self.iter().map(|(id, held)| held.row(id)).collect()
    }
}

fn place(id: u64) -> Option<usize> {
    usize::try_from(id.checked_sub(1)?).ok()
}

impl Held {
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
