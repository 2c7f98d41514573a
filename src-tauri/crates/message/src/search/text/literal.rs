//! Sizes, and bytes as digits.

/// Units of sizes, in the order in which one is chosen for printing.
const UNITS: [(&str, u64); 7] = [
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("kB", 1000),
    ("KiB", 1 << 10),
    ("B", 1),
];

/// A number and its unit, which may be one word; `""` is bytes.
pub(super) fn split_size(word: &str) -> (&str, &str) {
    let end = word.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.len());
    word.split_at(end)
}

pub(super) fn unit(name: &str) -> Option<u64> {
    if name.is_empty() {
        return Some(1);
    }
    UNITS.iter().find(|(unit, _)| unit.eq_ignore_ascii_case(name)).map(|(_, bytes)| *bytes)
}

/// So many bytes, where that is a whole number that there can be.
pub(super) fn size(number: &str, unit: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    let fraction = fraction.trim_end_matches('0');
    let parts = 10_u128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let of_parts = if fraction.is_empty() { 0 } else { fraction.parse::<u128>().ok()? };
    let of_parts = of_parts.checked_mul(u128::from(unit))?;
    if of_parts % parts != 0 {
        return None;
    }
    let whole = whole.parse::<u128>().ok()?.checked_mul(u128::from(unit))?;
    u64::try_from(whole.checked_add(of_parts / parts)?).ok()
}

/// In the largest unit that leaves a whole number; true where that is not bytes.
pub(super) fn sized(bytes: u64) -> (String, bool) {
    let fits = |(_, unit): &&(&str, u64)| bytes > 0 && bytes.is_multiple_of(*unit) && *unit > 1;
    match UNITS.iter().find(fits) {
        Some((name, unit)) => (format!("{} {name}", bytes / unit), true),
        None => (bytes.to_string(), false),
    }
}

/// Bytes as pairs of hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The bytes, with or without white space between them.
pub(super) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<_>>()?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}
