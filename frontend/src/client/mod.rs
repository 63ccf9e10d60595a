//! Calls to the server, typed by what travels.

/// The calls, one function each.
pub mod calls;
/// What travels, read field by field.
mod reader;
/// The bodies that are sent.
mod writer;

pub use writer::{Member, object};

pub use reader::{Misfit, Mistakes, Read, member, members, plain, read};

use crate::i18n::{Language, Word, format};
use crate::session;
use gloo_net::http::{Method, RequestBuilder};
use shared::wire::Problem;
use std::future::Future;
use std::pin::Pin;

/// Where the calls are.
const BASE: &str = "/api/v1";

/// Why a call brought nothing.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CallError {
    /// The server was not reached.
    #[error("the server was not reached: {0}")]
    Network(String),
    /// The server said what is wrong, in the form of RFC 9457.
    #[error("{}: {}", .0.title, .0.detail)]
    Problem(Box<Problem>),
    /// Too much was asked, or too many wrong passwords were typed.
    #[error("the server wants to be asked again in {0} seconds")]
    TooMany(u64),
    /// The server answered with an error and said nothing about it.
    #[error("the server answered {0}")]
    Status(u16),
    /// The answer is none that this page understands.
    #[error("the answer was not understood: {0}")]
    Shape(String),
}

impl CallError {
    /// HTTP status, where there is one.
    pub fn status(&self) -> Option<u16> {
        match self {
            CallError::Network(_) | CallError::Shape(_) => None,
            CallError::Problem(problem) => Some(problem.status),
            CallError::TooMany(_) => Some(429),
            CallError::Status(status) => Some(*status),
        }
    }

    /// In a sentence for the person, and what the server said in detail.
    pub fn words(&self, language: Language) -> (String, Option<String>) {
        match self {
            CallError::Network(_) => (language.say(Word::FailedNetwork).to_owned(), None),
            CallError::Problem(problem) => (problem.title.clone(), Some(problem.detail.clone())),
            CallError::TooMany(seconds) => {
                let wait = format::duration(language, i64::try_from(*seconds).unwrap_or(i64::MAX));
                (language.fill(Word::AskedTooOften, wait), None)
            }
            CallError::Status(status) => (
                language.say(Word::FailedServer).to_owned(),
                Some(status.to_string()),
            ),
            CallError::Shape(detail) => (language.say(Word::FailedAnswer).to_owned(), Some(detail.clone())),
        }
    }
}

type Text = Pin<Box<dyn Future<Output = Result<String, CallError>>>>;

/// Fetches and reads.
pub async fn get<T: Read>(path: String) -> Result<T, CallError> {
    understood(&text(Method::GET, path, None).await?)
}

/// Sends a body and reads the answer.
pub async fn post<T: Read>(path: String, body: String) -> Result<T, CallError> {
    understood(&text(Method::POST, path, Some(body)).await?)
}

/// Sends a body in another way and reads the answer.
pub async fn send<T: Read>(method: Method, path: String, body: Option<String>) -> Result<T, CallError> {
    understood(&text(method, path, body).await?)
}

/// Sends an empty object and only looks whether it was taken.
pub async fn post_nothing(path: String) -> Result<(), CallError> {
    text(Method::POST, path, Some("{}".to_owned())).await.map(|_| ())
}

/// Reads an answer.
pub fn understood<T: Read>(text: &str) -> Result<T, CallError> {
    read(text).map_err(|error| CallError::Shape(error.to_string()))
}

/// The text of an answer that is no error. Boxed, so that it is there once and not once for each call.
pub fn text(method: Method, path: String, body: Option<String>) -> Text {
    text_as("application/json", method, path, body)
}

/// The same in a format of the caller's choice.
pub fn text_as(format: &'static str, method: Method, path: String, body: Option<String>) -> Text {
    answer(format, method, format!("{BASE}{path}"), body)
}

/// The text of a file beside the page.
pub fn file(path: String) -> Text {
    answer("text/plain", Method::GET, path, None)
}

fn answer(format: &'static str, method: Method, url: String, body: Option<String>) -> Text {
    Box::pin(async move {
        let Whatever { status, text, wait } = exchange(format, method, url, body).await?;
        if (200..300).contains(&status) {
            return Ok(text);
        }
        Err(refusal(status, &text, wait))
    })
}

/// An answer of whatever status.
pub struct Whatever {
    /// HTTP status.
    pub status: u16,
    /// What it says.
    pub text: String,
    // When it wants to be asked again.
    wait: Option<String>,
}

/// Sends a body; an answer that refuses it says in its own shape what is wrong with it.
pub fn send_whatever(
    method: Method,
    path: String,
    body: String,
) -> Pin<Box<dyn Future<Output = Result<Whatever, CallError>>>> {
    exchange("application/json", method, format!("{BASE}{path}"), Some(body))
}

/// Why an answer of this status brought nothing.
pub fn refused(answer: &Whatever) -> CallError {
    refusal(answer.status, &answer.text, answer.wait.clone())
}

fn refusal(status: u16, text: &str, wait: Option<String>) -> CallError {
    if let (429, Some(wait)) = (status, wait)
        && let Ok(seconds) = wait.parse()
    {
        return CallError::TooMany(seconds);
    }
    match read::<Problem>(text) {
        Ok(problem) => CallError::Problem(Box::new(problem)),
        Err(_) => CallError::Status(status),
    }
}

#[inline(never)]
fn exchange(
    format: &'static str,
    method: Method,
    url: String,
    body: Option<String>,
) -> Pin<Box<dyn Future<Output = Result<Whatever, CallError>>>> {
    Box::pin(async move {
        let request = RequestBuilder::new(&url).method(method);
        let response = match body {
            None => request.header("accept", format).send().await,
            Some(body) => {
                let request = request.header("content-type", "application/json").body(body);
                request.map_err(network)?.send().await
            }
        };
        let response = response.map_err(network)?;
        let text = response.text().await.map_err(network)?;
        let status = response.status();
        // Whether a name and a password belong together says nothing of the session that is there.
        if matches!(status, 401 | 403) && !url.starts_with("/api/v1/session") {
            session::doubt();
        }
        Ok(Whatever {
            status,
            text,
            wait: response.headers().get("retry-after"),
        })
    })
}

fn network(error: gloo_net::Error) -> CallError {
    CallError::Network(error.to_string())
}
