//! A producer that stays open across calls, and what a call does with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use connections::access::Publish;
use connections::{Code, Failure, Grant};
use message::Octets;

use super::groups::{self, Group, Lanes, Limits, Waiting};
use super::sender::{Sender, unsent};
use super::{Delivered, Outgoing};
use crate::Cluster;
use crate::native::{ErrorCode, Report, TopicMeta, describe_topics, partition_of_key};
use crate::verdict::{self, Doing};

type Slot = Option<Result<Delivered, Failure>>;

/// Writes to one cluster. The producer is opened by the first call that has something to write,
/// stays open across calls, and ends with this value: whoever runs a job keeps one as long as the
/// job. It keeps the cluster's connection open, too.
pub struct Writer {
    cluster: Cluster,
    /// Taken while a call is under way: what a call that was given up has left in a producer must
    /// not be sent by the next.
    sender: Option<Sender>,
    limits: Limits,
    /// Where the next record without a key goes, among the partitions of its topic.
    turn: usize,
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Writer({:?})", self.cluster)
    }
}

impl Cluster {
    /// Something to write with, more than once. Opens nothing yet.
    pub fn writer(&self) -> Writer {
        Writer { cluster: self.clone(), sender: None, limits: Limits::default(), turn: 0 }
    }

    /// Writes records with a producer of their own: [`Writer::write`], once.
    pub async fn produce(
        &self,
        grant: &Grant<Publish>,
        records: Vec<Outgoing>,
    ) -> Vec<Result<Delivered, Failure>> {
        self.writer().write(grant, records).await
    }
}

impl Writer {
    /// Writes records, and gives the result of each: one entry for each record, in their order.
    ///
    /// Records of one partition are written in their order: when one is refused, those after it are
    /// written all the same, in the places after those before it. When it is not known what became
    /// of one, those after it in its partition are not sent.
    ///
    /// # Errors
    /// By record. [`Code::Timeout`] and [`Code::ConnectionLost`] mean that it **may have been
    /// written**. Every other failure is certain, the record is not in the topic:
    /// [`Code::Unreachable`] for what was not sent because the cluster was lost,
    /// [`Code::GrantEnded`] for what was not sent because the grant ended, [`Code::Invalid`] for
    /// what cannot be written at all, [`Code::NotFound`], [`Code::Authorization`],
    /// [`Code::TooLarge`], [`Code::Refused`].
    pub async fn write(
        &mut self,
        grant: &Grant<Publish>,
        records: Vec<Outgoing>,
    ) -> Vec<Result<Delivered, Failure>> {
        let mut results: Vec<Slot> =
            records.iter().map(|record| super::check(record).err().map(Err)).collect();
        let ended = self.fill(grant, &records, &mut results).await;
        let undecided = ended.err().map_or_else(super::no_report, unsent);
        results.into_iter().map(|slot| slot.unwrap_or_else(|| Err(undecided.clone()))).collect()
    }

    /// Fills in what is not decided yet. A failure is that of all that it left undecided, none of
    /// which was sent.
    async fn fill(
        &mut self,
        grant: &Grant<Publish>,
        records: &[Outgoing],
        results: &mut [Slot],
    ) -> Result<(), Failure> {
        grant.check(self.cluster.profile())?;
        if results.iter().all(Option::is_some) {
            return Ok(());
        }
        let mut sender = match self.sender.take().filter(Sender::is_alive) {
            Some(sender) => sender,
            None => self.open(records, results).await?,
        };
        let mut call = Call {
            cluster: &self.cluster,
            grant,
            sender: &mut sender,
            limits: &mut self.limits,
            turn: &mut self.turn,
            records,
            results,
        };
        let placed = call.place().await;
        let ended = match placed {
            Ok(lanes) => call.send(lanes).await,
            Err(failure) => Err(failure),
        };
        self.sender = Some(sender);
        ended
    }

    /// Opens a producer, once a client that was connected before has had an answer: what is wrong
    /// with a cluster that was there is better told by a client that knows it.
    async fn open(&self, records: &[Outgoing], results: &[Slot]) -> Result<Sender, Failure> {
        let wanted = records.iter().zip(results).find(|(_, result)| result.is_none());
        let name = wanted.map(|(record, _)| record.topic.clone()).unwrap_or_default();
        self.cluster.ask(move |native| describe_topics(native, &[&name])).await?;
        Sender::over(self.cluster.producer().await?)
    }
}

