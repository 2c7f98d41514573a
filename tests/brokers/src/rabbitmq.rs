//! A real RabbitMQ node, with an epmd of its own.
//!
//! Left out: clusters of several nodes, and other versions than the unpacked one.

mod api;
mod settings;

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use rustls::crypto::CryptoProvider;
use serde_json::Value;

use crate::folder::RunFolder;
use crate::ports::Port;
use crate::process::{self, Daemon};
use crate::{Authority, Identity, files};

/// From the start of the process; a cold disk and a busy machine included.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a RabbitMQ is started with.
#[derive(Debug, Clone, Default)]
pub struct RabbitOptions {
    /// How long a consumer may keep a message unacknowledged; the broker's default is 30 minutes.
    pub consumer_timeout: Option<Duration>,
    /// Bytes of memory above which publishers are blocked.
    pub memory_limit: Option<u64>,
    /// The amqps listener refuses clients without a certificate. Otherwise it asks for one and
    /// also takes passwords: a node has one setting for all its amqps listeners.
    pub require_client_certificate: bool,
    /// More plugins, for example `rabbitmq_shovel`.
    pub plugins: Vec<String>,
    /// More lines of `rabbitmq.conf`, after all others.
    pub extra: Vec<(String, String)>,
}

/// A running RabbitMQ, stopped when dropped. Its vhosts are `/` and `orders/eu`.
///
/// | user | tag | configure | write | read |
/// |---|---|---|---|---|
/// | `admin` | administrator | all | all | all |
/// | `kronos-client`, only by certificate | administrator | all | all | all |
/// | `support` | management | nothing | all | all |
/// | `limited` | management | nothing | nothing | names starting with `task_` |
/// | `nobody` | none | no vhost may be entered | | |
#[derive(Debug)]
pub struct RabbitMq {
    broker: Mutex<Option<Daemon>>,
    // Held only: the port mapper of Erlang's nodes ends when this is dropped.
    _epmd: Daemon,
    ports: Ports,
    authority: Authority,
    client: Identity,
    passwords: BTreeMap<&'static str, String>,
    // Tools listen on a port of their own while they run, so one at a time.
    tool: Mutex<()>,
    // Last, because fields are dropped in order: first the processes, then their files.
    folder: RunFolder,
}

#[derive(Debug)]
struct Ports {
    amqp: Port,
    amqps: Port,
    http: Port,
    https: Port,
    stream: Port,
    epmd: Port,
    distribution: Port,
    tool: Port,
}

impl RabbitMq {
    /// Starts it and waits until it serves.
    ///
    /// # Panics
    /// When it does not start; the message ends with its log.
    pub fn start(options: RabbitOptions) -> RabbitMq {
        let folder = RunFolder::create("rabbitmq");
        let authority = Authority::new("Kronos test CA of RabbitMQ");
        let ports = Ports {
            amqp: Port::free(),
            amqps: Port::free(),
            http: Port::free(),
            https: Port::free(),
            stream: Port::free(),
            epmd: Port::free(),
            distribution: Port::free(),
            tool: Port::free(),
        };
        let rabbit = RabbitMq {
            broker: Mutex::default(),
            _epmd: start_epmd(folder.path(), ports.epmd.number()),
            ports,
            client: authority.client("kronos-client"),
            authority,
            passwords: ["admin", "support", "limited", "nobody"]
                .map(|user| (user, format!("p-{}", uuid::Uuid::new_v4().simple())))
                .into(),
            tool: Mutex::default(),
            folder,
        };
        rabbit.prepare(&options);
        rabbit.run_broker();
        rabbit
    }

    /// The port of AMQP without TLS.
    pub fn amqp_port(&self) -> u16 {
        self.ports.amqp.number()
    }

    /// The port of AMQP over TLS: PLAIN with a password, or EXTERNAL with a client certificate.
    pub fn amqps_port(&self) -> u16 {
        self.ports.amqps.number()
    }

    /// The port of the management API without TLS.
    pub fn http_port(&self) -> u16 {
        self.ports.http.number()
    }

    /// The port of the management API over TLS.
    pub fn https_port(&self) -> u16 {
        self.ports.https.number()
    }

