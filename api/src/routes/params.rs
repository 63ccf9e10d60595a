//! Query parameters: every one is known, and each wrong one is named.

use super::error::ApiError;
use crate::access::caller::sees;
use crate::access::{Caller, Sites};
use crate::engine::site::SiteState;
use crate::engine::state::State;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use shared::event::Direction;
use shared::figures::dimensions::{CARGOES, CHANNELS, DIRECTIONS, MODES};
use shared::figures::{Calendar, Filter};
use shared::stay::{Cargo, Channel, Mode};
use shared::time::{Time, civil};

/// The query of a call, as far as the caller sees it.
#[derive(Clone, Debug, Default)]
pub struct Params {
    pairs: Vec<(String, String)>,
    /// The sites that the caller sees.
    sites: Sites,
}

impl<S: Sync> FromRequestParts<S> for Params {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Params, ApiError> {
        let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map_err(|error| ApiError::bad_request(error.to_string()))?;
        // Every call is behind the guard, which says who asks.
        let caller = parts
            .extensions
            .get::<Caller>()
            .ok_or_else(ApiError::signed_out)?;
        Ok(Params {
            pairs: query.0,
            sites: caller.sites(),
        })
    }
}

impl Params {
    /// The parameters of a query as it stands in an address, of somebody who sees all sites.
    pub fn of(query: &str) -> Result<Params, ApiError> {
        let uri = format!("/?{query}")
            .parse()
            .map_err(|_| ApiError::bad_request("this is no query"))?;
        let query = axum::extract::Query::<Vec<(String, String)>>::try_from_uri(&uri)
            .map_err(|error| ApiError::bad_request(error.to_string()))?;
        Ok(Params {
            pairs: query.0,
            sites: None,
        })
    }

    /// No parameters, of somebody.
    pub fn none_of(caller: &Caller) -> Params {
        Params {
            pairs: Vec::new(),
            sites: caller.sites(),
        }
    }

    /// The sites that the caller sees; none: all.
    pub fn sites(&self) -> &Sites {
        &self.sites
    }

    /// Whether the caller sees what is about a site.
    pub fn sees(&self, site: &str) -> bool {
        sees(&self.sites, site)
    }

    /// Refuses names that this call does not know.
    pub fn only(&self, known: &[&str]) -> Result<(), ApiError> {
        match self
            .pairs
            .iter()
            .find(|(name, _)| !known.contains(&name.as_str()))
        {
            None => Ok(()),
            Some((name, _)) => {
                let detail = format!("`{name}` is unknown here; known are {}", known.join(", "));
                Err(ApiError::parameter(name, detail))
            }
        }
    }

    /// One value; the last, when there are several.
    pub fn one(&self, name: &str) -> Option<&str> {
        let found = self.pairs.iter().rev().find(|(own, _)| own == name);
        found
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// All values, repeated or with commas between them.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(own, _)| own == name)
            .flat_map(|(_, value)| value.split(','))
            .filter(|value| !value.is_empty())
    }

