//! How many over time, counted while more and more times come in.
//!
//! All buckets have one width, a power of two in milliseconds, and begin at a multiple of it. Only
//! buckets with something in them are kept; when there would be too many, the width doubles and
//! neighbours are counted together. So each count is exact, a histogram does not depend on the
//! order in which times came or in which histograms were merged, and a lonely time far away costs
//! one bucket instead of widening all of them.
//!
//! Times are what clients say, and may be absurd. Those outside of the limits, from 1970 up to 2200
//! where nothing else is asked for, are counted as before or after and widen nothing; so are
//! records without a timestamp, as such. Within the limits, [`Histogram::picture`] draws what is
//! worth drawing: where at least nine of ten would be squeezed into a hundredth of the width by a
//! few far away (seconds taken for milliseconds are in January 1970), those few are counted at the
//! side.

use std::ops::Range;

use connections::{Code, Failure};
use message::record::Timestamp;
use serde::{Deserialize, Serialize};

/// 2200-01-01 UTC, in milliseconds since 1970: later times are not taken for dates.
pub const LATEST: i64 = 7_258_118_400_000;

/// The most buckets that a histogram may keep.
pub const MOST_BUCKETS: u32 = 65_536;

/// Counts over time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Stated")]
pub struct Histogram {
    most: u32,
    from: i64,
    end: i64,
    /// The width is two to the power of this, in milliseconds.
    doublings: u32,
    /// The number of a bucket, which times its width is where it begins; and its count. In order.
    buckets: Vec<(i64, u64)>,
    before: u64,
    after: u64,
    absent: u64,
}

/// What may be drawn: bars side by side.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Where the first bar begins, in milliseconds since 1970.
    pub start: i64,
    /// The width of each bar, in milliseconds, a power of two.
    pub width: u64,
    /// The bars. The first and the last are not empty.
    pub counts: Vec<u64>,
    /// Before the first bar.
    pub before: u64,
    /// After the last.
    pub after: u64,
    /// Records without a timestamp.
    pub absent: u64,
}

/// Of times from 1970 up to 2200, with room for four times the 240 bars of a picture.
impl Default for Histogram {
    fn default() -> Self {
        Histogram::new(960)
    }
}

impl Histogram {
    /// Of times from 1970 up to 2200, with at most so many buckets that are not empty (from 2 to
    /// [`MOST_BUCKETS`]). More than are drawn leave room for times far away.
    pub fn new(most: u32) -> Histogram {
        Histogram::within(0..LATEST, most)
    }

    /// Of times in this range, in milliseconds since 1970: for a closer look at a part.
    pub fn within(limits: Range<i64>, most: u32) -> Histogram {
        Histogram {
            most: most.clamp(2, MOST_BUCKETS),
            from: limits.start,
            end: limits.end,
            doublings: 0,
            buckets: Vec::new(),
            before: 0,
            after: 0,
            absent: 0,
        }
    }

    /// Counts a record with this timestamp.
    pub fn add(&mut self, timestamp: Timestamp) {
        let count = match timestamp.millis() {
            None => &mut self.absent,
            Some(millis) if millis < self.from => &mut self.before,
            Some(millis) if millis >= self.end => &mut self.after,
            Some(millis) => return self.count(millis),
        };
        *count = count.saturating_add(1);
    }

    /// Counts everything that the other has counted.
    ///
    /// # Errors
    /// [`Code::Internal`] where the other has other limits; nothing was added then.
    pub fn merge(&mut self, other: &Histogram) -> Result<(), Failure> {
        if (self.most, self.from, self.end) != (other.most, other.from, other.end) {
            let differ = "histograms with different limits cannot be counted together";
            return Err(Failure::new(Code::Internal, differ));
        }
        while self.doublings < other.doublings {
            self.widen();
        }
        let narrower = self.doublings.saturating_sub(other.doublings);
        self.buckets
            .extend(other.buckets.iter().map(|(number, count)| (number >> narrower, *count)));
        self.buckets.sort_unstable();
        self.join();
        self.settle();
        self.before = self.before.saturating_add(other.before);
        self.after = self.after.saturating_add(other.after);
        self.absent = self.absent.saturating_add(other.absent);
        Ok(())
    }

    /// Everything that was counted, with a time or without.
    pub fn total(&self) -> u64 {
        [self.before, self.after, self.absent]
            .into_iter()
            .chain(self.buckets.iter().map(|(_, count)| *count))
            .fold(0, u64::saturating_add)
    }

