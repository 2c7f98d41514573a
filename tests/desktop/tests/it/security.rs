//! What a page that was taken over could do: nothing but what the person could.

use std::net::TcpListener;

use connections::profile::{AccessLevel, Broker, Environment, KafkaSecurity};
use connections::secrets::SecretKind;
use desktop::demo::KEYRING;
use desktop::secrets::places_of;
use desktop::session::{Screen, Session};
use desktop::setup;
use desktop::window::Window;
use serde_json::{Value, json};

use crate::stage::stage;

const SMALL: Screen = Screen { width: 1280, height: 800 };

#[tokio::test(flavor = "multi_thread")]
async fn the_page_can_call_our_commands_and_listen_and_nothing_else_of_tauri() {
    let session = Session::start(SMALL);
    let state = session.folder().join("state");
    setup::save_unreachable_connections(&state);
    let window = Window::open(&session, &state, KEYRING).await;

    // The way to call is right: what is allowed answers.
    let listed = invoke(&window, "list_connections", json!({})).await;
    assert_eq!(listed["ok"].as_array().map(Vec::len), Some(2), "{listed}");
    let listening = json!({ "event": "changed", "target": { "kind": "Any" }, "handler": 1 });
    let heard = invoke(&window, "plugin:event|listen", listening).await;
    assert!(heard["ok"].is_number(), "{heard}");

    let profiles = state.join("profiles.json");
    let path = json!({ "path": profiles, "options": {} });
    let refused = [
        ("plugin:fs|read_file", path.clone()),
        ("plugin:fs|read_text_file", path),
        ("plugin:shell|open", json!({ "path": "/bin/true" })),
        ("plugin:shell|execute", json!({ "program": "true", "args": [], "options": {} })),
        ("plugin:opener|open_url", json!({ "url": "https://example.invalid" })),
        ("plugin:http|fetch", json!({ "clientConfig": { "url": "https://example.invalid" } })),
        ("plugin:dialog|open", json!({ "options": {} })),
        ("plugin:dialog|save", json!({ "options": {} })),
        ("plugin:dialog|message", json!({ "message": "x" })),
        ("plugin:event|emit", json!({ "event": "leave-asked", "payload": { "held": 1 } })),
        ("plugin:event|emit_to", json!({ "target": { "kind": "Any" }, "event": "x" })),
        ("plugin:window|set_title", json!({ "label": "main", "value": "owned" })),
        ("plugin:window|close", json!({ "label": "main" })),
        ("plugin:window|create", json!({ "options": { "label": "second" } })),
        ("plugin:webview|create_webview_window", json!({ "options": { "label": "second" } })),
        ("plugin:webview|internal_toggle_devtools", json!({})),
        ("plugin:app|version", json!({})),
        ("plugin:path|resolve_directory", json!({ "directory": 21 })),
        ("plugin:resources|close", json!({ "rid": 0 })),
        ("plugin:image|from_path", json!({ "path": profiles })),
        ("plugin:menu|new", json!({ "kind": "Menu", "options": {}, "handler": 1 })),
        ("plugin:tray|new", json!({ "options": {}, "handler": 1 })),
        ("no_such_command", json!({})),
    ];
    for (command, arguments) in refused {
        let answer = invoke(&window, command, arguments).await;
        let why = answer["refused"].as_str().unwrap_or_default();
        let by_the_list = ["not allowed", "not found"].iter().any(|words| why.contains(words));
        assert!(by_the_list, "{command} answered {answer}");
    }
    assert_eq!(window.run("return document.title").await, "Kronos Console");
    window.see("orders-staging").await;
    window.close().await;
}