    /// All values, repeated and with the commas that are in them: names of vessels have some.
    pub fn whole<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.pairs
            .iter()
            .filter(move |(own, _)| own == name)
            .map(|(_, value)| value.as_str())
            .filter(|value| !value.is_empty())
    }

    /// The same without some names.
    #[must_use]
    pub fn without(&self, names: &[&str]) -> Params {
        let kept = self
            .pairs
            .iter()
            .filter(|(own, _)| !names.contains(&own.as_str()));
        Params {
            pairs: kept.cloned().collect(),
            sites: self.sites.clone(),
        }
    }

    /// Sets a name to one value.
    pub fn set(&mut self, name: &str, value: &str) {
        self.pairs.retain(|(own, _)| own != name);
        self.add(name, value);
    }

    /// Adds a value of a name.
    pub fn add(&mut self, name: &str, value: &str) {
        self.pairs.push((name.to_owned(), value.to_owned()));
    }

    /// As it stands in an address, with its question mark; empty without any.
    pub fn text(&self) -> String {
        // Pairs of texts can always be written.
        match serde_urlencoded::to_string(&self.pairs).unwrap_or_default() {
            text if text.is_empty() => text,
            text => format!("?{text}"),
        }
    }

    /// All values, each read by `read`.
    pub fn each<T>(&self, name: &str, read: impl Fn(&str) -> Option<T>) -> Result<Vec<T>, ApiError> {
        self.all(name)
            .map(|value| {
                read(value)
                    .ok_or_else(|| ApiError::parameter(name, format!("`{value}` is no value of `{name}`")))
            })
            .collect()
    }

    /// All values out of some that have names; another one is refused with those that are allowed.
    pub fn each_of<T: Copy>(
        &self,
        name: &str,
        allowed: &[T],
        name_of: impl Fn(T) -> &'static str,
    ) -> Result<Vec<T>, ApiError> {
        self.all(name)
            .map(|value| {
                let found = allowed.iter().find(|allowed| name_of(**allowed) == value);
                found.copied().ok_or_else(|| {
                    let names: Vec<&str> = allowed.iter().map(|allowed| name_of(*allowed)).collect();
                    let detail = format!("`{value}` is none of {}", names.join(", "));
                    ApiError::parameter(name, detail)
                })
            })
            .collect()
    }

    /// One value out of some that have names; the last, when there are several.
    pub fn one_of<T: Copy>(
        &self,
        name: &str,
        allowed: &[T],
        name_of: impl Fn(T) -> &'static str,
    ) -> Result<Option<T>, ApiError> {
        Ok(self.each_of(name, allowed, name_of)?.pop())
    }

    /// All whole numbers out of a range.
    pub fn each_within(&self, name: &str, least: u8, most: u8) -> Result<Vec<u8>, ApiError> {
        self.all(name)
            .map(|value| {
                let number = value
                    .parse()
                    .ok()
                    .filter(|number| (least..=most).contains(number));
                number.ok_or_else(|| {
                    let detail = format!("`{value}` is no whole number from {least} to {most}");
                    ApiError::parameter(name, detail)
                })
            })
            .collect()
    }

    /// A whole number.
    pub fn number(&self, name: &str) -> Result<Option<u64>, ApiError> {
        self.one(name)
            .map(|text| {
                text.parse()
                    .map_err(|_| ApiError::parameter(name, format!("`{text}` is no whole number")))
            })
            .transpose()
    }

    /// How many items are left out before the first.
    pub fn offset(&self) -> Result<usize, ApiError> {
        let offset = self.number("offset")?.unwrap_or(0);
        usize::try_from(offset).map_err(|_| ApiError::parameter("offset", "this is more than anybody has"))
    }

    /// Yes or no.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, ApiError> {
        match self.one(name) {
            None => Ok(None),
            Some("true" | "1") => Ok(Some(true)),
            Some("false" | "0") => Ok(Some(false)),
            Some(other) => Err(ApiError::parameter(
                name,
                format!("`{other}` is neither true nor false"),
            )),
        }
    }

    /// How many items a page holds: 1 to 1000, 100 when not said.
    pub fn limit(&self) -> Result<usize, ApiError> {
        match self.number("limit")? {
            None => Ok(100),
            Some(n @ 1..=1_000) => Ok(n as usize),
            Some(n) => Err(ApiError::parameter(
                "limit",
                format!("{n} is not between 1 and 1000"),
            )),
        }
    }

    /// A time in any offset, or a date at the site.
    pub fn time(&self, name: &str, site: &SiteState) -> Result<Option<Time>, ApiError> {
        let Some(text) = self.one(name) else {
            return Ok(None);
        };
        if let Ok(date) = text.parse::<jiff::civil::Date>()
            && text.len() == 10
        {
            let day = civil::days(
                i64::from(date.year()),
                i64::from(date.month()),
                i64::from(date.day()),
            );
            return Ok(i32::try_from(day).ok().map(|day| site.day_begins(day)));
        }
        // A plus sign that was not encoded arrives as a blank.
        Time::parse(&text.replace(' ', "+"))
            .map(Some)
            .map_err(|error| ApiError::parameter(name, format!("{error}, nor a date such as 2022-02-23")))
    }

    /// The same, at the beginning of an hour of the site.
    pub fn hour(&self, name: &str, site: &SiteState) -> Result<Option<Time>, ApiError> {
        let time = self.time(name, site)?;
        match time {
            Some(at) if site.hour_of(at) != at => Err(ApiError::parameter(
                name,
                format!(
                    "`{}` lies within an hour; hours are the finest cell",
                    site.site.local(at)
                ),
            )),
            other => Ok(other),
        }
    }

    /// Direction, cargo, mode and channel.
    pub fn filter(&self) -> Result<Filter, ApiError> {
        Ok(Filter {
            direction: self.each_of("direction", &DIRECTIONS, |direction| {
                direction.map_or("unknown", Direction::name)
            })?,
            cargo: self.each_of("cargo", &CARGOES, Cargo::name)?,
            mode: self.each_of("mode", &MODES, Mode::name)?,
            channel: self.each_of("channel", &CHANNELS, Channel::name)?,
        })
    }

    /// The configured sites that the caller sees.
    pub fn sites_of<'a>(&self, state: &'a State) -> impl Iterator<Item = &'a SiteState> + use<'a> {
        let sites = self.sites.clone();
        state
            .sites
            .iter()
            .filter(move |site| sees(&sites, &site.site.code))
    }

    /// The site that is asked for, or the first configured that the caller sees.
    pub fn site<'a>(&self, state: &'a State) -> Result<&'a SiteState, ApiError> {
        match self.one("site") {
            // A site that one does not see is as good as none.
            Some(code) => state.site(code).filter(|_| self.sees(code)).ok_or_else(|| {
                let known: Vec<&str> = self.sites_of(state).map(|site| site.site.code.as_str()).collect();
                ApiError::parameter(
                    "site",
                    format!("`{code}` is not configured; configured are {}", known.join(", ")),
                )
            }),
            // A configuration has at least one site; somebody's may have been taken out of it.
            None => self
                .sites_of(state)
                .next()
                .ok_or_else(|| ApiError::forbidden("none of the sites that you may see is configured")),
        }
    }
}
