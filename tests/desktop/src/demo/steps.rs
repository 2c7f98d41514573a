//! The steps, as a person does them: by what the window says.

use std::collections::BTreeSet;

use brokers::world::facts::Facts;

use crate::demo::proof::Proofs;
use crate::oracle::{Depth, Oracle};
use crate::window::Window;

const EVENTS: &str = "~kronos-events Kafka";
const COMMANDS: &str = "~kronos-commands RabbitMQ";
const DEAD_LETTERS: &str = "task_queue.dlq";
const PAYMENTS: &str = "orders.payment-failed";
/// How many messages are held.
const HELD: u64 = 5;

/// Connects to both by opening them in the navigation.
pub async fn connect(window: &Window<'_>, oracle: &Oracle<'_>, proofs: &mut Proofs) {
    window.click("link", COMMANDS).await;
    let shown = window.see(DEAD_LETTERS).await;
    let queues = oracle.queues();
    let in_window = named(&queues, &shown);
    proofs.equal("queues of kronos-commands", in_window, queues);
    let connections = oracle.console_connections();
    proofs.that(
        "RabbitMQ sees the console's connection over TLS, by the user whose password is in the keyring",
        connections.iter().any(|line| line.starts_with("admin tlsv1")),
        &connections,
    );

    window.click("link", EVENTS).await;
    let shown = window.see(PAYMENTS).await;
    let topics = oracle.topics();
    proofs.equal("topics of kronos-events", named(&topics, &shown), topics);
}

/// Opens a topic, whose newest records are read at once.
pub async fn browse(window: &Window<'_>, oracle: &Oracle<'_>, proofs: &mut Proofs) {
    let groups = oracle.groups();
    let written = oracle.written(PAYMENTS);
    window.click("row", &format!("~{PAYMENTS}")).await;
    window.find("heading", PAYMENTS).await;
    window.click("row", "~c-48812").await;
    let shown = window.see("CreateTime").await;
    proofs.that(
        "a record is open in the inspector, its 64-bit number whole",
        shown.contains("90071992547"),
        title(&shown),
    );
    let (partition, offset) = place(&shown);
    let value = oracle.value(PAYMENTS, partition, offset);
    let inspected = window.inspected().await;
    proofs.equal("the value of that record", squeeze(&inspected), squeeze(&value));
    proofs.equal("consumer groups after browsing", oracle.groups(), groups);
    proofs.equal("records written by browsing", oracle.written(PAYMENTS), written);
}

/// Finds one line among thousands by a text of the ticket, in every offset of the topic.
pub async fn find(window: &Window<'_>, oracle: &Oracle<'_>, facts: &Facts, proofs: &mut Proofs) {
    let needle = facts.record("needle");
    window.click("link", "Topics").await;
    window.click("row", &format!("~{}", needle.topic)).await;
    window.find("heading", &needle.topic).await;
    let groups = oracle.groups();
    window.fill("Text to search for", "payment declined after 3 attempts").await;
    window.click("button", "Search").await;
    let offsets = oracle.written(&needle.topic);
    let whole = format!("every one of the {} offsets was looked at", grouped(offsets));
    proofs.that(
        "the search looked at all of the topic",
        window.see(&whole).await.contains("1 hit"),
        whole,
    );
    window.click("row", "~payment declined after 3 attempts").await;
    let shown = window.see("CreateTime").await;
    proofs.equal("consumer groups after searching", oracle.groups(), groups);
    proofs.equal("where the needle is", place(&shown), (needle.partition, needle.offset));
    let value = oracle.value(&needle.topic, needle.partition, needle.offset);
    proofs.equal("the needle", squeeze(&window.inspected().await), squeeze(&value));
}

/// Unlocks production with a reason and holds some dead letters.
pub async fn hold(
    window: &Window<'_>,
    oracle: &Oracle<'_>,
    facts: &Facts,
    proofs: &mut Proofs,
    picture: &impl Fn(&str),
) {
    let all = facts.queue(DEAD_LETTERS).messages;
    window.click("link", COMMANDS).await;
    window.click("row", &format!("~{DEAD_LETTERS}")).await;
    window.find("heading", DEAD_LETTERS).await;
    proofs.equal(
        "dead letters before anything is held",
        oracle.depth(DEAD_LETTERS),
        Depth { ready: all, unacked: 0 },
    );
    window.click_first("button", "Unlock…").await;
    window.fill("Reason", "INC-2291").await;
    picture("4-unlock");
    window.click("button", "~Unlock for").await;
    window.click_first("button", "Hold…").await;
    window.fill("How many messages", &HELD.to_string()).await;
    window.see("is counted").await;
    picture("4-hold-cost");
    window.click("button", &format!("Hold {HELD}")).await;
    window.see(&format!("Holding {HELD} messages")).await;
    proofs.equal(
        "dead letters while some are held",
        oracle.depth(DEAD_LETTERS),
        Depth { ready: all - HELD, unacked: HELD },
    );
}

