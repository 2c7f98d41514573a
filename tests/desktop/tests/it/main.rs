//! The real window on real brokers.

mod main_job;
