//! Everything that is open now: connections, the ledger, result sets, holds, replays. State that the
//! UI reads windows of; the rules are in the inner crates.

mod open;

use std::path::Path;
use std::sync::Arc;

use connections::access::{ActivityLog, Scope, Subject};
use connections::directory::Directory;
use connections::profiles::Profiles;
use connections::secrets::SecretStore;
use connections::{Code, Failure, Grant, ProfileId};
use ledger::Ledger;
use tauri::AppHandle;
use tauri_specta::Event;

use crate::events::{Changed, What};
use crate::jobs::Registry;
use crate::rows::Rows;
use crate::sessions::{Client, Connection, HoldSession, PreviewSession, RunningReplay};
use crate::shelf::LazyShelf;
use crate::window::{InHand, Leaving};

/// The name of our entries in the keyring, unless demo or tests say otherwise.
const KEYRING_SERVICE: &str = "Kronos Console";

/// Everything that is open now.
pub struct Desk {
    app: AppHandle,
    pub directory: Directory<Client>,
    pub ledger: Arc<Ledger>,
    /// What was found at the start and people must know.
    pub notices: Vec<Failure>,
    pub result_sets: Registry<Rows>,
    shelf: Arc<LazyShelf>,
    pub holds: Registry<HoldSession>,
    pub previews: Registry<PreviewSession>,
    pub replays: Registry<RunningReplay>,
    /// How far leaving is.
    pub leaving: Leaving,
}

impl Desk {
    /// Opens the files of a state folder. One that cannot be read is kept aside and becomes a notice.
    pub fn open(folder: &Path, service: Option<&str>, app: AppHandle) -> Result<Self, Failure> {
        let (profiles, profiles_notice) = Profiles::open(folder)?;
        let opened = Ledger::open(folder)?;
        let interrupted =
            (!opened.interrupted.is_empty()).then(|| interrupted(&opened.interrupted));
        let ledger = Arc::new(opened.ledger);
        let secrets = SecretStore::new(service.unwrap_or(KEYRING_SERVICE));
        let log = Arc::clone(&ledger) as Arc<dyn ActivityLog>;
        Ok(Desk {
            app,
            directory: Directory::new(profiles, secrets, log),
            ledger,
            notices: [profiles_notice, opened.notice, interrupted].into_iter().flatten().collect(),
            result_sets: Registry::new("result set"),
            shelf: Arc::new(LazyShelf::of(folder)),
            holds: Registry::new("hold"),
            previews: Registry::new("preview"),
            replays: Registry::new("replay"),
            leaving: Leaving::default(),
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

    /// Where result sets are kept on the disk.
    pub fn shelf(&self) -> Arc<LazyShelf> {
        Arc::clone(&self.shelf)
    }

    /// The connection in force of a profile.
    pub fn connection(&self, id: ProfileId) -> Result<Arc<Connection>, Failure> {
        self.directory.connection(id)
    }

    /// What leaving would end.
    pub fn in_hand(&self) -> InHand {
        let holds = self.holds.all();
        let states = holds.iter().map(|(_, hold)| {
            let state = hold.handle.state();
            let state = state.borrow();
            (state.phase, state.held)
        });
        InHand::of(states, self.replays.all().len())
    }

    /// Stops every replay, which settles what is on its way, and then returns every held message.
    pub async fn end_all(&self) {
        // Nobody sees any more what they find.
        self.result_sets.all().iter().for_each(|(_, rows)| rows.end());
        let replays = self.replays.all();
        replays.iter().for_each(|(_, replay)| replay.cancel.cancel());
        for (_, replay) in replays {
            replay.ended.cancelled().await;
        }
        for (_, hold) in self.holds.all() {
            hold.handle.return_all().await;
        }
    }

    /// Removes what searches found from the disk, as the app ends.
    pub fn forget_results(&self) {
        for (id, rows) in self.result_sets.all() {
            rows.end();
            self.result_sets.remove(&id);
        }
        self.shelf.close();
    }

    /// Frees what only a page can ask for that is not there any more: a new one begins.
    pub fn forget_page(&self) {
        self.leaving.page_begins();
        for (id, rows) in self.result_sets.all() {
            rows.end();
            self.result_sets.remove(&id);
        }
        for (id, _) in self.previews.all() {
            self.previews.remove(&id);
        }
    }
}

/// Announces a change in the ledger and gives the permission to make it on this connection, which is
/// the one that the person saw: a newer one of the same profile may be another broker.
pub async fn grant<S: Scope>(
    connection: &Connection,
    subject: Subject,
) -> Result<Grant<S>, Failure> {
    let access = Arc::clone(connection.access());
    blocking(move || access.grant::<S>(subject)).await?
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

/// Runs what blocks on the disk, or takes long, away from the async threads.
pub async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        Failure::new(Code::Internal, format!("a task of the console ended: {error}"))
    })
}
