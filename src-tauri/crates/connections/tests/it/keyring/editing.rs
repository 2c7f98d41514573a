//! Editing and removing connections whose secrets are in the keyring.

use std::sync::Arc;
use std::time::Duration;

use connections::access::{ActivityLog, EntryId, Intent, Outcome};
use connections::directory::{Directory, SecretChange, SecretChanges};
use connections::profile::{Broker, Endpoint, KafkaSecurity, Profile};
use connections::profiles::Profiles;
use connections::secret::Secrets;
use connections::secrets::{Keyring, Place, SecretKind, SecretStore};
use connections::{Code, Failure, ProfileId, Secret};
use tempfile::TempDir;

use super::session::{Daemon, in_session, secret_tool};
use super::{SERVICE, profile};

/// What an attempt to connect was made with.
type Client = (String, Option<String>);

struct NoLog;

impl ActivityLog for NoLog {
    fn intend(&self, _: &Intent) -> Result<EntryId, Failure> {
        Ok(EntryId(ProfileId::random().0))
    }

    fn conclude(&self, _: EntryId, _: &Outcome) -> Result<(), Failure> {
        Ok(())
    }
}

fn directory() -> (Arc<Directory<Client>>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let profiles = Profiles::open(folder.path()).unwrap().0;
    (Arc::new(Directory::new(profiles, SecretStore::new(SERVICE), Arc::new(NoLog))), folder)
}

/// With a password, and no certificate.
fn with_password() -> Profile {
    changed(profile(), |host, security| {
        *host = "kafka".to_owned();
        if let KafkaSecurity::SaslSsl { tls, .. } = security {
            tls.certificate_pem = None;
        }
    })
}

fn changed(mut profile: Profile, change: impl FnOnce(&mut String, &mut KafkaSecurity)) -> Profile {
    if let Broker::Kafka(settings) = &mut profile.broker {
        let [Endpoint { host, .. }] = &mut settings.bootstrap_servers[..] else { panic!("one") };
        change(host, &mut settings.security);
    }
    profile
}

fn at(profile: &Profile, to: &str) -> Profile {
    changed(profile.clone(), |host, _| *host = to.to_owned())
}

fn set(text: &str) -> SecretChanges {
    let password = SecretChange::Set(Secret::new(text.to_owned()));
    SecretChanges { password, private_key: SecretChange::Keep }
}

fn keep() -> SecretChanges {
    SecretChanges::default()
}

async fn connect(profile: Profile, secrets: Secrets) -> Result<Client, Failure> {
    Ok((profile.address(), secrets.password.map(|secret| secret.expose().to_owned())))
}

fn entry(profile: &Profile) -> Option<String> {
    secret_tool(SERVICE, &SecretKind::Password.entry(profile))
}

