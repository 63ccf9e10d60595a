//! What the address asks for, as the server is asked for it: which alarms, in which lists, in which order.

use crate::address::Query;
use shared::alarm::{Kind, Priority, State};

/// Parameters of the address that choose alarms, beside their kind.
const CHOOSING: [&str; 13] = [
    "site",
    "state",
    "priority",
    "block",
    "vessel",
    "rule",
    "position",
    "from",
    "to",
    "raised_from",
    "raised_to",
    "q",
    "open",
];

/// States by their names in the address.
pub const STATES: [(State, &str); 11] = [
    (State::Active, "active"),
    (State::Unacknowledged, "unacknowledged"),
    (State::Acknowledged, "acknowledged"),
    (State::AwaitingExplanation, "awaiting_explanation"),
    (State::Explained, "explained"),
    (State::Shelved, "shelved"),
    (State::Suppressed, "suppressed"),
    (State::OutOfService, "out_of_service"),
    (State::Cleared, "cleared"),
    (State::Closed, "closed"),
    (State::Withdrawn, "withdrawn"),
];

/// Priorities by their names, the most urgent first.
pub const PRIORITIES: [(Priority, &str); 3] = [
    (Priority::High, "high"),
    (Priority::Medium, "medium"),
    (Priority::Low, "low"),
];

/// The name of a priority.
pub fn priority_name(priority: Priority) -> &'static str {
    PRIORITIES[2 - priority as usize].1
}

/// Which columns a list has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Those of the overtime screen.
    Overtime,
    /// Those of the illegal-storage screen.
    IllegalStorage,
    /// Those that fit any kind, for kinds that have no screen of their own.
    Others,
    /// The same for whatever kinds were chosen.
    Mixed,
}

/// A list and the kinds in it; none means every kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing {
    /// Its columns.
    pub shape: Shape,
    /// Its kinds.
    pub kinds: Vec<Kind>,
}

impl Listing {
    /// Its name for whoever reads the page by program.
    pub fn name(&self) -> &'static str {
        match self.shape {
            Shape::Overtime => Kind::Overtime.name(),
            Shape::IllegalStorage => Kind::IllegalStorage.name(),
            Shape::Others => "others",
            Shape::Mixed => "all",
        }
    }

    /// Whether a kind is in it.
    pub fn has(&self, kind: Kind) -> bool {
        self.kinds.is_empty() || self.kinds.contains(&kind)
    }

    /// What the server is asked for it.
    pub fn query(&self, query: &Query) -> Query {
        let kinds: Vec<&str> = self.kinds.iter().map(|kind| kind.name()).collect();
        asked(query)
            .with("kind", Some(&kinds.join(",")))
            .with("sort", query.get("sort"))
            .with("order", query.get("order"))
    }
}

/// The lists of an address: the two screens that customs knows and the rest without a choice of kinds, else one.
pub fn listings(query: &Query) -> Vec<Listing> {
    let list = |shape, kinds: &[Kind]| Listing {
        shape,
        kinds: kinds.to_vec(),
    };
    let others: Vec<Kind> = Kind::ALL
        .into_iter()
        .filter(|kind| !matches!(kind, Kind::Overtime | Kind::IllegalStorage))
        .collect();
    match query.get("kind") {
        None => vec![
            list(Shape::Overtime, &[Kind::Overtime]),
            list(Shape::IllegalStorage, &[Kind::IllegalStorage]),
            list(Shape::Others, &others),
        ],
        Some("others") => vec![list(Shape::Others, &others)],
        Some(names) => {
            let kinds: Vec<Kind> = names.split(',').filter_map(Kind::from_name).collect();
            let shape = match kinds.as_slice() {
                [Kind::Overtime] => Shape::Overtime,
                [Kind::IllegalStorage] => Shape::IllegalStorage,
                _ => Shape::Mixed,
            };
            vec![list(shape, &kinds)]
        }
    }
}

/// What the server is asked, of every kind. Without a state it is the open list.
pub fn asked(query: &Query) -> Query {
    let chosen = query.clone().only(|name| CHOOSING.contains(&name));
    match (query.get("state"), query.get("open")) {
        (Some("all"), _) => chosen.with("state", None),
        (None, None) => chosen.with("open", Some("true")),
        _ => chosen,
    }
}

/// Whether one of several values is chosen.
pub fn has(values: Option<&str>, one: &str) -> bool {
    values.is_some_and(|values| values.split(',').any(|value| value == one))
}

/// Several values with one put in or taken out.
pub fn toggled(values: Option<&str>, one: &str) -> String {
    let mut chosen: Vec<&str> = values
        .unwrap_or_default()
        .split(',')
        .filter(|value| !value.is_empty() && *value != "all" && *value != "others")
        .collect();
    match chosen.iter().position(|value| *value == one) {
        Some(place) => drop(chosen.remove(place)),
        None => chosen.push(one),
    }
    chosen.join(",")
}

/// The page's query for a call's address: a call without a state means every alarm, the page the open ones.
pub fn of_call(href: &str) -> Query {
    let query = Query::parse(href.split_once('?').map_or("", |(_, query)| query));
    match (query.get("state"), query.get("open")) {
        (None, None) => query.with("state", Some("all")),
        _ => query,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_choice_the_two_screens_and_the_rest_are_shown_with_what_is_open() {
        let query = Query::parse("site=A&theme=dark&alarm=x");
        let lists = listings(&query);
        let names: Vec<&str> = lists.iter().map(Listing::name).collect();
        assert_eq!(names, ["overtime", "illegal_storage", "others"]);
        assert_eq!(
            lists[1].query(&query).to_string(),
            "?site=A&open=true&kind=illegal_storage"
        );
        for kind in Kind::ALL {
            assert_eq!(lists.iter().filter(|list| list.has(kind)).count(), 1, "{kind:?}");
        }
    }

    #[test]
    fn chosen_kinds_are_one_list() {
        let one = |kind: &str| listings(&Query::parse(&format!("kind={kind}"))).remove(0);
        assert_eq!(one("overtime").shape, Shape::Overtime);
        assert_eq!(one("overtime,slot_taken").shape, Shape::Mixed);
        assert!(one("all").has(Kind::ClockWrong));
        assert!(!one("slot_taken").has(Kind::Overtime));
    }

    #[test]
    fn several_states_are_handed_on_and_all_means_no_state() {
        assert_eq!(
            asked(&Query::parse("state=active,shelved&block=G12")).to_string(),
            "?state=active,shelved&block=G12"
        );
        assert_eq!(asked(&Query::parse("state=all")).to_string(), "");
        assert_eq!(
            of_call("/api/v1/alarms?kind=overtime").to_string(),
            "?kind=overtime&state=all"
        );
        assert_eq!(of_call("/api/v1/alarms?open=true").to_string(), "?open=true");
    }

    #[test]
    fn a_value_is_put_in_and_taken_out_again() {
        assert_eq!(toggled(None, "high"), "high");
        assert_eq!(toggled(Some("all"), "overtime"), "overtime");
        assert_eq!(toggled(Some("high"), "low"), "high,low");
        assert_eq!(toggled(Some("high,low"), "high"), "low");
        assert!(has(Some("high,low"), "low") && !has(None, "low"));
    }

    #[test]
    fn every_priority_has_its_name() {
        for (priority, name) in PRIORITIES {
            assert_eq!(priority_name(priority), name);
        }
    }
}
