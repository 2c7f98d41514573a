//! What `make demo` does without a display, as a test.

use desktop::demo::{self, KEYRING};
use desktop::session::{Screen, Session};
use desktop::window::Window;
use desktop::{secrets, setup};

use crate::stage::stage;

#[tokio::test(flavor = "multi_thread")]
async fn the_main_job_is_done_in_the_window_and_proven_by_the_brokers_own_tools() {
    let stage = stage();
    let (kafka, rabbit) = (stage.kafka, stage.rabbit);
    let session = Session::start(Screen { width: 1280, height: 800 });
    let state = session.folder().join("state");
    setup::connections(kafka, rabbit).put_into(&session, &state, kafka, rabbit);

    let pictures = session.folder().join("pictures");
    std::fs::create_dir(&pictures).expect("a new folder");
    let window = Window::open(&session, &state, KEYRING).await;
    let proven = demo::main_job(&window, kafka, rabbit, stage.world.facts(), &pictures).await;

    for secret in [kafka.password_of("admin"), rabbit.password_of("admin")] {
        let places = secrets::places_of(secret, &window).await;
        assert_eq!(places, Vec::<String>::new(), "a password is there");
    }
    window.close().await;
    assert!(proven, "a step is not proven: see what is printed above");
}
