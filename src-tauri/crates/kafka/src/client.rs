//! The only place that creates native clients.
//!
//! Every client gets its settings here, from a profile; nothing else of a profile reaches
//! librdkafka, so what could run a program or read a file (`plugin.library.paths`, `*.location`,
//! Kerberos commands) cannot be set at all. Routes through SSH or a proxy will need callbacks for
//! resolving and connecting: they belong beside the ones in `crate::native`.

use std::sync::Arc;

use connections::profile::{KafkaSecurity, KafkaSettings, SaslMechanism, Tls};
use connections::secret::Secrets;
use connections::{Code, Failure, trust};
use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

use crate::context::Context;
use crate::gate::Gate;
use crate::native::{Kind, Native};
use crate::read::Isolation;
use crate::verdict::Account;

/// What a client is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Questions about the cluster. A consumer underneath: a producer's metadata requests create
    /// topics by default.
    Admin,
    /// One read.
    Reader(Isolation),
    /// A share of a scan.
    Scanner(Isolation),
    /// A share of a scan that is to die of what it dies of, and of nothing behind it.
    BatchByBatch(Isolation),
    /// Writing.
    Producer,
}

/// Creates a client; nothing is connected yet.
///
/// # Errors
/// [`Code::Invalid`] for settings that cannot work, [`Code::Tls`] where the system has no roots.
pub(crate) fn open(
    settings: &KafkaSettings,
    secrets: &Secrets,
    role: Role,
    gate: Arc<Gate>,
) -> Result<Native, Failure> {
    let mut config = ClientConfig::new();
    common(&mut config, settings)?;
    let mut hidden = Vec::new();
    match &settings.security {
        KafkaSecurity::Plaintext => {
            config.set("security.protocol", "plaintext");
        }
        KafkaSecurity::Ssl { tls } => {
            config.set("security.protocol", "ssl");
            transport(&mut config, tls, secrets, &mut hidden)?;
        }
        KafkaSecurity::SaslSsl { tls, mechanism, user } => {
            config.set("security.protocol", "sasl_ssl");
            transport(&mut config, tls, secrets, &mut hidden)?;
            let Some(password) = secrets.password.as_ref().filter(|p| !p.is_empty()) else {
                return Err(Failure::new(Code::Invalid, "this connection has no password")
                    .hint("edit the connection and enter the password of its user"));
            };
            config.set("sasl.mechanisms", mechanism_name(*mechanism)).set("sasl.username", user);
            hidden.push(("sasl.password", password));
        }
    }
    let kind = match role {
        Role::Admin => Kind::Consumer,
        Role::Reader(isolation) => {
            reader(&mut config, isolation);
            Kind::Consumer
        }
        Role::BatchByBatch(isolation) => {
            reader(&mut config, isolation);
            batch_by_batch(&mut config);
            Kind::Consumer
        }
        Role::Scanner(isolation) => {
            reader(&mut config, isolation);
            scanner(&mut config);
            Kind::Consumer
        }
        Role::Producer => {
            producer(&mut config);
            Kind::Producer
        }
    };
    let context = Context::new(gate, account(settings));
    if role != Role::Admin {
        // The first client has found the right protocol.
        context.settle();
    }
    Native::open(&config, &hidden, kind, context)
}

fn common(config: &mut ClientConfig, settings: &KafkaSettings) -> Result<(), Failure> {
    // Failed connections are told as events, except for peers that hang up or say nothing: those
    // are lines of this level. No line is printed by librdkafka itself.
    config.set_log_level(RDKafkaLogLevel::Info).set("log.thread.name", "false");
    config
        .set("bootstrap.servers", bootstrap(settings)?)
        .set("client.id", "kronos-console")
        // Looking at a topic that is gone must not bring it back.
        .set("allow.auto.create.topics", "false")
        // Nobody asked for metrics of this console to be sent anywhere.
        .set("enable.metrics.push", "false")
        .set("socket.connection.setup.timeout.ms", "10000")
        .set("socket.nagle.disable", "true")
        .set("socket.keepalive.enable", "true")
        // Topics that were looked at once are not asked about for ever.
        .set("topic.metadata.refresh.interval.ms", "-1");
    Ok(())
}

fn transport<'a>(
    config: &mut ClientConfig,
    tls: &Tls,
    secrets: &'a Secrets,
    hidden: &mut Vec<(&'static str, &'a connections::Secret)>,
) -> Result<(), Failure> {
    if let Some(authorities) = trust::ca_bundle(tls)? {
        config.set("ssl.ca.pem", authorities);
    }
    // Checks that certificate and key are usable; librdkafka's own error would be less clear.
    let identity = trust::identity(tls, secrets.private_key.as_ref())?;
    if let (Some(_), Some(chain), Some(key)) =
        (identity, &tls.certificate_pem, &secrets.private_key)
    {
        config.set("ssl.certificate.pem", chain);
        hidden.push(("ssl.key.pem", key));
    }
    let algorithm = if tls.verify_name { "https" } else { "none" };
    config.set("ssl.endpoint.identification.algorithm", algorithm);
    Ok(())
}

