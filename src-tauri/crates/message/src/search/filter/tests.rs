use proptest::prelude::*;

use super::*;
use crate::bytes::Octets;
use crate::decode::Reason;
use crate::search::condition::Literal;
use crate::search::subject::{AskHeader, Decoded};

/// A record whose value is text unless it is called binary: then it decodes to what is given, or not.
#[derive(Default)]
struct Record<'b> {
    partition: i32,
    key: Option<&'b [u8]>,
    value: Option<&'b [u8]>,
    headers: Vec<(&'b [u8], Option<&'b [u8]>)>,
    headers_broken: bool,
    binary: Option<Result<&'b str, Reason>>,
}

fn undecided(why: &str) -> Undecided {
    Undecided { why: why.to_owned() }
}

impl Subject for Record<'_> {
    fn partition(&self) -> i32 {
        self.partition
    }

    fn bytes(&self, part: Part) -> Option<&[u8]> {
        match part {
            Part::Key => self.key,
            Part::Value => self.value,
        }
    }

    fn any_header(&self, ask: &mut AskHeader<'_>) -> Answer {
        if self.headers_broken {
            return Err(undecided("headers"));
        }
        Ok(self.headers.iter().any(|(name, value)| ask(name, *value)))
    }

    fn is_its_own_bytes(&self, part: Part) -> bool {
        part == Part::Key || self.binary.is_none()
    }

    fn decoded(&self, part: Part) -> Decoded<'_> {
        let Some(bytes) = self.bytes(part) else { return Decoded::Null };
        match (part, self.binary) {
            (Part::Value, Some(Ok(text))) => Decoded::Text { text, source: Some(bytes) },
            (Part::Value, Some(Err(reason))) => Decoded::Failed { reason, bytes: Some(bytes) },
            _ => match std::str::from_utf8(bytes) {
                Ok(text) => Decoded::Text { text, source: None },
                Err(_) => Decoded::Opaque(bytes),
            },
        }
    }
}

fn ask(condition: Condition, record: &Record<'_>) -> Answer {
    Filter::new(&condition).unwrap().matches(record)
}

fn contains(place: Place, text: &str) -> Condition {
    Condition::Contains { place, text: text.to_owned(), case_sensitive: true, whole_word: false }
}

fn at(path: &str, test: Test) -> Condition {
    Condition::Decoded { part: Part::Value, path: Path::read(path).unwrap(), test }
}

fn value(text: &str) -> Record<'_> {
    Record { value: Some(text.as_bytes()), ..Record::default() }
}

fn number(lexeme: &str) -> Number {
    Number::new(lexeme).unwrap()
}

#[test]
fn a_text_is_found_where_it_is_looked_for() {
    let record = Record {
        key: Some(b"order-48812"),
        value: Some(b"{\"id\":7}"),
        headers: vec![(b"trace", Some(b"abc")), (b"tenant", None), (b"trace", Some(b"48812"))],
        ..Record::default()
    };
    let header = |name: &str| Place::Header { name: name.to_owned() };
    for (place, text, found) in [
        (Place::Key, "48812", true),
        (Place::Value, "48812", false),
        (Place::Anywhere, "48812", true),
        (Place::Anywhere, "tenant", true),
        (Place::Headers, "tenant", true),
        (header("trace"), "488", true),
        (header("tenant"), "488", false),
        (header("trace"), "trace", false),
    ] {
        assert_eq!(ask(contains(place.clone(), text), &record), Ok(found), "{place:?} {text}");
    }
    let equals = |place, bytes: &str| Condition::Equals { place, bytes: Octets::from(bytes) };
    assert_eq!(ask(equals(Place::Key, "order-48812"), &record), Ok(true));
    assert_eq!(ask(equals(Place::Key, "order"), &record), Ok(false));
    assert_eq!(ask(equals(header("trace"), "48812"), &record), Ok(true));
    assert_eq!(ask(Condition::HasHeader { name: "tenant".into() }, &record), Ok(true));
    assert_eq!(ask(Condition::HasHeader { name: "ten".into() }, &record), Ok(false));
}

