//! The server between the network and the calls: it takes connections, keeps every peer to its limits and times, and
//! says what it does in figures and log. The calls themselves (`routes/`) know nothing of connections.

/// How many connections and calls an address may have.
pub mod addresses;
/// Bodies on their way in: how much memory they take, and how slowly they may come.
pub mod bodies;
/// One connection, from its first byte to its last.
mod connection;
/// The limit of open files.
pub mod files;
/// One request, from its head to the end of its answer.
mod front;
/// What the server has taken on, and how much it may.
pub mod load;
/// What the program tells of its work.
pub mod log;
/// What `/metrics` tells of the server itself.
pub mod metrics;
/// Answers on their way out.
mod outgoing;
/// What `/metrics` tells of the process.
pub mod process;
/// What a connection waits for, and since when.
mod pulse;
/// The id by which the log knows a request.
pub mod request_id;
/// The socket under a connection: a peer that takes nothing is cut off.
mod socket;
/// The server's certificate.
pub mod tls;

pub use addresses::network;
pub use front::{Front, note_route};

use connection::Peer;
use metrics::Refusal;
use socket2::{SockRef, TcpKeepalive};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tls::Tls;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

/// Connections that the system may keep for us before we take them: all pages come back at once after a restart. The
/// system has a limit of its own (`net.core.somaxconn`).
const BACKLOG: u32 = 8_192;
/// When nothing was heard for so long, the system asks whether the peer is there …
const KEEPALIVE: Duration = Duration::from_secs(60);
/// … again so often …
const KEEPALIVE_AGAIN: Duration = Duration::from_secs(15);
/// … and gives up after so many.
const KEEPALIVE_RETRIES: u32 = 4;
/// What the system keeps unsent of one connection. More would be old before it is sent.
const UNSENT: u32 = 128 << 10;
/// Connections too many that are told so at once; more are only closed.
const TOLD: usize = 64;
/// How often what is known of addresses that are gone is forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// What a connection too many is told, before it has said anything.
const TOO_MANY: &str = concat!(
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nRetry-After: 5\r\n",
    "Connection: close\r\nContent-Length: 157\r\n\r\n",
    r#"{"type":"/problems/unavailable","title":"Not available now","status":503,"#,
    r#""detail":"the server has as many connections as it may; try again in a few seconds"}"#
);

/// Listens on an address.
pub fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4(),
        SocketAddr::V6(_) => TcpSocket::new_v6(),
    }?;
    // A server that is started again takes its port back at once.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Does what takes longer than an asynchronous task may hold its thread, under the id of the request that asked for it.
pub fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    let span = tracing::Span::current();
    tokio::task::spawn_blocking(move || span.in_scope(work))
}

/// Takes connections until it is told to stop; then those that are open may finish what they are at, within the
/// time that the configuration gives them.
pub async fn run(
    listener: TcpListener,
    front: Arc<Front>,
    tls: Option<Arc<Tls>>,
    stopping: CancellationToken,
) {
    let mut connections = JoinSet::new();
    let told = Arc::new(Semaphore::new(TOLD));
    let mut forget = tokio::time::interval(FORGET_EVERY);
    loop {
        tokio::select! {
            () = stopping.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => {
                    take(stream, address, &front, tls.as_ref(), &stopping, &told, &mut connections);
                }
                Err(error) => not_accepted(&error).await,
            },
            // What a connection died of, it has told itself.
            Some(_) = connections.join_next() => {}
            _ = forget.tick() => front.load().addresses.forget(),
        }
    }
    drop(listener);
    let finish = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(front.load().limits.stop_timeout, finish)
        .await
        .is_err()
    {
        tracing::warn!(
            left = connections.len(),
            "some connections did not finish in time and are cut off"
        );
        connections.shutdown().await;
    }
}

fn take(
    stream: TcpStream,
    address: SocketAddr,
    front: &Arc<Front>,
    tls: Option<&Arc<Tls>>,
    stopping: &CancellationToken,
    told: &Arc<Semaphore>,
    connections: &mut JoinSet<()>,
) {
    let load = front.load();
    let place = match load.connect(address.ip()) {
        Ok(place) => place,
        Err(refusal) => {
            load.metrics.refused(refusal);
            if let (Ok(permit), None) = (Arc::clone(told).try_acquire_owned(), tls) {
                connections.spawn(async move {
                    tell_too_many(stream).await;
                    drop(permit);
                });
            }
            return;
        }
    };
    if let Err(error) = prepare(&stream, load.limits.write_timeout) {
        tracing::debug!(%error, "a connection ended before it began");
        return;
    }
    let peer = Peer::new(address, place);
    connections.spawn(connection::serve(
        stream,
        peer,
        Arc::clone(front),
        tls.cloned(),
        stopping.clone(),
    ));
}

/// What the system is told of a connection.
fn prepare(stream: &TcpStream, write_timeout: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new()
        .with_time(KEEPALIVE)
        .with_interval(KEEPALIVE_AGAIN)
        .with_retries(KEEPALIVE_RETRIES);
    socket.set_tcp_keepalive(&keepalive)?;
    // A peer that is gone acknowledges nothing.
    socket.set_tcp_user_timeout(Some(write_timeout))?;
    socket.set_tcp_notsent_lowat(UNSENT)
}

async fn tell_too_many(mut stream: TcpStream) {
    let tell = async {
        stream.write_all(TOO_MANY.as_bytes()).await?;
        stream.shutdown().await?;
        // Closing with something unread would take the answer back.
        let mut unread = [0; 4_096];
        while stream.read(&mut unread).await? > 0 {}
        io::Result::Ok(())
    };
    // It is refused whether it hears it or not.
    let _ = tokio::time::timeout(Duration::from_secs(2), tell).await;
}

/// A connection that is gone already is none of our business; without files or memory it is better to wait.
async fn not_accepted(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    ) {
        tracing::error!(%error, "no connection can be taken; raise the limit of open files (LimitNOFILE) if that is the reason");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Why a connection is not taken.
impl From<addresses::TooMany> for Refusal {
    fn from(_: addresses::TooMany) -> Refusal {
        Refusal::Address
    }
}

#[cfg(test)]
mod tests {
    use super::TOO_MANY;

    #[test]
    fn what_a_connection_too_many_is_told_is_as_long_as_it_says() {
        let (head, body) = TOO_MANY.split_once("\r\n\r\n").unwrap();
        assert!(
            head.contains(&format!("Content-Length: {}", body.len())),
            "{}",
            body.len()
        );
        assert!(serde_json::from_str::<shared::wire::Problem>(body).is_ok());
    }
}
