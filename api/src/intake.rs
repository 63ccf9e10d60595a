//! Intake: what a reader found is held against the configuration and the clock. What can't be is a problem,
//! what is odd is flagged, and every event of ours gets its site (`semantics.md` §1).

use crate::access::caller::sees;
use crate::access::{Caller, Sites};
use crate::config::Site;
use crate::config::site::site_at;
use crate::feeds::{ReadEvent, ReadProblem};
use shared::container::{Check, ContainerNumber};
use shared::event::{Attribute, Classifier, Content, Event};
use shared::place::is_unlocode;
use shared::time::{DAY, Time};
use shared::wire::feeds::{FlagCode, ProblemCode, Remark};
use smol_str::SmolStr;
use std::sync::Arc;

/// The first moment that an event may have: 2000-01-01T00:00Z.
const EARLIEST: Time = Time(946_684_800_000);
/// How far ahead of the clock an actual event may be.
const ACTUAL_AHEAD: i64 = DAY;
/// How far ahead an expectation may lie.
const EXPECTED_AHEAD: i64 = 731 * DAY;

/// Whose events are taken: what the key that they came with speaks for.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    sources: Option<Arc<[SmolStr]>>,
    sites: Sites,
}

impl Sender {
    /// Any source, for any site.
    pub fn anybody() -> Sender {
        Sender::default()
    }

    /// What a caller speaks for.
    pub fn of(caller: &Caller) -> Sender {
        Sender {
            sources: caller.known.as_ref().and_then(|known| known.sources.clone()),
            sites: caller.sites(),
        }
    }

    /// Whether it speaks for a source; else why not.
    pub fn check_source(&self, source: &str) -> Result<(), String> {
        if source == shared::release_desk::SOURCE {
            return Err(format!(
                "`{source}` is the release desk of this server, and no feed speaks for it"
            ));
        }
        match &self.sources {
            Some(sources) if !sources.iter().any(|own| own == source) => Err(format!(
                "the key that this came with does not speak for `{source}`, only for {}",
                sources.join(", ")
            )),
            _ => Ok(()),
        }
    }

    /// Whether it sends for some sites only.
    pub fn is_limited(&self) -> bool {
        self.sites.is_some()
    }

    /// Whether it may change what is on record at a site. What states no site is nobody's alone.
    pub fn may_change(&self, site: Option<&str>) -> Result<(), String> {
        match site {
            Some(site) => self.check_site(Some(site)),
            None => Ok(()),
        }
    }

    /// Whether it sends for a site; else why not.
    pub fn check_site(&self, site: Option<&str>) -> Result<(), String> {
        let Some(sites) = &self.sites else { return Ok(()) };
        match site.is_some_and(|site| sees(&self.sites, site)) {
            true => Ok(()),
            false => Err(format!(
                "the key that this came with sends for {} only",
                sites.join(", ")
            )),
        }
    }
}

/// Takes an event in, or says why not.
pub fn admit(
    read: ReadEvent,
    sites: &[Site],
    sender: &Sender,
    now: Time,
    flags: &mut Vec<Remark<FlagCode>>,
) -> Result<Event, Box<ReadProblem>> {
    let ReadEvent {
        mut event,
        position,
        flags: own,
    } = read;
    let source = event.identity.source.to_string();
    let mut remarks = own;
    sender.check_source(&source).map_err(|message| {
        Box::new(ReadProblem {
            remark: position.remark(ProblemCode::SourceRefused, "source", message),
            raw: position.offset..position.end,
            source: Some(source.clone()),
        })
    })?;
    if let Some(content) = &mut event.content {
        let refuse = |code: ProblemCode, field: &str, message: String| {
            Box::new(ReadProblem {
                remark: position.remark(code, field, message),
                raw: position.offset..position.end,
                source: Some(source.clone()),
            })
        };
        let mut flag = |code: FlagCode, field: &str, message: String| {
            remarks.push(position.remark(code, field, message));
        };
        if !event.retracted {
            check_time(content, now, &mut flag)
                .map_err(|message| refuse(ProblemCode::TimeRange, "at", message))?;
        }
        let site = find_site(content, sites, &mut flag)
            .map_err(|(code, field, message)| refuse(code, field, message))?;
        sender
            .check_site(site.map(|site| site.code.as_str()))
            .map_err(|message| refuse(ProblemCode::SiteRefused, "site", message))?;
        check_container(content, &mut flag);
        if let Some(site) = site {
            check_slot(content, site, &mut flag);
            content.state(Attribute::Site(site.code.clone()));
        }
    }
    flags.append(&mut remarks);
    Ok(event)
}

