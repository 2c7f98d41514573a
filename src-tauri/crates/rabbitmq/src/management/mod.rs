//! The management API: queues, exchanges, bindings, and who we are.
//!
//! It only reads. Publishing through it is not confirmed, and its message listing truncates: both
//! are AMQP's business. It may be disabled, elsewhere, or behind something: then every call says
//! so, and what AMQP can do goes on.
//!
//! Statistics are collected every five seconds, may be switched off, and are missing for a queue
//! that is new: what is absent is `None`, never 0.
//!
//! A refused login is remembered, so that a wrong password is sent once and not with each refresh.

mod facts;
mod http;
mod json;
mod names;
mod route;
mod routing;

use std::sync::{Arc, OnceLock};

use connections::{Code, Failure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use facts::{ConsumerFacts, DeadLetter, QueueFacts, QueueType, Rates};
pub use route::{Route, RouteCertainty, RouteDoubt};

use crate::client::Http;
use crate::verdict;
use names::{encode, segment};

/// The most rows that the API gives in one page.
pub const LARGEST_PAGE: u16 = 500;

/// The management API, for one virtual host.
#[derive(Debug, Clone)]
pub struct Management {
    http: Http,
    vhost: String,
    refused: Arc<OnceLock<Failure>>,
}

/// Which page of which queues.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueueQuery {
    /// From 1.
    pub page: u32,
    /// 1 to [`LARGEST_PAGE`].
    pub page_size: u16,
    /// Only queues with this in their name; empty for all.
    pub name: String,
    /// By what.
    pub sort: QueueSort,
    /// Largest first.
    pub descending: bool,
    /// With consumers and rates, or the light list: names, types and counts, several times faster
    /// on thousands of queues (servers before 3.10 ignore the difference).
    pub statistics: bool,
}

/// What queues are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum QueueSort {
    /// Name.
    Name,
    /// Type.
    Kind,
    /// Ready messages.
    Ready,
    /// Unacknowledged messages.
    Unacked,
    /// All messages.
    Total,
    /// Consumers; needs statistics.
    Consumers,
}

impl QueueSort {
    fn column(self) -> &'static str {
        match self {
            QueueSort::Name => "name",
            QueueSort::Kind => "type",
            QueueSort::Ready => "messages_ready",
            QueueSort::Unacked => "messages_unacknowledged",
            QueueSort::Total => "messages",
            QueueSort::Consumers => "consumers",
        }
    }
}

/// One page of queues.
#[derive(Debug, Clone, PartialEq)]
pub struct QueuePage {
    /// The queues.
    pub queues: Vec<QueueFacts>,
    /// Its number, from 1.
    pub page: u32,
    /// How many pages there are now.
    pub pages: u32,
    /// How many queues match the name.
    pub matching: Option<u64>,
    /// How many queues there are.
    pub total: Option<u64>,
}

/// One exchange.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Exchange {
    /// The name; empty is the default exchange.
    pub name: String,
    /// `direct`, `fanout`, `topic`, `headers`, or a plugin's.
    pub kind: String,
    /// Survives a restart.
    pub durable: Option<bool>,
    /// Deleted with its last binding.
    pub auto_delete: Option<bool>,
    /// Only other exchanges publish to it.
    pub internal: Option<bool>,
    /// Arguments it was declared with.
    pub arguments: serde_json::Map<String, Value>,
    /// The policy in force, where there is one.
    pub policy: Option<String>,
}

/// Whom the API takes us for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WhoAmI {
    /// The user.
    pub name: String,
    /// Its tags, such as `administrator`.
    pub tags: Vec<String>,
}

impl Management {
    pub(crate) fn new(http: Http, vhost: &str) -> Self {
        Management { http, vhost: vhost.to_owned(), refused: Arc::default() }
    }

