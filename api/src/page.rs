//! Serves the page that is inside the program.
//!
//! The files come compressed at build time by `cargo xtask build`, with brotli and gzip, as a table that the
//! program includes: nothing is compressed while serving, and no crate is needed for it. `memory-serve` and
//! `rust-embed` were weighed: both would have their build script compress, without optimisation, and compile the
//! whole server again for every change of the page; neither knows the hash that the content-security policy
//! needs, which here comes out of the same step as the page and so always fits it.

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};

/// The page as `cargo xtask build` packs it.
#[derive(Debug)]
pub struct Page {
    /// `sha256-…` of the one inline script, Trunk's loader.
    pub script_hash: &'static str,
    /// All its files; `/index.html` is among them.
    pub files: &'static [File],
}

/// One file of the page, in every encoding that it is served in.
#[derive(Debug)]
pub struct File {
    /// Its path on the server.
    pub path: &'static str,
    /// A hash of its content.
    pub tag: &'static str,
    /// Whether its name changes with its content, so that a browser may keep it for good.
    pub immutable: bool,
    /// As it is.
    pub plain: &'static [u8],
    /// With brotli.
    pub brotli: &'static [u8],
    /// With gzip: over an unencrypted network browsers don't take brotli.
    pub gzip: &'static [u8],
}

/// What every answer about the page needs.
#[derive(Clone)]
struct Shelf {
    page: Option<&'static Page>,
    policy: HeaderValue,
}

/// The endings of names that can only be files; any other address is one of the page's own.
const FILE_ENDINGS: [&str; 13] = [
    ".css",
    ".html",
    ".ico",
    ".jpg",
    ".js",
    ".json",
    ".map",
    ".png",
    ".svg",
    ".txt",
    ".wasm",
    ".webmanifest",
    ".woff2",
];

/// Answers everything that is no call: mount it as the fallback of all other routes.
///
/// A file of the page is served by its path; any other address that could be one of the page's own gets
/// `index.html`, since the page does its own routing. Without a built page it says how to build one.
/// Within a frame it is shown by the pages of `ancestors` only.
pub fn router(page: Option<&'static Page>, ancestors: &[String]) -> Router {
    let shelf = Shelf {
        page,
        policy: policy(page, ancestors),
    };
    Router::new().fallback(serve).with_state(shelf)
}

async fn serve(State(shelf): State<Shelf>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let mut response = if parts.uri.path().starts_with("/api/") {
        problem(
            StatusCode::NOT_FOUND,
            "There is no such call; /api/v1/openapi.json describes those there are",
        )
    } else if parts.method != Method::GET && parts.method != Method::HEAD {
        let mut response = problem(StatusCode::METHOD_NOT_ALLOWED, "The page can only be read");
        response
            .headers_mut()
            .insert(header::ALLOW, HeaderValue::from_static("GET, HEAD"));
        response
    } else {
        match shelf.page {
            Some(page) => file(page, parts.uri.path(), &parts.headers),
            None => not_built(),
        }
    };
    if parts.method == Method::HEAD {
        // Only the body goes; the length it would have stays.
        *response.body_mut() = Body::empty();
    }
    guard(response.headers_mut(), &shelf.policy);
    response
}

/// The file at a path, or the page itself for one of its own addresses.
fn file(page: &'static Page, path: &str, asked: &HeaderMap) -> Response {
    let find = |path: &str| page.files.iter().find(|file| file.path == path);
    let is_file = FILE_ENDINGS.iter().any(|ending| path.ends_with(ending));
    let found = find(path).or_else(|| if is_file { None } else { find("/index.html") });
    let Some(file) = found else {
        return problem(StatusCode::NOT_FOUND, "The page has no such file");
    };

    let (encoding, content) = encode(file, asked);
    // Each encoding is a representation of its own, and has its own tag.
    let tag = format!(
        "\"{}{}\"",
        file.tag,
        encoding.map_or("", |encoding| &encoding[..1])
    );
    let known = asked
        .get(header::IF_NONE_MATCH)
        .and_then(|value| value.to_str().ok());
    let unchanged = known.is_some_and(|known| known == "*" || known.contains(&tag));

    let mut response = if unchanged {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(content).into_response()
    };
    let headers = response.headers_mut();
    if !unchanged {
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media(file.path)));
        headers.insert(header::CONTENT_LENGTH, HeaderValue::from(content.len()));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
    }
    if let Ok(tag) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    let keep = if file.immutable {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    response
}