fn check_time(
    content: &Content,
    now: Time,
    flag: &mut impl FnMut(FlagCode, &str, String),
) -> Result<(), String> {
    if content.at < EARLIEST {
        return Err("the time lies before the year 2000".to_owned());
    }
    let (ahead, allowed) = match content.classifier {
        Classifier::Actual => (ACTUAL_AHEAD, "24 hours"),
        Classifier::Estimated | Classifier::Planned => (EXPECTED_AHEAD, "two years"),
    };
    if content.at > now.plus(ahead) {
        return Err(format!(
            "the time lies more than {allowed} ahead of the clock, which is {}",
            now.utc()
        ));
    }
    if content.classifier == Classifier::Actual && content.at > now {
        flag(
            FlagCode::Future,
            "at",
            format!("the time lies ahead of the clock, which is {}", now.utc()),
        );
    }
    Ok(())
}

type Refusal = (ProblemCode, &'static str, String);

/// The site of an event; `None` for an event of elsewhere.
fn find_site<'a>(
    content: &Content,
    sites: &'a [Site],
    flag: &mut impl FnMut(FlagCode, &str, String),
) -> Result<Option<&'a Site>, Refusal> {
    if let Some(code) = content.site() {
        let site = sites.iter().find(|site| site.code == *code);
        return site.map(Some).ok_or_else(|| {
            let known: Vec<&str> = sites.iter().map(|site| site.code.as_str()).collect();
            let message = format!(
                "the site `{code}` is not configured; configured are {}",
                known.join(", ")
            );
            (ProblemCode::UnknownSite, "site", message)
        });
    }
    if let Some(location) = content.location().flatten() {
        if let Some(site) = site_at(sites, location) {
            return Ok(Some(site));
        }
        if !is_unlocode(location) {
            let message =
                format!("`{location}` is no UN/LOCODE; the event stands in the trail and counts nowhere");
            flag(FlagCode::UnknownLocode, "location", message);
        }
        return Ok(None);
    }
    match sites {
        [only] => Ok(Some(only)),
        _ => {
            let message =
                "several sites are configured and the event names no place: state `site` or `location`";
            Err((ProblemCode::SiteMissing, "site", message.to_owned()))
        }
    }
}

fn check_container(content: &Content, flag: &mut impl FnMut(FlagCode, &str, String)) {
    let Some(number) = content
        .container
        .as_deref()
        .and_then(|sent| ContainerNumber::parse(sent).ok())
    else {
        return;
    };
    match number.check() {
        Check::Verified => {}
        Check::WrongDigit { expected } => {
            let message = format!("`{number}` has a wrong check digit; ISO 6346 expects {expected}");
            flag(FlagCode::CheckDigit, "container", message);
        }
        Check::OtherForm => {
            let message = format!(
                "`{number}` is no ISO 6346 number: four letters, the last of them U, J or Z, and seven digits"
            );
            flag(FlagCode::CheckDigit, "container", message);
        }
    }
}

fn check_slot(content: &Content, site: &Site, flag: &mut impl FnMut(FlagCode, &str, String)) {
    let Some(slot) = content.slot().flatten() else {
        return;
    };
    if site.layout.find(slot).is_none() {
        let message = match site.layout.pattern.read(slot) {
            None => format!(
                "`{slot}` does not follow the slot pattern `{}`",
                site.layout.pattern.as_str()
            ),
            Some(_) => format!("no block of the layout covers the slot `{slot}`"),
        };
        flag(FlagCode::UnknownSlot, "slot", message);
    }
}
