//! Which bindings of an exchange a routing key matches: the broker's rules, as functions.
//!
//! <https://www.rabbitmq.com/docs/exchanges>. Exchanges of type `headers` and of plugins look at
//! more than the routing key, so their answer is not known here.

/// One binding of an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The queue or exchange it leads to.
    pub destination: Destination,
    /// Its key or pattern.
    pub key: String,
}

/// Where a binding leads.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Destination {
    /// To a queue.
    Queue(String),
    /// To another exchange.
    Exchange(String),
}

/// Where a message with this routing key goes; `None` where the key alone does not decide.
pub fn destinations(kind: &str, bindings: &[Binding], key: &str) -> Option<Vec<Destination>> {
    let matches: fn(&str, &str) -> bool = match kind {
        "direct" => |pattern, key| pattern == key,
        "fanout" => |_, _| true,
        "topic" => topic_matches,
        // Without bindings there is nowhere to go, whatever the type.
        _ if bindings.is_empty() => |_, _| false,
        _ => return None,
    };
    let matching = bindings.iter().filter(|binding| matches(&binding.key, key));
    Some(matching.map(|binding| binding.destination.clone()).collect())
}

/// `*` is one word, `#` any number of words, words are between dots.
fn topic_matches(pattern: &str, key: &str) -> bool {
    let words: Vec<&str> = key.split('.').collect();
    // After each word of the pattern: which numbers of words of the key can have been matched.
    let mut reached = vec![false; words.len() + 1];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for part in pattern.split('.') {
        if part == "#" {
            let mut so_far = false;
            for place in &mut reached {
                so_far |= *place;
                *place = so_far;
            }
        } else {
            let fits = |word: &&str| part == "*" || part == *word;
            let moved = reached.iter().zip(&words).map(|(place, word)| *place && fits(word));
            reached = std::iter::once(false).chain(moved).collect();
        }
    }
    reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn to(queue: &str, key: &str) -> Binding {
        Binding { destination: Destination::Queue(queue.into()), key: key.into() }
    }

    #[test]
    fn topics_match_as_the_broker_matches_them() {
        for (pattern, key, matches) in [
            ("#", "", true),
            ("#", "a.b.c", true),
            ("*", "", true),
            ("*", "a", true),
            ("*", "a.b", false),
            ("a.*.c", "a.b.c", true),
            ("a.*.c", "a..c", true),
            ("a.#", "a", true),
            ("a.#", "a.b.c", true),
            ("#.c", "c", true),
            ("#.c", "a.b.c", true),
            ("#.c", "a.b.cc", false),
            ("a.#.c", "a.c", true),
            ("a.#.c", "a.b.b.c", true),
            ("#.#", "", true),
            ("a.*.#", "a", false),
            ("a*", "ab", false),
            ("", "", true),
            ("", "a", false),
        ] {
            assert_eq!(topic_matches(pattern, key), matches, "{pattern} against {key}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_exponential_time() {
        let pattern = vec!["#"; 120].join(".") + ".x";
        let key = vec!["a"; 120].join(".");
        assert!(!topic_matches(&pattern, &key));
    }

    #[test]
    fn each_type_of_exchange_has_its_rule() {
        let bindings = [to("a", "k"), to("b", "other"), to("c", "#")];
        let names = |kind| {
            destinations(kind, &bindings, "k")
                .map(|list| list.iter().map(|to| format!("{to:?}")).collect::<Vec<_>>().join(" "))
        };
        assert_eq!(names("direct").unwrap(), "Queue(\"a\")");
        assert_eq!(names("topic").unwrap(), "Queue(\"a\") Queue(\"c\")");
        assert_eq!(names("fanout").unwrap(), "Queue(\"a\") Queue(\"b\") Queue(\"c\")");
        assert_eq!(names("headers"), None);
        assert_eq!(names("x-delayed-message"), None);
        assert_eq!(destinations("headers", &[], "k"), Some(vec![]));
    }
}
