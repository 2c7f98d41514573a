//! Where result sets are kept on the disk: opened by the first search, because it removes what former
//! runs left, and gone with the app.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use connections::Failure;
use results::Shelf;

/// See the module.
pub struct LazyShelf {
    folder: PathBuf,
    open: Mutex<Option<Arc<Shelf>>>,
}

impl LazyShelf {
    /// In the state folder.
    pub fn of(state: &Path) -> LazyShelf {
        LazyShelf { folder: state.join("results"), open: Mutex::default() }
    }

    /// The shelf. Blocks on the disk.
    pub fn open(&self) -> Result<Arc<Shelf>, Failure> {
        let mut open = self.lock();
        if let Some(shelf) = &*open {
            return Ok(Arc::clone(shelf));
        }
        let shelf = Arc::new(Shelf::open(&self.folder)?);
        *open = Some(Arc::clone(&shelf));
        Ok(shelf)
    }

    /// Removes everything from the disk, as the app ends.
    pub fn close(&self) {
        drop(self.lock().take());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Arc<Shelf>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
