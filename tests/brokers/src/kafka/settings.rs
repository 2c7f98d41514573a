//! `server.properties`: one KRaft node, broker and controller in one, with every listener at once.

use std::fmt::Write;

use super::{Kafka, KafkaOptions, Listener, Node};

/// Everything one node is told. The names of the users and their rights are explained at [`Kafka`].
pub fn server_properties(kafka: &Kafka, node: &Node, options: &KafkaOptions) -> String {
    let folder = kafka.folder.path();
    let nodes = kafka.nodes.len();
    let every = |line: &dyn Fn(Listener) -> String| -> String { Listener::ALL.map(line).join(",") };
    let quorum: Vec<String> = kafka
        .nodes
        .iter()
        .map(|node| format!("{}@127.0.0.1:{}", node.id, node.controller.number()))
        .collect();

    let mut text = String::new();
    let mut set = |key: &str, value: &str| {
        writeln!(text, "{key}={value}").expect("a string takes any text");
    };
    set("process.roles", "broker,controller");
    set("node.id", &node.id.to_string());
    set("controller.quorum.voters", &quorum.join(","));
    set("controller.listener.names", "CONTROLLER");
    set("inter.broker.listener.name", Listener::Plaintext.name());
    set("log.dirs", &node.data.display().to_string());

    let bound = every(&|l| format!("{}://127.0.0.1:{}", l.name(), node.port(l)));
    set("listeners", &format!("{bound},CONTROLLER://127.0.0.1:{}", node.controller.number()));
    let advertised = every(&|l| format!("{}://{}:{}", l.name(), l.host(), node.advertised(l)));
    set("advertised.listeners", &advertised);
    let protocols = every(&|l| format!("{}:{}", l.name(), l.protocol()));
    set("listener.security.protocol.map", &format!("{protocols},CONTROLLER:PLAINTEXT"));

    set("ssl.keystore.type", "PEM");
    set("ssl.keystore.location", &folder.join("server.pem").display().to_string());
    set("ssl.truststore.type", "PEM");
    set("ssl.truststore.location", &folder.join("ca.pem").display().to_string());
    set("listener.name.mtls.ssl.client.auth", "required");

    set("listener.name.sasl.sasl.enabled.mechanisms", "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512");
    for mechanism in ["scram-sha-256", "scram-sha-512"] {
        set(
            &format!("listener.name.sasl.{mechanism}.sasl.jaas.config"),
            "org.apache.kafka.common.security.scram.ScramLoginModule required;",
        );
    }
    let passwords: Vec<String> = kafka
        .passwords
        .iter()
        .map(|(user, password)| format!("user_{user}=\"{password}\""))
        .collect();
    let plain = "org.apache.kafka.common.security.plain.PlainLoginModule required";
    let jaas = format!("{plain} {};", passwords.join(" "));
    set("listener.name.sasl.plain.sasl.jaas.config", &jaas);
    set("listener.name.oauth.sasl.enabled.mechanisms", "OAUTHBEARER");
    set(
        "listener.name.oauth.oauthbearer.sasl.jaas.config",
        "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \
         unsecuredLoginStringClaim_sub=\"broker\";",
    );

    set("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    set("allow.everyone.if.no.acl.found", "false");
    set("super.users", "User:ANONYMOUS;User:admin;User:CN=kronos-client");
    set("auto.create.topics.enable", &options.auto_create_topics.to_string());

    // Internal topics as small as they may be: their creation is part of many a test.
    let replicas = nodes.to_string();
    set("default.replication.factor", &replicas);
    set("offsets.topic.replication.factor", &replicas);
    set("offsets.topic.num.partitions", "3");
    set("transaction.state.log.replication.factor", &replicas);
    set("transaction.state.log.num.partitions", "3");
    set("share.coordinator.state.topic.replication.factor", &replicas);
    set("share.coordinator.state.topic.num.partitions", "3");
    let in_sync = if nodes > 1 { "2" } else { "1" };
    set("min.insync.replicas", in_sync);
    set("transaction.state.log.min.isr", in_sync);
    set("share.coordinator.state.topic.min.isr", in_sync);

    // No waiting for members that will not come, and a lost node is noticed within seconds.
    set("group.initial.rebalance.delay.ms", "0");
    set("broker.session.timeout.ms", "6000");
    set("broker.heartbeat.interval.ms", "1000");
    set("controlled.shutdown.enable", "false");
    set("num.network.threads", "2");
    set("num.io.threads", "4");
    // Any retention but "for ever" would remove records of the past that a test writes on purpose.
    set("log.retention.ms", "-1");
    // Room for the 20 MB message of the bad-input tests.
    set("message.max.bytes", "33554432");
    set("replica.fetch.max.bytes", "33554432");

    for (key, value) in &options.extra {
        set(key, value);
    }
    text
}

/// Readiness is read from this log. Kafka's own default writes none at all.
pub const LOG4J: &str = "\
status = warn
appender.out.type = Console
appender.out.name = OUT
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = [%d] %p %m (%c)%n
rootLogger.level = info
rootLogger.appenderRef.out.ref = OUT
";
