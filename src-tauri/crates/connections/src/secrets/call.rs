//! Calls that may hang, each on a thread of its own.
//!
//! Not the runtime's blocking threads: a runtime waits for those when it ends, and a call that
//! waits for a dialog would keep the program from closing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::failure::Failure;
use crate::secrets::Keyring;

/// More calls than this are not left hanging at once.
const MOST: usize = 16;

/// The calls that have not ended.
#[derive(Debug, Default)]
pub(super) struct Calls {
    open: Arc<AtomicUsize>,
}

/// One open call; counted until its thread ends.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Calls {
    /// Runs a blocking call and waits for it no longer than `patience`. A call that takes longer is
    /// left to itself and its result dropped.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        patience: Duration,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let open = Open(Arc::clone(&self.open));
        if self.open.fetch_add(1, Ordering::AcqRel) >= MOST {
            return Err(no_answer());
        }
        let (send, receive) = oneshot::channel();
        let thread = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            let _open = open;
            // Nobody waits any more after a time-out.
            let _ = send.send(call());
        });
        if thread.is_err() {
            return Err(no_answer());
        }
        match tokio::time::timeout(patience, receive).await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(_)) | Err(_) => Err(no_answer()),
        }
    }
}

fn no_answer() -> Failure {
    let failure = Keyring::Refused.failure();
    failure.unwrap_or_else(|| Failure::new(crate::failure::Code::Keyring, "no keyring"))
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn calls_that_hang_are_given_up_and_not_piled_up() {
        let calls = Calls::default();
        let mut hanging = Vec::new();
        for _ in 0..MOST {
            let (release, wait) = mpsc::channel::<()>();
            hanging.push(release);
            let result = calls.run(Duration::from_millis(1), move || wait.recv()).await;
            assert!(result.is_err());
        }
        let began = std::time::Instant::now();
        assert!(calls.run(Duration::from_secs(60), || ()).await.is_err());
        assert!(began.elapsed() < Duration::from_secs(10), "a full house is told at once");

        drop(hanging);
        while calls.open.load(Ordering::Acquire) > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(calls.run(Duration::from_secs(60), || 7).await, Ok(7));
    }

    #[tokio::test]
    async fn a_call_that_panics_is_a_failure_and_no_crash() {
        let calls = Calls::default();
        let result = calls.run(Duration::from_secs(60), || panic!("in the keyring")).await;
        assert!(result.is_err());
        assert_eq!(calls.run(Duration::from_secs(60), || 7).await, Ok(7));
    }
}
