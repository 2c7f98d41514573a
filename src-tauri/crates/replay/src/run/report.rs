//! The account of a run.
//!
//! A failure's message is for whoever sees the report: it may name a routing key or a property, which
//! are parts of a message. What goes to the ledger, which holds no part of any, says which kind of
//! failure it was and nothing else.

use std::time::Duration;

use connections::access::{Detail, Fact, Fate, Note, Outcome, Publish, Settle};
use connections::{Code, Failure, Grant};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::item::Origin;
use crate::mapping::Refusal;
use crate::preview::Planned;

/// The account of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The run, as in the provenance of the copies.
    pub job: Uuid,
    /// Why it ended.
    pub end: End,
    /// How many of what.
    pub counts: Counts,
    /// Each message of the set, in the order of the preview.
    pub results: Vec<ItemResult>,
    /// How long it took.
    pub took: Duration,
}

/// Why a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum End {
    /// Every message had its turn.
    Finished,
    /// The user stopped it.
    Stopped,
    /// The permission to write ended.
    GrantEnded {
        /// As the grant says.
        failure: Failure,
    },
    /// A message failed, and the run was to stop then.
    MessageFailed {
        /// The first failure.
        failure: Failure,
    },
    /// The target went away, or refuses everything.
    TargetLost {
        /// Why.
        failure: Failure,
    },
}

/// How many of what. `selected` is the sum of `left_out`, `not_sent` and `sent`; `sent` is the sum
/// of `confirmed`, `unroutable`, `failed` and `unsure`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    /// Messages of the set.
    pub selected: u64,
    /// Left out by the preview already.
    pub left_out: u64,
    /// Not sent, because the run ended first, the target was not there or the original was gone.
    pub not_sent: u64,
    /// Handed to the broker.
    pub sent: u64,
    /// Confirmed by it.
    pub confirmed: u64,
    /// Returned by it, because no queue would receive them.
    pub unroutable: u64,
    /// Refused.
    pub failed: u64,
    /// May have arrived or not.
    pub unsure: u64,
    /// Originals that were removed.
    pub removed: u64,
    /// Originals that were to be removed after a confirmed copy, and are not: duplicates.
    pub not_removed: u64,
    /// Originals whose removal was sent after a confirmed copy, and nobody can tell whether it
    /// happened.
    pub removal_unsure: u64,
}

/// What became of one message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemResult {
    /// Its place in the set, from 0.
    pub number: u64,
    /// Where it is.
    pub origin: Origin,
    /// What became of its copy.
    pub copy: CopyState,
    /// What became of it.
    pub source: SourceState,
}

/// What became of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CopyState {
    /// The preview left it out.
    LeftOut {
        /// Why.
        refusal: Refusal,
    },
    /// It was not sent.
    NotSent {
        /// Why; `None` where the run ended before its turn.
        failure: Option<Failure>,
    },
    /// Its broker has it.
    Confirmed {
        /// The partition it was written to; Kafka only.
        partition: Option<i32>,
        /// Its offset; Kafka only.
        offset: Option<i64>,
        /// The exchange routes it later, so whether a queue gets it is not known; its original is
        /// not removed then.
        routed_later: bool,
    },
    /// No queue would receive it.
    Unroutable {
        /// As the broker says.
        failure: Failure,
    },
    /// The broker refused it.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// It may have arrived or not.
    Unsure {
        /// What happened.
        failure: Failure,
    },
}

/// What became of an original.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SourceState {
    /// Nothing was done to it.
    Untouched,
    /// It was removed from its queue.
    Removed,
    /// Its copy is confirmed, but it could not be removed: there are two now.
    NotRemoved {
        /// Why.
        failure: Failure,
    },
    /// Its copy is confirmed and its removal was sent, but nobody can tell whether that happened.
    Unsure {
        /// Why.
        failure: Failure,
    },
}

impl ItemResult {
    pub(super) fn before(number: usize, planned: &Planned) -> Self {
        let copy = match planned.copy {
            Err(refusal) => CopyState::LeftOut { refusal },
            Ok(_) => CopyState::NotSent { failure: None },
        };
        ItemResult {
            number: number as u64,
            origin: planned.origin.clone(),
            copy,
            source: SourceState::Untouched,
        }
    }
}

impl Report {
    pub(super) fn new(job: Uuid, end: End, results: Vec<ItemResult>, took: Duration) -> Self {
        let mut counts = Counts { selected: results.len() as u64, ..Counts::default() };
        for result in &results {
            let count = match result.copy {
                CopyState::LeftOut { .. } => &mut counts.left_out,
                CopyState::NotSent { .. } => &mut counts.not_sent,
                CopyState::Confirmed { .. } => &mut counts.confirmed,
                CopyState::Unroutable { .. } => &mut counts.unroutable,
                CopyState::Failed { .. } => &mut counts.failed,
                CopyState::Unsure { .. } => &mut counts.unsure,
            };
            *count += 1;
            match result.source {
                SourceState::Untouched => {}
                SourceState::Removed => counts.removed += 1,
                SourceState::NotRemoved { .. } => counts.not_removed += 1,
                SourceState::Unsure { .. } => counts.removal_unsure += 1,
            }
        }
        counts.sent = counts.confirmed + counts.unroutable + counts.failed + counts.unsure;
        Report { job, end, counts, results, took }
    }