/// The smallest encoding that the browser takes.
fn encode(file: &'static File, asked: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
    let accepts = |encoding: &str| {
        let offers = asked
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok());
        offers.flat_map(|value| value.split(',')).any(|offer| {
            let (name, weight) = offer.split_once(';').unwrap_or((offer, "q=1"));
            let refused = weight
                .trim()
                .strip_prefix("q=")
                .is_some_and(|q| q.parse() == Ok(0.0_f32));
            name.trim().eq_ignore_ascii_case(encoding) && !refused
        })
    };
    let (smallest, rest) = if file.brotli.len() <= file.gzip.len() {
        (("br", file.brotli), ("gzip", file.gzip))
    } else {
        (("gzip", file.gzip), ("br", file.brotli))
    };
    for (encoding, content) in [smallest, rest] {
        if accepts(encoding) {
            return (Some(encoding), content);
        }
    }
    (None, file.plain)
}

/// The content type that a name stands for. The browser is told to believe it.
fn media(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// What the page may do: run its own script, Trunk's loader by its hash, and wasm; fetch from its own server; and
/// nothing else.
fn policy(page: Option<&'static Page>, ancestors: &[String]) -> HeaderValue {
    let ancestors = match ancestors {
        [] => "'none'".to_owned(),
        some => some.join(" "),
    };
    let scripts = match page {
        Some(page) => format!("'self' 'wasm-unsafe-eval' '{}'", page.script_hash),
        None => "'none'".to_owned(),
    };
    let policy = format!(
        "default-src 'none'; script-src {scripts}; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; \
         connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors {ancestors}"
    );
    // A hash is always printable; were it not, a page that may do nothing is the safe way to fail.
    HeaderValue::try_from(policy).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

/// The headers that keep a browser from being talked into anything.
fn guard(headers: &mut HeaderMap, policy: &HeaderValue) {
    const OTHERS: [(HeaderName, &str); 4] = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (
            HeaderName::from_static("cross-origin-opener-policy"),
            "same-origin",
        ),
        (
            HeaderName::from_static("cross-origin-resource-policy"),
            "same-origin",
        ),
    ];
    headers.insert(header::CONTENT_SECURITY_POLICY, policy.clone());
    for (name, value) in OTHERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// RFC 9457, as every call answers.
fn problem(status: StatusCode, detail: &str) -> Response {
    let body = serde_json::json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": detail,
    });
    let media = [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, media, body.to_string()).into_response()
}