fn reader(config: &mut ClientConfig, isolation: Isolation) {
    let level = match isolation {
        Isolation::Committed => "read_committed",
        Isolation::Uncommitted => "read_uncommitted",
    };
    config
        .set("isolation.level", level)
        .set("enable.partition.eof", "true")
        // A range that retention took while it was read is noticed, not skipped.
        .set("auto.offset.reset", "error")
        // A topic that was there when the read was planned and is not any more is gone.
        .set("topic.metadata.propagation.max.ms", "1000")
        // Bounded queues, and no second of rest when one is full.
        .set("queued.max.messages.kbytes", "16384")
        .set("queued.min.messages", "100000")
        .set("fetch.queue.backoff.ms", "2")
        .set("fetch.error.backoff.ms", "50")
        // The end of a partition is told by an empty answer: it must not take half a second. A
        // question that waits there also holds up the next window, which is asked for after it.
        .set("fetch.wait.max.ms", "1")
        // Where the first connection is up before the topic is named, librdkafka drops the question
        // for the topic's leaders with that connection, and asks again after this time.
        .set("retry.backoff.ms", "10")
        .set("fetch.message.max.bytes", "1048576")
        .set("fetch.max.bytes", "16777216")
        // A batch larger than the limits above is sent whole, and must fit. The peer has proven to
        // be a broker by now, so its sizes are trusted further than a stranger's.
        .set("receive.message.max.bytes", "536870912");
}

/// One batch in an answer, for a broker sends the first one whole however little is asked for, and no
/// question for the next one while there is something left of it.
fn batch_by_batch(config: &mut ClientConfig) {
    config.set("fetch.message.max.bytes", "1").set("queued.min.messages", "1");
}

/// What makes a reader fast that reads everything: large answers, and room for many of them.
fn scanner(config: &mut ClientConfig) {
    config
        .set("queued.min.messages", "1000000")
        .set("queued.max.messages.kbytes", "65536")
        .set("fetch.message.max.bytes", "4194304")
        .set("fetch.max.bytes", "67108864")
        // Nobody waits for one answer: a full one costs less than many small ones.
        .set("fetch.wait.max.ms", "10");
}

fn producer(config: &mut ClientConfig) {
    config
        .set("enable.idempotence", "true")
        .set("acks", "all")
        // A batch is what was queued before a flush: the clock and these bounds never end one.
        .set("linger.ms", "25000")
        .set("batch.num.messages", "10000")
        .set("batch.size", "4194304")
        // The broker's limit decides, not the client's.
        .set("message.max.bytes", "1000000000")
        .set("queue.buffering.max.kbytes", "1048576")
        .set("message.timeout.ms", "30000")
        .set("request.timeout.ms", "15000");
}

fn mechanism_name(mechanism: SaslMechanism) -> &'static str {
    match mechanism {
        SaslMechanism::Plain => "PLAIN",
        SaslMechanism::ScramSha256 => "SCRAM-SHA-256",
        SaslMechanism::ScramSha512 => "SCRAM-SHA-512",
    }
}

/// librdkafka takes a list in one text, in which a comma or a slash would begin something else.
fn bootstrap(settings: &KafkaSettings) -> Result<String, Failure> {
    let mut servers = Vec::new();
    for endpoint in &settings.bootstrap_servers {
        let odd =
            |c: char| c.is_whitespace() || c.is_control() || matches!(c, ',' | '/' | '[' | ']');
        if endpoint.host.is_empty() || endpoint.host.contains(odd) || endpoint.port == 0 {
            return Err(Failure::new(Code::Invalid, "a bootstrap server is not a host and a port")
                .hint("write each as host:port, for example kafka-1.example.com:9092"));
        }
        servers.push(endpoint.to_string());
    }
    if servers.is_empty() {
        return Err(Failure::new(Code::Invalid, "this connection has no bootstrap server")
            .hint("enter at least one host and port"));
    }
    Ok(servers.join(","))
}

fn account(settings: &KafkaSettings) -> Account {
    let (user, mechanism, certificate) = match &settings.security {
        KafkaSecurity::Plaintext => (None, None, false),
        KafkaSecurity::Ssl { tls } => (None, None, tls.certificate_pem.is_some()),
        KafkaSecurity::SaslSsl { tls, mechanism, user } => {
            (Some(user.clone()), Some(mechanism_name(*mechanism)), tls.certificate_pem.is_some())
        }
    };
    Account { user, mechanism, certificate }
}

#[cfg(test)]
mod tests {
    use connections::profile::Endpoint;

    use super::*;

    fn settings(hosts: &[&str]) -> KafkaSettings {
        let endpoint = |host: &&str| Endpoint { host: (*host).to_owned(), port: 9092 };
        KafkaSettings {
            bootstrap_servers: hosts.iter().map(endpoint).collect(),
            security: KafkaSecurity::Plaintext,
        }
    }

    #[test]
    fn a_host_that_would_add_servers_to_the_list_is_refused() {
        for host in ["a,b", "PLAINTEXT://a", "a b", "a\n", "", "[::1]"] {
            let refused = bootstrap(&settings(&[host])).unwrap_err();
            assert_eq!(refused.code, Code::Invalid, "{host:?}");
        }
        assert_eq!(bootstrap(&settings(&[])).unwrap_err().code, Code::Invalid);
    }

    #[test]
    fn addresses_of_both_families_are_written_as_librdkafka_reads_them() {
        assert_eq!(bootstrap(&settings(&["a.b", "::1"])).unwrap(), "a.b:9092,[::1]:9092");
    }

    #[test]
    fn every_role_is_made_of_settings_that_librdkafka_knows() {
        let roles = [
            Role::Admin,
            Role::Reader(Isolation::Committed),
            Role::Scanner(Isolation::Uncommitted),
            Role::Producer,
        ];
        for role in roles {
            let client = open(&settings(&["a"]), &Secrets::default(), role, Arc::default());
            assert!(client.is_ok(), "{role:?}: {:?}", client.err());
        }
    }
}
