//! Whole records by partition and offset: for the inspector, for saving and for replay.

use std::collections::{BTreeMap, BTreeSet};

use connections::{Code, Failure};
use message::Record;
use message::bytes::Octets;
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::native::{Fetch, Message, Native, TopicPartition};
use crate::plan;
use crate::read::Isolation;
use crate::read::pass::{self, Halt, Silence, Surroundings, Window, WindowEnd};

/// The most bytes of a value that are fetched to be looked at, unless the caller says otherwise:
/// 5 MiB.
pub const DEFAULT_BODY_CAP: u64 = 5 * 1024 * 1024;

/// Wanted offsets that are closer than this are read in one window.
const NEAR: i64 = 500;

/// A record, whole or with its value cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetched {
    /// The record. Where `cut` says so, its value is only the start of the real one: it can be
    /// looked at, and never replayed or saved.
    pub record: Record,
    /// Bytes of the real value; `None` where it is null.
    pub value_size: Option<u64>,
    /// True where the value was larger than the cap.
    pub cut: bool,
    /// True where the headers cannot be read: `record.headers` is empty then, and the record cannot
    /// be replayed.
    pub headers_unreadable: bool,
}

impl Fetched {
    fn of(topic: &str, message: &Message, cap: Option<u64>) -> Fetched {
        let value = message.value();
        let size = value.map(|value| value.len() as u64);
        let cap = cap.map_or(usize::MAX, |cap| usize::try_from(cap).unwrap_or(usize::MAX));
        let headers = message.headers();
        Fetched {
            value_size: size,
            cut: value.is_some_and(|value| value.len() > cap),
            headers_unreadable: headers.is_err(),
            record: Record {
                topic: topic.to_owned(),
                partition: message.partition(),
                offset: message.offset(),
                timestamp: message.timestamp(),
                key: message.key().map(Octets::from),
                value: value.map(|value| Octets::from(value.get(..cap).unwrap_or(value))),
                headers: headers.unwrap_or_default(),
            },
        }
    }

    /// The record, where it is the real one.
    ///
    /// # Errors
    /// [`Code::TooLarge`] for a cut value, [`Code::Refused`] for unreadable headers.
    pub fn exact(self) -> Result<Record, Failure> {
        let place = format!(
            "offset {} of partition {} of {}",
            self.record.offset, self.record.partition, self.record.topic
        );
        if self.cut {
            return Err(Failure::new(Code::TooLarge, format!("{place} was only read in part")));
        }
        if self.headers_unreadable {
            return Err(Failure::new(
                Code::Refused,
                format!("the headers of {place} cannot be read"),
            ));
        }
        Ok(self.record)
    }
}

/// Fetches records of one topic, also those of open and aborted transactions. The answer has one
/// entry for each place asked for, in that order. `cap` cuts values; `most` bounds the bytes of all
/// of them together.
///
/// # Errors
/// Those of the connection as a whole. By place: [`Code::NotFound`] for a record that is not there
/// (any more), [`Code::TooLarge`] once `most` is spent, and why its partition cannot be read.
pub(crate) fn records(
    admin: &Native,
    open: &dyn Fn() -> Result<Native, Failure>,
    topic: &str,
    places: &[(i32, i64)],
    cap: Option<u64>,
    most: u64,
    cancel: &CancellationToken,
) -> Result<Vec<Result<Fetched, Failure>>, Failure> {
    crate::names::check_topic(topic)?;
    if places.iter().any(|(partition, offset)| *partition < 0 || *offset < 0) {
        return Err(Failure::new(Code::Invalid, "partitions and offsets are 0 or more"));
    }
    let mut partitions: Vec<i32> = places.iter().map(|(partition, _)| *partition).collect();
    partitions.sort_unstable();
    partitions.dedup();
    let ends = plan::ends(admin, topic, &partitions)?;
    let mut wanted: BTreeSet<(i32, i64)> = BTreeSet::new();
    let mut found: BTreeMap<(i32, i64), Result<Fetched, Failure>> = BTreeMap::new();
    for place in places {
        match ends.get(&place.0) {
            Some(Err(failure)) => {
                found.insert(*place, Err(failure.clone()));
            }
            Some(Ok((first, end))) if (*first..*end).contains(&place.1) => {
                wanted.insert(*place);
            }
            // Outside of what is there: not worth a fetch.
            _ => {}
        }
    }
    let watermarks =
        |at: TopicPartition| plan::watermarks(admin, topic, at.partition, Isolation::Uncommitted);
    let mut spent = 0_u64;
    let mut fetch: Option<Fetch> = None;
    for round in rounds(&wanted) {
        if spent >= most {
            let over = places_of(&round, &wanted);
            found.extend(over.into_iter().map(|place| (place, Err(too_much(most)))));
            continue;
        }
        let mut windows: Vec<Window<Fetched>> = round
            .iter()
            .map(|span| Window::new(span.at(), span.first, span.last.saturating_add(1), u64::MAX))
            .collect();
        if fetch.is_none() {
            fetch = Some(Fetch::of(open()?, &[topic])?);
        }
        let Some(fetch) = fetch.as_mut() else {
            continue;
        };
        let mut over = Vec::new();
        let keep = |_, message: &Message| {
            let place = (message.partition(), message.offset());
            if !wanted.contains(&place) {
                return None;
            }
            if spent >= most {
                over.push(place);
                return None;
            }
            let fetched = Fetched::of(topic, message, cap);
            spent += fetched.record.size();
            Some(fetched)
        };
        let mut around = Surroundings {
            cancel,
            watermarks: &watermarks,
            silence: Silence::EndsAll,
            progress: &mut |_, _, _| {},
        };
        match pass::read(fetch, &mut windows, keep, &mut around) {
            None => {}
            Some(Halt::Stopped) => {
                return Err(Failure::new(Code::Cancelled, "the records were not fetched"));
            }
            Some(Halt::Lost(failure)) => return Err(failure),
        }
        for window in windows {
            if let Some(failure) = window.end.as_ref().and_then(WindowEnd::failure) {
                let span = Span::of(&window);
                for place in places_of(&[span], &wanted) {
                    found.insert(place, Err(failure.clone()));
                }
            }
            for fetched in window.kept {
                found.insert((fetched.record.partition, fetched.record.offset), Ok(fetched));
            }
        }
        found.extend(over.into_iter().map(|place| (place, Err(too_much(most)))));
    }
    if let Some(fetch) = fetch {
        fetch.end_elsewhere();
    }
    let answer = |place: &(i32, i64)| {
        found.get(place).cloned().unwrap_or_else(|| Err(not_there(topic, *place)))
    };
    Ok(places.iter().map(answer).collect())
}

