//! What a real broker writes into a message's headers, and the story that is told of it.

use lapin::BasicProperties;
use lapin::types::AMQPValue;
use message::story::{self, Kind, Missing};

use crate::support::*;

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_message_tells_where_it_came_from_and_how_it_died() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    let dead = bare.queue(&[]).await;
    let work = bare
        .queue(&[("x-dead-letter-exchange", text("")), ("x-dead-letter-routing-key", text(&dead))])
        .await;
    let exchange = bare.exchange(&[(&work, "task.*")]).await;
    let properties = BasicProperties::default()
        .with_timestamp(1_732_197_802)
        .with_headers(table(&[("x-exception-message", text("customer.address is null"))]));
    bare.publish(&exchange, "task.create", b"Nouvelle t\xC3\xA2che", properties).await;
    bare.reject(&work).await;
    bare.until_ready(&dead, 1).await;

    let held = desk.hold(&dead, 1).await;
    let steps = story::tell(&held.handle.message(1).unwrap());
    let kinds: Vec<Kind> = steps.iter().map(|step| step.kind).collect();
    let told = [Kind::Published, Kind::Routed, Kind::Failed, Kind::Rejected, Kind::DeadLettered];
    assert_eq!(kinds, told);
    assert_eq!(steps[0].exchange.as_deref(), Some(&*exchange));
    assert_eq!(steps[0].routing_keys, ["task.create"]);
    assert_eq!(steps[0].at, Some(1_732_197_802));
    assert_eq!(steps[1].queue.as_deref(), Some(&*work));
    assert_eq!(steps[2].reason.as_deref(), Some("customer.address is null"));
    assert_eq!((steps[3].queue.as_deref(), steps[3].count), (Some(&*work), Some(1)));
    assert!(steps[3].at.is_some(), "the broker writes when");
    assert_eq!(steps[3].missing, [Missing::By], "and never who");
    assert_eq!(steps[4].queue.as_deref(), Some(&*dead));
    assert!(steps.iter().all(|step| step.unread.is_empty()), "{steps:?}");
    held.handle.return_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_cycle_is_told_with_counts_and_the_first_times() {
    let rabbit = brokers::rabbitmq();
    let (bare, desk) = (BareRabbit::at(rabbit).await, RabbitDesk::at(rabbit).await);
    // Rejected in work, waits a good second, comes back to work.
    let exchange = bare.exchange(&[]).await;
    let wait = bare
        .queue(&[
            ("x-message-ttl", AMQPValue::LongInt(1200)),
            ("x-dead-letter-exchange", text(&exchange)),
            ("x-dead-letter-routing-key", text("back")),
        ])
        .await;
    let work = bare
        .queue(&[("x-dead-letter-exchange", text("")), ("x-dead-letter-routing-key", text(&wait))])
        .await;
    bare.bind(&work, &exchange, "back").await;
    bare.bind(&work, &exchange, "task").await;
    bare.publish(&exchange, "task", b"again and again", BasicProperties::default()).await;
    for _ in 0..2 {
        bare.until_ready(&work, 1).await;
        bare.reject(&work).await;
    }
    bare.until_ready(&work, 1).await;

    let held = desk.hold(&work, 1).await;
    let message = held.handle.message(1).unwrap();
    let steps = story::tell(&message);
    let kinds: Vec<Kind> = steps.iter().map(|step| step.kind).collect();
    let told = [
        Kind::Published,
        Kind::Routed,
        Kind::Rejected,
        Kind::DeadLettered,
        Kind::Expired,
        Kind::DeadLettered,
    ];
    assert_eq!(kinds, told);
    let (rejected, expired) = (&steps[2], &steps[4]);
    assert_eq!((rejected.count, expired.count), (Some(2), Some(2)));
    let between = expired.at.unwrap() - rejected.at.unwrap();
    assert!(between <= 2, "both times are of the first round: {between} s apart");
    assert!(rejected.missing.contains(&Missing::LastAt));
    assert_eq!(steps[0].routing_keys, ["task"], "as it was published, not as it came back");
    let died = story::died(&message).expect("it died four times");
    assert_eq!(died.queue.as_deref(), Some(&*wait), "the latest death");
    assert_eq!(
        (died.exchange.as_deref(), &died.routing_keys[..]),
        (Some(&*exchange), &["task".to_owned()][..])
    );
    held.handle.return_all().await;
}
