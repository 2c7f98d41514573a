//! `make bench [NAME=…]`: each comparison does the same work twice, ours and a baseline, in turn, in
//! the same run, and prints the ratio of the medians. Nothing is asserted here: figures are quoted.

mod browse;
mod compare;
mod startup;

use compare::Comparison;

/// A benchmark gives its comparisons.
type Bench = fn() -> Vec<Comparison>;

fn main() {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let benches: [(&str, Bench); 2] = [("browse", browse::run), ("startup", startup::run)];
    let mut ran = false;
    for (_, bench) in benches.into_iter().filter(|(name, _)| name.starts_with(&wanted)) {
        ran = true;
        for comparison in bench() {
            println!("{comparison}");
        }
    }
    if !ran {
        eprintln!("no benchmark is named {wanted}");
        std::process::exit(2);
    }
}
