//! With profiles that use no secret, so that no keyring is asked; those with one are in `tests/it`.

use tempfile::TempDir;

use super::*;
use crate::access::memory::Memory;
use crate::access::{Publish, Subject};
use crate::profile::{AccessLevel, Broker, Endpoint, Environment, KafkaSecurity, KafkaSettings};

struct World {
    directory: Directory<u32>,
    log: Arc<Memory>,
    _folder: TempDir,
}

fn world(profiles: &[&Profile]) -> World {
    let folder = tempfile::tempdir().unwrap();
    let saved = Profiles::open(folder.path()).unwrap().0;
    profiles.iter().for_each(|profile| saved.save((*profile).clone()).unwrap());
    let log = Arc::new(Memory::default());
    let secrets = SecretStore::new("never asked");
    let directory = Directory::new(saved, secrets, Arc::clone(&log) as Arc<dyn ActivityLog>);
    World { directory, log, _folder: folder }
}

fn profile(name: &str, environment: Environment, access: AccessLevel) -> Profile {
    Profile {
        id: ProfileId::random(),
        name: name.to_owned(),
        environment,
        access,
        broker: at("kafka"),
    }
}

fn at(host: &str) -> Broker {
    Broker::Kafka(KafkaSettings {
        bootstrap_servers: vec![Endpoint { host: host.to_owned(), port: 9092 }],
        security: KafkaSecurity::Plaintext,
    })
}

fn dev() -> Profile {
    profile("orders", Environment::Dev, AccessLevel::Open)
}

fn production() -> Profile {
    profile("orders", Environment::Production, AccessLevel::ReadOnly)
}

fn replay() -> Subject {
    Subject { action: "replay".into(), object: "t".into(), count: Some(1), source: None }
}

async fn one(_: Profile, _: Secrets) -> Result<u32, Failure> {
    Ok(1)
}

const MINUTE: std::time::Duration = std::time::Duration::from_secs(60);

fn keep() -> SecretChanges {
    SecretChanges::default()
}

#[tokio::test]
async fn an_edit_that_cannot_be_saved_has_closed_nothing() {
    let (orders, audit) = (dev(), profile("audit", Environment::Dev, AccessLevel::Open));
    let world = world(&[&orders, &audit]);
    let connection = world.directory.connection(orders.id).unwrap();
    world.directory.open(&connection, one).await.unwrap();
    let grant = connection.access().grant::<Publish>(replay()).unwrap();

    let taken = Profile { name: "AUDIT".into(), broker: at("elsewhere"), ..orders.clone() };
    assert_eq!(world.directory.edit(taken, keep()).await.unwrap_err().code, Code::Invalid);
    grant.check(orders.id).unwrap();
    assert!(connection.peek().is_some());
    assert!(Arc::ptr_eq(&connection, &world.directory.connection(orders.id).unwrap()));
    let actions: Vec<_> = world.log.lines().into_iter().map(|line| line.0).collect();
    assert_eq!(actions, ["replay"], "what was not tried is not announced");
}

#[tokio::test]
async fn an_edit_ends_what_was_open_and_takes_effect_at_once() {
    let orders = dev();
    let world = world(&[&orders]);
    let before = world.directory.connection(orders.id).unwrap();
    world.directory.open(&before, one).await.unwrap();
    let grant = before.access().grant::<Publish>(replay()).unwrap();

    let edited = Profile { environment: Environment::Production, ..orders.clone() };
    let saved = world.directory.edit(edited, keep()).await.unwrap();
    assert_eq!(saved.ended.len(), 1);
    assert!(Arc::ptr_eq(&saved.ended[0], &before));
    assert_eq!(saved.ended[0].end(), Some(Arc::new(1)), "its client is handed out to be closed");
    assert_eq!(grant.check(orders.id).unwrap_err().code, Code::GrantEnded);
    let after = world.directory.connection(orders.id).unwrap();
    assert_eq!(after.access().state().level, AccessLevel::ReadOnly);
    assert!(after.peek().is_none());
    assert!(world.directory.end(orders.id).len() == 1, "handed out once");
}

