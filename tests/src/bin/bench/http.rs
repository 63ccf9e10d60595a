//! The least HTTP client that measures the server and not itself: one connection, kept alive.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

/// A connection to the server.
pub struct Connection {
    stream: BufReader<TcpStream>,
    authority: String,
}

/// An answer.
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
}

fn say(error: std::io::Error) -> String {
    format!("the server does not answer: {error}")
}

impl Connection {
    /// Connects.
    pub fn open(authority: &str) -> Result<Connection, String> {
        let stream = TcpStream::connect(authority).map_err(say)?;
        stream.set_nodelay(true).map_err(say)?;
        Ok(Connection {
            stream: BufReader::new(stream),
            authority: authority.to_owned(),
        })
    }

    /// Sends a request and waits for its answer.
    pub fn call(&mut self, method: &str, path: &str, fields: &str, body: &[u8]) -> Result<Answer, String> {
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: {}\r\n{fields}\r\n",
            self.authority,
            body.len()
        );
        let stream = self.stream.get_mut();
        stream.write_all(head.as_bytes()).map_err(say)?;
        stream.write_all(body).map_err(say)?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Answer, String> {
        let mut line = String::new();
        self.stream.read_line(&mut line).map_err(say)?;
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .ok_or("no status line")?;
        let (mut length, mut chunked) = (0usize, false);
        loop {
            line.clear();
            self.stream.read_line(&mut line).map_err(say)?;
            let field = line.trim_end().to_ascii_lowercase();
            if field.is_empty() {
                break;
            }
            if let Some(value) = field.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| "a wrong content length")?;
            }
            chunked |= field.starts_with("transfer-encoding:") && field.contains("chunked");
        }
        let mut body = Vec::new();
        if chunked {
            loop {
                line.clear();
                self.stream.read_line(&mut line).map_err(say)?;
                let size = usize::from_str_radix(line.trim(), 16).map_err(|_| "a wrong chunk")?;
                let begin = body.len();
                body.resize(begin + size, 0);
                self.stream.read_exact(&mut body[begin..]).map_err(say)?;
                line.clear();
                self.stream.read_line(&mut line).map_err(say)?;
                if size == 0 {
                    break;
                }
            }
        } else {
            body.resize(length, 0);
            self.stream.read_exact(&mut body).map_err(say)?;
        }
        Ok(Answer { status, body })
    }
}
