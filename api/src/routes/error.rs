//! Errors as they travel: `application/problem+json` (RFC 9457). What went wrong inside is logged, never shown.

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
        }
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

    /// 409, with the alarm as it is now.
    pub fn conflict(detail: impl Into<String>, alarm: shared::wire::alarm::Alarm) -> ApiError {
        let mut error = ApiError::new(StatusCode::CONFLICT, "conflict", "It changed meanwhile", detail);
        error.alarm = Some(Box::new(alarm));
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
            "The encoding is not taken",
            detail,
        )
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

    /// 503.
    pub fn unavailable(detail: impl Into<String>) -> ApiError {
        ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "Not available now",
            detail,
        )
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> ApiError {
        tracing::error!(%error, "a look-up failed");
        ApiError::internal()
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
            EngineError::Stopped => ApiError::unavailable(error.to_string()),
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
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (
            status,
            Json(Body {
                problem: *self.problem,
                alarm: self.alarm,
            }),
        )
            .into_response();
        let kind = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, kind);
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}
