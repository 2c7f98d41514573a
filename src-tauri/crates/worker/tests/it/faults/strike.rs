//! What may go wrong in the middle of a search.

use std::time::Duration;

use brokers::{Dice, Fault, Kafka};
use rdkafka::admin::AdminOptions;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::{Offset, TopicPartitionList};

use super::{NODES, PARTITIONS, RECORDS, fill_all, new_topic};
use crate::support::*;

/// One fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strike {
    /// Every partition gets another leader.
    LeadersMoved,
    Killed(u8),
    Frozen(u8, Duration),
    Cut(u8),
    Slow(u8, Duration),
    Swallowed(u8, Duration),
    /// Everybody's way at once.
    AllCut,
    /// Nobody can be reached for so long.
    AllRefused(Duration),
    /// All but this node, and no quorum is left; until the search has ended.
    OthersKilled(u8),
    Deleted,
    /// Deleted, made again with the same name, and filled with other records.
    MadeAnew,
    /// The records before this offset are taken by retention.
    Shortened(i64),
    WorkerKilled,
}

type Kind = fn(&mut Dice) -> Strike;

impl Strike {
    /// One of each.
    pub fn kinds() -> Vec<Kind> {
        fn node(dice: &mut Dice) -> u8 {
            dice.u8(1..=NODES)
        }
        fn millis(dice: &mut Dice, most: u64) -> Duration {
            Duration::from_millis(dice.u64(500..most))
        }
        vec![
            |_| Strike::LeadersMoved,
            |dice| Strike::Killed(node(dice)),
            |dice| Strike::Frozen(node(dice), millis(dice, 12_000)),
            |dice| Strike::Cut(node(dice)),
            |dice| Strike::Slow(node(dice), millis(dice, 2_000)),
            |dice| Strike::Swallowed(node(dice), millis(dice, 10_000)),
            |_| Strike::AllCut,
            |dice| Strike::AllRefused(millis(dice, 12_000)),
            |dice| Strike::OthersKilled(node(dice)),
            |_| Strike::Deleted,
            |_| Strike::MadeAnew,
            |dice| Strike::Shortened(dice.i64(1..=RECORDS.into())),
            |_| Strike::WorkerKilled,
        ]
    }

    pub fn changes_the_topic(self) -> bool {
        matches!(self, Strike::Deleted | Strike::MadeAnew | Strike::Shortened(_))
    }

    /// Strikes, and undoes at once what is not to last.
    pub async fn strike(self, kafka: &Kafka, topic: &str, mark: &str) {
        let options = AdminOptions::new().operation_timeout(Some(PATIENCE));
        match self {
            Strike::LeadersMoved => tokio::task::block_in_place(|| move_leaders(kafka, topic)),
            Strike::Killed(node) => tokio::task::block_in_place(|| kafka.restart(node)),
            Strike::Frozen(node, time) => {
                kafka.freeze(node);
                tokio::time::sleep(time).await;
                kafka.thaw(node);
            }
            Strike::Cut(node) => kafka.proxy(node).cut(),
            Strike::AllCut => (1..=NODES).for_each(|node| kafka.proxy(node).cut()),
            Strike::AllRefused(time) => {
                let set = |fault| (1..=NODES).for_each(|node| kafka.proxy(node).set(fault));
                tokio::task::block_in_place(|| set(Fault::Refuse));
                tokio::time::sleep(time).await;
                set(Fault::None);
            }
            Strike::OthersKilled(left) => {
                (1..=NODES).filter(|node| *node != left).for_each(|node| kafka.kill(node));
            }
            Strike::Slow(node, time) => {
                // Long enough for several answers, and not for all of them.
                kafka.proxy(node).set(Fault::Delay(time));
                tokio::time::sleep(3 * time).await;
                kafka.proxy(node).set(Fault::None);
            }
            Strike::Swallowed(node, time) => {
                kafka.proxy(node).set(Fault::BlackHole);
                tokio::time::sleep(time).await;
                kafka.proxy(node).set(Fault::None);
            }
            Strike::Deleted => {
                admin_of(kafka).delete_topics(&[topic], &options).await.unwrap();
            }
            Strike::MadeAnew => {
                let admin = admin_of(kafka);
                admin.delete_topics(&[topic], &options).await.unwrap();
                until("the name is free", async || {
                    let made = admin.create_topics([&new_topic(topic)], &options).await.ok()?;
                    made.iter().all(Result::is_ok).then_some(())
                })
                .await;
                tokio::task::block_in_place(|| fill_all(kafka, topic, "second", 1));
            }
            Strike::Shortened(offset) => {
                let mut list = TopicPartitionList::new();
                for partition in 0..PARTITIONS {
                    list.add_partition_offset(topic, partition, Offset::Offset(offset)).unwrap();
                }
                admin_of(kafka).delete_records(&list, &options).await.unwrap();
            }
            Strike::WorkerKilled => kill_workers_of(mark),
        }
    }