#[test]
fn a_stored_password_goes_nowhere_but_where_it_was_typed_for() {
    in_session("editing::a_stored_password_goes_nowhere_but_where_it_was_typed_for", async {
        let daemon = Daemon::unlocked();
        let (directory, _folder) = directory();
        let orders = with_password();
        directory.add(orders.clone(), set("hunter2")).await.unwrap();
        let test = |profile: Profile| {
            let directory = Arc::clone(&directory);
            async move { directory.secrets_to_test(&profile, true, keep()).await }
        };
        let stored = test(orders.clone()).await.unwrap().password.unwrap();
        assert_eq!(stored.expose(), "hunter2");

        let evil = at(&orders, "evil");
        let failure = test(evil.clone()).await.unwrap_err();
        assert_eq!(failure.code, Code::Invalid);
        assert!(failure.message.starts_with("the password that is stored"), "{failure}");
        let failure = directory.edit(evil.clone(), keep()).await.unwrap_err();
        assert_eq!(failure.code, Code::Invalid);
        assert_eq!(*directory.connection(orders.id).unwrap().profile(), orders);

        // Nor by a detour over a profile that uses no password.
        let detour = changed(evil.clone(), |_, security| *security = KafkaSecurity::Plaintext);
        directory.edit(detour, keep()).await.unwrap();
        assert_eq!(entry(&orders), None, "what is not used any more is forgotten");
        assert_eq!(directory.edit(evil.clone(), keep()).await.unwrap_err().code, Code::Invalid);

        directory.edit(evil.clone(), set("another")).await.unwrap();
        let connection = directory.connection(orders.id).unwrap();
        let client = directory.open(&connection, connect).await.unwrap();
        assert_eq!(*client, ("evil:9093".to_owned(), Some("another".to_owned())));

        // A locked keyring may hold on to what it is told to forget: the address moves all the same,
        // and what was typed for the one before is not found from there.
        daemon.lock();
        let third = at(&orders, "third");
        let saved = directory.edit(third.clone(), set("third")).await.unwrap();
        let [notice] = &saved.notices[..] else { panic!("{:?}", saved.notices) };
        assert!(notice.message.starts_with("the password may still be in the keyring"), "{notice}");
        assert!(notice.hint.as_ref().unwrap().contains(&SecretKind::Password.entry(&evil)));
        let connection = directory.connection(orders.id).unwrap();
        let client = directory.open(&connection, connect).await.unwrap();
        assert_eq!(*client, ("third:9093".to_owned(), Some("third".to_owned())));
    });
}

/// A password manager that is closed is no keyring, and opens again with all it had.
#[test]
fn a_password_that_could_not_be_removed_goes_nowhere_else() {
    in_session("editing::a_password_that_could_not_be_removed_goes_nowhere_else", async {
        let orders = with_password();
        let evil = at(&orders, "evil");
        let (directory, folder) = directory();
        let daemon = Daemon::unlocked();
        directory.add(orders.clone(), set("hunter2")).await.unwrap();
        drop(daemon);
        assert_eq!(directory.secrets().state().await, Keyring::Missing);
        let forget = SecretChanges { password: SecretChange::Forget, ..keep() };
        let saved = directory.edit(evil.clone(), forget).await.unwrap();
        assert!(!saved.notices.is_empty(), "nobody knows whether it is gone");

        let _daemon = Daemon::unlocked();
        assert_eq!(entry(&orders).as_deref(), Some("hunter2"), "it is not");
        let opened = async |directory: &Directory<Client>| {
            let connection = directory.connection(orders.id).unwrap();
            (*directory.open(&connection, connect).await.unwrap()).clone()
        };
        let without = ("evil:9093".to_owned(), None);
        assert_eq!(opened(&directory).await, without);
        drop(directory);
        let profiles = Profiles::open(folder.path()).unwrap().0;
        let restarted = Directory::new(profiles, SecretStore::new(SERVICE), Arc::new(NoLog));
        assert_eq!(opened(&restarted).await, without, "nor after a restart");
    });
}

#[test]
fn an_edit_under_way_mixes_no_password_with_another_address() {
    in_session("editing::an_edit_under_way_mixes_no_password_with_another_address", async {
        let _daemon = Daemon::unlocked();
        let (directory, _folder) = directory();
        let orders = with_password();
        directory.add(orders.clone(), set("password of a")).await.unwrap();
        let (seen, mut news) = tokio::sync::watch::channel(Vec::<Client>::new());
        let stop = tokio_util::sync::CancellationToken::new();
        let opening = tokio::spawn({
            let (directory, stop) = (Arc::clone(&directory), stop.clone());
            async move {
                while !stop.is_cancelled() {
                    let connection = directory.connection(orders.id).unwrap();
                    // One that an edit overtakes is refused, which is right.
                    if let Ok(client) = directory.open(&connection, connect).await {
                        seen.send_modify(|seen| seen.push((*client).clone()));
                        connection.discard(&client, Failure::new(Code::ConnectionLost, "again"));
                    }
                    tokio::task::yield_now().await;
                }
            }
        });
        let orders = at(&directory.connection(orders.id).unwrap().profile(), "a");
        for round in 0..6 {
            let host = if round % 2 == 0 { "a" } else { "b" };
            let edited = at(&orders, host);
            directory.edit(edited, set(&format!("password of {host}"))).await.unwrap();
            // Whoever opens goes on the whole time, and gets through between two edits.
            let of_host = |(address, _): &Client| address.starts_with(&format!("{host}:"));
            let through = news.wait_for(|seen| seen.last().is_some_and(of_host));
            let patience = Duration::from_secs(60);
            tokio::time::timeout(patience, through).await.expect("it gets through").unwrap();
        }
        stop.cancel();
        opening.await.unwrap();
        let seen = news.borrow();
        for (address, password) in seen.iter() {
            let of = if address == "kafka:9093" { "a" } else { &address[..1] };
            assert_eq!(
                password.as_deref(),
                Some(format!("password of {of}").as_str()),
                "{address}"
            );
        }
    });
}

