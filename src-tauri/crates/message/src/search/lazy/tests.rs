use std::io::Write;

use proptest::prelude::*;

use super::*;
use crate::decode::{Charset, Decompress, Reading};
use crate::record::{Header, Timestamp};
use crate::search::condition::{Comparison, Condition, Literal, Place, Test};
use crate::search::{Filter, Number, Path};

fn record(key: Option<&[u8]>, value: Option<&[u8]>) -> Record {
    Record {
        topic: "orders".to_owned(),
        partition: 3,
        offset: 0,
        timestamp: Timestamp::Absent,
        key: key.map(Octets::from),
        value: value.map(Octets::from),
        headers: vec![Header { name: "retry".into(), value: Some(" 4".into()) }],
    }
}

fn ask(condition: &Condition, value: &[u8], choices: &Choices) -> Answer {
    let record = record(None, Some(value));
    Filter::new(condition).unwrap().matches(&LazyRecord::new(&record, choices))
}

fn contains(text: &str) -> Condition {
    Condition::Contains {
        place: Place::Value,
        text: text.to_owned(),
        case_sensitive: true,
        whole_word: false,
    }
}

fn at(path: &str, test: Test) -> Condition {
    Condition::Decoded { part: Part::Value, path: Path::read(path).unwrap(), test }
}

