//! Writing records: idempotent, acknowledged by all replicas in sync, byte for byte as given.
//!
//! Records travel in batches, and each has its own result: a broker refuses a batch as a whole, so
//! what was refused with others goes again, until the refusal is about one record ([`groups`]).
//! Records of one partition keep their order, also around one that is refused. The grant is checked
//! before each record: when it ends half-way, what is in flight is awaited and the rest is not sent.
//!
//! A batch whose connection broke is sent again by librdkafka, and the broker knows it by its
//! producer and sequence. It forgets producers by the time of their records
//! (`producer.id.expiration.ms`, a day; `ProducerStateManager` in Kafka), also when it restarts: so
//! records that are written with an older time of their own may be there twice after a broker that
//! had them restarted before it said so. Measured with Kafka 4.3.1 and librdkafka 2.12.1.
//!
//! A topic is never created: librdkafka is told so, and the topic is looked up first.
//!
//! Left out: compression (the console cannot know what the consumers of a topic understand), and
//! transactions.

mod groups;
mod sender;
mod writer;

use connections::{Code, Failure};
use message::Octets;
use message::record::Header;
use serde::{Deserialize, Serialize};

pub use writer::Writer;

/// A record to write.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outgoing {
    /// The topic, which has to exist.
    pub topic: String,
    /// This partition; `None` places it by its key as Java's clients do (murmur2), and those without
    /// a key in turn.
    pub partition: Option<i32>,
    /// The key; `None` is a null key.
    pub key: Option<Octets>,
    /// The value; `None` is a null value.
    pub value: Option<Octets>,
    /// The headers, in their order, duplicates included.
    pub headers: Vec<Header>,
    /// Milliseconds since 1970, 1 or more; `None` is now. A topic with `LogAppendTime` overwrites
    /// it.
    pub timestamp: Option<i64>,
}

/// Where a record was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivered {
    /// The partition.
    pub partition: i32,
    /// The offset.
    pub offset: i64,
}

/// What can be told without asking the cluster.
fn check(record: &Outgoing) -> Result<(), Failure> {
    crate::names::check_topic(&record.topic)?;
    if record.partition.is_some_and(|partition| partition < 0) {
        return Err(Failure::new(Code::Invalid, "a partition is 0 or more"));
    }
    match record.timestamp {
        Some(0) => Err(Failure::new(
            Code::Invalid,
            "a record with the timestamp 0 (1970-01-01 00:00 UTC) cannot be written",
        )
        .hint("the Kafka library takes 0 for now; choose another time")),
        Some(millis) if millis < 0 => {
            Err(Failure::new(Code::Invalid, "a record from before 1970 cannot be written"))
        }
        _ => Ok(()),
    }
}

fn no_report() -> Failure {
    Failure::new(Code::Timeout, "the cluster did not say whether the record was written")
        .hint("look for it in the topic before sending it again")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outgoing() -> Outgoing {
        Outgoing {
            topic: "t".into(),
            partition: None,
            key: None,
            value: None,
            headers: Vec::new(),
            timestamp: None,
        }
    }

    #[test]
    fn a_timestamp_that_cannot_be_written_is_refused_before_anything_is_sent() {
        for millis in [0, -1, i64::MIN] {
            let record = Outgoing { timestamp: Some(millis), ..outgoing() };
            assert_eq!(check(&record).unwrap_err().code, Code::Invalid, "{millis}");
        }
        assert_eq!(check(&Outgoing { timestamp: Some(1), ..outgoing() }), Ok(()));
    }
}
