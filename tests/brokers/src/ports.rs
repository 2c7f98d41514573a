//! Free ports on 127.0.0.1 that no other test process takes in the meantime.
//!
//! Ports asked from the system (port 0) are not used: between learning such a number and the
//! broker's own bind, any outgoing connection may get it. So numbers come from below the ephemeral
//! range, and a claim on each keeps other processes of this crate away from it.

use std::net::{Ipv4Addr, TcpListener};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::sync::atomic::{AtomicU16, Ordering};

/// Below Linux's ephemeral range (32768 and up), above the ports of well-known services.
const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;

/// A port of 127.0.0.1 that belongs to this process until dropped.
#[derive(Debug)]
pub struct Port {
    number: u16,
    // An abstract socket needs no file and vanishes with the process, SIGKILL included.
    _claim: UnixListener,
}

impl Port {
    /// Claims a port nobody listens on.
    pub fn free() -> Port {
        // Processes start their search at different places, so that they seldom meet.
        static NEXT: AtomicU16 = AtomicU16::new(0);
        let spread = (std::process::id().wrapping_mul(97) % u32::from(COUNT)) as u16;
        for _ in 0..COUNT {
            let step = NEXT.fetch_add(1, Ordering::Relaxed);
            let number = FIRST + ((u32::from(spread) + u32::from(step)) % u32::from(COUNT)) as u16;
            if let Some(port) = Port::claim(number) {
                return port;
            }
        }
        panic!("no free port between {FIRST} and {}", FIRST + COUNT);
    }

    /// The number.
    pub fn number(&self) -> u16 {
        self.number
    }

    fn claim(number: u16) -> Option<Port> {
        let name = format!("kronos-console-broker-port-{number}");
        let claim = UnixListener::bind_addr(&SocketAddr::from_abstract_name(name).ok()?).ok()?;
        // Both: somebody may listen on one address only, or on every one.
        TcpListener::bind((Ipv4Addr::LOCALHOST, number)).ok()?;
        TcpListener::bind((Ipv4Addr::UNSPECIFIED, number)).ok()?;
        Some(Port { number, _claim: claim })
    }
}
