//! Opening and closing connections.

use std::sync::Arc;

use connections::profile::{self, Profile};
use connections::{Failure, ProfileId};
use kafka::Cluster;
use rabbitmq::{Broker, LinkState};
use tauri::Manager;

use crate::desk::attempts::Attempt;
use crate::desk::{Desk, blocking};
use crate::events::What;
use crate::wire::connection::{ConnectionState, ConnectionSummary};

impl Desk {
    /// The open cluster of a connection, opening it where it is not.
    pub async fn cluster(&self, id: ProfileId) -> Result<Arc<Cluster>, Failure> {
        if let Some(open) = self.clusters.peek(id) {
            return Ok(open);
        }
        let profile = self.profiles.get(id)?;
        self.attempt(id, self.clusters.get_or_open(id, || self.connect_kafka(profile))).await
    }

    /// The open broker of a connection, opening it where it is not.
    pub async fn broker(&self, id: ProfileId) -> Result<Arc<Broker>, Failure> {
        if let Some(open) = self.brokers.peek(id) {
            return Ok(open);
        }
        let profile = self.profiles.get(id)?;
        let opening = self.brokers.get_or_open(id, || self.connect_rabbitmq(profile));
        self.attempt(id, opening).await
    }

    /// Opens a connection of either kind. `again` forgets a refusal first.
    pub async fn open_connection(&self, id: ProfileId, again: bool) -> Result<(), Failure> {
        if again && !self.is_open(id) {
            self.clusters.close(id);
            self.brokers.close(id);
        }
        match self.profiles.get(id)?.broker {
            profile::Broker::Kafka(_) => self.cluster(id).await.map(drop),
            profile::Broker::RabbitMq(_) => self.broker(id).await.map(drop),
        }
    }

    /// Closes a connection: held messages are returned first, grants end, reads stop.
    pub async fn close_connection(&self, id: ProfileId) {
        for (_, reading) in self.readings.all() {
            if reading.connection == id {
                reading.cancel.cancel();
            }
        }
        for (_, hold) in self.holds.all() {
            if hold.connection == id {
                hold.handle.return_all().await;
            }
        }
        let access = self.lock_access().remove(&id);
        if let Some(access) = access
            && let Err(failure) = blocking(move || access.close()).await
        {
            tracing::error!(%failure, "the end of an unlock could not be written");
        }
        self.clusters.close(id);
        if let Some(broker) = self.brokers.close(id) {
            broker.close().await;
        }
        self.attempts.clear(id);
        self.tell(What::Connections);
    }

    /// One line of the navigation.
    pub fn summary(&self, profile: &Profile) -> ConnectionSummary {
        ConnectionSummary {
            id: profile.id.to_string(),
            name: profile.name.clone(),
            broker: (&profile.broker).into(),
            environment: profile.environment.into(),
            access: self.access(profile).state().into(),
            state: self.connection_state(profile.id),
        }
    }

    fn connection_state(&self, id: ProfileId) -> ConnectionState {
        if self.clusters.peek(id).is_some() {
            return ConnectionState::Open { product: Some("Apache Kafka".to_owned()) };
        }
        if let Some(broker) = self.brokers.peek(id) {
            let identity = broker.identity();
            let words = [identity.product.as_deref(), identity.version_text.as_deref()];
            let product = words.into_iter().flatten().collect::<Vec<_>>().join(" ");
            return ConnectionState::Open { product: Some(product).filter(|p| !p.is_empty()) };
        }
        match self.attempts.get(id) {
            None => ConnectionState::Closed,
            Some(Attempt::Connecting) => ConnectionState::Connecting,
            Some(Attempt::Failed(failure)) => ConnectionState::Failed { failure: failure.into() },
        }
    }

    fn is_open(&self, id: ProfileId) -> bool {
        self.clusters.peek(id).is_some() || self.brokers.peek(id).is_some()
    }

    async fn attempt<C>(
        &self,
        id: ProfileId,
        opening: impl Future<Output = Result<Arc<C>, Failure>>,
    ) -> Result<Arc<C>, Failure> {
        self.attempts.set(id, Attempt::Connecting);
        self.tell(What::Connections);
        let opened = opening.await;
        match &opened {
            Ok(_) => self.attempts.clear(id),
            Err(failure) => self.attempts.set(id, Attempt::Failed(failure.clone())),
        }
        self.tell(What::Connections);
        opened
    }

    async fn connect_kafka(&self, profile: Profile) -> Result<Cluster, Failure> {
        let secrets = self.secrets.get(&profile).await?;
        Cluster::connect(&profile, &secrets).await
    }

    async fn connect_rabbitmq(&self, profile: Profile) -> Result<Broker, Failure> {
        let secrets = self.secrets.get(&profile).await?;
        let broker = Broker::connect(&profile, &secrets).await?;
        self.forget_when_lost(profile.id, &broker);
        Ok(broker)
    }

    /// A lost AMQP connection stays lost: the next screen that needs it opens a new one.
    fn forget_when_lost(&self, id: ProfileId, broker: &Broker) {
        let mut state = broker.state();
        let app = self.app();
        tokio::spawn(async move {
            let lost = state.wait_for(|state| matches!(state, LinkState::Lost(_))).await;
            let failure = match lost.as_deref() {
                Ok(LinkState::Lost(failure)) => failure.clone(),
                // The broker was dropped: it was closed on purpose.
                _ => return,
            };
            if let Some(desk) = app.try_state::<Desk>()
                && desk.brokers.close(id).is_some()
            {
                desk.attempts.set(id, Attempt::Failed(failure));
                desk.tell(What::Connections);
                desk.tell(What::Holds);
            }
        });
    }
}