    /// Waits until all is well again.
    pub async fn heal(self, kafka: &Kafka, topic: &str) {
        if let Strike::OthersKilled(left) = self {
            let others = (1..=NODES).filter(|node| *node != left);
            tokio::task::block_in_place(|| others.for_each(|node| kafka.restart(node)));
        }
        if self == Strike::Deleted {
            return;
        }
        let client: BaseConsumer = bare(kafka).create().unwrap();
        until("all copies are in sync again", async || {
            let found = client.fetch_metadata(Some(topic), Duration::from_secs(10)).ok()?;
            let partitions = found.topics().first()?.partitions();
            let is_well = |p: &rdkafka::metadata::MetadataPartition| {
                p.leader() > 0 && p.isr().len() == usize::from(NODES)
            };
            (found.brokers().len() == usize::from(NODES) && partitions.iter().all(is_well))
                .then_some(())
        })
        .await;
    }
}

/// Gives each partition to the node after the one that leads it.
fn move_leaders(kafka: &Kafka, topic: &str) {
    let client: BaseConsumer = bare(kafka).create().unwrap();
    let found = client.fetch_metadata(Some(topic), PATIENCE).unwrap();
    let moved: Vec<String> = found.topics()[0]
        .partitions()
        .iter()
        .map(|p| {
            let leader = p.leader() - 1;
            let nodes = (1..=i32::from(NODES)).map(|after| (leader + after) % i32::from(NODES) + 1);
            let replicas: Vec<String> = nodes.map(|node| node.to_string()).collect();
            let (partition, replicas) = (p.id(), replicas.join(","));
            format!(r#"{{"topic":"{topic}","partition":{partition},"replicas":[{replicas}]}}"#)
        })
        .collect();
    let plan = kafka.folder().join(format!("{topic}.json"));
    let json = format!(r#"{{"version":1,"partitions":[{}]}}"#, moved.join(","));
    std::fs::write(&plan, json).unwrap();
    let reassign = "org.apache.kafka.tools.reassign.ReassignPartitionsCommand";
    let file = plan.display().to_string();
    kafka.tool(reassign, &["--execute", "--reassignment-json-file", &file]).unwrap();
    let elect = "org.apache.kafka.tools.LeaderElectionCommand";
    kafka.tool(elect, &["--election-type", "preferred", "--all-topic-partitions"]).unwrap();
}

/// Ends the workers that were started with an argument, as the kernel would that needs memory.
fn kill_workers_of(mark: &str) {
    let has_mark = |pid: &i32| {
        let arguments = std::fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        arguments.split(|byte| *byte == 0).any(|argument| argument == mark.as_bytes())
    };
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok());
    let workers: Vec<i32> = pids.filter(has_mark).collect();
    assert!(!workers.is_empty(), "a search without a worker");
    for pid in workers {
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        // One that has just ended by itself is not there to be killed.
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
}
