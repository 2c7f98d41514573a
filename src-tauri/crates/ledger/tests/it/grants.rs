//! The ledger behind a connection's access level: what the types promise is in the file.

use std::sync::Arc;
use std::time::Duration;

use connections::access::{
    Access, ActivityLog, Detail, Fact, Note, Outcome, Publish, ScopeName, Subject,
};
use connections::profile::{
    AccessLevel, Broker, Endpoint, Environment, KafkaSecurity, KafkaSettings,
};
use connections::{Code, Profile};

use crate::support::{all, open, profile};

#[test]
fn unlock_change_and_lock_are_each_in_the_ledger_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Arc::new(open(folder.path()));
    let production = Profile {
        id: profile(1),
        name: "orders".to_owned(),
        environment: Environment::Production,
        access: AccessLevel::Open,
        broker: Broker::Kafka(KafkaSettings {
            bootstrap_servers: vec![Endpoint { host: "kafka".to_owned(), port: 9092 }],
            security: KafkaSecurity::Plaintext,
        }),
    };
    let access = Access::new(&production, Arc::clone(&ledger) as Arc<dyn ActivityLog>);
    let replay = || Subject {
        action: "replay".to_owned(),
        object: "orders.dlq".into(),
        count: Some(2),
        source: None,
    };
    assert_eq!(access.grant::<Publish>(replay()).unwrap_err().code, Code::ReadOnly);
    assert_eq!(all(&ledger).entries, [], "what is refused leaves no trace of having been begun");

    access.unlock("ticket 4711", Duration::from_secs(900)).unwrap();
    let done = Outcome::Done { count: Some(2), detail: None };
    access.grant::<Publish>(replay()).unwrap().conclude(&done).unwrap();
    drop(access.grant::<Publish>(replay()).unwrap());
    access.lock();

    let entries = all(&ledger).entries;
    assert!(entries.iter().all(|entry| entry.intent.reason == "ticket 4711"));
    let told: Vec<(ScopeName, &str, Option<&Outcome>)> = entries
        .iter()
        .rev()
        .map(|e| (e.intent.scope, e.intent.subject.action.as_str(), e.outcome.as_ref()))
        .collect();
    let unlocked =
        Outcome::Done { count: None, detail: Some(Detail::of(Fact::Lasts { seconds: 900 })) };
    let locked = Outcome::Done { count: None, detail: Some(Note::ByHand.into()) };
    let detail = Note::Interrupted.into();
    assert_eq!(
        told,
        [
            (ScopeName::Access, "unlock", Some(&unlocked)),
            (ScopeName::Publish, "replay", Some(&done)),
            (ScopeName::Publish, "replay", Some(&Outcome::Unknown { detail })),
            (ScopeName::Access, "lock", Some(&locked)),
        ]
    );
}
