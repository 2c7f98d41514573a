//! Previews, progress and reports of a replay, as the UI gets them.

use rabbitmq::management::RouteDoubt;
use replay::{preview, run};

use crate::wire::replay::{
    CopyState, Party, ReplayChange, ReplayCheck, ReplayEnd, ReplayEvent, ReplayOrigin,
    ReplayPreview, ReplayRefusal, ReplayReport, ReplayResult, ReplayRoute, ReplayWarning,
    RouteUnknown, count,
};
use crate::wire::{Int64, UInt64};

impl From<&preview::Preview> for ReplayPreview {
    fn from(preview: &preview::Preview) -> Self {
        ReplayPreview {
            id: preview.id.to_string(),
            source: (&preview.source).into(),
            target: (&preview.target).into(),
            place: preview.to.place().into(),
            selected: count(preview.selected),
            sendable: count(preview.sendable),
            original_bytes: UInt64(preview.original_bytes),
            bytes: UInt64(preview.bytes),
            largest: UInt64(preview.largest),
            added_headers: preview.added_headers.clone(),
            changes: preview.changes.iter().map(Into::into).collect(),
            refusals: preview.refusals.iter().map(Into::into).collect(),
            routes: preview.routes.iter().map(Into::into).collect(),
            warnings: preview.warnings.iter().cloned().map(Into::into).collect(),
            checks: preview.checks.iter().map(Into::into).collect(),
            remove_at_source: preview.remove_at_source,
        }
    }
}

impl From<&replay::request::Party> for Party {
    fn from(party: &replay::request::Party) -> Self {
        Party { name: party.name.clone(), environment: party.environment.into() }
    }
}

impl From<&preview::ChangeTally> for ReplayChange {
    fn from(tally: &preview::ChangeTally) -> Self {
        ReplayChange {
            kind: tally.kind.into(),
            effect: tally.effect.into(),
            messages: count(tally.messages),
            headers: tally.headers.clone(),
        }
    }
}

impl From<&preview::RefusalTally> for ReplayRefusal {
    fn from(tally: &preview::RefusalTally) -> Self {
        ReplayRefusal {
            why: tally.refusal.into(),
            messages: count(tally.messages),
            failure: tally.failure.clone().map(Into::into),
        }
    }
}

impl From<&preview::RouteTally> for ReplayRoute {
    fn from(tally: &preview::RouteTally) -> Self {
        ReplayRoute {
            routing_key: tally.routing_key.clone(),
            messages: count(tally.messages),
            queues: tally.queues.clone(),
            unknown: tally.unknown.clone().map(Into::into),
        }
    }
}

impl From<preview::RouteUnknown> for RouteUnknown {
    fn from(unknown: preview::RouteUnknown) -> Self {
        match unknown {
            preview::RouteUnknown::Bindings(doubt) => match doubt {
                RouteDoubt::ManyExchanges { most } => {
                    RouteUnknown::ManyExchanges { most: count(most as u64) }
                }
                RouteDoubt::MoreThanKey { exchange, kind } => {
                    RouteUnknown::MoreThanKey { exchange, kind }
                }
                RouteDoubt::PolicyUnreadable { exchange, policy } => {
                    RouteUnknown::PolicyUnreadable { exchange, policy }
                }
            },
            preview::RouteUnknown::NotTold { failure } => {
                RouteUnknown::NotTold { failure: failure.into() }
            }
            preview::RouteUnknown::ManyKeys => RouteUnknown::ManyKeys,
        }
    }
}

impl From<preview::Warning> for ReplayWarning {
    fn from(warning: preview::Warning) -> Self {
        use preview::Warning;
        match warning {
            Warning::ProductionTarget => ReplayWarning::ProductionTarget,
            Warning::ProductionSource => ReplayWarning::ProductionSource,
            Warning::IntoItself { topic } => ReplayWarning::IntoItself { topic },
            Warning::BackIntoQueue { queue, messages } => {
                ReplayWarning::BackIntoQueue { queue, messages: count(messages) }
            }
            Warning::SeveralQueues { routing_key, queues } => {
                ReplayWarning::SeveralQueues { routing_key, queues }
            }
            Warning::RouteUnknown { messages, reason } => {
                ReplayWarning::RouteUnknown { messages: count(messages), reason: reason.into() }
            }
            Warning::ReplayedBefore { messages, most } => {
                ReplayWarning::ReplayedBefore { messages: count(messages), most }
            }
            Warning::Expires { messages, shortest_millis } => ReplayWarning::Expires {
                messages: count(messages),
                shortest_millis: UInt64(shortest_millis),
            },
            Warning::OlderThanRetention { messages } => {
                ReplayWarning::OlderThanRetention { messages: count(messages) }
            }
            Warning::BrokerSetsTime => ReplayWarning::BrokerSetsTime,
            Warning::CompactedNeedsKey { messages } => {
                ReplayWarning::CompactedNeedsKey { messages: count(messages) }
            }
        }
    }
}

