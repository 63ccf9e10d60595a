//! One connection, from its first byte to its last.

use super::front::Front;
use super::load::Place;
use super::pulse::{Overdue, Pulse, Times};
use super::socket::Socket;
use super::tls::Tls;
use axum::body::Body;
use axum::http::{Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{sleep_until, timeout};
use tokio_util::sync::CancellationToken;

/// The buffers of one connection at most: what is read of a header, and what waits to be written.
const BUFFER: usize = 64 << 10;
/// Requests that share a connection at once (HTTP/2).
const SHARING: u32 = 100;
/// What a peer may send of one body before it is read, and of all on a connection (HTTP/2).
const WINDOWS: (u32, u32) = (256 << 10, 512 << 10);
/// How often a quiet HTTP/2 connection is asked whether it is there.
const PING: Duration = Duration::from_secs(30);

/// Who is at the other end.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its address.
    pub address: SocketAddr,
    /// What the connection waits for.
    pub pulse: Arc<Pulse>,
    _place: Arc<Place>,
}

impl Peer {
    /// A peer that has just connected.
    pub fn new(address: SocketAddr, place: Place) -> Peer {
        Peer {
            address,
            pulse: Arc::new(Pulse::new()),
            _place: Arc::new(place),
        }
    }
}

/// A connection of either version.
trait Connection: Future<Output = hyper::Result<()>> {
    fn finish(self: Pin<&mut Self>);
}

impl<I, S> Connection for http1::Connection<I, S>
where
    http1::Connection<I, S>: Future<Output = hyper::Result<()>>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    S: hyper::service::HttpService<Incoming, ResBody = Body>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

impl<I, S> Connection for http2::Connection<I, S, TokioExecutor>
where
    http2::Connection<I, S, TokioExecutor>: Future<Output = hyper::Result<()>>,
    I: hyper::rt::Read + hyper::rt::Write + Unpin,
    S: hyper::service::HttpService<Incoming, ResBody = Body>,
    S::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    TokioExecutor: hyper::rt::bounds::Http2ServerConnExec<S::Future, Body>,
{
    fn finish(self: Pin<&mut Self>) {
        self.graceful_shutdown();
    }
}

/// Serves a connection to its end.
pub async fn serve(
    stream: TcpStream,
    peer: Peer,
    front: Arc<Front>,
    tls: Option<Arc<Tls>>,
    stopping: CancellationToken,
) {
    let limits = &front.load().limits;
    let (write_timeout, header_timeout) = (limits.write_timeout, limits.header_timeout);
    front.load().metrics.connected();
    let socket = Socket::new(stream, Arc::clone(&peer.pulse), write_timeout);
    let Some(tls) = tls else {
        return first_version(socket, peer, front, stopping).await;
    };
    // Boxed, so that a connection does not keep the room of its handshake.
    let handshake = Box::pin(timeout(header_timeout, tls.acceptor().accept(socket)));
    match handshake.await {
        Err(_) => front.load().metrics.cut_off("handshake"),
        Ok(Err(error)) => tracing::debug!(%error, "a peer speaks no TLS that is taken"),
        Ok(Ok(stream)) => {
            if stream.get_ref().1.alpn_protocol() == Some(b"h2") {
                second_version(stream, peer, front, stopping).await;
            } else {
                first_version(stream, peer, front, stopping).await;
            }
        }
    }
}

type Answering = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

fn answering(front: &Arc<Front>, peer: &Peer, request: Request<Incoming>) -> Answering {
    // Boxed, so that a connection that streams does not keep the room of what came before.
    Box::pin(Arc::clone(front).answer(request, peer.clone()))
}

async fn first_version<I>(io: I, peer: Peer, front: Arc<Front>, stopping: CancellationToken)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let limits = &front.load().limits;
    let mut builder = http1::Builder::new();
    builder
        .timer(TokioTimer::new())
        // The pulse knows a header that does not end from a connection that is idle.
        .header_read_timeout(None)
        .max_headers(limits.headers)
        .max_header_size(limits.header_kib << 10)
        .max_buf_size(BUFFER.max(limits.header_kib << 10));
    let service = service_fn(|request| answering(&front, &peer, request));
    let connection = pin!(builder.serve_connection(TokioIo::new(io), service));
    watch(connection, &peer.pulse, &front, &stopping).await;
}

async fn second_version<I>(io: I, peer: Peer, front: Arc<Front>, stopping: CancellationToken)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    peer.pulse.is_shared();
    let mut builder = http2::Builder::new(TokioExecutor::new());
    builder
        .timer(TokioTimer::new())
        .max_header_list_size(u32::try_from(front.load().limits.header_kib << 10).unwrap_or(u32::MAX))
        .max_concurrent_streams(SHARING)
        .initial_stream_window_size(WINDOWS.0)
        .initial_connection_window_size(WINDOWS.1)
        .max_send_buf_size(BUFFER)
        .keep_alive_interval(PING)
        .keep_alive_timeout(front.load().limits.header_timeout);
    let owned = (Arc::clone(&front), peer.clone());
    let service = service_fn(move |request| answering(&owned.0, &owned.1, request));
    let connection = pin!(builder.serve_connection(TokioIo::new(io), service));
    watch(connection, &peer.pulse, &front, &stopping).await;
}

/// Runs a connection until it ends, its peer is waited for in vain, or the server stops and what is on its way is done.
async fn watch<C: Connection>(
    mut connection: Pin<&mut C>,
    pulse: &Pulse,
    front: &Front,
    stopping: &CancellationToken,
) {
    let limits = &front.load().limits;
    let times = Times {
        header: limits.header_timeout,
        idle: limits.idle_timeout,
        write: limits.write_timeout,
    };
    let mut stopped = pin!(stopping.cancelled());
    let mut told = false;
    let mut look = pin!(sleep_until(tokio::time::Instant::now() + times.header));
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    ended_badly(&error, front);
                }
                return;
            }
            () = stopped.as_mut(), if !told => {
                told = true;
                connection.as_mut().finish();
            }
            () = look.as_mut() => match pulse.look(times) {
                Ok(again) => look.as_mut().reset(again),
                Err(overdue) => {
                    front.load().metrics.cut_off(match overdue {
                        Overdue::Header => "header",
                        Overdue::Idle => "idle",
                        Overdue::Write => "write",
                    });
                    return;
                }
            },
        }
    }
}

fn ended_badly(error: &hyper::Error, front: &Front) {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<std::io::Error>());
    if source.is_some_and(|error| error.kind() == std::io::ErrorKind::TimedOut) {
        front.load().metrics.cut_off("write");
    } else if error.is_parse() {
        // The error tells the kind of mistake, never what was sent.
        tracing::debug!(%error, "a peer sent no HTTP that is taken");
    }
}
