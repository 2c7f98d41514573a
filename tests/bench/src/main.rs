//! `make bench [NAME=…]`: each comparison does the same work twice, ours and a baseline, in turn, in
//! the same run, and prints the ratio of the medians. Nothing is asserted here: figures are quoted.
//! Each sample goes to standard error.

mod browse;
mod compare;
mod scan;
mod startup;

use std::process::ExitCode;

use compare::Comparison;

/// A benchmark gives its comparisons.
type Bench = fn() -> Vec<Comparison>;

const BENCHES: [(&str, Bench); 3] =
    [("browse", browse::run), ("scan", scan::run), ("startup", startup::run)];

fn main() -> ExitCode {
    if worker::child::is_asked_for() {
        return worker::child::serve(None);
    }
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if scan::is_side(&arguments) {
        return ExitCode::SUCCESS;
    }
    let wanted = arguments.into_iter().next();
    let is_wanted = |name: &str| wanted.as_deref().is_none_or(|wanted| wanted == name);
    let chosen: Vec<_> = BENCHES.into_iter().filter(|(name, _)| is_wanted(name)).collect();
    if chosen.is_empty() {
        let known = BENCHES.map(|(name, _)| name).join(", ");
        eprintln!("no benchmark is named {}; there are: {known}", wanted.unwrap_or_default());
        return ExitCode::from(2);
    }
    for (_, bench) in chosen {
        for comparison in bench() {
            eprintln!("{}", comparison.samples());
            println!("{comparison}");
        }
    }
    ExitCode::SUCCESS
}
