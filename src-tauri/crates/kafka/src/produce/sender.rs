//! One native producer: groups of records in, a report for each record out.
//!
//! librdkafka makes its batches by the clock. Here the clock never strikes: a group waits in the
//! producer until all of it is there, and is then flushed, so that a group is one batch.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::CString;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use connections::{Code, Failure};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::cluster::blocking;
use crate::native::{ErrorCode, Event, Native, Report, ToSend, TopicMeta, topic_metadata};
use crate::polled::Polled;
use crate::produce::{Delivered, Outgoing};
use crate::verdict::{self, Doing};

/// librdkafka reports each record within its own 30 seconds; later than this it has lost one.
const PATIENCE: Duration = Duration::from_secs(40);

/// How long what was learnt of a topic is relied on.
const FRESH: Duration = Duration::from_secs(30);

/// A topic that was created a moment ago may not be known to the broker that is asked, which is why
/// Kafka's protocol calls that answer one to ask again after.
const PROPAGATION: Duration = Duration::from_secs(1);

/// A flush that waits cannot be stopped, so it waits in slices.
const SLICE: Duration = Duration::from_millis(200);

/// A producer, and what it has learnt of topics.
pub(super) struct Sender {
    producer: Polled,
    reports: UnboundedReceiver<Report>,
    topics: BTreeMap<String, (Instant, TopicMeta)>,
    /// A record was not reported, so a report may still come that belongs to nothing.
    lost: bool,
}

impl Sender {
    pub(super) fn over(client: Native) -> Result<Sender, Failure> {
        let (give, reports) = mpsc::unbounded_channel();
        let hear = move |event| {
            if let Event::Delivered(delivered) = event {
                for report in delivered {
                    // Nobody waits any more where the future was dropped.
                    let _ = give.send(report);
                }
            }
        };
        let producer = Polled::start("kafka-produce", client, hear)?;
        Ok(Sender { producer, reports, topics: BTreeMap::new(), lost: false })
    }

    /// False once nothing can be sent any more: after a fatal error, or a refused login.
    pub(super) fn is_alive(&self) -> bool {
        !self.lost && self.producer.with(|client| client.fatal().is_none()).unwrap_or(false)
    }

    /// A topic as the cluster knows it now, or lately. Asks with the producer itself, because
    /// records for a topic that a producer has not met are not kept together.
    pub(super) async fn topic(&mut self, name: &str) -> Result<TopicMeta, Failure> {
        if let Some((asked, known)) = self.topics.get(name)
            && asked.elapsed() < FRESH
        {
            return Ok(known.clone());
        }
        let started = Instant::now();
        let found = loop {
            let client = self.producer.client().ok_or_else(gone)?;
            let asked = name.to_owned();
            let found = blocking(move || topic_metadata(&client, &asked)).await?;
            let unknown = found.error == Some(ErrorCode::UnknownTopicOrPartition);
            if !unknown || started.elapsed() >= PROPAGATION {
                break found;
            }
            tokio::time::sleep(PROPAGATION / 10).await;
        };
        if found.error.is_none() {
            self.topics.insert(name.to_owned(), (Instant::now(), found.clone()));
        }
        Ok(found)
    }

    /// Keeps a record for the next [`Sender::flush`]; never waits.
    pub(super) fn queue(
        &self,
        token: usize,
        partition: i32,
        record: &Outgoing,
    ) -> Result<(), ErrorCode> {
        let topic = CString::new(record.topic.as_str()).map_err(|_| ErrorCode::InvalidTopic)?;
        let record = ToSend {
            topic: &topic,
            partition,
            key: record.key.as_ref(),
            value: record.value.as_ref(),
            headers: &record.headers,
            timestamp: record.timestamp,
            token,
        };
        self.producer.with(|client| client.send(&record)).unwrap_or(Err(ErrorCode::Fatal))
    }

    /// Sends what was kept, which is `tokens`, and waits until each record is reported. Where one
    /// is missing in the end, nobody knows what became of it.
    pub(super) async fn flush(&mut self, tokens: BTreeSet<usize>) -> BTreeMap<usize, Report> {
        let mut reported = BTreeMap::new();
        let Some(client) = self.producer.client().filter(|_| !tokens.is_empty()) else {
            return reported;
        };
        let over = Over::default();
        let seen = Arc::clone(&over.0);
        let flushing = blocking(move || {
            while !seen.load(Ordering::Acquire) && !client.flush(SLICE) {}
            Ok(())
        });
        let flushing = tokio::spawn(flushing);
        let mut heard = Instant::now();
        while reported.len() < tokens.len() {
            let deadline = heard + PATIENCE;
            match tokio::time::timeout_at(deadline.into(), self.reports.recv()).await {
                Ok(Some(report)) => {
                    heard = Instant::now();
                    if tokens.contains(&report.token) {
                        reported.insert(report.token, report);
                    }
                }
                // The thread ends when the credentials are refused.
                Ok(None) | Err(_) => {
                    self.lost = true;
                    break;
                }
            }
        }
        drop(over);
        // What is kept next must not meet this flush.
        if flushing.await.is_err() {
            // What it would have sent is told by nobody: this client is not written with again.
            self.lost = true;
        }
        reported
    }

