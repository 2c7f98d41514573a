//! Whether what a search says of itself is true.

use std::collections::BTreeSet;

use kafka::scan::ScanEnd;
use worker::search::SearchCoverage;

use super::{PARTITIONS, RECORDS, is_hit, value};

/// Partition, offset and value of a hit.
pub type Hit = (i32, i64, Option<Vec<u8>>);

/// Where all hits are.
pub fn all_hits() -> BTreeSet<(i32, i64)> {
    let offsets = (0..i64::from(RECORDS)).filter(|offset| is_hit(*offset));
    offsets.flat_map(|offset| (0..PARTITIONS).map(move |partition| (partition, offset))).collect()
}

/// Whether all that was found is of the topic that was there first.
pub fn is_of_old(found: &[Hit]) -> bool {
    found.iter().all(|(partition, offset, found)| {
        let wanted = value("first", *partition, *offset);
        found.as_ref().is_some_and(|found| found.starts_with(wanted.as_bytes()))
    })
}

/// Compares what a search accounts for with what it found. How it ended, for a person.
pub fn checked(coverage: &SearchCoverage, found: &[Hit], what: &str) -> String {
    let ended = match &coverage.end {
        ScanEnd::Incomplete { failure } => format!("incomplete, {failure}"),
        end => format!("{end:?}"),
    };
    let whole = format!("{what}: {ended}, {} hits, {coverage:#?}", found.len());
    let places: BTreeSet<(i32, i64)> = found.iter().map(|(p, offset, _)| (*p, *offset)).collect();
    let (mut open, mut gone) = (0, 0);
    for p in &coverage.partitions {
        assert_eq!((p.first, p.end), (0, RECORDS.into()), "{whole}");
        let is_closed = |offset: i64| !p.open.iter().any(|s| (s.from..s.to).contains(&offset));
        let closed = (p.first..p.end).filter(|offset| is_closed(*offset));
        let hits: BTreeSet<i64> = closed.clone().filter(|offset| is_hit(*offset)).collect();
        let found_here: BTreeSet<i64> =
            places.iter().filter(|(of, _)| *of == p.partition).map(|(_, offset)| *offset).collect();
        let missing = hits.difference(&found_here).count();
        // What retention took is counted, and nothing else may be missing.
        assert!(missing as u64 <= p.gone, "{missing} are missing in {}: {whole}", p.partition);
        assert_eq!(p.received + p.gone, closed.count() as u64, "{}: {whole}", p.partition);
        // A hit that is not accounted for would be found twice, unless it is of another topic.
        let is_disowned = p.left() == p.asked;
        assert!(is_disowned || found_here.is_subset(&hits), "{}: {whole}", p.partition);
        // Nothing of another topic is accounted for.
        let of_here: Vec<Hit> = found
            .iter()
            .filter(|(of, offset, _)| *of == p.partition && is_closed(*offset))
            .cloned()
            .collect();
        assert!(is_of_old(&of_here), "{}: {whole}", p.partition);
        open += p.left();
        gone += p.gone;
    }
    let is_known = coverage.range() == Some((PARTITIONS * RECORDS).cast_unsigned().into());
    match &coverage.end {
        ScanEnd::Exhausted => {
            assert!(open == 0 && is_known && !coverage.goes_on(), "{whole}");
            assert!(coverage.passed_over.is_empty() && is_of_old(found), "{whole}");
            assert!(places.len() as u64 + gone >= all_hits().len() as u64, "{whole}");
        }
        ScanEnd::Incomplete { .. } => {
            assert!(open > 0 || coverage.goes_on() || !is_known, "{whole}");
        }
        _ => panic!("{whole}"),
    }
    format!("{ended}; {} hits, {open} open, {gone} gone", found.len())
}
