//! What a page shows of a set that grows.

use std::fs;

use super::*;
use crate::{By, Direction, View};

fn marked(offset: i64, mark: Mark) -> Record {
    Record { mark, ..Record::plain(offset) }
}

fn all(view: &View) -> Vec<u32> {
    view.window(0, u32::MAX)
}

#[test]
fn rows_come_behind_those_that_are_there_and_are_ordered_at_the_end() {
    let fixture = Fixture::new();
    let writer = fixture.writer();
    let (mut shard, reader) = (writer.shard(), fixture.reader());
    let (hits, undecided) = (View::of(Mark::Hit), View::of(Mark::Undecided));
    let add = |records: &[Record], shard: &mut Shard| {
        for block in put(shard, records) {
            let rows = reader.add(block).unwrap();
            hits.add(&reader, rows.clone()).unwrap();
            undecided.add(&reader, rows).unwrap();
        }
    };
    add(&[marked(7, Mark::Hit), marked(8, Mark::Undecided)], &mut shard);
    add(&[marked(1, Mark::Hit), marked(2, Mark::Hit)], &mut shard);
    assert_eq!((all(&hits), all(&undecided)), (vec![0, 2, 3], vec![1]));
    assert_eq!((hits.window(1, 1), hits.window(9, 5)), (vec![2], vec![]));
    assert_eq!(hits.ordering(), 0);
    hits.order(&reader, By::Time, Direction::Ascending);
    assert_eq!((all(&hits), hits.ordering()), (vec![2, 3, 0], 1));
    add(&[marked(0, Mark::Hit)], &mut shard);
    assert_eq!(all(&hits), [2, 3, 0, 4], "it goes on behind the order");
    hits.order(&reader, By::Time, Direction::Descending);
    assert_eq!((all(&hits), hits.ordering()), (vec![0, 3, 2, 4], 2));
}

#[test]
fn what_comes_while_it_is_ordered_is_there_once() {
    let fixture = Fixture::new();
    let writer = fixture.writer();
    let (mut shard, reader) = (writer.shard(), fixture.reader());
    let view = View::of(Mark::Hit);
    let blocks: Vec<Block> = (0..200)
        .flat_map(|n| put(&mut shard, &[Record::plain(1000 - n), Record::plain(3000 - n)]))
        .collect();
    std::thread::scope(|threads| {
        let ordering = threads.spawn(|| {
            for _ in 0..100 {
                view.order(&reader, By::Time, Direction::Ascending);
            }
        });
        for block in blocks {
            let rows = reader.add(block).unwrap();
            view.add(&reader, rows).unwrap();
        }
        ordering.join().unwrap();
    });
    let mut rows = all(&view);
    rows.sort_unstable();
    assert_eq!(rows, (0..400).collect::<Vec<_>>());
    assert_eq!(view.ordering(), 100);
}

#[test]
fn damaged_rows_are_shown_among_the_hits_only() {
    let fixture = Fixture::new();
    let writer = fixture.writer();
    let mut shard = writer.shard();
    let blocks =
        [0, 2].map(|n| put(&mut shard, &[marked(n, Mark::Hit), marked(n + 1, Mark::Undecided)])[0]);
    let path = fixture.set.folder().join("heads");
    let mut bytes = fs::read(&path).unwrap();
    bytes[blocks[0].heads_at as usize + 30] ^= 1;
    fs::write(&path, bytes).unwrap();
    let reader = fixture.reader_of(&blocks);
    let (hits, undecided) = (View::of(Mark::Hit), View::of(Mark::Undecided));
    assert!(hits.add(&reader, 0..4).is_err());
    assert!(undecided.add(&reader, 0..4).is_err());
    assert_eq!((all(&hits), all(&undecided)), (vec![0, 1, 2], vec![3]));
    for view in [&hits, &undecided] {
        view.order(&reader, By::Time, Direction::Ascending);
    }
    assert_eq!((all(&hits), all(&undecided)), (vec![2, 0, 1], vec![3]));
}
