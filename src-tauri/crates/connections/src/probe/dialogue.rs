//! One question and its answer, bounded in time and in bytes; and, when that gave nothing, finding
//! out who else may be listening.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, ClientConnection};
use rustls_pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;

use crate::probe::peer::Peer;
use crate::probe::{amqp, kafka};

/// No answer that the probe waits for is longer: a Connection.Start is some 500 bytes, an
/// ApiVersions answer some 500, and AMQP frames are at most 128 KiB by default.
pub(super) const LONGEST: usize = 128 * 1024;

/// The longest that a follow-up question may take.
const FOLLOW_UP: Duration = Duration::from_secs(2);

/// Plain or encrypted.
pub(super) trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

/// What came back.
#[derive(Debug)]
pub(super) struct Reply {
    /// The bytes, at most [`LONGEST`].
    pub bytes: Vec<u8>,
    /// Why there are no more.
    pub end: End,
}

/// Why an answer is over.
#[derive(Debug)]
pub(super) enum End {
    /// It is all there.
    Complete,
    /// The peer closed.
    Closed,
    /// The connection broke; a TLS alert arrives this way too.
    Broken(io::Error),
    /// No more came in time.
    Silent,
}

/// Sends `question` and reads until `complete` is content, the peer closes, or time is up.
pub(super) async fn ask(
    stream: &mut (impl Duplex + ?Sized),
    question: &[u8],
    complete: fn(&[u8]) -> bool,
    deadline: Instant,
) -> Reply {
    let mut bytes = Vec::new();
    let end = timeout_at(deadline, exchange(stream, question, complete, &mut bytes)).await;
    let end = match end {
        Err(_) => End::Silent,
        Ok(Err(error)) => End::Broken(error),
        Ok(Ok(end)) => end,
    };
    Reply { bytes, end }
}

async fn exchange(
    stream: &mut (impl Duplex + ?Sized),
    question: &[u8],
    complete: fn(&[u8]) -> bool,
    bytes: &mut Vec<u8>,
) -> io::Result<End> {
    // A peer that closes at once may have said why before: its words are read first.
    let sent = match stream.write_all(question).await {
        Ok(()) => stream.flush().await,
        Err(error) => Err(error),
    };
    let mut limited = stream.take(LONGEST as u64);
    loop {
        match limited.read_buf(bytes).await {
            Ok(0) if limited.limit() == 0 => return Ok(End::Complete),
            Ok(0) => return sent.map(|()| End::Closed),
            Ok(_) if complete(bytes) => return Ok(End::Complete),
            Ok(_) => {}
            // A TLS stream may end without its closing alert: for a probe that is a close.
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(End::Closed),
            Err(e) => return Err(e),
        }
    }
}

/// How to open a second connection to the same place.
#[derive(Clone)]
pub(super) struct Route {
    /// Where the first one went.
    pub address: SocketAddr,
    /// With TLS, as the first one.
    pub tls: Option<(Arc<ClientConfig>, ServerName<'static>)>,
}

/// Asks the questions of several protocols on connections of their own, at once. For a port that
/// closed without a word, or is silent: web servers wait for the end of a line that no broker's
/// protocol sends, and Kafka closes on everything that is not Kafka's.
pub(super) async fn identify(route: &Route, deadline: Instant) -> Option<Peer> {
    let deadline = deadline.min(Instant::now() + FOLLOW_UP);
    let (kafka, amqp, http, tls) = tokio::join!(
        follow_up(route, kafka::question(), kafka::complete, deadline),
        follow_up(route, amqp::QUESTION.to_vec(), amqp::complete, deadline),
        follow_up(route, b"HEAD / HTTP/1.0\r\n\r\n".to_vec(), anything, deadline),
        hello(route, deadline),
    );
    let answers = [kafka, amqp, tls, http];
    let known = |peer: &Option<Peer>| !matches!(peer, None | Some(Peer::Unknown));
    answers
        .iter()
        .find(|peer| known(peer))
        .or_else(|| answers.iter().find(|p| p.is_some()))?
        .clone()
}

async fn follow_up(
    route: &Route,
    question: Vec<u8>,
    complete: fn(&[u8]) -> bool,
    deadline: Instant,
) -> Option<Peer> {
    let mut stream = timeout_at(deadline, open(route)).await.ok()?.ok()?;
    Peer::of(&ask(&mut *stream, &question, complete, deadline).await.bytes)
}

async fn open(route: &Route) -> io::Result<Box<dyn Duplex>> {
    let stream = TcpStream::connect(route.address).await?;
    Ok(match &route.tls {
        None => Box::new(stream),
        Some((config, name)) => {
            let connector = TlsConnector::from(Arc::clone(config));
            Box::new(connector.connect(name.clone(), stream).await?)
        }
    })
}

/// A TLS greeting on a plain connection; its answer is recognised, no handshake is finished.
async fn hello(route: &Route, deadline: Instant) -> Option<Peer> {
    if route.tls.is_some() {
        return None;
    }
    let plain = Route { tls: None, ..route.clone() };
    match follow_up(&plain, client_hello()?, anything, deadline).await {
        Some(Peer::Tls) => Some(Peer::Tls),
        _ => None,
    }
}

fn client_hello() -> Option<Vec<u8>> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").ok()?;
    let mut greeting = Vec::new();
    ClientConnection::new(Arc::new(config), name).ok()?.write_tls(&mut greeting).ok()?;
    Some(greeting)
}

fn anything(bytes: &[u8]) -> bool {
    bytes.len() >= 5
}
