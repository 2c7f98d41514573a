//! A real Apache Kafka: one node, or three with one quorum.
//!
//! Left out: ZooKeeper, separate controllers and delegation tokens, which say nothing about a
//! client; signed OAuth tokens, which need an issuer of their own.

pub mod acl;
mod format;
mod java;
mod settings;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use crate::folder::RunFolder;
use crate::ports::Port;
use crate::process::Daemon;
use crate::proxy::Proxy;
use crate::{Authority, Identity};
use acl::Acl;

/// From the start of the process; a cold disk and a busy machine included.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a Kafka is started with.
#[derive(Debug, Clone)]
pub struct KafkaOptions {
    /// 1 or 3.
    pub nodes: u8,
    /// On by default, as it is on many real clusters: a client must not create topics by looking.
    pub auto_create_topics: bool,
    /// A [`Proxy`] stands before [`Listener::Sasl`] of each node and is what clients are told.
    pub proxied: bool,
    /// A larger heap and Java's optimising compiler: slower to start, and what a benchmark needs.
    pub full_speed: bool,
    /// More lines of `server.properties`, after all others.
    pub extra: Vec<(String, String)>,
}

impl Default for KafkaOptions {
    fn default() -> Self {
        KafkaOptions {
            nodes: 1,
            auto_create_topics: true,
            proxied: false,
            full_speed: false,
            extra: Vec::new(),
        }
    }
}

/// The ways into each node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    /// No protection, every right: the back door of tests and tools.
    Plaintext,
    /// TLS without authentication: every right, too.
    Ssl,
    /// TLS with SCRAM-SHA-256, SCRAM-SHA-512 and PLAIN.
    Sasl,
    /// TLS with a required client certificate.
    Mtls,
    /// TLS with OAUTHBEARER; unsigned tokens are accepted and `sub` is the user.
    OAuth,
    /// As [`Listener::Plaintext`], told by its address: `localhost` may have a second one, where
    /// nobody listens, and a bare client takes that for an error.
    Address,
}

impl Listener {
    /// All of them.
    pub const ALL: [Listener; 6] = [
        Listener::Plaintext,
        Listener::Ssl,
        Listener::Sasl,
        Listener::Mtls,
        Listener::OAuth,
        Listener::Address,
    ];

    /// Kafka's value of `security.protocol` for a client.
    pub fn protocol(self) -> &'static str {
        match self {
            Listener::Plaintext | Listener::Address => "PLAINTEXT",
            Listener::Ssl | Listener::Mtls => "SSL",
            Listener::Sasl | Listener::OAuth => "SASL_SSL",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Listener::Plaintext => "PLAINTEXT",
            Listener::Ssl => "SSL",
            Listener::Sasl => "SASL",
            Listener::Mtls => "MTLS",
            Listener::OAuth => "OAUTH",
            Listener::Address => "ADDRESS",
        }
    }

    /// What clients are told. `localhost` and not the address, so that certificates are checked
    /// against a name.
    fn host(self) -> &'static str {
        match self {
            Listener::Address => "127.0.0.1",
            _ => "localhost",
        }
    }
}

/// A running Kafka, stopped when dropped.
///
/// | who | rights |
/// |---|---|
/// | anybody at [`Listener::Plaintext`], [`Listener::Address`] and [`Listener::Ssl`] | all |
/// | `admin` | all |
/// | the certificate of [`Kafka::client_certificate`] | all |
/// | `reader` | reads and describes every topic and group, but no topic starting with `secret.` |
/// | `nobody` | none: it can log in |
#[derive(Debug)]
pub struct Kafka {
    nodes: Vec<Node>,
    authority: Authority,
    client: Identity,
    passwords: BTreeMap<&'static str, String>,
    options: KafkaOptions,
    // Last, because fields are dropped in order: first the processes, then their files.
    folder: RunFolder,
}

#[derive(Debug)]
struct Node {
    id: u8,
    ports: [Port; 6],
    controller: Port,
    proxy: Option<Proxy>,
    data: PathBuf,
    process: Mutex<Option<Daemon>>,
}

