//! What the tests have in common: profiles, a desk with a grant-giving access, and a bare AMQP
//! client that sets queues up and is the oracle for what is in them.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use brokers::{Proxy, RabbitMq};
use connections::access::{Access, ActivityLog, EntryId, Intent, Outcome, Scope, Subject};
use connections::profile::{
    AccessLevel, Broker as Settings, Endpoint, Environment, Profile, ProfileId,
    RabbitMqAuthentication, RabbitMqSettings, Tls, Trust,
};
use connections::secret::{Secret, Secrets};
use connections::{Failure, Grant};
use lapin::options::*;
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties};
use rabbitmq::Broker;
use rabbitmq::hold::{HoldHandle, HoldRequest, LookMode};
use tokio::sync::watch;
use uuid::Uuid;

/// Longer than anything here takes on a slow machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub const MB: u64 = 1024 * 1024;

/// A profile of a user with a password, over plain TCP.
pub fn profile(rabbit: &RabbitMq, user: &str) -> Profile {
    let settings = RabbitMqSettings {
        endpoint: localhost(rabbit.amqp_port()),
        vhost: "/".into(),
        authentication: RabbitMqAuthentication::Plain { user: user.into() },
        tls: None,
        management_url: Some(format!("http://127.0.0.1:{}", rabbit.http_port())),
    };
    Profile {
        id: ProfileId::random(),
        name: "test".into(),
        environment: Environment::Dev,
        access: AccessLevel::Open,
        broker: Settings::RabbitMq(settings),
    }
}

/// The same over TLS, trusting the test's authority and no other.
pub fn tls_profile(rabbit: &RabbitMq, user: &str) -> Profile {
    change(profile(rabbit, user), |settings| {
        settings.endpoint = localhost(rabbit.amqps_port());
        settings.tls = Some(only(&rabbit.ca_pem()));
        settings.management_url = Some(rabbit.management_url());
    })
}

pub fn localhost(port: u16) -> Endpoint {
    Endpoint { host: "localhost".into(), port }
}

pub fn only(ca_pem: &str) -> Tls {
    Tls {
        trust: Trust::OnlyCa,
        ca_pem: Some(ca_pem.into()),
        certificate_pem: None,
        verify_name: true,
    }
}

pub fn change(mut profile: Profile, change: impl FnOnce(&mut RabbitMqSettings)) -> Profile {
    match &mut profile.broker {
        Settings::RabbitMq(settings) => change(settings),
        Settings::Kafka(_) => unreachable!("these tests have no other"),
    }
    profile
}

pub fn password(text: &str) -> Secrets {
    Secrets { password: Some(Secret::new(text.to_owned())), private_key: None }
}

pub fn secrets(rabbit: &RabbitMq, user: &str) -> Secrets {
    password(rabbit.password_of(user))
}

/// Activity in memory.
#[derive(Default)]
pub struct Activity(Mutex<Vec<(EntryId, Intent, Option<Outcome>)>>);

impl Activity {
    pub fn outcomes(&self) -> Vec<(String, Option<Outcome>)> {
        let entries = self.0.lock().unwrap();
        entries.iter().map(|(_, i, o)| (i.subject.action.clone(), o.clone())).collect()
    }
}

impl ActivityLog for Activity {
    fn intend(&self, intent: &Intent) -> Result<EntryId, Failure> {
        let id = EntryId(Uuid::new_v4());
        self.0.lock().unwrap().push((id, intent.clone(), None));
        Ok(id)
    }

    fn conclude(&self, entry: EntryId, outcome: &Outcome) -> Result<(), Failure> {
        let mut entries = self.0.lock().unwrap();
        let found = entries.iter_mut().find(|(id, ..)| *id == entry).expect("announced before");
        assert!(found.2.is_none(), "an outcome is written once");
        found.2 = Some(outcome.clone());
        Ok(())
    }
}

/// An open connection and the permission to change things on it.
pub struct Desk {
    pub broker: Broker,
    pub access: Access,
    pub activity: Arc<Activity>,
}

impl Desk {
    pub async fn open(profile: &Profile, secrets: &Secrets) -> Desk {
        let activity = Arc::new(Activity::default());
        let broker = Broker::connect(profile, secrets).await.expect("the broker is there");
        Desk { broker, access: Access::new(profile, activity.clone()), activity }
    }

