//! Nothing but tests: see `tests/dependencies.rs`.
