use connections::access::{ActivityLog, EntryId, Intent, Outcome, ScopeName};
use connections::{Code, Failure};
use jiff::Timestamp;
use ledger::{Cursor, Ledger, Query};
use uuid::Uuid;

use crate::support::{all, find, intent, open, profile};

fn outcomes() -> [Outcome; 5] {
    [
        Outcome::Done { count: Some(3), detail: None },
        Outcome::Done { count: None, detail: Some("until 12:00".into()) },
        Outcome::Partial { done: 2, failed: 1, detail: "1 was not routed".into() },
        Outcome::Failed { detail: "the queue is gone".into() },
        Outcome::Unknown { detail: "the connection was lost".into() },
    ]
}

#[test]
fn what_is_written_is_read_again_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let mut written = Vec::new();
    let before = Timestamp::now();
    {
        let ledger = open(folder.path());
        for (number, outcome) in outcomes().into_iter().enumerate() {
            let mut intent = intent(1, "replay", &format!("topic-{number}"));
            intent.scope = [
                ScopeName::Hold,
                ScopeName::Settle,
                ScopeName::Publish,
                ScopeName::Access,
                ScopeName::Hold,
            ][number];
            if number == 1 {
                (intent.subject.count, intent.subject.source) = (None, None);
            }
            let id = ledger.intend(&intent).unwrap();
            let under_way = find(&ledger, id);
            assert_eq!((under_way.outcome, under_way.concluded_at), (None, None));
            ledger.conclude(id, &outcome).unwrap();
            written.push((id, intent, outcome));
        }
    }
    let ledger = open(folder.path());
    let page = all(&ledger);
    assert_eq!((page.next, page.unreadable), (None, 0));
    let read: Vec<(EntryId, Intent, Outcome)> = page
        .entries
        .iter()
        .rev()
        .map(|entry| (entry.id, entry.intent.clone(), entry.outcome.clone().unwrap()))
        .collect();
    assert_eq!(read, written);
    for entry in page.entries {
        assert_eq!(entry.operator, "ana");
        assert!(entry.at.as_millisecond() >= before.as_millisecond());
        assert!(entry.concluded_at.unwrap() >= entry.at);
    }
}

#[test]
fn the_operator_is_the_user_of_the_operating_system() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = Ledger::open(folder.path()).unwrap().ledger;
    let id = ledger.intend(&intent(1, "hold", "q")).unwrap();
    let told = std::process::Command::new("id").arg("-un").output().unwrap().stdout;
    assert_eq!(find(&ledger, id).operator, String::from_utf8(told).unwrap().trim());
}

#[test]
fn pages_are_newest_first_without_gaps_or_repeats() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let written: Vec<EntryId> = (0..25)
        .map(|n| ledger.intend(&intent(n % 2, "replay", &format!("topic-{n}"))).unwrap())
        .collect();
    let walk = |query: Query| {
        let mut query = query;
        let mut found = Vec::new();
        let mut pages = 0;
        loop {
            let page = ledger.entries(&query).unwrap();
            assert!(page.entries.len() <= query.limit.max(1) as usize);
            found.extend(page.entries.into_iter().map(|entry| entry.id));
            pages += 1;
            match page.next {
                Some(next) => query.before = Some(next),
                None => return (found, pages),
            }
        }
    };
    let newest_first: Vec<EntryId> = written.iter().rev().copied().collect();
    assert_eq!(walk(Query { limit: 10, ..Query::default() }), (newest_first.clone(), 3));
    assert_eq!(walk(Query { limit: 25, ..Query::default() }), (newest_first.clone(), 1));
    assert_eq!(walk(Query { limit: 0, ..Query::default() }).0, newest_first);
    let of_one: Vec<EntryId> = newest_first.iter().step_by(2).copied().collect();
    let connection = Some(profile(0));
    assert_eq!(walk(Query { connection, limit: 4, ..Query::default() }).0, of_one);
    let none = Query { before: Some(Cursor(i64::MIN)), limit: 10, ..Query::default() };
    assert_eq!(walk(none), (Vec::new(), 1));
}

#[test]
fn a_text_is_found_in_any_column_and_any_case_and_is_no_pattern() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let one = ledger.intend(&intent(1, "replay", "ÉVÉNEMENTS_100%")).unwrap();
    let two = ledger.intend(&intent(2, "acknowledge", "task_queue")).unwrap();
    ledger.conclude(two, &Outcome::Failed { detail: "Zugriff verweigert".into() }).unwrap();
    let found = |text: &str| -> Vec<EntryId> {
        let query = Query { text: Some(text.to_owned()), limit: 10, ..Query::default() };
        ledger.entries(&query).unwrap().entries.into_iter().map(|entry| entry.id).collect()
    };
    assert_eq!(found("événements"), [one]);
    assert_eq!(found("100%"), [one]);
    assert_eq!(found("0_"), []);
    assert_eq!(found("ZUGRIFF"), [two]);
    assert_eq!(found("orders-2"), [two]);
    assert_eq!(found(" Ticket 4711 "), [two, one]);
    assert_eq!(found("'; DROP TABLE activity; --"), []);
    assert_eq!(found("  "), [two, one]);
    assert_eq!(found("queueorders"), [], "two columns are not one text");
}

