//! How much of the long tests runs, and the dice that choose it.
//!
//! A matrix has more cases than anybody waits for at each change, and a fault that strikes at a
//! random moment is only found by trying often. So `make test` takes a sample, always the same one,
//! and `make matrix` and `make soak` take all, or go on for long. This is the only place that reads
//! the environment for it:
//!
//! | variable | meaning |
//! |---|---|
//! | `KRONOS_TESTS` | `matrix` or `soak`; otherwise a sample |
//! | `KRONOS_SEED` | the number that the dice start from, to repeat what failed |
//! | `KRONOS_SOAK_MINUTES` | how long each soak test goes on, instead of its own time |

use std::time::{Duration, Instant};

pub use fastrand::Rng as Dice;

/// How much of the long tests runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// Some cases of each matrix and a few faults, the same at each run.
    Sampled,
    /// Every case of each matrix.
    Matrix,
    /// Faults at other moments at each run, for long.
    Soak,
}

/// What this run was asked for.
///
/// # Panics
/// When `KRONOS_TESTS` says something else: a misspelt one would run a sample and look like all.
pub fn extent() -> Extent {
    match variable("KRONOS_TESTS").as_deref() {
        None | Some("") => Extent::Sampled,
        Some("matrix") => Extent::Matrix,
        Some("soak") => Extent::Soak,
        Some(other) => panic!("KRONOS_TESTS is matrix or soak, not {other}"),
    }
}

/// The dice of one test. Their start is printed, which a test shows when it fails.
///
/// # Panics
/// When `KRONOS_SEED` is not a number.
pub fn dice(test: &str) -> Dice {
    let seed = match (variable("KRONOS_SEED"), extent()) {
        (Some(seed), _) => seed.parse().expect("KRONOS_SEED is a number"),
        (None, Extent::Soak) => fastrand::u64(..),
        (None, Extent::Sampled | Extent::Matrix) => 20_261_123,
    };
    eprintln!("{test}: repeat with KRONOS_SEED={seed}");
    Dice::with_seed(seed)
}

/// The cases of a matrix that run now, in their order: all, or so many.
pub fn sample<T>(test: &str, cases: Vec<T>, some: usize) -> Vec<T> {
    let (all, mut dice) = (cases.len(), dice(test));
    let wanted = if extent() == Extent::Matrix { all } else { some.min(all) };
    let mut chosen: Vec<(usize, T)> = cases.into_iter().enumerate().collect();
    dice.shuffle(&mut chosen);
    chosen.truncate(wanted);
    chosen.sort_by_key(|(place, _)| *place);
    eprintln!("{test}: {wanted} of {all} cases");
    chosen.into_iter().map(|(_, case)| case).collect()
}

/// The rounds of a soak test: a few, or as many as fit into its time.
pub fn rounds(few: usize, long: Duration) -> impl Iterator<Item = usize> {
    let minutes = variable("KRONOS_SOAK_MINUTES").map(|minutes| {
        let minutes: u64 = minutes.parse().expect("KRONOS_SOAK_MINUTES is a number");
        Duration::from_secs(60 * minutes)
    });
    let (soak, started) = (extent() == Extent::Soak, Instant::now());
    let long = minutes.unwrap_or(long);
    (0..).take_while(move |round| if soak { started.elapsed() < long } else { *round < few })
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sample_is_always_the_same_and_keeps_the_order_of_the_cases() {
        if extent() != Extent::Sampled {
            return;
        }
        let chosen = sample("a test", (0..100).collect(), 10);
        assert_eq!(chosen.len(), 10);
        assert!(chosen.is_sorted());
        assert_eq!(chosen, sample("a test", (0..100).collect(), 10));
        assert_eq!(sample("a test", vec![1, 2], 10), [1, 2]);
    }

    #[test]
    fn a_soak_is_a_few_rounds_unless_it_was_asked_for() {
        if extent() == Extent::Sampled {
            assert_eq!(rounds(3, Duration::ZERO).count(), 3);
        }
    }
}
