//! Batches, and what the broker's answers mean.

use std::collections::VecDeque;
use std::sync::Arc;

use connections::access::Publish;
use connections::{Code, Failure, Grant};
use kafka::produce::Writer;
use rabbitmq::Broker;
use rabbitmq::publish::OutgoingMessage;

use super::report::{CopyState, End};
use crate::preview::{Destination, Outgoing};
use crate::request::{OnFailure, Target};

/// Messages of one batch, after the first.
const LARGEST: usize = 500;
/// Bytes of one batch, unless one message is larger.
const LARGEST_BYTES: u64 = 16 * 1024 * 1024;

/// A confirmed copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sent {
    pub partition: Option<i32>,
    pub offset: Option<i64>,
    pub routed_later: bool,
}

/// Cuts what is to be sent into batches.
pub(super) struct Batches {
    alone: bool,
}

/// Where batches go. What it keeps open ends with it.
pub(super) enum Sink {
    /// To a topic, with one producer for the whole run.
    Topic { topic: String, writer: Writer },
    /// To an exchange.
    Exchange { exchange: String, broker: Arc<Broker> },
    /// The target is not one of the destination.
    Mismatch,
}

impl Outgoing {
    pub(super) fn size(&self) -> u64 {
        match self {
            Outgoing::Record { record, .. } => record.size(),
            Outgoing::Message(message) => message.body.len() as u64,
        }
    }
}

impl Batches {
    pub(super) fn new() -> Self {
        Batches { alone: true }
    }

    /// The next messages: first one, then many.
    pub(super) fn next(
        &mut self,
        waiting: &mut VecDeque<(usize, Outgoing)>,
    ) -> Vec<(usize, Outgoing)> {
        let most = if std::mem::take(&mut self.alone) { 1 } else { LARGEST };
        let mut batch: Vec<(usize, Outgoing)> = Vec::new();
        let mut bytes = 0;
        while let Some((_, next)) = waiting.front() {
            let full = batch.len() >= most || bytes + next.size() > LARGEST_BYTES;
            if !batch.is_empty() && full {
                break;
            }
            bytes += next.size();
            batch.extend(waiting.pop_front());
        }
        batch
    }
}

impl Sink {
    pub(super) fn new(to: &Target, destination: &Destination) -> Self {
        match (to, destination) {
            (Target::Topic { topic, .. }, Destination::Kafka(cluster)) => {
                Sink::Topic { topic: topic.clone(), writer: cluster.writer() }
            }
            (Target::Exchange { exchange, .. }, Destination::RabbitMq(broker)) => {
                Sink::Exchange { exchange: exchange.clone(), broker: Arc::clone(broker) }
            }
            _ => Sink::Mismatch,
        }
    }

    /// Sends a batch; one answer for each message, in their order.
    pub(super) async fn send(
        &mut self,
        grant: &Grant<Publish>,
        batch: Vec<(usize, Outgoing)>,
    ) -> Vec<Result<Sent, Failure>> {
        match self {
            Sink::Topic { topic, writer } => {
                let records = batch.into_iter().filter_map(|(_, outgoing)| match outgoing {
                    Outgoing::Record { partition, record } => Some(kafka::produce::Outgoing {
                        topic: topic.clone(),
                        partition,
                        key: record.key,
                        value: record.value,
                        headers: record.headers,
                        timestamp: record.millis,
                    }),
                    Outgoing::Message(_) => None,
                });
                let results = writer.write(grant, records.collect()).await;
                let sent = |delivered: kafka::produce::Delivered| Sent {
                    partition: Some(delivered.partition),
                    offset: Some(delivered.offset),
                    routed_later: false,
                };
                results.into_iter().map(|result| result.map(sent)).collect()
            }
            Sink::Exchange { exchange, broker } => {
                let messages = batch.into_iter().filter_map(|(_, outgoing)| match outgoing {
                    Outgoing::Message(message) => Some(OutgoingMessage {
                        routing_key: message.routing_key,
                        properties: message.properties,
                        body: message.body,
                    }),
                    Outgoing::Record { .. } => None,
                });
                let results = broker.publish(grant, exchange, messages.collect()).await;
                let sent = |confirmed: rabbitmq::publish::Confirmed| Sent {
                    partition: None,
                    offset: None,
                    routed_later: confirmed.later,
                };
                results.into_iter().map(|result| result.map(sent)).collect()
            }
            Sink::Mismatch => {
                let failure = Failure::new(Code::Internal, "the target is of the other broker");
                vec![Err(failure); batch.len()]
            }
        }
    }
}

/// What a failed copy is, and whether it ends the run.
pub(super) fn judge(failure: Failure, on_failure: OnFailure) -> (CopyState, Option<End>) {
    let breaker = |failure: &Failure| {
        let end = End::MessageFailed { failure: failure.clone() };
        (on_failure == OnFailure::Stop).then_some(end)
    };
    match failure.code {
        Code::GrantEnded => (
            CopyState::NotSent { failure: Some(failure.clone()) },
            Some(End::GrantEnded { failure }),
        ),
        // The broker's answer is missing: the copy may be there.
        Code::Timeout | Code::ConnectionLost => {
            let end = End::TargetLost { failure: failure.clone() };
            (CopyState::Unsure { failure }, Some(end))
        }
        // Some queues may have it: a copy, and not a whole one.
        Code::PartlyRefused => {
            let end = breaker(&failure);
            (CopyState::Unsure { failure }, end)
        }
        Code::Unroutable => {
            let end = breaker(&failure);
            (CopyState::Unroutable { failure }, end)
        }
        // About this one message.
        Code::TooLarge | Code::Invalid | Code::Refused | Code::Unsupported => {
            let end = breaker(&failure);
            (CopyState::Failed { failure }, end)
        }
        // About the target, so about all that follow: it had the message, and refused it.
        Code::Authorization | Code::Internal => {
            let end = End::TargetLost { failure: failure.clone() };
            (CopyState::Failed { failure }, Some(end))
        }
        // There was no target to hand it to.
        _ => {
            let end = End::TargetLost { failure: failure.clone() };
            (CopyState::NotSent { failure: Some(failure) }, Some(end))
        }
    }
}
