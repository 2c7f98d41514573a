//! The task that owns a session, and the handle to it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ::message::Delivery;
use connections::access::{Hold, Outcome, Settle};
use connections::{Code, Failure, Grant, ProfileId};
use lapin::Channel;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, broadcast, mpsc, oneshot, watch};
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

use super::message::{HeldRow, MessageState};
use super::settle::{How, LastLook, Settled, settle};
use super::shared::Shared;
use super::state::{EndReason, HoldState, Phase, ReleaseReason, TakeEnd};
use super::take::take;
use super::{HoldRequest, LookMode, MOST_MESSAGES};
use crate::broker::{close_quietly, depth};
use crate::budget::Budget;
use crate::link::Link;
use crate::verdict;

/// How often a quiet session looks whether its queue is still there: nothing else tells, because
/// its consumer is cancelled.
const LOOK_AFTER: Duration = Duration::from_secs(5);

/// What a session is started with.
pub(super) struct Session {
    pub profile: ProfileId,
    pub link: Arc<Link>,
    pub channel: Channel,
    pub budget: Budget,
    pub mode: LookMode,
    pub longest: Duration,
}

enum Command {
    More { count: u16, bytes: u64, reply: oneshot::Sender<Result<(), Failure>> },
    Release { reply: oneshot::Sender<()> },
}

/// An inspection session. Dropping it returns what is held; better is [`HoldHandle::return_all`],
/// which says what could not be returned.
pub struct HoldHandle {
    shared: Arc<Shared>,
    commands: mpsc::Sender<Command>,
}

impl Session {
    pub fn start(self, grant: Grant<Hold>, request: HoldRequest) -> HoldHandle {
        let errors = self.link.errors();
        let (state, _) = watch::channel(HoldState::new(self.mode));
        let (commands, orders) = mpsc::channel(8);
        let shared = Arc::new(Shared {
            queue: request.queue,
            channel: self.channel,
            budget: self.budget,
            longest: self.longest,
            grant_expiry: grant.expiry(),
            changed: Notify::new(),
            profile: self.profile,
            link: self.link,
            messages: Mutex::default(),
            state,
            stop: CancellationToken::new(),
        });
        let task = Task {
            shared: Arc::clone(&shared),
            grant,
            orders,
            errors,
            death: None,
            released: None,
        };
        tokio::spawn(task.run(usize::from(request.count), request.bytes, self.mode));
        HoldHandle { shared, commands }
    }
}

struct Task {
    shared: Arc<Shared>,
    grant: Grant<Hold>,
    orders: mpsc::Receiver<Command>,
    errors: broadcast::Receiver<Arc<lapin::Error>>,
    /// Why the channel ended, once that is known.
    death: Option<Failure>,
    /// The last release by itself.
    released: Option<ReleaseReason>,
}

