//! The crate against real brokers: one binary, so that they start once.

mod support;

mod browsing;
mod connecting;
mod faults;
mod holes;
mod matrix;
mod producing;
mod scanning;
mod sizes;
mod topics;
