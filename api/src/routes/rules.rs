//! The alarm rules: what they are, what a change of them would have raised, and the change.

use super::App;
use super::alarms::read_body;
use super::error::ApiError;
use super::guard::log;
use super::params::Params;
use crate::access::Caller;
use crate::access::audit::Deed;
use crate::engine::regimes::ByPerson;
use crate::engine::site::SiteState;
use crate::engine::state::State as EngineState;
use crate::engine::trial;
use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use shared::rules::Rules;
use shared::time::{DAY, Time};
use shared::wire::rules::{RulesAnswer, RulesRequest, RulesVersion, TrialAnswer, TrialRequest};

/// How far back a trial looks when nobody says.
const TRIED: i64 = 30 * DAY;

/// `GET /rules`: the rules of a site, now or at a moment, with their versions.
pub async fn rules(State(app): State<App>, params: Params) -> Result<Json<RulesAnswer>, ApiError> {
    params.only(&["site", "at", "version"])?;
    let state = app.engine.state();
    let site = params.site(&state)?;
    let at = params.time("at", site)?;
    Ok(Json(answer(&state, site, at, params.number("version")?)?))
}

fn answer(
    state: &EngineState,
    site: &SiteState,
    at: Option<Time>,
    version: Option<u64>,
) -> Result<RulesAnswer, ApiError> {
    let all: Vec<_> = state
        .regimes
        .iter()
        .filter(|(_, entry)| entry.site == site.site.code)
        .zip(1u64..)
        .collect();
    let wanted = match (version, at) {
        (Some(version), _) => all.iter().find(|(_, number)| *number == version),
        (None, Some(at)) => all.iter().rev().find(|((from, _), _)| *from <= at),
        (None, None) => all.last(),
    };
    let Some(((_, entry), version)) = wanted else {
        return Err(ApiError::not_found("there is no such version of the rules"));
    };
    let versions = all.iter().rev().map(|((from, entry), version)| {
        let changed = entry.changed.clone();
        RulesVersion {
            version: *version,
            valid_from: (from.0 != i64::MIN).then(|| site.local(*from)),
            configured: changed.is_none(),
            by: changed.as_ref().and_then(|changed| changed.by.clone()),
            remark: changed.and_then(|changed| changed.remark),
        }
    });
    Ok(RulesAnswer {
        site: site.site.code.to_string(),
        rules: entry.rules.clone(),
        version: *version,
        versions: versions.collect(),
        positions: state.positions().all().cloned().collect(),
        epoch: state.epoch.clone(),
        sequence: state.sequence,
    })
}

fn checked(rules: &Rules) -> Result<(), ApiError> {
    let problems = rules.problems();
    let Some(first) = problems.first() else {
        return Ok(());
    };
    let all: Vec<String> = problems.iter().map(ToString::to_string).collect();
    Err(ApiError::parameter(&first.pointer, all.join("; ")))
}

/// The site that a body names.
fn site_of<'s>(
    state: &'s EngineState,
    caller: &Caller,
    code: Option<&str>,
) -> Result<&'s SiteState, ApiError> {
    let mut params = Params::none_of(caller);
    if let Some(code) = code {
        params.set("site", code);
    }
    // The parameters end here, and the site lives in the state.
    let code = params.site(state)?.site.code.clone();
    state.site(&code).ok_or_else(ApiError::internal)
}

/// `PUT /rules`: other rules from now on.
pub async fn change(
    State(app): State<App>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<RulesAnswer>, ApiError> {
    let request: RulesRequest = read_body(&body)?;
    checked(&request.rules)?;
    let site = {
        let state = app.engine.state();
        site_of(&state, &caller, request.site.as_deref())?
            .site
            .code
            .clone()
    };
    let by = caller.acts_as(request.by)?;
    log(
        &app.access,
        &caller,
        Deed::RulesChanged,
        &site,
        request.remark.clone(),
    )
    .await?;
    let changed = ByPerson {
        by,
        remark: request.remark,
    };
    app.engine
        .change_rules(&site, request.rules, changed, request.if_version)
        .await?;
    let state = app.engine.state();
    let site = state.site(&site).ok_or_else(ApiError::internal)?;
    Ok(Json(answer(&state, site, None, None)?))
}

/// `POST /rules/try`: what other rules would have raised over a period, beside what today's would have.
pub async fn attempt(
    State(app): State<App>,
    caller: Caller,
    body: Bytes,
) -> Result<Json<TrialAnswer>, ApiError> {
    let request: TrialRequest = read_body(&body)?;
    checked(&request.rules)?;
    let engine = std::sync::Arc::clone(&app.engine);
    let answer = crate::serving::apart(move || {
        let (site, from, to) = {
            let state = engine.state();
            let site = site_of(&state, &caller, request.site.as_deref())?
                .site
                .code
                .clone();
            let to = request.to.map_or(state.now.max(engine.clock.now()), |to| to.at);
            let from = request.from.map_or(to.plus(-TRIED), |from| from.at);
            (site, from, to)
        };
        if from >= to {
            return Err(ApiError::parameter("from", "the period ends before it begins"));
        }
        trial::attempt(&engine, &site, &request.rules, from, to).map_err(ApiError::from)
    });
    Ok(Json(answer.await.map_err(|_| ApiError::internal())??))
}