/// For a program that cargo alone has built.
fn not_built() -> Response {
    const TEXT: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Quaylight</title>\
        <p>This program was built without its page. Run <code>cargo xtask build</code>, then \
        <code>target/release/quaylight serve</code>. The calls under <code>/api/v1</code> work.";
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (StatusCode::SERVICE_UNAVAILABLE, headers, TEXT).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;
    use axum::extract::State;

    static PAGE: Page = Page {
        script_hash: "sha256-abc=",
        files: &[
            File {
                path: "/app-0123.wasm",
                tag: "77",
                immutable: true,
                plain: b"wasm wasm",
                brotli: b"br",
                gzip: b"gzip",
            },
            File {
                path: "/index.html",
                tag: "99",
                immutable: false,
                plain: b"<p>",
                brotli: b"br",
                gzip: b"gz",
            },
        ],
    };

    async fn ask(
        page: Option<&'static Page>,
        method: Method,
        path: &str,
        asked: &[(&str, &str)],
    ) -> (Response, String) {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in asked {
            request = request.header(*name, *value);
        }
        let shelf = Shelf {
            page,
            policy: policy(page, &[]),
        };
        let response = serve(State(shelf), request.body(Body::empty()).unwrap()).await;
        let (parts, body) = response.into_parts();
        let text = String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().to_vec()).unwrap();
        (Response::from_parts(parts, Body::empty()), text)
    }

    fn header_of(response: &Response, name: &str) -> String {
        response
            .headers()
            .get(name)
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default()
    }

    #[tokio::test]
    async fn a_file_comes_in_the_encoding_that_was_asked_for_and_is_kept_for_good() {
        let (response, body) = ask(
            Some(&PAGE),
            Method::GET,
            "/app-0123.wasm",
            &[("accept-encoding", "gzip, deflate, br;q=0.9")],
        )
        .await;
        assert_eq!(
            (body.as_str(), header_of(&response, "content-encoding").as_str()),
            ("br", "br")
        );
        assert_eq!(header_of(&response, "content-type"), "application/wasm");
        assert_eq!(
            header_of(&response, "cache-control"),
            "public, max-age=31536000, immutable"
        );
        assert_eq!(header_of(&response, "x-content-type-options"), "nosniff");

        let (response, body) = ask(
            Some(&PAGE),
            Method::GET,
            "/app-0123.wasm",
            &[("accept-encoding", "gzip, br;q=0")],
        )
        .await;
        assert_eq!(
            (body.as_str(), header_of(&response, "content-encoding").as_str()),
            ("gzip", "gzip")
        );

        let (response, body) = ask(Some(&PAGE), Method::GET, "/app-0123.wasm", &[]).await;
        assert_eq!(
            (body.as_str(), header_of(&response, "content-encoding").as_str()),
            ("wasm wasm", "")
        );
    }

    #[tokio::test]
    async fn the_pages_own_addresses_get_the_page_under_its_policy() {
        for path in ["/", "/yard", "/containers/CSU6097384", "/yard/G124405.1"] {
            let (response, body) = ask(Some(&PAGE), Method::GET, path, &[]).await;
            assert_eq!(
                (response.status(), body.as_str()),
                (StatusCode::OK, "<p>"),
                "{path}"
            );
            assert_eq!(header_of(&response, "cache-control"), "no-cache");
            let policy = header_of(&response, "content-security-policy");
            assert!(
                policy.contains("script-src 'self' 'wasm-unsafe-eval' 'sha256-abc=';"),
                "{policy}"
            );
            assert!(
                !policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"),
                "{policy}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_not_there_is_not_the_page() {
        let (response, _) = ask(Some(&PAGE), Method::GET, "/app-9999.wasm", &[]).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        let (response, body) = ask(Some(&PAGE), Method::GET, "/api/v1/nothing", &[]).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
        assert_eq!(header_of(&response, "content-type"), "application/problem+json");
        assert!(body.contains("\"status\":404"), "{body}");
        let (response, _) = ask(Some(&PAGE), Method::POST, "/", &[]).await;
        assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    }

    #[tokio::test]
    async fn a_browser_that_has_it_is_not_sent_it_again() {
        let asked = [("accept-encoding", "br"), ("if-none-match", "\"99b\"")];
        let (response, body) = ask(Some(&PAGE), Method::GET, "/alarms", &asked).await;
        assert_eq!((response.status(), body.as_str()), (StatusCode::NOT_MODIFIED, ""));
        // The same tag in another encoding is another representation.
        let (response, _) = ask(
            Some(&PAGE),
            Method::GET,
            "/alarms",
            &[("if-none-match", "\"99b\"")],
        )
        .await;
        assert_eq!(response.status(), StatusCode::OK);
    }

    #[tokio::test]
    async fn asking_for_the_head_sends_no_body() {
        let (response, body) = ask(Some(&PAGE), Method::HEAD, "/", &[]).await;
        assert_eq!(
            (header_of(&response, "content-length").as_str(), body.as_str()),
            ("3", "")
        );
    }

    #[tokio::test]
    async fn without_a_page_it_says_how_to_build_one() {
        let (response, body) = ask(None, Method::GET, "/", &[]).await;
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(body.contains("cargo xtask build"), "{body}");
        assert!(header_of(&response, "content-security-policy").contains("script-src 'none'"));
    }
}
