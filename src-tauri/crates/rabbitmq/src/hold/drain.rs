//! Before a channel closes: has the queue carried out what was sent about its messages?
//!
//! A quorum queue takes 32 orders of a channel at a time and puts the others off until it has
//! carried those out; what is still put off when the channel closes is forgotten, and messages that
//! were acknowledged come back (seen on 3.10.8). Nothing in AMQP confirms an acknowledgement, but a
//! cancelled consumer stays among the queue's consumers as long as one of its messages is
//! unsettled: when ours have gone, all of it has been carried out.
//!
//! Applications come and go meanwhile, so how many consumers there were before proves nothing: only
//! when the queue counts no more than those of ours that stay, none of the others is ours. Where
//! applications hide that, this waits for its bound and no longer, which gives the queue more time
//! than it was ever seen to need.
//!
//! A settlement is proven in the same way, see [`proof`].
//!
//! Left out: a queue that loses its leader between the last order and this look. It counts nobody
//! then, as it does when all is carried out, and AMQP has no question that tells the two apart.

use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use connections::Failure;

use super::MessageState;
use super::leader::{nobody_leads, says_nothing};
use super::shared::Shared;
use crate::broker::{Depth, depth};
use crate::management::QueueType;
use crate::verdict;

const PAUSE: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(2);

/// How long a settlement waits for its proof: longer than the 10 seconds after which a channel sends
/// again what a queue without a leader dropped.
const PROOF: Duration = Duration::from_secs(15);

/// How many orders of a channel a quorum queue takes at a time.
const AT_A_TIME: usize = 32;

/// Orders after which the queue is given a moment: half of what it takes at a time.
pub(super) const ORDERS: usize = 16;

/// Waits until the queue has carried out everything, as far as its consumers show it.
pub(super) async fn wait(shared: &Shared) {
    if shared.parts.kind == Some(QueueType::Classic) {
        // It puts nothing off, and takes the end of a channel after what that channel sent before.
        return;
    }
    let started = Instant::now();
    while shared.parts.channel.status().connected() && started.elapsed() < LONGEST {
        match depth(&shared.parts.channel, &shared.parts.queue).await {
            Ok(depth) if !carried_out(shared, depth) => tokio::time::sleep(PAUSE).await,
            // Carried out, or no longer to be known.
            Ok(_) | Err(_) => return,
        }
    }
}

/// Whether the queue is there and has carried out what was just written. `most` is how many consumers
/// a quorum queue counts then: one application that comes in this very moment makes it more, and then
/// there is no proof.
pub(super) async fn proof(shared: &Shared, most: Option<u64>) -> Result<(), Failure> {
    let started = Instant::now();
    loop {
        let now = depth(&shared.parts.channel, &shared.parts.queue).await?;
        // While others are held, a queue that is led counts their consumers. Where all are settled it
        // has carried that out, or lost its leader after it was asked.
        if says_nothing(shared, now) && shared.has(&[MessageState::Held]) {
            return Err(nobody_leads(shared));
        }
        if most.is_none_or(|most| now.consumers <= most) {
            return Ok(());
        }
        if started.elapsed() >= PROOF {
            return Err(verdict::no_answer(&format!(
                "the queue {}",
                verdict::clean(&shared.parts.queue)
            )));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn carried_out(shared: &Shared, depth: Depth) -> bool {
    let unsettled = [MessageState::Held, MessageState::Settling, MessageState::Unsure];
    if says_nothing(shared, depth) && shared.has(&unsettled) {
        return false;
    }
    let staying = shared.staying();
    let put_off = shared.orders.load(Ordering::SeqCst) > AT_A_TIME;
    depth.consumers <= staying
        || (!put_off && depth.consumers <= shared.parts.consumers_before.saturating_add(staying))
}
