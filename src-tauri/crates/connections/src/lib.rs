//! What it takes to reach a broker and to be allowed to change it.
//!
//! - [`profile`]: a connection as the user describes it, without any secret
//! - [`profiles`]: the file that holds them
//! - [`secret`], [`secrets`]: secrets, and the operating system's keyring that keeps them
//! - [`access`]: access levels, the unlock, and the [`access::Grant`] that every change needs
//! - [`trust`]: certificates and keys from PEM to rustls
//! - [`probe`]: which step of connecting fails, and why
//! - [`storage`]: files that are written whole or not at all, and kept aside when unreadable
//! - [`connection`]: one version of a profile, what it allows, and its open client
//! - [`directory`]: all of them, and the only way to edit, open and remove one
//! - [`printable`]: text that somebody else wrote, fit to be shown
//! - [`failure`]: the one error type that leaves these crates

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing))]

pub mod access;
pub mod connection;
pub mod directory;
mod edit;
pub mod failure;
pub mod printable;
pub mod probe;
pub mod profile;
pub mod profiles;
pub mod secret;
mod secret_changes;
pub mod secrets;
pub mod storage;
pub mod trust;
mod turns;

pub use access::Grant;
pub use failure::{Code, Failure};
pub use profile::{Profile, ProfileId};
pub use secret::Secret;
