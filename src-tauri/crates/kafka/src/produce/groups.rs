//! Which records travel together, and which of them travel again.
//!
//! A broker takes or refuses a batch as a whole. So that one bad record neither takes its
//! neighbours with it nor changes their order, each partition has a lane of its own, and one group
//! of a lane is under way at a time: what follows it is handed over only when every record of the
//! group is written, or refused for good. A group is one batch; one that was refused goes again in
//! smaller ones, until the refusal is about a single record.
//!
//! No I/O: what the broker answered comes in as reports.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::native::{ErrorCode, Report};

/// Records of one group. Larger ones make nothing faster, and cost more where one is refused.
const GROUP_RECORDS: usize = 1000;
/// Bytes of one group, unless one record is larger: topics accept eight times as much by default.
const GROUP_BYTES: usize = 128 * 1024;
/// Records and bytes of all groups under way: well within the queue of a producer.
const ROUND_RECORDS: usize = 20_000;
const ROUND_BYTES: usize = 64 * 1024 * 1024;

/// A partition: its topic, and its number.
pub(super) type Place = (Arc<str>, i32);

/// A record that is not decided yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Waiting {
    /// Its number in the call.
    pub index: usize,
    /// What it takes in a batch, at most.
    pub bytes: usize,
    /// The most records of a group that it may be in.
    most: usize,
}

impl Waiting {
    pub(super) fn new(index: usize, bytes: usize) -> Waiting {
        Waiting { index, bytes, most: GROUP_RECORDS }
    }
}

/// Records that travel in one batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub place: Place,
    pub records: Vec<Waiting>,
}

/// What waits, by partition and in order.
#[derive(Debug, Default)]
pub(super) struct Lanes(BTreeMap<Place, VecDeque<Waiting>>);

/// How many bytes a group for a topic may have. Topics may want smaller batches than the default,
/// which their refusals tell.
#[derive(Debug, Default)]
pub(super) struct Limits(BTreeMap<String, usize>);

impl Limits {
    pub(super) fn of(&self, topic: &str) -> usize {
        self.0.get(topic).copied().unwrap_or(GROUP_BYTES)
    }

    /// A batch of several records and of so many bytes was too large.
    pub(super) fn lower(&mut self, topic: &str, bytes: usize) {
        let half = (bytes / 2).min(self.of(topic) / 2);
        self.0.insert(topic.to_owned(), half);
    }
}

impl Lanes {
    /// The record comes after all others of its partition.
    pub(super) fn push(&mut self, place: Place, record: Waiting) {
        self.0.entry(place).or_default().push_back(record);
    }

    /// The next group of each partition; empty when nothing waits.
    pub(super) fn round(&mut self, limits: &Limits) -> Vec<Group> {
        let mut round = Vec::new();
        let (mut records, mut bytes) = (0, 0);
        self.0.retain(|_, lane| !lane.is_empty());
        for (place, lane) in &mut self.0 {
            if records >= ROUND_RECORDS || bytes >= ROUND_BYTES {
                break;
            }
            let group = next_group(lane, limits.of(&place.0));
            records += group.len();
            bytes += group.iter().map(|record| record.bytes).sum::<usize>();
            round.push(Group { place: place.clone(), records: group });
        }
        round
    }

    /// These go before all others of their partition.
    pub(super) fn again(&mut self, place: &Place, records: Vec<Waiting>) {
        let lane = self.0.entry(place.clone()).or_default();
        for record in records.into_iter().rev() {
            lane.push_front(record);
        }
    }

    /// Gives up what waits for a partition.
    pub(super) fn give_up(&mut self, place: &Place) -> Vec<Waiting> {
        self.0.remove(place).map(Vec::from).unwrap_or_default()
    }
}

fn next_group(lane: &mut VecDeque<Waiting>, limit: usize) -> Vec<Waiting> {
    let mut group: Vec<Waiting> = Vec::new();
    let (mut bytes, mut most) = (0_usize, GROUP_RECORDS);
    while let Some(next) = lane.front() {
        most = most.min(next.most);
        if !group.is_empty() && (group.len() >= most || bytes + next.bytes > limit) {
            break;
        }
        bytes += next.bytes;
        group.extend(lane.pop_front());
    }
    group
}

/// What became of a group of which every record was reported.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Judged {
    /// These are decided, by their report.
    pub decided: Vec<Waiting>,
    /// These are certainly not written, for no fault of their own as far as is known; in order.
    pub again: Vec<Waiting>,
    /// The batch as such was too large.
    pub too_large: bool,
}