/// One call of [`Writer::write`].
struct Call<'a> {
    cluster: &'a Cluster,
    grant: &'a Grant<Publish>,
    sender: &'a mut Sender,
    limits: &'a mut Limits,
    turn: &'a mut usize,
    records: &'a [Outgoing],
    results: &'a mut [Slot],
}

impl Call<'_> {
    /// Gives each record its partition. Decides those that cannot be written there.
    async fn place(&mut self) -> Result<Lanes, Failure> {
        let records = self.records;
        let mut topics: BTreeMap<Arc<str>, Result<TopicMeta, Failure>> = BTreeMap::new();
        let mut lanes = Lanes::default();
        for (index, record) in records.iter().enumerate() {
            if self.results.get(index).is_none_or(Option::is_some) {
                continue;
            }
            let name = record.topic.as_str();
            if !topics.contains_key(name) {
                let found = self.sender.topic(name).await?;
                let usable = match found.error {
                    Some(code) => Err(verdict::of_topic(code, name, Doing::Write)),
                    None => Ok(found),
                };
                topics.insert(name.into(), usable);
            }
            let Some((name, topic)) = topics.get_key_value(name) else {
                continue;
            };
            let topic = topic.as_ref().map_err(Clone::clone);
            match topic.and_then(|topic| partition(topic, record, self.turn)) {
                Ok(partition) => {
                    let place = (Arc::clone(name), partition);
                    lanes.push(place, Waiting::new(index, size(record)));
                }
                Err(failure) => self.set(index, Err(failure)),
            }
        }
        Ok(lanes)
    }

    /// Sends what waits, a group of each partition at a time.
    async fn send(&mut self, mut lanes: Lanes) -> Result<(), Failure> {
        loop {
            let round = lanes.round(self.limits);
            if round.is_empty() {
                return Ok(());
            }
            let (kept, ended) = self.keep(round);
            let tokens = kept.iter().flat_map(|group| &group.records).map(|r| r.index).collect();
            let reports = self.sender.flush(tokens).await;
            for group in kept {
                self.write_down(&mut lanes, &group, &reports);
            }
            ended?;
            if let Some(refused) = self.cluster.refused() {
                return Err(refused);
            }
            if !self.sender.is_alive() {
                return Err(verdict::of_call(ErrorCode::BrokerTransportFailure));
            }
        }
    }

    /// Keeps a round in the producer. What it does not take is decided; when the grant ends, the
    /// rest is left out.
    fn keep(&mut self, round: Vec<Group>) -> (Vec<Group>, Result<(), Failure>) {
        let mut ended = Ok(());
        let mut kept = Vec::with_capacity(round.len());
        for mut group in round {
            group.records.retain(|waiting| {
                if ended.is_ok() {
                    ended = self.grant.check(self.cluster.profile());
                }
                let Some(record) = self.records.get(waiting.index).filter(|_| ended.is_ok()) else {
                    return false;
                };
                match self.sender.queue(waiting.index, group.place.1, record) {
                    Ok(()) => true,
                    Err(code) => {
                        let failure = self.sender.failure(code, &record.topic);
                        self.set(waiting.index, Err(unsent(failure)));
                        false
                    }
                }
            });
            kept.push(group);
        }
        (kept, ended)
    }

    /// Writes down what became of a group, and what of it goes again.
    fn write_down(&mut self, lanes: &mut Lanes, group: &Group, reports: &BTreeMap<usize, Report>) {
        let topic = &group.place.0;
        let judged = groups::judge(group, reports);
        if judged.too_large {
            self.limits.lower(topic, group.records.iter().map(|record| record.bytes).sum());
        }
        let mut in_doubt = false;
        for record in &judged.decided {
            let result = self.sender.result(reports.get(&record.index), topic);
            let lost = |f: &Failure| {
                matches!(f.code, Code::Timeout | Code::ConnectionLost | Code::Unreachable)
            };
            in_doubt |= result.as_ref().is_err_and(lost);
            self.set(record.index, result);
        }
        lanes.again(&group.place, judged.again);
        if in_doubt {
            // Nothing overtakes a record of which it is not known what became of it.
            for waiting in lanes.give_up(&group.place) {
                self.set(waiting.index, Err(not_sent()));
            }
        }
    }

    fn set(&mut self, index: usize, result: Result<Delivered, Failure>) {
        if let Some(slot) = self.results.get_mut(index) {
            *slot = Some(result);
        }
    }
}

