//! What looks at each record: is it looked for, and if so, into the result set with it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use connections::Failure;
use kafka::scan::{Examiner, PartitionScan, RawRecord};
use message::Octets;
use message::search::{Answer, AskHeader, LazyRecord, Parts, Undecided};
use results::block::Block;
use results::head::Mark;
use results::histogram::Histogram;
use results::hit::Hit;
use results::shard::Shard;

use crate::child::pulse::Pulse;
use crate::child::scan::Common;
use crate::contract::{At, Reached, Told};

/// Of one consumer.
pub(super) struct Looking {
    common: Arc<Common>,
    pulse: Arc<Pulse>,
    shard: Shard,
    /// Found since the last account.
    blocks: Vec<Block>,
    histogram: Histogram,
}

impl Looking {
    pub fn of(common: Arc<Common>) -> Looking {
        Looking {
            pulse: common.pulses.add(),
            shard: common.writer.shard(),
            blocks: Vec::new(),
            histogram: Histogram::default(),
            common,
        }
    }

    /// Whether to go on.
    fn look(&mut self, record: &RawRecord<'_>) -> Result<bool, Failure> {
        if let Some(before) = self.common.before {
            before(record);
        }
        let raw = Raw(record);
        let answer = self.common.filter.matches(&LazyRecord::new(&raw, &self.common.choices));
        // What takes long from here on is the disk, and no fault of the record.
        self.pulse.end();
        match answer {
            Ok(false) => Ok(true),
            Ok(true) => {
                self.keep(record, None)?;
                self.histogram.add(record.timestamp());
                let hits = self.common.hits.fetch_add(1, Ordering::Relaxed) + 1;
                Ok(hits < self.common.most_hits)
            }
            Err(Undecided { why }) => self.keep(record, Some(&why)).map(|()| true),
        }
    }

    fn keep(&mut self, record: &RawRecord<'_>, why: Option<&str>) -> Result<(), Failure> {
        let headers = record.headers();
        let hit = Hit {
            topic: u32::try_from(record.topic()).unwrap_or(u32::MAX),
            partition: record.partition(),
            offset: record.offset(),
            timestamp: record.timestamp(),
            key: record.key(),
            value: record.value(),
            headers: headers.as_deref(),
            mark: if why.is_some() { Mark::Undecided } else { Mark::Hit },
            shown: None,
            why,
        };
        self.blocks.extend(self.shard.push(&hit)?);
        Ok(())
    }

    fn account(&mut self, partitions: Vec<PartitionScan>) -> Result<Reached, Failure> {
        self.blocks.extend(self.shard.flush()?);
        let blocks = std::mem::take(&mut self.blocks);
        let undecided = blocks.iter().map(|block| u64::from(block.undecided)).sum();
        let all: u64 = blocks.iter().map(|block| u64::from(block.hits)).sum();
        Ok(Reached {
            partitions,
            hits: all.saturating_sub(undecided),
            undecided,
            blocks,
            histogram: std::mem::take(&mut self.histogram),
        })
    }

    /// Whether another record may be looked at in a careful scan.
    fn may_go_on(&self) -> bool {
        self.common.careful.as_ref().is_none_or(|left| {
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                .is_ok_and(|before| before > 1)
        })
    }
}

/// A record as conditions see it.
struct Raw<'a, 'm>(&'a RawRecord<'m>);

impl Parts for Raw<'_, '_> {
    fn partition(&self) -> i32 {
        self.0.partition()
    }

    fn key(&self) -> Option<&[u8]> {
        self.0.key()
    }

    fn value(&self) -> Option<&[u8]> {
        self.0.value()
    }

    fn any_header(&self, ask: &mut AskHeader<'_>) -> Answer {
        let unreadable = || Undecided { why: "the headers cannot be read".to_owned() };
        let headers = self.0.headers().ok_or_else(unreadable)?;
        Ok(headers
            .iter()
            .any(|header| ask(header.name.as_slice(), header.value.as_ref().map(Octets::as_slice))))
    }
}

impl Examiner for Looking {
    fn examine(&mut self, record: &RawRecord<'_>) -> bool {
        if self.common.broken.get().is_some() {
            return false;
        }
        let at =
            At { topic: record.topic(), partition: record.partition(), offset: record.offset() };
        let careful = self.common.careful.is_some();
        if careful {
            self.common.out.tell(&Told::Looking(at));
        }
        self.pulse.begin(at);
        let looked = self.look(record);
        if careful {
            self.common.out.tell(&Told::Seen(at));
        }
        match looked {
            Ok(go_on) => self.may_go_on() && go_on,
            Err(failure) => {
                // What was accounted for last is the truth: nothing is told any more.
                let _ = self.common.broken.set(failure);
                false
            }
        }
    }

    fn reached(&mut self, partitions: Vec<PartitionScan>) {
        if self.common.broken.get().is_some() {
            return;
        }
        match self.account(partitions) {
            Ok(reached) => self.common.out.tell(&Told::Reached(reached)),
            Err(failure) => {
                let _ = self.common.broken.set(failure);
            }
        }
    }
}
