//! Replay, first form: preview, run, stop.

use std::sync::{Arc, Mutex, PoisonError};

use connections::access::{Publish, Settle};
use connections::failure::Code;
use connections::{Failure, ProfileId};
use replay::mapping::{RoutingKey, Time};
use replay::preview::{Asked, Destination, Source, prepare};
use replay::request::{OnFailure, Partition, Party, Target};
use replay::run::{Removal, Run, run};
use tauri::State;
use tauri::ipc::Channel;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::desk::{Desk, PreparedReplay, tell};
use crate::events::What;
use crate::sessions::HoldSession;
use crate::wire::replay::{
    PartitionChoice, ReplayEvent, ReplayOrder, ReplayPreview, ReplayRequest, ReplaySource,
    ReplayTarget, TimeChoice,
};
use crate::wire::{Reply, profile};

/// What a replay would do; freezes its set.
#[tauri::command]
#[specta::specta]
pub async fn preview_replay(desk: State<'_, Desk>, request: ReplayRequest) -> Reply<ReplayPreview> {
    let (from, source, hold) = source(&desk, request.source).await?;
    let (target, to, destination) = target(&desk, request.target).await?;
    let asked = Asked {
        source: Party::from(&desk.profiles.get(from)?),
        target: Party::from(&desk.profiles.get(target)?),
        to,
        remove_at_source: request.remove_at_source,
    };
    let prepared = prepare(asked, source, &destination).await?;
    let mut preview = ReplayPreview::from(prepared.preview());
    let hold = hold.filter(|_| request.remove_at_source);
    let kept = PreparedReplay { prepared, destination, hold };
    // Known by the registry's id: it can be taken once, and only by whoever saw it.
    preview.id = desk.previews.add(Arc::new(Mutex::new(Some(kept))));
    Ok(preview)
}

/// Forgets a preview that will not be run.
#[tauri::command]
#[specta::specta]
pub async fn drop_preview(desk: State<'_, Desk>, preview: String) -> Reply<()> {
    desk.previews.remove(&preview);
    Ok(())
}

/// Runs a preview and gives a job id. Events end with `finished` or `failed`.
#[tauri::command]
#[specta::specta]
pub async fn start_replay(
    desk: State<'_, Desk>,
    order: ReplayOrder,
    events: Channel<ReplayEvent>,
) -> Reply<String> {
    let taken = desk.previews.remove(&order.preview);
    let kept = taken.and_then(|slot| slot.lock().unwrap_or_else(PoisonError::into_inner).take());
    let Some(PreparedReplay { prepared, destination, hold }) = kept else {
        let failure = Failure::new(Code::NotFound, "this preview is no longer there");
        return Err(failure.hint("preview the replay again").into());
    };
    let publish = desk.grant::<Publish>(prepared.target(), prepared.publish_subject()).await?;
    let removal = match hold {
        Some((session, hold)) => Some(Removal {
            session,
            handle: Arc::clone(&hold.handle),
            settle: desk.grant::<Settle>(hold.connection, prepared.settle_subject()).await?,
        }),
        None => None,
    };
    let job = Run {
        prepared,
        confirmed: u64::from(order.count),
        on_failure: if order.go_on { OnFailure::GoOn } else { OnFailure::Stop },
        destination,
        publish,
        removal,
    };
    let cancel = Arc::new(CancellationToken::new());
    let id = desk.replays.add(Arc::clone(&cancel));
    let app = desk.app();
    tokio::spawn(async move {
        let progress = events.clone();
        let mut told = move |so_far: replay::run::Progress| send(&progress, so_far.into());
        let last = match run(job, &cancel, &mut told).await {
            Ok(report) => ReplayEvent::Finished { report: report.into() },
            Err(failure) => ReplayEvent::Failed { failure: failure.into() },
        };
        tell(&app, What::Holds);
        send(&events, last);
    });
    Ok(id)
}

/// Stops a replay after what is in flight is settled.
#[tauri::command]
#[specta::specta]
pub async fn stop_replay(desk: State<'_, Desk>, job: String) -> Reply<()> {
    desk.replays.get(&job)?.cancel();
    Ok(())
}

type Hold = Option<(Uuid, Arc<HoldSession>)>;

async fn source(
    desk: &Desk,
    source: ReplaySource,
) -> Result<(ProfileId, Source, Hold), crate::wire::Failure> {
    match source {
        ReplaySource::Records { result_set, rows } => {
            let reading = desk.readings.get(&result_set)?;
            let place = |row: u32| {
                reading.row(row).map(|row| (reading.topic.clone(), row.partition, row.offset))
            };
            let places = rows.into_iter().map(place).collect::<Result<_, _>>()?;
            let cluster = desk.cluster(reading.connection).await?.as_ref().clone();
            Ok((reading.connection, Source::Records { cluster, places }, None))
        }
        ReplaySource::Held { hold, ids } => {
            let session = desk.holds.get(&hold)?;
            let known = Uuid::parse_str(&hold)
                .map_err(|_| Failure::new(Code::Invalid, "this is not a hold's id"))?;
            let source = Source::Held {
                connection: session.connection,
                session: known,
                handle: Arc::clone(&session.handle),
                messages: ids.into_iter().map(u64::from).collect(),
            };
            Ok((session.connection, source, Some((known, session))))
        }
    }
}

async fn target(
    desk: &Desk,
    target: ReplayTarget,
) -> Result<(ProfileId, Target, Destination), Failure> {
    match target {
        ReplayTarget::Topic { connection, topic, partition, time } => {
            let id = profile::id(&connection)?;
            let cluster = desk.cluster(id).await?.as_ref().clone();
            let partition = match partition {
                PartitionChoice::ByKey => Partition::ByKey,
                PartitionChoice::Same => Partition::Same,
                PartitionChoice::Fixed { partition } => {
                    Partition::Fixed(i32::try_from(partition).unwrap_or(i32::MAX))
                }
            };
            let time = match time {
                TimeChoice::Original => Time::Original,
                TimeChoice::Now => Time::Now,
            };
            Ok((id, Target::Topic { topic, partition, time }, Destination::Kafka(cluster)))
        }
        ReplayTarget::Exchange { connection, exchange, routing_key } => {
            let id = profile::id(&connection)?;
            let broker = desk.broker(id).await?;
            let routing_key = routing_key.map_or(RoutingKey::Original, RoutingKey::Fixed);
            Ok((id, Target::Exchange { exchange, routing_key }, Destination::RabbitMq(broker)))
        }
    }
}

fn send(events: &Channel<ReplayEvent>, event: ReplayEvent) {
    if let Err(error) = events.send(event) {
        tracing::debug!(%error, "nobody listens to this replay any more");
    }
}
