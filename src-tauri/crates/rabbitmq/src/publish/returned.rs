//! Which of the messages that were sent came back.

use lapin::BasicProperties;
use lapin::message::BasicReturnMessage;
use message::Octets;

/// A message whose fate is not known yet.
pub(super) struct Sent {
    pub(super) index: usize,
    pub(super) properties: BasicProperties,
    /// Kept until it is known that nothing was returned.
    pub(super) body: Octets,
}

/// Which of the sent messages were returned. lapin hands a return to whichever confirmation comes
/// next, and a broker confirms several at once: so a return is recognised by its content. Messages
/// of equal content share their route, so which of them it is makes no difference.
pub(super) fn attribute(returned: &[BasicReturnMessage], sent: &[Sent]) -> Vec<usize> {
    let mut free: Vec<&Sent> = sent.iter().collect();
    let mut indices = Vec::new();
    let mut strangers = 0;
    for message in returned {
        let same = |sent: &&Sent| {
            sent.body.as_slice() == message.data && sent.properties == message.properties
        };
        match free.iter().position(same) {
            Some(place) => indices.push(free.swap_remove(place).index),
            None => strangers += 1,
        }
    }
    // Changed on its way back, so it cannot be told which: none of the rest is called delivered.
    if strangers > 0 {
        indices.extend(free.iter().map(|sent| sent.index));
    }
    indices
}

#[cfg(test)]
mod tests {
    use lapin::message::Delivery;

    use super::*;

    fn sent(index: usize, body: &str) -> Sent {
        Sent { index, properties: BasicProperties::default(), body: body.into() }
    }

    fn returned(body: &str) -> BasicReturnMessage {
        let data = body.as_bytes().to_vec();
        BasicReturnMessage {
            delivery: Delivery::mock(0, "".into(), "".into(), false, data),
            reply_code: 312,
            reply_text: "NO_ROUTE".into(),
        }
    }

    #[test]
    fn a_return_is_matched_by_content_and_once() {
        let all = [sent(0, "a"), sent(1, "b"), sent(2, "b"), sent(3, "c")];
        assert_eq!(attribute(&[returned("c")], &all), [3]);
        let mut both = attribute(&[returned("b"), returned("b")], &all);
        both.sort_unstable();
        assert_eq!(both, [1, 2]);
    }

    #[test]
    fn a_return_that_matches_nothing_leaves_no_message_called_sent() {
        let all = [sent(0, "a"), sent(1, "b")];
        let mut indices = attribute(&[returned("changed"), returned("a")], &all);
        indices.sort_unstable();
        assert_eq!(indices, [0, 1]);
    }
}
