//! The crate against real brokers: one binary, so that they start once.

mod connecting;
mod faults;
mod hold;
mod holding_on;
mod hostile;
mod in_force;
mod last_look;
mod leaderless;
mod management;
mod matrix;
mod own;
mod publishing;
mod raw;
mod support;
