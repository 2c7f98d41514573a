//! What a broker refuses on a connection that works, with the permission or setting it is about.

use std::time::Duration;

use connections::printable::printable;
use connections::{Code, Failure};

use crate::native::ErrorCode;

/// The failure of a call as such, where the connection has no story to tell.
pub(crate) fn of_call(code: ErrorCode) -> Failure {
    match code {
        ErrorCode::OperationTimedOut | ErrorCode::TimedOutQueue | ErrorCode::RequestTimedOut => {
            Failure::new(Code::Timeout, "the cluster did not answer in time")
                .hint("try again; if it stays so, check the network and the brokers' load")
        }
        ErrorCode::BrokerTransportFailure
        | ErrorCode::AllBrokersDown
        | ErrorCode::NetworkException
        | ErrorCode::BrokerDestroy
        | ErrorCode::DestroyBroker => {
            Failure::new(Code::ConnectionLost, "the connection to the cluster is lost")
                .hint("check that the brokers run; the console connects again when they are back")
        }
        ErrorCode::ClusterAuthorizationFailed => {
            Failure::new(Code::Authorization, "this account may not ask that of the cluster")
                .hint("it needs the permission Describe on the cluster")
        }
        ErrorCode::UnsupportedVersion | ErrorCode::UnsupportedFeature => {
            Failure::new(Code::Unsupported, "the cluster is too old for this question")
        }
        code => Failure::new(Code::Refused, format!("the cluster refuses: {}", broker_text(code))),
    }
}

/// What was done to a topic when a broker refused, so that the refusal can name the permission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doing {
    /// Asking for its partitions or offsets.
    Describe,
    /// Asking for its settings.
    Settings,
    /// Reading its records.
    Read,
    /// Writing records.
    Write,
}

impl Doing {
    fn verb(self) -> &'static str {
        match self {
            Doing::Describe => "see",
            Doing::Settings => "see the settings of",
            Doing::Read => "read",
            Doing::Write => "write to",
        }
    }

    fn permission(self) -> &'static str {
        match self {
            Doing::Describe => "Describe",
            Doing::Settings => "DescribeConfigs",
            Doing::Read => "Read",
            Doing::Write => "Write",
        }
    }
}

/// A broker's refusal of something about one topic. The name has been checked, so it is printable.
pub(crate) fn of_topic(code: ErrorCode, topic: &str, doing: Doing) -> Failure {
    match code {
        ErrorCode::TopicAuthorizationFailed => Failure::new(
            Code::Authorization,
            format!("this account may not {} the topic {topic}", doing.verb()),
        )
        .hint(format!("it needs the permission {} on the topic {topic}", doing.permission())),
        ErrorCode::UnknownTopicOrPartition
        | ErrorCode::UnknownTopic
        | ErrorCode::UnknownPartition
        | ErrorCode::UnknownTopicId => {
            Failure::new(Code::NotFound, format!("the topic {topic} does not exist"))
                .hint("it may have been deleted; without the permission Describe it looks the same")
        }
        ErrorCode::InvalidTopic => crate::names::invalid_topic(),
        ErrorCode::LeaderNotAvailable
        | ErrorCode::NotLeaderForPartition
        | ErrorCode::ReplicaNotAvailable
        | ErrorCode::BrokerNotAvailable
        | ErrorCode::KafkaStorageError => Failure::new(
            Code::ConnectionLost,
            format!("a partition of {topic} has no broker that leads it"),
        )
        .hint("its brokers may be down; try again when they are back"),
        ErrorCode::MessageSizeTooLarge
        | ErrorCode::MessageBatchTooLarge
        | ErrorCode::InvalidMessageSize => {
            Failure::new(Code::TooLarge, format!("the record is larger than {topic} accepts"))
                .hint("the topic's setting max.message.bytes is the limit")
        }
        ErrorCode::InvalidTimestamp => Failure::new(
            Code::Refused,
            format!("{topic} does not accept a timestamp so far from now"),
        )
        .hint(
            "the topic's settings message.timestamp.before.max.ms and after.max.ms are the limits",
        ),
        ErrorCode::InvalidRecord => {
            Failure::new(Code::Refused, format!("{topic} does not accept this record"))
                .hint("a compacted topic wants a key; a broker's own rules may ask for more")
        }
        ErrorCode::PolicyViolation => {
            Failure::new(Code::Refused, format!("a policy of the cluster protects {topic}"))
        }
        ErrorCode::NotEnoughReplicas | ErrorCode::NotEnoughReplicasAfterAppend => Failure::new(
            Code::Refused,
            format!("{topic} has fewer replicas in sync than it wants for a write"),
        )
        .hint("wait until its brokers are back"),
        ErrorCode::BadMessage
        | ErrorCode::BadCompression
        | ErrorCode::InvalidMessage
        | ErrorCode::NotImplemented
        | ErrorCode::Underflow => {
            Failure::new(Code::Refused, format!("a batch of records of {topic} cannot be read"))
                .hint("it is damaged, or compressed in a way that this console does not know")
        }
        code => of_call(code),
    }
}

/// A stalled read or call.
pub(crate) fn stalled(after: Duration) -> Failure {
    Failure::new(Code::Timeout, format!("nothing came for {} seconds", after.as_secs()))
        .hint("try again; if it stays so, check the network and the brokers' load")
}

fn broker_text(code: ErrorCode) -> String {
    printable(&code.to_string(), 160)
}
