use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::amqp::Entry;
use crate::delivery::Properties;

fn text(text: &str) -> AmqpValue {
    AmqpValue::Text(text.into())
}

fn delivery(headers: Vec<(&str, AmqpValue)>) -> Delivery {
    let headers = headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    Delivery {
        queue: "task_queue.dlq".into(),
        exchange: "dlx".into(),
        routing_key: "task.create".into(),
        redelivered: false,
        properties: Properties { headers: Some(headers), ..Properties::default() },
        body: "{}".into(),
    }
}

fn death(queue: &str, reason: &str, exchange: &str, key: &str, time: u64, count: i64) -> AmqpValue {
    let field = |name: &str, value| -> Entry { (name.to_owned(), value) };
    AmqpValue::Table(vec![
        field("count", AmqpValue::Int64(count)),
        field("exchange", text(exchange)),
        field("queue", text(queue)),
        field("reason", text(reason)),
        field("routing-keys", AmqpValue::Array(vec![text(key)])),
        field("time", AmqpValue::Time(time)),
    ])
}

/// One line a step, with what it says and what it does not.
fn lines(delivery: &Delivery) -> String {
    let mut out = String::new();
    for step in tell(delivery) {
        out.push_str(&format!("{:?}", step.kind));
        let mut say = |name: &str, value: Option<String>| {
            if let Some(value) = value {
                out.push_str(&format!(" {name}={value}"));
            }
        };
        say("queue", step.queue);
        say("exchange", step.exchange.map(|exchange| format!("{exchange:?}")));
        say("keys", (!step.routing_keys.is_empty()).then(|| step.routing_keys.join(",")));
        say("at", step.at.map(|at| at.to_string()));
        say("count", step.count.map(|count| count.to_string()));
        say("cause", step.cause);
        say("reason", step.reason);
        say("expiration", step.expiration);
        say("by", Some(step.evidence.join("+")));
        let list = |items: Vec<String>| (!items.is_empty()).then(|| items.join("+"));
        say("missing", list(step.missing.iter().map(|missing| format!("{missing:?}")).collect()));
        say(
            "unread",
            list(step.unread.into_iter().map(|u| format!("{}:{}", u.place, u.found)).collect()),
        );
        out.push('\n');
    }
    out
}

fn check(delivery: &Delivery, expected: Expect) {
    expected.assert_eq(&lines(delivery));
}

