//! One partition of a scan: what is asked of it, what is left of that, and what became of the rest.

use connections::{Code, Failure};

use crate::native::TopicPartition;
use crate::read::pass::{Window, WindowEnd};
use crate::scan::coverage::{PartitionScan, Unreadable};
use crate::scan::damage::{Damage, Found, Shown};
use crate::scan::request::ScanRequest;
use crate::scan::spans::{Span, Spans};

/// Offsets of the first window of a partition that is read backwards: what a person sees first.
const FIRST: i64 = 500;
/// How much wider each is than the one before.
const WIDER: i64 = 4;
/// How much wider each window is than the one before where one batch is fetched at a time.
const SLOWLY_WIDER: i64 = 2;
/// Bytes of keys and values that one of them has about, at most: what is behind it is looked at
/// sooner then.
const WINDOW_BYTES: u64 = 64 * 1024 * 1024;

/// In which order a partition is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// From its start to its end, at once.
    Oldest,
    /// In windows from its end.
    Newest,
    /// In windows from its start, the first of one offset.
    BatchByBatch,
}

impl Order {
    pub fn of(request: &ScanRequest) -> Order {
        match (request.batch_by_batch, request.newest_first) {
            (true, _) => Order::BatchByBatch,
            (false, true) => Order::Newest,
            (false, false) => Order::Oldest,
        }
    }
}

/// See the module.
#[derive(Debug)]
pub(super) struct Part {
    pub at: TopicPartition,
    /// The whole of what is asked.
    pub asked: Span,
    /// Offsets that were asked for and were gone before.
    pub gone_before: u64,
    /// What of it was to be read.
    to_read: Spans,
    left: Spans,
    width: i64,
    /// The same where one batch is fetched at a time.
    narrow: i64,
    received: u64,
    pub outside_time: u64,
    gone: u64,
    damage: Option<Damage>,
    unreadable: Vec<Unreadable>,
    failure: Option<Failure>,
}

impl Part {
    pub fn new(at: TopicPartition, asked: Span, spans: Spans, gone_before: u64) -> Part {
        Part {
            at,
            asked,
            gone_before,
            left: spans.clone(),
            to_read: spans,
            width: FIRST,
            narrow: 1,
            received: 0,
            outside_time: 0,
            gone: 0,
            damage: None,
            unreadable: Vec::new(),
            failure: None,
        }
    }

    /// Offsets that are left.
    pub fn size(&self) -> u64 {
        self.left.offsets()
    }

    /// Offsets that are accounted for.
    pub fn passed(&self) -> u64 {
        self.to_read.offsets() - self.left.offsets()
    }

    /// Whether it is being found out what its silence means.
    pub fn is_silent(&self) -> bool {
        self.damage.as_ref().is_some_and(Damage::is_silent)
    }

    /// What is to be read of it next.
    pub fn window(&self, order: Order) -> Option<Window<()>> {
        if self.failure.is_some() {
            return None;
        }
        let span = match &self.damage {
            Some(damage) => damage.attempt(),
            None => match order {
                Order::Oldest => self.left.first()?,
                Order::Newest => self.left.last(self.width)?,
                Order::BatchByBatch => {
                    let first = self.left.first()?;
                    Span { to: first.to.min(first.from.saturating_add(self.narrow)), ..first }
                }
            },
        };
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
        self.narrow = self.narrow.saturating_mul(SLOWLY_WIDER);
        match (window.end, self.damage.take()) {
            (Some(WindowEnd::Broken(failure)), _) => self.failure = Some(failure),
            // It was stopped before anything was learnt.
            (None, damage) => self.damage = damage,
            (Some(WindowEnd::Complete | WindowEnd::Budget), None) => {}
            (Some(WindowEnd::Unreadable { failure, batch }), None) => {
                let span = Span { from: window.next, to: window.to };
                let damage = Damage::at(span, batch, failure);
                self.look_further(damage, None);
            }
            (Some(end), Some(damage)) => {
                let shown = match end {
                    WindowEnd::Unreadable { batch, .. } if window.next == window.from => {
                        Shown::Unreadable(batch)
                    }
                    // Another one behind is found again when it is read.
                    _ => Shown::Readable,
                };
                self.look_further(damage, Some(shown));
            }
        }
    }