/// Judges a group by the reports of its records.
pub(super) fn judge(group: &Group, reports: &BTreeMap<usize, Report>) -> Judged {
    let report = |record: &Waiting| reports.get(&record.index);
    let refused =
        |record: &Waiting| report(record).is_some_and(|r| !r.maybe_written && is_refusal(r));
    let told = |record: &Waiting| {
        report(record).is_some_and(|r| r.error == Some(ErrorCode::InvalidDifferentRecord))
    };
    let mut judged = Judged { decided: Vec::new(), again: Vec::new(), too_large: false };
    let count = group.records.len();
    let guilty = group.records.iter().filter(|r| refused(r) && !told(r)).count();
    // Since Kafka 2.4 a broker tells which records of a batch are to blame (KIP-467).
    let names_them = guilty > 0 && guilty < count && group.records.iter().any(told);
    for &record in &group.records {
        if count == 1 || !refused(&record) {
            judged.decided.push(record);
            continue;
        }
        let code = report(&record).and_then(|r| r.error);
        if names_them && !told(&record) {
            // librdkafka gives each of several the same code, which is that of the batch only
            // where no other reason is possible.
            let whole = report(&record).and_then(|r| r.batch);
            if guilty == 1 || whole == Some(ErrorCode::InvalidRecord) {
                judged.decided.push(record);
            } else {
                judged.again.push(Waiting { most: 1, ..record });
            }
        } else if names_them {
            judged.again.push(record);
        } else {
            judged.too_large |= code.is_some_and(is_too_large);
            judged.again.push(Waiting { most: (count / 2).max(1), ..record });
        }
    }
    judged
}

/// True for a refusal that may be about one record of a batch.
fn is_refusal(report: &Report) -> bool {
    report.error.is_some_and(|code| {
        is_too_large(code)
            || matches!(
                code,
                ErrorCode::InvalidRecord
                    | ErrorCode::InvalidDifferentRecord
                    | ErrorCode::InvalidTimestamp
                    | ErrorCode::InvalidMessage
                    | ErrorCode::PolicyViolation
            )
    })
}

