//! Replay, first form: preview, run, stop.

use std::sync::Arc;

use connections::Failure;
use connections::failure::Code;
use replay::mapping::{RoutingKey, Time};
use replay::preview::{Asked, Destination, Source, prepare};
use replay::request::{OnFailure, Partition, Party, Target};
use replay::run::{Removal, Run, run};
use tauri::ipc::Channel;
use tauri::{AppHandle, Manager, State};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::desk::{Desk, blocking, tell};
use crate::events::What;
use crate::sessions::{
    Connection, HoldSession, PreparedReplay, PreviewSession, RunningReplay, TakenReplay,
};
use crate::wire::replay::{
    PartitionChoice, ReplayEvent, ReplayOrder, ReplayPreview, ReplayRequest, ReplaySource,
    ReplayTarget, ReplayView, TimeChoice,
};
use crate::wire::{Reply, profile};

/// What a replay would do; freezes its set.
#[tauri::command]
#[specta::specta]
pub async fn preview_replay(desk: State<'_, Desk>, request: ReplayRequest) -> Reply<ReplayPreview> {
    let (from, source, hold) = source(&desk, request.source).await?;
    let (target, to, destination) = target(&desk, request.target).await?;
    let asked = Asked {
        source: Party::from(&*from.profile()),
        target: Party::from(&*target.profile()),
        to,
        remove_at_source: request.remove_at_source,
    };
    let prepared = prepare(asked, source, &destination).await?;
    let mut preview = ReplayPreview::from(prepared.preview());
    let hold = hold.filter(|_| request.remove_at_source);
    let kept = PreparedReplay { prepared, destination, hold };
    // Known by the registry's id: it can be taken once, and only by whoever saw it.
    preview.id = desk.previews.add(Arc::new(PreviewSession::new(from, target, kept)));
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
    let session = desk.previews.get(&order.preview)?;
    let preview = Arc::clone(&session);
    let TakenReplay { replay, publish, settle } = blocking(move || preview.take()).await??;
    desk.previews.remove(&order.preview);
    let PreparedReplay { prepared, destination, hold } = replay;
    let removal = hold.zip(settle).map(|((session, hold), settle)| Removal {
        session,
        handle: Arc::clone(&hold.handle),
        settle,
    });
    let preview = prepared.preview();
    let running = Arc::new(RunningReplay::new(
        Arc::clone(&session.source),
        Arc::clone(&session.target),
        preview.to.place(),
        u32::try_from(preview.sendable).unwrap_or(u32::MAX),
    ));
    let job = Run {
        prepared,
        confirmed: u64::from(order.count),
        on_failure: if order.go_on { OnFailure::GoOn } else { OnFailure::Stop },
        destination,
        publish,
        removal,
    };
    let id = desk.replays.add(Arc::clone(&running));
    let app = desk.app();
    let ending = Ending { app: desk.app(), id: id.clone(), ended: running.ended.clone() };
    tokio::spawn(async move {
        let progress = events.clone();
        let mut told = |so_far: replay::run::Progress| {
            running.tell(&so_far);
            send(&progress, so_far.into());
        };
        let last = match run(job, &running.cancel, &mut told).await {
            Ok(report) => ReplayEvent::Finished { report: report.into() },
            Err(failure) => ReplayEvent::Failed { failure: failure.into() },
        };
        drop(ending);
        tell(&app, What::Holds);
        send(&events, last);
    });
    Ok(id)
}

/// Replays that run now, for a page that did not start them.
#[tauri::command]
#[specta::specta]
pub async fn list_replays(desk: State<'_, Desk>) -> Reply<Vec<ReplayView>> {
    Ok(desk.replays.all().into_iter().map(|(id, replay)| ReplayView::of(id, &replay)).collect())
}

/// Takes a replay off the list, however its task ends.
struct Ending {
    app: AppHandle,
    id: String,
    ended: CancellationToken,
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(desk) = self.app.try_state::<Desk>() {
            desk.replays.remove(&self.id);
        }
        self.ended.cancel();
    }
}

/// Stops a replay after what is in flight is settled.
#[tauri::command]
#[specta::specta]
pub async fn stop_replay(desk: State<'_, Desk>, job: String) -> Reply<()> {
    desk.replays.get(&job)?.cancel.cancel();
    Ok(())
}

type Hold = Option<(Uuid, Arc<HoldSession>)>;

async fn source(
    desk: &Desk,
    source: ReplaySource,
) -> Result<(Arc<Connection>, Source, Hold), crate::wire::Failure> {
    match source {
        ReplaySource::Records { result_set, rows } => {
            let set = desk.result_sets.get(&result_set)?;
            let places = rows.into_iter().map(|row| set.place(row)).collect::<Result<_, _>>()?;
            let cluster = desk.cluster_of(set.connection()).await?.as_ref().clone();
            Ok((Arc::clone(set.connection()), Source::Records { cluster, places }, None))
        }
        ReplaySource::Held { hold, ids } => {
            let session = desk.holds.get(&hold)?;
            let known = Uuid::parse_str(&hold)
                .map_err(|_| Failure::new(Code::Invalid, "this is not a hold's id"))?;
            let source = Source::Held {
                connection: session.connection.id(),
                session: known,
                handle: Arc::clone(&session.handle),
                messages: ids.into_iter().map(u64::from).collect(),
            };
            Ok((Arc::clone(&session.connection), source, Some((known, session))))
        }
    }
}

async fn target(
    desk: &Desk,
    target: ReplayTarget,
) -> Result<(Arc<Connection>, Target, Destination), Failure> {
    match target {
        ReplayTarget::Topic { connection, topic, partition, time } => {
            let connection = desk.connection(profile::id(&connection)?)?;
            let cluster = desk.cluster_of(&connection).await?.as_ref().clone();
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
            Ok((connection, Target::Topic { topic, partition, time }, Destination::Kafka(cluster)))
        }
        ReplayTarget::Exchange { connection, exchange, routing_key } => {
            let connection = desk.connection(profile::id(&connection)?)?;
            let broker = desk.broker_of(&connection).await?;
            let routing_key = routing_key.map_or(RoutingKey::Original, RoutingKey::Fixed);
            Ok((
                connection,
                Target::Exchange { exchange, routing_key },
                Destination::RabbitMq(broker),
            ))
        }
    }
}

fn send(events: &Channel<ReplayEvent>, event: ReplayEvent) {
    if let Err(error) = events.send(event) {
        tracing::debug!(%error, "nobody listens to this replay any more");
    }
}
