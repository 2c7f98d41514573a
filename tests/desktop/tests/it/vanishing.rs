//! Brokers, topics and queues that go away while they are looked at. The page says what happened, what
//! belongs to the other broker goes on at once, and what comes back is found again.

use std::time::{Duration, Instant};

use brokers::{Kafka, KafkaOptions, RabbitMq, RabbitOptions};
use connections::profile::{AccessLevel, Environment};
use desktop::demo::KEYRING;
use desktop::oracle::{Depth, Oracle};
use desktop::session::{Screen, Session};
use desktop::setup;
use desktop::window::Window;
use serde_json::json;

use crate::stage::{self, stage};

const SMALL: Screen = Screen { width: 1280, height: 800 };
/// A page of the other broker is there long before the lost one is given up, which takes 20 s.
const AT_ONCE: Duration = Duration::from_secs(10);

/// An open window with both connections, changes allowed on both.
async fn window<'a>(session: &'a Session, kafka: &Kafka, rabbit: &RabbitMq) -> Window<'a> {
    let state = session.folder().join("state");
    let mut saved = setup::connections(kafka, rabbit);
    saved.commands.environment = Environment::Dev;
    saved.commands.access = AccessLevel::Guarded;
    saved.put_into(session, &state, kafka, rabbit);
    Window::open(session, &state, KEYRING).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kafka_that_is_killed_while_browsed_is_said_and_found_again() {
    let stage = stage();
    let kafka = Kafka::start(KafkaOptions::default());
    stage::records(&kafka, "orders", 5);
    stage::records(&kafka, "doomed", 3);
    let session = Session::start(SMALL);
    let window = window(&session, &kafka, stage.rabbit).await;
    window.click("link", "~kronos-commands RabbitMQ").await;
    window.click("row", "~reports.pending").await;
    window.find("heading", "reports.pending").await;

    // A topic that is deleted while its records are open.
    window.click("link", "~kronos-events Kafka").await;
    window.click("row", "~doomed").await;
    window.click("row", "~k-2").await;
    window.inspect("\"record\": 2").await;
    let class = "org.apache.kafka.tools.TopicCommand";
    kafka.tool(class, &["--delete", "--topic", "doomed"]).expect("the topic is deleted");
    window.click("button", "Read").await;
    window.see("It does not exist any more").await;
    let shown = window.see("Try again").await;
    assert!(shown.contains("topic doomed"), "it names the topic:\n{shown}");
    window.click("link", "Topics").await;
    window.click("button", "Refresh").await;
    window.see_no_more("doomed").await;

    // The broker is killed while a topic is open: what was read can still be looked through.
    window.click("row", "~orders").await;
    window.click("row", "~k-3").await;
    window.inspect("\"record\": 3").await;
    kafka.kill(1);
    window.click("button", "Read").await;
    the_other_broker_answers(&window, "~kronos-commands RabbitMQ", "~reports.pending").await;
    window.click("link", "~kronos-events Kafka").await;
    window.see("lost").await;
    let said = window.until("the page says what happened", ALERT).await.to_string();
    assert!(said.contains("localhost:"), "it names the server: {said}");

    kafka.restart(1);
    window.click_first("button", "Try again").await;
    window.click("row", "~orders").await;
    window.click("row", "~k-3").await;
    window.inspect("\"record\": 3").await;
    let topics = Oracle { kafka: &kafka, rabbit: stage.rabbit }.topics();
    assert!(!topics.contains("doomed"), "looking created no topic: {topics:?}");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rabbitmq_that_is_killed_while_holding_has_the_messages_back_and_that_is_said() {
    let stage = stage();
    let rabbit = RabbitMq::start(RabbitOptions::default());
    for queue in ["doomed", "tasks"] {
        stage::queue_of(&rabbit, queue, json!({}));
        stage::fill(&rabbit, queue, 3);
    }
    let oracle = Oracle { kafka: stage.kafka, rabbit: &rabbit };
    let session = Session::start(SMALL);
    let window = window(&session, stage.kafka, &rabbit).await;
    window.click("link", "~kronos-events Kafka").await;
    window.click("row", "~audit").await;
    window.find("grid", "Records of audit").await;

    // A queue that is deleted while its messages are held.
    window.click("link", "~kronos-commands RabbitMQ").await;
    window.click("row", "~doomed").await;
    hold(&window, 3).await;
    rabbit.api("DELETE", "/api/queues/%2F/doomed", None).expect("the queue is deleted");
    window.see("The queue was deleted, and what was held with it.").await;
    window.see("doomed-1").await;

    // The broker is killed while messages are held.
    window.click_first("link", "~Queues").await;
    window.click("row", "~tasks").await;
    hold(&window, 3).await;
    assert_eq!(oracle.depth("tasks"), Depth { ready: 0, unacked: 3 });
    rabbit.write_declared();
    rabbit.kill();
    window.see("This hold has ended").await;
    let shown = window.see("the broker put it back into its queue").await;
    assert!(shown.contains("The connection was lost"), "it says what happened:\n{shown}");
    the_other_broker_answers(&window, "~kronos-events Kafka", "~orders.payment-failed").await;

    rabbit.restart();
    assert_eq!(oracle.depth("tasks"), Depth { ready: 3, unacked: 0 });
    window.click("link", "~kronos-commands RabbitMQ").await;
    window.click_first("button", "Try again").await;
    window.click("row", "~tasks").await;
    hold(&window, 3).await;
    assert_eq!(oracle.depth("tasks"), Depth { ready: 0, unacked: 3 });
    window.click("button", "Return all").await;
    window.see("What was held is back in the queue").await;
    assert_eq!(oracle.depth("tasks"), Depth { ready: 3, unacked: 0 });
    window.close().await;
}

async fn hold(window: &Window<'_>, count: u32) {
    window.click("button", "Hold…").await;
    window.fill("How many messages", &count.to_string()).await;
    window.click("button", &format!("Hold {count}")).await;
    window.see(&format!("Holding {count} messages")).await;
}

async fn the_other_broker_answers(window: &Window<'_>, connection: &str, row: &str) {
    let asked = Instant::now();
    window.click("link", connection).await;
    window.click("row", row).await;
    window.find("heading", row.trim_start_matches('~')).await;
    let took = asked.elapsed();
    assert!(took < AT_ONCE, "the other broker's screen took {took:?}");
}

const ALERT: &str = "return [...document.querySelectorAll('main [role=alert]')]\
    .map(alert => alert.innerText).join('\\n') || null";
