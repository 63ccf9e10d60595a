//! Which alarms a list shows: asked of the server with the snapshot, and of every alarm that the stream
//! brings, so that both agree.

use crate::address::Query;
use shared::alarm::{Explanation, Kind, State};
use shared::wire::alarm::Alarm;

/// One of the lists of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// Overtime.
    Overtime,
    /// Illegal storage.
    IllegalStorage,
    /// Every other kind.
    Others,
}

/// Every kind that is in no table of its own.
const OTHERS: [Kind; 9] = [
    Kind::UnreleasedDeparture,
    Kind::ReleaseMissing,
    Kind::InspectionLate,
    Kind::ReeferPower,
    Kind::ReeferTemperature,
    Kind::TwoPlaces,
    Kind::SlotTaken,
    Kind::FeedSilent,
    Kind::ClockWrong,
];

impl List {
    /// The three, in the order in which they stand.
    pub const ALL: [List; 3] = [List::Overtime, List::IllegalStorage, List::Others];

    /// Its name in the address.
    pub fn name(self) -> &'static str {
        match self {
            List::Overtime => "overtime",
            List::IllegalStorage => "illegal_storage",
            List::Others => "others",
        }
    }

    fn kinds(self) -> String {
        match self {
            List::Overtime | List::IllegalStorage => self.name().to_owned(),
            List::Others => OTHERS.map(kind_name).join(","),
        }
    }

    fn has(self, kind: Kind) -> bool {
        match self {
            List::Overtime => kind == Kind::Overtime,
            List::IllegalStorage => kind == Kind::IllegalStorage,
            List::Others => OTHERS.contains(&kind),
        }
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Overtime => "overtime",
        Kind::IllegalStorage => "illegal_storage",
        Kind::UnreleasedDeparture => "unreleased_departure",
        Kind::ReleaseMissing => "release_missing",
        Kind::InspectionLate => "inspection_late",
        Kind::ReeferPower => "reefer_power",
        Kind::ReeferTemperature => "reefer_temperature",
        Kind::TwoPlaces => "two_places",
        Kind::SlotTaken => "slot_taken",
        Kind::FeedSilent => "feed_silent",
        Kind::ClockWrong => "clock_wrong",
    }
}

/// States by their names in the address.
pub const STATES: [(State, &str); 9] = [
    (State::Active, "active"),
    (State::Unacknowledged, "unacknowledged"),
    (State::Acknowledged, "acknowledged"),
    (State::Cleared, "cleared"),
    (State::Shelved, "shelved"),
    (State::AwaitingExplanation, "awaiting_explanation"),
    (State::Explained, "explained"),
    (State::Closed, "closed"),
    (State::Withdrawn, "withdrawn"),
];

/// Which alarms one list shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    list: List,
    /// `None` shows what is open; empty shows all that are not withdrawn.
    states: Option<Vec<State>>,
    site: Option<String>,
    block: Option<String>,
}

impl Filter {
    /// The filter that an address asks for.
    pub fn of(list: List, query: &Query) -> Filter {
        let states = query.get("state").map(|names| {
            let known = |name: &str| STATES.iter().find(|(_, n)| *n == name).map(|(state, _)| *state);
            names.split(',').filter_map(known).collect()
        });
        Filter {
            list,
            states,
            site: query.get("site").map(str::to_owned),
            block: query.get("block").map(str::to_owned),
        }
    }

    /// What the server is asked.
    pub fn query(&self) -> Query {
        let states = match &self.states {
            None => Some("active,unacknowledged".to_owned()),
            Some(states) if states.is_empty() => None,
            Some(states) => {
                let name = |state: &State| STATES.iter().find(|(s, _)| s == state).map(|(_, name)| *name);
                Some(states.iter().filter_map(name).collect::<Vec<_>>().join(","))
            }
        };
        Query::default()
            .with("site", self.site.as_deref())
            .with("kind", Some(&self.list.kinds()))
            .with("block", self.block.as_deref())
            .with("state", states.as_deref())
    }

    /// Whether an alarm belongs to the list as it is now.
    pub fn takes(&self, alarm: &Alarm) -> bool {
        let place = self.site.as_ref().is_none_or(|site| *site == alarm.site)
            && (self.block.is_none() || self.block == alarm.block);
        let state = match &self.states {
            None => is_open(alarm),
            Some(states) if states.is_empty() => alarm.withdrawn_at.is_none(),
            Some(states) => states.iter().any(|state| holds(*state, alarm)),
        };
        place && state && self.list.has(alarm.kind)
    }
}

