//! Searches: what is looked for, how far it is, what it covered.

use connections::Failure as Refused;
use connections::failure::Code;
use kafka::read::{Isolation, Start};
use kafka::scan::{ScanEnd, ScanRequest};
use message::search::condition::Place;
use message::search::{Condition, Filter, text};
use serde::{Deserialize, Serialize};
use specta::Type;
use worker::search as inner;

use crate::wire::{Failure, Int64, UInt64};

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SearchRequest {
    /// At least one, each once.
    pub topics: Vec<String>,
    /// Null is all.
    pub partitions: Option<Vec<u32>>,
    pub from: SearchFrom,
    pub to: SearchTo,
    /// Whether what is newest is looked at first.
    pub newest_first: bool,
    /// False looks at records of open and aborted transactions too.
    pub committed: bool,
    pub condition: SearchCondition,
    /// 1 to 10,000,000 hits.
    pub limit: u32,
}

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum SearchFrom {
    Oldest,
    Offset {
        offset: Int64,
    },
    /// Milliseconds since the epoch.
    Time {
        millis: Int64,
    },
}

#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum SearchTo {
    Now,
    /// The first offset that is not looked at.
    Offset {
        offset: Int64,
    },
    /// Milliseconds since the epoch: the first that are not looked at.
    Time {
        millis: Int64,
    },
}

/// What is looked for.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(tag = "by", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum SearchCondition {
    /// A text.
    Text {
        text: String,
        case_sensitive: bool,
        whole_word: bool,
        /// At least one.
        places: Vec<SearchPlace>,
    },
    /// A regular expression.
    Pattern {
        pattern: String,
        case_sensitive: bool,
        /// At least one.
        places: Vec<SearchPlace>,
    },
    /// Conditions as text.
    Query { query: String },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SearchPlace {
    Value,
    Key,
    Headers,
}

/// The result sets of a search, by their ids: what it found, and what it could not tell about.
#[derive(Debug, Clone, Serialize, Type)]
pub struct SearchSets {
    pub hits: String,
    pub undecided: String,
}

/// Sent about ten times a second while a search runs, and once at its end.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub enum SearchEvent {
    Progress {
        /// Rows of the two result sets that can be asked for.
        hits: u32,
        undecided: u32,
        /// Records received, shown or not.
        received: UInt64,
        bytes: UInt64,
        /// Offsets of the range that are accounted for.
        covered: UInt64,
        /// Offsets of the frozen range; null where those of a partition are not known.
        range: Option<UInt64>,
        /// Counts the orderings of the rows: another number means that rows moved. While a search
        /// runs, rows only come behind those that are there.
        ordering: u32,
    },
    Finished {
        hits: u32,
        undecided: u32,
        ordering: u32,
        coverage: SearchCoverage,
    },
    Failed {
        failure: Failure,
    },
}

/// What a search accounted for.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct SearchCoverage {
    pub end: SearchEnd,
    /// Offsets of the frozen range; null where those of a partition are not known.
    pub range: Option<UInt64>,
    /// Offsets of it that are accounted for.
    pub covered: UInt64,
    /// Records received.
    pub received: UInt64,
    /// Bytes of their keys and values.
    pub bytes: UInt64,
    /// Records received that are outside of the times asked for.
    pub outside_time: UInt64,
    /// Offsets that hold no record: compacted, control records, aborted.
    pub without_record: UInt64,
    /// Offsets that were asked for and that retention took, before the search or during it.
    pub already_gone: UInt64,
    /// Partitions that could not be read to their end.
    pub partitions: Vec<SearchPartition>,
    /// Why they, or a topic, could not.
    pub failure: Option<Failure>,
    /// Records that could not be looked at.
    pub passed_over: Vec<PassedOver>,
    /// Whether something is left to go on with.
    pub goes_on: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum SearchEnd {
    Exhausted,
    /// As many hits as asked for.
    Limit,
    Stopped,
    ByteCap,
    TimeCap,
    PartitionsOffline,
    Incomplete,
}

#[derive(Debug, Clone, Serialize, Type)]
pub struct SearchPartition {
    pub topic: String,
    pub partition: u32,
}

/// A record that ended the process that looked at it, or took it too long; a span of them.
#[derive(Debug, Clone, Serialize, Type)]
pub struct PassedOver {
    pub topic: String,
    pub partition: u32,
    /// The first offset of it.
    pub offset: Int64,
    /// The last offset of it.
    pub last: Int64,
    pub failure: Failure,
}

/// How many hits lie in each of some spans of time of the same length.
#[derive(Debug, Clone, Serialize, Type)]
pub struct Histogram {
    /// Where the first span begins, in milliseconds since the epoch.
    pub from: Int64,
    /// Milliseconds in a span.
    pub width: Int64,
    /// Hits in each; empty where no hit has a time.
    pub counts: Vec<u32>,
    /// Hits without a time, or with one that is far from all others.
    pub untimed: u32,
}

/// By what rows are ordered.
#[derive(Debug, Clone, Copy, Deserialize, Type)]
pub struct RowOrder {
    pub by: RowOrderBy,
    pub descending: bool,
}

