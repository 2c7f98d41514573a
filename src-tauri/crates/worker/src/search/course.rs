//! How a search goes on after a worker died; pure.
//!
//! A worker that dies does not say of what. The next one is careful: one consumer, which says of each
//! record that it is about to look at it, for so many records that the place of the death is among
//! them. What it was looking at when it died is passed over. Where it dies between two records, what
//! it was fetching is the reason: the partitions are tried one by one, each batch by batch and with
//! shorter and shorter ways, until a worker dies of one at once. That one is tried from growing
//! distances behind until something comes, and then from the middle between, until it is known what
//! exactly cannot be fetched. A careful worker that lives shows that the death had
//! another reason; the search goes on as before.

use connections::{Code, Failure};
use kafka::scan::{Place, Span};

use crate::contract::At;
use crate::search::account::Account;

/// Records that a careful worker looks at: more than are looked at between two accounts.
const CAREFUL: u64 = 2_000_000;
/// Records that are looked at of one partition alone.
const ALONE: u64 = 200_000;
/// How much wider a step over what cannot be fetched is than the one before.
const WIDER: u64 = 4;
/// Deaths that a search survives.
const MOST_DEATHS: u32 = 200;

/// How the next worker works.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Course {
    /// As fast as it can.
    Fast,
    /// Saying each record.
    Careful,
    /// As [`Course::Careful`], of the last of these partitions alone, batch by batch; with so many
    /// open offsets that it had then.
    Alone(Vec<(usize, i32)>, Option<u64>),
    /// As [`Course::Careful`], of a partition alone, behind its first open offsets.
    Beyond(Beyond),
}

/// What is being found out about the first open offsets of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Beyond {
    key: (usize, i32),
    /// So many are stepped over.
    step: u64,
    /// Behind so many a worker died.
    failed: u64,
    /// Behind so many something came.
    worked: Option<u64>,
    /// Open offsets of the partition before the attempt.
    open: u64,
}

/// The last sign of life of a worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Sign {
    /// None, or nothing about a record.
    #[default]
    None,
    /// It was looking at a record.
    Looking(At),
    /// It was between two records.
    Seen,
    /// It said that a record takes too long, and ended.
    Stuck(At),
}

/// What goes on over all workers of a search.
#[derive(Debug, Clone)]
pub(super) struct Journey {
    pub course: Course,
    deaths: u32,
    /// False once something could not be fetched: it is found at the start of what is open.
    pub may_be_newest_first: bool,
}

impl Default for Journey {
    fn default() -> Self {
        Journey { course: Course::Fast, deaths: 0, may_be_newest_first: true }
    }
}

impl Journey {
    /// Records that the next worker looks at one by one.
    pub fn careful(&self) -> Option<u64> {
        match self.course {
            Course::Fast => None,
            Course::Careful => Some(CAREFUL),
            Course::Alone(..) | Course::Beyond(_) => Some(ALONE),
        }
    }

    /// Whether the next worker fetches one batch at a time.
    pub fn is_batch_by_batch(&self) -> bool {
        matches!(self.course, Course::Alone(..) | Course::Beyond(_))
    }

    /// What the next worker reads; empty where nothing is known yet.
    pub fn places(&self, account: &Account) -> Vec<Place> {
        let of = |key: (usize, i32)| {
            account.open().into_iter().filter(move |p| (p.topic, p.partition) == key)
        };
        match &self.course {
            Course::Fast | Course::Careful => account.open(),
            Course::Alone(keys, _) => keys.last().into_iter().flat_map(|key| of(*key)).collect(),
            Course::Beyond(beyond) => {
                let Some(over) = step_over(account, beyond.key, beyond.step) else {
                    return Vec::new();
                };
                // What is behind that is known to come, or is open for a reason of its own.
                let known = beyond.worked.and_then(|worked| step_over(account, beyond.key, worked));
                let between = Span { from: over.to, to: known.map_or(i64::MAX, |known| known.to) };
                let part = |place: Place| Place { span: place.span.within(between), ..place };
                of(beyond.key).map(part).filter(|place| place.span.offsets() > 0).collect()
            }
        }
    }