impl Node {
    fn port(&self, listener: Listener) -> u16 {
        self.ports[listener as usize].number()
    }

    fn advertised(&self, listener: Listener) -> u16 {
        match &self.proxy {
            Some(proxy) if listener == Listener::Sasl => proxy.port(),
            _ => self.port(listener),
        }
    }
}

impl Kafka {
    /// Starts it and waits until every node serves.
    ///
    /// # Panics
    /// When it does not start; the message ends with its log.
    pub fn start(options: KafkaOptions) -> Kafka {
        assert!(matches!(options.nodes, 1 | 3), "1 node, or 3: not {}", options.nodes);
        let folder = RunFolder::create("kafka");
        let authority = Authority::new("Kronos test CA of Kafka");
        let nodes = (1..=options.nodes).map(|id| {
            let ports: [Port; 6] = std::array::from_fn(|_| Port::free());
            let proxy = options.proxied.then(|| Proxy::to(ports[Listener::Sasl as usize].number()));
            let data = folder.path().join("data").join(id.to_string());
            Node { id, ports, controller: Port::free(), proxy, data, process: Mutex::default() }
        });
        let kafka = Kafka {
            nodes: nodes.collect(),
            client: authority.client("kronos-client"),
            authority,
            passwords: ["admin", "reader", "nobody"]
                .map(|user| (user, format!("p-{}", uuid::Uuid::new_v4().simple())))
                .into(),
            options,
            folder,
        };
        kafka.prepare();
        // All at once: none of three is ready before it has heard of a second.
        for node in &kafka.nodes {
            *kafka.process(node) = Some(kafka.spawn(node));
        }
        for node in &kafka.nodes {
            kafka.wait_until_ready(node, 0);
        }
        acl::create(kafka.nodes[0].port(Listener::Plaintext), &Acl::of_the_reader());
        kafka
    }

    /// How many nodes it was started with.
    pub fn nodes(&self) -> u8 {
        self.options.nodes
    }

    /// `host:port` of each node, separated by commas.
    pub fn bootstrap(&self, listener: Listener) -> String {
        let host = listener.host();
        let all = self.nodes.iter().map(|n| format!("{host}:{}", n.advertised(listener)));
        all.collect::<Vec<_>>().join(",")
    }

    /// The port of one node, 1 to 3.
    pub fn port(&self, node: u8, listener: Listener) -> u16 {
        self.node(node).advertised(listener)
    }

    /// The certificate of the authority that signed the servers' and the client's.
    pub fn ca_pem(&self) -> String {
        self.authority.pem()
    }

    /// The authority itself, to make more certificates of it, also bad ones.
    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// A client certificate that [`Listener::Mtls`] accepts; its principal is `CN=kronos-client`.
    pub fn client_certificate(&self) -> &Identity {
        &self.client
    }

    /// The password of `admin`, `reader` or `nobody`, the same for SCRAM and PLAIN. New each time.
    ///
    /// # Panics
    /// When there is no such user.
    pub fn password_of(&self, user: &str) -> &str {
        self.passwords.get(user).unwrap_or_else(|| panic!("no user {user}"))
    }

    /// Grants or denies something at once.
    pub fn allow(&self, rules: &[Acl]) {
        acl::create(self.nodes[0].port(Listener::Plaintext), rules);
    }

    /// Runs one of Kafka's own tools with every right, for example
    /// `org.apache.kafka.tools.TopicCommand` with `["--list"]`; `--bootstrap-server` is added.
    /// Takes one to three seconds.
    ///
    /// # Errors
    /// The tool ended with a code other than 0: all it printed.
    pub fn tool(&self, main_class: &str, args: &[&str]) -> Result<String, String> {
        let bootstrap = self.bootstrap(Listener::Plaintext);
        let mut all = vec!["--bootstrap-server", &bootstrap];
        all.extend(args);
        java::run_tool(self.folder.path(), main_class, &all)
    }

