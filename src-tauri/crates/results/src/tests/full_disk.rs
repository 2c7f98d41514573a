//! A disk without room. The system has a file that is always full; a set whose files lead there is
//! on a full disk.

use std::fs;
use std::os::unix::fs::symlink;

use connections::Code;

use super::*;
use crate::shard::HITS;

/// A writer for which one of the files is on a full disk.
fn full(half: &str) -> (Fixture, Arc<Writer>) {
    let fixture = Fixture::new();
    let path = fixture.set.folder().join(half);
    fs::remove_file(&path).unwrap();
    symlink("/dev/full", &path).unwrap();
    let writer = fixture.writer();
    (fixture, writer)
}

#[test]
fn on_a_full_disk_nothing_is_told_and_nothing_that_was_taken_is_lost() {
    for half in ["heads", "records"] {
        let (on_full_disk, writer) = full(half);
        let mut shard = writer.shard();
        let records: Vec<Record> = (0..i64::from(HITS) + 1).map(Record::plain).collect();
        let (last, first) = records.split_last().unwrap();
        for record in first {
            assert_eq!(shard.push(&record.hit()).unwrap(), None);
        }
        for _ in 0..3 {
            let failure = shard.push(&last.hit()).unwrap_err();
            assert_eq!(failure.code, Code::Storage);
            let path = on_full_disk.set.folder().join(half).display().to_string();
            assert!(failure.message.starts_with(&path), "{failure}");
            assert!(failure.message.contains("cannot be written"), "{failure}");
            assert_eq!(failure.hint.as_deref(), Some("make room on the disk"));
            assert_eq!(shard.flush().unwrap_err().message, failure.message);
        }
        assert_eq!(shard.waiting(), HITS, "the last was not taken, the others are kept");
        assert_eq!(writer.ends_of_files(), (0, 0), "trying again does not move the end away");
        // Again there is room.
        let fixture = Fixture::new();
        let mut shard = shard.moved_to(fixture.writer());
        let mut blocks: Vec<Block> = shard.push(&last.hit()).unwrap().into_iter().collect();
        blocks.extend(shard.flush().unwrap());
        let reader = fixture.reader_of(&blocks);
        assert_eq!(offsets(&reader), (0..=i64::from(HITS)).collect::<Vec<_>>());
        assert_eq!(reader.record(HITS).unwrap(), last.stored());
    }
}
