//! Random ranges and conditions.

use brokers::Dice;
use kafka::read::{Isolation, Start};
use kafka::scan::ScanRequest;
use message::Octets;
use message::search::condition::{Comparison, Literal, Part, Place, Presence, SizeOf, Test};
use message::search::{Condition, Number, Path};

use super::data::{AMOUNTS, BIG, HEADER_NAMES, HEADER_VALUES, IDS, WORDS, pick};
use super::naive::PATTERNS;
use super::world::{FIRST_MILLIS, MILLIS, PARTITIONS};

/// One search.
#[derive(Debug, Clone)]
pub struct Case {
    /// Which topics of the world.
    pub topics: Vec<usize>,
    pub request: ScanRequest,
    pub condition: Condition,
    /// Whether it goes through its text.
    pub typed: bool,
    /// In how many parts it is searched, at least about.
    pub parts: u64,
}

const PATHS: [&str; 13] = [
    "",
    "order.id",
    "order.amount",
    "order.status",
    "order.note",
    "order",
    "items[*].sku",
    "items[0].qty",
    "tags[*]",
    "flag",
    "nothing",
    r#"["a.b"]"#,
    "café",
];

pub fn case(dice: &mut Dice) -> Case {
    let mut topics: Vec<usize> = (0..3).filter(|_| dice.bool()).collect();
    if topics.is_empty() {
        topics.push(dice.usize(0..3));
    }
    let time = |dice: &mut Dice| FIRST_MILLIS + dice.i64(-1_000..MILLIS + 20_000);
    let start = match dice.u8(0..5) {
        0 => Start::Newest,
        1 | 2 => Start::Oldest,
        3 => Start::Offset(dice.i64(0..900)),
        _ => Start::Time(time(dice)),
    };
    let partitions = dice.bool().then(|| {
        let mut some: Vec<i32> = (0..PARTITIONS).filter(|_| dice.bool()).collect();
        if some.is_empty() {
            some.push(dice.i32(0..PARTITIONS));
        }
        some
    });
    let request = ScanRequest {
        topics: Vec::new(),
        partitions,
        start,
        before: (dice.u8(0..4) == 0).then(|| time(dice)),
        until: (dice.u8(0..4) == 0).then(|| dice.i64(0..900)),
        newest_first: dice.bool(),
        isolation: if dice.bool() { Isolation::Committed } else { Isolation::Uncommitted },
        ..ScanRequest::all("")
    };
    let condition = condition(dice, 3);
    let parts = if dice.bool() { 1 } else { dice.u64(2..5) };
    Case { topics, request, condition, typed: dice.bool(), parts }
}

