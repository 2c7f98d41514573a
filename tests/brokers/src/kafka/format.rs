//! Formats the folder of a node, which also creates the users of SCRAM.

use super::{Kafka, Node, java, settings_of};

/// Runs Kafka's own tool for it, once per node; nodes of one cluster share its id.
pub fn format(kafka: &Kafka, node: &Node, cluster: &uuid::Uuid) {
    let (cluster, file) = (kafka_uuid(cluster), settings_of(node));
    let mut args = vec!["format".into(), "-t".into(), cluster, "-c".into(), file];
    for (user, password) in &kafka.passwords {
        for mechanism in ["SCRAM-SHA-256", "SCRAM-SHA-512"] {
            args.push("--add-scram".into());
            args.push(format!("{mechanism}=[name={user},password={password}]"));
        }
    }
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    java::run_tool(kafka.folder.path(), "kafka.tools.StorageTool", &args)
        .unwrap_or_else(|error| panic!("the folder of Kafka could not be formatted: {error}"));
}

/// Kafka writes its ids as 22 characters of URL-safe base64, without the two of padding. The first
/// bit is cleared, so that no id begins with a dash, which the tool would take for an option.
fn kafka_uuid(id: &uuid::Uuid) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits = id.as_u128() & (u128::MAX >> 1);
    // 128 bits are 21 digits of 6 bits and one of the last 2 bits, shifted up.
    let digits = (0..22).map(|place| {
        let digit = if place < 21 { bits >> (122 - 6 * place) } else { bits << 4 };
        char::from(ALPHABET[(digit & 63) as usize])
    });
    digits.collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::kafka_uuid;

    #[test]
    fn no_id_begins_with_a_dash() {
        // 62 in the first six bits is the dash.
        let dash = Uuid::from_u128(62 << 122);
        assert_eq!(kafka_uuid(&dash), "eAAAAAAAAAAAAAAAAAAAAA");
        assert!(!kafka_uuid(&Uuid::from_u128(u128::MAX)).starts_with('-'));
    }
}
