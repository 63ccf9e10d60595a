//! Files as proof.

use super::super::App;
use super::super::alarms::read_body;
use super::super::error::ApiError;
use super::super::guard::{drain, log};
use super::super::params::Params;
use super::act::{note, seen};
use super::{eye_of, named};
use crate::access::Caller;
use crate::access::audit::Deed;
use crate::release_desk::DeskError;
use crate::release_desk::book::MOST_WAITING;
use crate::release_desk::files::{FileError, LARGEST, plain_name};
use crate::serving::apart;
use axum::Json;
use axum::body::{Bytes, to_bytes};
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use shared::release_desk::File;
use shared::wire::release_desk::{Application, DeskFile};

/// An error of a file as it travels.
pub(super) fn error(error: &FileError) -> ApiError {
    match error {
        FileError::Kind => ApiError::encoding(error.to_string()),
        FileError::Size => ApiError::too_large(error.to_string()),
        FileError::Disk { .. } => {
            tracing::error!(%error, "a file of the release desk can't be read or written");
            ApiError::internal()
        }
    }
}

/// `POST /release-desk/files?name=`: a file, to go with an application.
pub async fn upload(
    State(app): State<App>,
    caller: Caller,
    params: Params,
    request: Request,
) -> Result<Json<DeskFile>, ApiError> {
    params.only(&["name", "by"])?;
    let by = named(&caller, params.one("by").map(str::to_owned))?;
    let eye = eye_of(&caller)?;
    let desk = app.desk()?;
    if desk.book().waiting_files(&by, app.engine.clock.now()) >= MOST_WAITING {
        drain(request).await;
        return Err(app.desk_error(&eye, DeskError::TooManyFiles));
    }
    let declared = request.headers().get(header::CONTENT_LENGTH);
    let declared = declared.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|declared| declared > LARGEST) {
        drain(request).await;
        return Err(error(&FileError::Size));
    }
    let bytes = to_bytes(request.into_body(), LARGEST)
        .await
        .map_err(|_| error(&FileError::Size))?;
    let name = plain_name(params.one("name").unwrap_or_default());
    let detail = Some(format!("file {name}, {} bytes", bytes.len()));
    log(&app.access, &caller, Deed::DeskAction, "files", detail).await?;
    let (files, size) = (desk.files.clone(), bytes.len() as u64);
    let kept = apart(move || files.keep(&bytes))
        .await
        .map_err(|_| ApiError::internal())?;
    let (id, media_type) = kept.map_err(|failed| error(&failed))?;
    let file = File {
        id: id.into(),
        name: name.into(),
        media_type: media_type.into(),
        size,
        at: app.engine.clock.now(),
        by: by.into(),
    };
    let known = desk.write(move |desk| desk.uploaded(file)).await;
    let file = known.map_err(|failed| app.desk_error(&eye, failed))?;
    Ok(Json(app.lens().file(&file, "")))
}

/// `GET /release-desk/files/{id}`: to those who see an application that it goes with, and to whoever sent it. A browser
/// saves it and runs nothing of it.
pub async fn download(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    params.only(&[])?;
    let eye = eye_of(&caller)?;
    let desk = app.desk()?;
    let by = match caller.is_open() {
        true => None,
        false => Some(eye.name.clone().unwrap_or_default()),
    };
    let known = desk
        .book()
        .file(&id, by.as_deref(), |application| eye.sees(application));
    let file = known.ok_or_else(|| ApiError::not_found(format!("there is no file `{id}`")))?;
    note(&app, &caller, &id, "download").await?;
    let files = desk.files.clone();
    let read = apart(move || files.read(&id))
        .await
        .map_err(|_| ApiError::internal())?;
    let bytes = read.map_err(|failed| error(&failed))?;
    // RFC 6266 with RFC 8187: a name in any writing.
    let name: String = file.name.bytes().fold(String::new(), |mut name, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => name.push(char::from(byte)),
            other => name.push_str(&format!("%{other:02X}")),
        }
        name
    });
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| ApiError::internal());
    headers.insert(header::CONTENT_TYPE, value(&file.media_type)?);
    let disposition = format!("attachment; filename*=UTF-8''{name}");
    headers.insert(header::CONTENT_DISPOSITION, value(&disposition)?);
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"),
    );
    headers.insert(
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    );
    Ok(response)
}

/// Which files go with an application.
#[derive(Debug, Deserialize)]
struct Attached {
    /// By address.
    files: Vec<String>,
    #[serde(default)]
    by: Option<String>,
    #[serde(default)]
    if_version: Option<u64>,
}

/// `POST /release-desk/applications/{id}/files`: files that were sent go with it.
pub async fn attach(
    State(app): State<App>,
    Path(id): Path<String>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<Application>, ApiError> {
    let request: Attached = read_body(&body)?;
    let eye = eye_of(&caller)?;
    seen(&app, &eye, &id)?;
    let by = named(&caller, request.by)?;
    note(&app, &caller, &id, "attach").await?;
    let own = eye.clone();
    let (files, if_version) = (request.files, request.if_version);
    let done = app
        .desk()?
        .write(move |desk| desk.attach(&own, &id, &by, &files, if_version))
        .await;
    let application = done.map_err(|failed| app.desk_error(&eye, failed))?;
    Ok(Json(app.application(&eye, &application)?))
}

/// `DELETE /release-desk/applications/{id}/files/{file}`.
pub async fn detach(
    State(app): State<App>,
    Path((id, file)): Path<(String, String)>,
    caller: Caller,
    params: Params,
) -> Result<(StatusCode, Json<Application>), ApiError> {
    params.only(&["if_version", "by"])?;
    let if_version = params.number("if_version")?;
    let by = named(&caller, params.one("by").map(str::to_owned))?;
    let eye = eye_of(&caller)?;
    seen(&app, &eye, &id)?;
    note(&app, &caller, &id, "detach").await?;
    let own = eye.clone();
    let done = app
        .desk()?
        .write(move |desk| desk.detach(&own, &id, &by, &file, if_version))
        .await;
    let application = done.map_err(|failed| app.desk_error(&eye, failed))?;
    Ok((StatusCode::OK, Json(app.application(&eye, &application)?)))
}
