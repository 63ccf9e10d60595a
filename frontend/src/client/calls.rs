//! The calls: what each is asked at, and those whose answer nobody follows.

use super::{CallError, get, post, post_nothing, text, text_as, writer};
use crate::address::Query;
use crate::address::encode;
use crate::session::Told;
use gloo_net::http::Method;
use shared::wire::List;
use shared::wire::alarm::{ActionRequest, ActionsAnswer, ActionsRequest, Alarm};
use shared::wire::replay::YardChanges;
use shared::wire::site::Site;

/// Sites with name, zone, clock and data age.
pub async fn sites() -> Result<List<Site>, CallError> {
    get("/sites".to_owned()).await
}

/// Who looks, and what they may do.
pub async fn session() -> Result<Told, CallError> {
    get("/session".to_owned()).await
}

/// Signs out.
pub async fn sign_out() -> Result<(), CallError> {
    text(Method::DELETE, "/session".to_owned(), None).await.map(drop)
}

/// Alarms by their filters.
pub fn alarms(query: &Query) -> String {
    format!("/alarms{query}")
}

/// One alarm.
pub fn alarm(id: &str) -> String {
    format!("/alarms/{}", encode(id))
}

/// What a person does with an alarm; answers the alarm as it is then.
pub async fn act(id: &str, action: &str, request: &ActionRequest) -> Result<Alarm, CallError> {
    post(
        format!("/alarms/{}/{action}", encode(id)),
        writer::action(request),
    )
    .await
}

/// What a person does with many alarms; answers for each of them.
pub async fn act_on_many(request: &ActionsRequest) -> Result<ActionsAnswer, CallError> {
    post("/alarms/actions".to_owned(), writer::actions(request)).await
}

/// How many alarms there are, by what they are.
pub fn alarm_summary(query: &Query) -> String {
    format!("/alarms/summary{query}")
}

/// All that a list holds, as CSV.
pub async fn as_csv(path: String) -> Result<String, CallError> {
    text_as("text/csv", Method::GET, path, None).await
}

/// One container with its stays.
pub fn container(number: &str) -> String {
    format!("/containers/{}", encode(number))
}

/// The same as it was known at a moment.
pub fn container_then(number: &str, known: &str) -> String {
    format!("/containers/{}?known={}", encode(number), encode(known))
}

/// Containers by what is known of them.
pub fn find(query: &Query) -> String {
    format!("/containers{query}")
}

/// One stay.
pub fn stay(id: &str) -> String {
    format!("/stays/{}", encode(id))
}

/// Stays by the filters of the figures.
pub fn stays(query: &Query) -> String {
    format!("/stays{query}")
}

/// The yard now.
pub fn yard(query: &Query) -> String {
    format!("/yard{query}")
}

/// The layout of the yard.
pub fn layout(query: &Query) -> String {
    format!("/yard/layout{query}")
}

/// One block's boxes.
pub fn block(name: &str, query: &Query) -> String {
    format!("/yard/blocks/{}{query}", encode(name))
}

/// What changed in the yard over a period of the past.
pub async fn yard_changes(query: &Query) -> Result<YardChanges, CallError> {
    get(format!("/yard/changes{query}")).await
}

/// How much there was in the yard over time.
pub fn yard_course(query: &Query) -> String {
    format!("/yard/course{query}")
}

/// How much was moved in each block.
pub fn yard_moves(query: &Query) -> String {
    format!("/yard/moves{query}")
}

/// Parcels as they are now.
pub fn parcels_now(query: &Query) -> String {
    format!("/parcels/now{query}")
}

/// Parcels by their filters.
pub fn parcels(query: &Query) -> String {
    format!("/parcels{query}")
}

/// One parcel, or what a person does with it.
pub fn parcel(order: &str, action: &str) -> String {
    format!("/parcels/{}{action}", encode(order))
}

/// Figures: `overview`, `clearance`, `throughput`, `patterns` or `parcels`.
pub fn figures(name: &str, query: &Query) -> String {
    format!("/figures/{name}{query}")
}

/// How far from usual a stay is.
pub fn usual(id: &str) -> String {
    format!("/stays/{}/usual", encode(id))
}

/// The alarm rules, of a site and at a moment.
pub fn rules(query: &Query) -> String {
    format!("/rules{query}")
}

/// Sources of the feeds.
pub fn feeds() -> String {
    "/feeds?limit=1000".to_owned()
}

/// What could not be understood.
pub fn problems(query: &Query) -> String {
    format!("/feeds/problems{query}")
}

/// Retries or dismisses a problem.
pub async fn answer_problem(id: &str, action: &str) -> Result<(), CallError> {
    post_nothing(format!("/feeds/problems/{}/{action}", encode(id))).await
}
