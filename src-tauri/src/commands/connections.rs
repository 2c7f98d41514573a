//! Connections: list, edit, test, open.

use connections::profile::{Broker, Profile};
use connections::secret::{Secret, Secrets};
use connections::secrets::{Keyring, SecretKind};
use tauri::State;

use crate::desk::Desk;
use crate::events::What;
use crate::wire::connection::{
    ConnectionForm, ConnectionSummary, KeyringState, KeyringStatus, Notice, SavedConnection,
    SecretChange, SecretChanges, SecretPlace, Step,
};
use crate::wire::{Reply, profile};

/// Every saved connection, by name.
#[tauri::command]
#[specta::specta]
pub async fn list_connections(desk: State<'_, Desk>) -> Reply<Vec<ConnectionSummary>> {
    let mut profiles = desk.profiles.list();
    profiles.sort_by_key(|profile| profile.name.to_lowercase());
    Ok(profiles.iter().map(|profile| desk.summary(profile)).collect())
}

/// A saved connection without its secrets.
#[tauri::command]
#[specta::specta]
pub async fn get_connection(desk: State<'_, Desk>, id: String) -> Reply<SavedConnection> {
    let profile = desk.profiles.get(profile::id(&id)?)?;
    Ok(saved(&desk, profile).await)
}

/// Saves a connection and says where its secrets are now. An open connection is closed first.
#[tauri::command]
#[specta::specta]
pub async fn save_connection(
    desk: State<'_, Desk>,
    form: ConnectionForm,
    secrets: SecretChanges,
) -> Reply<SavedConnection> {
    let profile = Profile::try_from(form)?;
    desk.close_connection(profile.id).await;
    desk.profiles.save(profile.clone())?;
    let changes =
        [(SecretKind::Password, secrets.password), (SecretKind::PrivateKey, secrets.private_key)];
    for (kind, change) in changes {
        match change {
            SecretChange::Keep => {}
            SecretChange::Set { text } => {
                desk.secrets.put(profile.id, kind, Secret::new(text)).await?;
            }
            SecretChange::Forget => desk.secrets.forget_one(profile.id, kind).await?,
        }
    }
    desk.tell(What::Connections);
    Ok(saved(&desk, profile).await)
}

/// Removes a connection and forgets its secrets.
#[tauri::command]
#[specta::specta]
pub async fn remove_connection(desk: State<'_, Desk>, id: String) -> Reply<()> {
    let id = profile::id(&id)?;
    desk.close_connection(id).await;
    desk.secrets.forget(id).await?;
    desk.profiles.remove(id)?;
    desk.tell(What::Connections);
    Ok(())
}

/// Tries a form as it stands, saved or not, with one attempt to log in.
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
    let stored = if known { desk.secrets.get(&profile).await? } else { Secrets::default() };
    let secrets = Secrets {
        password: changed(secrets.password, stored.password),
        private_key: changed(secrets.private_key, stored.private_key),
    };
    let diagnosis = match &profile.broker {
        Broker::Kafka(_) => kafka::diagnose(&profile, &secrets).await?,
        Broker::RabbitMq(_) => rabbitmq::diagnose(&profile, &secrets).await,
    };
    Ok(diagnosis.steps.into_iter().map(Into::into).collect())
}

/// Connects, if it is not connected; a refusal is not tried again until the connection is edited
/// or `again` is true.
#[tauri::command]
#[specta::specta]
pub async fn open_connection(
    desk: State<'_, Desk>,
    id: String,
    again: bool,
) -> Reply<ConnectionSummary> {
    let id = profile::id(&id)?;
    desk.open_connection(id, again).await?;
    Ok(desk.summary(&desk.profiles.get(id)?))
}

/// Closes a connection: held messages are returned first.
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
    Ok(status(desk.secrets.state().await))
}

/// Asks the system to unlock the keyring, which opens its dialog, and moves into it what was kept in
/// memory.
#[tauri::command]
#[specta::specta]
pub async fn unlock_keyring(desk: State<'_, Desk>) -> Reply<KeyringStatus> {
    Ok(status(desk.secrets.unlock().await))
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

async fn saved(desk: &Desk, profile: Profile) -> SavedConnection {
    let stored = desk.secrets.get(&profile).await;
    let in_memory = desk.secrets.in_memory(profile.id);
    let place = |kind: SecretKind, of: fn(&Secrets) -> &Option<Secret>| match &stored {
        _ if in_memory.contains(&kind) => SecretPlace::Memory,
        Ok(secrets) if of(secrets).is_some() => SecretPlace::Keyring,
        Ok(_) => SecretPlace::None,
        Err(_) => SecretPlace::Unknown,
    };
    SavedConnection {
        password: place(SecretKind::Password, |secrets| &secrets.password),
        private_key: place(SecretKind::PrivateKey, |secrets| &secrets.private_key),
        form: profile.into(),
    }
}

fn changed(change: SecretChange, stored: Option<Secret>) -> Option<Secret> {
    match change {
        SecretChange::Keep => stored,
        SecretChange::Set { text } => Some(Secret::new(text)),
        SecretChange::Forget => None,
    }
}

fn status(keyring: Keyring) -> KeyringStatus {
    KeyringStatus {
        state: match keyring {
            Keyring::Available => KeyringState::Available,
            Keyring::Locked => KeyringState::Locked,
            Keyring::Missing => KeyringState::Missing,
            Keyring::Refused => KeyringState::Refused,
        },
        detail: keyring.failure().map(|failure| failure.to_string()),
    }
}
