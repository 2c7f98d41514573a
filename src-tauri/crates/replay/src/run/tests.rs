use std::collections::VecDeque;
use std::time::Duration;

use connections::{Code, Failure};
use message::Octets;
use message::delivery::Properties;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::report::{CopyState, Counts, End, ItemResult, Report, SourceState};
use super::send::{Batches, judge};
use super::{Run, run};
use crate::item::Origin;
use crate::mapping::{NewMessage, Refusal};
use crate::preview::{Asked, Outgoing, Source, prepare};
use crate::request::OnFailure;

/// The shell runs both on threads of its own: this has to compile.
#[expect(dead_code, reason = "it is the compiler that tests")]
fn preparing_and_running_can_move_between_threads(
    one: Run,
    asked: Asked,
    source: Source,
    cancel: &CancellationToken,
) {
    fn movable(_: impl Send) {}
    movable(prepare(asked, source, &one.destination));
    movable(run(one, cancel, &mut |_| {}));
}

fn outgoing(key: &str, bytes: usize) -> Outgoing {
    Outgoing::Message(Box::new(NewMessage {
        routing_key: key.into(),
        properties: Properties::default(),
        body: Octets(vec![0; bytes]),
    }))
}

fn sizes(waiting: impl IntoIterator<Item = Outgoing>) -> Vec<usize> {
    let mut batches = Batches::new();
    let mut waiting: VecDeque<_> = waiting.into_iter().enumerate().collect();
    let mut sizes = Vec::new();
    let mut next = 0;
    while !waiting.is_empty() {
        let batch = batches.next(&mut waiting);
        for (number, _) in &batch {
            assert_eq!(*number, next, "in order, each once");
            next += 1;
        }
        sizes.push(batch.len());
    }
    sizes
}

#[test]
fn the_first_message_goes_alone_and_the_rest_in_batches() {
    assert_eq!(sizes((0..1203).map(|_| outgoing("k", 1))), [1, 500, 500, 202]);
    assert_eq!(sizes([]), [0_usize; 0]);
}

#[test]
fn a_batch_has_a_bound_of_bytes_and_any_routing_keys() {
    let keys = ["a", "b", "b", "c", "b"].map(|key| outgoing(key, 1));
    assert_eq!(sizes(keys), [1, 4]);
    let large = [1, 9 << 20, 9 << 20, 40 << 20, 1, 1].map(|bytes| outgoing("k", bytes));
    assert_eq!(sizes(large), [1, 1, 1, 1, 2], "a message that is too large for a batch goes too");
}

#[test]
fn failures_end_the_run_where_they_are_about_the_target() {
    let end = |code, on_failure| judge(Failure::new(code, "why"), on_failure);
    for code in
        [Code::TooLarge, Code::Invalid, Code::Refused, Code::PartlyRefused, Code::Unroutable]
    {
        assert_eq!(end(code, OnFailure::GoOn).1, None, "{code:?} is about one message");
        assert!(matches!(end(code, OnFailure::Stop).1, Some(End::MessageFailed { .. })));
    }
    let (state, _) = end(Code::PartlyRefused, OnFailure::GoOn);
    assert!(matches!(state, CopyState::Unsure { .. }), "another queue may have it");
    for code in [Code::Timeout, Code::ConnectionLost] {
        let (state, end) = end(code, OnFailure::GoOn);
        assert!(matches!(state, CopyState::Unsure { .. }), "{code:?} leaves it open");
        assert!(matches!(end, Some(End::TargetLost { .. })));
    }
    for code in [Code::Authorization, Code::Internal] {
        let (state, end) = end(code, OnFailure::GoOn);
        assert!(matches!(state, CopyState::Failed { .. }), "{code:?} was refused");
        assert!(matches!(end, Some(End::TargetLost { .. })));
    }
    for code in [Code::NotFound, Code::Unreachable, Code::Authentication, Code::Tls] {
        let (state, end) = end(code, OnFailure::GoOn);
        assert!(matches!(state, CopyState::NotSent { failure: Some(_) }), "{code:?} was not sent");
        assert!(matches!(end, Some(End::TargetLost { .. })));
    }
    let (state, end) = end(Code::GrantEnded, OnFailure::GoOn);
    assert!(matches!(state, CopyState::NotSent { failure: Some(_) }));
    assert!(matches!(end, Some(End::GrantEnded { .. })));
}

#[test]
fn the_counts_of_a_report_add_up() {
    let failure = || Failure::new(Code::Refused, "why");
    let confirmed = || CopyState::Confirmed { partition: None, offset: None, routed_later: false };
    let copies = [
        (CopyState::LeftOut { refusal: Refusal::Tombstone }, SourceState::Untouched),
        (CopyState::NotSent { failure: None }, SourceState::Untouched),
        (confirmed(), SourceState::Removed),
        (confirmed(), SourceState::NotRemoved { failure: failure() }),
        (CopyState::Unroutable { failure: failure() }, SourceState::Untouched),
        (CopyState::Failed { failure: failure() }, SourceState::Untouched),
        (CopyState::Unsure { failure: failure() }, SourceState::Untouched),
        (confirmed(), SourceState::Unsure { failure: failure() }),
    ];
    let results = copies.into_iter().zip(0..).map(|((copy, source), number)| ItemResult {
        number,
        origin: Origin::Record { topic: "t".into(), partition: 0, offset: 0 },
        copy,
        source,
    });
    let report = Report::new(Uuid::nil(), End::Finished, results.collect(), Duration::from_secs(1));
    let expected = Counts {
        selected: 8,
        left_out: 1,
        not_sent: 1,
        sent: 6,
        confirmed: 3,
        unroutable: 1,
        failed: 1,
        unsure: 1,
        removed: 1,
        not_removed: 1,
        removal_unsure: 1,
    };
    assert_eq!(report.counts, expected);
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
}
