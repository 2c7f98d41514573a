//! Connecting, and every way it fails.

use std::io::Read;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use brokers::{Authority, Proxy, TlsDoor};
use connections::Code;
use connections::probe::{Stage, StepState};
use connections::profile::{Profile, RabbitMqAuthentication};
use connections::secret::{Secret, Secrets};
use rabbitmq::Version;
use rabbitmq::publish::OutgoingMessage;
use rabbitmq::{Broker, LinkState, diagnose};

use crate::support::*;

async fn failure(profile: &Profile, secrets: &Secrets) -> connections::Failure {
    match Broker::connect(profile, secrets).await {
        Ok(_) => panic!("this must not connect"),
        Err(failure) => {
            assert!(failure.hint.is_some(), "no next step: {}", failure.message);
            failure
        }
    }
}

fn external(profile: Profile, certificate: &brokers::Identity) -> (Profile, Secrets) {
    let profile = change(profile, |settings| {
        settings.authentication = RabbitMqAuthentication::External { management_user: None };
        if let Some(tls) = &mut settings.tls {
            tls.certificate_pem = Some(certificate.certificate_pem.clone());
        }
    });
    let key = Some(Secret::new(certificate.key_pem.clone()));
    (profile, Secrets { password: None, private_key: key })
}

#[tokio::test(flavor = "multi_thread")]
async fn plain_tls_and_certificate_logins_connect_and_know_the_server() {
    let rabbit = brokers::rabbitmq();
    let with_password = secrets(rabbit, "admin");
    let (certified, with_key) =
        external(tls_profile(rabbit, "unused"), rabbit.client_certificate());
    for (profile, secrets) in [
        (profile(rabbit, "admin"), &with_password),
        (tls_profile(rabbit, "admin"), &with_password),
        (certified, &with_key),
    ] {
        let broker = Broker::connect(&profile, secrets).await.unwrap();
        let identity = broker.identity();
        assert_eq!(identity.product.as_deref(), Some("RabbitMQ"));
        assert!(identity.version.unwrap() >= Version::new(3, 10, 0), "{identity:?}");
        assert!(identity.cluster_name.is_some());
        assert_eq!(*broker.state().borrow(), LinkState::Up);
        broker.close().await;
        let mut state = broker.state();
        let lost = state.wait_for(|state| matches!(state, LinkState::Lost(_)));
        tokio::time::timeout(PATIENCE, lost).await.expect("a closed connection is lost").unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_named_in_the_brokers_list() {
    let rabbit = brokers::rabbitmq();
    let proxy = Proxy::to(rabbit.amqp_port());
    let through = change(profile(rabbit, "support"), |s| s.endpoint = localhost(proxy.port()));
    let _broker = Broker::connect(&through, &secrets(rabbit, "support")).await.unwrap();
    let listed = rabbit.ctl(&["list_connections", "user", "client_properties"]).unwrap();
    let ours = listed.lines().find(|line| line.starts_with("support")).expect("listed");
    assert!(ours.contains("\"connection_name\",\"Kronos Console\""), "{ours}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_not_trusted_is_not_spoken_to() {
    let rabbit = brokers::rabbitmq();
    let secrets = secrets(rabbit, "admin");
    let other = Authority::new("another");
    let stranger = change(tls_profile(rabbit, "admin"), |s| s.tls = Some(only(&other.pem())));
    let refused = failure(&stranger, &secrets).await;
    assert_eq!(refused.code, Code::Tls);
    assert!(refused.message.contains("not signed by a trusted authority"), "{refused}");

    let doors = [
        (rabbit.authority().expired_server(), "has expired"),
        (rabbit.authority().server_named("mq.elsewhere"), "for another name"),
    ];
    for (identity, phrase) in doors {
        let door = TlsDoor::showing(&identity);
        let there = change(tls_profile(rabbit, "admin"), |s| s.endpoint = localhost(door.port()));
        let refused = failure(&there, &secrets).await;
        assert_eq!(refused.code, Code::Tls);
        assert!(refused.message.contains(phrase), "{refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_port_is_called_what_it_is() {
    let rabbit = brokers::rabbitmq();
    let secrets = secrets(rabbit, "admin");
    let plain_to = |port| change(profile(rabbit, "admin"), |s| s.endpoint = localhost(port));
    let tls_to = |port| change(tls_profile(rabbit, "admin"), |s| s.endpoint = localhost(port));

    let server = web("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
    let answered = failure(&plain_to(server), &secrets).await;
    assert_eq!(answered.code, Code::NotABroker, "{answered}");
    assert!(answered.message.contains("web server"), "{answered}");
    // RabbitMQ's own web server hangs up without a word.
    let management = failure(&plain_to(rabbit.http_port()), &secrets).await;
    assert_eq!(management.code, Code::NotABroker, "{management}");
    let tls = failure(&plain_to(rabbit.amqps_port()), &secrets).await;
    assert_eq!(tls.code, Code::NotABroker, "{tls}");
    let no_tls = failure(&tls_to(rabbit.amqp_port()), &secrets).await;
    assert_eq!(no_tls.code, Code::Tls, "{no_tls}");
    assert!(no_tls.message.contains("does not speak TLS"), "{no_tls}");
    let web_over_tls = failure(&tls_to(rabbit.https_port()), &secrets).await;
    assert_eq!(web_over_tls.code, Code::NotABroker, "{web_over_tls}");

    // What a Kafka does with AMQP's first words: it hangs up.
    let rude = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = rude.local_addr().unwrap().port();
    std::thread::spawn(move || {
        let (mut stream, _) = rude.accept().unwrap();
        let _ = stream.read(&mut [0; 8]);
    });
    let hung_up = failure(&plain_to(port), &secrets).await;
    assert_eq!(hung_up.code, Code::NotABroker, "{hung_up}");

    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let refused = failure(&plain_to(closed), &secrets).await;
    assert_eq!(refused.code, Code::Unreachable, "{refused}");
    let nowhere =
        change(profile(rabbit, "admin"), |s| s.endpoint.host = "no-such-host.invalid".into());
    assert_eq!(failure(&nowhere, &secrets).await.code, Code::NameLookup);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_says_nothing_is_given_up_in_time() {
    let rabbit = brokers::rabbitmq();
    let mute = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = change(profile(rabbit, "admin"), |settings| {
        settings.endpoint = localhost(mute.local_addr().unwrap().port());
    });
    let began = Instant::now();
    let failure = failure(&silent, &secrets(rabbit, "admin")).await;
    assert_eq!(failure.code, Code::Timeout, "{failure}");
    assert!(began.elapsed() < Duration::from_secs(25), "took {:?}", began.elapsed());
    // The connection is let go of, not left to a thread that waits for ever.
    let (mut stream, _) = mute.accept().unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut heard = Vec::new();
    stream.read_to_end(&mut heard).expect("our end was closed");
    assert_eq!(heard, b"AMQP\x00\x00\x09\x01", "and no login was sent");
}

/// Lines of the broker's log about refused logins of a user, whichever protocol.
fn refusals(rabbit: &brokers::RabbitMq, user: &str) -> usize {
    let log = std::fs::read_to_string(rabbit.folder().join("broker.log")).unwrap();
    let named = format!("user '{user}'");
    log.lines().filter(|line| line.contains(&named) && line.contains("invalid credentials")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_tried_exactly_once() {
    let rabbit = brokers::rabbitmq();
    // A user of its own, so that the log's lines are this test's.
    let user = format!("u{}", uuid::Uuid::new_v4().simple());
    rabbit.ctl(&["add_user", &user, "right"]).unwrap();
    let refused = failure(&profile(rabbit, &user), &password("wrong")).await;
    assert_eq!(refused.code, Code::Authentication, "{refused}");
    eventually(async || refusals(rabbit, &user) > 0).await;
    assert_eq!(refusals(rabbit, &user), 1, "one attempt, and none at the management API");

    let diagnosis = diagnose(&profile(rabbit, &user), &password("wrong")).await;
    assert_eq!(diagnosis.failed().map(|step| step.stage), Some(Stage::Authentication));
    eventually(async || refusals(rabbit, &user) > 1).await;
    assert_eq!(refusals(rabbit, &user), 2, "a diagnosis is one attempt, too");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_for_the_management_api_is_sent_once() {
    let rabbit = brokers::rabbitmq();
    let user = format!("m{}", uuid::Uuid::new_v4().simple());
    rabbit.ctl(&["add_user", &user, "right"]).unwrap();
    let (certified, mut secrets) =
        external(tls_profile(rabbit, "unused"), rabbit.client_certificate());
    let certified = change(certified, |settings| {
        settings.authentication =
            RabbitMqAuthentication::External { management_user: Some(user.clone()) };
    });
    secrets.password = Some(Secret::new("wrong".to_owned()));
    let broker = Broker::connect(&certified, &secrets).await.unwrap();
    for _ in 0..3 {
        let refused = broker.management().unwrap().whoami().await.unwrap_err();
        assert_eq!(refused.code, Code::Authentication, "{refused}");
    }
    eventually(async || refusals(rabbit, &user) > 0).await;
    assert_eq!(refusals(rabbit, &user), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_was_changed_meanwhile_is_sent_once_more_and_not_again() {
    let rabbit = brokers::rabbitmq();
    let user = format!("c{}", uuid::Uuid::new_v4().simple());
    rabbit.ctl(&["add_user", &user, "old"]).unwrap();
    rabbit.ctl(&["set_permissions", &user, ".*", ".*", ".*"]).unwrap();
    let without = change(profile(rabbit, &user), |settings| settings.management_url = None);
    let desk = Desk::open(&without, &password("old")).await;
    rabbit.ctl(&["change_password", &user, "new"]).unwrap();
    let queue = Bare::at(rabbit).await.queue(&[]).await;
    for _ in 0..3 {
        let message = OutgoingMessage {
            routing_key: queue.clone(),
            properties: Default::default(),
            body: "x".into(),
        };
        let results = desk.broker.publish(&desk.grant("replay"), "", vec![message]).await;
        let refused = results[0].as_ref().unwrap_err();
        assert_eq!(refused.code, Code::Authentication, "{refused}");
    }
    eventually(async || refusals(rabbit, &user) > 0).await;
    assert_eq!(refusals(rabbit, &user), 1, "accounts get locked");
    assert_eq!(desk.broker.depth(&queue).await.unwrap().ready, 0, "looking goes on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_virtual_host_that_is_missing_or_forbidden_is_named() {
    let rabbit = brokers::rabbitmq();
    let missing = change(profile(rabbit, "admin"), |s| s.vhost = "no/such".into());
    let refused = failure(&missing, &secrets(rabbit, "admin")).await;
    assert_eq!(refused.code, Code::NotFound, "{refused}");
    assert!(refused.message.contains("no/such"));
    let refused = failure(&profile(rabbit, "nobody"), &secrets(rabbit, "nobody")).await;
    assert_eq!(refused.code, Code::Authorization, "{refused}");
    let other = change(profile(rabbit, "admin"), |s| s.vhost = "orders/eu".into());
    let broker = Broker::connect(&other, &secrets(rabbit, "admin")).await.unwrap();
    assert_eq!(broker.vhost(), "orders/eu");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_is_no_user_is_refused_and_a_missing_one_is_not_tried() {
    let rabbit = brokers::rabbitmq();
    let nobody = rabbit.authority().client("not-a-user");
    let (certified, with_key) = external(tls_profile(rabbit, "unused"), &nobody);
    let refused = failure(&certified, &with_key).await;
    assert_eq!(refused.code, Code::Authentication, "{refused}");

    let without = change(tls_profile(rabbit, "unused"), |settings| {
        settings.authentication = RabbitMqAuthentication::External { management_user: None };
    });
    assert_eq!(failure(&without, &Secrets::default()).await.code, Code::Invalid);
    let no_password = failure(&profile(rabbit, "admin"), &Secrets::default()).await;
    assert_eq!(no_password.code, Code::Keyring);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_can_be_printed_holds_a_secret() {
    let rabbit = brokers::rabbitmq();
    let desk = Desk::open(&tls_profile(rabbit, "admin"), &secrets(rabbit, "admin")).await;
    let printed = format!("{:?} {:?}", desk.broker, desk.broker.management());
    assert!(!printed.contains(rabbit.password_of("admin")), "{printed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_diagnosis_passes_every_step_or_names_the_one_that_failed() {
    let rabbit = brokers::rabbitmq();
    let good = secrets(rabbit, "admin");
    let diagnosis = diagnose(&tls_profile(rabbit, "admin"), &good).await;
    assert_eq!(diagnosis.failed(), None, "{diagnosis:?}");
    let stages: Vec<Stage> = diagnosis.steps.iter().map(|step| step.stage).collect();
    assert_eq!(
        stages,
        [
            Stage::NameLookup,
            Stage::Tcp,
            Stage::Tls,
            Stage::Protocol,
            Stage::Authentication,
            Stage::Authorization,
            Stage::Management
        ]
    );

    let other = Authority::new("another").pem();
    let cases = [
        (change(tls_profile(rabbit, "admin"), |s| s.tls = Some(only(&other))), Stage::Tls),
        (change(profile(rabbit, "admin"), |s| s.endpoint.port = 1), Stage::Tcp),
        (
            change(profile(rabbit, "admin"), |s| s.endpoint.port = rabbit.http_port()),
            Stage::Protocol,
        ),
        (change(profile(rabbit, "admin"), |s| s.vhost = "nope".into()), Stage::Authorization),
        (
            change(profile(rabbit, "admin"), |s| {
                s.management_url = Some("http://127.0.0.1:1".into());
            }),
            Stage::Management,
        ),
    ];
    for (profile, stage) in cases {
        let diagnosis = diagnose(&profile, &good).await;
        let failed: Vec<Stage> = diagnosis
            .steps
            .iter()
            .filter(|step| step.state == StepState::Failed)
            .map(|step| step.stage)
            .collect();
        assert_eq!(failed, [stage], "{diagnosis:?}");
        assert_eq!(diagnosis.connected(), stage == Stage::Management);
    }
}
