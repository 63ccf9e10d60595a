//! The whole way of a message: unpacked, read, taken in, folded, judged, counted, and asked for.

use api::clock::Clock;
use api::config::Configuration;
use api::engine::Engine;
use api::parcels::Book;
use api::routes::{App, app};
use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Uri, header};
use serde_json::Value;
use shared::time::Time;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

/// 2024-03-12T00:00Z: days behind the seeds, so that limits have passed.
const NOW: Time = Time(1_710_201_600_000);
/// Between two messages of an input.
const BETWEEN: &[u8] = b"\n--\n";
/// What is asked after the messages.
const ASKED: [&str; 9] = [
    "/api/v1/feeds",
    "/api/v1/feeds/problems?limit=1000",
    "/api/v1/stays?limit=1000",
    "/api/v1/alarms?limit=1000",
    "/api/v1/alarms/summary",
    "/api/v1/figures/overview",
    "/api/v1/figures/clearance?bucket=day&from=2024-03-01&to=2024-03-12",
    "/api/v1/figures/throughput?bucket=day&from=2024-03-01&to=2024-03-12",
    "/api/v1/yard",
];

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = tokio::runtime::Builder::new_multi_thread();
        builder.worker_threads(1).build().unwrap()
    })
}

/// A server in this process.
pub struct Port {
    router: Router,
    engine: Arc<Engine>,
    book: Arc<Book>,
    folder: Option<TempDir>,
}

impl Port {
    /// One with an empty directory, in memory where there is such a file system: the disk is proved elsewhere.
    pub fn start() -> Port {
        let memory = Path::new("/dev/shm");
        let folder = match memory.is_dir() {
            true => tempfile::tempdir_in(memory),
            false => tempfile::tempdir(),
        };
        Port::on(folder.unwrap())
    }

    fn on(folder: TempDir) -> Port {
        static CONFIGURATION: OnceLock<Arc<Configuration>> = OnceLock::new();
        let configuration = CONFIGURATION.get_or_init(Arc::default);
        let clock = Clock::simulated(NOW);
        let engine = Engine::start(
            folder.path(),
            Arc::clone(configuration),
            clock,
            true,
            &mut |_, _| {},
        );
        let engine = Arc::new(engine.unwrap());
        let book = Book::start(folder.path(), &engine, &mut |_, _| {});
        let book = Arc::new(book.unwrap());
        let state = App::open(Arc::clone(&engine)).with_parcels(Arc::clone(&book));
        Port {
            router: app(state, Router::new()),
            engine,
            book,
            folder: Some(folder),
        }
    }

    /// Stops it and starts it again with nothing but its journal.
    fn again(mut self) -> Port {
        self.book.stop();
        self.engine.stop();
        let folder = self.folder.take().unwrap();
        drop(self);
        for ending in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(folder.path().join(format!("state.db{ending}")));
        }
        Port::on(folder)
    }

    /// Sends a message, and holds the answer to what every answer must be.
    pub fn post(&self, feed: &str, packed: bool, body: &[u8]) -> Value {
        let mut request = Request::post(feed);
        if packed {
            request = request.header(header::CONTENT_ENCODING, "gzip");
        }
        let (status, answer) = self.ask(request.body(Body::from(body.to_vec())).unwrap());
        let answer: Value = serde_json::from_slice(&answer).expect("an answer is JSON");
        let count = |name: &str| answer[name].as_u64().unwrap_or_default();
        let problems = answer["problems"].as_array().map_or(0, Vec::len);
        let taken = count("accepted") + count("duplicate") + count("replaced");
        let expected = match (problems, taken) {
            (0, _) => 200,
            (_, 0) => 422,
            _ => 207,
        };
        assert!(
            status == expected || status == 400 && taken == 0,
            "{status}: {answer}"
        );
        answer
    }

    fn ask(&self, request: Request<Body>) -> (u16, Bytes) {
        runtime().block_on(async {
            let response = self.router.clone().oneshot(request).await.unwrap();
            let status = response.status().as_u16();
            assert!(status < 500, "{status}");
            (status, to_bytes(response.into_body(), usize::MAX).await.unwrap())
        })
    }

    fn everything(&self) -> Vec<Value> {
        let one = |path: &&str| {
            let (status, body) = get(self, Uri::try_from(*path).unwrap());
            assert_eq!(status, 200, "{path}");
            let mut answer: Value = serde_json::from_slice(&body).expect("an answer is JSON");
            // How often a source repeated itself is no event, and not in the journal.
            let items = answer.get_mut("items").and_then(Value::as_array_mut);
            for item in items.into_iter().flatten() {
                if let Some(fields) = item.as_object_mut() {
                    fields.remove("duplicates");
                }
            }
            answer
        };
        ASKED.iter().map(one).collect()
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.book.stop();
        self.engine.stop();
    }
}

/// Asks for an address.
pub fn get(port: &Port, address: Uri) -> (u16, Bytes) {
    let request = Request::builder().uri(address);
    port.ask(request.body(Body::empty()).unwrap())
}

/// Some messages, each with a first byte that says for which feed and whether it is packed. All are sent, sent again,
/// and all that is told of them must be the same after a start from the journal alone.
pub fn path(data: &[u8]) {
    let port = Port::start();
    let mut sent = Vec::new();
    for message in parts(data) {
        let Some((how, body)) = message.split_first() else {
            continue;
        };
        let feed = ["events", "dcsa", "edifact"][usize::from(*how) % 3];
        let feed = format!("/api/v1/feeds/{feed}");
        let packed = how & 0x80 != 0;
        let mut bytes = body.to_vec();
        if packed && how & 0x40 == 0 {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            writer.write_all(body).unwrap();
            bytes = writer.finish().unwrap();
        }
        port.post(&feed, packed, &bytes);
        // Sent again at once, nothing of it is new.
        let again = port.post(&feed, packed, &bytes);
        assert!(
            again["accepted"].as_u64().unwrap_or(0) == 0,
            "sent again, something is new: {again}"
        );
        sent.push((feed, packed, bytes));
    }
    let before = port.everything();
    let port = port.again();
    let after = port.everything();
    for ((before, after), asked) in before.iter().zip(&after).zip(ASKED) {
        assert!(
            before == after,
            "{asked} differs after a start from the journal:\n{before}\n{after}"
        );
    }
    for (feed, packed, bytes) in sent {
        let again = port.post(&feed, packed, &bytes);
        assert!(
            again["accepted"].as_u64().unwrap_or(0) == 0,
            "after a start, something is new: {again}"
        );
    }
}

fn parts(data: &[u8]) -> Vec<&[u8]> {
    let mut rest = data;
    let mut parts = Vec::new();
    while let Some(at) = rest.windows(BETWEEN.len()).position(|window| window == BETWEEN) {
        parts.push(&rest[..at]);
        rest = &rest[at + BETWEEN.len()..];
        if parts.len() == 3 {
            break;
        }
    }
    parts.push(rest);
    parts
}
