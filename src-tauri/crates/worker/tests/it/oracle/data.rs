//! Records of every kind that people and clients put into topics.

use brokers::Dice;

/// What may be looked for.
pub const WORDS: [&str; 10] = [
    "failed",
    "Failure",
    "order-17",
    "café",
    "CAFÉ",
    "needle",
    "ABC12",
    "x_y",
    "naïve \"quoted\"",
    "null",
];
pub const HEADER_NAMES: [&str; 4] = ["trace", "retries", "source", "é"];
pub const HEADER_VALUES: [&[u8]; 10] =
    [b"", b"3", b" 12 ", b"007", b"abc", b"1e3", b"2.50", b"failed", b"\xff\xfe\x80x", b"null"];
pub const IDS: [&str; 5] =
    ["9007199254740992", "9007199254740993", "18446744073709551615", "5", "0"];
pub const AMOUNTS: [&str; 7] = ["150", "150.0", "1.5e2", "-3", "99.999999", "0", "102"];
pub const BIG: [&str; 2] = ["12345678901234567890123", "12345678901234567890124"];

/// Key, value and headers of a record.
pub struct Body {
    pub key: Option<Vec<u8>>,
    pub value: Option<Vec<u8>>,
    pub headers: Vec<(&'static str, Option<&'static [u8]>)>,
}

pub fn body(dice: &mut Dice) -> Body {
    let header = |dice: &mut Dice| {
        let value = (dice.u8(0..5) > 0).then(|| pick(dice, &HEADER_VALUES));
        (pick(dice, &HEADER_NAMES), value)
    };
    let count = if dice.bool() { 0 } else { dice.usize(1..5) };
    let headers = (0..count).map(|_| header(dice)).collect();
    Body { key: key(dice), value: value(dice), headers }
}

pub fn pick<T: Copy>(dice: &mut Dice, from: &[T]) -> T {
    from[dice.usize(..from.len())]
}

pub fn key(dice: &mut Dice) -> Option<Vec<u8>> {
    Some(match dice.u8(0..10) {
        0 | 1 => return None,
        2 => Vec::new(),
        3 => b"null".to_vec(),
        4 => b"17".to_vec(),
        5 => br#"{"id":5}"#.to_vec(),
        6 => b"k\xff\x00".to_vec(),
        _ => format!("order-{}", dice.u8(0..30)).into_bytes(),
    })
}

fn value(dice: &mut Dice) -> Option<Vec<u8>> {
    let words = |dice: &mut Dice| {
        let count = dice.usize(1..6);
        (0..count).map(|_| pick(dice, &WORDS)).collect::<Vec<_>>().join(pick(dice, &[" ", "-", ""]))
    };
    Some(match dice.u8(0..24) {
        0 => return None,
        1 => Vec::new(),
        2 => b"null".to_vec(),
        3 => pick(dice, &IDS).as_bytes().to_vec(),
        4..=7 => words(dice).into_bytes(),
        8 => format!("C:\\temp {}", words(dice)).into_bytes(),
        // Claims to be compressed, and is not.
        9 => b"\x1f\x8b\x08 needle".to_vec(),
        10 => [b"B\xff\x00 ", words(dice).as_bytes()].concat(),
        11 => format!("a\0{}", pick(dice, &WORDS)).into_bytes(),
        // Cut off.
        12 => br#"{"order": {"id": 5, "status": "failed"#.to_vec(),
        13 => br#"{"note": "needle", }"#.to_vec(),
        14 => format!("[{}, {}, null]", pick(dice, &IDS), pick(dice, &AMOUNTS)).into_bytes(),
        _ => json(dice).into_bytes(),
    })
}

fn json(dice: &mut Dice) -> String {
    let mut members = Vec::new();
    let space = pick(dice, &["", " "]);
    let text = |dice: &mut Dice| {
        let word = pick(dice, &WORDS).replace('"', "\\\"");
        // As clients write it that keep to ASCII.
        if dice.bool() { word.replace('é', "\\u00e9").replace('É', "\\u00C9") } else { word }
    };
    if dice.u8(0..5) > 0 {
        let (id, amount) = (pick(dice, &IDS), pick(dice, &AMOUNTS));
        let status = pick(dice, &["failed", "paid", "Failure", ""]);
        let note = text(dice);
        members.push(format!(
            "\"order\":{space}{{\"id\":{space}{id},\"amount\":{space}{amount},\"status\":\"{status}\",\
             \"note\":{space}\"{note}\"}}"
        ));
    }
    if dice.bool() {
        let item = |dice: &mut Dice| {
            format!("{{\"sku\":\"{}\",\"qty\":{}}}", pick(dice, &["A-1", "B-2"]), dice.u8(0..4))
        };
        let items: Vec<String> = (0..dice.usize(0..4)).map(|_| item(dice)).collect();
        members.push(format!("\"items\":[{}]", items.join(",")));
    }
    if dice.bool() {
        members.push(format!("\"tags\":{space}[\"{}\",{space}\"{}\"]", text(dice), text(dice)));
    }
    if dice.bool() {
        members.push(format!("\"flag\":{}", dice.bool()));
    }
    if dice.u8(0..4) == 0 {
        // Twice, as JSON allows.
        members.push("\"flag\":false".to_owned());
    }
    if dice.u8(0..3) == 0 {
        members.push("\"nothing\":null".to_owned());
    }
    if dice.u8(0..3) == 0 {
        members.push(format!("\"a.b\":{space}{}", pick(dice, &BIG)));
    }
    if dice.u8(0..3) == 0 {
        members.push(format!("\"caf\\u00e9\":{space}\"{}\"", text(dice)));
    }
    dice.shuffle(&mut members);
    format!("{{{}}}", members.join(&format!(",{space}")))
}
