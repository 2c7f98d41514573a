//! What a search has accounted for, over all the workers that it took; pure.

use std::collections::BTreeMap;

use connections::{Code, Failure};
use kafka::scan::{PartitionScan, Place, ScanCoverage, ScanEnd, ScanPlan, Span, Spans, Unreadable};
use serde::{Deserialize, Serialize};

use crate::contract::At;

/// Topic and partition.
type Key = (usize, i32);

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct Account {
    partitions: BTreeMap<Key, Partition>,
    passed_over: Vec<PassedOver>,
    offline: Vec<Key>,
    unseen: Vec<(usize, Failure)>,
    refused: Vec<(usize, i32, Failure)>,
    ids: BTreeMap<usize, String>,
    is_planned: bool,
    /// The run that tells now.
    run: Run,
}

/// One partition: frozen by the first worker.
#[derive(Debug, Clone)]
struct Partition {
    whole: Span,
    open: Spans,
    counted: Counted,
    failure: Option<Failure>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Counted {
    received: u64,
    outside_time: u64,
    without_record: u64,
    gone: u64,
}

/// What a worker that works now was asked for, and the accounts from before it.
#[derive(Debug, Clone, Default)]
struct Run {
    asked: BTreeMap<Key, Spans>,
    before: BTreeMap<Key, Counted>,
    bytes: u64,
    bytes_before: u64,
}

/// Records that could not be looked at: they ended the worker, took it too long, or are in a batch
/// that nobody can read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedOver {
    /// The place of the topic among those of the search.
    pub topic: usize,
    /// The partition.
    pub partition: i32,
    /// Their offsets.
    pub span: Span,
    /// Why.
    pub failure: Failure,
}

/// What a search covered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchCoverage {
    /// Why it ended.
    pub end: ScanEnd,
    /// Each partition whose range is known, by topic and number.
    pub partitions: Vec<PartitionScan>,
    /// Partitions without a leader, by topic and number.
    pub offline: Vec<(usize, i32)>,
    /// Topics that could not be read at all, by their place, and why.
    pub unseen: Vec<(usize, Failure)>,
    /// Partitions whose offsets the cluster would not tell, and why.
    pub refused: Vec<(usize, i32, Failure)>,
    /// Records that could not be looked at.
    pub passed_over: Vec<PassedOver>,
    /// Bytes of keys and values that came, also twice where a worker died.
    pub bytes: u64,
}

impl SearchCoverage {
    /// Offsets of the frozen range; `None` where a partition or topic told none.
    pub fn range(&self) -> Option<u64> {
        let whole = self.offline.is_empty() && self.unseen.is_empty() && self.refused.is_empty();
        whole.then(|| self.partitions.iter().map(|p| p.asked).sum())
    }

    /// Offsets that are accounted for.
    pub fn covered(&self) -> u64 {
        let covered = |p: &PartitionScan| p.asked.saturating_sub(p.left());
        self.partitions.iter().map(covered).sum()
    }

    /// Whether something is left to go on with.
    pub fn goes_on(&self) -> bool {
        let is_other = |p: &PartitionScan| {
            p.failure.as_ref().is_some_and(|failure| failure.code == Code::Changed)
        };
        let left = |p: &PartitionScan| !p.open.is_empty() || p.failure.is_some();
        self.partitions.iter().any(|p| left(p) && !is_other(p))
    }
}

impl Partition {
    /// Whether its topic was made anew or its log was cut, which is for good.
    fn is_other(&self) -> bool {
        self.failure.as_ref().is_some_and(|failure| failure.code == Code::Changed)
    }
}

impl Account {
    /// Begins with what is open, or with everything where nothing is known yet.
    pub fn begin(&mut self, places: &[Place]) {
        let mut asked: BTreeMap<Key, Vec<Span>> = BTreeMap::new();
        for place in places {
            asked.entry((place.topic, place.partition)).or_default().push(place.span);
        }
        for (_, partition) in self.partitions.iter_mut().filter(|(key, _)| asked.contains_key(key))
        {
            partition.failure = None;
        }
        self.run = Run {
            asked: asked.into_iter().map(|(key, spans)| (key, Spans::of(spans))).collect(),
            before: self.partitions.iter().map(|(key, p)| (*key, p.counted)).collect(),
            bytes: 0,
            bytes_before: self.run.bytes_before + self.run.bytes,
        };
    }

