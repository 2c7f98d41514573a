//! Where a copy says it comes from.
//!
//! The headers are described in [`message::provenance`]. The place in `kronos-replay-source` is a
//! hash of the topic's or queue's name: whoever has the name can compare, nobody learns it.

use connections::ProfileId;
use message::provenance::Provenance;
use uuid::Uuid;

use crate::item::{Item, Origin};

/// The provenance of one copy. What the original itself claims is taken over: its first time, and
/// how often it was replayed before.
pub fn of_copy(job: Uuid, number: usize, connection: ProfileId, item: &Item) -> Provenance {
    let claimed = claimed(item);
    let count = claimed.as_ref().and_then(|claim| claim.count).unwrap_or(0);
    let original = claimed.and_then(|claim| claim.original_millis);
    Provenance {
        copy: Some(format!("{job}:{number}")),
        source: Some(source(connection, &item.origin())),
        original_millis: original.or_else(|| item.millis()),
        count: Some(count.saturating_add(1)),
    }
}

/// What a message claims of itself, where it is a copy that a console made.
pub fn claimed(item: &Item) -> Option<Provenance> {
    match item {
        Item::Record(record) => Provenance::of_headers(&record.headers),
        Item::Held { delivery, .. } => {
            Provenance::of_table(delivery.properties.headers.as_deref()?)
        }
    }
}

/// The identity of an original, as a copy carries it.
pub fn source(connection: ProfileId, origin: &Origin) -> String {
    match origin {
        Origin::Record { topic, partition, offset } => {
            format!("{connection}:{}:{partition}:{offset}", place(topic))
        }
        Origin::Held { queue, session, message } => {
            format!("{connection}:{}:{session}:{message}", place(queue))
        }
    }
}

/// FNV-1a of 64 bits: the same in every version of this console, which the standard library's
/// hashes do not promise.
fn place(name: &str) -> String {
    let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}