/// Wanted offsets near each other in one partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    partition: i32,
    first: i64,
    last: i64,
}

impl Span {
    /// All of one topic.
    fn at(&self) -> TopicPartition {
        TopicPartition { topic: 0, partition: self.partition }
    }

    fn of<T>(window: &Window<T>) -> Span {
        Span { partition: window.at.partition, first: window.from, last: window.to - 1 }
    }
}

/// The spans, in rounds of at most one of each partition; pure.
fn rounds(wanted: &BTreeSet<(i32, i64)>) -> Vec<Vec<Span>> {
    let mut spans: Vec<Span> = Vec::new();
    for (partition, offset) in wanted {
        match spans.last_mut() {
            Some(span) if span.partition == *partition && offset - span.last <= NEAR => {
                span.last = *offset;
            }
            _ => spans.push(Span { partition: *partition, first: *offset, last: *offset }),
        }
    }
    let mut rounds: Vec<Vec<Span>> = Vec::new();
    let mut taken: BTreeMap<i32, usize> = BTreeMap::new();
    for span in spans {
        let round = taken.entry(span.partition).or_default();
        match rounds.get_mut(*round) {
            Some(spans) => spans.push(span),
            None => rounds.push(vec![span]),
        }
        *round += 1;
    }
    rounds
}

fn places_of(spans: &[Span], wanted: &BTreeSet<(i32, i64)>) -> Vec<(i32, i64)> {
    let inside = |span: &Span| (span.partition, span.first)..=(span.partition, span.last);
    spans.iter().flat_map(|span| wanted.range(inside(span)).copied()).collect()
}

fn not_there(topic: &str, (partition, offset): (i32, i64)) -> Failure {
    Failure::new(
        Code::NotFound,
        format!("there is no record at offset {offset} of partition {partition} of {topic}"),
    )
    .hint("retention or compaction took it, or it was never a record")
}

fn too_much(most: u64) -> Failure {
    Failure::new(
        Code::TooLarge,
        format!("the selected records are larger than {} MiB together", most / (1024 * 1024)),
    )
    .hint("select fewer records")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(partition: i32, first: i64, last: i64) -> Span {
        Span { partition, first, last }
    }

    #[test]
    fn near_offsets_share_a_span_and_each_round_has_one_span_of_a_partition() {
        let wanted = [(0, 5), (0, 9), (0, 100_000), (1, 7), (1, 508)].into_iter().collect();
        assert_eq!(
            rounds(&wanted),
            [
                vec![span(0, 5, 9), span(1, 7, 7)],
                vec![span(0, 100_000, 100_000), span(1, 508, 508)]
            ]
        );
    }

    #[test]
    fn the_places_of_a_span_are_the_wanted_ones_only() {
        let wanted = [(0, 5), (0, 9), (1, 7)].into_iter().collect();
        assert_eq!(places_of(&[span(0, 0, 20)], &wanted), [(0, 5), (0, 9)]);
    }
}
