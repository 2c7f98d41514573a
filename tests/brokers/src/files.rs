//! Where the brokers' programs are. Only looks: `scripts/broker-files` puts them there.

use std::path::{Path, PathBuf};

/// The `target` folder of the repository: programs and runs live there, because git ignores it.
pub fn target() -> PathBuf {
    // Not CARGO_TARGET_DIR: the script, which knows no cargo, and this crate must agree.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    root.canonicalize().expect("the repository this crate was built from is there").join("target")
}

/// The folder of Kafka's jars.
pub fn kafka_jars() -> PathBuf {
    present(target().join("broker-files/kafka/libs"))
}

/// The home of the unpacked RabbitMQ: `sbin`, `plugins`, `escript`.
pub fn rabbitmq_home() -> PathBuf {
    let versions = present(target().join("broker-files/rabbitmq/usr/lib/rabbitmq/lib"));
    // The package holds one folder, named after its exact version: that is read, never spelled out.
    std::fs::read_dir(&versions)
        .ok()
        .and_then(|mut entries| entries.next()?.ok())
        .unwrap_or_else(|| panic!("{} is empty: remove target/broker-files", versions.display()))
        .path()
}

fn present(path: PathBuf) -> PathBuf {
    assert!(path.is_dir(), "{} is missing: run scripts/broker-files first", path.display());
    path
}