    /// The port of the stream protocol, without TLS.
    pub fn stream_port(&self) -> u16 {
        self.ports.stream.number()
    }

    /// `amqp://…` with the user's name, password and vhost, percent-encoded.
    pub fn amqp_url(&self, user: &str, vhost: &str) -> String {
        let (password, vhost) = (self.password_of(user), encode(vhost));
        format!("amqp://{user}:{password}@localhost:{}/{vhost}", self.amqp_port())
    }

    /// `amqps://…` with the user's name, password and vhost, percent-encoded.
    pub fn amqps_url(&self, user: &str, vhost: &str) -> String {
        let (password, vhost) = (self.password_of(user), encode(vhost));
        format!("amqps://{user}:{password}@localhost:{}/{vhost}", self.amqps_port())
    }

    /// `https://localhost:…` of the management API.
    pub fn management_url(&self) -> String {
        format!("https://localhost:{}", self.https_port())
    }

    /// The certificate of the authority that signed the server's and the client's.
    pub fn ca_pem(&self) -> String {
        self.authority.pem()
    }

    /// The authority itself, to make more certificates of it, also bad ones.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// A client certificate whose common name is the user `kronos-client`.
    pub fn client_certificate(&self) -> &Identity {
        &self.client
    }

    /// The password of `admin`, `support`, `limited` or `nobody`. New each time.
    ///
    /// # Panics
    /// When there is no such user with a password.
    pub fn password_of(&self, user: &str) -> &str {
        self.passwords.get(user).unwrap_or_else(|| panic!("no user {user} with a password"))
    }

    /// Runs `rabbitmqctl`, for example with `["list_queues", "name", "messages"]`. Takes one to
    /// two seconds.
    ///
    /// # Errors
    /// It ended with a code other than 0: all it printed.
    pub fn ctl(&self, args: &[&str]) -> Result<String, String> {
        let _one_at_a_time = self.tool.lock().unwrap_or_else(|e| e.into_inner());
        let mut command = self.script("rabbitmqctl");
        let port = self.ports.tool.number().to_string();
        command
            .env("RABBITMQ_CTL_DIST_PORT_MIN", &port)
            .env("RABBITMQ_CTL_DIST_PORT_MAX", &port)
            .env("RABBITMQ_CTL_ERL_ARGS", LOOPBACK_ONLY)
            // No table headers and no "Listing queues …".
            .arg("--silent")
            .args(args);
        let output = process::run(command);
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        if output.status.success() {
            return Ok(printed);
        }
        Err(format!("{printed}{}", String::from_utf8_lossy(&output.stderr)))
    }

