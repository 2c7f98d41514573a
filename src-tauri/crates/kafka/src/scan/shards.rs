//! Which partition goes to which consumer; pure.

use crate::plan::Range;

/// Consumers of one scan, at most: more share the same brokers and cores.
const MOST: usize = 4;

/// How many consumers a scan on so many cores has.
pub(super) fn count(cores: usize, ranges: usize) -> usize {
    cores.clamp(2, MOST).min(ranges).max(1)
}

/// Shares ranges out so that each consumer has about as many offsets: the largest first, each to
/// who has least. Empty ranges are left out.
pub(super) fn share(ranges: &[Range], count: usize) -> Vec<Vec<Range>> {
    let size = |range: &Range| range.end.saturating_sub(range.first).max(0);
    let mut sorted: Vec<Range> = ranges.iter().copied().filter(|range| size(range) > 0).collect();
    sorted.sort_by_key(|range| (std::cmp::Reverse(size(range)), range.at));
    let mut shards: Vec<(i64, Vec<Range>)> = vec![(0, Vec::new()); count.max(1)];
    for range in sorted {
        if let Some((load, shard)) = shards.iter_mut().min_by_key(|(load, _)| *load) {
            *load = load.saturating_add(size(&range));
            shard.push(range);
        }
    }
    shards.into_iter().map(|(_, shard)| shard).filter(|shard| !shard.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::TopicPartition;

    fn range(partition: i32, size: i64) -> Range {
        Range { at: TopicPartition { topic: 0, partition }, first: 0, end: size, gone: 0 }
    }

    #[test]
    fn each_consumer_has_about_as_much_to_read() {
        let ranges = [range(0, 5), range(1, 100), range(2, 60), range(3, 0), range(4, 50)];
        let shards = share(&ranges, 2);
        let partitions: Vec<Vec<i32>> =
            shards.iter().map(|shard| shard.iter().map(|r| r.at.partition).collect()).collect();
        assert_eq!(partitions, [vec![1, 0], vec![2, 4]]);
    }

    #[test]
    fn one_partition_has_one_consumer_and_nothing_to_read_has_none() {
        assert_eq!(count(8, 1), 1);
        assert_eq!(count(1, 12), 2);
        assert_eq!(count(64, 12), 4);
        assert_eq!(share(&[range(0, 9)], 2).len(), 1);
        assert!(share(&[range(0, 0)], 2).is_empty());
    }
}