    /// What a report says of a record of a topic.
    pub(super) fn result(
        &self,
        report: Option<&Report>,
        topic: &str,
    ) -> Result<Delivered, Failure> {
        let Some(report) = report else {
            return Err(super::no_report());
        };
        let Some(code) = report.error else {
            return Ok(Delivered { partition: report.partition, offset: report.offset });
        };
        let failure = self.failure(code, topic);
        Err(if report.maybe_written { maybe_written(failure) } else { unsent(failure) })
    }

    /// What an error of librdkafka means for a record.
    pub(super) fn failure(&self, code: ErrorCode, topic: &str) -> Failure {
        // After a fatal error librdkafka only says that it threw records away.
        let given_up =
            matches!(code, ErrorCode::Fatal | ErrorCode::PurgeQueue | ErrorCode::PurgeInflight);
        let fatal = if given_up { self.producer.with(Native::fatal).flatten() } else { None };
        match fatal.unwrap_or(code) {
            code @ (ErrorCode::MessageTimedOut
            | ErrorCode::OperationTimedOut
            | ErrorCode::BrokerTransportFailure
            | ErrorCode::Authentication) => {
                let code = match code {
                    ErrorCode::MessageTimedOut => ErrorCode::OperationTimedOut,
                    code => code,
                };
                let told = self.producer.with(|client| client.context().failed(code));
                told.unwrap_or_else(|| verdict::of_call(code))
            }
            // Asked for a producer id: since Kafka 2.8 whoever may write to some topic gets one.
            ErrorCode::ClusterAuthorizationFailed => {
                let denied = ErrorCode::TopicAuthorizationFailed;
                let failure = verdict::of_topic(denied, topic, Doing::Write);
                let hint = failure.hint.clone().unwrap_or_default();
                failure.hint(format!("{hint}, and before Kafka 2.8 IdempotentWrite on the cluster"))
            }
            ErrorCode::InvalidMessageSize | ErrorCode::QueueFull => {
                verdict::of_topic(ErrorCode::MessageSizeTooLarge, topic, Doing::Write)
            }
            ErrorCode::InvalidDifferentRecord => {
                verdict::of_topic(ErrorCode::InvalidRecord, topic, Doing::Write)
            }
            ErrorCode::Fatal | ErrorCode::PurgeQueue | ErrorCode::PurgeInflight => {
                verdict::of_call(ErrorCode::BrokerTransportFailure)
            }
            code => verdict::of_topic(code, topic, Doing::Write),
        }
    }
}

/// Ends a flush when dropped.
#[derive(Default)]
struct Over(Arc<AtomicBool>);

impl Drop for Over {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

fn gone() -> Failure {
    verdict::of_call(ErrorCode::BrokerTransportFailure)
}

/// The failure of a record that the broker may have. A refusal cannot be one: who refuses has not
/// written.
fn maybe_written(failure: Failure) -> Failure {
    let code = match failure.code {
        code @ (Code::Timeout | Code::ConnectionLost) => code,
        _ => Code::ConnectionLost,
    };
    Failure {
        code,
        message: format!("{}; the record may have been written", failure.message),
        hint: Some("look for it in the topic before sending it again".to_owned()),
    }
}

/// The failure of a record that is certainly not in the topic.
pub(super) fn unsent(failure: Failure) -> Failure {
    match failure.code {
        Code::ConnectionLost | Code::Timeout => Failure {
            code: Code::Unreachable,
            message: format!("not sent: {}", failure.message),
            ..failure
        },
        _ => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_been_written_and_what_was_not_have_codes_of_their_own() {
        for code in [Code::Timeout, Code::ConnectionLost, Code::Internal, Code::Refused] {
            let failure = maybe_written(Failure::new(code, "why"));
            assert!(matches!(failure.code, Code::Timeout | Code::ConnectionLost), "{failure}");
            assert!(failure.message.contains("may have been written"));
            let failure = unsent(Failure::new(code, "why"));
            assert!(!matches!(failure.code, Code::Timeout | Code::ConnectionLost), "{failure}");
        }
    }
}
