//! Opening and closing connections.

use std::sync::Arc;
use std::time::Duration;

use connections::connection::State;
use connections::profile;
use connections::{Code, Failure, ProfileId};
use kafka::Cluster;
use rabbitmq::hold::Phase;
use rabbitmq::{Broker, LinkState};
use tauri::Manager;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::desk::{Desk, blocking, tell};
use crate::events::What;
use crate::sessions::{Client, Connection};
use crate::wire::connection::{ConnectionState, ConnectionSummary};

/// How long a replay is waited for whose connection ends: longer than its messages wait for their
/// confirmations.
const LAST_CONFIRMATIONS: Duration = Duration::from_secs(90);

impl Desk {
    /// The open cluster of a profile, opening it where it is not.
    pub async fn cluster(&self, id: ProfileId) -> Result<Arc<Cluster>, Failure> {
        self.cluster_of(&self.connection(id)?).await
    }

    /// The open broker of a profile, opening it where it is not.
    pub async fn broker(&self, id: ProfileId) -> Result<Arc<Broker>, Failure> {
        self.broker_of(&self.connection(id)?).await
    }

    /// The cluster of this very connection.
    pub async fn cluster_of(&self, connection: &Arc<Connection>) -> Result<Arc<Cluster>, Failure> {
        match &*self.client(connection).await? {
            Client::Kafka(cluster) => Ok(Arc::clone(cluster)),
            Client::RabbitMq(_) => Err(not_of_kind(connection, "Kafka")),
        }
    }

    /// The broker of this very connection.
    pub async fn broker_of(&self, connection: &Arc<Connection>) -> Result<Arc<Broker>, Failure> {
        match &*self.client(connection).await? {
            Client::RabbitMq(broker) => Ok(Arc::clone(broker)),
            Client::Kafka(_) => Err(not_of_kind(connection, "RabbitMQ")),
        }
    }

    /// Opens a connection of either kind. `again` is a person's wish: credentials that were refused,
    /// also in the middle of use, are tried once more.
    pub async fn open_connection(&self, id: ProfileId, again: bool) -> Result<(), Failure> {
        let connection = self.connection(id)?;
        if again {
            if let Some(client) = connection.peek()
                && let Some(refusal) = client.refused()
                && connection.discard(&client, refusal)
            {
                self.close_unused(&connection, &client).await;
            }
            connection.forget_refusal();
        }
        self.client(&connection).await.map(drop)
    }

    /// Closes what is open of a profile: reads stop, previews of what would be done there are
    /// forgotten, replays end with what is on its way, held messages are returned.
    pub async fn close_connection(&self, id: ProfileId) {
        for closing in self.close(self.directory.end(id)) {
            // One that died has said so.
            let _ = closing.await;
        }
    }

    /// Closes connections that ended, each in a task of its own: what is held there may take a minute
    /// to be returned, and nobody who saved a connection waits for that.
    pub fn close(&self, ended: Vec<Arc<Connection>>) -> Vec<JoinHandle<()>> {
        let close = |connection: Arc<Connection>| {
            self.let_go(&connection);
            let app = self.app();
            tokio::spawn(async move {
                if let Some(desk) = app.try_state::<Desk>() {
                    desk.close_one(&connection).await;
                    desk.tell(What::Connections);
                }
            })
        };
        let closing = ended.into_iter().map(close).collect();
        self.tell(What::Connections);
        closing
    }

    /// Ends at once what changes nothing on a broker.
    fn let_go(&self, connection: &Arc<Connection>) {
        let same = |other: &Arc<Connection>| Arc::ptr_eq(other, connection);
        for (id, rows) in self.result_sets.all() {
            if same(rows.connection()) {
                rows.end();
                self.result_sets.remove(&id);
            }
        }
        for (id, preview) in self.previews.all() {
            if same(&preview.source) || same(&preview.target) {
                self.previews.remove(&id);
            }
        }
    }

