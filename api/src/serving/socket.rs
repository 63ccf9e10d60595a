//! The socket under a connection. A peer that takes nothing for too long is cut off; and a connection is closed only
//! when the peer has had the chance to read the last answer, also when it still sends what nobody wants.

use super::pulse::Pulse;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Sleep, sleep};

/// How long what a peer still sends is thrown away before the connection is closed: closing with something unread
/// takes the answer back from a peer that has not read it (RFC 9112, 9.6).
const LINGER: Duration = Duration::from_secs(2);

/// A socket that keeps its peer to the time for taking something.
#[derive(Debug)]
pub struct Socket {
    stream: TcpStream,
    pulse: Arc<Pulse>,
    write_timeout: Duration,
    /// Runs while something waits for the peer to take it.
    stalled: Option<Pin<Box<Sleep>>>,
    lingering: Option<Pin<Box<Sleep>>>,
}

impl Socket {
    /// A socket of a connection.
    pub fn new(stream: TcpStream, pulse: Arc<Pulse>, write_timeout: Duration) -> Socket {
        Socket {
            stream,
            pulse,
            write_timeout,
            stalled: None,
            lingering: None,
        }
    }

    /// Holds what came of writing against the time that it may take.
    fn written(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        if let Poll::Ready(result) = &written {
            self.stalled = None;
            self.pulse.sent(result.as_ref().map_or(0, |bytes| *bytes));
            return written;
        }
        let write_timeout = self.write_timeout;
        let stalled = self.stalled.get_or_insert_with(|| Box::pin(sleep(write_timeout)));
        match stalled.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::Error::new(
                io::ErrorKind::TimedOut,
                "the peer took nothing for too long",
            ))),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Socket {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.stream).poll_read(context, buffer));
        if buffer.filled().len() > before {
            self.pulse.received();
        }
        Poll::Ready(read)
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.written(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        self.written(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let socket = &mut *self;
        if socket.lingering.is_none() {
            ready!(Pin::new(&mut socket.stream).poll_shutdown(context))?;
        }
        let lingering = socket.lingering.get_or_insert_with(|| Box::pin(sleep(LINGER)));
        let mut unread = [0; 8_192];
        loop {
            if lingering.as_mut().poll(context).is_ready() {
                return Poll::Ready(Ok(()));
            }
            let mut buffer = ReadBuf::new(&mut unread);
            match ready!(Pin::new(&mut socket.stream).poll_read(context, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                // The peer has closed too, in whatever way.
                Ok(()) | Err(_) => return Poll::Ready(Ok(())),
            }
        }
    }
}