#[test]
fn a_message_that_never_died_was_published_and_routed() {
    let mut delivery = delivery(vec![]);
    delivery.properties.headers = None;
    delivery.properties.timestamp = Some(1_732_197_802);
    check(
        &delivery,
        expect![[r#"
        Published exchange="dlx" keys=task.create at=1732197802 by=timestamp+delivery
        Routed queue=task_queue.dlq by=delivery
    "#]],
    );
    assert_eq!(died(&delivery), None);
}

#[test]
fn a_rejected_message_tells_its_way_with_evidence() {
    let mut delivery = delivery(vec![
        (
            "x-death",
            AmqpValue::Array(vec![death(
                "task_queue",
                "rejected",
                "commands",
                "task.create",
                1_732_197_821,
                1,
            )]),
        ),
        ("x-exception-message", text("NullPointerException: customer.address")),
        ("x-first-death-exchange", text("commands")),
        ("x-first-death-queue", text("task_queue")),
        ("x-first-death-reason", text("rejected")),
    ]);
    delivery.properties.timestamp = Some(1_732_197_802);
    delivery.redelivered = true;
    check(
        &delivery,
        expect![[r#"
        Published exchange="commands" keys=task.create at=1732197802 by=timestamp+x-death[0]
        Routed queue=task_queue by=x-first-death-queue
        Failed reason=NullPointerException: customer.address by=x-exception-message missing=At+Count+By
        Rejected queue=task_queue at=1732197821 count=1 reason=rejected by=x-death[0] missing=By
        DeadLettered queue=task_queue.dlq exchange="dlx" keys=task.create at=1732197821 reason=rejected by=x-death[0]+delivery
        Returned queue=task_queue.dlq by=redelivered missing=Count+At+By
    "#]],
    );
    let died = died(&delivery).expect("it died");
    assert_eq!(died.queue.as_deref(), Some("task_queue"));
    assert_eq!(died.reason.as_deref(), Some("rejected"));
    assert_eq!((died.at, died.count), (Some(1_732_197_821), Some(1)));
    assert_eq!(died.exchange.as_deref(), Some("commands"));
    assert_eq!(died.routing_keys, ["task.create"]);
    let exception = died.exception.expect("an application said why");
    assert_eq!(exception.message.as_deref(), Some("NullPointerException: customer.address"));
}

#[test]
fn every_death_is_told_oldest_first() {
    let delivery = delivery(vec![(
        "x-death",
        AmqpValue::Array(vec![
            death("third", "delivery_limit", "dlx2", "c", 3, 1),
            death("second", "maxlen", "dlx", "b", 2, 1),
            death("first", "expired", "commands", "a", 1, 1),
        ]),
    )]);
    check(
        &delivery,
        expect![[r#"
        Published exchange="commands" keys=a by=x-death[2] missing=At
        Routed queue=first by=x-death[2]
        Expired queue=first at=1 count=1 reason=expired by=x-death[2]
        DeadLettered queue=second exchange="dlx" keys=b by=x-death[1] missing=At
        MaxLength queue=second at=2 count=1 reason=maxlen by=x-death[1]
        DeadLettered queue=third exchange="dlx2" keys=c by=x-death[0] missing=At
        DeliveryLimit queue=third at=3 count=1 reason=delivery_limit by=x-death[0]
        DeadLettered queue=task_queue.dlq exchange="dlx" keys=task.create at=3 reason=delivery_limit by=x-death[0]+delivery
    "#]],
    );
    let died = died(&delivery).expect("it died three times");
    assert_eq!(died.queue.as_deref(), Some("third"), "the latest death is the one to show");
    assert_eq!(died.exchange.as_deref(), Some("commands"), "the first publishing is the original");
}

#[test]
fn in_a_retry_cycle_the_first_death_is_told_first_and_the_latest_is_still_known() {
    // Work died again, so the broker moved its entry to the front.
    let delivery = delivery(vec![(
        "x-death",
        AmqpValue::Array(vec![
            death("work", "rejected", "commands", "a", 10, 4),
            death("wait", "expired", "retry", "w", 11, 3),
        ]),
    )]);
    let kinds: Vec<Kind> = tell(&delivery).into_iter().map(|step| step.kind).collect();
    let told = [
        Kind::Published,
        Kind::Routed,
        Kind::Rejected,
        Kind::DeadLettered,
        Kind::Expired,
        Kind::DeadLettered,
    ];
    assert_eq!(kinds, told);
    let died = died(&delivery).expect("it died");
    assert_eq!(died.queue.as_deref(), Some("work"));
    let last = tell(&delivery).pop().expect("a last step");
    assert_eq!(last.at, None, "of four deaths only the first time is recorded");
    assert!(last.missing.contains(&Missing::At));
}

#[test]
fn an_expiry_states_the_time_to_live_that_the_broker_removed() {
    let mut entry = death("q", "expired", "", "q", 1, 1);
    if let AmqpValue::Table(fields) = &mut entry {
        fields.push(("original-expiration".into(), text("60000")));
    }
    let steps = tell(&delivery(vec![("x-death", AmqpValue::Array(vec![entry]))]));
    let expired = steps.iter().find(|step| step.kind == Kind::Expired).expect("it expired");
    assert_eq!(expired.expiration.as_deref(), Some("60000"));
}

#[test]
fn what_cannot_be_read_is_named_and_breaks_nothing() {
    let entry = AmqpValue::Table(vec![
        ("queue".into(), AmqpValue::Int64(7)),
        ("reason".into(), AmqpValue::Text(vec![0xFF].into())),
        ("exchange".into(), text(&"x".repeat(256))),
        ("time".into(), text("yesterday")),
        ("count".into(), AmqpValue::Int64(-1)),
        ("routing-keys".into(), text("not a list")),
    ]);
    let delivery = delivery(vec![
        ("x-death", AmqpValue::Array(vec![entry, AmqpValue::Void])),
        ("x-delivery-count", text("many")),
        ("x-exception-message", AmqpValue::Boolean(true)),
        ("kronos-replay-copy", AmqpValue::Int8(1)),
        ("kronos-replay-count", text("2")),
    ]);
    check(
        &delivery,
        expect![[r#"
        Replayed count=2 by=kronos-replay-copy+kronos-replay-count missing=At+By unread=kronos-replay-copy:int8
        Published by= missing=At+Exchange+RoutingKeys
        Routed by=x-death[0] missing=Queue
        Failed by= missing=At+Count+By unread=x-exception-message:boolean
        Died by=x-death[0] missing=Queue+Reason+At+Count unread=x-death[0].queue:int64+x-death[0].reason:text+x-death[0].exchange:text+x-death[0].routing-keys:text+x-death[0].time:text+x-death[0].count:int64
        DeadLettered queue=task_queue.dlq exchange="dlx" keys=task.create by=x-death[0]+delivery missing=Reason+At
        Returned queue=task_queue.dlq by=x-delivery-count missing=Count+At+By unread=x-delivery-count:text
        Unreadable by=x-death unread=x-death[1]:void
    "#]],
    );
}

#[test]
fn the_last_death_headers_stand_in_for_a_stripped_x_death() {
    let delivery = delivery(vec![
        ("x-first-death-exchange", text("commands")),
        ("x-first-death-queue", text("work")),
        ("x-first-death-reason", text("expired")),
        ("x-last-death-exchange", text("retry")),
        ("x-last-death-queue", text("wait")),
        ("x-last-death-reason", text("rejected")),
    ]);
    let died = died(&delivery).expect("the separate headers say so");
    assert_eq!(died.queue.as_deref(), Some("wait"));
    assert_eq!(died.exchange.as_deref(), Some("commands"));
    assert_eq!(died.at, None);
}

#[test]
fn each_convention_of_exceptions_is_read() {
    let java = "org.springframework.amqp.ListenerExecutionFailedException: Listener failed\n\
                \tat a.b(C.java:1)\nCaused by: java.lang.NullPointerException: customer.address\n\
                \t... 3 more\nCaused by: java.io.IOException\n";
    let python =
        "Traceback (most recent call last):\n  File \"a.py\", line 1\nKeyError: 'address'\n";
    // Headers, then the convention, the class, the message and the queue they tell of.
    type Case<'a> = (
        Vec<(&'static str, AmqpValue)>,
        &'a str,
        Option<&'a str>,
        Option<&'a str>,
        Option<&'a str>,
    );
    let cases: Vec<Case<'_>> = vec![
        (
            vec![
                ("x-exception-stacktrace", text(java)),
                ("x-exception-message", text("customer.address")),
            ],
            "x-exception",
            Some("java.lang.NullPointerException"),
            Some("customer.address"),
            None,
        ),
        (
            vec![("x-exception-stacktrace", text(python))],
            "x-exception",
            Some("KeyError"),
            Some("'address'"),
            None,
        ),
        (
            vec![
                ("MT-Fault-ExceptionType", text("System.TimeoutException")),
                ("MT-Fault-Message", text("too late")),
                ("MT-Fault-InputAddress", text("rabbitmq://host/vhost/orders?durable=true")),
            ],
            "MassTransit",
            Some("System.TimeoutException"),
            Some("too late"),
            Some("orders"),
        ),
        (
            vec![
                ("NServiceBus.ExceptionInfo.ExceptionType", text("System.Exception")),
                ("NServiceBus.FailedQ", text("sales@machine")),
            ],
            "NServiceBus",
            Some("System.Exception"),
            None,
            Some("sales"),
        ),
        (
            vec![("kafka_dlt-exception-fqcn", AmqpValue::Binary("a.B".into()))],
            "Spring Kafka",
            Some("a.B"),
            None,
            None,
        ),
        (
            vec![("__connect.errors.exception.message", text("bad schema"))],
            "Kafka Connect",
            None,
            Some("bad schema"),
            None,
        ),
    ];
    for (headers, convention, class, message, queue) in cases {
        let found = died(&delivery(headers)).and_then(|died| died.exception).expect(convention);
        assert_eq!(found.convention, convention);
        assert_eq!(found.class.as_deref(), class, "{convention}");
        assert_eq!(found.message.as_deref(), message, "{convention}");
        assert_eq!(found.queue.as_deref(), queue, "{convention}");
    }
}

#[test]
fn a_message_republished_by_an_application_tells_its_origin() {
    let delivery = delivery(vec![
        ("x-exception-message", text("boom")),
        ("x-original-exchange", text("commands")),
        ("x-original-routingKey", text("task.create")),
    ]);
    check(
        &delivery,
        expect![[r#"
        Published exchange="commands" keys=task.create by=x-exception-message+x-original-exchange+x-original-routingKey missing=At
        Routed by=x-exception-message+x-original-exchange+x-original-routingKey missing=Queue
        Failed reason=boom by=x-exception-message+x-original-exchange+x-original-routingKey missing=At+Count+By
        Republished queue=task_queue.dlq exchange="dlx" keys=task.create by=delivery missing=At
    "#]],
    );
}

#[test]
fn texts_of_a_step_are_cut_and_every_character_shows() {
    let long = format!("\u{202E}\n{}", "x".repeat(10_000));
    let steps = tell(&delivery(vec![("x-exception-message", text(&long))]));
    let failed = steps.iter().find(|step| step.kind == Kind::Failed).expect("it failed");
    let reason = failed.reason.as_deref().expect("a reason");
    assert!(reason.starts_with("‹U+202E›␊xxx") && reason.ends_with('…'), "{reason}");
    assert_eq!(reason.chars().count(), LONGEST_TEXT);
}

#[test]
fn a_thousand_deaths_are_counted_and_the_oldest_left_out() {
    let deaths =
        (0..1000).map(|i| death(&format!("q{i}"), "rejected", "e", "k", 1000 - i, 1)).collect();
    let steps = tell(&delivery(vec![("x-death", AmqpValue::Array(deaths))]));
    assert!(steps.len() < 120, "{} steps", steps.len());
    let omitted = steps.iter().find(|step| step.kind == Kind::Omitted).expect("it says so");
    assert_eq!(omitted.count, Some(950));
    let published = &steps[0];
    assert!(published.missing.contains(&Missing::Exchange), "the oldest death is not told");
}

fn value() -> impl Strategy<Value = AmqpValue> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(AmqpValue::Boolean),
        any::<i64>().prop_map(AmqpValue::Int64),
        any::<u8>().prop_map(AmqpValue::UInt8),
        any::<u64>().prop_map(AmqpValue::Time),
        any::<f64>().prop_map(AmqpValue::Double),
        any::<Vec<u8>>().prop_map(|bytes| AmqpValue::Text(bytes.into())),
        "\\PC{0,20}".prop_map(|text| AmqpValue::Text(text.as_str().into())),
        any::<Vec<u8>>().prop_map(|bytes| AmqpValue::Binary(bytes.into())),
        Just(AmqpValue::Void),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(AmqpValue::Array),
            proptest::collection::vec((field(), inner), 0..6).prop_map(AmqpValue::Table),
        ]
    })
}

fn field() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("queue"),
        Just("reason"),
        Just("time"),
        Just("count"),
        Just("exchange"),
        Just("routing-keys"),
        Just("original-expiration"),
    ]
    .prop_map(str::to_owned)
}

fn header() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("x-death"),
        Just("x-first-death-queue"),
        Just("x-first-death-reason"),
        Just("x-first-death-exchange"),
        Just("x-last-death-queue"),
        Just("x-last-death-reason"),
        Just("x-delivery-count"),
        Just("x-exception-message"),
        Just("x-exception-stacktrace"),
        Just("MT-Fault-InputAddress"),
        Just("NServiceBus.FailedQ"),
        Just("kronos-replay-copy"),
        Just("kronos-replay-count"),
    ]
    .prop_map(str::to_owned)
}

proptest! {
    #[test]
    fn no_headers_break_the_telling(
        headers in proptest::collection::vec((header(), value()), 0..12),
        deaths in proptest::collection::vec(value(), 0..4),
        redelivered in any::<bool>(),
    ) {
        let mut delivery = delivery(vec![("x-death", AmqpValue::Array(deaths))]);
        delivery.redelivered = redelivered;
        delivery.properties.headers.get_or_insert_default().extend(headers);
        let steps = tell(&delivery);
        prop_assert!(steps.iter().any(|step| step.kind == Kind::Published));
        for step in &steps {
            prop_assert!(!step.evidence.is_empty() || !step.missing.is_empty());
            let texts = [&step.queue, &step.exchange, &step.reason, &step.cause, &step.expiration];
            for text in texts.into_iter().flatten().chain(&step.routing_keys) {
                prop_assert!(!text.contains(char::is_control));
                prop_assert!(text.chars().count() <= LONGEST_TEXT);
            }
        }
        died(&delivery);
    }
}
