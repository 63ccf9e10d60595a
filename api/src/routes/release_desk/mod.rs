//! The release desk: applications, what parties do with them, files, instructions, figures.

/// What parties do with one application.
mod act;
/// How the desk does.
mod figures;
/// Files as proof.
mod files;
/// Handing in, and what is known of a box.
mod form;
/// Instructions for terminals.
mod instructions;
/// Queues.
mod queue;

pub use act::{act, one, remove};
pub use figures::figures;
pub use files::{attach, detach, download, upload};
pub use form::{change, fill, hand_in};
pub use instructions::{confirm, instructions, reject};
pub use queue::list;

use super::App;
use super::error::ApiError;
use crate::access::Caller;
use crate::release_desk::view::{Eye, Lens};
use crate::release_desk::{Desk, DeskError};
use shared::release_desk::Application;
use shared::wire::release_desk as wire;
use shared::wire::release_desk::DeskParty;
use std::sync::Arc;

/// Whoever sent as many files as may wait may come again after so many seconds.
const FILES_AGAIN: u64 = 3_600;
/// Who acts where access is open and nobody says who they are.
const SOMEBODY: &str = "somebody";

impl App {
    /// The desk.
    fn desk(&self) -> Result<&Arc<Desk>, ApiError> {
        let missing = || ApiError::unavailable("there is no release desk here");
        self.desk.as_ref().ok_or_else(missing)
    }

    /// How things of the desk look.
    fn lens(&self) -> Lens<'_> {
        Lens {
            configuration: &self.engine.configuration,
        }
    }

    /// One application as somebody sees it.
    fn application(&self, eye: &Eye, application: &Application) -> Result<wire::Application, ApiError> {
        let looked = {
            let now = self.engine.clock.now();
            let state = self.engine.state();
            match state.site(&application.form.site) {
                Some(site) => crate::release_desk::look::look(
                    &state,
                    site,
                    (&application.form, Some(&application.id)),
                    now,
                )?,
                None => crate::release_desk::look::Looked::default(),
            }
        };
        let book = self.desk()?.book();
        Ok(self.lens().whole(application, looked, eye, &book))
    }

    /// An error of the desk as it travels, with the application as somebody sees it where it is about that.
    fn desk_error(&self, eye: &Eye, error: DeskError) -> ApiError {
        let detail = error.to_string();
        match error {
            DeskError::Unfit(_, present) | DeskError::Changed(present) | DeskError::NoDraft(present) => {
                match self.application(eye, &present) {
                    Ok(present) => ApiError::desk_conflict(detail, present),
                    Err(error) => error,
                }
            }
            other => failure(other),
        }
    }
}

/// An error of the desk as it travels, without an application.
fn failure(error: DeskError) -> ApiError {
    let detail = error.to_string();
    match error {
        DeskError::Journal(reason) => {
            tracing::error!(%reason, "the release desk's journal could not be written");
            ApiError::unavailable(
                "the desk's journal could not be written, and whether this is done is not certain; look again later, and \
                 send again what is not there",
            )
        }
        DeskError::Misfit(reason) => {
            tracing::error!(%reason, "the release desk's journal does not add up");
            ApiError::internal()
        }
        DeskError::Again | DeskError::Standing(_) | DeskError::Stopped => ApiError::unavailable(detail),
        DeskError::NotFound(_) => ApiError::not_found(detail),
        DeskError::TooManyFiles => ApiError::too_many(detail, FILES_AGAIN),
        DeskError::Unfit(..) | DeskError::Changed(_) | DeskError::NoDraft(_) => ApiError::changed(detail),
        DeskError::Request(field, _) => ApiError::parameter(field, detail),
        DeskError::Engine(error) => error.into(),
        DeskError::Store(error) => error.into(),
        DeskError::File(error) => files::error(&error),
    }
}

/// What somebody sees of the desk.
fn eye_of(caller: &Caller) -> Result<Eye, ApiError> {
    // The guard has let through only who has a part.
    Eye::of(caller).ok_or_else(|| ApiError::forbidden("you have no part at the release desk"))
}

/// Who acts: the account, or with open access whoever the request names.
fn named(caller: &Caller, by: Option<String>) -> Result<String, ApiError> {
    let by = caller
        .acts_as(by)?
        .map(|by| by.trim().to_owned())
        .filter(|by| !by.is_empty());
    let by = by.unwrap_or_else(|| SOMEBODY.to_owned());
    if by.chars().count() > 100 || by.contains('\n') {
        return Err(ApiError::parameter(
            "by",
            "a name is one line of 100 characters at most",
        ));
    }
    Ok(by)
}

/// Who acts, and for whom: with accounts the one who signed in, for the party that they are; with open access whoever the
/// body names.
fn actor(
    caller: &Caller,
    eye: &Eye,
    by: Option<String>,
    party: Option<DeskParty>,
) -> Result<(String, DeskParty), ApiError> {
    let by = named(caller, by)?;
    match (eye.party, party) {
        (Some(own), None) => Ok((by, own)),
        (Some(_), Some(_)) => Err(ApiError::parameter(
            "party",
            "for whom you act follows from your account; leave `party` out",
        )),
        (None, Some(DeskParty::System)) => Err(ApiError::parameter("party", "nobody acts for the system")),
        (None, Some(party)) => Ok((by, party)),
        (None, None) => Err(ApiError::parameter(
            "party",
            "say for whom you act: enterprise, terminal, or customs",
        )),
    }
}
