//! What is left to be read of one partition; pure.

use serde::{Deserialize, Serialize};

/// Offsets from the first up to, not including, the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first offset.
    pub from: i64,
    /// The offset after the last one.
    pub to: i64,
}

impl Span {
    /// How many offsets.
    pub fn offsets(self) -> u64 {
        self.to.saturating_sub(self.from).max(0).cast_unsigned()
    }

    /// The part of it that is in another one; it may be empty.
    pub fn within(self, other: Span) -> Span {
        Span { from: self.from.max(other.from), to: self.to.min(other.to) }
    }
}

/// Spans in their order, apart from each other, none of them empty.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Spans(Vec<Span>);

impl Spans {
    /// In any order, and overlapping or not.
    pub fn of(spans: impl IntoIterator<Item = Span>) -> Spans {
        let mut sorted: Vec<Span> = spans.into_iter().filter(|span| span.from < span.to).collect();
        sorted.sort_unstable();
        let mut apart: Vec<Span> = Vec::with_capacity(sorted.len());
        for span in sorted {
            match apart.last_mut() {
                Some(last) if span.from <= last.to => last.to = last.to.max(span.to),
                _ => apart.push(span),
            }
        }
        Spans(apart)
    }

    /// All of them.
    pub fn as_slice(&self) -> &[Span] {
        &self.0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many offsets.
    pub fn offsets(&self) -> u64 {
        self.0.iter().map(|span| span.offsets()).sum()
    }

    /// Without these offsets.
    pub fn without(&self, taken: Span) -> Spans {
        if taken.from >= taken.to {
            return self.clone();
        }
        let apart = |span: &Span| {
            [
                Span { from: span.from, to: span.to.min(taken.from) },
                Span { from: span.from.max(taken.to), to: span.to },
            ]
        };
        Spans::of(self.0.iter().flat_map(apart))
    }

    /// What is to be read next, the oldest first.
    pub fn first(&self) -> Option<Span> {
        self.0.first().copied()
    }

    /// What is to be read next, the newest first: at most so many offsets.
    pub fn last(&self, most: i64) -> Option<Span> {
        let span = self.0.last()?;
        Some(Span { from: span.from.max(span.to.saturating_sub(most.max(1))), to: span.to })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn span(from: i64, to: i64) -> Span {
        Span { from, to }
    }

    #[test]
    fn the_newest_are_taken_from_the_end() {
        let spans = Spans::of([span(0, 10), span(20, 25)]);
        assert_eq!(spans.last(3), Some(span(22, 25)));
        assert_eq!(spans.last(100), Some(span(20, 25)));
        assert_eq!(spans.without(span(20, 25)).last(100), Some(span(0, 10)));
        assert_eq!(Spans::default().last(9), None);
    }

    fn any_spans() -> impl Strategy<Value = Vec<Span>> {
        prop::collection::vec((0..60_i64, 0..60_i64).prop_map(|(from, to)| span(from, to)), 0..8)
    }

    fn offsets(spans: &[Span]) -> BTreeSet<i64> {
        spans.iter().flat_map(|span| span.from..span.to).collect()
    }

    proptest! {
        #[test]
        fn what_is_taken_off_is_gone_and_nothing_else(spans in any_spans(), taken in any_spans()) {
            let mut left = Spans::of(spans.clone());
            let mut wanted = offsets(&spans);
            for one in taken {
                left = left.without(one);
                wanted.retain(|offset| !(one.from..one.to).contains(offset));
            }
            prop_assert_eq!(offsets(left.as_slice()), wanted.clone());
            prop_assert_eq!(left.offsets(), wanted.len() as u64);
            let apart = left.as_slice().windows(2).all(|pair| pair[0].to < pair[1].from);
            prop_assert!(apart && left.as_slice().iter().all(|span| span.from < span.to));
        }
    }
}
