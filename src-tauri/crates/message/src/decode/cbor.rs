//! CBOR (RFC 8949).

use std::borrow::Cow;

use ciborium_ll::{Decoder, Header, simple};

use crate::decode::Undecodable;
use crate::decode::writer::{Document, Writer};

/// One value, and nothing after it, as JSON of at most `most` bytes.
///
/// # Errors
/// See [`Undecodable`].
pub fn cbor(bytes: &[u8], most: usize) -> Result<String, Undecodable> {
    document(bytes, most).map(|document| document.json)
}

pub(super) fn document(bytes: &[u8], most: usize) -> Result<Document, Undecodable> {
    let mut writer = Writer::new(most);
    let mut reader = Reader { rest: bytes, whole: bytes.len() };
    let mut open: Vec<Open> = Vec::new();
    let mut any = false;
    loop {
        // What is complete is closed first, and what is complete by that.
        while open.last().is_some_and(|last| last.left == Some(0)) {
            writer.close();
            open.pop();
        }
        if open.is_empty() && any {
            break;
        }
        any = true;
        if let Some(last) = open.last_mut() {
            last.left = last.left.map(|left| left - 1);
        }
        let in_definite = open.last().is_none_or(|last| last.left.is_some());
        let at = reader.at();
        let header = reader.header()?;
        if header == Header::Break {
            // Between a name and its value there is no end.
            let ended =
                !in_definite && (writer.wants_name() || open.last().is_some_and(|o| !o.object));
            if !ended {
                return Err(Undecodable::Unexpected { at });
            }
            writer.close();
            open.pop();
            continue;
        }
        if writer.wants_name() && !open.last().is_some_and(|last| last.tag) {
            // What nearly every name is.
            if let Header::Text(Some(size)) = header
                && let Some((text, rest)) = reader.rest.split_at_checked(size)
                && let Ok(text) = std::str::from_utf8(text)
            {
                reader.rest = rest;
                writer.signs.saw_text(text);
                writer.name(text)?;
                continue;
            }
            let mut alone = Writer::new(most);
            if reader.scalar(header, &mut alone)?.is_some() {
                return Err(Undecodable::Unexpected { at });
            }
            let (name, signs) = alone.finish_name();
            writer.signs.add(signs);
            writer.name(&name)?;
            continue;
        }
        match reader.scalar(header, &mut writer)? {
            None => {}
            Some(Begins::Tag(tag)) => {
                writer.open(true)?;
                writer.name("$tag")?;
                writer.plain(tag)?;
                writer.name("$value")?;
                open.push(Open { object: true, tag: true, left: Some(1) });
            }
            Some(Begins::Array(count)) => {
                writer.open(false)?;
                open.push(Open {
                    object: false,
                    tag: false,
                    left: count.map(|count| count as u64),
                });
            }
            Some(Begins::Map(count)) => {
                writer.open(true)?;
                let left = count.map(|count| (count as u64).saturating_mul(2));
                open.push(Open { object: true, tag: false, left });
            }
        }
    }
    if !reader.rest.is_empty() {
        return Err(Undecodable::LeftOver { at: reader.at() });
    }
    Ok(writer.finish())
}

struct Open {
    object: bool,
    /// The object is a tag's, not the message's.
    tag: bool,
    /// Values to come; `None` until a break.
    left: Option<u64>,
}

/// A value that holds others.
enum Begins {
    Tag(u64),
    Array(Option<usize>),
    Map(Option<usize>),
}

struct Reader<'b> {
    rest: &'b [u8],
    whole: usize,
}

impl<'b> Reader<'b> {
    fn at(&self) -> u64 {
        (self.whole - self.rest.len()) as u64
    }

    fn header(&mut self) -> Result<Header, Undecodable> {
        let at = self.at();
        let mut decoder = Decoder::from(&mut self.rest);
        decoder.pull().map_err(|error| match error {
            ciborium_ll::Error::Io(_) => Undecodable::Ends,
            ciborium_ll::Error::Syntax(_) => Undecodable::Unexpected { at },
        })
    }

    fn scalar(&mut self, header: Header, to: &mut Writer) -> Result<Option<Begins>, Undecodable> {
        match header {
            Header::Positive(value) => to.plain(value)?,
            Header::Negative(value) => to.plain(-1 - i128::from(value))?,
            Header::Float(value) => to.float(value)?,
            Header::Simple(simple::FALSE) => to.plain(false)?,
            Header::Simple(simple::TRUE) => to.plain(true)?,
            Header::Simple(simple::NULL) => to.plain("null")?,
            Header::Simple(other) => {
                to.open(true)?;
                to.name("$simple")?;
                to.plain(other)?;
                to.close();
            }
            Header::Bytes(size) => to.binary(&self.pieces(size, true)?)?,
            Header::Text(size) => {
                let bytes = self.pieces(size, false)?;
                match std::str::from_utf8(&bytes) {
                    Ok(text) => {
                        to.signs.saw_text(text);
                        to.text(text)?;
                    }
                    Err(_) => {
                        to.signs.saw_strange();
                        to.binary(&bytes)?;
                    }
                }
            }
            Header::Tag(tag) => return Ok(Some(Begins::Tag(tag))),
            Header::Array(count) => return Ok(Some(Begins::Array(count))),
            Header::Map(count) => return Ok(Some(Begins::Map(count))),
            Header::Break => return Err(Undecodable::Unexpected { at: self.at() }),
        }
        Ok(None)
    }

