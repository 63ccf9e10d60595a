use crate::http::{Answer, Client};
use crate::program::Server;
use crate::wait::until;
use serde_json::{Value, json};

/// A password that is taken.
pub const PASSWORD: &str = "lantern harbour crane 71";

/// The configuration of a server with accounts.
pub const ACCOUNTS: &str = "[access]\nmode = \"accounts\"\n";

/// Somebody with a session or a key at a server.
#[derive(Clone, Debug)]
pub struct Somebody {
    /// The server.
    pub client: Client,
    /// What is sent along: the name and the value of a header.
    pub proof: (String, String),
}

impl Somebody {
    /// Whoever has the cookie that an answer sets.
    #[track_caller]
    pub fn of(server: &Client, answer: &Answer) -> Somebody {
        assert_eq!(answer.status, 200, "{}", answer.text());
        let cookie = answer
            .field("set-cookie")
            .unwrap_or_else(|| panic!("the answer sets no cookie: {}", answer.text()));
        let pair = cookie.split(';').next().unwrap_or_default();
        Somebody {
            client: server.clone(),
            proof: ("cookie".to_owned(), pair.to_owned()),
        }
    }

    /// Whoever has a key.
    pub fn with_key(server: &Client, key: &str) -> Somebody {
        Somebody {
            client: server.clone(),
            proof: ("authorization".to_owned(), format!("Bearer {key}")),
        }
    }

    /// Makes a call under `/api/v1`, with a body of JSON where there is one.
    #[track_caller]
    pub fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        let text = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        self.call_with(method, path, &[], text.as_bytes())
    }

    /// Makes a call under `/api/v1` with further headers.
    #[track_caller]
    pub fn call_with(&self, method: &str, path: &str, header: &[(&str, &str)], body: &[u8]) -> Answer {
        let (name, value) = (self.proof.0.as_str(), self.proof.1.as_str());
        let header: Vec<(&str, &str)> = header.iter().copied().chain([(name, value)]).collect();
        self.client
            .call(method, &format!("/api/v1{path}"), &header, body)
            .unwrap_or_else(|error| panic!("{error}"))
    }

    /// GET under `/api/v1`.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.call("GET", path, &Value::Null)
    }

    /// Makes an account and gives it the usual password by its link; answers its address, and whoever signed in so.
    #[track_caller]
    pub fn make_account(&self, name: &str, role: &str, sites: &Value) -> (String, Somebody) {
        let wish = json!({"name": name, "full_name": name, "role": role, "sites": sites});
        let answer = self.call("POST", "/accounts", &wish);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let made = answer.value();
        let id = made["account"]["id"].as_str().unwrap_or_default().to_owned();
        let link = made["link"].as_str().and_then(|link| link.split_once('#'));
        let (_, secret) = link.unwrap_or_else(|| panic!("no secret behind the #: {made}"));
        (id, use_link(&self.client, secret, None))
    }

    /// Makes a key; answers its address and its secret.
    #[track_caller]
    pub fn make_key(&self, wish: &Value) -> (String, String) {
        let answer = self.call("POST", "/keys", wish);
        assert_eq!(answer.status, 201, "{}", answer.text());
        let made = answer.value();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        (text(&made["key"]["id"]), text(&made["secret"]))
    }
}

/// Signs in by name and password.
pub fn sign_in(server: &Client, name: &str, password: &str) -> Answer {
    let body = json!({"name": name, "password": password}).to_string();
    server.post("/api/v1/session", &[], body.as_bytes())
}

/// Uses a one-time link, with the usual password.
#[track_caller]
pub fn use_link(server: &Client, secret: &str, name: Option<&str>) -> Somebody {
    let body = json!({"link": secret, "password": PASSWORD, "name": name, "full_name": name}).to_string();
    Somebody::of(server, &server.post("/api/v1/session/link", &[], body.as_bytes()))
}

/// The secret of the link that a first start printed last.
#[track_caller]
pub fn first_link(server: &Server) -> String {
    until("the link to the first administrator", || {
        let log = server.log();
        let (_, behind) = log.rsplit_once("/welcome#")?;
        let end = behind.find(|c: char| c.is_whitespace())?;
        Some(behind[..end].to_owned())
    })
}

/// A server with accounts and its first administrator, `admin`.
#[track_caller]
pub fn server_with_accounts(more: &str) -> (Server, Somebody) {
    let server = Server::configured(&format!("{ACCOUNTS}{more}"));
    let administrator = use_link(&server, &first_link(&server), Some("admin"));
    (server, administrator)
}
