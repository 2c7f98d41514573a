//! AMQP's first question: the protocol header, which a broker answers with Connection.Start before
//! anyone logs in (AMQP 0-9-1, 2.2.4 and 4.2.2).

use crate::printable::printable;

/// `AMQP`, then 0-0-9-1.
pub(super) const QUESTION: [u8; 8] = *b"AMQP\x00\x00\x09\x01";

/// The longest frame that is waited for; a Connection.Start is some 500 bytes.
const LONGEST: usize = 64 * 1024;

/// Properties of the server that are read at all.
const MOST_PROPERTIES: usize = 64;

/// What the broker answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// A broker that speaks 0-9-1.
    Start(Start),
    /// A broker that speaks this version instead: id, major, minor, revision.
    OtherVersion([u8; 4]),
    /// Not AMQP.
    NotAmqp,
}

/// The part of Connection.Start that is worth showing.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Start {
    /// `product`, as `RabbitMQ`.
    pub product: Option<String>,
    /// `version`, as `3.10.8`.
    pub version: Option<String>,
    /// The SASL mechanisms, in the broker's order.
    pub mechanisms: Vec<String>,
}

/// True once the answer is all there, or is certainly not AMQP's.
pub(super) fn complete(bytes: &[u8]) -> bool {
    match bytes {
        [b'A', ..] => bytes.len() >= 8,
        [1, 0, 0, size @ ..] => {
            let Some(size) = size.first_chunk::<4>() else {
                return false;
            };
            let size = u32::from_be_bytes(*size) as usize;
            size > LONGEST || bytes.len() > 7 + size
        }
        [20..=23, 3, ..] => bytes.len() >= 5,
        _ => bytes.len() >= 8,
    }
}

/// Reads the answer: a protocol header, or a method frame (type, channel, size, class, method,
/// arguments, `0xCE`).
pub(super) fn answer(bytes: &[u8]) -> Answer {
    if let Some(rest) = bytes.strip_prefix(b"AMQP") {
        return match rest.first_chunk::<4>() {
            Some(version) => Answer::OtherVersion(*version),
            None => Answer::NotAmqp,
        };
    }
    start(bytes).map_or(Answer::NotAmqp, Answer::Start)
}

fn start(bytes: &[u8]) -> Option<Start> {
    let mut frame = Reader(bytes);
    if frame.take(3)? != [1, 0, 0] {
        return None;
    }
    let size = frame.u32()?;
    if size > LONGEST {
        return None;
    }
    let mut method = Reader(frame.take(size)?);
    if frame.take(1)? != [0xce] || method.take(4)? != [0, 10, 0, 10] {
        return None;
    }
    let _version = method.take(2)?;
    let mut properties = method.long()?;
    let mut start = Start::default();
    // A property of an unknown type hides those after it, nothing else.
    for _ in 0..MOST_PROPERTIES {
        let Some((name, value)) = properties.property() else {
            break;
        };
        match (name, value) {
            (b"product", Some(text)) => start.product = Some(shown(text, 40)),
            (b"version", Some(text)) => start.version = Some(shown(text, 40)),
            _ => {}
        }
    }
    let mechanisms = String::from_utf8_lossy(method.long()?.0);
    start.mechanisms = mechanisms.split_whitespace().take(12).map(|m| printable(m, 30)).collect();
    Some(start)
}

fn shown(text: &[u8], longest: usize) -> String {
    printable(&String::from_utf8_lossy(text), longest)
}

