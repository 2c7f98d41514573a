//! One partition of a scan: what is asked of it, what is left of that, and what became of the rest.

use connections::Failure;

use crate::native::TopicPartition;
use crate::read::pass::{Window, WindowEnd};
use crate::scan::coverage::PartitionScan;
use crate::scan::spans::{Span, Spans};

/// Offsets of the first window of a partition that is read backwards: what a person sees first.
const FIRST: i64 = 500;
/// How much wider each is than the one before.
const WIDER: i64 = 4;
/// Bytes of keys and values that one of them has about, at most: what is behind it is looked at
/// sooner then.
const WINDOW_BYTES: u64 = 64 * 1024 * 1024;

/// See the module.
#[derive(Debug)]
pub(super) struct Part {
    pub at: TopicPartition,
    /// The whole of what is asked.
    pub asked: Span,
    /// Offsets that were asked for and were gone before.
    pub gone_before: u64,
    /// Offsets of it that were to be read.
    to_read: u64,
    left: Spans,
    width: i64,
    received: u64,
    pub outside_time: u64,
    gone: u64,
    failure: Option<Failure>,
}

impl Part {
    pub fn new(at: TopicPartition, asked: Span, spans: Spans, gone_before: u64) -> Part {
        Part {
            at,
            asked,
            gone_before,
            to_read: spans.offsets(),
            left: spans,
            width: FIRST,
            received: 0,
            outside_time: 0,
            gone: 0,
            failure: None,
        }
    }

    /// Offsets that are left.
    pub fn size(&self) -> u64 {
        self.left.offsets()
    }

    /// Offsets that are accounted for.
    pub fn passed(&self) -> u64 {
        self.to_read - self.left.offsets()
    }

    /// What is to be read of it next.
    pub fn window(&self, newest_first: bool) -> Option<Window<()>> {
        if self.failure.is_some() {
            return None;
        }
        let span = if newest_first { self.left.last(self.width) } else { self.left.first() }?;
        Some(Window::new(self.at, span.from, span.to, u64::MAX))
    }

    /// Takes what became of a window.
    pub fn settle(&mut self, window: Window<()>) {
        self.left = self.left.without(passed_by(&window));
        self.received += window.received;
        self.gone += window.gone;
        let each = window.bytes.checked_div(window.received).unwrap_or(0).max(1);
        let most = i64::try_from(WINDOW_BYTES / each).unwrap_or(i64::MAX).max(FIRST);
        self.width = self.width.saturating_mul(WIDER).min(most);
        if let Some(WindowEnd::Broken(failure)) = window.end {
            self.failure = Some(failure);
        }
    }

    /// Why nothing of what is left can be read.
    pub fn lose(&mut self, failure: &Failure) {
        if !self.left.is_empty() && self.failure.is_none() {
            self.failure = Some(failure.clone());
        }
    }

    /// The account, with that of a window that is being read.
    pub fn told(&self, window: Option<&Window<()>>) -> PartitionScan {
        let left = window.map(|window| self.left.without(passed_by(window)));
        let left = left.as_ref().unwrap_or(&self.left);
        let received = self.received + window.map_or(0, |window| window.received);
        let gone = self.gone + window.map_or(0, |window| window.gone);
        let passed = self.to_read - left.offsets();
        PartitionScan {
            topic: self.at.topic,
            partition: self.at.partition,
            first: self.asked.from,
            end: self.asked.to,
            asked: self.to_read,
            open: left.as_slice().to_vec(),
            received,
            outside_time: self.outside_time,
            without_record: passed.saturating_sub(received).saturating_sub(gone),
            gone: self.gone_before + gone,
            failure: self.failure.clone(),
        }
    }
}

fn passed_by(window: &Window<()>) -> Span {
    Span { from: window.from, to: window.next }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(from: i64, to: i64) -> Part {
        let at = TopicPartition { topic: 0, partition: 3 };
        let asked = Span { from, to };
        Part::new(at, asked, Spans::of([asked]), 0)
    }

    #[test]
    fn windows_from_the_end_grow_and_each_offset_is_read_once() {
        let mut part = part(0, 5_000);
        let mut read = Vec::new();
        while let Some(mut window) = part.window(true) {
            read.push((window.from, window.to));
            window.next = window.to;
            part.settle(window);
        }
        assert_eq!(read, [(4_500, 5_000), (2_500, 4_500), (0, 2_500)]);
        assert_eq!((part.passed(), part.size()), (5_000, 0));
        assert_eq!(part.told(None).without_record, 5_000);
    }

    #[test]
    fn large_records_are_looked_at_in_narrow_windows() {
        let mut part = part(0, 1_000_000);
        let mut window = part.window(true).unwrap();
        (window.received, window.bytes, window.next) = (500, 500 * 1024 * 1024, window.to);
        part.settle(window);
        let window = part.window(true).unwrap();
        assert_eq!(
            window.to - window.from,
            FIRST,
            "64 MiB would be 64 of them: no fewer than that"
        );
    }

    #[test]
    fn an_account_in_the_middle_of_a_window_leaves_what_is_before_and_behind_it() {
        let mut part = part(0, 1_000);
        let mut window = part.window(true).unwrap();
        window.next = 600;
        window.received = 90;
        let told = part.told(Some(&window));
        assert_eq!(told.open, [Span { from: 0, to: 500 }, Span { from: 600, to: 1_000 }]);
        assert_eq!((told.received, told.without_record), (90, 10));
        window.end = Some(WindowEnd::Broken(Failure::new(connections::Code::Internal, "gone")));
        part.settle(window);
        assert_eq!(part.told(None).open, told.open);
        assert!(part.window(true).is_none(), "what is broken is not read on");
    }
}