impl From<&preview::Check> for ReplayCheck {
    fn from(check: &preview::Check) -> Self {
        ReplayCheck {
            kind: check.kind.into(),
            state: check.state.into(),
            failure: check.detail.clone().map(Into::into),
        }
    }
}

impl From<run::Progress> for ReplayEvent {
    fn from(progress: run::Progress) -> Self {
        ReplayEvent::Progress {
            of: count(progress.of),
            done: count(progress.done),
            confirmed: count(progress.confirmed),
            failed: count(progress.failed),
            removed: count(progress.removed),
            per_second: progress.per_second,
            seconds_left: progress.left.map(|left| count(left.as_secs())),
        }
    }
}

impl From<run::Report> for ReplayReport {
    fn from(report: run::Report) -> Self {
        let (end, failure) = match report.end {
            run::End::Finished => (ReplayEnd::Finished, None),
            run::End::Stopped => (ReplayEnd::Stopped, None),
            run::End::GrantEnded { failure } => (ReplayEnd::GrantEnded, Some(failure)),
            run::End::MessageFailed { failure } => (ReplayEnd::MessageFailed, Some(failure)),
            run::End::TargetLost { failure } => (ReplayEnd::TargetLost, Some(failure)),
        };
        let counts = report.counts;
        ReplayReport {
            end,
            failure: failure.map(Into::into),
            selected: count(counts.selected),
            left_out: count(counts.left_out),
            not_sent: count(counts.not_sent),
            sent: count(counts.sent),
            confirmed: count(counts.confirmed),
            unroutable: count(counts.unroutable),
            failed: count(counts.failed),
            unsure: count(counts.unsure),
            removed: count(counts.removed),
            not_removed: count(counts.not_removed),
            removal_unsure: count(counts.removal_unsure),
            took_millis: UInt64(u64::try_from(report.took.as_millis()).unwrap_or(u64::MAX)),
            results: report.results.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<run::ItemResult> for ReplayResult {
    fn from(result: run::ItemResult) -> Self {
        let mut row = ReplayResult {
            source: result.origin.into(),
            state: CopyState::NotSent,
            partition: None,
            offset: None,
            refusal: None,
            failure: None,
            removed: matches!(result.source, run::SourceState::Removed),
            removal_unsure: matches!(result.source, run::SourceState::Unsure { .. }),
        };
        let (state, failure) = match result.copy {
            run::CopyState::LeftOut { refusal } => {
                row.refusal = Some(refusal.into());
                (CopyState::LeftOut, None)
            }
            run::CopyState::NotSent { failure } => (CopyState::NotSent, failure),
            run::CopyState::Confirmed { partition, offset, routed_later } => {
                row.partition = partition.and_then(|partition| u32::try_from(partition).ok());
                row.offset = offset.map(Int64);
                (if routed_later { CopyState::RoutedLater } else { CopyState::Confirmed }, None)
            }
            run::CopyState::Unroutable { failure } => (CopyState::Unroutable, Some(failure)),
            run::CopyState::Failed { failure } => (CopyState::Failed, Some(failure)),
            run::CopyState::Unsure { failure } => (CopyState::Unsure, Some(failure)),
        };
        let left_behind = match result.source {
            run::SourceState::NotRemoved { failure } | run::SourceState::Unsure { failure } => {
                Some(failure)
            }
            run::SourceState::Untouched | run::SourceState::Removed => None,
        };
        row.state = state;
        row.failure = failure.or(left_behind).map(Into::into);
        row
    }
}

impl From<replay::item::Origin> for ReplayOrigin {
    fn from(origin: replay::item::Origin) -> Self {
        use replay::item::Origin;
        match origin {
            Origin::Record { topic, partition, offset } => ReplayOrigin::Record {
                topic,
                partition: u32::try_from(partition).unwrap_or_default(),
                offset: Int64(offset),
            },
            Origin::Held { queue, message, .. } => {
                ReplayOrigin::Held { queue, message: count(message) }
            }
        }
    }
}
