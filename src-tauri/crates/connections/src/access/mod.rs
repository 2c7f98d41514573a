//! What may be changed, by type.
//!
//! A function that changes a broker takes a [`Grant`] of the scope it needs. Only a connection's
//! [`Access`] can issue one, and issuing it writes the intent to the ledger first; the outcome is
//! written when the grant is concluded, or "unknown" when it is dropped without one. So no change
//! can be made that the ledger did not announce, and no unlock outlives its end: a grant is checked
//! at each write. Unlocking and locking are themselves written.
//!
//! That a grant of one scope is none of another is a matter of types:
//!
//! ```compile_fail,E0308
//! use connections::access::{Grant, Publish, Settle};
//! fn settle(_: &Grant<Settle>) {}
//! fn wrong(grant: &Grant<Publish>) {
//!     settle(grant);
//! }
//! ```
//!
//! And nobody but an [`Access`] can make one, or two of one:
//!
//! ```compile_fail,E0599
//! use connections::access::{Grant, Publish};
//! fn two(grant: &Grant<Publish>) -> (Grant<Publish>, Grant<Publish>) {
//!     (grant.clone(), grant.clone())
//! }
//! ```

mod gate;
mod grant;
mod intent;
#[cfg(test)]
pub(crate) mod memory;
mod pair;
mod scope;
mod term;
mod told;

pub use gate::{Access, AccessState, LONGEST_REASON, LONGEST_UNLOCK, Unlocked};
pub use grant::Grant;
pub use intent::{ActivityLog, EntryId, Intent, Outcome, Subject};
pub use pair::{Taken, take_with_grants};
pub use scope::{Hold, Publish, Scope, ScopeName, Settle};
pub use told::{Detail, Fact, Fate, Note, Object, Place, Setting};
