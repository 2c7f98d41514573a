//! Holding and settling on every kind of queue, compared with the broker's own counters.

use std::collections::BTreeMap;
use std::time::Instant;

use brokers::RabbitMq;
use connections::access::Settle;
use lapin::options::{BasicGetOptions, BasicNackOptions};
use lapin::types::AMQPValue;
use rabbitmq::hold::{HoldHandle, MessageState};

use crate::support::*;

/// Messages in each queue.
const MESSAGES: usize = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Action {
    ReturnAll,
    ReturnSome,
    ReturnSomeAnyway,
    AcknowledgeSome,
    AcknowledgeAll,
    DropTheHandle,
    EndTheGrant,
    CloseTheConnection,
}

use Action::*;

#[derive(Debug, Clone)]
struct Case {
    quorum: bool,
    /// The queue's delivery limit.
    limit: Option<u64>,
    /// Where messages go that are over it.
    dead_letters: bool,
    /// How often each message was delivered and returned before.
    looks: u64,
    action: Action,
}

fn cases() -> Vec<Case> {
    let actions = [
        ReturnAll,
        ReturnSome,
        ReturnSomeAnyway,
        AcknowledgeSome,
        AcknowledgeAll,
        DropTheHandle,
        EndTheGrant,
        CloseTheConnection,
    ];
    let mut cases = Vec::new();
    for action in actions {
        for looks in 0..3 {
            let case = Case { quorum: false, limit: None, dead_letters: false, looks, action };
            cases.push(case.clone());
            for limit in [None, Some(0), Some(1), Some(2), Some(20)] {
                for dead_letters in [false, true] {
                    if limit.is_none_or(|limit| looks <= limit) {
                        cases.push(Case { quorum: true, limit, dead_letters, ..case });
                    }
                }
            }
        }
    }
    cases
}

impl Case {
    /// True where the next return of a message destroys it.
    fn in_last_look(&self) -> bool {
        self.limit == Some(self.looks)
    }

    /// What becomes of each message.
    fn expected(&self) -> [MessageState; MESSAGES] {
        let (held, acknowledged) = (MessageState::Held, MessageState::Acknowledged);
        let returned = if self.in_last_look() { held } else { MessageState::Returned };
        let after_last = match self.dead_letters {
            false => MessageState::DeletedByLimit,
            true => MessageState::DeadLettered,
        };
        match self.action {
            ReturnAll | DropTheHandle | EndTheGrant => [returned; MESSAGES],
            ReturnSome => [returned, held, returned],
            ReturnSomeAnyway if self.in_last_look() => [after_last, held, after_last],
            ReturnSomeAnyway => [returned, held, returned],
            CloseTheConnection if self.in_last_look() => [after_last; MESSAGES],
            CloseTheConnection => [MessageState::BackAtBroker; MESSAGES],
            AcknowledgeSome => [held, acknowledged, held],
            AcknowledgeAll => [acknowledged; MESSAGES],
        }
    }

    fn count(&self, state: MessageState) -> usize {
        self.expected().iter().filter(|expected| **expected == state).count()
    }

    /// Which of them are in the queue then.
    fn ready(&self) -> [bool; MESSAGES] {
        let back = |state| matches!(state, MessageState::Returned | MessageState::BackAtBroker);
        self.expected().map(back)
    }

    fn ready_count(&self) -> usize {
        self.ready().into_iter().filter(|ready| *ready).count()
    }
}

/// A case under way.
struct Stage {
    case: Case,
    queue: String,
    dead: String,
    desk: Desk,
    handle: Option<HoldHandle>,
}

#[tokio::test(flavor = "multi_thread")]
async fn every_way_to_settle_leaves_what_the_broker_counts() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let mut stages = Vec::new();
    for case in brokers::sample("hold and settle", cases(), 40) {
        stages.push(set_up(rabbit, &bare, case).await);
    }
    counted(rabbit, "before", &stages, |_| (MESSAGES, 0)).await;
    for stage in &mut stages {
        stage.handle = Some(hold_all(stage).await);
    }
    counted(rabbit, "while held", &stages, |_| (0, MESSAGES)).await;
    for stage in &mut stages {
        act(stage).await;
    }
    for stage in &stages {
        let case = &stage.case;
        bare.until_ready(&stage.queue, case.ready_count() as u32).await;
        bare.until_ready(&stage.dead, case.count(MessageState::DeadLettered) as u32).await;
        let Some(handle) = &stage.handle else { continue };
        let states: Vec<MessageState> = handle.rows().iter().map(|row| row.state).collect();
        assert_eq!(states, case.expected(), "{case:?}");
    }
    let after = |case: &Case| (case.ready_count(), case.count(MessageState::Held));
    counted(rabbit, "after", &stages, after).await;
    for stage in &stages {
        let case = &stage.case;
        let mut bodies = bare.drain_text(&stage.queue).await;
        bodies.sort();
        let back = numbers(MESSAGES).into_iter().zip(case.ready());
        let back = back.filter_map(|(body, ready)| ready.then_some(body));
        assert_eq!(bodies, back.collect::<Vec<_>>(), "{case:?}");
    }
    eprintln!("hold and settle: {} cases", stages.len());
}