#[tokio::test]
async fn a_new_name_ends_nothing_and_stands_in_the_list_and_in_what_is_written() {
    let orders = production();
    let world = world(&[&orders]);
    let connection = world.directory.connection(orders.id).unwrap();
    let client = world.directory.open(&connection, one).await.unwrap();
    connection.access().unlock("ticket 4711", MINUTE).unwrap();
    let grant = connection.access().grant::<Publish>(replay()).unwrap();

    let renamed = Profile { name: "orders, new".into(), ..orders.clone() };
    let saved = world.directory.edit(renamed.clone(), keep()).await.unwrap();
    assert!(saved.ended.is_empty());
    grant.check(orders.id).expect("what runs goes on");
    assert_eq!(connection.peek(), Some(client));
    assert!(connection.access().state().unlocked.is_some());
    let listed = world.directory.list();
    assert!(Arc::ptr_eq(&listed[0], &connection));
    assert_eq!(*listed[0].profile(), renamed);

    let later = connection.access().grant::<Publish>(replay()).unwrap();
    assert_eq!(world.log.intents().last().unwrap().connection_name, "orders, new");
    drop((grant, later));
    connection.access().close();
    let denied = connection.access().grant::<Publish>(replay()).unwrap_err();
    assert_eq!(denied.message, "the connection orders, new was closed");
}

#[tokio::test]
async fn a_new_name_with_anything_else_ends_what_was_open() {
    let orders = dev();
    let world = world(&[&orders]);
    let another = Profile { name: "another".into(), ..orders.clone() };
    let edits = [
        Profile { access: AccessLevel::Guarded, ..another.clone() },
        Profile { environment: Environment::Staging, ..another.clone() },
        Profile { broker: at("elsewhere"), ..another.clone() },
    ];
    for edited in edits {
        let before = world.directory.connection(orders.id).unwrap();
        let saved = world.directory.edit(edited, keep()).await.unwrap();
        assert!(Arc::ptr_eq(&saved.ended[0], &before));
        assert!(before.is_ended());
    }
}

/// A password that is given is for the next connection: one that is open has the old one.
#[test]
fn secrets_are_kept_where_none_of_those_in_use_changes() {
    let external = SecretChanges { private_key: SecretChange::Forget, ..keep() };
    assert!(external.all_kept(&dev()), "it uses none");
    let tls = crate::profile::Tls {
        trust: crate::profile::Trust::System,
        ca_pem: None,
        certificate_pem: None,
        verify_name: true,
    };
    let user = "support".to_owned();
    let mechanism = crate::profile::SaslMechanism::Plain;
    let security = KafkaSecurity::SaslSsl { tls, mechanism, user };
    let servers = vec![Endpoint { host: "kafka".to_owned(), port: 9092 }];
    let broker = Broker::Kafka(KafkaSettings { bootstrap_servers: servers, security });
    let with_password = Profile { broker, ..dev() };
    assert!(keep().all_kept(&with_password));
    let given = SecretChange::Set(crate::secret::Secret::new("another".to_owned()));
    assert!(!SecretChanges { password: given, ..keep() }.all_kept(&with_password));
    assert!(!SecretChanges { password: SecretChange::Forget, ..keep() }.all_kept(&with_password));
}

#[tokio::test]
async fn tests_of_forms_that_are_never_saved_leave_nothing_behind() {
    let world = world(&[]);
    for _ in 0..20 {
        world.directory.secrets_to_test(&dev(), false, keep()).await.unwrap();
    }
    assert!(world.directory.turns.is_empty());
}

