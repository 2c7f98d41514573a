//! Rows that a page reads windows of, whichever way they were found.

use std::sync::Arc;

use connections::Failure as Refused;
use connections::failure::Code;
use kafka::read::Fetched;
use message::Record;
use results::{Mark, Stored};

use crate::searching::Searching;
use crate::sessions::{Connection, Reading};
use crate::wire::Failure;
use crate::wire::record::{RecordPage, RecordRow};

/// A result set, as the page knows it by its id.
pub enum Rows {
    /// Of a read.
    Read(Box<Reading>),
    /// Of a search, those with this mark.
    Search(Arc<Searching>, Mark),
}

impl Rows {
    /// The connection that they come from.
    pub fn connection(&self) -> &Arc<Connection> {
        match self {
            Rows::Read(reading) => &reading.connection,
            Rows::Search(searching, _) => &searching.connection,
        }
    }

    /// Stops what fills it.
    pub fn stop(&self) {
        match self {
            Rows::Read(reading) => reading.cancel.cancel(),
            Rows::Search(searching, _) => searching.stop(),
        }
    }

    /// Stops what fills it, for good: nobody asks for its rows any more.
    pub fn end(&self) {
        match self {
            Rows::Read(reading) => reading.cancel.cancel(),
            Rows::Search(searching, _) => searching.end(),
        }
    }

    /// Keeps what a read gave.
    pub fn finish(&self, result: kafka::read::ResultSet) {
        if let Rows::Read(reading) = self {
            reading.finish(result);
        }
    }

    /// Topic, partition and offset of a row, by its number.
    pub fn place(&self, row: u32) -> Result<(String, i32, i64), Failure> {
        match self {
            Rows::Read(reading) => {
                reading.row(row).map(|row| (reading.topic.clone(), row.partition, row.offset))
            }
            Rows::Search(searching, _) => Ok(searching.place(row)?),
        }
    }

    /// A window, by places in the order. Blocks on the disk.
    pub fn page(&self, from: u32, count: u32) -> Result<RecordPage, Failure> {
        match self {
            Rows::Read(reading) => {
                let Some(result) = reading.result() else {
                    return Ok(RecordPage { rows: Vec::new(), total: 0 });
                };
                let window = result.window(from as usize, count as usize).iter();
                Ok(RecordPage {
                    rows: (from..)
                        .zip(window)
                        .map(|(place, row)| RecordRow::of(place, row))
                        .collect(),
                    total: u32::try_from(result.rows.len()).unwrap_or(u32::MAX),
                })
            }
            Rows::Search(searching, mark) => {
                let view = searching.view(*mark);
                let several = searching.topics.len() > 1;
                let row = |row: u32| {
                    let stored = searching.stored(row)?;
                    let topic = several.then(|| searching.topic(stored.head.topic).to_owned());
                    Ok::<_, Refused>(RecordRow::of_stored(row, topic, &stored))
                };
                let rows = view.window(from, count).into_iter().map(row);
                Ok(RecordPage { rows: rows.collect::<Result<_, _>>()?, total: view.len() })
            }
        }
    }

    /// A whole record, where it is here. Blocks on the disk.
    pub fn kept(&self, row: u32) -> Result<Option<Fetched>, Failure> {
        match self {
            Rows::Read(_) => Ok(None),
            Rows::Search(searching, _) => {
                let stored = searching.stored(row)?;
                let topic = searching.topic(stored.head.topic).to_owned();
                Ok(stored.head.whole.then(|| fetched(topic, stored)))
            }
        }
    }

    /// The search that they come from.
    pub fn search(&self) -> Result<(&Arc<Searching>, Mark), Failure> {
        match self {
            Rows::Search(searching, mark) => Ok((searching, *mark)),
            Rows::Read(_) => {
                Err(Refused::new(Code::Invalid, "these are the rows of a read, not of a search")
                    .into())
            }
        }
    }
}

fn fetched(topic: String, stored: Stored) -> Fetched {
    Fetched {
        value_size: stored.head.value.map(u64::from),
        cut: false,
        headers_unreadable: stored.headers.is_none(),
        record: Record {
            topic,
            partition: stored.head.partition,
            offset: stored.head.offset,
            timestamp: stored.head.timestamp,
            key: stored.key,
            value: stored.value,
            headers: stored.headers.unwrap_or_default(),
        },
    }
}