    /// At most so many bars of what is worth drawing; `None` where nothing has a time within the
    /// limits.
    pub fn picture(&self, bars: u32) -> Option<Picture> {
        let drawn = self.bulk();
        let (first, last) = (drawn.first()?.0, drawn.last()?.0);
        let narrower = |by: u32| (i128::from(last >> by) - i128::from(first >> by)).unsigned_abs();
        let by = (0..63).find(|by| narrower(*by) < u128::from(bars.max(2))).unwrap_or(63);
        let length = usize::try_from(narrower(by)).unwrap_or(0).saturating_add(1);
        let mut counts = vec![0_u64; length];
        for (number, count) in drawn {
            let place = usize::try_from((number >> by).wrapping_sub(first >> by)).unwrap_or(0);
            if let Some(bar) = counts.get_mut(place) {
                *bar = bar.saturating_add(*count);
            }
        }
        let beside = |is: &dyn Fn(i64) -> bool| {
            let those = self.buckets.iter().filter(|(number, _)| is(*number));
            those.map(|(_, count)| *count).fold(0, u64::saturating_add)
        };
        let doublings = self.doublings.saturating_add(by).min(63);
        Some(Picture {
            start: (first >> by) << doublings,
            width: 1 << doublings,
            counts,
            before: self.before.saturating_add(beside(&|number| number < first)),
            after: self.after.saturating_add(beside(&|number| number > last)),
            absent: self.absent,
        })
    }

    /// The buckets that are worth drawing: all, or the narrowest nine tenths where that is a
    /// hundredth of all.
    fn bulk(&self) -> &[(i64, u64)] {
        let sum = |buckets: &[(i64, u64)]| {
            buckets.iter().map(|(_, count)| u128::from(*count)).sum::<u128>()
        };
        let span = |buckets: &[(i64, u64)]| match (buckets.first(), buckets.last()) {
            (Some((first, _)), Some((last, _))) => i128::from(*last) - i128::from(*first) + 1,
            _ => i128::MAX,
        };
        let all = self.buckets.as_slice();
        let total = sum(all);
        let mut best = all;
        // From each bucket on, as few as hold nine tenths of everything.
        let (mut end, mut held) = (0, 0_u128);
        for (start, (_, count)) in all.iter().enumerate() {
            while held * 10 < total * 9
                && let Some((_, next)) = all.get(end)
            {
                held += u128::from(*next);
                end += 1;
            }
            if held * 10 < total * 9 {
                break;
            }
            let these = all.get(start..end).unwrap_or(all);
            if span(these) < span(best) {
                best = these;
            }
            held -= u128::from(*count);
        }
        if span(best).saturating_mul(100) <= span(all) { self.around(best) } else { all }
    }

    /// These buckets and those beside them, as far as they are no further from them than they are
    /// wide: what belongs to nine tenths is not cut off at their edge.
    fn around<'a>(&'a self, bulk: &'a [(i64, u64)]) -> &'a [(i64, u64)] {
        let (Some((first, _)), Some((last, _))) = (bulk.first(), bulk.last()) else { return bulk };
        let reach = i128::from(*last) - i128::from(*first) + 1;
        let near = |number: i64| {
            i128::from(number) >= i128::from(*first) - reach
                && i128::from(number) <= i128::from(*last) + reach
        };
        let start = self.buckets.partition_point(|(number, _)| number < first && !near(*number));
        let end = self.buckets.partition_point(|(number, _)| number <= last || near(*number));
        self.buckets.get(start..end).unwrap_or(bulk)
    }

    fn count(&mut self, millis: i64) {
        let number = millis >> self.doublings;
        match self.buckets.binary_search_by_key(&number, |(number, _)| *number) {
            Ok(at) => {
                if let Some((_, count)) = self.buckets.get_mut(at) {
                    *count = count.saturating_add(1);
                }
            }
            Err(at) => {
                self.buckets.insert(at, (number, 1));
                self.settle();
            }
        }
    }

    /// Widens until there are few enough.
    fn settle(&mut self) {
        while self.buckets.len() > self.most as usize {
            self.widen();
        }
    }

    /// At 63 doublings there are two buckets, one each before and after 1970, and never too many.
    fn widen(&mut self) {
        self.doublings += 1;
        for (number, _) in &mut self.buckets {
            *number >>= 1;
        }
        self.join();
    }

    /// Counts together what has the same number.
    fn join(&mut self) {
        self.buckets.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            same
        });
    }
}

/// A histogram as another process states it.
#[derive(Deserialize)]
struct Stated {
    most: u32,
    from: i64,
    end: i64,
    doublings: u32,
    buckets: Vec<(i64, u64)>,
    before: u64,
    after: u64,
    absent: u64,
}

impl TryFrom<Stated> for Histogram {
    type Error = &'static str;

    fn try_from(stated: Stated) -> Result<Histogram, Self::Error> {
        let Stated { most, from, end, doublings, buckets, before, after, absent } = stated;
        let possible = (2..=MOST_BUCKETS).contains(&most)
            && doublings < 64
            && buckets.len() <= most as usize
            && buckets.is_sorted_by(|left, right| left.0 < right.0)
            && buckets.iter().all(|(number, count)| {
                let limits = (from >> doublings)..=(end.saturating_sub(1) >> doublings);
                *count > 0 && limits.contains(number)
            });
        if !possible {
            return Err("no histogram can be like this");
        }
        Ok(Histogram { most, from, end, doublings, buckets, before, after, absent })
    }
}
