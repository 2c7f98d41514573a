//! What the tests have in common: open connections, an activity log in memory, and bare clients
//! that set up and tell what is really there.

mod kafka;
mod rabbitmq;

use std::sync::Mutex;
use std::time::Duration;

use connections::access::{Access, ActivityLog, EntryId, Intent, Outcome};
use connections::profile::{AccessLevel, Broker as Settings, Environment, Profile, Tls, Trust};
use connections::secret::{Secret, Secrets};
use connections::{Failure, ProfileId};
use replay::preview::{Asked, Destination, Prepared, Source, prepare};
use replay::request::{OnFailure, Party, Target};
use replay::run::{Progress, Removal, Report, Run, run};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use self::kafka::*;
pub use self::rabbitmq::*;

/// Longer than anything here takes on a slow machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Activity in memory.
#[derive(Default)]
pub struct Activity(Mutex<Vec<(EntryId, Intent, Option<Outcome>)>>);

impl Activity {
    /// Action, count and outcome of everything announced.
    pub fn all(&self) -> Vec<(String, Option<u64>, Option<Outcome>)> {
        let entries = self.0.lock().unwrap();
        let one = |(_, intent, outcome): &(EntryId, Intent, Option<Outcome>)| {
            (intent.subject.action.clone(), intent.subject.count, outcome.clone())
        };
        entries.iter().map(one).collect()
    }

    /// The outcome of the only change with this action.
    pub fn outcome(&self, action: &str) -> Outcome {
        let mut found: Vec<_> =
            self.all().into_iter().filter(|(announced, ..)| announced == action).collect();
        assert_eq!(found.len(), 1, "one {action} is announced");
        found.remove(0).2.expect("its outcome is written")
    }
}

impl ActivityLog for Activity {
    fn intend(&self, intent: &Intent) -> Result<EntryId, Failure> {
        let id = EntryId(Uuid::new_v4());
        self.0.lock().unwrap().push((id, intent.clone(), None));
        Ok(id)
    }

    fn conclude(&self, entry: EntryId, outcome: &Outcome) -> Result<(), Failure> {
        let mut entries = self.0.lock().unwrap();
        let found = entries.iter_mut().find(|(id, ..)| *id == entry).expect("announced before");
        assert!(found.2.is_none(), "an outcome is written once");
        found.2 = Some(outcome.clone());
        Ok(())
    }
}

fn profile(broker: Settings) -> Profile {
    Profile {
        id: ProfileId::random(),
        name: "test".into(),
        environment: Environment::Dev,
        access: AccessLevel::Open,
        broker,
    }
}

fn only(ca_pem: String) -> Tls {
    Tls { trust: Trust::OnlyCa, ca_pem: Some(ca_pem), certificate_pem: None, verify_name: true }
}

fn password(text: &str) -> Secrets {
    Secrets { password: Some(Secret::new(text.to_owned())), private_key: None }
}

/// A replay that removes nothing.
pub fn copying(source: &Party, target: &Party, to: Target) -> Asked {
    Asked { source: source.clone(), target: target.clone(), to, remove_at_source: false }
}

/// A replay that removes each original after its copy was confirmed.
pub fn moving(source: &Party, target: &Party, to: Target) -> Asked {
    Asked { remove_at_source: true, ..copying(source, target, to) }
}

pub async fn prepared(asked: Asked, source: Source, destination: &Destination) -> Prepared {
    prepare(asked, source, destination).await.expect("it can be previewed")
}

/// A run of everything that was previewed.
pub fn go(
    prepared: Prepared,
    destination: Destination,
    access: &Access,
    removal: Option<Removal>,
) -> Run {
    let publish = access.grant(prepared.publish_subject()).expect("this connection is open");
    let confirmed = prepared.preview().sendable;
    Run { prepared, confirmed, on_failure: OnFailure::GoOn, destination, publish, removal }
}

pub async fn finish(run_: Run) -> Report {
    let mut told: Vec<Progress> = Vec::new();
    let report = run(run_, &CancellationToken::new(), &mut |progress| told.push(progress)).await;
    let report = report.expect("it runs");
    let last = told.last().expect("the end is told");
    assert_eq!(last.confirmed, report.counts.confirmed, "the last progress is the result");
    assert_eq!(last.removed, report.counts.removed);
    report
}

/// Milliseconds since 1970.
pub fn now_millis() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    since.as_millis() as i64
}
