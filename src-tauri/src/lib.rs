//! The shell: the only code that knows Tauri. It opens the window, hands requests to the inner crates
//! and converts what comes back. Rules live in the inner crates.

mod bindings;
mod commands;
mod desk;
mod events;
mod instance;
mod jobs;
mod rows;
mod searching;
mod sessions;
mod shelf;
mod window;
mod wire;

use std::path::PathBuf;
use std::process::ExitCode;

use tauri::{App, Manager};
use tauri_plugin_dialog::{DialogExt, MessageDialogKind};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::desk::Desk;

/// The folder of profiles and ledger, instead of the system's place for an app's data. Demo and
/// tests have their own.
const STATE_FOLDER: &str = "KRONOS_CONSOLE_STATE";
/// The name under which secrets stand in the keyring, instead of the product's. Demo and tests have
/// their own.
const KEYRING_SERVICE: &str = "KRONOS_CONSOLE_KEYRING";

/// Runs the app until its window is closed, or does the job of a worker: see the crate `worker`.
pub fn run() -> ExitCode {
    log_to_standard_error();
    if worker::child::is_asked_for() {
        return worker::child::serve(None);
    }
    let builder = bindings::builder();
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(builder.invoke_handler())
        .setup(move |app| {
            builder.mount_events(app);
            if let Err(error) = start(app) {
                end_with(app, error.as_ref());
            }
            Ok(())
        })
        .on_page_load(window::on_page_load)
        .on_window_event(window::on_event)
        .build(tauri::generate_context!());
    match app {
        Ok(app) => match app.run_return(window::on_run_event) {
            0 => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        },
        Err(error) => {
            tracing::error!(%error, "the console could not start");
            ExitCode::FAILURE
        }
    }
}

fn start(app: &mut App) -> Result<(), Box<dyn std::error::Error>> {
    let folder = match std::env::var_os(STATE_FOLDER) {
        Some(folder) => PathBuf::from(folder),
        None => app.path().app_data_dir()?,
    };
    let handle = app.handle().clone();
    let Some(instance) = instance::claim(&folder, move || window::raise(&handle))? else {
        app.handle().exit(0);
        return Ok(());
    };
    let service = std::env::var(KEYRING_SERVICE).ok();
    app.manage(instance);
    let desk = Desk::open(&folder, service.as_deref(), app.handle().clone())?;
    desk.follow_the_ledger();
    app.manage(desk);
    window::end_on_signals(app.handle())?;
    window::open(app)?;
    Ok(())
}

/// Says why there is no window, to whoever started this from a terminal and to whoever did not.
fn end_with(app: &App, error: &dyn std::error::Error) {
    tracing::error!(%error, "the console could not start");
    let handle = app.handle().clone();
    app.dialog()
        .message(format!("The console could not start: {error}."))
        .title("Kronos Console")
        .kind(MessageDialogKind::Error)
        .show(move |_| handle.exit(1));
}

/// Never payloads or secrets: see the inner crates. `RUST_LOG` chooses what is said, except of the
/// AMQP library: below errors it writes the payloads of returned messages.
fn log_to_standard_error() {
    let chosen = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    let of_amqp = |target: &str| ["lapin", "amq_protocol"].iter().any(|it| target.starts_with(it));
    let harmless =
        filter_fn(move |said| !of_amqp(said.target()) || *said.level() == tracing::Level::ERROR);
    let lines = fmt::layer().with_writer(std::io::stderr).with_filter(chosen).with_filter(harmless);
    tracing_subscriber::registry().with(lines).init();
}
