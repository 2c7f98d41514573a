//! The real window on real brokers: a desktop for it, the way to drive it, and the demo's main job.
//!
//! - [`session`]: a display, a session bus and a real Secret Service of our own
//! - [`window`]: the app in that session, driven through WebDriver
//! - [`setup`]: saved connections with their passwords in the keyring, as a user would have left them
//! - [`oracle`]: what the brokers' own tools say
//! - [`demo`]: the main job, step by step, each step proven by the brokers' own tools
//! - [`catalogue`]: the window's texts in each language
//! - [`layout`]: what is cut off, covered, out of reach or hard to read on a page
//! - [`secrets`]: every place outside the keyring where a text stands
//! - [`processes`]: what the operating system shows of the app's processes
//! - [`display`]: what a window manager would do

pub mod catalogue;
pub mod demo;
pub mod display;
pub mod layout;
pub mod oracle;
pub mod processes;
pub mod secrets;
pub mod session;
pub mod setup;
pub mod window;
