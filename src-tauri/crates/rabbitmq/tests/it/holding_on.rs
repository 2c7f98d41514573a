//! A session that goes on, or ends as was promised, whatever happens in the middle of something.

use std::pin::{Pin, pin};
use std::time::Duration;

use brokers::{Fault, Proxy, RabbitMq};
use connections::access::{Outcome, Settle};
use connections::{Code, Grant};
use lapin::types::AMQPValue;
use rabbitmq::hold::{
    Account, EndReason, HoldHandle, HoldRequest, HoldState, MessageState, Phase, ReleaseReason,
    Settled, TakeEnd,
};

use crate::support::*;

async fn ended(handle: &HoldHandle) -> HoldState {
    let ended = tokio::time::timeout(PATIENCE, handle.ended()).await;
    ended.unwrap_or_else(|_| panic!("still held: {:?}", handle.state().borrow()))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_that_got_no_answer_destroys_nothing_that_is_held() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let proxy = Proxy::to(rabbit.amqp_port());
    let desk = at_proxy(rabbit, &proxy).await;
    // A limit of 0: each message is in its last look, and the end of the channel would delete it.
    let queue = bare.quorum(&[("x-delivery-limit", AMQPValue::LongInt(0))]).await;
    bare.fill(&queue, ["one", "two"]).await;
    let handle = desk.hold(&queue, 1).await;

    proxy.set(Fault::BlackHole);
    handle.more(1, MB).await.unwrap();
    let state = handle.taken().await;
    proxy.set(Fault::None);
    let Some(TakeEnd::Failed(failure)) = &state.take_end else { panic!("{state:?}") };
    assert_eq!(failure.code, Code::Timeout, "{failure}");
    assert_eq!((state.phase, state.held, state.end.clone()), (Phase::Holding, 1, None));

    handle.more(1, MB).await.unwrap();
    assert_eq!(handle.taken().await.take_end, Some(TakeEnd::Complete));
    let grant = desk.grant::<Settle>("acknowledge");
    let settled = handle.acknowledge(&grant, &[1, 2]).await;
    assert!(settled.iter().all(|one| one.result == Ok(MessageState::Acknowledged)), "{settled:?}");
    assert_eq!(ended(&handle).await.end, Some(EndReason::Settled));
    assert_eq!(bodies(&handle), ["one", "two"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stall_in_the_middle_of_a_batch_loses_sight_of_nothing() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let proxy = Proxy::to(rabbit.amqp_port());
    let desk = at_proxy(rabbit, &proxy).await;
    let queue = bare.quorum(&[("x-delivery-limit", AMQPValue::LongInt(20))]).await;
    let large = vec![b'x'; 4 * MB as usize];
    bare.fill(&queue, [b"small".as_slice()]).await;
    bare.fill(&queue, (0..8).map(|_| large.as_slice())).await;

    let handle = desk.hold_with(request(&queue, 9)).await.unwrap();
    let mut states = handle.state();
    until(&mut states, |state| state.taken > 1).await;
    proxy.set(Fault::BlackHole);
    assert!(states.borrow().taken < 9, "the stall is in the middle");
    // Longer than any question waits, and shorter than the silence that ends a connection.
    tokio::time::sleep(Duration::from_secs(16)).await;
    proxy.set(Fault::None);
    let state = handle.taken().await;
    assert_eq!((state.end.clone(), state.taken), (None, 9), "{state:?}");
    let state = handle.return_all().await;
    assert_eq!((state.returned, state.otherwise), (9, 0), "{state:?}");
    bare.until_ready(&queue, 9).await;
    let again = bare.drain(&queue).await;
    let count = AMQPValue::LongLongInt(1);
    let headers =
        |message: &lapin::message::Delivery| message.properties.headers().clone().unwrap();
    for message in &again {
        assert_eq!(headers(message).inner().get("x-delivery-count"), Some(&count), "one look each");
    }
}

/// A thousand messages that are held and about to be acknowledged, all but the first, so that each
/// takes an order of its own.
struct HalfSettled {
    desk: Desk,
    bare: Bare,
    queue: String,
    handle: HoldHandle,
    /// Ends when the same grant does.
    witness: HoldHandle,
    grant: Grant<Settle>,
}

impl HalfSettled {
    const IDS: std::ops::RangeInclusive<u64> = 2..=1000;

    async fn at(rabbit: &RabbitMq) -> HalfSettled {
        let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
        let [queue, other] = [bare.queue(&[]).await, bare.queue(&[]).await];
        bare.fill(&queue, numbers(1000)).await;
        bare.fill(&other, numbers(1)).await;
        let (handle, witness) = (desk.hold(&queue, 1000).await, desk.hold(&other, 1).await);
        let grant = desk.grant("acknowledge");
        HalfSettled { desk, bare, queue, handle, witness, grant }
    }

    /// Polls the settlement once, when all are claimed and hardly any is written, and ends the grant.
    async fn interrupt(&self, mut settling: Pin<&mut impl Future<Output = Vec<Settled>>>) {
        assert!(futures_util::poll!(settling.as_mut()).is_pending());
        assert_eq!(self.handle.row(1000).unwrap().state, MessageState::Settling);
        self.desk.access.close();
        // By then the session of the settlement has heard of the end too.
        ended(&self.witness).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_settlement_gives_back_after_the_end_of_the_grant_is_returned() {
    let half = HalfSettled::at(brokers::rabbitmq()).await;
    let HalfSettled { bare, queue, handle, grant, .. } = &half;
    let ids: Vec<u64> = HalfSettled::IDS.collect();
    let mut settling = pin!(handle.acknowledge(grant, &ids));
    half.interrupt(settling.as_mut()).await;

    let account = Account::of(&settling.await);
    assert!(account.failed > 0, "the grant ended in the middle: {account:?}");
    assert_eq!((account.done + account.failed, account.unsure), (999, 0));
    let state = ended(handle).await;
    assert_eq!(state.end, Some(EndReason::Released(ReleaseReason::GrantEnded)));
    assert_eq!((state.acknowledged, state.returned), (account.done, account.failed + 1));
    eventually(async || u64::from(bare.ready(queue).await) == account.failed + 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_settlement_that_is_dropped_half_way_hides_nothing_for_ever() {
    let half = HalfSettled::at(brokers::rabbitmq()).await;
    let HalfSettled { bare, queue, handle, grant, .. } = &half;
    let ids: Vec<u64> = HalfSettled::IDS.collect();
    {
        let settling = pin!(handle.acknowledge(grant, &ids));
        half.interrupt(settling).await;
    }
    let state = ended(handle).await;
    assert_eq!(state.end, Some(EndReason::Released(ReleaseReason::GrantEnded)));
    assert_eq!(state.returned + state.otherwise, 1000);
    assert!(state.returned > 0, "hardly any was written: {state:?}");
    // Those that were written were acknowledged.
    eventually(async || u64::from(bare.ready(queue).await) == state.returned).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_acknowledged_in_a_quorum_queue_does_not_come_back_when_the_session_ends() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    for step in [1, 2, 3] {
        let queue = bare.quorum(&[]).await;
        bare.fill(&queue, numbers(600)).await;
        let handle = desk.hold(&queue, 600).await;
        let grant = desk.grant::<Settle>("acknowledge");
        let ids: Vec<u64> = (1..=600).step_by(step).collect();
        let account = Account::of(&handle.acknowledge(&grant, &ids).await);
        assert_eq!(account.done, ids.len() as u64);
        let state = handle.return_all().await;
        let left = 600 - account.done;
        assert_eq!((state.acknowledged, state.returned), (account.done, left), "{step}");
        bare.until_ready(&queue, u32::try_from(left).unwrap()).await;
        // Nothing comes back later either: the session's channel is closed by now.
        assert_eq!(bare.drain(&queue).await.len() as u64, left, "every {step}. acknowledged");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_after_the_grant_ended() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let proxy = Proxy::to(rabbit.amqp_port());
    let desk = at_proxy(rabbit, &proxy).await;
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(5)).await;
    proxy.set(Fault::Delay(Duration::from_millis(300)));
    let handle = desk.hold_with(request(&queue, 5)).await.unwrap();
    // The first question of taking is on its way.
    desk.access.close();
    let state = ended(&handle).await;
    assert_eq!((state.taken, state.take_end), (0, Some(TakeEnd::Stopped)));
    let left = bare.drain(&queue).await;
    assert_eq!(left.len(), 5);
    assert!(left.iter().all(|message| !message.redelivered), "no consumer was started");
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_ends_when_the_time_is_over() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let proxy = Proxy::to(rabbit.amqp_port());
    let desk = at_proxy(rabbit, &proxy).await;
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(80)).await;
    // Each batch needs several answers, so all of them need several seconds.
    proxy.set(Fault::Delay(Duration::from_millis(100)));
    let at_most = Some(Duration::from_millis(600));
    let handle = desk.hold_with(HoldRequest { at_most, ..request(&queue, 80) }).await.unwrap();
    handle.taken().await;
    proxy.set(Fault::None);
    let state = ended(&handle).await;
    assert_eq!(state.end, Some(EndReason::Released(ReleaseReason::Deadline)));
    assert_eq!(state.take_end, Some(TakeEnd::Stopped), "{state:?}");
    assert!(state.taken < 80, "{state:?}");
    assert_eq!(state.returned, state.taken);
    bare.until_ready(&queue, 80).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn taking_waits_until_a_settlement_is_over() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(950)).await;
    let handle = desk.hold(&queue, 900).await;
    let ids: Vec<u64> = (1..=900).collect();
    let settling = |id| handle.row(id).unwrap().state == MessageState::Settling;
    let watching = std::sync::atomic::AtomicBool::new(true);
    let on = || watching.load(std::sync::atomic::Ordering::Relaxed);
    let overlapped = std::thread::scope(|threads| {
        let watcher = threads.spawn(|| {
            let mut overlapped = false;
            while on() {
                let before = settling(900);
                let taken = handle.window(0, 0).1;
                overlapped |= before && taken > 900 && settling(900);
            }
            overlapped
        });
        tokio::task::block_in_place(|| {
            tokio::runtime::Handle::current().block_on(async {
                let (settled, more) = tokio::join!(handle.settle_return(&ids), handle.more(50, MB));
                more.unwrap();
                assert!(settled.iter().all(|one| one.result == Ok(MessageState::Returned)));
                handle.taken().await;
            });
        });
        watching.store(false, std::sync::atomic::Ordering::Relaxed);
        watcher.join().unwrap()
    });
    assert!(!overlapped, "messages were taken while others were on their way back");
    let taken = handle.rows().len();
    assert_eq!(taken, 950);
    let texts = bodies(&handle);
    let (first, after) = (numbers(950).split_off(900), numbers(50));
    assert!([first, after].contains(&texts[900..].to_vec()), "{:?}", &texts[900..]);
    handle.return_all().await;
    bare.until_ready(&queue, 950).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_acknowledgement_whose_answer_was_lost_is_not_called_failed() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let proxy = Proxy::to(rabbit.amqp_port());
    let desk = at_proxy(rabbit, &proxy).await;
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(3)).await;
    let handle = desk.hold(&queue, 3).await;
    let grant = desk.grant::<Settle>("acknowledge");
    proxy.set(Fault::BlackHole);
    let settled = handle.acknowledge(&grant, &[1, 2]).await;
    proxy.set(Fault::None);
    for one in &settled {
        assert_eq!(one.state, Some(MessageState::Unsure), "{one:?}");
        let failure = one.result.as_ref().unwrap_err();
        assert!(failure.message.contains("the answer was lost"), "{failure}");
    }
    let account = Account::of(&settled);
    assert_eq!((account.done, account.unsure, account.failed), (0, 2, 0));
    assert!(matches!(account.outcome(), Outcome::Unknown { .. }));
    let state = handle.return_all().await;
    assert_eq!((state.returned, state.otherwise), (1, 2), "{state:?}");
    // They had been removed, as it turns out.
    eventually(async || bare.ready(&queue).await == 1).await;
    assert_eq!(bare.drain_text(&queue).await, ["message 3"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn small_messages_do_not_open_the_door_to_large_ones() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    // Without the management API, nobody knows how large the messages are.
    let blind = change(profile(rabbit, "admin"), |settings| settings.management_url = None);
    let desk = Desk::open(&blind, &secrets(rabbit, "admin")).await;
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(73)).await;
    let large = vec![b'x'; MB as usize / 2];
    bare.fill(&queue, (0..150).map(|_| large.as_slice())).await;
    let handle =
        desk.hold_with(HoldRequest { bytes: 2 * MB, ..request(&queue, 1000) }).await.unwrap();
    let state = handle.taken().await;
    assert_eq!(state.take_end, Some(TakeEnd::Bytes), "{state:?}");
    assert!(state.taken <= 73 + 32, "{} were taken", state.taken);
    handle.return_all().await;
    bare.until_ready(&queue, 223).await;
}

/// Makes the broker take a queue for crashed, or for alive again.
fn set_state(rabbit: &RabbitMq, queue: &str, state: &str) {
    let eval = format!(
        "R = rabbit_misc:r(<<\"/\">>, queue, <<\"{queue}\">>), \
         S = fun(Q) -> amqqueue:set_state(Q, {state}) end, \
         rabbit_misc:execute_mnesia_transaction(fun() -> rabbit_amqqueue:update(R, S) end), ok."
    );
    assert_eq!(rabbit.ctl(&["eval", &eval]).unwrap().trim(), "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_crashed_is_down_and_not_deleted() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(3)).await;
    let handle = desk.hold(&queue, 2).await;
    set_state(rabbit, &queue, "crashed");
    let state = ended(&handle).await;
    let Some(EndReason::Failed(failure)) = &state.end else { panic!("{state:?}") };
    assert_eq!(failure.code, Code::Refused, "{failure}");
    assert!(failure.message.contains("is down"), "{failure}");
    assert!(handle.rows().iter().all(|row| row.state == MessageState::BackAtBroker));
    set_state(rabbit, &queue, "live");
    bare.until_ready(&queue, 3).await;
    assert_eq!(bare.drain_text(&queue).await, numbers(3));
}
