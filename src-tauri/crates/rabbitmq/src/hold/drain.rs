//! Before a channel closes: has the queue carried out what was sent about its messages?
//!
//! A quorum queue takes 32 orders of a channel at a time and puts the others off until it has
//! carried those out; what is still put off when the channel closes is forgotten, and messages that
//! were acknowledged come back (seen on 3.10.8). Nothing in AMQP confirms an acknowledgement, but a
//! cancelled consumer stays among the queue's consumers as long as one of its messages is
//! unsettled: when ours have gone, all of it has been carried out.
//!
//! An application that starts to consume meanwhile hides that; then this waits for its bound and no
//! longer, which gives the queue more time than it was ever seen to need.

use std::time::{Duration, Instant};

use super::shared::Shared;
use crate::broker::depth;

const PAUSE: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(2);

/// Orders after which the queue is given a moment: half of what it takes at a time.
pub(super) const ORDERS: usize = 16;

/// Waits until the queue shows no more consumers than before this session, and than messages of it
/// that stay unsettled can account for.
pub(super) async fn wait(shared: &Shared) {
    let started = Instant::now();
    let unsettled = u64::try_from(shared.held()).unwrap_or(u64::MAX);
    let expected = shared.consumers_before.saturating_add(unsettled);
    while shared.channel.status().connected() && started.elapsed() < LONGEST {
        match depth(&shared.channel, &shared.queue).await {
            Ok(depth) if depth.consumers > expected => tokio::time::sleep(PAUSE).await,
            // Carried out, or no longer to be known.
            Ok(_) | Err(_) => return,
        }
    }
}
