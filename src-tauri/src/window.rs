//! The one window.

use std::time::Duration;

use tauri::{App, AppHandle, Manager, WebviewUrl, WebviewWindowBuilder, Window, WindowEvent};
use tauri_specta::Event;

use crate::desk::Desk;
use crate::events::LeaveAsked;

/// Its label, which the capability file names.
pub const LABEL: &str = "main";

/// A window that never says that its content is there is shown all the same after this time, so
/// that a defect in the page can be seen.
const SHOWN_AT_THE_LATEST: Duration = Duration::from_secs(5);

/// Creates the window, hidden: the page shows it when its first content is there, so that nobody
/// looks at an empty frame.
pub fn open(app: &mut App) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::default())
        .title("Kronos Console")
        .inner_size(1280.0, 800.0)
        .min_inner_size(960.0, 600.0)
        .visible(false)
        .build()?;
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(SHOWN_AT_THE_LATEST).await;
        if !window.is_visible().unwrap_or(true)
            && let Err(error) = window.show()
        {
            tracing::error!(%error, "the window could not be shown");
        }
    });
    Ok(())
}

/// Brings the window to the front.
pub fn raise(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(LABEL) {
        let raised =
            window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
        if let Err(error) = raised {
            tracing::warn!(%error, "the window could not be raised");
        }
    }
}

/// Closing the window while messages are held is asked about first: leaving returns them, and that
/// may cost them a look.
pub fn on_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event {
        let held = window.try_state::<Desk>().map_or(0, |desk| desk.held_now());
        if held > 0 {
            api.prevent_close();
            if let Err(error) = (LeaveAsked { held }).emit(window) {
                tracing::error!(%error, "the page could not be asked about leaving");
            }
        }
    }
}
