//! Two ways to do the same work, in turn, and the ratio of their medians.

use std::fmt;
use std::time::Duration;

/// The fewest turns that a median is made of.
const LEAST_RUNS: usize = 5;

/// Turns that are not counted: a broker that was just started gets faster with each.
const WARM_UPS: usize = 5;

/// What both sides gave, in the order in which they ran.
pub struct Turns<T> {
    ours: Vec<T>,
    baseline: Vec<T>,
}

/// Runs both sides `runs` times (at least 5) in turn, after some turns that are not counted.
pub fn in_turn<T>(runs: usize, ours: impl FnMut() -> T, baseline: impl FnMut() -> T) -> Turns<T> {
    in_turn_after(WARM_UPS, runs, ours, baseline)
}

/// The same after so many turns that are not counted: for what takes long.
pub fn in_turn_after<T>(
    warm_ups: usize,
    runs: usize,
    mut ours: impl FnMut() -> T,
    mut baseline: impl FnMut() -> T,
) -> Turns<T> {
    for _ in 0..warm_ups {
        ours();
        baseline();
    }
    let (ours, baseline) = (0..runs.max(LEAST_RUNS)).map(|_| (ours(), baseline())).unzip();
    Turns { ours, baseline }
}

/// The result of one comparison.
pub struct Comparison {
    /// `benchmark/variant`.
    name: String,
    against: &'static str,
    unit: &'static str,
    ours: Vec<f64>,
    baseline: Vec<f64>,
}

impl Comparison {
    /// How long both sides took.
    pub fn of_time<T>(
        name: impl Into<String>,
        against: &'static str,
        turns: &Turns<T>,
        took: impl Fn(&T) -> Duration,
    ) -> Comparison {
        Self::of(name.into(), against, "ms", turns, |turn| took(turn).as_secs_f64() * 1000.0)
    }

    /// How much memory both sides had.
    pub fn of_memory<T>(
        name: impl Into<String>,
        against: &'static str,
        turns: &Turns<T>,
        bytes: impl Fn(&T) -> u64,
    ) -> Comparison {
        Self::of(name.into(), against, "MiB", turns, |turn| bytes(turn) as f64 / 1_048_576.0)
    }

    fn of<T>(
        name: String,
        against: &'static str,
        unit: &'static str,
        turns: &Turns<T>,
        measured: impl Fn(&T) -> f64,
    ) -> Comparison {
        let ours = turns.ours.iter().map(&measured).collect();
        let baseline = turns.baseline.iter().map(&measured).collect();
        Comparison { name, against, unit, ours, baseline }
    }

    /// Every sample of both sides, in the order in which they were taken: how noisy the machine was,
    /// and whether a median hides two kinds of runs.
    pub fn samples(&self) -> String {
        let list = |side: &[f64]| {
            side.iter().map(|sample| format!("{sample:.1}")).collect::<Vec<_>>().join(" ")
        };
        format!(
            "samples {} ours={} | baseline={}",
            self.name,
            list(&self.ours),
            list(&self.baseline)
        )
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (ours, baseline) = (median(&self.ours), median(&self.baseline));
        write!(
            f,
            "bench {} ratio={:.2} ours={ours:.1} baseline={baseline:.1} unit={} runs={} against={}",
            self.name,
            ours / baseline,
            self.unit,
            self.ours.len(),
            self.against,
        )
    }
}

fn median(samples: &[f64]) -> f64 {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() % 2 {
        0 => (sorted[middle - 1] + sorted[middle]) / 2.0,
        _ => sorted[middle],
    }
}
