//! Queues: the applications that somebody sees, by whose turn it is. What is open stands in the order in which vessels
//! close, what has ended newest first.

use super::super::App;
use super::super::error::ApiError;
use super::super::figures::wants_csv;
use super::super::params::Params;
use super::eye_of;
use crate::access::Caller;
use crate::engine::site::SiteState;
use crate::release_desk::book::Book;
use crate::release_desk::view::Eye;
use crate::serving::apart;
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use shared::release_desk::{Application, has_ended, turn};
use shared::time::Time;
use shared::wire::List;
use shared::wire::release_desk::{
    ApplicationItem, ApplicationKind, ApplicationReason, ApplicationState, DeskParty,
};
use std::cmp::Reverse;
use std::sync::Arc;

/// Names of parameters that choose applications.
pub(super) const NAMES: [&str; 12] = [
    "queue",
    "state",
    "kind",
    "reason",
    "site",
    "q",
    "from",
    "to",
    "container",
    "before_closing",
    "saved",
    "by_rule",
];
/// Queues by name.
const QUEUES: [&str; 4] = ["mine", "terminal", "customs", "ended"];

/// Which applications a call speaks of.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    queue: Option<&'static str>,
    states: Vec<ApplicationState>,
    kinds: Vec<ApplicationKind>,
    reasons: Vec<ApplicationReason>,
    sites: Vec<String>,
    text: Option<String>,
    container: Option<String>,
    /// Confirmed before closing, saved, approved by a rule.
    marks: [Option<bool>; 3],
    /// Handed in from … to.
    pub(super) period: (Option<Time>, Option<Time>),
}

impl Wanted {
    pub(super) fn of(params: &Params, site: &SiteState) -> Result<Wanted, ApiError> {
        let plain = |text: &str| text.trim().to_ascii_uppercase();
        Ok(Wanted {
            queue: params.one_of("queue", &QUEUES, |name| name)?,
            states: params.each_of("state", ApplicationState::ALL, ApplicationState::name)?,
            kinds: params.each_of("kind", ApplicationKind::ALL, ApplicationKind::name)?,
            reasons: params.each_of("reason", ApplicationReason::ALL, ApplicationReason::name)?,
            sites: params.all("site").map(str::to_owned).collect(),
            text: params.one("q").map(plain),
            container: params
                .one("container")
                .map(|text| plain(text).replace([' ', '-'], "")),
            marks: [
                params.flag("before_closing")?,
                params.flag("saved")?,
                params.flag("by_rule")?,
            ],
            period: (params.time("from", site)?, params.time("to", site)?),
        })
    }

    pub(super) fn takes(&self, application: &Application) -> bool {
        self.fits(application) && self.is_in_period(application)
    }

    /// Whether it is taken whenever it was handed in.
    pub(super) fn fits(&self, application: &Application) -> bool {
        let form = &application.form;
        let any = |listed: bool, empty: bool| listed || empty;
        any(self.states.contains(&application.state), self.states.is_empty())
            && any(
                form.kind.is_some_and(|kind| self.kinds.contains(&kind)),
                self.kinds.is_empty(),
            )
            && any(
                form.reason.is_some_and(|reason| self.reasons.contains(&reason)),
                self.reasons.is_empty(),
            )
            && any(self.sites.contains(&form.site), self.sites.is_empty())
            && self
                .container
                .as_ref()
                .is_none_or(|container| form.containers.contains(container))
            && self.text.as_ref().is_none_or(|text| mentions(application, text))
            && self.is_marked(application)
            && self.queue.is_none_or(|queue| is_in_queue(application, queue))
    }

    fn is_marked(&self, application: &Application) -> bool {
        let own = [
            application.is_in_time() == Some(true),
            application.is_saved(),
            application.is_by_rule(),
        ];
        let fits = |(wanted, own): (&Option<bool>, bool)| wanted.is_none_or(|wanted| wanted == own);
        self.marks.iter().zip(own).all(fits)
    }

    /// Whether nothing that has ended can be meant: what has is packed, and is left alone.
    fn is_open_only(&self) -> bool {
        let of_queue = self.queue.is_some_and(|queue| queue != "ended");
        let of_states = !self.states.is_empty() && !self.states.iter().any(|state| has_ended(*state));
        of_queue || of_states
    }

    pub(super) fn is_in_period(&self, application: &Application) -> bool {
        let (from, to) = self.period;
        match application.applied_at {
            Some(at) => from.is_none_or(|from| at >= from) && to.is_none_or(|to| at < to),
            None => from.is_none() && to.is_none(),
        }
    }
}

fn is_in_queue(application: &Application, queue: &str) -> bool {
    match queue {
        "terminal" => turn(application.state) == Some(DeskParty::Terminal),
        "customs" => turn(application.state) == Some(DeskParty::Customs),
        "ended" => has_ended(application.state),
        _ => !has_ended(application.state),
    }
}

fn mentions(application: &Application, text: &str) -> bool {
    let form = &application.form;
    let own = [
        application.id.as_str(),
        application.enterprise.as_str(),
        &form.bill_of_lading,
        &form.vessel_name,
        &form.vessel_imo,
        &form.voyage,
        &form.declaration,
    ];
    let containers = form.containers.iter().map(String::as_str);
    own.into_iter()
        .chain(containers)
        .any(|own| own.to_ascii_uppercase().contains(text))
}

