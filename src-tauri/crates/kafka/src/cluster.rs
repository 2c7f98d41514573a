//! An open connection to a cluster.
//!
//! It keeps one warm client for questions; each read and each batch of writes has a client of its
//! own, created after the first one has proven the credentials.

use std::sync::Arc;

use connections::profile::{Broker as ProfileBroker, KafkaSettings};
use connections::secret::Secrets;
use connections::{Code, Failure, Profile, ProfileId};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::client::{self, Role};
use crate::gate::Gate;
use crate::native::{self, Native};
use crate::polled::Polled;
use crate::read::{self, Fetched, Isolation, Progress, ReadRequest, ResultSet};
use crate::scan::{self, Means, Observer, ScanCoverage, ScanRequest};

/// An open connection. Cheap to clone; it closes with the last clone.
#[derive(Clone)]
pub struct Cluster(Arc<Inner>);

struct Inner {
    profile: ProfileId,
    settings: KafkaSettings,
    secrets: Secrets,
    gate: Arc<Gate>,
    warm: Polled,
    about: About,
}

/// What a cluster says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its id, where it gives one.
    pub id: Option<String>,
    /// Its nodes, by their number.
    pub brokers: Vec<Broker>,
    /// The number of the node that leads the cluster, where that is known.
    pub controller: Option<i32>,
}

/// One node, as it tells clients to reach it. Text from the cluster.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Broker {
    /// Its number.
    pub id: i32,
    /// Its advertised host.
    pub host: String,
    /// Its advertised port.
    pub port: u16,
}

impl std::fmt::Debug for Cluster {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Cluster({})", self.0.profile)
    }
}

impl Cluster {
    /// Connects, and proves the credentials with one client before any other is made. Refused
    /// credentials are tried exactly once. Takes at most about 20 seconds.
    ///
    /// # Errors
    /// Which step failed, as its code; [`Code::Invalid`] for settings that cannot work.
    pub async fn connect(profile: &Profile, secrets: &Secrets) -> Result<Cluster, Failure> {
        let settings = kafka_settings(profile)?.clone();
        let (id, secrets) = (profile.id, secrets.clone());
        blocking(move || Self::connect_now(id, settings, secrets)).await
    }

    fn connect_now(
        profile: ProfileId,
        settings: KafkaSettings,
        secrets: Secrets,
    ) -> Result<Cluster, Failure> {
        let gate = Arc::new(Gate::default());
        let client = client::open(&settings, &secrets, Role::Admin, Arc::clone(&gate))?;
        // From here on the thread ends the client, whatever becomes of this function.
        let warm = Polled::start("kafka-poll", client, |_| {})?;
        let client = warm.client().ok_or_else(|| closed(&gate))?;
        let described = native::describe_cluster(&client)?;
        client.context().settle();
        drop(client);
        let mut brokers: Vec<Broker> = described
            .brokers
            .into_iter()
            .map(|broker| Broker { id: broker.id, host: broker.host, port: broker.port })
            .collect();
        brokers.sort_by_key(|broker| broker.id);
        let about = About { id: described.id, brokers, controller: described.controller };
        Ok(Cluster(Arc::new(Inner { profile, settings, secrets, gate, warm, about })))
    }

    /// The profile it was opened from.
    pub fn profile(&self) -> ProfileId {
        self.0.profile
    }

    /// The secrets it was opened with, for a process that reads on behalf of this one.
    pub fn secrets(&self) -> &Secrets {
        &self.0.secrets
    }

    /// What the cluster said about itself when the connection was opened.
    pub fn about(&self) -> &About {
        &self.0.about
    }

    /// Reads a topic. `progress` is called about ten times a second on another thread. The read
    /// stops when `cancel` fires or the future is dropped; what it has by then is given.
    ///
    /// # Errors
    /// [`Code::Invalid`] for an impossible request, [`Code::NotFound`] and [`Code::Authorization`]
    /// for the topic as a whole, and those of the connection. A read that got anything at all is
    /// not an error: its coverage says what is missing.
    pub async fn read(
        &self,
        request: ReadRequest,
        cancel: CancellationToken,
        mut progress: impl FnMut(Progress) + Send + 'static,
    ) -> Result<ResultSet, Failure> {
        let inner = Arc::clone(&self.0);
        let cancel = cancel.child_token();
        let _stop_when_dropped = cancel.clone().drop_guard();
        on_thread("kafka-read", move || {
            let admin = inner.warm()?;
            let open = || inner.reader(request.isolation);
            read::browse(&admin, &open, &request, &cancel, &mut progress)
        })
        .await
    }

