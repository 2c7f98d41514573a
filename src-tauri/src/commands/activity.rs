//! The ledger.

use std::sync::Arc;

use tauri::State;

use crate::desk::{Desk, blocking};
use crate::wire::Reply;
use crate::wire::activity::{ActivityPage, ActivityQuery};

/// A page of the activity, newest first.
#[tauri::command]
#[specta::specta]
pub async fn list_activity(desk: State<'_, Desk>, query: ActivityQuery) -> Reply<ActivityPage> {
    let query = query.try_into()?;
    let ledger = Arc::clone(&desk.ledger);
    Ok(blocking(move || ledger.entries(&query)).await??.into())
}
