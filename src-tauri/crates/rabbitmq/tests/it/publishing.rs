//! Publishing to real exchanges and queues.

use connections::Code;
use lapin::ExchangeKind;
use lapin::types::AMQPValue;
use message::delivery::Properties;
use message::{AmqpValue, Octets};
use rabbitmq::publish::{Confirmed, OutgoingMessage, Target};

use crate::support::*;

fn plain(body: &str) -> OutgoingMessage {
    OutgoingMessage { properties: Properties::default(), body: body.into() }
}

fn to_queue(queue: &str) -> Target {
    Target { exchange: String::new(), routing_key: queue.into() }
}

fn to(exchange: &str, key: &str) -> Target {
    Target { exchange: exchange.into(), routing_key: key.into() }
}

const DONE: Confirmed = Confirmed { later: false };

#[tokio::test(flavor = "multi_thread")]
async fn many_are_confirmed_in_order_and_persistent() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    for queue in [bare.queue(&[]).await, bare.quorum(&[]).await] {
        let messages: Vec<_> = numbers(1000).iter().map(|body| plain(body)).collect();
        let results = desk.broker.publish(&desk.grant("replay"), &to_queue(&queue), messages).await;
        assert_eq!(results.len(), 1000);
        assert!(results.iter().all(|result| *result == Ok(DONE)));
        let all = bare.drain(&queue).await;
        assert!(all.iter().all(|message| *message.properties.delivery_mode() == Some(2)));
        let bodies: Vec<_> =
            all.into_iter().map(|message| String::from_utf8(message.data).unwrap()).collect();
        assert_eq!(bodies, numbers(1000));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_property_and_header_survives_hold_publish_and_hold() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    let headers = vec![
        ("a-null-bytes".to_owned(), AmqpValue::Binary(Octets(vec![0, 0, 0]))),
        ("b-not-utf8".to_owned(), AmqpValue::Text(Octets(vec![0xFF, 0xFE, 0x00]))),
        ("c-void".to_owned(), AmqpValue::Void),
        ("d-big".to_owned(), AmqpValue::Int64(i64::MAX)),
        (
            "e-nested".to_owned(),
            AmqpValue::Table(vec![
                (
                    "list".to_owned(),
                    AmqpValue::Array(vec![AmqpValue::Void, AmqpValue::Table(vec![])]),
                ),
                ("u".to_owned(), AmqpValue::UInt16(65_535)),
            ]),
        ),
        ("f-float".to_owned(), AmqpValue::Float(1.5)),
        ("g-empty".to_owned(), AmqpValue::Text(Octets::default())),
        ("h-int8".to_owned(), AmqpValue::Int8(-8)),
        ("i-decimal".to_owned(), AmqpValue::Decimal { scale: 2, value: 314 }),
        ("j-time".to_owned(), AmqpValue::Time(1_763_856_000)),
        ("k clé".to_owned(), AmqpValue::Boolean(true)),
    ];
    let properties = Properties {
        content_type: Some("application/json".into()),
        content_encoding: Some(String::new()),
        headers: Some(headers),
        delivery_mode: Some(1),
        priority: Some(9),
        correlation_id: Some("corrélation".into()),
        reply_to: Some("replies".into()),
        expiration: Some("3600000".into()),
        message_id: Some("48812".into()),
        timestamp: Some(1_763_856_000),
        kind: Some("order".into()),
        user_id: Some("admin".into()),
        app_id: Some("shop".into()),
        cluster_id: Some("c".into()),
    };
    let body = Octets(vec![0, 0xFF, 0xC3, 0x28]);
    let mut message = OutgoingMessage { properties: properties.clone(), body: body.clone() };
    for trip in 1..=2 {
        let grant = desk.grant("replay");
        let sent = desk.broker.publish(&grant, &to_queue(&queue), vec![message]).await;
        assert_eq!(sent, [Ok(DONE)]);
        let handle = desk.hold(&queue, 1).await;
        let held = handle.message(1).unwrap();
        assert_eq!(held.properties, properties, "trip {trip}");
        assert_eq!(held.body, body);
        message = OutgoingMessage { properties: held.properties.clone(), body: held.body.clone() };
        let settle = desk.grant("acknowledge");
        handle.acknowledge(&settle, &[1]).await;
        handle.ended().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_queue_receives_is_not_called_sent() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let lost = desk
        .broker
        .publish(&desk.grant("replay"), &to_queue("no-such-queue"), vec![plain("a"), plain("b")])
        .await;
    for result in lost {
        let failure = result.unwrap_err();
        assert_eq!(failure.code, Code::Unroutable);
        assert!(failure.message.contains("no-such-queue"), "{failure}");
    }
    let direct = bare.exchange(ExchangeKind::Direct, &[]).await;
    let results =
        desk.broker.publish(&desk.grant("replay"), &to(&direct, "k"), vec![plain("a")]).await;
    assert_eq!(results[0].as_ref().unwrap_err().code, Code::Unroutable);
}

#[tokio::test(flavor = "multi_thread")]
async fn among_many_exactly_the_returned_ones_are_unroutable() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    // An exchange that routes by header, so that one call has both kinds.
    let exchange = bare.exchange(ExchangeKind::Headers, &[]).await;
    for queue in [bare.queue(&[]).await, bare.quorum(&[]).await] {
        let bind = bare.channel.queue_bind(
            queue.as_str().into(),
            exchange.as_str().into(),
            "".into(),
            Default::default(),
            table(&[("queue", AMQPValue::LongString(queue.as_str().into()))]),
        );
        bind.await.unwrap();
        let routed = |n: usize| !n.is_multiple_of(7);
        let messages: Vec<_> = (0..600)
            .map(|n| {
                let target = if routed(n) { queue.as_str() } else { "nowhere" };
                let header = ("queue".to_owned(), AmqpValue::Text(target.into()));
                OutgoingMessage {
                    properties: Properties { headers: Some(vec![header]), ..Default::default() },
                    // Some are equal to each other.
                    body: format!("{}", n / 3).as_str().into(),
                }
            })
            .collect();
        let results =
            desk.broker.publish(&desk.grant("replay"), &to(&exchange, ""), messages).await;
        for (n, result) in results.iter().enumerate() {
            match result {
                Ok(_) => assert!(routed(n), "{n} was called sent"),
                Err(failure) => {
                    assert_eq!(failure.code, Code::Unroutable, "{failure}");
                    assert!(!routed(n), "{n} was called lost");
                }
            }
        }
        let expected = (0..600).filter(|n| routed(*n)).count() as u32;
        assert_eq!(bare.ready(&queue).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_exchange_or_permission_concerns_every_message_and_loses_none() {
    let rabbit = brokers::rabbitmq();
    let desk = Desk::at(rabbit).await;
    let messages = || numbers(300).iter().map(|body| plain(body)).collect::<Vec<_>>();
    let missing =
        desk.broker.publish(&desk.grant("replay"), &to("no-such-exchange", "k"), messages()).await;
    assert_eq!(missing.len(), 300);
    for result in missing {
        let failure = result.unwrap_err();
        assert_eq!(failure.code, Code::NotFound);
        assert!(failure.message.contains("no-such-exchange"));
    }
    let limited = Desk::open(&profile(rabbit, "limited"), &secrets(rabbit, "limited")).await;
    let grant = limited.grant("replay");
    let denied = limited.broker.publish(&grant, &to("amq.fanout", "k"), messages()).await;
    assert!(denied.iter().all(|r| r.as_ref().unwrap_err().code == Code::Authorization));
    let internal = desk
        .broker
        .publish(&desk.grant("replay"), &to("amq.rabbitmq.trace", "k"), messages())
        .await;
    assert!(
        internal.iter().all(|r| r.as_ref().unwrap_err().code != Code::ConnectionLost),
        "{:?}",
        internal[0]
    );
    // The connection goes on.
    let queue = Bare::at(rabbit).await.queue(&[]).await;
    let sent =
        desk.broker.publish(&desk.grant("replay"), &to_queue(&queue), vec![plain("x")]).await;
    assert_eq!(sent, [Ok(DONE)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_user_id_fails_alone() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    let mut messages: Vec<_> = numbers(50).iter().map(|body| plain(body)).collect();
    messages[20].properties.user_id = Some("somebody".into());
    messages[30].properties.user_id = Some("admin".into());
    messages[40].properties.message_id = Some("x".repeat(256));
    let results = desk.broker.publish(&desk.grant("replay"), &to_queue(&queue), messages).await;
    for (n, result) in results.iter().enumerate() {
        match n {
            20 => {
                let failure = result.as_ref().unwrap_err();
                assert_eq!(failure.code, Code::Refused, "{failure}");
                assert!(failure.message.contains("user_id"), "{failure}");
            }
            40 => assert_eq!(result.as_ref().unwrap_err().code, Code::Invalid),
            _ => assert_eq!(*result, Ok(DONE), "{n}"),
        }
    }
    assert_eq!(bare.ready(&queue).await, 48);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_queue_refuses_and_keeps_what_it_has() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let full = [
        ("x-max-length", AMQPValue::LongInt(3)),
        ("x-overflow", AMQPValue::LongString("reject-publish".into())),
    ];
    let queue = bare.queue(&full).await;
    let messages: Vec<_> = numbers(6).iter().map(|body| plain(body)).collect();
    let results = desk.broker.publish(&desk.grant("replay"), &to_queue(&queue), messages).await;
    let sent = results.iter().filter(|result| result.is_ok()).count();
    for failure in results.iter().filter_map(|result| result.as_ref().err()) {
        assert_eq!(failure.code, Code::Refused, "{failure}");
    }
    assert_eq!(bare.ready(&queue).await as usize, sent);
    assert_eq!(sent, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_larger_than_a_frame_arrive_and_headers_larger_than_one_are_refused() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    let huge: Vec<u8> = (0..20 * MB as usize).map(|i| (i * 7) as u8).collect();
    let fat = ("fat".to_owned(), AmqpValue::Text(Octets(vec![b'x'; 200_000])));
    let messages = vec![
        OutgoingMessage { properties: Properties::default(), body: huge.clone().into() },
        OutgoingMessage {
            properties: Properties { headers: Some(vec![fat]), ..Default::default() },
            body: Octets::default(),
        },
        OutgoingMessage { properties: Properties::default(), body: Octets::default() },
    ];
    let results = desk.broker.publish(&desk.grant("replay"), &to_queue(&queue), messages).await;
    assert_eq!(results[0], Ok(DONE));
    assert_eq!(results[1].as_ref().unwrap_err().code, Code::TooLarge);
    assert_eq!(results[2], Ok(DONE));
    let all = bare.drain(&queue).await;
    assert_eq!(all.len(), 2);
    assert!(all[0].data == huge && all[1].data.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_grant_nothing_is_sent() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    let other = Desk::at(rabbit).await;
    let foreign = other.grant("replay");
    let messages = vec![plain("a"), plain("b")];
    let results = desk.broker.publish(&foreign, &to_queue(&queue), messages.clone()).await;
    assert!(results.iter().all(|r| r.as_ref().unwrap_err().code == Code::Internal));
    let grant = desk.grant("replay");
    desk.access.close();
    let results = desk.broker.publish(&grant, &to_queue(&queue), messages).await;
    assert!(results.iter().all(|r| r.as_ref().unwrap_err().code == Code::GrantEnded));
    assert_eq!(bare.ready(&queue).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_send_is_nothing_sent() {
    let rabbit = brokers::rabbitmq();
    let desk = Desk::at(rabbit).await;
    let results = desk.broker.publish(&desk.grant("replay"), &to_queue("q"), vec![]).await;
    assert!(results.is_empty());
}
