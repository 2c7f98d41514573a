//! The real window on real brokers.

mod bad_input;
mod editing;
mod hostile;
mod layout;
mod leaving;
mod main_job;
mod searching;
mod security;
mod stage;
mod vanishing;
