//! Where what cannot be read ends; pure.
//!
//! A batch is fetched and decompressed as one, so a damaged one fails from each of its offsets, and
//! nobody says which is its last. It is found by trying: from growing distances behind until
//! something can be read, then in the middle between what can and what cannot. All that is read on
//! the way is read once, and counts.

use connections::Failure;

use crate::scan::spans::Span;

/// How much further behind each attempt begins than the one before.
const WIDER: i64 = 4;

/// Something that cannot be read, whose end is being looked for.
#[derive(Debug, Clone)]
pub(super) struct Damage {
    /// The first offset that cannot be read.
    first: i64,
    /// The last offset from which an attempt failed.
    failed: i64,
    /// The first offset from which one did not, or the end of what is asked.
    behind: i64,
    /// Whether one did not.
    is_bounded: bool,
    /// Whether it is silence and not an error: a network may be to blame as well.
    is_silent: bool,
    /// Whether its first offset is to be tried again: silence at the start, and at the end.
    is_doubted: bool,
    /// Whether its end is found, and only that is left.
    is_found: bool,
    step: i64,
    failure: Failure,
}

/// What an attempt showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shown {
    /// Something was read, or it was shown that nothing is there.
    Readable,
    /// Nothing, because of the batch with this first offset, where that was told.
    Unreadable(Option<i64>),
}

/// What is known in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// It goes on.
    Not,
    /// Nothing is wrong any more.
    Nothing,
    /// This cannot be read, and what is behind it can.
    Unreadable(Span, Failure),
    /// Nothing came, from anywhere: that may as well be the connection.
    Silence(Failure),
}

impl Damage {
    /// At the first of these offsets; `batch` as in [`Shown::Unreadable`].
    pub fn at(span: Span, batch: Option<i64>, failure: Failure) -> Damage {
        let is_silent = batch.is_none();
        Damage {
            first: span.from,
            failed: span.from,
            behind: span.to,
            is_bounded: false,
            is_silent,
            is_doubted: is_silent,
            is_found: false,
            step: 1,
            failure,
        }
    }

    pub fn is_silent(&self) -> bool {
        self.is_silent
    }

    /// Before anything is tried.
    pub fn begin(&self) -> Found {
        match self.behind - self.failed > 1 || self.is_doubted {
            true => Found::Not,
            false => self.end(),
        }
    }

    /// What is to be tried next.
    pub fn attempt(&self) -> Span {
        let from = if self.is_doubted {
            self.first
        } else if self.is_bounded {
            self.failed + (self.behind - self.failed) / 2
        } else {
            self.failed.saturating_add(self.step).min(self.behind - 1)
        };
        Span { from, to: self.behind }
    }

    /// Learns from [`Damage::attempt`].
    pub fn learn(&mut self, shown: Shown) -> Found {
        let tried = self.attempt().from;
        if std::mem::take(&mut self.is_doubted) {
            if shown == Shown::Readable {
                return Found::Nothing;
            }
            return if self.is_found { self.end() } else { self.begin() };
        }
        match shown {
            Shown::Readable => self.bound(tried),
            // Another batch: this one has ended before it.
            Shown::Unreadable(Some(batch)) if batch > self.failed => self.bound(batch),
            Shown::Unreadable(_) => {
                self.step = if tried > self.failed { self.step.saturating_mul(WIDER) } else { 1 };
                self.failed = tried;
            }
        }
        if self.is_silent && self.is_bounded && self.behind - self.failed <= 1 {
            (self.is_found, self.is_doubted) = (true, true);
        }
        self.begin()
    }

    fn end(&self) -> Found {
        let failure = self.failure.clone();
        if self.is_silent && !self.is_bounded {
            return Found::Silence(failure);
        }
        Found::Unreadable(Span { from: self.first, to: self.behind }, failure)
    }

    fn bound(&mut self, behind: i64) {
        self.behind = behind;
        self.is_bounded = true;
    }
}

#[cfg(test)]
mod tests {
    use connections::Code;
    use proptest::prelude::*;

    use super::*;

    fn failure() -> Failure {
        Failure::new(Code::Refused, "a batch cannot be read")
    }

    /// The first offset of the damaged batch that an offset is in.
    fn damaged(batches: &[Span], offset: i64) -> Option<i64> {
        batches.iter().find(|b| (b.from..b.to).contains(&offset)).map(|b| b.from)
    }

    fn look(batches: &[Span], end: i64, is_told: bool) -> (Found, u32) {
        let told = |batch: i64| is_told.then_some(batch);
        let span = Span { from: batches[0].from, to: end };
        let mut damage = Damage::at(span, told(span.from), failure());
        if let found @ Found::Unreadable(..) = damage.begin() {
            return (found, 0);
        }
        for attempts in 1.. {
            let shown = match damaged(batches, damage.attempt().from) {
                Some(batch) => Shown::Unreadable(told(batch)),
                None => Shown::Readable,
            };
            match damage.learn(shown) {
                Found::Not => {}
                found => return (found, attempts),
            }
        }
        unreachable!("it ends")
    }

    #[test]
    fn a_batch_at_the_end_is_unreadable_to_the_end_unless_all_is_silence() {
        let batch = [Span { from: 90, to: 200 }];
        let all = Span { from: 90, to: 100 };
        assert_eq!(look(&batch, 100, true).0, Found::Unreadable(all, failure()));
        assert_eq!(look(&batch, 100, false).0, Found::Silence(failure()));
    }

    #[test]
    fn silence_that_ends_was_none() {
        let mut damage = Damage::at(Span { from: 5, to: 100 }, None, failure());
        assert_eq!(damage.attempt(), Span { from: 5, to: 100 });
        assert_eq!(damage.learn(Shown::Readable), Found::Nothing);

        // A connection that comes and goes: at last the first offset can be read after all.
        let mut damage = Damage::at(Span { from: 5, to: 100 }, None, failure());
        for shown in [Shown::Unreadable(None), Shown::Readable] {
            assert_eq!(damage.learn(shown), Found::Not);
        }
        assert_eq!(damage.attempt(), Span { from: 5, to: 6 });
        assert_eq!(damage.learn(Shown::Readable), Found::Nothing);
    }

    #[test]
    fn a_second_batch_close_behind_is_not_taken_for_the_same() {
        let batches = [Span { from: 0, to: 10 }, Span { from: 15, to: 60 }];
        let found = look(&batches, 1_000, true).0;
        assert_eq!(found, Found::Unreadable(batches[0], failure()));
    }

    proptest! {
        #[test]
        fn the_first_batch_is_found_exactly_and_soon(
            from in 0..1_000_i64,
            length in 1..20_000_i64,
            apart in 1..300_i64,
            next in 1..5_000_i64,
            is_told: bool,
        ) {
            let first = Span { from, to: from + length };
            let second = Span { from: first.to + apart, to: first.to + apart + next };
            let mut batches = vec![first];
            // What is not told by its offset cannot be told from what is close behind it.
            batches.extend(is_told.then_some(second));
            let (found, attempts) = look(&batches, 1_000_000, is_told);
            prop_assert_eq!(found, Found::Unreadable(first, failure()));
            prop_assert!(attempts < 40, "{} attempts", attempts);
        }
    }
}
