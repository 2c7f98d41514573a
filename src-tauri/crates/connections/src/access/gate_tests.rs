use super::*;
use crate::access::memory::Memory;
use crate::access::{Detail, Hold, Note, Publish, Settle, take_with_grants};
use crate::profile::{Broker, Endpoint, KafkaSecurity, KafkaSettings};

const MINUTE: Duration = Duration::from_secs(60);

fn access(environment: Environment, level: AccessLevel) -> (Arc<Access>, Arc<Memory>) {
    let log = Arc::new(Memory::default());
    let profile = Profile {
        id: ProfileId::random(),
        name: "orders".to_owned(),
        environment,
        access: level,
        broker: Broker::Kafka(KafkaSettings {
            bootstrap_servers: vec![Endpoint { host: "kafka".to_owned(), port: 9092 }],
            security: KafkaSecurity::Plaintext,
        }),
    };
    (Arc::new(Access::new(&profile, Arc::clone(&log) as Arc<dyn ActivityLog>)), log)
}

fn replay() -> Subject {
    Subject {
        action: "replay".to_owned(),
        object: "orders.dlq".into(),
        count: Some(3),
        source: None,
    }
}

fn done() -> Outcome {
    Outcome::Done { count: Some(3), detail: None }
}

#[test]
fn production_is_read_only_until_unlocked_whatever_its_profile_says() {
    let (access, log) = access(Environment::Production, AccessLevel::Open);
    assert_eq!(access.state(), AccessState { level: AccessLevel::ReadOnly, unlocked: None });
    let failure = access.grant::<Hold>(replay()).unwrap_err();
    assert_eq!(failure.code, Code::ReadOnly);
    assert!(log.actions().is_empty(), "what is refused is not announced");

    access.unlock("  ticket 4711 ", MINUTE).unwrap();
    let state = access.state();
    assert_eq!(state.level, AccessLevel::Guarded);
    assert_eq!(state.unlocked.unwrap().reason, "ticket 4711");
    let grant = access.grant::<Publish>(replay()).unwrap();
    grant.check(grant.connection()).unwrap();
    grant.conclude(&done()).unwrap();
    let expected = [("unlock", "ticket 4711"), ("replay", "ticket 4711")];
    assert_eq!(log.actions(), expected.map(|(a, r)| (a.to_owned(), r.to_owned())));
    assert_eq!(log.outcomes().last(), Some(&done()));
}

#[test]
fn an_unlock_needs_a_reason_and_an_end() {
    let (access, log) = access(Environment::Production, AccessLevel::Open);
    for (reason, duration) in
        [("  ", MINUTE), ("why", Duration::ZERO), ("why", LONGEST_UNLOCK + MINUTE)]
    {
        assert_eq!(access.unlock(reason, duration).unwrap_err().code, Code::Invalid);
    }
    assert!(log.actions().is_empty());
    access.unlock("escape \u{1b}[31m", MINUTE).unwrap();
    assert_eq!(log.actions()[0].1, "escape �[31m");
}

#[test]
fn an_unlock_that_cannot_be_written_does_not_happen() {
    let (access, log) = access(Environment::Production, AccessLevel::Open);
    log.fill();
    assert_eq!(access.unlock("ticket", MINUTE).unwrap_err().code, Code::Storage);
    assert_eq!(access.state().level, AccessLevel::ReadOnly);
}

#[test]
fn a_change_that_cannot_be_announced_is_not_permitted() {
    let (access, log) = access(Environment::Dev, AccessLevel::Open);
    log.fill();
    assert_eq!(access.grant::<Publish>(replay()).unwrap_err().code, Code::Storage);
}

#[tokio::test]
async fn the_end_of_the_time_ends_the_unlock_and_its_grants() {
    let (access, _log) = access(Environment::Production, AccessLevel::Open);
    access.unlock("ticket", Duration::from_millis(50)).unwrap();
    let grant = access.grant::<Publish>(replay()).unwrap();
    assert!(grant.expiry().is_some());
    grant.ended().await;
    assert_eq!(grant.check(grant.connection()).unwrap_err().code, Code::GrantEnded);
    assert_eq!(access.state(), AccessState { level: AccessLevel::ReadOnly, unlocked: None });
    assert_eq!(access.grant::<Publish>(replay()).unwrap_err().code, Code::ReadOnly);
}

#[tokio::test]
async fn locking_ends_every_grant_at_once_and_is_written() {
    let (access, log) = access(Environment::Production, AccessLevel::Open);
    access.unlock("ticket", MINUTE).unwrap();
    let grant = access.grant::<Hold>(replay()).unwrap();
    let ended = tokio::spawn(grant.ended());
    access.lock();
    ended.await.unwrap();
    assert_eq!(grant.check(grant.connection()).unwrap_err().code, Code::GrantEnded);
    access.lock();
    let actions: Vec<String> = log.actions().into_iter().map(|(action, _)| action).collect();
    assert_eq!(actions, ["unlock", "replay", "lock"], "locking twice is written once");
}

#[test]
fn locking_works_though_it_cannot_be_written() {
    let (access, log) = access(Environment::Production, AccessLevel::Open);
    access.unlock("ticket", MINUTE).unwrap();
    let grant = access.grant::<Publish>(replay()).unwrap();
    log.fill();
    access.lock();
    assert!(grant.check(grant.connection()).is_err());
}

