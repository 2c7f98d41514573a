//! Writing records: idempotent, acknowledged by all replicas in sync, byte for byte as given.
//!
//! Each record is sent in a batch of its own, because a broker refuses a batch as a whole, and each
//! has its own result. Records of one partition keep their order. The grant is checked before each
//! record: when it ends half-way, what is in flight is awaited and the rest is not sent.
//!
//! A topic is never created: librdkafka is told so, and the topic is looked up first.
//!
//! Left out: compression (a copy of a few records gains nothing), transactions, and bulk writing,
//! which will keep a producer open across calls.

mod sender;

use std::collections::BTreeMap;

use connections::access::Publish;
use connections::{Code, Failure, Grant};
use message::Octets;
use message::record::Header;
use serde::{Deserialize, Serialize};

use crate::Cluster;
use crate::native::{ErrorCode, describe_topics};
use crate::produce::sender::Sender;
use crate::verdict::{self, Doing};

/// A record to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The topic, which has to exist.
    pub topic: String,
    /// This partition; `None` places it by its key as Java's clients do (murmur2), and one without
    /// a key at random.
    pub partition: Option<i32>,
    /// The key; `None` is a null key.
    pub key: Option<Octets>,
    /// The value; `None` is a null value.
    pub value: Option<Octets>,
    /// The headers, in their order, duplicates included.
    pub headers: Vec<Header>,
    /// Milliseconds since 1970, 1 or more; `None` is now. A topic with `LogAppendTime` overwrites
    /// it.
    pub timestamp: Option<i64>,
}

/// Where a record was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
}

impl Cluster {
    /// Writes records, in their order, and gives the result of each: one entry for each record.
    ///
    /// # Errors
    /// By record: [`Code::GrantEnded`] for what was not sent because the grant ended,
    /// [`Code::Invalid`] for what cannot be written at all, [`Code::NotFound`],
    /// [`Code::Authorization`], [`Code::TooLarge`], and [`Code::Timeout`] or
    /// [`Code::ConnectionLost`] where the message says whether it may have been written.
    pub async fn produce(
        &self,
        grant: &Grant<Publish>,
        records: Vec<Outgoing>,
    ) -> Vec<Result<Delivered, Failure>> {
        let mut results: Vec<Option<Result<Delivered, Failure>>> =
            records.iter().map(|record| check(record).err().map(Err)).collect();
        if let Err(failure) = self.fill(grant, &records, &mut results).await {
            for result in results.iter_mut().filter(|result| result.is_none()) {
                *result = Some(Err(failure.clone()));
            }
        }
        results.into_iter().map(|result| result.unwrap_or_else(|| Err(no_report()))).collect()
    }

    /// Fills in what is not decided yet. A failure is that of all that it left undecided.
    async fn fill(
        &self,
        grant: &Grant<Publish>,
        records: &[Outgoing],
        results: &mut [Option<Result<Delivered, Failure>>],
    ) -> Result<(), Failure> {
        grant.check(self.profile())?;
        if results.iter().all(Option::is_some) {
            return Ok(());
        }
        let targets = self.targets(records, results).await?;
        for (record, result) in records.iter().zip(results.iter_mut()) {
            if result.is_none()
                && let Some(target) = targets.get(&record.topic)
                && let Err(failure) = accepts(target, record)
            {
                *result = Some(Err(failure));
            }
        }
        if results.iter().all(Option::is_some) {
            return Ok(());
        }
        let mut sender = Sender::over(self.producer().await?)?;
        let sent = self.send(grant, records, results, &mut sender).await;
        // What is in flight is awaited, however the sending ended.
        while sender.is_waiting() {
            match sender.report(records).await {
                Ok((token, result)) => set(results, token, result),
                Err(failure) => {
                    let failure = self.refused().unwrap_or(failure);
                    for token in sender.unreported() {
                        set(results, token, Err(sender::maybe_written(failure.clone())));
                    }
                }
            }
        }
        sent
    }

