//! Places of LOC, and which of them is where the event happened.

use super::scan::Parts;
use crate::config::Site;
use crate::config::site::site_at;
use edifact_rs::Segment;
use shared::event::{Direction, Node};
use shared::place::is_unlocode;
use smol_str::SmolStr;

/// Activity place.
const ACTIVITY: &str = "165";
/// Port of loading.
pub const LOADING: &str = "9";
/// Port of discharge.
pub const DISCHARGE: &str = "11";

/// One LOC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// UN/EDIFACT 3227: what the place is.
    pub qualifier: SmolStr,
    /// UN/LOCODE.
    pub location: Option<SmolStr>,
    /// The facility within it.
    pub facility: Option<SmolStr>,
}

impl Place {
    /// Reads a LOC. What the sender calls a UN/LOCODE (list 139), or what looks like one, is a location;
    /// anything else is the code of a facility.
    pub fn of(segment: &Segment<'_>) -> Option<Place> {
        let qualifier = SmolStr::new(segment.part(0, 0)?);
        let code = segment.part(1, 0)?.to_ascii_uppercase();
        let is_location = is_unlocode(&code) || segment.part(1, 1) == Some("139");
        let within = segment.part(2, 0).map(SmolStr::new);
        let code = SmolStr::new(code);
        Some(match is_location {
            true => Place {
                qualifier,
                location: Some(code),
                facility: within,
            },
            false => Place {
                qualifier,
                location: None,
                facility: within.or(Some(code)),
            },
        })
    }

    /// The configured site there.
    pub fn site<'s>(&self, sites: &'s [Site]) -> Option<&'s Site> {
        site_at(sites, self.location.as_deref()?)
    }
}

/// The place with this qualifier.
pub fn with<'p>(places: &'p [Place], qualifier: &str) -> Option<&'p Place> {
    places.iter().find(|place| place.qualifier == qualifier)
}

/// Where it happened: the activity place of the equipment, else of the header. Else a discharge happens at the
/// port of discharge and a loading at the port of loading, of the header before the equipment (the header's
/// is the port of call, the equipment's the other end of its voyage). Else, at a gate, the one of both ports
/// that is ours; else the port of loading for an export, the port of discharge for an import.
pub fn of_event<'p>(
    node: Node,
    direction: Option<Direction>,
    header: &'p [Place],
    own: &'p [Place],
    sites: &[Site],
) -> Option<&'p Place> {
    with(own, ACTIVITY)
        .or_else(|| with(header, ACTIVITY))
        .or_else(|| match node {
            Node::Discharge => with(header, DISCHARGE).or_else(|| with(own, DISCHARGE)),
            Node::Load => with(header, LOADING).or_else(|| with(own, LOADING)),
            _ => at_gate(node, direction, header, own, sites),
        })
}

fn at_gate<'p>(
    node: Node,
    direction: Option<Direction>,
    header: &'p [Place],
    own: &'p [Place],
    sites: &[Site],
) -> Option<&'p Place> {
    let loading = with(own, LOADING).or_else(|| with(header, LOADING));
    let discharge = with(own, DISCHARGE).or_else(|| with(header, DISCHARGE));
    let is_ours = |place: Option<&Place>| place.is_some_and(|place| place.site(sites).is_some());
    match (is_ours(loading), is_ours(discharge)) {
        (true, false) => loading,
        (false, true) => discharge,
        _ => match (direction, node) {
            (Some(Direction::Import), _) | (None, Node::GateOut) => discharge,
            _ => loading,
        },
    }
}

/// Whose clock the times are on: that of the site where it happened, else of any of our sites that the message
/// names, else of the only one.
pub fn clock<'s>(
    place: Option<&Place>,
    header: &[Place],
    own: &[Place],
    sites: &'s [Site],
) -> Option<&'s Site> {
    place
        .into_iter()
        .chain(own)
        .chain(header)
        .find_map(|place| place.site(sites))
        .or(match sites {
            [only] => Some(only),
            _ => None,
        })
}
