//! A server in this process, every answer of which is held against the description.

use super::schema::{misfits, resolve};
use api::access::{Access, now};
use api::clock::Clock;
use api::config::Configuration;
use api::engine::Engine;
use api::parcels::Book;
use api::release_desk::Desk;
use api::routes::{App, app};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, header};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).expect("the answer is JSON")
    }

    /// Its JSON, where its body has any.
    pub fn json_or_null(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.to_vec()).expect("the answer is UTF-8")
    }
}

/// A server with an empty directory.
pub struct Server {
    pub document: Value,
    /// Method, path and status of every answer so far that was held against the description.
    pub seen: BTreeSet<(String, String, String)>,
    router: Router,
    engine: Arc<Engine>,
    book: Arc<Book>,
    desk: Arc<Desk>,
    /// The secret of the link to the first administrator, with accounts.
    pub first_link: Option<String>,
    _folder: TempDir,
}

impl Server {
    pub fn start(document: &str) -> Server {
        Server::start_with(document, "")
    }

    /// A server with a configuration.
    pub fn start_with(document: &str, toml: &str) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let configuration = Configuration::read(toml, "quaylight.toml", folder.path()).unwrap();
        let configuration = Arc::new(configuration);
        let engine = Engine::start(folder.path(), configuration, Clock::Wall, false, &mut |_, _| {}).unwrap();
        let engine = Arc::new(engine);
        let book = Arc::new(Book::start(folder.path(), &engine, &mut |_, _| {}).unwrap());
        let access = Access::start(&engine.configuration.access, folder.path(), now()).unwrap();
        let desk = Arc::new(Desk::start(folder.path(), &engine).unwrap());
        let state = App {
            access: Arc::new(access),
            desk: Some(Arc::clone(&desk)),
            ..App::open(Arc::clone(&engine)).with_parcels(Arc::clone(&book))
        };
        let first_link = state.access.first_link(now()).unwrap();
        Server {
            document: serde_json::from_str(document).expect("the description is JSON"),
            seen: BTreeSet::new(),
            router: app(state, Router::new()),
            engine,
            book,
            desk,
            first_link,
            _folder: folder,
        }
    }

    /// The description of a call.
    pub fn operation(&self, method: &str, path: &str) -> &Value {
        let operation = &self.document["paths"][path][method];
        assert!(operation.is_object(), "{method} {path} is not described");
        operation
    }

    /// Makes a request without holding its answer against anything.
    pub async fn ask(&self, request: Request<Body>) -> axum::response::Response {
        self.router.clone().oneshot(request).await.unwrap()
    }

    /// A GET without further headers.
    pub async fn get(&mut self, path: &str, address: &str) -> Answer {
        self.call(path, Request::get(address).body(Body::empty()).unwrap())
            .await
    }

    /// A POST without further headers.
    pub async fn post(&mut self, path: &str, address: &str, body: impl Into<Body>) -> Answer {
        self.call(path, Request::post(address).body(body.into()).unwrap())
            .await
    }

    /// A PUT without further headers.
    pub async fn put(&mut self, path: &str, address: &str, body: impl Into<Body>) -> Answer {
        self.call(path, Request::put(address).body(body.into()).unwrap())
            .await
    }

    /// Makes a request to an address under the server that `path` describes, and holds the answer against it.
    pub async fn call(&mut self, path: &str, mut request: Request<Body>) -> Answer {
        let method = request.method().as_str().to_lowercase();
        let servers = &self.document["paths"][path]["servers"];
        let base = servers[0]["url"]
            .as_str()
            .or(self.document["servers"][0]["url"].as_str())
            .unwrap();
        let address = format!("{}{}", base.trim_end_matches('/'), request.uri());
        *request.uri_mut() = address.parse().unwrap();
        let response = self.ask(request).await;
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let answer = Answer {
            status,
            headers,
            body,
        };
        self.hold(&method, path, &address, &answer);
        answer
    }

    fn hold(&mut self, method: &str, path: &str, address: &str, answer: &Answer) {
        let Answer {
            status,
            headers,
            body,
        } = answer;
        let responses = &self.operation(method, path)["responses"];
        let named = status.to_string();
        let response = match &responses[named.as_str()] {
            Value::Null => &responses["default"],
            response => response,
        };
        let response = resolve(&self.document, response);
        let text = String::from_utf8_lossy(body);
        let Some(content) = response["content"].as_object() else {
            assert!(
                body.is_empty(),
                "{method} {address}: {status} is described without a body and has {text}"
            );
            self.seen.insert((method.to_owned(), path.to_owned(), named));
            return;
        };
        let kind = headers
            .get(header::CONTENT_TYPE)
            .expect("a content type")
            .to_str()
            .unwrap();
        let kind = kind.split(';').next().unwrap();
        let media = content.get(kind).unwrap_or_else(|| {
            panic!(
                "{method} {address}: {status} is described with {:?}, not {kind}: {text}",
                content.keys()
            )
        });
        if kind.ends_with("json") {
            let value: Value = serde_json::from_slice(body).unwrap();
            let wrong = misfits(&self.document, &media["schema"], &value);
            assert!(
                wrong.is_empty(),
                "{method} {address}: {status}\n{}\nin {value:#}",
                wrong.join("\n")
            );
        }
        self.seen.insert((method.to_owned(), path.to_owned(), named));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.book.stop();
        self.desk.stop();
        self.engine.stop();
    }
}
