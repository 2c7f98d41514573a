//! Bytes as offsets, hexadecimal digits and ASCII characters, 16 a row.

use std::fmt::{self, Write};

use serde::{Deserialize, Serialize};

/// Bytes in a row.
const ROW: usize = 16;

/// One row of up to 16 bytes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HexRow {
    /// The offset of its first byte, a multiple of 16.
    pub offset: u64,
    /// Two digits a byte, a space between bytes, one more in the middle; padded to full width.
    pub hex: String,
    /// One character a byte: printable ASCII, or `.`.
    pub ascii: String,
}

impl fmt::Debug for HexRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes at {}", self.ascii.len(), self.offset)
    }
}

/// Up to `rows` rows, beginning with the one that holds the byte `from`; none after the end.
pub fn hex_window(bytes: &[u8], from: usize, rows: usize) -> Vec<HexRow> {
    let start = from - from % ROW;
    let rest = bytes.get(start..).unwrap_or_default();
    rest.chunks(ROW).zip(0..rows).map(|(chunk, i)| row(chunk, start + i * ROW)).collect()
}

/// All rows as lines of text.
pub(super) fn page(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(ROW) * 78);
    for (i, chunk) in bytes.chunks(ROW).enumerate() {
        let HexRow { offset, hex, ascii } = row(chunk, i * ROW);
        if i > 0 {
            out.push('\n');
        }
        // Writing to a String cannot fail.
        let _ = write!(out, "{offset:08x}  {hex}  {ascii}");
    }
    out
}

/// Bytes as digits on one line, at most so many characters; true where some did not fit.
pub(super) fn line(bytes: &[u8], max_chars: usize) -> (String, bool) {
    let fit = max_chars.saturating_add(1) / 3;
    let shown = bytes.get(..fit).unwrap_or(bytes);
    let mut out = String::with_capacity(shown.len() * 3);
    for (i, byte) in shown.iter().enumerate() {
        let _ = write!(out, "{}{byte:02x}", if i == 0 { "" } else { " " });
    }
    (out, shown.len() < bytes.len())
}

fn row(chunk: &[u8], offset: usize) -> HexRow {
    let mut hex = String::with_capacity(ROW * 3);
    for i in 0..ROW {
        match i {
            0 => {}
            8 => hex.push_str("  "),
            _ => hex.push(' '),
        }
        match chunk.get(i) {
            Some(byte) => {
                let _ = write!(hex, "{byte:02x}");
            }
            None => hex.push_str("  "),
        }
    }
    let printable = |byte: &u8| {
        if matches!(byte, b' '..=b'~') { char::from(*byte) } else { '.' }
    };
    HexRow { offset: offset as u64, hex, ascii: chunk.iter().map(printable).collect() }
}
