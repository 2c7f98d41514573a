//! The run: sends what a preview showed, and nothing else.
//!
//! - Every copy is confirmed by its broker (mandatory and confirmed, or acknowledged by all
//!   replicas in sync) before it counts.
//! - An original is acknowledged only where that was asked for, only after its own copy was
//!   confirmed, and only if the confirmation came. Whatever goes wrong in between leaves a
//!   duplicate, never a loss; the provenance headers tell which.
//! - The first message goes alone: what is wrong with all of them is then found with one.
//! - When the grant ends, or the user stops, what is on its way is awaited, the originals of what
//!   was confirmed are acknowledged where the grant for that still holds, and the rest is not sent.
//! - A target that goes away ends the run. Messages that were on their way then are unsure: they
//!   may have arrived or not.
//!
//! Left out: pause, resume, rate limits and the journal that a crash needs. They belong to jobs.

mod pace;
mod report;
mod send;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use connections::access::{Object, Place, Publish, Settle, Subject};
use connections::{Code, Failure, Grant};
use rabbitmq::hold::{HoldHandle, MessageState};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use pace::Progress;
pub use report::{CopyState, Counts, End, ItemResult, Report, SourceState};

use crate::item::Origin;
use crate::preview::{Destination, Outgoing, Planned, Prepared};
use crate::request::OnFailure;
use pace::Pace;
use send::{Batches, Sent, Sink};

/// What a run needs.
#[derive(Debug)]
pub struct Run {
    /// What was previewed.
    pub prepared: Prepared,
    /// The count that the user confirmed: [`crate::preview::Preview::sendable`].
    pub confirmed: u64,
    /// What one message that fails means for the rest.
    pub on_failure: OnFailure,
    /// Where the copies go.
    pub destination: Destination,
    /// For the connection that the copies go to.
    pub publish: Grant<Publish>,
    /// Where the originals are removed.
    pub removal: Option<Removal>,
}

/// What it takes to remove originals.
#[derive(Debug)]
pub struct Removal {
    /// The session's identity, as the preview was told.
    pub session: Uuid,
    /// The session that holds them.
    pub handle: Arc<HoldHandle>,
    /// For the connection that they are removed from.
    pub settle: Grant<Settle>,
}

impl Prepared {
    /// What the ledger is told of the copies.
    pub fn publish_subject(&self) -> Subject {
        let preview = self.preview();
        let connection = Place::Connection { name: preview.source.name.clone() };
        let from = [connection].into_iter().chain(self.places()).collect();
        Subject {
            action: "replay".to_owned(),
            object: Object::Places(vec![preview.to.place()]),
            count: Some(preview.sendable),
            source: Some(Object::Places(from)),
        }
    }

    /// What the ledger is told of the originals, where they are removed.
    pub fn settle_subject(&self) -> Subject {
        let preview = self.preview();
        Subject {
            action: "acknowledge".to_owned(),
            object: Object::Places(self.places()),
            count: Some(preview.sendable),
            source: None,
        }
    }

    fn places(&self) -> Vec<Place> {
        let topics_and_queues: BTreeSet<(Option<&str>, Option<&str>)> = self
            .planned
            .iter()
            .map(|planned| match &planned.origin {
                Origin::Record { topic, .. } => (Some(topic.as_str()), None),
                Origin::Held { queue, .. } => (None, Some(queue.as_str())),
            })
            .collect();
        let topics = topics_and_queues.iter().filter_map(|(topic, _)| *topic);
        let queues = topics_and_queues.iter().filter_map(|(_, queue)| *queue);
        topics
            .map(|topic| Place::Topic { name: topic.to_owned() })
            .chain(queues.map(|queue| Place::Queue { name: queue.to_owned() }))
            .collect()
    }
}

/// Sends the copies, and removes the originals where that was previewed. Concludes the grants.
/// `progress` is called about ten times a second, and once at the end.
///
/// # Errors
/// Before anything is sent: [`Code::Invalid`] for a count other than the preview's, or nothing to
/// send; [`Code::Internal`] for grants or connections other than those previewed;
/// [`Code::GrantEnded`]. Once sending has begun there is a report, however it ends.
pub async fn run(
    run: Run,
    cancel: &CancellationToken,
    progress: &mut (dyn FnMut(Progress) + Send),
) -> Result<Report, Failure> {
    if let Err(failure) = check(&run) {
        report::refuse(run.publish, run.removal.map(|removal| removal.settle), &failure);
        return Err(failure);
    }
    let Run { prepared, on_failure, destination, publish, removal, .. } = run;
    let Prepared { preview, planned } = prepared;
    let mut running = Running {
        pace: Pace::new(preview.id, preview.sendable),
        batches: Batches::new(),
        sink: Sink::new(&preview.to, &destination),
        results: planned.iter().enumerate().map(|(i, p)| ItemResult::before(i, p)).collect(),
        on_failure,
        destination,
        publish,
        removal,
    };
    let started = Instant::now();
    let end = running.send_all(planned, cancel, progress).await;
    running.pace.tell(progress);
    let report = Report::new(preview.id, end, running.results, started.elapsed());
    report.conclude(running.publish, running.removal.map(|removal| removal.settle));
    Ok(report)
}

