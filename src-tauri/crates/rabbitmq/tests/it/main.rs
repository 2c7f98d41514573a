//! The crate against real brokers: one binary, so that they start once.

mod connecting;
mod faults;
mod hold;
mod hostile;
mod last_look;
mod management;
mod publishing;
mod raw;
mod support;
