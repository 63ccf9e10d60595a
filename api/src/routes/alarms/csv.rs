//! Alarms as CSV (RFC 4180): all that a filter selects, in its order.

use crate::routes::stays::csv::quoted;
use serde::Serialize;
use shared::wire::alarm::Alarm;
use std::fmt::Write as _;

/// The names of the columns.
pub const HEAD: &str = "id,kind,rule,priority,site,position,container,container_verified,direction,bill_of_lading,voyage,\
                        vessel_name,dangerous,refrigerated,slot,block,previous_node,previous_at,current_node,current_at,\
                        limit_seconds,reasons,entered_at,raised_at,cleared_at,recorded_at,withdrawn_at,active,\
                        acknowledged,shelved_until,suppressed,out_of_service,explanation,closed,source\r\n";

/// The name that travels of a value that has one.
fn name<T: Serialize>(value: &T) -> String {
    let text = serde_json::to_value(value).ok();
    text.and_then(|text| Some(text.as_str()?.to_owned()))
        .unwrap_or_default()
}

/// One alarm as a line.
pub fn line(alarm: &Alarm) -> String {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let time = |value: &Option<shared::time::LocalTime>| value.map(|at| at.to_string()).unwrap_or_default();
    let node = |node: &Option<shared::wire::alarm::AlarmNode>| match node {
        Some(node) => (
            node.node.name().to_owned(),
            node.at.map(|at| at.to_string()).unwrap_or_default(),
        ),
        None => Default::default(),
    };
    let (previous, current) = (node(&alarm.previous), node(&alarm.current));
    let reasons: Vec<String> = alarm.reasons.iter().map(name).collect();
    let fields = [
        alarm.id.clone(),
        alarm.kind.name().to_owned(),
        alarm.rule.clone(),
        name(&alarm.priority),
        alarm.site.clone(),
        alarm.position.clone(),
        text(&alarm.container),
        alarm.container_verified.to_string(),
        alarm
            .direction
            .map(|direction| direction.name().to_owned())
            .unwrap_or_default(),
        text(&alarm.bill_of_lading),
        text(&alarm.voyage),
        text(&alarm.vessel_name),
        alarm.dangerous.to_string(),
        alarm.refrigerated.to_string(),
        text(&alarm.slot),
        text(&alarm.block),
        previous.0,
        previous.1,
        current.0,
        current.1,
        alarm
            .limit_seconds
            .map(|seconds| seconds.to_string())
            .unwrap_or_default(),
        reasons.join(" "),
        time(&alarm.entered_at),
        alarm.raised_at.to_string(),
        time(&alarm.cleared_at),
        alarm.recorded_at.to_string(),
        time(&alarm.withdrawn_at),
        alarm.active.to_string(),
        alarm.acknowledged.to_string(),
        time(&alarm.shelved_until),
        alarm.suppressed.to_string(),
        alarm.out_of_service.to_string(),
        alarm
            .explanation
            .as_ref()
            .map(|explanation| explanation.text.clone())
            .unwrap_or_default(),
        alarm.closed.to_string(),
        text(&alarm.source),
    ];
    let mut line = String::new();
    for (index, field) in fields.iter().enumerate() {
        if index > 0 {
            line.push(',');
        }
        // Writing to a String cannot fail.
        let _ = write!(line, "{}", quoted(field));
    }
    line.push_str("\r\n");
    line
}
