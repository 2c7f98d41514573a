//! From a name to an open TCP connection.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

use crate::printable::printable;
use crate::probe::{Found, Unconnected};
use crate::profile::Endpoint;

/// More addresses than this are not tried.
const MOST_ADDRESSES: usize = 8;

/// How long the slower addresses get once one has connected.
const GRACE: Duration = Duration::from_millis(250);

/// The addresses of a host, and what is told about them; or a sentence with the next step.
pub(super) async fn resolve(
    endpoint: &Endpoint,
    deadline: Instant,
) -> Result<(Vec<SocketAddr>, Found), String> {
    if let Ok(address) = endpoint.host.parse::<IpAddr>() {
        return Ok((vec![SocketAddr::new(address, endpoint.port)], Found::AddressAlready));
    }
    let host = printable(&endpoint.host, 80);
    let found = timeout_at(deadline, lookup_host((endpoint.host.as_str(), endpoint.port))).await;
    let addresses: Vec<SocketAddr> = match found {
        Err(_) => {
            return Err(format!(
                "the name {host} was not resolved in time; check the network and the VPN"
            ));
        }
        Ok(Err(_)) => Vec::new(),
        Ok(Ok(addresses)) => {
            let mut distinct: Vec<SocketAddr> = Vec::new();
            for address in addresses {
                if !distinct.contains(&address) {
                    distinct.push(address);
                }
            }
            distinct
        }
    };
    if addresses.is_empty() {
        return Err(format!(
            "the name {host} is not known; check its spelling, and whether it is only known inside \
             a VPN"
        ));
    }
    let first = addresses.iter().take(4).map(|a| a.ip().to_string()).collect();
    let found = Found::Addresses { count: addresses.len(), first };
    Ok((addresses, found))
}

/// A connection to the first address, in the resolver's order, that takes one; and what is told
/// about all of them. Otherwise a sentence with the next step.
pub(super) async fn connect(
    endpoint: &Endpoint,
    addresses: &[SocketAddr],
    deadline: Instant,
) -> Result<(TcpStream, SocketAddr, Vec<Found>), String> {
    let addresses = addresses.get(..MOST_ADDRESSES).unwrap_or(addresses);
    let mut attempts = JoinSet::new();
    for (order, address) in addresses.iter().copied().enumerate() {
        attempts.spawn(async move { (order, address, TcpStream::connect(address).await) });
    }
    let mut open: Option<(usize, SocketAddr, TcpStream)> = None;
    let mut refused: Vec<(usize, SocketAddr, io::Error)> = Vec::new();
    loop {
        let next = match open {
            None => timeout_at(deadline, attempts.join_next()).await,
            Some(_) => timeout(GRACE, attempts.join_next()).await,
        };
        match next {
            Ok(Some(Ok((order, address, Ok(stream))))) => {
                if open.as_ref().is_none_or(|(first, ..)| order < *first) {
                    open = Some((order, address, stream));
                }
            }
            Ok(Some(Ok((order, address, Err(error))))) => refused.push((order, address, error)),
            Ok(Some(Err(_))) => {}
            Ok(None) | Err(_) => break,
        }
    }
    refused.sort_by_key(|(order, ..)| *order);
    match open {
        Some((_, address, stream)) => {
            let others = refused.iter().map(|(_, address, error)| Found::NotConnected {
                address: address.to_string(),
                why: unconnected(error),
            });
            let connected = Found::Connected { address: address.to_string() };
            let found = std::iter::once(connected).chain(others).collect();
            Ok((stream, address, found))
        }
        None => Err(unreachable(endpoint, refused.first())),
    }
}

fn unreachable(endpoint: &Endpoint, refused: Option<&(usize, SocketAddr, io::Error)>) -> String {
    let host = printable(&endpoint.to_string(), 80);
    match refused {
        None => format!(
            "no answer from {host}; a firewall may be in the way, or the host is off: check the \
             network and the VPN"
        ),
        Some((_, address, error)) => {
            let next = match error.kind() {
                io::ErrorKind::ConnectionRefused => {
                    "check the port, and that the broker is running and listens there"
                }
                _ => "check the network and the VPN",
            };
            let address = address.to_string();
            let which = if address == host { String::new() } else { format!(" ({address})") };
            format!("{host}{which} {}; {next}", reason(error))
        }
    }
}

fn reason(error: &io::Error) -> String {
    match unconnected(error) {
        Unconnected::Refuses => "refuses the connection".to_owned(),
        Unconnected::Unreachable => "cannot be reached from this network".to_owned(),
        Unconnected::Silent => "does not answer".to_owned(),
        Unconnected::Resets => "resets the connection".to_owned(),
        Unconnected::Fails => format!("cannot be connected to ({})", error.kind()),
    }
}

fn unconnected(error: &io::Error) -> Unconnected {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Unconnected::Refuses,
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => {
            Unconnected::Unreachable
        }
        io::ErrorKind::TimedOut => Unconnected::Silent,
        io::ErrorKind::ConnectionReset => Unconnected::Resets,
        _ => Unconnected::Fails,
    }
}
