//! A Tauri window with nothing in it: what any start-up is compared with. Like the console's own
//! window it is created hidden and shown when its page says that its content is there.

use tauri::{WebviewUrl, WebviewWindow, WebviewWindowBuilder};

#[tauri::command]
fn content_shown(window: WebviewWindow) -> Result<(), String> {
    window.show().map_err(|error| error.to_string())
}

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![content_shown])
        .setup(|app| {
            WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .inner_size(1280.0, 800.0)
                .visible(false)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
