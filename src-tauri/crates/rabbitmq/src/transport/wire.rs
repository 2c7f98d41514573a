//! The stream that lapin reads and writes: a TCP or TLS stream behind a [`Guard`].

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use futures_util::task::AtomicWaker;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::guard::Guard;

/// Bytes read from the socket at a time.
const CHUNK: usize = 64 * 1024;

/// Any tokio stream.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin + 'static {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin + 'static> Stream for T {}

/// A connection to a broker, below AMQP.
pub struct Wire {
    stream: Box<dyn Stream>,
    guard: Guard,
    chunk: Box<[u8]>,
    /// What passed the guard and was not read yet, from `position` on.
    passed: Vec<u8>,
    position: usize,
    cut: Cut,
}

/// Ends a [`Wire`] from outside: a handshake with a peer that says nothing would never end.
#[derive(Clone, Default)]
pub struct Cut(Arc<CutState>);

#[derive(Default)]
struct CutState {
    cut: AtomicBool,
    reader: AtomicWaker,
}

impl Cut {
    /// The wire reads as ended from now on.
    pub fn cut(&self) {
        self.0.cut.store(true, Ordering::SeqCst);
        self.0.reader.wake();
    }

    fn is_cut(&self) -> bool {
        self.0.cut.load(Ordering::SeqCst)
    }
}

impl Wire {
    /// A wire over a connected stream.
    pub fn new(stream: Box<dyn Stream>, guard: Guard) -> Self {
        Wire {
            stream,
            guard,
            chunk: vec![0; CHUNK].into_boxed_slice(),
            passed: Vec::new(),
            position: 0,
            cut: Cut::default(),
        }
    }

    /// What ends this wire from outside.
    pub fn cut(&self) -> Cut {
        self.cut.clone()
    }

    fn take_passed(&mut self, buffer: &mut [u8]) -> usize {
        let waiting = self.passed.get(self.position..).unwrap_or_default();
        let taken = waiting.len().min(buffer.len());
        if let (Some(from), Some(to)) = (waiting.get(..taken), buffer.get_mut(..taken)) {
            to.copy_from_slice(from);
        }
        self.position += taken;
        if self.position >= self.passed.len() {
            self.passed.clear();
            self.position = 0;
        }
        taken
    }
}

impl futures_io::AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        if buffer.is_empty() {
            return Poll::Ready(Ok(0));
        }
        loop {
            let taken = this.take_passed(buffer);
            if taken > 0 {
                return Poll::Ready(Ok(taken));
            }
            this.cut.0.reader.register(cx.waker());
            if this.cut.is_cut() {
                return Poll::Ready(Ok(0));
            }
            let mut read = ReadBuf::new(&mut this.chunk);
            match Pin::new(&mut this.stream).poll_read(cx, &mut read) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Err(error)) => {
                    this.guard.fail(&error);
                    return Poll::Ready(Err(error));
                }
                Poll::Ready(Ok(())) if read.filled().is_empty() => return Poll::Ready(Ok(0)),
                // A frame that is not complete yet leaves nothing to hand on: read again.
                Poll::Ready(Ok(())) => this.guard.pass(read.filled(), &mut this.passed),
            }
        }
    }
}

impl futures_io::AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.cut.is_cut() {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        Pin::new(&mut self.stream).poll_write(cx, buffer)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.cut.is_cut() {
            // Saying goodbye to a peer that does not read could take for ever.
            return Poll::Ready(Ok(()));
        }
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}
