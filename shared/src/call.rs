//! Vessel calls: (site, IMO number or else name, voyage) with arrival before and departure after
//! (`semantics.md` §2).

use crate::event::{Classifier, Event, Identity, Node};
use crate::time::{DAY, HOUR, Time};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use std::collections::BTreeMap;

/// A stay refers to a call by voyage alone only when one fits within this time.
pub const FITS_WITHIN: i64 = 14 * DAY;
/// Reports of one arrival by several sources lie within this time.
const SAME_ARRIVAL: i64 = 12 * HOUR;
/// A box waits at most so long for the vessel that takes it.
const WAITS_WITHIN: i64 = 60 * DAY;

/// One call of one vessel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// IMO number.
    pub imo: Option<SmolStr>,
    /// Name.
    pub name: Option<SmolStr>,
    /// When it berthed.
    pub arrival: Option<Time>,
    /// When it left.
    pub departure: Option<Time>,
}

/// An actual arrival or departure, as far as calls need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Report {
    identity: Identity,
    node: Node,
    at: Time,
    imo: Option<SmolStr>,
    name: Option<SmolStr>,
}

/// A departure that somebody expects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Expected {
    identity: Identity,
    updated_at: Option<Time>,
    estimated: bool,
    at: Time,
    imo: Option<SmolStr>,
    name: Option<SmolStr>,
}

/// Which vessel calls a stay may mean: those of one voyage at one site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct VoyageKey {
    /// Site code.
    pub site: SmolStr,
    /// Voyage, in capitals.
    pub voyage: SmolStr,
}

impl VoyageKey {
    /// The key of a voyage as sent.
    pub fn new(site: &str, voyage: &str) -> VoyageKey {
        VoyageKey {
            site: site.into(),
            voyage: voyage.trim().to_ascii_uppercase().into(),
        }
    }
}

/// What a stay knows of its vessel.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vessel<'a> {
    /// IMO number.
    pub imo: Option<&'a str>,
    /// Name.
    pub name: Option<&'a str>,
}

/// Reports of one voyage, by IMO number: many vessels use the same voyage numbers.
type Reports = FxHashMap<Option<SmolStr>, Vec<Report>>;

/// The calls of every voyage that vessels reported.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct CallBook {
    voyages: FxHashMap<VoyageKey, Reports>,
    expected: FxHashMap<VoyageKey, Vec<Expected>>,
}

/// A voyage of which something changed: stays that mean it by this vessel, or by no vessel, may change too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The voyage.
    pub voyage: VoyageKey,
    /// The vessel; without one every stay of the voyage may change.
    pub imo: Option<SmolStr>,
}

impl CallBook {
    /// What an actual arrival or departure at a known time concerns, or one that is expected to leave, whether the
    /// book has it or not.
    pub fn concerned(event: &Event) -> Option<Changed> {
        let content = event
            .content
            .as_ref()
            .filter(|c| !c.date_only && !event.retracted)?;
        // Whether a vessel arrives as expected changes nothing; when it leaves says when it closes for cargo.
        let counts = match content.node {
            Node::VesselArrival => content.is_actual(),
            Node::VesselDeparture => true,
            _ => false,
        };
        if !counts {
            return None;
        }
        Some(Changed {
            voyage: VoyageKey::new(content.site()?, content.voyage().flatten()?),
            imo: content.vessel_imo().flatten().cloned(),
        })
    }

    /// Takes what holds of one identity: puts in an actual arrival or departure at a known time, or when a vessel is
    /// expected to leave. Whatever the
    /// book had of the identity must have been removed before. Answers what changed.
    pub fn insert(&mut self, event: &Event) -> Option<Changed> {
        let changed = CallBook::concerned(event)?;
        let content = event.content.as_ref()?;
        if !content.is_actual() {
            self.expected
                .entry(changed.voyage.clone())
                .or_default()
                .push(Expected {
                    identity: event.identity.clone(),
                    updated_at: event.updated_at,
                    estimated: content.classifier == Classifier::Estimated,
                    at: content.at,
                    imo: changed.imo.clone(),
                    name: content.vessel_name().flatten().cloned(),
                });
            return Some(changed);
        }
        self.voyages
            .entry(changed.voyage.clone())
            .or_default()
            .entry(changed.imo.clone())
            .or_default()
            .push(Report {
                identity: event.identity.clone(),
                node: content.node,
                at: content.at,
                imo: changed.imo.clone(),
                name: content.vessel_name().flatten().cloned(),
            });
        Some(changed)
    }