    /// A worker came to its end, or to that of its careful part.
    pub fn lived(&mut self, account: &mut Account) {
        self.course = match std::mem::replace(&mut self.course, Course::Fast) {
            Course::Alone(mut keys, _) if keys.len() > 1 => {
                keys.pop();
                alone(keys, account)
            }
            Course::Beyond(beyond) => {
                let worked = Some(beyond.step);
                further(Beyond { worked, ..beyond }, account)
            }
            _ => Course::Fast,
        };
    }

    /// A worker died with this sign.
    ///
    /// # Errors
    /// Why the search does not go on.
    pub fn died(&mut self, sign: Sign, status: &str, account: &mut Account) -> Result<(), Failure> {
        self.deaths += 1;
        if self.deaths > MOST_DEATHS {
            return Err(Failure::new(
                Code::Internal,
                format!("the search process ended {MOST_DEATHS} times, at last with: {status}"),
            )
            .hint("search a smaller range, and save what it says for whoever looks after this"));
        }
        self.course = match (std::mem::replace(&mut self.course, Course::Fast), sign) {
            (_, Sign::Stuck(at)) => {
                account.pass_over_record(at, took_too_long());
                Course::Fast
            }
            (Course::Fast, _) => Course::Careful,
            (_, Sign::Looking(at)) => {
                account.pass_over_record(at, ended_it(status));
                Course::Fast
            }
            (Course::Careful, _) => {
                self.may_be_newest_first = false;
                alone(account.open_partitions(), account)
            }
            (Course::Alone(keys, open), _) => match keys.last() {
                // It came further: the next one begins there.
                Some(key) if open.is_some_and(|open| account.open_of(*key).offsets() < open) => {
                    alone(keys, account)
                }
                Some(key) => {
                    let open = account.open_of(*key).offsets();
                    Course::Beyond(Beyond { key: *key, step: 1, failed: 0, worked: None, open })
                }
                None => Course::Careful,
            },
            (Course::Beyond(beyond), _) => {
                // Where something came, it died of something else further behind.
                let came = account.open_of(beyond.key).offsets() < beyond.open;
                let learnt = match came {
                    true => Beyond { worked: Some(beyond.step), ..beyond },
                    false => Beyond { failed: beyond.step, ..beyond },
                };
                further(learnt, account)
            }
        };
        Ok(())
    }
}

fn alone(keys: Vec<(usize, i32)>, account: &Account) -> Course {
    let open = keys.last().map(|key| account.open_of(*key).offsets());
    Course::Alone(keys, open)
}

/// The next attempt, or that over which there is none.
fn further(beyond: Beyond, account: &mut Account) -> Course {
    let first = account.open_of(beyond.key).first().map_or(0, Span::offsets);
    let step = match beyond.worked {
        Some(worked) if worked.saturating_sub(beyond.failed) > 1 => {
            beyond.failed + (worked - beyond.failed) / 2
        }
        // All of them where even the last one failed.
        None if beyond.failed + 1 < first => {
            beyond.failed.max(1).saturating_mul(WIDER).min(first - 1)
        }
        done => {
            if let Some(over) = step_over(account, beyond.key, done.unwrap_or(first)) {
                account.pass_over(beyond.key, over, not_fetched());
            }
            return Course::Fast;
        }
    };
    let open = account.open_of(beyond.key).offsets();
    Course::Beyond(Beyond { step, open, ..beyond })
}

/// The first open offsets of a partition, at most so many, without a gap.
fn step_over(account: &Account, key: (usize, i32), step: u64) -> Option<Span> {
    let first = account.open_of(key).first()?;
    let step = i64::try_from(step).unwrap_or(i64::MAX);
    Some(Span { from: first.from, to: first.from.saturating_add(step).min(first.to) })
}

fn ended_it(status: &str) -> Failure {
    Failure::new(Code::Internal, format!("looking at it ended the search process ({status})"))
}

fn took_too_long() -> Failure {
    Failure::new(Code::Timeout, "looking at it took longer than 10 seconds")
}

fn not_fetched() -> Failure {
    Failure::new(Code::Internal, "fetching it ended the search process")
}