    /// Scans topics. The observer is called on another thread. Ends early when `cancel` fires or the
    /// future is dropped.
    ///
    /// # Errors
    /// [`Code::Invalid`] for an impossible request, and those of the connection before anything was
    /// read. What goes wrong later is in the coverage.
    pub async fn scan(
        &self,
        request: ScanRequest,
        cancel: CancellationToken,
        mut observer: impl Observer + 'static,
    ) -> Result<ScanCoverage, Failure> {
        let inner = Arc::clone(&self.0);
        let cancel = cancel.child_token();
        let _stop_when_dropped = cancel.clone().drop_guard();
        on_thread("kafka-scan", move || {
            let admin = inner.warm()?;
            let role = match request.batch_by_batch {
                true => Role::BatchByBatch(request.isolation),
                false => Role::Scanner(request.isolation),
            };
            let open = || inner.open(role);
            let means = Means { admin: &admin, open: &open };
            scan::scan(&means, &request, &mut observer, &cancel)
        })
        .await
    }

    /// One record, whole unless its value is larger than `cap` bytes
    /// ([`crate::read::DEFAULT_BODY_CAP`] is a good one; `None` loads it anyway).
    ///
    /// # Errors
    /// [`Code::NotFound`] for a record that is not there (any more), [`Code::Authorization`], and
    /// those of the connection.
    pub async fn record(
        &self,
        topic: &str,
        partition: i32,
        offset: i64,
        cap: Option<u64>,
    ) -> Result<Fetched, Failure> {
        let found = self.fetch(topic, vec![(partition, offset)], cap, u64::MAX).await?;
        found.into_iter().next().unwrap_or_else(|| {
            Err(Failure::new(Code::Internal, "a record was asked for and no answer was given"))
        })
    }

    /// Whole records, in the order of `places`; `most` bounds their bytes together.
    ///
    /// # Errors
    /// Those of the connection as a whole. By place: as [`Cluster::record`], and
    /// [`Code::TooLarge`] once `most` is spent.
    pub async fn records(
        &self,
        topic: &str,
        places: Vec<(i32, i64)>,
        most: u64,
    ) -> Result<Vec<Result<Fetched, Failure>>, Failure> {
        self.fetch(topic, places, None, most).await
    }

    async fn fetch(
        &self,
        topic: &str,
        places: Vec<(i32, i64)>,
        cap: Option<u64>,
        most: u64,
    ) -> Result<Vec<Result<Fetched, Failure>>, Failure> {
        let (inner, topic) = (Arc::clone(&self.0), topic.to_owned());
        let cancel = CancellationToken::new();
        let _stop_when_dropped = cancel.clone().drop_guard();
        on_thread("kafka-fetch", move || {
            let admin = inner.warm()?;
            let open = || inner.reader(Isolation::Uncommitted);
            read::records(&admin, &open, &topic, &places, cap, most, &cancel)
        })
        .await
    }

    /// Asks the cluster something on a thread that may wait.
    pub(crate) async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Native) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let inner = Arc::clone(&self.0);
        blocking(move || question(&*inner.warm()?)).await
    }

    /// Why the credentials were refused since this was opened, where they were. Nothing connects any
    /// more then: open a new [`Cluster`] once the person asks for it.
    pub fn refused(&self) -> Option<Failure> {
        self.0.gate.refused()
    }

    /// A new client for writing.
    pub(crate) async fn producer(&self) -> Result<Native, Failure> {
        let inner = Arc::clone(&self.0);
        blocking(move || inner.open(Role::Producer)).await
    }
}

impl Inner {
    fn warm(&self) -> Result<Arc<Native>, Failure> {
        self.warm.client().ok_or_else(|| closed(&self.gate))
    }

    fn reader(&self, isolation: Isolation) -> Result<Native, Failure> {
        self.open(Role::Reader(isolation))
    }

    fn open(&self, role: Role) -> Result<Native, Failure> {
        if let Some(refused) = self.gate.refused() {
            return Err(refused);
        }
        client::open(&self.settings, &self.secrets, role, Arc::clone(&self.gate))
    }
}

fn closed(gate: &Gate) -> Failure {
    let closed = || Failure::new(Code::ConnectionLost, "this connection was closed");
    gate.refused().unwrap_or_else(closed)
}

pub(crate) fn kafka_settings(profile: &Profile) -> Result<&KafkaSettings, Failure> {
    match &profile.broker {
        ProfileBroker::Kafka(settings) => Ok(settings),
        ProfileBroker::RabbitMq(_) => {
            Err(Failure::new(Code::Invalid, "this is a connection to RabbitMQ, not to Kafka"))
        }
    }
}

/// Runs a short call that may wait on a thread for such calls.
pub(crate) async fn blocking<T: Send + 'static>(
    call: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(call).await.unwrap_or_else(|_| Err(died()))
}

/// Runs long work on a thread of its own.
async fn on_thread<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let (give, take) = tokio::sync::oneshot::channel();
    let started = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        // Nobody waits any more where the future was dropped.
        let _ = give.send(work());
    });
    match started {
        Ok(_) => take.await.unwrap_or_else(|_| Err(died())),
        Err(_) => Err(Failure::new(Code::Internal, "a thread could not be started")),
    }
}

fn died() -> Failure {
    Failure::new(Code::Internal, "a thread of the Kafka connection died")
}
