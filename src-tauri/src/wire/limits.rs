//! Bounds that the UI must know before it asks: they are generated into its bindings, so that no
//! number stands in two places.

use serde::Serialize;

use crate::wire::search::SearchRequest;

/// For how many minutes an unlock is offered.
const UNLOCK_MINUTES: [u32; 4] = [5, 15, 30, 60];

/// The most bytes that are copied; more would block the desktop's clipboard for everyone.
pub const COPY_BYTES: u32 = 8_000_000;

/// The bounds, as one constant of the bindings.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// For how many minutes an unlock is offered, shortest first.
    unlock_minutes: [u32; 4],
    /// Characters of the reason for an unlock.
    reason_characters: usize,
    /// The most records of one read.
    read_records: u32,
    /// The most hits of one search, unless it goes on.
    search_hits: u32,
    /// The most messages that one hold takes in all.
    held_messages: u16,
    /// The most messages of one replay.
    replayed_messages: usize,
    /// The most bytes that are copied.
    copied_bytes: u32,
}

impl Limits {
    pub fn of_this_version() -> Self {
        Limits {
            unlock_minutes: UNLOCK_MINUTES,
            reason_characters: connections::access::LONGEST_REASON,
            read_records: kafka::read::ReadRequest::MOST_ROWS,
            search_hits: SearchRequest::MOST_HITS,
            held_messages: rabbitmq::hold::MOST_MESSAGES,
            replayed_messages: replay::request::MOST_MESSAGES,
            copied_bytes: COPY_BYTES,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_unlock_that_is_offered_is_allowed() {
        assert!(UNLOCK_MINUTES.is_sorted());
        for minutes in UNLOCK_MINUTES {
            let time = Duration::from_secs(u64::from(minutes) * 60);
            assert!(!time.is_zero() && time <= connections::access::LONGEST_UNLOCK);
        }
    }
}