    async fn close_one(&self, connection: &Arc<Connection>) {
        // First, because their originals may be held here, and what they wrote is being confirmed.
        let running = self.replays.all().into_iter().map(|(_, replay)| replay);
        let running: Vec<_> = running.filter(|replay| replay.is_on(connection)).collect();
        running.iter().for_each(|replay| replay.cancel.cancel());
        for replay in running {
            if timeout(LAST_CONFIRMATIONS, replay.ended.cancelled()).await.is_err() {
                tracing::warn!("a replay did not end before its connection was closed");
            }
        }
        for (_, hold) in self.holds.all() {
            if Arc::ptr_eq(&hold.connection, connection) {
                hold.handle.return_all().await;
            }
        }
        let access = Arc::clone(connection.access());
        if let Err(failure) = blocking(move || access.close()).await {
            tracing::error!(%failure, "the end of an unlock could not be written");
        }
        if let Some(client) = connection.end() {
            client.close().await;
        }
    }

    /// Closes a client that was replaced, unless something goes on with it and ends with it: messages
    /// that are held, a replay that runs.
    async fn close_unused(&self, connection: &Arc<Connection>, client: &Client) {
        let holds = self.holds.all();
        let held = holds.iter().any(|(_, hold)| {
            Arc::ptr_eq(&hold.connection, connection)
                && hold.handle.state().borrow().phase != Phase::Ended
        });
        let replays = self.replays.all();
        if !held && !replays.iter().any(|(_, replay)| replay.is_on(connection)) {
            client.close().await;
        }
    }

    /// One line of the navigation.
    pub fn summary(&self, connection: &Connection) -> ConnectionSummary {
        let profile = connection.profile();
        ConnectionSummary {
            id: profile.id.to_string(),
            name: profile.name.clone(),
            broker: (&profile.broker).into(),
            environment: profile.environment.into(),
            access: connection.access().state().into(),
            state: state(connection),
        }
    }

    async fn client(&self, connection: &Arc<Connection>) -> Result<Arc<Client>, Failure> {
        if let Some(client) = connection.peek() {
            return Ok(client);
        }
        let app = self.app();
        let opened = self.directory.open(connection, |profile, secrets| async move {
            tell(&app, What::Connections);
            Ok(match &profile.broker {
                profile::Broker::Kafka(_) => {
                    Client::Kafka(Arc::new(Cluster::connect(&profile, &secrets).await?))
                }
                profile::Broker::RabbitMq(_) => {
                    Client::RabbitMq(Arc::new(Broker::connect(&profile, &secrets).await?))
                }
            })
        });
        let opened = opened.await;
        if let Ok(client) = &opened {
            self.forget_when_lost(connection, client);
        }
        self.tell(What::Connections);
        opened
    }

    /// A lost AMQP connection stays lost: the next screen that needs it opens a new one.
    fn forget_when_lost(&self, connection: &Arc<Connection>, client: &Arc<Client>) {
        let Client::RabbitMq(broker) = &**client else { return };
        let mut state = broker.state();
        let app = self.app();
        // Weak: whoever watches a client does not keep it open.
        let (connection, client) = (Arc::downgrade(connection), Arc::downgrade(client));
        tokio::spawn(async move {
            let lost = state.wait_for(|state| matches!(state, LinkState::Lost(_))).await;
            let failure = match lost.as_deref() {
                Ok(LinkState::Lost(failure)) => failure.clone(),
                // The broker was dropped: it was closed on purpose.
                _ => return,
            };
            // Only the one that was lost, never its successor.
            if let (Some(connection), Some(client)) = (connection.upgrade(), client.upgrade())
                && connection.discard(&client, failure)
                && let Some(desk) = app.try_state::<Desk>()
            {
                desk.tell(What::Connections);
                desk.tell(What::Holds);
            }
        });
    }
}

fn state(connection: &Connection) -> ConnectionState {
    match connection.state() {
        State::Closed => ConnectionState::Closed,
        State::Connecting => ConnectionState::Connecting,
        State::Failed(failure) => ConnectionState::Failed { failure: failure.into() },
        State::Open(client) => match &*client {
            Client::Kafka(cluster) => match cluster.refused() {
                Some(failure) => ConnectionState::Failed { failure: failure.into() },
                None => ConnectionState::Open { product: Some("Apache Kafka".to_owned()) },
            },
            Client::RabbitMq(broker) => {
                let identity = broker.identity();
                let words = [identity.product.as_deref(), identity.version_text.as_deref()];
                let product = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
                ConnectionState::Open { product: Some(product).filter(|p| !p.is_empty()) }
            }
        },
    }
}

fn not_of_kind(connection: &Connection, kind: &str) -> Failure {
    let message = format!("the connection {} is not one to {kind}", connection.profile().name);
    Failure::new(Code::Invalid, message)
}
