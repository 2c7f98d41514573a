//! What `make demo` does without a display, as a test.

use brokers::World;
use desktop::demo::{self, KEYRING};
use desktop::session::{Screen, Session};
use desktop::setup;
use desktop::window::Window;

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_is_done_in_the_window_and_proven_by_the_brokers_own_tools() {
    let (kafka, rabbit) = (brokers::kafka(), brokers::rabbitmq());
    let world = World::seed(kafka, rabbit);
    let session = Session::start(Screen { width: 1280, height: 800 });
    let state = session.folder().join("state");
    let saved = setup::connections(kafka, rabbit);
    setup::save(&state, &[&saved.events, &saved.commands]);
    let password = kafka.password_of("admin");
    setup::keep_password(Some(&session), KEYRING, &saved.events, password);
    let other = rabbit.password_of("admin");
    setup::keep_password(Some(&session), KEYRING, &saved.commands, other);

    let pictures = session.folder().join("pictures");
    std::fs::create_dir(&pictures).expect("a new folder");
    let window = Window::open(&session, &state, KEYRING).await;
    let proven = demo::main_job(&window, kafka, rabbit, world.facts(), &pictures).await;

    let markup = window.markup().await;
    let files = everything_below(&state);
    for secret in [password, other] {
        assert!(!markup.contains(secret), "a password is in the page");
        let found = files.iter().find(|(_, content)| holds(content, secret.as_bytes()));
        assert_eq!(found.map(|(path, _)| path), None, "a password is in a file");
    }
    window.close().await;
    assert!(proven, "a step is not proven: see what is printed above");
}

fn everything_below(folder: &std::path::Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the state folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(everything_below(&path));
        } else {
            let content = std::fs::read(&path).expect("a file of the state folder");
            found.push((path, content));
        }
    }
    found
}

fn holds(content: &[u8], part: &[u8]) -> bool {
    content.windows(part.len()).any(|window| window == part)
}
