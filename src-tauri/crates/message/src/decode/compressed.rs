//! Payloads that a client compressed by itself, before Kafka or RabbitMQ saw them.
//!
//! What comes out is never longer than allowed: a few bytes can claim to be gigabytes. Framed Snappy
//! and Snappy in blocks have no end, so one that is cut between two blocks cannot be told from a whole
//! one; every other cut is noticed.

use std::fmt;
use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::decode::Undecodable;

/// How a payload is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compression {
    /// gzip (RFC 1952).
    Gzip,
    /// zlib (RFC 1950).
    Zlib,
    /// Zstandard (RFC 8878).
    Zstd,
    /// LZ4 in its frame format.
    Lz4,
    /// Snappy in its framing format.
    SnappyFramed,
    /// Snappy in blocks behind the header of xerial's Java library, as Kafka's clients write it.
    SnappyBlocks,
    /// One block of Snappy with nothing around it.
    SnappyRaw,
}

impl fmt::Display for Compression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Compression::Gzip => "gzip",
            Compression::Zlib => "zlib",
            Compression::Zstd => "Zstandard",
            Compression::Lz4 => "LZ4",
            Compression::SnappyFramed => "framed Snappy",
            Compression::SnappyBlocks => "Snappy in blocks",
            Compression::SnappyRaw => "raw Snappy",
        })
    }
}

const XERIAL: &[u8] = b"\x82SNAPPY\x00";

/// Two numbers that say which versions can read what follows.
const XERIAL_HEADER: usize = XERIAL.len() + 8;

/// The largest window of Zstandard, as a power of two: 8 MiB, what RFC 8878 asks every reader for.
const ZSTD_WINDOW: u32 = 23;

impl Compression {
    /// What the first bytes say. zlib and raw Snappy have none that are certain: they have to be
    /// asked for.
    pub fn of(bytes: &[u8]) -> Option<Compression> {
        Some(match bytes {
            [0x1f, 0x8b, 0x08, ..] => Compression::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] => Compression::Zstd,
            [0x04, 0x22, 0x4d, 0x18, ..] => Compression::Lz4,
            _ if bytes.starts_with(b"\xff\x06\x00\x00sNaPpY") => Compression::SnappyFramed,
            _ if bytes.starts_with(XERIAL) => Compression::SnappyBlocks,
            _ => return None,
        })
    }

    /// What was compressed, of at most `most` bytes.
    ///
    /// # Errors
    /// See [`Undecodable`].
    pub fn decompress(self, bytes: &[u8], most: usize) -> Result<Vec<u8>, Undecodable> {
        match self {
            // Both formats may stand several times behind each other.
            Compression::Gzip => all(flate2::read::MultiGzDecoder::new(bytes), most),
            Compression::Zlib => all(flate2::read::ZlibDecoder::new(bytes), most),
            Compression::Zstd => {
                let mut decoder = zstd::Decoder::with_buffer(bytes).map_err(|_| broken(0))?;
                decoder.window_log_max(ZSTD_WINDOW).map_err(|_| broken(0))?;
                all(decoder, most)
            }
            Compression::Lz4 => {
                lz4_is_whole(bytes)?;
                all(lz4_flex::frame::FrameDecoder::new(bytes), most)
            }
            Compression::SnappyFramed => all(snap::read::FrameDecoder::new(bytes), most),
            Compression::SnappyBlocks => blocks(bytes, most),
            Compression::SnappyRaw => block(bytes, most),
        }
    }
}

fn broken(at: usize) -> Undecodable {
    Undecodable::Unexpected { at: at as u64 }
}

fn all(reader: impl Read, most: usize) -> Result<Vec<u8>, Undecodable> {
    let mut found = Vec::new();
    let mut bounded = reader.take(most as u64 + 1);
    let read = bounded.read_to_end(&mut found);
    match read {
        Ok(_) if found.len() > most => Err(Undecodable::TooLong),
        Ok(_) => Ok(found),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Err(Undecodable::Ends),
        Err(_) => Err(broken(0)),
    }
}

/// Whether the frame has its end: the library takes one that is cut between two blocks for a whole
/// one. The layout is that of `lz4_Frame_format.md`, version 1.6.
fn lz4_is_whole(bytes: &[u8]) -> Result<(), Undecodable> {
    let mut at = 4;
    let take = |at: &mut usize, count: usize| {
        let taken = at.checked_add(count).and_then(|end| bytes.get(*at..end));
        *at += count;
        taken.ok_or(Undecodable::Ends)
    };
    let flags = take(&mut at, 2)?.first().copied().unwrap_or(0);
    let has = |bit: u8| usize::from(flags >> bit & 1);
    let (block_checksum, size, checksum, dictionary) = (has(4), has(3), has(2), has(0));
    take(&mut at, 8 * size + 4 * dictionary + 1)?;
    loop {
        let size =
            take(&mut at, 4)?.iter().rev().fold(0, |size, byte| size << 8 | u32::from(*byte));
        if size == 0 {
            return take(&mut at, 4 * checksum).map(drop);
        }
        // The highest bit says that the block is not compressed.
        take(&mut at, (size & 0x7fff_ffff) as usize + 4 * block_checksum)?;
    }
}

