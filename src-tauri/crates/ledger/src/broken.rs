//! Why a call on the file failed, and whether the file is to blame.

use connections::Failure;

/// Why a call on the file failed.
pub(crate) struct Broken {
    /// For people.
    pub failure: Failure,
    /// The file itself is damaged, and has to be checked at the next start whatever its size.
    pub damaged: bool,
}

impl From<Failure> for Broken {
    fn from(failure: Failure) -> Self {
        Broken { failure, damaged: false }
    }
}
