use proptest::prelude::*;

use super::*;
use crate::bytes::Octets;
use crate::search::condition::{Comparison, Literal, Part, Place, Presence, SizeOf, Test};
use crate::search::{Filter, Number, Path, Step};

fn contains(place: Place, text: &str, case_sensitive: bool, whole_word: bool) -> Condition {
    Condition::Contains { place, text: text.to_owned(), case_sensitive, whole_word }
}

fn equals(place: Place, text: &str) -> Condition {
    Condition::Equals { place, bytes: Octets::from(text) }
}

fn at(path: &str, test: Test) -> Condition {
    Condition::Decoded { part: Part::Value, path: Path::read(path).unwrap(), test }
}

fn one_of(values: &[Literal]) -> Test {
    Test::OneOf { values: values.to_vec() }
}

fn text(text: &str) -> Literal {
    Literal::Text(text.to_owned())
}

fn number(lexeme: &str) -> Number {
    Number::new(lexeme).unwrap()
}

fn size(part: SizeOf, at_least: Option<u64>, at_most: Option<u64>) -> Condition {
    Condition::Size { part, at_least, at_most }
}

fn all(conditions: Vec<Condition>) -> Condition {
    Condition::All { conditions }
}

fn any_of(conditions: Vec<Condition>) -> Condition {
    Condition::Any { conditions }
}

fn not(condition: Condition) -> Condition {
    Condition::Not { condition: Box::new(condition) }
}

fn header(name: &str) -> Place {
    Place::Header { name: name.to_owned() }
}

fn matches(place: Place, pattern: &str, case_sensitive: bool) -> Condition {
    Condition::Matches { place, pattern: pattern.to_owned(), case_sensitive }
}

