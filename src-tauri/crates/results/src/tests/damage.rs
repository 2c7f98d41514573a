//! Files that are not what was written, and blocks that are not what was sealed.

use std::fs;
use std::path::PathBuf;

use connections::Code;

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::SetKey;
use crate::head::LENGTH;
use crate::order::{By, Direction, order};
use crate::writer::Collected;

const HALVES: [&str; 2] = ["heads", "records"];

/// Three blocks of two records.
fn three() -> (Fixture, Vec<Block>) {
    let fixture = Fixture::new();
    let writer = fixture.writer();
    let mut shard = writer.shard();
    let blocks = (0..3)
        .flat_map(|n| put(&mut shard, &[Record::plain(2 * n), Record::plain(2 * n + 1)]))
        .collect();
    drop(shard);
    (fixture, blocks)
}

fn file(fixture: &Fixture, half: &str) -> PathBuf {
    fixture.set.folder().join(half)
}

/// Rows that can be read, and that those which cannot name themselves.
fn readable(reader: &Reader) -> Vec<u32> {
    let good = |row: &u32| match reader.record(*row) {
        Ok(stored) => {
            assert_eq!(stored, Record::plain(i64::from(*row)).stored());
            true
        }
        Err(failure) => {
            assert_eq!(failure.code, Code::Storage);
            let named = format!("row {row} of the result set is damaged on the disk");
            assert_eq!(failure.message, named);
            false
        }
    };
    (0..reader.len()).filter(good).collect()
}

#[test]
fn a_byte_that_flipped_anywhere_is_noticed_and_costs_its_block_only() {
    let (fixture, blocks) = three();
    for half in HALVES {
        let path = file(&fixture, half);
        let good = fs::read(&path).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1 << (at % 8);
            fs::write(&path, bad).unwrap();
            let place = |block: &Block| match half {
                "heads" => (block.heads_at, block.heads_len),
                _ => (block.records_at, block.records_len),
            };
            let hurt = blocks.iter().position(|block| {
                let (begin, length) = place(block);
                (begin..begin + u64::from(length)).contains(&(at as u64))
            });
            let hurt = u32::try_from(hurt.expect("every byte is of a block")).unwrap();
            let expected: Vec<u32> = (0..6).filter(|row| row / 2 != hurt).collect();
            let reader = fixture.reader_of(&blocks);
            assert_eq!(readable(&reader), expected, "byte {at} of {half}");
            let heads: Vec<u32> =
                reader.heads(0..6).filter_map(|(row, head)| head.is_ok().then_some(row)).collect();
            assert_eq!(heads, if half == "heads" { expected } else { (0..6).collect() });
        }
        fs::write(&path, good).unwrap();
    }
    assert_eq!(readable(&fixture.reader_of(&blocks)), [0, 1, 2, 3, 4, 5]);
}

#[test]
fn a_file_that_ends_early_costs_what_was_behind() {
    for half in HALVES {
        let (fixture, blocks) = three();
        let length = fs::metadata(file(&fixture, half)).unwrap().len();
        let open = fs::OpenOptions::new().write(true).open(file(&fixture, half)).unwrap();
        open.set_len(length - 1).unwrap();
        assert_eq!(readable(&fixture.reader_of(&blocks)), [0, 1, 2, 3]);
        open.set_len(0).unwrap();
        assert_eq!(readable(&fixture.reader_of(&blocks)), [0_u32; 0]);
    }
}

#[test]
fn another_key_opens_nothing() {
    let (fixture, blocks) = three();
    let reader = Reader::open(fixture.set.folder(), &SetKey::random().unwrap()).unwrap();
    for block in blocks {
        reader.add(block).unwrap();
    }
    assert_eq!(readable(&reader), [0_u32; 0]);
    assert!(reader.heads(0..6).all(|(_, head)| head.is_err()));
}

