//! Two ways to do the same work, in turn, and the ratio of their medians.

use std::fmt;
use std::time::Duration;

/// The result of one comparison.
pub struct Comparison {
    name: &'static str,
    variant: String,
    against: &'static str,
    ours: Vec<Duration>,
    baseline: Vec<Duration>,
}

impl Comparison {
    /// Runs both sides `runs` times (at least 3) in turn, after one turn that is not counted.
    pub fn interleave(
        name: &'static str,
        variant: impl Into<String>,
        against: &'static str,
        runs: usize,
        mut ours: impl FnMut() -> Duration,
        mut baseline: impl FnMut() -> Duration,
    ) -> Comparison {
        ours();
        baseline();
        let turns = (0..runs.max(3)).map(|_| (ours(), baseline()));
        let (ours, baseline) = turns.unzip();
        Comparison { name, variant: variant.into(), against, ours, baseline }
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ours, baseline) = (median(&self.ours), median(&self.baseline));
        write!(
            f,
            "bench {}/{} ratio={:.2} ours={ours:.1} baseline={baseline:.1} unit=ms runs={} against={}",
            self.name,
            self.variant,
            ours / baseline,
            self.ours.len(),
            self.against,
        )
    }
}

fn median(durations: &[Duration]) -> f64 {
    let mut sorted: Vec<f64> = durations.iter().map(|d| d.as_secs_f64() * 1000.0).collect();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() % 2 {
        0 => (sorted[middle - 1] + sorted[middle]) / 2.0,
        _ => sorted[middle],
    }
}
