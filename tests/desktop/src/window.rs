//! The app in a session, driven through WebDriver as a person would: by roles, names and texts.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use brokers::Port;
use brokers::process::Daemon;
use fantoccini::elements::{Element, ElementRef};
use fantoccini::key::Key;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::processes::{self, Process};
use crate::session::Session;

/// How long a step may take before the test says what it was waiting for.
const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);

/// The window of a running app.
pub struct Window<'a> {
    client: Client,
    session: &'a Session,
    // The app is a child of the driver and ends with it.
    driver: Daemon,
    _port: Port,
}

/// The app's executable: what `make app` built, in the profile that this program was built with.
pub fn executable() -> PathBuf {
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    let path = brokers::files::target().join(profile).join("kronos-console");
    assert!(path.exists(), "the app is not built: run `make app`");
    path
}

/// Gives the app a state folder and a keyring service of its own.
pub fn for_state(command: &mut Command, state: &Path, keyring: &str) {
    command.env("KRONOS_CONSOLE_STATE", state).env("KRONOS_CONSOLE_KEYRING", keyring);
}

impl<'a> Window<'a> {
    /// Starts the app with a state folder and a keyring service of its own, and waits for its
    /// navigation.
    pub async fn open(session: &'a Session, state: &Path, keyring: &str) -> Window<'a> {
        let port = Port::free();
        let mut command = Command::new("WebKitWebDriver");
        command.arg("--host=127.0.0.1").arg(format!("--port={}", port.number()));
        session.enter(&mut command);
        command
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("WEBKIT_DISABLE_DMABUF_RENDERER", "1");
        for_state(&mut command, state, keyring);
        let driver = Daemon::start(command, session.folder().join("driver.log"));
        wait_for_port(port.number());

        let mut capabilities = Capabilities::new();
        capabilities.insert(
            "webkitgtk:browserOptions".into(),
            json!({ "binary": executable(), "args": [] }),
        );
        // Whatever a page does, the driver answers in the end. Milliseconds.
        capabilities.insert("timeouts".into(), json!({ "pageLoad": 20_000, "script": 20_000 }));
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{}", port.number()))
            .await
            .unwrap_or_else(|error| panic!("no window: {error}; {}", driver.last_words()));
        let window = Window { client, session, driver, _port: port };
        window.find("navigation", "Navigation").await;
        window
    }

    /// The one visible element of this role whose accessible name is `name`; `~` in front
    /// of `name` asks for a part of it. Waits until it is there.
    pub async fn find(&self, role: &str, name: &str) -> Element {
        let started = Instant::now();
        loop {
            let found = self.all(role, name).await;
            match found.as_slice() {
                [only] => return only.clone(),
                [] if started.elapsed() < PATIENCE => tokio::time::sleep(POLL).await,
                [] => self.give_up(&format!("no {role} named \"{name}\"")).await,
                many => {
                    self.give_up(&format!("{} times a {role} named \"{name}\"", many.len())).await
                }
            }
        }
    }

    /// Every visible element of this role and name, now.
    pub async fn all(&self, role: &str, name: &str) -> Vec<Element> {
        let found = self.client.execute(FIND, vec![json!(role), json!(name)]).await;
        let found = found.unwrap_or_else(|error| panic!("the page cannot be asked: {error}"));
        let handles = found.as_array().cloned().unwrap_or_default();
        handles
            .iter()
            .filter_map(|handle| handle.as_object()?.values().next()?.as_str())
            .map(|id| {
                Element::from_element_id(self.client.clone(), ElementRef::from(id.to_owned()))
            })
            .collect()
    }

    /// Clicks what [`Window::find`] finds, once it is enabled.
    pub async fn click(&self, role: &str, name: &str) {
        let started = Instant::now();
        loop {
            let element = self.find(role, name).await;
            if usable(&element).await {
                match element.click().await {
                    Ok(()) => return,
                    // The page was drawn anew between the look and the click, or is still moving.
                    Err(_) if started.elapsed() < PATIENCE => {}
                    Err(error) => {
                        self.give_up(&format!("the {role} \"{name}\" cannot be clicked: {error}"))
                            .await
                    }
                }
            } else if started.elapsed() > PATIENCE {
                self.give_up(&format!("the {role} \"{name}\" stays disabled")).await;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Clicks the first of several elements that do the same.
    pub async fn click_first(&self, role: &str, name: &str) {
        let started = Instant::now();
        loop {
            let clicked = match self.all(role, name).await.first() {
                Some(first) => usable(first).await && first.click().await.is_ok(),
                None => false,
            };
            if clicked {
                return;
            }
            if started.elapsed() > PATIENCE {
                self.give_up(&format!("no {role} named \"{name}\" can be clicked")).await;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Clicks the button of the open dialog that has this name; the page may have one too.
    pub async fn click_in_dialog(&self, name: &str) {
        let started = Instant::now();
        self.find("dialog", "~").await;
        loop {
            // What is in the dialog comes last in the document.
            let clicked = match self.all("button", name).await.last() {
                Some(last) => usable(last).await && last.click().await.is_ok(),
                None => false,
            };
            if clicked {
                return;
            }
            if started.elapsed() > PATIENCE {
                self.give_up(&format!("no button {name} of a dialog can be clicked")).await;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Opens a select and chooses one of its options.
    pub async fn choose(&self, select: &str, option: &str) {
        self.click("combobox", select).await;
        self.click("option", option).await;
    }

    /// The text of the value that the inspector shows.
    pub async fn inspected(&self) -> String {
        let text = self.run("return document.querySelector('.cm-content')?.innerText").await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the inspector shows a value with this part, and gives what it shows of it.
    pub async fn inspect(&self, part: &str) -> String {
        let started = Instant::now();
        loop {
            let shown = self.inspected().await;
            if shown.contains(part) {
                return shown;
            }
            if started.elapsed() > PATIENCE {
                self.give_up(&format!("the inspector shows {shown:?} without {part:?}")).await;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Replaces the text of a field.
    pub async fn fill(&self, name: &str, text: &str) {
        let field = self.find("textbox", name).await;
        let all = format!("{}a{}", char::from(Key::Control), char::from(Key::Null));
        field.click().await.expect("a field can be clicked");
        field.send_keys(&all).await.expect("a field takes keys");
        field.send_keys(&char::from(Key::Backspace).to_string()).await.expect("a field takes keys");
        field.send_keys(text).await.expect("a field takes keys");
    }

    /// Types into whatever has the focus.
    pub async fn keys(&self, keys: &str) {
        let active = self.client.active_element().await.expect("something has the focus");
        active.send_keys(keys).await.expect("the focus takes keys");
    }

    /// Waits until the page shows a text somewhere, and gives the whole text of the page.
    pub async fn see(&self, text: &str) -> String {
        let started = Instant::now();
        loop {
            let shown = self.text().await;
            if shown.contains(text) {
                return shown;
            }
            if started.elapsed() > PATIENCE {
                self.give_up(&format!("the page never showed \"{text}\"")).await;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits until the page no longer shows a text.
    pub async fn see_no_more(&self, text: &str) {
        let started = Instant::now();
        while self.text().await.contains(text) {
            if started.elapsed() > PATIENCE {
                self.give_up(&format!("the page still shows \"{text}\"")).await;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// What the page shows now, as text. Spaces that forbid a line break are plain ones.
    pub async fn text(&self) -> String {
        let script = "return document.body.innerText.replace(/[\\u00a0\\u202f]/g, ' ')";
        let text = self.client.execute(script, vec![]).await;
        text.ok().and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The whole document as markup, attributes and values of fields included.
    pub async fn markup(&self) -> String {
        let script = "return document.documentElement.outerHTML + [...document.querySelectorAll('input,textarea')].map(e => e.value).join('\\n') + JSON.stringify(localStorage) \
                      + JSON.stringify(sessionStorage)";
        let markup = self.client.execute(script, vec![]).await.expect("the page can be asked");
        markup.as_str().unwrap_or_default().to_owned()
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap_or_else(|e| panic!("{script}: {e}"))
    }

    /// Runs a script in the page that answers through its last argument.
    pub async fn run_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        let answer = self.client.execute_async(script, arguments).await;
        answer.unwrap_or_else(|e| panic!("{script}: {e}"))
    }

    /// Makes the window so large, and waits until its page is.
    pub async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_rect(0, 0, width, height).await.expect("a window has a size");
        let wanted = json!([width, height]);
        let started = Instant::now();
        loop {
            let size = self.run("return [innerWidth, innerHeight]").await;
            if size == wanted {
                return;
            }
            if started.elapsed() > PATIENCE {
                self.give_up(&format!("the page is {size} instead of {wanted}")).await;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Waits until a script says something else than null or false, and gives that.
    pub async fn until(&self, what: &str, script: &str) -> Value {
        let started = Instant::now();
        loop {
            let answer = self.run(script).await;
            if !matches!(answer, Value::Null | Value::Bool(false)) {
                return answer;
            }
            if started.elapsed() > PATIENCE {
                self.give_up(what).await;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// The processes of the driver, the app and its web view.
    pub fn processes(&self) -> Vec<Process> {
        processes::family(self.driver.pid())
    }

    /// The session it is in.
    pub fn session(&self) -> &Session {
        self.session
    }

    /// A picture of the display.
    pub fn screenshot(&self, to: &Path) {
        self.session.screenshot(to);
    }

    /// Closes the window and waits for the app's end.
    pub async fn close(self) {
        // The driver answers after the app has gone; that it went while answering is no failure.
        if let Err(error) = self.client.close().await {
            eprintln!("closing the window: {error}");
        }
    }

    /// Waits until the app ended by itself.
    pub async fn gone(self) {
        let started = Instant::now();
        while self.processes().iter().any(|process| process.name == "kronos-console") {
            if started.elapsed() > PATIENCE {
                self.give_up("the app does not end").await;
            }
            tokio::time::sleep(POLL).await;
        }
    }

    async fn give_up(&self, what: &str) -> ! {
        let picture = brokers::files::target().join("desktop-failure.png");
        self.session.screenshot(&picture);
        // A huge value has huge lines.
        let shown = self.text().await;
        let lines = shown.lines().map(|line| line.chars().take(300).collect::<String>());
        let shown = lines.collect::<Vec<_>>().join("\n");
        panic!("{what}; picture: {}; the page shows:\n{shown}", picture.display());
    }
}

/// A button that cannot be pressed now keeps its focus, and says so to assistive technology only.
async fn usable(element: &Element) -> bool {
    let disabled = element.attr("aria-disabled").await.ok().flatten();
    disabled.as_deref() != Some("true") && element.is_enabled().await.unwrap_or(false)
}

fn wait_for_port(port: u16) {
    let started = Instant::now();
    while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
        assert!(started.elapsed() < PATIENCE, "nothing listens on port {port}");
        std::thread::sleep(POLL);
    }
}

/// Visible elements by role and accessible name, as an assistive technology would name them.
const FIND: &str = r#"
const [role, wanted] = arguments;
const selectors = {
  button: 'button:not([role]),[role=button],summary',
  link: 'a[href],[role=link]',
  textbox: 'input:not([type=checkbox]):not([type=radio]):not([type=file]),textarea,[role=textbox]',
  combobox: 'select,[role=combobox]',
  checkbox: 'input[type=checkbox],[role=checkbox]',
  radio: 'input[type=radio],[role=radio]',
  tab: '[role=tab]', dialog: '[role=dialog],[role=alertdialog]', row: '[role=row],tr',
  option: '[role=option],option', menuitem: '[role=menuitem]', heading: 'h1,h2,h3',
  navigation: 'nav,[role=navigation]', region: 'section,aside,[role=region],[role=complementary]',
  status: '[role=status]', switch: '[role=switch]', grid: '[role=grid],table',
};
const clean = text => (text || '').replace(/\s+/g, ' ').trim();
const name = element => {
  const by = element.getAttribute('aria-labelledby');
  if (by) return clean(by.split(/\s+/).map(id => document.getElementById(id)?.textContent).join(' '));
  const label = element.getAttribute('aria-label');
  if (label) return clean(label);
  if (element.labels?.length) return clean([...element.labels].map(l => {
    const copy = l.cloneNode(true);
    copy.querySelectorAll('input,select,textarea').forEach(e => e.remove());
    return copy.textContent;
  }).join(' '));
  return clean(element.innerText ?? element.textContent);
};
const part = wanted.startsWith('~') ? wanted.slice(1) : null;
return [...document.querySelectorAll(selectors[role] ?? `[role=${role}]`)]
  .filter(element => element.getClientRects().length > 0)
  .filter(element => part === null ? name(element) === wanted : name(element).includes(part));
"#;
