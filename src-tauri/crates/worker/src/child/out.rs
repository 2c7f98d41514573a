//! Telling the app.

use std::io;
use std::sync::{Mutex, PoisonError};

use crate::contract::Told;
use crate::frames;

/// Standard output, one frame at a time.
#[derive(Default)]
pub(super) struct Out(Mutex<()>);

impl Out {
    /// Tells. Where nobody listens, the worker ends: what it found would be nobody's.
    pub fn tell(&self, told: &Told) {
        let _one_at_a_time = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = frames::write(&mut io::stdout().lock(), told) {
            tracing::debug!(%error, "nobody listens to this worker");
            std::process::exit(1);
        }
    }

    /// Tells the last word and ends.
    pub fn tell_and_end(&self, told: &Told) -> ! {
        self.tell(told);
        std::process::exit(1)
    }
}
