//! One open connection to RabbitMQ.
//!
//! The first AMQP connection proves the credentials: one attempt, and where the broker refuses them
//! nothing else is tried with them. The management API is asked only after it. Publishing has a
//! connection of its own, opened when first needed, because an alarm blocks publishing connections
//! whole, acknowledgements included.

use std::sync::Arc;
use std::time::Instant;

use connections::profile::{Profile, ProfileId};
use connections::secret::Secrets;
use connections::{Code, Failure};
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use serde::{Deserialize, Serialize};
use tokio::sync::{Mutex, watch};

use crate::budget::Budget;
use crate::client::Plan;
use crate::hold::Holds;
use crate::link::{Link, LinkState, within};
use crate::management::{Management, QueueFacts};
use crate::properties::short;
use crate::verdict;
use crate::version::Version;

/// One open connection to RabbitMQ.
#[derive(Debug)]
pub struct Broker {
    profile: ProfileId,
    plan: Plan,
    identity: Identity,
    link: Arc<Link>,
    publishing: Mutex<Publishing>,
    management: Option<Management>,
    holds: Holds,
}

/// The connection that publishes.
#[derive(Debug)]
enum Publishing {
    Closed,
    Open(Arc<Link>),
    /// The broker refused the login, although it took the same one before: the password was changed
    /// meanwhile. It is not sent again, because accounts get locked.
    Refused(Failure),
}

/// What the server says of itself while connecting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// The product, usually `RabbitMQ`.
    pub product: Option<String>,
    /// The version as the server writes it.
    pub version_text: Option<String>,
    /// The version, where it can be read as one.
    pub version: Option<Version>,
    /// The cluster's name.
    pub cluster_name: Option<String>,
}

impl Broker {
    /// Connects and logs in, once.
    ///
    /// # Errors
    /// Which step failed: [`Code::Invalid`] and [`Code::Keyring`] before anything is tried,
    /// [`Code::NameLookup`], [`Code::Unreachable`], [`Code::Tls`], [`Code::NotABroker`],
    /// [`Code::Authentication`], [`Code::Authorization`] and [`Code::NotFound`] for the virtual
    /// host, [`Code::Timeout`].
    pub async fn connect(profile: &Profile, secrets: &Secrets) -> Result<Broker, Failure> {
        let plan = planned(profile, secrets).await?;
        let (link, start) = Link::open(&plan, "inspecting").await?;
        let management = plan.http()?.map(|http| Management::new(http, &plan.peer.vhost));
        let identity = Identity {
            product: start.product.as_deref().map(verdict::clean),
            version: start.version.as_deref().and_then(Version::read),
            version_text: start.version.as_deref().map(verdict::clean),
            cluster_name: start.cluster_name.as_deref().map(verdict::clean),
        };
        Ok(Broker {
            profile: profile.id,
            plan,
            identity,
            link: Arc::new(link),
            publishing: Mutex::new(Publishing::Closed),
            management,
            holds: Holds::default(),
        })
    }

    /// The profile it was opened for.
    pub fn profile(&self) -> ProfileId {
        self.profile
    }

    /// What the server says of itself.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The virtual host.
    pub fn vhost(&self) -> &str {
        &self.plan.peer.vhost
    }

    /// The user whose name may be in `user_id` of published messages; `None` where a client
    /// certificate decides.
    pub fn user(&self) -> Option<&str> {
        self.plan.user()
    }

    /// Whether the connection is there, and every change of that. A lost one stays lost: open a
    /// new [`Broker`].
    pub fn state(&self) -> watch::Receiver<LinkState> {
        self.link.state()
    }

    /// The management API.
    ///
    /// # Errors
    /// [`Code::Unsupported`] where the profile has none.
    pub fn management(&self) -> Result<&Management, Failure> {
        self.management.as_ref().ok_or_else(|| {
            Failure::new(Code::Unsupported, "this connection has no management URL")
                .hint("add it to the connection to see queues, rates and consumers")
        })
    }

    /// What is known of one queue: from the management API, and where that does not answer, what
    /// AMQP tells of it, with [`QueueFacts::missing`] saying why the rest is unknown.
    ///
    /// # Errors
    /// [`Code::NotFound`], [`Code::Refused`] for another connection's exclusive queue, and what
    /// ends the connection.
    pub async fn queue(&self, name: &str) -> Result<QueueFacts, Failure> {
        let asked = Instant::now();
        let missing = match self.management() {
            Ok(management) => match management.queue(name).await {
                Ok(mut facts) => {
                    // The API's numbers are up to five seconds old, AMQP's are of now. A queue
                    // that refuses, because it is exclusive or down, keeps the API's.
                    let before = self.holds.of(name);
                    match self.depth(name).await {
                        Ok(depth) => facts.update(depth.ready, depth.consumers),
                        Err(failure) if failure.code == Code::Refused => {}
                        Err(failure) => return Err(failure),
                    }
                    facts.set_apart(&before, &self.holds.of(name), asked);
                    return Ok(facts);
                }
                Err(failure) => failure,
            },
            Err(failure) => failure,
        };
        let before = self.holds.of(name);
        let depth = self.depth(name).await?;
        let mut facts = QueueFacts::unknown(self.vhost(), name);
        facts.update(depth.ready, depth.consumers);
        facts.set_apart(&before, &self.holds.of(name), asked);
        facts.missing = Some(missing);
        Ok(facts)
    }

