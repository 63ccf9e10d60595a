use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How slowly a slow connection is.
const SLOWLY: Duration = Duration::from_millis(15);
/// So many bytes of a slow connection go at once.
const AT_ONCE: usize = 48;

/// What a proxy does to what goes through it.
#[derive(Debug, Default)]
struct Faults {
    /// Nothing goes through, and nobody is let in.
    cut: AtomicBool,
    /// Everything goes through, slowly.
    slow: AtomicBool,
    /// So many messages of the stream are to be lost.
    lose: AtomicU64,
    /// So many have been.
    lost: AtomicU64,
    /// Everything that is open.
    open: Mutex<Vec<TcpStream>>,
}

/// Stands between a browser and a server, and lets go wrong what goes wrong on a network.
#[derive(Debug)]
pub struct Proxy {
    authority: String,
    faults: Arc<Faults>,
}

impl Proxy {
    /// A proxy before a server.
    #[track_caller]
    pub fn before(server: &str) -> Proxy {
        let listener =
            TcpListener::bind("127.0.0.1:0").unwrap_or_else(|error| panic!("no port is free: {error}"));
        let authority = listener
            .local_addr()
            .map(|address| address.to_string())
            .unwrap_or_default();
        let faults = Arc::new(Faults::default());
        let (server, shared) = (server.to_owned(), Arc::clone(&faults));
        // Ends with the tests: nobody connects any more.
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if shared.cut.load(Ordering::SeqCst) {
                    continue;
                }
                // A server that is down closes the connection, as it would without a proxy.
                let Ok(upstream) = TcpStream::connect(&server) else {
                    continue;
                };
                relay(client, upstream, &shared);
            }
        });
        Proxy { authority, faults }
    }

    /// Host and port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Closes everything, and lets nobody in until it is mended.
    pub fn cut(&self) {
        self.faults.cut.store(true, Ordering::SeqCst);
        let mut open = self.faults.open.lock().unwrap_or_else(PoisonError::into_inner);
        for stream in open.drain(..) {
            // One that is closed already is as closed.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Lets everything go slowly.
    pub fn slow(&self) {
        self.faults.slow.store(true, Ordering::SeqCst);
    }

    /// Loses the next message of a stream.
    pub fn lose_one(&self) {
        self.faults.lose.fetch_add(1, Ordering::SeqCst);
    }

    /// How many messages were lost.
    pub fn lost(&self) -> u64 {
        self.faults.lost.load(Ordering::SeqCst)
    }

    /// Everything goes through again.
    pub fn mend(&self) {
        self.faults.cut.store(false, Ordering::SeqCst);
        self.faults.slow.store(false, Ordering::SeqCst);
        self.faults.lose.store(0, Ordering::SeqCst);
    }
}

fn relay(client: TcpStream, upstream: TcpStream, faults: &Arc<Faults>) {
    let twice = |stream: &TcpStream| stream.try_clone().ok();
    let (Some(client_too), Some(upstream_too)) = (twice(&client), twice(&upstream)) else {
        return;
    };
    let mut open = faults.open.lock().unwrap_or_else(PoisonError::into_inner);
    open.extend(twice(&client).into_iter().chain(twice(&upstream)));
    drop(open);
    let asked = Arc::clone(faults);
    thread::spawn(move || pump(client_too, upstream_too, &asked, |bytes, _| bytes));
    let answered = Arc::clone(faults);
    let mut losing = Losing::default();
    thread::spawn(move || {
        pump(upstream, client, &answered, move |bytes, faults| {
            losing.take(bytes, faults)
        });
    });
}

fn pump(
    mut from: TcpStream,
    mut to: TcpStream,
    faults: &Faults,
    mut change: impl FnMut(Vec<u8>, &Faults) -> Vec<u8>,
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let read = match from.read(&mut buffer) {
            Ok(0) | Err(_) => break,
            Ok(read) => read,
        };
        let bytes = change(buffer[..read].to_vec(), faults);
        let slow = faults.slow.load(Ordering::SeqCst);
        for piece in bytes.chunks(if slow { AT_ONCE } else { bytes.len().max(1) }) {
            if slow {
                thread::sleep(SLOWLY);
            }
            if to.write_all(piece).is_err() {
                let _ = from.shutdown(Shutdown::Both);
                return;
            }
        }
    }
    // What the other end does not need to hear it has heard.
    let _ = to.shutdown(Shutdown::Both);
}

/// Takes messages out of a stream: whole chunks of its chunked body, so that what is left is a body still.
#[derive(Debug, Default)]
struct Losing {
    /// Bytes of which the end of the chunk has not come.
    held: Vec<u8>,
    /// Whether this connection carries a stream, once its head has come.
    is_stream: bool,
}

impl Losing {
    fn take(&mut self, bytes: Vec<u8>, faults: &Faults) -> Vec<u8> {
        if !self.is_stream {
            let Some(head) = find(&bytes, b"text/event-stream").and_then(|_| find(&bytes, b"\r\n\r\n"))
            else {
                return bytes;
            };
            self.is_stream = true;
            let (mut out, rest) = (bytes[..head + 4].to_vec(), bytes[head + 4..].to_vec());
            out.extend(self.take(rest, faults));
            return out;
        }
        self.held.extend(bytes);
        let mut out = Vec::new();
        while let Some(line) = find(&self.held, b"\r\n") {
            let length = std::str::from_utf8(&self.held[..line])
                .ok()
                .and_then(|text| usize::from_str_radix(text.trim(), 16).ok());
            let Some(length) = length else {
                out.append(&mut self.held);
                break;
            };
            let end = line + 2 + length + 2;
            if self.held.len() < end {
                break;
            }
            let chunk: Vec<u8> = self.held.drain(..end).collect();
            let is_alarm = find(&chunk, b"event: alarm").is_some();
            let wanted = faults.lose.load(Ordering::SeqCst) > 0;
            if is_alarm && wanted {
                faults.lose.fetch_sub(1, Ordering::SeqCst);
                faults.lost.fetch_add(1, Ordering::SeqCst);
            } else {
                out.extend(chunk);
            }
        }
        out
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
