//! RabbitMQ: a connection, an inspection session, and a bare client.

use std::sync::Arc;
use std::time::Duration;

use brokers::RabbitMq;
use connections::ProfileId;
use connections::access::Access;
use connections::profile::{
    Broker as Settings, Endpoint, Profile, RabbitMqAuthentication, RabbitMqSettings,
};
use futures_util::StreamExt;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicGetOptions, BasicPublishOptions, BasicQosOptions,
    BasicRejectOptions, ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions,
    QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind};
use rabbitmq::Broker;
use rabbitmq::hold::{HoldHandle, HoldRequest, LookMode};
use replay::preview::{Destination, Prepared, Source};
use replay::request::Party;
use replay::run::Removal;
use uuid::Uuid;

use super::{Activity, PATIENCE, only, password, profile};

/// An open connection to RabbitMQ.
pub struct RabbitDesk {
    pub broker: Arc<Broker>,
    pub profile: Profile,
    pub party: Party,
    pub access: Access,
    pub activity: Arc<Activity>,
}

impl RabbitDesk {
    pub async fn at(rabbit: &RabbitMq) -> RabbitDesk {
        RabbitDesk::through(rabbit, rabbit.amqps_port()).await
    }

    pub async fn through(rabbit: &RabbitMq, port: u16) -> RabbitDesk {
        let profile = profile(Settings::RabbitMq(RabbitMqSettings {
            endpoint: Endpoint { host: "localhost".into(), port },
            vhost: "/".into(),
            authentication: RabbitMqAuthentication::Plain { user: "admin".into() },
            tls: Some(only(rabbit.ca_pem())),
            management_url: Some(rabbit.management_url()),
        }));
        let secrets = password(rabbit.password_of("admin"));
        let broker = Broker::connect(&profile, &secrets).await.expect("the broker is up");
        let activity = Arc::new(Activity::default());
        let access = Access::new(&profile, activity.clone());
        let party = Party::from(&profile);
        RabbitDesk { broker: Arc::new(broker), profile, party, access, activity }
    }

    pub fn destination(&self) -> Destination {
        Destination::RabbitMq(Arc::clone(&self.broker))
    }

    /// Holds messages and waits until they are taken.
    pub async fn hold(&self, queue: &str, count: u16) -> Held {
        let subject = connections::access::Subject {
            action: "hold".into(),
            object: queue.into(),
            count: Some(count.into()),
            source: None,
        };
        let grant = self.access.grant(subject).expect("this connection is open");
        let request = HoldRequest {
            queue: queue.into(),
            count,
            bytes: 64 << 20,
            mode: Some(LookMode::Hold),
            at_most: None,
        };
        let handle = self.broker.hold(grant, request).await.expect("the queue can be held");
        assert_eq!(handle.taken().await.held, u64::from(count), "all that was asked for is held");
        let (session, connection) = (Uuid::new_v4(), self.party.connection);
        Held { session, connection, handle: Arc::new(handle) }
    }
}

/// An inspection session.
pub struct Held {
    pub session: Uuid,
    pub connection: ProfileId,
    pub handle: Arc<HoldHandle>,
}

impl Held {
    pub fn all(&self) -> Source {
        self.some(self.handle.rows().into_iter().map(|row| row.id).collect())
    }

    pub fn some(&self, messages: Vec<u64>) -> Source {
        Source::Held {
            connection: self.connection,
            session: self.session,
            handle: Arc::clone(&self.handle),
            messages,
        }
    }

    pub fn removal(&self, access: &Access, prepared: &Prepared) -> Removal {
        Removal {
            session: self.session,
            handle: Arc::clone(&self.handle),
            settle: access.grant(prepared.settle_subject()).expect("this connection is open"),
        }
    }
}

/// A bare RabbitMQ client.
pub struct BareRabbit {
    connection: Connection,
    channel: Channel,
}

impl BareRabbit {
    pub async fn at(rabbit: &RabbitMq) -> BareRabbit {
        let url = rabbit.amqp_url("admin", "/");
        let connection = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        BareRabbit { connection, channel }
    }

    /// A durable queue of a name of its own.
    pub async fn queue(&self, arguments: &[(&str, AMQPValue)]) -> String {
        let name = format!("q-{}", Uuid::new_v4().simple());
        let options = QueueDeclareOptions { durable: true, ..Default::default() };
        let declare = self.channel.queue_declare(name.as_str().into(), options, table(arguments));
        declare.await.unwrap();
        name
    }

    /// A topic exchange of a name of its own, with these queues bound to it.
    pub async fn exchange(&self, bindings: &[(&str, &str)]) -> String {
        let name = format!("x-{}", Uuid::new_v4().simple());
        let (kind, options) = (ExchangeKind::Topic, ExchangeDeclareOptions::default());
        let declare =
            self.channel.exchange_declare(name.as_str().into(), kind, options, table(&[]));
        declare.await.unwrap();
        for (queue, key) in bindings {
            self.bind(queue, &name, key).await;
        }
        name
    }

    pub async fn bind(&self, queue: &str, exchange: &str, key: &str) {
        let bind = self.channel.queue_bind(
            queue.into(),
            exchange.into(),
            key.into(),
            QueueBindOptions::default(),
            table(&[]),
        );
        bind.await.unwrap();
    }

