//! MessagePack (github.com/msgpack/msgpack, spec.md).

use rmp::Marker;

use crate::decode::Undecodable;
use crate::decode::writer::{Document, Writer};

/// One value, and nothing after it, as JSON of at most `most` bytes.
///
/// # Errors
/// See [`Undecodable`].
pub fn message_pack(bytes: &[u8], most: usize) -> Result<String, Undecodable> {
    document(bytes, most).map(|document| document.json)
}

pub(super) fn document(bytes: &[u8], most: usize) -> Result<Document, Undecodable> {
    let mut reader = Reader { bytes, at: 0 };
    let mut writer = Writer::new(most);
    // Values that are still to come, of the whole and of each open array or map.
    let mut left = vec![1_u64];
    while let Some(values) = left.last_mut() {
        let Some(rest) = values.checked_sub(1) else {
            left.pop();
            if !left.is_empty() {
                writer.close();
            }
            continue;
        };
        *values = rest;
        if writer.wants_name() {
            reader.name(most, &mut writer)?;
            continue;
        }
        if let Some((object, count)) = reader.value(&mut writer)? {
            writer.open(object)?;
            left.push(if object { count * 2 } else { count });
        }
    }
    if reader.at < bytes.len() {
        return Err(Undecodable::LeftOver { at: reader.at as u64 });
    }
    Ok(writer.finish())
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn take(&mut self, count: u64) -> Result<&'b [u8], Undecodable> {
        let end = usize::try_from(count).ok().and_then(|count| self.at.checked_add(count));
        let taken = end.and_then(|end| self.bytes.get(self.at..end)).ok_or(Undecodable::Ends)?;
        self.at += taken.len();
        Ok(taken)
    }

    /// An unsigned number of so many bytes, the highest first.
    fn number(&mut self, size: u64) -> Result<u64, Undecodable> {
        Ok(self.take(size)?.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    fn signed(&mut self, size: u64) -> Result<i64, Undecodable> {
        let unused = 64 - 8 * size;
        Ok((self.number(size)? << unused).cast_signed() >> unused)
    }

    /// Writes a value; of an array or a map only tells that it begins, and how many follow.
    fn value(&mut self, to: &mut Writer) -> Result<Option<(bool, u64)>, Undecodable> {
        let at = self.at as u64;
        let marker = self.take(1)?.first().copied().map_or(Marker::Reserved, Marker::from_u8);
        match marker {
            Marker::Null => to.plain("null")?,
            Marker::True => to.plain(true)?,
            Marker::False => to.plain(false)?,
            Marker::FixPos(value) => to.plain(value)?,
            Marker::FixNeg(value) => to.plain(value)?,
            Marker::U8 => to.plain(self.number(1)?)?,
            Marker::U16 => to.plain(self.number(2)?)?,
            Marker::U32 => to.plain(self.number(4)?)?,
            Marker::U64 => to.plain(self.number(8)?)?,
            Marker::I8 => to.plain(self.signed(1)?)?,
            Marker::I16 => to.plain(self.signed(2)?)?,
            Marker::I32 => to.plain(self.signed(4)?)?,
            Marker::I64 => to.plain(self.signed(8)?)?,
            Marker::F32 => {
                let value = f32::from_bits(self.number(4)? as u32);
                // The shortest that reads back as this one: a wider type has other digits.
                if value.is_finite() { to.plain(value)? } else { to.float(value.into())? }
            }
            Marker::F64 => to.float(f64::from_bits(self.number(8)?))?,
            Marker::FixStr(size) => self.string(size.into(), to)?,
            Marker::Str8 => self.sized_string(1, to)?,
            Marker::Str16 => self.sized_string(2, to)?,
            Marker::Str32 => self.sized_string(4, to)?,
            Marker::Bin8 => self.binary(1, to)?,
            Marker::Bin16 => self.binary(2, to)?,
            Marker::Bin32 => self.binary(4, to)?,
            Marker::FixArray(count) => return Ok(Some((false, count.into()))),
            Marker::Array16 => return Ok(Some((false, self.number(2)?))),
            Marker::Array32 => return Ok(Some((false, self.number(4)?))),
            Marker::FixMap(count) => return Ok(Some((true, count.into()))),
            Marker::Map16 => return Ok(Some((true, self.number(2)?))),
            Marker::Map32 => return Ok(Some((true, self.number(4)?))),
            Marker::FixExt1 => self.extension(1, to)?,
            Marker::FixExt2 => self.extension(2, to)?,
            Marker::FixExt4 => self.extension(4, to)?,
            Marker::FixExt8 => self.extension(8, to)?,
            Marker::FixExt16 => self.extension(16, to)?,
            Marker::Ext8 => self.sized_extension(1, to)?,
            Marker::Ext16 => self.sized_extension(2, to)?,
            Marker::Ext32 => self.sized_extension(4, to)?,
            Marker::Reserved => return Err(Undecodable::Unexpected { at }),
        }
        Ok(None)
    }

    /// A name: a text as it is, anything else as its JSON.
    fn name(&mut self, most: usize, to: &mut Writer) -> Result<(), Undecodable> {
        let start = self.at;
        if let Some(text) = self.text_name() {
            to.signs.saw_text(text);
            return to.name(text);
        }
        self.at = start;
        let mut alone = Writer::new(most);
        if self.value(&mut alone)?.is_some() {
            return Err(Undecodable::Unexpected { at: start as u64 });
        }
        let (name, signs) = alone.finish_name();
        to.signs.add(signs);
        to.name(&name)
    }

    /// What nearly every name is.
    fn text_name(&mut self) -> Option<&'b str> {
        let size = match Marker::from_u8(*self.take(1).ok()?.first()?) {
            Marker::FixStr(size) => size.into(),
            Marker::Str8 => self.number(1).ok()?,
            Marker::Str16 => self.number(2).ok()?,
            Marker::Str32 => self.number(4).ok()?,
            _ => return None,
        };
        std::str::from_utf8(self.take(size).ok()?).ok()
    }

    fn sized_string(&mut self, size: u64, to: &mut Writer) -> Result<(), Undecodable> {
        let size = self.number(size)?;
        self.string(size, to)
    }

    /// A text; older writers put any bytes there.
    fn string(&mut self, size: u64, to: &mut Writer) -> Result<(), Undecodable> {
        let bytes = self.take(size)?;
        match std::str::from_utf8(bytes) {
            Ok(text) => {
                to.signs.saw_text(text);
                to.text(text)
            }
            Err(_) => {
                to.signs.saw_strange();
                to.binary(bytes)
            }
        }
    }

    fn binary(&mut self, size: u64, to: &mut Writer) -> Result<(), Undecodable> {
        let size = self.number(size)?;
        to.binary(self.take(size)?)
    }

    fn sized_extension(&mut self, size: u64, to: &mut Writer) -> Result<(), Undecodable> {
        let size = self.number(size)?;
        self.extension(size, to)
    }

    fn extension(&mut self, size: u64, to: &mut Writer) -> Result<(), Undecodable> {
        let kind = self.signed(1)?;
        let bytes = self.take(size)?;
        to.open(true)?;
        to.name("$extension")?;
        to.plain(kind)?;
        to.name("$binary")?;
        to.base64(bytes)?;
        to.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const MOST: usize = 1 << 20;

    fn decoded(bytes: &[u8]) -> Result<String, Undecodable> {
        message_pack(bytes, MOST)
    }

    #[test]
    fn every_kind_of_value_is_written_as_json() {
        for (bytes, json) in [
            (&b"\xc0"[..], "null"),
            (b"\xc3", "true"),
            (b"\x7f", "127"),
            (b"\xe0", "-32"),
            (b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff", "18446744073709551615"),
            (b"\xd3\x80\0\0\0\0\0\0\0", "-9223372036854775808"),
            (b"\xd1\xff\xfe", "-2"),
            (b"\xca\x3d\xcc\xcc\xcd", "0.1"),
            (b"\xcb\x7f\xf8\0\0\0\0\0\0", r#"{"$number":"NaN"}"#),
            (b"\xa3a\"\n", r#""a\"\n""#),
            (b"\xa1\xff", r#"{"$binary":"/w=="}"#),
            (b"\xc4\x02\x00\xff", r#"{"$binary":"AP8="}"#),
            (b"\xd4\x05\x01", r#"{"$extension":5,"$binary":"AQ=="}"#),
            (b"\x93\x01\x90\x80", "[1,[],{}]"),
            (b"\x82\xa1a\x91\x02\xa1a\x03", r#"{"a":[2],"a":3}"#),
            (b"\x81\x01\xc0", r#"{"1":null}"#),
        ] {
            assert_eq!(decoded(bytes).as_deref(), Ok(json), "{bytes:02x?}");
        }
    }

    #[test]
    fn what_is_cut_left_over_or_a_lie_is_no_value() {
        assert_eq!(decoded(b""), Err(Undecodable::Ends));
        assert_eq!(decoded(b"\xdd\xff\xff\xff\xff"), Err(Undecodable::Ends));
        assert_eq!(decoded(b"\xdb\xff\xff\xff\xffabc"), Err(Undecodable::Ends));
        assert_eq!(decoded(b"\xc1"), Err(Undecodable::Unexpected { at: 0 }));
        assert_eq!(decoded(b"\x01\x02"), Err(Undecodable::LeftOver { at: 1 }));
        assert_eq!(decoded(&[0x91; 10_000]), Err(Undecodable::TooDeep));
        assert_eq!(message_pack(&[0xdc, 0xff, 0xff], 10), Err(Undecodable::Ends));
        let many = [&[0xdc, 0x03, 0xe8][..], &[0x01; 1000]].concat();
        assert_eq!(message_pack(&many, 100), Err(Undecodable::TooLong));
        let whole = b"\x82\xa1a\x91\x02\xa1b\xc4\x02\x00\xff";
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