    pub async fn at(rabbit: &RabbitMq) -> Desk {
        Desk::open(&profile(rabbit, "admin"), &secrets(rabbit, "admin")).await
    }

    pub fn grant<S: Scope>(&self, action: &str) -> Grant<S> {
        let subject =
            Subject { action: action.into(), object: "q".into(), count: None, source: None };
        self.access.grant(subject).expect("this connection is open")
    }

    /// Holds and waits until taking is over.
    pub async fn hold(&self, queue: &str, count: u16) -> HoldHandle {
        let handle = self.hold_with(request(queue, count)).await.expect("the queue can be held");
        handle.taken().await;
        handle
    }

    pub async fn hold_with(&self, request: HoldRequest) -> Result<HoldHandle, Failure> {
        self.broker.hold(self.grant("hold"), request).await
    }
}

/// A desk whose AMQP goes through a proxy; the management API does not.
pub async fn at_proxy(rabbit: &RabbitMq, proxy: &Proxy) -> Desk {
    let through = change(profile(rabbit, "admin"), |s| s.endpoint = localhost(proxy.port()));
    Desk::open(&through, &secrets(rabbit, "admin")).await
}

/// Waits until it is known what a queue does with dead messages: of a new queue the management API
/// does not tell the policy, and another test's policy might be for it.
pub async fn until_known(desk: &Desk, queue: &str) {
    eventually(async || {
        let facts = desk.broker.queue(queue).await.unwrap();
        facts.dead_letter != rabbitmq::management::DeadLetter::Unknown
    })
    .await;
}

pub fn request(queue: &str, count: u16) -> HoldRequest {
    HoldRequest {
        queue: queue.into(),
        count,
        bytes: 64 * MB,
        mode: Some(LookMode::Hold),
        at_most: None,
    }
}

pub fn bodies(handle: &HoldHandle) -> Vec<String> {
    let rows = handle.rows();
    let text = |id| String::from_utf8(handle.message(id).unwrap().body.0.clone()).unwrap();
    rows.iter().map(|row| text(row.id)).collect()
}

/// A bare client: sets up, and tells what is really there.
pub struct Bare {
    // Held only: the channel ends with it.
    _connection: Connection,
    pub channel: Channel,
}

impl Bare {
    pub async fn at(rabbit: &RabbitMq) -> Bare {
        Bare::into_vhost(rabbit, "/").await
    }

    pub async fn into_vhost(rabbit: &RabbitMq, vhost: &str) -> Bare {
        let url = rabbit.amqp_url("admin", vhost);
        let connection = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
        Bare { _connection: connection, channel }
    }

    /// A durable queue of a name of its own.
    pub async fn queue(&self, arguments: &[(&str, AMQPValue)]) -> String {
        let name = format!("q-{}", Uuid::new_v4().simple());
        self.named_queue(&name, arguments).await;
        name
    }

    pub async fn quorum(&self, arguments: &[(&str, AMQPValue)]) -> String {
        let mut all = vec![("x-queue-type", AMQPValue::LongString("quorum".into()))];
        all.extend(arguments.iter().cloned());
        self.queue(&all).await
    }

    pub async fn named_queue(&self, name: &str, arguments: &[(&str, AMQPValue)]) {
        let options = QueueDeclareOptions { durable: true, ..Default::default() };
        self.channel.queue_declare(name.into(), options, table(arguments)).await.unwrap();
    }

    pub async fn exchange(
        &self,
        kind: lapin::ExchangeKind,
        arguments: &[(&str, AMQPValue)],
    ) -> String {
        let name = format!("x-{}", Uuid::new_v4().simple());
        let options = ExchangeDeclareOptions::default();
        let declare =
            self.channel.exchange_declare(name.as_str().into(), kind, options, table(arguments));
        declare.await.unwrap();
        name
    }

    pub async fn bind(&self, queue: &str, exchange: &str, key: &str) {
        let bind = self.channel.queue_bind(
            queue.into(),
            exchange.into(),
            key.into(),
            QueueBindOptions::default(),
            FieldTable::default(),
        );
        bind.await.unwrap();
    }

    /// Puts messages into a queue and waits until the broker has them.
    pub async fn fill<B: AsRef<[u8]>>(&self, queue: &str, bodies: impl IntoIterator<Item = B>) {
        self.fill_with(queue, bodies, BasicProperties::default().with_delivery_mode(2)).await;
    }

