//! The effective delivery limit of a quorum queue.

use serde::{Deserialize, Serialize};

use crate::version::Version;

/// How many returns a queue's messages survive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "limit", rename_all = "snake_case")]
pub enum Limit {
    /// Any number.
    Unlimited,
    /// So many.
    At {
        /// The effective delivery limit.
        count: u64,
    },
    /// The queue's type, its settings or the server's version are not known.
    Unknown,
}

/// Where a delivery limit can be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeliveryLimits {
    /// The queue's own `delivery_limit`, where the management API reports one.
    pub reported: Option<i64>,
    /// The argument `x-delivery-limit`.
    pub argument: Option<i64>,
    /// The effective policies' `delivery-limit`.
    pub policy: Option<i64>,
    /// Whether arguments and policies could be read at all.
    pub readable: bool,
}

/// The effective limit of a quorum queue: the reported one; else of argument and policy the
/// smaller, but the larger where one is negative; else the version's default.
pub fn quorum_limit(version: Option<Version>, limits: &DeliveryLimits) -> Limit {
    let set = match (limits.argument, limits.policy) {
        (Some(a), Some(b)) if a < 0 || b < 0 => Some(a.max(b)),
        (Some(a), Some(b)) => Some(a.min(b)),
        (one, other) => one.or(other),
    };
    match limits.reported.or(set) {
        Some(limit) => match u64::try_from(limit) {
            Ok(count) => Limit::At { count },
            Err(_) => Limit::Unlimited,
        },
        None if !limits.readable => Limit::Unknown,
        None => match (version, usual_limit(version)) {
            (None, _) => Limit::Unknown,
            (_, Some(count)) => Limit::At { count },
            (_, None) => Limit::Unlimited,
        },
    }
}

/// The limit of a quorum queue that was given none: 20 from 4.0 on, and to be on the safe side
/// where the version is not known.
pub fn usual_limit(version: Option<Version>) -> Option<u64> {
    version.is_none_or(|version| version >= Version::new(4, 0, 0)).then_some(20)
}

#[cfg(test)]
mod tests {
    use super::*;

    const V3_10: Version = Version::new(3, 10, 8);
    const V4_0: Version = Version::new(4, 0, 5);
    const V4_3: Version = Version::new(4, 3, 6);

    fn limits(argument: Option<i64>, policy: Option<i64>) -> DeliveryLimits {
        DeliveryLimits { reported: None, argument, policy, readable: true }
    }

    #[test]
    fn the_effective_limit_is_what_was_measured() {
        // Measured as deliveries until the message was gone, which is limit + 1.
        for (argument, policy, deliveries) in [
            (Some(3), Some(10), 4),
            (Some(10), Some(3), 4),
            (Some(-1), Some(5), 6),
            (Some(5), Some(-1), 6),
            (None, Some(7), 8),
            (Some(4), None, 5),
            (None, None, 21),
        ] {
            let limit = quorum_limit(Some(V4_0), &limits(argument, policy));
            assert_eq!(limit, Limit::At { count: deliveries - 1 }, "{argument:?} {policy:?}");
        }
    }

    #[test]
    fn a_reported_limit_wins_and_a_negative_one_is_none() {
        let reported =
            |reported| DeliveryLimits { reported: Some(reported), ..limits(Some(3), Some(4)) };
        assert_eq!(quorum_limit(Some(V4_3), &reported(9)), Limit::At { count: 9 });
        assert_eq!(quorum_limit(Some(V4_3), &reported(-1)), Limit::Unlimited);
        assert_eq!(quorum_limit(Some(V4_0), &limits(Some(-1), Some(-1))), Limit::Unlimited);
    }

    #[test]
    fn without_a_limit_the_version_decides_and_an_unknown_one_decides_nothing() {
        assert_eq!(quorum_limit(Some(V3_10), &limits(None, None)), Limit::Unlimited);
        assert_eq!(quorum_limit(Some(V4_0), &limits(None, None)), Limit::At { count: 20 });
        assert_eq!(quorum_limit(Some(V4_3), &limits(None, None)), Limit::At { count: 20 });
        assert_eq!(quorum_limit(None, &limits(None, None)), Limit::Unknown);
        assert_eq!(quorum_limit(Some(V3_10), &DeliveryLimits::default()), Limit::Unknown);
    }
}