#[cfg(test)]
mod tests {
    use kafka::scan::{PartitionScan, ScanPlan};

    use super::*;

    fn account(partitions: i32, offsets: i64) -> Account {
        let mut account = Account::default();
        account.begin(&[]);
        let planned = |partition| PartitionScan {
            topic: 0,
            partition,
            first: 0,
            end: offsets,
            asked: offsets.cast_unsigned(),
            open: vec![Span { from: 0, to: offsets }],
            received: 0,
            outside_time: 0,
            without_record: 0,
            gone: 0,
            unreadable: vec![],
            failure: None,
        };
        let partitions = (0..partitions).map(planned).collect();
        account.plan(ScanPlan { partitions, ..nothing() });
        account
    }

    fn nothing() -> ScanPlan {
        let (partitions, ids) = (vec![], Default::default());
        ScanPlan { partitions, offline: vec![], unseen: vec![], refused: vec![], ids }
    }

    fn at(partition: i32, offset: i64) -> At {
        At { topic: 0, partition, offset }
    }

    #[test]
    fn a_death_makes_the_next_careful_and_a_named_record_is_passed_over() {
        let (mut account, mut journey) = (account(2, 10), Journey::default());
        journey.died(Sign::None, "signal 6", &mut account).unwrap();
        assert_eq!((journey.course.clone(), journey.careful()), (Course::Careful, Some(CAREFUL)));
        journey.died(Sign::Looking(at(1, 4)), "signal 6", &mut account).unwrap();
        assert_eq!(journey.course, Course::Fast);
        let left: u64 = journey.places(&account).iter().map(|place| place.span.offsets()).sum();
        assert_eq!(left, 19);
    }

    #[test]
    fn a_careful_worker_that_lives_shows_that_no_record_was_the_reason() {
        let (mut account, mut journey) = (account(2, 10), Journey::default());
        journey.died(Sign::None, "signal 9", &mut account).unwrap();
        journey.lived(&mut account);
        assert_eq!(journey.course, Course::Fast);
        assert_eq!(account.open().len(), 2);
    }

    #[test]
    fn what_cannot_be_fetched_is_found_and_stepped_over() {
        // Partition 1 cannot be fetched from offset 3 up to, not including, 8.
        let (mut account, mut journey) = (account(3, 100), Journey::default());
        let mut rounds = 0;
        while !account.open().is_empty() {
            rounds += 1;
            assert!(rounds < 40, "{journey:?}");
            let places = journey.places(&account);
            account.begin(&places);
            let deadly = places.iter().find(|p| p.partition == 1 && p.span.from < 8);
            if let Some(place) = deadly {
                let open = vec![Span { from: place.span.from.max(3), to: place.span.to }];
                account.reached(&[scanned(1, open)]);
                journey.died(Sign::Seen, "signal 6", &mut account).unwrap();
            } else {
                let done: Vec<_> = places.iter().map(|p| scanned(p.partition, vec![])).collect();
                account.reached(&done);
                journey.lived(&mut account);
            }
        }
        let coverage = account.coverage(kafka::scan::ScanEnd::Exhausted);
        let [passed] = &coverage.passed_over[..] else { panic!("{:?}", coverage.passed_over) };
        assert_eq!((passed.partition, passed.span), (1, Span { from: 3, to: 8 }));
    }

    fn scanned(partition: i32, open: Vec<Span>) -> PartitionScan {
        PartitionScan {
            topic: 0,
            partition,
            first: 0,
            end: 100,
            asked: 100,
            open,
            received: 0,
            outside_time: 0,
            without_record: 0,
            gone: 0,
            unreadable: vec![],
            failure: None,
        }
    }

    #[test]
    fn a_search_whose_workers_only_die_ends() {
        let (mut account, mut journey) = (account(1, 1_000_000), Journey::default());
        let ended = (0..1000).find_map(|n| {
            let sign = if n % 2 == 0 { Sign::None } else { Sign::Looking(at(0, n)) };
            journey.died(sign, "signal 6", &mut account).err()
        });
        assert!(ended.unwrap().message.contains("200 times"));
    }
}
