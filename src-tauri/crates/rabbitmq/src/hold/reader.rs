//! One consumer, from its start to its certain end.
//!
//! A consumer lives on a task of its own, because its end must not depend on anybody's patience: a
//! delivery that nobody reads would be held, hidden from applications and known to nobody. Where
//! the broker is too slow for whoever waits, the task goes on, and what still comes joins the
//! session.
//!
//! The order to cancel is written as soon as there is enough, even before the broker has answered
//! that the consumer exists. A channel's commands are carried out in order, so what is returned
//! after that never comes back to this consumer.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use connections::Failure;
use futures_util::StreamExt;
use lapin::options::{BasicCancelOptions, BasicConsumeOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{Channel, Consumer};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};

use super::shared::Shared;
use crate::properties::short;
use crate::verdict;

/// Why a consumer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    /// All of its batch came.
    Complete,
    /// The bound of bytes was reached.
    Bytes,
    /// It was told to.
    Told,
    /// The broker cancelled it: the queue is gone, or for reasons of its own.
    ByBroker,
}

/// A consumer at work. It is cancelled when this is dropped.
pub(super) struct Reader {
    /// Completes when the broker has answered that the consumer exists, or that it does not.
    pub started: oneshot::Receiver<()>,
    /// How it ended. Every delivery is in the session by then.
    pub ended: JoinHandle<Result<Ended, Failure>>,
    /// Cancelled by whoever wants no more.
    pub enough: CancellationToken,
    _cancel: DropGuard,
}

/// Starts a consumer that takes `size` messages, or fewer once the session has bodies of `bytes`.
pub(super) fn read(shared: &Arc<Shared>, size: u16, bytes: u64) -> Result<Reader, Failure> {
    let (consumer, tag) = shared.next_consumer();
    let task = Task {
        shared: Arc::clone(shared),
        consumer,
        object: format!("the queue {}", verdict::clean(&shared.parts.queue)),
        queue: short(&shared.parts.queue, "the queue's name")?,
        tag: short(&tag, "a consumer's tag")?,
        enough: CancellationToken::new(),
        size,
        bytes,
    };
    let enough = task.enough.clone();
    let (tell, started) = oneshot::channel();
    shared.readers.fetch_add(1, Ordering::SeqCst);
    let ended = tokio::spawn(task.run(tell));
    Ok(Reader { started, ended, _cancel: enough.clone().drop_guard(), enough })
}

struct Task {
    shared: Arc<Shared>,
    object: String,
    queue: ShortString,
    tag: ShortString,
    consumer: u32,
    enough: CancellationToken,
    size: u16,
    bytes: u64,
}

impl Task {
    async fn run(self, started: oneshot::Sender<()>) -> Result<Ended, Failure> {
        let ended = self.read(started).await;
        self.shared.readers.fetch_sub(1, Ordering::SeqCst);
        // What came late has to be looked at by the session's task.
        self.shared.changed.notify_one();
        ended
    }

    async fn read(&self, started: oneshot::Sender<()>) -> Result<Ended, Failure> {
        let channel = self.shared.parts.channel.clone();
        // Also ends the wait below, where this ends by itself.
        let over = self.enough.clone().drop_guard();
        let reading = async {
            let consume = channel.basic_consume(
                self.queue.clone(),
                self.tag.clone(),
                BasicConsumeOptions::default(),
                FieldTable::default(),
            );
            let mut consumer = consume.await.map_err(|error| self.failure(&error))?;
            // Nobody waiting is fine.
            let _ = started.send(());
            let ended = self.deliveries(&mut consumer).await;
            drop(over);
            if !matches!(ended, Ok(Ended::ByBroker)) {
                while let Some(delivered) = consumer.next().await {
                    self.add(delivered)?;
                }
            }
            ended
        };
        let (ended, cancelled) = tokio::join!(reading, self.cancel(&channel));
        match ended {
            Ok(Ended::ByBroker) => Ok(Ended::ByBroker),
            Ok(ended) => cancelled.map(|()| ended),
            Err(failure) => Err(failure),
        }
    }

    async fn deliveries(&self, consumer: &mut Consumer) -> Result<Ended, Failure> {
        for _ in 0..self.size {
            tokio::select! {
                biased;
                () = self.enough.cancelled() => return Ok(Ended::Told),
                delivered = consumer.next() => match delivered {
                    Some(delivered) => {
                        self.add(delivered)?;
                    }
                    None => return Ok(Ended::ByBroker),
                },
            }
            if self.shared.messages().bytes() >= self.bytes {
                return Ok(Ended::Bytes);
            }
        }
        Ok(Ended::Complete)
    }

    fn add(
        &self,
        delivered: Result<lapin::message::Delivery, lapin::Error>,
    ) -> Result<(), Failure> {
        let delivery = delivered.map_err(|error| self.failure(&error))?;
        self.shared.add(delivery, self.consumer);
        Ok(())
    }

    async fn cancel(&self, channel: &Channel) -> Result<(), Failure> {
        self.enough.cancelled().await;
        let cancel = channel.basic_cancel(self.tag.clone(), BasicCancelOptions::default());
        cancel.await.map_err(|error| self.failure(&error))
    }

    fn failure(&self, error: &lapin::Error) -> Failure {
        verdict::operation(error, &self.object)
    }
}
