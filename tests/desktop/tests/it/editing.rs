//! What an edit of a connection, or a page loaded again, leaves of what was asked for before. The
//! page is the attacker here: it asks the app directly, whatever the forms would do.

use connections::profile::Environment;
use desktop::demo::KEYRING;
use desktop::session::{Screen, Session};
use desktop::setup;
use desktop::window::Window;
use serde_json::{Value, json};

use crate::stage::stage;

const SMALL: Screen = Screen { width: 1280, height: 800 };

/// A command, with a channel where one is named; gives what came last of that, too.
const ASK: &str = "const [command, args, channel, done] = arguments;\
    const tauri = window.__TAURI_INTERNALS__;\
    if (channel !== null) {\
      const id = tauri.transformCallback(({ message }) => { window.told = message ?? window.told; });\
      args[channel] = `__CHANNEL__:${id}`;\
    }\
    tauri.invoke(command, args)\
    .then(ok => done({ ok }), refused => done({ code: refused?.code ?? String(refused) }));";

async fn ask(window: &Window<'_>, command: &str, arguments: Value) -> Value {
    window.run_async(ASK, vec![json!(command), arguments, Value::Null]).await
}

/// Reads some records and gives the result set once it is there.
async fn read(window: &Window<'_>, connection: &str) -> Value {
    let request = json!({
        "topic": "logs", "start": { "at": "newest" }, "partitions": null, "limit": 10,
        "committed": true,
    });
    let arguments = json!({ "connection": connection, "request": request });
    window.run("window.told = null").await;
    let started =
        window.run_async(ASK, vec![json!("start_read"), arguments, json!("events")]).await;
    window.until("the read ends", "return window.told?.event === 'finished'").await;
    started["ok"].clone()
}

async fn rows(window: &Window<'_>, result_set: &Value) -> Value {
    let answer =
        ask(window, "read_rows", json!({ "resultSet": result_set, "from": 0, "count": 5 })).await;
    match answer["ok"]["rows"].as_array() {
        Some(rows) => json!(rows.len()),
        None => answer["code"].clone(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edit_ends_what_was_prepared_and_a_new_page_what_the_old_one_asked_for() {
    let stage = stage();
    let session = Session::start(SMALL);
    let state = session.folder().join("state");
    let mut saved = setup::connections(stage.kafka, stage.rabbit);
    saved.events.environment = Environment::Production;
    saved.put_into(&session, &state, stage.kafka, stage.rabbit);
    let id = saved.events.id.to_string();
    let window = Window::open(&session, &state, KEYRING).await;

    let logs = read(&window, &id).await;
    assert_eq!(rows(&window, &logs).await, 5);
    let target = json!({
        "to": "topic", "connection": id, "topic": "logs", "partition": { "choice": "same" },
        "time": "now",
    });
    let source = json!({ "from": "records", "resultSet": logs, "rows": [0] });
    let request = json!({ "source": source, "target": target, "removeAtSource": false });
    let preview = ask(&window, "preview_replay", json!({ "request": request })).await;
    let preview = preview["ok"]["id"].as_str().unwrap_or_else(|| panic!("{preview}")).to_owned();
    let order = json!({ "order": { "preview": preview, "count": 1, "goOn": false } });
    let start = || async {
        let asked = vec![json!("start_replay"), order.clone(), json!("events")];
        window.run_async(ASK, asked).await["code"].clone()
    };
    assert_eq!(start().await, "read_only");

    // The stored password goes nowhere else, and production is not loosened by the way.
    let keep = json!({ "password": { "change": "keep" }, "privateKey": { "change": "keep" } });
    let form = ask(&window, "get_connection", json!({ "id": id })).await["ok"].clone();
    let save =
        |form: Value| ask(&window, "save_connection", json!({ "form": form, "secrets": keep }));
    let mut evil = form.clone();
    evil["broker"]["bootstrapServers"] = json!("127.0.0.1:9");
    assert_eq!(save(evil.clone()).await["code"], "invalid");
    let tested = ask(&window, "test_connection", json!({ "form": evil, "secrets": keep })).await;
    assert_eq!(tested["code"], "invalid");
    let mut open = form.clone();
    open["environment"] = json!("dev");
    open["access"] = json!("open");
    assert_eq!(save(open.clone()).await["code"], "read_only");
    assert_eq!(rows(&window, &logs).await, 5, "what was refused has closed nothing");

    let unlock = json!({ "connection": id, "reason": "ticket 4711", "minutes": 5 });
    assert!(ask(&window, "unlock", unlock).await["ok"].is_object());
    assert!(save(open).await["ok"].is_object());
    let listed = ask(&window, "list_connections", json!({})).await;
    let now = listed["ok"].as_array().into_iter().flatten().find(|one| one["id"] == id.as_str());
    assert_eq!(now.map(|one| &one["access"]["level"]), Some(&json!("open")));
    assert_eq!(start().await, "not_found", "previewed on what was production");
    assert_eq!(rows(&window, &logs).await, "not_found");

    // Going to another place of the page is no new page; loading it again is.
    let logs = read(&window, &id).await;
    window.run("location.hash = '#/activity'").await;
    window.find("heading", "Activity").await;
    assert_eq!(rows(&window, &logs).await, 5);
    window.run("window.before = true; location.reload()").await;
    window.until("the page is another one", "return window.before === undefined").await;
    window.find("heading", "Activity").await;
    assert_eq!(rows(&window, &logs).await, "not_found");
    window.close().await;
}
