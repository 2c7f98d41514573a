//! Saving bytes to a file that the person chooses. The page never names a path.

use std::path::Path;

use connections::Failure;
use connections::failure::Code;
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;

use crate::desk::blocking;
use crate::wire::Reply;

/// Asks where, with `name` as a proposal, and writes the bytes as they are. False where the person
/// cancelled.
pub async fn save(app: &AppHandle, name: &str, bytes: Option<&[u8]>) -> Reply<bool> {
    let Some(bytes) = bytes else {
        return Err(Failure::new(Code::Invalid, "there are no bytes to save: this is null").into());
    };
    let asked = app.dialog().file().set_file_name(safe(name));
    let chosen = blocking(move || asked.blocking_save_file()).await?;
    let Some(path) = chosen.and_then(|file| file.into_path().ok()) else {
        return Ok(false);
    };
    let bytes = bytes.to_vec();
    let shown = path.display().to_string();
    blocking(move || write(&path, &bytes)).await?.map_err(|error| {
        Failure::new(Code::Storage, format!("{shown} cannot be written: {error}"))
            .hint("choose another folder")
    })?;
    Ok(true)
}

fn write(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::write(path, bytes)
}

/// Names of topics and queues can hold what a file's name cannot.
fn safe(name: &str) -> String {
    let kept = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    name.chars().map(kept).take(120).collect()
}
