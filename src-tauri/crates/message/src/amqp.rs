//! The typed values of an AMQP 0-9-1 header table.
//!
//! The type letters are those of RabbitMQ's errata to AMQP 0-9-1
//! (<https://www.rabbitmq.com/docs/amqp-0-9-1-errata#section_3>). The client library keeps a table
//! in a sorted map, so the order of entries and duplicates do not exist here; and it reads two
//! integer types as their twins (`L` as `l`, `U` as `s`).

use serde::{Deserialize, Serialize};

use crate::bytes::Octets;

/// One entry of a table: its name and its value.
pub type Entry = (String, AmqpValue);

/// A value of a header table, with the type it had on the wire.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", content = "value", rename_all = "snake_case")]
pub enum AmqpValue {
    /// `t`
    Boolean(bool),
    /// `b`
    Int8(i8),
    /// `B`
    UInt8(u8),
    /// `s`
    Int16(i16),
    /// `u`
    UInt16(u16),
    /// `I`
    Int32(i32),
    /// `i`
    UInt32(u32),
    /// `l`
    Int64(i64),
    /// `f`
    Float(f32),
    /// `d`
    Double(f64),
    /// `D`: value ÷ 10^scale
    Decimal {
        /// Digits after the point.
        scale: u8,
        /// The unscaled value.
        value: u32,
    },
    /// `S`, bytes: often UTF-8, never promised to be
    Text(Octets),
    /// `x`
    Binary(Octets),
    /// `T`, seconds since 1970-01-01 UTC
    Time(u64),
    /// `F`
    Table(Vec<Entry>),
    /// `A`
    Array(Vec<AmqpValue>),
    /// `V`
    Void,
}

impl AmqpValue {
    /// The name of its type, as the protocol's field tables call it.
    pub fn type_name(&self) -> &'static str {
        match self {
            AmqpValue::Boolean(_) => "boolean",
            AmqpValue::Int8(_) => "byte",
            AmqpValue::UInt8(_) => "unsignedbyte",
            AmqpValue::Int16(_) => "short",
            AmqpValue::UInt16(_) => "unsignedshort",
            AmqpValue::Int32(_) => "int",
            AmqpValue::UInt32(_) => "unsignedint",
            AmqpValue::Int64(_) => "long",
            AmqpValue::Float(_) => "float",
            AmqpValue::Double(_) => "double",
            AmqpValue::Decimal { .. } => "decimal",
            AmqpValue::Text(_) => "longstr",
            AmqpValue::Binary(_) => "binary",
            AmqpValue::Time(_) => "timestamp",
            AmqpValue::Table(_) => "table",
            AmqpValue::Array(_) => "array",
            AmqpValue::Void => "void",
        }
    }
}
