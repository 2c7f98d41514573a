//! What the operating system knows about a run: its processes, and where they listen.
//!
//! Reads `/proc`, so that no program has to be installed. Only sees this user's processes.

use std::collections::BTreeSet;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;

use crate::process::MARK;

/// The ids of all processes of a run, given its folder: the broker's and their descendants.
pub fn processes_of(run: &Path) -> BTreeSet<u32> {
    let mark = format!("{MARK}={}", run.display());
    let is_marked = |pid: &u32| {
        // Gone in the meantime, or somebody else's: not ours.
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|entry| entry == mark.as_bytes())
    };
    let entries = fs::read_dir("/proc").expect("Linux has /proc").flatten();
    entries.filter_map(|e| e.file_name().to_str()?.parse().ok()).filter(is_marked).collect()
}

/// Where these processes listen for TCP connections.
pub fn listening(processes: &BTreeSet<u32>) -> BTreeSet<SocketAddr> {
    let sockets: BTreeSet<String> = processes.iter().flat_map(|pid| sockets_of(*pid)).collect();
    let tables = ["/proc/net/tcp", "/proc/net/tcp6"].map(fs::read_to_string);
    let lines = tables.iter().flatten().flat_map(|table| table.lines().skip(1));
    lines.filter_map(|line| listener(line, &sockets)).collect()
}

fn sockets_of(pid: u32) -> Vec<String> {
    let entries = fs::read_dir(format!("/proc/{pid}/fd")).into_iter().flatten().flatten();
    let links = entries.filter_map(|entry| fs::read_link(entry.path()).ok());
    let inode = |link: std::path::PathBuf| {
        Some(link.to_str()?.strip_prefix("socket:[")?.strip_suffix(']')?.to_owned())
    };
    links.filter_map(inode).collect()
}

/// A line is: number, local address, remote address, state, …, the inode in the tenth column.
fn listener(line: &str, sockets: &BTreeSet<String>) -> Option<SocketAddr> {
    const LISTEN: &str = "0A";
    let columns: Vec<&str> = line.split_whitespace().collect();
    let is_ours = sockets.contains(*columns.get(9)?) && *columns.get(3)? == LISTEN;
    let (address, port) = columns.get(1)?.split_once(':')?;
    let address = address_of(address)?;
    let port = u16::from_str_radix(port, 16).ok()?;
    is_ours.then_some(SocketAddr::new(address, port))
}

/// The kernel prints each 32-bit word of an address as a number in its own byte order.
fn address_of(hex: &str) -> Option<IpAddr> {
    let words: Option<Vec<[u8; 4]>> = hex
        .as_bytes()
        .chunks(8)
        .map(|word| Some(u32::from_str_radix(str::from_utf8(word).ok()?, 16).ok()?.to_ne_bytes()))
        .collect();
    match words?.as_slice() {
        [word] => Some(Ipv4Addr::from(*word).into()),
        // ::ffff:127.0.0.1 is 127.0.0.1.
        words => {
            let bytes: [u8; 16] = words.as_flattened().try_into().ok()?;
            Some(IpAddr::from(Ipv6Addr::from(bytes)).to_canonical())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_kernels_tables_are_read() {
        assert_eq!(address_of("0100007F"), Some(Ipv4Addr::LOCALHOST.into()));
        assert_eq!(address_of("00000000"), Some(Ipv4Addr::UNSPECIFIED.into()));
        assert_eq!(
            address_of("00000000000000000000000001000000"),
            Some(Ipv6Addr::LOCALHOST.into())
        );
        assert_eq!(
            address_of("0000000000000000FFFF00000100007F"),
            Some(Ipv4Addr::LOCALHOST.into()),
            "Java listens on 127.0.0.1 through IPv6 sockets"
        );
    }

    #[test]
    fn a_listener_of_this_process_is_seen_and_one_of_another_is_not() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        assert!(listening(&BTreeSet::from([std::process::id()])).contains(&address));
        assert!(!listening(&BTreeSet::from([1])).contains(&address));
    }
}
