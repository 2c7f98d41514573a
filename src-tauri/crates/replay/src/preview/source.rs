//! Reading what was selected, and asking the target.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use connections::{Code, Failure, ProfileId};
use kafka::Cluster;
use rabbitmq::Broker;
use rabbitmq::hold::{HoldHandle, MessageState};
use uuid::Uuid;

use super::facts::Facts;
use super::plan::{Asked, plan, routing_keys};
use super::{Prepared, order};
use crate::item::{Item, Origin};
use crate::request::{MOST_BYTES, MOST_MESSAGES, Target};

/// Where the messages are.
#[derive(Debug, Clone)]
pub enum Source {
    /// In topics.
    Records {
        /// The connection.
        cluster: Cluster,
        /// Topic, partition and offset of each; one that is there twice counts once.
        places: Vec<(String, i32, i64)>,
    },
    /// In an inspection session.
    Held {
        /// The connection it belongs to.
        connection: ProfileId,
        /// The session's identity.
        session: Uuid,
        /// The session.
        handle: Arc<HoldHandle>,
        /// Ids in the session; one that is there twice counts once.
        messages: Vec<u64>,
    },
}

/// The connection that copies go to.
#[derive(Debug, Clone)]
pub enum Destination {
    /// Kafka.
    Kafka(Cluster),
    /// RabbitMQ.
    RabbitMq(Arc<Broker>),
}

impl Source {
    fn connection(&self) -> ProfileId {
        match self {
            Source::Records { cluster, .. } => cluster.profile(),
            Source::Held { connection, .. } => *connection,
        }
    }
}

impl Destination {
    /// The connection.
    pub fn connection(&self) -> ProfileId {
        match self {
            Destination::Kafka(cluster) => cluster.profile(),
            Destination::RabbitMq(broker) => broker.profile(),
        }
    }
}

/// Freezes a set of messages and finds out what copying them would do. Changes nothing.
///
/// # Errors
/// [`Code::Invalid`] for a request that makes no sense, [`Code::TooLarge`] beyond
/// [`MOST_MESSAGES`] or [`MOST_BYTES`], [`Code::NotFound`] for a target that is not there, and
/// those of both connections. A message that cannot be read or copied is no error: the preview
/// says so.
pub async fn prepare(
    asked: Asked,
    source: Source,
    destination: &Destination,
) -> Result<Prepared, Failure> {
    let parties = (asked.source.connection, asked.target.connection);
    if parties != (source.connection(), destination.connection()) {
        return Err(Failure::new(Code::Internal, "the replay names other connections than it got"));
    }
    let messages = read(source, asked.remove_at_source).await?;
    let facts = match (&asked.to, destination) {
        (Target::Topic { topic, .. }, Destination::Kafka(cluster)) => {
            Facts::of_topic(cluster, topic).await?
        }
        (Target::Exchange { exchange, routing_key }, Destination::RabbitMq(broker)) => {
            let keys = routing_keys(&messages, routing_key);
            Facts::of_exchange(broker, exchange, &keys).await?
        }
        (Target::Topic { .. }, Destination::RabbitMq(_)) => {
            return Err(Failure::new(Code::Invalid, "the target is a topic, but not on Kafka"));
        }
        (Target::Exchange { .. }, Destination::Kafka(_)) => {
            return Err(Failure::new(
                Code::Invalid,
                "the target is an exchange, but not on RabbitMQ",
            ));
        }
    };
    plan(asked, messages, &facts)
}

type Read = Vec<Result<Item, (Origin, Failure)>>;

async fn read(source: Source, to_be_removed: bool) -> Result<Read, Failure> {
    match source {
        Source::Records { cluster, places } => {
            let places: BTreeSet<_> = places.into_iter().collect();
            check_count(places.len())?;
            records(&cluster, places).await
        }
        Source::Held { session, handle, messages, .. } => {
            let messages: BTreeSet<_> = messages.into_iter().collect();
            check_count(messages.len())?;
            held(session, &handle, &messages, to_be_removed)
        }
    }
}

fn check_count(count: usize) -> Result<(), Failure> {
    match count {
        0 => Err(Failure::new(Code::Invalid, "no message is selected")),
        1..=MOST_MESSAGES => Ok(()),
        _ => Err(Failure::new(
            Code::TooLarge,
            format!("one replay copies up to {MOST_MESSAGES} messages, and {count} are selected"),
        )
        .hint("select fewer")),
    }
}

async fn records(cluster: &Cluster, places: BTreeSet<(String, i32, i64)>) -> Result<Read, Failure> {
    let mut by_topic: BTreeMap<String, Vec<(i32, i64)>> = BTreeMap::new();
    for (topic, partition, offset) in places {
        by_topic.entry(topic).or_default().push((partition, offset));
    }
    let mut read = Vec::new();
    let mut left = MOST_BYTES;
    for (topic, places) in by_topic {
        let found = cluster.records(&topic, places.clone(), left).await?;
        for ((partition, offset), fetched) in places.into_iter().zip(found) {
            let origin = Origin::Record { topic: topic.clone(), partition, offset };
            match fetched.and_then(|fetched| fetched.exact()) {
                Ok(record) => {
                    left = left.saturating_sub(record.size());
                    read.push(Ok(Item::Record(record)));
                }
                // Leaving out what did not fit would look as if it was not there.
                Err(failure) if failure.code == Code::TooLarge => return Err(failure),
                Err(failure) => read.push(Err((origin, failure))),
            }
        }
    }
    Ok(order::by_time_within_partitions(read))
}

fn held(
    session: Uuid,
    handle: &HoldHandle,
    messages: &BTreeSet<u64>,
    to_be_removed: bool,
) -> Result<Read, Failure> {
    let states: BTreeMap<u64, MessageState> =
        handle.rows().into_iter().map(|row| (row.id, row.state)).collect();
    let mut left = MOST_BYTES;
    let mut read = Vec::with_capacity(messages.len());
    for message in messages {
        let origin = Origin::Held { queue: handle.queue().to_owned(), session, message: *message };
        let Some(delivery) = handle.message(*message) else {
            let failure = Failure::new(
                Code::NotFound,
                format!("there is no message {message} in this inspection"),
            );
            read.push(Err((origin, failure)));
            continue;
        };
        if to_be_removed && states.get(message) != Some(&MessageState::Held) {
            let failure = Failure::new(
                Code::NotFound,
                format!("message {message} is not held any more, so it cannot be removed"),
            )
            .hint("hold again, or copy it without removing it");
            read.push(Err((origin, failure)));
            continue;
        }
        left = left.checked_sub(delivery.body.len() as u64).ok_or_else(|| {
            Failure::new(
                Code::TooLarge,
                format!("the selected messages are larger than {} MiB", MOST_BYTES >> 20),
            )
            .hint("select fewer")
        })?;
        read.push(Ok(Item::Held { session, message: *message, delivery }));
    }
    Ok(read)
}
