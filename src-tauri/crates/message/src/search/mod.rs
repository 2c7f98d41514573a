//! What is looked for in messages: conditions on their bytes and on their decoded values.

pub mod condition;
pub mod filter;
pub mod json;
mod lazy;
mod needle;
pub mod number;
pub mod path;
pub mod subject;
pub mod text;

pub use condition::Condition;
pub use filter::Filter;
pub use lazy::{Choices, LazyRecord, Parts};
pub use number::Number;
pub use path::{Path, Step};
pub use subject::{Answer, AskHeader, Decoded, Subject, Undecided};
