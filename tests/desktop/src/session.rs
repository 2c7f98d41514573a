//! A desktop session for one app: display, session bus, keyring, home folder, all its own.
//!
//! Nothing is shared with the desktop of the person who runs this: the app of a test cannot see
//! their keyring, and their app cannot see the test's.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use brokers::process::Daemon;
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(20);

/// How large the display is.
#[derive(Debug, Clone, Copy)]
pub struct Screen {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
}

/// A running session. Everything in it ends when it is dropped, or when this process ends.
#[derive(Debug)]
pub struct Session {
    display: String,
    folder: TempDir,
    // Dropped in this order: what needs the bus first.
    _keyring: Daemon,
    _bus: Daemon,
    _display: Daemon,
}

impl Session {
    /// Starts a session with an empty, unlocked keyring.
    pub fn start(screen: Screen) -> Session {
        let folder =
            tempfile::Builder::new().prefix("kronos-desktop-").tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for name in ["home", "data", "run", "config", "cache"] {
            fs::create_dir(at(name)).expect("a new folder can be filled");
        }

        // The keyring refuses a runtime folder that others can read.
        fs::set_permissions(at("run"), fs::Permissions::from_mode(0o700)).expect("our own folder");

        let log = at("display.log");
        let mut command = Command::new("Xvfb");
        command.args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0"]);
        command.arg(format!("{}x{}x24", screen.width, screen.height));
        let mut display = Daemon::start(command, log.clone());
        let number = number_of(&mut display, &log);
        let shown = format!(":{number}");

        let log = at("bus.log");
        let mut command = Command::new("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address"]);
        command.arg(format!("--address=unix:path={}", at("bus").display()));
        clean(&mut command, folder.path(), &shown);
        let mut bus = Daemon::start(command, log.clone());
        bus.wait_until_said(&log, 0, "unix:path", PATIENCE);

        // The daemon reads the password of its new keyring from standard input. With an empty one it
        // would keep its file unencrypted, and no search for secrets in files could say a thing.
        let log = at("keyring.log");
        let mut command = Command::new("sh");
        command.args([
            "-c",
            "printf 'keyring\\n' | exec gnome-keyring-daemon --foreground --unlock --components=secrets",
        ]);
        clean(&mut command, folder.path(), &shown);
        let keyring = Daemon::start(command, log.clone());

        let session =
            Session { display: shown, folder, _keyring: keyring, _bus: bus, _display: display };
        session.wait_for_the_secret_service();
        session
    }

    /// Gives a program this session's display, bus and folders, and nothing of the caller's.
    pub fn enter(&self, command: &mut Command) {
        clean(command, self.folder.path(), &self.display);
    }

    /// The folder of this session; removed with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The name of its display, such as `:7`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// A picture of the whole display.
    pub fn screenshot(&self, to: &Path) {
        let mut command = Command::new("import");
        command.args(["-window", "root"]).arg(to);
        self.enter(&mut command);
        let output = brokers::process::run(command);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// What is in the keyring for the account of an app's service, looked up from outside the app.
    pub fn secret(&self, service: &str, account: &str) -> Option<String> {
        let mut command = Command::new("secret-tool");
        command.args(["lookup", "service", service, "username", account]);
        self.enter(&mut command);
        let output = brokers::process::run(command);
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }

    fn wait_for_the_secret_service(&self) {
        let started = Instant::now();
        loop {
            let mut command = Command::new("dbus-send");
            command.args(["--session", "--print-reply", "--dest=org.freedesktop.DBus", "/"]);
            command.arg("org.freedesktop.DBus.NameHasOwner");
            command.arg("string:org.freedesktop.secrets");
            self.enter(&mut command);
            let output = brokers::process::run(command);
            if String::from_utf8_lossy(&output.stdout).contains("boolean true") {
                return;
            }
            let log = fs::read_to_string(self.folder.path().join("keyring.log"));
            assert!(started.elapsed() < PATIENCE, "no Secret Service: {}", log.unwrap_or_default());
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

/// The display prints the number it chose, alone on a line. Where another one starts at the same
/// moment, it first complains about the numbers that are taken.
fn number_of(display: &mut Daemon, log: &Path) -> u32 {
    let started = Instant::now();
    loop {
        display.wait_until_said(log, 0, "\n", PATIENCE);
        let printed = fs::read_to_string(log).expect("the display's log");
        let whole = printed.rsplit_once('\n').map_or("", |(lines, _)| lines);
        if let Some(number) = whole.lines().find_map(|line| line.parse().ok()) {
            return number;
        }
        assert!(started.elapsed() < PATIENCE, "no display number in: {printed}");
        std::thread::sleep(Duration::from_millis(25));
    }
}

fn clean(command: &mut Command, folder: &Path, display: &str) {
    let at = |name: &str| folder.join(name);
    for (name, _) in std::env::vars_os() {
        let name_text = name.to_string_lossy();
        let foreign =
            ["XDG_", "DBUS_", "GNOME_", "WAYLAND_", "DESKTOP_", "SESSION_", "KRONOS_CONSOLE_"]
                .iter()
                .any(|prefix| name_text.starts_with(prefix));
        if foreign {
            command.env_remove(&name);
        }
    }
    command
        .env("DISPLAY", display)
        .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", at("bus").display()))
        .env("HOME", at("home"))
        .env("XDG_DATA_HOME", at("data"))
        .env("XDG_RUNTIME_DIR", at("run"))
        .env("XDG_CONFIG_HOME", at("config"))
        .env("XDG_CACHE_HOME", at("cache"))
        // English, whatever the caller speaks: the tests find things by their text.
        .env("LANG", "C.UTF-8")
        .env("LANGUAGE", "en")
        .env("TZ", "UTC")
        // No accessibility bus in this session: asking for one costs seconds.
        .env("NO_AT_BRIDGE", "1");
}
