//! Crashes, and files that cannot be used.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use connections::access::{
    ActivityLog, Detail, Fact, Fate, Note, Object, Outcome, Place, Setting, Subject,
};
use connections::{Code, Failure};
use ledger::{Entry, Ledger, Query};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::support::{all, find, intent, open};

/// Written by the first version that had this format. Later versions must open it.
const VERSION_1: &[u8] = include_bytes!("../fixtures/ledger-1.db");

/// The same of version 2, which keeps what it is told as facts too.
const VERSION_2: &[u8] = include_bytes!("../fixtures/ledger-2.db");

/// Set in the process that is to crash; names the folder.
const CRASH: &str = "KRONOS_TEST_LEDGER_CRASH";

fn folder_with(content: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("ledger.db"), content).unwrap();
    folder
}

/// The ledgers kept aside, without their companions.
fn kept(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let is_kept = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy();
        name.starts_with("ledger.db.kept-") && !name.ends_with("-wal") && !name.ends_with("-shm")
    };
    entries.filter(is_kept).collect()
}

#[test]
fn a_crash_between_intent_and_outcome_is_marked_unknown_at_the_next_start() {
    if let Some(folder) = std::env::var_os(CRASH) {
        let ledger = open(Path::new(&folder));
        let id = ledger.intend(&intent(1, "acknowledge", "finished")).unwrap();
        ledger.conclude(id, &Outcome::Done { count: Some(1), detail: None }).unwrap();
        ledger.intend(&intent(1, "acknowledge", "task_queue")).unwrap();
        std::process::abort();
    }
    let folder = tempfile::tempdir().unwrap();
    let test = "damage::a_crash_between_intent_and_outcome_is_marked_unknown_at_the_next_start";
    let crashed = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test])
        .env(CRASH, folder.path())
        .output()
        .unwrap();
    assert!(!crashed.status.success());

    let opened = Ledger::open_as(folder.path(), "bo").unwrap();
    assert_eq!(opened.notice, None);
    let [entry] = &opened.interrupted[..] else {
        panic!("one was under way: {:?}", opened.interrupted)
    };
    assert_eq!(entry.intent.subject.object, "task_queue".into());
    assert_eq!(entry.operator, "ana", "who did it, not who found it");
    let Some(Outcome::Unknown { detail }) = &entry.outcome else { panic!("nobody can tell") };
    assert!(detail.to_string().contains("check"), "{detail}");
    assert_eq!(all(&opened.ledger).entries.len(), 2);
    drop(opened);
    open(folder.path());
}