#[test]
fn what_is_typed_means_what_it_says() {
    let is = |part, presence| Condition::Is { part, presence };
    let compared = |how, with| Test::Compared { how, with: number(with) };
    for (typed, condition) in [
        ("timeout", contains(Place::Anywhere, "timeout", false, false)),
        ("\"time out\"", contains(Place::Anywhere, "time out", false, false)),
        ("c-48812", contains(Place::Anywhere, "c-48812", false, false)),
        ("/api/orders", contains(Place::Anywhere, "/api/orders", false, false)),
        ("anywhere contains \"48812\" word", contains(Place::Anywhere, "48812", false, true)),
        ("headers contains \"48812\"", contains(Place::Headers, "48812", false, false)),
        ("value contains exactly word Task", contains(Place::Value, "Task", true, true)),
        (
            "value contains \"card_declined\" and not key = \"c-48812\"",
            all(vec![
                contains(Place::Value, "card_declined", false, false),
                not(equals(Place::Key, "c-48812")),
            ]),
        ),
        (r"value matches /time-?out\/\d/i", matches(Place::Value, r"time-?out/\d", false)),
        (r#"key MATCHES "^\\d+$" I"#, matches(Place::Key, r"^\d+$", false)),
        (
            "header \"x-retry\" > 3",
            Condition::HeaderCompared {
                name: "x-retry".to_owned(),
                how: Comparison::More,
                with: number("3"),
            },
        ),
        ("header x-retry = 3", equals(header("x-retry"), "3")),
        ("header x-retry exists", Condition::HasHeader { name: "x-retry".to_owned() }),
        ("header x-retry missing", not(Condition::HasHeader { name: "x-retry".to_owned() })),
        ("header \"a b\" not contains x", not(contains(header("a b"), "x", false, false))),
        ("value.order.amount > 100", at("order.amount", compared(Comparison::More, "100"))),
        ("value.amount<=1.50e2", at("amount", compared(Comparison::AtMost, "1.50e2"))),
        (
            "value.status in (\"failed\", \"expired\", null, 3, true)",
            at(
                "status",
                one_of(&[
                    text("failed"),
                    text("expired"),
                    Literal::Null,
                    Literal::Number(number("3")),
                    Literal::Truth(true),
                ]),
            ),
        ),
        ("value.note exists", at("note", Test::There)),
        ("value.note missing", at("note", Test::Missing)),
        ("value.note is not null", not(at("note", one_of(&[Literal::Null])))),
        ("value.note != \"a\"", not(at("note", one_of(&[text("a")])))),
        (
            "key.tenant = \"a\"",
            Condition::Decoded {
                part: Part::Key,
                path: Path::read("tenant").unwrap(),
                test: one_of(&[text("a")]),
            },
        ),
        (
            r#"value["a.b \"c\""].items[*][0].sku == "x""#,
            at(r#"["a.b \"c\""].items[*][0].sku"#, one_of(&[text("x")])),
        ),
        ("value = 5", at("", one_of(&[Literal::Number(number("5"))]))),
        ("value > 5", at("", compared(Comparison::More, "5"))),
        ("decoded value = \"a\"", at("", one_of(&[text("a")]))),
        ("decoded value.a contains \"x\" word", {
            let test =
                Test::Containing { text: "x".into(), case_sensitive: false, whole_word: true };
            at("a", test)
        }),
        ("value is null", is(Part::Value, Presence::Null)),
        ("value is tombstone", is(Part::Value, Presence::Null)),
        ("key is empty", is(Part::Key, Presence::Empty)),
        ("value is not present", not(is(Part::Value, Presence::Present))),
        ("value is null-text", is(Part::Value, Presence::NullText)),
        ("key is missing", is(Part::Key, Presence::Null)),
        ("key missing", is(Part::Key, Presence::Null)),
        ("key exists", not(is(Part::Key, Presence::Null))),
        ("size > 10 kB", size(SizeOf::Record, Some(10_001), None)),
        ("value size >= 1024", size(SizeOf::Value, Some(1024), None)),
        ("key size < 1.5KiB", size(SizeOf::Key, None, Some(1535))),
        ("size between 1 kb and 2 mb", size(SizeOf::Record, Some(1000), Some(2_000_000))),
        ("size != 0", not(size(SizeOf::Record, Some(0), Some(0)))),
        ("partition in (0, 3)", Condition::Partition { numbers: vec![0, 3] }),
        ("partition != 3", not(Condition::Partition { numbers: vec![3] })),
        ("partition not in ()", not(Condition::Partition { numbers: vec![] })),
        ("key in (\"a\", \"b\")", any_of(vec![equals(Place::Key, "a"), equals(Place::Key, "b")])),
        (
            "key = hex \"00 Ff\"",
            Condition::Equals { place: Place::Key, bytes: Octets::from(&[0, 255][..]) },
        ),
        ("anywhere = \"a\"", equals(Place::Anywhere, "a")),
        (
            "a or b and not (c or d)",
            any_of(vec![
                contains(Place::Anywhere, "a", false, false),
                all(vec![
                    contains(Place::Anywhere, "b", false, false),
                    not(any_of(vec![
                        contains(Place::Anywhere, "c", false, false),
                        contains(Place::Anywhere, "d", false, false),
                    ])),
                ]),
            ]),
        ),
        ("everything", all(vec![])),
        ("not nothing", not(any_of(vec![]))),
        (r#""é\u00e9\ud83d\ude00\t""#, contains(Place::Anywhere, "éé😀\t", false, false)),
    ] {
        assert_eq!(parse(typed), Ok(condition.clone()), "{typed}");
        let printed = print(&condition);
        assert_eq!(parse(&printed), Ok(condition), "{printed}");
    }
}

#[test]
fn what_is_printed_is_what_a_person_would_write() {
    for (typed, printed) in [
        ("Timeout", "anywhere contains \"Timeout\""),
        ("VALUE CONTAINS x WORD EXACTLY", "value contains exactly word \"x\""),
        (
            "a && b || c",
            "(anywhere contains \"a\" and anywhere contains \"b\") or anywhere contains \"c\"",
        ),
        (
            "(a and (b and c)) or d",
            "(anywhere contains \"a\" and (anywhere contains \"b\" and \
          anywhere contains \"c\")) or anywhere contains \"d\"",
        ),
        ("value matches /a\\/b\\\\/i", "value matches /a\\/b\\\\/i"),
        ("value matches \"a\\\\/b\"", "value matches \"a\\\\/b\""),
        ("value matches \"a\\tb\" i", "value matches \"a\\tb\" i"),
        ("value not in (\"a\", 5)", "not (value = \"a\" or decoded value = 5)"),
        ("size > 10000", "size > 10 kB"),
        ("size >= 1048576", "size >= 1 MiB"),
        ("size < 1000", "size < 1 kB"),
        ("size <= 7", "size <= 7"),
        ("size = 2000", "size = 2 kB"),
        ("value[\"a\"][\"b c\"] exists", "value.a[\"b c\"] exists"),
        ("key = \"\u{202e}\u{e0001}\"", "key = \"\\u202e\\udb40\\udc01\""),
    ] {
        assert_eq!(print(&parse(typed).unwrap()), printed, "{typed}");
    }
}

#[test]
fn what_is_wrong_is_told_with_its_place() {
    for (typed, what, at, length) in [
        ("", "expected a condition", 0, 0),
        ("  ", "expected a condition", 2, 0),
        (
            "value",
            "expected what is asked, like `contains`, `matches`, `=` or `exists`, after `value`",
            5,
            0,
        ),
        ("value contians x", "unknown word `contians`: did you mean `contains`?", 6, 8),
        ("vaule contains x", "unknown field `vaule`: did you mean `value`?", 0, 5),
        (
            "status = \"x\"",
            "unknown field `status`: a field of the value is written `value.status`",
            0,
            6,
        ),
        (
            "headers.x-retry > 3",
            "unknown field `headers.x-retry`: a header is written `header \"x-retry\"`",
            0,
            15,
        ),
        ("! a", "expected `not`", 0, 1),
        ("value.status = failed", "a text stands in quotes: `\"failed\"`", 15, 6),
        (
            "card declined",
            "expected `and` or `or` after `card`; words that belong together stand in quotes",
            5,
            8,
        ),
        ("a and", "expected a condition after `and`", 5, 0),
        ("a or or b", "expected a condition after `or`", 5, 2),
        ("(a or b", "this parenthesis is not closed", 0, 1),
        ("a)", "this parenthesis was not opened", 1, 1),
        ("\"a", "the quote is not closed", 0, 2),
        ("é \"a\\d\"", "an unknown escape: a backslash is written twice", 4, 2),
        ("\"\\ud800\"", "half a character", 1, 6),
        ("“a”", "a text stands in straight double quotes, like \"this\"", 0, 1),
        ("value matches /a", "the pattern is not closed with a slash", 14, 2),
        (
            "value matches /a/g",
            "the only flag of a pattern is i, which ignores case; a slash in it is \\/",
            17,
            1,
        ),
        ("value matches /a(/", "the expression cannot be read: unclosed group", 14, 4),
        ("value matches a", "expected a pattern, like /time-?out/, after `matches`", 14, 1),
        ("value.a..b = 1", "a name is missing", 8, 2),
        ("value. = 1", "a name is missing behind `value.`", 0, 6),
        ("value.a[x] = 1", "a number, * or a name in quotes belongs in brackets", 8, 2),
        ("value.a > \"1\"", "only numbers are larger or smaller", 10, 3),
        ("key = null", "nothing at all is asked for with `is null`", 6, 4),
        ("key is tombstone", "only a value is a tombstone", 7, 9),
        (
            "size > 10 foo",
            "expected `and` or `or` after `10`; words that belong together stand in quotes",
            10,
            3,
        ),
        ("size > 10xb", "sizes are in B, kB, MB, GB, KiB, MiB or GiB", 7, 4),
        ("size > 1.5", "a size is a whole number of bytes, like 10 kB", 7, 3),
        ("size < 0", "nothing is smaller", 7, 1),
        ("size between 2 and 1", "the smallest size is larger than the largest", 19, 1),
        ("partition = 1.5", "partitions are whole numbers", 12, 3),
        ("value.a in ()", "there is no value to compare with", 12, 1),
        ("value.a in (1 2)", "expected `,` or `)` after `1`", 14, 1),
        ("key = hex \"0\"", "pairs of hexadecimal digits belong behind `hex`", 10, 3),
        ("value contains \"\"", "there is no text to look for", 15, 2),
        ("header", "expected the name of a header after `header`", 6, 0),
        ("decoded partition = 1", "expected `key` or `value` after `decoded`", 8, 9),
    ] {
        let bad = BadQuery { what: what.to_owned(), at, length };
        assert_eq!(parse(typed), Err(bad), "{typed}");
    }
}

#[test]
fn length_depth_and_number_are_bounded() {
    let refused = |text: &str| parse(text).unwrap_err().what;
    assert_eq!(refused(&"a".repeat(LONGEST + 1)), "a query has at most 20000 characters");
    assert_eq!(refused(&"(".repeat(LONGEST)), "conditions are nested too deep");
    assert_eq!(refused(&"not ".repeat(LONGEST / 4)), "conditions are nested too deep");
    assert_eq!(
        refused(&format!("a{}", " or a".repeat(1000))),
        "there are more than 1000 conditions"
    );
    assert_eq!(refused(&format!("{}a", "not ".repeat(60))), "conditions are nested too deep");
    let heavy = r#" or value matches /(\w{30} ){3}/"#;
    let heavy = format!("a{}", heavy.repeat(500));
    assert_eq!(refused(&heavy), "the expression needs more memory than a search may take");
    let shown = parse(&format!("{} = 1", "x".repeat(10_000))).unwrap_err().to_string();
    assert!(shown.len() < 200, "{shown}");
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9_ -]{1,12}",
        ".{1,8}",
        "[\"\\\\/()'`\\n\\t\u{202e}\u{0}é😀]{1,6}",
        prop::sample::select(vec!["and", "not", "value", "word", "exactly", "null", "5", "i"])
            .prop_map(str::to_owned),
    ]
}

fn any_pattern() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z/ é\"\t]{1,8}",
        r"(\\/|\\d|\\\\|a|/|[.]){1,8}",
        any_text().prop_map(|text| regex::escape(&text)),
    ]
}

