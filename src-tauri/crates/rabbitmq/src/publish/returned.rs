//! Which of the messages that were sent came back.

use lapin::BasicProperties;
use lapin::message::BasicReturnMessage;
use lapin::types::ShortString;
use message::Octets;

/// A message whose fate is not known yet.
pub(super) struct Sent {
    pub(super) index: usize,
    pub(super) routing_key: ShortString,
    pub(super) properties: BasicProperties,
    /// Kept until it is known that nothing was returned.
    pub(super) body: Octets,
}

/// What returns say of the messages that were sent.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Attributed {
    /// These were returned, and with which routing key.
    pub(super) returned: Vec<(usize, ShortString)>,
    /// Confirmed, and perhaps one of these was returned.
    pub(super) doubtful: Vec<usize>,
}

/// Which of the sent messages were returned, of those confirmed and of those that nobody can tell
/// of. lapin hands a return to whichever confirmation comes next, and a broker confirms several at
/// once: so a return is recognised by its key and content. Messages equal in both share their
/// route, so which of them it is makes no difference.
pub(super) fn attribute(
    returned: &[BasicReturnMessage],
    confirmed: &[Sent],
    unsure: &[Sent],
) -> Attributed {
    let mut free: Vec<&Sent> = confirmed.iter().collect();
    let mut open: Vec<&Sent> = unsure.iter().collect();
    let mut found = Attributed::default();
    let mut strangers = 0;
    for message in returned {
        let same = |sent: &&Sent| {
            sent.routing_key == message.routing_key
                && sent.body.as_slice() == message.data
                && sent.properties == message.properties
        };
        let among = |sent: &mut Vec<&Sent>| {
            let place = sent.iter().position(same)?;
            let sent = sent.remove(place);
            Some((sent.index, sent.routing_key.clone()))
        };
        match among(&mut free).or_else(|| among(&mut open)) {
            Some(one) => found.returned.push(one),
            None => strangers += 1,
        }
    }
    // Changed on its way back, so it cannot be told which: none of the rest is called delivered,
    // and none is called lost.
    if strangers > 0 {
        found.doubtful = free.into_iter().map(|sent| sent.index).collect();
    }
    found
}

#[cfg(test)]
mod tests {
    use lapin::message::Delivery;

    use super::*;

    fn sent(index: usize, key: &str, body: &str) -> Sent {
        let properties = BasicProperties::default();
        Sent { index, routing_key: key.into(), properties, body: body.into() }
    }

    fn returned(key: &str, body: &str) -> BasicReturnMessage {
        let data = body.as_bytes().to_vec();
        BasicReturnMessage {
            delivery: Delivery::mock(0, "".into(), key.into(), false, data),
            reply_code: 312,
            reply_text: "NO_ROUTE".into(),
        }
    }

    fn indices(returned: &[BasicReturnMessage], sent: &[Sent]) -> Vec<usize> {
        let found = attribute(returned, sent, &[]);
        assert_eq!(found.doubtful, [0_usize; 0]);
        let mut all: Vec<usize> = found.returned.into_iter().map(|(index, _)| index).collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn a_return_is_matched_by_content_and_once() {
        let all = [sent(0, "k", "a"), sent(1, "k", "b"), sent(2, "k", "b"), sent(3, "k", "c")];
        assert_eq!(indices(&[returned("k", "c")], &all), [3]);
        assert_eq!(indices(&[returned("k", "b"), returned("k", "b")], &all), [1, 2]);
    }

    #[test]
    fn equal_messages_with_different_keys_are_told_apart() {
        let all = [sent(0, "there", "a"), sent(1, "nowhere", "a"), sent(2, "there", "a")];
        let found = attribute(&[returned("nowhere", "a")], &all, &[]);
        assert_eq!(found.returned, [(1, "nowhere".into())]);
    }

    #[test]
    fn a_return_of_what_was_not_confirmed_in_time_is_no_strangers() {
        let (confirmed, unsure) = ([sent(0, "k", "a")], [sent(1, "k", "b")]);
        let found = attribute(&[returned("k", "b")], &confirmed, &unsure);
        assert_eq!(found.returned, [(1, "k".into())]);
        assert_eq!(found.doubtful, [0_usize; 0], "the confirmed one arrived");
    }

    #[test]
    fn a_return_that_matches_nothing_leaves_the_rest_neither_delivered_nor_lost() {
        let all = [sent(0, "k", "a"), sent(1, "k", "b"), sent(2, "k", "c")];
        let found = attribute(&[returned("k", "changed"), returned("k", "a")], &all, &[]);
        assert_eq!(found.returned, [(0, "k".into())]);
        assert_eq!(found.doubtful, [1, 2]);
    }
}
