//! The ledger as other crates see it, on a real disk.

mod damage;
mod entries;
mod grants;
mod support;
