//! Calls to the server, typed by what travels.

/// The calls, one function each.
pub mod calls;

use crate::i18n::{Language, Word};
use gloo_net::http::{Request, RequestBuilder, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared::wire::Problem;
use std::fmt;

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
    /// The server answered with an error and said nothing about it.
    #[error("the server answered {status}")]
    Status {
        /// HTTP status.
        status: u16,
        /// What stood in the answer.
        body: String,
    },
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
            CallError::Status { status, .. } => Some(*status),
        }
    }

    /// In a sentence for the person, and what the server said in detail.
    pub fn words(&self, language: Language) -> (String, Option<String>) {
        match self {
            CallError::Network(_) => (language.say(Word::FailedNetwork).to_owned(), None),
            CallError::Problem(problem) => (problem.title.clone(), Some(problem.detail.clone())),
            CallError::Status { status, .. } => (
                language.say(Word::FailedServer).to_owned(),
                Some(status.to_string()),
            ),
            CallError::Shape(detail) => (language.say(Word::FailedAnswer).to_owned(), Some(detail.clone())),
        }
    }
}

/// Fetches and reads.
pub async fn get<T: DeserializeOwned>(path: impl fmt::Display) -> Result<T, CallError> {
    read(send(Request::get(&format!("{BASE}{path}"))).await?).await
}

/// Fetches a text.
pub async fn get_text(path: impl fmt::Display) -> Result<String, CallError> {
    refuse(send(Request::get(&format!("{BASE}{path}"))).await?).await
}

/// Sends a body and reads the answer.
pub async fn post<B: Serialize, T: DeserializeOwned>(
    path: impl fmt::Display,
    body: &B,
) -> Result<T, CallError> {
    read(post_text(path, body).await?).await
}

/// Sends a body and only looks whether it was taken.
pub async fn post_only<B: Serialize>(path: impl fmt::Display, body: &B) -> Result<(), CallError> {
    refuse(post_text(path, body).await?).await.map(|_| ())
}

async fn post_text<B: Serialize>(path: impl fmt::Display, body: &B) -> Result<Response, CallError> {
    let text = serde_json::to_string(body).map_err(|error| CallError::Shape(error.to_string()))?;
    let request = Request::post(&format!("{BASE}{path}"))
        .header("content-type", "application/json")
        .body(text)
        .map_err(network)?;
    request.send().await.map_err(network)
}

async fn send(request: RequestBuilder) -> Result<Response, CallError> {
    request
        .header("accept", "application/json")
        .send()
        .await
        .map_err(network)
}

async fn read<T: DeserializeOwned>(response: Response) -> Result<T, CallError> {
    let text = refuse(response).await?;
    serde_json::from_str(&text).map_err(|error| CallError::Shape(error.to_string()))
}

/// The text of an answer that is no error.
async fn refuse(response: Response) -> Result<String, CallError> {
    let (ok, status) = (response.ok(), response.status());
    let text = response.text().await.map_err(network)?;
    if ok {
        return Ok(text);
    }
    Err(match serde_json::from_str::<Problem>(&text) {
        Ok(problem) => CallError::Problem(Box::new(problem)),
        Err(_) => CallError::Status {
            status,
            body: text.chars().take(500).collect(),
        },
    })
}

fn network(error: gloo_net::Error) -> CallError {
    CallError::Network(error.to_string())
}
