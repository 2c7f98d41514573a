//! A search, its result set, and the rows of it that pages show.

use std::sync::{Arc, Mutex, PoisonError};

use connections::{Code, Failure};
use kafka::scan::ScanEnd;
use results::{By, Direction, Histogram, Mark, Reader, Set, Stored, View};
use tokio_util::sync::CancellationToken;
use worker::search::{News, Search, SearchCoverage, SearchProgress};

use crate::desk::blocking;
use crate::sessions::Connection;

/// See the module. What it wrote to the disk is removed with it.
pub struct Searching {
    pub connection: Arc<Connection>,
    pub topics: Vec<String>,
    newest_first: bool,
    reader: Reader,
    hits: View,
    undecided: View,
    histogram: Mutex<Histogram>,
    /// One run at a time.
    search: tokio::sync::Mutex<Search>,
    /// What could not be taken into the result set: it is not what it says any more.
    damage: Mutex<Option<Failure>>,
    /// Of the run that goes on, if one does.
    run: Mutex<Option<CancellationToken>>,
    /// Cancelled once nobody wants it any more: nothing runs after that.
    ended: CancellationToken,
    _set: Set,
}

impl Searching {
    /// A search that has not begun.
    pub fn new(
        connection: Arc<Connection>,
        topics: Vec<String>,
        newest_first: bool,
        search: Search,
        set: Set,
    ) -> Result<Self, Failure> {
        Ok(Searching {
            connection,
            topics,
            newest_first,
            reader: Reader::open(set.folder(), set.key())?,
            hits: View::of(Mark::Hit),
            undecided: View::of(Mark::Undecided),
            histogram: Mutex::default(),
            damage: Mutex::default(),
            search: tokio::sync::Mutex::new(search),
            run: Mutex::default(),
            ended: CancellationToken::new(),
            _set: set,
        })
    }

    /// Begins a run: what stops it, from now on for everybody.
    pub fn begin(self: &Arc<Self>) -> Result<SearchRun, Failure> {
        // Closed in between: nobody else would end it.
        if self.connection.is_ended() {
            self.ended.cancel();
        }
        let mut run = self.lock_run();
        if run.is_some() {
            return Err(Failure::new(Code::Refused, "this search is running already"));
        }
        let cancel = self.ended.child_token();
        *run = Some(cancel.clone());
        Ok(SearchRun { cancel, of: Arc::clone(self) })
    }

    /// Searches, or goes on, until so many more hits are found. Rows come behind those that are there
    /// and are ordered at the end.
    pub async fn run(
        &self,
        more_hits: u32,
        cancel: &CancellationToken,
        tell: &mut (dyn FnMut(SearchProgress) + Send),
    ) -> Result<SearchCoverage, Failure> {
        let mut search = self.search.lock().await;
        let mut take = |news: News| {
            self.take(&news);
            tell(news.progress);
        };
        let mut coverage = search.run(u64::from(more_hits), cancel, &mut take).await?;
        let damage = self.damage.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(failure) = damage {
            coverage.end = ScanEnd::Incomplete { failure };
        }
        Ok(coverage)
    }

    fn take(&self, news: &News) {
        for block in &news.blocks {
            let added = self.reader.add(*block).and_then(|rows| {
                let hits = self.hits.add(&self.reader, rows.clone());
                hits.and(self.undecided.add(&self.reader, rows))
            });
            if let Err(failure) = added {
                tracing::error!(%failure, "a part of a result set cannot be shown");
                let mut damage = self.damage.lock().unwrap_or_else(PoisonError::into_inner);
                damage.get_or_insert(failure);
            }
        }
        let mut histogram = self.histogram.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(failure) = histogram.merge(&news.histogram) {
            tracing::error!(%failure, "a histogram is not whole");
        }
    }

    /// Orders the rows by time, as a search ends.
    pub async fn settle(self: &Arc<Self>) -> Result<(), Failure> {
        let direction = match self.newest_first {
            true => Direction::Descending,
            false => Direction::Ascending,
        };
        self.order(Mark::Hit, By::Time, direction).await?;
        self.order(Mark::Undecided, By::Time, direction).await
    }

    /// Orders the rows with a mark.
    pub async fn order(
        self: &Arc<Self>,
        mark: Mark,
        by: By,
        direction: Direction,
    ) -> Result<(), Failure> {
        let searching = Arc::clone(self);
        blocking(move || searching.view(mark).order(&searching.reader, by, direction)).await
    }

    /// The rows with a mark.
    pub fn view(&self, mark: Mark) -> &View {
        match mark {
            Mark::Hit => &self.hits,
            Mark::Undecided => &self.undecided,
        }
    }

    /// A row by its number in the set.
    pub fn stored(&self, row: u32) -> Result<Stored, Failure> {
        self.reader.record(row)
    }

    /// The topic of a row, topic, partition and offset.
    pub fn place(&self, row: u32) -> Result<(String, i32, i64), Failure> {
        let head = self.reader.head(row)?;
        Ok((self.topic(head.topic).to_owned(), head.partition, head.offset))
    }

    /// The name of a topic by its place in the request.
    pub fn topic(&self, place: u32) -> &str {
        self.topics.get(place as usize).map_or("", String::as_str)
    }

    /// How the hits lie in time.
    pub fn histogram(&self) -> Histogram {
        self.histogram.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stops the run that goes on; another one may begin.
    pub fn stop(&self) {
        if let Some(run) = &*self.lock_run() {
            run.cancel();
        }
    }

    /// Stops it for good: nobody asks for what it finds any more.
    pub fn end(&self) {
        self.ended.cancel();
    }

    fn lock_run(&self) -> std::sync::MutexGuard<'_, Option<CancellationToken>> {
        self.run.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run that goes on; the next one may begin when it is dropped.
pub struct SearchRun {
    pub cancel: CancellationToken,
    pub of: Arc<Searching>,
}

impl Drop for SearchRun {
    fn drop(&mut self) {
        *self.of.lock_run() = None;
    }
}
