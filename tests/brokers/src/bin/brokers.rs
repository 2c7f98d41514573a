//! Starts real brokers by hand: `cargo run -p brokers -- world`.
//!
//! Prints how to reach them as one line of JSON and keeps them until its standard input closes or
//! it is told to end. The passwords are printed, too: they are made for this run and end with it.

use std::io::Write;
use std::process::ExitCode;
use std::time::Instant;

use brokers::{Kafka, KafkaOptions, Listener, RabbitMq, RabbitOptions, World};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

const USAGE: &str = "\
usage: brokers world      Kafka and RabbitMQ with the demo world
       brokers kafka      one Kafka node
       brokers rabbitmq   one RabbitMQ node";

fn main() -> ExitCode {
    let wanted = std::env::args().nth(1).unwrap_or_default();
    let (with_kafka, with_rabbitmq) = match wanted.as_str() {
        "world" => (true, true),
        "kafka" => (true, false),
        "rabbitmq" => (false, true),
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    let started = Instant::now();
    // Side by side: half the wait.
    let rabbit = std::thread::spawn(move || {
        with_rabbitmq.then(|| RabbitMq::start(RabbitOptions::default()))
    });
    let kafka = with_kafka.then(|| Kafka::start(KafkaOptions::default()));
    let Ok(rabbit) = rabbit.join() else {
        return ExitCode::FAILURE;
    };
    let up = started.elapsed();
    let world = match (&kafka, &rabbit) {
        (Some(kafka), Some(rabbit)) => Some(World::seed(kafka, rabbit)),
        _ => None,
    };
    let filled = started.elapsed() - up;
    eprintln!("up after {:.1} s, filled in {:.1} s", up.as_secs_f32(), filled.as_secs_f32());
    let facts = json!({
        "kafka": kafka.as_ref().map(kafka_facts),
        "rabbitmq": rabbit.as_ref().map(rabbitmq_facts),
        "world": world.as_ref().map(World::facts),
    });
    // A reader that is gone has closed standard input as well: that is noticed below.
    let _ = writeln!(std::io::stdout(), "{facts}");
    wait_for_the_end();
    ExitCode::SUCCESS
}

fn kafka_facts(kafka: &Kafka) -> Value {
    let user = |name| json!({ "name": name, "password": kafka.password_of(name) });
    let users = ["admin", "reader", "nobody"].map(user);
    json!({
        "plaintext": kafka.bootstrap(Listener::Plaintext),
        "ssl": kafka.bootstrap(Listener::Ssl),
        "sasl_ssl": kafka.bootstrap(Listener::Sasl),
        "mtls": kafka.bootstrap(Listener::Mtls),
        "oauthbearer": kafka.bootstrap(Listener::OAuth),
        "users": users,
        "ca_pem": kafka.ca_pem(),
        "client_certificate_pem": kafka.client_certificate().certificate_pem,
        "client_key_pem": kafka.client_certificate().key_pem,
        "folder": kafka.folder(),
    })
}

fn rabbitmq_facts(rabbit: &RabbitMq) -> Value {
    let user = |name| json!({ "name": name, "password": rabbit.password_of(name) });
    let users = ["admin", "support", "limited", "nobody"].map(user);
    json!({
        "amqp_port": rabbit.amqp_port(),
        "amqps_port": rabbit.amqps_port(),
        "management": rabbit.management_url(),
        "management_without_tls": format!("http://localhost:{}", rabbit.http_port()),
        "stream_port": rabbit.stream_port(),
        "vhosts": ["/", "orders/eu"],
        "users": users,
        "ca_pem": rabbit.ca_pem(),
        "client_certificate_pem": rabbit.client_certificate().certificate_pem,
        "client_key_pem": rabbit.client_certificate().key_pem,
        "folder": rabbit.folder(),
    })
}

fn wait_for_the_end() {
    let (close, closed) = tokio::sync::oneshot::channel::<()>();
    // A thread, because reading cannot be interrupted; the process ends without asking it.
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(close);
    });
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime starts").block_on(async {
        let mut terminated = signal(SignalKind::terminate()).expect("SIGTERM can be heard");
        let mut interrupted = signal(SignalKind::interrupt()).expect("SIGINT can be heard");
        tokio::select! {
            _ = closed => {}
            _ = terminated.recv() => {}
            _ = interrupted.recv() => {}
        }
    });
}