async fn invoke(window: &Window<'_>, command: &str, arguments: Value) -> Value {
    let script = "const [command, args, done] = arguments;\
        window.__TAURI_INTERNALS__.invoke(command, args)\
        .then(ok => done({ ok }), refused => done({ refused: refused?.message ?? String(refused) }));";
    window.run_async(script, vec![json!(command), arguments]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_runs_no_foreign_code_and_reaches_no_network() {
    let session = Session::start(SMALL);
    let state = session.folder().join("state");
    setup::save_unreachable_connections(&state);
    let window = Window::open(&session, &state, KEYRING).await;
    let outside = TcpListener::bind("127.0.0.1:0").expect("a free port");
    outside.set_nonblocking(true).expect("a socket of ours");
    let address = outside.local_addr().expect("it listens").to_string();

    let tried = window.run_async(TRY, vec![json!(format!("http://{address}"))]).await;
    let expected = json!({
        "a picture of our own": "loaded",
        "an inline script": "blocked", "an event handler": "blocked", "eval": "blocked",
        "Function": "blocked", "a script in data:": "blocked", "a worker of a blob": "blocked",
        "a picture": "blocked", "a script": "blocked", "a style sheet": "blocked",
        "a font": "blocked", "a frame": "blocked", "an object": "blocked", "fetch": "blocked",
        "XMLHttpRequest": "blocked", "a web socket": "blocked", "an event source": "blocked",
        "a beacon": "blocked", "a form": "blocked",
    });
    assert_eq!(tried, expected);
    for leave in ["location.href = URL", "window.open(URL)", "window.open(URL, '_self')"] {
        window.run(&leave.replace("URL", &format!("'http://{address}/leave'"))).await;
        window.find("navigation", "Navigation").await;
    }
    let came = outside.accept().map(|(_, from)| from);
    assert!(came.is_err(), "something connected to the outside: {came:?}");
    window.see("orders-staging").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_goes_in_once_and_is_found_nowhere_but_in_the_keyring() {
    let stage = stage();
    let session = Session::start(SMALL);
    let state = session.folder().join("state");
    let mut saved = setup::connections(stage.kafka, stage.rabbit);
    saved.commands.environment = Environment::Dev;
    saved.commands.access = AccessLevel::Guarded;
    saved.put_into(&session, &state, stage.kafka, stage.rabbit);
    let window = Window::open(&session, &state, KEYRING).await;
    window.click("link", "~kronos-events Kafka").await;
    window.click("row", "~orders.payment-failed").await;
    window.find("grid", "Records of orders.payment-failed").await;
    window.click("link", "~kronos-commands RabbitMQ").await;
    window.see("reports.pending").await;

    // One that is typed in, tested and saved.
    let password = stage.kafka.password_of("reader");
    window.click("link", "Edit kronos-events").await;
    window.fill("User", "reader").await;
    // The stored one was for another user: it is not sent for this one.
    window.see("was given for another address, security or user").await;
    window.fill("Password", password).await;
    window.click("button", "Test").await;
    window.find("button", "Test again").await;
    window.click("button", "Save").await;
    window.see("kronos-events is saved").await;
    window.see("in the keyring").await;
    window.click("link", "~kronos-events Kafka").await;
    window.click("row", "~orders.payment-failed").await;
    window.find("grid", "Records of orders.payment-failed").await;
    let mut edited = saved.events.clone();
    if let Broker::Kafka(settings) = &mut edited.broker
        && let KafkaSecurity::SaslSsl { user, .. } = &mut settings.security
    {
        *user = "reader".to_owned();
    }
    let account = SecretKind::Password.entry(&edited);
    assert_eq!(session.secret(KEYRING, &account).as_deref(), Some(password));

    // The search sees what is there: the page, the files and the processes.
    let seen = places_of("kronos-commands", &window).await.join("\n");
    assert!(seen.contains("the page") && seen.contains("profiles.json"), "{seen}");
    let seen = places_of(KEYRING, &window).await.join("\n");
    assert!(seen.contains("the environment of kronos-console"), "{seen}");
    assert!(seen.contains("the environment of WebKitWebProces"), "{seen}");

    let admin = [stage.kafka.password_of("admin"), stage.rabbit.password_of("admin")];
    for secret in [password, admin[0], admin[1]] {
        assert_eq!(places_of(secret, &window).await, Vec::<String>::new(), "a password is there");
    }
    window.close().await;
}

/// Tries everything that would run foreign code or reach the network, and answers what came of each.
const TRY: &str = r#"
const [outside, done] = arguments;
const results = {};
const patience = 1500;
const outcome = (name, start, silence = 'blocked') => new Promise((resolve) => {
  const say = (what) => { results[name] ??= what; resolve(); };
  // A request that is stopped without a word is settled by the listener: nothing connects.
  setTimeout(() => say(silence), patience);
  try { start(() => say('loaded'), () => say('blocked')); } catch { say('blocked'); }
});
const element = (tag, attributes, place = document.body) => (loaded, failed) => {
  const made = document.createElement(tag);
  made.onload = loaded;
  made.onerror = failed;
  for (const [name, value] of Object.entries(attributes)) made[name] = value;
  place.append(made);
};
const ran = (name) => (loaded, failed) => setTimeout(() => (window[name] ? loaded : failed)(), 300);
const pixel = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
Promise.all([
  outcome('a picture of our own', element('img', { src: pixel })),
  outcome('an inline script', (loaded, failed) => {
    element('script', { textContent: 'window.inline = true' })(() => {}, () => {});
    ran('inline')(loaded, failed);
  }),
  outcome('an event handler', (loaded, failed) => {
    const made = document.createElement('div');
    made.innerHTML = `<img src="${pixel}" onload="window.handler = true">`;
    document.body.append(made);
    ran('handler')(loaded, failed);
  }),
  outcome('eval', (loaded) => { window.eval('1'); loaded(); }),
  outcome('Function', (loaded) => { new window.Function('return 1')(); loaded(); }),
  outcome('a script in data:', element('script', { src: 'data:text/javascript,window.data=1' })),
  outcome('a worker of a blob', (loaded, failed) => {
    // No network is needed for it: silence could also be slowness, so the policy has to speak.
    document.addEventListener('securitypolicyviolation', ({ blockedURI }) => {
      if (blockedURI.startsWith('blob')) failed();
    });
    const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
    worker.onmessage = loaded;
    worker.onerror = failed;
  }, 'silent'),
  outcome('a picture', element('img', { src: `${outside}/picture` })),
  outcome('a script', element('script', { src: `${outside}/script` })),
  outcome('a style sheet', element('link', { rel: 'stylesheet', href: `${outside}/style` })),
  outcome('a font', (loaded, failed) =>
    new FontFace('foreign', `url(${outside}/font)`).load().then(loaded, failed)),
  // A frame that is refused says that it is loaded: the listener has to tell.
  outcome('a frame', (loaded, failed) =>
    element('iframe', { src: `${outside}/frame` })(failed, failed)),
  outcome('an object', element('object', { data: `${outside}/object` })),
  outcome('fetch', (loaded, failed) =>
    fetch(`${outside}/fetch`, { mode: 'no-cors' }).then(loaded, failed)),
  outcome('XMLHttpRequest', (loaded, failed) => {
    const request = new XMLHttpRequest();
    request.onload = loaded;
    request.onerror = failed;
    request.open('GET', `${outside}/request`);
    request.send();
  }),
  outcome('a web socket', (loaded, failed) => {
    const socket = new WebSocket(outside.replace('http', 'ws'));
    socket.onopen = loaded;
    socket.onerror = failed;
  }),
  outcome('an event source', (loaded, failed) => {
    const source = new EventSource(`${outside}/events`);
    source.onopen = loaded;
    source.onerror = failed;
  }),
  outcome('a beacon', (loaded, failed) => {
    navigator.sendBeacon(`${outside}/beacon`, 'x');
    failed();
  }),
  outcome('a form', (loaded, failed) => {
    const form = document.createElement('form');
    form.action = `${outside}/form`;
    form.method = 'post';
    document.body.append(form);
    form.submit();
    setTimeout(failed, 300);
  }),
]).then(() => done(results));
"#;