    pub async fn fill_with<B: AsRef<[u8]>>(
        &self,
        queue: &str,
        bodies: impl IntoIterator<Item = B>,
        properties: BasicProperties,
    ) {
        let mut confirms = Vec::new();
        for body in bodies {
            let publish = self.channel.basic_publish(
                "".into(),
                queue.into(),
                BasicPublishOptions::default(),
                body.as_ref(),
                properties.clone(),
            );
            confirms.push(publish.await.unwrap());
        }
        for confirm in confirms {
            assert!(confirm.await.unwrap().is_ack());
        }
    }

    /// Ready messages.
    pub async fn ready(&self, queue: &str) -> u32 {
        self.depth(queue).await.0
    }

    /// Ready messages and consumers.
    pub async fn depth(&self, queue: &str) -> (u32, u32) {
        let options = QueueDeclareOptions { passive: true, ..Default::default() };
        let declare = self.channel.queue_declare(queue.into(), options, FieldTable::default());
        let queue = declare.await.unwrap();
        (queue.message_count(), queue.consumer_count())
    }

    /// Waits until so many messages are ready.
    pub async fn until_ready(&self, queue: &str, count: u32) {
        eventually(async || self.ready(queue).await == count).await;
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

    pub async fn drain_text(&self, queue: &str) -> Vec<String> {
        let all = self.drain(queue).await;
        all.into_iter().map(|message| String::from_utf8(message.data).unwrap()).collect()
    }
}

pub fn table(arguments: &[(&str, AMQPValue)]) -> FieldTable {
    let mut table = FieldTable::default();
    for (name, value) in arguments {
        table.insert((*name).into(), value.clone());
    }
    table
}

/// Waits until something is so, and fails when it never is.
pub async fn eventually(mut condition: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !condition().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it never came to this");
}

/// Waits until a state is so, and fails when it never is.
pub async fn until<T>(states: &mut watch::Receiver<T>, condition: impl FnMut(&T) -> bool) {
    let so = tokio::time::timeout(PATIENCE, states.wait_for(condition)).await;
    drop(so.expect("it never came to this").expect("it ended before"));
}

/// Takes its leader from a quorum queue: from then on it says that it has nothing and nobody.
pub fn stop_leader(rabbit: &RabbitMq, queue: &str) {
    leader(rabbit, "stop_server", queue);
}

/// Starts it again; it leads a moment later.
pub fn start_leader(rabbit: &RabbitMq, queue: &str) {
    leader(rabbit, "restart_server", queue);
}

/// Stops it as soon as fewer of the queue's messages than this are unacknowledged. The broker is
/// waiting for that when this returns.
pub fn stop_leader_below(rabbit: &RabbitMq, queue: &str, unacked: usize) {
    let member = member(queue);
    let asked = format!("ra:local_query({member}, fun rabbit_fifo:query_messages_checked_out/1)");
    let stop = format!("ra:stop_server(quorum_queues, {member})");
    let eval = format!(
        "spawn(fun Wait() -> case {asked} of {{ok, {{_, N}}, _}} when N < {unacked} -> {stop}; \
         _ -> timer:sleep(5), Wait() end end), ok."
    );
    assert_eq!(rabbit.ctl(&["eval", &eval]).unwrap().trim(), "ok");
}

fn leader(rabbit: &RabbitMq, what: &str, queue: &str) {
    let eval = format!("ra:{what}(quorum_queues, {}).", member(queue));
    assert_eq!(rabbit.ctl(&["eval", &eval]).unwrap().trim(), "ok");
}

/// The only member of a quorum queue, in Erlang.
fn member(queue: &str) -> String {
    format!("{{binary_to_atom(<<\"%2F_{queue}\">>), node()}}")
}

pub fn numbers(count: usize) -> Vec<String> {
    (1..=count).map(|n| format!("message {n}")).collect()
}

/// A web server that gives every request the same answer.
pub fn web(answer: &'static str) -> u16 {
    web_in_turn([answer]).0
}

/// A web server that gives these answers in turn, and the last of them from then on; and the count
/// of what it was asked.
pub fn web_in_turn<const N: usize>(answers: [&'static str; N]) -> (u16, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let _ = stream.read(&mut [0; 4096]);
            let turn = count.fetch_add(1, Ordering::SeqCst).min(N - 1);
            let _ = stream.write_all(answers[turn].as_bytes());
        }
    });
    (port, asked)
}