fn is_too_large(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::MessageSizeTooLarge
            | ErrorCode::MessageBatchTooLarge
            | ErrorCode::InvalidMessageSize
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Why a broker may refuse a record.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    enum Flaw {
        Key,
        Time,
    }

    /// A broker that refuses as Kafka does, and what it has written.
    struct Broker {
        tells: bool,
        most_bytes: usize,
        written: Vec<usize>,
    }

    impl Broker {
        fn take(&mut self, group: &Group, flaws: &[Option<Flaw>]) -> BTreeMap<usize, Report> {
            let bytes: usize = group.records.iter().map(|record| record.bytes).sum();
            let bad: Vec<usize> =
                group.records.iter().map(|r| r.index).filter(|i| flaws[*i].is_some()).collect();
            let batch = if bytes > self.most_bytes {
                Some(ErrorCode::MessageSizeTooLarge)
            } else if bad.iter().any(|index| flaws[*index] == Some(Flaw::Time)) {
                Some(ErrorCode::InvalidTimestamp)
            } else {
                (!bad.is_empty()).then_some(ErrorCode::InvalidRecord)
            };
            if batch.is_none() {
                self.written.extend(group.records.iter().map(|record| record.index));
            }
            let of = |record: &Waiting| {
                let error = match batch {
                    Some(ErrorCode::MessageSizeTooLarge) | None => batch,
                    Some(_) if !self.tells => batch,
                    Some(_) if !bad.contains(&record.index) => {
                        Some(ErrorCode::InvalidDifferentRecord)
                    }
                    Some(_) if bad.len() > 1 => Some(ErrorCode::InvalidRecord),
                    Some(_) => batch,
                };
                Report {
                    token: record.index,
                    error,
                    batch,
                    maybe_written: batch.is_none(),
                    partition: group.place.1,
                    offset: 0,
                }
            };
            group.records.iter().map(|record| (record.index, of(record))).collect()
        }
    }

    /// Sends everything, and gives each record's last code and the number of batches.
    fn send_all(
        broker: &mut Broker,
        records: &[(i32, usize)],
        flaws: &[Option<Flaw>],
    ) -> (Vec<Option<ErrorCode>>, usize) {
        let (mut lanes, mut limits) = (Lanes::default(), Limits::default());
        for (index, (partition, bytes)) in records.iter().enumerate() {
            lanes.push(("t".into(), *partition), Waiting::new(index, *bytes));
        }
        let mut codes = vec![Some(ErrorCode::Noop); records.len()];
        let mut batches = 0;
        loop {
            let round = lanes.round(&limits);
            if round.is_empty() {
                return (codes, batches);
            }
            for group in round {
                batches += 1;
                assert!(batches <= 40 * records.len() + 40, "it never ends");
                let reports = broker.take(&group, flaws);
                let judged = judge(&group, &reports);
                for record in &judged.decided {
                    assert_eq!(codes[record.index], Some(ErrorCode::Noop), "decided once");
                    codes[record.index] = reports[&record.index].error;
                }
                if judged.too_large {
                    limits.lower("t", group.records.iter().map(|r| r.bytes).sum());
                }
                lanes.again(&group.place, judged.again);
            }
        }
    }

    proptest! {
        #[test]
        fn every_good_record_is_written_once_in_order_and_every_bad_one_gets_its_own_reason(
            records in prop::collection::vec((0..3_i32, 1..3000_usize, 0..12_u8), 0..200),
            tells: bool,
            most_bytes in 1000..200_000_usize,
        ) {
            let flaws: Vec<Option<Flaw>> = records
                .iter()
                .map(|(.., flaw)| match flaw { 0 => Some(Flaw::Key), 1 => Some(Flaw::Time), _ => None })
                .collect();
            let places: Vec<(i32, usize)> = records.iter().map(|(p, b, _)| (*p, *b)).collect();
            let mut broker = Broker { tells, most_bytes, written: Vec::new() };
            let (codes, _) = send_all(&mut broker, &places, &flaws);
            for partition in 0..3 {
                let of = |index: &usize| places[*index].0 == partition;
                let written: Vec<usize> = broker.written.iter().copied().filter(of).collect();
                let good = |index: &usize| flaws[*index].is_none() && places[*index].1 <= most_bytes;
                let expected: Vec<usize> = (0..places.len()).filter(of).filter(good).collect();
                prop_assert_eq!(written, expected);
            }
            for (index, code) in codes.iter().enumerate() {
                let expected = match flaws[index] {
                    _ if places[index].1 > most_bytes => Some(ErrorCode::MessageSizeTooLarge),
                    Some(Flaw::Key) => Some(ErrorCode::InvalidRecord),
                    Some(Flaw::Time) => Some(ErrorCode::InvalidTimestamp),
                    None => None,
                };
                prop_assert_eq!(*code, expected);
            }
        }
    }

    #[test]
    fn bad_records_that_the_broker_names_cost_one_batch_more() {
        let flaws: Vec<Option<Flaw>> =
            (0..900).map(|n| (n % 9 == 0).then_some(Flaw::Key)).collect();
        let mut broker = Broker { tells: true, most_bytes: usize::MAX, written: Vec::new() };
        let (_, batches) = send_all(&mut broker, &[(0, 100); 900], &flaws);
        assert_eq!(batches, 2);
    }

    #[test]
    fn a_topic_that_takes_small_batches_is_learnt_once() {
        let mut broker = Broker { tells: true, most_bytes: 40_000, written: Vec::new() };
        let (codes, batches) = send_all(&mut broker, &[(0, 1000); 2000], &[None; 2000]);
        assert!(codes.iter().all(Option::is_none));
        assert!(batches < 80, "{batches} batches for 50 that are needed");
    }

    #[test]
    fn an_answer_that_blames_everybody_else_still_comes_to_an_end() {
        let group = |count| Group {
            place: ("t".into(), 0),
            records: (0..count).map(|index| Waiting::new(index, 1)).collect(),
        };
        let blame = |token| Report {
            token,
            error: Some(ErrorCode::InvalidDifferentRecord),
            batch: Some(ErrorCode::InvalidRecord),
            maybe_written: false,
            partition: 0,
            offset: 0,
        };
        let reports: BTreeMap<usize, Report> = (0..8).map(|n| (n, blame(n))).collect();
        let judged = judge(&group(8), &reports);
        assert!(judged.decided.is_empty());
        assert!(judged.again.iter().all(|record| record.most == 4));
        assert_eq!(judge(&group(1), &reports).decided.len(), 1);
    }

    #[test]
    fn what_may_have_been_written_never_goes_again() {
        let group =
            Group { place: ("t".into(), 0), records: vec![Waiting::new(0, 1), Waiting::new(1, 1)] };
        let report = |token| Report {
            token,
            error: Some(ErrorCode::InvalidRecord),
            batch: Some(ErrorCode::InvalidRecord),
            maybe_written: true,
            partition: 0,
            offset: 0,
        };
        let reports = BTreeMap::from([(0, report(0)), (1, report(1))]);
        assert_eq!(judge(&group, &reports).decided, group.records);
    }
}