    fn look_further(&mut self, mut damage: Damage, shown: Option<Shown>) {
        let found = match shown {
            Some(shown) => damage.learn(shown),
            None => damage.begin(),
        };
        match found {
            Found::Not => self.damage = Some(damage),
            Found::Nothing => {}
            Found::Unreadable(span, failure) => {
                self.left = self.left.without(span);
                self.unreadable.push(Unreadable { span, failure });
            }
            Found::Silence(failure) => self.failure = Some(failure),
        }
    }

    /// Whether its broker could not be reached any more.
    pub fn lost_its_broker(&self) -> bool {
        let lost = [Code::Timeout, Code::ConnectionLost, Code::Unreachable];
        self.failure.as_ref().is_some_and(|failure| lost.contains(&failure.code))
    }

    /// Gives back all that it was accounted for: what was read was something else.
    pub fn disown(&mut self, failure: &Failure) {
        self.left = self.to_read.clone();
        (self.received, self.outside_time, self.gone) = (0, 0, 0);
        self.unreadable.clear();
        self.failure = Some(failure.clone());
    }

    /// Why it is not sure that what was read is what was asked for.
    pub fn doubt(&mut self, failure: &Failure) {
        self.failure.get_or_insert_with(|| failure.clone());
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
        let passed = self.to_read.offsets() - left.offsets();
        let unreadable: u64 = self.unreadable.iter().map(|one| one.span.offsets()).sum();
        PartitionScan {
            topic: self.at.topic,
            partition: self.at.partition,
            first: self.asked.from,
            end: self.asked.to,
            asked: self.to_read.offsets(),
            open: left.as_slice().to_vec(),
            received,
            outside_time: self.outside_time,
            without_record: passed
                .saturating_sub(received)
                .saturating_sub(gone)
                .saturating_sub(unreadable),
            gone: self.gone_before + gone,
            unreadable: self.unreadable.clone(),
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
        while let Some(mut window) = part.window(Order::Newest) {
            read.push((window.from, window.to));
            window.next = window.to;
            part.settle(window);
        }
        assert_eq!(read, [(4_500, 5_000), (2_500, 4_500), (0, 2_500)]);
        assert_eq!((part.passed(), part.size()), (5_000, 0));
        assert_eq!(part.told(None).without_record, 5_000);
    }

    #[test]
    fn batch_by_batch_windows_begin_with_one_offset() {
        let mut part = part(0, 12);
        let mut read = Vec::new();
        while let Some(mut window) = part.window(Order::BatchByBatch) {
            read.push((window.from, window.to));
            window.next = window.to;
            window.end = Some(WindowEnd::Complete);
            part.settle(window);
        }
        assert_eq!(read, [(0, 1), (1, 3), (3, 7), (7, 12)]);
    }

    #[test]
    fn large_records_are_looked_at_in_narrow_windows() {
        let mut part = part(0, 1_000_000);
        let mut window = part.window(Order::Newest).unwrap();
        (window.received, window.bytes, window.next) = (500, 500 * 1024 * 1024, window.to);
        part.settle(window);
        let window = part.window(Order::Newest).unwrap();
        assert_eq!(
            window.to - window.from,
            FIRST,
            "64 MiB would be 64 of them: no fewer than that"
        );
    }

    #[test]
    fn an_account_in_the_middle_of_a_window_leaves_what_is_before_and_behind_it() {
        let mut part = part(0, 1_000);
        let mut window = part.window(Order::Newest).unwrap();
        window.next = 600;
        window.received = 90;
        let told = part.told(Some(&window));
        assert_eq!(told.open, [Span { from: 0, to: 500 }, Span { from: 600, to: 1_000 }]);
        assert_eq!((told.received, told.without_record), (90, 10));
        window.end = Some(WindowEnd::Broken(Failure::new(connections::Code::Internal, "gone")));
        part.settle(window);
        assert_eq!(part.told(None).open, told.open);
        assert!(part.window(Order::Newest).is_none(), "what is broken is not read on");
    }
}
