window.__TAURI_INTERNALS__.invoke("content_shown");