/// Open: active or unacknowledged, and neither closed, put aside, suppressed nor withdrawn.
pub fn is_open(alarm: &Alarm) -> bool {
    let aside = alarm.closed
        || alarm.suppressed
        || alarm.out_of_service
        || alarm.shelved_until.is_some()
        || alarm.withdrawn_at.is_some();
    !aside && (alarm.active || !alarm.acknowledged)
}

/// Whether a state holds of an alarm. Withdrawn alarms are in no state but that.
pub fn holds(state: State, alarm: &Alarm) -> bool {
    if alarm.withdrawn_at.is_some() || state == State::Withdrawn {
        return alarm.withdrawn_at.is_some() && state == State::Withdrawn;
    }
    let given = alarm
        .explanation
        .as_ref()
        .is_some_and(|explained| explained.state == Explanation::Given);
    match state {
        State::Active => alarm.active,
        State::Cleared => !alarm.active,
        State::Unacknowledged => !alarm.acknowledged,
        State::Acknowledged => alarm.acknowledged,
        State::Shelved => alarm.shelved_until.is_some(),
        State::Suppressed => alarm.suppressed,
        State::OutOfService => alarm.out_of_service,
        State::AwaitingExplanation => alarm.kind == Kind::IllegalStorage && !alarm.closed && !given,
        State::Explained => given,
        State::Closed => alarm.closed,
        State::Withdrawn => false,
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use shared::alarm::Priority;
    use shared::time::{LocalTime, Time};

    pub fn alarm(id: &str, raised: i64) -> Alarm {
        let at = |ms| LocalTime {
            at: Time(ms),
            offset_seconds: 28_800,
        };
        Alarm {
            id: id.to_owned(),
            tag: "tag".to_owned(),
            rule: "overtime:discharge:stack".to_owned(),
            kind: Kind::Overtime,
            priority: Priority::High,
            site: "CNTXG-TPCT".to_owned(),
            stay: Some("stay".to_owned()),
            container: Some("CSU6097384".to_owned()),
            container_verified: false,
            direction: None,
            bill_of_lading: None,
            voyage: None,
            vessel_name: None,
            dangerous: false,
            refrigerated: false,
            previous: None,
            current: None,
            limit_seconds: Some(3_600),
            reasons: Vec::new(),
            others: Vec::new(),
            temperature: None,
            source: None,
            ahead_seconds: None,
            position: String::new(),
            entered_at: None,
            slot: None,
            block: None,
            raised_at: at(raised),
            cleared_at: None,
            recorded_at: at(raised),
            withdrawn_at: None,
            active: true,
            acknowledged: false,
            shelved_until: None,
            suppressed: false,
            out_of_service: false,
            explanation: None,
            closed: false,
            history: Vec::new(),
            sequence: 1,
        }
    }

    #[test]
    fn open_is_active_or_unacknowledged_until_it_is_closed() {
        let filter = Filter::of(List::Overtime, &Query::default());
        let mut one = alarm("a", 0);
        assert!(filter.takes(&one));
        one.acknowledged = true;
        assert!(filter.takes(&one));
        one.active = false;
        assert!(!filter.takes(&one));
        one.acknowledged = false;
        assert!(filter.takes(&one));
        one.closed = true;
        assert!(!filter.takes(&one));
    }

    #[test]
    fn a_withdrawn_alarm_is_only_in_its_own_list() {
        let mut one = alarm("a", 0);
        one.withdrawn_at = Some(one.raised_at);
        for (name, expected) in [("active", false), ("withdrawn", true), ("all", false)] {
            let filter = Filter::of(List::Overtime, &Query::parse(&format!("state={name}")));
            assert_eq!(filter.takes(&one), expected, "{name}");
        }
        assert!(!Filter::of(List::Overtime, &Query::default()).takes(&one));
    }

    #[test]
    fn every_kind_is_in_one_list() {
        let mut one = alarm("a", 0);
        for kind in OTHERS.into_iter().chain([Kind::Overtime, Kind::IllegalStorage]) {
            one.kind = kind;
            let lists = List::ALL.map(|list| Filter::of(list, &Query::default()).takes(&one));
            assert_eq!(lists.iter().filter(|taken| **taken).count(), 1, "{kind:?}");
        }
    }

    #[test]
    fn the_server_is_asked_the_same() {
        let filter = Filter::of(List::IllegalStorage, &Query::parse("site=A&theme=dark"));
        assert_eq!(
            filter.query().to_string(),
            "?site=A&kind=illegal_storage&state=active,unacknowledged"
        );
    }
}
