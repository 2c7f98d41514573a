//! Sets on a real disk, from the outside.

mod crash;
mod damage;
#[cfg(target_os = "linux")]
mod full_disk;
mod histogram;
mod limits;
mod order;
pub mod round_trip;
mod shelf;
mod threads;
mod view;

use std::sync::Arc;

use message::Octets;
use message::record::{Header, Timestamp};

use crate::head::{Head, Headers, Mark};
use crate::hit::{Hit, Stored, Text};
use crate::{Block, Limits, Reader, Set, Shard, Shelf, Writer};

/// A set in a folder that is gone with the test.
struct Fixture {
    set: Set,
    _shelf: Shelf,
    _root: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Fixture {
        let root = tempfile::tempdir().unwrap();
        let shelf = Shelf::open(root.path()).unwrap();
        Fixture { set: shelf.create().unwrap(), _shelf: shelf, _root: root }
    }

    fn writer(&self) -> Arc<Writer> {
        self.writer_within(Limits::default())
    }

    fn writer_within(&self, limits: Limits) -> Arc<Writer> {
        Writer::open(self.set.folder(), self.set.key(), limits).unwrap()
    }

    fn reader(&self) -> Reader {
        Reader::open(self.set.folder(), self.set.key()).unwrap()
    }

    fn reader_of(&self, blocks: &[Block]) -> Reader {
        let reader = self.reader();
        for block in blocks {
            reader.add(*block).unwrap();
        }
        reader
    }
}

/// A record that a test puts in.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    topic: u32,
    partition: i32,
    offset: i64,
    timestamp: Timestamp,
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: Option<Vec<Header>>,
    mark: Mark,
    shown: Option<String>,
    why: Option<String>,
}

impl Record {
    fn plain(offset: i64) -> Record {
        Record {
            topic: 0,
            partition: 0,
            offset,
            timestamp: Timestamp::Created(offset),
            key: Some(format!("key {offset}").into_bytes()),
            value: Some(format!("value {offset}").into_bytes()),
            headers: Some(Vec::new()),
            mark: Mark::Hit,
            shown: None,
            why: None,
        }
    }

    pub fn hit(&self) -> Hit<'_> {
        Hit {
            topic: self.topic,
            partition: self.partition,
            offset: self.offset,
            timestamp: self.timestamp,
            key: self.key.as_deref(),
            value: self.value.as_deref(),
            headers: self.headers.as_deref(),
            mark: self.mark,
            shown: self.shown.as_deref(),
            why: self.why.as_deref(),
        }
    }

    /// What must come back where nothing is cut.
    fn stored(&self) -> Stored {
        let length = |bytes: &Vec<u8>| u32::try_from(bytes.len()).unwrap();
        let header =
            |header: &Header| header.name.len() + header.value.as_ref().map_or(0, Octets::len);
        Stored {
            head: Head {
                topic: self.topic,
                partition: self.partition,
                offset: self.offset,
                timestamp: self.timestamp,
                key: self.key.as_ref().map(length),
                value: self.value.as_ref().map(length),
                headers: self.headers.as_ref().map(|headers| Headers {
                    count: u32::try_from(headers.len()).unwrap(),
                    bytes: u32::try_from(headers.iter().map(header).sum::<usize>()).unwrap(),
                }),
                mark: self.mark,
                whole: true,
            },
            key: self.key.clone().map(Octets),
            value: self.value.clone().map(Octets),
            headers: self.headers.clone(),
            shown: self.shown.clone().map(Text),
            why: self.why.clone(),
        }
    }
}

/// Puts all in and gives the blocks.
fn put(shard: &mut Shard, records: &[Record]) -> Vec<Block> {
    let mut blocks: Vec<Block> =
        records.iter().filter_map(|record| shard.push(&record.hit()).unwrap()).collect();
    blocks.extend(shard.flush().unwrap());
    blocks
}

fn offsets(reader: &Reader) -> Vec<i64> {
    reader.heads(0..u32::MAX).map(|(_, head)| head.unwrap().offset).collect()
}
