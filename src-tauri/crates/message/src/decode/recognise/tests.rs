use std::io::Write;

use proptest::prelude::*;
use serde_json::Value;

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    writer.write_all(bytes).unwrap();
    writer.finish().unwrap()
}

fn seen(bytes: &[u8]) -> Recognised<'_> {
    recognise(bytes, Choice::RECOGNISED, Limits::default())
}

fn read_as(bytes: &[u8], reading: Reading) -> Recognised<'_> {
    recognise(bytes, Choice { reading, ..Choice::default() }, Limits::default())
}

/// The decoders, and why not others, as a person reads them.
fn told(recognised: &Recognised<'_>) -> String {
    let Decoding { layers, reason } = recognised.decoding();
    let layers: Vec<_> = layers.iter().map(Layer::to_string).collect();
    match reason {
        Some(reason) => format!("{} ({reason})", layers.join(" > ")),
        None => layers.join(" > "),
    }
}

#[test]
fn what_bytes_are_is_told_with_every_layer() {
    let utf16 = |text: &str| -> Vec<u8> {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    let map = b"\x81\xa2id\xcd\x01\x00";
    for (bytes, layers, text) in [
        (b"".to_vec(), "UTF-8 text", Some("")),
        ("café".into(), "UTF-8 text", Some("café")),
        (b"{\"id\":1}".to_vec(), "JSON", Some("{\"id\":1}")),
        (b"[12:00] started".to_vec(), "UTF-8 text", Some("[12:00] started")),
        (b"{oops".to_vec(), "UTF-8 text (not JSON: an unexpected byte at byte 1)", Some("{oops")),
        (b"{\"a\":".to_vec(), "UTF-8 text (not JSON: the bytes end too early)", Some("{\"a\":")),
        (b"\xef\xbb\xbf[1]".to_vec(), "JSON", Some("[1]")),
        (b"\xef\xbb\xbf\xff".to_vec(), "bytes (not UTF-8 at byte 3)", None),
        (utf16("{\"a\":\"é\"}"), "UTF-16LE text > JSON", Some("{\"a\":\"é\"}")),
        (b"\xfe\xff\0a".to_vec(), "UTF-16BE text", Some("a")),
        (b"\xff\xfea".to_vec(), "bytes (not UTF-16LE)", None),
        (b"\xff\xfe\0\0a\0\0\0".to_vec(), "bytes (a NUL at byte 0 of the text)", None),
        (b"a\0b".to_vec(), "bytes (a NUL at byte 1 of the text)", None),
        (b"caf\xe9".to_vec(), "bytes (not UTF-8 at byte 3)", None),
        (map.to_vec(), "MessagePack", Some("{\"id\":256}")),
        (b"\xa1\x62id\x19\x01\x00".to_vec(), "CBOR", Some("{\"id\":256}")),
        (b"\xd9\xd9\xf7\x83\x01\x02\x03".to_vec(), "CBOR", Some("[1,2,3]")),
        (b"\xd9\xd9\xf7\x83\x01".to_vec(), "bytes (not CBOR: the bytes end too early)", None),
        (gzip(b"{\"id\":1}"), "gzip > JSON", Some("{\"id\":1}")),
        (gzip(map), "gzip > MessagePack", Some("{\"id\":256}")),
        (gzip(&gzip(b"\xef\xbb\xbfx")), "gzip > gzip > UTF-8 text", Some("x")),
        (gzip(b"\0\xff"), "gzip > bytes (not UTF-8 at byte 1)", None),
        (gzip(b"x")[..15].to_vec(), "bytes (not gzip: the bytes end too early)", None),
        (
            gzip(&gzip(&gzip(&gzip(b"x")))),
            "gzip > gzip > gzip > bytes (compressed too many times over)",
            None,
        ),
    ] {
        let recognised = seen(&bytes);
        assert_eq!(told(&recognised), layers);
        assert_eq!(recognised.text(), text, "{layers}");
    }
}

#[test]
fn text_that_is_there_is_not_copied() {
    for bytes in [&b"{\"id\":1}"[..], b"text", b"\xef\xbb\xbfmarked", b""] {
        let Content::Text { text: Cow::Borrowed(_), source: None } = seen(bytes).content else {
            panic!("{bytes:02x?} is borrowed");
        };
        assert!(matches!(
            read_as(bytes, Reading::Json).content,
            Content::Text { text: Cow::Borrowed(_), source: None }
        ));
    }
}

#[test]
fn a_person_says_what_bytes_do_not_tell() {
    for (bytes, reading, layers, text) in [
        (&b"caf\xe9"[..], Reading::Text(Charset::WINDOWS_1252), "windows-1252 text", Some("café")),
        (b"a\0", Reading::Text(Charset::UTF_16_LE), "UTF-16LE text", Some("a")),
        (b"a\0b", Reading::Text(Charset::UTF_16_LE), "bytes (not UTF-16LE)", None),
        (b"a\0b", Reading::Text(Charset::UTF_8), "UTF-8 text", Some("a\0b")),
        (b"7", Reading::Json, "JSON", Some("7")),
        (b"7x", Reading::Json, "UTF-8 text (not JSON: an unexpected byte at byte 1)", Some("7x")),
        (b"\xff", Reading::Json, "bytes (not UTF-8 at byte 0)", None),
        (b"\x93\x01\x02\x03", Reading::MessagePack, "MessagePack", Some("[1,2,3]")),
        (b"\x83\x01\x02\x03", Reading::Cbor, "CBOR", Some("[1,2,3]")),
        (
            b"\x83\x01\x02\x03",
            Reading::MessagePack,
            "bytes (not MessagePack: the bytes end too early)",
            None,
        ),
        (b"{}", Reading::Bytes, "bytes", None),
    ] {
        let recognised = read_as(bytes, reading);
        assert_eq!(told(&recognised), layers, "{bytes:02x?}");
        assert_eq!(recognised.text(), text, "{bytes:02x?}");
    }
    let decompressed = |bytes, decompress| {
        let choice = Choice { decompress, ..Choice::default() };
        told(&recognise(bytes, choice, Limits::default()))
    };
    let raw = snap::raw::Encoder::new().compress_vec(b"[1]").unwrap();
    assert!(seen(&raw).decoding().layers != [Layer::Json], "nothing says that it is Snappy");
    assert_eq!(decompressed(&raw, Decompress::Named(Compression::SnappyRaw)), "raw Snappy > JSON");
    assert_eq!(
        decompressed(b"[1]", Decompress::Named(Compression::Zlib)),
        "bytes (not zlib: an unexpected byte at byte 0)"
    );
    assert_eq!(decompressed(&gzip(b"x"), Decompress::No), "bytes (not UTF-8 at byte 1)");
}

#[test]
fn numbers_and_short_bytes_are_no_format_by_accident() {
    for bytes in [
        &b"\x80"[..],
        b"\x90",
        b"\xa0",
        b"\x91\x05",
        b"\x93\x01\x02\x03",
        b"\x83\x01\x02\x03",
        b"\x81\x01\x02",
        b"\xa1\x01\x02",
        b"\x81\xa1\xff\x01",
        b"\x81\xa1\x01\x01",
        b"\x81\xa2id\x01\x00",
        b"\xd9\xd9",
    ] {
        assert!(matches!(seen(bytes).content, Content::Opaque(_)), "{bytes:02x?}");
    }
}

#[test]
fn what_reads_as_two_formats_is_taken_for_neither() {
    // As MessagePack a list of one text; as CBOR seventeen values, the first a tagged text.
    let twice = [&b"\x91\xd9\x13Aab"[..], &[b'1'; 16]].concat();
    assert!(message_pack(&twice, 1000).is_ok() && crate::decode::cbor(&twice, 1000).is_ok());
    let Content::Failed { reason: Reason::Ambiguous, literal: true, .. } = seen(&twice).content
    else {
        panic!("{:?}", seen(&twice));
    };
    assert_eq!(told(&read_as(&twice, Reading::MessagePack)), "MessagePack");
    assert_eq!(told(&read_as(&twice, Reading::Cbor)), "CBOR");
}

/// A value in both formats, written down apart from the code.
fn written(value: &Value, cbor: bool, to: &mut Vec<u8>) {
    let size = |kinds: [u8; 2], count: usize, to: &mut Vec<u8>| {
        to.extend(if cbor { [kinds[1], count as u8] } else { [kinds[0], count as u8] });
    };
    match value {
        Value::Null => to.push(if cbor { 0xf6 } else { 0xc0 }),
        Value::Bool(truth) => to.push(if cbor { 0xf4 } else { 0xc2 } + u8::from(*truth)),
        Value::Number(number) => {
            to.push(if cbor { 0x1b } else { 0xcf });
            to.extend(number.as_u64().unwrap().to_be_bytes());
        }
        Value::String(text) => {
            size([0xd9, 0x78], text.len(), to);
            to.extend(text.as_bytes());
        }
        Value::Array(values) => {
            if cbor {
                size([0, 0x98], values.len(), to);
            } else {
                to.extend([0xdc, 0, values.len() as u8]);
            }
            values.iter().for_each(|value| written(value, cbor, to));
        }
        Value::Object(members) => {
            if cbor {
                size([0, 0xb8], members.len(), to);
            } else {
                to.push(0x80 + members.len() as u8);
            }
            for (name, value) in members {
                written(&Value::from(name.as_str()), cbor, to);
                written(value, cbor, to);
            }
        }
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 20, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::hash_map("[a-zé ]{1,8}", inner, 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_bytes() -> impl Strategy<Value = Vec<u8>> {
    const HEADS: [&[u8]; 14] = [
        b"",
        b"\x1f\x8b\x08",
        b"\x28\xb5\x2f\xfd",
        b"\x04\x22\x4d\x18",
        b"\xff\x06\x00\x00sNaPpY",
        b"\x82SNAPPY\x00",
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"\xd9\xd9\xf7",
        b"\x81\xa1a",
        b"\xa1\x61a",
        b"\xdf\xff\xff\xff\xff",
        b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
    ];
    (prop::sample::select(&HEADS[..]), prop::collection::vec(any::<u8>(), 0..60))
        .prop_map(|(head, tail)| [head, &tail].concat())
}

fn any_choice() -> impl Strategy<Value = Choice> {
    use Compression::*;
    const ALL: [Compression; 7] = [Gzip, Zlib, Zstd, Lz4, SnappyFramed, SnappyBlocks, SnappyRaw];
    let decompress = prop_oneof![
        3 => Just(Decompress::Recognised),
        1 => Just(Decompress::No),
        2 => prop::sample::select(&ALL[..]).prop_map(Decompress::Named),
    ];
    let charsets: Vec<_> = Charset::all().collect();
    let reading = prop_oneof![
        3 => Just(Reading::Recognised),
        2 => prop::sample::select(charsets).prop_map(Reading::Text),
        1 => Just(Reading::Json),
        1 => Just(Reading::MessagePack),
        1 => Just(Reading::Cbor),
        1 => Just(Reading::Bytes),
    ];
    (decompress, reading).prop_map(|(decompress, reading)| Choice { decompress, reading })
}

/// The most that anything recognised keeps.
fn size(recognised: &Recognised<'_>) -> usize {
    match &recognised.content {
        Content::Text { text, source } => text.len() + source.as_ref().map_or(0, |s| s.len()),
        Content::Opaque(bytes) | Content::Failed { bytes, .. } => bytes.len(),
    }
}

#[test]
fn a_bomb_is_a_failure_at_once() {
    let bomb = gzip(&vec![b'7'; 10_000_000]);
    let limits = Limits { most: 1 << 20, growth: usize::MAX };
    let recognised = recognise(&bomb, Choice::RECOGNISED, limits);
    assert_eq!(told(&recognised), "bytes (not gzip: too long once it is decoded)");
    let small = gzip(&vec![b'7'; 3 << 20]);
    let most_of =
        |growth| recognise(&small, Choice::RECOGNISED, Limits { growth, ..Limits::default() });
    assert!(most_of(100).text().is_none(), "more than a hundred times its size");
    assert_eq!(most_of(2000).text().map(str::len), Some(3 << 20));
    for deep in [vec![0x91; 100_000], vec![0x81; 100_000], vec![0x9f; 100_000]] {
        assert!(matches!(seen(&deep).content, Content::Failed { literal: true, .. }));
    }
}

#[test]
fn cut_at_any_byte_nothing_is_taken_for_the_whole() {
    let value: Value =
        serde_json::from_str(r#"{"order":{"id":48812,"items":["é",null,true]},"x":"y"}"#).unwrap();
    for cbor in [false, true] {
        let mut whole = Vec::new();
        written(&value, cbor, &mut whole);
        for packed in [whole.clone(), gzip(&whole)] {
            assert_eq!(
                seen(&packed).text().map(|t| serde_json::from_str(t).unwrap()),
                Some(value.clone())
            );
            for end in 0..packed.len() {
                // Less than a magic number may be a control character of a text.
                let text = seen(&packed[..end]).text().map(str::len);
                assert!(text.is_none_or(|text| text < 3), "cut at {end}");
            }
        }
    }
}

#[test]
fn a_choice_and_a_decoding_cross_to_another_process() {
    let choice = Choice {
        decompress: Decompress::Named(Compression::Zlib),
        reading: Reading::Text(Charset::UTF_16_BE),
    };
    let saved = serde_json::to_string(&choice).unwrap();
    assert_eq!(
        saved,
        r#"{"decompress":{"how":"named","compression":"zlib"},"as":{"format":"text","charset":"UTF-16BE"}}"#
    );
    assert_eq!(serde_json::from_str::<Choice>(&saved).unwrap(), choice);
    assert_eq!(serde_json::from_str::<Choice>("{}").unwrap(), Choice::RECOGNISED);
    for bytes in [gzip(b"{oops"), b"\xff\xfea".to_vec(), b"a\0".to_vec()] {
        let decoding = seen(&bytes).decoding();
        let saved = serde_json::to_string(&decoding).unwrap();
        assert_eq!(serde_json::from_str::<Decoding>(&saved).unwrap(), decoding, "{saved}");
    }
}

proptest! {
    #[test]
    fn maps_are_recognised_as_what_they_are(value in any_value(), cbor: bool) {
        let value = serde_json::json!({ "name": value });
        let mut bytes = Vec::new();
        written(&value, cbor, &mut bytes);
        let recognised = seen(&bytes);
        let layers = recognised.decoding().layers;
        prop_assert_eq!(layers, [if cbor { Layer::Cbor } else { Layer::MessagePack }]);
        let text = recognised.text().unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(text).unwrap(), value);
    }

    #[test]
    fn whatever_the_bytes_are_it_ends_within_its_bounds(
        bytes in any_bytes(), choice in any_choice(),
    ) {
        let limits = Limits { most: 4096, growth: 1000 };
        let recognised = recognise(&bytes, choice, limits);
        let _ = recognised.decoding();
        // Text in a legacy encoding is at most three bytes for each, of UTF-8.
        prop_assert!(size(&recognised) <= 3 * 4096 + 4096 + 64, "{recognised:?}");
        let shown = format!("{recognised:?}");
        prop_assert!(shown.len() < 400, "no payload: {}", shown);
    }

    /// What is looked at cheaply is what would be found out by decoding.
    #[test]
    fn bytes_that_are_their_own_hold_nothing_else(bytes in any_bytes(), choice in any_choice()) {
        if is_its_own_bytes(&bytes, choice) {
            match recognise(&bytes, choice, Limits::default()).content {
                Content::Text { text, source: None } => prop_assert_eq!(text.as_bytes(), &bytes),
                Content::Opaque(opaque) => prop_assert_eq!(&opaque[..], &bytes[..]),
                other => prop_assert!(false, "{other:?}"),
            }
        }
    }
}
