//! How many messages to take next, of which only the sizes seen so far are known.
//!
//! What was asked of a consumer arrives whole, however large it is: prefetch knows no bytes. So a
//! batch is as large as would fit if all its messages were as large as the largest seen, or as the
//! queue's average where that is more; and never large on the strength of small messages seen.

use crate::management::QueueFacts;

/// How much larger a batch may be than the one before.
const GROWTH: usize = 8;
/// The largest batch. More messages of one consumer than this are not returned in order: a quorum
/// queue that is told to take back more of them at once mixes them up (measured on 3.10.8: 32 come
/// back in order, 36 do not).
const LARGEST: usize = 32;

/// What the management API knows of the sizes of a queue's messages.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sizes {
    /// Bytes of a body.
    average: Option<u64>,
}

impl Sizes {
    pub fn of(facts: &QueueFacts) -> Sizes {
        let average = match (facts.bytes, facts.total) {
            (Some(bytes), Some(count @ 1..)) => Some(bytes.div_ceil(count)),
            _ => None,
        };
        Sizes { average }
    }

    /// How many to take after a batch of `before`, of `wanted` in all, while `bytes_left` may come
    /// and bodies of up to `largest` bytes were seen. At least one.
    pub fn batch(self, before: usize, wanted: usize, bytes_left: u64, largest: u64) -> u16 {
        let expected = largest.max(self.average.unwrap_or(0)).max(1);
        let fit = usize::try_from(bytes_left / expected).unwrap_or(usize::MAX);
        let size = wanted.min(fit).min(LARGEST).min(before.saturating_mul(GROWTH)).max(1);
        u16::try_from(size).unwrap_or(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1 << 20;

    #[test]
    fn batches_start_with_one_and_grow_by_what_was_seen() {
        let unknown = Sizes::default();
        assert_eq!(unknown.batch(0, 1000, 64 * MB, 0), 1, "nothing is known yet");
        assert_eq!(unknown.batch(1, 999, 64 * MB, 500), 8);
        assert_eq!(unknown.batch(8, 900, 64 * MB, 500), 32);
        assert_eq!(unknown.batch(32, 900, 64 * MB, 500), 32, "small ones promise nothing");
        assert_eq!(unknown.batch(32, 20, 64 * MB, 500), 20, "never more than wanted");
        assert_eq!(unknown.batch(8, 900, 64 * MB, 20 * MB), 3, "as many as fit");
        assert_eq!(unknown.batch(8, 900, MB, 20 * MB), 1, "one always");
        assert_eq!(unknown.batch(usize::MAX, usize::MAX, u64::MAX, 1), 32);
    }

    #[test]
    fn the_queues_average_counts_where_it_is_more_than_what_was_seen() {
        let large = Sizes { average: Some(17 * MB) };
        assert_eq!(large.batch(8, 900, 64 * MB, 500), 3);
        let small = Sizes { average: Some(500) };
        assert_eq!(small.batch(8, 900, 64 * MB, 20 * MB), 3);
    }

    #[test]
    fn an_average_is_known_of_a_queue_that_holds_something() {
        let mut facts = QueueFacts::unknown("/", "q");
        assert!(Sizes::of(&facts).average.is_none());
        (facts.bytes, facts.total) = (Some(0), Some(0));
        assert!(Sizes::of(&facts).average.is_none(), "figures may be older than the messages");
        (facts.bytes, facts.total) = (Some(1001), Some(2));
        assert_eq!(Sizes::of(&facts).average, Some(501));
    }
}
