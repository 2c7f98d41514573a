//! Queues and exchanges.

use tauri::State;

use crate::desk::Desk;
use crate::wire::queue::{ExchangeRow, QueueFacts, QueuePage, QueueQuery};
use crate::wire::{Reply, profile};

/// A page of queues, sorted and filtered by the broker.
#[tauri::command]
#[specta::specta]
pub async fn list_queues(
    desk: State<'_, Desk>,
    connection: String,
    query: QueueQuery,
) -> Reply<QueuePage> {
    let broker = desk.broker(profile::id(&connection)?).await?;
    Ok(broker.management()?.queues(&query.into()).await?.into())
}

/// Facts of one queue; without the management API, those that AMQP tells.
#[tauri::command]
#[specta::specta]
pub async fn get_queue(
    desk: State<'_, Desk>,
    connection: String,
    queue: String,
) -> Reply<QueueFacts> {
    let broker = desk.broker(profile::id(&connection)?).await?;
    let facts = broker.queue(&queue).await?;
    let limit = broker.budget(&facts).limit;
    Ok(QueueFacts::of(facts, limit))
}

/// Every exchange of the virtual host.
#[tauri::command]
#[specta::specta]
pub async fn list_exchanges(desk: State<'_, Desk>, connection: String) -> Reply<Vec<ExchangeRow>> {
    let broker = desk.broker(profile::id(&connection)?).await?;
    Ok(broker.management()?.exchanges().await?.into_iter().map(Into::into).collect())
}