/// `place` is topic, partition and offset.
#[derive(Debug, Clone, Copy, Deserialize, Type)]
#[serde(rename_all = "snake_case")]
pub enum RowOrderBy {
    Time,
    Size,
    Place,
}

/// What of a condition cannot be read.
#[derive(Debug, Clone, Serialize, Type)]
pub struct ConditionProblem {
    /// What is wrong, as a lower-case phrase.
    pub message: String,
    /// Where it begins, in UTF-16 units.
    pub at: u32,
    /// How long it is, in UTF-16 units.
    pub length: u32,
}

/// The bars of a histogram that are worth drawing.
const BARS: u32 = 240;

impl SearchRequest {
    /// The most hits of one search.
    pub const MOST_HITS: u32 = 10_000_000;

    /// What is to be read, and what is looked for in it.
    pub fn asked(self) -> Result<(ScanRequest, Condition), Refused> {
        if self.limit == 0 || self.limit > Self::MOST_HITS {
            let most = Self::MOST_HITS;
            return Err(Refused::new(Code::Invalid, format!("a search has 1 to {most} hits")));
        }
        let partitions = self.partitions.map(|partitions| {
            // A partition too large for Kafka does not exist, and is reported as that.
            partitions.into_iter().map(|p| i32::try_from(p).unwrap_or(i32::MAX)).collect()
        });
        let start = match self.from {
            SearchFrom::Oldest => Start::Oldest,
            SearchFrom::Offset { offset } => Start::Offset(offset.0),
            SearchFrom::Time { millis } => Start::Time(millis.0),
        };
        let (before, until) = match self.to {
            SearchTo::Now => (None, None),
            SearchTo::Offset { offset } => (None, Some(offset.0)),
            SearchTo::Time { millis } => (Some(millis.0), None),
        };
        let isolation = if self.committed { Isolation::Committed } else { Isolation::Uncommitted };
        let request = ScanRequest {
            topics: self.topics,
            partitions,
            start,
            before,
            until,
            newest_first: self.newest_first,
            isolation,
            ..ScanRequest::all("")
        };
        Ok((request, self.condition.condition()?))
    }
}

impl SearchCondition {
    fn condition(self) -> Result<Condition, Refused> {
        let condition = match self {
            SearchCondition::Text { text, case_sensitive, whole_word, places } => {
                any_of(&places, |place| Condition::Contains {
                    place,
                    text: text.clone(),
                    case_sensitive,
                    whole_word,
                })
            }
            SearchCondition::Pattern { pattern, case_sensitive, places } => {
                any_of(&places, |place| Condition::Matches {
                    place,
                    pattern: pattern.clone(),
                    case_sensitive,
                })
            }
            SearchCondition::Query { query } => {
                text::parse(&query).map_err(|bad| Refused::new(Code::Invalid, bad.to_string()))?
            }
        };
        // Here and not in the search: what is wrong with it is known before anything is read.
        match Filter::new(&condition) {
            Ok(_) => Ok(condition),
            Err(bad) => Err(Refused::new(Code::Invalid, bad.to_string())),
        }
    }
}

/// One of the places, or at least one of several.
fn any_of(places: &[SearchPlace], condition: impl Fn(Place) -> Condition) -> Condition {
    use SearchPlace::{Headers, Key, Value};
    let place = |place: &SearchPlace| match place {
        Value => Place::Value,
        Key => Place::Key,
        Headers => Place::Headers,
    };
    let has = |wanted| places.contains(&wanted);
    if has(Value) && has(Key) && has(Headers) {
        return condition(Place::Anywhere);
    }
    match places {
        [one] => condition(place(one)),
        several => {
            Condition::Any { conditions: several.iter().map(place).map(condition).collect() }
        }
    }
}

impl ConditionProblem {
    /// What is wrong with a condition; `None` where nothing is.
    pub fn of(condition: SearchCondition) -> Option<ConditionProblem> {
        let written = match &condition {
            SearchCondition::Query { query } => query.clone(),
            SearchCondition::Pattern { pattern, .. } => pattern.clone(),
            SearchCondition::Text { text, .. } => text.clone(),
        };
        if let SearchCondition::Query { query } = &condition
            && let Err(bad) = text::parse(query)
        {
            let units = |characters: usize| {
                let units: usize = query.chars().take(characters).map(char::len_utf16).sum();
                u32::try_from(units).unwrap_or(u32::MAX)
            };
            let at = units(bad.at);
            let end = units(bad.at.saturating_add(bad.length));
            let length = end.saturating_sub(at);
            return Some(ConditionProblem { message: bad.what, at, length });
        }
        let bad = condition.condition().err()?;
        let length = u32::try_from(written.encode_utf16().count()).unwrap_or(u32::MAX);
        Some(ConditionProblem { message: bad.message, at: 0, length })
    }
}

