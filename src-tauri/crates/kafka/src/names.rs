//! Names of topics, checked before they reach librdkafka or an error text.

use connections::{Code, Failure};

/// Refuses what cannot be a topic's name: Kafka allows 1 to 249 of `a-z A-Z 0-9 . _ -`, but not `.`
/// and `..` (`org.apache.kafka.common.internals.Topic`).
pub(crate) fn check_topic(name: &str) -> Result<(), Failure> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let valid = !matches!(name, "" | "." | "..") && name.len() <= 249 && name.chars().all(allowed);
    if valid { Ok(()) } else { Err(invalid_topic()) }
}

pub(crate) fn invalid_topic() -> Failure {
    Failure::new(Code::Invalid, "this cannot be the name of a topic")
        .hint("names have 1 to 249 letters, digits, dots, dashes and underscores")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_kafka_allows_pass_and_others_do_not() {
        for name in ["orders.payment-failed", "a", "__consumer_offsets", &"x".repeat(249)] {
            assert_eq!(check_topic(name), Ok(()), "{name}");
        }
        for name in ["", ".", "..", "a b", "a\0b", "é", "a/b", "a,b", &"x".repeat(250)] {
            assert_eq!(check_topic(name).unwrap_err().code, Code::Invalid, "{name:?}");
        }
    }
}
