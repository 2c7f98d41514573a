//! Child processes that never outlive this one.
//!
//! Each child asks the kernel for SIGKILL when its parent dies. That signal is sent when the
//! *thread* that forked the child ends, and test harnesses run each test in a thread of its own: so
//! all children are forked by one thread that never ends.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

/// Set in the environment of each child: the folder of its run. Grandchildren inherit it, so
/// that [`crate::inspect::processes_of`] finds all of a broker's processes.
pub const MARK: &str = "KRONOS_BROKER_RUN";

type Job = Box<dyn FnOnce() + Send>;

fn on_the_lasting_thread<T: Send + 'static>(job: impl FnOnce() -> T + Send + 'static) -> T {
    static THREAD: OnceLock<Mutex<Sender<Job>>> = OnceLock::new();
    let jobs = THREAD.get_or_init(|| {
        let (sender, receiver) = mpsc::channel::<Job>();
        std::thread::Builder::new()
            .name("broker processes".into())
            .spawn(move || receiver.into_iter().for_each(|job| job()))
            .expect("a thread can be started");
        Mutex::new(sender)
    });
    let (reply, answer) = mpsc::channel();
    let job = Box::new(move || drop(reply.send(job())));
    // A panic elsewhere while the lock was held cannot have left a sender half sent.
    jobs.lock().unwrap_or_else(|e| e.into_inner()).send(job).expect("the thread never ends");
    answer.recv().expect("the thread answers every job")
}

fn spawn(mut command: Command) -> Child {
    let parent = std::process::id();
    // A group of its own: Ctrl-C in a terminal ends this process, which ends the child; and
    // signals can reach the child's own children.
    command.process_group(0);
    // SAFETY: only system calls that are safe between fork and exec, and no allocation.
    unsafe {
        command.pre_exec(move || {
            if libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL) != 0 {
                return Err(std::io::Error::last_os_error());
            }
            // The parent may have died between the fork and the line above.
            if libc::getppid() as u32 != parent {
                libc::_exit(1);
            }
            Ok(())
        });
    }
    let program = command.get_program().to_string_lossy().into_owned();
    // Panics here and not there: the lasting thread must last.
    on_the_lasting_thread(move || command.spawn())
        .unwrap_or_else(|error| panic!("could not start {program}: {error}"))
}

/// The daemons that run now.
static RUNNING: Mutex<Vec<u32>> = Mutex::new(Vec::new());

/// Kills every daemon of this process and waits for their ends: for the exit of the process.
pub fn kill_all() {
    let Ok(running) = RUNNING.try_lock() else {
        return;
    };
    for pid in running.iter().map(|pid| *pid as i32) {
        // SAFETY: plain system calls. Only unreaped children are listed, so the id is still theirs.
        unsafe {
            libc::kill(-pid, libc::SIGKILL);
            libc::waitpid(pid, std::ptr::null_mut(), 0);
        }
    }
}

/// Runs a short-lived program to its end. It, too, dies with this process.
pub fn run(mut command: Command) -> Output {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    spawn(command).wait_with_output().expect("a child can be waited for")
}

/// A program that runs until it is killed; what it prints goes to a log file.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    log: PathBuf,
}

impl Daemon {
    /// Starts it. The log is appended to, so that a restart keeps the story of the run before.
    pub fn start(mut command: Command, log: PathBuf) -> Daemon {
        let file = File::options().create(true).append(true).open(&log).expect("a log file opens");
        let copy = file.try_clone().expect("a file handle can be copied");
        command.stdin(Stdio::null()).stdout(file).stderr(copy);
        let child = spawn(command);
        RUNNING.lock().unwrap_or_else(|e| e.into_inner()).push(child.id());
        Daemon { child, log }
    }

    /// The process id, which is also the id of its process group.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits until `file` says `text` after its first `from` bytes.
    pub fn wait_until_said(&mut self, file: &Path, from: u64, text: &str, patience: Duration) {
        let started = Instant::now();
        loop {
            if said_since(file, from).contains(text) {
                return;
            }
            if let Some(status) = self.child.try_wait().expect("a child can be asked") {
                panic!("ended with {status} before it was ready; {}", self.last_words());
            }
            assert!(started.elapsed() < patience, "not ready in time; {}", self.last_words());
            std::thread::sleep(Duration::from_millis(25));
        }
    }

    /// The first complaints and the end of its log, for a message to a person.
    pub fn last_words(&self) -> String {
        let text = said_since(&self.log, 0);
        let lines: Vec<&str> = text.lines().collect();
        // What went wrong first is the cause; the end is often only the trace of it.
        let is_complaint =
            |line: &&str| ["[error]", " ERROR ", "rror:"].iter().any(|e| line.contains(e));
        let complaints: Vec<&str> = lines.iter().copied().filter(is_complaint).take(8).collect();
        let tail = lines.get(lines.len().saturating_sub(15)..).unwrap_or_default();
        let log = self.log.display();
        format!("from {log}:\n{}\n…\n{}", complaints.join("\n"), tail.join("\n"))
    }

    /// Sends a signal to the process and its group.
    pub fn signal(&self, signal: i32) {
        let group = -(self.child.id() as i32);
        // SAFETY: a plain system call. The child is not reaped yet, so its id is still its own.
        unsafe { libc::kill(group, signal) };
    }

    /// Kills it and waits until it is gone. Killing a dead one does nothing.
    pub fn kill(&mut self) {
        // Off the list first: from the wait on, its id may become somebody else's.
        RUNNING.lock().unwrap_or_else(|e| e.into_inner()).retain(|pid| *pid != self.child.id());
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal(libc::SIGKILL);
            let _ = self.child.wait();
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.kill();
    }
}

fn said_since(file: &Path, from: u64) -> String {
    // Not there yet, or half a character: both are "not said yet".
    let bytes = std::fs::read(file).unwrap_or_default();
    String::from_utf8_lossy(bytes.get(from as usize..).unwrap_or_default()).into_owned()
}
