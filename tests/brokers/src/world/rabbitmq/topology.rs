//! Exchanges, queues, bindings and live consumers.

use futures_util::StreamExt;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicQosOptions, ExchangeDeclareOptions,
    QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, ExchangeKind};
use tokio::sync::watch;

use crate::world::data::{Queue, QueueKind, RabbitData};

/// Declares what the data names, on an empty broker.
pub async fn declare(channel: &Channel, data: &RabbitData) {
    for exchange in &data.exchange {
        let options = ExchangeDeclareOptions { durable: true, ..Default::default() };
        let kind = ExchangeKind::Custom(exchange.kind.clone());
        let name = exchange.name.as_str().into();
        let declared = channel.exchange_declare(name, kind, options, FieldTable::default()).await;
        declared.unwrap_or_else(|error| panic!("exchange {}: {error}", exchange.name));
    }
    for queue in &data.queue {
        let options = QueueDeclareOptions { durable: true, ..Default::default() };
        let name = queue.name.as_str();
        let declared = channel.queue_declare(name.into(), options, arguments(queue)).await;
        let declared = declared.unwrap_or_else(|error| panic!("queue {name}: {error}"));
        assert_eq!(declared.message_count(), 0, "{name}: the world needs an empty broker");
        for binding in &queue.bindings {
            let (exchange, key) = (binding.exchange.as_str(), binding.key.as_str());
            let (options, none) = (QueueBindOptions::default(), FieldTable::default());
            let bound =
                channel.queue_bind(name.into(), exchange.into(), key.into(), options, none).await;
            bound.unwrap_or_else(|error| panic!("binding of {name}: {error}"));
        }
    }
}

fn arguments(queue: &Queue) -> FieldTable {
    let mut arguments = FieldTable::default();
    let mut set = |key: &str, value| {
        arguments.insert(key.into(), value);
    };
    match queue.kind {
        QueueKind::Classic => {}
        QueueKind::Quorum => set("x-queue-type", AMQPValue::LongString("quorum".into())),
        QueueKind::Stream => set("x-queue-type", AMQPValue::LongString("stream".into())),
    }
    if let Some(target) = &queue.dead_letter_to {
        set("x-dead-letter-exchange", AMQPValue::LongString("".into()));
        set("x-dead-letter-routing-key", AMQPValue::LongString(target.as_str().into()));
    }
    if let Some(limit) = queue.delivery_limit {
        set("x-delivery-limit", AMQPValue::LongLongInt(limit));
    }
    arguments
}

/// A consumer that acknowledges everything as long as its connection lives, and counts it.
pub async fn consume(channel: Channel, queue: &str, tag: &str) -> watch::Receiver<u64> {
    channel.basic_qos(20, BasicQosOptions::default()).await.expect("a prefetch");
    let (options, none) = (BasicConsumeOptions::default(), FieldTable::default());
    let consumer = channel.basic_consume(queue.into(), tag.into(), options, none).await;
    let mut consumer = consumer.unwrap_or_else(|error| panic!("consumer {tag}: {error}"));
    let (count, taken) = watch::channel(0);
    tokio::spawn(async move {
        // Held here: a dropped channel closes and takes its consumer with it.
        let _channel = channel;
        while let Some(Ok(delivery)) = consumer.next().await {
            if delivery.ack(BasicAckOptions::default()).await.is_ok() {
                count.send_modify(|count| *count += 1);
            }
        }
    });
    taken
}
