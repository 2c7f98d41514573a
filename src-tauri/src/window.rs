//! The one window, and the end of the app.

mod leaving;

use std::time::{Duration, Instant};

use tauri::webview::{PageLoadEvent, PageLoadPayload, Webview};
use tauri::{
    App, AppHandle, Manager, RunEvent, Url, WebviewUrl, WebviewWindowBuilder, Window, WindowEvent,
};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};
use tauri_specta::Event;

use crate::desk::Desk;
use crate::events::LeaveAsked;

use leaving::Next;
pub use leaving::{InHand, Leaving};

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

/// Where the system ends every program and nothing can be put off, what is in hand has this long.
const LAST_CHANCE: Duration = Duration::from_secs(20);

/// Closing the window while something is in hand or unsaved is asked about first: leaving returns
/// held messages, which may cost them a look, and stops replays.
pub fn on_event(window: &Window, event: &WindowEvent) {
    let WindowEvent::CloseRequested { api, .. } = event else { return };
    let Some(desk) = window.try_state::<Desk>() else { return };
    let next = desk.leaving.closing(desk.in_hand(), Instant::now());
    if next != Next::Go {
        api.prevent_close();
    }
    match next {
        Next::Go | Next::Wait => {}
        Next::EndFirst => {
            if let Err(error) = window.hide() {
                tracing::warn!(%error, "the window could not be hidden");
            }
            end_in_the_background(window.app_handle());
        }
        Next::AskOnPage(asked) => {
            if let Err(error) = asked.emit(window) {
                tracing::error!(%error, "the page could not be asked about leaving");
                desk.leaving.page_is_gone();
                ask_beside(window, asked);
            }
        }
        Next::AskBeside(asked) => ask_beside(window, asked),
    }
}

/// The app ends for a reason other than its window: what is in hand is ended first, where the system
/// waits for it.
pub fn on_run_event(app: &AppHandle, event: RunEvent) {
    let Some(desk) = app.try_state::<Desk>() else { return };
    match event {
        RunEvent::ExitRequested { api, .. } => match desk.leaving.exiting(desk.in_hand()) {
            Next::EndFirst => {
                api.prevent_exit();
                end_in_the_background(app);
            }
            Next::Wait => api.prevent_exit(),
            _ => {}
        },
        RunEvent::Exit => {
            // Only where the system says goodbye without asking: otherwise it was asked for above.
            if desk.leaving.exiting(desk.in_hand()) != Next::Go {
                let ending = async { tokio::time::timeout(LAST_CHANCE, desk.end_all()).await };
                if tauri::async_runtime::block_on(ending).is_err() {
                    tracing::error!("the system ended the console before all was returned");
                }
            }
            desk.forget_results();
        }
        _ => {}
    }
}

/// Ends what is in hand, then the app.
pub async fn end(app: &AppHandle) {
    if let Some(desk) = app.try_state::<Desk>() {
        if !desk.leaving.ends() {
            return;
        }
        desk.end_all().await;
        desk.leaving.ended();
    }
    app.exit(0);
}

fn end_in_the_background(app: &AppHandle) {
    let app = app.clone();
    tauri::async_runtime::spawn(async move { end(&app).await });
}

/// The signals by which a session or a terminal ends its programs are no window event: they end what
/// is in hand as well. A second one ends the app at once.
#[cfg(unix)]
pub fn end_on_signals(app: &AppHandle) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let _runtime = tauri::async_runtime::handle().inner().enter();
    for kind in [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()] {
        let (mut signals, app) = (signal(kind)?, app.clone());
        tauri::async_runtime::spawn(async move {
            signals.recv().await;
            end_in_the_background(&app);
            signals.recv().await;
            std::process::exit(1);
        });
    }
    Ok(())
}

/// Elsewhere the system asks the window.
#[cfg(not(unix))]
pub fn end_on_signals(_: &AppHandle) -> std::io::Result<()> {
    Ok(())
}

/// Asks by a dialog of the system: the page does not.
fn ask_beside(window: &Window, asked: LeaveAsked) {
    let app = window.app_handle().clone();
    let buttons = MessageDialogButtons::OkCancelCustom("Leave".to_owned(), "Stay".to_owned());
    app.clone()
        .dialog()
        .message(format!("The page does not answer.\n\n{}", leaving::words(asked)))
        .title("Leave Kronos Console?")
        .kind(MessageDialogKind::Warning)
        .buttons(buttons)
        .parent(window)
        .show(move |leave| match (leave, app.try_state::<Desk>()) {
            (true, _) => end_in_the_background(&app),
            (false, Some(desk)) => desk.leaving.stays(),
            (false, None) => {}
        });
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
