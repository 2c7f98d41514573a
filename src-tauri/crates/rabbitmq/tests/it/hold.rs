//! The inspection session on classic and quorum queues.

use std::time::{Duration, Instant};

use connections::Code;
use connections::access::{Outcome, Settle};
use futures_util::StreamExt;
use lapin::options::*;
use lapin::types::{AMQPValue, FieldTable};
use rabbitmq::hold::{
    EndReason, HeldRow, HoldRequest, LookMode, MessageState, Note, ReleaseReason, TakeEnd,
};

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn held_messages_are_hidden_and_come_back_in_order() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let limit = ("x-delivery-limit", AMQPValue::LongInt(20));
    for queue in [bare.queue(&[]).await, bare.quorum(&[limit]).await] {
        bare.fill(&queue, numbers(100)).await;
        let preview = desk.broker.hold_preview(&queue, 60).await.unwrap();
        assert!(!preview.notes.contains(&Note::ReturnsToBack));
        let handle = desk.hold(&queue, 60).await;
        assert_eq!(bodies(&handle), numbers(60));
        assert_eq!(bare.ready(&queue).await, 40, "hidden");
        let state = handle.state().borrow().clone();
        assert_eq!((state.held, state.take_end), (60, Some(TakeEnd::Complete)));
        assert!(state.release_at.is_some());
        let ids = |(rows, total): (Vec<HeldRow>, usize)| {
            (rows.iter().map(|row| row.id).collect::<Vec<_>>(), total)
        };
        assert_eq!(ids(handle.window(57, 20)), (vec![58, 59, 60], 60));
        assert_eq!(ids(handle.window(60, 1)), (vec![], 60));
        assert_eq!(handle.row(60).unwrap().id, 60);
        assert!(handle.row(61).is_none() && handle.row(0).is_none());

        let state = handle.return_all().await;
        assert_eq!(state.end, Some(EndReason::Released(ReleaseReason::Asked)));
        assert_eq!((state.held, state.returned), (0, 60));
        assert!(handle.rows().iter().all(|row| row.state == MessageState::Returned));
        bare.until_ready(&queue, 100).await;
        assert_eq!(bare.drain_text(&queue).await, numbers(100), "nothing lost, order kept");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_many_consumers_come_back_to_a_quorum_queue_in_order() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.quorum(&[("x-delivery-limit", AMQPValue::LongInt(20))]).await;
    bare.fill(&queue, numbers(300)).await;
    for _ in 0..3 {
        let handle = desk.hold(&queue, 100).await;
        for _ in 0..4 {
            handle.more(25, MB).await.unwrap();
            handle.taken().await;
        }
        handle.return_all().await;
        bare.until_ready(&queue, 300).await;
    }
    assert_eq!(bare.drain_text(&queue).await, numbers(300));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_queue_without_a_limit_takes_them_back_at_its_end_as_was_said() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.quorum(&[]).await;
    bare.fill(&queue, numbers(10)).await;
    let preview = desk.broker.hold_preview(&queue, 4).await.unwrap();
    assert!(preview.notes.contains(&Note::ReturnsToBack), "{:?}", preview.notes);
    let handle = desk.hold(&queue, 4).await;
    let settled = handle.settle_return(&[3, 1, 2]).await;
    assert!(settled.iter().all(|s| s.result == Ok(MessageState::Returned)));
    bare.until_ready(&queue, 9).await;
    let mut expected = numbers(10).split_off(4);
    expected.extend(numbers(3));
    assert_eq!(bare.drain_text(&queue).await, expected);
    handle.return_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_queue_counts_a_look_and_a_classic_one_does_not() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    for (queue, counts) in [(bare.queue(&[]).await, false), (bare.quorum(&[]).await, true)] {
        bare.fill(&queue, numbers(2)).await;
        for looks in 0..3_u64 {
            let handle = desk.hold(&queue, 2).await;
            let expected = (counts && looks > 0).then_some(looks);
            assert!(handle.rows().iter().all(|row| row.delivery_count == expected));
            assert!(handle.rows().iter().all(|row| row.redelivered == (looks > 0)));
            handle.return_all().await;
            bare.until_ready(&queue, 2).await;
        }
        assert_eq!(bare.drain_text(&queue).await, numbers(2));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledging_removes_exactly_those_and_is_announced() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(5)).await;
    let handle = desk.hold(&queue, 5).await;
    let grant = desk.grant::<Settle>("acknowledge");
    let settled = handle.acknowledge(&grant, &[2, 4, 99, 2]).await;
    let results: Vec<_> = settled.iter().map(|s| (s.id, s.result.clone().ok())).collect();
    assert_eq!(
        results,
        [(2, Some(MessageState::Acknowledged)), (4, Some(MessageState::Acknowledged)), (99, None)]
    );
    let again = handle.acknowledge(&grant, &[2]).await;
    assert_eq!(again[0].result.as_ref().unwrap_err().code, Code::NotFound);
    grant.conclude(&Outcome::Done { count: Some(2), detail: None }).unwrap();
    let counted = rabbit.ctl(&["list_queues", "name", "messages"]).unwrap();
    let line = counted.lines().find(|line| line.starts_with(&queue)).unwrap();
    assert_eq!(line, format!("{queue}\t3"), "the broker's own count");

    let returned = handle.settle_return(&[5, 1]).await;
    assert!(returned.iter().all(|s| s.result == Ok(MessageState::Returned)));
    assert_eq!(bare.ready(&queue).await, 2);
    let state = handle.return_all().await;
    assert_eq!((state.returned, state.acknowledged, state.held), (3, 2, 0));
    assert_eq!(bare.drain_text(&queue).await, ["message 1", "message 3", "message 5"]);
    drop(handle);
    let outcomes = desk.activity.outcomes();
    assert!(
        matches!(&outcomes[0], (action, Some(Outcome::Done { count: Some(5), .. })) if action == "hold"),
        "{outcomes:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_queue_ends_at_once() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    for queue in [bare.queue(&[]).await, bare.quorum(&[]).await] {
        let began = Instant::now();
        let handle = desk.hold(&queue, 100).await;
        let state = handle.ended().await;
        assert_eq!(state.end, Some(EndReason::NothingTaken));
        assert_eq!(state.take_end, Some(TakeEnd::Empty));
        assert!(began.elapsed() < Duration::from_secs(2), "took {:?}", began.elapsed());
        bare.fill(&queue, numbers(3)).await;
        let handle = desk.hold(&queue, 100).await;
        assert_eq!(handle.state().borrow().take_end, Some(TakeEnd::Empty));
        assert_eq!(handle.rows().len(), 3);
        handle.return_all().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_new_is_pulled_in_and_a_live_consumer_gets_it() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(3)).await;
    let handle = desk.hold(&queue, 3).await;
    let consume = bare.channel.basic_consume(
        queue.as_str().into(),
        "worker".into(),
        BasicConsumeOptions { no_ack: true, ..Default::default() },
        FieldTable::default(),
    );
    let mut worker = consume.await.unwrap();
    bare.fill(&queue, ["new 1", "new 2"]).await;
    for expected in ["new 1", "new 2"] {
        let delivery = worker.next().await.unwrap().unwrap();
        assert_eq!(delivery.data, expected.as_bytes());
    }
    let grant = desk.grant::<Settle>("acknowledge");
    handle.acknowledge(&grant, &[1]).await;
    assert_eq!(handle.rows().len(), 3, "an acknowledgement pulled nothing");
    handle.return_all().await;
    for expected in ["message 2", "message 3"] {
        let delivery = worker.next().await.unwrap().unwrap();
        assert_eq!(delivery.data, expected.as_bytes(), "returned messages go to the worker");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_with_consumers_is_copied_and_given_back_at_once() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    // A worker that is busy: it has one message and takes no other.
    bare.channel.basic_qos(1, BasicQosOptions::default()).await.unwrap();
    bare.fill(&queue, numbers(4)).await;
    let consume = bare.channel.basic_consume(
        queue.as_str().into(),
        "worker".into(),
        BasicConsumeOptions::default(),
        FieldTable::default(),
    );
    let mut worker = consume.await.unwrap();
    let first = worker.next().await.unwrap().unwrap();
    let preview = desk.broker.hold_preview(&queue, 10).await.unwrap();
    assert_eq!(preview.mode, LookMode::Copy);
    assert!(preview.notes.contains(&Note::LiveConsumers));
    assert_eq!(preview.would_hide, Some(3));

    let request = HoldRequest { mode: None, ..request(&queue, 10) };
    let handle = desk.hold_with(request).await.unwrap();
    let state = handle.ended().await;
    assert_eq!(state.end, Some(EndReason::Released(ReleaseReason::Copied)));
    assert_eq!(bodies(&handle), ["message 2", "message 3", "message 4"]);
    bare.until_ready(&queue, 3).await;
    first.ack(BasicAckOptions::default()).await.unwrap();
    let next = worker.next().await.unwrap().unwrap();
    assert_eq!(next.data, b"message 2");
}

#[tokio::test(flavor = "multi_thread")]
async fn dropping_the_handle_or_ending_the_grant_returns_everything_in_order() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    for queue in [bare.queue(&[]).await, bare.quorum(&[]).await] {
        bare.fill(&queue, numbers(20)).await;
        let desk = Desk::at(rabbit).await;
        drop(desk.hold(&queue, 20).await);
        bare.until_ready(&queue, 20).await;

        let handle = desk.hold(&queue, 20).await;
        desk.access.close();
        let state = handle.ended().await;
        assert_eq!(state.end, Some(EndReason::Released(ReleaseReason::GrantEnded)));
        assert_eq!(state.returned, 20);
        bare.until_ready(&queue, 20).await;
        assert_eq!(bare.drain_text(&queue).await, numbers(20));
        let refused = handle.more(1, MB).await.unwrap_err();
        assert_eq!(refused.code, Code::NotFound);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_counts_down_to_the_end_of_the_unlock_where_that_comes_first() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(3)).await;
    desk.access.unlock("INC-1", Duration::from_secs(2)).unwrap();
    let handle = desk.hold(&queue, 3).await;
    let release_at = handle.state().borrow().release_at.expect("messages are held");
    let left = release_at.saturating_duration_since(std::time::Instant::now());
    assert!(left <= Duration::from_secs(2), "the unlock ends in 2 s, the countdown says {left:?}");
    let state = handle.ended().await;
    assert_eq!(state.end, Some(EndReason::Released(ReleaseReason::GrantEnded)));
    assert_eq!(bare.drain_text(&queue).await, numbers(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_ends_by_itself_when_its_time_is_over() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(3)).await;
    let request = HoldRequest { at_most: Some(Duration::from_millis(300)), ..request(&queue, 3) };
    let handle = desk.hold_with(request).await.unwrap();
    let state = handle.ended().await;
    assert_eq!(state.end, Some(EndReason::Released(ReleaseReason::Deadline)));
    assert_eq!(bare.drain_text(&queue).await, numbers(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settle_grant_that_ended_acknowledges_nothing() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(3)).await;
    let handle = desk.hold(&queue, 3).await;
    let other = Desk::at(rabbit).await;
    let foreign = other.grant::<Settle>("acknowledge");
    let settled = handle.acknowledge(&foreign, &[1, 2, 3]).await;
    assert!(settled.iter().all(|s| s.result.as_ref().unwrap_err().code == Code::Internal));
    let grant = desk.grant::<Settle>("acknowledge");
    desk.access.close();
    let settled = handle.acknowledge(&grant, &[1, 2, 3]).await;
    // By then the hold's own grant has ended too, so they are perhaps back already.
    let codes = [Code::GrantEnded, Code::NotFound];
    assert!(settled.iter().all(|s| codes.contains(&s.result.as_ref().unwrap_err().code)));
    handle.ended().await;
    assert_eq!(bare.drain_text(&queue).await, numbers(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_probed_and_more_are_taken_in_the_same_session() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let limit = ("x-delivery-limit", AMQPValue::LongInt(20));
    let queue = bare.quorum(&[limit]).await;
    bare.fill(&queue, numbers(12)).await;
    let handle = desk.hold(&queue, 1).await;
    assert_eq!(bare.ready(&queue).await, 11);
    handle.more(9, MB).await.unwrap();
    let state = handle.taken().await;
    assert_eq!((state.held, state.take_end), (10, Some(TakeEnd::Complete)));
    assert_eq!(handle.more(991, MB).await.unwrap_err().code, Code::Invalid);
    handle.return_all().await;
    bare.until_ready(&queue, 12).await;
    assert_eq!(bare.drain_text(&queue).await, numbers(12));
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_stops_at_the_bound_of_bytes() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, (0..20).map(|_| vec![b'x'; MB as usize])).await;
    let handle =
        desk.hold_with(HoldRequest { bytes: 5 * MB, ..request(&queue, 20) }).await.unwrap();
    let state = handle.taken().await;
    assert_eq!((state.held, state.take_end.clone()), (5, Some(TakeEnd::Bytes)), "{state:?}");
    handle.return_all().await;
    assert_eq!(bare.ready(&queue).await, 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_20_mb_is_held_whole_and_returned() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let huge: Vec<u8> = (0..20 * MB as usize).map(|i| (i * 31) as u8).collect();
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, [huge.as_slice(), b"small"]).await;
    let handle = desk.hold_with(HoldRequest { bytes: MB, ..request(&queue, 5) }).await.unwrap();
    let state = handle.taken().await;
    assert_eq!((state.held, state.take_end), (1, Some(TakeEnd::Bytes)));
    let row = &handle.rows()[0];
    assert_eq!((row.size, row.preview.len()), (20 * MB, 512));
    assert_eq!(handle.message(1).unwrap().body.0, huge);
    handle.return_all().await;
    assert_eq!(bare.drain(&queue).await[0].data, huge);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_are_held_and_more_are_refused() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let limit = ("x-delivery-limit", AMQPValue::LongInt(20));
    for queue in [bare.queue(&[]).await, bare.quorum(&[limit]).await] {
        bare.fill(&queue, numbers(1005)).await;
        for count in [0, 1001] {
            let refused = desk.hold_with(request(&queue, count)).await.unwrap_err();
            assert_eq!(refused.code, Code::Invalid);
        }
        let handle = desk.hold(&queue, 1000).await;
        assert_eq!(bodies(&handle), numbers(1000));
        assert_eq!(bare.ready(&queue).await, 5);
        handle.return_all().await;
        bare.until_ready(&queue, 1005).await;
        assert_eq!(bare.drain_text(&queue).await, numbers(1005));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_that_cannot_be_held_are_refused_before_anything_is_taken() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let stream = bare.queue(&[("x-queue-type", AMQPValue::LongString("stream".into()))]).await;
    let single = bare.queue(&[("x-single-active-consumer", AMQPValue::Boolean(true))]).await;
    let exclusive = bare.queue(&[]).await;
    for (queue, options) in [
        (&single, BasicConsumeOptions::default()),
        (&exclusive, BasicConsumeOptions { exclusive: true, ..Default::default() }),
    ] {
        // The consumer takes one, so there is something to hold.
        bare.channel.basic_qos(1, BasicQosOptions::default()).await.unwrap();
        bare.fill(queue, numbers(2)).await;
        let consume = bare.channel.basic_consume(
            queue.as_str().into(),
            "".into(),
            options,
            FieldTable::default(),
        );
        // Kept by the channel.
        std::mem::forget(consume.await.unwrap());
    }
    let own = QueueDeclareOptions { exclusive: true, ..Default::default() };
    let declare = bare.channel.queue_declare("".into(), own, FieldTable::default());
    let locked = declare.await.unwrap().name().to_string();

    let refusal = async |queue: &str| {
        let previewed = desk.broker.hold_preview(queue, 5).await;
        let refused = desk.hold_with(request(queue, 5)).await;
        match (previewed, refused) {
            (Err(preview), Err(hold)) => {
                assert_eq!(preview, hold, "the preview says what the hold would");
                hold
            }
            (Ok(preview), Err(hold)) => {
                // What statistics do not tell yet, the hold meets.
                if let Some(why) = preview.refusal {
                    assert_eq!(why.failure(queue), hold, "the preview says what the hold would");
                }
                hold
            }
            (_, Ok(handle)) => match handle.ended().await.end {
                Some(EndReason::Failed(failure)) => failure,
                other => panic!("{queue} was held: {other:?}"),
            },
        }
    };
    assert_eq!(refusal(&stream).await.code, Code::Unsupported);
    assert_eq!(refusal(&single).await.code, Code::Refused);
    assert_eq!(refusal(&locked).await.code, Code::Refused);
    assert_eq!(refusal(&exclusive).await.code, Code::Refused);
    let missing = refusal("no-such-queue").await;
    assert_eq!(missing.code, Code::NotFound);
    assert!(missing.message.contains("no-such-queue"));
    let outcomes = desk.activity.outcomes();
    assert!(
        outcomes.iter().all(|(_, outcome)| matches!(outcome, Some(Outcome::Failed { .. }))),
        "{outcomes:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_on_one_queue_leaves_the_others() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let closed = bare.queue(&[]).await;
    let open = format!("task_{}", uuid::Uuid::new_v4().simple());
    bare.named_queue(&open, &[]).await;
    for queue in [&closed, &open] {
        bare.fill(queue, numbers(2)).await;
    }
    let desk = Desk::open(&profile(rabbit, "limited"), &secrets(rabbit, "limited")).await;
    let handle = desk.hold(&closed, 2).await;
    let state = handle.ended().await;
    let Some(EndReason::Failed(failure)) = state.end else { panic!("{state:?}") };
    assert_eq!(failure.code, Code::Authorization, "{failure}");
    assert!(failure.message.contains(&closed));
    let handle = desk.hold(&open, 2).await;
    assert_eq!(bodies(&handle), numbers(2));
    handle.return_all().await;
    assert_eq!(bare.ready(&closed).await, 2);
}