    /// How many partitions each topic has, or why it cannot be written to.
    async fn targets(
        &self,
        records: &[Outgoing],
        results: &[Option<Result<Delivered, Failure>>],
    ) -> Result<BTreeMap<String, Result<usize, Failure>>, Failure> {
        let undecided = records.iter().zip(results).filter(|(_, result)| result.is_none());
        let mut names: Vec<String> = undecided.map(|(record, _)| record.topic.clone()).collect();
        names.sort_unstable();
        names.dedup();
        self.ask(move |native| {
            let asked: Vec<&str> = names.iter().map(String::as_str).collect();
            let described = describe_topics(native, &asked)?;
            let target = |name: &String| {
                let found = described.iter().find(|topic| topic.name == *name);
                let code = match found {
                    None => Some(ErrorCode::UnknownTopicOrPartition),
                    Some(topic) => topic.error,
                };
                match code {
                    Some(code) => Err(verdict::of_topic(code, name, Doing::Write)),
                    None => Ok(found.map_or(0, |topic| topic.partitions.len())),
                }
            };
            let targets = names.iter().map(|name| (name.clone(), target(name))).collect();
            Ok(targets)
        })
        .await
    }

    async fn send(
        &self,
        grant: &Grant<Publish>,
        records: &[Outgoing],
        results: &mut [Option<Result<Delivered, Failure>>],
        sender: &mut Sender,
    ) -> Result<(), Failure> {
        for (token, record) in records.iter().enumerate() {
            if results.get(token).is_none_or(Option::is_some) {
                continue;
            }
            loop {
                grant.check(self.profile())?;
                if let Some(refused) = self.refused() {
                    return Err(refused);
                }
                match sender.send(token, record) {
                    Ok(()) => break,
                    // A report makes room; without one in flight there is nothing to wait for.
                    Err(ErrorCode::QueueFull) if sender.is_waiting() => {
                        let (reported, result) = sender.report(records).await?;
                        set(results, reported, result);
                    }
                    Err(code) => {
                        set(results, token, Err(sender.failure(code, &record.topic)));
                        break;
                    }
                }
            }
        }
        Ok(())
    }
}

fn set(
    results: &mut [Option<Result<Delivered, Failure>>],
    token: usize,
    result: Result<Delivered, Failure>,
) {
    if let Some(slot) = results.get_mut(token) {
        *slot = Some(result);
    }
}

/// What can be told without asking the cluster.
fn check(record: &Outgoing) -> Result<(), Failure> {
    crate::names::check_topic(&record.topic)?;
    if record.partition.is_some_and(|partition| partition < 0) {
        return Err(Failure::new(Code::Invalid, "a partition is 0 or more"));
    }
    match record.timestamp {
        Some(0) => Err(Failure::new(
            Code::Invalid,
            "a record with the timestamp 0 (1970-01-01 00:00 UTC) cannot be written",
        )
        .hint("the Kafka library takes 0 for now; choose another time")),
        Some(millis) if millis < 0 => {
            Err(Failure::new(Code::Invalid, "a record from before 1970 cannot be written"))
        }
        _ => Ok(()),
    }
}

fn accepts(target: &Result<usize, Failure>, record: &Outgoing) -> Result<(), Failure> {
    let partitions = target.as_ref().map_err(Clone::clone)?;
    match record.partition {
        Some(partition) if usize::try_from(partition).is_ok_and(|p| p >= *partitions) => Err(
            Failure::new(Code::NotFound, format!("{} has no partition {partition}", record.topic))
                .hint(format!("it has {partitions}, from 0")),
        ),
        _ => Ok(()),
    }
}

fn no_report() -> Failure {
    Failure::new(Code::Timeout, "the cluster did not say whether the record was written")
        .hint("look for it in the topic before sending it again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outgoing() -> Outgoing {
        Outgoing {
            topic: "t".into(),
            partition: None,
            key: None,
            value: None,
            headers: Vec::new(),
            timestamp: None,
        }
    }

    #[test]
    fn a_timestamp_that_cannot_be_written_is_refused_before_anything_is_sent() {
        for millis in [0, -1, i64::MIN] {
            let record = Outgoing { timestamp: Some(millis), ..outgoing() };
            assert_eq!(check(&record).unwrap_err().code, Code::Invalid, "{millis}");
        }
        assert_eq!(check(&Outgoing { timestamp: Some(1), ..outgoing() }), Ok(()));
    }

    #[test]
    fn a_partition_that_does_not_exist_is_refused_before_anything_is_sent() {
        let record = |partition| Outgoing { partition: Some(partition), ..outgoing() };
        assert!(accepts(&Ok(3), &record(2)).is_ok());
        assert_eq!(accepts(&Ok(3), &record(3)).unwrap_err().code, Code::NotFound);
        assert_eq!(check(&record(-1)).unwrap_err().code, Code::Invalid);
    }
}
