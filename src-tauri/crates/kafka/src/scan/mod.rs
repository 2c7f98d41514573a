//! Reading everything in a range of topics, at the speed of the broker, and accounting for it.
//!
//! A scan is planned first ([`crate::plan`]: frozen ranges), its partitions are shared out over
//! several consumers, because one connection to a broker is the bottleneck and not the looking, and
//! each record is shown to an [`Examiner`] where it lies. It ends with a stated reason, and every
//! offset of its range is accounted for: seen, passed without a record, gone, unreadable, or not
//! reached. What was not reached is the place to go on from.
//!
//! - [`request`]: what is asked for, and the place to go on from; [`coverage`]: what came of it
//! - [`record`]: a record where it lies
//! - `shards`: which partition goes to which consumer; `spans`, `part`: what is left of one;
//!   `damage`: where what cannot be read ends; pure
//! - `identity`: whether the topics are still the ones that were planned
//! - `share`: what one consumer reads; `run`: all of it together
//!
//! Invariants: those of [`crate::read`]. Nothing of a record outlives its being looked at, unless the
//! examiner copies it.
//!
//! Left out: what is looked for and what becomes of it, which the examiner knows.

pub mod coverage;
mod damage;
mod identity;
mod part;
pub mod record;
pub mod request;
mod run;
mod shards;
mod share;
mod spans;

pub use coverage::{PartitionScan, ScanCoverage, ScanEnd, ScanPlan, Unreadable};
pub use record::RawRecord;
pub use request::{Place, ScanProgress, ScanRequest};
pub(crate) use run::{Means, scan};
pub use spans::{Span, Spans};

/// Follows a scan.
pub trait Observer: Send {
    /// Is told once, before anything is read, what is to be accounted for.
    fn planned(&mut self, _plan: ScanPlan) {}

    /// Makes what sees the records of one consumer.
    fn examiner(&mut self) -> Box<dyn Examiner>;

    /// Is told about ten times a second how far it is.
    fn progress(&mut self, _progress: ScanProgress) {}
}

impl<F: FnMut() -> Box<dyn Examiner> + Send> Observer for F {
    fn examiner(&mut self) -> Box<dyn Examiner> {
        self()
    }
}

/// Sees the records of one consumer, each once, in the order of their partition.
pub trait Examiner: Send {
    /// Looks at a record. False where enough was found: the scan then ends, after a few more.
    fn examine(&mut self, record: &RawRecord<'_>) -> bool;

    /// Is told, about ten times a second and once at the end, of partitions of this consumer whose
    /// account changed: everything that is not open in them was shown, and nothing that is.
    fn reached(&mut self, _partitions: Vec<PartitionScan>) {}
}