#[test]
fn a_new_unlock_ends_the_grants_of_the_one_before() {
    let (access, _log) = access(Environment::Production, AccessLevel::Open);
    access.unlock("one", MINUTE).unwrap();
    let grant = access.grant::<Publish>(replay()).unwrap();
    access.unlock("two", MINUTE).unwrap();
    assert!(grant.check(grant.connection()).is_err());
    assert_eq!(access.state().unlocked.unwrap().reason, "two");
}

#[test]
fn a_grant_dropped_without_an_outcome_is_written_as_unknown() {
    let (access, log) = access(Environment::Dev, AccessLevel::Open);
    drop(access.grant::<Publish>(replay()).unwrap());
    assert!(matches!(log.outcomes()[..], [Outcome::Unknown { .. }]));
}

#[test]
fn a_grant_is_good_for_its_own_connection_only() {
    let (access, _log) = access(Environment::Dev, AccessLevel::Guarded);
    let grant = access.grant::<Publish>(replay()).unwrap();
    assert_eq!(grant.check(ProfileId::random()).unwrap_err().code, Code::Internal);
}

#[test]
fn a_closed_connection_gives_nothing_and_cannot_be_unlocked() {
    for environment in [Environment::Dev, Environment::Production] {
        let (access, log) = access(environment, AccessLevel::Open);
        access.unlock("ticket", MINUTE).unwrap();
        let grant = access.grant::<Publish>(replay()).unwrap();
        access.close();
        assert_eq!(log.actions().last().unwrap().0, "lock");
        assert!(grant.check(grant.connection()).is_err());
        assert_eq!(access.unlock("again", MINUTE).unwrap_err().code, Code::GrantEnded);
        assert_eq!(access.grant::<Publish>(replay()).unwrap_err().code, Code::GrantEnded);
        assert_eq!(access.state(), AccessState { level: AccessLevel::ReadOnly, unlocked: None });
    }
}

#[test]
fn an_unlock_that_races_with_closing_leaves_nothing_open() {
    let (access, log) = access(Environment::Production, AccessLevel::Open);
    let closing = Arc::clone(&access);
    log.meanwhile(move || closing.close());
    assert_eq!(access.unlock("ticket", MINUTE).unwrap_err().code, Code::GrantEnded);
    assert_eq!(access.state(), AccessState { level: AccessLevel::ReadOnly, unlocked: None });
}

#[test]
fn a_grant_that_races_with_locking_is_not_given_and_its_entry_says_nothing_was_done() {
    let (access, log) = access(Environment::Production, AccessLevel::Open);
    access.unlock("ticket", MINUTE).unwrap();
    let locking = Arc::clone(&access);
    log.meanwhile(move || locking.lock());
    assert_eq!(access.grant::<Publish>(replay()).unwrap_err().code, Code::GrantEnded);
    assert!(matches!(log.outcomes().last(), Some(Outcome::Failed { .. })));
}

#[test]
fn unlocking_what_is_open_anyway_takes_nothing_away() {
    let (access, _log) = access(Environment::Dev, AccessLevel::Open);
    access.unlock("ticket", MINUTE).unwrap();
    assert_eq!(access.state().level, AccessLevel::Open);
    access.lock();
    let grant = access.grant::<Publish>(replay()).unwrap();
    assert_eq!(grant.expiry(), None);
    grant.check(grant.connection()).unwrap();
}

#[test]
fn of_two_permissions_both_are_given_or_neither_and_nothing_is_taken_before() {
    let (target, target_log) = access(Environment::Dev, AccessLevel::Open);
    let (source, source_log) = access(Environment::Production, AccessLevel::Open);
    let prepared = Mutex::new(Some("a preview"));
    let ask = || {
        let second = Some((&*source, replay()));
        take_with_grants::<_, Publish, Settle>((&target, replay()), second, || {
            prepared.lock().unwrap().take().ok_or_else(|| Failure::new(Code::NotFound, "spent"))
        })
    };
    let denied = ask().unwrap_err();
    assert_eq!(denied.code, Code::ReadOnly);
    assert!(source_log.actions().is_empty());
    let failed = |why: Failure| Outcome::Failed {
        detail: Detail::from(Note::NothingDone).and((&why).into()),
    };
    let first = failed(denied);
    assert_eq!(target_log.outcomes(), [first], "it is known how it ended");

    source.unlock("ticket 4711", MINUTE).unwrap();
    let (taken, publish, settle) = ask().expect("what was denied once can still be taken");
    assert_eq!(taken, "a preview");
    publish.check(publish.connection()).unwrap();
    let settle = settle.unwrap();
    settle.check(settle.connection()).unwrap();

    assert_eq!(ask().unwrap_err().code, Code::NotFound, "only once");
    let spent = failed(Failure::new(Code::NotFound, "spent"));
    assert_eq!(target_log.outcomes().last(), Some(&spent));
    assert_eq!(source_log.outcomes().last(), Some(&spent));
}

#[test]
fn ending_needs_no_disk_and_closing_writes_the_end_once() {
    let (access, log) = access(Environment::Production, AccessLevel::ReadOnly);
    access.unlock("ticket 4711", MINUTE).unwrap();
    let grant = access.grant::<Hold>(replay()).unwrap();
    access.end();
    assert_eq!(grant.check(grant.connection()).unwrap_err().code, Code::GrantEnded);
    assert_eq!(access.grant::<Hold>(replay()).unwrap_err().code, Code::GrantEnded);
    let locks = || log.actions().iter().filter(|(action, _)| action == "lock").count();
    assert_eq!(locks(), 0);
    access.close();
    access.close();
    assert_eq!(locks(), 1);
}
