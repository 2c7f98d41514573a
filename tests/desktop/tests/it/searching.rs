//! Searches in the window, beside what the broker's own tools say.

use std::fs;
use std::time::{Duration, Instant};

use desktop::demo::KEYRING;
use desktop::display::Display;
use desktop::session::{Screen, Session};
use desktop::setup;
use desktop::window::Window;

use crate::stage::{stage, values};

const PAYMENTS: &str = "orders.payment-failed";

#[tokio::test(flavor = "multi_thread")]
async fn a_search_finds_what_is_there_proves_what_is_not_and_leaves_nothing_behind() {
    let stage = stage();
    let oracle = stage.oracle();
    let session = Session::start(Screen { width: 1280, height: 800 });
    let state = session.folder().join("state");
    let saved = setup::connections(stage.kafka, stage.rabbit);
    saved.put_into(&session, &state, stage.kafka, stage.rabbit);
    let window = Window::open(&session, &state, KEYRING).await;
    window.click("link", "~kronos-events Kafka").await;
    window.click("row", &format!("~{PAYMENTS}")).await;
    window.find("heading", PAYMENTS).await;
    let (groups, topics) = (oracle.groups(), oracle.topics());
    let values = values(stage.kafka, PAYMENTS);
    let written = oracle.written(PAYMENTS);
    let count = |wanted: &dyn Fn(&str) -> bool| values.iter().filter(|v| wanted(v)).count();

    // What is there, however it is asked for.
    let declined = count(&|value| value.contains("card_declined"));
    look_for(&window, "contains", "Text to search for", "CARD_DECLINED").await;
    window.see(&format!("{declined} hits")).await;
    window.see(&format!("all: every one of the {written} offsets was looked at")).await;
    let amount = |value: &str| {
        let value: serde_json::Value = serde_json::from_str(value).expect("JSON");
        value["amount"].as_f64().is_some_and(|amount| amount > 200.0)
    };
    let large = count(&amount);
    look_for(&window, "query", "Query to search by", "value.amount > 200").await;
    window.see(&format!("{large} hits")).await;

    // Rows in another order are the same records: what is opened is what was clicked.
    let before = first_key(&window).await;
    window.click("button", "~Size").await;
    let (mut key, started) = (before.clone(), Instant::now());
    while key == before {
        if started.elapsed() > Duration::from_secs(20) {
            window.screenshot(&brokers::files::target().join("desktop-failure.png"));
            panic!("the rows are not ordered by size: {key} is still the first");
        }
        key = first_key(&window).await;
    }
    window.click_first("row", "~c-487").await;
    let shown = window.inspect(&key).await;
    assert!(amount(&shown), "it is a hit: {shown}");

    // What is not there is proven, and what cannot be told is neither there nor not.
    look_for(&window, "contains", "Text to search for", "no-such-order").await;
    window.see(&format!("no hits: every one of the {written} offsets was looked at")).await;
    window.click("link", "Topics").await;
    window.click("row", "~logs").await;
    window.find("heading", "logs").await;
    look_for(&window, "query", "Query to search by", r#"value.level = "none""#).await;
    window.see("no hits among what could be read").await;
    window.click_first("button", "~could not be told").await;
    window.see("Records that could not be told").await;
    window.find("row", "~4e 6f 75").await;

    // Nothing of it is left: no group, no topic, and on the disk only while the app runs.
    assert_eq!((oracle.groups(), oracle.topics()), (groups, topics));
    let results = state.join("results");
    assert!(fs::read_dir(&results).is_ok_and(|mut runs| runs.next().is_some()), "while it runs");
    Display::of(&session).ask_to_close();
    window.gone().await;
    let left: Vec<_> = fs::read_dir(&results).expect("its folder").flatten().collect();
    assert!(left.iter().all(|entry| !entry.path().is_dir()), "{left:?}");
}

/// The key of the first row.
async fn first_key(window: &Window<'_>) -> String {
    window.find("grid", "~Hits in").await;
    let rows = "return [...document.querySelectorAll('[role=row]')].map((row) => row.innerText)\
                .find((text) => text.includes('c-487')) ?? ''";
    let row = window.run(rows).await;
    let row = row.as_str().unwrap_or_default();
    row.split_whitespace().find(|word| word.starts_with("c-487")).unwrap_or_default().to_owned()
}

/// Looks for something in the topic that is open.
async fn look_for(window: &Window<'_>, mode: &str, field: &str, wanted: &str) {
    window.click("radio", mode).await;
    window.fill(field, wanted).await;
    window.click("button", "Search").await;
}