/// Reads from the front, never past the end.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u32(&mut self) -> Option<usize> {
        let bytes = self.take(4)?.first_chunk::<4>()?;
        Some(u32::from_be_bytes(*bytes) as usize)
    }

    fn long(&mut self) -> Option<Reader<'a>> {
        let size = self.u32()?;
        Some(Reader(self.take(size)?))
    }

    /// The name, and the value where it is a text. Types and their sizes as RabbitMQ writes them.
    fn property(&mut self) -> Option<(&'a [u8], Option<&'a [u8]>)> {
        let [size] = *self.take(1)?.first_chunk::<1>()?;
        let name = self.take(usize::from(size))?;
        let [kind] = *self.take(1)?.first_chunk::<1>()?;
        let fixed = match kind {
            b'S' => return Some((name, Some(self.long()?.0))),
            b'F' | b'A' | b'x' => {
                self.long()?;
                return Some((name, None));
            }
            b't' | b'b' | b'B' => 1,
            b's' | b'u' => 2,
            b'I' | b'i' | b'f' => 4,
            b'D' => 5,
            b'l' | b'L' | b'd' | b'T' => 8,
            b'V' => 0,
            _ => return None,
        };
        self.take(fixed)?;
        Some((name, None))
    }
}

#[cfg(test)]
pub(super) mod tests {
    use proptest::prelude::*;

    use super::*;

    fn long(bytes: &[u8]) -> Vec<u8> {
        [(bytes.len() as u32).to_be_bytes().to_vec(), bytes.to_vec()].concat()
    }

    fn property(name: &str, kind: u8, value: &[u8]) -> Vec<u8> {
        [vec![name.len() as u8], name.as_bytes().to_vec(), vec![kind], value.to_vec()].concat()
    }

    /// A Connection.Start with a table of nested and fixed-size values before the texts.
    pub fn reply(version: &str, mechanisms: &str) -> Vec<u8> {
        let table = [
            property("capabilities", b'F', &long(&property("basic.nack", b't', &[1]))),
            property("uptime", b'l', &7_i64.to_be_bytes()),
            property("product", b'S', &long(b"RabbitMQ")),
            property("version", b'S', &long(version.as_bytes())),
        ]
        .concat();
        let method =
            [vec![0, 10, 0, 10, 0, 9], long(&table), long(mechanisms.as_bytes()), long(b"en_US")]
                .concat();
        [vec![1, 0, 0], long(&method), vec![0xce]].concat()
    }

    #[test]
    fn product_version_and_mechanisms_are_read_past_nested_tables() {
        let Answer::Start(start) = answer(&reply("3.10.8", "PLAIN AMQPLAIN EXTERNAL")) else {
            panic!("a Connection.Start was not recognised");
        };
        assert_eq!(start.product.as_deref(), Some("RabbitMQ"));
        assert_eq!(start.version.as_deref(), Some("3.10.8"));
        assert_eq!(start.mechanisms, ["PLAIN", "AMQPLAIN", "EXTERNAL"]);
    }

    #[test]
    fn a_broker_of_another_version_says_which() {
        assert_eq!(answer(b"AMQP\x03\x01\x00\x00"), Answer::OtherVersion([3, 1, 0, 0]));
    }

    #[test]
    fn an_answer_is_complete_with_its_last_byte_and_not_before() {
        let whole = reply("4.0.5", "PLAIN");
        for cut in 0..whole.len() {
            assert!(!complete(&whole[..cut]), "complete after {cut} bytes of {}", whole.len());
            assert_eq!(answer(&whole[..cut]), Answer::NotAmqp, "a part was taken for the whole");
        }
        assert!(complete(&whole));
    }

    #[test]
    fn control_characters_in_the_version_do_not_survive() {
        let Answer::Start(start) = answer(&reply("3\u{1b}[31m", "PL\u{7}AIN")) else {
            panic!("a Connection.Start was not recognised");
        };
        assert_eq!(start.version.as_deref(), Some("3�[31m"));
        assert_eq!(start.mechanisms, ["PL�AIN"]);
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(
            bytes in proptest::collection::vec(any::<u8>(), 0..300),
            at in 0_usize..200,
        ) {
            let _ = (complete(&bytes), answer(&bytes));
            let mut damaged = reply("3.10.8", "PLAIN");
            let at = at.min(damaged.len() - 1);
            damaged.splice(at.., bytes);
            let _ = (complete(&damaged), answer(&damaged));
        }
    }
}
