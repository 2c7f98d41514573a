//! The one window.

use std::time::Duration;

use tauri::webview::{PageLoadEvent, PageLoadPayload, Webview};
use tauri::{App, AppHandle, Manager, Url, WebviewUrl, WebviewWindowBuilder, Window, WindowEvent};
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
        // What is copied is fetched first, which takes longer than WebKit counts a key as the cause.
        .enable_clipboard_access()
        .visible(false)
        .on_navigation({
            let config = app.config().build.clone();
            move |url| is_ours(url, config.dev_url.as_ref().filter(|_| tauri::is_dev()))
        })
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

/// The window shows our page and no other: the content security policy says nothing about where a
/// page leads, and whatever could lead it elsewhere could carry along what it shows.
fn is_ours(to: &Url, dev: Option<&Url>) -> bool {
    match to.scheme() {
        "tauri" => true,
        // Where the system knows no schemes of an app's own.
        "http" | "https" if to.host_str() == Some("tauri.localhost") => true,
        _ => dev.is_some_and(|dev| dev.origin() == to.origin()),
    }
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

/// Closing the window while messages are held or replays run is asked about first: leaving returns
/// the ones, which may cost them a look, and stops the others.
pub fn on_event(window: &Window, event: &WindowEvent) {
    if let WindowEvent::CloseRequested { api, .. } = event {
        let desk = window.try_state::<Desk>();
        let (held, replays) = desk.map_or((0, 0), |desk| (desk.held_now(), desk.replaying_now()));
        if held > 0 || replays > 0 {
            api.prevent_close();
            if let Err(error) = (LeaveAsked { held, replays }).emit(window) {
                tracing::error!(%error, "the page could not be asked about leaving");
            }
        }
    }
}

/// A page that begins knows nothing of what the one before it asked for.
pub fn on_page_load(page: &Webview, payload: &PageLoadPayload<'_>) {
    if payload.event() == PageLoadEvent::Started
        && let Some(desk) = page.try_state::<Desk>()
    {
        desk.forget_page();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_page_is_gone_to() {
        let dev = Url::parse("http://127.0.0.1:1420/").unwrap();
        let is_ours = |to: &str, dev: Option<&Url>| is_ours(&Url::parse(to).unwrap(), dev);
        for ours in
            ["tauri://localhost/#/activity", "http://tauri.localhost/", "https://tauri.localhost/"]
        {
            assert!(is_ours(ours, None), "{ours}");
        }
        for foreign in [
            "http://127.0.0.1:1420/",
            "https://example.com/?tauri.localhost",
            "about:blank",
            "https://tauri.localhost.example.com/",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
        ] {
            assert!(!is_ours(foreign, None), "{foreign}");
        }
        assert!(is_ours("http://127.0.0.1:1420/src", Some(&dev)));
        assert!(!is_ours("http://127.0.0.1:1421/", Some(&dev)));
    }
}
