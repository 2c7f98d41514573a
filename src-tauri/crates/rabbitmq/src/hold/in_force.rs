//! One hold in force a queue: whoever asks for messages of a queue that is held on this connection
//! gets more of that hold, and two who ask at once get one.
//!
//! Left out: [`Broker::hold`] by itself, which begins another session whatever there is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use connections::access::Hold;
use connections::{Code, Failure, Grant};

use super::{HoldHandle, HoldRequest, LookMode, Phase};
use crate::Broker;
use crate::verdict;

/// Whose turn it is to ask for messages of a queue.
#[derive(Default)]
pub(super) struct Turns(Mutex<HashMap<String, Weak<Turn>>>);

type Turn = tokio::sync::Mutex<()>;

impl Turns {
    fn of(&self, queue: &str) -> Arc<Turn> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(queue).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::<Turn>::default();
        turns.insert(queue.to_owned(), Arc::downgrade(&turn));
        turn
    }
}

impl Broker {
    /// Takes more of the hold in force of a queue, in its mode; where there is none, begins one with
    /// the grant that is asked for then.
    ///
    /// # Errors
    /// [`Code::Changed`] where the hold in force is of another mode than the one asked for, whatever
    /// `grant` refuses, and as [`HoldHandle::more`] and [`Broker::hold`].
    pub async fn hold_or_extend<Granted>(
        &self,
        request: HoldRequest,
        grant: impl FnOnce() -> Granted,
    ) -> Result<Arc<HoldHandle>, Failure>
    where
        Granted: Future<Output = Result<Grant<Hold>, Failure>>,
    {
        let turn = self.holds().turns().of(&request.queue);
        // Held across the network by design: whoever asks for the same queue waits, and then gets
        // more of what this began. It guards nothing else, and all that is done here has its time-out.
        let _turn = turn.lock().await;
        if let Some(handle) = self.holds().in_force(&request.queue) {
            same_mode(&handle, request.mode)?;
            let more = handle.more(request.count, request.bytes).await;
            // One that ended meanwhile leaves room for another.
            if more.is_ok() || handle.state().borrow().phase != Phase::Ended {
                return more.map(|()| handle);
            }
        }
        let handle = Arc::new(self.hold(grant().await?, request).await?);
        self.holds().share(&handle);
        Ok(handle)
    }
}

fn same_mode(handle: &HoldHandle, asked: Option<LookMode>) -> Result<(), Failure> {
    let mode = handle.state().borrow().mode;
    if asked.is_none_or(|asked| asked == mode) {
        return Ok(());
    }
    let queue = verdict::clean(handle.queue());
    let how = match mode {
        LookMode::Hold => "held, not copied",
        LookMode::Copy => "copied, not held",
    };
    Err(Failure::new(Code::Changed, format!("messages of the queue {queue} are {how} now"))
        .hint("look at what is there, then ask again"))
}