/// `GET /release-desk/applications`.
pub async fn list(
    State(app): State<App>,
    headers: HeaderMap,
    caller: Caller,
    params: Params,
) -> Result<Response, ApiError> {
    let known: Vec<&str> = NAMES.into_iter().chain(["limit", "cursor"]).collect();
    params.only(&known)?;
    let eye = eye_of(&caller)?;
    let wanted = {
        let state = app.engine.state();
        Wanted::of(&params, any_site(&params, &state)?)?
    };
    let limit = if wants_csv(&headers) {
        usize::MAX
    } else {
        params.limit()?
    };
    let behind = params.one("cursor").map(|cursor| {
        Place::of_cursor(cursor)
            .ok_or_else(|| ApiError::parameter("cursor", format!("`{cursor}` is no cursor of this list")))
    });
    let behind = behind.transpose()?;
    let as_csv = wants_csv(&headers);
    let listed = apart(move || {
        let list = listed(&app, &eye, &wanted, behind.as_ref(), limit)?;
        Ok(match as_csv {
            true => {
                let kind = [(header::CONTENT_TYPE, "text/csv; charset=utf-8")];
                (kind, csv(&list.items)).into_response()
            }
            false => Json(list).into_response(),
        })
    });
    listed.await.map_err(|_| ApiError::internal())?
}

/// A page of the list. What has ended is unpacked for it, and that takes its time.
fn listed(
    app: &App,
    eye: &Eye,
    wanted: &Wanted,
    behind: Option<&Place>,
    limit: usize,
) -> Result<List<ApplicationItem>, ApiError> {
    let book = app.desk()?.book();
    let all: Box<dyn Iterator<Item = Arc<Application>> + '_> = match wanted.is_open_only() {
        true => Box::new(book.live().cloned()),
        false => Box::new(book.newest()),
    };
    let mut found: Vec<(Place, Arc<Application>)> = all
        .filter(|application| eye.sees(application) && wanted.takes(application))
        .map(|application| (Place::of(&application, &book), application))
        .filter(|(place, _)| behind.is_none_or(|behind| place > behind))
        .collect();
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(place, _)| place.cursor());
    let lens = app.lens();
    let items: Vec<ApplicationItem> = found
        .iter()
        .map(|(_, application)| lens.item(application, book.seen.get(&application.id)))
        .collect();
    Ok(List {
        items,
        next,
        epoch: book.epoch.clone(),
        sequence: book.sequence,
    })
}

/// Whose calendar dates are meant: the only site that is asked for, else the first.
pub(super) fn any_site<'s>(
    params: &Params,
    state: &'s crate::engine::state::State,
) -> Result<&'s SiteState, ApiError> {
    let asked: Vec<&str> = params.all("site").collect();
    for code in &asked {
        if state.site(code).is_none() {
            let codes: Vec<&str> = state.sites.iter().map(|site| site.site.code.as_str()).collect();
            let detail = format!("`{code}` is not configured; configured are {}", codes.join(", "));
            return Err(ApiError::parameter("site", detail));
        }
    }
    let first = asked
        .first()
        .and_then(|code| state.site(code))
        .or_else(|| state.sites.first());
    first.ok_or_else(ApiError::internal)
}

/// Where an application stands in the list: what has not ended first, in the order in which vessels close, then what has,
/// newest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Open(i64, i64, String),
    Ended(Reverse<String>),
}

impl Place {
    fn of(application: &Application, book: &Book) -> Place {
        if has_ended(application.state) {
            return Place::Ended(Reverse(application.id.to_string()));
        }
        let seen = book.seen.get(&application.id);
        let closing = seen.map_or(application.closing_at, |seen| seen.closing_at);
        let closing = closing.map_or(i64::MAX, |at| at.0);
        Place::Open(closing, application.since.0, application.id.to_string())
    }

    fn cursor(&self) -> String {
        match self {
            Place::Open(closing, since, id) => format!("o.{closing}.{since}.{id}"),
            Place::Ended(Reverse(id)) => format!("e.{id}"),
        }
    }

    fn of_cursor(cursor: &str) -> Option<Place> {
        match cursor.split_once('.')? {
            ("e", id) => Some(Place::Ended(Reverse(id.to_owned()))),
            ("o", rest) => {
                let mut parts = rest.splitn(3, '.');
                let closing = parts.next()?.parse().ok()?;
                let since = parts.next()?.parse().ok()?;
                Some(Place::Open(closing, since, parts.next()?.to_owned()))
            }
            _ => None,
        }
    }
}

const HEAD: &str = "id,site,kind,reason,state,turn,enterprise,container,bill_of_lading,vessel_name,voyage,applied_at,since,\
                    closing_at,times_out_at,differs,by_rule\r\n";

fn csv(items: &[ApplicationItem]) -> String {
    let mut text = HEAD.to_owned();
    for item in items {
        let time = |at: &Option<shared::time::LocalTime>| at.map_or_else(String::new, |at| at.to_string());
        let fields = [
            item.id.clone(),
            item.site.clone(),
            item.kind.map_or("", ApplicationKind::name).to_owned(),
            item.reason.map_or("", ApplicationReason::name).to_owned(),
            item.state.name().to_owned(),
            item.turn.map_or("", DeskParty::name).to_owned(),
            item.enterprise.clone(),
            item.container.clone(),
            item.bill_of_lading.clone(),
            item.vessel_name.clone(),
            item.voyage.clone(),
            time(&item.applied_at),
            item.since.to_string(),
            time(&item.closing_at),
            time(&item.times_out_at),
            item.differs.to_string(),
            item.by_rule.to_string(),
        ];
        let quoted: Vec<String> = fields
            .iter()
            .map(|field| crate::routes::stays::csv::quoted(field))
            .collect();
        text.push_str(&quoted.join(","));
        text.push_str("\r\n");
    }
    text
}
