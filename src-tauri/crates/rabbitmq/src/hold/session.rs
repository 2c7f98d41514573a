//! The task that owns a session.

use std::sync::Arc;
use std::time::{Duration, Instant};

use connections::access::Hold;
use connections::{Code, Failure, Grant};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::{sleep, timeout};

use super::drain;
use super::handle::HoldHandle;
use super::message::Ended;
use super::outcome::outcome;
use super::own::Holds;
use super::settle::{How, Settled, settle_in_turn};
use super::shared::{Parts, Shared};
use super::state::{EndReason, HoldState, Phase, ReleaseReason, TakeEnd};
use super::stop::Stop;
use super::take::take;
use super::{LookMode, MOST_MESSAGES, MessageState};
use crate::broker::{close_quietly, depth};
use crate::link::PATIENCE;
use crate::verdict;

/// How often a quiet session looks whether its queue is still there: nothing else tells, because
/// its consumer is cancelled.
const LOOK_AFTER: Duration = Duration::from_secs(5);

/// How long after a release that was not carried out it is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// What the handle asks of the task.
pub(super) enum Command {
    More { count: u16, bytes: u64, reply: oneshot::Sender<Result<(), Failure>> },
    Release { reply: oneshot::Sender<()> },
}

/// Starts the task of a session, which takes so many messages or bytes of bodies to begin with.
pub(super) fn start(
    parts: Parts,
    grant: Grant<Hold>,
    mode: LookMode,
    (count, bytes): (u16, u64),
    holds: &Holds,
) -> HoldHandle {
    let errors = parts.link.errors();
    let (commands, orders) = mpsc::channel(8);
    let shared = Arc::new(Shared::new(parts, HoldState::new(mode)));
    holds.add(&shared);
    let task = Task {
        shared: Arc::clone(&shared),
        grant,
        orders,
        errors,
        death: None,
        released: None,
        try_again: None,
    };
    tokio::spawn(task.run(usize::from(count), bytes, mode));
    HoldHandle::new(shared, commands)
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
    /// When a release that was not carried out is tried again.
    try_again: Option<Instant>,
}

impl Task {
    async fn run(mut self, count: usize, bytes: u64, mode: LookMode) {
        let mut grant_ended = Box::pin(self.grant.ended());
        let mut grant_over = false;
        let mut abandoned = false;
        let mut deadline_over = false;
        let mut link = self.shared.parts.link.state();
        let mut end = self.take(count, bytes).await;
        if mode == LookMode::Copy && end.is_none() {
            self.release(ReleaseReason::Copied).await;
        }
        let reason = loop {
            if let Some(reason) = end.take().or_else(|| self.ending()) {
                break reason;
            }
            if self.try_again.is_none_or(|at| at <= Instant::now()) {
                self.try_again = None;
                // Given back by a settlement that ended half-way, delivered late, or not carried out.
                if let Some(reason) = self.released
                    && (!self.shared.returnable().is_empty() || self.is_stuck())
                {
                    self.release(reason).await;
                    continue;
                }
            }
            let release_at = self.shared.state.borrow().release_at;
            let deadline = async {
                match release_at {
                    Some(at) if !deadline_over => tokio::time::sleep_until(at.into()).await,
                    _ => std::future::pending().await,
                }
            };
            let try_again = self.try_again;
            let again = async {
                match try_again {
                    Some(at) => tokio::time::sleep_until(at.into()).await,
                    None => std::future::pending().await,
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
                    grant_over = grant_over || self.grant.check(self.shared.parts.profile).is_err();
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
                () = again => {}
                () = sleep(LOOK_AFTER) => {
                    let parts = &self.shared.parts;
                    if let Err(failure) = depth(&parts.channel, &parts.queue).await
                        && !parts.channel.status().connected()
                    {
                        self.death = Some(failure);
                    }
                }
            }
        };
        self.finish(reason).await;
    }

    /// Takes, and says whether that ended the session: a failure ends what is no use any more, and
    /// not the messages that are held all the same.
    async fn take(&mut self, goal: usize, bytes: u64) -> Option<EndReason> {
        let stop = Stop { shared: &self.shared, grant: &self.grant };
        let end = take(&self.shared, &stop, goal, bytes).await;
        let gone = !self.shared.parts.channel.status().connected()
            || self.shared.parts.link.loss().is_some();
        let failed = match &end {
            TakeEnd::Failed(failure) if gone || self.shared.messages().len() == 0 => {
                Some(failure.clone())
            }
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
        let death = self.death.clone().or_else(|| self.shared.parts.link.loss());
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
        let stuck = {
            let turn = self.shared.turn().await;
            let ids = self.shared.returnable();
            let settled = match ids.is_empty() {
                false => settle_in_turn(&self.shared, &turn, ids, How::Return, &|| Ok(())).await,
                true => Vec::new(),
            };
            let held = |one: &Settled| one.state == Some(MessageState::Held);
            settled.into_iter().filter(held).find_map(|one| one.result.err())
        };
        self.try_again = stuck.as_ref().map(|_| Instant::now() + TRY_AGAIN);
        let kept = self.shared.held();
        self.shared.tell(|state| {
            state.release_at = None;
            state.released = (kept > 0).then_some(reason);
            state.stuck = stuck.clone();
        });
        if kept > 0 && reason == ReleaseReason::Abandoned {
            tracing::warn!(
                queue = verdict::clean(&self.shared.parts.queue),
                kept,
                "messages in their last look are held without a handle; they are destroyed when \
                 the connection ends"
            );
        }
    }

    /// Whether it still says that a release was not carried out.
    fn is_stuck(&self) -> bool {
        self.shared.state.borrow().stuck.is_some()
    }

    /// An error of the connection: perhaps of our channel, which it does not say.
    fn heard(&mut self, error: Result<Arc<lapin::Error>, RecvError>) {
        let failure = match &error {
            Ok(error) => verdict::operation(
                error,
                &format!("the queue {}", verdict::clean(&self.shared.parts.queue)),
            ),
            Err(RecvError::Lagged(_)) => verdict::lost(),
            Err(RecvError::Closed) => {
                // The connection was let go of; its state says why, sooner or later.
                self.death = Some(self.shared.parts.link.loss().unwrap_or_else(verdict::lost));
                return;
            }
        };
        if !self.shared.parts.channel.status().connected() {
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
        self.grant.check(self.shared.parts.profile)
    }

    async fn finish(self, reason: EndReason) {
        // A settlement that is under way hears of the end too, and its messages get their state
        // first. One that nobody polls is not waited for.
        let turn = timeout(PATIENCE, self.shared.turn()).await;
        drain::wait(&self.shared).await;
        close_quietly(&self.shared.parts.channel).await;
        let ended = match &reason {
            EndReason::QueueDeleted => Ended::QueueDeleted,
            _ => Ended::Closed,
        };
        let lost = self.shared.end(ended, |state| {
            state.phase = Phase::Ended;
            state.release_at = None;
            state.stuck = None;
            state.end = Some(reason.clone());
        });
        drop(turn);
        let outcome = outcome(&self.shared.state.borrow(), &reason, lost);
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