    /// Takes the plan of a worker: the first one freezes the ranges.
    pub fn plan(&mut self, plan: ScanPlan) {
        if self.is_planned {
            // What cannot be told any more of what is open is said again at the end of the run.
            return;
        }
        self.is_planned = true;
        for p in plan.partitions {
            let whole = Span { from: p.first, to: p.end };
            let (key, open) = ((p.topic, p.partition), Spans::of(p.open));
            let counted = Counted { gone: p.gone, ..Counted::default() };
            self.run.asked.insert(key, open.clone());
            self.partitions.insert(key, Partition { whole, open, counted, failure: None });
        }
        self.offline = plan.offline;
        self.unseen = plan.unseen;
        self.refused = plan.refused;
        self.ids = plan.ids;
    }

    /// Takes accounts of the run.
    pub fn reached(&mut self, partitions: &[PartitionScan]) {
        for p in partitions {
            let key = (p.topic, p.partition);
            let (Some(partition), Some(asked)) =
                (self.partitions.get_mut(&key), self.run.asked.get(&key))
            else {
                continue;
            };
            let before = self.run.before.get(&key).copied().unwrap_or_default();
            let others = asked
                .as_slice()
                .iter()
                .fold(partition.open.clone(), |open, span| open.without(*span));
            let open = others.as_slice().iter().chain(&p.open).copied();
            partition.open = Spans::of(open);
            partition.counted = Counted {
                received: before.received + p.received,
                outside_time: before.outside_time + p.outside_time,
                without_record: before.without_record + p.without_record,
                gone: before.gone + p.gone,
            };
            partition.failure.clone_from(&p.failure);
            for one in &p.unreadable {
                let passed = PassedOver {
                    topic: p.topic,
                    partition: p.partition,
                    span: one.span,
                    failure: one.failure.clone(),
                };
                // Told again with each account of the run.
                if !self.passed_over.contains(&passed) {
                    self.passed_over.push(passed);
                }
            }
        }
    }

    /// Takes the bytes that came in the run so far.
    pub fn came(&mut self, bytes: u64) {
        self.run.bytes = bytes;
    }

    /// Takes what a worker said at its end of partitions that it could not read at all.
    pub fn ended(&mut self, coverage: &ScanCoverage) {
        self.reached(&coverage.partitions);
        if !self.is_planned {
            return;
        }
        for key in &coverage.offline {
            if let Some(partition) = self.partitions.get_mut(key) {
                let message = format!("partition {} has no leader now", key.1);
                partition.failure = Some(Failure::new(Code::Unreachable, message));
            }
        }
        for (topic, number, failure) in &coverage.refused {
            if let Some(partition) = self.partitions.get_mut(&(*topic, *number)) {
                partition.failure = Some(failure.clone());
            }
        }
        for (topic, failure) in &coverage.unseen {
            let of_topic = self.partitions.iter_mut().filter(|((of, _), _)| of == topic);
            for (_, partition) in of_topic.filter(|(key, _)| self.run.asked.contains_key(key)) {
                partition.failure = Some(failure.clone());
            }
        }
        self.forget_others();
    }

    /// Of a topic that was made anew, or whose log was cut, nothing is accounted for: what was found
    /// at its offsets may have been something else.
    fn forget_others(&mut self) {
        let others: BTreeMap<usize, Failure> = self
            .partitions
            .iter()
            .filter(|(_, p)| p.is_other())
            .filter_map(|((topic, _), p)| Some((*topic, p.failure.clone()?)))
            .collect();
        for ((topic, _), partition) in &mut self.partitions {
            if let Some(failure) = others.get(topic) {
                partition.open = Spans::of([partition.whole]);
                partition.counted = Counted::default();
                partition.failure = Some(failure.clone());
            }
        }
        self.passed_over.retain(|passed| !others.contains_key(&passed.topic));
    }

    /// What tells the topics from others of the same name.
    pub fn ids(&self) -> &BTreeMap<usize, String> {
        &self.ids
    }

