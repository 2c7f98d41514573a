//! Everything that is open now: profiles, secrets, the ledger, live connections, result sets, holds,
//! replays. State that the UI reads windows of; the rules are in the inner crates.

mod attempts;
mod open;

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use connections::access::{Access, ActivityLog, Scope, Subject};
use connections::live::Live;
use connections::profiles::Profiles;
use connections::secrets::SecretStore;
use connections::{Code, Failure, Grant, Profile, ProfileId};
use kafka::Cluster;
use ledger::Ledger;
use rabbitmq::Broker;
use replay::preview::{Destination, Prepared};
use tauri::AppHandle;
use tauri_specta::Event;
use tokio_util::sync::CancellationToken;

use crate::events::{Changed, What};
use crate::jobs::Registry;
use crate::sessions::{HoldSession, Reading};
use attempts::Attempts;

/// The name of our entries in the keyring, unless demo or tests say otherwise.
const KEYRING_SERVICE: &str = "Kronos Console";

/// Everything that is open now.
pub struct Desk {
    app: AppHandle,
    pub profiles: Profiles,
    pub secrets: SecretStore,
    pub ledger: Arc<Ledger>,
    /// What was found at the start and people must know.
    pub notices: Vec<Failure>,
    access: Mutex<HashMap<ProfileId, Arc<Access>>>,
    attempts: Attempts,
    clusters: Live<Cluster>,
    brokers: Live<Broker>,
    pub readings: Registry<Reading>,
    pub holds: Registry<HoldSession>,
    pub previews: Registry<Mutex<Option<PreparedReplay>>>,
    pub replays: Registry<CancellationToken>,
}

/// A preview and what running it needs. It runs once.
pub struct PreparedReplay {
    pub prepared: Prepared,
    pub destination: Destination,
    /// The hold of the originals, where they are removed.
    pub hold: Option<(uuid::Uuid, Arc<HoldSession>)>,
}

impl Desk {
    /// Opens the files of a state folder. One that cannot be read is kept aside and becomes a notice.
    pub fn open(folder: &Path, service: Option<&str>, app: AppHandle) -> Result<Self, Failure> {
        let (profiles, profiles_notice) = Profiles::open(folder)?;
        let opened = Ledger::open(folder)?;
        let interrupted =
            (!opened.interrupted.is_empty()).then(|| interrupted(&opened.interrupted));
        let ledger = Arc::new(opened.ledger);
        Ok(Desk {
            app,
            profiles,
            secrets: SecretStore::new(service.unwrap_or(KEYRING_SERVICE)),
            ledger,
            notices: [profiles_notice, opened.notice, interrupted].into_iter().flatten().collect(),
            access: Mutex::default(),
            attempts: Attempts::default(),
            clusters: Live::default(),
            brokers: Live::default(),
            readings: Registry::new("result set"),
            holds: Registry::new("hold"),
            previews: Registry::new("preview"),
            replays: Registry::new("replay"),
        })
    }

    /// Tells the UI of every new line of the ledger, for as long as the app runs.
    pub fn follow_the_ledger(&self) {
        let mut revision = self.ledger.revision();
        let app = self.app();
        tauri::async_runtime::spawn(async move {
            while revision.changed().await.is_ok() {
                tell(&app, What::Activity);
            }
        });
    }

    /// Tells the UI that a list changed.
    pub fn tell(&self, what: What) {
        tell(&self.app, what);
    }

    /// The app, for what outlives a command.
    pub fn app(&self) -> AppHandle {
        self.app.clone()
    }

    /// What a connection allows now.
    pub fn access(&self, profile: &Profile) -> Arc<Access> {
        let log = Arc::clone(&self.ledger) as Arc<dyn ActivityLog>;
        let mut access = self.lock_access();
        let entry = access.entry(profile.id);
        Arc::clone(entry.or_insert_with(|| Arc::new(Access::new(profile, log))))
    }

    /// Announces a change in the ledger and gives the permission to make it.
    pub async fn grant<S: Scope>(
        &self,
        connection: ProfileId,
        subject: Subject,
    ) -> Result<Grant<S>, Failure> {
        let access = self.access(&self.profiles.get(connection)?);
        blocking(move || access.grant::<S>(subject)).await?
    }

    /// Messages held now, over all holds.
    pub fn held_now(&self) -> u32 {
        let holds = self.holds.all();
        let held: u64 = holds.iter().map(|(_, hold)| hold.handle.state().borrow().held).sum();
        u32::try_from(held).unwrap_or(u32::MAX)
    }

    /// Returns every held message.
    pub async fn release_all(&self) {
        for (_, hold) in self.holds.all() {
            hold.handle.return_all().await;
        }
    }

    fn lock_access(&self) -> MutexGuard<'_, HashMap<ProfileId, Arc<Access>>> {
        self.access.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn interrupted(entries: &[ledger::Entry]) -> Failure {
    let message = format!("the console ended during {} changes", entries.len());
    Failure::new(Code::Storage, message).hint("look at Activity and check what became of them")
}

/// Tells the UI that a list changed. An event that does not arrive does no harm: every screen asks
/// again when it is shown.
pub fn tell(app: &AppHandle, what: What) {
    if let Err(error) = (Changed { what }).emit(app) {
        tracing::warn!(%error, "the page could not be told of a change");
    }
}

/// Runs what blocks on the disk away from the async threads.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        Failure::new(Code::Internal, format!("a task of the console ended: {error}"))
    })
}
