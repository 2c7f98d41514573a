//! A native client with the thread that polls it.
//!
//! librdkafka hands out errors and delivery reports only to who polls. The thread is also where the
//! client ends, because ending one waits for its connections: whoever drops a [`Polled`] does not.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use connections::{Code, Failure};

use crate::native::{Event, Native};

/// How long the thread waits for an event; it is woken to end.
const POLL: Duration = Duration::from_millis(500);

/// See the module. Dropping it ends the client soon.
pub(crate) struct Polled(Arc<Shared>);

struct Shared {
    /// Taken by the thread, at its end, and by nobody else.
    client: Mutex<Option<Arc<Native>>>,
    closing: AtomicBool,
}

impl Polled {
    /// Polls a client until this value is dropped or the credentials are refused, and gives the
    /// events to `hear`, on a thread of that name.
    pub(crate) fn start(
        name: &str,
        client: Native,
        hear: impl FnMut(Event) + Send + 'static,
    ) -> Result<Polled, Failure> {
        let client = Mutex::new(Some(Arc::new(client)));
        let shared = Arc::new(Shared { client, closing: AtomicBool::new(false) });
        let polled = Arc::clone(&shared);
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || polled.run(hear))
            .map_err(|_| Failure::new(Code::Internal, "a thread could not be started"))?;
        Ok(Polled(shared))
    }

    /// The client, while it has not ended. Hold it for the length of a question, on a thread that
    /// may wait: the last holder ends it.
    pub(crate) fn client(&self) -> Option<Arc<Native>> {
        self.0.client().clone()
    }

    /// Does something short with the client, while it has not ended.
    pub(crate) fn with<T>(&self, something: impl FnOnce(&Native) -> T) -> Option<T> {
        // Under the lock, so that this is never the last holder.
        self.0.client().as_deref().map(something)
    }
}

impl Drop for Polled {
    fn drop(&mut self) {
        self.0.closing.store(true, Ordering::Release);
        self.with(Native::wake);
    }
}

impl Shared {
    fn run(&self, mut hear: impl FnMut(Event)) {
        loop {
            // A statement of its own: the lock must not be held while this waits for events.
            let client = self.client().clone();
            let Some(client) = client else { return };
            if self.closing.load(Ordering::Acquire) || client.context().refused().is_some() {
                break;
            }
            if let Some(event) = client.poll(POLL) {
                hear(event);
            }
        }
        let client = self.client().take();
        drop(client);
    }

    fn client(&self) -> MutexGuard<'_, Option<Arc<Native>>> {
        self.client.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
