//! Holding messages of a queue, reading and settling them.

use std::sync::Arc;
use std::time::Duration;

use connections::Failure;
use connections::access::{Hold, Outcome, Settle, Subject};
use connections::failure::Code;
use message::story;
use rabbitmq::hold::{HoldRequest, MessageState, Phase};
use tauri::{AppHandle, State};

use crate::commands::files;
use crate::desk::{Desk, tell};
use crate::events::What;
use crate::sessions::HoldSession;
use crate::wire::delivery::HeldDetail;
use crate::wire::hold::{HeldPage, HeldRow, HoldMode, HoldPreview, HoldView, LastLook, Settled};
use crate::wire::render::Form;
use crate::wire::{Reply, profile};

/// The most bytes of bodies that one hold takes at a time.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// The pause between two events about one hold.
const PACE: Duration = Duration::from_millis(100);

/// What a hold would cost. Touches nothing.
#[tauri::command]
#[specta::specta]
pub async fn preview_hold(
    desk: State<'_, Desk>,
    connection: String,
    queue: String,
    count: u32,
) -> Reply<HoldPreview> {
    let broker = desk.broker(profile::id(&connection)?).await?;
    Ok(broker.hold_preview(&queue, wanted(count)?).await?.into())
}

/// Takes messages; the queue's hold in force is extended where there is one.
#[tauri::command]
#[specta::specta]
pub async fn start_hold(
    desk: State<'_, Desk>,
    connection: String,
    queue: String,
    count: u32,
    mode: HoldMode,
) -> Reply<HoldView> {
    let connection = profile::id(&connection)?;
    let count = wanted(count)?;
    for (id, session) in desk.holds.all() {
        let same = session.connection == connection && session.handle.queue() == queue;
        if same && session.handle.state().borrow().phase != Phase::Ended {
            session.handle.more(count, MOST_BYTES).await?;
            return Ok(HoldView::of(id, &session));
        }
    }
    let broker = desk.broker(connection).await?;
    let facts = broker.queue(&queue).await?;
    let after_last = broker.budget(&facts).after_last;
    let subject = Subject {
        action: "hold".to_owned(),
        object: format!("queue {queue}"),
        count: Some(u64::from(count)),
        source: None,
    };
    let grant = desk.grant::<Hold>(connection, subject).await?;
    let request =
        HoldRequest { queue, count, bytes: MOST_BYTES, mode: Some(mode.into()), at_most: None };
    let handle = Arc::new(broker.hold(grant, request).await?);
    let session = Arc::new(HoldSession { connection, handle, after_last });
    let id = desk.holds.add(Arc::clone(&session));
    follow(desk.app(), &session);
    desk.tell(What::Holds);
    Ok(HoldView::of(id, &session))
}

/// Every hold of this run, ended ones included until they are dropped.
#[tauri::command]
#[specta::specta]
pub async fn list_holds(desk: State<'_, Desk>) -> Reply<Vec<HoldView>> {
    Ok(desk.holds.all().into_iter().map(|(id, session)| HoldView::of(id, &session)).collect())
}

/// A window of the messages of a hold.
#[tauri::command]
#[specta::specta]
pub async fn held_rows(
    desk: State<'_, Desk>,
    hold: String,
    from: u32,
    count: u32,
) -> Reply<HeldPage> {
    let session = desk.holds.get(&hold)?;
    let rows = session.handle.rows();
    let total = u32::try_from(rows.len()).unwrap_or(u32::MAX);
    let window = rows.iter().skip(from as usize).take(count as usize).map(|row| {
        let died = session.handle.message(row.id).and_then(|delivery| story::died(&delivery));
        HeldRow::of(row, died)
    });
    Ok(HeldPage { rows: window.collect(), total })
}

/// One held message for the inspector; also after the hold ended.
#[tauri::command]
#[specta::specta]
pub async fn get_held(
    desk: State<'_, Desk>,
    hold: String,
    id: u32,
    form: Form,
    whole: bool,
) -> Reply<HeldDetail> {
    let session = desk.holds.get(&hold)?;
    let row = session.handle.rows().into_iter().find(|row| row.id == u64::from(id));
    let delivery = session.handle.message(u64::from(id));
    let (row, delivery) = row.zip(delivery).ok_or_else(|| no_message(id))?;
    Ok(HeldDetail::of(&row, &delivery, form, whole))
}

