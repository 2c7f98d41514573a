//! The processes of a run app, as the operating system shows them to everybody.

use std::fs;

/// A running process.
pub struct Process {
    /// Its number.
    pub id: u32,
    /// The first 15 bytes of its program's name.
    pub name: String,
    /// Its arguments, each followed by a zero byte.
    pub arguments: Vec<u8>,
    /// Its environment as it was started, each variable followed by a zero byte.
    pub environment: Vec<u8>,
}

/// A process, its children, theirs, and so on.
pub fn family(of: u32) -> Vec<Process> {
    let parents = parents();
    let mut ids = vec![of];
    let mut at = 0;
    while let Some(parent) = ids.get(at).copied() {
        ids.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        at += 1;
    }
    ids.into_iter().filter_map(read).collect()
}

/// Every process with its parent.
fn parents() -> Vec<(u32, u32)> {
    let entries = fs::read_dir("/proc").expect("Linux has /proc").flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    ids.filter_map(|id| {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name stands in parentheses and may hold anything; state and parent follow it.
        let after = stat.rsplit_once(')')?.1;
        Some((id, after.split_whitespace().nth(1)?.parse().ok()?))
    })
    .collect()
}

fn read(id: u32) -> Option<Process> {
    let part = |name: &str| fs::read(format!("/proc/{id}/{name}"));
    Some(Process {
        id,
        name: String::from_utf8_lossy(&part("comm").ok()?).trim().to_owned(),
        arguments: part("cmdline").ok()?,
        environment: part("environ").ok()?,
    })
}
