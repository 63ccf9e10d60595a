//! Errors as they travel: `application/problem+json` (RFC 9457). What went wrong inside is logged, never shown.

use crate::access::AccessError;
use crate::engine::EngineError;
use crate::engine::state::StateError;
use crate::engine::store::StoreError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use shared::wire::Problem;

/// An error of a call.
#[derive(Debug)]
pub struct ApiError {
    problem: Box<Problem>,
    alarm: Option<Box<shared::wire::alarm::Alarm>>,
    application: Option<Box<shared::wire::release_desk::Application>>,
    /// Seconds after which the same may be tried again.
    retry_after: Option<u64>,
}

impl ApiError {
    fn new(status: StatusCode, kind: &str, title: &str, detail: impl Into<String>) -> ApiError {
        let problem = Problem {
            kind: format!("/problems/{kind}"),
            title: title.to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            parameter: None,
        };
        ApiError {
            problem: Box::new(problem),
            alarm: None,
            application: None,
            retry_after: None,
        }
    }

    fn again_after(mut self, seconds: u64) -> ApiError {
        self.retry_after = Some(seconds);
        self
    }

    /// 400: a query parameter or a field is wrong.
    pub fn parameter(name: &str, detail: impl Into<String>) -> ApiError {
        let mut error = ApiError::bad_request(detail);
        error.problem.parameter = Some(name.to_owned());
        error
    }

    /// 400.
    pub fn bad_request(detail: impl Into<String>) -> ApiError {
        ApiError::new(
            StatusCode::BAD_REQUEST,
            "bad-request",
            "The request is wrong",
            detail,
        )
    }

    /// 401: whoever asks has not said who they are.
    pub fn signed_out() -> ApiError {
        ApiError::unauthorized("sign in, or send a key along (`Authorization: Bearer …`)")
    }

    /// 401.
    pub fn unauthorized(detail: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::UNAUTHORIZED, "unauthorized", "Not signed in", detail)
    }

    /// 403.
    pub fn forbidden(detail: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::FORBIDDEN, "forbidden", "Not allowed", detail)
    }

    /// 404.
    pub fn not_found(detail: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
    }

    /// 405.
    pub fn method(detail: impl Into<String>) -> ApiError {
        ApiError::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "method",
            "Another method is needed",
            detail,
        )
    }

    /// 408: a body did not come forward.
    pub fn too_slow() -> ApiError {
        ApiError::new(
            StatusCode::REQUEST_TIMEOUT,
            "too-slow",
            "The body came too slowly",
            "the body did not come forward; send it again over a better line, or in parts",
        )
    }

    /// 409, with the alarm as it is now.
    pub fn conflict(detail: impl Into<String>, alarm: shared::wire::alarm::Alarm) -> ApiError {
        let mut error = ApiError::new(StatusCode::CONFLICT, "conflict", "It changed meanwhile", detail);
        error.alarm = Some(Box::new(alarm));
        error
    }

    /// 409, of what is no alarm.
    pub fn changed(detail: impl Into<String>) -> ApiError {
        ApiError::new(StatusCode::CONFLICT, "conflict", "It changed meanwhile", detail)
    }

    /// 409, with the application as it is now.
    pub fn desk_conflict(
        detail: impl Into<String>,
        application: shared::wire::release_desk::Application,
    ) -> ApiError {
        let mut error = ApiError::new(StatusCode::CONFLICT, "conflict", "It changed meanwhile", detail);
        error.application = Some(Box::new(application));
        error
    }

    /// 413.
    pub fn too_large(detail: impl Into<String>) -> ApiError {
        ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-large",
            "The body is too large",
            detail,
        )
    }

    /// 415.
    pub fn encoding(detail: impl Into<String>) -> ApiError {
        ApiError::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "encoding",
            "This kind of content is not taken",
            detail,
        )
    }

    /// 429, with the seconds to wait.
    pub fn too_many(detail: impl Into<String>, seconds: u64) -> ApiError {
        let mut error = ApiError::new(
            StatusCode::TOO_MANY_REQUESTS,
            "too-many",
            "Too many requests",
            detail,
        );
        error.retry_after = Some(seconds);
        error
    }

    /// 500: the cause is in the log.
    pub fn internal() -> ApiError {
        let detail = "something failed inside the server; its log says what";
        ApiError::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The server failed",
            detail,
        )
    }

    /// 503: as much is being done as can be.
    pub fn busy(detail: impl Into<String>) -> ApiError {
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "busy",
            "Too much at once",
            detail,
        )
        .again_after(5)
    }

    /// 503.
    pub fn unavailable(detail: impl Into<String>) -> ApiError {
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Not available now",
            detail,
        )
        .again_after(5)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> ApiError {
        tracing::error!(%error, "a look-up failed");
        ApiError::internal()
    }
}

impl From<AccessError> for ApiError {
    fn from(error: AccessError) -> ApiError {
        let detail = error.to_string();
        match error {
            AccessError::Wrong | AccessError::Token => ApiError::unauthorized(detail),
            AccessError::TooMany(seconds) => ApiError::too_many(detail, seconds),
            AccessError::Link | AccessError::NotFound(_) => ApiError::not_found(detail),
            AccessError::Refused(parameter, _) => ApiError::parameter(parameter, detail),
            AccessError::Weak(_) => ApiError::parameter("password", detail),
            AccessError::Store(_) => {
                tracing::error!(error = detail, "access.db could not be read or written");
                ApiError::unavailable(
                    "nothing was done: who may do what could not be written down; try again later",
                )
            }
            AccessError::Chance(_) | AccessError::Hash(_) | AccessError::Provider(_) => {
                tracing::error!(error = detail, "access failed");
                ApiError::internal()
            }
        }
    }
}

impl From<StateError> for ApiError {
    fn from(error: StateError) -> ApiError {
        tracing::error!(%error, "a look-up failed");
        ApiError::internal()
    }
}

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> ApiError {
        match error {
            EngineError::Journal(reason) => {
                tracing::error!(reason, "the journal could not be written");
                ApiError::unavailable("nothing was taken: the journal could not be written; send again later")
            }
            EngineError::Standing(_) | EngineError::Stopped => ApiError::unavailable(error.to_string()),
            EngineError::NotFound(_) => ApiError::not_found(error.to_string()),
            EngineError::RulesChanged { .. } => ApiError::new(
                StatusCode::CONFLICT,
                "conflict",
                "It changed meanwhile",
                error.to_string(),
            ),
            EngineError::Request(reason) => ApiError::bad_request(reason),
            // Calls that act on an alarm answer with the alarm themselves.
            EngineError::Conflict { reason, .. } => {
                ApiError::new(StatusCode::CONFLICT, "conflict", "It changed meanwhile", reason)
            }
        }
    }
}

#[derive(serde::Serialize)]
struct Body {
    #[serde(flatten)]
    problem: Problem,
    #[serde(skip_serializing_if = "Option::is_none")]
    alarm: Option<Box<shared::wire::alarm::Alarm>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    application: Option<Box<shared::wire::release_desk::Application>>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (
            status,
            Json(Body {
                problem: *self.problem,
                alarm: self.alarm,
                application: self.application,
            }),
        )
            .into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if let Some(seconds) = self.retry_after {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            // RFC 9110 §11.6.1 wants one; browsers open no window of their own for it.
            let challenge = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }
}
