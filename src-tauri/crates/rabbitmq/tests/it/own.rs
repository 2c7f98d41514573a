//! What a queue counts that is this console's own: its consumers, and statistics from before it
//! settled something.

use std::time::Duration;

use connections::access::{Outcome, Settle};
use lapin::options::*;
use lapin::types::{AMQPValue, FieldTable};
use rabbitmq::Broker;
use rabbitmq::hold::{LookMode, Note};
use rabbitmq::management::QueueFacts;

use crate::support::*;

/// Asks until nothing of the queue is unknown for our sake, and gives what is known then. Whatever is
/// told before must be true as well.
async fn at_rest(
    broker: &Broker,
    queue: &str,
    is_true: impl Fn(&QueueFacts) -> bool,
) -> QueueFacts {
    let asking = async {
        loop {
            let facts = broker.queue(queue).await.unwrap();
            assert!(is_true(&facts), "{facts:?}");
            if !facts.more_soon {
                return facts;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(PATIENCE, asking).await.expect("it never came to rest")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_consumers_of_a_hold_are_told_from_those_of_applications() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let limit = ("x-delivery-limit", AMQPValue::LongInt(20));
    for (queue, quorum) in [(bare.quorum(&[limit]).await, true), (bare.queue(&[]).await, false)] {
        bare.fill(&queue, numbers(40)).await;
        let handle = desk.hold(&queue, 12).await;
        handle.more(5, MB).await.unwrap();
        handle.taken().await;
        let nobody = |facts: &QueueFacts| facts.other_consumers().is_none_or(|count| count == 0);
        let facts = at_rest(&desk.broker, &queue, nobody).await;
        assert_eq!(facts.other_consumers(), Some(0));
        let counted = facts.consumers.unwrap();
        assert_eq!(counted, u64::from(bare.depth(&queue).await.1));
        assert_eq!(counted > 1, quorum, "a quorum queue counts those of each batch: {counted}");
        let preview = desk.broker.hold_preview(&queue, 5).await.unwrap();
        assert_eq!(preview.mode, LookMode::Hold);
        let of_others = [Note::LiveConsumers, Note::ConsumersUnknown];
        assert!(preview.notes.iter().all(|note| !of_others.contains(note)), "{:?}", preview.notes);

        bare.channel.basic_qos(1, BasicQosOptions::default()).await.unwrap();
        let consume = bare.channel.basic_consume(
            queue.as_str().into(),
            "worker".into(),
            BasicConsumeOptions::default(),
            FieldTable::default(),
        );
        let worker = consume.await.unwrap();
        let one = |facts: &QueueFacts| facts.other_consumers().is_none_or(|count| count == 1);
        let facts = at_rest(&desk.broker, &queue, one).await;
        assert_eq!((facts.consumers, facts.other_consumers()), (Some(counted + 1), Some(1)));
        let preview = desk.broker.hold_preview(&queue, 5).await.unwrap();
        assert_eq!(preview.mode, LookMode::Copy);

        handle.return_all().await;
        let facts = at_rest(&desk.broker, &queue, one).await;
        assert_eq!((facts.consumers, facts.other_consumers()), (Some(1), Some(1)));
        bare.channel.basic_cancel("worker".into(), BasicCancelOptions::default()).await.unwrap();
        bare.channel.basic_recover(BasicRecoverOptions { requeue: true }).await.unwrap();
        drop(worker);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn statistics_from_before_a_settlement_are_never_told() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queues = [bare.quorum(&[]).await, bare.queue(&[]).await];
    let follow = async |queue: &String| {
        bare.fill(queue, numbers(6)).await;
        eventually(async || desk.broker.queue(queue).await.unwrap().unacked == Some(0)).await;
        let handle = desk.hold(queue, 5).await;
        let known = async |ready, unacked| {
            let is_true = |facts: &QueueFacts| facts.unacked.is_none_or(|it| it == unacked);
            let facts = at_rest(&desk.broker, queue, is_true).await;
            assert_eq!((facts.unacked, facts.total), (Some(unacked), Some(ready + unacked)));
        };
        known(1, 5).await;
        let grant = desk.grant::<Settle>("acknowledge");
        handle.acknowledge(&grant, &[2]).await;
        grant.conclude(&Outcome::Done { count: Some(1), detail: None }).unwrap();
        known(1, 4).await;
        handle.return_all().await;
        drop(handle);
        known(5, 0).await;
    };
    tokio::join!(follow(&queues[0]), follow(&queues[1]));
}
