//! The files that RabbitMQ is started with: its configuration, and the users and vhosts of a run.

use std::fmt::Write;

use serde_json::{Value, json};

use super::{RabbitMq, RabbitOptions};

/// The plugins every run has.
const PLUGINS: [&str; 4] = [
    "rabbitmq_management",
    "rabbitmq_auth_mechanism_ssl",
    "rabbitmq_stream",
    "rabbitmq_stream_management",
];

/// An Erlang list of plugin names.
pub fn enabled_plugins(options: &RabbitOptions) -> String {
    let names = PLUGINS.into_iter().chain(options.plugins.iter().map(String::as_str));
    format!("[{}].\n", names.collect::<Vec<_>>().join(","))
}

/// `rabbitmq.conf`.
pub fn configuration(rabbit: &RabbitMq, options: &RabbitOptions) -> String {
    let folder = rabbit.folder.path();
    let mut text = String::new();
    let mut set = |key: &str, value: &str| {
        writeln!(text, "{key} = {value}").expect("a string takes any text");
    };
    let at = |port: u16| format!("127.0.0.1:{port}");
    // Numbered listeners: the `default` ones listen on every interface.
    set("listeners.tcp.1", &at(rabbit.amqp_port()));
    set("listeners.ssl.1", &at(rabbit.amqps_port()));
    set("stream.listeners.tcp.1", &at(rabbit.stream_port()));
    set("stream.advertised_host", "localhost");
    set("stream.advertised_port", &rabbit.stream_port().to_string());
    set("management.tcp.ip", "127.0.0.1");
    set("management.tcp.port", &rabbit.http_port().to_string());
    set("management.ssl.ip", "127.0.0.1");
    set("management.ssl.port", &rabbit.https_port().to_string());
    for prefix in ["ssl_options", "management.ssl"] {
        for (key, file) in
            [("cacertfile", "ca.pem"), ("certfile", "server.pem"), ("keyfile", "server.key")]
        {
            set(&format!("{prefix}.{key}"), &folder.join(file).display().to_string());
        }
    }
    // One node has one way of verifying for all its amqps listeners: so a client certificate is
    // asked for, and checked when it comes, unless a test wants it to be required.
    set("ssl_options.verify", "verify_peer");
    let required = options.require_client_certificate;
    set("ssl_options.fail_if_no_peer_cert", &required.to_string());
    set("ssl_cert_login_from", "common_name");
    set("auth_mechanisms.1", "PLAIN");
    set("auth_mechanisms.2", "AMQPLAIN");
    set("auth_mechanisms.3", "EXTERNAL");

    set("load_definitions", &folder.join("definitions.json").display().to_string());
    // Figures of the management API follow within a second instead of five.
    set("collect_statistics_interval", "1000");
    set("log.console", "true");
    set("log.console.level", "info");
    set("log.file", "false");
    if let Some(timeout) = options.consumer_timeout {
        set("consumer_timeout", &timeout.as_millis().to_string());
    }
    if let Some(bytes) = options.memory_limit {
        set("vm_memory_high_watermark.absolute", &bytes.to_string());
    }
    for (key, value) in &options.extra {
        set(key, value);
    }
    text
}

/// `advanced.config`, for what the other file has no name for.
pub fn advanced(options: &RabbitOptions) -> String {
    // How often the broker looks for consumers that are late; its own default is a minute.
    let tick = options.consumer_timeout.map_or(60_000, |timeout| timeout.as_millis() / 4);
    format!("[{{rabbit, [{{channel_tick_interval, {}}}]}}].\n", tick.clamp(100, 60_000))
}

/// The users, vhosts and rights, loaded at the boot.
pub fn definitions(rabbit: &RabbitMq) -> Value {
    let vhosts = ["/", "orders/eu"];
    let user = |name: &str, tag: &str| {
        let mut user = json!({ "name": name, "tags": tag });
        // Without a password, a user can only come with its certificate.
        match rabbit.passwords.get(name) {
            Some(password) => user["password"] = json!(password),
            None => user["password_hash"] = json!(""),
        }
        user
    };
    let may = |name: &'static str, configure: &'static str, write: &'static str, read| {
        vhosts.map(|vhost| {
            json!({
                "user": name, "vhost": vhost, "configure": configure, "write": write, "read": read,
            })
        })
    };
    let permissions = [
        may("admin", ".*", ".*", ".*"),
        may("kronos-client", ".*", ".*", ".*"),
        may("support", "^$", ".*", ".*"),
        may("limited", "^$", "^$", "^task_"),
    ];
    json!({
        "users": [
            user("admin", "administrator"),
            user("support", "management"),
            user("limited", "management"),
            user("nobody", ""),
            user("kronos-client", "administrator"),
        ],
        "vhosts": vhosts.map(|name| json!({ "name": name })),
        "permissions": permissions.as_flattened(),
    })
}
