//! The words for what went wrong with a message, and whether it may have arrived all the same:
//! [`Code::ConnectionLost`], [`Code::Timeout`] and [`Code::PartlyRefused`] leave it open, every other
//! code is certain.

use connections::{Code, Failure};

use crate::verdict;

/// What an exchange is called; empty is the default exchange.
pub(super) fn object(exchange: &str) -> String {
    if exchange.is_empty() {
        "the default exchange".to_owned()
    } else {
        format!("the exchange {}", verdict::clean(exchange))
    }
}

pub(super) fn unroutable(exchange: &str, routing_key: &str) -> Failure {
    let key = verdict::clean(routing_key);
    if exchange.is_empty() {
        return Failure::new(Code::Unroutable, format!("there is no queue {key}"))
            .hint("check the queue's name");
    }
    let object = object(exchange);
    Failure::new(Code::Unroutable, format!("{object} leads nowhere with the routing key {key}"))
        .hint("bind a queue to it for this key, or choose another target")
}

/// The broker answered with a nack. That is about one queue: the others of a route have the message
/// all the same, and so has the dead-letter queue of one that overflows with `reject-publish-dlx`
/// (both seen on 3.10.8).
pub(super) fn refused(exchange: &str) -> Failure {
    let message = format!("a queue behind {} did not accept the message", object(exchange));
    Failure::new(Code::PartlyRefused, message).hint(
        "it may be full, or its node may be down; another queue, or its dead-letter queue, may have \
         the message: look there before sending it again",
    )
}

/// A failure of before anything was written: certain, whatever it was.
pub(super) fn unsent(failure: Failure) -> Failure {
    match failure.code {
        Code::ConnectionLost | Code::Timeout => Failure {
            code: Code::Unreachable,
            message: format!("not sent: {}", failure.message),
            ..failure
        },
        _ => failure,
    }
}

/// What stopped one before is certain to stop this one, which was therefore not written.
pub(super) fn not_sent(before: &Failure) -> Failure {
    Failure {
        code: Code::Unreachable,
        message: format!("not sent, because of a message before it: {}", before.message),
        hint: before.hint.clone(),
    }
}

/// Some message came back, and it cannot be told which.
pub(super) fn one_of_several() -> Failure {
    uncertain(&Failure::new(
        Code::Unroutable,
        "the broker returned a message that is none of those sent",
    ))
}

/// A failure that leaves open whether the message arrived.
pub(super) fn uncertain(failure: &Failure) -> Failure {
    Failure::new(
        Code::ConnectionLost,
        format!("not confirmed, it may have arrived or not: {}", failure.message),
    )
    .hint("look for it at the target before sending it again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_written_is_never_uncertain() {
        for code in [Code::ConnectionLost, Code::Timeout] {
            assert_eq!(unsent(Failure::new(code, "gone")).code, Code::Unreachable);
            assert_eq!(uncertain(&Failure::new(code, "gone")).code, Code::ConnectionLost);
        }
        assert_eq!(unsent(Failure::new(Code::NotFound, "x")).code, Code::NotFound);
    }
}