    /// The budget of a queue.
    pub fn budget(&self, facts: &QueueFacts) -> Budget {
        Budget::of(self.identity.version, facts)
    }

    /// Ready messages and consumers by a passive declaration, which changes nothing and needs no
    /// permission.
    ///
    /// # Errors
    /// As [`Broker::queue`].
    pub async fn depth(&self, queue: &str) -> Result<Depth, Failure> {
        // Of its own: a refusal closes the channel that asked.
        let channel = self.link.channel().await?;
        let depth = depth(&channel, queue).await;
        close_quietly(&channel).await;
        depth
    }

    /// Why a login was refused since this was opened, where one was: the management API's, or that of
    /// the connection that publishes. It is not tried again: open a new [`Broker`] once the person
    /// asks for it.
    pub fn refused(&self) -> Option<Failure> {
        let publishing = self.publishing.try_lock().ok().and_then(|slot| match &*slot {
            Publishing::Refused(failure) => Some(failure.clone()),
            Publishing::Open(_) | Publishing::Closed => None,
        });
        publishing.or_else(|| self.management.as_ref()?.refused())
    }

    /// The holds of this connection.
    pub(crate) fn holds(&self) -> &Holds {
        &self.holds
    }

    /// The connection that consumes.
    pub(crate) fn link(&self) -> &Arc<Link> {
        &self.link
    }

    /// The connection that publishes, opened when first needed and again after a loss. A refused
    /// login is remembered for as long as this [`Broker`] is used.
    pub(crate) async fn publishing(&self) -> Result<Arc<Link>, Failure> {
        if let Some(failure) = self.link.loss() {
            return Err(failure);
        }
        // Held across the network by design: whoever publishes at the same time waits for the one
        // attempt. It guards nothing else.
        let mut slot = self.publishing.lock().await;
        match &*slot {
            Publishing::Open(link) if link.loss().is_none() => return Ok(Arc::clone(link)),
            Publishing::Refused(failure) => return Err(failure.clone()),
            Publishing::Open(_) | Publishing::Closed => {}
        }
        match Link::open(&self.plan, "publishing").await {
            Ok((link, _)) => {
                let link = Arc::new(link);
                *slot = Publishing::Open(Arc::clone(&link));
                Ok(link)
            }
            Err(failure) => {
                if failure.code == Code::Authentication {
                    *slot = Publishing::Refused(failure.clone());
                }
                Err(failure)
            }
        }
    }

    /// Closes both connections. What is still held goes back to its queue, which counts as a look
    /// on quorum queues: release holds first.
    pub async fn close(&self) {
        let publishing = std::mem::replace(&mut *self.publishing.lock().await, Publishing::Closed);
        if let Publishing::Open(link) = publishing {
            link.close().await;
        }
        self.link.close().await;
    }
}

/// Away from the async threads: the system's roots are files.
async fn planned(profile: &Profile, secrets: &Secrets) -> Result<Plan, Failure> {
    let (profile, secrets) = (profile.clone(), secrets.clone());
    let planned = tokio::task::spawn_blocking(move || Plan::new(&profile, &secrets)).await;
    planned.map_err(|_| Failure::new(Code::Internal, "reading the certificates ended early"))?
}

/// What a passive declaration tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// Messages ready for delivery.
    pub ready: u64,
    /// Consumers, ours included.
    pub consumers: u64,
}

/// [`Broker::depth`] on a channel of the caller's, which a refusal closes.
pub(crate) async fn depth(channel: &lapin::Channel, queue: &str) -> Result<Depth, Failure> {
    let object = format!("the queue {}", verdict::clean(queue));
    if queue.is_empty() {
        // To AMQP an empty name is "the queue declared last".
        return Err(Failure::new(Code::Invalid, "the queue has no name"));
    }
    let declare = channel.queue_declare(
        short(queue, "the queue's name")?,
        QueueDeclareOptions { passive: true, ..Default::default() },
        FieldTable::default(),
    );
    let declared = within(&object, declare).await?;
    Ok(Depth {
        ready: u64::from(declared.message_count()),
        consumers: u64::from(declared.consumer_count()),
    })
}

/// Ends a channel whose end nobody waits for.
pub(crate) async fn close_quietly(channel: &lapin::Channel) {
    if channel.status().connected() {
        let _ = within("the channel", channel.close(200, "done".into())).await;
    }
}
