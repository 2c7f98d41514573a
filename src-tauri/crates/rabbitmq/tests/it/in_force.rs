//! One hold in force a queue, whoever asks and how often, and what its end came to.

use std::sync::Arc;
use std::time::Duration;

use brokers::Proxy;
use connections::access::Hold;
use connections::{Code, Failure};
use lapin::types::AMQPValue;
use rabbitmq::budget::AfterLast;
use rabbitmq::hold::{Fates, HoldHandle, HoldRequest, LookMode, MessageState, TakeEnd, Until};

use crate::support::*;

async fn ask(desk: &Desk, request: HoldRequest) -> Result<Arc<HoldHandle>, Failure> {
    desk.broker.hold_or_extend(request, async || Ok(desk.grant::<Hold>("hold"))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_ask_at_once_get_one_hold() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let [queue, other] = [bare.queue(&[]).await, bare.queue(&[]).await];
    bare.fill(&queue, numbers(10)).await;
    bare.fill(&other, numbers(1)).await;
    let (one, two, elsewhere) = tokio::join!(
        ask(&desk, request(&queue, 3)),
        ask(&desk, request(&queue, 4)),
        ask(&desk, request(&other, 1)),
    );
    let (one, two, elsewhere) = (one.unwrap(), two.unwrap(), elsewhere.unwrap());
    assert!(Arc::ptr_eq(&one, &two) && !Arc::ptr_eq(&one, &elsewhere));
    until(&mut one.state(), |state| state.taken == 7).await;
    let held = desk.activity.outcomes().len();
    assert_eq!(held, 2, "one grant a hold");

    one.return_all().await;
    let next = ask(&desk, request(&queue, 2)).await.unwrap();
    assert!(!Arc::ptr_eq(&one, &next), "the one before has ended");
    assert_eq!(next.taken().await.take_end, Some(TakeEnd::Complete));
    next.return_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn more_of_a_hold_is_not_taken_in_another_way_than_was_asked_for() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(5)).await;
    let handle = ask(&desk, request(&queue, 2)).await.unwrap();
    handle.taken().await;
    let copy = HoldRequest { mode: Some(LookMode::Copy), ..request(&queue, 2) };
    let refused = ask(&desk, copy).await.unwrap_err();
    assert_eq!(refused.code, Code::Changed, "{refused}");
    assert!(refused.message.contains("are held, not copied"), "{refused}");
    assert_eq!((bare.ready(&queue).await, handle.rows().len()), (3, 2), "nothing was taken");
    let same = HoldRequest { mode: None, ..request(&queue, 2) };
    assert!(Arc::ptr_eq(&ask(&desk, same).await.unwrap(), &handle));
    assert_eq!(handle.taken().await.held, 4);
    handle.return_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_grant_leaves_no_hold_behind() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(2)).await;
    let no = async || Err(Failure::new(Code::ReadOnly, "this connection is read-only"));
    let refused = desk.broker.hold_or_extend(request(&queue, 1), no).await.unwrap_err();
    assert_eq!(refused.code, Code::ReadOnly);
    let handle = ask(&desk, request(&queue, 1)).await.unwrap();
    assert_eq!(handle.taken().await.held, 1);
    handle.return_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_says_what_its_last_look_leads_to_as_the_preview_does() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let missing = ("x-dead-letter-exchange", AMQPValue::LongString("no-such-dlx".into()));
    let queue = bare.quorum(&[("x-delivery-limit", AMQPValue::LongInt(2)), missing]).await;
    bare.fill(&queue, ["one"]).await;
    until_known(&desk, &queue).await;
    let preview = desk.broker.hold_preview(&queue, 1).await.unwrap();
    let handle = desk.hold(&queue, 1).await;
    assert_eq!(handle.after_last(), &preview.forecast.after_last);
    assert_eq!(handle.after_last(), &AfterLast::Deleted, "nothing is there to dead-letter to");
    handle.return_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_release_tells_what_became_of_what_was_held_and_of_nothing_else() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(4)).await;
    let handle = desk.hold(&queue, 4).await;
    handle.settle_return(&[1]).await;
    let released = handle.release().await;
    assert_eq!(released.fates, Fates { returned: 3, ..Fates::default() });
    assert_eq!(released.state.returned, 4);

    let proxy = Proxy::to(rabbit.amqp_port());
    let desk = at_proxy(rabbit, &proxy).await;
    bare.until_ready(&queue, 4).await;
    let handle = desk.hold(&queue, 4).await;
    handle.settle_return(&[1]).await;
    let (released, ()) = tokio::join!(handle.release(), async { proxy.cut() });
    let fates = released.fates;
    let told = fates.returned + fates.back_at_broker + fates.unsure;
    assert_eq!((told, released.state.held), (3, 0), "{released:?}");
    let states = handle.rows().into_iter().skip(1).map(|row| row.state);
    assert_eq!(Fates::of(states), fates);
    let back = [MessageState::Returned, MessageState::BackAtBroker, MessageState::Unsure];
    assert!(handle.rows().iter().all(|row| back.contains(&row.state)), "{released:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hold_says_whether_the_unlock_or_the_time_ends_it() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(3)).await;
    desk.access.unlock("INC-1", Duration::from_secs(600)).unwrap();
    for (at_most, expected) in [(None, Until::Unlock), (Some(60), Until::Time)] {
        let at_most = at_most.map(Duration::from_secs);
        let asked = HoldRequest { at_most, ..request(&queue, 1) };
        let handle = desk.hold_with(asked).await.unwrap();
        assert_eq!(handle.taken().await.until, expected);
        handle.return_all().await;
    }
}
