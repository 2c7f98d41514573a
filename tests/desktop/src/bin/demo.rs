//! `make demo`: real brokers with the demo world, and the app open on them.
//!
//! With a display, the app opens on it and everything started here ends with it. Without one, the
//! app opens in a session of its own and the main job is done in it and proven, step by step.

use std::path::Path;
use std::process::{Command, ExitCode};

use brokers::{Kafka, KafkaOptions, RabbitMq, RabbitOptions, World};
use desktop::demo::{self, KEYRING};
use desktop::session::{Screen, Session};
use desktop::window::{Window, executable};
use desktop::{setup, setup::Saved};

fn main() -> ExitCode {
    println!("starting Kafka and RabbitMQ …");
    let kafka = std::thread::spawn(|| Kafka::start(KafkaOptions::default()));
    let rabbit = RabbitMq::start(RabbitOptions::default());
    let kafka = kafka.join().expect("Kafka starts");
    println!("filling them with the demo world …");
    let world = World::seed(&kafka, &rabbit);

    let out = brokers::files::target().join("demo");
    let state = out.join("state");
    if state.exists() {
        std::fs::remove_dir_all(&state).expect("the demo's own folder");
    }
    std::fs::create_dir_all(&state).expect("target is writable");
    let saved = setup::connections(&kafka, &rabbit);
    setup::save(&state, &[&saved.events, &saved.commands]);

    let displayed = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if displayed {
        keep_passwords(None, &saved, &kafka, &rabbit);
        println!("opening the app; closing its window ends the demo");
        let status = Command::new(executable())
            .env("KRONOS_CONSOLE_STATE", &state)
            .env("KRONOS_CONSOLE_KEYRING", KEYRING)
            .status();
        return match status {
            Ok(status) if status.success() => ExitCode::SUCCESS,
            Ok(status) => failed(&format!("the app ended with {status}")),
            Err(error) => failed(&format!("the app could not be started: {error}")),
        };
    }

    let session = Session::start(Screen { width: 1280, height: 800 });
    keep_passwords(Some(&session), &saved, &kafka, &rabbit);
    let pictures = out.join("screenshots");
    std::fs::create_dir_all(&pictures).expect("target is writable");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let proven = runtime.block_on(async {
        let window = Window::open(&session, &state, KEYRING).await;
        let proven = demo::main_job(&window, &kafka, &rabbit, world.facts(), &pictures).await;
        window.close().await;
        proven
    });
    show(&pictures);
    if proven {
        println!("the main job is proven");
        ExitCode::SUCCESS
    } else {
        failed("not every step is proven")
    }
}

fn keep_passwords(session: Option<&Session>, saved: &Saved, kafka: &Kafka, rabbit: &RabbitMq) {
    setup::keep_password(session, KEYRING, &saved.events, kafka.password_of("admin"));
    setup::keep_password(session, KEYRING, &saved.commands, rabbit.password_of("admin"));
}

fn show(pictures: &Path) {
    println!("screenshots: {}", pictures.display());
}

fn failed(why: &str) -> ExitCode {
    eprintln!("{why}");
    ExitCode::FAILURE
}