/// Returns messages to their queue.
#[tauri::command]
#[specta::specta]
pub async fn return_held(
    desk: State<'_, Desk>,
    hold: String,
    ids: Vec<u32>,
    last_look: LastLook,
) -> Reply<Settled> {
    let session = desk.holds.get(&hold)?;
    let results = session.handle.settle_return(&wide(&ids), last_look.into()).await;
    desk.tell(What::Holds);
    Ok(Settled::of(&results, MessageState::Returned))
}

/// Removes messages for good. `count` is what the person typed and must be the number of `ids`.
#[tauri::command]
#[specta::specta]
pub async fn acknowledge_held(
    desk: State<'_, Desk>,
    hold: String,
    ids: Vec<u32>,
    count: u32,
) -> Reply<Settled> {
    if ids.len() != count as usize {
        let message = format!("{count} was typed, but {} messages are selected", ids.len());
        return Err(Failure::new(Code::Invalid, message).hint("type the number selected").into());
    }
    let session = desk.holds.get(&hold)?;
    let subject = Subject {
        action: "acknowledge".to_owned(),
        object: format!("queue {}", session.handle.queue()),
        count: Some(u64::from(count)),
        source: None,
    };
    let grant = desk.grant::<Settle>(session.connection, subject).await?;
    let results = session.handle.acknowledge(&grant, &wide(&ids)).await;
    let settled = Settled::of(&results, MessageState::Acknowledged);
    let outcome = outcome(&settled);
    crate::desk::blocking(move || grant.conclude(&outcome)).await??;
    desk.tell(What::Holds);
    Ok(settled)
}

/// Returns what is held and ends the session; its rows stay until it is dropped.
#[tauri::command]
#[specta::specta]
pub async fn release_hold(desk: State<'_, Desk>, hold: String) -> Reply<HoldView> {
    let session = desk.holds.get(&hold)?;
    session.handle.return_all().await;
    desk.tell(What::Holds);
    Ok(HoldView::of(hold, &session))
}

/// Frees an ended hold.
#[tauri::command]
#[specta::specta]
pub async fn drop_hold(desk: State<'_, Desk>, hold: String) -> Reply<()> {
    let session = desk.holds.get(&hold)?;
    if session.handle.state().borrow().phase != Phase::Ended {
        let message = format!("messages of {} are still held", session.handle.queue());
        return Err(Failure::new(Code::Invalid, message).hint("return them first").into());
    }
    desk.holds.remove(&hold);
    desk.tell(What::Holds);
    Ok(())
}

/// Saves the exact bytes of a held body to a file that the person chooses.
#[tauri::command]
#[specta::specta]
pub async fn save_held(
    app: AppHandle,
    desk: State<'_, Desk>,
    hold: String,
    id: u32,
) -> Reply<bool> {
    let session = desk.holds.get(&hold)?;
    let delivery = session.handle.message(u64::from(id)).ok_or_else(|| no_message(id))?;
    let name = format!("{}-{id}.bin", session.handle.queue());
    files::save(&app, &name, Some(delivery.body.as_slice())).await
}

/// Tells the UI of changes of a session, about ten times a second at most, until it ends.
fn follow(app: AppHandle, session: &Arc<HoldSession>) {
    let mut state = session.handle.state();
    tokio::spawn(async move {
        while state.changed().await.is_ok() {
            let ended = state.borrow_and_update().phase == Phase::Ended;
            tell(&app, What::Holds);
            if ended {
                return;
            }
            tokio::time::sleep(PACE).await;
        }
    });
}

fn outcome(settled: &Settled) -> Outcome {
    let detail = settled.failure.as_ref().map(|failure| failure.message.clone());
    match (settled.done, settled.failed) {
        (done, 0) => Outcome::Done { count: Some(u64::from(done)), detail: None },
        (0, _) => Outcome::Failed { detail: detail.unwrap_or_default() },
        (done, failed) => Outcome::Partial {
            done: u64::from(done),
            failed: u64::from(failed),
            detail: detail.unwrap_or_default(),
        },
    }
}

fn wanted(count: u32) -> Result<u16, Failure> {
    u16::try_from(count).map_err(|_| {
        let most = rabbitmq::hold::MOST_MESSAGES;
        Failure::new(Code::Invalid, format!("{count} messages are too many to hold"))
            .hint(format!("hold up to {most}"))
    })
}

fn wide(ids: &[u32]) -> Vec<u64> {
    ids.iter().map(|id| u64::from(*id)).collect()
}

fn no_message(id: u32) -> Failure {
    Failure::new(Code::NotFound, format!("this hold has no message {id}"))
}
