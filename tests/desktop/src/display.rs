//! What a window manager would do; there is none in a test's session.

use std::time::{Duration, Instant};

use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt, CreateWindowAux, EventMask, MapState, Window,
    WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use crate::session::Session;

const PATIENCE: Duration = Duration::from_secs(10);
/// The window's title.
const TITLE: &[u8] = b"Kronos Console";

/// A connection to the display of a session.
#[derive(Debug)]
pub struct Display {
    server: RustConnection,
    root: Window,
}

impl Display {
    /// Connects to the display of a session.
    pub fn of(session: &Session) -> Display {
        let (server, screen) =
            RustConnection::connect(Some(session.display())).expect("the display answers");
        let root = server.setup().roots[screen].root;
        Display { server, root }
    }

    /// Asks the app's window to close, as a click on its cross would.
    pub fn ask_to_close(&self) {
        self.close(self.app().expect("the app has a window"));
    }

    /// Waits until a window with this title can be seen; false where none comes.
    pub fn shows(&self, title: &str) -> bool {
        let started = Instant::now();
        while self.titled(title.as_bytes()).is_none() {
            if started.elapsed() > PATIENCE {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }

    /// Asks the window with this title to close.
    pub fn dismiss(&self, title: &str) {
        self.close(self.titled(title.as_bytes()).expect("it is shown"));
    }

    fn close(&self, window: Window) {
        let (protocols, delete) = (self.atom(b"WM_PROTOCOLS"), self.atom(b"WM_DELETE_WINDOW"));
        let message = ClientMessageEvent::new(32, window, protocols, [delete, 0, 0, 0, 0]);
        self.server
            .send_event(false, window, EventMask::NO_EVENT, message)
            .expect("the display takes an event");
        self.server.sync().expect("the display answers");
    }

    /// Puts another window over the whole display. It is there until this is dropped.
    pub fn cover(&self) {
        let window = self.server.generate_id().expect("an id");
        let size = self.server.get_geometry(self.root).expect("sent").reply().expect("a size");
        self.server
            .create_window(
                0,
                window,
                self.root,
                0,
                0,
                size.width,
                size.height,
                0,
                WindowClass::INPUT_OUTPUT,
                0,
                &CreateWindowAux::new().background_pixel(0),
            )
            .and_then(|_| self.server.map_window(window))
            .expect("the display takes a window");
        self.server.sync().expect("the display answers");
    }

    /// Whether the app's window is the topmost one.
    pub fn is_app_on_top(&self) -> bool {
        let shown = self.shown();
        shown.last().is_some_and(|top| Some(*top) == self.app())
    }

    /// Waits until the app's window is the topmost one; false where it does not become that.
    pub fn app_comes_to_the_top(&self) -> bool {
        let started = Instant::now();
        while !self.is_app_on_top() {
            if started.elapsed() > PATIENCE {
                return false;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        true
    }

    fn app(&self) -> Option<Window> {
        self.titled(TITLE)
    }

    fn titled(&self, wanted: &[u8]) -> Option<Window> {
        let is_it = |window: &Window| {
            let kind = AtomEnum::ANY;
            let title = self.server.get_property(false, *window, AtomEnum::WM_NAME, kind, 0, 64);
            title.ok().and_then(|asked| asked.reply().ok()).is_some_and(|it| it.value == wanted)
        };
        self.shown().into_iter().find(is_it)
    }

    /// The windows that can be seen, from the bottom to the top.
    fn shown(&self) -> Vec<Window> {
        let tree = self.server.query_tree(self.root).expect("sent").reply().expect("a tree");
        let is_shown = |window: &Window| {
            let asked = self.server.get_window_attributes(*window);
            let found = asked.ok().and_then(|asked| asked.reply().ok());
            found.is_some_and(|it| it.map_state == MapState::VIEWABLE)
        };
        tree.children.into_iter().filter(is_shown).collect()
    }

    fn atom(&self, name: &[u8]) -> u32 {
        self.server.intern_atom(false, name).expect("sent").reply().expect("an atom").atom
    }
}
