//! What the UI can ask for: one file per resource. A command gets state, converts, calls an inner
//! crate, converts back. Nothing here is worth testing without a window.

pub mod access;
pub mod activity;
pub mod connections;
mod files;
pub mod holds;
pub mod queues;
pub mod records;
pub mod replays;
pub mod searches;
pub mod topics;
pub mod window;
