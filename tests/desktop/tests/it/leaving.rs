//! The first start, a second start, and the end while messages are held.

use std::process::{Command, Stdio};

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
async fn closing_while_messages_are_held_asks_and_returns_them_only_when_told_to() {
    let stage = stage();
    let oracle = stage.oracle();
    let session = Session::start(SMALL);
    let state = session.folder().join("state");
    let mut saved = setup::connections(stage.kafka, stage.rabbit);
    saved.commands.environment = Environment::Dev;
    saved.commands.access = AccessLevel::Guarded;
    saved.put_into(&session, &state, stage.kafka, stage.rabbit);
    let window = Window::open(&session, &state, KEYRING).await;
    window.click("link", "~kronos-commands RabbitMQ").await;
    window.click("row", &format!("~{FORMS}")).await;
    window.click("button", "Hold…").await;
    window.fill("How many messages", "3").await;
    window.click("button", "Hold 3").await;
    window.see("Holding 3 messages").await;
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