    /// One request to the management API as `admin`, for example
    /// `("PUT", "/api/queues/%2F/a", Some(&json!({})))`. An empty answer is `Null`.
    ///
    /// # Errors
    /// No answer, or one that is no success: its status and text.
    pub fn api(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Value, String> {
        let (port, password) = (self.https_port(), self.password_of("admin"));
        api::Api { port, ca_pem: &self.ca_pem(), user: "admin", password }
            .request(method, path, body)
    }

    /// Ends the broker with SIGKILL, as a crash would.
    pub fn kill(&self) {
        *self.broker() = None;
    }

    /// Has the broker write down what was declared. Until then a queue that it has just confirmed is
    /// only in its memory, and a broker that is killed has never known it (seen on 3.10.8).
    ///
    /// # Panics
    /// Where the broker does not do so.
    pub fn write_declared(&self) {
        self.ctl(&["eval", "mnesia:sync_log()."]).expect("the broker writes its log");
    }

    /// Starts the broker again, with the same ports and data, and waits until it serves. A running
    /// one is killed first.
    pub fn restart(&self) {
        self.kill();
        self.run_broker();
    }

    /// Stops the broker in mid-air: its connections stay open and nothing answers.
    pub fn freeze(&self) {
        self.signal(libc::SIGSTOP);
    }

    /// Lets a frozen broker go on.
    pub fn thaw(&self) {
        self.signal(libc::SIGCONT);
    }

    /// The folder of this run: settings and logs.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Ends it and removes its folder; dropping does the same.
    pub fn stop(self) {}

    fn broker(&self) -> MutexGuard<'_, Option<Daemon>> {
        // Poisoned only when a start failed: whoever comes next should see that, not this.
        self.broker.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn signal(&self, signal: i32) {
        self.broker().as_ref().expect("the broker runs").signal(signal);
    }

    fn prepare(&self, options: &RabbitOptions) {
        let server = self.authority.server();
        self.folder.write("ca.pem", &self.authority.pem());
        self.folder.write("server.pem", &server.certificate_pem);
        self.folder.write("server.key", &server.key_pem);
        self.folder.write("rabbitmq.conf", &settings::configuration(self, options));
        self.folder.write("advanced.config", &settings::advanced(options));
        self.folder.write("definitions.json", &settings::definitions(self).to_string());
        self.folder.write("enabled_plugins", &settings::enabled_plugins(options));
        // Whoever knows the cookie may run anything in the broker. Erlang insists on the mode.
        let cookie =
            self.folder.write(".erlang.cookie", &uuid::Uuid::new_v4().simple().to_string());
        fs::set_permissions(cookie, fs::Permissions::from_mode(0o400)).expect("our own file");
    }

    fn run_broker(&self) {
        let log = self.log();
        let said = fs::metadata(&log).map_or(0, |log| log.len());
        let mut command = self.script("rabbitmq-server");
        command
            // As under systemd the script then becomes Erlang, instead of waiting beside it:
            // the parent-death signal is inherited, and there is one process to signal.
            .env("RUNNING_UNDER_SYSTEMD", "true")
            .env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", LOOPBACK_ONLY);
        let mut broker = self.broker();
        let broker = broker.insert(Daemon::start(command, log.clone()));
        broker.wait_until_said(&log, said, "Server startup complete", PATIENCE);
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("broker.log")
    }

    /// One of RabbitMQ's own scripts, with nothing of this process's environment that could make
    /// it find another node, another epmd or a system-wide configuration.
    fn script(&self, name: &str) -> Command {
        let run = self.folder.path();
        let mut command = Command::new(files::rabbitmq_home().join("sbin").join(name));
        command
            .current_dir(run)
            .env_clear()
            .env(process::MARK, run)
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .env("HOME", run)
            .env("ERL_EPMD_ADDRESS", "127.0.0.1")
            .env("ERL_EPMD_PORT", self.ports.epmd.number().to_string())
            .env("RABBITMQ_NODENAME", "rabbit@localhost")
            .env("RABBITMQ_DIST_PORT", self.ports.distribution.number().to_string())
            .env("RABBITMQ_CONF_ENV_FILE", run.join("no-such-file"))
            .env("RABBITMQ_CONFIG_FILE", run.join("rabbitmq.conf"))
            .env("RABBITMQ_ADVANCED_CONFIG_FILE", run.join("advanced.config"))
            .env("RABBITMQ_ENABLED_PLUGINS_FILE", run.join("enabled_plugins"))
            .env("RABBITMQ_MNESIA_BASE", run.join("data"))
            .env("RABBITMQ_LOG_BASE", run.join("data"));
        command
    }
}

/// Erlang's own port for node to node and tool to node talk.
const LOOPBACK_ONLY: &str = "-kernel inet_dist_use_interface {127,0,0,1}";

/// Without one already there, any Erlang node would start an epmd that outlives everything.
fn start_epmd(run: &Path, port: u16) -> Daemon {
    let mut command = Command::new("epmd");
    command.env(process::MARK, run).args(["-address", "127.0.0.1", "-port", &port.to_string()]);
    let epmd = Daemon::start(command, run.join("epmd.log"));
    let started = Instant::now();
    while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
        assert!(started.elapsed() < PATIENCE, "no epmd; {}", epmd.last_words());
        std::thread::sleep(Duration::from_millis(10));
    }
    epmd
}

/// Percent-encodes a name for a URL.
fn encode(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    name.bytes()
        .map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

/// Named, because a process that also links another provider has no default one.
pub(crate) fn ring() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}
