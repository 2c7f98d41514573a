//! What became of a message, and what becomes of one whose last look is spent.

use serde::{Deserialize, Serialize};

use crate::budget::{AfterLast, Looks};

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
    /// Settled, but the broker's answer was lost: it is where it was sent, or what the end of the
    /// channel made of it.
    Unsure,
    /// It reached the delivery limit, because it was returned knowingly or its channel ended: its
    /// queue sent it to the dead-letter target.
    DeadLettered,
    /// It reached the delivery limit, because it was returned knowingly or its channel ended: its
    /// queue has no dead-letter target and deleted it.
    DeletedByLimit,
    /// It reached the delivery limit or may have, and what its queue does then is not known:
    /// dead-lettered, deleted, or back in its queue.
    Unaccounted,
}

/// What becomes of a message when a return or the end of its channel spends its last look, or may.
pub(super) fn after_last_look(looks: Looks, after_last: &AfterLast) -> MessageState {
    match (looks, after_last) {
        (Looks::Known { left: 0, .. }, AfterLast::DeadLettered { .. }) => {
            MessageState::DeadLettered
        }
        (Looks::Known { left: 0, .. }, AfterLast::Deleted) => MessageState::DeletedByLimit,
        _ => MessageState::Unaccounted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_only_suspected_is_not_claimed() {
        let known = Looks::Known { left: 0, limit: 2 };
        let dead = AfterLast::DeadLettered { exchange: "dlx".into(), routing_key: None };
        assert_eq!(after_last_look(known, &dead), MessageState::DeadLettered);
        assert_eq!(after_last_look(known, &AfterLast::Deleted), MessageState::DeletedByLimit);
        assert_eq!(after_last_look(known, &AfterLast::Unknown), MessageState::Unaccounted);
        let suspected = Looks::Unknown { spent: 20 };
        assert_eq!(after_last_look(suspected, &dead), MessageState::Unaccounted);
    }
}