async fn set_up(rabbit: &RabbitMq, bare: &Bare, case: Case) -> Stage {
    let dead = bare.queue(&[]).await;
    let mut arguments = Vec::new();
    if let Some(limit) = case.limit {
        arguments.push(("x-delivery-limit", AMQPValue::LongInt(limit as i32)));
    }
    if case.dead_letters {
        arguments.push(("x-dead-letter-exchange", AMQPValue::LongString("".into())));
        arguments.push(("x-dead-letter-routing-key", AMQPValue::LongString(dead.as_str().into())));
    }
    let queue =
        if case.quorum { bare.quorum(&arguments).await } else { bare.queue(&arguments).await };
    bare.fill(&queue, numbers(MESSAGES)).await;
    for _ in 0..case.looks {
        let mut last = None;
        for _ in 0..MESSAGES {
            let get = bare.channel.basic_get(queue.as_str().into(), BasicGetOptions::default());
            last = get.await.unwrap();
        }
        let all = BasicNackOptions { multiple: true, requeue: true };
        last.expect("it is there").nack(all).await.unwrap();
        bare.until_ready(&queue, MESSAGES as u32).await;
    }
    // A desk of its own, because a connection is closed as a whole.
    Stage { case, queue, dead, desk: Desk::at(rabbit).await, handle: None }
}

async fn hold_all(stage: &Stage) -> HoldHandle {
    until_known(&stage.desk, &stage.queue).await;
    let handle = stage.desk.hold(&stage.queue, MESSAGES as u16).await;
    // Taking stops at each message in its last look.
    while handle.rows().len() < MESSAGES {
        let missing = MESSAGES - handle.rows().len();
        handle.more(missing as u16, MB).await.unwrap();
        handle.taken().await;
    }
    for row in handle.rows() {
        assert_eq!(row.redelivered, stage.case.looks > 0, "{:?}", stage.case);
        assert_eq!(row.last_look, stage.case.in_last_look(), "{:?}", stage.case);
        let counted = stage.case.quorum && stage.case.looks > 0;
        assert_eq!(row.delivery_count, counted.then_some(stage.case.looks), "{:?}", stage.case);
    }
    handle
}

async fn act(stage: &mut Stage) {
    let handle = stage.handle.as_ref().expect("it is held");
    let grant = stage.desk.grant::<Settle>("settle");
    match stage.case.action {
        ReturnAll => {
            handle.return_all().await;
        }
        ReturnSome => {
            handle.settle_return(&[3, 1]).await;
        }
        ReturnSomeAnyway => {
            handle.return_anyway(&grant, &[3, 1]).await;
        }
        AcknowledgeSome => {
            handle.acknowledge(&grant, &[2]).await;
        }
        AcknowledgeAll => {
            handle.acknowledge(&grant, &[1, 2, 3]).await;
        }
        DropTheHandle => stage.handle = None,
        CloseTheConnection => {
            stage.desk.broker.close().await;
            tokio::time::timeout(PATIENCE, handle.ended()).await.expect("it ends");
        }
        EndTheGrant => {
            stage.desk.access.close();
            let mut states = handle.state();
            until(&mut states, |s| s.released.is_some() || s.end.is_some()).await;
        }
    }
}

/// Waits until the broker counts so many ready and unacknowledged messages for each case. Quorum
/// queues tell their numbers some seconds late.
async fn counted(
    rabbit: &RabbitMq,
    when: &str,
    stages: &[Stage],
    expected: impl Fn(&Case) -> (usize, usize),
) {
    let started = Instant::now();
    loop {
        let counters = counters(rabbit);
        let wrong = |stage: &&Stage| counters.get(&stage.queue) != Some(&expected(&stage.case));
        let Some(stage) = stages.iter().find(wrong) else { return };
        let (found, case) = (counters.get(&stage.queue), &stage.case);
        let wanted = expected(case);
        assert!(started.elapsed() < PATIENCE, "{when}: {found:?}, not {wanted:?}, of {case:?}");
    }
}

/// Ready and unacknowledged messages of each queue, as `rabbitmqctl` counts them.
fn counters(rabbit: &RabbitMq) -> BTreeMap<String, (usize, usize)> {
    let columns = ["list_queues", "name", "messages_ready", "messages_unacknowledged"];
    let printed = rabbit.ctl(&columns).unwrap();
    let line = |line: &str| {
        let mut columns = line.split('\t');
        let name = columns.next()?.to_owned();
        Some((name, (columns.next()?.parse().ok()?, columns.next()?.parse().ok()?)))
    };
    printed.lines().filter_map(line).collect()
}
