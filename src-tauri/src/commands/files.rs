//! Saving bytes to a file that the person chooses. The page never names a path.

use connections::failure::Code;
use connections::{Failure, storage};
use tauri::AppHandle;
use tauri_plugin_dialog::DialogExt;

use crate::desk::blocking;
use crate::wire::Reply;

/// Asks where, with `name` as a proposal, and writes the bytes as they are: all of them, or none and
/// what was there before. False where the person cancelled.
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
    blocking(move || storage::write_atomically(&path, &bytes)).await??;
    Ok(true)
}

/// Names of topics and queues can hold what a file's name cannot.
fn safe(name: &str) -> String {
    let kept = |c: char| if c.is_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    name.chars().map(kept).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_the_bytes_are_written_also_over_a_longer_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(safe("orders/payment failed-7-891204.bin"));
        std::fs::write(&path, [0; 4096]).unwrap();
        let bytes: Vec<u8> = (0..=u8::MAX).chain(*b"\r\n\0\xEF\xBB\xBF").collect();
        storage::write_atomically(&path, &bytes).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no litter");
    }

    #[test]
    fn a_proposed_name_holds_no_folder() {
        assert_eq!(safe("../a/b:c*d.bin"), ".._a_b_c_d.bin");
    }
}
