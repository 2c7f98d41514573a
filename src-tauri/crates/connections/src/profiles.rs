//! The file that holds the profiles: `profiles.json` in the state folder.
//!
//! Format, version 1: `{"version": 1, "profiles": [ … ]}`, each profile as in [`crate::profile`].
//! Written whole or not at all, by one process. What cannot be read is never overwritten:
//!
//! - a file that is not in the format is renamed (`profiles.json.kept-…`), and the list starts empty
//! - profiles that cannot be read or are not valid are left out, after the file was copied aside
//! - a file of a newer version, and one that cannot be opened, stay as they are, and nothing is
//!   saved while this runs
//!
//! Each is told by a notice. Opening, saving and removing block on the disk: not for an async
//! thread. Listing never does, not even while somebody saves.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::failure::{Code, Failure};
use crate::printable::printable;
use crate::profile::{Profile, ProfileId};
use crate::storage::{self, WriterLock};

/// The version of the format that this program writes.
pub const VERSION: u64 = 1;

/// A longer file is not written, and so was not written by this program: 16 MiB.
const LONGEST: u64 = 16 * 1024 * 1024;

/// The saved connections, and the only way to change them.
#[derive(Debug)]
pub struct Profiles {
    path: PathBuf,
    /// What is on the disk, for readers. Never held while the disk is waited for.
    list: Mutex<Vec<Profile>>,
    /// Held for as long as a change takes: changes follow each other.
    file: Mutex<FileState>,
    _writer: WriterLock,
}

#[derive(Debug)]
struct FileState {
    /// What the file holds as far as we know; `None` where there is no file.
    on_disk: Option<Vec<u8>>,
    /// Why nothing may be saved.
    frozen: Option<Failure>,
}

#[derive(Serialize)]
struct Written<'a> {
    version: u64,
    profiles: &'a [Profile],
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Version1 {
    #[expect(dead_code, reason = "read before, to choose this shape")]
    version: u64,
    profiles: Vec<Value>,
}

impl Profiles {
    /// Reads the file in this folder, which is created where it is missing. The notice tells what
    /// could not be read and where it was kept.
    ///
    /// # Errors
    /// [`Code::Storage`] where the folder cannot be used, or another process uses it.
    pub fn open(folder: &Path) -> Result<(Profiles, Option<Failure>), Failure> {
        storage::create_folder(folder)?;
        let writer = WriterLock::take(&folder.join("profiles.lock"))?;
        let path = folder.join("profiles.json");
        let (profiles, file, notice) = load(&path);
        let (list, file) = (Mutex::new(profiles), Mutex::new(file));
        Ok((Profiles { path, list, file, _writer: writer }, notice))
    }

    /// All of them, in the order in which they were added.
    pub fn list(&self) -> Vec<Profile> {
        lock(&self.list).clone()
    }

    /// One of them.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub fn get(&self, id: ProfileId) -> Result<Profile, Failure> {
        lock(&self.list).iter().find(|p| p.id == id).cloned().ok_or_else(gone)
    }

    /// Adds a profile, or replaces the one with its id.
    ///
    /// # Errors
    /// [`Code::Invalid`] for a profile that is not valid or whose name is taken (upper and lower
    /// case do not differ); [`Code::Changed`] where something else changed the file;
    /// [`Code::TooLarge`] where the file would be; [`Code::Storage`]. Nothing is changed then.
    pub fn save(&self, profile: Profile) -> Result<(), Failure> {
        let mut file = lock(&self.file);
        self.check(&profile)?;
        let mut profiles = self.list();
        match profiles.iter_mut().find(|p| p.id == profile.id) {
            Some(place) => *place = profile,
            None => profiles.push(profile),
        }
        self.write(&mut file, profiles)
    }

    /// Whether a profile could be saved, as far as that is known without the disk.
    ///
    /// # Errors
    /// [`Code::Invalid`], as [`Self::save`].
    pub fn check(&self, profile: &Profile) -> Result<(), Failure> {
        profile.validate()?;
        let same_name = |p: &&Profile| key(&p.name) == key(&profile.name) && p.id != profile.id;
        match lock(&self.list).iter().find(same_name) {
            None => Ok(()),
            Some(other) => {
                let message = format!("there is a connection {} already", other.name);
                Err(Failure::new(Code::Invalid, message).hint("choose another name"))
            }
        }
    }

    /// Removes a profile and gives it back. Its secrets are forgotten by
    /// [`crate::secrets::SecretStore::forget`].
    ///
    /// # Errors
    /// [`Code::NotFound`]; otherwise as [`Self::save`].
    pub fn remove(&self, id: ProfileId) -> Result<Profile, Failure> {
        let mut file = lock(&self.file);
        let mut profiles = self.list();
        let at = profiles.iter().position(|p| p.id == id).ok_or_else(gone)?;
        let removed = profiles.remove(at);
        self.write(&mut file, profiles)?;
        Ok(removed)
    }

    fn write(&self, file: &mut FileState, profiles: Vec<Profile>) -> Result<(), Failure> {
        if let Some(failure) = &file.frozen {
            return Err(failure.clone());
        }
        // Somebody may have edited the file meanwhile: their work is not overwritten.
        let found = read(&self.path).map_err(|e| storage::failure(&self.path, UNREADABLE, &e))?;
        if found != file.on_disk {
            return Err(Failure::new(
                Code::Changed,
                format!("{} was changed by something else", self.path.display()),
            )
            .hint("restart the console to read it again, then make the change again"));
        }
        let mut content =
            serde_json::to_vec_pretty(&Written { version: VERSION, profiles: &profiles }).map_err(
                |_| Failure::new(Code::Internal, "the connections cannot be written as JSON"),
            )?;
        content.push(b'\n');
        if content.len() as u64 > LONGEST {
            let message = format!("the connections take more than {} MiB", LONGEST >> 20);
            return Err(Failure::new(Code::TooLarge, message)
                .hint("remove connections, or certificates that are not needed"));
        }
        storage::write_atomically(&self.path, &content)?;
        file.on_disk = Some(content);
        *lock(&self.list) = profiles;
        Ok(())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

const UNREADABLE: &str = "cannot be read";

fn gone() -> Failure {
    Failure::new(Code::NotFound, "this connection does not exist any more")
}

/// Names that differ by case only are the same name to people.
fn key(name: &str) -> String {
    name.to_lowercase()
}

/// The content; `None` where there is no file. One that is longer than [`LONGEST`] is cut right
/// behind that, which tells it from one that is just as long.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let file = match fs::File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let mut content = Vec::new();
    file.take(LONGEST + 1).read_to_end(&mut content)?;
    Ok(Some(content))
}