fn check(run: &Run) -> Result<(), Failure> {
    let preview = run.prepared.preview();
    if preview.sendable == 0 {
        return Err(Failure::new(Code::Invalid, "none of the selected messages can be sent"));
    }
    if run.confirmed != preview.sendable {
        return Err(Failure::new(
            Code::Invalid,
            format!("{} was confirmed, but {} would be sent", run.confirmed, preview.sendable),
        )
        .hint("look at the preview again and confirm its count"));
    }
    let target = preview.target.connection;
    let same_session = |removal: &Removal| {
        run.prepared.planned.iter().all(|planned| {
            matches!(planned.origin, Origin::Held { session, .. } if session == removal.session)
        })
    };
    let fits = run.destination.connection() == target
        && run.removal.is_some() == preview.remove_at_source
        && run.removal.as_ref().is_none_or(same_session);
    if !fits {
        return Err(Failure::new(Code::Internal, "the run is not the one that was previewed"));
    }
    run.publish.check(target)?;
    match &run.removal {
        Some(removal) => removal.settle.check(preview.source.connection),
        None => Ok(()),
    }
}

struct Running {
    pace: Pace,
    batches: Batches,
    sink: Sink,
    results: Vec<ItemResult>,
    on_failure: OnFailure,
    destination: Destination,
    publish: Grant<Publish>,
    removal: Option<Removal>,
}

impl Running {
    async fn send_all(
        &mut self,
        planned: Vec<Planned>,
        cancel: &CancellationToken,
        progress: &mut (dyn FnMut(Progress) + Send),
    ) -> End {
        let sendable = planned
            .into_iter()
            .enumerate()
            .filter_map(|(number, planned)| Some((number, planned.copy.ok()?)));
        let mut waiting = sendable.collect::<std::collections::VecDeque<_>>();
        while !waiting.is_empty() {
            if cancel.is_cancelled() {
                return End::Stopped;
            }
            if let Err(failure) = self.publish.check(self.destination.connection()) {
                return End::GrantEnded { failure };
            }
            let batch = self.batches.next(&mut waiting);
            let batch = self.still_held(batch);
            let numbers: Vec<usize> = batch.iter().map(|(number, _)| *number).collect();
            let bytes = batch.iter().map(|(_, outgoing)| outgoing.size()).sum();
            let sent = self.sink.send(&self.publish, batch).await;
            let end = self.write_down(&numbers, sent);
            self.remove(&numbers).await;
            self.pace.count(&self.results, &numbers, bytes);
            self.pace.tell_sometimes(progress);
            if let Some(end) = end {
                return end;
            }
        }
        End::Finished
    }

    /// Originals that are to be removed and are not held any more are left: somebody else has them.
    fn still_held(&mut self, batch: Vec<(usize, Outgoing)>) -> Vec<(usize, Outgoing)> {
        let Some(removal) = &self.removal else {
            return batch;
        };
        let states: BTreeMap<u64, MessageState> =
            removal.handle.rows().into_iter().map(|row| (row.id, row.state)).collect();
        let mut kept = Vec::with_capacity(batch.len());
        for (number, outgoing) in batch {
            let Some(result) = self.results.get_mut(number) else {
                continue;
            };
            let held = match &result.origin {
                Origin::Held { message, .. } => states.get(message) == Some(&MessageState::Held),
                Origin::Record { .. } => false,
            };
            if held {
                kept.push((number, outgoing));
            } else {
                let failure = Failure::new(Code::Changed, "the original is not held any more")
                    .hint("hold again to see what is in the queue");
                result.copy = CopyState::NotSent { failure: Some(failure) };
            }
        }
        kept
    }

    /// Writes down the results of a batch, and says whether they end the run.
    fn write_down(&mut self, numbers: &[usize], sent: Vec<Result<Sent, Failure>>) -> Option<End> {
        let mut end = None;
        for (number, sent) in numbers.iter().zip(sent) {
            let Some(result) = self.results.get_mut(*number) else {
                continue;
            };
            result.copy = match sent {
                Ok(sent) => CopyState::Confirmed {
                    partition: sent.partition,
                    offset: sent.offset,
                    routed_later: sent.routed_later,
                },
                Err(failure) => {
                    let (state, ends) = send::judge(failure, self.on_failure);
                    if end.is_none() {
                        end = ends;
                    }
                    state
                }
            };
        }
        end
    }

    async fn remove(&mut self, numbers: &[usize]) {
        let Some(removal) = &self.removal else { return };
        let mut confirmed: BTreeMap<u64, usize> = BTreeMap::new();
        for number in numbers {
            let Some(result) = self.results.get_mut(*number) else {
                continue;
            };
            match (&result.origin, &result.copy) {
                (Origin::Held { .. }, CopyState::Confirmed { routed_later: true, .. }) => {
                    result.source = SourceState::NotRemoved { failure: routed_later() };
                }
                (Origin::Held { message, .. }, CopyState::Confirmed { .. }) => {
                    confirmed.insert(*message, *number);
                }
                _ => {}
            }
        }
        if confirmed.is_empty() {
            return;
        }
        let ids: Vec<u64> = confirmed.keys().copied().collect();
        for settled in removal.handle.acknowledge(&removal.settle, &ids).await {
            let number = confirmed.get(&settled.id);
            let Some(result) = number.and_then(|number| self.results.get_mut(*number)) else {
                continue;
            };
            result.source = match (settled.result, settled.state) {
                (Ok(MessageState::Acknowledged), _) => SourceState::Removed,
                (Ok(_), _) => SourceState::NotRemoved {
                    failure: Failure::new(Code::Changed, "the original was settled otherwise"),
                },
                (Err(failure), Some(MessageState::Unsure)) => SourceState::Unsure { failure },
                (Err(failure), _) => SourceState::NotRemoved { failure },
            };
        }
    }
}

fn routed_later() -> Failure {
    Failure::new(
        Code::Unsupported,
        "the exchange delivers the copy later, so nobody knows yet whether a queue gets it",
    )
    .hint("acknowledge the original once the copy has arrived")
}
