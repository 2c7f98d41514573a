//! Brokers start, stop, crash, freeze and die with whoever started them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use brokers::inspect::{listening, processes_of};
use brokers::{Fault, Kafka, KafkaOptions, Listener, RabbitMq, RabbitOptions};
use lapin::options::QueueDeclareOptions;
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties};
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use serde_json::{Value, json};

use super::rabbitmq_access::{log_in_by_certificate, log_in_over_tls};

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn programs(processes: &BTreeSet<u32>) -> BTreeSet<String> {
    let name = |pid: &u32| fs::read_to_string(format!("/proc/{pid}/comm")).ok();
    processes.iter().filter_map(name).map(|name| name.trim().to_owned()).collect()
}

#[test]
fn nothing_listens_outside_this_machine() {
    let (kafka, rabbit) = (brokers::kafka(), brokers::rabbitmq());
    let before = processes_of(rabbit.folder()).len();
    std::thread::scope(|scope| {
        // RabbitMQ's own tool is an Erlang node, too, as long as it runs.
        scope.spawn(|| rabbit.ctl(&["eval", "timer:sleep(1500)."]).unwrap());
        until("the tool runs", || processes_of(rabbit.folder()).len() > before);
        std::thread::sleep(Duration::from_millis(800));
        for (run, at_least) in [(kafka.folder(), 6), (rabbit.folder(), 8)] {
            let found = listening(&processes_of(run));
            assert!(found.len() >= at_least, "the listeners are found at all: {found:?}");
            assert!(found.iter().all(|address| address.ip().is_loopback()), "{found:?}");
        }
    });
}

#[test]
fn a_killed_holder_leaves_no_process_behind() {
    let mut holder = Command::new(env!("CARGO_BIN_EXE_brokers"))
        .arg("world")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(holder.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let facts: Value = serde_json::from_str(&line).unwrap();
    let runs = ["kafka", "rabbitmq"].map(|broker| {
        PathBuf::from(facts[broker]["folder"].as_str().expect("the folder of its run"))
    });
    let alive = || runs.iter().flat_map(|run| processes_of(run)).collect::<BTreeSet<u32>>();
    let names = programs(&alive());
    for program in ["java", "beam.smp", "epmd"] {
        assert!(names.contains(program), "{program} runs: {names:?}");
    }
    holder.kill().unwrap();
    holder.wait().unwrap();
    until("all processes of the brokers are gone", || alive().is_empty());
    for run in runs {
        fs::remove_dir_all(run).unwrap();
    }
}

#[test]
fn brokers_run_side_by_side_and_leave_nothing_when_stopped() {
    let strict = RabbitOptions {
        require_client_certificate: true,
        consumer_timeout: Some(Duration::from_secs(1)),
        plugins: vec!["rabbitmq_shovel".into()],
        ..RabbitOptions::default()
    };
    let (first, second) = std::thread::scope(|scope| {
        let first = scope.spawn(|| RabbitMq::start(RabbitOptions::default()));
        let second = RabbitMq::start(strict);
        (first.join().unwrap(), second)
    });
    // Not the same: what is declared on one is unknown to the other.
    let durable = json!({ "durable": true });
    first.api("PUT", "/api/queues/%2F/only-here", Some(&durable)).unwrap();
    second.api("GET", "/api/queues/%2F/only-here", None).unwrap_err();

    each_option_is_heard(&second);
    let run = second.folder().to_owned();
    second.stop();
    assert_gone(&run);

    crash_and_freeze(&first);
    let run = first.folder().to_owned();
    drop(first);
    assert_gone(&run);
}

fn each_option_is_heard(strict: &RabbitMq) {
    strict.api("GET", "/api/parameters/shovel", None).expect("the shovel plugin is on");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        assert!(!log_in_over_tls(strict, "admin", "/", &strict.ca_pem()).await, "no certificate");
        assert!(log_in_by_certificate(strict, Some(strict.client_certificate())).await);

        let url = strict.amqp_url("admin", "/");
        let connection = Connection::connect(&url, ConnectionProperties::default()).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        let (options, none) = (QueueDeclareOptions::durable(), FieldTable::default());
        channel.queue_declare("slow".into(), options, none.clone()).await.unwrap();
        let options = Default::default();
        // Kept: a dropped consumer cancels itself, and then nothing is late.
        let consumer = channel.basic_consume("slow".into(), "slow".into(), options, none);
        let _consumer = consumer.await.unwrap();
        let (options, properties) = (Default::default(), Default::default());
        channel.basic_publish("".into(), "slow".into(), options, b"", properties).await.unwrap();
        until("the consumer that acknowledges nothing is thrown out", || {
            !channel.status().connected()
        });
    });
}