    /// Takes out what the book has of an event. Answers what changed.
    pub fn remove(&mut self, event: &Event) -> Option<Changed> {
        let content = event.content.as_ref()?;
        let key = VoyageKey::new(content.site()?, content.voyage().flatten()?);
        let imo = content.vessel_imo().flatten().cloned();
        if !content.is_actual() {
            let expected = self.expected.get_mut(&key)?;
            let before = expected.len();
            expected.retain(|known| known.identity != event.identity);
            let removed = expected.len() != before;
            if expected.is_empty() {
                self.expected.remove(&key);
            }
            return removed.then_some(Changed { voyage: key, imo });
        }
        let by_vessel = self.voyages.get_mut(&key)?;
        let reports = by_vessel.get_mut(&imo)?;
        let before = reports.len();
        reports.retain(|report| report.identity != event.identity);
        let removed = reports.len() != before;
        if reports.is_empty() {
            by_vessel.remove(&imo);
            if by_vessel.is_empty() {
                self.voyages.remove(&key);
            }
        }
        removed.then_some(Changed { voyage: key, imo })
    }

    /// When the vessel of a voyage is expected to leave that a box which came at `near` waits for: the newest estimate
    /// of the best source, else the newest plan. None where several vessels may be meant.
    pub fn expected_departure(
        &self,
        site: &str,
        voyage: &str,
        vessel: Vessel<'_>,
        near: Time,
        sources: &[SmolStr],
    ) -> Option<Time> {
        let expected = self.expected.get(&VoyageKey::new(site, voyage))?;
        let agreement = |known: &Expected| agrees(known.imo.as_ref(), known.name.as_ref(), vessel);
        let mut fitting: Vec<&Expected> = expected
            .iter()
            .filter(|known| agreement(known) != Agreement::Contradicted)
            .filter(|known| known.at >= near && known.at <= near.plus(WAITS_WITHIN))
            .collect();
        if fitting.iter().any(|known| agreement(known) == Agreement::Named) {
            fitting.retain(|known| agreement(known) == Agreement::Named);
        }
        let imos = || fitting.iter().filter_map(|known| known.imo.as_ref());
        if imos().any(|imo| Some(imo) != imos().next()) {
            return None;
        }
        // The same voyage comes again: the next of its calls is meant.
        let first = fitting.iter().map(|known| known.at).min()?;
        let of_call = fitting.iter().filter(|known| known.at <= first.plus(FITS_WITHIN));
        let rank = |known: &Expected| sources.iter().position(|own| *own == known.identity.source);
        let best = of_call.min_by_key(|known| {
            let newest = std::cmp::Reverse((known.updated_at, &known.identity));
            (!known.estimated, rank(known).unwrap_or(usize::MAX), newest)
        });
        best.map(|known| known.at)
    }