    /// Places without an offset, of partitions that were read to their end and of which it could not
    /// be told whether they were the planned ones: planning again tells.
    pub fn unconfirmed(&self) -> Vec<Place> {
        let unsure = self
            .partitions
            .iter()
            .filter(|(_, p)| p.open.is_empty() && p.failure.is_some() && !p.is_other());
        let place = |(key, p): (&Key, &Partition)| {
            let span = Span { from: p.whole.to, to: p.whole.to };
            Place { topic: key.0, partition: key.1, span }
        };
        unsure.map(place).collect()
    }

    /// Whether the ranges are frozen.
    pub fn is_planned(&self) -> bool {
        self.is_planned
    }

    /// What is left, to go on from. Of a topic that became another one nothing is: what was found in
    /// it is in the result set already, and would be there twice.
    pub fn open(&self) -> Vec<Place> {
        let places = |(key, partition): (&Key, &Partition)| {
            let place = |span: &Span| Place { topic: key.0, partition: key.1, span: *span };
            partition.open.as_slice().iter().map(place).collect::<Vec<_>>()
        };
        self.partitions.iter().filter(|(_, p)| !p.is_other()).flat_map(places).collect()
    }

    /// The partitions that are not done.
    pub fn open_partitions(&self) -> Vec<(usize, i32)> {
        let open = self.partitions.iter().filter(|(_, p)| !p.open.is_empty() && !p.is_other());
        open.map(|(key, _)| *key).collect()
    }

    /// What is left of one partition.
    pub fn open_of(&self, key: (usize, i32)) -> Spans {
        self.partitions.get(&key).map(|partition| partition.open.clone()).unwrap_or_default()
    }

    /// Gives offsets up.
    pub fn pass_over(&mut self, key: (usize, i32), span: Span, failure: Failure) {
        if let Some(partition) = self.partitions.get_mut(&key) {
            partition.open = partition.open.without(span);
            let (topic, partition) = key;
            self.passed_over.push(PassedOver { topic, partition, span, failure });
        }
    }

    /// Gives one record up.
    pub fn pass_over_record(&mut self, at: At, failure: Failure) {
        let span = Span { from: at.offset, to: at.offset.saturating_add(1) };
        self.pass_over((at.topic, at.partition), span, failure);
    }

    /// Offsets that are accounted for, and of how many; `None` where a partition told none.
    pub fn reach(&self) -> (u64, Option<u64>) {
        let whole: u64 = self.partitions.values().map(|p| p.whole.offsets()).sum();
        let open: u64 = self.partitions.values().map(|p| p.open.offsets()).sum();
        let known = self.is_planned
            && self.offline.is_empty()
            && self.unseen.is_empty()
            && self.refused.is_empty();
        (whole.saturating_sub(open), known.then_some(whole))
    }

    /// Records that came, and bytes of their keys and values.
    pub fn received(&self) -> (u64, u64) {
        let records = self.partitions.values().map(|p| p.counted.received).sum();
        (records, self.run.bytes_before + self.run.bytes)
    }

    fn unreadable_of(&self, key: Key) -> Vec<Unreadable> {
        let of_key = self.passed_over.iter().filter(|it| (it.topic, it.partition) == key);
        of_key.map(|it| Unreadable { span: it.span, failure: it.failure.clone() }).collect()
    }