/// One block. Its first bytes claim how long it will be.
fn block(bytes: &[u8], most: usize) -> Result<Vec<u8>, Undecodable> {
    let length = snap::raw::decompress_len(bytes).map_err(|_| broken(0))?;
    if length > most {
        return Err(Undecodable::TooLong);
    }
    // What is there can be at most some sixty times as long: a longer claim is a lie, and no memory
    // is asked for it.
    if length / 64 > bytes.len() {
        return Err(broken(0));
    }
    snap::raw::Decoder::new().decompress_vec(bytes).map_err(|_| broken(0))
}

fn blocks(bytes: &[u8], most: usize) -> Result<Vec<u8>, Undecodable> {
    let mut rest = bytes.get(XERIAL_HEADER..).ok_or(Undecodable::Ends)?;
    let mut found = Vec::new();
    while !rest.is_empty() {
        let at = bytes.len() - rest.len();
        let (size, after) = rest.split_first_chunk::<4>().ok_or(Undecodable::Ends)?;
        let size = u32::from_be_bytes(*size) as usize;
        let (one, after) = after.split_at_checked(size).ok_or(Undecodable::Ends)?;
        let left = most - found.len();
        let one = block(one, left).map_err(|error| match error {
            Undecodable::Unexpected { .. } => broken(at),
            error => error,
        })?;
        found.extend(one);
        rest = after;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::*;

    const ALL: [Compression; 7] = [
        Compression::Gzip,
        Compression::Zlib,
        Compression::Zstd,
        Compression::Lz4,
        Compression::SnappyFramed,
        Compression::SnappyBlocks,
        Compression::SnappyRaw,
    ];

    fn compressed(how: Compression, bytes: &[u8]) -> Vec<u8> {
        let level = flate2::Compression::default();
        match how {
            Compression::Gzip => {
                let mut writer = flate2::write::GzEncoder::new(Vec::new(), level);
                writer.write_all(bytes).unwrap();
                writer.finish().unwrap()
            }
            Compression::Zlib => {
                let mut writer = flate2::write::ZlibEncoder::new(Vec::new(), level);
                writer.write_all(bytes).unwrap();
                writer.finish().unwrap()
            }
            Compression::Zstd => zstd::encode_all(bytes, 3).unwrap(),
            Compression::Lz4 => {
                let mut writer = lz4_flex::frame::FrameEncoder::new(Vec::new());
                writer.write_all(bytes).unwrap();
                writer.finish().unwrap()
            }
            Compression::SnappyFramed => {
                let mut writer = snap::write::FrameEncoder::new(Vec::new());
                writer.write_all(bytes).unwrap();
                writer.into_inner().unwrap()
            }
            Compression::SnappyBlocks => {
                let mut all = [XERIAL, &[0, 0, 0, 1, 0, 0, 0, 1]].concat();
                for piece in bytes.chunks(1000) {
                    let one = snap::raw::Encoder::new().compress_vec(piece).unwrap();
                    all.extend((one.len() as u32).to_be_bytes());
                    all.extend(one);
                }
                all
            }
            Compression::SnappyRaw => snap::raw::Encoder::new().compress_vec(bytes).unwrap(),
        }
    }

    #[test]
    fn what_was_compressed_comes_back_and_is_recognised() {
        let text = "Nouvelle entrée de log. ".repeat(500);
        for how in ALL {
            let packed = compressed(how, text.as_bytes());
            assert_eq!(how.decompress(&packed, 1 << 20).unwrap(), text.as_bytes(), "{how:?}");
            let named = !matches!(how, Compression::Zlib | Compression::SnappyRaw);
            assert_eq!(Compression::of(&packed), named.then_some(how), "{how:?}");
        }
        assert_eq!(Compression::of(b"{\"id\":1}"), None);
    }

    #[test]
    fn a_few_bytes_that_become_many_are_stopped() {
        let zeros = vec![0; 5_000_000];
        for how in ALL {
            let bomb = compressed(how, &zeros);
            assert_eq!(how.decompress(&bomb, 1 << 20), Err(Undecodable::TooLong), "{how:?}");
        }
        // A claim of four gigabytes with nothing behind it.
        let lie = [0xff, 0xff, 0xff, 0xff, 0x0f];
        assert!(Compression::SnappyRaw.decompress(&lie, usize::MAX).is_err());
    }

    #[test]
    fn what_is_cut_is_never_taken_for_whole() {
        let text = "Nouvelle tâche ".repeat(20);
        for how in ALL {
            let packed = compressed(how, text.as_bytes());
            for end in 0..packed.len() {
                let cut = how.decompress(&packed[..end], 1 << 20);
                assert!(cut.as_deref() != Ok(text.as_bytes()), "{how:?} cut at {end}");
            }
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..60), magic in 0_usize..6) {
            let magics: [&[u8]; 6] = [
                b"", b"\x1f\x8b\x08", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18",
                b"\xff\x06\x00\x00sNaPpY", XERIAL,
            ];
            let bytes = [magics[magic], &bytes].concat();
            for how in ALL {
                let _ = how.decompress(&bytes, 1 << 16);
            }
        }
    }
}
