//! A TCP proxy on 127.0.0.1 that can be told to misbehave.
//!
//! Left out: bandwidth limits and reordering. Plain threads, two per connection, because faults are
//! about a handful of connections.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use crate::ports::Port;

/// What a proxy does to its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Nothing: bytes pass.
    None,
    /// Each piece of data waits this long before it passes, in both directions.
    Delay(Duration),
    /// A connection is cut after it has passed this many bytes from the broker, counted over its
    /// whole life.
    CutAfter(u64),
    /// Connections stay open, new ones are accepted, and nothing passes any more: a half-open
    /// connection, or a network that swallows everything.
    BlackHole,
    /// Connections are cut and new ones are refused, as if nobody listened.
    Refuse,
}

/// A proxy before one port. It ends, with its connections, when dropped.
#[derive(Debug)]
pub struct Proxy {
    port: Port,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    target: u16,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    fault: Fault,
    ended: bool,
    // Both sides of every connection, to cut them; by number, to forget those that ended.
    open: BTreeMap<u64, [TcpStream; 2]>,
    accepted: u64,
}

/// How often an idle thread looks whether it should end.
const TICK: Duration = Duration::from_millis(20);

impl Proxy {
    /// A proxy to a port of 127.0.0.1, which need not listen yet.
    pub fn to(target: u16) -> Proxy {
        let port = Port::free();
        let state = State { fault: Fault::None, ended: false, open: BTreeMap::new(), accepted: 0 };
        let shared = Shared { target, state: Mutex::new(state), changed: Condvar::new() };
        let proxy = Proxy { port, shared: Arc::new(shared) };
        let (shared, number) = (Arc::clone(&proxy.shared), proxy.port.number());
        let listener = listen(number);
        std::thread::spawn(move || accept(&shared, number, Some(listener)));
        proxy
    }

    /// The port that clients connect to.
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Changes what happens from now on, also to open connections.
    ///
    /// [`Fault::Refuse`] holds when this returns; after it, give a new connection a moment until
    /// the port is listened on again.
    pub fn set(&self, fault: Fault) {
        self.shared.lock().fault = fault;
        self.shared.changed.notify_all();
        if fault == Fault::Refuse {
            self.cut();
            while TcpStream::connect((Ipv4Addr::LOCALHOST, self.port())).is_ok() {
                std::thread::sleep(TICK / 4);
            }
        }
    }

    /// Cuts all open connections, once.
    pub fn cut(&self) {
        for stream in std::mem::take(&mut self.shared.lock().open).values().flatten() {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// How many connections are open.
    pub fn connections(&self) -> usize {
        self.shared.lock().open.len()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.lock().ended = true;
        self.shared.changed.notify_all();
        self.cut();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|e| e.into_inner())
    }
}

fn listen(port: u16) -> TcpListener {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the port is claimed");
    listener.set_nonblocking(true).expect("a listener can be asked without waiting");
    listener
}

fn accept(shared: &Arc<Shared>, port: u16, mut listener: Option<TcpListener>) {
    loop {
        let (fault, ended) = {
            let state = shared.lock();
            (state.fault, state.ended)
        };
        if ended {
            return;
        }
        if fault == Fault::Refuse {
            listener = None;
        } else if listener.is_none() {
            listener = Some(listen(port));
        }
        match listener.as_ref().map(TcpListener::accept) {
            Some(Ok((client, _))) => connect(shared, client),
            _ => std::thread::sleep(TICK / 4),
        }
    }
}

fn connect(shared: &Arc<Shared>, client: TcpStream) {
    // A broker that is down looks to the client as it would without a proxy: the connection ends.
    let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, shared.target)) else {
        return;
    };
    let ready = || -> std::io::Result<_> {
        client.set_nonblocking(false)?;
        for stream in [&client, &server] {
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(TICK))?;
        }
        Ok([client.try_clone()?, server.try_clone()?, client.try_clone()?, server.try_clone()?])
    };
    // It went away while it was being set up.
    let Ok([client_end, server_end, to_client, to_server]) = ready() else {
        return;
    };
    let number = {
        let mut state = shared.lock();
        state.accepted += 1;
        let number = state.accepted;
        state.open.insert(number, [client_end, server_end]);
        number
    };
    let (up, down) = (Arc::clone(shared), Arc::clone(shared));
    std::thread::spawn(move || {
        pump(&up, client, to_server, false);
        up.lock().open.remove(&number);
    });
    std::thread::spawn(move || {
        pump(&down, server, to_client, true);
        down.lock().open.remove(&number);
    });
}

