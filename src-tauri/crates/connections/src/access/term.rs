//! When an unlock ends by itself.

use std::time::{Duration, Instant, SystemTime};

/// How often the wall clock is looked at while waiting.
const LOOK: Duration = Duration::from_secs(15);

/// A moment by two clocks; the earlier counts. The monotonic clock stands still while a computer
/// sleeps, so an unlock for ten minutes would last overnight; the wall clock can be set back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Term {
    pub(super) instant: Instant,
    wall: SystemTime,
}

impl Term {
    pub(super) fn after(duration: Duration) -> Self {
        Term { instant: Instant::now() + duration, wall: SystemTime::now() + duration }
    }

    pub(super) fn remaining(&self) -> Duration {
        let by_wall = self.wall.duration_since(SystemTime::now()).unwrap_or_default();
        self.instant.saturating_duration_since(Instant::now()).min(by_wall)
    }

    pub(super) fn is_over(&self) -> bool {
        self.remaining().is_zero()
    }

    /// Completes when it is over.
    pub(super) async fn passed(self) {
        while !self.is_over() {
            tokio::time::sleep(self.remaining().min(LOOK)).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_night_asleep_ends_it_though_the_monotonic_clock_stood_still() {
        let hour = Duration::from_secs(3600);
        let before_sleeping = SystemTime::now() - 9 * hour;
        let term = Term { instant: Instant::now() + hour, wall: before_sleeping + hour };
        assert!(term.is_over());
        assert!(!Term::after(hour).is_over());
    }

    #[test]
    fn a_clock_set_back_does_not_prolong_it() {
        let hour = Duration::from_secs(3600);
        let term = Term { instant: Instant::now(), wall: SystemTime::now() + hour };
        assert!(term.is_over());
    }
}
