//! Reading records: a read fills a result set that lives here, the UI reads windows of it.

use std::sync::Arc;

use kafka::read::DEFAULT_BODY_CAP;
use message::{Octets, exact};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};

use crate::commands::files;
use crate::desk::{Desk, blocking};
use crate::rows::Rows;
use crate::sessions::Reading;
use crate::wire::copy::{self, Copied, CopyForm};
use crate::wire::limits::COPY_BYTES;
use crate::wire::record::{ReadEvent, ReadRequest, RecordDetail, RecordPage, RecordPart};
use crate::wire::render::Form;
use crate::wire::{Failure, Reply, profile};

/// Starts a read and gives the id of its result set. Events end with `finished` or `failed`.
#[tauri::command]
#[specta::specta]
pub async fn start_read(
    desk: State<'_, Desk>,
    connection: String,
    request: ReadRequest,
    events: Channel<ReadEvent>,
) -> Reply<String> {
    let connection = desk.connection(profile::id(&connection)?)?;
    let cluster = desk.cluster_of(&connection).await?;
    let reading = Reading::new(Arc::clone(&connection), request.topic.clone());
    let cancel = reading.cancel.clone();
    let rows = Arc::new(Rows::Read(Box::new(reading)));
    let id = desk.result_sets.add(Arc::clone(&rows));
    // Closed in between: nobody else would stop it.
    if connection.is_ended() {
        cancel.cancel();
    }
    tokio::spawn(async move {
        let progress = events.clone();
        let told = move |so_far: kafka::read::Progress| send(&progress, so_far.into());
        let last = match cluster.read(request.into(), cancel, told).await {
            Ok(result) => {
                let count = u32::try_from(result.rows.len()).unwrap_or(u32::MAX);
                let coverage = (&result.coverage).into();
                rows.finish(result);
                ReadEvent::Finished { rows: count, coverage }
            }
            Err(failure) => ReadEvent::Failed { failure: failure.into() },
        };
        send(&events, last);
    });
    Ok(id)
}

/// Stops a read; what it has by then is its result.
#[tauri::command]
#[specta::specta]
pub async fn stop_read(desk: State<'_, Desk>, result_set: String) -> Reply<()> {
    desk.result_sets.get(&result_set)?.stop();
    Ok(())
}

/// A window of a result set.
#[tauri::command]
#[specta::specta]
pub async fn read_rows(
    desk: State<'_, Desk>,
    result_set: String,
    from: u32,
    count: u32,
) -> Reply<RecordPage> {
    let rows = desk.result_sets.get(&result_set)?;
    blocking(move || rows.page(from, count)).await?
}

/// Frees a result set and stops its read or search.
#[tauri::command]
#[specta::specta]
pub async fn drop_result_set(desk: State<'_, Desk>, result_set: String) -> Reply<()> {
    if let Some(rows) = desk.result_sets.remove(&result_set) {
        rows.end();
    }
    Ok(())
}

/// One record, read again from the broker where it is not kept whole. `whole` lifts the limit on what is shown of its bytes.
#[tauri::command]
#[specta::specta]
pub async fn get_record(
    desk: State<'_, Desk>,
    result_set: String,
    row: u32,
    form: Form,
    whole: bool,
) -> Reply<RecordDetail> {
    let cap = (!whole).then_some(DEFAULT_BODY_CAP);
    let fetched = fetch(&desk, &result_set, row, cap).await?;
    Ok(blocking(move || RecordDetail::of(&fetched, form, whole)).await?)
}

/// Saves the exact bytes of a record's value or key to a file that the person chooses; false where
/// the choice was cancelled.
#[tauri::command]
#[specta::specta]
pub async fn save_record(
    app: AppHandle,
    desk: State<'_, Desk>,
    result_set: String,
    row: u32,
    part: RecordPart,
) -> Reply<bool> {
    // Fetched without a bound, so it is whole; headers that cannot be read are no part of it.
    let record = fetch(&desk, &result_set, row, None).await?.record;
    let name = format!("{}-{}-{}", record.topic, record.partition, record.offset);
    let (bytes, name) = match part {
        RecordPart::Key => (record.key, format!("{name}-key.bin")),
        RecordPart::Value => (record.value, format!("{name}.bin")),
    };
    files::save(&app, &name, bytes.as_ref().map(Octets::as_slice)).await
}

/// A record's value or key for the clipboard, whole and exact.
#[tauri::command]
#[specta::specta]
pub async fn copy_record(
    desk: State<'_, Desk>,
    result_set: String,
    row: u32,
    part: RecordPart,
    form: CopyForm,
) -> Reply<Copied> {
    let fetched = fetch(&desk, &result_set, row, Some(COPY_BYTES.into())).await?;
    Ok(match part {
        RecordPart::Key => Copied::of(fetched.record.key.as_ref(), form, "the key")?,
        RecordPart::Value => {
            copy::bounded(fetched.value_size.unwrap_or(0), "the value")?;
            Copied::of(fetched.record.value.as_ref(), form, "the value")?
        }
    })
}

/// A whole record for the clipboard, as JSON from which every byte of it can be had again.
#[tauri::command]
#[specta::specta]
pub async fn copy_record_json(
    desk: State<'_, Desk>,
    result_set: String,
    row: u32,
) -> Reply<String> {
    let fetched = fetch(&desk, &result_set, row, Some(COPY_BYTES.into())).await?;
    copy::bounded(fetched.value_size.unwrap_or(0), "the value")?;
    let record = fetched.exact()?;
    copy::bounded(record.size(), "the record")?;
    Ok(exact::record_json(&record))
}

async fn fetch(
    desk: &Desk,
    result_set: &str,
    row: u32,
    cap: Option<u64>,
) -> Result<kafka::read::Fetched, Failure> {
    let rows = desk.result_sets.get(result_set)?;
    let kept = Arc::clone(&rows);
    if let Some(kept) = blocking(move || kept.kept(row)).await?? {
        return Ok(kept);
    }
    let (topic, partition, offset) = rows.place(row)?;
    let cluster = desk.cluster_of(rows.connection()).await?;
    Ok(cluster.record(&topic, partition, offset, cap).await?)
}

fn send(events: &Channel<ReadEvent>, event: ReadEvent) {
    if let Err(error) = events.send(event) {
        tracing::debug!(%error, "nobody listens to this read any more");
    }
}