    /// The call that a stay means: same voyage at the site, the vessel not contradicted, within 14 days of
    /// `near` (its discharge or load). By vessel: the last that arrived before `near`, else the next. By
    /// voyage alone: only when exactly one fits.
    pub fn find(
        &self,
        site: &str,
        voyage: &str,
        vessel: Vessel<'_>,
        near: Time,
        sources: &[SmolStr],
    ) -> Option<Call> {
        let voyage = self.voyages.get(&VoyageKey::new(site, voyage))?;
        // Reports of another IMO number contradict a stay that states its own.
        let relevant: Vec<&Report> = match vessel.imo {
            Some(imo) => [Some(SmolStr::new(imo)), None]
                .iter()
                .filter_map(|key| voyage.get(key))
                .flatten()
                .collect(),
            None => voyage.values().flatten().collect(),
        };
        let mut named = Vec::new();
        let mut unnamed = Vec::new();
        for group in by_vessel(&relevant) {
            let agreement = group
                .iter()
                .map(|report| agrees(report.imo.as_ref(), report.name.as_ref(), vessel))
                .max();
            for call in calls(group, sources) {
                let Some(time) = call.arrival.or(call.departure) else {
                    continue;
                };
                if (time.0 - near.0).abs() > FITS_WITHIN {
                    continue;
                }
                match agreement {
                    Some(Agreement::Named) => named.push(call),
                    Some(Agreement::Open) => unnamed.push(call),
                    _ => {}
                }
            }
        }
        if named.is_empty() {
            return if unnamed.len() == 1 { unnamed.pop() } else { None };
        }
        let time = |call: &Call| call.arrival.or(call.departure).unwrap_or_default();
        named.sort_by_key(|call| (time(call), call.departure));
        let before = named.iter().rev().find(|call| time(call) <= near);
        before.or_else(|| named.first()).cloned()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Agreement {
    Contradicted,
    Open,
    Named,
}

fn agrees(imo: Option<&SmolStr>, name: Option<&SmolStr>, vessel: Vessel<'_>) -> Agreement {
    if let (Some(a), Some(b)) = (imo, vessel.imo) {
        return if a == b {
            Agreement::Named
        } else {
            Agreement::Contradicted
        };
    }
    if let (Some(a), Some(b)) = (name, vessel.name) {
        return if a.eq_ignore_ascii_case(b) {
            Agreement::Named
        } else {
            Agreement::Contradicted
        };
    }
    Agreement::Open
}

/// The reports of each vessel, whatever the order in which they came: those of one IMO number, and with them
/// those of a name alone, when only one number has that name.
fn by_vessel<'a>(reports: &[&'a Report]) -> Vec<Vec<&'a Report>> {
    let mut by_imo: BTreeMap<&str, Vec<&Report>> = BTreeMap::new();
    let mut by_name: BTreeMap<String, Vec<&Report>> = BTreeMap::new();
    for &report in reports {
        match (&report.imo, &report.name) {
            (Some(imo), _) => by_imo.entry(imo).or_default().push(report),
            (None, name) => {
                let name = name.as_deref().unwrap_or_default().to_ascii_uppercase();
                by_name.entry(name).or_default().push(report);
            }
        }
    }
    let mut alone = Vec::new();
    for (name, reports) in by_name {
        let has_name = |report: &&Report| {
            let own = report.name.as_deref();
            own.is_some_and(|own| own.eq_ignore_ascii_case(&name))
        };
        let mut same = by_imo.values_mut().filter(|group| group.iter().any(has_name));
        match (same.next(), same.next()) {
            (Some(only), None) => only.extend(reports),
            _ => alone.push(reports),
        }
    }
    by_imo.into_values().chain(alone).collect()
}