#[test]
fn the_file_of_version_1_opens_with_all_it_held() {
    let folder = folder_with(VERSION_1);
    let opened = Ledger::open_as(folder.path(), "ana").unwrap();
    assert_eq!(opened.notice, None);
    assert_eq!(opened.interrupted.len(), 1);
    let entries = all(&opened.ledger).entries;
    let told: Vec<String> = entries
        .iter()
        .map(|entry| {
            let subject = &entry.intent.subject;
            format!(
                "{} {} {:?} {:?} {}",
                entry.operator,
                subject.action,
                subject.object.to_string(),
                entry.intent.environment,
                serde_json::to_value(&entry.outcome).unwrap()["outcome"]
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            r#"ana acknowledge "task_queue" Dev "unknown""#,
            r#"ana return "task_queue" Staging "unknown""#,
            r#"ana hold "task_queue" Staging "failed""#,
            r#"ana replay "événements" Production "partial""#,
            r#"ana unlock "orders" Production "done""#,
        ]
    );
    let words = |entry: &Entry| matches!(entry.intent.subject.object, Object::Words(_));
    assert!(entries.iter().all(words), "it had words only, and they are left as they are");
    assert_eq!(entries[4].at.to_string(), "2026-11-23T08:15:00.123Z");
    let query = Query { text: Some("ÉVÉNEMENTS".to_owned()), limit: 10, ..Query::default() };
    assert_eq!(opened.ledger.entries(&query).unwrap().entries.len(), 1);
}

#[test]
fn the_file_of_version_2_opens_with_all_it_was_told() {
    let folder = folder_with(VERSION_2);
    let opened = Ledger::open_as(folder.path(), "ana").unwrap();
    assert_eq!((opened.notice, opened.interrupted), (None, Vec::new()));
    let entries = all(&opened.ledger).entries;
    let told: Vec<_> = entries.iter().rev().map(|entry| entry.intent.subject.clone()).collect();
    let outcomes: Vec<_> = entries.into_iter().rev().map(|entry| entry.outcome.unwrap()).collect();
    let (subjects, expected): (Vec<Subject>, Vec<Outcome>) = version_2().into_iter().unzip();
    assert_eq!(told, subjects);
    assert_eq!(outcomes, expected);
    for text in ["queue événements", "run 7, 3 confirmed", "orders, topic audit", "retry later"] {
        let query = Query { text: Some(text.to_owned()), limit: 10, ..Query::default() };
        assert_eq!(opened.ledger.entries(&query).unwrap().entries.len(), 1, "{text}");
    }
}

/// What the file of version 2 was told, one entry after another.
fn version_2() -> Vec<(Subject, Outcome)> {
    let subject = |action: &str, object: Object, source: Option<Object>| Subject {
        action: action.to_owned(),
        object,
        count: Some(12),
        source,
    };
    let exchange = |name: &str, key: Option<&str>| {
        let (name, key) = (name.to_owned(), key.map(str::to_owned));
        Object::Places(vec![Place::Exchange { name, key }])
    };
    let from = Object::Places(vec![
        Place::Connection { name: "orders".to_owned() },
        Place::Topic { name: "audit".to_owned() },
    ]);
    let gone = Failure::new(Code::NotFound, "the queue événements is gone");
    let lasts = Detail::of(Fact::Lasts { seconds: 900 });
    let settled = Detail::of(Fact::Messages { count: 12, fate: Fate::Returned })
        .and(Fact::Messages { count: 0, fate: Fate::Acknowledged });
    let run = Detail::of(Fact::Run { id: "7".to_owned() })
        .and_some(3, Fate::Confirmed)
        .and_some(9, Fate::Unroutable)
        .and(Fact::Note { note: Note::Stopped });
    let (from_level, to_level) = ("read-only".to_owned(), "open".to_owned());
    let setting = Setting::AccessLevel;
    let edited = Detail::of(Fact::Changed { setting, from: from_level, to: to_level });
    let done = |detail| Outcome::Done { count: Some(12), detail: Some(detail) };
    let failed = Outcome::Failed { detail: Detail::from(Note::NothingDone).and((&gone).into()) };
    let words = Outcome::Unknown { detail: "retry later".into() };
    vec![
        (subject("unlock", Object::connection("orders"), None), done(lasts)),
        (subject("hold", Object::queue("returns.dlq"), None), done(settled)),
        (subject("hold", Object::queue("événements"), None), failed),
        (
            subject("replay", exchange("commands", Some("task.create")), Some(from)),
            Outcome::Partial { done: 3, failed: 9, detail: run },
        ),
        (subject("replay", exchange("", None), None), words),
        (subject("edit", Object::connection("orders"), None), done(edited)),
    ]
}

#[test]
fn facts_that_this_version_does_not_understand_leave_the_words() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let mut told = intent(1, "hold", "");
    told.subject.object = Object::queue("q");
    let id = ledger.intend(&told).unwrap();
    Connection::open(folder.path().join("ledger.db"))
        .unwrap()
        .execute(
            "UPDATE activity SET outcome = 'done', detail = 'as it was said', \
             detail_facts = '[{\"fact\":\"weather\"}]'",
            [],
        )
        .unwrap();
    let entry = find(&ledger, id);
    assert_eq!(entry.intent.subject.object, Object::queue("q"));
    let Some(Outcome::Done { detail, .. }) = entry.outcome else { panic!("it is done") };
    assert_eq!(detail, Some("as it was said".into()));
}

#[test]
fn what_an_entry_is_about_is_not_changed_when_it_is_concluded() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.intend(&intent(1, "hold", "q")).unwrap();
    let file = Connection::open(folder.path().join("ledger.db")).unwrap();
    for column in ["object_facts", "source_facts"] {
        let change = format!("UPDATE activity SET outcome = 'done', {column} = '[]'");
        let refused = file.execute(&change, []).unwrap_err().to_string();
        assert!(refused.contains("concluded once"), "{column}: {refused}");
    }
}

