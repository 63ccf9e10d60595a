//! Who asks.

use super::audit::Doer;
use super::records::Holder;
use crate::routes::error::ApiError;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use shared::access::{Right, Role, Scene};
use smol_str::SmolStr;
use std::net::IpAddr;
use std::sync::Arc;

/// Sites that somebody sees; none: all.
pub type Sites = Option<Arc<[SmolStr]>>;

/// Who asks, and what they may.
#[derive(Clone, Debug)]
pub struct Caller {
    /// As whom; with open access as nobody.
    pub known: Option<Known>,
    /// With open access everybody may do everything.
    open: bool,
    /// From which network address.
    pub address: Option<IpAddr>,
}

/// Somebody who said who they are.
#[derive(Clone, Debug)]
pub struct Known {
    /// An account's or a key's name.
    pub name: String,
    /// The name that others know.
    pub full_name: String,
    /// In which role.
    pub role: Role,
    /// The sites that they see.
    pub sites: Sites,
    /// Of a display: what it shows.
    pub scenes: Option<Arc<[Scene]>>,
    /// Of a sender: whom it speaks for.
    pub sources: Option<Arc<[SmolStr]>>,
    /// The account or the key.
    pub holder: Holder,
    /// The session; none where a key was sent along.
    pub session: Option<SmolStr>,
}

impl Caller {
    /// Anybody, where access is open.
    pub fn anybody(address: Option<IpAddr>) -> Caller {
        Caller {
            known: None,
            open: true,
            address,
        }
    }

    /// Nobody, where everybody has to say who they are.
    pub fn nobody(address: Option<IpAddr>) -> Caller {
        Caller {
            known: None,
            open: false,
            address,
        }
    }

    /// Somebody.
    pub fn somebody(known: Known, address: Option<IpAddr>) -> Caller {
        Caller {
            known: Some(known),
            open: false,
            address,
        }
    }

    /// Whether nobody has to say who they are.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Whether they may do something.
    pub fn has(&self, right: Right) -> bool {
        match &self.known {
            None => self.open,
            Some(known) => known.has(right),
        }
    }

    /// What they may do.
    pub fn rights(&self) -> Vec<Right> {
        Right::ALL.into_iter().filter(|right| self.has(*right)).collect()
    }

    /// The sites that they see; none: all.
    pub fn sites(&self) -> Sites {
        self.known.as_ref().and_then(|known| known.sites.clone())
    }

    /// Whether they see what is about a site.
    pub fn sees(&self, site: &str) -> bool {
        sees(&self.sites(), site)
    }

    /// How they stand in the audit log.
    pub fn doer(&self) -> Doer {
        Doer {
            who: self.known.as_ref().map(|known| known.name.clone()),
            role: self.known.as_ref().map(|known| known.role),
            address: self.address.map(|address| address.to_string()),
        }
    }

    /// Who acted: with accounts the one who signed in, and a name in the body is refused; with open access whoever the
    /// body names.
    pub fn acts_as(&self, named: Option<String>) -> Result<Option<String>, ApiError> {
        match (&self.known, named) {
            (None, named) => Ok(named),
            (Some(known), None) => Ok(Some(known.name.clone())),
            (Some(_), Some(_)) => Err(ApiError::parameter(
                "by",
                "who acts is the account that signed in; leave `by` out",
            )),
        }
    }
}

/// Whether a site is among some.
pub fn sees(sites: &Sites, site: &str) -> bool {
    sites
        .as_ref()
        .is_none_or(|sites| sites.iter().any(|own| own == site))
}

impl Known {
    fn has(&self, right: Right) -> bool {
        let shown = |scenes: &Arc<[Scene]>| {
            right == Right::Sites || scenes.iter().any(|scene| scene.right() == right)
        };
        self.role.has(right) && self.scenes.as_ref().is_none_or(shown)
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Caller, ApiError> {
        // Every call is behind the guard, which puts it there; what is not may nothing.
        let caller = parts.extensions.get::<Caller>().cloned();
        caller.ok_or_else(ApiError::signed_out)
    }
}
