//! Name lookup, TCP and TLS, each with its time-out and its own verdict.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use connections::profile::Endpoint;
use connections::{Code, Failure};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::greeting::Greeting;
use super::guard::Guard;
use super::wire::{Stream, Wire};
use crate::verdict;

/// For each of: the name, all addresses together, the TLS handshake.
const PATIENCE: Duration = Duration::from_secs(10);
/// For an alert after a handshake.
const LISTEN: Duration = Duration::from_secs(3);

/// Connects to a broker, up to the point where AMQP starts.
///
/// # Errors
/// [`Code::NameLookup`], [`Code::Unreachable`], [`Code::Timeout`] or [`Code::Tls`].
pub async fn dial(
    endpoint: &Endpoint,
    tls: Option<&Arc<ClientConfig>>,
) -> Result<(Wire, Arc<Greeting>), Failure> {
    let tcp = tcp(endpoint).await?;
    let stream: Box<dyn Stream> = match tls {
        None => Box::new(tcp),
        Some(config) => Box::new(handshake(endpoint, config, tcp).await?),
    };
    let greeting = Arc::new(Greeting::default());
    let wire = Wire::new(stream, Guard::new(Arc::clone(&greeting)));
    Ok((wire, greeting))
}

/// Why a server hangs up after a handshake that looked complete, where TLS is the reason: from TLS
/// 1.3 on, a server looks at the client's certificate only then. Its alert gets lost when the
/// client speaks at that moment, so this connects once more and only listens. Nobody logs in.
pub async fn refusal_after_handshake(
    endpoint: &Endpoint,
    config: &Arc<ClientConfig>,
) -> Option<Failure> {
    let listen = async {
        let tcp = tcp(endpoint).await.ok()?;
        let mut stream = match handshake(endpoint, config, tcp).await {
            Ok(stream) => stream,
            Err(failure) => return Some(failure),
        };
        let error = stream.read(&mut [0]).await.err()?;
        verdict::is_tls(&error).then(|| verdict::handshake(endpoint, &error))
    };
    timeout(LISTEN, listen).await.ok().flatten()
}

async fn tcp(endpoint: &Endpoint) -> Result<TcpStream, Failure> {
    let addresses = look_up(endpoint).await?;
    connect(endpoint, &addresses).await
}

async fn handshake(
    endpoint: &Endpoint,
    config: &Arc<ClientConfig>,
    tcp: TcpStream,
) -> Result<TlsStream<TcpStream>, Failure> {
    let name = ServerName::try_from(endpoint.host.clone()).map_err(|_| {
        Failure::new(
            Code::Invalid,
            format!("{} is no name of a server", verdict::clean(&endpoint.host)),
        )
        .hint("give a name or an address")
    })?;
    let handshake = TlsConnector::from(Arc::clone(config)).connect(name, tcp);
    match timeout(PATIENCE, handshake).await {
        Ok(result) => result.map_err(|error| verdict::handshake(endpoint, &error)),
        Err(_) => {
            Err(Failure::new(Code::Timeout, format!("{endpoint} did not answer the TLS handshake"))
                .hint("check that this is the port for TLS, usually 5671"))
        }
    }
}

async fn look_up(endpoint: &Endpoint) -> Result<Vec<SocketAddr>, Failure> {
    let unknown = || {
        Failure::new(Code::NameLookup, format!("the host {} is not known", endpoint.host))
            .hint("check the spelling, the network and the VPN")
    };
    let lookup = tokio::net::lookup_host((endpoint.host.as_str(), endpoint.port));
    match timeout(PATIENCE, lookup).await {
        Ok(Ok(addresses)) => {
            let addresses: Vec<_> = addresses.collect();
            if addresses.is_empty() { Err(unknown()) } else { Ok(addresses) }
        }
        Ok(Err(_)) => Err(unknown()),
        Err(_) => Err(Failure::new(
            Code::NameLookup,
            format!("the name server did not answer for {}", endpoint.host),
        )
        .hint("check the network and the VPN")),
    }
}

async fn connect(endpoint: &Endpoint, addresses: &[SocketAddr]) -> Result<TcpStream, Failure> {
    let attempt = async {
        let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
        for address in addresses {
            match TcpStream::connect(address).await {
                Ok(stream) => return Ok(stream),
                Err(error) => last = error,
            }
        }
        Err(last)
    };
    let stream = match timeout(PATIENCE, attempt).await {
        Ok(connected) => connected.map_err(|error| verdict::unreachable(endpoint, &error))?,
        Err(_) => {
            return Err(Failure::new(Code::Unreachable, format!("{endpoint} does not answer"))
                .hint("check the port, the firewall and the VPN"));
        }
    };
    // Settling and publishing are many small frames.
    stream.set_nodelay(true).map_err(|error| verdict::unreachable(endpoint, &error))?;
    Ok(stream)
}