impl Task {
    async fn run(mut self, count: usize, bytes: u64, mode: LookMode) {
        let mut grant_ended = Box::pin(self.grant.ended());
        let mut grant_over = false;
        let mut abandoned = false;
        let mut deadline_over = false;
        let mut link = self.shared.link.state();
        let mut end = self.take(count, bytes).await;
        if mode == LookMode::Copy && end.is_none() {
            self.release(ReleaseReason::Copied).await;
        }
        let reason = loop {
            if let Some(reason) = end.take().or_else(|| self.ending()) {
                break reason;
            }
            let release_at = self.shared.state.borrow().release_at;
            let deadline = async {
                match release_at {
                    Some(at) if !deadline_over => tokio::time::sleep_until(at.into()).await,
                    _ => std::future::pending().await,
                }
            };
            tokio::select! {
                order = self.orders.recv(), if !abandoned => match order {
                    Some(Command::More { count, bytes, reply }) => {
                        let allowed = self.may_take(count, bytes);
                        let goal = self.shared.messages().len() + usize::from(count);
                        let go = allowed.is_ok();
                        if go {
                            self.shared.tell(|state| {
                                state.phase = Phase::Taking;
                                state.take_end = None;
                            });
                        }
                        // The asker may be gone; what was asked for is done all the same.
                        let _ = reply.send(allowed);
                        if go {
                            let bytes = self.shared.messages().bytes().saturating_add(bytes);
                            end = self.take(goal, bytes).await;
                        }
                    }
                    Some(Command::Release { reply }) => {
                        self.release(ReleaseReason::Asked).await;
                        let _ = reply.send(());
                    }
                    None => {
                        abandoned = true;
                        self.release(ReleaseReason::Abandoned).await;
                    }
                },
                () = &mut grant_ended, if !grant_over => {
                    grant_over = true;
                    self.release(ReleaseReason::GrantEnded).await;
                }
                () = deadline => {
                    deadline_over = true;
                    // The end of the unlock is a deadline too, and may be heard of here first.
                    grant_over = grant_over || self.grant.check(self.shared.profile).is_err();
                    let reason = match grant_over {
                        true => ReleaseReason::GrantEnded,
                        false => ReleaseReason::Deadline,
                    };
                    self.release(reason).await;
                }
                error = self.errors.recv() => self.heard(error),
                // What it changed to is looked at above.
                _ = link.changed() => {}
                () = self.shared.changed.notified() => {}
                () = sleep(LOOK_AFTER) => {
                    if let Err(failure) = depth(&self.shared.channel, &self.shared.queue).await
                        && !self.shared.channel.status().connected()
                    {
                        self.death = Some(failure);
                    }
                }
            }
        };
        self.finish(reason).await;
    }

    /// Takes, and says whether that ended the session.
    async fn take(&mut self, goal: usize, bytes: u64) -> Option<EndReason> {
        let stop = self.shared.stop.clone();
        let ended = self.grant.ended();
        let mut stop = Box::pin(async move {
            tokio::select! {
                () = stop.cancelled() => {}
                () = ended => {}
            }
        });
        let end = take(&self.shared, goal, bytes, stop.as_mut()).await;
        let failed = match &end {
            TakeEnd::Failed(failure) => Some(failure.clone()),
            _ => None,
        };
        self.shared.tell(|state| {
            state.phase = Phase::Holding;
            state.take_end = Some(end);
        });
        failed.map(ended_by)
    }

    /// Whether the session is over.
    fn ending(&self) -> Option<EndReason> {
        let death = self.death.clone().or_else(|| self.shared.link.loss());
        if let Some(failure) = death {
            return Some(ended_by(failure));
        }
        let state = self.shared.state.borrow();
        match (state.taken, state.held) {
            (0, _) => Some(EndReason::NothingTaken),
            (_, 0) => Some(self.released.map_or(EndReason::Settled, EndReason::Released)),
            _ => None,
        }
    }

    async fn release(&mut self, reason: ReleaseReason) {
        self.released = Some(reason);
        let ids = self.shared.returnable();
        if !ids.is_empty() {
            settle(&self.shared, ids, How::Return(LastLook::Keep), &|| Ok(())).await;
        }
        let kept = self.shared.held().len();
        self.shared.tell(|state| {
            state.release_at = None;
            state.released = (kept > 0).then_some(reason);
        });
        if kept > 0 && reason == ReleaseReason::Abandoned {
            tracing::warn!(
                queue = verdict::clean(&self.shared.queue),
                kept,
                "messages in their last look are held without a handle; they are destroyed when \
                 the connection ends"
            );
        }
    }

    /// An error of the connection: perhaps of our channel, which it does not say.
    fn heard(&mut self, error: Result<Arc<lapin::Error>, RecvError>) {
        let failure = match &error {
            Ok(error) => verdict::operation(
                error,
                &format!("the queue {}", verdict::clean(&self.shared.queue)),
            ),
            Err(RecvError::Lagged(_)) => verdict::lost(),
            Err(RecvError::Closed) => {
                // The connection was let go of; its state says why, sooner or later.
                self.death = Some(self.shared.link.loss().unwrap_or_else(verdict::lost));
                return;
            }
        };
        if !self.shared.channel.status().connected() {
            self.death.get_or_insert(failure);
        }
    }

