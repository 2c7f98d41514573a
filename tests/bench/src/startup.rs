//! Process start to first useful content, against an empty Tauri window of the same build.
//!
//! Both windows are created hidden and shown by their page once its content is there: for the
//! console, the navigation with the saved connections. So the moment a window is mapped on the
//! display is the moment a person sees something useful, measured from outside.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use brokers::process::Daemon;
use desktop::session::{Screen, Session};
use desktop::{setup, window};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt, EventMask};
use x11rb::rust_connection::RustConnection;

use crate::compare::Comparison;

const RUNS: usize = 9;
const PATIENCE: Duration = Duration::from_secs(30);

/// With two saved connections in the list, none of them opened.
pub fn run() -> Vec<Comparison> {
    let session = Session::start(Screen { width: 1280, height: 800 });
    let state = session.folder().join("state");
    setup::save_unreachable_connections(&state);
    let console = window::executable();
    let empty = console.with_file_name("empty-window");
    vec![Comparison::interleave(
        "startup",
        "saved-connections",
        "empty-tauri-window",
        RUNS,
        || until_shown(&session, &console, &state),
        || until_shown(&session, &empty, &state),
    )]
}

fn until_shown(session: &Session, program: &Path, state: &Path) -> Duration {
    let (display, screen) = RustConnection::connect(Some(session.display())).expect("the display");
    let root = display.setup().roots[screen].root;
    let watch = ChangeWindowAttributesAux::new().event_mask(EventMask::SUBSTRUCTURE_NOTIFY);
    display
        .change_window_attributes(root, &watch)
        .expect("the display answers")
        .check()
        .expect("the root can be watched");

    let mut command = Command::new(program);
    session.enter(&mut command);
    command
        .env("KRONOS_CONSOLE_STATE", state)
        .env("KRONOS_CONSOLE_KEYRING", "Kronos Console bench");
    let started = Instant::now();
    let mut app = Daemon::start(command, session.folder().join("startup.log"));
    loop {
        match display.poll_for_event().expect("the display answers") {
            Some(Event::MapNotify(shown)) if is_large(&display, shown.window) => break,
            Some(_) => {}
            None => {
                assert!(started.elapsed() < PATIENCE, "no window; {}", app.last_words());
                std::thread::sleep(Duration::from_micros(500));
            }
        }
    }
    let took = started.elapsed();
    app.kill();
    took
}

/// Toolkits map tiny helper windows too.
fn is_large(display: &RustConnection, window: u32) -> bool {
    let geometry = display.get_geometry(window).ok().and_then(|asked| asked.reply().ok());
    geometry.is_some_and(|geometry| geometry.width > 400 && geometry.height > 300)
}