    /// The whole account. `end` is that of the last worker; what was passed over makes it incomplete.
    pub fn coverage(&self, end: ScanEnd) -> SearchCoverage {
        let partition = |(key, p): (&Key, &Partition)| PartitionScan {
            topic: key.0,
            partition: key.1,
            first: p.whole.from,
            end: p.whole.to,
            asked: p.whole.offsets(),
            open: p.open.as_slice().to_vec(),
            received: p.counted.received,
            outside_time: p.counted.outside_time,
            without_record: p.counted.without_record,
            gone: p.counted.gone,
            unreadable: self.unreadable_of(*key),
            failure: p.failure.clone(),
        };
        let partitions: Vec<PartitionScan> = self.partitions.iter().map(partition).collect();
        let missing = partitions
            .iter()
            .find_map(|p| p.failure.as_ref())
            .or(self.unseen.first().map(|(_, failure)| failure))
            .or(self.refused.first().map(|(.., failure)| failure))
            .or(self.passed_over.first().map(|passed| &passed.failure));
        let end = match (end, missing) {
            // Never more than is true, whatever the last worker did not know of.
            (ScanEnd::Exhausted | ScanEnd::PartitionsOffline, Some(failure)) => {
                ScanEnd::Incomplete { failure: failure.clone() }
            }
            (ScanEnd::Exhausted, None) if !self.offline.is_empty() => ScanEnd::PartitionsOffline,
            (ScanEnd::Exhausted, None) if partitions.iter().any(|p| !p.open.is_empty()) => {
                ScanEnd::Incomplete { failure: unfinished() }
            }
            // Whatever else went wrong with a topic that was made anew.
            (ScanEnd::Incomplete { .. }, Some(failure)) if failure.code == Code::Changed => {
                ScanEnd::Incomplete { failure: failure.clone() }
            }
            (end, _) => end,
        };
        SearchCoverage {
            end,
            partitions,
            offline: self.offline.clone(),
            unseen: self.unseen.clone(),
            refused: self.refused.clone(),
            passed_over: self.passed_over.clone(),
            bytes: self.received().1,
        }
    }
}

