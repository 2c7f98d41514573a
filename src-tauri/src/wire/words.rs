//! Enumerations that are the same words on both sides.

/// Declares a wire enumeration with the words of an inner one, and the way over.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident from $from:ty { $($word:ident)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, specta::Type)]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($word),* }

        impl From<$from> for $name {
            fn from(word: $from) -> Self {
                type From = $from;
                match word { $(From::$word => $name::$word),* }
            }
        }
    )*};
}

pub(crate) use words;
