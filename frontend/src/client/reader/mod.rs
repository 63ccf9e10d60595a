//! Reads what travels.
//!
//! The types and their names are those of `shared::wire`; serde's derived readers of them would be a fifth of
//! the page, for each stops at each mistake and undoes what it has read so far. This one reads to the end,
//! puts a stand-in where something does not fit, remembers the first mistake, and hands nothing out when there
//! was one. [`fields`] names every field of every type: a new one does not compile until it is named there.

/// What the types are made of.
mod basics;
/// The types that travel, field by field.
mod fields;
/// JSON.
mod json;
/// The layout.
mod layout;

use serde_json::{Map, Value};
use std::cell::RefCell;

/// What does not fit: where, and what was there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Misfit(String);

/// The first mistake, if there was one.
#[derive(Default)]
pub struct Mistakes(RefCell<Option<String>>);

/// What can be read.
pub trait Read: Sized {
    /// Reads a value; a stand-in where it does not fit.
    fn read(value: &Value, mistakes: &Mistakes) -> Self;

    /// Whether a member may be missing; it then reads like one that says nothing.
    const MAY_BE_MISSING: bool = false;
}

/// Reads a text.
pub fn read<T: Read>(text: &str) -> Result<T, Misfit> {
    let value = json::parse(text).map_err(|at| Misfit(format!("no JSON from byte {at} on")))?;
    let mistakes = Mistakes::default();
    let read = T::read(&value, &mistakes);
    match mistakes.0.into_inner() {
        None => Ok(read),
        Some(mistake) => Err(Misfit(mistake)),
    }
}

impl Mistakes {
    /// Remembers a value that is not what it should be.
    fn is_no(&self, value: &Value, expected: &str) {
        let found = plain(value);
        let cut: String = found.chars().take(40).collect();
        self.remember(format!("{cut} is no {expected}"));
    }

    fn remember(&self, mistake: String) {
        self.0.borrow_mut().get_or_insert(mistake);
    }
}

/// A value in plain words. (Its own way of writing numbers brings ten kilobytes of tables.)
pub fn plain(value: &Value) -> String {
    let list = |parts: Vec<String>| parts.join(", ");
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(yes) => yes.to_string(),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole.to_string(),
            None => crate::i18n::format::thousandths(number.as_f64().unwrap_or_default()),
        },
        Value::String(text) => text.clone(),
        Value::Array(items) => format!("[{}]", list(items.iter().map(plain).collect())),
        Value::Object(members) => list(
            members
                .iter()
                .map(|(name, value)| format!("{name}: {}", plain(value)))
                .collect(),
        ),
    }
}

/// The members of an object; none when it is no object.
pub fn members<'a>(value: &'a Value, mistakes: &Mistakes) -> Option<&'a Map<String, Value>> {
    let members = value.as_object();
    if members.is_none() {
        mistakes.is_no(value, "object");
    }
    members
}

/// One member.
pub fn member<T: Read>(members: Option<&Map<String, Value>>, name: &str, mistakes: &Mistakes) -> T {
    T::read(found(members, name, T::MAY_BE_MISSING, mistakes), mistakes)
}

/// Where a member is, or what stands in for it. Apart from [`member`], which is there once for each type.
#[inline(never)]
fn found<'a>(
    members: Option<&'a Map<String, Value>>,
    name: &str,
    may_be_missing: bool,
    mistakes: &Mistakes,
) -> &'a Value {
    let value = members.and_then(|members| members.get(name));
    if value.is_none() && members.is_some() && !may_be_missing {
        mistakes.remember(format!("`{name}` is missing"));
    }
    value.unwrap_or(&Value::Null)
}