    /// The proxy before [`Listener::Sasl`] of a node.
    ///
    /// # Panics
    /// When it was not started with [`KafkaOptions::proxied`].
    pub fn proxy(&self, node: u8) -> &Proxy {
        self.node(node).proxy.as_ref().expect("started with KafkaOptions::proxied")
    }

    /// Ends a node's process with SIGKILL, as a crash would.
    pub fn kill(&self, node: u8) {
        *self.process(self.node(node)) = None;
    }

    /// Starts a node again, with the same ports and data, and waits until it serves. A running one
    /// is killed first.
    pub fn restart(&self, node: u8) {
        self.kill(node);
        let node = self.node(node);
        let said = std::fs::metadata(self.log_of(node)).map_or(0, |log| log.len());
        *self.process(node) = Some(self.spawn(node));
        self.wait_until_ready(node, said);
    }

    /// Stops a node in mid-air: its connections stay open and nothing answers.
    pub fn freeze(&self, node: u8) {
        self.signal(node, libc::SIGSTOP);
    }

    /// Lets a frozen node go on.
    pub fn thaw(&self, node: u8) {
        self.signal(node, libc::SIGCONT);
    }

    /// The process ids of the nodes that run.
    pub fn pids(&self) -> Vec<u32> {
        self.nodes.iter().filter_map(|n| self.process(n).as_ref().map(Daemon::pid)).collect()
    }

    /// The folder of this run: settings and logs.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Ends it and removes its folder; dropping does the same.
    pub fn stop(self) {}

    fn node(&self, id: u8) -> &Node {
        let found = self.nodes.iter().find(|node| node.id == id);
        found.unwrap_or_else(|| panic!("no node {id}: nodes are 1 to {}", self.nodes.len()))
    }

    fn process<'a>(&self, node: &'a Node) -> std::sync::MutexGuard<'a, Option<Daemon>> {
        // Poisoned only when a start failed: whoever comes next should see that, not this.
        node.process.lock().unwrap_or_else(|e| e.into_inner())
    }

    fn signal(&self, node: u8, signal: i32) {
        match &*self.process(self.node(node)) {
            Some(process) => process.signal(signal),
            None => panic!("node {node} does not run"),
        }
    }

    fn prepare(&self) {
        let server = self.authority.server();
        self.folder.write("ca.pem", &self.authority.pem());
        self.folder.write("server.pem", &(server.key_pem + &server.certificate_pem));
        self.folder.write("log4j.properties", settings::LOG4J);
        self.folder.write("log4j-tools.properties", &settings::LOG4J.replace("= info", "= error"));
        for node in &self.nodes {
            let text = settings::server_properties(self, node, &self.options);
            self.folder.write(&settings_of(node), &text);
        }
        let cluster = uuid::Uuid::new_v4();
        // Each formatting is a second of Java: the three of a cluster side by side.
        std::thread::scope(|scope| {
            for node in &self.nodes {
                scope.spawn(|| format::format(self, node, &cluster));
            }
        });
    }

    fn spawn(&self, node: &Node) -> Daemon {
        let run = self.folder.path();
        let mut command = java::java(run);
        let compiler = if self.options.full_speed { 4 } else { 1 };
        let heap = if self.options.full_speed { "-Xmx1g" } else { "-Xmx512m" };
        command
            .args([heap, &format!("-XX:TieredStopAtLevel={compiler}")])
            .arg(java::log4j(run, "log4j.properties"))
            .args(["kafka.Kafka", &settings_of(node)]);
        Daemon::start(command, self.log_of(node))
    }

    fn wait_until_ready(&self, node: &Node, said: u64) {
        let log = self.log_of(node);
        if let Some(process) = self.process(node).as_mut() {
            process.wait_until_said(&log, said, "Kafka Server started", PATIENCE);
        }
    }

    fn log_of(&self, node: &Node) -> PathBuf {
        self.folder.path().join(format!("node-{}.log", node.id))
    }
}

fn settings_of(node: &Node) -> String {
    format!("node-{}.properties", node.id)
}
