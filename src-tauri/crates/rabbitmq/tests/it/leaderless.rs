//! Holds of a quorum queue that loses its leader: it says that it has nothing and nobody, and nothing
//! that is sent to it is carried out.

use std::time::Duration;

use brokers::{Fault, Proxy, RabbitMq};
use connections::Code;
use connections::access::Settle;
use futures_util::StreamExt;
use lapin::options::*;
use lapin::types::{AMQPValue, FieldTable};
use rabbitmq::hold::{Account, EndReason, MessageState, Phase, ReleaseReason, TakeEnd};

use crate::support::*;

async fn limited(bare: &Bare) -> String {
    bare.quorum(&[("x-delivery-limit", AMQPValue::LongInt(20))]).await
}

/// Lets a queue have its leader back and waits until it answers as one that has.
async fn lead_again(rabbit: &RabbitMq, bare: &Bare, queue: &str) {
    start_leader(rabbit, queue);
    eventually(async || bare.depth(queue).await != (0, 0)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_settled_where_nobody_leads_and_everything_once_somebody_does() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = limited(&bare).await;
    bare.fill(&queue, numbers(5)).await;
    let handle = desk.hold(&queue, 3).await;
    let grant = desk.grant::<Settle>("acknowledge");
    stop_leader(rabbit, &queue);

    for settled in [handle.acknowledge(&grant, &[1, 2]).await, handle.settle_return(&[3]).await] {
        for one in settled {
            let failure = one.result.expect_err("nobody carried it out");
            assert_eq!(failure.code, Code::Refused, "{failure}");
            assert!(failure.message.contains("no leader"), "{failure}");
            assert_eq!(one.state, Some(MessageState::Held));
        }
    }

    lead_again(rabbit, &bare, &queue).await;
    let settled = handle.acknowledge(&grant, &[1, 2]).await;
    assert!(settled.iter().all(|one| one.result == Ok(MessageState::Acknowledged)), "{settled:?}");
    handle.return_all().await;
    bare.until_ready(&queue, 3).await;
    let left: Vec<String> = numbers(5).split_off(2);
    assert_eq!(bare.drain_text(&queue).await, left);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_sent_while_a_leader_is_only_coming_back_is_proven_all_the_same() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    for _ in 0..3 {
        let queue = limited(&bare).await;
        bare.fill(&queue, numbers(5)).await;
        let handle = desk.hold(&queue, 3).await;
        let grant = desk.grant::<Settle>("acknowledge");
        stop_leader(rabbit, &queue);
        let start = tokio::task::spawn_blocking({
            let queue = queue.clone();
            move || start_leader(brokers::rabbitmq(), &queue)
        });
        // As soon as it counts anybody, and perhaps before it leads.
        let settled = loop {
            let settled = handle.acknowledge(&grant, &[1, 2, 3]).await;
            if settled.iter().all(|one| one.state != Some(MessageState::Held)) {
                break settled;
            }
        };
        start.await.unwrap();
        assert_eq!(Account::of(&settled).done, 3, "{settled:?}");
        assert_eq!(handle.ended().await.end, Some(EndReason::Settled));
        // Nothing comes back when the session's channel is closed.
        assert_eq!(bare.drain_text(&queue).await, numbers(5).split_off(3));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_when_the_leader_went_is_unsure_and_the_rest_is_held() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let proxy = Proxy::to(rabbit.amqp_port());
    let desk = at_proxy(rabbit, &proxy).await;
    let queue = limited(&bare).await;
    bare.fill(&queue, numbers(600)).await;
    let handle = desk.hold(&queue, 600).await;
    let grant = desk.grant::<Settle>("acknowledge");
    // Every second one: each takes an order of its own, and each question after some of them time.
    let ids: Vec<u64> = (1..=300).map(|n| 2 * n).collect();
    proxy.set(Fault::Delay(Duration::from_millis(400)));
    stop_leader_below(rabbit, &queue, 600);
    let settled = handle.acknowledge(&grant, &ids).await;
    proxy.set(Fault::None);
    let account = Account::of(&settled);
    assert_eq!(account.done, 0, "nobody led when it was proven: {account:?}");
    assert!(account.unsure > 0 && account.failed > 0, "in the middle: {account:?}");
    let held = settled.iter().filter(|one| one.state == Some(MessageState::Held)).count();
    assert_eq!(held as u64, account.failed);

    lead_again(rabbit, &bare, &queue).await;
    handle.return_all().await;
    bare.until_ready(&queue, 600 - u32::try_from(account.unsure).unwrap()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_that_nobody_carries_out_is_told_and_tried_again() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = limited(&bare).await;
    bare.fill(&queue, numbers(5)).await;
    let handle = desk.hold(&queue, 5).await;
    stop_leader(rabbit, &queue);
    let released = handle.release().await;
    assert_eq!((released.state.phase, released.state.held), (Phase::Holding, 5));
    assert_eq!(released.fates.returned, 0);
    let stuck = released.state.stuck.expect("it says why they are still held");
    assert_eq!(stuck.code, Code::Refused, "{stuck}");

    start_leader(rabbit, &queue);
    let state = tokio::time::timeout(PATIENCE, handle.ended()).await.expect("it is tried again");
    assert_eq!(state.end, Some(EndReason::Released(ReleaseReason::Asked)));
    assert_eq!((state.returned, state.stuck), (5, None));
    bare.until_ready(&queue, 5).await;
    assert_eq!(bare.drain_text(&queue).await, numbers(5));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_lost_its_leader_is_not_called_empty() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = limited(&bare).await;
    bare.fill(&queue, numbers(5)).await;
    let handle = desk.hold(&queue, 2).await;
    stop_leader(rabbit, &queue);
    handle.more(2, MB).await.unwrap();
    assert_eq!(handle.taken().await.take_end, Some(TakeEnd::Stalled), "it has three more");
    let facts = desk.broker.queue(&queue).await.unwrap();
    assert_eq!((facts.ready, facts.consumers), (None, None), "{facts:?}");

    lead_again(rabbit, &bare, &queue).await;
    handle.more(3, MB).await.unwrap();
    assert_eq!(handle.taken().await.take_end, Some(TakeEnd::Complete));
    handle.more(1, MB).await.unwrap();
    assert_eq!(handle.taken().await.take_end, Some(TakeEnd::Empty), "now it is");
    handle.return_all().await;
    bare.until_ready(&queue, 5).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn applications_that_leave_do_not_hide_what_is_still_to_be_carried_out() {
    const WORKERS: usize = 60;
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    for step in [1, 2, 3] {
        let queue = bare.quorum(&[]).await;
        let application = Bare::at(rabbit).await;
        bare.fill(&queue, numbers(WORKERS + 600)).await;
        application.channel.basic_qos(1, BasicQosOptions::default()).await.unwrap();
        for number in 0..WORKERS {
            let consume = application.channel.basic_consume(
                queue.as_str().into(),
                format!("worker {number}").into(),
                BasicConsumeOptions::default(),
                FieldTable::default(),
            );
            consume.await.unwrap().next().await.unwrap().unwrap();
        }
        let handle = desk.hold(&queue, 600).await;
        application.channel.close(200, "done".into()).await.unwrap();
        bare.until_ready(&queue, u32::try_from(WORKERS).unwrap()).await;

        let grant = desk.grant::<Settle>("acknowledge");
        let ids: Vec<u64> = (1..=600).step_by(step).collect();
        let account = Account::of(&handle.acknowledge(&grant, &ids).await);
        assert_eq!(account.done, ids.len() as u64);
        handle.return_all().await;
        let left = WORKERS + 600 - ids.len();
        bare.until_ready(&queue, u32::try_from(left).unwrap()).await;
        assert_eq!(bare.drain(&queue).await.len(), left, "every {step}. was acknowledged");
    }
}
