//! Under which names the server answers, and which pages may send to it: what keeps another page in the same browser
//! from speaking for a person (DNS rebinding and cross-site request forgery).

use super::App;
use super::error::ApiError;
use super::guard::drain;
use crate::config;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Serves requests under the server's own names, and those that change something from its own pages only. Plain
/// clients that name no page are served.
pub async fn guard(State(app): State<App>, request: Request, next: Next) -> Response {
    let settings = &app.access.settings;
    let Some(host) = host_of(&request) else {
        return next.run(request).await;
    };
    if !is_local(&host) && !is_configured(settings, &host) {
        let detail = match app.access.has_accounts() {
            true => "the server is not reached under this name; `access.origins` says under which it is",
            false => {
                "access is open, so only 127.0.0.1, [::1] and localhost are served under their own names"
            }
        };
        drain(request).await;
        return ApiError::forbidden(detail).into_response();
    }
    let changes = !request.method().is_safe();
    if changes && comes_from_another_page(request.headers(), &host, settings) {
        drain(request).await;
        return ApiError::forbidden("a page of another origin may not send").into_response();
    }
    next.run(request).await
}

/// The name that was called: in HTTP/2 it stands in the address.
fn host_of(request: &Request) -> Option<String> {
    let named = request.headers().get(header::HOST);
    match named {
        // What can't be read is nobody's name.
        Some(host) => Some(host.to_str().unwrap_or("?").to_owned()),
        None => request
            .uri()
            .authority()
            .map(|authority| authority.as_str().to_owned()),
    }
}

fn is_configured(settings: &config::Access, host: &str) -> bool {
    let authorities = settings.origins.iter().map(|origin| authority_of(origin));
    authorities
        .into_iter()
        .any(|authority| authority.eq_ignore_ascii_case(host))
}

fn authority_of(origin: &str) -> &str {
    origin
        .split_once("://")
        .map_or(origin, |(_, authority)| authority)
}

/// Whether an authority is this machine by one of its own names.
pub fn is_local(authority: &str) -> bool {
    let name = match authority.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => authority,
    };
    matches!(name, "127.0.0.1" | "[::1]" | "localhost")
}

fn comes_from_another_page(headers: &HeaderMap, host: &str, settings: &config::Access) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    if matches!(text("sec-fetch-site"), Some("cross-site")) {
        return true;
    }
    text("origin").is_some_and(|origin| {
        let own = authority_of(origin).eq_ignore_ascii_case(host)
            || settings.origins.iter().any(|known| known == origin);
        !own
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_goes_by_three_names() {
        for local in ["127.0.0.1", "localhost:8080", "[::1]", "[::1]:80"] {
            assert!(is_local(local), "{local}");
        }
        for other in [
            "127.0.0.1.example",
            "localhost.example:80",
            "127.0.0.2",
            "::1",
            "localhost:80@example",
            "?",
        ] {
            assert!(!is_local(other), "{other}");
        }
    }

    #[test]
    fn a_page_of_the_configured_origin_may_send_through_a_proxy_and_no_other() {
        let settings = config::Access {
            origins: vec!["https://quaylight.example".to_owned()],
            ..config::Access::default()
        };
        let of = |origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("origin", origin.parse().unwrap());
            comes_from_another_page(&headers, "127.0.0.1:8080", &settings)
        };
        assert!(!of("https://quaylight.example") && !of("http://127.0.0.1:8080"));
        assert!(of("http://quaylight.example") && of("https://evil.example") && of("null"));
        assert!(of("http://127.0.0.1:9090"));
    }
}
