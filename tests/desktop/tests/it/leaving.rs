//! The first start, a second start, and the end while messages are held.

use std::process::{Command, Stdio};
use std::time::Duration;

use connections::profile::{AccessLevel, Environment};
use desktop::demo::KEYRING;
use desktop::display::Display;
use desktop::oracle::Depth;
use desktop::session::{Screen, Session};
use desktop::setup;
use desktop::window::{Window, executable, for_state};

use crate::stage::{FORMS, stage};

const SMALL: Screen = Screen { width: 1280, height: 800 };

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_is_returned_however_the_app_ends_and_closing_the_window_asks_first() {
    let stage = stage();
    let oracle = stage.oracle();
    let session = Session::start(SMALL);
    let state = session.folder().join("state");
    let mut saved = setup::connections(stage.kafka, stage.rabbit);
    saved.commands.environment = Environment::Dev;
    saved.commands.access = AccessLevel::Guarded;
    saved.put_into(&session, &state, stage.kafka, stage.rabbit);
    let window = Window::open(&session, &state, KEYRING).await;
    hold_three(&window).await;
    assert_eq!(oracle.depth(FORMS), Depth { ready: 2, unacked: 3 });

    let display = Display::of(&session);
    display.ask_to_close();
    window.see("3 messages are held").await;
    window.click_in_dialog("Stay").await;
    window.see_no_more("3 messages are held").await;
    window.see("Holding 3 messages").await;
    assert_eq!(oracle.depth(FORMS), Depth { ready: 2, unacked: 3 }, "they are still held");

    display.ask_to_close();
    window.see("3 messages are held").await;
    window.click_in_dialog("Return 3 and leave").await;
    window.gone().await;
    assert_eq!(oracle.depth(FORMS), Depth { ready: 5, unacked: 0 }, "all are back");

    // What was done stands in Activity when the console is opened again.
    let window = Window::open(&session, &state, KEYRING).await;
    window.click("link", "Activity").await;
    let shown = window.see(FORMS).await;
    assert!(shown.contains("hold") && !shown.contains("unknown"), "{shown}");

    // A session that ends its programs asks nobody.
    hold_three(&window).await;
    let app = window.processes().into_iter().find(|process| process.name == "kronos-console");
    let mut ending = Command::new("kill");
    ending.args(["-TERM", &app.expect("it runs").id.to_string()]).stdin(Stdio::null());
    assert!(ending.status().expect("kill").success());
    window.gone().await;
    assert_eq!(oracle.depth(FORMS), Depth { ready: 5, unacked: 0 }, "all are back again");
    let window = Window::open(&session, &state, KEYRING).await;
    window.click("link", "Activity").await;
    let shown = window.see(FORMS).await;
    assert!(!shown.contains("unknown"), "{shown}");
    window.close().await;
}

async fn hold_three(window: &Window<'_>) {
    window.click("link", "~kronos-commands RabbitMQ").await;
    window.click("row", &format!("~{FORMS}")).await;
    window.click("button", "Hold…").await;
    window.fill("How many messages", "3").await;
    window.click("button", "Hold 3").await;
    window.see("Holding 3 messages").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_over_a_form_that_is_not_saved_asks_first() {
    let session = Session::start(SMALL);
    let state = session.folder().join("state");
    std::fs::create_dir(&state).expect("a new folder");
    let window = Window::open(&session, &state, KEYRING).await;
    window.click_first("link", "Add a connection").await;
    window.fill("Name", "orders").await;

    let display = Display::of(&session);
    display.ask_to_close();
    window.see("Leave without saving?").await;
    window.click_in_dialog("Stay").await;
    window.see_no_more("Leave without saving?").await;
    display.ask_to_close();
    window.see("Leave without saving?").await;
    let leave = window.find("button", "Discard changes and leave").await;
    // The app may be gone before the driver has answered.
    let _clicked = leave.click().await;
    window.gone().await;
}

/// A page that crashed shows no question, and says nothing to Rust.
const NO_QUESTION: &str = r#"
const ask = window.fetch;
window.fetch = (to, ...rest) =>
  String(to).includes('leave_shown') ? new Promise(() => undefined) : ask(to, ...rest);
"#;
const BESIDE: &str = "Leave Kronos Console?";

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_shows_no_question_does_not_keep_its_window_open_for_ever() {
    let session = Session::start(SMALL);
    let state = session.folder().join("state");
    std::fs::create_dir(&state).expect("a new folder");
    let window = Window::open(&session, &state, KEYRING).await;
    window.click_first("link", "Add a connection").await;
    window.fill("Name", "orders").await;
    window.run(NO_QUESTION).await;

    let display = Display::of(&session);
    display.ask_to_close();
    window.see("Leave without saving?").await;
    // Somebody who is merely impatient is not asked twice.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    display.ask_to_close();
    assert!(display.shows(BESIDE), "the system asks");
    display.dismiss(BESIDE);
    window.find("textbox", "Name").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_start_says_how_to_begin_and_a_second_launch_raises_it_and_ends() {
    let session = Session::start(SMALL);
    let state = session.folder().join("state");
    std::fs::create_dir(&state).expect("a new folder");
    let window = Window::open(&session, &state, KEYRING).await;
    window.see("No connection yet").await;

    let display = Display::of(&session);
    display.cover();
    assert!(!display.is_app_on_top(), "something is over it");
    let mut second = Command::new(executable());
    session.enter(&mut second);
    for_state(&mut second, &state, KEYRING);
    second.stdin(Stdio::null());
    let output = brokers::process::run(second);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(display.app_comes_to_the_top(), "the first one was raised");

    // Nothing is held, so nothing is asked; and what is on the page leads to the first connection.
    window.click_first("link", "Add a connection").await;
    window.find("heading", "New connection").await;
    display.ask_to_close();
    window.gone().await;
}
