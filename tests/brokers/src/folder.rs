//! The folder of one broker's run: settings, data and logs.
//!
//! Removed at the end, unless something in this process panicked: then only `data` is removed, and
//! the path of the rest is printed. Shared brokers are never dropped and a killed process drops
//! nothing: so folders of dead processes are also swept by the next start, and at a normal exit.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Mutex, Once};
use std::time::Duration;

use crate::{files, process};

/// Marks a folder that is kept although its process is gone.
const KEPT: &str = "kept";
/// How long the logs of a failure are kept.
const KEEP_FOR: Duration = Duration::from_secs(24 * 60 * 60);

static PANICKED: AtomicBool = AtomicBool::new(false);
static OPEN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A folder under `target/broker-runs`.
#[derive(Debug)]
pub struct RunFolder {
    path: PathBuf,
    // Held as long as the run is: an unlocked folder is a dead one.
    _lock: File,
}

impl RunFolder {
    /// Creates an empty one, and removes those of dead processes.
    pub fn create(broker: &str) -> RunFolder {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        static FIRST: Once = Once::new();
        let runs = files::target().join("broker-runs");
        fs::create_dir_all(&runs).expect("target is writable");
        FIRST.call_once(|| {
            sweep(&runs);
            remember_panics();
            // SAFETY: the handler is a plain function that stays valid until the process is gone.
            unsafe { libc::atexit(close_all) };
        });
        let (process, count) = (std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = runs.join(format!("{broker}-{process}-{count}"));
        // A dead process of the same id may have left one that the sweep kept.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(path.join("data")).expect("target is writable");
        let lock = File::create(path.join("lock")).expect("target is writable");
        lock.lock().expect("a new file can be locked");
        OPEN.lock().unwrap_or_else(|e| e.into_inner()).push(path.clone());
        RunFolder { path, _lock: lock }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a file into it and returns its path.
    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path.join(name);
        fs::write(&path, content).expect("target is writable");
        path
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        OPEN.lock().unwrap_or_else(|e| e.into_inner()).retain(|open| *open != self.path);
        close(&self.path);
    }
}

fn close(path: &Path) {
    if PANICKED.load(Ordering::Relaxed) {
        let _ = fs::remove_dir_all(path.join("data"));
        let _ = fs::write(path.join(KEPT), "");
        eprintln!("the broker's logs are kept in {}", path.display());
    } else {
        let _ = fs::remove_dir_all(path);
    }
}

/// At the exit of the process, for brokers in statics, which nobody drops.
extern "C" fn close_all() {
    process::kill_all();
    if let Ok(open) = OPEN.try_lock() {
        open.iter().for_each(|path| close(path));
    }
}

/// A shared broker cannot know which test failed, so any panic counts.
fn remember_panics() {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        PANICKED.store(true, Ordering::Relaxed);
        before(panic);
    }));
}

fn sweep(runs: &Path) {
    for entry in fs::read_dir(runs).into_iter().flatten().flatten() {
        let path = entry.path();
        let kept = fs::metadata(path.join(KEPT)).and_then(|kept| kept.modified());
        let fresh = kept.is_ok_and(|at| at.elapsed().unwrap_or_default() < KEEP_FOR);
        let dead = match File::open(path.join("lock")) {
            Ok(lock) => lock.try_lock().is_ok(),
            // Either being created right now, or removed down to remains.
            Err(_) => entry
                .metadata()
                .and_then(|m| m.modified())
                .is_ok_and(|at| at.elapsed().unwrap_or_default() > Duration::from_secs(60)),
        };
        if dead && !fresh {
            let _ = fs::remove_dir_all(&path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Output};

    use super::*;

    /// What the test does when it is run again, in a process of its own.
    const INSIDE: &str = "KRONOS_FOLDER_TEST";

    fn run_inside(test: &str, how: &str) -> (Output, PathBuf) {
        let itself = std::env::current_exe().unwrap();
        let mut command = Command::new(itself);
        command.args(["--exact", &format!("folder::tests::{test}"), "--nocapture"]);
        let output = command.env(INSIDE, how).output().unwrap();
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let path = printed.lines().find_map(|line| line.split_once("run in ")).unwrap().1;
        (output, PathBuf::from(path))
    }

    fn inside() -> Option<(String, RunFolder)> {
        let how = std::env::var(INSIDE).ok()?;
        let folder = RunFolder::create("folder-test");
        folder.write("node.log", "last words");
        println!("\nrun in {}", folder.path().display());
        Some((how, folder))
    }

    #[test]
    fn a_failed_test_keeps_its_logs_and_says_where() {
        if let Some(_dropped_while_unwinding) = inside() {
            panic!("on purpose");
        }
        let (output, path) = run_inside("a_failed_test_keeps_its_logs_and_says_where", "panic");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(&format!("logs are kept in {}", path.display())), "{said}");
        assert_eq!(fs::read_to_string(path.join("node.log")).unwrap(), "last words");
        assert!(!path.join("data").exists(), "data is large and says little");
        fs::remove_dir_all(path).unwrap();
    }

    #[test]
    fn a_folder_that_nobody_drops_is_removed_when_the_process_ends_well() {
        if let Some((_, folder)) = inside() {
            return std::mem::forget(folder);
        }
        let test = "a_folder_that_nobody_drops_is_removed_when_the_process_ends_well";
        assert!(!run_inside(test, "forget").1.exists());
    }

    #[test]
    fn the_folder_of_a_killed_process_is_removed_by_the_next_one() {
        match inside() {
            Some((how, _)) if how == "abort" => std::process::abort(),
            Some(_) => return,
            None => {}
        }
        let test = "the_folder_of_a_killed_process_is_removed_by_the_next_one";
        let (_, left) = run_inside(test, "abort");
        assert!(left.exists(), "nothing can be removed by a process that was killed");
        run_inside(test, "next");
        assert!(!left.exists());
    }
}
