//! What was proven, printed as it is.

use std::fmt::Debug;

/// The proofs of a run.
#[derive(Debug, Default)]
pub struct Proofs {
    failed: usize,
    made: usize,
}

impl Proofs {
    /// Prints that what the window shows is what the broker says, or that it is not.
    pub fn equal<T: PartialEq + Debug>(&mut self, what: &str, window: T, broker: T) {
        let holds = window == broker;
        self.say(holds, &format!("{what}: window {window:?}, broker {broker:?}"));
    }

    /// Prints whether something holds, and the facts that say so.
    pub fn that(&mut self, what: &str, holds: bool, facts: impl Debug) {
        self.say(holds, &format!("{what}: {facts:?}"));
    }

    /// True where there were proofs and none failed.
    pub fn all_hold(&self) -> bool {
        self.made > 0 && self.failed == 0
    }

    fn say(&mut self, holds: bool, line: &str) {
        self.made += 1;
        self.failed += usize::from(!holds);
        let word = if holds { "proven" } else { "NOT PROVEN" };
        println!("{word}  {line}");
    }
}
