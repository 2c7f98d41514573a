//! What the UI is told without asking.

use serde::{Deserialize, Serialize};
use specta::Type;
use tauri_specta::Event;

/// Something on this list changed: whoever shows it asks again. Events carry no data, so a missed
/// or doubled one does no harm.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, Type, Event)]
pub struct Changed {
    /// What changed.
    pub what: What,
}

/// What can change without the UI's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// The list of connections, their state or access.
    Connections,
    /// Holds, their rows or countdown.
    Holds,
    /// The ledger.
    Activity,
}

/// The window was asked to close while messages are held, replays run, or the page has something
/// that nobody saved. The UI asks the person and calls `leave_shown` when its question can be seen,
/// then `leave`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type, Event)]
pub struct LeaveAsked {
    /// Messages held now.
    pub held: u32,
    /// Replays that run now.
    pub replays: u32,
    /// Whether the page said that something is unsaved.
    pub unsaved: bool,
}
