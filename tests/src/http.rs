use serde::de::DeserializeOwned;
use serde_json::Value;
use shared::wire::Problem;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// The longest body of an answer.
const LONGEST: u64 = 256 << 20;

/// What a call was answered.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// Names, in small letters, and values of the header.
    pub header: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A field of the header.
    pub fn field(&self, name: &str) -> Option<&str> {
        let found = self.header.iter().find(|(own, _)| own == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON of a type.
    #[track_caller]
    pub fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error} in the answer {}: {}", self.status, self.text()))
    }

    /// The body as any JSON.
    #[track_caller]
    pub fn value(&self) -> Value {
        self.json()
    }

    /// The body as JSON of a type, of an answer that has to be 200.
    #[track_caller]
    pub fn ok<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, 200, "{}", self.text());
        self.json()
    }

    /// The problem of an answer that has to be `application/problem+json` with this status.
    #[track_caller]
    pub fn problem(&self, status: u16) -> Problem {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(
            self.field("content-type"),
            Some("application/problem+json"),
            "{}",
            self.text()
        );
        let problem: Problem = self.json();
        assert_eq!(problem.status, status);
        assert!(
            !problem.title.is_empty() && !problem.detail.is_empty(),
            "{problem:?}"
        );
        problem
    }
}

/// Makes calls to one address.
#[derive(Clone, Debug)]
pub struct Client {
    authority: String,
    agent: ureq::Agent,
}

impl Client {
    /// A client for an address such as `127.0.0.1:8080`. It follows no redirects and takes no error for its own.
    pub fn new(authority: &str) -> Client {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(Duration::from_secs(120)))
            .proxy(None)
            .build()
            .into();
        Client {
            authority: authority.to_owned(),
            agent,
        }
    }

    /// The address.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// Makes a call. `path` begins with a slash; the error says why there is no answer.
    pub fn call(
        &self,
        method: &str,
        path: &str,
        header: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, String> {
        let say = |error: &dyn std::fmt::Display| format!("{method} {path} was not answered: {error}");
        let mut request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.authority));
        for (name, value) in header {
            request = request.header(*name, *value);
        }
        let response = if method == "GET" || method == "HEAD" || method == "DELETE" {
            self.agent.run(request.body(()).map_err(|error| say(&error))?)
        } else {
            self.agent.run(request.body(body).map_err(|error| say(&error))?)
        };
        let mut response = response.map_err(|error| say(&error))?;
        let header = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str().to_owned(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        let status = response.status().as_u16();
        let body = response
            .body_mut()
            .with_config()
            .limit(LONGEST)
            .read_to_vec()
            .map_err(|error| say(&error))?;
        Ok(Answer { status, header, body })
    }

    /// GET, of a server that has to answer.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &[("accept", "*/*")], b"")
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// POST, of a server that has to answer.
    #[track_caller]
    pub fn post(&self, path: &str, header: &[(&str, &str)], body: &[u8]) -> Answer {
        self.call("POST", path, header, body)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// POST by a sender that goes on sending after it was refused, as simple ones do, and reads the answer
    /// afterwards.
    pub fn post_stubbornly(
        &self,
        path: &str,
        header: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Answer, String> {
        let say = |error: std::io::Error| format!("POST {path} was not answered: {error}");
        let mut stream = TcpStream::connect(&self.authority).map_err(say)?;
        let fields: String = header
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let head = format!(
            "POST {path} HTTP/1.0\r\nHost: {}\r\nContent-Length: {}\r\n{fields}\r\n",
            self.authority,
            body.len()
        );
        // A server that refused may close before everything is sent.
        let _ = stream
            .write_all(head.as_bytes())
            .and_then(|()| stream.write_all(body));
        let mut answer = Vec::new();
        if let Err(error) = stream.read_to_end(&mut answer)
            && answer.is_empty()
        {
            return Err(say(error));
        }
        parse(&answer).ok_or_else(|| format!("POST {path} was answered with no HTTP: {answer:?}"))
    }
}

/// Takes an answer of HTTP/1.0 apart.
fn parse(answer: &[u8]) -> Option<Answer> {
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    Some(Answer {
        status,
        header,
        body: answer[end + 4..].to_vec(),
    })
}
