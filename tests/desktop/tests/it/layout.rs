//! Every page at both sizes and in both themes: nothing cut off, covered, out of reach or hard to read,
//! and the focus is always seen. A picture of each is left under `target/demo/layout`, for eyes.

use std::collections::BTreeMap;
use std::path::PathBuf;

use connections::{Profile, ProfileId};
use desktop::catalogue::Catalogue;
use desktop::demo::KEYRING;
use desktop::session::{Screen, Session};
use desktop::window::Window;
use desktop::{layout, setup};
use fantoccini::key::Key;

use crate::stage::{INVOICES, REFUNDS, RETURNS, stage};

const SMALL: Screen = Screen { width: 1280, height: 800 };
const LARGE: Screen = Screen { width: 1920, height: 1080 };
/// How often Tab is pressed on a page to see where the focus goes.
const STEPS: usize = 9;

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_a_small_window_in_both_themes() {
    let found = walk_through("1280x800", SMALL, "en", INVOICES, Theme::Dark).await;
    assert!(found.problems.is_empty(), "{}", found.problems.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_a_large_window_in_both_themes() {
    let found = walk_through("1920x1080", LARGE, "en", REFUNDS, Theme::Light).await;
    assert!(found.problems.is_empty(), "{}", found.problems.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_fits_and_speaks_french_where_french_was_chosen() {
    let found = walk_through("fr-1280x800", SMALL, "fr", RETURNS, Theme::Dark).await;
    let (en, fr) = (Catalogue::of("en"), Catalogue::of("fr"));
    let english = en.not_in(&fr);
    // A type of exchange, as AMQP calls it in any language.
    let term = |text: &str, page: &str| (text, page) == ("headers", "replay");
    let english = |text: &str, page: &str| english.contains(text) && !term(text, page);
    let left: Vec<_> = found.texts.iter().filter(|(text, page)| english(text, page)).collect();
    assert!(left.is_empty(), "English is left: {left:?}");
    assert!(found.problems.is_empty(), "{}", found.problems.join("\n"));
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Theme {
    Dark,
    Light,
}

/// What was found on the way, each with its page.
#[derive(Default)]
struct Found {
    problems: Vec<String>,
    /// Every text, and a page that it is on.
    texts: BTreeMap<String, String>,
}

async fn walk_through(
    name: &str,
    screen: Screen,
    language: &str,
    queue: &str,
    focus_in: Theme,
) -> Found {
    let stage = stage();
    let session = Session::start(screen);
    let state = session.folder().join("state");
    let saved = setup::connections(stage.kafka, stage.rabbit);
    saved.put_into(&session, &state, stage.kafka, stage.rabbit);
    let refused = Profile {
        id: ProfileId::random(),
        name: "orders-staging".to_owned(),
        ..saved.events.clone()
    };
    setup::save(&state, &[&refused]);
    setup::keep_password(Some(&session), KEYRING, &refused, "not-the-password");
    let window = Window::open(&session, &state, KEYRING).await;
    window.resize(screen.width, screen.height).await;
    let words = Catalogue::of(language);
    if language == "fr" {
        window.click("button", "Settings").await;
        window.click("radio", "Français").await;
        window.keys(&char::from(Key::Escape).to_string()).await;
        window.see(&words.get("shell.connections")).await;
    }

    let folder = brokers::files::target().join("demo/layout");
    let mut walk =
        Walk { window: &window, words, folder, name, focus_in, stops: 0, found: Found::default() };
    walk.connections().await;
    walk.queues(queue).await;
    walk.topics().await;
    walk.everywhere().await;
    let found = walk.found;
    window.close().await;
    found
}

struct Walk<'a> {
    window: &'a Window<'a>,
    words: Catalogue,
    folder: PathBuf,
    name: &'a str,
    focus_in: Theme,
    stops: u32,
    found: Found,
}

impl Walk<'_> {
    async fn connections(&mut self) {
        let window = self.window;
        window.find("grid", &self.words.get("home.title")).await;
        self.stop("connections").await;

        self.click("link", "shell.edit", &[("name", "orders-staging")]).await;
        window.find("heading", "orders-staging").await;
        self.press("connections.test.run").await;
        window.see(&self.words.get("connections.test.once")).await;
        self.stop("connection-refused").await;

        self.click("link", "shell.edit", &[("name", "kronos-commands")]).await;
        window.find("heading", "kronos-commands").await;
        self.press("connections.test.run").await;
        window.find("button", &self.words.get("connections.test.again")).await;
        self.stop("connection").await;

        self.click("link", "shell.addConnection", &[]).await;
        window.find("heading", &self.words.get("connections.edit.untitled")).await;
        self.press("connections.edit.save").await;
        window.see(&self.words.get("connections.problem.name.empty")).await;
        self.stop("new-connection").await;
        window.fill(&self.words.get("connections.field.name"), "orders-dev").await;
        window.click("link", "~orders-staging ").await;
        window.find("dialog", "~").await;
        self.stop("leave-unsaved").await;
        window.click_in_dialog(&self.words.get("connections.leave.go")).await;
        window.see(&self.words.get("failure.authentication")).await;
        self.stop("refused").await;
    }

    async fn queues(&mut self, queue: &str) {
        let window = self.window;
        window.click("link", "~kronos-commands RabbitMQ").await;
        window.find("row", &format!("~{queue}")).await;
        self.stop("queues").await;

        window.click("row", &format!("~{queue}")).await;
        window.find("heading", queue).await;
        window.see(&self.words.get("queues.start.title")).await;
        self.stop("queue").await;
        window.click_first("button", &self.words.get("queues.hold.unlock")).await;
        window.find("textbox", &self.words.get("unlock.reason")).await;
        self.stop("unlock").await;
        window.fill(&self.words.get("unlock.reason"), "INC-2291").await;
        self.click("button", "unlock.confirm", &[("minutes", "15")]).await;
        self.press("queues.hold.open").await;
        window.fill(&self.words.get("queues.hold.count"), "12").await;
        window.see(&self.words.get("queues.hold.cost.one_look")).await;
        self.stop("hold").await;
        self.press("queues.hold.confirm").await;
        window.find("grid", &self.words.with("queues.table.label", &[("queue", queue)])).await;
        for row in ["1", "2", "3"] {
            self.click("checkbox", "common.selectRow", &[("row", row)]).await;
        }
        self.stop("held").await;
        self.tab("queues.detail.tab.properties").await;
        self.stop("held-properties").await;
        self.press("queues.select.remove").await;
        window.find("dialog", "~").await;
        self.stop("remove").await;
        window.click_in_dialog(&self.words.get("queues.remove.cancel")).await;
        self.press("queues.banner.returnAll").await;
        window.see(&self.words.get("queues.banner.end.released.asked")).await;
        self.stop("returned").await;
        self.tab("queues.tab.facts").await;
        window.see(&self.words.get("queues.facts.deliveryLimit")).await;
        self.stop("queue-facts").await;
    }

    async fn topics(&mut self) {
        let window = self.window;
        window.click("link", "~kronos-events Kafka").await;
        window.find("row", "~orders.payment-failed").await;
        self.stop("topics").await;
        window.click("row", "~orders.payment-failed").await;
        window.click("row", "~c-48812").await;
        window.see("CreateTime").await;
        self.stop("topic").await;
        self.tab("record.tab.headers").await;
        self.stop("topic-headers").await;

        self.press("record.replay").await;
        window.choose(&self.words.get("replay.to"), "~kronos-commands").await;
        window.choose(&self.words.get("replay.exchange"), "~commands").await;
        window.click("radio", &self.words.get("replay.routing.fixed")).await;
        window.fill(&self.words.get("replay.routing.key"), "task.create").await;
        window.see(&self.words.get("replay.check.routed")).await;
        self.stop("replay").await;
        self.press("common.close").await;
        self.search().await;
    }

    async fn search(&mut self) {
        let window = self.window;
        window.fill(&self.words.get("query.text.text"), "card_declined").await;
        self.press("query.search").await;
        let hits = [("topic", "orders.payment-failed")];
        window.find("grid", &self.words.with("search.list", &hits)).await;
        window.click("row", "~c-48812").await;
        window.inspect("card_declined").await;
        self.stop("search").await;

        window.click("radio", &self.words.get("query.mode.query")).await;
        window.fill(&self.words.get("query.text.query"), "value.amount > ten").await;
        window.see(&self.words.get("query.problem")).await;
        self.stop("search-problem").await;
        window.fill(&self.words.get("query.text.query"), "value.note.text exists").await;
        self.press("query.search").await;
        window.see(&self.words.get("search.nothing.whole.text")).await;
        self.stop("search-nothing").await;
    }

    async fn everywhere(&mut self) {
        let window = self.window;
        self.click("link", "shell.activity", &[]).await;
        window.click_first("row", "~INC-2291").await;
        self.stop("activity").await;
        window.keys("?").await;
        window.see(&self.words.get("keys.general")).await;
        self.stop("keys").await;
        self.escape().await;
        self.press("shell.goTo").await;
        window.see(&self.words.get("palette.actions")).await;
        self.stop("palette").await;
        self.escape().await;
        self.press("status.settings").await;
        window.see(&self.words.get("settings.zone")).await;
        self.stop("settings").await;
    }

    async fn press(&self, key: &str) {
        self.window.click("button", &self.words.get(key)).await;
    }

    async fn tab(&self, key: &str) {
        self.window.click("tab", &format!("~{}", self.words.get(key))).await;
    }

    async fn click(&self, role: &str, key: &str, values: &[(&str, &str)]) {
        self.window.click(role, &self.words.with(key, values)).await;
    }

    async fn escape(&self) {
        self.window.keys(&char::from(Key::Escape).to_string()).await;
        self.window
            .until("it is closed", "return document.querySelector('[role=dialog]') === null")
            .await;
    }

    /// Looks at the page in both themes and leaves a picture of each.
    async fn stop(&mut self, page: &str) {
        self.stops += 1;
        self.window.until("the page is at rest", AT_REST).await;
        for (theme, class) in [(Theme::Light, "add"), (Theme::Dark, "remove")] {
            self.window.run_async(&THEME.replace("CLASS", class), vec![]).await;
            let shown = format!("{theme:?}").to_lowercase();
            let folder = self.folder.join(format!("{}-{shown}", self.name));
            std::fs::create_dir_all(&folder).expect("target is writable");
            self.window.screenshot(&folder.join(format!("{:02}-{page}.png", self.stops)));
            let mut problems = layout::problems(self.window).await;
            if theme == self.focus_in {
                problems.extend(layout::unseen_focus(self.window, STEPS).await);
            }
            let told = problems.into_iter().map(|it| format!("{page}, {shown}: {it}"));
            self.found.problems.extend(told);
        }
        let texts = layout::texts(self.window).await;
        let plain = texts.into_iter().map(|text| text.replace(['\u{a0}', '\u{202f}'], " "));
        self.found.texts.extend(plain.map(|text| (text, page.to_owned())));
    }
}

/// Nothing is on its way and nothing moves, but for what moves for ever.
const AT_REST: &str = "return document.querySelector('[aria-busy=true], [class*=skeleton]') === null \
    && document.fonts.status === 'loaded' \
    && document.getAnimations().every(it => it.playState !== 'running' \
        || it.effect.getComputedTiming().iterations === Infinity)";

/// What choosing a theme does, and two frames for it to be drawn.
const THEME: &str = "const [done] = arguments; document.documentElement.classList.CLASS('light'); \
    requestAnimationFrame(() => requestAnimationFrame(() => done(null)))";
