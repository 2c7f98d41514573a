//! Replays between real brokers: one binary, so that they start once.

mod support;

mod across;
mod failing;
mod moving;
mod stopping;
mod stories;
