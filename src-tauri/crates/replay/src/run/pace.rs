//! How far a run is, told about ten times a second.

use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::report::{CopyState, ItemResult, SourceState};

const PAUSE: Duration = Duration::from_millis(100);

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// The run.
    pub job: Uuid,
    /// Messages that can be sent.
    pub of: u64,
    /// Messages that were sent, or found that they cannot be.
    pub done: u64,
    /// Copies that their broker confirmed.
    pub confirmed: u64,
    /// Copies that failed, or are unsure.
    pub failed: u64,
    /// Originals that were removed.
    pub removed: u64,
    /// Bytes sent.
    pub bytes: u64,
    /// Messages a second since the start.
    pub per_second: f64,
    /// Time left at this rate; `None` before there is one.
    pub left: Option<Duration>,
}

pub(super) struct Pace {
    now: Progress,
    started: Instant,
    told: Option<Instant>,
}

impl Pace {
    pub(super) fn new(job: Uuid, of: u64) -> Self {
        let now = Progress {
            job,
            of,
            done: 0,
            confirmed: 0,
            failed: 0,
            removed: 0,
            bytes: 0,
            per_second: 0.0,
            left: None,
        };
        Pace { now, started: Instant::now(), told: None }
    }

    /// Counts a batch that is over.
    pub(super) fn count(&mut self, results: &[ItemResult], numbers: &[usize], bytes: u64) {
        for result in numbers.iter().filter_map(|number| results.get(*number)) {
            self.now.done += 1;
            match result.copy {
                CopyState::Confirmed { .. } => self.now.confirmed += 1,
                CopyState::Unroutable { .. }
                | CopyState::Failed { .. }
                | CopyState::Unsure { .. } => self.now.failed += 1,
                CopyState::LeftOut { .. } | CopyState::NotSent { .. } => {}
            }
            self.now.removed += u64::from(result.source == SourceState::Removed);
        }
        self.now.bytes += bytes;
        let seconds = self.started.elapsed().as_secs_f64();
        if seconds > 0.0 && self.now.done > 0 {
            self.now.per_second = self.now.done as f64 / seconds;
            let left = self.now.of.saturating_sub(self.now.done) as f64 / self.now.per_second;
            self.now.left = Duration::try_from_secs_f64(left).ok();
        }
    }

    pub(super) fn tell_sometimes(&mut self, progress: &mut (dyn FnMut(Progress) + Send)) {
        if self.told.is_none_or(|told| told.elapsed() >= PAUSE) {
            self.tell(progress);
        }
    }

    pub(super) fn tell(&mut self, progress: &mut (dyn FnMut(Progress) + Send)) {
        self.told = Some(Instant::now());
        progress(self.now);
    }
}