    fn may_take(&self, count: u16, bytes: u64) -> Result<(), Failure> {
        let held = self.shared.messages().len();
        if count == 0 || bytes == 0 || held + usize::from(count) > usize::from(MOST_MESSAGES) {
            return Err(Failure::new(
                Code::Invalid,
                format!("an inspection holds up to {MOST_MESSAGES} messages in all"),
            ));
        }
        if self.released.is_some() || self.shared.stop.is_cancelled() {
            return Err(
                Failure::new(Code::NotFound, "this inspection is ending").hint("hold again")
            );
        }
        self.grant.check(self.shared.profile)
    }

    async fn finish(self, reason: EndReason) {
        match &reason {
            EndReason::QueueDeleted => {
                self.shared.messages().all_held_become(MessageState::Deleted);
            }
            EndReason::Failed(_) => {
                self.shared.messages().all_held_become(MessageState::BackAtBroker);
            }
            EndReason::NothingTaken | EndReason::Settled | EndReason::Released(_) => {}
        }
        close_quietly(&self.shared.channel).await;
        self.shared.tell(|state| {
            state.phase = Phase::Ended;
            state.release_at = None;
            state.end = Some(reason.clone());
        });
        let outcome = outcome(&self.shared.state.borrow(), &reason);
        if let Err(failure) = self.grant.conclude(&outcome) {
            tracing::error!(%failure, "an outcome could not be written to the ledger");
        }
    }
}

/// A missing queue ends a session otherwise than a missing connection: its messages are gone.
fn ended_by(failure: Failure) -> EndReason {
    match failure.code {
        Code::NotFound => EndReason::QueueDeleted,
        _ => EndReason::Failed(failure),
    }
}

fn outcome(state: &HoldState, reason: &EndReason) -> Outcome {
    if let (0, EndReason::Failed(failure)) = (state.taken, reason) {
        return Outcome::Failed { detail: failure.message.clone() };
    }
    let detail = format!(
        "{} returned, {} acknowledged, {} ended with the connection or the queue",
        state.returned, state.acknowledged, state.otherwise,
    );
    Outcome::Done { count: Some(state.taken), detail: Some(detail) }
}

impl HoldHandle {
    /// The queue.
    pub fn queue(&self) -> &str {
        &self.shared.queue
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

    /// One message, whole; also after the session ended.
    pub fn message(&self, id: u64) -> Option<Arc<Delivery>> {
        self.shared.messages().get(id).map(|held| Arc::clone(&held.delivery))
    }

    /// Takes more, of so many bytes: after one was probed, or after [`TakeEnd::LastLook`]. Returns
    /// when taking has begun.
    ///
    /// # Errors
    /// [`Code::Invalid`] beyond [`MOST_MESSAGES`] in all, [`Code::NotFound`] once the session
    /// ends, [`Code::GrantEnded`].
    pub async fn more(&self, count: u16, bytes: u64) -> Result<(), Failure> {
        let over = || Failure::new(Code::NotFound, "this inspection is over").hint("hold again");
        let (reply, answer) = oneshot::channel();
        let order = Command::More { count, bytes, reply };
        self.commands.send(order).await.map_err(|_| over())?;
        answer.await.map_err(|_| over())?
    }

    /// Returns messages to the queue, in delivery order. Needs no grant of its own: it undoes the
    /// hold.
    pub async fn settle_return(&self, ids: &[u64], last_look: LastLook) -> Vec<Settled> {
        self.taken().await;
        settle(&self.shared, ids.iter().copied(), How::Return(last_look), &|| Ok(())).await
    }

    /// Acknowledges messages: they are removed from the queue, for good.
    pub async fn acknowledge(&self, grant: &Grant<Settle>, ids: &[u64]) -> Vec<Settled> {
        self.taken().await;
        let profile = self.shared.profile;
        let check = || grant.check(profile);
        settle(&self.shared, ids.iter().copied(), How::Acknowledge, &check).await
    }

    /// Returns everything that survives it, and ends the session when nothing else is held. Stops
    /// taking first. The state that it gives says how many are still held: those in their last
    /// look.
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
