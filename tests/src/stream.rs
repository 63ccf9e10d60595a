use crate::http::Client;
use crate::wait::PATIENCE;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// One message of the stream.
#[derive(Clone, Debug, PartialEq)]
pub struct Message {
    /// `alarm yard figures feed tick reset`.
    pub event: String,
    /// The epoch of its id.
    pub epoch: String,
    /// The sequence of its id.
    pub sequence: u64,
    /// Its data.
    pub data: Value,
}

impl Message {
    /// Its data as a type.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_value(self.data.clone()).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

/// An open stream.
#[derive(Debug)]
pub struct Stream {
    reader: BufReader<TcpStream>,
    line: Vec<u8>,
}

impl Stream {
    /// Opens the stream with a query, which has no question mark.
    #[track_caller]
    pub fn open(client: &Client, query: &str) -> Stream {
        Stream::try_open(client, query).unwrap_or_else(|error| panic!("the stream can't be opened: {error}"))
    }

    /// The same, for a server that may refuse. The error is what it answered.
    pub fn try_open(client: &Client, query: &str) -> Result<Stream, String> {
        Stream::try_open_as(client, query, ("x-nobody", "1"))
    }

    /// The same of somebody: the name and the value of a header that says who asks.
    pub fn try_open_as(client: &Client, query: &str, (name, value): (&str, &str)) -> Result<Stream, String> {
        let say = |error: std::io::Error| error.to_string();
        let mut stream = TcpStream::connect(client.authority()).map_err(say)?;
        stream
            .set_read_timeout(Some(Duration::from_millis(100)))
            .map_err(say)?;
        // An answer of HTTP/1.0 is not cut into chunks: what comes is the stream itself.
        let head = format!(
            "GET /api/v1/stream?{query} HTTP/1.0\r\nHost: {}\r\nAccept: text/event-stream\r\n{name}: {value}\r\n\r\n",
            client.authority()
        );
        stream.write_all(head.as_bytes()).map_err(say)?;
        let mut stream = Stream {
            reader: BufReader::new(stream),
            line: Vec::new(),
        };
        let deadline = Instant::now() + PATIENCE;
        let mut head = Vec::new();
        loop {
            match stream.next_line(deadline) {
                Some(line) if line.is_empty() => break,
                Some(line) => head.push(line.to_ascii_lowercase()),
                None => return Err(format!("the server said no more than {head:?}")),
            }
        }
        let is_stream = head.first().is_some_and(|line| line.contains(" 200 "))
            && head.iter().any(|line| line == "content-type: text/event-stream");
        if is_stream {
            return Ok(stream);
        }
        let mut body = String::new();
        // The body only explains.
        let _ = stream.reader.read_to_string(&mut body);
        Err(format!("{}: {body}", head.first().map_or("", String::as_str)))
    }

    /// The next line without its end; nothing at the deadline, or when the server ended the stream.
    fn next_line(&mut self, deadline: Instant) -> Option<String> {
        loop {
            match self.reader.read_until(b'\n', &mut self.line) {
                Ok(0) => return None,
                Ok(_) if self.line.ends_with(b"\n") => {
                    let line = String::from_utf8_lossy(&self.line).trim_end().to_owned();
                    self.line.clear();
                    return Some(line);
                }
                Ok(_) => {}
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                    if Instant::now() >= deadline {
                        return None;
                    }
                }
                Err(_) => return None,
            }
        }
    }

    /// Whether the server ends the stream, however much it tells before.
    pub fn ends(&mut self) -> bool {
        let deadline = Instant::now() + PATIENCE;
        while self.next_line(deadline).is_some() {}
        Instant::now() < deadline
    }

    /// The next message; nothing when none comes within `patience`, or when the server ended the stream.
    #[track_caller]
    pub fn next_within(&mut self, patience: Duration) -> Option<Message> {
        let deadline = Instant::now() + patience;
        let (mut event, mut id, mut data) = (String::new(), String::new(), String::new());
        loop {
            let line = self.next_line(deadline)?;
            match line.split_once(": ") {
                Some(("event", value)) => value.clone_into(&mut event),
                Some(("id", value)) => value.clone_into(&mut id),
                Some(("data", value)) => data.push_str(value),
                _ if line.is_empty() && !event.is_empty() => {
                    let (epoch, sequence) = id
                        .rsplit_once(':')
                        .and_then(|(epoch, sequence)| Some((epoch.to_owned(), sequence.parse().ok()?)))
                        .unwrap_or_else(|| panic!("the id `{id}` of a message is not epoch:sequence"));
                    let data = serde_json::from_str(&data)
                        .unwrap_or_else(|error| panic!("the data of a message is no JSON ({error}): {data}"));
                    return Some(Message {
                        event,
                        epoch,
                        sequence,
                        data,
                    });
                }
                _ => {}
            }
        }
    }

    /// Reads until a message is the one that is waited for, which has to come. `what` completes "waited for".
    #[track_caller]
    pub fn until<T>(&mut self, what: &str, mut take: impl FnMut(&Message) -> Option<T>) -> T {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            match self.next_within(PATIENCE) {
                Some(message) => {
                    if let Some(taken) = take(&message) {
                        return taken;
                    }
                }
                None => panic!("the stream ended while it was waited for {what}"),
            }
        }
        panic!("waited {} s on the stream in vain for {what}", PATIENCE.as_secs());
    }
}
