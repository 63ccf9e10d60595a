use rustix::buffer::spare_capacity;
use rustix::event::Timespec;
use rustix::event::epoll::{self, Event, EventData, EventFlags};
use rustix::net::sockopt;
use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

/// What the containers of [`crate::messages::container`] begin with; six digits follow.
const OWNER: &[u8] = b"QLTU";

/// One reader of the stream among many.
#[derive(Debug, Default)]
pub struct Reader {
    stream: Option<TcpStream>,
    /// What came and is not a whole message yet.
    rest: Vec<u8>,
    in_head: bool,
    /// The status that the server answered.
    pub status: Option<u16>,
    /// Epoch and sequence of the last message of any kind.
    epoch: String,
    sequence: u64,
    /// Numbers of containers that came, in their order.
    pub numbers: Vec<u32>,
    /// Messages whose sequence was before that of the one before them.
    pub backwards: usize,
    /// Resets.
    pub resets: usize,
    /// It does not read.
    pub stalled: bool,
}

impl Reader {
    /// Whether it is connected.
    pub fn is_open(&self) -> bool {
        self.stream.is_some()
    }

    /// Whether it was told anything yet.
    pub fn is_greeted(&self) -> bool {
        !self.epoch.is_empty()
    }
}

/// Many readers of the stream of boxes in the yard, on one thread: a client that costs little beside the server.
#[derive(Debug)]
pub struct Readers {
    epoll: OwnedFd,
    authority: String,
    /// All of them.
    pub all: Vec<Reader>,
    buffer: Vec<u8>,
}

impl Readers {
    /// Nobody yet.
    pub fn new(authority: &str) -> io::Result<Readers> {
        Ok(Readers {
            epoll: epoll::create(epoll::CreateFlags::CLOEXEC)?,
            authority: authority.to_owned(),
            all: Vec::new(),
            buffer: vec![0; 256 << 10],
        })
    }

    /// One more.
    pub fn add(&mut self) -> io::Result<()> {
        self.all.push(Reader::default());
        self.connect(self.all.len() - 1)
    }

    /// Connects one, which goes on behind what it has. Whether the server takes it, [`Reader::status`] says later.
    pub fn connect(&mut self, index: usize) -> io::Result<()> {
        let mut stream = TcpStream::connect(&self.authority)?;
        let reader = &mut self.all[index];
        let resume = match reader.is_greeted() {
            true => format!("Last-Event-ID: {}:{}\r\n", reader.epoch, reader.sequence),
            false => String::new(),
        };
        // An answer of HTTP/1.0 is not cut into chunks: what comes is the stream itself.
        let head = format!(
            "GET /api/v1/stream?topics=yard HTTP/1.0\r\nHost: {}\r\n{resume}\r\n",
            self.authority
        );
        stream.write_all(head.as_bytes())?;
        stream.set_nonblocking(true)?;
        reader.rest.clear();
        reader.in_head = true;
        reader.status = None;
        if !reader.stalled {
            epoll::add(
                &self.epoll,
                &stream,
                EventData::new_u64(index as u64),
                EventFlags::IN,
            )?;
        }
        reader.stream = Some(stream);
        Ok(())
    }

    /// Makes one read again that was stalled.
    pub fn wake(&mut self, index: usize) -> io::Result<()> {
        let reader = &mut self.all[index];
        reader.stalled = false;
        match &reader.stream {
            Some(stream) => Ok(epoll::add(
                &self.epoll,
                stream,
                EventData::new_u64(index as u64),
                EventFlags::IN,
            )?),
            None => Ok(()),
        }
    }

    /// Makes one read no more.
    pub fn stall(&mut self, index: usize) -> io::Result<()> {
        let reader = &mut self.all[index];
        reader.stalled = true;
        match &reader.stream {
            Some(stream) => {
                // What the system takes in its stead is little.
                sockopt::set_socket_recv_buffer_size(stream, 16 << 10)?;
                Ok(epoll::delete(&self.epoll, stream)?)
            }
            None => Ok(()),
        }
    }