#[test]
fn texts_lose_what_cannot_be_seen_and_are_cut() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let mut hostile = intent(1, "re\u{1b}[31mplay", &"x".repeat(1_000_000));
    hostile.reason = "line\nfeed\u{202e}".to_owned();
    hostile.subject.count = Some(u64::MAX);
    let id = ledger.intend(&hostile).unwrap();
    ledger
        .conclude(id, &Outcome::Failed { detail: "y".repeat(1_000_000).as_str().into() })
        .unwrap();
    let entry = find(&ledger, id);
    assert_eq!(entry.intent.subject.action, "re�[31mplay");
    assert_eq!(entry.intent.subject.object.to_string().chars().count(), 1001);
    assert_eq!(entry.intent.reason, "line�feed�");
    assert_eq!(entry.intent.subject.count, Some(i64::MAX as u64));
    let Some(Outcome::Failed { detail }) = entry.outcome else { panic!("it failed") };
    assert_eq!(detail.to_string().chars().count(), 1001);
}

#[test]
fn an_entry_is_concluded_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let id = ledger.intend(&intent(1, "replay", "t")).unwrap();
    let [done, .., unknown] = outcomes();
    ledger.conclude(id, &done).unwrap();
    assert_eq!(ledger.conclude(id, &unknown).unwrap_err().code, Code::NotFound);
    assert_eq!(find(&ledger, id).outcome, Some(done.clone()));
    let nobody = EntryId(Uuid::from_u128(7));
    assert_eq!(ledger.conclude(nobody, &done).unwrap_err().code, Code::NotFound);
}

#[test]
fn the_file_itself_refuses_to_lose_or_change_an_entry() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let id = ledger.intend(&intent(1, "replay", "t")).unwrap();
    ledger.intend(&intent(1, "replay", "t")).unwrap();
    ledger.conclude(id, &outcomes()[0]).unwrap();
    let file = rusqlite::Connection::open(folder.path().join("ledger.db")).unwrap();
    for sql in [
        "DELETE FROM activity",
        "UPDATE activity SET reason = 'another'",
        "UPDATE activity SET outcome = 'failed' WHERE outcome = 'done'",
        "UPDATE activity SET outcome = 'done', count = 4 WHERE outcome IS NULL",
    ] {
        assert!(file.execute(sql, []).is_err(), "{sql}");
    }
}

#[tokio::test]
async fn whoever_shows_the_activity_is_told_of_each_change() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let mut revision = ledger.revision();
    let id = ledger.intend(&intent(1, "replay", "t")).unwrap();
    revision.changed().await.unwrap();
    let first = *revision.borrow_and_update();
    assert!(!revision.has_changed().unwrap());
    ledger.conclude(id, &outcomes()[0]).unwrap();
    revision.changed().await.unwrap();
    assert!(*revision.borrow() > first);
}

#[test]
fn many_threads_write_and_read_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    std::thread::scope(|scope| {
        for writer in 0..4 {
            let ledger = &ledger;
            scope.spawn(move || {
                for number in 0..20 {
                    let id = ledger.intend(&intent(writer, "replay", &number.to_string())).unwrap();
                    ledger.conclude(id, &outcomes()[number % 5]).unwrap();
                    all(ledger);
                }
            });
        }
    });
    let page = all(&ledger);
    assert_eq!(page.entries.len(), 80);
    assert!(page.entries.iter().all(|entry| entry.outcome.is_some()));
    assert!(page.entries.is_sorted_by(|a, b| a.cursor > b.cursor));
}

#[test]
fn nothing_but_names_counts_and_phrases_has_a_column() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let file = rusqlite::Connection::open(folder.path().join("ledger.db")).unwrap();
    let mut statement =
        file.prepare("SELECT name, type FROM pragma_table_info('activity')").unwrap();
    let columns: Vec<(String, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .collect::<Result<_, _>>()
        .unwrap();
    assert!(columns.iter().all(|(_, kind)| kind == "TEXT" || kind == "INTEGER"));
    for name in ["body", "value", "key", "payload", "headers", "password", "secret"] {
        assert!(columns.iter().all(|(column, _)| column != name), "{name}");
    }
    let id = ledger.intend(&intent(1, "replay", "hunter2")).unwrap();
    let told: Failure = ledger.conclude(EntryId(Uuid::nil()), &outcomes()[0]).unwrap_err();
    assert!(!format!("{ledger:?} {told:?} {id:?}").contains("hunter2"));
}