fn unfinished() -> Failure {
    Failure::new(Code::Internal, "some of the range was not looked at").hint("continue the search")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(from: i64, to: i64) -> Span {
        Span { from, to }
    }

    fn scanned(partition: i32, open: &[Span], received: u64) -> PartitionScan {
        PartitionScan {
            topic: 0,
            partition,
            first: 0,
            end: 100,
            asked: 100,
            open: open.to_vec(),
            received,
            outside_time: 0,
            without_record: 0,
            gone: 0,
            unreadable: vec![],
            failure: None,
        }
    }

    fn planned() -> Account {
        let mut account = Account::default();
        account.begin(&[]);
        let partitions = vec![scanned(0, &[span(0, 100)], 0), scanned(1, &[span(0, 100)], 0)];
        account.plan(ScanPlan {
            partitions,
            offline: vec![],
            unseen: vec![],
            refused: vec![],
            ids: BTreeMap::from([(0, "first".to_owned())]),
        });
        account
    }

    fn at(partition: i32, offset: i64) -> At {
        At { topic: 0, partition, offset }
    }

    fn died() -> Failure {
        Failure::new(Code::Internal, "it died")
    }

    #[test]
    fn a_worker_that_goes_on_adds_to_what_was_accounted_for() {
        let mut account = planned();
        account.reached(&[scanned(0, &[span(40, 100)], 40)]);
        assert_eq!(account.reach(), (40, Some(200)));
        account.begin(&account.open());
        account.reached(&[scanned(0, &[span(70, 100)], 30), scanned(1, &[], 100)]);
        assert_eq!((account.reach(), account.received().0), ((170, Some(200)), 170));
        account.begin(&account.open());
        account.reached(&[scanned(0, &[], 30)]);
        let coverage = account.coverage(ScanEnd::Exhausted);
        assert_eq!((coverage.end.clone(), coverage.covered()), (ScanEnd::Exhausted, 200));
        assert!(!coverage.goes_on());
    }

    #[test]
    fn a_worker_that_was_asked_for_a_part_leaves_the_rest_open() {
        let mut account = planned();
        let place = Place { topic: 0, partition: 0, span: span(10, 20) };
        account.begin(&[place]);
        account.reached(&[scanned(0, &[span(15, 20)], 5)]);
        assert_eq!(account.open_of((0, 0)).as_slice(), [span(0, 10), span(15, 100)]);
        assert_eq!(account.open_of((0, 1)).as_slice(), [span(0, 100)]);
    }

    #[test]
    fn what_was_passed_over_is_named_and_never_exhausted() {
        let mut account = planned();
        account.pass_over_record(at(1, 7), died());
        account.begin(&account.open());
        account.reached(&[scanned(0, &[], 100), scanned(1, &[], 99)]);
        let coverage = account.coverage(ScanEnd::Exhausted);
        assert_eq!(coverage.end, ScanEnd::Incomplete { failure: died() });
        assert_eq!(coverage.passed_over[0].span, span(7, 8));
        assert_eq!((coverage.covered(), coverage.goes_on()), (200, false));
    }

    #[test]
    fn what_cannot_be_read_is_passed_over_and_told_once() {
        let mut account = planned();
        let unreadable = vec![Unreadable { span: span(10, 30), failure: died() }];
        let told = PartitionScan { unreadable, ..scanned(0, &[span(60, 100)], 40) };
        account.reached(&[told.clone(), told]);
        account.begin(&account.open());
        account.reached(&[scanned(0, &[], 40), scanned(1, &[], 100)]);
        let coverage = account.coverage(ScanEnd::Exhausted);
        assert_eq!(coverage.end, ScanEnd::Incomplete { failure: died() });
        let [passed] = &coverage.passed_over[..] else { panic!("{:?}", coverage.passed_over) };
        assert_eq!((passed.partition, passed.span), (0, span(10, 30)));
        assert!(!coverage.goes_on());
    }

    fn ended(partitions: Vec<PartitionScan>, unseen: Vec<(usize, Failure)>) -> ScanCoverage {
        let (offline, refused) = (vec![], vec![]);
        ScanCoverage { end: ScanEnd::Exhausted, partitions, offline, unseen, refused }
    }

    #[test]
    fn of_a_topic_that_was_made_anew_nothing_is_accounted_for() {
        let mut account = planned();
        account.reached(&[scanned(0, &[], 100), scanned(1, &[span(50, 100)], 50)]);
        account.begin(&account.open());
        let anew = Failure::new(Code::Changed, "it was made anew");
        account.ended(&ended(vec![], vec![(0, anew.clone())]));
        let coverage = account.coverage(ScanEnd::Exhausted);
        assert_eq!(coverage.end, ScanEnd::Incomplete { failure: anew });
        assert_eq!((coverage.covered(), account.received().0), (0, 0));
    }

    #[test]
    fn what_could_not_be_confirmed_is_asked_for_again_and_nothing_of_it_read() {
        let mut account = planned();
        let lost = Failure::new(Code::ConnectionLost, "the connection is lost");
        let unsure = PartitionScan { failure: Some(lost.clone()), ..scanned(0, &[], 100) };
        account.ended(&ended(vec![unsure, scanned(1, &[], 100)], vec![]));
        let coverage = account.coverage(ScanEnd::Exhausted);
        assert_eq!(coverage.end, ScanEnd::Incomplete { failure: lost });
        assert!(account.open().is_empty() && coverage.goes_on());
        let places = account.unconfirmed();
        assert_eq!(places, [Place { topic: 0, partition: 0, span: span(100, 100) }]);
        account.begin(&places);
        account.ended(&ended(vec![PartitionScan { asked: 0, ..scanned(0, &[], 0) }], vec![]));
        let coverage = account.coverage(ScanEnd::Exhausted);
        assert_eq!((coverage.end.clone(), coverage.covered()), (ScanEnd::Exhausted, 200));
    }

    #[test]
    fn a_topic_that_became_another_one_is_not_gone_on_with() {
        let mut account = planned();
        let changed = Failure::new(Code::Changed, "it became shorter");
        account.reached(&[PartitionScan {
            failure: Some(changed.clone()),
            ..scanned(0, &[span(40, 100)], 40)
        }]);
        account.forget_others();
        account.begin(&account.open());
        let coverage = account.coverage(ScanEnd::Exhausted);
        assert_eq!(coverage.end, ScanEnd::Incomplete { failure: changed });
        assert_eq!((account.open(), account.unconfirmed()), (vec![], vec![]));
        assert!(!coverage.goes_on(), "its hits would be found twice");
    }

    #[test]
    fn what_is_open_is_never_exhausted_whatever_a_worker_says() {
        let mut account = planned();
        account.reached(&[scanned(0, &[], 100)]);
        let coverage = account.coverage(ScanEnd::Exhausted);
        assert!(matches!(coverage.end, ScanEnd::Incomplete { .. }));
        assert!(coverage.goes_on());
    }
}
