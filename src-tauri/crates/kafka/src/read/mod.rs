//! Reading a topic: from its newest records backwards, or from a place forwards, up to a limit.
//!
//! A read is planned first (partitions, first and end offsets, frozen), then read in windows of
//! each partition, merged into reading order, and ends with a stated reason. Every offset of the
//! range it covered is accounted for: as a record, as an offset without one, or as already gone.
//!
//! - [`request`]: what is asked for; [`rows`]: what comes back; [`coverage`]: what that covers
//! - `crate::plan`: the frozen ranges
//! - `pass`: reads one window of each of some partitions, with one consumer
//! - `lanes`: the windows of each partition, how they grow, and the merge; pure
//! - `browse`: all of it together
//! - `records`: whole records by partition and offset
//!
//! Invariants:
//! - No group, no commit, no logical offset: partitions are read by number (see `native::fetch`).
//! - A partition is finished when a record at or after its last offset came, at its end, or when
//!   the position passed it (transaction markers). An empty wait finishes nothing: a stall is an
//!   incomplete read.
//! - Within a partition the offset decides the order; across partitions the timestamp does.
//! - Records are copied into bounded previews at once; nothing keeps librdkafka's buffers.
//!
//! Everything here is serialisable, request and result alike: the reading will move to a process of
//! its own, and this is the contract in front of it.
//!
//! Left out until search needs it: more than one consumer for a read, filters, following live.

mod browse;
pub mod coverage;
mod lanes;
pub(crate) mod pass;
mod records;
pub mod request;
pub mod rows;

pub(crate) use browse::browse;
pub use coverage::{Coverage, End, PartitionCoverage};
pub(crate) use records::records;
pub use records::{DEFAULT_BODY_CAP, Fetched};
pub use request::{Isolation, Progress, ReadRequest, Start};
pub use rows::{Preview, ResultSet, Row};