fn any_number() -> impl Strategy<Value = Number> {
    "-?(0|[1-9][0-9]{0,24})([.][0-9]{1,8})?([eE][+-]?[0-9]{1,4})?"
        .prop_map(|lexeme| Number::new(&lexeme).unwrap())
}

fn any_comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::*;
    prop::sample::select(vec![Less, AtMost, More, AtLeast])
}

fn any_part() -> impl Strategy<Value = Part> {
    prop::sample::select(vec![Part::Key, Part::Value])
}

fn any_place() -> impl Strategy<Value = Place> {
    prop_oneof![
        prop::sample::select(vec![Place::Anywhere, Place::Key, Place::Value]),
        Just(Place::Headers),
        any::<String>().prop_map(|name| Place::Header { name }),
    ]
}

fn any_path() -> impl Strategy<Value = Path> {
    let step = prop_oneof![
        any_text().prop_map(Step::Member),
        any::<String>().prop_map(Step::Member),
        any::<u64>().prop_map(Step::Element),
        Just(Step::Every),
    ];
    prop::collection::vec(step, 0..4).prop_map(Path::from)
}

fn any_test() -> impl Strategy<Value = Test> {
    let literal = prop_oneof![
        Just(Literal::Null),
        any::<bool>().prop_map(Literal::Truth),
        any_number().prop_map(Literal::Number),
        any::<String>().prop_map(Literal::Text),
    ];
    prop_oneof![
        Just(Test::There),
        Just(Test::Missing),
        prop::collection::vec(literal, 1..4).prop_map(|values| Test::OneOf { values }),
        (any_comparison(), any_number()).prop_map(|(how, with)| Test::Compared { how, with }),
        (any_text(), any::<bool>(), any::<bool>()).prop_map(
            |(text, case_sensitive, whole_word)| {
                Test::Containing { text, case_sensitive, whole_word }
            }
        ),
        (any_pattern(), any::<bool>())
            .prop_map(|(pattern, case_sensitive)| Test::Matching { pattern, case_sensitive }),
    ]
}

