//! The window itself.

use tauri::{AppHandle, State, WebviewWindow};

use crate::desk::Desk;
use crate::window;
use crate::wire::{Failure, Reply};

/// The page's first content is there: the window can be seen.
#[tauri::command]
#[specta::specta]
pub async fn content_shown(window: WebviewWindow) -> Reply<()> {
    window.show().map_err(Failure::internal)
}

/// Whether the page has something that would be lost with it, such as a form that is not saved:
/// closing the window is asked about then.
#[tauri::command]
#[specta::specta]
pub async fn set_unsaved(desk: State<'_, Desk>, unsaved: bool) -> Reply<()> {
    desk.leaving.unsaved(unsaved);
    Ok(())
}

/// The question about leaving can be seen. Without this word the next wish to close is asked about by
/// a dialog of the system.
#[tauri::command]
#[specta::specta]
pub async fn leave_shown(desk: State<'_, Desk>) -> Reply<()> {
    desk.leaving.page_asks();
    Ok(())
}

/// Stops every replay, returns every held message, then ends the app.
#[tauri::command]
#[specta::specta]
pub async fn leave(app: AppHandle) -> Reply<()> {
    window::end(&app).await;
    Ok(())
}
