//! Replays between real brokers: one binary, so that they start once.

mod support;

mod across;
mod failing;
mod kept;
mod matrix;
mod moving;
mod soak;
mod stopping;
mod stories;
