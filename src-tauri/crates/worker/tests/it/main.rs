//! Searches on real brokers, in real worker processes.

mod batches;
mod damaged;
mod dying;
mod faults;
mod oracle;
mod searching;
mod support;
