//! Taking messages: a consumer that is there no longer than it must be.
//!
//! Batch by batch: the first is one message, which tells size and looks left; each next one is as
//! large as the sizes seen allow. A batch's prefetch is exactly what is wanted of it, so nothing
//! is taken that was not asked for, and its consumer is cancelled as soon as it has that.

use std::pin::Pin;
use std::time::Duration;

use connections::{Code, Failure};
use futures_util::StreamExt;
use lapin::options::{BasicCancelOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use tokio::time::{sleep, timeout};
use uuid::Uuid;

use super::shared::Shared;
use super::state::TakeEnd;
use crate::broker::depth;
use crate::link::within;
use crate::properties::short;
use crate::verdict;

/// Without a delivery for so long, the queue is asked whether it is empty.
const IDLE: Duration = Duration::from_millis(100);
/// Without a delivery for so long from a queue that says it has messages, it is given up.
const STALLED: Duration = Duration::from_secs(3);
/// For the messages under way when a consumer is cancelled: they may be large, and the line slow.
const DRAIN: Duration = Duration::from_secs(60);
/// How much larger a batch may be than the one before.
const GROWTH: usize = 8;

/// What ends taking from outside.
pub(super) type Stop<'a> = Pin<&'a mut (dyn Future<Output = ()> + Send)>;

/// Takes until `goal` messages were taken in all, or there is a reason to stop.
pub(super) async fn take(shared: &Shared, goal: usize, bytes: u64, mut stop: Stop<'_>) -> TakeEnd {
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
        let ready = match depth(&shared.channel, &shared.queue).await {
            Ok(depth) => depth.ready,
            Err(failure) => return TakeEnd::Failed(failure),
        };
        if ready == 0 {
            return TakeEnd::Empty;
        }
        let ready = usize::try_from(ready).unwrap_or(usize::MAX);
        let size = batch_size(before, (goal - known).min(ready), bytes - held_bytes, largest);
        match batch(shared, size, stop.as_mut()).await {
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

/// How many to take next: more than before, while messages as large as the largest seen would fit.
fn batch_size(before: usize, wanted: usize, bytes_left: u64, largest: u64) -> u16 {
    let fit = usize::try_from(bytes_left / largest.max(1)).unwrap_or(usize::MAX);
    let size = wanted.min(fit).min(before.saturating_mul(GROWTH)).max(1);
    u16::try_from(size).unwrap_or(u16::MAX)
}

async fn batch(shared: &Shared, size: u16, mut stop: Stop<'_>) -> Result<Option<TakeEnd>, Failure> {
    let object = format!("the queue {}", verdict::clean(&shared.queue));
    let channel = &shared.channel;
    // Per consumer: quorum queues know no prefetch per channel.
    within(&object, channel.basic_qos(size, BasicQosOptions { global: false })).await?;
    let tag = short(&format!("kronos-console.{}", Uuid::new_v4()), "a consumer's tag")?;
    let consume = channel.basic_consume(
        short(&shared.queue, "the queue's name")?,
        tag.clone(),
        BasicConsumeOptions::default(),
        FieldTable::default(),
    );
    let mut consumer = within(&object, consume).await?;
    let mut arrived = 0;
    let mut waited = Duration::ZERO;
    let end = loop {
        if arrived == size {
            break None;
        }
        tokio::select! {
            biased;
            () = &mut stop => break Some(TakeEnd::Stopped),
            delivered = consumer.next() => match delivered {
                Some(Ok(delivery)) => {
                    shared.add(delivery);
                    arrived += 1;
                    waited = Duration::ZERO;
                }
                Some(Err(error)) => return Err(verdict::operation(&error, &object)),
                None => return Err(cancelled(shared, &object).await),
            },
            () = sleep(IDLE) => {
                waited += IDLE;
                if depth(channel, &shared.queue).await?.ready == 0 {
                    break Some(TakeEnd::Empty);
                }
                if waited >= STALLED {
                    break Some(TakeEnd::Stalled);
                }
            }
        }
    };
    let drained = timeout(DRAIN, async {
        let cancel = channel.basic_cancel(tag, BasicCancelOptions::default());
        cancel.await.map_err(|error| verdict::operation(&error, &object))?;
        while let Some(delivered) = consumer.next().await {
            let delivery = delivered.map_err(|error| verdict::operation(&error, &object))?;
            shared.add(delivery);
        }
        Ok(())
    });
    drained.await.unwrap_or_else(|_| Err(verdict::no_answer(&object)))?;
    Ok(end)
}

/// The broker cancelled our consumer: because the queue is gone, or for reasons of its own.
async fn cancelled(shared: &Shared, object: &str) -> Failure {
    match depth(&shared.channel, &shared.queue).await {
        Err(failure) => failure,
        Ok(_) => Failure::new(Code::Refused, format!("the broker stopped reading from {object}"))
            .hint("its node may be going down, or held messages waited too long: try again"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_start_with_one_and_grow_by_what_was_seen() {
        const MB: u64 = 1 << 20;
        assert_eq!(batch_size(0, 1000, 64 * MB, 0), 1, "nothing is known yet");
        assert_eq!(batch_size(1, 999, 64 * MB, 500), 8);
        assert_eq!(batch_size(64, 900, 64 * MB, 500), 512);
        assert_eq!(batch_size(512, 400, 64 * MB, 500), 400, "never more than wanted");
        assert_eq!(batch_size(8, 900, 64 * MB, 20 * MB), 3, "as many as fit");
        assert_eq!(batch_size(8, 900, MB, 20 * MB), 1, "one always");
        assert_eq!(batch_size(usize::MAX, usize::MAX, u64::MAX, 1), u16::MAX);
    }
}
