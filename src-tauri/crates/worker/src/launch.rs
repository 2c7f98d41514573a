//! How a worker is started.

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;

use connections::{Code, Failure};
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::mpsc;

use crate::contract::{Job, Order, Told};
use crate::frames;

/// The private first argument of a worker.
pub const ARGUMENT: &str = "--worker";

/// The program that becomes a worker.
#[derive(Debug, Clone)]
pub struct Launcher {
    program: PathBuf,
    arguments: Vec<OsString>,
}

impl Launcher {
    /// This program itself, with [`ARGUMENT`].
    ///
    /// # Errors
    /// [`Code::Internal`] where the system does not tell what this program is.
    pub fn of_this_program() -> Result<Launcher, Failure> {
        // By this name it is the same program also after its file was replaced by an update.
        #[cfg(target_os = "linux")]
        let program = PathBuf::from("/proc/self/exe");
        #[cfg(not(target_os = "linux"))]
        let program = std::env::current_exe().map_err(|error| not_started(&error))?;
        Ok(Launcher::of(program, [ARGUMENT]))
    }

    /// Some other program.
    pub fn of(
        program: PathBuf,
        arguments: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Launcher {
        Launcher { program, arguments: arguments.into_iter().map(Into::into).collect() }
    }

    /// Starts a worker and gives it its job.
    pub(crate) async fn start(&self, job: &Job) -> Result<Running, Failure> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        // Dropped, it is over at once, with all its memory.
        command.kill_on_drop(true);
        // What a terminal tells the app is not told to it: it ends with the app.
        #[cfg(unix)]
        command.process_group(0);
        let mut child = command.spawn().map_err(|error| not_started(&error))?;
        let pipes = child.stdin.take().zip(child.stdout.take());
        let (mut orders, pipe) = pipes.ok_or_else(no_pipes)?;
        let frame = frames::encode(job).map_err(|error| not_started(&error))?;
        orders.write_all(&frame).await.map_err(|error| not_started(&error))?;
        // Read by a task of its own: a frame that is given up half-way would be lost, and whoever
        // waits for one waits for other things as well.
        let (give, told) = mpsc::channel(AHEAD);
        tokio::spawn(relay(pipe, give));
        Ok(Running { child, orders, told })
    }
}

/// Frames that are read before anybody took them.
const AHEAD: usize = 16;

async fn relay(mut pipe: ChildStdout, give: mpsc::Sender<Told>) {
    loop {
        match frames::receive(&mut pipe).await {
            Ok(Some(told)) => {
                if give.send(told).await.is_err() {
                    return;
                }
            }
            Ok(None) => return,
            Err(error) => {
                // It died in the middle of a word, or has gone wrong.
                tracing::debug!(%error, "a worker stopped telling");
                return;
            }
        }
    }
}

/// A worker that works. It ends when this is dropped.
pub(crate) struct Running {
    child: Child,
    orders: ChildStdin,
    told: mpsc::Receiver<Told>,
}

impl Running {
    /// What it tells next; `None` once it has ended. May be given up: nothing is lost.
    pub async fn next(&mut self) -> Option<Told> {
        self.told.recv().await
    }

    /// Asks it to come to an end. One that is gone has.
    pub async fn stop(&mut self) {
        if let Ok(frame) = frames::encode(&Order::Stop) {
            let _ = self.orders.write_all(&frame).await;
        }
    }

    /// How it ended, as a phrase; ends it where it has not.
    pub async fn end(mut self) -> String {
        // One that has said its last word may take a moment to go.
        let patience = std::time::Duration::from_secs(5);
        let status = match tokio::time::timeout(patience, self.child.wait()).await {
            Ok(status) => status,
            Err(_) => {
                let _ = self.child.start_kill();
                self.child.wait().await
            }
        };
        match status {
            Ok(status) => status.to_string(),
            Err(error) => error.to_string(),
        }
    }
}

fn not_started(error: &io::Error) -> Failure {
    Failure::new(Code::Internal, format!("the search process could not be started: {error}"))
        .hint("end what takes much memory, or restart the console")
}

fn no_pipes() -> Failure {
    Failure::new(Code::Internal, "the search process has no pipes")
}