#[test]
fn the_file_of_another_set_or_the_other_file_of_this_one_opens_nothing() {
    let (fixture, blocks) = three();
    let (other, same_places) = three();
    assert_eq!(
        blocks.iter().map(|block| block.heads_at).collect::<Vec<_>>(),
        same_places.iter().map(|block| block.heads_at).collect::<Vec<_>>(),
    );
    let good = fs::read(file(&fixture, "heads")).unwrap();
    for wrong in [file(&other, "heads"), file(&fixture, "records")] {
        fs::copy(wrong, file(&fixture, "heads")).unwrap();
        assert_eq!(readable(&fixture.reader_of(&blocks)), [0_u32; 0]);
    }
    fs::write(file(&fixture, "heads"), good).unwrap();
    assert_eq!(readable(&fixture.reader_of(&blocks)).len(), 6);
}

#[test]
fn blocks_that_changed_places_are_noticed() {
    let fixture = Fixture::new();
    let writer = fixture.writer();
    let mut shard = writer.shard();
    // Of the same length, so that one fits where the other was.
    let record = |row: i64| Record { value: Some(vec![7; 900]), ..Record::plain(row) };
    let blocks: Vec<Block> = (1..3).flat_map(|row| put(&mut shard, &[record(row)])).collect();
    let [first, second] = blocks[..] else { panic!("two blocks") };
    assert_eq!((first.heads_len, first.records_len), (second.heads_len, second.records_len));
    for half in HALVES {
        let path = file(&fixture, half);
        let good = fs::read(&path).unwrap();
        let mut swapped = good.clone();
        swapped.rotate_left(good.len() / 2);
        fs::write(&path, swapped).unwrap();
        let reader = fixture.reader_of(&blocks);
        for row in 0..2 {
            assert_eq!(reader.record(row).unwrap_err().code, Code::Storage, "{half}");
        }
        fs::write(&path, good).unwrap();
    }
    // Heads of one with the records of the other.
    let mixed = Block { records_at: second.records_at, ..first };
    assert!(fixture.reader_of(&[mixed]).record(0).is_err());
    assert_eq!(fixture.reader_of(&blocks).record(1).unwrap(), record(2).stored());
}

#[test]
fn a_block_that_states_anything_else_than_was_sealed_does_not_open() {
    let (fixture, blocks) = three();
    let good = blocks[1];
    let lies = [
        Block { heads_at: good.heads_at + 1, ..good },
        Block { heads_at: 1 << 62, ..good },
        Block { heads_len: good.heads_len - 1, ..good },
        Block { records_at: good.records_at - 1, ..good },
        Block { records_len: good.records_len - 1, ..good },
        Block { payload: good.payload + 1, ..good },
        Block { payload: crate::block::MOST_PAYLOAD, ..good },
        Block { hits: good.hits + 1, ..good },
        Block { hits: crate::block::MOST_HITS, ..good },
        Block { undecided: 1, ..good },
        Block { cut: 1, ..good },
    ];
    for lie in lies {
        let reader = fixture.reader_of(&[blocks[0], lie, blocks[2]]);
        let rows = reader.len();
        assert!(reader.record(2).is_err(), "{lie:?}");
        assert!(reader.head(2).is_err() && reader.heads(2..3).all(|(_, head)| head.is_err()));
        assert_eq!(reader.record(1).unwrap(), Record::plain(1).stored());
        assert_eq!(reader.record(rows - 1).unwrap(), Record::plain(5).stored());
    }
}

#[test]
fn a_block_that_no_writer_can_have_written_is_not_added() {
    let (fixture, blocks) = three();
    let good = blocks[0];
    let reader = fixture.reader_of(&[good]);
    let impossible = [
        good,
        Block { hits: 0, ..blocks[1] },
        Block { hits: u32::MAX, ..blocks[1] },
        Block { payload: 0, ..blocks[1] },
        Block { payload: u32::MAX, ..blocks[1] },
        Block { heads_len: 40, ..blocks[1] },
        Block { heads_len: u32::MAX, ..blocks[1] },
        Block { records_len: u32::MAX, ..blocks[1] },
        Block { heads_at: u64::MAX, ..blocks[1] },
        Block { records_at: i64::MAX as u64, ..blocks[1] },
        Block { undecided: 3, ..blocks[1] },
    ];
    for block in impossible {
        assert_eq!(reader.add(block).unwrap_err().code, Code::Internal, "{block:?}");
    }
    assert_eq!(reader.len(), 2);
    assert_eq!(reader.add(blocks[1]).unwrap(), 2..4);
    assert_eq!(readable(&reader), [0, 1, 2, 3]);
}

