//! Process start to first useful content, against an empty Tauri window of the same build.
//!
//! Both windows are created hidden and shown by their page once its content is there: for the
//! console, the navigation with the saved connections. So the moment a window is mapped on the
//! display is the moment a person sees something useful, measured from outside.
//!
//! Memory is what the app's processes, those of its web view included, have written and share with
//! nobody at this moment. What they only read, such as the web view's libraries, is left out: whose
//! it is depends on what else runs.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use brokers::process::Daemon;
use desktop::session::{Screen, Session};
use desktop::{processes, setup, window};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{ChangeWindowAttributesAux, ConnectionExt, EventMask};
use x11rb::rust_connection::RustConnection;

use crate::compare::{Comparison, in_turn};

const RUNS: usize = 9;
const PATIENCE: Duration = Duration::from_secs(30);

/// With two saved connections in the list, none of them opened.
pub fn run() -> Vec<Comparison> {
    let session = Session::start(Screen { width: 1280, height: 800 });
    let state = session.folder().join("state");
    setup::save_unreachable_connections(&state);
    let console = window::executable();
    let empty = console.with_file_name("empty-window");
    let turns = in_turn(
        RUNS,
        || until_shown(&session, &console, &state),
        || until_shown(&session, &empty, &state),
    );
    let against = "empty-tauri-window";
    vec![
        Comparison::of_time("startup/saved-connections", against, &turns, |shown| shown.took),
        Comparison::of_memory("startup/memory-when-shown", against, &turns, |shown| shown.memory),
    ]
}

struct Shown {
    took: Duration,
    /// In bytes.
    memory: u64,
}

fn until_shown(session: &Session, program: &Path, state: &Path) -> Shown {
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
    let family = processes::family(app.pid());
    let memory = family.iter().map(|process| memory_of(process.id)).sum();
    app.kill();
    // The web view's processes end by themselves then, and must not take time from the next start.
    let killed = Instant::now();
    while family.iter().any(|process| memory_of(process.id) > 0) {
        assert!(killed.elapsed() < PATIENCE, "the web view's processes outlive their app");
        std::thread::sleep(Duration::from_millis(1));
    }
    Shown { took, memory }
}

/// In bytes; 0 for a process that has ended.
fn memory_of(process: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let own = rollup.lines().find_map(|line| line.strip_prefix("Private_Dirty:"));
    let kilobytes = own.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// Toolkits map tiny helper windows too.
fn is_large(display: &RustConnection, window: u32) -> bool {
    let geometry = display.get_geometry(window).ok().and_then(|asked| asked.reply().ok());
    geometry.is_some_and(|geometry| geometry.width > 400 && geometry.height > 300)
}
