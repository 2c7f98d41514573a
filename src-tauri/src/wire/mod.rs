//! The serialisable counterparts of domain types: what crosses to the webview and back.
//!
//! Only conversions live here. Names are camelCase on the wire, tags are snake_case words, and a
//! 64-bit number is a string, because JavaScript would round it.

pub mod activity;
pub mod connection;
pub mod copy;
pub mod delivery;
pub mod failure;
pub mod hold;
pub mod limits;
pub mod number;
pub mod profile;
pub mod queue;
pub mod record;
pub mod render;
pub mod replay;
mod replay_account;
pub mod search;
pub mod topic;
mod words;

pub use failure::Failure;
pub use number::{Int64, UInt64};

/// What every command returns.
pub type Reply<T> = Result<T, Failure>;
