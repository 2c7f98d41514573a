//! Searches on real brokers, in real worker processes.

mod dying;
mod searching;
mod support;