fn is(literal: Literal) -> Test {
    Test::OneOf { values: vec![literal] }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

const YES: Answer = Ok(true);
const NO: Answer = Ok(false);

#[test]
fn what_a_part_decodes_to_is_searched_and_not_what_carries_it() {
    let id = || at("id", is(Literal::Number(Number::new("256").unwrap())));
    let packed = b"\x81\xa2id\xcd\x01\x00";
    for (value, condition, answer) in [
        (gzip(b"{\"id\":256}"), contains("256"), YES),
        (gzip(b"{\"id\":256}"), id(), YES),
        (gzip(b"{\"id\":256}"), contains("\u{8}"), NO),
        (gzip(b"\0\xffneedle"), contains("needle"), YES),
        (gzip(b"\0\xffneedle"), contains("other"), NO),
        (gzip(packed), id(), YES),
        (packed.to_vec(), contains("256"), YES),
        (packed.to_vec(), contains("\u{1}"), YES),
        (packed.to_vec(), id(), YES),
        (utf16("{\"a\":\"caf\\u00e9\",\"id\":256}"), contains("café"), YES),
        (utf16("{\"id\":256}"), id(), YES),
        (utf16("䄀"), contains("A"), NO),
        (b"\0\xffneedle".to_vec(), contains("needle"), YES),
        (b"\0\xffneedle".to_vec(), contains("other"), NO),
        (b"\x91\xff\x00needle".to_vec(), contains("other"), NO),
        (b"".to_vec(), contains("x"), NO),
        (b"".to_vec(), at("id", Test::Missing), YES),
        (b"{\"n\":\"\\u0041\"}".to_vec(), contains("A"), YES),
        (b"\\u0041\xff".to_vec(), contains("A"), NO),
    ] {
        assert_eq!(ask(&condition, &value, &Choices::default()), answer, "{condition:?}");
    }
}

#[test]
fn what_claims_a_format_and_is_none_or_has_no_known_one_is_undecided() {
    let there = || at("id", Test::There);
    let not = |condition| Condition::Not { condition: Box::new(condition) };
    for (value, condition, why) in [
        (gzip(b"x")[..15].to_vec(), contains("x"), "not gzip: the bytes end too early"),
        (gzip(b"x")[..15].to_vec(), not(contains("x")), "not gzip: the bytes end too early"),
        (gzip(b"x")[..15].to_vec(), contains("\u{8}"), "not gzip: the bytes end too early"),
        (b"\xff\xfeA".to_vec(), contains("A"), "not UTF-16LE"),
        (b"\0\xffid".to_vec(), there(), "in no format that is known"),
        (b"{\"x\":\xff}".to_vec(), there(), "in no format that is known"),
        (b"\x93\x01\x02\x03".to_vec(), at("[0]", Test::There), "in no format that is known"),
        (b"id=7".to_vec(), there(), "not JSON at byte 0"),
    ] {
        let undecided = Err(crate::search::Undecided { why: why.to_owned() });
        assert_eq!(ask(&condition, &value, &Choices::default()), undecided, "{condition:?}");
    }
}

#[test]
fn a_choice_changes_what_is_seen() {
    let value = |reading| Choices {
        value: Choice { reading, decompress: Decompress::Recognised },
        ..Choices::default()
    };
    let latin = value(Reading::Text(Charset::WINDOWS_1252));
    assert_eq!(ask(&contains("café"), b"caf\xe9", &latin), YES);
    assert_eq!(ask(&contains("é"), "é".as_bytes(), &latin), NO, "it is Ã©");
    assert_eq!(
        ask(&contains("x"), b"caf\xe9", &value(Reading::Text(Charset::UTF_8))),
        Err(crate::search::Undecided { why: "not UTF-8 at byte 3".to_owned() })
    );
    let list = b"\x93\x01\x02\x03";
    let first = at("[0]", is(Literal::Number(Number::new("1").unwrap())));
    assert_eq!(ask(&first, list, &value(Reading::MessagePack)), YES);
    assert_eq!(ask(&contains("{"), b"{}", &value(Reading::Bytes)), YES);
    assert!(ask(&at("a", Test::There), b"{}", &value(Reading::Bytes)).is_err());
    let key = Choices { key: latin.value, ..Choices::default() };
    let record = record(Some(b"\xe9"), Some(b"\xe9"));
    let lazy = LazyRecord::new(&record, &key);
    assert_eq!(lazy.recognised(Part::Key).and_then(Recognised::text), Some("é"));
    assert_eq!(lazy.recognised(Part::Value).and_then(Recognised::text), None);
}

#[test]
fn a_header_is_compared_as_a_number_where_it_is_text() {
    let compared = |how, with| Condition::HeaderCompared {
        name: "retry".to_owned(),
        how,
        with: Number::new(with).unwrap(),
    };
    let ask = |value: Option<&[u8]>, condition: &Condition| {
        let mut record = record(None, None);
        record.headers.push(Header { name: "retry".into(), value: value.map(Octets::from) });
        Filter::new(condition).unwrap().matches(&LazyRecord::new(&record, &Choices::default()))
    };
    assert_eq!(ask(None, &compared(Comparison::More, "3")), YES);
    assert_eq!(ask(None, &compared(Comparison::More, "4.0")), NO);
    assert_eq!(ask(Some(b"5e0"), &compared(Comparison::More, "4.0")), YES, "any of them");
    assert_eq!(ask(Some(b"many"), &compared(Comparison::More, "4.0")), NO);
    assert!(ask(Some(b"\0\0\0\x05"), &compared(Comparison::More, "4.0")).is_err());
}

proptest! {
    /// The short cut by the first bytes changes no answer.
    #[test]
    fn looking_at_the_first_bytes_only_finds_the_same(
        value in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..12),
            "[\\[{\"a\\\\u0041:}\\]]{0,16}".prop_map(String::into_bytes),
            "[ab]{0,3}".prop_map(|text| gzip(text.as_bytes())),
            "[ab]{0,3}".prop_map(|text| utf16(&text)),
        ],
        needle in "[abA0-1\\\\{]{1,2}",
    ) {
        /// The same record, always decoded.
        struct Slow<'r>(LazyRecord<'r, Record>);
        impl Subject for Slow<'_> {
            fn partition(&self) -> i32 { 3 }
            fn bytes(&self, part: Part) -> Option<&[u8]> { self.0.bytes(part) }
            fn any_header(&self, ask: &mut AskHeader<'_>) -> Answer { self.0.any_header(ask) }
            fn is_its_own_bytes(&self, _: Part) -> bool { false }
            fn decoded(&self, part: Part) -> Decoded<'_> { self.0.decoded(part) }
        }
        let record = record(None, Some(&value));
        let choices = Choices::default();
        let filter = Filter::new(&contains(&needle)).unwrap();
        prop_assert_eq!(
            filter.matches(&LazyRecord::new(&record, &choices)),
            filter.matches(&Slow(LazyRecord::new(&record, &choices)))
        );
    }
}
