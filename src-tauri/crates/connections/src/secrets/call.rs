//! Calls that may hang, each on a thread of its own.
//!
//! A keyring that left one call without an answer is not asked again until that call has ended: a
//! screen waits for it once, and not once more for each thing it needs from it.
//!
//! Not the runtime's blocking threads: a runtime waits for those when it ends, and a call that
//! waits for a dialog would keep the program from closing.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
    /// Of these, the ones that nobody waits for any more.
    given_up: Arc<AtomicUsize>,
}

/// One open call; counted until its thread ends.
struct Open(Arc<AtomicUsize>);

impl Open {
    fn one_more(counter: &Arc<AtomicUsize>) -> (Self, usize) {
        (Open(Arc::clone(counter)), counter.fetch_add(1, Ordering::AcqRel))
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

/// What a thread and whoever waits for it have in common: who of the two was first.
type Late = Arc<Mutex<Ended>>;

enum Ended {
    No,
    /// The wait ended first; counted until the call does.
    GivenUp {
        _counted: Open,
    },
    Answered,
}

impl Calls {
    /// Runs a blocking call and waits for it no longer than `patience`. A call that takes longer is
    /// left to itself and its result dropped; until it ends, this one answers at once that the
    /// keyring does not.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        patience: Duration,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        if self.given_up.load(Ordering::Acquire) > 0 {
            return Err(no_answer());
        }
        self.ask(patience, call).await
    }

    /// As [`Self::run`], also where an earlier call has no answer yet: for what a person asks for.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        patience: Duration,
        call: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure> {
        let (open, before) = Open::one_more(&self.open);
        if before >= MOST {
            return Err(no_answer());
        }
        let late = Late::new(Mutex::new(Ended::No));
        let seen = Arc::clone(&late);
        let (send, receive) = oneshot::channel();
        let thread = std::thread::Builder::new().name("keyring".to_owned()).spawn(move || {
            let _open = open;
            let _answered = Answered(seen);
            // Nobody waits any more after a time-out.
            let _ = send.send(call());
        });
        if thread.is_err() {
            return Err(no_answer());
        }
        match tokio::time::timeout(patience, receive).await {
            Ok(Ok(result)) => Ok(result),
            Ok(Err(_)) => Err(no_answer()),
            Err(_) => {
                let mut ended = lock(&late);
                if matches!(*ended, Ended::No) {
                    *ended = Ended::GivenUp { _counted: Open::one_more(&self.given_up).0 };
                }
                Err(no_answer())
            }
        }
    }
}

/// Says that the call ended, also where it panics.
struct Answered(Late);

impl Drop for Answered {
    fn drop(&mut self) {
        *lock(&self.0) = Ended::Answered;
    }
}

fn lock(late: &Late) -> MutexGuard<'_, Ended> {
    late.lock().unwrap_or_else(PoisonError::into_inner)
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
            let result = calls.ask(Duration::from_millis(1), move || wait.recv()).await;
            assert!(result.is_err());
        }
        let began = std::time::Instant::now();
        assert!(calls.ask(Duration::from_secs(60), || ()).await.is_err());
        assert!(began.elapsed() < Duration::from_secs(10), "a full house is told at once");

        drop(hanging);
        while calls.open.load(Ordering::Acquire) > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(calls.run(Duration::from_secs(60), || 7).await, Ok(7));
    }

    #[tokio::test]
    async fn a_keyring_that_left_a_call_without_answer_is_not_waited_for_again_until_it_answers() {
        let calls = Calls::default();
        let (release, wait) = mpsc::channel::<()>();
        assert!(calls.run(Duration::from_millis(1), move || wait.recv()).await.is_err());
        let began = std::time::Instant::now();
        assert!(calls.run(Duration::from_secs(60), || 7).await.is_err());
        assert!(began.elapsed() < Duration::from_secs(10), "it is told at once");
        assert_eq!(calls.ask(Duration::from_secs(60), || 7).await, Ok(7), "a person may ask");

        drop(release);
        while calls.given_up.load(Ordering::Acquire) > 0 {
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
