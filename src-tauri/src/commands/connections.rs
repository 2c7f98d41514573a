//! Connections: list, edit, test, open.

use connections::directory;
use connections::profile::{Broker, Profile};
use connections::secrets::Keyring;
use tauri::State;

use crate::desk::Desk;
use crate::wire::connection::{
    ConnectionForm, ConnectionSummary, KeyringState, KeyringStatus, Notice, RemovedConnection,
    SavedConnection, SecretChanges, SecretPlaces, Step,
};
use crate::wire::{Reply, profile};

/// Every saved connection, by name.
#[tauri::command]
#[specta::specta]
pub async fn list_connections(desk: State<'_, Desk>) -> Reply<Vec<ConnectionSummary>> {
    Ok(desk.directory.list().iter().map(|connection| desk.summary(connection)).collect())
}

/// A saved connection without its secrets. Never waits for the keyring.
#[tauri::command]
#[specta::specta]
pub async fn get_connection(desk: State<'_, Desk>, id: String) -> Reply<ConnectionForm> {
    Ok(desk.connection(profile::id(&id)?)?.profile().as_ref().clone().into())
}

/// Where the secrets of a saved connection are. Asks the keyring, which may take seconds.
#[tauri::command]
#[specta::specta]
pub async fn secret_places(desk: State<'_, Desk>, id: String) -> Reply<SecretPlaces> {
    Ok(desk.directory.places(profile::id(&id)?).await?.into())
}

/// Saves a connection and says where its secrets are now. What was open of it ends once it is saved,
/// unless nothing but its name changed: permissions at once, and in the background replays stop and
/// held messages are returned. A stored secret that would go elsewhere than it was typed for is
/// refused as `invalid`; a production connection that would be loosened and is not unlocked as
/// `read_only`.
#[tauri::command]
#[specta::specta]
pub async fn save_connection(
    desk: State<'_, Desk>,
    form: ConnectionForm,
    secrets: SecretChanges,
) -> Reply<SavedConnection> {
    let known = form.id.is_some();
    let profile = Profile::try_from(form)?;
    let changes = directory::SecretChanges::from(secrets);
    let saved = match known {
        true => desk.directory.edit(profile.clone(), changes).await?,
        false => desk.directory.add(profile.clone(), changes).await?,
    };
    desk.close(saved.ended);
    Ok(SavedConnection {
        secrets: saved.places.into(),
        notices: saved.notices.into_iter().map(Into::into).collect(),
        form: profile.into(),
    })
}

/// Removes a connection and forgets its secrets.
#[tauri::command]
#[specta::specta]
pub async fn remove_connection(desk: State<'_, Desk>, id: String) -> Reply<RemovedConnection> {
    let removed = desk.directory.remove(profile::id(&id)?).await?;
    desk.close(removed.ended);
    Ok(RemovedConnection { notice: removed.notice.map(Into::into) })
}

/// Tries a form as it stands, saved or not, with one attempt to log in. A stored secret is used only
/// where it would be used after saving.
#[tauri::command]
#[specta::specta]
pub async fn test_connection(
    desk: State<'_, Desk>,
    form: ConnectionForm,
    secrets: SecretChanges,
) -> Reply<Vec<Step>> {
    let known = form.id.is_some();
    let profile = Profile::try_from(form)?;
    profile.validate()?;
    let secrets = desk.directory.secrets_to_test(&profile, known, secrets.into()).await?;
    let diagnosis = match &profile.broker {
        Broker::Kafka(_) => kafka::diagnose(&profile, &secrets).await?,
        Broker::RabbitMq(_) => rabbitmq::diagnose(&profile, &secrets).await,
    };
    Ok(diagnosis.steps.into_iter().map(Into::into).collect())
}

/// Connects, if it is not connected; refused credentials are not tried again until the connection is
/// edited or `again` is true, which also replaces a client that was refused in the middle of use.
#[tauri::command]
#[specta::specta]
pub async fn open_connection(
    desk: State<'_, Desk>,
    id: String,
    again: bool,
) -> Reply<ConnectionSummary> {
    let id = profile::id(&id)?;
    desk.open_connection(id, again).await?;
    Ok(desk.summary(&*desk.connection(id)?))
}

/// Closes a connection: replays on it stop and held messages are returned first.
#[tauri::command]
#[specta::specta]
pub async fn close_connection(desk: State<'_, Desk>, id: String) -> Reply<()> {
    desk.close_connection(profile::id(&id)?).await;
    Ok(())
}

/// Whether secrets can be kept beyond this run.
#[tauri::command]
#[specta::specta]
pub async fn keyring_status(desk: State<'_, Desk>) -> Reply<KeyringStatus> {
    Ok(status(desk.directory.secrets().state().await))
}

/// Asks the system to unlock the keyring, which opens its dialog, and moves into it what was kept in
/// memory.
#[tauri::command]
#[specta::specta]
pub async fn unlock_keyring(desk: State<'_, Desk>) -> Reply<KeyringStatus> {
    Ok(status(desk.directory.secrets().unlock().await))
}

/// What the console found when it started and that people must know.
#[tauri::command]
#[specta::specta]
pub async fn list_notices(desk: State<'_, Desk>) -> Reply<Vec<Notice>> {
    let notices = desk.notices.iter().enumerate().map(|(number, failure)| Notice {
        id: number.to_string(),
        failure: failure.clone().into(),
    });
    Ok(notices.collect())
}

fn status(keyring: Keyring) -> KeyringStatus {
    KeyringStatus {
        state: match keyring {
            Keyring::Available => KeyringState::Available,
            Keyring::Locked => KeyringState::Locked,
            Keyring::Missing => KeyringState::Missing,
            Keyring::Refused => KeyringState::Refused,
        },
    }
}
