//! The windows of each partition, how they grow, and the merge of the partitions. Pure.
//!
//! A read of N rows needs at most N records of each partition, and usually far fewer. So each
//! partition is read in windows: the first holds its share of the rows and a little more, and each
//! later one four times as many, or as many as there are rows missing where those are more, because
//! a partition that holds all of them should not be asked often; and never more than the bytes of
//! one window allow. Only a partition
//! that the merge waits for is read on. Each offset is read once, with one exception: a backward
//! window of unexpectedly large records is given up half-way, because the records that it has are
//! its oldest; it is read again smaller.

use std::collections::VecDeque;

use connections::Failure;

use crate::native::TopicPartition;
use crate::plan::Range;
use crate::read::PartitionCoverage;
use crate::read::pass::{Window, WindowEnd};

use crate::read::rows::Row;

/// Offsets of one window, at most.
const WIDEST: u64 = 65_536;

/// How much wider each window is than the last one.
const GROWTH: u64 = 4;

/// Which way a read goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// From the first offset on.
    Forward,
    /// From the end back.
    Backward,
}

/// One partition of a read.
#[derive(Debug)]
pub(super) struct Lane {
    range: Range,
    direction: Direction,
    /// Forward: the first offset not covered. Backward: the offset before which none is covered.
    edge: i64,
    /// Offsets of the next window, unless there are more rows missing.
    width: u64,
    /// Offsets of the next window, at most.
    widest: u64,
    /// Rows that wait for their turn, next one first.
    ready: VecDeque<Row>,
    /// Rows whose turn came.
    placed: u64,
    received: u64,
    outside_time: u64,
    bytes: u64,
    gone: u64,
    broken: Option<Failure>,
}

/// A row of a window, or a record that the time leaves out.
pub(super) type Kept = Option<Row>;

impl Lane {
    pub(super) fn new(range: Range, direction: Direction, width: u64) -> Lane {
        let edge = match direction {
            Direction::Forward => range.first,
            Direction::Backward => range.end,
        };
        Lane {
            edge,
            range,
            direction,
            width: width.clamp(1, WIDEST),
            widest: WIDEST,
            ready: VecDeque::new(),
            placed: 0,
            received: 0,
            outside_time: 0,
            bytes: 0,
            gone: range.gone,
            broken: None,
        }
    }

    /// The offsets of the first window of each of `lanes` partitions for `limit` rows: a share, and
    /// some more, because shares are never even.
    pub(super) fn first_width(limit: u32, lanes: usize) -> u64 {
        let share = u64::from(limit).div_ceil(lanes.max(1) as u64);
        (share + share / 4 + 16).min(u64::from(limit))
    }

    pub(super) fn partition(&self) -> i32 {
        self.range.at.partition
    }

    pub(super) fn at(&self) -> TopicPartition {
        self.range.at
    }

    /// Nothing more can come.
    fn is_over(&self) -> bool {
        self.broken.is_some() || self.is_covered()
    }

    /// All of its range is covered.
    pub(super) fn is_covered(&self) -> bool {
        match self.direction {
            Direction::Forward => self.edge >= self.range.end,
            Direction::Backward => self.edge <= self.range.first,
        }
    }

    /// Rows that wait for their turn.
    pub(super) fn waiting(&self) -> usize {
        self.ready.len()
    }

    /// Its next window, where there is more to read and that many rows are missing.
    pub(super) fn window(&self, budget: u64, missing: usize) -> Option<Window<Kept>> {
        if self.is_over() {
            return None;
        }
        let least = if self.covered() > 0 { missing as u64 } else { 0 };
        let width = self.width.max(least).min(self.widest).cast_signed();
        let (from, to) = match self.direction {
            Direction::Forward => (self.edge, self.edge.saturating_add(width).min(self.range.end)),
            Direction::Backward => {
                (self.edge.saturating_sub(width).max(self.range.first), self.edge)
            }
        };
        Some(Window::new(self.at(), from, to, budget))
    }

    /// Its next row, whose turn it is.
    fn place(&mut self) -> Option<Row> {
        let row = self.ready.pop_front()?;
        self.placed += 1;
        Some(row)
    }

