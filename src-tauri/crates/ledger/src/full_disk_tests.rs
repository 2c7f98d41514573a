//! A disk without room, at the intent and at the outcome. SQLite is told that the file may not grow,
//! which fails with the code that a full disk has.

use connections::access::{ActivityLog, Intent, Outcome, ScopeName, Subject};
use connections::profile::Environment;
use connections::{Code, Failure, ProfileId};
use uuid::Uuid;

use super::*;

fn intent(object: &str) -> Intent {
    Intent {
        connection: ProfileId(Uuid::from_u128(1)),
        connection_name: "orders".to_owned(),
        environment: Environment::Production,
        scope: ScopeName::Settle,
        subject: Subject {
            action: "acknowledge".to_owned(),
            object: object.into(),
            count: Some(1),
            source: None,
        },
        reason: "ticket 4711".to_owned(),
    }
}

/// From now on the file may not grow; or again as much as it likes.
fn room(ledger: &Ledger, there_is: bool) {
    let writer = lock(&ledger.state.as_ref().unwrap().writer);
    let pages: i64 = writer.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    let most = if there_is { 0xffff_fffe } else { pages };
    let set: i64 =
        writer.query_row(&format!("PRAGMA max_page_count = {most}"), [], |row| row.get(0)).unwrap();
    assert_eq!(set, most);
}

fn assert_full(failure: &Failure) {
    assert_eq!(failure.code, Code::Storage);
    assert_eq!(failure.message, "the ledger cannot be written: the disk is full");
    assert_eq!(failure.hint.as_deref(), Some("make room on the disk"));
}

fn count(ledger: &Ledger) -> usize {
    let query = Query { limit: LONGEST_PAGE, ..Query::default() };
    ledger.entries(&query).unwrap().entries.len()
}

#[test]
fn on_a_full_disk_nothing_is_announced_and_so_nothing_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open_as(folder.path(), "ana").unwrap().ledger;
    ledger.intend(&intent("before")).unwrap();
    room(&ledger, false);
    let long = "o".repeat(900);
    let mut announced = 1;
    let failure = loop {
        match ledger.intend(&intent(&long)) {
            Ok(_) => announced += 1,
            Err(failure) => break failure,
        }
        assert!(announced < 100, "the file grew");
    };
    assert_full(&failure);
    assert_eq!(count(&ledger), announced, "what was announced before is there, and no half entry");
    room(&ledger, true);
    ledger.intend(&intent("after")).unwrap();
    assert_eq!(count(&ledger), announced + 1);
}

#[test]
fn on_a_full_disk_an_outcome_is_missing_and_its_entry_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let left = {
        let ledger = Ledger::open_as(folder.path(), "ana").unwrap().ledger;
        let ids: Vec<_> =
            (0..20).map(|n| ledger.intend(&intent(&n.to_string())).unwrap()).collect();
        room(&ledger, false);
        let detail = "d".repeat(1000).as_str().into();
        let done = Outcome::Done { count: Some(1), detail: Some(detail) };
        let written: Vec<_> = ids.iter().map(|id| ledger.conclude(*id, &done)).collect();
        let failed: Vec<_> =
            ids.iter().zip(&written).filter(|(_, written)| written.is_err()).collect();
        assert!(!failed.is_empty(), "twenty long details fit into what there was");
        for (_, written) in &failed {
            assert_full(written.as_ref().unwrap_err());
        }
        room(&ledger, true);
        let (id, _) = failed[0];
        ledger.conclude(*id, &done).unwrap();
        failed.len() - 1
    };
    // The others stay what they are known to be: begun, with an end that nobody can tell.
    let opened = Ledger::open_as(folder.path(), "ana").unwrap();
    assert_eq!(opened.notice, None);
    assert_eq!(opened.interrupted.len(), left);
    assert_eq!(count(&opened.ledger), 20);
}
