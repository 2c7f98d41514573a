//! The keyring as a real desktop has it, and the brokers' own listeners.

mod keyring;
mod probe;