fn any_size() -> impl Strategy<Value = u64> {
    prop_oneof![0..3000_u64, (0..5000_u64).prop_map(|n| n * 1000 + 1), any::<u64>(), Just(u64::MAX)]
}

fn any_condition() -> impl Strategy<Value = Condition> {
    let presences = vec![Presence::Null, Presence::Empty, Presence::NullText, Presence::Present];
    let sizes = vec![SizeOf::Key, SizeOf::Value, SizeOf::Record];
    let leaf = prop_oneof![
        (any_place(), any_text(), any::<bool>(), any::<bool>())
            .prop_map(|(place, text, case, word)| contains(place, &text, case, word)),
        (any_place(), any_pattern(), any::<bool>())
            .prop_map(|(place, pattern, case)| matches(place, &pattern, case)),
        (any_place(), any::<String>()).prop_map(|(place, text)| equals(place, &text)),
        (any_place(), any::<Vec<u8>>())
            .prop_map(|(place, bytes)| Condition::Equals { place, bytes: Octets::from(bytes) }),
        any::<String>().prop_map(|name| Condition::HasHeader { name }),
        (any::<String>(), any_comparison(), any_number())
            .prop_map(|(name, how, with)| Condition::HeaderCompared { name, how, with }),
        (prop::sample::select(sizes), prop::option::of(any_size()), prop::option::of(any_size()))
            .prop_map(|(part, a, b)| match (a, b) {
                (Some(a), Some(b)) => size(part, Some(a.min(b)), Some(a.max(b))),
                (least, most) => size(part, least, most),
            }),
        (any_part(), prop::sample::select(presences))
            .prop_map(|(part, presence)| Condition::Is { part, presence }),
        prop::collection::vec(any::<i32>(), 0..4)
            .prop_map(|numbers| Condition::Partition { numbers }),
        (any_part(), any_path(), any_test()).prop_map(|(part, path, test)| Condition::Decoded {
            part,
            path,
            test
        }),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(all),
            prop::collection::vec(inner.clone(), 0..4).prop_map(any_of),
            inner.prop_map(not),
        ]
    })
}

