//! What a worker does: one job, told about through its standard output.
//!
//! - `limits`: the bound on its memory
//! - `scan`: the job; `examiner`: what looks at each record; `pulse`: who takes too long
//! - `out`: telling

mod examiner;
mod limits;
mod out;
mod pulse;
mod scan;

use std::ffi::OsStr;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;

use kafka::scan::RawRecord;
use tokio_util::sync::CancellationToken;

use crate::contract::{Job, Order};
use crate::frames;
use crate::launch::ARGUMENT;
use out::Out;

/// What is done with each record before it is looked at. For tests, which have records that end a
/// process.
pub type Before = fn(&RawRecord<'_>);

/// Whether this program was started to be a worker.
pub fn is_asked_for() -> bool {
    std::env::args_os().nth(1).is_some_and(|argument| argument == OsStr::new(ARGUMENT))
}

/// Does the job that comes through standard input.
pub fn serve(before: Option<Before>) -> ExitCode {
    limits::bound_memory();
    die_of_panics();
    let job = match frames::read::<Job>(&mut io::stdin().lock()) {
        Ok(Some(job)) => job,
        Ok(None) => return ExitCode::FAILURE,
        Err(error) => {
            tracing::error!(%error, "there is no job for this worker");
            return ExitCode::FAILURE;
        }
    };
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let listening = std::thread::Builder::new().name("orders".to_owned());
    if listening.spawn(move || obey(&stop)).is_err() {
        return ExitCode::FAILURE;
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "a worker has no runtime");
            return ExitCode::FAILURE;
        }
    };
    let out = Arc::new(Out::default());
    match job {
        Job::Scan(job) => runtime.block_on(scan::scan(*job, &out, cancel, before)),
    }
    // What librdkafka still has to tidy up goes with the process.
    std::process::exit(0)
}

/// A panic is a death as any other: another worker finds out which record it was. Said is where it
/// was only, because its message may quote the record.
fn die_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a search process panicked");
        std::process::abort();
    }));
}

/// Hears what the app says, and ends with it.
fn obey(stop: &CancellationToken) {
    let mut orders = io::stdin().lock();
    while let Ok(Some(order)) = frames::read::<Order>(&mut orders) {
        match order {
            Order::Stop => stop.cancel(),
        }
    }
    std::process::exit(1)
}