    /// One page of this virtual host's queues, sorted and filtered by the server.
    ///
    /// # Errors
    /// [`Code::Invalid`] for a page that cannot be, [`Code::Changed`] for one that is no longer
    /// there, and what every call here can give: [`Code::Unreachable`], [`Code::Timeout`],
    /// [`Code::Tls`], [`Code::Authentication`], [`Code::Authorization`], [`Code::NotABroker`] for
    /// an answer that is not the management API's, [`Code::Refused`] where it fails inside.
    pub async fn queues(&self, query: &QueueQuery) -> Result<QueuePage, Failure> {
        if query.page == 0 || query.page_size == 0 || query.page_size > LARGEST_PAGE {
            let most = LARGEST_PAGE;
            return Err(Failure::new(
                Code::Invalid,
                format!("a page has 1 to {most} rows, and the first is 1"),
            ));
        }
        let mut path = format!(
            "api/queues/{}?page={}&page_size={}&sort={}&sort_reverse={}&pagination=true",
            encode(&self.vhost),
            query.page,
            query.page_size,
            query.sort.column(),
            query.descending,
        );
        if !query.name.is_empty() {
            path.push_str(&format!("&name={}&use_regex=false", encode(&query.name)));
        }
        if !query.statistics {
            path.push_str("&disable_stats=true&enable_queue_totals=true");
        }
        let answer = self.get(&path, "the queues").await?;
        let items = answer.get("items").and_then(Value::as_array).ok_or_else(|| self.foreign())?;
        let number = |name| json::count(&answer, name);
        let small = |name, otherwise| {
            number(name).and_then(|number| u32::try_from(number).ok()).unwrap_or(otherwise)
        };
        Ok(QueuePage {
            queues: items.iter().filter_map(|queue| QueueFacts::read(&self.vhost, queue)).collect(),
            page: small("page", query.page),
            pages: small("page_count", query.page),
            matching: number("filtered_count"),
            total: number("total_count"),
        })
    }

    /// What is known of one queue, its consumers included.
    ///
    /// # Errors
    /// [`Code::NotFound`]; [`Code::Unsupported`] for a name that a URL cannot carry; else as
    /// [`Management::queues`].
    pub async fn queue(&self, name: &str) -> Result<QueueFacts, Failure> {
        let object = format!("the queue {}", verdict::clean(name));
        let path = format!("api/queues/{}/{}", encode(&self.vhost), segment(name, &object)?);
        let answer = self.get(&path, &object).await?;
        let mut facts = QueueFacts::read(&self.vhost, &answer).ok_or_else(|| self.foreign())?;
        if facts.policy_definition.is_none() && self.no_policy_matters().await == Some(true) {
            facts.know_policy(serde_json::Map::new());
        }
        Ok(facts)
    }

    /// Whether there is certainly no policy that says anything about returns or dead letters. Asked
    /// for queues without statistics, whose effective policy the API does not tell.
    async fn no_policy_matters(&self) -> Option<bool> {
        for kind in ["policies", "operator-policies"] {
            let path = format!("api/{kind}/{}", encode(&self.vhost));
            let policies = self.get(&path, "the policies").await.ok()?;
            let matters = |policy: &Value| {
                policy.get("definition").and_then(Value::as_object).is_none_or(|definition| {
                    definition.keys().any(|key| facts::POLICY_KEYS.contains(&key.as_str()))
                })
            };
            if policies.as_array()?.iter().any(matters) {
                return Some(false);
            }
        }
        Some(true)
    }

    /// All exchanges of this virtual host.
    ///
    /// # Errors
    /// As [`Management::queues`].
    pub async fn exchanges(&self) -> Result<Vec<Exchange>, Failure> {
        let path = format!("api/exchanges/{}?disable_stats=true", encode(&self.vhost));
        let answer = self.get(&path, "the exchanges").await?;
        let items = answer.as_array().ok_or_else(|| self.foreign())?;
        Ok(items.iter().filter_map(Exchange::read).collect())
    }

    /// One exchange.
    ///
    /// # Errors
    /// [`Code::NotFound`]; else as [`Management::queue`].
    pub async fn exchange(&self, name: &str) -> Result<Exchange, Failure> {
        let object = format!("the exchange {}", verdict::clean(name));
        // The API's name of the default exchange.
        let in_path = if name.is_empty() { "amq.default" } else { name };
        let path = format!("api/exchanges/{}/{}", encode(&self.vhost), segment(in_path, &object)?);
        let answer = self.get(&path, &object).await?;
        Exchange::read(&answer).ok_or_else(|| self.foreign())
    }

    /// Whom the API takes us for.
    ///
    /// # Errors
    /// As [`Management::queues`].
    pub async fn whoami(&self) -> Result<WhoAmI, Failure> {
        let answer = self.get("api/whoami", "this account").await?;
        let name = json::text(&answer, "name").ok_or_else(|| self.foreign())?;
        let tags = match answer.get("tags") {
            // A comma-separated text before 3.9.
            Some(Value::String(tags)) => {
                tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).collect()
            }
            Some(Value::Array(tags)) => tags.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        Ok(WhoAmI { name, tags: tags.into_iter().map(str::to_owned).collect() })
    }
}

impl Exchange {
    fn read(answer: &Value) -> Option<Exchange> {
        Some(Exchange {
            name: json::text(answer, "name")?,
            kind: json::text(answer, "type")?,
            durable: json::truth(answer, "durable"),
            auto_delete: json::truth(answer, "auto_delete"),
            internal: json::truth(answer, "internal"),
            arguments: json::map(answer, "arguments").unwrap_or_default(),
            policy: json::text(answer, "policy").filter(|policy| !policy.is_empty()),
        })
    }
}
