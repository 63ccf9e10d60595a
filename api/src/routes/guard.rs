//! Nobody gets to a call but those who have the right that the call states.

use super::App;
use super::error::ApiError;
use super::figures::wants_csv;
use crate::access::audit::Deed;
use crate::access::{Access, Caller, now};
use crate::feeds::parcels::redact::people;
use crate::parcels::Book;
use crate::serving::apart;
use axum::Extension;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::Uri;
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use cookie::time::Duration;
use shared::access::Right;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// Whom a call answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Anybody: there is nothing of the port in the answer.
    Nothing,
    /// Whoever has signed in.
    SignedIn,
    /// Whoever may do this.
    To(Right),
    /// Whoever may do one of these; its name, and they.
    ToAny(&'static str, &'static [Right]),
}

/// Whoever sees anything at all of the port, or applies at its desk.
pub const SITES: Need = Need::ToAny("sites|applications", &[Right::Sites, Right::Applications]);
/// Everybody who has a part at the release desk.
pub const DESK: Need = Need::ToAny(
    "applications|proofread|review",
    &[Right::Applications, Right::Proofread, Right::Review],
);
/// Those to whom instructions go, and those who gave them.
pub const INSTRUCTIONS: Need = Need::ToAny(
    "proofread|review|send",
    &[Right::Proofread, Right::Review, Right::Send],
);
/// Those who answer instructions.
pub const ANSWERS: Need = Need::ToAny("proofread|send", &[Right::Proofread, Right::Send]);

impl Need {
    /// The name by which the description states it.
    pub fn name(self) -> &'static str {
        match self {
            Need::Nothing => "nothing",
            Need::SignedIn => "signed_in",
            Need::To(right) => right.name(),
            Need::ToAny(name, _) => name,
        }
    }
}

/// The cookie with the secret of a session. Browsers hold a name with this prefix to `Secure`, to this host and to all
/// its paths (RFC 6265bis §4.1.3.2), where they reach the server by TLS.
pub fn cookie_name(access: &Access) -> &'static str {
    match access.settings.is_secure() {
        true => "__Host-quaylight",
        false => "quaylight",
    }
}

/// The value of a cookie.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let texts = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok());
    let mut cookies = texts.flat_map(cookie::Cookie::split_parse).filter_map(Result::ok);
    cookies
        .find(|cookie| cookie.name() == name)
        .map(|cookie| cookie.value().to_owned())
}

/// The cookie of a session that began, or got another secret. A wall's stays as long as browsers keep one; it is set
/// anew whenever the secret changes.
pub fn session_cookie(access: &Access, secret: &str, lasting: bool) -> HeaderValue {
    own_cookie(cookie_name(access), secret, lasting.then(|| Duration::days(400)))
}

/// The cookie that takes the session's away.
pub fn no_session_cookie(access: &Access) -> HeaderValue {
    own_cookie(cookie_name(access), "", Some(Duration::ZERO))
}

/// A cookie for this server alone, of no use to scripts; without an age it goes with the browser.
pub fn own_cookie(name: &str, value: &str, age: Option<Duration>) -> HeaderValue {
    let mut cookie = cookie::Cookie::build((name, value))
        .path("/")
        .http_only(true)
        .secure(true)
        // Strict would leave out whoever follows a link from a letter.
        .same_site(cookie::SameSite::Lax);
    if let Some(age) = age {
        cookie = cookie.max_age(age);
    }
    // Names and secrets are of letters, digits, `-` and `_`, so it always is one.
    HeaderValue::try_from(cookie.build().to_string()).unwrap_or(HeaderValue::from_static(""))
}

/// The caller's network address. What a proxy says of it is believed where the configuration names the proxy.
pub fn address_of(request: &Request, access: &Access) -> Option<IpAddr> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    let proxies = &access.settings.proxies;
    let mut address = peer.ip().to_canonical();
    let forwarded = request.headers().get_all("x-forwarded-for").iter();
    let texts: Vec<&str> = forwarded.filter_map(|value| value.to_str().ok()).collect();
    let mut hops = texts.iter().flat_map(|text| text.split(',')).rev();
    // Each proxy appends whom it saw; behind the first that is not ours, anything may stand there.
    while proxies.contains(&address) {
        let Some(next) = hops.next().and_then(|hop| hop.trim().parse::<IpAddr>().ok()) else {
            break;
        };
        address = next.to_canonical();
    }
    Some(address)
}

