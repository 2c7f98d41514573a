//! Publishing: mandatory, confirmed, with a result for each message.
//!
//! A message counts as sent only when the broker confirmed it **and** did not return it: an
//! unroutable mandatory message is returned and then confirmed all the same. Several are in flight
//! at a time.
//!
//! An AMQP error names no message: it closes the channel, and everything in flight is then
//! uncertain. So a missing exchange is found before anything is sent; the first message, which
//! meets missing permissions, and messages that may well be refused (larger than what was confirmed
//! so far, with somebody else's `user_id`) are sent alone.
//!
//! The grant is checked directly before each write. A write that the broker does not take ends the
//! connection: the library would make up for it minutes later, when nobody allows it any more.

mod failure;
mod returned;
mod run;

use connections::access::Publish;
use connections::{Failure, Grant};
use message::Octets;
use message::delivery::Properties;

use crate::Broker;
use failure::unsent;
use run::Run;

/// What to publish. The delivery mode is persistent where none is given.
#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingMessage {
    /// The routing key.
    pub routing_key: String,
    /// Properties and headers, written as they are. `user_id` must be the connection's user.
    pub properties: Properties,
    /// The body.
    pub body: Octets,
}

/// The broker took responsibility for a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Confirmed {
    /// The exchange keeps it and routes it later, so whether any queue gets it is not known.
    pub later: bool,
}

impl Broker {
    /// Publishes messages to an exchange, each with its own routing key, in order, and gives the
    /// result of each, in the same order. The empty exchange is the default one, which delivers to
    /// the queue of the key's name.
    ///
    /// Of the [codes](connections::Code), `ConnectionLost` and `Timeout` mean that a message **may
    /// have arrived or not**, and `PartlyRefused` that a queue did not accept it and others, or
    /// its dead-letter queue, may have it. Every other failure is certain, the message is nowhere:
    /// `Unroutable` where no queue received it, `Refused` for properties that the broker does not
    /// accept, `NotFound` and `Authorization` for the
    /// exchange, `TooLarge`, `Invalid` and `Unsupported` for properties that cannot be written,
    /// `GrantEnded`, `Unreachable` where it was not sent, because there is no connection or the
    /// broker did not take one before it.
    pub async fn publish(
        &self,
        grant: &Grant<Publish>,
        exchange: &str,
        messages: Vec<OutgoingMessage>,
    ) -> Vec<Result<Confirmed, Failure>> {
        let count = messages.len();
        let mut run = match Run::begin(self, exchange, count).await {
            Ok(run) => run,
            Err(failure) => return vec![Err(unsent(failure)); count],
        };
        for (index, message) in messages.into_iter().enumerate() {
            if let Err(failure) = run.send(grant, index, message).await {
                run.refuse_from(index + 1, &failure);
                break;
            }
        }
        run.finish().await
    }
}
