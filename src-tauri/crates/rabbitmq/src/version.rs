//! The version of a server, which decides what looking costs.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A version of RabbitMQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Version {
    /// As in 4.x.y.
    pub major: u16,
    /// As in x.3.y.
    pub minor: u16,
    /// As in x.y.6.
    pub patch: u16,
}

impl Version {
    /// A version by its parts.
    pub const fn new(major: u16, minor: u16, patch: u16) -> Self {
        Version { major, minor, patch }
    }

    /// Reads `4.0.5`, also with something after it (`4.1.0-rc.1`, `3.13.7+2`).
    pub fn read(text: &str) -> Option<Version> {
        let mut parts = text.trim().splitn(3, '.');
        let major = parts.next()?.parse().ok()?;
        let minor = leading_number(parts.next()?)?;
        let patch = parts.next().and_then(leading_number).unwrap_or(0);
        Some(Version { major, minor, patch })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

fn leading_number(text: &str) -> Option<u16> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_with_and_without_a_tail() {
        assert_eq!(Version::read("3.10.8"), Some(Version::new(3, 10, 8)));
        assert_eq!(Version::read("4.1.0-rc.1"), Some(Version::new(4, 1, 0)));
        assert_eq!(Version::read("3.13.7+2.g1"), Some(Version::new(3, 13, 7)));
        assert_eq!(Version::read("4.3"), Some(Version::new(4, 3, 0)));
        assert_eq!(Version::read("4.3-alpha"), Some(Version::new(4, 3, 0)));
        assert_eq!(Version::read("latest"), None);
        assert!(Version::new(4, 0, 0) > Version::new(3, 13, 99));
    }
}
