//! Connections that cannot work, permissions that are missing and files that cannot be read: each gets
//! its sentence, and what can work does.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;

use brokers::{Authority, TlsDoor};
use connections::Profile;
use connections::profile::{
    AccessLevel, Broker, Environment, KafkaSecurity, KafkaSettings, RabbitMqAuthentication, Tls,
    endpoints,
};
use desktop::demo::KEYRING;
use desktop::session::{Screen, Session};
use desktop::window::Window;
use desktop::{secrets, setup};

use crate::stage::{RESTRICTED, Stage, TASKS, stage};

const SMALL: Screen = Screen { width: 1280, height: 800 };
const WRONG: &str = "not-the-password-8fd1";

/// A connection that fails, and how.
struct Case {
    name: &'static str,
    broker: Broker,
    /// The title of its page, in the words of the UI.
    title: &'static str,
    /// A part of the sentence on its page.
    page: String,
    /// The step of the test that fails.
    step: &'static str,
    /// A part of the sentence in the test.
    test: String,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_cannot_work_says_why_and_the_others_go_on() {
    let stage = stage();
    let session = Session::start(SMALL);
    let state = session.folder().join("state");
    let saved = setup::connections(stage.kafka, stage.rabbit);
    saved.put_into(&session, &state, stage.kafka, stage.rabbit);
    let expired = TlsDoor::showing(&stage.kafka.authority().expired_server());
    let cases = cases(stage, &saved, &expired);
    for case in &cases {
        let profile = profile(case.name, case.broker.clone());
        setup::save(&state, &[&profile]);
        setup::keep_password(Some(&session), KEYRING, &profile, WRONG);
    }
    let window = Window::open(&session, &state, KEYRING).await;

    for case in &cases {
        eprintln!("{}", case.name);
        window.click("link", &format!("~{} ", case.name)).await;
        window.see(case.title).await;
        window.see(&case.page).await;
        window.click("link", &format!("Edit {}", case.name)).await;
        window.find("heading", case.name).await;
        window.click("button", "Test").await;
        window.see(&format!("{} failed", case.step)).await;
        let shown = window.see(&case.test).await;
        assert!(shown.contains("not reached"), "{}: what comes after is open", case.name);
    }
    let places = secrets::places_of(WRONG, &window).await;
    assert_eq!(places, Vec::<String>::new(), "a refused password is as secret as a good one");

    window.click("link", "~kronos-events Kafka").await;
    window.click("row", "~orders.payment-failed").await;
    window.find("grid", "Records of orders.payment-failed").await;
    window.click("link", "~kronos-commands RabbitMQ").await;
    window.click("row", "~reports.pending").await;
    window.see("Nothing is held").await;
    window.close().await;
}

/// A web server that answers whatever it does not understand as HTTP asks for. It ends with the test.
fn web_server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it listens").port();
    std::thread::spawn(move || {
        for mut client in listener.incoming().flatten() {
            let mut question = [0; 512];
            if client.read(&mut question).is_ok_and(|length| length > 0) {
                let _ = client.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
            }
        }
    });
    port
}

