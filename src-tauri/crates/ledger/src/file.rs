//! The file: its format, its versions, and what becomes of one that cannot be used.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use connections::failure::{Code, Failure};
use connections::storage;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::broken::Broken;
use crate::suspicion;

/// The version of the format that this program writes (`user_version`).
pub const VERSION: u32 = 2;

/// `application_id`: "KRON".
const APPLICATION: i32 = 0x4b52_4f4e;

/// A larger file is not checked as a whole at each start, but when it was found damaged in use.
const CHECKED: u64 = 64 * 1024 * 1024;

/// From nothing to version 1, from 1 to 2, and so on. A published step is never edited.
const STEPS: [&str; VERSION as usize] =
    [include_str!("version-1.sql"), include_str!("version-2.sql")];

/// Writer and reader; or why the ledger is of no use.
type Connections = Result<(Connection, Connection), Failure>;

enum Unusable {
    /// Not ours, or damaged: to be kept aside.
    Damaged,
    /// Written by a newer console: to be left as it is.
    Newer(u32),
    /// The disk or the permissions, today.
    Failed(Failure),
}

/// Opens the file, or begins a new one; the notice tells what was kept aside or left alone.
pub(crate) fn open(path: &Path) -> (Connections, Option<Failure>) {
    let of_no_use = |failure: Failure| (Err(failure.clone()), Some(failure));
    let notice = match prepare(path) {
        Ok(connections) => return (Ok(connections), None),
        Err(Unusable::Failed(failure)) => return of_no_use(failure),
        Err(Unusable::Newer(version)) => {
            let failure = Failure::new(
                Code::Storage,
                format!(
                    "{} is of version {version}, newer than this console, and is left as it is",
                    path.display()
                ),
            );
            let hint = "update the console; until then nothing can be changed on a broker";
            return of_no_use(failure.hint(hint));
        }
        Err(Unusable::Damaged) => match keep_aside(path) {
            Ok(notice) => notice,
            Err(failure) => return of_no_use(failure),
        },
    };
    // What was suspected is kept aside by now, and the new file is beyond suspicion.
    suspicion::dismiss(path);
    match prepare(path) {
        Ok(connections) => (Ok(connections), Some(notice)),
        Err(Unusable::Failed(failure)) => of_no_use(failure),
        Err(_) => of_no_use(Failure::new(Code::Storage, "a new ledger cannot be begun")),
    }
}

fn prepare(path: &Path) -> Result<(Connection, Connection), Unusable> {
    create_private(path).map_err(Unusable::Failed)?;
    // Looked into without the right to write: a file that is left alone keeps even its log.
    let reader = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let version = inspect(&reader, path)?;
    let mut writer = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    (|| {
        writer.pragma_update(None, "journal_mode", "WAL")?;
        writer.pragma_update(None, "synchronous", "FULL")?;
        migrate(&mut writer, version)
    })()
    .map_err(|e: rusqlite::Error| unusable(path, &e))?;
    Ok((writer, reader))
}

/// The file and, after it, SQLite's companions are readable by their owner only.
fn create_private(path: &Path) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|e| storage::failure(path, "cannot be opened", &e))?;
    Ok(())
}

fn connect(path: &Path, access: OpenFlags) -> Result<Connection, Unusable> {
    // Without the flag for URIs: the path is nothing but a path. Every connection has a lock here.
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    (|| {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "trusted_schema", false)?;
        Ok(connection)
    })()
    .map_err(|e| unusable(path, &e))
}

/// The version, 0 for an empty file.
fn inspect(connection: &Connection, path: &Path) -> Result<u32, Unusable> {
    let failed = |e: rusqlite::Error| unusable(path, &e);
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get(0));
    let version: i64 = number("user_version").map_err(failed)?;
    let application: i64 = number("application_id").map_err(failed)?;
    let count = "SELECT count(*) FROM sqlite_schema";
    let objects: i64 = connection.query_row(count, [], |row| row.get(0)).map_err(failed)?;
    if version == 0 && application == 0 && objects == 0 {
        return Ok(0);
    }
    if application != i64::from(APPLICATION) || version < 1 {
        return Err(Unusable::Damaged);
    }
    let version = u32::try_from(version).map_err(|_| Unusable::Damaged)?;
    if version > VERSION {
        return Err(Unusable::Newer(version));
    }
    let suspected = suspicion::is_there(path);
    let check = match suspected {
        // Also what the quick one leaves out: an index that does not fit its table.
        true => Some("PRAGMA integrity_check(1)"),
        false if fs::metadata(path).is_ok_and(|about| about.len() <= CHECKED) => {
            Some("PRAGMA quick_check(1)")
        }
        false => None,
    };
    if let Some(check) = check {
        let said: String = connection.query_row(check, [], |row| row.get(0)).map_err(failed)?;
        if said != "ok" {
            return Err(Unusable::Damaged);
        }
    }
    if suspected {
        suspicion::dismiss(path);
    }
    Ok(version)
}

fn migrate(connection: &mut Connection, from: u32) -> rusqlite::Result<()> {
    for (version, step) in (1_u32..).zip(STEPS).skip(from as usize) {
        // All of a step or none: the version is written in the same transaction.
        let step_up = connection.transaction()?;
        step_up.execute_batch(step)?;
        step_up.pragma_update(None, "application_id", APPLICATION)?;
        step_up.pragma_update(None, "user_version", version)?;
        step_up.commit()?;
    }
    Ok(())
}

/// Renames the file and its companions, which belong together.
fn keep_aside(path: &Path) -> Result<Failure, Failure> {
    let aside = storage::aside(path);
    let with = |path: &Path, suffix: &str| -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        name.into()
    };
    for suffix in ["", "-wal", "-shm"] {
        let (from, to) = (with(path, suffix), with(&aside, suffix));
        match fs::rename(&from, &to) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
                return Err(storage::failure(&from, "is damaged and cannot be renamed", &e));
            }
            _ => {}
        }
    }
    let name = aside.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let message =
        format!("{} is damaged; it was kept as {name}, and a new one begun", path.display());
    Ok(Failure::new(Code::Storage, message)
        .hint("the activity before now is in the file that was kept"))
}

fn unusable(path: &Path, error: &rusqlite::Error) -> Unusable {
    let broken = broken(&format!("{} cannot be opened", path.display()), error);
    if broken.damaged { Unusable::Damaged } else { Unusable::Failed(broken.failure) }
}

/// A failure of the file. SQLite's own text is left out: it may quote the row.
pub(crate) fn broken(what: &str, error: &rusqlite::Error) -> Broken {
    let code = error.sqlite_error_code();
    let damaged = matches!(code, Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase));
    let (why, hint) = match code {
        Some(ErrorCode::DiskFull) => ("the disk is full", "make room on the disk"),
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied | ErrorCode::CannotOpen) => {
            ("it may not be written", "check who owns the file and its permissions")
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            ("another program uses it", "close the other program")
        }
        _ if damaged => {
            ("it is damaged", "restart the console: it keeps the file aside and begins a new one")
        }
        _ => ("SQLite fails", "check the disk, and restart the console"),
    };
    let failure = Failure::new(Code::Storage, format!("{what}: {why}")).hint(hint);
    Broken { failure, damaged }
}
