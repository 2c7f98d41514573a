//! The inspection session: take messages out of a queue, read them, and return or acknowledge each.
//!
//! A session owns one channel. It takes with a consumer (bounded by count and bytes, in batches
//! that grow with the sizes seen) and cancels that consumer as soon as it has what was asked for:
//! a consumer that stays would get every returned message straight back, and would pull another
//! one for each that is acknowledged. Only then is anything settled.
//!
//! Invariants:
//! - delivery tags stay in here; people know messages by ids that count from 1 in delivery order;
//! - messages go back by explicit `basic.nack`, in delivery order, before the channel closes;
//! - a message that its return would destroy is never returned by itself ([`crate::budget`]), and
//!   by a person only with a grant;
//! - taking and settling have the channel in turn;
//! - what fails does not close a channel that still works: closing it would destroy messages in
//!   their last look;
//! - every message a session ever took stays readable as a snapshot, with what became of it;
//! - each message is settled at most once, whoever is first: the user, the end of the grant, the
//!   deadline, or the loss of the handle.
//!
//! Left out here: copies that survive the session (recycle bin), and dead-lettering or moving.

mod account;
mod batch;
mod drain;
mod fate;
mod handle;
mod in_force;
mod leader;
mod message;
mod outcome;
mod own;
mod preview;
mod reader;
mod refusal;
mod session;
mod settle;
mod shared;
mod state;
mod stop;
mod take;

use std::sync::Arc;
use std::time::Duration;

use connections::access::{Hold, Outcome};
use connections::{Code, Failure, Grant};
use serde::{Deserialize, Serialize};

pub use account::Account;
pub use fate::MessageState;
pub use handle::HoldHandle;
pub use message::HeldRow;
pub(crate) use own::Holds;
pub use preview::{HoldPreview, Note};
pub use refusal::Refusal;
pub use settle::Settled;
pub use state::{EndReason, Fates, HoldState, Phase, ReleaseReason, Released, TakeEnd, Until};

use crate::Broker;
use crate::broker::depth;
use crate::budget::AfterLast;
use batch::Sizes;
use shared::Parts;

/// The most messages that one session holds.
pub const MOST_MESSAGES: u16 = 1000;

/// How long a consumer may keep a message where nothing else is known: RabbitMQ's default.
const DEFAULT_CONSUMER_TIMEOUT: Duration = Duration::from_secs(30 * 60);

/// What to take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HoldRequest {
    /// The queue.
    pub queue: String,
    /// 1 to [`MOST_MESSAGES`].
    pub count: u16,
    /// Stop taking once bodies of so many bytes are held. The message that passes the bound is
    /// held too, so one huge message can always be looked at.
    pub bytes: u64,
    /// How; `None` holds a queue without consumers and copies from one that has some.
    pub mode: Option<LookMode>,
    /// Release after this time at the latest; in any case at 80 % of the time that the broker
    /// allows.
    pub at_most: Option<Duration>,
}

/// How messages are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookMode {
    /// Keep them until they are settled; no application gets them meanwhile.
    Hold,
    /// Copy them and return them at once.
    Copy,
}

impl Broker {
    /// Takes messages out of a queue, for as long as the returned handle lives, the grant lasts
    /// and the broker allows. Taking has begun when this returns; [`HoldHandle::state`] tells how
    /// far it is.
    ///
    /// # Errors
    /// [`Code::Invalid`] for a count or a bound of 0 or too much; [`Code::GrantEnded`];
    /// [`Code::NotFound`]; [`Code::Unsupported`] for streams; [`Code::Refused`] for queues that
    /// are exclusive, down, or whose single active consumer is another one; what ends the
    /// connection. The grant is concluded as failed then.
    pub async fn hold(
        &self,
        grant: Grant<Hold>,
        request: HoldRequest,
    ) -> Result<HoldHandle, Failure> {
        match self.begin(&grant, &request).await {
            Ok((parts, mode)) => {
                let start = (request.count, request.bytes);
                Ok(session::start(parts, grant, mode, start, self.holds()))
            }
            Err(failure) => {
                let detail = (&failure).into();
                if let Err(error) = grant.conclude(&Outcome::Failed { detail }) {
                    tracing::error!(%error, "an outcome could not be written to the ledger");
                }
                Err(failure)
            }
        }
    }

    async fn begin(
        &self,
        grant: &Grant<Hold>,
        request: &HoldRequest,
    ) -> Result<(Parts, LookMode), Failure> {
        if request.count == 0 || request.count > MOST_MESSAGES || request.bytes == 0 {
            return Err(Failure::new(
                Code::Invalid,
                format!("1 to {MOST_MESSAGES} messages can be held, and at least one byte"),
            ));
        }
        grant.check(self.profile())?;
        let facts = self.queue(&request.queue).await?;
        if let Some(refusal) = Refusal::of(&facts) {
            return Err(refusal.failure(&facts.name));
        }
        let mode = request.mode.unwrap_or_else(|| preview::mode_for(&facts));
        let channel = self.link().channel().await?;
        // Proves that the channel may see the queue, before a session is announced.
        let consumers_before = depth(&channel, &request.queue).await?.consumers;
        let mut budget = self.budget(&facts);
        if self.leads_nowhere(&facts, &budget.after_last).await {
            budget.after_last = AfterLast::Deleted;
        }
        let parts = Parts {
            queue: request.queue.clone(),
            kind: facts.kind.clone(),
            channel,
            budget,
            longest: preview::longest(&facts, request.at_most),
            grant_expiry: grant.expiry(),
            sizes: Sizes::of(&facts),
            empty_in_doubt: facts.counts_in_doubt,
            consumers_before,
            profile: self.profile(),
            link: Arc::clone(self.link()),
        };
        Ok((parts, mode))
    }
}
