//! Queues, connections and brokers that go away in the middle of something.

use std::time::Duration;

use brokers::{Fault, Proxy, RabbitMq, RabbitOptions};
use connections::Code;
use connections::access::Settle;
use lapin::options::QueueDeleteOptions;
use rabbitmq::hold::{EndReason, MessageState, Phase};
use rabbitmq::publish::OutgoingMessage;
use rabbitmq::{Broker, LinkState};

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_deleted_while_held_leaves_a_snapshot_that_says_so() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    for queue in [bare.queue(&[]).await, bare.quorum(&[]).await] {
        bare.fill(&queue, numbers(3)).await;
        let handle = desk.hold(&queue, 3).await;
        let delete =
            bare.channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default());
        delete.await.unwrap();
        let grant = desk.grant::<Settle>("acknowledge");
        let settled = handle.acknowledge(&grant, &[1]).await;
        let failure = settled[0].result.as_ref().unwrap_err();
        assert_eq!(failure.code, Code::NotFound, "an acknowledgement into nothing is no success");
        let state = handle.ended().await;
        assert_eq!(state.end, Some(EndReason::QueueDeleted));
        let rows = handle.rows();
        assert!(rows.iter().all(|row| row.state == MessageState::Deleted), "{rows:?}");
        assert_eq!(bodies(&handle), numbers(3), "what was read stays readable");
    }
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(1)).await;
    let untouched = desk.hold(&queue, 1).await;
    let delete = bare.channel.queue_delete(queue.as_str().into(), QueueDeleteOptions::default());
    delete.await.unwrap();
    assert_eq!(untouched.ended().await.end, Some(EndReason::QueueDeleted), "without being asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_is_noticed_and_messages_are_back_at_the_broker() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let proxy = Proxy::to(rabbit.amqp_port());
    let desk = at_proxy(rabbit, &proxy).await;
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(5)).await;
    let handle = desk.hold(&queue, 3).await;
    let grant = desk.grant::<Settle>("acknowledge");
    handle.acknowledge(&grant, &[2]).await;
    proxy.cut();
    let state = handle.ended().await;
    let Some(EndReason::Failed(failure)) = &state.end else { panic!("{state:?}") };
    assert_eq!(failure.code, Code::ConnectionLost);
    let states: Vec<_> = handle.rows().iter().map(|row| row.state).collect();
    let expected =
        [MessageState::BackAtBroker, MessageState::Acknowledged, MessageState::BackAtBroker];
    assert_eq!(states, expected);
    assert!(matches!(*desk.broker.state().borrow(), LinkState::Lost(_)));
    assert_eq!(desk.broker.depth(&queue).await.unwrap_err().code, Code::ConnectionLost);
    let late = handle.acknowledge(&grant, &[1]).await;
    assert_eq!(late[0].result.as_ref().unwrap_err().code, Code::NotFound);
    bare.until_ready(&queue, 4).await;
    let mut left = numbers(5);
    left.remove(1);
    assert_eq!(bare.drain_text(&queue).await, left);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_swallows_everything_is_noticed_by_its_silence() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let proxy = Proxy::to(rabbit.amqp_port());
    let desk = at_proxy(rabbit, &proxy).await;
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(2)).await;
    let handle = desk.hold(&queue, 2).await;
    proxy.set(Fault::BlackHole);
    let asked = desk.broker.depth(&queue).await.unwrap_err();
    assert!(matches!(asked.code, Code::Timeout | Code::ConnectionLost), "{asked}");
    let state = handle.ended().await;
    assert!(matches!(state.end, Some(EndReason::Failed(_))), "{state:?}");
    assert!(handle.rows().iter().all(|row| row.state == MessageState::BackAtBroker));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_broker_leaves_the_snapshot_and_a_new_connection_finds_the_messages() {
    let rabbit = RabbitMq::start(RabbitOptions::default());
    let desk = Desk::at(&rabbit).await;
    let queue = {
        let bare = Bare::at(&rabbit).await;
        let queue = bare.queue(&[]).await;
        bare.fill(&queue, numbers(4)).await;
        queue
    };
    rabbit.write_declared();
    let handle = desk.hold(&queue, 2).await;
    rabbit.kill();
    let state = handle.ended().await;
    assert!(matches!(state.end, Some(EndReason::Failed(_))), "{state:?}");
    assert_eq!(bodies(&handle), numbers(2));
    assert!(handle.rows().iter().all(|row| row.state == MessageState::BackAtBroker));

    let message = OutgoingMessage {
        routing_key: queue.clone(),
        properties: Default::default(),
        body: "x".into(),
    };
    let results = desk.broker.publish(&desk.grant("replay"), "", vec![message]).await;
    let failure = results[0].as_ref().unwrap_err();
    assert_eq!(failure.code, Code::Unreachable, "certainly not sent: {failure}");
    let gone = Broker::connect(&profile(&rabbit, "admin"), &secrets(&rabbit, "admin")).await;
    assert_eq!(gone.unwrap_err().code, Code::Unreachable);

    rabbit.restart();
    let again = Desk::at(&rabbit).await;
    let handle = again.hold(&queue, 10).await;
    assert_eq!(bodies(&handle), numbers(4), "nothing was lost");
    handle.return_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_brokers_own_time_out_is_told_as_such() {
    let timeout = Some(Duration::from_secs(2));
    let rabbit = RabbitMq::start(RabbitOptions {
        consumer_timeout: timeout,
        require_client_certificate: true,
        ..Default::default()
    });
    // The same broker shows what its other setting does.
    let without = Broker::connect(&tls_profile(&rabbit, "admin"), &secrets(&rabbit, "admin")).await;
    let failure = without.unwrap_err();
    assert_eq!(failure.code, Code::Tls, "{failure}");
    assert!(failure.message.contains("client's certificate"), "{failure}");

    let (desk, bare) = (Desk::at(&rabbit).await, Bare::at(&rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(3)).await;
    // The server's setting cannot be asked for, so the hold expects 30 minutes.
    let handle = desk.hold(&queue, 3).await;
    let state = handle.ended().await;
    let Some(EndReason::Failed(failure)) = &state.end else { panic!("{state:?}") };
    assert_eq!(failure.code, Code::Timeout, "{failure}");
    assert!(failure.message.contains("longer than the broker allows"), "{failure}");
    assert_eq!(state.phase, Phase::Ended);
    assert!(handle.rows().iter().all(|row| row.state == MessageState::BackAtBroker));
    assert_eq!(*desk.broker.state().borrow(), LinkState::Up, "only the channel was closed");
    bare.until_ready(&queue, 3).await;
    assert_eq!(bare.drain_text(&queue).await, numbers(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_into_a_cut_connection_says_what_is_uncertain() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let proxy = Proxy::to(rabbit.amqp_port());
    let desk = at_proxy(rabbit, &proxy).await;
    let queue = bare.queue(&[]).await;
    let messages: Vec<_> = (0..20_000)
        .map(|n| OutgoingMessage {
            routing_key: queue.clone(),
            properties: Default::default(),
            body: format!("{n:0>200}").as_str().into(),
        })
        .collect();
    let grant = desk.grant("replay");
    let publishing = desk.broker.publish(&grant, "", messages);
    let cutting = async {
        eventually(async || bare.ready(&queue).await > 1000).await;
        proxy.cut();
    };
    let (results, ()) = tokio::join!(publishing, cutting);
    let confirmed = results.iter().filter(|result| result.is_ok()).count();
    let with = |code| {
        let failed = results.iter().filter_map(|result| result.as_ref().err());
        failed.filter(|failure| failure.code == code).count()
    };
    let (uncertain, unsent) = (with(Code::ConnectionLost), with(Code::Unreachable));
    assert_eq!(confirmed + uncertain + unsent, 20_000);
    assert!(unsent > 0, "most were never written");
    assert!(confirmed > 0 && confirmed < 20_000, "cut in the middle: {confirmed}");
    let arrived = bare.ready(&queue).await as usize;
    assert!(
        (confirmed..=confirmed + uncertain).contains(&arrived),
        "{confirmed} confirmed, {uncertain} uncertain, {arrived} arrived"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_in_alarm_is_named_as_the_reason() {
    let rabbit = RabbitMq::start(RabbitOptions::default());
    let (desk, bare) = (Desk::at(&rabbit).await, Bare::at(&rabbit).await);
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, numbers(2)).await;
    rabbit.ctl(&["set_vm_memory_high_watermark", "absolute", "1"]).unwrap();
    let message = OutgoingMessage {
        routing_key: queue.clone(),
        properties: Default::default(),
        body: "x".into(),
    };
    let messages = vec![message.clone(), message];
    let results = desk.broker.publish(&desk.grant("replay"), "", messages).await;
    let failures: Vec<_> = results.into_iter().map(|result| result.unwrap_err()).collect();
    assert_eq!(failures[0].code, Code::Timeout, "uncertain: {}", failures[0]);
    assert_eq!(failures[1].code, Code::Unreachable, "not sent: {}", failures[1]);
    assert!(failures[0].message.contains("blocks publishers"), "{}", failures[0]);
    assert!(failures[1].message.starts_with("not sent"), "{}", failures[1]);
    // Looking goes on: it has a connection of its own.
    let handle = desk.hold(&queue, 2).await;
    assert_eq!(bodies(&handle), numbers(2));
    handle.return_all().await;
}
