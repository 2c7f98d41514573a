//! The window itself.

use tauri::{AppHandle, State, WebviewWindow};

use crate::desk::Desk;
use crate::wire::{Failure, Reply};

/// The page's first content is there: the window can be seen.
#[tauri::command]
#[specta::specta]
pub async fn content_shown(window: WebviewWindow) -> Reply<()> {
    window.show().map_err(Failure::internal)
}

/// Stops every replay, returns every held message, then ends the app.
#[tauri::command]
#[specta::specta]
pub async fn leave(app: AppHandle, desk: State<'_, Desk>) -> Reply<()> {
    desk.end_all().await;
    app.exit(0);
    Ok(())
}