/// The calls of one vessel on one voyage: an arrival over 12 h after the one before begins another.
fn calls(mut reports: Vec<&Report>, sources: &[SmolStr]) -> Vec<Call> {
    reports.sort_by(|a, b| (a.at, a.node, &a.identity).cmp(&(b.at, b.node, &b.identity)));
    let mut calls: Vec<(Vec<&Report>, Vec<&Report>)> = Vec::new();
    for report in reports {
        let arrival = report.node == Node::VesselArrival;
        match calls.last_mut() {
            Some((arrivals, departures)) if arrival => match arrivals.first() {
                Some(first) if departures.is_empty() && report.at.0 - first.at.0 <= SAME_ARRIVAL => {
                    arrivals.push(report);
                }
                _ => calls.push((vec![report], Vec::new())),
            },
            Some((_, departures)) => departures.push(report),
            None if arrival => calls.push((vec![report], Vec::new())),
            None => calls.push((Vec::new(), vec![report])),
        }
    }
    let told = |reports: &[&Report]| {
        let rank = |r: &&&Report| {
            sources
                .iter()
                .position(|s| *s == r.identity.source)
                .unwrap_or(usize::MAX)
        };
        reports
            .iter()
            .min_by_key(|r| (rank(r), r.at, &r.identity))
            .map(|r| r.at)
    };
    calls
        .into_iter()
        .map(|(arrivals, departures)| {
            let mut all = arrivals.iter().chain(&departures);
            Call {
                imo: all.clone().find_map(|r| r.imo.clone()),
                name: all.find_map(|r| r.name.clone()),
                arrival: told(&arrivals),
                departure: told(&departures),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Attribute;

    fn event(id: &str, node: Node, at: i64, imo: Option<&str>, name: Option<&str>) -> Event {
        Event::actual("port", id, node, Time(at), None)
            .stating(Attribute::Site("S".into()))
            .stating(Attribute::Voyage(Some("2018".into())))
            .stating(Attribute::VesselImo(imo.map(Into::into)))
            .stating(Attribute::VesselName(name.map(Into::into)))
    }

    fn book(events: &[Event]) -> CallBook {
        let mut book = CallBook::default();
        for event in events {
            book.insert(event);
        }
        book
    }

    #[test]
    fn a_stay_finds_its_call_by_voyage_and_vessel() {
        let book = book(&[
            event("1", Node::VesselArrival, HOUR, Some("9321483"), None),
            event("2", Node::VesselDeparture, 20 * HOUR, Some("9321483"), None),
            event("3", Node::VesselArrival, 2 * HOUR, Some("1111111"), None),
        ]);
        let vessel = Vessel {
            imo: Some("9321483"),
            name: None,
        };
        let call = book.find("S", "2018", vessel, Time(5 * HOUR), &[]).unwrap();
        assert_eq!(
            (call.arrival, call.departure),
            (Some(Time(HOUR)), Some(Time(20 * HOUR)))
        );
    }

    #[test]
    fn voyage_alone_is_enough_only_when_one_call_fits() {
        let first = event("1", Node::VesselArrival, HOUR, Some("9321483"), None);
        let second = event("3", Node::VesselArrival, 2 * HOUR, Some("1111111"), None);
        let one = book(std::slice::from_ref(&first));
        assert!(
            one.find("S", "2018", Vessel::default(), Time(5 * HOUR), &[])
                .is_some()
        );
        assert!(
            one.find("S", "2018", Vessel::default(), Time(15 * DAY), &[])
                .is_none()
        );
        let two = book(&[first, second]);
        assert!(
            two.find("S", "2018", Vessel::default(), Time(5 * HOUR), &[])
                .is_none()
        );
    }

    #[test]
    fn a_removed_arrival_is_gone() {
        let first = event("1", Node::VesselArrival, HOUR, Some("9321483"), None);
        let mut book = book(std::slice::from_ref(&first));
        assert!(book.remove(&first).is_some());
        assert!(
            book.find("S", "2018", Vessel::default(), Time(HOUR), &[])
                .is_none()
        );
    }

    #[test]
    fn of_two_reports_of_one_arrival_the_better_source_counts() {
        let mut other = event("1", Node::VesselArrival, 3 * HOUR, Some("9321483"), None);
        other.identity.source = "best".into();
        let book = book(&[
            event("1", Node::VesselArrival, HOUR, Some("9321483"), None),
            other,
        ]);
        let vessel = Vessel {
            imo: Some("9321483"),
            name: None,
        };
        let told = |sources: &[SmolStr]| {
            book.find("S", "2018", vessel, Time(5 * HOUR), sources)
                .unwrap()
                .arrival
        };
        assert_eq!(told(&[]), Some(Time(HOUR)));
        assert_eq!(told(&["best".into()]), Some(Time(3 * HOUR)));
    }

    #[test]
    fn a_departure_is_expected_as_the_newest_estimate_says_else_the_newest_plan() {
        let expected = |id: &str, classifier, at: i64, updated: i64, imo: &str| {
            let mut event = event(id, Node::VesselDeparture, at, Some(imo), None);
            event.updated_at = Some(Time(updated));
            event.content.as_mut().unwrap().classifier = classifier;
            event
        };
        let plan = expected("1", Classifier::Planned, 30 * HOUR, 9, "9321483");
        let estimate = expected("2", Classifier::Estimated, 40 * HOUR, 1, "9321483");
        let newer = expected("3", Classifier::Estimated, 44 * HOUR, 2, "9321483");
        let other = expected("4", Classifier::Estimated, 20 * HOUR, 2, "1111111");
        let mut book = book(&[plan, estimate, newer.clone(), other]);
        let vessel = Vessel {
            imo: Some("9321483"),
            name: None,
        };
        let leaves = |book: &CallBook, vessel, near| book.expected_departure("S", "2018", vessel, near, &[]);
        assert_eq!(leaves(&book, vessel, Time(HOUR)), Some(Time(44 * HOUR)));
        assert_eq!(leaves(&book, vessel, Time(50 * HOUR)), None);
        assert_eq!(leaves(&book, Vessel::default(), Time(HOUR)), None);
        assert!(book.remove(&newer).is_some());
        assert_eq!(leaves(&book, vessel, Time(HOUR)), Some(Time(40 * HOUR)));
    }
}