/// What a preview keeps is the connection it was made on. Otherwise: preview a replay to
/// production, edit the connection into one of a developer, start the replay.
#[tokio::test]
async fn a_connection_of_the_profile_before_gives_no_permission_however_open_the_new_one_is() {
    let orders = production();
    let world = world(&[&orders]);
    let previewed = world.directory.connection(orders.id).unwrap();
    world.directory.open(&previewed, one).await.unwrap();
    previewed.access().unlock("ticket 4711", MINUTE).unwrap();

    let (environment, access) = (Environment::Dev, AccessLevel::Open);
    let edited = Profile { environment, access, broker: at("laptop"), ..orders.clone() };
    world.directory.edit(edited, keep()).await.unwrap();
    let now = world.directory.connection(orders.id).unwrap();
    assert!(now.access().grant::<Publish>(replay()).is_ok());
    let denied = previewed.access().grant::<Publish>(replay()).unwrap_err();
    assert_eq!(denied.code, Code::GrantEnded);
    let reopened = world.directory.open(&previewed, one).await;
    assert_eq!(reopened.unwrap_err().code, Code::Changed);
}

#[tokio::test]
async fn between_the_saving_and_the_closing_nobody_gets_the_connection_of_before() {
    let orders = dev();
    let world = world(&[&orders]);
    let before = world.directory.connection(orders.id).unwrap();
    let edited = Profile { environment: Environment::Production, ..orders.clone() };
    // The first half of an edit: it is on the disk, and nothing was ended.
    world.directory.write(edited).await.unwrap();

    let listed = world.directory.list();
    assert_eq!(listed[0].access().state().level, AccessLevel::ReadOnly);
    assert!(before.is_ended());
    assert_eq!(before.access().grant::<Publish>(replay()).unwrap_err().code, Code::GrantEnded);
    let ended = world.directory.end(orders.id);
    assert!(ended.iter().any(|connection| Arc::ptr_eq(connection, &before)), "to be closed yet");
}

#[tokio::test]
async fn an_attempt_to_connect_that_an_edit_overtakes_opens_nothing() {
    let orders = dev();
    let world = Arc::new(world(&[&orders]));
    let before = world.directory.connection(orders.id).unwrap();
    let (begun, wait) = tokio::sync::oneshot::channel();
    let (let_go, held) = tokio::sync::oneshot::channel::<()>();
    let attempt = tokio::spawn({
        let (world, before) = (Arc::clone(&world), Arc::clone(&before));
        async move {
            let connect = |_: Profile, _: Secrets| async {
                begun.send(()).unwrap();
                held.await.unwrap();
                Ok(1)
            };
            world.directory.open(&before, connect).await
        }
    });
    wait.await.unwrap();
    let edited = Profile { broker: at("elsewhere"), ..orders.clone() };
    world.directory.edit(edited, keep()).await.unwrap();
    let_go.send(()).unwrap();
    assert_eq!(attempt.await.unwrap().unwrap_err().code, Code::Changed);
    assert!(world.directory.connection(orders.id).unwrap().peek().is_none());
}

#[tokio::test]
async fn production_is_loosened_only_while_it_is_unlocked() {
    let orders = production();
    let world = world(&[&orders]);
    let looser = [
        Profile { environment: Environment::Dev, ..orders.clone() },
        Profile { environment: Environment::Staging, ..orders.clone() },
        Profile { access: AccessLevel::Guarded, ..orders.clone() },
        Profile { access: AccessLevel::Open, ..orders.clone() },
    ];
    for edited in looser.clone() {
        let denied = world.directory.edit(edited, keep()).await.unwrap_err();
        assert_eq!(denied.code, Code::ReadOnly);
        assert_eq!(denied.hint.as_deref(), Some("unlock it with a reason, then save again"));
    }
    assert!(world.log.lines().is_empty());
    assert_eq!(*world.directory.connection(orders.id).unwrap().profile(), orders);
    let renamed = Profile { name: "orders 2".into(), ..orders.clone() };
    world.directory.edit(renamed.clone(), keep()).await.expect("this loosens nothing");

    let connection = world.directory.connection(orders.id).unwrap();
    connection.access().unlock("ticket 4711", MINUTE).unwrap();
    let edited = Profile { access: AccessLevel::Open, environment: Environment::Dev, ..renamed };
    let saved = world.directory.edit(edited, keep()).await.unwrap();
    saved.ended.iter().for_each(|ended| ended.access().close());
    let lines = world.log.lines();
    let edit = lines.iter().find(|line| line.0 == "edit").unwrap();
    let told = "environment production to dev; access level read-only to open";
    assert_eq!(edit.1, "ticket 4711");
    let Some(Outcome::Done { count: None, detail: Some(detail) }) = &edit.2 else {
        panic!("it is done: {:?}", edit.2)
    };
    assert_eq!(detail.to_string(), told);
    assert_eq!(lines.last().unwrap().0, "lock", "the unlock ended with the edit");
}

