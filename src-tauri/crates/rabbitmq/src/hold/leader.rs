//! Whether a quorum queue has a leader, as far as its counts show it.
//!
//! Without one a passive declaration is answered all the same, with no messages and no consumers
//! (seen on 3.10.8), and what is sent about messages is carried out by nobody: it waits with the
//! channel for a new leader, and is forgotten with it. A queue that is led counts each consumer of
//! ours that has an unsettled message, cancelled or not (see [`super::own`]), so an answer of nothing
//! and nobody while one is held is that of a queue without a leader.
//!
//! Left out: a leader that has lost its majority and still answers; a queue whose type is unknown,
//! because the management API does not answer.

use connections::{Code, Failure};

use super::shared::Shared;
use crate::broker::Depth;
use crate::management::QueueType;
use crate::verdict;

/// Whether this is what a quorum queue without a leader says; others say it as well, while nothing
/// of theirs is unsettled.
pub(super) fn says_nothing(shared: &Shared, depth: Depth) -> bool {
    shared.parts.kind == Some(QueueType::Quorum) && (depth.ready, depth.consumers) == (0, 0)
}

/// The failure of what cannot be carried out now.
pub(super) fn nobody_leads(shared: &Shared) -> Failure {
    let queue = verdict::clean(&shared.parts.queue);
    Failure::new(Code::Refused, format!("the queue {queue} has no leader now"))
        .hint("its messages stay held: bring its nodes back, then try again")
}