/// The form that text has of it.
fn normal(condition: Condition) -> Condition {
    match condition {
        Condition::All { conditions } | Condition::Any { conditions } if conditions.len() == 1 => {
            normal(conditions.into_iter().next().unwrap())
        }
        Condition::All { conditions } => all(conditions.into_iter().map(normal).collect()),
        Condition::Any { conditions } => any_of(conditions.into_iter().map(normal).collect()),
        Condition::Not { condition } => not(normal(*condition)),
        Condition::Size { part, at_least: None, at_most: None } => size(part, Some(0), None),
        other => other,
    }
}

fn any_typed() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "value",
        "key",
        "header",
        "anywhere",
        "size",
        "partition",
        "decoded",
        "value.a",
        "key[0]",
        "contains",
        "matches",
        "in",
        "is",
        "not",
        "and",
        "or",
        "between",
        "exists",
        "missing",
        "null",
        "tombstone",
        "word",
        "exactly",
        "hex",
        "(",
        ")",
        ",",
        "=",
        "!=",
        "<",
        ">=",
        "5",
        "-1.5e3",
        "10kB",
        "kB",
        "\"a\"",
        "\"0f\"",
        "/a/i",
        "/a",
        "\"",
        "\\",
        "value[\"",
        "é",
        "'",
    ]);
    prop::collection::vec(word, 0..12).prop_map(|words| words.join(" "))
}

proptest! {
    #[test]
    fn a_condition_reads_back_from_what_it_prints(condition in any_condition()) {
        prop_assume!(Filter::new(&condition).is_ok());
        let printed = print(&condition);
        prop_assert!(!printed.contains('\n'), "one line: {}", printed);
        prop_assert!(!printed.chars().any(crate::render::acts), "all of it shows: {}", printed);
        prop_assert_eq!(parse(&printed), Ok(normal(condition)), "{}", printed);
    }

    #[test]
    fn whatever_is_typed_is_read_or_told(
        typed in prop_oneof![any::<String>(), any_typed(), "[a-z\"\\\\/()\\[\\]=<>!., 0-9]{0,30}"],
    ) {
        match parse(&typed) {
            Ok(condition) => {
                prop_assert!(Filter::new(&condition).is_ok());
                prop_assert_eq!(parse(&print(&condition)), Ok(normal(condition)));
            }
            Err(bad) => {
                prop_assert!(bad.at + bad.length <= typed.chars().count(), "{bad:?}");
                prop_assert!(!bad.what.is_empty() && bad.what.len() < 1000);
            }
        }
    }

    #[test]
    fn a_text_with_a_slip_is_read_or_told(
        condition in any_condition(), place: prop::sample::Index, slip: Option<char>,
    ) {
        let mut chars: Vec<char> = print(&condition).chars().collect();
        let at = place.index(chars.len());
        match slip {
            Some(c) => chars[at] = c,
            None => { chars.remove(at); }
        }
        let typed: String = chars.into_iter().collect();
        if let Err(bad) = parse(&typed) {
            prop_assert!(bad.at + bad.length <= typed.chars().count(), "{bad:?}");
        }
    }
}