#[test]
fn without_a_keyring_a_connection_can_be_removed() {
    in_session("editing::without_a_keyring_a_connection_can_be_removed", async {
        let (directory, _folder) = directory();
        let orders = with_password();
        let saved = directory.add(orders.clone(), set("hunter2")).await.unwrap();
        assert_eq!((saved.places.password, saved.notices), (Place::Memory, Vec::new()));
        let removed = directory.remove(orders.id).await.unwrap();
        let notice = removed.notice.unwrap();
        assert!(
            notice.message.contains("may still be in the keyring"),
            "one may be closed: {notice}"
        );
        assert_eq!(directory.connection(orders.id).unwrap_err().code, Code::NotFound);
        assert_eq!(directory.secrets().in_memory(&orders), []);
    });
}

#[test]
fn a_locked_keyring_stops_no_removal_and_no_edit_that_needs_nothing_of_it() {
    let name = "editing::a_locked_keyring_stops_no_removal_and_no_edit_that_needs_nothing_of_it";
    in_session(name, async {
        let daemon = Daemon::unlocked();
        let (directory, _folder) = directory();
        let orders = with_password();
        directory.add(orders.clone(), set("hunter2")).await.unwrap();
        daemon.lock();
        assert_eq!(directory.secrets().state().await, Keyring::Locked);

        let typed = directory.secrets_to_test(&orders, true, set("typed")).await.unwrap();
        assert_eq!(typed.password.unwrap().expose(), "typed");
        let renamed = Profile { name: "orders 2".to_owned(), ..orders.clone() };
        let saved = directory.edit(renamed.clone(), keep()).await.unwrap();
        assert_eq!((saved.places.password, saved.notices), (Place::Unknown, Vec::new()));

        // What the keyring does not do is told, and takes nothing back.
        let forget = SecretChanges { password: SecretChange::Forget, ..keep() };
        let saved = directory.edit(renamed.clone(), forget).await.unwrap();
        let [notice] = &saved.notices[..] else { panic!("{:?}", saved.notices) };
        assert!(notice.message.starts_with("the password may still be in the keyring"), "{notice}");

        let removed = directory.remove(orders.id).await.unwrap();
        assert_eq!(removed.notice.unwrap().code, Code::Keyring);
        assert_eq!(directory.connection(orders.id).unwrap_err().code, Code::NotFound);
    });
}

#[test]
fn adding_a_connection_again_after_its_secret_was_refused_finds_the_name_free() {
    let name =
        "editing::adding_a_connection_again_after_its_secret_was_refused_finds_the_name_free";
    in_session(name, async {
        let (directory, _folder) = directory();
        let orders = with_password();
        let failure = directory.add(orders.clone(), set("")).await.unwrap_err();
        assert_eq!(
            (failure.code, failure.message.as_str()),
            (Code::Invalid, "the password is empty")
        );
        let again = Profile { id: ProfileId::random(), ..orders };
        directory.add(again.clone(), set("hunter2")).await.unwrap();
        let store = directory.secrets();
        assert_eq!(store.in_memory(&again), [SecretKind::Password]);
    });
}
