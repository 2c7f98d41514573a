//! 64-bit numbers, as strings on the wire.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use specta::Type;

macro_rules! as_string {
    ($(#[$doc:meta] $name:ident($inner:ty))*) => {$(
        #[$doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Type)]
        #[specta(transparent)]
        pub struct $name(#[specta(type = String)] pub $inner);

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map($name).map_err(de::Error::custom)
            }
        }

        impl From<$inner> for $name {
            fn from(number: $inner) -> Self {
                $name(number)
            }
        }
    )*};
}

as_string! {
    /// An offset or a time in milliseconds.
    Int64(i64)
    /// A count or a size in bytes.
    UInt64(u64)
}
