//! In which order records are sent again.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};

use connections::Failure;

use crate::item::{Item, Origin};

type Read = Result<Item, (Origin, Failure)>;

/// Records by their time, except that within a partition offsets decide, whatever their times: that
/// is the order their consumers saw, and the one that keys rely on. What could not be read keeps
/// its place in its partition.
pub(super) fn by_time_within_partitions(records: Vec<Read>) -> Vec<Read> {
    let mut partitions: BTreeMap<(String, i32), Vec<(i64, Read)>> = BTreeMap::new();
    let mut others = Vec::new();
    for read in records {
        let origin = match &read {
            Ok(item) => item.origin(),
            Err((origin, _)) => origin.clone(),
        };
        match origin {
            Origin::Record { topic, partition, offset } => {
                partitions.entry((topic, partition)).or_default().push((offset, read));
            }
            Origin::Held { .. } => others.push(read),
        }
    }
    let mut queues: Vec<VecDeque<(i64, Read)>> = partitions
        .into_values()
        .map(|mut records| {
            records.sort_by_key(|(offset, _)| *offset);
            records.into()
        })
        .collect();
    let millis = |read: &Read| read.as_ref().ok().and_then(Item::millis).unwrap_or(i64::MIN);
    let mut heads: BinaryHeap<Reverse<(i64, usize)>> = queues
        .iter()
        .enumerate()
        .filter_map(|(i, queue)| Some(Reverse((millis(&queue.front()?.1), i))))
        .collect();
    let mut ordered = others;
    while let Some(Reverse((_, i))) = heads.pop() {
        let Some(queue) = queues.get_mut(i) else {
            continue;
        };
        ordered.extend(queue.pop_front().map(|(_, read)| read));
        if let Some((_, next)) = queue.front() {
            heads.push(Reverse((millis(next), i)));
        }
    }
    ordered
}