#[test]
fn a_file_that_is_no_ledger_is_kept_aside_and_a_new_one_begun() {
    let another = tempfile::tempdir().unwrap();
    let path = another.path().join("another.db");
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE t (x); PRAGMA user_version = 1")
        .unwrap();
    let of_another_program = fs::read(path).unwrap();
    let mut scratched = VERSION_1.to_vec();
    // Page 2 is the root of the table.
    scratched[4096..4196].fill(0xff);
    let cases: [(&str, &[u8]); 5] = [
        ("text", b"this is no database at all, and long enough to have a header of one ......"),
        ("cut in its header", &VERSION_1[..50]),
        ("cut in half", &VERSION_1[..VERSION_1.len() / 2]),
        ("scratched", &scratched),
        ("of another program", &of_another_program),
    ];
    for (what, content) in cases {
        let folder = folder_with(content);
        let opened = Ledger::open_as(folder.path(), "ana").unwrap();
        let notice = opened.notice.expect(what);
        assert_eq!(notice.code, Code::Storage);
        assert!(notice.message.contains("is damaged; it was kept as ledger.db.kept-"), "{notice}");
        opened.ledger.intend(&intent(1, "replay", "t")).unwrap();
        assert_eq!(all(&opened.ledger).entries.len(), 1);
        let [kept] = &kept(folder.path())[..] else { panic!("{what}: not kept") };
        assert_eq!(fs::read(kept).unwrap(), content, "{what}: kept as it was");
    }
}

#[test]
fn an_empty_file_is_a_new_ledger() {
    let folder = folder_with(b"");
    open(folder.path()).intend(&intent(1, "replay", "t")).unwrap();
    assert_eq!(kept(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn a_ledger_of_a_newer_version_is_left_alone_and_forbids_every_change() {
    let folder = folder_with(VERSION_1);
    let path = folder.path().join("ledger.db");
    let newer = ledger::VERSION + 1;
    Connection::open(&path).unwrap().pragma_update(None, "user_version", newer).unwrap();
    let content = fs::read(&path).unwrap();
    {
        let opened = Ledger::open_as(folder.path(), "ana").unwrap();
        let notice = opened.notice.unwrap();
        assert!(notice.message.contains("newer than this console"), "{notice}");
        assert_eq!(opened.ledger.failure(), Some(&notice));
        assert_eq!(opened.ledger.intend(&intent(1, "replay", "t")), Err(notice.clone()));
        assert_eq!(opened.ledger.entries(&Query::default()), Err(notice));
    }
    assert_eq!(fs::read(&path).unwrap(), content);
    assert_eq!(kept(folder.path()), Vec::<PathBuf>::new());
}

#[test]
fn a_ledger_that_the_disk_does_not_give_forbids_every_change_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("ledger.db")).unwrap();
    let opened = Ledger::open_as(folder.path(), "ana").unwrap();
    let notice = opened.notice.unwrap();
    assert!(notice.message.contains("cannot be opened"), "{notice}");
    assert_eq!(opened.ledger.intend(&intent(1, "replay", "t")), Err(notice));
}

#[test]
fn a_row_of_an_unknown_kind_hides_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.intend(&intent(1, "replay", "one")).unwrap();
    Connection::open(folder.path().join("ledger.db"))
        .unwrap()
        .execute_batch(
            "INSERT INTO activity (id, at, operator, connection, connection_name, environment, \
             scope, action, object, reason, search) SELECT '00000000-0000-0000-0000-000000000009', \
             at, operator, connection, connection_name, environment, 'teleport', action, object, \
             reason, search FROM activity",
        )
        .unwrap();
    ledger.intend(&intent(1, "replay", "two")).unwrap();
    let page = all(&ledger);
    let objects: Vec<String> =
        page.entries.iter().map(|entry| entry.intent.subject.object.to_string()).collect();
    assert_eq!(objects, ["two", "one"]);
    assert_eq!(page.unreadable, 1);
}

#[test]
fn a_folder_has_one_writer() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path());
    let failure = Ledger::open(folder.path()).unwrap_err();
    assert!(failure.message.contains("in use by another console"), "{failure}");
    drop(first);
    open(folder.path());
}

#[test]
fn the_ledger_is_on_the_disk_at_once_and_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    ledger.intend(&intent(1, "replay", "t")).unwrap();
    let file = Connection::open(folder.path().join("ledger.db")).unwrap();
    let mode: String = file.pragma_query_value(None, "journal_mode", |row| row.get(0)).unwrap();
    assert_eq!(mode, "wal");
    for name in ["ledger.db", "ledger.db-wal", "ledger.db-shm"] {
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}");
    }
}

