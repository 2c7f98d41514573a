//! Publishing to real exchanges and queues.

use std::time::Duration;

use brokers::{Fault, Proxy, RabbitMq, RabbitOptions};
use connections::Code;
use lapin::ExchangeKind;
use lapin::types::AMQPValue;
use message::delivery::Properties;
use message::{AmqpValue, Octets};
use rabbitmq::publish::{Confirmed, OutgoingMessage};

use crate::support::*;

fn plain(body: &str) -> OutgoingMessage {
    OutgoingMessage {
        routing_key: String::new(),
        properties: Properties::default(),
        body: body.into(),
    }
}

/// All with one routing key.
fn keyed(key: &str, mut messages: Vec<OutgoingMessage>) -> Vec<OutgoingMessage> {
    messages.iter_mut().for_each(|message| message.routing_key = key.into());
    messages
}

const DONE: Confirmed = Confirmed { later: false };

#[tokio::test(flavor = "multi_thread")]
async fn many_are_confirmed_in_order_and_persistent() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    for queue in [bare.queue(&[]).await, bare.quorum(&[]).await] {
        let messages: Vec<_> = numbers(1000).iter().map(|body| plain(body)).collect();
        let results = desk.broker.publish(&desk.grant("replay"), "", keyed(&queue, messages)).await;
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
    let mut message = OutgoingMessage {
        routing_key: String::new(),
        properties: properties.clone(),
        body: body.clone(),
    };
    for trip in 1..=2 {
        let grant = desk.grant("replay");
        let sent = desk.broker.publish(&grant, "", keyed(&queue, vec![message])).await;
        assert_eq!(sent, [Ok(DONE)]);
        let handle = desk.hold(&queue, 1).await;
        let held = handle.message(1).unwrap();
        assert_eq!(held.properties, properties, "trip {trip}");
        assert_eq!(held.body, body);
        message = OutgoingMessage {
            routing_key: String::new(),
            properties: held.properties.clone(),
            body: held.body.clone(),
        };
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
        .publish(&desk.grant("replay"), "", keyed("no-such-queue", vec![plain("a"), plain("b")]))
        .await;
    for result in lost {
        let failure = result.unwrap_err();
        assert_eq!(failure.code, Code::Unroutable);
        assert!(failure.message.contains("no-such-queue"), "{failure}");
    }
    let direct = bare.exchange(ExchangeKind::Direct, &[]).await;
    let results =
        desk.broker.publish(&desk.grant("replay"), &direct, keyed("k", vec![plain("a")])).await;
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
                    routing_key: String::new(),
                    properties: Properties { headers: Some(vec![header]), ..Default::default() },
                    // Some are equal to each other.
                    body: format!("{}", n / 3).as_str().into(),
                }
            })
            .collect();
        let results =
            desk.broker.publish(&desk.grant("replay"), &exchange, keyed("", messages)).await;
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
    let missing = desk
        .broker
        .publish(&desk.grant("replay"), "no-such-exchange", keyed("k", messages()))
        .await;
    assert_eq!(missing.len(), 300);
    for result in missing {
        let failure = result.unwrap_err();
        assert_eq!(failure.code, Code::NotFound);
        assert!(failure.message.contains("no-such-exchange"));
    }
    let limited = Desk::open(&profile(rabbit, "limited"), &secrets(rabbit, "limited")).await;
    let grant = limited.grant("replay");
    let denied = limited.broker.publish(&grant, "amq.fanout", keyed("k", messages())).await;
    let denied: Vec<_> = denied.into_iter().map(|result| result.unwrap_err()).collect();
    assert_eq!(denied[0].code, Code::Authorization);
    for failure in &denied[1..] {
        assert_eq!(failure.code, Code::Unreachable, "one was enough to know: {failure}");
        assert!(failure.message.contains("no permission"), "{failure}");
    }
    let internal = desk
        .broker
        .publish(&desk.grant("replay"), "amq.rabbitmq.trace", keyed("k", messages()))
        .await;
    assert!(
        internal.iter().all(|r| r.as_ref().unwrap_err().code != Code::ConnectionLost),
        "{:?}",
        internal[0]
    );
    // The connection goes on.
    let queue = Bare::at(rabbit).await.queue(&[]).await;
    let sent =
        desk.broker.publish(&desk.grant("replay"), "", keyed(&queue, vec![plain("x")])).await;
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
    let results = desk.broker.publish(&desk.grant("replay"), "", keyed(&queue, messages)).await;
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
    let results = desk.broker.publish(&desk.grant("replay"), "", keyed(&queue, messages)).await;
    let sent = results.iter().filter(|result| result.is_ok()).count();
    for failure in results.iter().filter_map(|result| result.as_ref().err()) {
        assert_eq!(failure.code, Code::PartlyRefused, "{failure}");
    }
    assert_eq!(bare.ready(&queue).await as usize, sent);
    assert_eq!(sent, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_queue_refuses_is_not_called_nowhere_because_another_may_have_it() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let text = |text: &str| AMQPValue::LongString(text.into());
    let full = |overflow| [("x-max-length", AMQPValue::LongInt(1)), ("x-overflow", text(overflow))];

    // Of two queues of a route one is full.
    let (small, audit) = (bare.queue(&full("reject-publish")).await, bare.queue(&[]).await);
    let fanout = bare.exchange(ExchangeKind::Fanout, &[]).await;
    bare.bind(&small, &fanout, "").await;
    bare.bind(&audit, &fanout, "").await;
    let messages = keyed("", ["one", "two"].map(plain).to_vec());
    let results = desk.broker.publish(&desk.grant("replay"), &fanout, messages).await;
    assert_eq!(results[0], Ok(DONE));
    let failure = results[1].as_ref().unwrap_err();
    assert_eq!(failure.code, Code::PartlyRefused, "{failure}");
    bare.until_ready(&audit, 2).await;

    // The one queue is full, and dead-letters what it refuses.
    let dead = bare.queue(&[]).await;
    let [length, overflow] = full("reject-publish-dlx");
    let dlx = [("x-dead-letter-exchange", text("")), ("x-dead-letter-routing-key", text(&dead))];
    let [exchange, key] = dlx;
    let small = bare.queue(&[length, overflow, exchange, key]).await;
    let messages = keyed(&small, ["one", "two"].map(plain).to_vec());
    let results = desk.broker.publish(&desk.grant("replay"), "", messages).await;
    assert_eq!(results[0], Ok(DONE));
    let failure = results[1].as_ref().unwrap_err();
    assert_eq!(failure.code, Code::PartlyRefused, "{failure}");
    bare.until_ready(&dead, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_larger_than_a_frame_arrive_and_headers_larger_than_one_are_refused() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    let huge: Vec<u8> = (0..20 * MB as usize).map(|i| (i * 7) as u8).collect();
    let fat = ("fat".to_owned(), AmqpValue::Text(Octets(vec![b'x'; 200_000])));
    let messages = vec![
        OutgoingMessage {
            routing_key: String::new(),
            properties: Properties::default(),
            body: huge.clone().into(),
        },
        OutgoingMessage {
            routing_key: String::new(),
            properties: Properties { headers: Some(vec![fat]), ..Default::default() },
            body: Octets::default(),
        },
        OutgoingMessage {
            routing_key: String::new(),
            properties: Properties::default(),
            body: Octets::default(),
        },
    ];
    let results = desk.broker.publish(&desk.grant("replay"), "", keyed(&queue, messages)).await;
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
    let results = desk.broker.publish(&foreign, "", keyed(&queue, messages.clone())).await;
    assert!(results.iter().all(|r| r.as_ref().unwrap_err().code == Code::Internal));
    let grant = desk.grant("replay");
    desk.access.close();
    let results = desk.broker.publish(&grant, "", keyed(&queue, messages)).await;
    assert!(results.iter().all(|r| r.as_ref().unwrap_err().code == Code::GrantEnded));
    assert_eq!(bare.ready(&queue).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_to_send_is_nothing_sent() {
    let rabbit = brokers::rabbitmq();
    let desk = Desk::at(rabbit).await;
    let results = desk.broker.publish(&desk.grant("replay"), "", keyed("q", vec![])).await;
    assert!(results.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn each_message_of_one_call_has_its_own_routing_key_and_its_own_result() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let (classic, quorum) = (bare.queue(&[]).await, bare.quorum(&[]).await);
    let direct = bare.exchange(ExchangeKind::Direct, &[]).await;
    for queue in [&classic, &quorum] {
        let bind = bare.channel.queue_bind(
            queue.as_str().into(),
            direct.as_str().into(),
            queue.as_str().into(),
            Default::default(),
            table(&[]),
        );
        bind.await.unwrap();
    }
    let long = "k".repeat(256);
    // Runs of one key, keys that alternate, one that leads nowhere and one that cannot be written.
    let key = |n: usize| match n {
        0..100 => classic.as_str(),
        n if n % 13 == 5 => "nowhere",
        500 => &long,
        n if n % 2 == 0 => &classic,
        _ => &quorum,
    };
    let exchanges = [("", 1), (direct.as_str(), 2)];
    for (exchange, round) in exchanges {
        // Pairs of equal bodies, so that only the key tells a returned one from a kept one.
        let message = |n: usize| OutgoingMessage {
            routing_key: key(n).into(),
            ..plain(&format!("{}", n / 2))
        };
        let messages = (0..1000).map(message).collect();
        let results = desk.broker.publish(&desk.grant("replay"), exchange, messages).await;
        assert_eq!(results.len(), 1000);
        for (n, result) in results.iter().enumerate() {
            match (key(n), result) {
                ("nowhere", Err(failure)) => {
                    assert_eq!(failure.code, Code::Unroutable, "{n}: {failure}");
                    assert!(failure.message.contains("nowhere"), "{failure}");
                }
                (key, Err(failure)) if key == long => assert_eq!(failure.code, Code::Invalid),
                (_, result) => assert_eq!(*result, Ok(DONE), "{n}, round {round}"),
            }
        }
        for queue in [&classic, &quorum] {
            let bodies: Vec<String> = bare
                .drain(queue)
                .await
                .into_iter()
                .map(|message| String::from_utf8(message.data).unwrap())
                .collect();
            let expected: Vec<String> =
                (0..1000).filter(|n| key(*n) == queue).map(|n| (n / 2).to_string()).collect();
            assert_eq!(bodies, expected, "in order, and nothing but its own");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_that_are_too_large_condemn_no_other() {
    let limit = vec![("max_message_size".to_owned(), "100000".to_owned())];
    let rabbit = RabbitMq::start(RabbitOptions { extra: limit, ..Default::default() });
    let (desk, bare) = (Desk::at(&rabbit).await, Bare::at(&rabbit).await);
    let queue = bare.queue(&[]).await;
    let mut messages: Vec<_> = numbers(300).iter().map(|body| plain(body)).collect();
    // Before anything was confirmed, in the middle of small ones, and as much as is allowed.
    let large = [(0, 200_000), (150, 100_001), (200, 100_000)];
    for (n, bytes) in large {
        messages[n].body = Octets(vec![b'x'; bytes]);
    }
    let results = desk.broker.publish(&desk.grant("replay"), "", keyed(&queue, messages)).await;
    for (n, result) in results.iter().enumerate() {
        match n {
            0 | 150 => assert_eq!(result.as_ref().unwrap_err().code, Code::TooLarge, "{n}"),
            _ => assert_eq!(*result, Ok(DONE), "{n}"),
        }
    }
    assert_eq!(bare.ready(&queue).await, 298);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_while_a_message_waits_for_its_turn_keeps_it_from_being_written() {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let proxy = Proxy::to(rabbit.amqp_port());
    let desk = at_proxy(rabbit, &proxy).await;
    let queue = bare.queue(&[]).await;
    let grant = desk.grant("replay");
    let first = desk.broker.publish(&grant, "", keyed(&queue, vec![plain("first")])).await;
    assert_eq!(first, [Ok(DONE)], "the connection is made");
    // The second is in flight when the third, a larger one, has its turn and waits for it.
    let messages = vec![plain("1"), plain("2"), plain(&"3".repeat(100_000)), plain("4")];
    proxy.set(Fault::Delay(Duration::from_secs(1)));
    let publishing = desk.broker.publish(&grant, "", keyed(&queue, messages));
    let locking = async {
        eventually(async || bare.ready(&queue).await == 3).await;
        desk.access.close();
    };
    let (results, ()) = tokio::join!(publishing, locking);
    assert_eq!(results[..2], [Ok(DONE), Ok(DONE)], "they were on their way");
    for result in &results[2..] {
        assert_eq!(result.as_ref().unwrap_err().code, Code::GrantEnded);
    }
    assert_eq!(bare.drain_text(&queue).await, ["first", "1", "2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_a_blocking_broker_does_not_take_is_never_made_up_for() {
    let rabbit = RabbitMq::start(RabbitOptions::default());
    let bare = Bare::at(&rabbit).await;
    let proxy = Proxy::to(rabbit.amqp_port());
    let desk = at_proxy(&rabbit, &proxy).await;
    let queue = bare.queue(&[]).await;
    let large = plain(&"x".repeat(20 * MB as usize));
    let messages = keyed(&queue, vec![large; 5]);
    // Some 10 MB a second, so that the alarm comes in the middle of a message.
    proxy.set(Fault::Delay(Duration::from_millis(5)));
    let grant = desk.grant("replay");
    let publishing = desk.broker.publish(&grant, "", messages);
    let alarm = async {
        eventually(async || bare.ready(&queue).await > 0).await;
        rabbit.ctl(&["set_vm_memory_high_watermark", "absolute", "1"]).unwrap();
    };
    let (results, ()) = tokio::join!(publishing, alarm);
    let confirmed = results.iter().filter(|result| result.is_ok()).count();
    assert!((1..5).contains(&confirmed), "{confirmed}");
    let failures: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    assert_eq!(failures[0].code, Code::Timeout, "{}", failures[0]);
    for failure in &failures[1..] {
        assert_eq!(failure.code, Code::Unreachable, "never written: {failure}");
        assert!(failure.message.starts_with("not sent"), "{failure}");
    }
    proxy.set(Fault::None);
    rabbit.ctl(&["set_vm_memory_high_watermark", "0.9"]).unwrap();
    // The broker reads what is left of the old connection to its end.
    eventually(async || proxy.connections() == 1).await;
    let sent = desk.broker.publish(&grant, "", keyed(&queue, vec![plain("after")])).await;
    assert_eq!(sent, [Ok(DONE)], "on a new connection");
    assert_eq!(bare.ready(&queue).await as usize, confirmed + 1, "and none came late");
}
