//! The bound on the memory of a worker: beyond it, it dies and nothing else does.

/// Bytes. The consumers of a scan keep up to 128 MiB each before they are looked at, and the largest
/// record that a broker takes may be there several times while it is decoded.
#[cfg(unix)]
const MEMORY: u64 = 3 << 30;

/// Sets it, where the system has one.
#[cfg(unix)]
pub fn bound_memory() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    // What is written to, and not addresses: threads reserve far more of those than they use.
    let now = getrlimit(Resource::Data);
    let most = now.maximum.map_or(MEMORY, |maximum| maximum.min(MEMORY));
    let limit = Rlimit { current: Some(most), maximum: now.maximum };
    if let Err(error) = setrlimit(Resource::Data, limit) {
        tracing::warn!(%error, "the memory of a search process could not be bounded");
    }
    // No picture of its memory is left on a disk: there are payloads in it, and secrets.
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "a search process may leave a picture of its memory");
    }
    // That limit is not asked where a program takes such pictures.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            tracing::warn!(%error, "a picture of the memory of a search process may be taken");
        }
    }
}

/// Elsewhere a search is bounded by what its parts bound themselves.
#[cfg(not(unix))]
pub fn bound_memory() {}
