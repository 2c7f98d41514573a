//! One AMQP connection, watched.
//!
//! lapin tells of errors once, to one listener, without saying which channel failed. [`Link`] is
//! that listener: it keeps the connection's state for everybody and passes each error on to all
//! who ask, who then look whether it is their channel that closed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use connections::Failure;
use futures_util::StreamExt;
use lapin::{Channel, Connection, Event};
use tokio::sync::{broadcast, watch};
use tokio::time::timeout;

use crate::client::Plan;
use crate::transport::greeting::Start;
use crate::transport::wire::Cut;
use crate::verdict;

/// For one question to the broker over AMQP.
pub const PATIENCE: Duration = Duration::from_secs(15);

/// Whether a connection is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LinkState {
    /// It is.
    Up,
    /// It is, but the broker takes nothing from it now (an alarm of memory or disk); its words.
    Blocked(String),
    /// It is gone, for good: connect again.
    Lost(Failure),
}

/// One AMQP connection.
pub struct Link {
    connection: Connection,
    state: Arc<watch::Sender<LinkState>>,
    errors: broadcast::Sender<Arc<lapin::Error>>,
    cut: Cut,
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Link").field("state", &*self.state.borrow()).finish_non_exhaustive()
    }
}

impl Link {
    /// Connects.
    ///
    /// # Errors
    /// As [`Plan::connect`].
    pub async fn open(plan: &Plan, purpose: &str) -> Result<(Link, Start), Failure> {
        let (connection, start, cut) = plan.connect(purpose).await?;
        let mut events = connection.events_listener();
        let status = connection.status().clone();
        let state = Arc::new(watch::Sender::new(LinkState::Up));
        let tell = Arc::clone(&state);
        let (errors, _) = broadcast::channel(64);
        if !status.connected() {
            // It was lost before there was a listener, so nobody will tell.
            tell.send_replace(LinkState::Lost(verdict::lost()));
        }
        let everybody = errors.clone();
        tokio::spawn(async move {
            while let Some(event) = events.next().await {
                match event {
                    Event::Error(error) => {
                        if !status.connected() {
                            let failure = verdict::operation(&error, "the connection");
                            tell.send_replace(LinkState::Lost(failure));
                        }
                        // Nobody listening is fine.
                        let _ = everybody.send(Arc::new(error));
                    }
                    Event::ConnectionBlocked(reason) => {
                        tell.send_replace(LinkState::Blocked(verdict::clean(&reason)));
                    }
                    Event::ConnectionUnblocked => {
                        tell.send_replace(LinkState::Up);
                    }
                    _ => {}
                }
            }
            // The library let go of the connection without a word of error: we closed it.
            lose(&tell);
        });
        Ok((Link { connection, state, errors, cut }, start))
    }

    /// Its state, and every change of it.
    pub fn state(&self) -> watch::Receiver<LinkState> {
        self.state.subscribe()
    }

    /// Why it is gone, where it is.
    pub fn loss(&self) -> Option<Failure> {
        match &*self.state.borrow() {
            LinkState::Lost(failure) => Some(failure.clone()),
            LinkState::Up | LinkState::Blocked(_) => None,
        }
    }

    /// Errors of this connection and all its channels, from now on.
    pub fn errors(&self) -> broadcast::Receiver<Arc<lapin::Error>> {
        self.errors.subscribe()
    }

    /// Bytes of the largest frame, as negotiated; 0 is any size.
    pub fn frame_max(&self) -> usize {
        usize::try_from(self.connection.configuration().frame_max()).unwrap_or(usize::MAX)
    }

    /// A new channel.
    ///
    /// # Errors
    /// [`connections::Code::ConnectionLost`], [`connections::Code::Timeout`], or a refusal.
    pub async fn channel(&self) -> Result<Channel, Failure> {
        if let Some(failure) = self.loss() {
            return Err(failure);
        }
        within("the connection", self.connection.create_channel()).await
    }

    /// Says goodbye and waits for the answer, for a while.
    pub async fn close(&self) {
        let goodbye = self.connection.close(200, "closed by the user".into());
        let _ = timeout(Duration::from_secs(5), goodbye).await;
        lose(&self.state);
    }

    /// Ends it at once and without a goodbye: what the library has not written yet is never
    /// written.
    pub fn cut(&self) {
        self.cut.cut();
        lose(&self.state);
    }
}

/// Lost, unless it is so already for a better reason.
fn lose(state: &watch::Sender<LinkState>) {
    state.send_if_modified(|state| {
        let was_there = !matches!(state, LinkState::Lost(_));
        if was_there {
            *state = LinkState::Lost(verdict::lost());
        }
        was_there
    });
}

/// An AMQP operation with its time-out and verdict.
///
/// # Errors
/// As [`verdict::operation`] says, or [`connections::Code::Timeout`].
pub async fn within<T>(
    object: &str,
    operation: impl Future<Output = lapin::Result<T>>,
) -> Result<T, Failure> {
    match timeout(PATIENCE, operation).await {
        Ok(result) => result.map_err(|error| verdict::operation(&error, object)),
        Err(_) => Err(verdict::no_answer(object)),
    }
}
