//! Writers that end without a word.

use std::fs;

use super::*;

#[test]
fn what_was_not_told_does_not_exist_and_the_next_writer_goes_on_behind_it() {
    let fixture = Fixture::new();
    let reader = fixture.reader();
    let mut told = Vec::new();
    for writer in 0..3 {
        let writer_of_this_run = fixture.writer();
        let mut shard = writer_of_this_run.shard();
        let first = writer * 100;
        told.extend(put(&mut shard, &[Record::plain(first), Record::plain(first + 1)]));
        // Sealed, written, and then the process dies before anybody is told.
        let lost = put(&mut shard, &[Record::plain(-1)]);
        assert_eq!(lost.len(), 1);
        // Collected, and never written.
        assert_eq!(shard.push(&Record::plain(-2).hit()).unwrap(), None);
        reader.add(told[told.len() - 1]).unwrap();
    }
    assert_eq!(offsets(&reader), [0, 1, 100, 101, 200, 201]);
    assert_eq!(offsets(&fixture.reader_of(&told)), [0, 1, 100, 101, 200, 201]);
    assert_eq!(reader.blocks(), told);
}

#[test]
fn a_piece_that_was_half_written_is_behind_what_exists_and_before_what_comes() {
    let fixture = Fixture::new();
    let mut told = put(&mut fixture.writer().shard(), &[Record::plain(1)]);
    for file in ["heads", "records"] {
        let path = fixture.set.folder().join(file);
        let mut bytes = fs::read(&path).unwrap();
        bytes.extend_from_slice(b"half of a piece");
        fs::write(&path, bytes).unwrap();
    }
    told.extend(put(&mut fixture.writer().shard(), &[Record::plain(2)]));
    let reader = fixture.reader_of(&told);
    assert_eq!(offsets(&reader), [1, 2]);
    assert_eq!(reader.record(1).unwrap(), Record::plain(2).stored());
}

#[test]
fn two_writers_at_once_are_refused_and_one_after_the_other_are_not() {
    let fixture = Fixture::new();
    let writer = fixture.writer();
    let shard = writer.shard();
    drop(writer);
    let again = || Writer::open(fixture.set.folder(), fixture.set.key(), Limits::default());
    let failure = again().err().expect("a shard still writes");
    assert_eq!(failure.code, connections::Code::Storage);
    assert!(failure.message.ends_with("the result set is still being written"), "{failure}");
    drop(shard);
    again().unwrap();
}
