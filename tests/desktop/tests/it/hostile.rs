//! Records and messages that would harm a careless console. Whatever they hold is text to it, the
//! others beside them are read, and the window goes on.

use std::time::{Duration, Instant};

use brokers::{Kafka, RabbitMq};
use desktop::demo::KEYRING;
use desktop::session::{Screen, Session};
use desktop::window::Window;
use desktop::{layout, setup};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, Producer};
use serde_json::json;

use crate::stage::{self, HOSTILE, stage};

const TOPIC: &str = "hostile";
/// Sets the title where it is run, adds an element where it is parsed.
const MARKUP: &str = r#"<img src="x" onerror="document.title='owned'"><script>document.title='owned'</script><b id="injected">bold</b>"#;
/// Turns the direction of writing, rings the bell and colours a terminal.
const UNRULY: &str = "invoice\u{202e}fdp.exe\u{7}\u{1b}[31mred";
const HUGE: usize = 20 * 1024 * 1024;
/// A window that takes longer than this to answer a click is frozen.
const FROZEN: Duration = Duration::from_secs(10);

/// Writes them; called once, by the stage.
pub fn fill(kafka: &Kafka, rabbit: &RabbitMq) {
    let producer = stage::producer(kafka);
    let huge = format!("{{\"blob\":\"{}\"}}", "0123456789abcdef".repeat(HUGE / 16));
    let send = |key: &[u8], value: &[u8], headers: OwnedHeaders| {
        let record = BaseRecord::to(TOPIC).partition(0).key(key).payload(value).headers(headers);
        producer.send(record).unwrap_or_else(|(error, _)| panic!("{TOPIC}: {error}"));
    };
    let header = |key: &str, value: &[u8]| {
        OwnedHeaders::new().insert(Header { key, value: Some(&value.to_vec()) })
    };
    send(b"markup", MARKUP.as_bytes(), header(MARKUP, MARKUP.as_bytes()));
    send(b"not-utf8", b"abc\xff\xfe\x80def", OwnedHeaders::new());
    send(UNRULY.as_bytes(), UNRULY.as_bytes(), header(UNRULY, UNRULY.as_bytes()));
    send(b"null-header", b"a header of null bytes", header("zeros", &[0; 4]));
    send(b"huge", huge.as_bytes(), OwnedHeaders::new());
    send(b"harmless", b"still here", OwnedHeaders::new());
    producer.flush(Duration::from_secs(60)).expect("Kafka takes the records");

    stage::queue_of(rabbit, HOSTILE, json!({}));
    let headers = json!({ MARKUP: MARKUP, UNRULY: UNRULY });
    let properties = json!({ "message_id": MARKUP, "headers": headers, "app_id": UNRULY });
    stage::publish(rabbit, HOSTILE, properties, MARKUP);
    stage::publish(rabbit, HOSTILE, json!({ "message_id": UNRULY }), UNRULY);
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_bytes_are_shown_as_text_and_hide_nothing_else() {
    let stage = stage();
    let session = Session::start(Screen { width: 1280, height: 800 });
    let state = session.folder().join("state");
    let mut saved = setup::connections(stage.kafka, stage.rabbit);
    saved.commands.environment = connections::profile::Environment::Dev;
    saved.commands.access = connections::profile::AccessLevel::Guarded;
    saved.put_into(&session, &state, stage.kafka, stage.rabbit);
    let window = Window::open(&session, &state, KEYRING).await;

    window.click("link", "~kronos-events Kafka").await;
    window.click("row", &format!("~{TOPIC}")).await;
    window.find("heading", TOPIC).await;

    // Markup is text everywhere: in the row, the value, the headers.
    window.click("row", "~markup").await;
    window.inspect(MARKUP).await;
    nothing_was_parsed(&window).await;
    window.click("tab", "~Headers").await;
    window.see("offset 0").await;
    let shown = window.see("Header\tValue").await;
    assert!(shown.contains(r#"<b id="injected">bold</b>"#), "the header is whole:\n{shown}");
    nothing_was_parsed(&window).await;

    // What cannot be seen is shown as a symbol.
    window.click("row", "~fdp.exe").await;
    window.see("offset 2").await;
    let page = window.text().await;
    no_raw_controls(&page);
    assert!(page.contains("␇") && page.contains("␛"), "control characters have symbols:\n{page}");
    window.click("tab", "Value").await;
    window.see("offset 2").await;
    let value = window.inspect("␛[31mred").await;
    no_raw_controls(&value);
    assert!(value.contains("fdp.exe"), "{value:?}");

    // Bytes that are no text say from where on, and are shown as hex.
    window.click("row", "~not-utf8").await;
    window.see("Not UTF-8 from byte 3 on").await;
    window.inspect("61 62 63 ff fe 80").await;

    window.click("row", "~null-header").await;
    window.see("offset 3").await;
    window.click("tab", "~Headers").await;
    let shown = window.see("zeros").await;
    assert!(shown.contains("00 00 00 00"), "null bytes are shown as bytes:\n{shown}");

    // 20 MB: a part at once, all of it where it is asked for, and the next click is answered.
    window.click("tab", "Value").await;
    window.click("row", "~huge").await;
    let shown = window.see("Load anyway").await;
    assert!(shown.contains("of 21 MB shown"), "what is missing is said");
    answers_promptly(&window, "~harmless", "still here").await;
    window.click("row", "~huge").await;
    window.click("button", "Load anyway").await;
    window.see_no_more("Load anyway").await;
    answers_promptly(&window, "~harmless", "still here").await;

    held_markup_is_text(&window).await;
    window.close().await;
}

async fn held_markup_is_text(window: &Window<'_>) {
    window.click("link", "~kronos-commands RabbitMQ").await;
    window.click("row", &format!("~{HOSTILE}")).await;
    window.find("heading", HOSTILE).await;
    window.click("button", "Hold…").await;
    window.fill("How many messages", "2").await;
    window.click("button", "Hold 2").await;
    window.see("Holding 2 messages").await;
    for tab in ["~Story", "~Body", "~Properties", "~Headers", "~Raw"] {
        window.click("tab", tab).await;
        window
            .until("the part is shown", "return !document.querySelector('[aria-busy=true]')")
            .await;
        nothing_was_parsed(window).await;
        no_raw_controls(&window.text().await);
    }
    window.click("tab", "~Headers").await;
    let shown = window.see("injected").await;
    assert!(shown.contains("fdp.exe"), "both headers are shown:\n{shown}");
    window.click("button", "Return all").await;
    window.see("This hold has ended").await;
}

/// No element came out of a message, and no script ran.
async fn nothing_was_parsed(window: &Window<'_>) {
    let found = window
        .run(
            "return [document.title, document.querySelectorAll('#injected, img[src=x]').length, \
             [...document.scripts].filter(script => script.src === '').length]",
        )
        .await;
    assert_eq!(found, json!(["Kronos Console", 0, 0]), "something of a message was parsed");
}

fn no_raw_controls(text: &str) {
    let raw = text
        .chars()
        .find(|c| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .or_else(|| text.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')));
    assert_eq!(raw, None, "a control character reaches the page as itself: {text:?}");
}

async fn answers_promptly(window: &Window<'_>, row: &str, value: &str) {
    let asked = Instant::now();
    window.click("row", row).await;
    window.inspect(value).await;
    let took = asked.elapsed();
    assert!(took < FROZEN, "the window took {took:?} to answer a click");
    assert_eq!(layout::problems(window).await, Vec::<String>::new());
}