    /// Writes the outcomes to the ledger.
    pub(super) fn conclude(&self, publish: Grant<Publish>, settle: Option<Grant<Settle>>) {
        write(publish.conclude(&self.published()));
        if let Some(settle) = settle {
            write(settle.conclude(&self.removed()));
        }
    }

    fn published(&self) -> Outcome {
        let Counts { selected, left_out, confirmed, unsure, .. } = self.counts;
        let detail = self.detail();
        let rest = selected - left_out - confirmed;
        match (confirmed, rest) {
            (_, 0) => Outcome::Done { count: Some(confirmed), detail: Some(detail) },
            _ if unsure > 0 => Outcome::Unknown { detail },
            (0, _) => Outcome::Failed { detail },
            _ => Outcome::Partial { done: confirmed, failed: rest, detail },
        }
    }

    fn removed(&self) -> Outcome {
        let Counts { selected, left_out, removed, not_removed, removal_unsure, .. } = self.counts;
        let detail = Detail::of(Fact::Run { id: self.job.to_string() })
            .and_some(removal_unsure, Fate::PerhapsRemoved)
            .and_some(not_removed, Fate::NotRemoved);
        match (removed, selected - left_out - removed) {
            (_, 0) => Outcome::Done { count: Some(removed), detail: Some(detail) },
            _ if removal_unsure > 0 => {
                let removed = Fact::Messages { count: removed, fate: Fate::Removed };
                Outcome::Unknown { detail: detail.and(removed) }
            }
            (0, _) if not_removed == 0 => Outcome::Failed { detail: Note::NoCopy.into() },
            (0, _) => Outcome::Failed { detail },
            (_, rest) => Outcome::Partial { done: removed, failed: rest, detail },
        }
    }

    fn detail(&self) -> Detail {
        let Counts { not_sent, confirmed, unroutable, failed, unsure, .. } = self.counts;
        let detail = Detail::of(Fact::Run { id: self.job.to_string() })
            // An outcome that is unknown has no number of its own.
            .and_some(if unsure > 0 { confirmed } else { 0 }, Fate::Confirmed)
            .and_some(unroutable, Fate::Unroutable)
            .and_some(failed, Fate::Refused)
            .and_some(unsure, Fate::PerhapsArrived)
            .and_some(not_sent, Fate::NotSent);
        match &self.end {
            End::Finished => detail,
            End::Stopped => detail.and(Fact::Note { note: Note::Stopped }),
            End::GrantEnded { failure }
            | End::MessageFailed { failure }
            | End::TargetLost { failure } => {
                let code = failure.code;
                detail.and(Fact::Failure { code, message: kind(code).to_owned() })
            }
        }
    }
}

/// A failure for the ledger: no text of a broker, no name and no part of a message.
fn kind(code: Code) -> &'static str {
    match code {
        Code::NameLookup => "the target's host is not known",
        Code::Unreachable => "the target is not reachable, or takes nothing",
        Code::Tls => "the TLS handshake with the target failed",
        Code::NotABroker => "the target is no such broker",
        Code::Authentication => "the target does not accept these credentials",
        Code::Authorization => "this account has no permission on the target",
        Code::Timeout => "the target did not answer in time",
        Code::ConnectionLost => "the connection to the target was lost",
        Code::NotFound => "the target does not exist",
        Code::Invalid => "a message cannot be written to the target",
        Code::ReadOnly => "the target's connection does not allow changes",
        Code::GrantEnded => "the permission to change ended",
        Code::Changed => "something changed since the preview",
        Code::Refused => "the target refused a message",
        Code::PartlyRefused => "a queue of the target refused a message, others may have it",
        Code::Unroutable => "no queue would receive a message",
        Code::TooLarge => "a message is too large for the target",
        Code::Unsupported => "the target cannot take such a message",
        Code::Keyring => "the keyring gives no credentials",
        Code::Storage => "a file could not be read or written",
        Code::Cancelled => "stopped by the user",
        Code::Internal => "a defect of this console",
    }
}

/// Nothing was sent.
pub(super) fn refuse(publish: Grant<Publish>, settle: Option<Grant<Settle>>, failure: &Failure) {
    // Of this console's own words and numbers: no broker was asked.
    let outcome = Outcome::Failed { detail: failure.into() };
    write(publish.conclude(&outcome));
    if let Some(settle) = settle {
        write(settle.conclude(&outcome));
    }
}

/// The change is made; the report tells of it even where the ledger cannot.
fn write(written: Result<(), Failure>) {
    if let Err(failure) = written {
        tracing::error!(%failure, "an outcome could not be written to the ledger");
    }
}