/// Removes one held message for good, by typing the count, and returns the others.
pub async fn acknowledge_one(
    window: &Window<'_>,
    oracle: &Oracle<'_>,
    facts: &Facts,
    proofs: &mut Proofs,
    picture: &impl Fn(&str),
) {
    let all = facts.queue(DEAD_LETTERS).messages;
    window.click("checkbox", "Select row 1").await;
    window.click("button", "~Remove 1").await;
    window.fill("~Type the count", "1").await;
    picture("5-remove");
    window.click_in_dialog("~Remove 1").await;
    window.see("1 message removed").await;
    proofs.equal(
        "dead letters after one was acknowledged",
        oracle.depth(DEAD_LETTERS),
        Depth { ready: all - HELD, unacked: HELD - 1 },
    );
    window.click("button", "Return all").await;
    window.see("This hold has ended").await;
    proofs.equal(
        "dead letters after the others were returned",
        oracle.depth(DEAD_LETTERS),
        Depth { ready: all - 1, unacked: 0 },
    );
}

/// Replays one Kafka record to an exchange of RabbitMQ.
pub async fn replay_one(
    window: &Window<'_>,
    oracle: &Oracle<'_>,
    facts: &Facts,
    proofs: &mut Proofs,
    picture: &impl Fn(&str),
) {
    let payment = facts.record("failed-payment");
    let before = oracle.messages("task_queue");
    let written = oracle.written(PAYMENTS);
    window.click("link", EVENTS).await;
    window.click("row", &format!("~{PAYMENTS}")).await;
    window.choose("Read", "From time").await;
    window.fill("~Time (", &utc(payment.timestamp)).await;
    window.click("button", "Read").await;
    window.click("row", "~c-48812").await;
    window.see("9007199254740993").await;
    window.click("button", "Replay…").await;
    window.choose("Target", "~kronos-commands").await;
    window.choose("Exchange", "~commands").await;
    window.click("radio", "Fixed").await;
    window.fill("Key", "task.create").await;
    window.see("Every message reaches a queue").await;
    picture("6-replay-preview");
    window.fill("~Type the count", "1").await;
    window.click("button", "Replay 1 record").await;
    window.see("Done: 1 of 1 confirmed").await;

    let after = oracle.messages("task_queue");
    proofs.equal("messages that came into task_queue", 1, after.len() - before.len());
    let value = oracle.value(PAYMENTS, payment.partition, payment.offset);
    let copy = after.iter().find(|message| message["payload"].as_str() == Some(value.as_str()));
    proofs.that(
        "the copy in task_queue has the record's exact bytes and came through commands with task.create",
        copy.is_some_and(|copy| copy["exchange"] == "commands" && copy["routing_key"] == "task.create"),
        copy.map(|copy| copy["properties"]["headers"].clone()),
    );
    proofs.equal("records in the source topic", oracle.written(PAYMENTS), written);
}

/// Reads in Activity what was done.
pub async fn read_activity(window: &Window<'_>, proofs: &mut Proofs) {
    window.click("link", "Activity").await;
    // The reason of the unlock stands beside the page, too: only the entries count.
    let entries = "const grid = document.querySelector('main [role=grid]');\
        return grid?.innerText.includes('INC-2291') ? grid.innerText : null";
    let shown = window.until("the entries of Activity", entries).await;
    let shown = shown.as_str().unwrap_or_default();
    for action in ["unlock", "hold", "remove", "replay"] {
        proofs.that("Activity tells of it", shown.contains(action), action);
    }
}

/// Which of these names the window shows.
fn named(names: &BTreeSet<String>, shown: &str) -> BTreeSet<String> {
    let lines: BTreeSet<&str> = shown.lines().map(str::trim).collect();
    names.iter().filter(|name| lines.contains(name.as_str())).cloned().collect()
}

/// The inspector's title: `P 7 · offset 891,204`.
fn title(shown: &str) -> &str {
    shown.lines().find(|line| line.contains("· offset ")).unwrap_or("no record is open")
}

fn place(shown: &str) -> (i32, i64) {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let (partition, offset) = title(shown).split_once('·').unwrap_or_default();
    (digits(partition).parse().unwrap_or(-1), digits(offset).parse().unwrap_or(-1))
}

/// A number as the window writes it in English.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&[u8]> = digits.as_bytes().rchunks(3).rev().collect();
    groups.into_iter().map(String::from_utf8_lossy).collect::<Vec<_>>().join(",")
}

/// JSON without the white space that the inspector adds between its lexemes. No text of the demo
/// world has two spaces or a line break inside a string.
fn squeeze(json: &str) -> String {
    let joined: String = json.lines().map(str::trim).collect();
    joined.replace("\": ", "\":")
}

/// A time as the window takes it. The session's zone is UTC.
fn utc(millis: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(millis).expect("the demo world's times are real");
    at.strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()
}