#[tokio::test]
async fn a_change_that_cannot_be_announced_is_not_made() {
    let orders = dev();
    let world = world(&[&orders]);
    world.log.fill();
    let edited = Profile { broker: at("elsewhere"), ..orders.clone() };
    let failure = world.directory.edit(edited, keep()).await.unwrap_err();
    assert_eq!(failure.code, Code::Storage);
    let connection = world.directory.connection(orders.id).unwrap();
    assert_eq!(*connection.profile(), orders);
    assert!(!connection.is_ended());
}

#[tokio::test]
async fn an_announced_edit_that_cannot_be_saved_is_written_as_failed() {
    let orders = dev();
    let world = world(&[&orders]);
    std::fs::write(world._folder.path().join("profiles.json"), "edited meanwhile").unwrap();
    let edited = Profile { broker: at("elsewhere"), ..orders.clone() };
    let failure = world.directory.edit(edited, keep()).await.unwrap_err();
    assert_eq!(failure.code, Code::Changed);
    let lines = world.log.lines();
    assert!(matches!(&lines[..], [(action, _, Some(Outcome::Failed { .. }))] if action == "edit"));
    assert!(!world.directory.connection(orders.id).unwrap().is_ended());
}

#[tokio::test]
async fn an_edit_of_what_was_removed_does_not_bring_it_back() {
    let orders = dev();
    let world = world(&[]);
    let failure = world.directory.edit(orders.clone(), keep()).await.unwrap_err();
    assert_eq!(failure.code, Code::NotFound);
    let asked = world.directory.secrets_to_test(&orders, true, keep()).await;
    assert_eq!(asked.unwrap_err().code, Code::NotFound);
}

#[tokio::test]
async fn a_removal_is_written_and_ends_what_was_open() {
    let orders = dev();
    let world = world(&[&orders]);
    let connection = world.directory.connection(orders.id).unwrap();
    let removed = world.directory.remove(orders.id).await;
    let removed = removed.unwrap();
    assert_eq!(removed.ended.len(), 1);
    assert!(connection.is_ended());
    assert_eq!(world.directory.connection(orders.id).unwrap_err().code, Code::NotFound);
    let detail = Some("kafka:9092".into());
    let done = Outcome::Done { count: None, detail };
    assert_eq!(world.log.lines(), [("remove".to_owned(), String::new(), Some(done))]);
}

/// Between the saving of an address and that of its password the stored password is another one's.
#[tokio::test]
async fn nobody_connects_while_an_edit_is_under_way() {
    let orders = dev();
    let world = world(&[&orders]);
    let editing = world.directory.turns.take(orders.id).await;
    world.directory.write(Profile { broker: at("elsewhere"), ..orders.clone() }).await.unwrap();
    let connection = world.directory.connection(orders.id).unwrap();
    let mut attempt = std::pin::pin!(world.directory.open(&connection, one));
    // Nothing else in it has to wait: there are no secrets, and no network.
    let waits = std::future::poll_fn(|context| {
        std::task::Poll::Ready(attempt.as_mut().poll(context).is_pending())
    });
    assert!(waits.await, "it waits for the edit");
    drop(editing);
    assert_eq!(*attempt.await.unwrap(), 1);
}
