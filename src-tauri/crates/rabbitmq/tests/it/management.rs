//! The management API: what it tells, and what happens without it.

use std::sync::atomic::Ordering;

use connections::{Code, Failure};
use lapin::ExchangeKind;
use lapin::options::{BasicConsumeOptions, BasicQosOptions, ExchangeBindOptions};
use lapin::types::{AMQPValue, FieldTable};
use rabbitmq::Broker;
use rabbitmq::hold::{LookMode, Note, TakeEnd};
use rabbitmq::management::{
    DeadLetter, QueueFacts, QueueQuery, QueueSort, QueueType, RouteCertainty,
};
use serde_json::json;
use uuid::Uuid;

use crate::support::*;

fn query(name: &str) -> QueueQuery {
    QueueQuery {
        page: 1,
        page_size: 100,
        name: name.into(),
        sort: QueueSort::Name,
        descending: false,
        statistics: true,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_are_paged_sorted_and_filtered_by_the_server() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let group = format!("group-{}", Uuid::new_v4().simple());
    for (name, count) in [("a", 3), ("b", 1), ("c", 2)] {
        bare.named_queue(&format!("{group}-{name}"), &[]).await;
        bare.fill(&format!("{group}-{name}"), numbers(count)).await;
    }
    let management = desk.broker.management().unwrap();
    for statistics in [true, false] {
        let largest = QueueQuery {
            page_size: 2,
            sort: QueueSort::Ready,
            descending: true,
            statistics,
            ..query(&group)
        };
        // Figures come a second after the fact.
        eventually(async || {
            let page = management.queues(&largest).await.unwrap();
            let known = |queue: &QueueFacts| queue.consumers.is_some() == statistics;
            page.queues.iter().map(|queue| queue.ready).eq([Some(3), Some(2)])
                && page.queues.iter().all(known)
        })
        .await;
        let page = management.queues(&largest).await.unwrap();
        assert_eq!((page.page, page.pages, page.matching), (1, 2, Some(3)));
        assert!(page.total.unwrap() >= 3);
        assert_eq!(page.queues[0].kind, Some(QueueType::Classic));
        assert_eq!(page.queues[0].consumers, statistics.then_some(0), "light: unknown, not 0");
        let second = QueueQuery { page: 2, ..largest };
        let page = management.queues(&second).await.unwrap();
        assert_eq!(page.queues[0].name, format!("{group}-b"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_that_cannot_be_are_refused_and_pages_that_are_gone_say_so() {
    let rabbit = brokers::rabbitmq();
    let desk = Desk::at(rabbit).await;
    let management = desk.broker.management().unwrap();
    for wrong in [
        QueueQuery { page: 0, ..query("") },
        QueueQuery { page_size: 501, ..query("") },
        QueueQuery { page_size: 0, ..query("") },
    ] {
        assert_eq!(management.queues(&wrong).await.unwrap_err().code, Code::Invalid);
    }
    // One queue at least, so that there is a first page to be beyond of.
    Bare::at(rabbit).await.queue(&[]).await;
    let gone = QueueQuery { page: 5000, ..query("") };
    assert_eq!(management.queues(&gone).await.unwrap_err().code, Code::Changed);
}

#[tokio::test(flavor = "multi_thread")]
async fn queues_of_any_name_are_found_and_not_mistaken() {
    let rabbit = brokers::rabbitmq();
    for vhost in ["/", "orders/eu"] {
        let bare = Bare::into_vhost(rabbit, vhost).await;
        let there = change(profile(rabbit, "admin"), |s| s.vhost = vhost.into());
        let desk = Desk::open(&there, &secrets(rabbit, "admin")).await;
        for name in
            ["a/b", "100%", "%2F", "say \"hi\"", "🐰?q#f&x=1", "tab\tand\u{202e}bidi", "..", "."]
        {
            bare.named_queue(name, &[]).await;
            let before = bare.ready(name).await;
            bare.fill(name, ["one"]).await;
            let facts = desk.broker.queue(name).await.unwrap();
            assert_eq!(facts.name, name);
            assert_eq!(facts.ready, Some(u64::from(before) + 1), "{name:?} in {vhost}");
            if name == ".." || name == "." {
                assert_eq!(facts.missing.unwrap().code, Code::Unsupported);
            } else {
                assert_eq!(facts.missing, None, "{name:?}");
                assert_eq!(facts.kind, Some(QueueType::Classic), "{name:?}");
            }
            let handle = desk.hold(name, 1).await;
            assert_eq!(handle.rows().len(), 1, "{name:?} can be held");
            handle.return_all().await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queues_facts_are_complete() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare
        .quorum(&[
            ("x-delivery-limit", AMQPValue::LongInt(7)),
            ("x-dead-letter-exchange", AMQPValue::LongString("dlx".into())),
        ])
        .await;
    let policy = format!("/api/policies/%2F/{queue}");
    let body = json!({
        "pattern": format!("^{queue}$"), "apply-to": "queues",
        "definition": {"dead-letter-routing-key": "dead", "delivery-limit": 5},
    });
    rabbit.api("PUT", &policy, Some(&body)).unwrap();
    bare.channel.basic_qos(5, BasicQosOptions::default()).await.unwrap();
    let consume = bare.channel.basic_consume(
        queue.as_str().into(),
        "the-worker".into(),
        BasicConsumeOptions::default(),
        FieldTable::default(),
    );
    let _consumer = consume.await.unwrap();
    bare.fill(&queue, ["one"]).await;
    let management = desk.broker.management().unwrap();
    eventually(async || {
        let facts = management.queue(&queue).await.unwrap();
        facts.consumer_list.is_some_and(|list| list.len() == 1)
            && facts.unacked == Some(1)
            && facts.policy_definition.is_some()
    })
    .await;
    let facts = desk.broker.queue(&queue).await.unwrap();
    assert_eq!(facts.kind, Some(QueueType::Quorum));
    assert_eq!(
        (facts.durable, facts.exclusive, facts.auto_delete),
        (Some(true), Some(false), Some(false))
    );
    assert_eq!((facts.ready, facts.unacked, facts.consumers), (Some(0), Some(1), Some(1)));
    assert_eq!(facts.policy.as_deref(), Some(queue.as_str()));
    let limits = facts.delivery_limits();
    assert_eq!((limits.argument, limits.policy), (Some(7), Some(5)));
    let to = DeadLetter::To { exchange: "dlx".into(), routing_key: Some("dead".into()) };
    assert_eq!(facts.dead_letter, to);
    assert_eq!(facts.dead_letters_waiting, Some(0));
    let consumer = &facts.consumer_list.unwrap()[0];
    assert_eq!(consumer.tag, "the-worker");
    assert_eq!((consumer.prefetch, consumer.acknowledges), (Some(5), Some(true)));
    assert!(consumer.channel.is_some() && consumer.user.as_deref() == Some("admin"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quorum_queue_without_a_leader_has_unknown_numbers_and_not_none() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let queue = bare.quorum(&[]).await;
    bare.fill(&queue, numbers(3)).await;
    let management = desk.broker.management().unwrap();
    eventually(async || management.queue(&queue).await.unwrap().ready == Some(3)).await;
    stop_leader(rabbit, &queue);
    let depth = desk.broker.depth(&queue).await.unwrap();
    assert_eq!((depth.ready, depth.consumers), (0, 0), "what the broker says");
    let facts = desk.broker.queue(&queue).await.unwrap();
    assert_eq!((facts.ready, facts.consumers, facts.total), (None, None, None), "{facts:?}");
    let preview = desk.broker.hold_preview(&queue, 5).await.unwrap();
    assert_eq!((preview.mode, preview.would_hide), (LookMode::Copy, None));
    assert!(preview.notes.contains(&Note::ConsumersUnknown), "{:?}", preview.notes);
    let handle = desk.hold(&queue, 5).await;
    let state = handle.ended().await;
    assert_eq!(state.take_end, Some(TakeEnd::Stalled), "not: empty");

    start_leader(rabbit, &queue);
    eventually(async || desk.broker.queue(&queue).await.unwrap().ready == Some(3)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_route_is_known_before_anything_is_sent() {
    let rabbit = brokers::rabbitmq();
    let (desk, bare) = (Desk::at(rabbit).await, Bare::at(rabbit).await);
    let [a, b, caught] = [bare.queue(&[]).await, bare.queue(&[]).await, bare.queue(&[]).await];
    let fanout = bare.exchange(ExchangeKind::Fanout, &[]).await;
    bare.bind(&caught, &fanout, "").await;
    let alternate = ("alternate-exchange", AMQPValue::LongString(fanout.as_str().into()));
    let topic = bare.exchange(ExchangeKind::Topic, &[alternate]).await;
    bare.bind(&a, &topic, "order.*.failed").await;
    bare.bind(&b, &topic, "order.#").await;
    let direct = bare.exchange(ExchangeKind::Direct, &[]).await;
    let bind = bare.channel.exchange_bind(
        topic.as_str().into(),
        direct.as_str().into(),
        "order.1.failed".into(),
        ExchangeBindOptions::default(),
        FieldTable::default(),
    );
    bind.await.unwrap();
    let headers = bare.exchange(ExchangeKind::Headers, &[]).await;
    bare.bind(&a, &headers, "").await;
    let by_policy = bare.exchange(ExchangeKind::Direct, &[]).await;
    let policy = json!({
        "pattern": format!("^{by_policy}$"), "apply-to": "exchanges",
        "definition": {"alternate-exchange": fanout},
    });
    rabbit.api("PUT", &format!("/api/policies/%2F/{by_policy}"), Some(&policy)).unwrap();

    let management = desk.broker.management().unwrap();
    let exact = async |exchange: &str, key: &str, mut queues: Vec<String>| {
        queues.sort();
        let route = management.route(exchange, key).await.unwrap();
        assert_eq!((route.queues, route.certainty), (queues, RouteCertainty::Exact), "{key}");
    };
    exact(&topic, "order.1.failed", vec![a.clone(), b.clone()]).await;
    exact(&topic, "order.1", vec![b.clone()]).await;
    exact(&topic, "invoice", vec![caught.clone()]).await;
    exact(&direct, "order.1.failed", vec![a.clone(), b.clone()]).await;
    exact(&direct, "other", vec![]).await;
    exact(&by_policy, "anything", vec![caught.clone()]).await;
    exact("", &a, vec![a.clone()]).await;
    exact("", "no-such-queue", vec![]).await;
    let unknown = management.route(&headers, "k").await.unwrap();
    assert!(matches!(unknown.certainty, RouteCertainty::Unknown { .. }));
    assert_eq!(management.route("no-such", "k").await.unwrap_err().code, Code::NotFound);
    let internal = management.route("amq.rabbitmq.trace", "k").await.unwrap_err();
    assert_eq!(internal.code, Code::Refused);

    // The broker's own answer to the same question.
    for (exchange, key) in [(&topic, "order.1.failed"), (&topic, "invoice"), (&by_policy, "x")] {
        let route = management.route(exchange, key).await.unwrap();
        let before: Vec<u32> = depths(&bare, &[&a, &b, &caught]).await;
        let options = lapin::options::BasicPublishOptions::default();
        let publish = bare.channel.basic_publish(
            exchange.as_str().into(),
            key.into(),
            options,
            b"x",
            lapin::BasicProperties::default(),
        );
        publish.await.unwrap().await.unwrap();
        let after = depths(&bare, &[&a, &b, &caught]).await;
        let reached = [&a, &b, &caught]
            .into_iter()
            .zip(before.iter().zip(&after))
            .filter(|(_, (before, after))| after > before)
            .map(|(queue, _)| queue.clone());
        let mut reached: Vec<String> = reached.collect();
        reached.sort();
        assert_eq!(route.queues, reached, "{key}");
    }
}

async fn depths(bare: &Bare, queues: &[&String]) -> Vec<u32> {
    let mut depths = Vec::new();
    for queue in queues {
        depths.push(bare.ready(queue).await);
    }
    depths
}

#[tokio::test(flavor = "multi_thread")]
async fn exchanges_and_the_account_are_told() {
    let rabbit = brokers::rabbitmq();
    let desk = Desk::at(rabbit).await;
    let management = desk.broker.management().unwrap();
    let exchanges = management.exchanges().await.unwrap();
    assert!(exchanges.iter().any(|exchange| exchange.name.is_empty()));
    let topic = exchanges.iter().find(|exchange| exchange.name == "amq.topic").unwrap();
    assert_eq!((topic.kind.as_str(), topic.internal), ("topic", Some(false)));
    let who = management.whoami().await.unwrap();
    assert_eq!((who.name.as_str(), who.tags.as_slice()), ("admin", &["administrator".into()][..]));
}

async fn without_management(url: String) -> (Failure, Failure) {
    let rabbit = brokers::rabbitmq();
    let bare = Bare::at(rabbit).await;
    let queue = bare.queue(&[]).await;
    bare.fill(&queue, ["one", "two"]).await;
    let there = change(profile(rabbit, "admin"), |s| s.management_url = Some(url));
    let desk = Desk::open(&there, &secrets(rabbit, "admin")).await;
    let listing = desk.broker.management().unwrap().queues(&query("")).await.unwrap_err();
    let facts = desk.broker.queue(&queue).await.unwrap();
    assert_eq!((facts.ready, facts.consumers), (Some(2), Some(0)), "AMQP tells so much");
    assert_eq!((facts.kind, facts.unacked), (None, None), "and the rest is unknown");
    let preview = desk.broker.hold_preview(&queue, 10).await.unwrap();
    assert!(preview.notes.contains(&rabbitmq::hold::Note::FactsUnknown));
    let handle = desk.hold(&queue, 10).await;
    assert_eq!(bodies(&handle), ["one", "two"], "holding works without the management API");
    handle.return_all().await;
    (listing, facts.missing.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_management_api_amqp_goes_on_and_says_what_is_missing() {
    for (answer, code) in [
        (
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>",
            Code::NotABroker,
        ),
        (
            "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html>",
            Code::NotABroker,
        ),
        (
            "HTTP/1.1 302 Found\r\nLocation: https://login/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            Code::NotABroker,
        ),
        (
            "HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{}",
            Code::Refused,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n[[[[",
            Code::NotABroker,
        ),
        (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{\"items\":",
            Code::ConnectionLost,
        ),
        ("\r\n\r\nnot http at all", Code::NotABroker),
    ] {
        let (listing, missing) =
            without_management(format!("http://127.0.0.1:{}", web(answer))).await;
        assert_eq!(listing.code, code, "{listing} after {answer}");
        assert_eq!(missing.code, code);
    }
    let (off, _) = without_management("http://127.0.0.1:1".into()).await;
    assert_eq!(off.code, Code::Unreachable, "{off}");
    let amqp = format!("http://127.0.0.1:{}", brokers::rabbitmq().amqp_port());
    let (wrong, _) = without_management(amqp).await;
    assert_eq!(wrong.code, Code::NotABroker, "{wrong}");
    let https = format!("https://127.0.0.1:{}", brokers::rabbitmq().https_port());
    let (untrusted, _) = without_management(https).await;
    assert_eq!(untrusted.code, Code::Tls, "the system does not trust the test's authority");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_of_the_management_api_is_asked_about_once_more_and_no_oftener() {
    const CRASH: &str =
        "HTTP/1.1 500 Oops\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{}";
    const NO_QUEUES: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\
        Connection: close\r\n\r\n{\"items\":[],\"page\":1,\"page_count\":1,\"page_size\":50,\
        \"item_count\":0,\"filtered_count\":0,\"total_count\":0}";
    let rabbit = brokers::rabbitmq();
    for (answers, well) in [([CRASH, NO_QUEUES], true), ([CRASH, CRASH], false)] {
        let (port, asked) = web_in_turn(answers);
        let url = format!("http://127.0.0.1:{port}");
        let there = change(profile(rabbit, "admin"), |s| s.management_url = Some(url));
        let desk = Desk::open(&there, &secrets(rabbit, "admin")).await;
        let before = asked.load(Ordering::SeqCst);
        let listing = desk.broker.management().unwrap().queues(&query("")).await;
        assert_eq!(listing.is_ok(), well, "{listing:?}");
        assert_eq!(asked.load(Ordering::SeqCst) - before, 2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_without_rights_to_the_api_is_told_so_and_keeps_amqp() {
    let rabbit = brokers::rabbitmq();
    let user = format!("p{}", Uuid::new_v4().simple());
    rabbit.ctl(&["add_user", &user, "secret"]).unwrap();
    rabbit.ctl(&["set_permissions", &user, ".*", ".*", ".*"]).unwrap();
    let broker = Broker::connect(&profile(rabbit, &user), &password("secret")).await.unwrap();
    let refused = broker.management().unwrap().queues(&query("")).await.unwrap_err();
    assert_eq!(refused.code, Code::Authorization, "{refused}");
    let queue = Bare::at(rabbit).await.queue(&[]).await;
    assert_eq!(broker.queue(&queue).await.unwrap().ready, Some(0));
    let missing = broker.queue("no-such-queue").await.unwrap_err();
    assert_eq!(missing.code, Code::NotFound, "{missing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_management_url_with_a_password_in_it_is_refused() {
    let rabbit = brokers::rabbitmq();
    for url in ["https://a:b@host:1/", "ftp://host", "host:15672", "", "http://"] {
        let there = change(profile(rabbit, "admin"), |s| s.management_url = Some(url.into()));
        let refused = Broker::connect(&there, &secrets(rabbit, "admin")).await.unwrap_err();
        assert_eq!(refused.code, Code::Invalid, "{url}");
        assert!(!refused.to_string().contains(":b@"), "{refused}");
    }
}