#[test]
fn rows_have_numbers_up_to_the_last_that_there_is() {
    let (fixture, blocks) = three();
    let reader = fixture.reader_of(&blocks[..1]);
    let many = |at: u64| Block {
        heads_at: 1000 + at,
        hits: crate::block::MOST_HITS,
        heads_len: 5000,
        ..blocks[1]
    };
    for at in 0..65_535 {
        reader.add(many(at)).unwrap();
    }
    let failure = reader.add(many(65_535)).unwrap_err();
    assert_eq!(failure.code, Code::TooLarge);
    assert_eq!(reader.record(0).unwrap(), Record::plain(0).stored());
}

#[test]
fn neither_keys_nor_payloads_are_in_the_files() {
    let fixture = Fixture::new();
    let secret = b"a payload that nobody else may read".to_vec();
    let record = Record { value: Some(secret.clone()), ..Record::plain(0) };
    let blocks = put(&mut fixture.writer().shard(), &[record]);
    for half in HALVES {
        let bytes = fs::read(file(&fixture, half)).unwrap();
        for what in [secret.as_slice(), fixture.set.key().expose()] {
            assert!(!bytes.windows(what.len()).any(|window| window == what));
        }
    }
    let stored = fixture.reader_of(&blocks).record(0).unwrap();
    assert!(!format!("{stored:?}").contains("payload that"));
    assert_eq!(stored.value.unwrap().0, secret);
}

#[test]
fn a_set_that_is_gone_is_said_to_be_gone() {
    let fixture = Fixture::new();
    fs::remove_file(file(&fixture, "records")).unwrap();
    let failure = Reader::open(fixture.set.folder(), fixture.set.key()).err().unwrap();
    assert_eq!(failure.code, Code::Storage);
    assert!(failure.message.contains("records cannot be opened"), "{failure}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn nonsense_that_was_sealed_with_the_key_is_damage_and_hides_no_other_row(
        entries in vec(vec(prop_oneof![Just(0_u8), Just(8), any::<u8>()], LENGTH), 1..20),
        payload in vec(prop_oneof![3 => Just(0_u8), 1 => any::<u8>()], 1..200),
    ) {
        let fixture = Fixture::new();
        let writer = fixture.writer();
        let mut shard = writer.shard();
        let mut blocks = put(&mut shard, &[Record::plain(0)]);
        let nonsense = Collected {
            heads: &entries.concat(),
            payload: &payload,
            hits: u32::try_from(entries.len()).unwrap(),
            undecided: 0,
            cut: 0,
        };
        blocks.push(writer.write(&nonsense, &mut Vec::new(), &mut Vec::new()).unwrap());
        blocks.extend(put(&mut shard, &[Record::plain(1)]));
        let reader = fixture.reader_of(&blocks);
        let last = reader.len() - 1;
        for row in 1..last {
            if let Err(failure) = reader.record(row) {
                prop_assert_eq!(failure.code, Code::Storage);
            }
        }
        prop_assert_eq!(reader.record(0).unwrap(), Record::plain(0).stored());
        prop_assert_eq!(reader.record(last).unwrap(), Record::plain(1).stored());
        for by in [By::Time, By::Place, By::Size] {
            let mut rows = order(&reader, by, Direction::Descending, None).rows;
            rows.sort_unstable();
            prop_assert_eq!(rows, (0..=last).collect::<Vec<_>>());
        }
    }
}