fn pump(shared: &Shared, mut from: TcpStream, mut to: TcpStream, from_broker: bool) {
    let mut buffer = [0; 64 * 1024];
    let mut passed: u64 = 0;
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(e) if matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                if shared.lock().ended {
                    break;
                }
                continue;
            }
            Err(_) => break,
        };
        let mut allowed = read;
        match patience(shared) {
            None => break,
            Some(Fault::Delay(time)) => std::thread::sleep(time),
            Some(Fault::CutAfter(limit)) if from_broker => {
                allowed = read.min(limit.saturating_sub(passed) as usize);
            }
            Some(_) => {}
        }
        passed += allowed as u64;
        let sent = buffer.get(..allowed).is_some_and(|piece| to.write_all(piece).is_ok());
        if !sent || allowed < read {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// Waits out a black hole; `None` when the connection has to end.
fn patience(shared: &Shared) -> Option<Fault> {
    let state = shared.lock();
    let state = shared
        .changed
        .wait_while(state, |state| state.fault == Fault::BlackHole && !state.ended)
        .unwrap_or_else(|e| e.into_inner());
    (!state.ended && state.fault != Fault::Refuse).then_some(state.fault)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// Answers every byte with the same byte.
    fn echo() -> Port {
        let port = Port::free();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.number())).unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                std::thread::spawn(move || std::io::copy(&mut &stream, &mut &stream));
            }
        });
        port
    }

    fn connect(proxy: &Proxy) -> TcpStream {
        let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).unwrap();
        stream.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
        stream
    }

    fn ask(mut stream: &TcpStream, text: &[u8]) -> std::io::Result<Vec<u8>> {
        stream.write_all(text)?;
        let mut answer = vec![0; text.len()];
        stream.read_exact(&mut answer)?;
        Ok(answer)
    }

    #[test]
    fn bytes_pass_and_may_be_delayed() {
        let target = echo();
        let proxy = Proxy::to(target.number());
        let stream = connect(&proxy);
        assert_eq!(ask(&stream, b"hello").unwrap(), b"hello");
        assert_eq!(proxy.connections(), 1);
        proxy.set(Fault::Delay(Duration::from_millis(60)));
        let asked = Instant::now();
        assert_eq!(ask(&stream, b"slow").unwrap(), b"slow");
        assert!(asked.elapsed() >= Duration::from_millis(120), "once in each direction");
    }

    #[test]
    fn a_connection_is_cut_after_so_many_bytes() {
        let target = echo();
        let proxy = Proxy::to(target.number());
        proxy.set(Fault::CutAfter(7));
        let mut stream = connect(&proxy);
        stream.write_all(b"0123456789").unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        assert_eq!(answer, b"0123456");
    }

    #[test]
    fn a_black_hole_stays_connected_and_gives_back_what_it_held() {
        let target = echo();
        let proxy = Proxy::to(target.number());
        let stream = connect(&proxy);
        ask(&stream, b"before").unwrap();
        proxy.set(Fault::BlackHole);
        let nothing = ask(&stream, b"during").unwrap_err();
        assert_eq!(nothing.kind(), ErrorKind::WouldBlock, "not an end: silence");
        let late = connect(&proxy);
        proxy.set(Fault::None);
        let mut held = [0; 6];
        (&stream).read_exact(&mut held).unwrap();
        assert_eq!(&held, b"during");
        assert_eq!(ask(&late, b"late").unwrap(), b"late");
    }

    #[test]
    fn refusing_cuts_what_is_open_and_what_comes() {
        let target = echo();
        let proxy = Proxy::to(target.number());
        let stream = connect(&proxy);
        ask(&stream, b"before").unwrap();
        proxy.set(Fault::Refuse);
        assert!(ask(&stream, b"after").is_err());
        let refused = TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
        proxy.set(Fault::None);
        let started = Instant::now();
        while TcpStream::connect((Ipv4Addr::LOCALHOST, proxy.port())).is_err() {
            assert!(started.elapsed() < Duration::from_secs(5), "it listens again");
        }
    }
}
