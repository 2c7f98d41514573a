//! Topics.

use tauri::State;

use crate::desk::Desk;
use crate::wire::topic::{TopicFacts, TopicRow, TopicSize};
use crate::wire::{Reply, profile};

/// Every topic that the account may see.
#[tauri::command]
#[specta::specta]
pub async fn list_topics(desk: State<'_, Desk>, connection: String) -> Reply<Vec<TopicRow>> {
    let cluster = desk.cluster(profile::id(&connection)?).await?;
    Ok(cluster.topics().await?.into_iter().map(Into::into).collect())
}

/// Approximate counts, only for the topics asked for: those on screen.
#[tauri::command]
#[specta::specta]
pub async fn topic_sizes(
    desk: State<'_, Desk>,
    connection: String,
    topics: Vec<String>,
) -> Reply<Vec<TopicSize>> {
    let cluster = desk.cluster(profile::id(&connection)?).await?;
    Ok(cluster.counts(topics).await?.into_iter().map(Into::into).collect())
}

/// Facts of one topic.
#[tauri::command]
#[specta::specta]
pub async fn get_topic(
    desk: State<'_, Desk>,
    connection: String,
    topic: String,
) -> Reply<TopicFacts> {
    let cluster = desk.cluster(profile::id(&connection)?).await?;
    Ok(cluster.topic(&topic).await?.into())
}
