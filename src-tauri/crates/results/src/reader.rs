//! Taking hits out, by row: the number of a hit in the order in which its block was told.
//!
//! Rows are stable: a block that is told later only adds rows behind. Everything may be called from
//! several threads at once, also while the set is being written. It blocks on the disk.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use connections::storage::failure;
use connections::{Code, Failure};

use crate::block::{Block, Half};
use crate::cache::Cache;
use crate::head::{Entry, Head, LENGTH};
use crate::hit::Stored;
use crate::key::SetKey;
use crate::payload;
use crate::positioned;
use crate::seal::Seal;
use crate::squeeze::stretch;

/// Bytes of opened pieces that are held, at most; a single piece may be larger.
pub const CACHED: usize = 8 << 20;

/// Reads one set.
pub struct Reader {
    heads: (PathBuf, File),
    records: (PathBuf, File),
    seal: Seal,
    told: RwLock<Told>,
    cache: Mutex<Cache>,
}

/// The blocks that exist for this reader.
#[derive(Default)]
struct Told {
    /// Each with its first row, in the order of rows.
    blocks: Vec<(u32, Block)>,
    /// Where they begin, to know one again.
    places: BTreeSet<u64>,
    rows: u32,
    undecided: u32,
    cut: u32,
}

/// A block, and where it is among rows.
#[derive(Clone, Copy)]
struct Located {
    number: usize,
    first: u32,
    block: Block,
}

/// What a set has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Rows.
    pub rows: u32,
    /// Those of which it could not be told whether they are hits.
    pub undecided: u32,
    /// Those that are not whole.
    pub cut: u32,
}

impl Reader {
    /// Reads a set of which no block is known yet.
    ///
    /// # Errors
    /// [`Code::Storage`] where there is no such set.
    pub fn open(folder: &Path, key: &SetKey) -> Result<Reader, Failure> {
        let open = |half: Half| {
            let path = folder.join(half.file());
            let file = File::open(&path).map_err(|e| failure(&path, "cannot be opened", &e))?;
            Ok::<_, Failure>((path, file))
        };
        Ok(Reader {
            heads: open(Half::Heads)?,
            records: open(Half::Records)?,
            seal: Seal::of(key),
            told: RwLock::default(),
            cache: Mutex::new(Cache::of(CACHED)),
        })
    }

    /// Adds the rows of a block, and gives their numbers.
    ///
    /// # Errors
    /// [`Code::Internal`] for one that no writer can have written, or that is there already;
    /// [`Code::TooLarge`] beyond the number of rows that a set can have. Nothing is added then.
    pub fn add(&self, block: Block) -> Result<Range<u32>, Failure> {
        let mut told = self.told.write().unwrap_or_else(PoisonError::into_inner);
        if !block.is_possible() || told.places.contains(&block.heads_at) {
            let wrong = "a block of the result set was told that cannot be";
            return Err(Failure::new(Code::Internal, wrong).hint("search again"));
        }
        let first = told.rows;
        let Some(rows) = first.checked_add(block.hits) else {
            let many = format!("the result set has {first} rows and can take no more");
            return Err(Failure::new(Code::TooLarge, many).hint("narrow the search"));
        };
        told.places.insert(block.heads_at);
        told.blocks.push((first, block));
        told.rows = rows;
        told.undecided = told.undecided.saturating_add(block.undecided);
        told.cut = told.cut.saturating_add(block.cut);
        Ok(first..rows)
    }

    /// The number of rows.
    pub fn len(&self) -> u32 {
        self.counts().rows
    }

    /// True where no block was told yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many rows of what kind.
    pub fn counts(&self) -> Counts {
        let told = self.told.read().unwrap_or_else(PoisonError::into_inner);
        Counts { rows: told.rows, undecided: told.undecided, cut: told.cut }
    }

    /// The blocks in the order of their rows, for another reader of the same set.
    pub fn blocks(&self) -> Vec<Block> {
        let told = self.told.read().unwrap_or_else(PoisonError::into_inner);
        told.blocks.iter().map(|(_, block)| *block).collect()
    }

    /// What is known of a row without its payload.
    ///
    /// # Errors
    /// [`Code::NotFound`] for a row that does not exist, [`Code::Storage`] for one that is damaged.
    pub fn head(&self, row: u32) -> Result<Head, Failure> {
        Ok(self.entry(row)?.1.head)
    }

    /// A row with its payload, as far as that was kept.
    ///
    /// # Errors
    /// As [`Self::head`].
    pub fn record(&self, row: u32) -> Result<Stored, Failure> {
        let (located, entry) = self.entry(row)?;
        let payload = self.piece(&located, Half::Records).map_err(|lost| lost.of_row(row))?;
        let place = entry.place as usize;
        payload
            .get(place..place.saturating_add(entry.length as usize))
            .and_then(|bytes| payload::decode(&entry.head, bytes))
            .ok_or_else(|| Lost::Damaged.of_row(row))
    }

