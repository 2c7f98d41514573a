//! Taking messages: a consumer that is there no longer than it must be.
//!
//! Batch by batch: the first is one message, which tells size and looks left; each next one is as
//! large as the sizes seen allow. A batch's prefetch is exactly what is wanted of it, so nothing
//! is taken that was not asked for, and its consumer is cancelled as soon as it has that.

use std::sync::Arc;
use std::time::Duration;

use connections::{Code, Failure};
use lapin::options::BasicQosOptions;
use tokio::time::{sleep, timeout};

use super::MessageState;
use super::leader::says_nothing;
use super::reader::{Ended, read};
use super::shared::Shared;
use super::state::TakeEnd;
use super::stop::Stop;
use crate::broker::{Depth, depth};
use crate::link::{PATIENCE, within};
use crate::verdict;

/// Without a delivery for so long, the queue is asked whether it is empty.
const IDLE: Duration = Duration::from_millis(100);
/// Without a delivery for so long from a queue that says it has messages, it is given up.
const STALLED: Duration = Duration::from_secs(3);
/// For the messages under way when a consumer is cancelled: they may be large, and the line slow.
const DRAIN: Duration = Duration::from_secs(60);

/// Takes until `goal` messages were taken in all, or there is a reason to stop.
pub(super) async fn take(
    shared: &Arc<Shared>,
    stop: &Stop<'_>,
    goal: usize,
    bytes: u64,
) -> TakeEnd {
    let _turn = shared.turn().await;
    let mut before = 0;
    loop {
        let (known, held_bytes, largest) = {
            let messages = shared.messages();
            (messages.len(), messages.bytes(), messages.largest())
        };
        if known >= goal {
            return TakeEnd::Complete;
        }
        if held_bytes >= bytes {
            return TakeEnd::Bytes;
        }
        if stop.is_now() {
            return TakeEnd::Stopped;
        }
        let now = match depth(&shared.parts.channel, &shared.parts.queue).await {
            Ok(now) => now,
            Err(failure) => return TakeEnd::Failed(failure),
        };
        if now.ready == 0 {
            // Before anything is held nobody is counted, and only the statistics may know better.
            let held = shared.has(&[MessageState::Held]);
            return empty(shared, now, held || (known == 0 && shared.parts.empty_in_doubt));
        }
        let wanted = (goal - known).min(usize::try_from(now.ready).unwrap_or(usize::MAX));
        let size = shared.parts.sizes.batch(before, wanted, bytes - held_bytes, largest);
        match batch(shared, stop, size, bytes).await {
            Ok(None) => before = usize::from(size),
            Ok(Some(end)) => return end,
            Err(failure) => return TakeEnd::Failed(failure),
        }
        if shared.messages().since(known).iter().any(|held| !held.survives_return) {
            return match shared.messages().len() {
                taken if taken >= goal => TakeEnd::Complete,
                _ => TakeEnd::LastLook,
            };
        }
    }
}

async fn batch(
    shared: &Arc<Shared>,
    stop: &Stop<'_>,
    size: u16,
    bytes: u64,
) -> Result<Option<TakeEnd>, Failure> {
    let object = format!("the queue {}", verdict::clean(&shared.parts.queue));
    // Per consumer: quorum queues know no prefetch per channel.
    let qos = shared.parts.channel.basic_qos(size, BasicQosOptions { global: false });
    within(&object, qos).await?;
    if stop.is_now() {
        return Ok(Some(TakeEnd::Stopped));
    }
    let mut reader = read(shared, size, bytes)?;
    // An error means that it ended before it began, and says so below.
    if timeout(PATIENCE, &mut reader.started).await.is_err() {
        return Err(verdict::no_answer(&object));
    }
    let told = tokio::select! {
        biased;
        () = stop.comes() => Some(Ok(TakeEnd::Stopped)),
        () = reader.enough.cancelled() => None,
        end = idle(shared) => Some(end),
    };
    reader.enough.cancel();
    let ended = match timeout(DRAIN, &mut reader.ended).await {
        Ok(Ok(ended)) => ended?,
        Ok(Err(_)) => return Err(Failure::new(Code::Internal, format!("reading {object} failed"))),
        Err(_) => return Err(verdict::no_answer(&object)),
    };
    match (ended, told) {
        (Ended::ByBroker, _) => Err(cancelled(shared, &object).await),
        // Which of the two it was is seen where the next batch would begin.
        (Ended::Complete | Ended::Bytes, _) => Ok(None),
        (Ended::Told, Some(end)) => end.map(Some),
        // Cannot be: nobody else tells it.
        (Ended::Told, None) => Ok(Some(TakeEnd::Stopped)),
    }
}

/// Completes when nothing comes any more, and says why that is.
async fn idle(shared: &Shared) -> Result<TakeEnd, Failure> {
    let mut known = shared.messages().len();
    let mut waited = Duration::ZERO;
    loop {
        sleep(IDLE).await;
        let now = shared.messages().len();
        if now != known {
            (known, waited) = (now, Duration::ZERO);
            continue;
        }
        waited += IDLE;
        let depth = depth(&shared.parts.channel, &shared.parts.queue).await?;
        if depth.ready == 0 {
            // What it gave out between the two looks is on its way. Our consumer is there.
            return Ok(empty(shared, depth, true));
        }
        if waited >= STALLED {
            return Ok(TakeEnd::Stalled);
        }
    }
}

/// Nothing is ready, says the queue; `counted` is whether it must count something that is ours, or
/// was said to.
fn empty(shared: &Shared, depth: Depth, counted: bool) -> TakeEnd {
    if counted && says_nothing(shared, depth) { TakeEnd::Stalled } else { TakeEnd::Empty }
}

/// The broker cancelled our consumer: because the queue is gone, or for reasons of its own.
async fn cancelled(shared: &Shared, object: &str) -> Failure {
    match depth(&shared.parts.channel, &shared.parts.queue).await {
        Err(failure) => failure,
        Ok(_) => Failure::new(Code::Refused, format!("the broker stopped reading from {object}"))
            .hint("its node may be going down, or held messages waited too long: try again"),
    }
}