fn load(path: &Path) -> (Vec<Profile>, FileState, Option<Failure>) {
    let empty = |on_disk, frozen: Option<Failure>, notice: Option<Failure>| {
        (Vec::new(), FileState { on_disk, frozen }, notice)
    };
    let content = match read(path) {
        Ok(None) => return empty(None, None, None),
        Ok(Some(content)) => content,
        Err(e) => {
            let failure = storage::failure(path, UNREADABLE, &e);
            return empty(None, Some(failure.clone()), Some(failure));
        }
    };
    match parse(&content) {
        Parsed::Newer(version) => {
            let failure = Failure::new(
                Code::Storage,
                format!(
                    "{} is of version {version}, newer than this console, and is left as it is",
                    path.display()
                ),
            )
            .hint("update the console; until then its connections are not shown or changed");
            empty(Some(content), Some(failure.clone()), Some(failure))
        }
        Parsed::NotInTheFormat => {
            let aside = storage::aside(path);
            let what = match content.len() as u64 > LONGEST {
                true => "is longer than this console writes it",
                false => "is damaged",
            };
            match fs::rename(path, &aside) {
                Ok(()) => empty(None, None, Some(kept(path, what, &aside))),
                Err(e) => {
                    let what = format!("{what} and cannot be renamed");
                    let failure = storage::failure(path, &what, &e);
                    empty(Some(content), Some(failure.clone()), Some(failure))
                }
            }
        }
        Parsed::Version1(profiles, left_out) if left_out.is_empty() => {
            (profiles, FileState { on_disk: Some(content), frozen: None }, None)
        }
        Parsed::Version1(profiles, left_out) => {
            let what = format!("holds connections that cannot be read: {}", left_out.join(", "));
            let (frozen, notice) = match storage::keep_copy(path, &content) {
                Ok(aside) => (None, kept(path, &what, &aside)),
                Err(failure) => (Some(failure.clone()), failure),
            };
            (profiles, FileState { on_disk: Some(content), frozen }, Some(notice))
        }
    }
}

fn kept(path: &Path, what: &str, aside: &Path) -> Failure {
    let name = aside.file_name().unwrap_or_default().to_string_lossy();
    Failure::new(Code::Storage, format!("{} {what}; it was kept as {name}", path.display()))
        .hint("repair it and put it back while the console is closed, or add the connections again")
}

enum Parsed {
    /// The readable profiles, and a phrase for each of the others.
    Version1(Vec<Profile>, Vec<String>),
    Newer(u64),
    NotInTheFormat,
}

fn parse(content: &[u8]) -> Parsed {
    if content.len() as u64 > LONGEST {
        return Parsed::NotInTheFormat;
    }
    let Ok(value) = serde_json::from_slice::<Value>(content) else {
        return Parsed::NotInTheFormat;
    };
    match value.get("version").and_then(Value::as_u64) {
        Some(VERSION) => {}
        Some(newer) if newer > VERSION => return Parsed::Newer(newer),
        _ => return Parsed::NotInTheFormat,
    }
    let Ok(Version1 { profiles: written, .. }) = serde_json::from_value(value) else {
        return Parsed::NotInTheFormat;
    };
    let (mut names, mut ids) = (HashSet::new(), HashSet::new());
    let (mut profiles, mut left_out) = (Vec::new(), Vec::new());
    for (index, value) in written.into_iter().enumerate() {
        let shown = match value.get("name").and_then(Value::as_str) {
            Some(name) if !name.is_empty() => format!("\"{}\"", printable(name, 40)),
            _ => format!("number {}", index + 1),
        };
        // The parser's own words may quote a value, and that may be a secret in the wrong place.
        match serde_json::from_value::<Profile>(value) {
            Err(_) => left_out.push(format!("{shown} (an unknown field or value)")),
            Ok(profile) => match profile.validate() {
                Err(failure) => left_out.push(format!("{shown} ({})", failure.message)),
                Ok(()) if !names.insert(key(&profile.name)) | !ids.insert(profile.id) => {
                    left_out.push(format!("{shown} (there are two of it)"));
                }
                Ok(()) => profiles.push(profile),
            },
        }
    }
    Parsed::Version1(profiles, left_out)
}

#[cfg(test)]
#[path = "profiles_tests.rs"]
mod tests;
