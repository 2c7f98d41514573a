//! What one screen works on, kept here so that the UI reads windows of it.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use connections::Failure as Refused;
use connections::access::{Access, Grant, Place, Publish, Settle, take_with_grants};
use connections::failure::Code;
use kafka::Cluster;
use kafka::read::ResultSet;
use rabbitmq::Broker;
use rabbitmq::hold::HoldHandle;
use replay::preview::{Destination, Prepared};
use replay::run::Progress;
use tokio_util::sync::CancellationToken;

use crate::wire::Failure;

/// The client of an open connection.
pub enum Client {
    Kafka(Arc<Cluster>),
    RabbitMq(Arc<Broker>),
}

/// A connection, with what is open of it. Whatever works on one keeps it, and takes permission and
/// client from it alone.
pub type Connection = connections::connection::Connection<Client>;

impl Client {
    /// Why the credentials were refused since it was opened, where they were.
    pub fn refused(&self) -> Option<Refused> {
        match self {
            Client::Kafka(cluster) => cluster.refused(),
            Client::RabbitMq(broker) => broker.refused(),
        }
    }

    /// Says goodbye where the protocol has a word for it.
    pub async fn close(&self) {
        match self {
            Client::Kafka(_) => {}
            Client::RabbitMq(broker) => broker.close().await,
        }
    }
}

/// A read and, once it ended, its result set.
pub struct Reading {
    pub connection: Arc<Connection>,
    pub topic: String,
    pub cancel: CancellationToken,
    result: OnceLock<ResultSet>,
}

impl Reading {
    pub fn new(connection: Arc<Connection>, topic: String) -> Self {
        Reading { connection, topic, cancel: CancellationToken::new(), result: OnceLock::new() }
    }

    /// Keeps what the read gave. The first result counts; a read ends once.
    pub fn finish(&self, result: ResultSet) {
        if self.result.set(result).is_err() {
            tracing::error!("a read ended twice");
        }
    }

    /// The result set; `None` while the read goes on.
    pub fn result(&self) -> Option<&ResultSet> {
        self.result.get()
    }

    /// One row of the result set.
    pub fn row(&self, row: u32) -> Result<&kafka::read::Row, Failure> {
        let rows = self.result().map(|result| result.rows.as_slice()).unwrap_or_default();
        rows.get(row as usize).ok_or_else(|| Failure {
            code: crate::wire::failure::Code::from(Code::NotFound),
            message: format!("the result set has no row {row}"),
            hint: None,
        })
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

/// An inspection session and the connection that it was started on.
pub struct HoldSession {
    pub connection: Arc<Connection>,
    pub handle: Arc<HoldHandle>,
}

/// A preview and what running it needs. It runs once, and on the connections that it was made on:
/// once one of them was closed or edited there is no permission for it any more.
pub struct PreviewSession {
    pub source: Arc<Connection>,
    pub target: Arc<Connection>,
    kept: Mutex<Option<PreparedReplay>>,
}

/// What running a preview needs, besides permissions.
pub struct PreparedReplay {
    pub prepared: Prepared,
    pub destination: Destination,
    /// The hold of the originals, where they are removed.
    pub hold: Option<(uuid::Uuid, Arc<HoldSession>)>,
}

/// A preview that was taken to be run, with the permissions for it.
pub struct TakenReplay {
    pub replay: PreparedReplay,
    pub publish: Grant<Publish>,
    pub settle: Option<Grant<Settle>>,
}

impl PreviewSession {
    pub fn new(source: Arc<Connection>, target: Arc<Connection>, kept: PreparedReplay) -> Self {
        PreviewSession { source, target, kept: Mutex::new(Some(kept)) }
    }

    /// Asks for the permissions and, once they are given, takes the preview: one that is denied can
    /// be run after unlocking. Blocks on the disk.
    pub fn take(&self) -> Result<TakenReplay, Refused> {
        let subjects = {
            let slot = self.lock();
            let kept = slot.as_ref().ok_or_else(spent)?;
            let settle = kept.hold.is_some().then(|| kept.prepared.settle_subject());
            (kept.prepared.publish_subject(), settle)
        };
        let second = subjects.1.map(|subject| (self.source.access() as &Access, subject));
        let take = || self.lock().take().ok_or_else(spent);
        let (replay, publish, settle) = take_with_grants::<_, Publish, Settle>(
            (self.target.access(), subjects.0),
            second,
            take,
        )?;
        Ok(TakenReplay { replay, publish, settle })
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<PreparedReplay>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn spent() -> Refused {
    Refused::new(Code::NotFound, "this preview was run already").hint("preview the replay again")
}

/// A replay that runs.
pub struct RunningReplay {
    /// The connection that its originals come from.
    pub source: Arc<Connection>,
    /// The connection that is written to.
    pub target: Arc<Connection>,
    /// What is written to there.
    pub place: Place,
    /// Messages that can be sent.
    pub of: u32,
    pub cancel: CancellationToken,
    /// Cancelled once it ended and is off the list.
    pub ended: CancellationToken,
    so_far: Mutex<Option<Progress>>,
}

impl RunningReplay {
    pub fn new(source: Arc<Connection>, target: Arc<Connection>, place: Place, of: u32) -> Self {
        let (cancel, ended) = (CancellationToken::new(), CancellationToken::new());
        RunningReplay { source, target, place, of, cancel, ended, so_far: Mutex::default() }
    }

    /// Whether it reads from, removes from or writes to this connection.
    pub fn is_on(&self, connection: &Arc<Connection>) -> bool {
        Arc::ptr_eq(&self.source, connection) || Arc::ptr_eq(&self.target, connection)
    }

    /// Remembers how far it is, for a page that did not start it.
    pub fn tell(&self, progress: &Progress) {
        *self.so_far.lock().unwrap_or_else(PoisonError::into_inner) = Some(*progress);
    }

    /// How far it is; `None` before anything was sent.
    pub fn so_far(&self) -> Option<Progress> {
        *self.so_far.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