fn assert_gone(run: &Path) {
    until("its processes are gone", || processes_of(run).is_empty());
    // Kept only when another test of this process failed.
    assert!(!run.exists() || run.join("kept").exists(), "its folder is gone");
}

fn crash_and_freeze(rabbit: &RabbitMq) {
    let hello = |stream: &mut TcpStream| {
        stream.write_all(b"AMQP\x00\x00\x09\x01").unwrap();
        stream.read(&mut [0; 8])
    };
    let connect = || {
        let stream = TcpStream::connect(("127.0.0.1", rabbit.amqp_port())).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        stream
    };
    rabbit.freeze();
    let mut stream = connect();
    hello(&mut stream).expect_err("a frozen broker accepts and does not answer");
    rabbit.thaw();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    assert_eq!(stream.read(&mut [0; 8]).unwrap(), 8, "thawed, it answers what it was asked");

    rabbit.kill();
    TcpStream::connect(("127.0.0.1", rabbit.amqp_port())).expect_err("a dead broker refuses");
    rabbit.restart();
    assert!(hello(&mut connect()).is_ok(), "the same port serves again");
    rabbit.api("GET", "/api/queues/%2F/only-here", None).expect("durable things survive a crash");
}

#[test]
fn three_nodes_survive_the_loss_of_one_and_take_it_back() {
    let options = KafkaOptions { nodes: 3, proxied: true, ..KafkaOptions::default() };
    let kafka = Kafka::start(options);
    let run = kafka.folder().to_owned();
    assert_eq!(kafka.pids().len(), 3);

    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", kafka.bootstrap(Listener::Sasl));
    config.set("security.protocol", "SASL_SSL").set("sasl.mechanism", "SCRAM-SHA-512");
    config.set("sasl.username", "admin").set("sasl.password", kafka.password_of("admin"));
    config.set("ssl.ca.pem", kafka.ca_pem()).set("log_level", "0");
    let client: BaseConsumer = config.create().unwrap();
    let brokers = || {
        let found = client.fetch_metadata(None, Duration::from_secs(20));
        let mut ports: Vec<i32> = found.unwrap().brokers().iter().map(|b| b.port()).collect();
        ports.sort_unstable();
        ports
    };
    let mut all = [1, 2, 3].map(|node| i32::from(kafka.port(node, Listener::Sasl)));
    all.sort_unstable();
    assert_eq!(brokers(), all, "clients are told the ports of the proxies");
    let passed: usize = [1, 2, 3].iter().map(|node| kafka.proxy(*node).connections()).sum();
    assert!(passed > 0, "and connect through them");

    kafka.kill(2);
    assert_eq!(kafka.pids().len(), 2);
    until("the others notice", || brokers().len() == 2);
    kafka.restart(2);
    until("the third is back", || brokers() == all);

    for node in [1, 2, 3] {
        kafka.proxy(node).set(Fault::Refuse);
    }
    client.fetch_metadata(None, Duration::from_secs(1)).expect_err("no way in is left");
    drop(client);
    kafka.stop();
    assert_gone(&run);
}
