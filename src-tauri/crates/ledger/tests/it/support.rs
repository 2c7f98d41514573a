use std::path::Path;

use connections::ProfileId;
use connections::access::{EntryId, Intent, ScopeName, Subject};
use connections::profile::Environment;
use ledger::{Entry, Ledger, Page, Query};
use uuid::Uuid;

/// A ledger without anything to tell.
pub fn open(folder: &Path) -> Ledger {
    let opened = Ledger::open_as(folder, "ana").unwrap();
    assert_eq!((opened.notice, opened.interrupted), (None, Vec::new()));
    opened.ledger
}

pub fn profile(number: u128) -> ProfileId {
    ProfileId(Uuid::from_u128(number))
}

pub fn intent(connection: u128, action: &str, object: &str) -> Intent {
    Intent {
        connection: profile(connection),
        connection_name: format!("orders-{connection}"),
        environment: Environment::Production,
        scope: ScopeName::Publish,
        subject: Subject {
            action: action.to_owned(),
            object: object.into(),
            count: Some(3),
            source: Some("orders / audit".into()),
        },
        reason: "ticket 4711".to_owned(),
    }
}

pub fn all(ledger: &Ledger) -> Page {
    ledger.entries(&Query { limit: 500, ..Query::default() }).unwrap()
}

pub fn find(ledger: &Ledger, id: EntryId) -> Entry {
    all(ledger).entries.into_iter().find(|entry| entry.id == id).expect("it was written")
}
