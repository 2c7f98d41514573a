//! The peek budget of a quorum queue with a delivery limit, on a real one.

use brokers::Proxy;
use connections::Code;
use connections::access::{Outcome, Settle};
use lapin::ExchangeKind;
use lapin::types::AMQPValue;
use rabbitmq::budget::{AfterLast, Cost, Looks, LooksLeft};
use rabbitmq::hold::{
    Account, EndReason, HoldRequest, LookMode, MessageState, Phase, ReleaseReason, TakeEnd,
};

use crate::support::*;

async fn limited(bare: &Bare, limit: i32) -> String {
    bare.quorum(&[("x-delivery-limit", AMQPValue::LongInt(limit))]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cost_is_said_before_it_is_spent() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = limited(&bare, 2).await;
    bare.fill(&queue, numbers(3)).await;
    until_known(&desk, &queue).await;
    let preview = desk.broker.hold_preview(&queue, 10).await.unwrap();
    assert_eq!(preview.forecast.cost, Cost::OneLook);
    assert_eq!(preview.forecast.left, LooksLeft::Between { at_least: 0, at_most: 2 });
    assert_eq!(preview.forecast.after_last, AfterLast::Deleted, "there is no dead-letter target");
    assert_eq!((preview.would_hide, preview.mode), (Some(3), LookMode::Hold));

    let probe = desk.hold(&queue, 1).await;
    let looks = probe.rows()[0].looks;
    assert_eq!(looks, Looks::Known { left: 2, limit: 2 });
    let facts = desk.broker.queue(&queue).await.unwrap();
    let forecast = desk.broker.budget(&facts).forecast(1, &[looks]);
    assert_eq!(forecast.left, LooksLeft::Between { at_least: 2, at_most: 2 });
    probe.return_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_in_its_last_look_is_never_returned_by_itself() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = limited(&bare, 2).await;
    bare.fill(&queue, ["old"]).await;
    for left in [2, 1] {
        let handle = desk.hold(&queue, 1).await;
        assert_eq!(handle.state().borrow().worst, Some(Looks::Known { left, limit: 2 }));
        let state = handle.return_all().await;
        assert_eq!(state.end, Some(EndReason::Released(ReleaseReason::Asked)));
        bare.until_ready(&queue, 1).await;
    }
    bare.fill(&queue, ["young 1", "young 2"]).await;

    // Taking stops at the message in its last look, and goes on when asked to.
    let handle = desk.hold(&queue, 3).await;
    let state = handle.taken().await;
    assert_eq!((state.held, state.in_last_look), (1, 1));
    assert_eq!(state.take_end, Some(TakeEnd::LastLook));
    assert!(handle.rows()[0].last_look);
    handle.more(2, MB).await.unwrap();
    assert_eq!(handle.taken().await.held, 3);

    let refused = handle.settle_return(&[1]).await;
    assert_eq!(refused[0].result.as_ref().unwrap_err().code, Code::Refused);
    let state = handle.return_all().await;
    assert_eq!((state.phase, state.held, state.returned), (Phase::Holding, 1, 2));
    assert_eq!(state.released, Some(ReleaseReason::Asked), "and the state says what is left");
    bare.until_ready(&queue, 2).await;

    // The end of the grant does not return it either, and nobody can make it go without another.
    let settle = desk.grant::<Settle>("return in the last look");
    desk.access.close();
    let mut states = handle.state();
    until(&mut states, |state| state.released == Some(ReleaseReason::GrantEnded)).await;
    assert_eq!(handle.rows()[0].state, MessageState::Held);
    let refused = handle.return_anyway(&settle, &[1]).await;
    assert_eq!(refused[0].result.as_ref().unwrap_err().code, Code::GrantEnded);
    assert_eq!(refused[0].state, Some(MessageState::Held));
    assert_eq!(bare.drain_text(&queue).await, ["young 1", "young 2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn returned_knowingly_a_message_says_that_its_queue_deleted_it() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = limited(&bare, 1).await;
    bare.fill(&queue, ["old"]).await;
    desk.hold(&queue, 1).await.return_all().await;
    bare.until_ready(&queue, 1).await;
    bare.fill(&queue, ["young"]).await;
    until_known(&desk, &queue).await;
    let handle = desk.hold(&queue, 1).await;
    handle.more(1, MB).await.unwrap();
    assert_eq!(handle.taken().await.held, 2);

    let grant = desk.grant::<Settle>("return in the last look");
    let settled = handle.return_anyway(&grant, &[1, 2]).await;
    assert_eq!(settled[0].result, Ok(MessageState::DeletedByLimit));
    assert_eq!(settled[1].result, Ok(MessageState::Returned), "one with looks left is returned");
    let account = Account::of(&settled);
    assert_eq!((account.done, account.spent, account.failed), (2, 1, 0));
    grant.conclude(&account.outcome()).unwrap();
    let state = handle.ended().await;
    assert_eq!((state.spent, state.returned, state.otherwise), (1, 1, 0));
    assert_eq!(bare.drain_text(&queue).await, ["young"]);
    let outcomes = desk.activity.outcomes();
    let (action, outcome) = &outcomes[2];
    assert_eq!(action, "return in the last look");
    let Some(Outcome::Done { count: Some(2), detail: Some(detail) }) = outcome else {
        panic!("{outcomes:?}")
    };
    assert!(detail.to_string().contains("1 had no looks left"), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_connection_says_what_it_destroyed() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let dead = bare.queue(&[]).await;
    let to_dead = ("x-dead-letter-routing-key", AMQPValue::LongString(dead.as_str().into()));
    let dlx = ("x-dead-letter-exchange", AMQPValue::LongString("".into()));
    let limit = ("x-delivery-limit", AMQPValue::LongInt(1));
    let targets = [
        (vec![limit.clone()], MessageState::DeletedByLimit),
        (vec![limit, dlx, to_dead], MessageState::DeadLettered),
    ];
    for (arguments, expected) in targets {
        let queue = bare.quorum(&arguments).await;
        bare.fill(&queue, ["old"]).await;
        Desk::at(rabbit).await.hold(&queue, 1).await.return_all().await;
        bare.until_ready(&queue, 1).await;
        bare.fill(&queue, ["young"]).await;

        let proxy = Proxy::to(rabbit.amqp_port());
        let desk = at_proxy(rabbit, &proxy).await;
        until_known(&desk, &queue).await;
        let handle = desk.hold(&queue, 1).await;
        handle.more(1, MB).await.unwrap();
        let state = handle.taken().await;
        assert_eq!((state.held, state.in_last_look, state.dies_with_connection), (2, 1, 1));
        proxy.cut();
        let state = handle.ended().await;
        let states: Vec<_> = handle.rows().iter().map(|row| row.state).collect();
        assert_eq!(states, [expected, MessageState::BackAtBroker]);
        assert_eq!((state.spent, state.otherwise), (1, 1));
        eventually(async || desk.activity.outcomes()[0].1.is_some()).await;
        let outcomes = desk.activity.outcomes();
        let Some(Outcome::Partial { done: 1, failed: 1, detail }) = &outcomes[0].1 else {
            panic!("{outcomes:?}")
        };
        assert!(detail.to_string().contains("1 dead-lettered or deleted"), "{detail}");
        // The broker's own word on it.
        bare.until_ready(&queue, 1).await;
        assert_eq!(bare.drain_text(&queue).await, ["young"]);
    }
    bare.until_ready(&dead, 1).await;
    assert_eq!(bare.drain_text(&dead).await, ["old"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_can_be_acknowledged_and_outlives_its_handle() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = limited(&bare, 0).await;
    bare.fill(&queue, ["one", "two"]).await;
    let handle = desk.hold(&queue, 1).await;
    assert!(handle.rows()[0].last_look, "a limit of 0 allows one delivery");
    let grant = desk.grant::<Settle>("acknowledge");
    let settled = handle.acknowledge(&grant, &[1]).await;
    assert_eq!(settled[0].result, Ok(MessageState::Acknowledged));
    assert_eq!(handle.ended().await.end, Some(EndReason::Settled));

    let handle = desk.hold(&queue, 1).await;
    let mut states = handle.state();
    drop(handle);
    until(&mut states, |state| state.released == Some(ReleaseReason::Abandoned)).await;
    assert_eq!(states.borrow().held, 1, "still held: nothing else keeps it");
    assert_eq!(bare.ready(&queue).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn copying_keeps_what_it_would_destroy() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = limited(&bare, 0).await;
    bare.fill(&queue, ["one"]).await;
    let request = HoldRequest { mode: Some(LookMode::Copy), ..request(&queue, 5) };
    let handle = desk.hold_with(request).await.unwrap();
    let mut states = handle.state();
    until(&mut states, |state| state.released == Some(ReleaseReason::Copied)).await;
    assert_eq!(handle.rows()[0].state, MessageState::Held);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_last_look_a_message_is_where_the_preview_said() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let dead = bare.queue(&[]).await;
    let dlx = bare.exchange(ExchangeKind::Fanout, &[]).await;
    bare.bind(&dead, &dlx, "").await;
    let queue = bare
        .quorum(&[
            ("x-delivery-limit", AMQPValue::LongInt(1)),
            ("x-dead-letter-exchange", AMQPValue::LongString(dlx.as_str().into())),
        ])
        .await;
    bare.fill(&queue, ["one"]).await;
    let preview = desk.broker.hold_preview(&queue, 1).await.unwrap();
    let target = AfterLast::DeadLettered { exchange: dlx, routing_key: None };
    assert_eq!(preview.forecast.after_last, target);
    desk.hold(&queue, 1).await.return_all().await;
    bare.until_ready(&queue, 1).await;
    let handle = desk.hold(&queue, 1).await;
    let grant = desk.grant::<Settle>("return in the last look");
    let settled = handle.return_anyway(&grant, &[1]).await;
    assert_eq!(settled[0].result, Ok(MessageState::DeadLettered));
    bare.until_ready(&dead, 1).await;
    assert_eq!(bare.ready(&queue).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_letter_exchange_that_is_missing_is_called_deletion() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let missing = ("x-dead-letter-exchange", AMQPValue::LongString("no-such-dlx".into()));
    let queue = bare.quorum(&[("x-delivery-limit", AMQPValue::LongInt(0)), missing]).await;
    bare.fill(&queue, ["one"]).await;
    let preview = desk.broker.hold_preview(&queue, 1).await.unwrap();
    assert_eq!(preview.forecast.after_last, AfterLast::Deleted);
    let handle = desk.hold(&queue, 1).await;
    let grant = desk.grant::<Settle>("return in the last look");
    let settled = handle.return_anyway(&grant, &[1]).await;
    assert_eq!(settled[0].result, Ok(MessageState::DeletedByLimit));
    handle.ended().await;
    bare.fill(&queue, numbers(3)).await;
    let management = desk.broker.management().unwrap();
    // Statistics of a second later: by then the return is done.
    eventually(async || management.queue(&queue).await.unwrap().total == Some(3)).await;
    assert_eq!(bare.drain_text(&queue).await, numbers(3), "the first one is gone");
}