    /// Takes what a window gave, and widens or narrows the next one.
    pub(super) fn take(&mut self, window: Window<Kept>, budget: u64) {
        self.bytes += window.bytes;
        let whole = window.end == Some(WindowEnd::Complete);
        if let Some(failure) = window.end.as_ref().and_then(WindowEnd::failure) {
            self.broken = Some(failure.clone());
        }
        if self.direction == Direction::Backward && !whole {
            // What came is the oldest of the window, with a hole between it and what is covered.
            self.width = (window.received / GROWTH).max(1);
            self.widest = self.width;
            return;
        }
        self.gone += window.gone;
        self.received += window.received;
        self.outside_time += window.kept.iter().filter(|kept| kept.is_none()).count() as u64;
        let rows = window.kept.into_iter().flatten();
        match self.direction {
            Direction::Forward => {
                self.edge = window.next;
                self.ready.extend(rows);
            }
            Direction::Backward => {
                self.edge = window.from;
                self.ready.extend(rows.rev());
            }
        }
        let each = self.bytes.checked_div(self.received).unwrap_or(0).max(1);
        self.widest = (budget / each).clamp(1, WIDEST);
        self.width = self.width.saturating_mul(GROWTH).min(self.widest);
    }

    pub(super) fn failure(&self) -> Option<&Failure> {
        self.broken.as_ref()
    }

    /// Offsets of its range that are accounted for.
    pub(super) fn covered(&self) -> u64 {
        let (from, to) = self.covered_range();
        to.saturating_sub(from).max(0).cast_unsigned()
    }

    fn covered_range(&self) -> (i64, i64) {
        match self.direction {
            Direction::Forward => (self.range.first, self.edge),
            Direction::Backward => (self.edge, self.range.end),
        }
    }

    pub(super) fn coverage(&self) -> PartitionCoverage {
        let (covered_from, covered_to) = self.covered_range();
        let offsets = self.covered();
        let taken = self.gone.saturating_sub(self.range.gone);
        PartitionCoverage {
            partition: self.range.at.partition,
            first: self.range.first,
            end: self.range.end,
            covered_from,
            covered_to,
            received: self.received,
            outside_time: self.outside_time,
            without_record: offsets.saturating_sub(self.received).saturating_sub(taken),
            already_gone: self.gone,
        }
    }
}

/// What the merge can do next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// This is the next row.
    Row(Box<Row>),
    /// These lanes, by their index, have to be read on first.
    Starved(Vec<usize>),
    /// There is nothing left.
    Over,
}

/// The next row over all partitions. A lane without rows that is not over holds the others back: its
/// next row could be the next of all. A record without a timestamp comes as soon as its turn in its
/// partition does. Where timestamps are equal, the partition that gave the fewest rows is next: so a
/// burst within a millisecond is taken from all of them, and none is emptied for it.
pub(super) fn next(lanes: &mut [Lane]) -> Turn {
    let starved: Vec<usize> = lanes
        .iter()
        .enumerate()
        .filter(|(_, lane)| lane.ready.is_empty() && !lane.is_over())
        .map(|(index, _)| index)
        .collect();
    if !starved.is_empty() {
        return Turn::Starved(starved);
    }
    let turns = lanes.iter_mut().filter_map(|lane| Some(((rank(lane)?, lane.placed), lane)));
    let first = turns.min_by_key(|(turn, _)| *turn);
    match first.and_then(|(_, lane)| lane.place()) {
        Some(row) => Turn::Row(Box::new(row)),
        None => Turn::Over,
    }
}

/// The smaller, the earlier its turn; i128, so that a hostile timestamp can be negated.
fn rank(lane: &Lane) -> Option<i128> {
    let millis = lane.ready.front()?.timestamp.millis().map(i128::from);
    Some(match lane.direction {
        Direction::Forward => millis.unwrap_or(i128::MIN),
        Direction::Backward => millis.map_or(i128::MIN, |millis| -millis),
    })
}

#[cfg(test)]
mod tests;
