//! The calls, one function each.

use super::{CallError, get, get_text, post, post_nothing};
use crate::address::Query;
use shared::wire::List;
use shared::wire::alarm::{ActionRequest, Alarm};
use shared::wire::container::{Container, Found};
use shared::wire::feeds::{Source, StoredProblem};
use shared::wire::figures::{ClearanceRow, Figures, Overview, ThroughputRow};
use shared::wire::site::Site;
use shared::wire::stay::Stay;
use shared::wire::yard::{BlockNow, YardNow};
use shared::yard::{Layout, geojson};

/// Sites with name, zone, clock and data age.
pub async fn sites() -> Result<List<Site>, CallError> {
    get("/sites".to_owned()).await
}

/// Alarms by their filters.
pub async fn alarms(query: Query) -> Result<List<Alarm>, CallError> {
    get(format!("/alarms{query}")).await
}

/// One alarm.
pub async fn alarm(id: String) -> Result<Alarm, CallError> {
    get(format!("/alarms/{}", path(&id))).await
}

/// What a person does with an alarm; answers the alarm as it is then.
pub async fn act(id: &str, action: &str, request: &ActionRequest) -> Result<Alarm, CallError> {
    post(format!("/alarms/{}/{action}", path(id)), request).await
}

/// One container with its stays.
pub async fn container(number: String) -> Result<Container, CallError> {
    get(format!("/containers/{}", path(&number))).await
}

/// Containers by what is known of them.
pub async fn find(query: Query) -> Result<List<Found>, CallError> {
    get(format!("/containers{query}")).await
}

/// One stay.
pub async fn stay(id: String) -> Result<Stay, CallError> {
    get(format!("/stays/{}", path(&id))).await
}

/// Stays by the filters of the figures.
pub async fn stays(query: Query) -> Result<List<Stay>, CallError> {
    get(format!("/stays{query}")).await
}

/// The yard now.
pub async fn yard(query: Query) -> Result<YardNow, CallError> {
    get(format!("/yard{query}")).await
}

/// The layout of the yard.
pub async fn layout(query: Query) -> Result<Layout, CallError> {
    let text = get_text(format!("/yard/layout{query}")).await?;
    geojson::read_written(&text).map_err(|error| CallError::Shape(error.to_string()))
}

/// One block's boxes.
pub async fn block(name: String, query: Query) -> Result<BlockNow, CallError> {
    get(format!("/yard/blocks/{}{query}", path(&name))).await
}

/// What the first page shows.
pub async fn overview(query: Query) -> Result<Overview, CallError> {
    get(format!("/figures/overview{query}")).await
}

/// Clearance.
pub async fn clearance(query: Query) -> Result<Figures<ClearanceRow>, CallError> {
    get(format!("/figures/clearance{query}")).await
}

/// Throughput.
pub async fn throughput(query: Query) -> Result<Figures<ThroughputRow>, CallError> {
    get(format!("/figures/throughput{query}")).await
}

/// Sources of the feeds.
pub async fn feeds() -> Result<List<Source>, CallError> {
    get("/feeds?limit=1000".to_owned()).await
}

/// What could not be understood.
pub async fn problems(query: Query) -> Result<List<StoredProblem>, CallError> {
    get(format!("/feeds/problems{query}")).await
}

/// Retries or dismisses a problem.
pub async fn answer_problem(id: &str, action: &str) -> Result<(), CallError> {
    post_nothing(format!("/feeds/problems/{}/{action}", path(id))).await
}

fn path(part: &str) -> String {
    crate::address::encode(part)
}