    /// What is known of these rows without their payload, as far as they exist now, each with its
    /// number: fast, and past the cache. A damaged row is a failure among the others.
    pub fn heads(&self, rows: Range<u32>) -> Heads<'_> {
        let end = rows.end.min(self.len());
        Heads { reader: self, row: rows.start, end, page: Page::none() }
    }

    fn entry(&self, row: u32) -> Result<(Located, Entry), Failure> {
        let located = self.locate(row).ok_or_else(|| {
            Failure::new(Code::NotFound, format!("the result set has no row {row}"))
        })?;
        let page = self.piece(&located, Half::Heads).map_err(|lost| lost.of_row(row))?;
        let entry = entry_in(&page, row.saturating_sub(located.first));
        Ok((located, entry.ok_or_else(|| Lost::Damaged.of_row(row))?))
    }

    fn locate(&self, row: u32) -> Option<Located> {
        let told = self.told.read().unwrap_or_else(PoisonError::into_inner);
        if row >= told.rows {
            return None;
        }
        let number = told.blocks.partition_point(|(first, _)| *first <= row).checked_sub(1)?;
        let (first, block) = *told.blocks.get(number)?;
        Some(Located { number, first, block })
    }

    /// A piece, from the cache where it is there.
    fn piece(&self, located: &Located, half: Half) -> Result<Arc<[u8]>, Lost> {
        let cache = || self.cache.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(bytes) = cache().get((located.number, half)) {
            return Ok(bytes);
        }
        let bytes: Arc<[u8]> = self.read(&located.block, half, &mut Vec::new())?.into();
        cache().put((located.number, half), bytes.clone());
        Ok(bytes)
    }

    /// A piece, from the disk.
    fn read(&self, block: &Block, half: Half, sealed: &mut Vec<u8>) -> Result<Vec<u8>, Lost> {
        let (path, file) = match half {
            Half::Heads => &self.heads,
            Half::Records => &self.records,
        };
        let (at, length) = block.place(half);
        sealed.resize(length, 0);
        positioned::read(file, at, sealed).map_err(|e| match e.kind() {
            io::ErrorKind::UnexpectedEof => Lost::Damaged,
            _ => Lost::Unreadable(path.clone(), e),
        })?;
        let squeezed = self.seal.open(block, half, sealed).ok_or(Lost::Damaged)?;
        stretch(Cow::Borrowed(squeezed), block.plain(half)).ok_or(Lost::Damaged)
    }
}

/// Why something cannot be read back.
enum Lost {
    Damaged,
    Unreadable(PathBuf, io::Error),
}

impl Lost {
    fn of_row(&self, row: u32) -> Failure {
        match self {
            Lost::Damaged => {
                let damaged = format!("row {row} of the result set is damaged on the disk");
                Failure::new(Code::Storage, damaged).hint("search again; the others can be read")
            }
            Lost::Unreadable(path, e) => {
                failure(path, &format!("cannot be read for row {row} of the result set"), e)
            }
        }
    }
}

fn entry_in(page: &[u8], number: u32) -> Option<Entry> {
    let at = (number as usize).checked_mul(LENGTH)?;
    Entry::decode(page.get(at..)?.first_chunk()?)
}

/// Rows and what is known of them without their payload.
pub struct Heads<'r> {
    reader: &'r Reader,
    row: u32,
    end: u32,
    page: Page,
}

struct Page {
    rows: Range<u32>,
    bytes: Result<Vec<u8>, Lost>,
    sealed: Vec<u8>,
}

impl Page {
    fn none() -> Page {
        Page { rows: 0..0, bytes: Ok(Vec::new()), sealed: Vec::new() }
    }
}

impl Iterator for Heads<'_> {
    type Item = (u32, Result<Head, Failure>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.row >= self.end {
            return None;
        }
        let row = self.row;
        if !self.page.rows.contains(&row) {
            let located = self.reader.locate(row)?;
            let block = &located.block;
            self.page.rows = located.first..located.first.saturating_add(block.hits);
            self.page.bytes = self.reader.read(block, Half::Heads, &mut self.page.sealed);
        }
        self.row += 1;
        let head = match &self.page.bytes {
            Err(lost) => Err(lost.of_row(row)),
            Ok(bytes) => entry_in(bytes, row.saturating_sub(self.page.rows.start))
                .map(|entry| entry.head)
                .ok_or_else(|| Lost::Damaged.of_row(row)),
        };
        Some((row, head))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.end.saturating_sub(self.row) as usize;
        (left, Some(left))
    }
}

impl ExactSizeIterator for Heads<'_> {}
