//! Holding messages of a queue, reading and settling them.

use std::sync::Arc;
use std::time::Duration;

use connections::access::{Hold, Object, Settle, Subject};
use connections::failure::Code;
use connections::{Failure, Grant};
use message::{Delivery, exact, story};
use rabbitmq::hold::{Account, HoldRequest, Phase};
use tauri::{AppHandle, State};

use crate::commands::files;
use crate::desk::{Desk, blocking, grant, tell};
use crate::events::What;
use crate::jobs::Kept;
use crate::sessions::HoldSession;
use crate::wire::copy::{self, Copied, CopyForm};
use crate::wire::delivery::HeldDetail;
use crate::wire::hold::{
    HeldPage, HeldRow, HoldMode, HoldPreview, HoldView, LastLook, Released, Settled,
};
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

/// Takes messages; the queue's hold in force is extended where there is one, which must be of this
/// mode.
#[tauri::command]
#[specta::specta]
pub async fn start_hold(
    desk: State<'_, Desk>,
    connection: String,
    queue: String,
    count: u32,
    mode: HoldMode,
) -> Reply<HoldView> {
    let connection = desk.connection(profile::id(&connection)?)?;
    let count = wanted(count)?;
    let broker = desk.broker_of(&connection).await?;
    let subject = Subject {
        action: "hold".to_owned(),
        object: Object::queue(&queue),
        count: Some(u64::from(count)),
        source: None,
    };
    let request =
        HoldRequest { queue, count, bytes: MOST_BYTES, mode: Some(mode.into()), at_most: None };
    let handle = broker.hold_or_extend(request, || grant::<Hold>(&connection, subject)).await?;
    let same = |session: &HoldSession| Arc::ptr_eq(&session.handle, &handle);
    let Kept { id, item: session, is_new } = desk.holds.get_or_add(same, || HoldSession {
        connection: Arc::clone(&connection),
        handle: Arc::clone(&handle),
    });
    if is_new {
        follow(desk.app(), &session);
        desk.tell(What::Holds);
    }
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
    let (rows, total) = session.handle.window(from as usize, count as usize);
    let total = u32::try_from(total).unwrap_or(u32::MAX);
    let window = rows.iter().map(|row| {
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
    let row = session.handle.row(u64::from(id));
    let delivery = session.handle.message(u64::from(id));
    let (row, delivery) = row.zip(delivery).ok_or_else(|| no_message(id))?;
    Ok(blocking(move || HeldDetail::of(&row, &delivery, form, whole)).await?)
}

/// Returns messages to their queue. Those in their last look do not survive it, so returning them
/// all the same is announced and written down as what it is.
#[tauri::command]
#[specta::specta]
pub async fn return_held(
    desk: State<'_, Desk>,
    hold: String,
    ids: Vec<u32>,
    last_look: LastLook,
) -> Reply<Settled> {
    let session = desk.holds.get(&hold)?;
    let settled = match last_look {
        LastLook::Keep => Account::of(&session.handle.settle_return(&wide(&ids)).await).into(),
        LastLook::ReturnAnyway => {
            let grant = settle_grant(&session, "return in the last look", &ids).await?;
            let results = session.handle.return_anyway(&grant, &wide(&ids)).await;
            conclude(grant, Account::of(&results)).await
        }
    };
    desk.tell(What::Holds);
    Ok(settled)
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
    let grant = settle_grant(&session, "acknowledge", &ids).await?;
    let results = session.handle.acknowledge(&grant, &wide(&ids)).await;
    let settled = conclude(grant, Account::of(&results)).await;
    desk.tell(What::Holds);
    Ok(settled)
}

async fn settle_grant(
    session: &HoldSession,
    action: &str,
    ids: &[u32],
) -> Result<Grant<Settle>, Failure> {
    let subject = Subject {
        action: action.to_owned(),
        object: Object::queue(session.handle.queue()),
        count: Some(ids.len() as u64),
        source: None,
    };
    grant::<Settle>(&session.connection, subject).await
}

/// Writes the outcome down. What is done stays done where the ledger cannot be written, and is told.
async fn conclude(grant: Grant<Settle>, account: Account) -> Settled {
    let outcome = account.outcome();
    let written = blocking(move || grant.conclude(&outcome)).await.flatten();
    let mut settled = Settled::from(account);
    if let Err(failure) = written {
        tracing::error!(%failure, "an outcome could not be written to the ledger");
        settled.unrecorded = Some(failure.into());
    }
    settled
}

/// Returns what is held and ends the session; its rows stay until it is dropped. Tells what became
/// of each, because the session may end for another reason meanwhile.
#[tauri::command]
#[specta::specta]
pub async fn release_hold(desk: State<'_, Desk>, hold: String) -> Reply<Released> {
    let session = desk.holds.get(&hold)?;
    let released = session.handle.release().await;
    desk.tell(What::Holds);
    Ok(released.into())
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
    let delivery = delivery(&desk, &hold, id)?;
    let name = format!("{}-{id}.bin", delivery.queue);
    files::save(&app, &name, Some(delivery.body.as_slice())).await
}

/// A held body for the clipboard, whole and exact; also after the hold ended.
#[tauri::command]
#[specta::specta]
pub async fn copy_held(
    desk: State<'_, Desk>,
    hold: String,
    id: u32,
    form: CopyForm,
) -> Reply<Copied> {
    let delivery = delivery(&desk, &hold, id)?;
    Ok(Copied::of(Some(&delivery.body), form, "the body")?)
}

/// A whole held message for the clipboard, as JSON from which every byte of it can be had again.
#[tauri::command]
#[specta::specta]
pub async fn copy_held_json(desk: State<'_, Desk>, hold: String, id: u32) -> Reply<String> {
    let delivery = delivery(&desk, &hold, id)?;
    copy::bounded(delivery.body.len() as u64, "the body")?;
    Ok(exact::delivery_json(&delivery))
}

fn delivery(desk: &Desk, hold: &str, id: u32) -> Result<Arc<Delivery>, crate::wire::Failure> {
    let message = desk.holds.get(hold)?.handle.message(u64::from(id));
    Ok(message.ok_or_else(|| no_message(id))?)
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
