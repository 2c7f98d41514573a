//! Messages that make client libraries give up, among messages that are fine.

use connections::Code;
use connections::access::Settle;
use message::{AmqpValue, Octets};
use rabbitmq::hold::MessageState;
use rabbitmq::properties::UNREADABLE;
use rabbitmq::publish::OutgoingMessage;

use crate::raw::{RawPublisher, headers, short};
use crate::support::*;

/// `{"": {"": …}}`, so deep.
fn nested(depth: usize) -> Vec<u8> {
    let mut table = Vec::with_capacity(depth * 6);
    for level in (0..depth).rev() {
        table.extend([0, b'F']);
        table.extend((level as u32 * 6).to_be_bytes());
    }
    table
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_message_never_hides_the_others() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    let mut latin = 0x8000_u16.to_be_bytes().to_vec();
    short(&mut latin, b"text/caf\xe9");
    let bad = [latin, headers(b"\x04caf\xe9V"), headers(&nested(20_000))];
    bare.fill(&queue, ["before"]).await;
    let mut raw = RawPublisher::open(rabbit);
    for properties in &bad {
        raw.publish(b"", queue.as_bytes(), properties, b"bad");
    }
    bare.fill(&queue, ["after"]).await;

    let handle = desk.hold(&queue, 10).await;
    assert_eq!(bodies(&handle), ["before", "bad", "bad", "bad", "after"]);
    for (id, properties) in (2..).zip(&bad) {
        let message = handle.message(id).unwrap();
        let kept = message.header(UNREADABLE).expect("what cannot be read is kept");
        assert_eq!(kept, &AmqpValue::Binary(Octets(properties.clone())), "byte for byte");
        let copy = OutgoingMessage {
            routing_key: queue.clone(),
            properties: message.properties.clone(),
            body: message.body.clone(),
        };
        let sent = desk.broker.publish(&desk.grant("replay"), "", vec![copy]).await;
        assert_eq!(sent[0].as_ref().unwrap_err().code, Code::Unsupported, "no inexact copy");
    }
    let grant = desk.grant::<Settle>("acknowledge");
    let settled = handle.acknowledge(&grant, &[2]).await;
    assert_eq!(settled[0].result, Ok(MessageState::Acknowledged));
    handle.return_all().await;
    assert_eq!(bare.ready(&queue).await, 4);
    assert!(desk.broker.state().borrow().eq(&rabbitmq::LinkState::Up));
    // The bare client would not survive reading them.
    bare.channel.queue_purge(queue.as_str().into(), Default::default()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_routing_key_that_is_no_text_is_shown_with_substitutes() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    let exchange = bare.exchange(lapin::ExchangeKind::Fanout, &[]).await;
    bare.bind(&queue, &exchange, "").await;
    RawPublisher::open(rabbit).publish(exchange.as_bytes(), b"caf\xe9.\xff", &[0, 0], b"one");
    let handle = desk.hold(&queue, 5).await;
    assert_eq!(handle.rows()[0].routing_key, "caf\u{1a}.\u{1a}");
    let grant = desk.grant::<Settle>("acknowledge");
    handle.acknowledge(&grant, &[1]).await;
    assert_eq!(bare.ready(&queue).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_as_deep_as_they_are_read_at_all_survive_the_trip() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.queue(&[]).await;
    RawPublisher::open(rabbit).publish(b"", queue.as_bytes(), &headers(&nested(32)), b"deep");
    let handle = desk.hold(&queue, 1).await;
    let message = handle.message(1).unwrap();
    let mut depth = 0;
    let mut table = message.properties.headers.clone().unwrap();
    while let Some((_, AmqpValue::Table(inner))) = table.pop() {
        depth += 1;
        table = inner;
    }
    assert_eq!(depth, 32, "inside the first");
    handle.return_all().await;
}
