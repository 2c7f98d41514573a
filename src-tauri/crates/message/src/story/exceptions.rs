//! What applications record about their failures, one row per convention.
//!
//! A row serves both brokers: headers of a Kafka record keep their names when they are replayed to
//! RabbitMQ. To add a convention, add a row; the first row of which a header is present counts.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::delivery::Delivery;

use super::values::{Unread, display, lossy, name, unread};

/// What an application recorded about its failure. `Debug` prints no text of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// Which convention it follows.
    pub convention: String,
    /// The exception's class, for display.
    pub class: Option<String>,
    /// The exception's message, for display.
    pub message: Option<String>,
    /// The queue it failed in, exactly.
    pub queue: Option<String>,
    /// The exchange it was published to before, exactly.
    pub exchange: Option<String>,
    /// The routing key it was published with before, exactly.
    pub routing_key: Option<String>,
    /// The headers that say so.
    pub evidence: Vec<String>,
    /// Headers of the convention that cannot be read.
    pub unread: Vec<Unread>,
}

impl fmt::Debug for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} in {:?}", self.convention, self.evidence)
    }
}

struct Convention {
    name: &'static str,
    class: &'static [&'static str],
    message: &'static [&'static str],
    stack: &'static [&'static str],
    queue: Option<(&'static str, QueueIn)>,
    exchange: Option<&'static str>,
    routing_key: Option<&'static str>,
}

/// The name of the queue in a value that holds more than it.
type QueueIn = fn(&str) -> &str;

const CONVENTIONS: &[Convention] = &[
    Convention {
        name: "NServiceBus",
        class: &["NServiceBus.ExceptionInfo.ExceptionType"],
        message: &["NServiceBus.ExceptionInfo.Message"],
        stack: &["NServiceBus.ExceptionInfo.StackTrace"],
        queue: Some(("NServiceBus.FailedQ", before_machine)),
        exchange: None,
        routing_key: None,
    },
    Convention {
        name: "MassTransit",
        class: &["MT-Fault-ExceptionType"],
        message: &["MT-Fault-Message"],
        stack: &["MT-Fault-StackTrace"],
        queue: Some(("MT-Fault-InputAddress", last_segment)),
        exchange: None,
        routing_key: None,
    },
    Convention {
        name: "Spring Kafka",
        class: &["kafka_dlt-exception-cause-fqcn", "kafka_dlt-exception-fqcn"],
        message: &["kafka_dlt-exception-message"],
        stack: &["kafka_dlt-exception-stacktrace"],
        queue: None,
        exchange: None,
        routing_key: None,
    },
    Convention {
        name: "Kafka Connect",
        class: &["__connect.errors.exception.class.name"],
        message: &["__connect.errors.exception.message"],
        stack: &["__connect.errors.exception.stacktrace"],
        queue: None,
        exchange: None,
        routing_key: None,
    },
    // Spring AMQP's republishing recoverer, and the names that people give by hand. The recoverer
    // writes no class, but a Java stack trace begins with it.
    Convention {
        name: "x-exception",
        class: &["x-exception-type", "x-exception-class", "x-error-type"],
        message: &["x-exception-message", "x-error-message", "x-exception", "x-error"],
        stack: &["x-exception-stacktrace", "x-exception-stack-trace"],
        queue: None,
        exchange: Some("x-original-exchange"),
        routing_key: Some("x-original-routingKey"),
    },
];

/// What the headers of a message say about a failure of an application.
pub(super) fn recorded(delivery: &Delivery) -> Option<Exception> {
    CONVENTIONS.iter().find_map(|convention| convention.read(delivery))
}

impl Convention {
    fn read(&self, delivery: &Delivery) -> Option<Exception> {
        let mut found = Exception {
            convention: self.name.to_owned(),
            class: None,
            message: None,
            queue: None,
            exchange: None,
            routing_key: None,
            evidence: Vec::new(),
            unread: Vec::new(),
        };
        found.class = found.text(delivery, self.class);
        found.message = found.text(delivery, self.message);
        let stack = found.text(delivery, self.stack);
        if found.evidence.is_empty() && found.unread.is_empty() {
            return None;
        }
        if let Some((class, message)) = stack.as_deref().and_then(thrown) {
            found.class.get_or_insert_with(|| class.to_owned());
            if let Some(message) = message {
                found.message.get_or_insert_with(|| message.to_owned());
            }
        }
        found.class = found.class.as_deref().map(display);
        found.message = found.message.as_deref().map(display);
        if let Some((header, queue_in)) = self.queue {
            found.queue = found.name(delivery, header).map(|text| queue_in(&text).to_owned());
        }
        found.exchange = self.exchange.and_then(|header| found.name(delivery, header));
        found.routing_key = self.routing_key.and_then(|header| found.name(delivery, header));
        Some(found)
    }
}

impl Exception {
    fn text(&mut self, delivery: &Delivery, headers: &[&str]) -> Option<String> {
        for header in headers {
            let Some(value) = delivery.header(header) else {
                continue;
            };
            match lossy(value) {
                Some(text) => {
                    self.evidence.push((*header).to_owned());
                    return Some(text);
                }
                None => self.unread.push(unread(header, value)),
            }
        }
        None
    }

    fn name(&mut self, delivery: &Delivery, header: &str) -> Option<String> {
        let value = delivery.header(header)?;
        let found = name(value);
        match found {
            Some(_) => self.evidence.push(header.to_owned()),
            None => self.unread.push(unread(header, value)),
        }
        found
    }
}

/// The class and the message of what a stack trace says was thrown first: of the first cause in
/// Java's, of the last line in Python's, else of the first line.
fn thrown(stack: &str) -> Option<(&str, Option<&str>)> {
    let lines = || stack.lines().map(str::trim).filter(|line| !line.is_empty());
    let line = if stack.trim_start().starts_with("Traceback (") {
        lines().next_back()
    } else {
        lines().find_map(|line| line.strip_prefix("Caused by: ")).or_else(|| lines().next())
    }?;
    let (class, message) = match line.split_once(": ") {
        Some((class, message)) => (class, Some(message)),
        None => (line.trim_end_matches(':'), None),
    };
    let like_a_class =
        !class.is_empty() && class.len() <= 200 && !class.contains(char::is_whitespace);
    like_a_class.then_some((class, message))
}

/// `queue@machine` without the machine.
fn before_machine(text: &str) -> &str {
    text.split_once('@').map_or(text, |(queue, _)| queue)
}

/// The last segment of the path of an address, such as `rabbitmq://host/vhost/queue?durable=true`.
fn last_segment(text: &str) -> &str {
    let path = text.split_once('?').map_or(text, |(path, _)| path);
    path.rsplit_once('/').map_or(path, |(_, queue)| queue)
}
