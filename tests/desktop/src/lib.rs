//! The real window on real brokers: a desktop for it, the way to drive it, and the demo's main job.
//!
//! - [`session`]: a display, a session bus and a real Secret Service of our own
//! - [`window`]: the app in that session, driven through WebDriver
//! - [`setup`]: saved connections with their passwords in the keyring, as a user would have left them
//! - [`demo`]: the main job, step by step, each step proven by the brokers' own tools

pub mod demo;
pub mod session;
pub mod setup;
pub mod window;
