//! What is looked for in messages: conditions on their bytes and on their decoded values.

pub mod condition;
pub mod filter;
pub mod json;
mod needle;
pub mod number;
pub mod path;

pub use condition::Condition;
pub use filter::{Filter, Subject, Undecided};
pub use number::Number;
pub use path::{Path, Step};
