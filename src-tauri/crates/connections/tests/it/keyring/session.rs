//! A D-Bus session with a keyring of its own, and nothing of the desktop that the tests run on.

use std::fs;
use std::future::Future;
use std::io::Write;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use secret_service::EncryptionType;
use secret_service::blocking::SecretService;

/// Set inside the session; names the test.
const INSIDE: &str = "KRONOS_TEST_KEYRING_SESSION";

/// A session bus that starts no service by itself: a keyring is there when a test starts one.
const BUS: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=/tmp</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

/// Runs a test of this module in a session of its own: this process runs itself again, and the
/// second one runs the body.
pub fn in_session(test: &str, body: impl Future<Output = ()>) {
    if std::env::var(INSIDE).is_ok_and(|inside| inside == test) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        return runtime.block_on(body);
    }
    let home = tempfile::tempdir().unwrap();
    let path = |name: &str| -> PathBuf {
        let path = home.path().join(name);
        fs::DirBuilder::new().mode(0o700).create(&path).unwrap();
        path
    };
    let bus = home.path().join("bus.conf");
    fs::write(&bus, BUS).unwrap();
    let output = Command::new("dbus-run-session")
        .arg(format!("--config-file={}", bus.display()))
        .arg("--")
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", &format!("keyring::{test}"), "--nocapture"])
        .env(INSIDE, test)
        .env("HOME", path("home"))
        .env("XDG_DATA_HOME", path("data"))
        .env("XDG_CONFIG_HOME", path("config"))
        .env("XDG_CACHE_HOME", path("cache"))
        .env("XDG_RUNTIME_DIR", path("runtime"))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("GNOME_KEYRING_CONTROL")
        .output()
        .expect("dbus-run-session is installed");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && told.contains("1 passed"),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// GNOME Keyring, with an empty password; killed when dropped.
pub struct Daemon(Child);

impl Daemon {
    /// Starts one and waits until its default collection is there and unlocked.
    pub fn unlocked() -> Self {
        let mut child =
            command().args(["--foreground", "--unlock"]).spawn().expect("it is installed");
        child.stdin.take().unwrap().write_all(b"\n").unwrap();
        let daemon = Daemon(child);
        until(|| locked() == Some(false));
        daemon
    }

    /// Locks the default collection.
    pub fn lock(&self) {
        let service = SecretService::connect(EncryptionType::Dh).unwrap();
        service.get_default_collection().unwrap().lock().unwrap();
        until(|| locked() == Some(true));
    }

    /// Stops it in the middle of whatever it does.
    pub fn freeze(&self) {
        let done = Command::new("kill").args(["-STOP", &self.0.id().to_string()]).status();
        assert!(done.unwrap().success());
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

fn command() -> Command {
    let mut command = Command::new("gnome-keyring-daemon");
    command
        .arg("--components=secrets")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn locked() -> Option<bool> {
    let service = SecretService::connect(EncryptionType::Dh).ok()?;
    service.get_default_collection().ok()?.is_locked().ok()
}

fn until(condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition() {
        assert!(Instant::now() < deadline, "the keyring did not get there in 20 s");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// What libsecret's own tool reads.
pub fn secret_tool(service: &str, user: &str) -> Option<String> {
    let output = Command::new("secret-tool")
        .args(["lookup", "service", service, "username", user])
        .output()
        .expect("secret-tool is installed");
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}
