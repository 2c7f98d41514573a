//! Which partition goes to which consumer; pure.

use crate::scan::part::Part;

/// Consumers of one scan, at most: more share the same brokers and cores.
const MOST: usize = 4;

/// How many consumers a scan on so many cores has.
pub(super) fn count(cores: usize, parts: usize, most: Option<usize>) -> usize {
    cores.clamp(2, MOST).min(parts).min(most.unwrap_or(MOST)).max(1)
}

/// Shares partitions out so that each consumer has about as many offsets: the largest first, each to
/// who has least.
pub(super) fn share(mut parts: Vec<Part>, count: usize) -> Vec<Vec<Part>> {
    parts.sort_by_key(|part| (std::cmp::Reverse(part.size()), part.at));
    let mut shards: Vec<(u64, Vec<Part>)> = (0..count.max(1)).map(|_| (0, Vec::new())).collect();
    for part in parts {
        if let Some((load, shard)) = shards.iter_mut().min_by_key(|(load, _)| *load) {
            *load = load.saturating_add(part.size());
            shard.push(part);
        }
    }
    shards.into_iter().map(|(_, shard)| shard).filter(|shard| !shard.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::TopicPartition;
    use crate::scan::spans::{Span, Spans};

    fn part(partition: i32, size: i64) -> Part {
        let asked = Span { from: 0, to: size };
        Part::new(TopicPartition { topic: 0, partition }, asked, Spans::of([asked]), 0)
    }

    #[test]
    fn each_consumer_has_about_as_much_to_read() {
        let shards =
            share([(0, 5), (1, 100), (2, 60), (4, 50)].map(|(p, size)| part(p, size)).into(), 2);
        let partitions: Vec<Vec<i32>> =
            shards.iter().map(|shard| shard.iter().map(|p| p.at.partition).collect()).collect();
        assert_eq!(partitions, [vec![1, 0], vec![2, 4]]);
    }

    #[test]
    fn one_partition_has_one_consumer_and_nothing_to_read_has_none() {
        assert_eq!(count(8, 1, None), 1);
        assert_eq!(count(1, 12, None), 2);
        assert_eq!(count(64, 12, None), 4);
        assert_eq!(count(64, 12, Some(1)), 1);
        assert_eq!(share(vec![part(0, 9)], 2).len(), 1);
        assert!(share(Vec::new(), 2).is_empty());
    }
}
