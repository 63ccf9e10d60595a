//! `GET /figures/release-desk`: counts only, of the sites that somebody sees. An application counts where it was handed in
//! first.

use super::super::App;
use super::super::error::ApiError;
use super::super::params::Params;
use super::queue::{Wanted, any_site};
use crate::access::Caller;
use crate::engine::calendar::LocalCalendar;
use crate::serving::apart;
use axum::Json;
use axum::extract::State;
use shared::figures::Calendar as _;
use shared::figures::rows::Bucket;
use shared::release_desk::figures::{STEPS, Totals, Waiting};
use shared::release_desk::{Application, is_open};
use shared::time::Time;
use shared::wire::figures::Group;
use shared::wire::release_desk::{
    ApplicationKind, ApplicationReason, ApplicationState, DeskFigures, DeskRow, DeskStepTime, DeskWaiting,
};
use std::collections::BTreeMap;

/// What rows group by.
const GROUPS: [&str; 4] = ["kind", "reason", "state", "site"];
/// So many buckets are answered.
const BUCKETS: usize = 10_000;

/// `GET /figures/release-desk`.
pub async fn figures(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<DeskFigures>, ApiError> {
    params.only(&["site", "from", "to", "bucket", "group", "kind", "reason", "state"])?;
    let bucket = params.one_of("bucket", &Bucket::ALL, Bucket::name)?;
    let mut groups = params.each_of("group", &GROUPS, |name| name)?;
    groups.dedup();
    let (wanted, calendar) = {
        let state = app.engine.state();
        let site = any_site(&params, &state)?;
        (Wanted::of(&params, site)?, LocalCalendar::of(&site.site))
    };
    let asked = Asked {
        params,
        wanted,
        calendar,
        bucket,
        groups,
        each: app.engine.configuration.release_desk.saved_fen_each,
    };
    let counted = apart(move || asked.count(&app, &caller));
    counted.await.map_err(|_| ApiError::internal())?.map(Json)
}

/// What is asked, and the calendar of the site whose dates are meant.
struct Asked {
    params: Params,
    wanted: Wanted,
    calendar: LocalCalendar,
    bucket: Option<Bucket>,
    groups: Vec<&'static str>,
    each: u64,
}

impl Asked {
    /// Counts. All that ever was is unpacked for it, and that takes its time.
    fn count(&self, app: &App, caller: &Caller) -> Result<DeskFigures, ApiError> {
        let (wanted, bucket, groups, calendar) = (&self.wanted, self.bucket, &self.groups, &self.calendar);
        let book = app.desk()?.book();
        let mut rows: BTreeMap<(Option<Time>, Vec<String>), Totals> = BTreeMap::new();
        let mut waiting = Waiting::default();
        let (mut first, mut last) = (None, None);
        for application in book.newest() {
            let Some(applied) = application.applied_at else {
                continue;
            };
            if !caller.sees(&application.form.site) || !wanted.fits(&application) {
                continue;
            }
            // Who waits now waits, whenever that began.
            if is_open(application.state) {
                let seen = book.seen.get(&application.id);
                let closing = seen.map_or(application.closing_at, |seen| seen.closing_at);
                waiting.add(&application, closing);
            }
            if !wanted.is_in_period(&application) {
                continue;
            }
            first = first.into_iter().chain([applied]).min();
            last = last.into_iter().chain([applied]).max();
            // An hour is looked up by its beginning.
            let hour = calendar.hour(applied).begins();
            let begins = bucket.map(|bucket| bucket.around(hour, calendar).0);
            let group = groups.iter().map(|name| value(&application, name)).collect();
            rows.entry((begins, group)).or_default().add(&application);
        }
        if rows.is_empty() && bucket.is_none() && groups.is_empty() {
            // Nothing at all is an answer too.
            rows.insert((None, Vec::new()), Totals::default());
        }
        if rows.len() > BUCKETS {
            let detail = format!(
                "this makes {} rows, and {BUCKETS} are answered; ask for wider buckets",
                rows.len()
            );
            return Err(ApiError::parameter("bucket", detail));
        }
        let now = app.engine.clock.now();
        let hour_of = |at: Time| calendar.hour(at).begins();
        let from = hour_of(wanted.period.0.or(first).unwrap_or(now));
        let to = wanted
            .period
            .1
            .unwrap_or_else(|| calendar.next_hour(hour_of(last.unwrap_or(now))));
        let local = |at: Time| calendar.local(at);
        Ok(DeskFigures {
            from: local(from),
            to: local(to),
            bucket: bucket.map(|bucket| bucket.name().to_owned()),
            group: groups.iter().map(|name| (*name).to_owned()).collect(),
            rows: rows
                .iter()
                .map(|((begins, group), totals)| self.row(*begins, group, totals))
                .collect(),
            waiting: waiting
                .0
                .iter()
                .map(|((turn, state), queue)| DeskWaiting {
                    turn: *turn,
                    state: *state,
                    applications: queue.applications,
                    oldest_at: queue.oldest.map(local),
                    closing_at: queue.closing.map(local),
                })
                .collect(),
            saved_fen_each: self.each,
            epoch: book.epoch.clone(),
            sequence: book.sequence,
        })
    }

    fn row(&self, begins: Option<Time>, group: &[String], totals: &Totals) -> DeskRow {
        let steps = STEPS.iter().filter_map(|state| {
            let lengths = totals.steps.get(state)?;
            Some(DeskStepTime {
                state: *state,
                visits: lengths.count(),
                mean_seconds: lengths.mean(),
                median_seconds: lengths.percentile(50),
                p90_seconds: lengths.percentile(90),
            })
        });
        let whole = &totals.to_confirmation;
        let in_order =
            |states: &BTreeMap<ApplicationState, u64>| states.iter().map(|(s, n)| (*s, *n)).collect();
        DeskRow {
            bucket: begins.map(|at| self.calendar.local(at)),
            group: match (self.groups.as_slice(), group) {
                ([], _) | (_, []) => None,
                (_, [one]) => Some(Group::One(one.clone())),
                (names, values) => {
                    let pairs = names.iter().zip(values);
                    Some(Group::Several(
                        pairs
                            .map(|(name, value)| ((*name).to_owned(), value.clone()))
                            .collect(),
                    ))
                }
            },
            applications: totals.applications,
            states: in_order(&totals.states),
            reasons: totals
                .reasons
                .iter()
                .map(|(reason, count)| (*reason, *count))
                .collect(),
            mean_seconds: whole.mean(),
            median_seconds: whole.percentile(50),
            p90_seconds: whole.percentile(90),
            max_seconds: whole.percentile(100),
            steps: steps.collect(),
            with_closing: totals.with_closing,
            before_closing: totals.before_closing,
            saved: totals.saved,
            saved_fen: totals.saved * self.each,
            by_rule: totals.by_rule,
            href: self.href(begins, group),
        }
    }

    /// The list whose items are exactly those that a row counts: drafts were never handed in, so a period leaves them out.
    fn href(&self, begins: Option<Time>, group: &[String]) -> String {
        let mut list = self.params.without(&["bucket", "group", "from", "to"]);
        let (mut from, mut to) = self.wanted.period;
        if let (Some(bucket), Some(begins)) = (self.bucket, begins) {
            let (start, next) = bucket.around(begins, &self.calendar);
            from = from.into_iter().chain([start]).max();
            to = to.into_iter().chain([next]).min();
        }
        list.set("from", &self.calendar.local(from.unwrap_or(Time(0))).to_string());
        if let Some(to) = to {
            list.set("to", &self.calendar.local(to).to_string());
        }
        for (name, value) in self.groups.iter().zip(group) {
            list.set(name, value);
        }
        format!("/api/v1/release-desk/applications{}", list.text())
    }
}

fn value(application: &Application, group: &str) -> String {
    match group {
        "kind" => application
            .form
            .kind
            .map_or("unknown", ApplicationKind::name)
            .to_owned(),
        "reason" => application
            .form
            .reason
            .map_or("unknown", ApplicationReason::name)
            .to_owned(),
        "state" => application.state.name().to_owned(),
        _ => application.form.site.clone(),
    }
}
