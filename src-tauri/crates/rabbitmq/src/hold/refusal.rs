//! Queues whose messages cannot be held, and why.

use connections::{Code, Failure};
use serde::{Deserialize, Serialize};

use crate::management::{ConsumerFacts, QueueFacts, QueueType};
use crate::verdict;

/// Why the messages of a queue cannot be held. What is not known of a queue refuses nothing: it is
/// tried, and the broker answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Refusal {
    /// A stream: reading it takes nothing out of it.
    Stream,
    /// A type of queue that is not known here.
    OtherType {
        /// What the broker calls it.
        kind: String,
    },
    /// It belongs to the connection that declared it.
    Exclusive,
    /// Its node or its majority is away.
    Down {
        /// What the broker calls its state.
        state: String,
    },
    /// It has a single active consumer, behind which a look would wait.
    SingleActiveConsumer,
    /// One of its consumers asked to be the only one.
    ExclusiveConsumer,
}

impl Refusal {
    /// Why the messages of this queue cannot be held; `None` where nothing speaks against it.
    pub fn of(facts: &QueueFacts) -> Option<Refusal> {
        match &facts.kind {
            Some(QueueType::Stream) => return Some(Refusal::Stream),
            Some(QueueType::Other(kind)) => {
                return Some(Refusal::OtherType { kind: verdict::clean(kind) });
            }
            Some(QueueType::Classic | QueueType::Quorum) | None => {}
        }
        if facts.exclusive == Some(true) {
            return Some(Refusal::Exclusive);
        }
        if let Some(state @ ("down" | "crashed" | "stopped" | "minority")) = facts.state.as_deref()
        {
            return Some(Refusal::Down { state: state.to_owned() });
        }
        if facts.single_active_consumer == Some(true) && facts.has_consumers() != Some(false) {
            return Some(Refusal::SingleActiveConsumer);
        }
        let alone = |consumer: &ConsumerFacts| consumer.exclusive == Some(true);
        let taken = facts.consumer_list.iter().flatten().any(alone);
        taken.then_some(Refusal::ExclusiveConsumer)
    }

    /// The same as a failure, with the queue's name.
    pub fn failure(&self, queue: &str) -> Failure {
        let name = verdict::clean(queue);
        let refused = |message: String| Failure::new(Code::Refused, message);
        match self {
            Refusal::Stream => Failure::new(
                Code::Unsupported,
                format!("the queue {name} is a stream: its messages cannot be held"),
            ),
            Refusal::OtherType { kind } => Failure::new(
                Code::Unsupported,
                format!("the queue {name} is of type {kind}: its messages cannot be held"),
            ),
            Refusal::Exclusive => {
                refused(format!("the queue {name} is exclusive to the connection that declared it"))
            }
            Refusal::Down { state } => {
                refused(format!("the queue {name} is {state}")).hint("bring its node back first")
            }
            Refusal::SingleActiveConsumer => {
                refused(format!("the queue {name} gives its messages to a single active consumer"))
                    .hint("a look would wait behind it: stop that consumer first")
            }
            Refusal::ExclusiveConsumer => {
                refused(format!("the queue {name} has an exclusive consumer"))
                    .hint("stop that consumer first")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl Fn(&mut QueueFacts)) -> Option<Refusal> {
        let mut facts = QueueFacts::unknown("/", "q");
        facts.kind = Some(QueueType::Classic);
        facts.consumers = Some(0);
        change(&mut facts);
        Refusal::of(&facts)
    }

    #[test]
    fn queues_that_cannot_be_held_say_why() {
        assert_eq!(refused(|f| f.kind = Some(QueueType::Stream)), Some(Refusal::Stream));
        assert_eq!(
            refused(|f| f.kind = Some(QueueType::Other("x\u{202e}".into())))
                .unwrap()
                .failure("q")
                .code,
            Code::Unsupported
        );
        assert_eq!(refused(|f| f.exclusive = Some(true)), Some(Refusal::Exclusive));
        let down = refused(|f| f.state = Some("down".into())).unwrap().failure("q");
        assert_eq!((down.code, down.message.as_str()), (Code::Refused, "the queue q is down"));
        let single = |consumers| {
            refused(|f| {
                f.single_active_consumer = Some(true);
                f.consumers = consumers;
            })
        };
        assert_eq!(single(Some(1)), Some(Refusal::SingleActiveConsumer));
        assert_eq!(single(None), Some(Refusal::SingleActiveConsumer), "one may be there");
        assert_eq!(single(Some(0)), None);
    }

    #[test]
    fn what_is_not_known_of_a_queue_refuses_nothing() {
        assert_eq!(refused(|f| f.kind = Some(QueueType::Quorum)), None);
        assert_eq!(Refusal::of(&QueueFacts::unknown("/", "q")), None);
    }
}