    pub async fn unbind(&self, queue: &str, exchange: &str, key: &str) {
        let unbind =
            self.channel.queue_unbind(queue.into(), exchange.into(), key.into(), table(&[]));
        unbind.await.unwrap();
    }

    /// Puts a message into a queue and waits until the broker has it.
    pub async fn put(&self, queue: &str, body: &[u8], properties: BasicProperties) {
        self.publish("", queue, body, properties).await;
    }

    pub async fn publish(
        &self,
        exchange: &str,
        key: &str,
        body: &[u8],
        properties: BasicProperties,
    ) {
        let options = BasicPublishOptions::default();
        let publish =
            self.channel.basic_publish(exchange.into(), key.into(), options, body, properties);
        assert!(publish.await.unwrap().await.unwrap().is_ack());
    }

    /// Puts messages into a queue and waits until the broker has all of them.
    pub async fn put_many(&self, queue: &str, bodies: impl IntoIterator<Item = String>) {
        let mut confirms = Vec::new();
        for body in bodies {
            let publish = self.channel.basic_publish(
                "".into(),
                queue.into(),
                BasicPublishOptions::default(),
                body.as_bytes(),
                BasicProperties::default().with_delivery_mode(2),
            );
            confirms.push(publish.await.unwrap());
        }
        for confirm in confirms {
            assert!(confirm.await.unwrap().is_ack());
        }
    }

    /// Whether the broker takes a message for a queue. Where it breaks off, this client is done.
    pub async fn takes(&self, queue: &str, body: &[u8], properties: BasicProperties) -> bool {
        let options = BasicPublishOptions::default();
        let publish =
            self.channel.basic_publish("".into(), queue.into(), options, body, properties);
        match publish.await {
            Ok(confirm) => confirm.await.is_ok_and(|confirmed| confirmed.is_ack()),
            Err(_) => false,
        }
    }

    /// Takes a message as an application that cannot process it, for good.
    pub async fn reject(&self, queue: &str) {
        let options = BasicGetOptions { no_ack: false };
        let got = self.channel.basic_get(queue.into(), options).await.unwrap();
        let reject = BasicRejectOptions { requeue: false };
        assert!(got.expect("a message is there").delivery.acker.reject(reject).await.unwrap());
    }

    /// Messages that are ready.
    pub async fn ready(&self, queue: &str) -> u32 {
        let options = QueueDeclareOptions { passive: true, ..Default::default() };
        let declare = self.channel.queue_declare(queue.into(), options, table(&[]));
        declare.await.unwrap().message_count()
    }

    /// Waits until so many messages are ready.
    pub async fn until_ready(&self, queue: &str, count: u32) {
        let waiting = async {
            while self.ready(queue).await != count {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(PATIENCE, waiting).await;
        waited.unwrap_or_else(|_| panic!("{queue} never had {count} messages"));
    }

    /// Whether a queue gives messages out, which a quorum queue does some time after its node
    /// serves. What this looks at comes back when this client ends.
    pub async fn serves(self, queue: &str) -> bool {
        self.channel.basic_get(queue.into(), BasicGetOptions { no_ack: false }).await.is_ok()
    }

    /// Takes everything away, in order.
    pub async fn drain(&self, queue: &str) -> Vec<lapin::message::Delivery> {
        let mut all = Vec::new();
        loop {
            let get = self.channel.basic_get(queue.into(), BasicGetOptions { no_ack: true });
            match get.await.unwrap() {
                Some(message) => all.push(message.delivery),
                None => return all,
            }
        }
    }
}

impl BareRabbit {
    /// So many messages of a queue of a kind, from its beginning and in order. They are taken away,
    /// except from a stream.
    pub async fn take(
        &self,
        kind: &str,
        queue: &str,
        count: usize,
    ) -> Vec<lapin::message::Delivery> {
        let from = if kind == "stream" { vec![("x-stream-offset", text("first"))] } else { vec![] };
        let channel = self.connection.create_channel().await.unwrap();
        channel.basic_qos(200, BasicQosOptions::default()).await.unwrap();
        let consume = channel.basic_consume(
            queue.into(),
            "".into(),
            BasicConsumeOptions::default(),
            table(&from),
        );
        let mut consumer = consume.await.unwrap();
        let mut all = Vec::with_capacity(count);
        while all.len() < count {
            let next = tokio::time::timeout(PATIENCE, consumer.next()).await;
            let next = next.unwrap_or_else(|_| panic!("{} of {count} came", all.len()));
            let message = next.expect("the consumer goes on").unwrap();
            message.ack(BasicAckOptions::default()).await.unwrap();
            all.push(message);
        }
        channel.close(200, "".into()).await.unwrap();
        all
    }
}

pub fn table(arguments: &[(&str, AMQPValue)]) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in arguments {
        table.insert((*name).into(), value.clone());
    }
    table
}

pub fn text(text: &str) -> AMQPValue {
    AMQPValue::LongString(text.into())
}

/// The headers of a delivery.
pub fn headers(delivery: &lapin::message::Delivery) -> FieldTable {
    delivery.properties.headers().clone().unwrap_or_default()
}