fn cases(stage: &Stage, saved: &setup::Saved, expired: &TlsDoor) -> Vec<Case> {
    let Broker::Kafka(kafka) = saved.events.broker.clone() else { panic!("Kafka") };
    let Broker::RabbitMq(rabbit) = saved.commands.broker.clone() else { panic!("RabbitMQ") };
    let stranger = Authority::new("somebody else").pem();
    let plain = |port: u16| {
        Broker::Kafka(KafkaSettings {
            bootstrap_servers: endpoints(&format!("localhost:{port}")).expect("an address"),
            security: KafkaSecurity::Plaintext,
        })
    };
    let not_trusting = |security: KafkaSecurity| match security {
        KafkaSecurity::SaslSsl { tls, mechanism, user } => KafkaSecurity::SaslSsl {
            tls: Tls { ca_pem: Some(stranger.clone()), ..tls },
            mechanism,
            user,
        },
        other => other,
    };
    let at = |port: u16| format!("localhost:{port}");
    let web = web_server();
    // Kept, so that no broker of another test listens there.
    let free = brokers::Port::free();
    let nobody = free.number();
    let mut nowhere = kafka.clone();
    nowhere.bootstrap_servers = endpoints("no-such-broker.invalid:9093").expect("an address");
    let mut old = kafka.clone();
    old.bootstrap_servers = endpoints(&at(expired.port())).expect("an address");
    let mut untrusting = rabbit.clone();
    untrusting.tls = untrusting.tls.map(|tls| Tls { ca_pem: Some(stranger.clone()), ..tls });
    let mut refused = rabbit.clone();
    refused.management_url = None;

    let case = |name, broker, title, page: &str, step, test: &str| Case {
        name,
        broker,
        title,
        page: page.to_owned(),
        step,
        test: test.to_owned(),
    };
    let refusal = "does not accept the user admin with this password";
    vec![
        case(
            "kafka-password",
            Broker::Kafka(kafka.clone()),
            "Authentication failed",
            refusal,
            "Authentication",
            refusal,
        ),
        case(
            "rabbit-password",
            Broker::RabbitMq(refused),
            "Authentication failed",
            "admin",
            "Authentication",
            "admin",
        ),
        case(
            "kafka-ca",
            Broker::Kafka(KafkaSettings {
                security: not_trusting(kafka.security.clone()),
                ..kafka.clone()
            }),
            "No secure connection",
            "not signed by an authority that is trusted",
            "TLS",
            "trusted",
        ),
        case(
            "rabbit-ca",
            Broker::RabbitMq(untrusting),
            "No secure connection",
            "not signed by a trusted authority",
            "TLS",
            "trusted",
        ),
        case(
            "kafka-expired",
            Broker::Kafka(old),
            "No secure connection",
            "has expired",
            "TLS",
            "has expired",
        ),
        case(
            "kafka-web",
            plain(web),
            "Something else answers there",
            "is a web server, not a Kafka broker",
            "Kafka answers",
            "web server",
        ),
        case(
            "kafka-amqp",
            plain(stage.rabbit.amqp_port()),
            "Something else answers there",
            "AMQP",
            "Kafka answers",
            "AMQP",
        ),
        case(
            "kafka-nobody",
            plain(nobody),
            "The broker cannot be reached",
            &format!("nobody listens at {}", at(nobody)),
            "TCP",
            &at(nobody),
        ),
        case(
            "kafka-name",
            Broker::Kafka(nowhere),
            "The name was not found",
            "no-such-broker.invalid",
            "Name lookup",
            "no-such-broker.invalid",
        ),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_is_said_where_it_is_missing_and_nowhere_else() {
    let stage = stage();
    let session = Session::start(SMALL);
    let state = session.folder().join("state");
    let mut saved = setup::connections(stage.kafka, stage.rabbit);
    if let Broker::Kafka(kafka) = &mut saved.events.broker
        && let KafkaSecurity::SaslSsl { user, .. } = &mut kafka.security
    {
        *user = "reader".to_owned();
    }
    if let Broker::RabbitMq(rabbit) = &mut saved.commands.broker {
        rabbit.authentication = RabbitMqAuthentication::Plain { user: "limited".to_owned() };
    }
    saved.commands.environment = Environment::Dev;
    saved.commands.access = AccessLevel::Guarded;
    setup::save(&state, &[&saved.events, &saved.commands]);
    let keep = |profile, password| {
        setup::keep_password(Some(&session), KEYRING, profile, password);
    };
    keep(&saved.events, stage.kafka.password_of("reader"));
    keep(&saved.commands, stage.rabbit.password_of("limited"));
    let window = Window::open(&session, &state, KEYRING).await;

    window.click("link", "~kronos-events Kafka").await;
    window.click("row", &format!("~{RESTRICTED}")).await;
    window.find("heading", RESTRICTED).await;
    window.see("A permission is missing").await;
    let shown = window.see("Try again").await;
    assert!(shown.contains(&format!("topic {RESTRICTED}")), "it names the topic:\n{shown}");
    window.click("link", "Topics").await;
    window.click("row", "~orders.payment-failed").await;
    window.find("grid", "Records of orders.payment-failed").await;

    window.click("link", "~kronos-commands RabbitMQ").await;
    window.click("row", "~reports.pending").await;
    hold(&window, 1).await;
    let shown = window.see("A permission is missing").await;
    assert!(shown.contains("reports.pending"), "it names the queue:\n{shown}");
    let untouched = stage.oracle().depth("reports.pending");
    assert_eq!((untouched.ready, untouched.unacked), (31, 0));
    window.click_first("link", "~Queues").await;
    window.click("row", &format!("~{TASKS}")).await;
    hold(&window, 1).await;
    window.see("Holding 1 message").await;
    window.click("button", "Return all").await;
    window.see("This hold has ended").await;
    let returned = stage.oracle().depth(TASKS);
    assert_eq!((returned.ready, returned.unacked), (2, 0));
    window.close().await;
}

async fn hold(window: &Window<'_>, count: u32) {
    window.click("button", "Hold…").await;
    window.fill("How many messages", &count.to_string()).await;
    window.click("button", &format!("Hold {count}")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_connections_that_is_cut_off_is_kept_aside_byte_for_byte_and_said() {
    let (session, path, whole) = with_a_file_of_connections();
    let cut = &whole.as_bytes()[..whole.len() / 2];
    std::fs::write(&path, cut).expect("the state folder is ours");
    let window = Window::open(&session, path.parent().expect("a folder"), KEYRING).await;

    let shown = window.see("it was kept as profiles.json.kept-").await;
    assert!(shown.contains("profiles.json is damaged"), "{shown}");
    window.see("No connection yet").await;
    let kept: Vec<_> = files_named(&path, "profiles.json.kept-");
    assert_eq!(kept.len(), 1, "kept once: {kept:?}");
    assert_eq!(std::fs::read(&kept[0]).expect("the kept file"), cut);
    window.click("button", "Dismiss").await;
    window.see_no_more("profiles.json.kept-").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_connections_from_a_newer_version_is_left_as_it_is_and_said() {
    let (session, path, whole) = with_a_file_of_connections();
    let newer = whole.replace("\"version\": 1", "\"version\": 2");
    assert_ne!(newer, whole);
    std::fs::write(&path, &newer).expect("the state folder is ours");
    let window = Window::open(&session, path.parent().expect("a folder"), KEYRING).await;

    let shown = window.see("newer than this console").await;
    assert!(shown.contains("is of version 2"), "{shown}");
    // Nothing may be saved over it, and that is said to whoever tries.
    window.click_first("link", "Add a connection").await;
    window.fill("Name", "another").await;
    window.fill("Bootstrap servers", "localhost:9").await;
    window.click("radio", "~PLAINTEXT").await;
    window.click("button", "Save").await;
    window
        .until("the form says why", "return document.querySelector('form [role=alert]') !== null")
        .await;
    assert_eq!(std::fs::read_to_string(&path).expect("the file"), newer);
    window.close().await;
}

fn with_a_file_of_connections() -> (Session, PathBuf, String) {
    let session = Session::start(SMALL);
    let state = session.folder().join("state");
    setup::save_unreachable_connections(&state);
    let path = state.join("profiles.json");
    let whole = std::fs::read_to_string(&path).expect("the file of connections");
    (session, path, whole)
}

fn files_named(beside: &std::path::Path, start: &str) -> Vec<PathBuf> {
    let folder = beside.parent().expect("a file is in a folder");
    let entries = std::fs::read_dir(folder).expect("the state folder").flatten();
    let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(start));
    named.map(|entry| entry.path()).collect()
}

fn profile(name: &str, broker: Broker) -> Profile {
    Profile {
        id: connections::ProfileId::random(),
        name: name.to_owned(),
        environment: Environment::Dev,
        access: AccessLevel::ReadOnly,
        broker,
    }
}