fn condition(dice: &mut Dice, deep: u8) -> Condition {
    if deep > 0 && dice.u8(0..2) == 0 {
        let mut several = |least: usize| {
            let count = dice.usize(least..4);
            (0..count).map(|_| condition(dice, deep - 1)).collect::<Vec<_>>()
        };
        return match several(0) {
            conditions if conditions.len() == 1 => {
                Condition::Not { condition: Box::new(conditions.into_iter().next().unwrap()) }
            }
            conditions => match dice.bool() {
                true => Condition::All { conditions },
                false => Condition::Any { conditions },
            },
        };
    }
    let part = if dice.u8(0..3) == 0 { Part::Key } else { Part::Value };
    match dice.u8(0..20) {
        0..=3 => Condition::Contains {
            place: place(dice),
            text: text(dice),
            case_sensitive: dice.bool(),
            whole_word: dice.bool(),
        },
        4 | 5 => Condition::Matches {
            place: place(dice),
            pattern: pick(dice, &PATTERNS).to_owned(),
            case_sensitive: dice.bool(),
        },
        6 => Condition::Equals { place: Place::Key, bytes: Octets::from(key(dice)) },
        7 => Condition::Equals {
            place: place(dice),
            bytes: Octets::from(pick(dice, &HEADER_VALUES)),
        },
        8 => Condition::HasHeader { name: pick(dice, &HEADER_NAMES).to_owned() },
        9 => Condition::HeaderCompared {
            name: "retries".to_owned(),
            how: comparison(dice),
            with: number(pick(dice, &["3", "12", "1000", "2.5", "-1"])),
        },
        10 => {
            let (one, other) = (dice.u64(0..160), dice.u64(0..160));
            Condition::Size {
                part: pick(dice, &[SizeOf::Key, SizeOf::Value, SizeOf::Record]),
                at_least: dice.bool().then_some(one.min(other)),
                at_most: dice.bool().then_some(one.max(other)),
            }
        }
        11 => {
            let kinds = [Presence::Null, Presence::Empty, Presence::NullText, Presence::Present];
            Condition::Is { part, presence: pick(dice, &kinds) }
        }
        12 => {
            let count = dice.usize(1..4);
            Condition::Partition { numbers: (0..count).map(|_| dice.i32(0..PARTITIONS)).collect() }
        }
        // Numbers that a float does not tell apart, where they stand.
        13..=15 => {
            let (path, numbers): (_, &[&str]) = pick(
                dice,
                &[("order.id", &IDS[..]), (r#"["a.b"]"#, &BIG), ("order.amount", &AMOUNTS)],
            );
            let with = number(pick(dice, numbers));
            let test = match dice.bool() {
                true => Test::Compared { how: comparison(dice), with },
                false => Test::OneOf { values: vec![Literal::Number(with)] },
            };
            Condition::Decoded { part: Part::Value, path: Path::read(path).unwrap(), test }
        }
        _ => Condition::Decoded {
            part,
            path: Path::read(pick(dice, &PATHS)).unwrap(),
            test: test(dice),
        },
    }
}

fn place(dice: &mut Dice) -> Place {
    match dice.u8(0..6) {
        0 | 1 => Place::Anywhere,
        2 => Place::Key,
        3 => Place::Value,
        4 => Place::Headers,
        _ => Place::Header { name: pick(dice, &HEADER_NAMES).to_owned() },
    }
}

/// Whole, or a part of it.
fn text(dice: &mut Dice) -> String {
    let word: Vec<char> = pick(dice, &WORDS).chars().collect();
    let from = if dice.bool() { 0 } else { dice.usize(..word.len()) };
    let to = if dice.bool() { word.len() } else { dice.usize(from..word.len()) + 1 };
    word[from..to].iter().collect()
}

fn key(dice: &mut Dice) -> Vec<u8> {
    super::data::key(dice).unwrap_or_default()
}

fn number(text: &str) -> Number {
    Number::new(text).unwrap()
}

fn comparison(dice: &mut Dice) -> Comparison {
    let all = [Comparison::Less, Comparison::AtMost, Comparison::More, Comparison::AtLeast];
    pick(dice, &all)
}

fn test(dice: &mut Dice) -> Test {
    let any_number = |dice: &mut Dice| {
        let from: &[&str] = match dice.u8(0..3) {
            0 => &IDS,
            1 => &AMOUNTS,
            _ => &BIG,
        };
        number(pick(dice, from))
    };
    let literal = |dice: &mut Dice| match dice.u8(0..6) {
        0 => Literal::Null,
        1 => Literal::Truth(dice.bool()),
        2 | 3 => Literal::Number(any_number(dice)),
        _ => {
            Literal::Text(pick(dice, &["failed", "paid", "A-1", "café", "order-17", ""]).to_owned())
        }
    };
    match dice.u8(0..7) {
        0 => Test::There,
        1 => Test::Missing,
        2 | 3 => {
            let count = dice.usize(1..4);
            Test::OneOf { values: (0..count).map(|_| literal(dice)).collect() }
        }
        4 => Test::Compared { how: comparison(dice), with: any_number(dice) },
        5 => Test::Containing {
            text: text(dice),
            case_sensitive: dice.bool(),
            whole_word: dice.bool(),
        },
        _ => Test::Matching {
            pattern: pick(dice, &PATTERNS).to_owned(),
            case_sensitive: dice.bool(),
        },
    }
}
