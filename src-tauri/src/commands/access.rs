//! Unlocking and locking a connection.

use std::sync::Arc;
use std::time::Duration;

use tauri::State;

use crate::desk::{Desk, blocking};
use crate::events::What;
use crate::wire::connection::AccessState;
use crate::wire::{Reply, profile};

/// Allows previewed changes on a connection for some minutes, with a reason.
#[tauri::command]
#[specta::specta]
pub async fn unlock(
    desk: State<'_, Desk>,
    connection: String,
    reason: String,
    minutes: u32,
) -> Reply<AccessState> {
    let access = Arc::clone(desk.connection(profile::id(&connection)?)?.access());
    let time = Duration::from_secs(u64::from(minutes) * 60);
    let unlocking = Arc::clone(&access);
    blocking(move || unlocking.unlock(&reason, time)).await??;
    desk.tell(What::Connections);
    Ok(access.state().into())
}

/// Ends the unlock of a connection.
#[tauri::command]
#[specta::specta]
pub async fn lock(desk: State<'_, Desk>, connection: String) -> Reply<AccessState> {
    let access = Arc::clone(desk.connection(profile::id(&connection)?)?.access());
    let locking = Arc::clone(&access);
    blocking(move || locking.lock()).await?;
    desk.tell(What::Connections);
    Ok(access.state().into())
}