impl SearchCoverage {
    /// What a search of these topics covered.
    pub fn of(coverage: &inner::SearchCoverage, topics: &[String]) -> Self {
        let topic = |place: usize| topics.get(place).cloned().unwrap_or_default();
        let place = |(of, partition): (usize, i32)| SearchPartition {
            topic: topic(of),
            partition: number(partition),
        };
        let (end, failure) = match &coverage.end {
            ScanEnd::Exhausted => (SearchEnd::Exhausted, None),
            ScanEnd::Enough => (SearchEnd::Limit, None),
            ScanEnd::Stopped => (SearchEnd::Stopped, None),
            ScanEnd::ByteCap => (SearchEnd::ByteCap, None),
            ScanEnd::TimeCap => (SearchEnd::TimeCap, None),
            ScanEnd::PartitionsOffline => (SearchEnd::PartitionsOffline, None),
            ScanEnd::Incomplete { failure } => (SearchEnd::Incomplete, Some(failure)),
        };
        let all = coverage.partitions.iter();
        let sum = |of: fn(&kafka::scan::PartitionScan) -> u64| UInt64(all.clone().map(of).sum());
        let broken = all.clone().filter(|p| p.failure.is_some()).map(|p| (p.topic, p.partition));
        let refused = coverage.refused.iter().map(|(topic, partition, _)| (*topic, *partition));
        let missing = broken.chain(coverage.offline.iter().copied()).chain(refused);
        SearchCoverage {
            end,
            range: coverage.range().map(UInt64),
            covered: UInt64(coverage.covered()),
            received: sum(|p| p.received),
            bytes: UInt64(coverage.bytes),
            outside_time: sum(|p| p.outside_time),
            without_record: sum(|p| p.without_record),
            already_gone: sum(|p| p.gone),
            partitions: missing.map(place).collect(),
            failure: failure.cloned().map(Into::into),
            passed_over: coverage
                .passed_over
                .iter()
                .map(|passed| PassedOver {
                    topic: topic(passed.topic),
                    partition: number(passed.partition),
                    offset: Int64(passed.span.from),
                    last: Int64(passed.span.to.saturating_sub(1)),
                    failure: passed.failure.clone().into(),
                })
                .collect(),
            goes_on: coverage.goes_on(),
        }
    }
}

impl From<&results::Histogram> for Histogram {
    fn from(histogram: &results::Histogram) -> Self {
        let count = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let all = histogram.total();
        let Some(picture) = histogram.picture(BARS) else {
            return Histogram {
                from: Int64(0),
                width: Int64(1),
                counts: Vec::new(),
                untimed: count(all),
            };
        };
        let drawn: u64 = picture.counts.iter().sum();
        Histogram {
            from: Int64(picture.start),
            width: Int64(i64::try_from(picture.width).unwrap_or(i64::MAX)),
            counts: picture.counts.into_iter().map(count).collect(),
            untimed: count(all.saturating_sub(drawn)),
        }
    }
}

impl RowOrder {
    /// As the inner crate says it.
    pub fn inner(self) -> (results::By, results::Direction) {
        let by = match self.by {
            RowOrderBy::Time => results::By::Time,
            RowOrderBy::Size => results::By::Size,
            RowOrderBy::Place => results::By::Place,
        };
        let direction = match self.descending {
            true => results::Direction::Descending,
            false => results::Direction::Ascending,
        };
        (by, direction)
    }
}

fn number(partition: i32) -> u32 {
    u32::try_from(partition).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_placed_where_the_page_counts() {
        let problem =
            |query: &str| ConditionProblem::of(SearchCondition::Query { query: query.to_owned() });
        assert!(problem(r#"value contains "é𝄞""#).is_none());
        let query = r#"value contains "é𝄞" and or"#;
        let problem = problem(query).expect("a condition is missing");
        let at = query.encode_utf16().count() - "or".len();
        assert_eq!((problem.at as usize, problem.length), (at, 2), "{}", problem.message);
    }

    #[test]
    fn a_pattern_that_cannot_be_read_is_told_before_it_is_looked_for() {
        let problem = |pattern: &str| {
            ConditionProblem::of(SearchCondition::Pattern {
                pattern: pattern.to_owned(),
                case_sensitive: true,
                places: vec![SearchPlace::Value],
            })
        };
        assert!(problem("time-?out").is_none());
        let problem = problem("(time").expect("it is not closed");
        assert_eq!((problem.at, problem.length), (0, 5));
        assert!(problem.message.starts_with("the expression cannot be read: "));
    }

    #[test]
    fn a_text_in_all_places_is_looked_for_anywhere() {
        let condition = |places: &[SearchPlace]| SearchCondition::Text {
            text: "x".to_owned(),
            case_sensitive: true,
            whole_word: false,
            places: places.to_vec(),
        };
        use SearchPlace::{Headers, Key, Value};
        let everywhere = condition(&[Value, Key, Headers]).condition();
        assert!(matches!(everywhere, Ok(Condition::Contains { place: Place::Anywhere, .. })));
        let one = condition(&[Key]).condition();
        assert!(matches!(one, Ok(Condition::Contains { place: Place::Key, .. })));
        let two = condition(&[Key, Value]).condition();
        assert!(matches!(two, Ok(Condition::Any { conditions }) if conditions.len() == 2));
    }
}
