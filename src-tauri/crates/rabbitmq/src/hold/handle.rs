//! The handle to a session.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};

use ::message::Delivery;
use connections::access::Settle;
use connections::{Code, Failure, Grant};
use tokio::sync::{mpsc, oneshot, watch};

use super::MessageState;
use super::message::HeldRow;
use super::session::Command;
use super::settle::{Check, How, Settled, settle};
use super::shared::Shared;
use super::state::{Fates, HoldState, Phase, Released};
use crate::budget::AfterLast;

/// An inspection session. Dropping it returns what is held; better is [`HoldHandle::return_all`],
/// which says what could not be returned.
pub struct HoldHandle {
    shared: Arc<Shared>,
    commands: mpsc::Sender<Command>,
}

impl HoldHandle {
    pub(super) fn new(shared: Arc<Shared>, commands: mpsc::Sender<Command>) -> Self {
        HoldHandle { shared, commands }
    }

    /// Whether it is the handle to this session.
    pub(super) fn is_of(&self, shared: &Weak<Shared>) -> bool {
        std::ptr::eq(Arc::as_ptr(&self.shared), shared.as_ptr())
    }

    /// The queue.
    pub fn queue(&self) -> &str {
        &self.shared.parts.queue
    }

    /// What becomes of a message whose last look is spent. A dead-letter exchange that was missing
    /// when the session began is told as what it means.
    pub fn after_last(&self) -> &AfterLast {
        &self.shared.parts.budget.after_last
    }

    /// How the session stands, and every change of that.
    pub fn state(&self) -> watch::Receiver<HoldState> {
        self.shared.state.subscribe()
    }

    /// How the session stands once taking has stopped.
    pub async fn taken(&self) -> HoldState {
        self.when(|state| state.phase != Phase::Taking).await
    }

    /// How the session stood when it ended.
    pub async fn ended(&self) -> HoldState {
        self.when(|state| state.phase == Phase::Ended).await
    }

    async fn when(&self, condition: impl FnMut(&HoldState) -> bool + Send) -> HoldState {
        let mut states = self.shared.state.subscribe();
        match states.wait_for(condition).await {
            Ok(state) => state.clone(),
            // Cannot be: the sender is in here. The last state is right even so.
            Err(_) => self.shared.state.borrow().clone(),
        }
    }

    /// Everything that was taken, in delivery order, each with what became of it.
    pub fn rows(&self) -> Vec<HeldRow> {
        self.shared.messages().rows()
    }

    /// Up to `count` of them from place `first` on, and how many there are in all.
    pub fn window(&self, first: usize, count: usize) -> (Vec<HeldRow>, usize) {
        let messages = self.shared.messages();
        (messages.window(first, count), messages.len())
    }

    /// One of them.
    pub fn row(&self, id: u64) -> Option<HeldRow> {
        self.shared.messages().row(id)
    }

    /// One message, whole; also after the session ended.
    pub fn message(&self, id: u64) -> Option<Arc<Delivery>> {
        self.shared.messages().get(id).map(|held| Arc::clone(&held.delivery))
    }

    /// Takes more, of so many bytes: after one was probed, or after [`super::TakeEnd::LastLook`]. Returns
    /// when taking has begun.
    ///
    /// # Errors
    /// [`Code::Invalid`] beyond [`super::MOST_MESSAGES`] in all, [`Code::NotFound`] once the session
    /// ends, [`Code::GrantEnded`].
    pub async fn more(&self, count: u16, bytes: u64) -> Result<(), Failure> {
        let over = || Failure::new(Code::NotFound, "this inspection is over").hint("hold again");
        let (reply, answer) = oneshot::channel();
        let order = Command::More { count, bytes, reply };
        self.commands.send(order).await.map_err(|_| over())?;
        answer.await.map_err(|_| over())?
    }

    /// Returns messages to the queue, in delivery order; those in their last look are refused and
    /// stay held. Needs no grant of its own: it undoes the hold.
    pub async fn settle_return(&self, ids: &[u64]) -> Vec<Settled> {
        self.settle(ids, How::Return, &|| Ok(())).await
    }

    /// Returns messages knowing that those in their last look do not survive it: they are
    /// dead-lettered, or deleted where their queue has no dead-letter target.
    pub async fn return_anyway(&self, grant: &Grant<Settle>, ids: &[u64]) -> Vec<Settled> {
        let profile = self.shared.parts.profile;
        self.settle(ids, How::ReturnAnyway, &|| grant.check(profile)).await
    }

    /// Acknowledges messages: they are removed from the queue, for good.
    pub async fn acknowledge(&self, grant: &Grant<Settle>, ids: &[u64]) -> Vec<Settled> {
        let profile = self.shared.parts.profile;
        self.settle(ids, How::Acknowledge, &|| grant.check(profile)).await
    }

    async fn settle(&self, ids: &[u64], how: How, check: Check<'_>) -> Vec<Settled> {
        // Whoever just began to take has not had its turn yet.
        self.taken().await;
        settle(&self.shared, ids.iter().copied(), how, check).await
    }

    /// Returns everything that survives it, and ends the session when nothing else is held. Stops
    /// taking first. The state that it gives says how many are still held: those in their last
    /// look, and all where it could not be done yet ([`HoldState::stuck`]).
    pub async fn return_all(&self) -> HoldState {
        self.shared.stop.cancel();
        let (reply, done) = oneshot::channel();
        if self.commands.send(Command::Release { reply }).await.is_ok() {
            // An error means that it ended by itself meanwhile.
            let _ = done.await;
        }
        self.when(|state| state.phase == Phase::Ended || state.held > 0).await
    }
}

impl HoldHandle {
    /// [`HoldHandle::return_all`], with what became of each message that was held. The session may
    /// end for another reason meanwhile, and then they were not all returned.
    pub async fn release(&self) -> Released {
        let held = [MessageState::Held, MessageState::Settling];
        let before: BTreeSet<u64> = {
            let messages = self.shared.messages();
            let held = messages.iter().filter(|(_, message)| held.contains(&message.state));
            held.map(|(id, _)| id).collect()
        };
        let state = self.return_all().await;
        let messages = self.shared.messages();
        let asked = messages.iter().filter(|(id, _)| before.contains(id));
        let fates = Fates::of(asked.map(|(_, message)| message.state));
        Released { state, fates }
    }
}

impl Drop for HoldHandle {
    fn drop(&mut self) {
        // Ends taking; the task sees by its orders that nobody is left.
        self.shared.stop.cancel();
    }
}

impl std::fmt::Debug for HoldHandle {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "HoldHandle({:?})", self.shared.state.borrow().phase)
    }
}
