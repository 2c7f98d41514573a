use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;

fn auto(bytes: &[u8]) -> Rendering {
    render(bytes, Form::Auto, 1 << 20)
}

/// Removes the white space that JSON allows around lexemes.
fn squeeze(text: &str) -> String {
    let (mut out, mut inside, mut escaped) = (String::new(), false, false);
    for c in text.chars() {
        if inside {
            out.push(c);
            inside = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if !matches!(c, ' ' | '\t' | '\n' | '\r') {
            out.push(c);
            inside = c == '"';
        }
    }
    out
}

/// The rule of the tests, written down apart from the code: categories by their ranges.
fn is_dangerous(c: char) -> bool {
    let bidi = ['\u{61C}', '\u{200E}', '\u{200F}'];
    c.is_control()
        || bidi.contains(&c)
        || ('\u{202A}'..='\u{202E}').contains(&c)
        || ('\u{2066}'..='\u{2069}').contains(&c)
        || ('\u{2028}'..='\u{2029}').contains(&c)
        || ['\u{200B}', '\u{200C}', '\u{200D}', '\u{2060}', '\u{FEFF}', '\u{AD}'].contains(&c)
}

fn check(actual: &Rendering, expected: Expect) {
    expected.assert_eq(&format!("{actual:?}\n{}\n", actual.text));
}

#[test]
fn json_is_indented_and_every_lexeme_stays_as_it_is() {
    check(
        &auto(br#"{"id":9007199254740993,"id":1.0e+05,"e":{},"a":[ ],"s":"\u00e9\/ \"x\"","l":[-0,null,{"k":true}]}"#),
        expect![[r#"
            Json of 97/97 bytes, Utf8, None
            {
              "id": 9007199254740993,
              "id": 1.0e+05,
              "e": {},
              "a": [],
              "s": "\u00e9\/ \"x\"",
              "l": [
                -0,
                null,
                {
                  "k": true
                }
              ]
            }
        "#]],
    );
}

#[test]
fn what_begins_like_json_and_is_not_becomes_text_with_the_place() {
    for (bytes, fallback) in [
        (r#"{"a":1,}"#, Some(Fallback::NotJson { at: 7 })),
        (r#"{"a":01}"#, Some(Fallback::NotJson { at: 6 })),
        (r#"{"a":"é"} x"#, Some(Fallback::NotJson { at: 11 })),
        (r#"{"a":"\x"}"#, Some(Fallback::NotJson { at: 7 })),
        ("{\"a\":\"\n\"}", Some(Fallback::NotJson { at: 6 })),
        (r#"{"a":[1,2}"#, Some(Fallback::NotJson { at: 9 })),
        (r#"{"a":"cut"#, Some(Fallback::EndsEarly { at: 5 })),
        (r#"{"a":1"#, Some(Fallback::EndsEarly { at: 6 })),
        ("[INFO] Nouvelle entrée de log", None),
        ("42", None),
        ("", None),
    ] {
        let rendering = auto(bytes.as_bytes());
        assert_eq!(rendering.form, Shown::Text, "{bytes}");
        assert_eq!(rendering.fallback, fallback, "{bytes}");
    }
}

#[test]
fn json_of_any_kind_is_shown_as_json_when_asked_for() {
    for text in ["42", "-0.5E-7", "\"é\"", "true", "null", " [1] "] {
        let rendering = render(text.as_bytes(), Form::Json, 100);
        assert_eq!((rendering.form, rendering.fallback), (Shown::Json, None), "{text}");
    }
    for text in ["", "-", "1.", "1e", "tru", "nul", "\"", "\"\\", "\"\\u12", "["] {
        let rendering = render(text.as_bytes(), Form::Json, 100);
        assert!(matches!(rendering.fallback, Some(Fallback::EndsEarly { .. })), "{text}");
        assert_eq!((rendering.form, rendering.text.as_str()), (Shown::Text, text));
    }
    for text in ["truE", "+1", "1 2", "'a'", "NaN", "\"\\ud8zz\"", "]", "}", ",", ":"] {
        let rendering = render(text.as_bytes(), Form::Json, 100);
        assert!(matches!(rendering.fallback, Some(Fallback::NotJson { .. })), "{text}");
    }
}

#[test]
fn nesting_is_shown_to_its_limit_and_as_text_beyond() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert_eq!(auto(nested(DEPTH_LIMIT).as_bytes()).form, Shown::Json);
    let deeper = auto(nested(DEPTH_LIMIT + 1).as_bytes());
    assert_eq!(deeper.form, Shown::Text);
    assert_eq!(deeper.fallback, Some(Fallback::TooDeep { at: DEPTH_LIMIT as u64 }));
    assert_eq!(auto("[".repeat(1_000_000).as_bytes()).form, Shown::Text);
}

#[test]
fn json_beyond_the_limit_is_cut_and_says_so() {
    check(
        &render(br#"{"name":"caf\u00e9","list":[1,2,3]}"#, Form::Auto, 24),
        expect![[r#"
            Json of 24/35 bytes, Utf8, None
            {
              "name": "caf\u00e9",
              "lis
        "#]],
    );
}

#[test]
fn indentation_that_outgrows_its_content_is_cut() {
    let deep = format!("{}{}", "[".repeat(199), "1,".repeat(500_000));
    let rendering = auto(deep.as_bytes());
    assert_eq!(rendering.form, Shown::Json);
    assert!(rendering.text.len() < growth_limit(deep.len()) + 1024, "no explosion");
    assert!(rendering.shown_bytes < rendering.total_bytes, "and the cut is stated");
}

#[test]
fn text_keeps_lines_and_tabs_and_shows_everything_else() {
    let rendering = auto("a\tb\r\nc\u{0}\u{1b}[31m\u{202E}evil\u{2066}\u{85}é".as_bytes());
    assert_eq!(rendering.form, Shown::Hex, "a NUL makes it binary");
    assert_eq!(rendering.fallback, Some(Fallback::HoldsNul { at: 6 }));
    let rendering =
        render("a\tb\r\nc\u{0}\u{1b}\u{202E}evil\u{2066}\u{85}é".as_bytes(), Form::Text, 100);
    assert_eq!(rendering.text, "a\tb␍\nc␀␛‹U+202E›evil‹U+2066›‹U+0085›é");
    assert_eq!((rendering.symbols, rendering.fallback), (6, None));
}

#[test]
fn bytes_that_are_not_utf8_become_hex_with_the_place() {
    check(
        &auto(b"caf\xe9 au lait et croissant"),
        expect![[r#"
            Hex of 25/25 bytes, Unknown, Some(NotUtf8 { at: 3 })
            00000000  63 61 66 e9 20 61 75 20  6c 61 69 74 20 65 74 20  caf. au lait et 
            00000010  63 72 6f 69 73 73 61 6e  74                       croissant
        "#]],
    );
}

#[test]
fn byte_order_marks_are_recognised() {
    let marked = auto(b"\xEF\xBB\xBF{\"a\":1}");
    assert_eq!((marked.form, marked.encoding), (Shown::Json, Encoding::Utf8WithMark));
    assert_eq!((marked.shown_bytes, marked.text.as_str()), (10, "{\n  \"a\": 1\n}"));
    let broken = auto(b"\xEF\xBB\xBF{\"a\":}");
    assert_eq!(broken.fallback, Some(Fallback::NotJson { at: 8 }), "places count the mark");
    assert_eq!(auto(b"\xFF\xFEa\0").encoding, Encoding::Utf16LittleEndian);
    assert_eq!(auto(b"\xFE\xFF\0a").encoding, Encoding::Utf16BigEndian);
}

#[test]
fn a_limit_in_the_middle_of_a_character_does_not_make_it_binary() {
    let rendering = render("ééé".as_bytes(), Form::Auto, 3);
    assert_eq!((rendering.form, rendering.text.as_str()), (Shown::Text, "é"));
    assert_eq!((rendering.shown_bytes, rendering.total_bytes), (2, 6));
    let truncated = &"ééé".as_bytes()[..5];
    assert_eq!(render(truncated, Form::Auto, 10).form, Shown::Hex, "here the bytes really end");
}

#[test]
fn a_hex_window_begins_with_the_row_of_its_first_byte() {
    let bytes: Vec<u8> = (0..100).collect();
    let rows = hex_window(&bytes, 37, 2);
    assert_eq!(rows.iter().map(|row| row.offset).collect::<Vec<_>>(), [32, 48]);
    assert_eq!(rows[0].hex, "20 21 22 23 24 25 26 27  28 29 2a 2b 2c 2d 2e 2f");
    assert_eq!(rows[0].ascii, " !\"#$%&'()*+,-./");
    assert_eq!(hex_window(&bytes, 96, 9).len(), 1);
    assert!(hex_window(&bytes, 112, 1).is_empty());
    assert!(hex_window(&bytes, usize::MAX, usize::MAX).is_empty());
}

#[test]
fn a_preview_tells_three_kinds_of_nothing_apart() {
    let kind = |bytes: Option<&[u8]>| preview(bytes, 80).kind;
    assert_eq!(kind(None), Kind::Null);
    assert_eq!(kind(Some(b"")), Kind::Empty);
    let word = preview(Some(b"null"), 80);
    assert_eq!((word.kind, word.text.as_str()), (Kind::Text, "null"));
}

#[test]
fn a_preview_is_one_line() {
    let json = preview(Some(b"{\n  \"a\" : [ 1,\n 2 ],\n \"b\": \"x  y\"\n}"), 80);
    assert_eq!((json.kind, json.text.as_str()), (Kind::Json, "{\"a\":[1,2],\"b\":\"x  y\"}"));
    let text = preview(Some(b"one\ntwo\tthree\x7f"), 80);
    assert_eq!((text.kind, text.text.as_str()), (Kind::Text, "one␊two␉three␡"));
    let binary = preview(Some(b"\0\x01\xff"), 80);
    assert_eq!((binary.kind, binary.text.as_str()), (Kind::Binary, "00 01 ff"));
    assert!(!binary.truncated);
}

#[test]
fn a_preview_never_cuts_a_symbol_in_two() {
    let bytes = "ab\u{202E}cd".as_bytes();
    for (max, text) in [(2, "ab"), (9, "ab"), (10, "ab‹U+202E›"), (11, "ab‹U+202E›c")] {
        let preview = preview(Some(bytes), max);
        assert_eq!((preview.text.as_str(), preview.truncated), (text, true));
    }
    assert!(!preview(Some(bytes), 12).truncated);
}

#[test]
fn a_preview_of_a_prefix_knows_that_there_is_more() {
    let body = "{\"name\":\"Élodie\"}".as_bytes();
    let prefix = preview_prefix(Some(&body[..10]), body.len() as u64, 80);
    assert_eq!((prefix.kind, prefix.text.as_str()), (Kind::Json, "{\"name\":\""));
    assert!(prefix.truncated);
    let nothing = preview_prefix(Some(b""), 5, 80);
    assert_ne!(nothing.kind, Kind::Empty, "five bytes that are not at hand are not nothing");
    assert!(nothing.truncated);
}

#[test]
fn a_preview_looks_at_the_beginning_only() {
    let mut bytes = vec![b'a'; 1 << 20];
    bytes.push(0xFF);
    let preview = preview(Some(&bytes), 80);
    assert_eq!((preview.kind, preview.truncated), (Kind::Text, true));
}

#[test]
fn no_debug_output_holds_a_payload() {
    let bytes = b"hunter2";
    let printed =
        format!("{:?} {:?} {:?}", auto(bytes), preview(Some(bytes), 80), hex_window(bytes, 0, 1));
    assert!(!printed.contains("hunter2") && !printed.contains("68 75"), "{printed}");
}

/// Texts with many JSON lexemes in them, well-formed or not.
fn json_like() -> impl Strategy<Value = String> {
    let lexeme = prop_oneof![
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just(",".to_owned()),
        Just(":".to_owned()),
        Just("\"\\u00e9\\\"\"".to_owned()),
        Just("-1.50e+400".to_owned()),
        Just("18446744073709551616".to_owned()),
        Just("true".to_owned()),
        Just(" \r\n\t".to_owned()),
        "\"[^\"\\\\\\p{Cc}]{0,4}\"",
        any::<String>(),
    ];
    proptest::collection::vec(lexeme, 0..30).prop_map(|lexemes| lexemes.concat())
}

/// Well-formed JSON with duplicate keys, odd numbers and white space.
fn json() -> impl Strategy<Value = String> {
    let space = "[ \n\r\t]{0,2}";
    let string = "\"([^\"\\\\\\p{Cc}]|\\\\[\"\\\\/bfnrt]|\\\\u[0-9a-fA-F]{4}){0,6}\"";
    let number = "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,20})?([eE][+-]?[0-9]{1,5})?";
    let leaf = prop_oneof![string, number, Just("true".to_owned()), Just("null".to_owned())];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        let item = (space, inner, space).prop_map(|(a, v, b)| format!("{a}{v}{b}"));
        let member = (space, string, space, item.clone())
            .prop_map(|(a, name, b, value)| format!("{a}{name}{b}:{value}"));
        prop_oneof![
            proptest::collection::vec(item, 0..6)
                .prop_map(|items| format!("[{}]", items.join(","))),
            proptest::collection::vec(member, 0..6)
                .prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    })
}

proptest! {
    #[test]
    fn well_formed_json_loses_nothing_but_white_space_between_lexemes(text in json()) {
        let rendering = render(text.as_bytes(), Form::Json, usize::MAX);
        prop_assert_eq!((rendering.form, rendering.fallback), (Shown::Json, None));
        let mut expected = String::new();
        for c in squeeze(&text).chars() {
            symbols::push(&mut expected, c);
        }
        prop_assert_eq!(squeeze(&rendering.text), expected);
        prop_assert!(serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok());
    }

    #[test]
    fn json_is_what_another_parser_takes_for_json(text in json_like()) {
        let ours = render(text.as_bytes(), Form::Json, usize::MAX).form == Shown::Json;
        let theirs = serde_json::from_str::<serde::de::IgnoredAny>(
            text.strip_prefix('\u{FEFF}').unwrap_or(&text),
        );
        prop_assert_eq!(ours, theirs.is_ok());
    }

    #[test]
    fn every_prefix_of_json_can_be_shown(text in json(), at in any::<prop::sample::Index>()) {
        let limit = at.index(text.len() + 1);
        let rendering = render(text.as_bytes(), Form::Json, limit);
        prop_assert_eq!(rendering.form, Shown::Json);
        let shown = &text.as_bytes()[..rendering.shown_bytes as usize];
        let mut expected = String::new();
        for c in squeeze(std::str::from_utf8(shown).unwrap()).chars() {
            symbols::push(&mut expected, c);
        }
        prop_assert_eq!(squeeze(&rendering.text), expected);
    }

    #[test]
    fn no_bytes_are_too_strange(
        bytes in prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..300),
            any::<String>().prop_map(String::into_bytes),
            json_like().prop_map(String::into_bytes),
        ],
        limit in 0_usize..400,
        max_chars in 0_usize..100,
        more in 0_u64..3,
    ) {
        for form in [Form::Auto, Form::Text, Form::Json, Form::Hex] {
            let rendering = render(&bytes, form, limit);
            prop_assert!(rendering.text.len() <= growth_limit(limit));
            prop_assert!(rendering.shown_bytes <= limit as u64);
            prop_assert_eq!(rendering.total_bytes, bytes.len() as u64);
            let raw = |c: char| is_dangerous(c) && !matches!(c, '\n' | '\t');
            prop_assert!(!rendering.text.contains(raw));
        }
        let preview = preview_prefix(Some(&bytes), bytes.len() as u64 + more, max_chars);
        prop_assert!(!preview.text.contains(is_dangerous));
        prop_assert!(preview.text.chars().count() <= max_chars);
        prop_assert!(preview.truncated || more == 0);
        hex_window(&bytes, limit, max_chars);
    }
}