    /// The bytes of a string: of a size, or in pieces until a break.
    fn pieces(&mut self, size: Option<usize>, bytes: bool) -> Result<Cow<'b, [u8]>, Undecodable> {
        if let Some(size) = size {
            return Ok(Cow::Borrowed(self.take(size)?));
        }
        let mut all = Vec::new();
        loop {
            let at = self.at();
            match (self.header()?, bytes) {
                (Header::Break, _) => return Ok(Cow::Owned(all)),
                (Header::Bytes(Some(size)), true) | (Header::Text(Some(size)), false) => {
                    all.extend_from_slice(self.take(size)?);
                }
                _ => return Err(Undecodable::Unexpected { at }),
            }
        }
    }

    fn take(&mut self, size: usize) -> Result<&'b [u8], Undecodable> {
        let (taken, rest) = self.rest.split_at_checked(size).ok_or(Undecodable::Ends)?;
        self.rest = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MOST: usize = 1 << 20;

    fn decoded(bytes: &[u8]) -> Result<String, Undecodable> {
        cbor(bytes, MOST)
    }

    #[test]
    fn every_kind_of_value_is_written_as_json() {
        for (bytes, json) in [
            (&b"\xf6"[..], "null"),
            (b"\xf5", "true"),
            (b"\x18\x64", "100"),
            (b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615"),
            (b"\x3b\xff\xff\xff\xff\xff\xff\xff\xff", "-18446744073709551616"),
            (b"\xf9\x3c\x00", "1"),
            (b"\xf9\x7e\x00", r#"{"$number":"NaN"}"#),
            (b"\xf7", r#"{"$simple":23}"#),
            (b"\x62a\"", r#""a\"""#),
            (b"\x7f\x61a\x61b\xff", r#""ab""#),
            (b"\x42\x00\xff", r#"{"$binary":"AP8="}"#),
            (b"\x83\x01\x80\xa0", "[1,[],{}]"),
            (b"\x9f\x01\x02\xff", "[1,2]"),
            (b"\xbf\x61a\x01\x61a\x02\xff", r#"{"a":1,"a":2}"#),
            (b"\xa1\x01\xf6", r#"{"1":null}"#),
            (b"\xc1\x1a\x00\x01\x00\x00", r#"{"$tag":1,"$value":65536}"#),
            (
                b"\x82\xc1\xc2\x41\x07\x03",
                r#"[{"$tag":1,"$value":{"$tag":2,"$value":{"$binary":"Bw=="}}},3]"#,
            ),
            (b"\xa1\x61a\xc1\x81\x01", r#"{"a":{"$tag":1,"$value":[1]}}"#),
        ] {
            assert_eq!(decoded(bytes).as_deref(), Ok(json), "{bytes:02x?}");
        }
    }

    #[test]
    fn what_is_cut_left_over_or_a_lie_is_no_value() {
        assert_eq!(decoded(b""), Err(Undecodable::Ends));
        assert_eq!(decoded(b"\x9b\xff\xff\xff\xff\xff\xff\xff\xff"), Err(Undecodable::Ends));
        assert_eq!(decoded(b"\x7b\xff\xff\xff\xff\xff\xff\xff\xff"), Err(Undecodable::Ends));
        assert_eq!(decoded(b"\xff"), Err(Undecodable::Unexpected { at: 0 }));
        assert_eq!(decoded(b"\xbf\x61a\xff"), Err(Undecodable::Unexpected { at: 3 }));
        assert_eq!(decoded(b"\x81\xff"), Err(Undecodable::Unexpected { at: 1 }));
        assert_eq!(decoded(b"\x01\x02"), Err(Undecodable::LeftOver { at: 1 }));
        assert_eq!(decoded(&[0x81; 10_000]), Err(Undecodable::TooDeep));
        assert_eq!(decoded(&[0xc1; 10_000]), Err(Undecodable::TooDeep));
        let whole = b"\xbf\x61a\x82\x01\x02\x61b\xc1\x42\x00\xff\xff";
        assert!(decoded(whole).is_ok());
        for end in 0..whole.len() {
            assert_eq!(decoded(&whole[..end]), Err(Undecodable::Ends), "cut at {end}");
        }
    }

    proptest! {
        #[test]
        fn whatever_decodes_is_json(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(text) = decoded(&bytes) {
                let read = serde_json::from_str::<serde::de::IgnoredAny>(&text);
                prop_assert!(read.is_ok(), "{text}");
            }
        }
    }
}