/// One member of what can be asked for in part: what was not asked for says nothing.
fn asked_member<T: Read>(members: Option<&Map<String, Value>>, name: &str, mistakes: &Mistakes) -> T {
    match members.and_then(|members| members.get(name)) {
        Some(value) => T::read(value, mistakes),
        None => T::read(&Value::Null, &Mistakes::default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::de::DeserializeOwned;
    use shared::wire::List;
    use shared::wire::access::{Account, AuditEntry, KeyWithSecret};
    use shared::wire::alarm::{Alarm, AlarmSummary};
    use shared::wire::container::Container;
    use shared::wire::feeds::StoredProblem;
    use shared::wire::figures::{Figures, ThroughputRow};
    use shared::wire::performance::Performance;
    use shared::wire::rules::TrialAnswer;
    use shared::wire::yard::YardChange;
    use std::fmt::Debug;

    fn same<T: Read + DeserializeOwned + PartialEq + Debug>(text: &str) {
        assert_eq!(read::<T>(text).unwrap(), serde_json::from_str::<T>(text).unwrap());
    }

    #[test]
    fn it_reads_what_serde_reads() {
        same::<List<Alarm>>(
            r#"{"items":[{"id":"a","tag":"t","rule":"storage","others":[{"container":"C","stay":"s","site":null,
            "slot":"x","source":null}],"temperature":{"set":-18.0,"measured":-9.5,"band":3.0},"source":null,
            "ahead_seconds":null,"position":"room","out_of_service":false,"kind":"illegal_storage","priority":"high","site":"S","stay":null,
            "container":"C","container_verified":false,"direction":"import","bill_of_lading":null,"voyage":"1",
            "vessel_name":null,"dangerous":true,"refrigerated":false,"previous":{"node":"stack","at":null},
            "current":null,"limit_seconds":3600,"reasons":["no_block"],"entered_at":"2022-02-23T13:14:15+08:00",
            "slot":"G124405.1","block":"G12","raised_at":"2022-02-23T13:14:15+08:00","cleared_at":null,
            "recorded_at":"2022-02-23T13:14:15+08:00","withdrawn_at":null,"active":true,"acknowledged":false,
            "shelved_until":null,"suppressed":false,"explanation":{"text":"t","at":"2022-02-23T13:14:15+08:00",
            "by":null,"state":"given"},"closed":false,"history":[{"at":"2022-02-23T13:14:15+08:00","by":"w",
            "action":"raise","remark":null}],"sequence":7,"something":{"new":[1,2]}}],"next":null,"epoch":"e",
            "sequence":9}"#,
        );
        same::<AlarmSummary>(
            r#"{"total":3,"open":2,"unacknowledged":1,"kinds":[{"kind":"overtime","priority":"low","count":2,
            "unacknowledged":1}],"groups":[{"key":["G12",null],"count":2,"active":1,"unacknowledged":1,"high":0,
            "medium":1,"first_raised_at":"2022-02-23T13:14:15+08:00","last_raised_at":"2022-02-23T13:14:15+08:00",
            "href":"/x"}],"group_count":1,"epoch":"e","sequence":9}"#,
        );
        same::<TrialAnswer>(
            r#"{"site":"S","from":"2022-02-23T13:14:15+08:00","to":"2022-02-24T13:14:15+08:00","stays":5,
            "today":{"alarms":1,"high":0,"medium":0,"low":1,"most_in_ten_minutes":1,"windows_over_ten":0},
            "tried":{"alarms":2,"high":0,"medium":0,"low":2,"most_in_ten_minutes":1,"windows_over_ten":0},
            "rules":[{"rule":"overtime:discharge:stack","kind":"overtime","today":1,"tried":2}],"added":1,"dropped":0,
            "added_alarms":[{"kind":"overtime","priority":"low","rule":"r","container":"C","stay":"s",
            "limit_seconds":60,"raised_at":"2022-02-23T13:14:15+08:00","cleared_at":null,"slot":null}],
            "dropped_alarms":[],"days":[["2022-02-23T00:00:00+08:00",1,2]],"epoch":"e","sequence":9}"#,
        );
        same::<Performance>(
            r#"{"site":null,"from":"2022-02-23T13:10:00+08:00","to":"2022-02-24T13:10:00+08:00","alarms":1,
            "windows":144,"average_in_ten_minutes":0.5,"most_in_ten_minutes":1,"windows_over_ten":0.0,
            "time_in_flood":0.0,"course":[["2022-02-23T13:10:00+08:00",1]],"step_seconds":600,
            "floods":[{"from":"2022-02-23T13:10:00+08:00","to":"2022-02-23T13:20:00+08:00","alarms":11,
            "most_in_ten_minutes":11,"href":"/x"}],"priorities":[{"priority":"low","alarms":1,"share":1.0,
            "recommended":0.5}],"most_frequent":[{"rule":"r","kind":"overtime","alarms":1,"share":1.0,"href":"/x"}],
            "chattering":1,"chattering_tags":[{"tag":"t","rule":"r","kind":"overtime","container":null,
            "most_in_a_minute":3,"alarms":4}],"stale":1,"stale_alarms":[{"id":"a","kind":"overtime","priority":"low",
            "container":"C","block":null,"raised_at":"2022-02-23T13:14:15+08:00","cleared_at":null}],
            "kinds":[{"name":"overtime","alarms":1,"average_in_ten_minutes":0.25,"most_in_ten_minutes":1,
            "time_in_flood":0.0,"href":"/x"}],"blocks":[],"positions":[],"acknowledged":{"alarms":1,"open":0,
            "median_seconds":60,"p90_seconds":null},"limits":{"acceptable_in_ten_minutes":1,"most_in_ten_minutes":2,
            "flood_above":10,"flood_below":5,"time_in_flood":0.5,"chattering_in_a_minute":3,"stale_seconds":86400,
            "stale_alarms":5},"epoch":"e","sequence":9}"#,
        );
        same::<StoredProblem>(
            r#"{"id":"1","format":"edifact","source":null,"received_at":"2022-02-23T13:14:15Z","index":2,
            "pointer":null,"offset":12,"segment":"DTM","code":"time","message":"no","raw":"x","state":"open"}"#,
        );
        same::<Figures<ThroughputRow>>(
            r#"{"from":"2022-02-23T00:00:00Z","to":"2022-02-24T00:00:00Z","bucket":null,"group":["direction","cargo"],
            "unit":"stay","definition":{"name":"n","measures":{"a":"b"},"rounding":"r","censoring":"c","bucket_by":"b",
            "quantities":{"mean":"exact_seconds"}},"rows":[{"bucket":null,"group":{"direction":"import",
            "cargo":"reefer"},"moves":1,"teu":1.5,"discharged_teu":2,"loaded_teu":0,"transshipped_teu":0.5,"unsized":0,
            "discharged":1,"loaded":0,"transshipped":0,
            "empty":1,"empty_share":1,"gate_in":2,"gate_out":3,"rail_in":0,"rail_out":0,"yard_moves":5,"land_teu":5,
            "direct":1,"stacked":2,"mode_unknown":0,"direct_share":0.25,"dwell":{"stays":3,"mean_seconds":60.5,
            "median_seconds":60,"p90_seconds":null},"href":"/x"},{"bucket":null,"group":"import","moves":1,"teu":1,"discharged_teu":2,
            "loaded_teu":0,"transshipped_teu":0,"unsized":0,"discharged":1,"loaded":0,"transshipped":0,
            "empty":1,"empty_share":1,"gate_in":2,"gate_out":3,"rail_in":0,"rail_out":0,"yard_moves":5,"land_teu":5,
            "direct":1,"stacked":2,"mode_unknown":0,"direct_share":0.25,"dwell":{"stays":3,"mean_seconds":60.5,
            "median_seconds":60,"p90_seconds":null},"href":"/x"}],"epoch":"e","sequence":9}"#,
        );
        same::<Container>(
            r#"{"container":"C","verified":false,"stays":[{"id":"s","site":"S","container":"C",
            "container_verified":true,"direction":null,"cargo":"general","mode":"unknown","channel":"none",
            "size_type":"22G1","teu":1.0,"empty":null,"bill_of_lading":null,"voyage":null,"vessel_imo":null,
            "vessel_name":null,"declarations":["d"],"dangerous":[{"class":"3"}],"refrigerated":false,
            "status":"in_yard","slot":null,"began_at":"2022-02-23T13:14:15+08:00","ended_at":null,
            "clearance_seconds":null,"flags":["repeated"],"nodes":[{"node":"discharge",
            "at":"2022-02-23T13:14:15+08:00","classifier":"actual","slot":null,"source":"x","id":"1","reports":[
            {"source":"x","id":"1","at":"2022-02-23T13:14:15+08:00"}],"versions":[{"updated_at":null,"at":null,
            "retracted":true,"recorded_at":"2022-02-23T13:14:15+08:00","holds":false}]}],"segments":[
            {"name":"pick_up","from":"2022-02-23T13:14:15+08:00","to":"2022-02-23T13:14:16+08:00","seconds":1}],
            "alarms":["a"]}],"elsewhere":[{"node":"load","at":"2022-02-23T13:14:15+08:00","classifier":"planned",
            "location":"CNSHA","facility":null,"source":"x","id":"2","detail":{"a":[1]},"versions":[]}],
            "notes":[],"events":[{"source":"x","id":"1","versions":[{"updated_at":null,
            "recorded_at":"2022-02-23T13:14:15+08:00","retracted":true,"said":null},{"updated_at":null,
            "recorded_at":"2022-02-23T13:14:15+08:00","retracted":false,"said":{"node":"stack","weight_kg":7}}]}],
            "epoch":"e","sequence":3}"#,
        );
        same::<List<Account>>(
            r#"{"items":[{"id":"a","name":"n","full_name":"f","role":"terminal","sites":["S"],"disabled":false,
            "has_password":true,"provider":false,"locked_until":null,"created_at":"2022-02-23T13:14:15+08:00",
            "used_at":null,"sessions":2}],"next":null,"epoch":"e","sequence":9}"#,
        );
        same::<KeyWithSecret>(
            r#"{"key":{"id":"k","name":"n","role":"display","sites":null,"sources":null,"scenes":["feeds"],
            "created_at":"2022-02-23T13:14:15+08:00","created_by":"root","used_at":null,"revoked_at":null},
            "secret":"ql_display_x"}"#,
        );
        same::<AuditEntry>(
            r#"{"sequence":7,"at":"2022-02-23T13:14:15+08:00","who":null,"role":null,"address":"::1",
            "action":"sign_in_refused","subject":"x","detail":null,"hash":"00"}"#,
        );
        same::<YardChange>(
            r#"{"site":"S","placed":[{"container":"C","stay":"s","slot":"G010101.1","state":81}],"gone":["x"]}"#,
        );
    }

    #[test]
    fn what_does_not_fit_says_what_was_there() {
        let error = |text| read::<YardChange>(text).unwrap_err().to_string();
        assert!(error(r#"{"site":"S","placed":[],"gone":[7]}"#).contains("7 is no text"));
        assert!(error(r#"{"site":"S","placed":[]}"#).contains("`gone` is missing"));
        assert!(error("[]").contains("[] is no object"));
        assert!(read::<YardChange>("{").is_err());
        let state =
            r#"{"site":"S","placed":[{"container":"C","stay":"s","slot":"x","state":256}],"gone":[]}"#;
        assert!(error(state).contains("256"));
    }
}