#[test]
fn what_a_person_sees_is_found_also_where_the_bytes_have_it_escaped() {
    let escaped = value(r#"{"note":"caf\u00e9 \"noir\""}"#);
    assert_eq!(ask(contains(Place::Value, "café"), &escaped), Ok(true));
    assert_eq!(ask(contains(Place::Value, "\"noir\""), &escaped), Ok(true));
    assert_eq!(ask(contains(Place::Value, r"caf\u00e9"), &escaped), Ok(true), "and as it is");
    assert_eq!(ask(contains(Place::Value, "thé"), &escaped), Ok(false));
    let log = value(r"C:\users\caf and no JSON");
    assert_eq!(ask(contains(Place::Value, "thé"), &log), Ok(false));
    let binary =
        Record { value: Some(&[0, 7]), binary: Some(Ok(r#"{"id":7}"#)), ..Record::default() };
    assert_eq!(ask(contains(Place::Value, "\"id\":7"), &binary), Ok(true));
}

#[test]
fn what_cannot_be_decoded_is_neither_a_hit_nor_none() {
    let broken = Record {
        value: Some(b"\x91\x07"),
        binary: Some(Err(Reason::Ambiguous)),
        ..Record::default()
    };
    let cannot = Err(undecided("both MessagePack and CBOR"));
    assert_eq!(ask(contains(Place::Value, "x"), &broken), cannot);
    assert_eq!(ask(contains(Place::Value, "\u{7}"), &broken), Ok(true), "it stands there");
    assert_eq!(ask(at("id", Test::There), &broken), cannot);
    assert_eq!(ask(at("id", Test::Missing), &broken), cannot);
    let not = Condition::Not { condition: Box::new(at("id", Test::There)) };
    assert_eq!(ask(not, &broken), cannot);
    let (no, yes) = (Condition::Any { conditions: vec![] }, Condition::All { conditions: vec![] });
    let both = |other: &Condition| vec![at("id", Test::There), other.clone()];
    assert_eq!(ask(Condition::All { conditions: both(&no) }, &broken), Ok(false));
    assert_eq!(ask(Condition::All { conditions: both(&yes) }, &broken), cannot);
    assert_eq!(ask(Condition::Any { conditions: both(&yes) }, &broken), Ok(true));
    assert_eq!(ask(Condition::Any { conditions: both(&no) }, &broken), cannot);
    let headers = Record { headers_broken: true, ..value("x") };
    assert_eq!(ask(contains(Place::Anywhere, "x"), &headers), Ok(true));
    assert_eq!(ask(contains(Place::Anywhere, "y"), &headers), Err(undecided("headers")));
    assert!(ask(at("id", Test::There), &value(r#"{"id":"#)).is_err());
    assert_eq!(
        ask(at("id", Test::There), &value(r#"{"x":"#)),
        Ok(false),
        "whatever is missing of it, a name that is not there leads nowhere"
    );
}

#[test]
fn decoded_values_are_compared_by_type_and_exactly() {
    let order = value(
        r#"{"amount":150.50,"id":9007199254740993,"big":1234567890123456789012345678901234567890,
            "paid":true,"note":null,"name":"Élodie","items":[{"qty":1},{"qty":3}],"text":"7"}"#,
    );
    let compared = |how, with| Test::Compared { how, with: number(with) };
    let one_of = |values: &[Literal]| Test::OneOf { values: values.to_vec() };
    let text = |text: &str| Literal::Text(text.to_owned());
    for (path, test, expected) in [
        ("amount", compared(Comparison::More, "100"), true),
        ("amount", compared(Comparison::AtLeast, "150.5"), true),
        ("amount", compared(Comparison::More, "150.5"), false),
        ("id", compared(Comparison::More, "9007199254740992"), true),
        ("id", compared(Comparison::Less, "9007199254740993"), false),
        (
            "big",
            one_of(&[Literal::Number(number("1234567890123456789012345678901234567891"))]),
            false,
        ),
        ("big", compared(Comparison::AtMost, "1.23456789012345678901234567890123456789e39"), true),
        ("items[*].qty", compared(Comparison::AtLeast, "3"), true),
        ("items[0].qty", compared(Comparison::AtLeast, "3"), false),
        ("text", compared(Comparison::AtLeast, "3"), false),
        ("text", one_of(&[Literal::Number(number("7"))]), false),
        ("text", one_of(&[text("x"), text("7")]), true),
        ("paid", one_of(&[Literal::Truth(true)]), true),
        ("note", one_of(&[Literal::Null]), true),
        ("note", Test::There, true),
        ("note", Test::Missing, false),
        ("nothing", Test::Missing, true),
        ("nothing", one_of(&[Literal::Null]), false),
        (
            "name",
            Test::Containing { text: "élod".into(), case_sensitive: false, whole_word: false },
            true,
        ),
        ("name", Test::Matching { pattern: "^É.*e$".into(), case_sensitive: true }, true),
        (
            "amount",
            Test::Containing { text: "150".into(), case_sensitive: true, whole_word: false },
            false,
        ),
    ] {
        assert_eq!(ask(at(path, test.clone()), &order), Ok(expected), "{path} {test:?}");
    }
    let null = Record::default();
    assert_eq!(ask(at("id", Test::Missing), &null), Ok(true));
    assert_eq!(ask(at("id", Test::There), &null), Ok(false));
}

#[test]
fn sizes_kinds_of_nothing_and_partitions_are_asked_of_the_bytes() {
    let record = Record {
        partition: 3,
        key: Some(b""),
        value: Some(b"null"),
        headers: vec![(b"ab", Some(b"cde"))],
        ..Record::default()
    };
    let size = |part, at_least, at_most| Condition::Size { part, at_least, at_most };
    let is = |part, presence| Condition::Is { part, presence };
    for (condition, expected) in [
        (size(SizeOf::Value, Some(4), Some(4)), true),
        (size(SizeOf::Value, Some(5), None), false),
        (size(SizeOf::Record, Some(9), Some(9)), true),
        (size(SizeOf::Key, None, Some(0)), true),
        (is(Part::Key, Presence::Empty), true),
        (is(Part::Key, Presence::Null), false),
        (is(Part::Value, Presence::NullText), true),
        (is(Part::Value, Presence::Present), true),
        (is(Part::Value, Presence::Null), false),
        (Condition::Partition { numbers: vec![1, 3] }, true),
        (Condition::Partition { numbers: vec![] }, false),
    ] {
        assert_eq!(ask(condition.clone(), &record), Ok(expected), "{condition:?}");
    }
    let null = Record::default();
    assert_eq!(ask(size(SizeOf::Value, None, Some(10)), &null), Ok(false), "null has no size");
    assert_eq!(ask(is(Part::Value, Presence::Null), &null), Ok(true));
}

#[test]
fn a_condition_that_cannot_be_asked_is_refused() {
    let refused = |condition: Condition| Filter::new(&condition).unwrap_err().to_string();
    let deep = (0..60).fold(contains(Place::Key, "x"), |inside, _| Condition::Not {
        condition: Box::new(inside),
    });
    assert_eq!(refused(deep), "conditions are nested too deep");
    let many = Condition::Any { conditions: vec![contains(Place::Key, "x"); 1000] };
    assert_eq!(refused(many), "there are more than 1000 conditions");
    let size = Condition::Size { part: SizeOf::Key, at_least: Some(2), at_most: Some(1) };
    assert_eq!(refused(size), "the smallest size is larger than the largest");
    assert_eq!(
        refused(at("a", Test::OneOf { values: vec![] })),
        "there is no value to compare with"
    );
}

#[test]
fn a_condition_survives_being_saved() {
    let condition = Condition::All {
        conditions: vec![
            contains(Place::Header { name: "trace".into() }, "x"),
            Condition::Not {
                condition: Box::new(at(
                    "items[*].qty",
                    Test::Compared { how: Comparison::AtLeast, with: number("3e2") },
                )),
            },
            Condition::Equals { place: Place::Key, bytes: Octets::from(&[0, 255][..]) },
        ],
    };
    let saved = serde_json::to_string(&condition).unwrap();
    assert_eq!(serde_json::from_str::<Condition>(&saved).unwrap(), condition);
    assert!(
        serde_json::from_str::<Condition>(r#"{"kind":"has_header","name":"x","typo":1}"#).is_err()
    );
}

fn any_json() -> impl Strategy<Value = String> {
    "[\\[\\]{}:,\"\\\\a-d0-2u]{0,24}"
}

proptest! {
    /// The short cut over the bytes gives what asking without it would.
    #[test]
    fn ruling_out_by_the_bytes_changes_no_answer_that_decoding_gives(
        text in any_json(), name in "[a-d]{1,2}",
    ) {
        let by_bytes = value(&text);
        let by_decoding =
            Record { value: Some(text.as_bytes()), binary: Some(Ok(&text)), ..Record::default() };
        let condition = at(&name, Test::There);
        prop_assert_eq!(ask(condition.clone(), &by_bytes), ask(condition, &by_decoding));
        // What is asked whether it is missing is not ruled out by its name.
        let slowly = Condition::Any { conditions: vec![
            at(&name, Test::There), Condition::Not { condition: Box::new(at(&name, Test::Missing)) },
        ] };
        if let Ok(answer) = ask(slowly, &by_decoding) {
            prop_assert_eq!(ask(at(&name, Test::There), &by_bytes), Ok(answer));
        }
    }

    #[test]
    fn no_bytes_and_no_text_panic(bytes in prop::collection::vec(any::<u8>(), 0..40), text in any_json()) {
        let record = Record {
            key: Some(&bytes), value: Some(&bytes), binary: Some(Ok(&text)),
            headers: vec![(&bytes, Some(&bytes))],
            ..Record::default()
        };
        for place in [Place::Value, Place::Header { name: "a".into() }] {
            let _ = ask(contains(place, "a"), &record);
        }
    }
}