#[test]
fn a_file_that_another_program_writes_forbids_the_change_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let file = Connection::open(folder.path().join("ledger.db")).unwrap();
    file.execute_batch("BEGIN IMMEDIATE").unwrap();
    let failure = ledger.intend(&intent(1, "replay", "t")).unwrap_err();
    assert_eq!(failure.code, Code::Storage);
    assert_eq!(failure.message, "the ledger cannot be written: another program uses it");
    file.execute_batch("ROLLBACK").unwrap();
    ledger.intend(&intent(1, "replay", "t")).unwrap();
}

/// A ledger above the size that is checked at each start, with its table's root page scratched:
/// page 1 and the index that the start looks into are fine.
fn large_and_damaged(folder: &Path) {
    drop(open(folder));
    let path = folder.join("ledger.db");
    let file = Connection::open(&path).unwrap();
    file.execute_batch(
        "INSERT INTO activity (id, at, operator, connection, connection_name, environment, scope, \
         action, object, reason, outcome, search) \
         WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 70) \
         SELECT 'id-' || i, 0, 'ana', 'c', 'c', 'dev', 'hold', 'hold', 'q', '', 'done', \
         hex(zeroblob(512 * 1024)) FROM n;
         PRAGMA wal_checkpoint(TRUNCATE);",
    )
    .unwrap();
    let root: u32 = file
        .query_row("SELECT rootpage FROM sqlite_schema WHERE name = 'activity'", [], |r| r.get(0))
        .unwrap();
    let page: u32 = file.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    drop(file);
    assert!(fs::metadata(&path).unwrap().len() > 64 * 1024 * 1024);
    let mut file = fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.seek(SeekFrom::Start(u64::from(root - 1) * u64::from(page))).unwrap();
    file.write_all(&[0xff; 100]).unwrap();
}

#[test]
fn damage_of_a_large_file_shows_in_use_and_the_next_start_keeps_it_aside() {
    let folder = tempfile::tempdir().unwrap();
    large_and_damaged(folder.path());
    {
        let opened = Ledger::open_as(folder.path(), "ana").unwrap();
        assert_eq!(opened.notice, None, "a large file is not read as a whole at each start");
        let failure = opened.ledger.intend(&intent(1, "replay", "t")).unwrap_err();
        assert_eq!(failure.message, "the ledger cannot be written: it is damaged");
        let hint = failure.hint.unwrap();
        assert!(hint.contains("restart the console"), "{hint}");
        assert_eq!(kept(folder.path()), Vec::<PathBuf>::new());
    }
    // And what the hint says is true.
    {
        let opened = Ledger::open_as(folder.path(), "ana").unwrap();
        let notice = opened.notice.unwrap();
        assert!(notice.message.contains("is damaged; it was kept as ledger.db.kept-"), "{notice}");
        opened.ledger.intend(&intent(1, "replay", "t")).unwrap();
        assert_eq!(kept(folder.path()).len(), 1);
    }
    let opened = Ledger::open_as(folder.path(), "ana").unwrap();
    assert_eq!(opened.notice, None, "the new one is beyond suspicion");
    assert_eq!(all(&opened.ledger).entries.len(), 1);
}

#[test]
fn reading_finds_the_damage_too_and_a_suspicion_that_is_wrong_harms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    large_and_damaged(folder.path());
    {
        let opened = Ledger::open_as(folder.path(), "ana").unwrap();
        let failure = opened.ledger.entries(&Query { limit: 1, ..Query::default() }).unwrap_err();
        assert_eq!(failure.message, "the ledger cannot be read: it is damaged");
    }
    assert!(Ledger::open_as(folder.path(), "ana").unwrap().notice.is_some());

    let folder = folder_with(VERSION_1);
    fs::write(folder.path().join("ledger.suspect"), "").unwrap();
    for _ in 0..2 {
        assert_eq!(Ledger::open_as(folder.path(), "ana").unwrap().notice, None);
        assert!(!folder.path().join("ledger.suspect").exists());
    }
}

#[test]
fn a_part_of_unknown_size_is_not_a_part_of_size_0() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(folder.path());
    let id = ledger.intend(&intent(1, "replay", "t")).unwrap();
    Connection::open(folder.path().join("ledger.db"))
        .unwrap()
        .execute("UPDATE activity SET outcome = 'partial', detail = 'why'", [])
        .unwrap();
    let Some(Outcome::Unknown { detail }) = find(&ledger, id).outcome else {
        panic!("nobody knows how much")
    };
    assert!(detail.to_string().ends_with("why"), "{detail}");
}
