//! Whether the client library can read a frame's arguments, found out without recursion of
//! unbounded depth.
//!
//! The encodings are those of the AMQP 0-9-1 specification, section 4.2, with RabbitMQ's errata
//! (<https://www.rabbitmq.com/docs/amqp-0-9-1-errata#section_3>).

/// Tables and arrays inside each other. Far more than an application needs, far less than a
/// thread's stack.
pub const DEEPEST: u8 = 32;

/// Why a frame cannot be read, for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Defect {
    /// A length points past the end.
    Truncated,
    /// Bytes are left over.
    Trailing,
    /// A short string (a name or a property) is not UTF-8.
    NotUtf8,
    /// A value has a type letter that does not exist.
    UnknownType,
    /// Tables and arrays are nested deeper than [`DEEPEST`].
    TooDeep,
}

/// Reads arguments in order.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads from the start of these bytes.
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader(bytes)
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.0
    }

    /// The next bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Defect> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Defect::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    /// An octet.
    pub fn u8(&mut self) -> Result<u8, Defect> {
        self.take(1).map(|bytes| bytes.iter().fold(0, |_, byte| *byte))
    }

    /// A short integer.
    pub fn u16(&mut self) -> Result<u16, Defect> {
        self.take(2).map(|bytes| bytes.iter().fold(0, |sum, byte| (sum << 8) | u16::from(*byte)))
    }

    /// A long integer.
    pub fn u32(&mut self) -> Result<u32, Defect> {
        self.take(4).map(|bytes| bytes.iter().fold(0, |sum, byte| (sum << 8) | u32::from(*byte)))
    }

    /// The bytes of a short string.
    pub fn short(&mut self) -> Result<&'a [u8], Defect> {
        let length = self.u8()?;
        self.take(usize::from(length))
    }

    /// The bytes of a long string, a byte array, a table or an array.
    pub fn long(&mut self) -> Result<&'a [u8], Defect> {
        let length = self.u32()?;
        self.take(usize::try_from(length).map_err(|_| Defect::Truncated)?)
    }

    /// A short string that is text.
    pub fn text(&mut self) -> Result<(), Defect> {
        str::from_utf8(self.short()?).map(drop).map_err(|_| Defect::NotUtf8)
    }

    /// A table at nesting `depth`.
    pub fn table(&mut self, depth: u8) -> Result<(), Defect> {
        let mut entries = Reader(self.long()?);
        while !entries.0.is_empty() {
            entries.text()?;
            entries.value(depth)?;
        }
        Ok(())
    }

    fn array(&mut self, depth: u8) -> Result<(), Defect> {
        let mut values = Reader(self.long()?);
        while !values.0.is_empty() {
            values.value(depth)?;
        }
        Ok(())
    }

    fn value(&mut self, depth: u8) -> Result<(), Defect> {
        let deeper = depth + 1;
        match self.u8()? {
            b't' | b'b' | b'B' => self.take(1).map(drop),
            b's' | b'U' | b'u' => self.take(2).map(drop),
            b'I' | b'i' | b'f' => self.take(4).map(drop),
            b'L' | b'l' | b'd' | b'T' => self.take(8).map(drop),
            b'D' => self.take(5).map(drop),
            b'S' | b'x' => self.long().map(drop),
            b'V' => Ok(()),
            b'F' | b'A' if deeper > DEEPEST => Err(Defect::TooDeep),
            b'F' => self.table(deeper),
            b'A' => self.array(deeper),
            _ => Err(Defect::UnknownType),
        }
    }
}

/// The kinds of the fourteen properties of class basic, in the order of their flags.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Table,
    Octet,
    Time,
}

const PROPERTIES: [Kind; 14] = [
    Kind::Text,  // content-type
    Kind::Text,  // content-encoding
    Kind::Table, // headers
    Kind::Octet, // delivery-mode
    Kind::Octet, // priority
    Kind::Text,  // correlation-id
    Kind::Text,  // reply-to
    Kind::Text,  // expiration
    Kind::Text,  // message-id
    Kind::Time,  // timestamp
    Kind::Text,  // type
    Kind::Text,  // user-id
    Kind::Text,  // app-id
    Kind::Text,  // cluster-id
];

/// Whether the flags and properties of a content header can be read.
pub fn properties(bytes: &[u8]) -> Result<(), Defect> {
    let mut reader = Reader::new(bytes);
    let flags = reader.u16()?;
    for (place, kind) in PROPERTIES.iter().enumerate() {
        if flags & (0x8000 >> place) == 0 {
            continue;
        }
        match kind {
            Kind::Text => reader.text()?,
            Kind::Table => reader.table(0)?,
            Kind::Octet => reader.take(1).map(drop)?,
            Kind::Time => reader.take(8).map(drop)?,
        }
    }
    // The lowest flag announces more flags, which no property of class basic needs.
    if reader.rest().is_empty() && flags & 1 == 0 { Ok(()) } else { Err(Defect::Trailing) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_table(table: &[u8]) -> Vec<u8> {
        let mut bytes = 0x2000_u16.to_be_bytes().to_vec();
        bytes.extend((table.len() as u32).to_be_bytes());
        bytes.extend(table);
        bytes
    }

    /// `{"": {"": … }}`, so many tables inside the first.
    fn nested(depth: usize) -> Vec<u8> {
        let mut table = Vec::new();
        for _ in 0..depth {
            let mut outer = vec![0, b'F'];
            outer.extend((table.len() as u32).to_be_bytes());
            outer.extend(&table);
            table = outer;
        }
        with_table(&table)
    }

    #[test]
    fn what_the_client_library_reads_passes() {
        assert_eq!(properties(&[0, 0]), Ok(()));
        assert_eq!(properties(&[0x80, 0, 4, b't', b'e', b'x', b't']), Ok(()));
        assert_eq!(properties(&with_table(b"")), Ok(()));
        assert_eq!(properties(&with_table(b"\x01aV\x01bt\x01")), Ok(()));
        assert_eq!(properties(&with_table(b"\x01aS\0\0\0\x02\xff\xfe")), Ok(()), "any bytes");
        assert_eq!(properties(&nested(usize::from(DEEPEST))), Ok(()));
    }

    #[test]
    fn what_would_end_the_connection_is_found() {
        assert_eq!(properties(&[]), Err(Defect::Truncated));
        assert_eq!(properties(&[0x80, 0, 2, 0xC3, 0x28]), Err(Defect::NotUtf8));
        assert_eq!(properties(&[0x80, 0, 9, b'x']), Err(Defect::Truncated));
        assert_eq!(properties(&[0, 0, 1]), Err(Defect::Trailing));
        assert_eq!(properties(&[0, 1]), Err(Defect::Trailing));
        assert_eq!(properties(&with_table(b"\x01\xe9V")), Err(Defect::NotUtf8));
        assert_eq!(properties(&with_table(b"\x01aZ")), Err(Defect::UnknownType));
        assert_eq!(properties(&with_table(b"\x01aS\xff\xff\xff\xff")), Err(Defect::Truncated));
        assert_eq!(properties(&nested(usize::from(DEEPEST) + 1)), Err(Defect::TooDeep));
        assert_eq!(properties(&nested(20_000)), Err(Defect::TooDeep), "and without recursion");
    }
}