/// Finds out who asks. The session's secret is changed now and then; the answer then carries the new one.
pub async fn identify(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let access = &app.access;
    let address = address_of(&request, access);
    let secret = cookie(request.headers(), cookie_name(access));
    let key = bearer(request.headers());
    let identified = access.identify(secret.as_deref(), key, address, now());
    let renewed = match identified.stale {
        None => None,
        Some(stale) => {
            let access = Arc::clone(access);
            let renewed = apart(move || access.renew(stale, now())).await;
            match renewed {
                Ok(Ok(renewed)) => renewed,
                Ok(Err(error)) => {
                    tracing::error!(%error, "that a session is used could not be written down");
                    None
                }
                Err(_) => None,
            }
        }
    };
    request.extensions_mut().insert(identified.caller);
    request.extensions_mut().insert(Arc::clone(access));
    if let Some(book) = &app.parcels {
        request.extensions_mut().insert(Arc::clone(book));
    }
    let mut response = next.run(request).await;
    if let Some(renewed) = renewed
        && !response.headers().contains_key(header::SET_COOKIE)
    {
        let cookie = session_cookie(access, &renewed.secret, renewed.lasting);
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The key that was sent along (RFC 6750 §2.1).
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let text = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

/// Lets through who has the right that a call states. Views of single trails and what is taken out are in the audit
/// log before they are answered.
pub async fn require(
    State((need, path)): State<(Need, &'static str)>,
    Extension(access): Extension<Arc<Access>>,
    caller: Caller,
    request: Request,
    next: Next,
) -> Response {
    let may = match need {
        Need::Nothing => true,
        Need::SignedIn => caller.is_open() || caller.known.is_some(),
        Need::To(right) => caller.has(right),
        Need::ToAny(_, rights) => rights.iter().any(|right| caller.has(*right)),
    };
    if !may {
        drain(request).await;
        return refusal(&caller, need).into_response();
    }
    if !access.has_accounts() {
        return next.run(request).await;
    }
    let exports = request.method().is_safe() && wants_csv(request.headers());
    if exports && !caller.has(Right::Export) {
        return refusal(&caller, Need::To(Right::Export)).into_response();
    }
    let views = access.settings.audit_reads && SINGLE_TRAILS.contains(&path);
    let deed = match (exports, views) {
        (true, _) => Some(Deed::Exported),
        (_, true) => Some(Deed::TrailViewed),
        _ => None,
    };
    if let Some(deed) = deed {
        let uri = request.uri();
        let book = request.extensions().get::<Arc<Book>>();
        let subject = match deed {
            Deed::Exported if path.starts_with("/parcels") => without_people(uri, path, book),
            Deed::Exported => uri
                .path_and_query()
                .map_or(uri.path(), |all| all.as_str())
                .to_owned(),
            _ => of_path(path, uri.path()).to_owned(),
        };
        if let Err(error) = log(&access, &caller, deed, &subject, None).await {
            return error.into_response();
        }
    }
    next.run(request).await
}

/// The calls that answer about one box.
const SINGLE_TRAILS: [&str; 3] = ["/containers/{number}", "/stays/{id}", "/stays/{id}/usual"];

/// A path with its query, in which nobody's identity number stays: somebody may have looked for one. Without a key, or
/// where it can't be read, the call alone.
fn without_people(uri: &Uri, template: &str, book: Option<&Arc<Book>>) -> String {
    let clean = |book: &Book| -> Option<String> {
        let pairs = |text: &str| serde_urlencoded::from_str::<Vec<(String, String)>>(text).ok();
        let clean = |text: &str| people(text, &book.key);
        // Read as a query is, in which these two mean something else.
        let path = uri.path().replace('&', "%26").replace('+', "%2B");
        let path = pairs(&format!("path={path}"))?.pop()?.1;
        let query = pairs(uri.query().unwrap_or_default())?.into_iter();
        let query: Vec<_> = query.map(|(name, value)| (clean(&name), clean(&value))).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        let query = serde_urlencoded::to_string(query).ok()?;
        Some(format!("{}{mark}{query}", clean(&path)))
    };
    book.and_then(|book| clean(book))
        .unwrap_or_else(|| template.to_owned())
}

/// What stands in a path where its template has a name.
fn of_path<'p>(template: &str, path: &'p str) -> &'p str {
    let place = template.split('/').position(|part| part.starts_with('{'));
    place
        .and_then(|place| path.split('/').nth(place))
        .unwrap_or_default()
}

/// Reads what was sent to a call that is refused, as far as it is small: a client that is still sending when the
/// connection closes does not see why.
pub(super) async fn drain(request: Request) {
    // More than that, or a body that breaks off, is not waited for.
    let _ = axum::body::to_bytes(request.into_body(), 64 * 1024).await;
}

fn refusal(caller: &Caller, need: Need) -> ApiError {
    match &caller.known {
        None => ApiError::signed_out(),
        Some(known) => ApiError::forbidden(format!(
            "the role `{}` has no right to `{}`",
            known.role.name(),
            need.name()
        )),
    }
}

/// Writes to the audit log, away from the threads that answer. What can't be logged is not done.
pub async fn log(
    access: &Arc<Access>,
    caller: &Caller,
    deed: Deed,
    subject: &str,
    detail: Option<String>,
) -> Result<(), ApiError> {
    if !access.has_accounts() {
        return Ok(());
    }
    let (access, doer, subject) = (Arc::clone(access), caller.doer(), subject.to_owned());
    let logged = apart(move || access.log(&doer, deed, &subject, detail.as_deref()));
    Ok(logged.await.map_err(|_| ApiError::internal())??)
}

/// The headers that keep a browser from being talked into anything, on every answer that has none of its own.
pub async fn safe_headers(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: header::HeaderName, value: HeaderValue| {
        headers.entry(name).or_insert(value);
    };
    set(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    );
    set(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    set(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    set(
        header::HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    set(
        header::HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static("camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    );
    // Answers are somebody's own, and nothing in between may keep them.
    set(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if app.access.settings.is_secure() {
        // RFC 6797.
        set(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    response
}
