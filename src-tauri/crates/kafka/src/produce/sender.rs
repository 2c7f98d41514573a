//! One native producer: records in, reports out.

use std::collections::BTreeSet;
use std::ffi::CString;
use std::time::{Duration, Instant};

use connections::{Code, Failure};
use tokio::sync::mpsc::{self, UnboundedReceiver};

use crate::native::{ErrorCode, Event, Native, Report, ToSend};
use crate::polled::Polled;
use crate::produce::{Delivered, Outgoing};
use crate::verdict::{self, Doing};

/// librdkafka reports each record within its own 30 seconds; later than this it has lost one.
const PATIENCE: Duration = Duration::from_secs(40);

/// A producer, and the records that it has not reported.
pub(super) struct Sender {
    producer: Polled,
    reports: UnboundedReceiver<Report>,
    pending: BTreeSet<usize>,
    heard: Instant,
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
        Ok(Sender { producer, reports, pending: BTreeSet::new(), heard: Instant::now() })
    }

    /// Queues a record; never waits.
    pub(super) fn send(&mut self, token: usize, record: &Outgoing) -> Result<(), ErrorCode> {
        let topic = CString::new(record.topic.as_str()).map_err(|_| ErrorCode::InvalidTopic)?;
        let record = ToSend {
            topic: &topic,
            partition: record.partition,
            key: record.key.as_ref(),
            value: record.value.as_ref(),
            headers: &record.headers,
            timestamp: record.timestamp,
            token,
        };
        self.producer.with(|client| client.send(&record)).unwrap_or(Err(ErrorCode::Fatal))?;
        self.pending.insert(token);
        Ok(())
    }

    /// True where a report can be waited for.
    pub(super) fn is_waiting(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Waits for one report: which record, and what became of it.
    ///
    /// # Errors
    /// Where no report will come any more.
    pub(super) async fn report(
        &mut self,
        records: &[Outgoing],
    ) -> Result<(usize, Result<Delivered, Failure>), Failure> {
        let deadline = self.heard + PATIENCE;
        match tokio::time::timeout_at(deadline.into(), self.reports.recv()).await {
            Ok(Some(report)) => {
                self.heard = Instant::now();
                self.pending.remove(&report.token);
                Ok((report.token, self.result(&report, records)))
            }
            // The thread ends when the credentials are refused.
            Ok(None) => Err(verdict::of_call(ErrorCode::BrokerTransportFailure)),
            Err(_) => Err(super::no_report()),
        }
    }

    /// The records that were queued and not reported.
    pub(super) fn unreported(&mut self) -> BTreeSet<usize> {
        std::mem::take(&mut self.pending)
    }

    fn result(&self, report: &Report, records: &[Outgoing]) -> Result<Delivered, Failure> {
        let Some(code) = report.error else {
            return Ok(Delivered { partition: report.partition, offset: report.offset });
        };
        let topic = records.get(report.token).map_or("the topic", |record| &record.topic);
        let failure = self.failure(code, topic);
        let unsure = matches!(failure.code, Code::Timeout | Code::ConnectionLost | Code::Internal);
        Err(if report.maybe_written && unsure { maybe_written(failure) } else { failure })
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
            ErrorCode::Fatal | ErrorCode::PurgeQueue | ErrorCode::PurgeInflight => {
                verdict::of_call(ErrorCode::BrokerTransportFailure)
            }
            code => verdict::of_topic(code, topic, Doing::Write),
        }
    }
}

/// The same failure, for a record that the broker may have.
pub(super) fn maybe_written(failure: Failure) -> Failure {
    Failure {
        message: format!("{}; the record may have been written", failure.message),
        hint: Some("look for it in the topic before sending it again".to_owned()),
        ..failure
    }
}
