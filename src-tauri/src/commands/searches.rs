//! Searching topics: a search fills result sets that live here, the UI reads windows of them.

use std::sync::Arc;

use connections::{Code, Failure};
use kafka::scan::ScanEnd;
use results::Mark;
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use worker::launch::Launcher;
use worker::search::{Means, Search, SearchCoverage as Covered, SearchProgress};

use crate::desk::{Desk, blocking, tell};
use crate::events::What;
use crate::rows::Rows;
use crate::searching::{SearchRun, Searching};
use crate::wire::search::{
    ConditionProblem, Histogram, RowOrder, SearchCondition, SearchCoverage, SearchEvent,
    SearchRequest, SearchSets,
};
use crate::wire::{Reply, profile};

/// Starts a search and gives the ids of its result sets, whose rows are asked for as those of a read.
/// Events end with `finished` or `failed`.
#[tauri::command]
#[specta::specta]
pub async fn start_search(
    desk: State<'_, Desk>,
    connection: String,
    request: SearchRequest,
    events: Channel<SearchEvent>,
) -> Reply<SearchSets> {
    let connection = desk.connection(profile::id(&connection)?)?;
    let cluster = desk.cluster_of(&connection).await?;
    let (limit, newest_first) = (request.limit, request.newest_first);
    let (request, condition) = request.asked()?;
    let shelf = desk.shelf();
    let set = blocking(move || shelf.open()?.create()).await??;
    let topics = request.topics.clone();
    let means = Means {
        launcher: Launcher::of_this_program()?,
        profile: connection.profile().as_ref().clone(),
        secrets: cluster.secrets().clone(),
        folder: set.folder().to_owned(),
        key: set.key().clone(),
    };
    let search = Search::new(means, request, condition);
    let searching =
        Arc::new(Searching::new(Arc::clone(&connection), topics, newest_first, search, set)?);
    let add = |mark| desk.result_sets.add(Arc::new(Rows::Search(Arc::clone(&searching), mark)));
    let sets = SearchSets { hits: add(Mark::Hit), undecided: add(Mark::Undecided) };
    run(desk.app(), searching.begin()?, limit, events);
    Ok(sets)
}

/// Stops a search; what it has by then stays. Takes the id of either of its result sets.
#[tauri::command]
#[specta::specta]
pub async fn stop_search(desk: State<'_, Desk>, result_set: String) -> Reply<()> {
    desk.result_sets.get(&result_set)?.stop();
    Ok(())
}

/// Goes on with a search that ended before all of its range was seen, with the same result sets.
/// Events end with `finished` or `failed`.
#[tauri::command]
#[specta::specta]
pub async fn continue_search(
    desk: State<'_, Desk>,
    result_set: String,
    limit: u32,
    events: Channel<SearchEvent>,
) -> Reply<()> {
    let rows = desk.result_sets.get(&result_set)?;
    let run_now = rows.search()?.0.begin()?;
    run(desk.app(), run_now, limit.min(SearchRequest::MOST_HITS), events);
    Ok(())
}

/// Orders the rows of a search anew.
#[tauri::command]
#[specta::specta]
pub async fn order_rows(desk: State<'_, Desk>, result_set: String, order: RowOrder) -> Reply<()> {
    let rows = desk.result_sets.get(&result_set)?;
    let (searching, mark) = rows.search()?;
    let (by, direction) = order.inner();
    Ok(searching.order(mark, by, direction).await?)
}

/// How the hits of a search lie in time, so far.
#[tauri::command]
#[specta::specta]
pub async fn get_histogram(desk: State<'_, Desk>, result_set: String) -> Reply<Histogram> {
    let rows = desk.result_sets.get(&result_set)?;
    Ok((&rows.search()?.0.histogram()).into())
}

/// Finds what of a condition cannot be read; null where it can.
#[tauri::command]
#[specta::specta]
pub async fn check_condition(condition: SearchCondition) -> Reply<Option<ConditionProblem>> {
    Ok(ConditionProblem::of(condition))
}

/// Runs a search, or goes on with it, in a task of its own.
fn run(app: AppHandle, run: SearchRun, limit: u32, events: Channel<SearchEvent>) {
    tokio::spawn(async move {
        let searching = Arc::clone(&run.of);
        let mut told = |progress: SearchProgress| send(&events, so_far(&searching, progress));
        let ended = searching.run(limit, &run.cancel, &mut told).await;
        let settled = searching.settle().await;
        if let Some(refusal) = refusal(&ended) {
            // Not tried again by itself, neither by a search nor by another screen.
            if let Some(client) = searching.connection.peek() {
                searching.connection.discard(&client, refusal.clone());
            }
            tell(&app, What::Connections);
        }
        let last = match ended.and_then(|coverage| settled.map(|()| coverage)) {
            Ok(coverage) => SearchEvent::Finished {
                hits: searching.view(Mark::Hit).len(),
                undecided: searching.view(Mark::Undecided).len(),
                ordering: searching.view(Mark::Hit).ordering(),
                coverage: SearchCoverage::of(&coverage, &searching.topics),
            },
            Err(failure) => SearchEvent::Failed { failure: failure.into() },
        };
        // Before the page knows of the end: it may go on at once.
        drop(run);
        send(&events, last);
    });
}

/// Why the credentials were refused, where they were.
fn refusal(ended: &Result<Covered, Failure>) -> Option<&Failure> {
    let failure = match ended {
        Err(failure) => failure,
        Ok(coverage) => match &coverage.end {
            ScanEnd::Incomplete { failure } => failure,
            _ => return None,
        },
    };
    (failure.code == Code::Authentication).then_some(failure)
}

fn so_far(searching: &Searching, progress: SearchProgress) -> SearchEvent {
    SearchEvent::Progress {
        hits: searching.view(Mark::Hit).len(),
        undecided: searching.view(Mark::Undecided).len(),
        received: progress.received.into(),
        bytes: progress.bytes.into(),
        covered: progress.covered.into(),
        range: progress.range.map(Into::into),
        ordering: searching.view(Mark::Hit).ordering(),
    }
}

fn send(events: &Channel<SearchEvent>, event: SearchEvent) {
    if let Err(error) = events.send(event) {
        tracing::debug!(%error, "nobody listens to this search any more");
    }
}