fn not_sent() -> Failure {
    Failure::new(
        Code::Unreachable,
        "not sent, because the cluster did not confirm the records before it",
    )
    .hint("try again; if it stays so, check the network and the brokers' load")
}

/// Where a record goes.
fn partition(topic: &TopicMeta, record: &Outgoing, turn: &mut usize) -> Result<i32, Failure> {
    let count = topic.partitions.len();
    let none = |partition: i32| {
        Failure::new(Code::NotFound, format!("{} has no partition {partition}", record.topic))
            .hint(format!("it has {count}, from 0"))
    };
    match (record.partition, &record.key) {
        (Some(partition), _) => {
            let there = usize::try_from(partition).is_ok_and(|p| p < count);
            if there { Ok(partition) } else { Err(none(partition)) }
        }
        (None, Some(key)) => partition_of_key(key, count).ok_or_else(|| none(0)),
        (None, None) => {
            let led = topic.partitions.iter().filter(|partition| partition.leader.is_some());
            let led: Vec<i32> = led.map(|partition| partition.id).collect();
            *turn = turn.wrapping_add(1);
            let chosen = led.get(*turn % led.len().max(1)).copied();
            let any = || topic.partitions.first().map(|partition| partition.id);
            chosen.or_else(any).ok_or_else(|| none(0))
        }
    }
}

/// The most that a record takes in a batch: its bytes, and lengths and times around them.
fn size(record: &Outgoing) -> usize {
    let of = |bytes: &Option<Octets>| bytes.as_ref().map_or(0, Octets::len);
    let headers = record.headers.iter().map(|h| h.name.len() + of(&h.value) + 10);
    of(&record.key) + of(&record.value) + headers.sum::<usize>() + 64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::native::PartitionMeta;

    fn topic(leaders: &[Option<i32>]) -> TopicMeta {
        let partition = |(id, leader): (i32, &Option<i32>)| PartitionMeta {
            id,
            leader: *leader,
            replicas: vec![1],
            in_sync: vec![1],
        };
        TopicMeta {
            name: "t".into(),
            id: None,
            error: None,
            partitions: (0..).zip(leaders).map(partition).collect(),
        }
    }

    fn record(partition: Option<i32>, key: Option<&str>) -> Outgoing {
        Outgoing {
            topic: "t".into(),
            partition,
            key: key.map(Octets::from),
            value: None,
            headers: Vec::new(),
            timestamp: None,
        }
    }

    #[test]
    fn a_partition_that_does_not_exist_is_refused_before_anything_is_sent() {
        let topic = topic(&[Some(1); 3]);
        assert_eq!(partition(&topic, &record(Some(2), None), &mut 0), Ok(2));
        for beyond in [3, i32::MAX] {
            let refused = partition(&topic, &record(Some(beyond), None), &mut 0).unwrap_err();
            assert_eq!(refused.code, Code::NotFound);
        }
    }

    #[test]
    fn a_record_without_a_key_goes_in_turn_where_somebody_leads() {
        let topic = topic(&[Some(1), None, Some(2)]);
        let mut turn = 0;
        let placed: Vec<i32> =
            (0..4).map(|_| partition(&topic, &record(None, None), &mut turn).unwrap()).collect();
        assert_eq!(placed, [2, 0, 2, 0]);
    }

    #[test]
    fn an_empty_key_is_a_key() {
        let topic = topic(&[Some(1); 12]);
        let mut turn = 0;
        let first = partition(&topic, &record(None, Some("")), &mut turn).unwrap();
        for _ in 0..20 {
            assert_eq!(partition(&topic, &record(None, Some("")), &mut turn), Ok(first));
        }
        assert_eq!(turn, 0);
    }

    #[test]
    fn a_topic_without_partitions_takes_nothing() {
        for key in [None, Some("k")] {
            let refused = partition(&topic(&[]), &record(None, key), &mut 0).unwrap_err();
            assert_eq!(refused.code, Code::NotFound);
        }
    }
}