    /// Reads what there is, and waits at most so long for something. `each` is told the number of every container.
    pub fn read(&mut self, wait: Duration, mut each: impl FnMut(usize, u32)) -> io::Result<()> {
        let wait = Timespec {
            tv_sec: wait.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: wait.subsec_nanos().into(),
        };
        let mut events: Vec<Event> = Vec::with_capacity(1_024);
        match epoll::wait(&self.epoll, spare_capacity(&mut events), Some(&wait)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in &events {
            let index = event.data.u64() as usize;
            let reader = &mut self.all[index];
            let Some(stream) = &mut reader.stream else {
                continue;
            };
            match stream.read(&mut self.buffer) {
                Ok(0) => reader.stream = None,
                Ok(length) => reader.take(&self.buffer[..length], |number| each(index, number)),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {}
                Err(_) => reader.stream = None,
            }
        }
        Ok(())
    }

    /// Reads until a condition holds. False when it does not in time.
    pub fn read_until(
        &mut self,
        patience: Duration,
        mut is_done: impl FnMut(&[Reader]) -> bool,
    ) -> io::Result<bool> {
        let deadline = Instant::now() + patience;
        while !is_done(&self.all) {
            if Instant::now() >= deadline {
                return Ok(false);
            }
            self.read(Duration::from_millis(20), |_, _| {})?;
        }
        Ok(true)
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    memchr::memmem::find(text, wanted)
}

impl Reader {
    fn take(&mut self, bytes: &[u8], mut each: impl FnMut(u32)) {
        if self.rest.is_empty() && !self.in_head {
            let whole = self.messages(bytes, &mut each);
            self.rest.extend_from_slice(&bytes[whole..]);
            return;
        }
        self.rest.extend_from_slice(bytes);
        let mut text = std::mem::take(&mut self.rest);
        if self.in_head {
            let Some(end) = find(&text, b"\r\n\r\n") else {
                self.rest = text;
                return;
            };
            let status = text.get(9..12).and_then(|code| std::str::from_utf8(code).ok());
            self.status = status.and_then(|code| code.parse().ok());
            self.in_head = false;
            text.drain(..end + 4);
        }
        let whole = self.messages(&text, &mut each);
        text.drain(..whole);
        self.rest = text;
    }

    /// Takes the whole messages; answers where they end.
    fn messages(&mut self, text: &[u8], each: &mut impl FnMut(u32)) -> usize {
        let mut at = 0;
        while let Some(length) = find(&text[at..], b"\n\n") {
            let message = &text[at..at + length];
            at += length + 2;
            let Some(id) = find(message, b"\nid: ") else {
                continue;
            };
            let id = &message[id + 5..];
            let id = &id[..find(id, b"\n").unwrap_or(id.len())];
            let (epoch, sequence) = match std::str::from_utf8(id).map(|id| id.rsplit_once(':')) {
                Ok(Some((epoch, sequence))) => (epoch, sequence.parse().unwrap_or(0)),
                _ => continue,
            };
            if self.epoch != epoch {
                epoch.clone_into(&mut self.epoch);
            }
            self.backwards += usize::from(sequence < self.sequence);
            self.sequence = sequence;
            self.resets += usize::from(message.starts_with(b"event: reset"));
            let mut rest = message;
            while let Some(found) = find(rest, OWNER) {
                rest = &rest[found + OWNER.len()..];
                let digits = rest.get(..6).and_then(|digits| std::str::from_utf8(digits).ok());
                // A stay's address holds the number too, behind it.
                if let Some(number) = digits.and_then(|digits| digits.parse().ok())
                    && self.numbers.last() != Some(&number)
                {
                    self.numbers.push(number);
                    each(number);
                }
            }
        }
        at
    }
}
