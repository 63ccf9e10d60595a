//! What the engine keeps of a container: its events as they were told, and what they add up to.

use super::lists::{Facts, Seconds, moves_of, seconds_of};
use super::search::Field;
use super::site::Reported;
use shared::container::ContainerNumber;
use shared::event::node::Part;
use shared::event::versions::Versions;
use shared::event::{Direction, Event, Node};
use shared::figures::Contribution;
use shared::stay::Status;
use shared::stay::fold::Held;
use shared::stay::release::DeclarationTimes;
use shared::time::Time;
use shared::yard::layout::SlotIndex;
use shared::yard::{SlotState, Spell};
use smol_str::SmolStr;
use std::sync::Arc;

/// The events of a container, every identity with all its versions.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ContainerRecord {
    /// The number in the form in which numbers are compared.
    pub number: ContainerNumber,
    /// Its identities, in the order in which they came.
    pub identities: Vec<Versions>,
}

/// A container in memory.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its events. Shared with a checkpoint that is being written.
    pub record: Arc<ContainerRecord>,
    /// What its stays add up to.
    pub digest: Digest,
}

/// What the stays of a container add to everything else; taken back before they change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Digest {
    /// Its stays, oldest first.
    pub stays: Vec<StayDigest>,
    /// When passing time alone changes its alarms.
    pub next_deadline: Option<Time>,
    /// What is kept of its stays for trials of rules, as postcard of [`shared::alarm::kept::Kept`] …
    pub kept: Arc<[u8]>,
    /// … and when the last of them ended.
    pub last: Time,
    /// The latest moment of which its events speak: rules that hold from then on, or from before, judge it.
    pub newest: Time,
}

/// What one stay adds, and what lists ask of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StayDigest {
    /// The stay's address.
    pub id: SmolStr,
    /// Its site, as an index into the configured ones.
    pub site: usize,
    /// What it adds to the figures.
    pub contribution: Contribution,
    /// Where it stands.
    pub standing: Option<Standing>,
    /// Where it is in its passage.
    pub status: Status,
    /// When it began.
    pub began_at: Option<Time>,
    /// When it left, if figures count it.
    pub ended_at: Option<Time>,
    /// When its clearance clock began.
    pub clock_from: Option<Time>,
    /// When it was released, if clearance counts it.
    pub released_at: Option<Time>,
    /// The moves by which it is listed, in order, if figures count it.
    pub moves: Vec<(Node, Time)>,
    /// Overall clearance and segments in seconds.
    pub seconds: Seconds,
    /// Bill of lading.
    pub bill_of_lading: Option<SmolStr>,
    /// Voyage.
    pub voyage: Option<SmolStr>,
    /// IMO number of the vessel.
    pub vessel_imo: Option<SmolStr>,
    /// Name of the vessel.
    pub vessel_name: Option<SmolStr>,
    /// Declarations.
    pub declarations: Vec<SmolStr>,
    /// How far customs are with each declaration, if figures count the stay.
    pub declared: Vec<DeclarationTimes>,
    /// The site's days on whose reports its mode and its alarms depend.
    pub depends_on_days: Vec<(Reported, i64)>,
    /// When it was loaded, if it was, and on which voyage.
    pub loaded: Option<(SmolStr, Time)>,
    /// ISO size type.
    pub size_type: Option<SmolStr>,
    /// Which way it passes.
    pub direction: Option<Direction>,
    /// Where it stood, without its alarms.
    pub spells: Vec<Spell>,
}

/// A box in a slot.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// Slot address as sent.
    pub slot: SmolStr,
    /// Its place in the state vector; `None` when no block covers it.
    pub index: Option<SlotIndex>,
    /// Since when.
    pub since: Time,
    /// State byte.
    pub state: SlotState,
    /// TEU in halves; `None` for one of no known size.
    pub half_teu: Option<u8>,
}

impl StayDigest {
    /// What lists ask of it.
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            site: self.site,
            dimensions: self.contribution.dimensions,
            status: self.status,
            began_at: self.began_at.unwrap_or(Time(0)),
            ended_at: self.ended_at,
            clock_from: self.clock_from,
            released_at: self.released_at,
            moves: &self.moves,
            seconds: &self.seconds,
        }
    }

    /// By what it is found, beside the container's number.
    pub fn fields(&self) -> impl Iterator<Item = (Field, &SmolStr)> {
        let one = [
            (Field::BillOfLading, &self.bill_of_lading),
            (Field::Voyage, &self.voyage),
            (Field::VesselName, &self.vessel_name),
            (Field::VesselImo, &self.vessel_imo),
        ];
        one.into_iter()
            .filter_map(|(field, text)| Some((field, text.as_ref()?)))
            .chain(self.declarations.iter().map(|text| (Field::Declaration, text)))
    }

    /// What `q` looks in, beside the container's number.
    pub fn texts(&self) -> impl Iterator<Item = &SmolStr> {
        let one = [
            &self.bill_of_lading,
            &self.voyage,
            &self.vessel_imo,
            &self.vessel_name,
        ];
        one.into_iter().flatten().chain(&self.declarations)
    }
}

impl Digest {
    /// Whether something is still to come: a stay that has not ended, or a clock that runs.
    pub fn is_open(&self) -> bool {
        self.next_deadline.is_some() || self.stays.iter().any(|stay| stay.status != Status::Left)
    }
}

/// The events of one container at one site, in order, apart by what they do.
#[derive(Debug, Default)]
pub struct Sorted<'a> {
    /// Actual events that fold.
    pub actual: Vec<Held<'a>>,
    /// Estimated and planned ones.
    pub expected: Vec<Held<'a>>,
}

impl ContainerRecord {
    /// A container of which nothing is known.
    pub fn new(number: ContainerNumber) -> ContainerRecord {
        ContainerRecord {
            number,
            identities: Vec::new(),
        }
    }

    /// The same as it was known at a moment: without what was recorded later.
    pub fn known_at(&self, at: Time) -> ContainerRecord {
        ContainerRecord {
            number: self.number.clone(),
            identities: self
                .identities
                .iter()
                .filter_map(|versions| versions.known_at(at))
                .collect(),
        }
    }

    /// The identities whose holding version is in force, with it.
    pub fn holding(&self) -> impl Iterator<Item = (&Versions, &Event)> {
        self.identities
            .iter()
            .map(|versions| (versions, &versions.holding().event))
            .filter(|(_, event)| !event.retracted)
    }

    /// The events at one site that fold, and the expectations beside them.
    pub fn at_site(&self, site: &str) -> Sorted<'_> {
        let mut sorted = Sorted::default();
        for (versions, event) in self.holding() {
            let Some(content) = &event.content else { continue };
            let folds = !matches!(content.node.part(), Part::Vessel | Part::Note);
            if !folds || content.site().is_none_or(|own| own != site) {
                continue;
            }
            let held = Held {
                identity: &event.identity,
                content,
                conflict: versions.has_conflict(),
            };
            if content.is_actual() {
                sorted.actual.push(held);
            } else {
                sorted.expected.push(held);
            }
        }
        sorted.actual.sort_by(Held::order);
        sorted.expected.sort_by(Held::order);
        sorted
    }
}

/// Summarises a folded stay.
pub fn digest_of(
    stay: &shared::stay::Stay,
    site: usize,
    contribution: Contribution,
    standing: Option<Standing>,
    depends_on_days: Vec<(Reported, i64)>,
    loaded: Option<(SmolStr, Time)>,
    spells: Vec<Spell>,
) -> StayDigest {
    let clearance = stay.clearance.as_ref();
    StayDigest {
        id: stay.id.clone(),
        site,
        contribution,
        standing,
        status: stay.status,
        began_at: stay.began_at.or_else(|| stay.nodes.first().map(|node| node.at)),
        ended_at: stay.ended_at.filter(|_| stay.is_counted()),
        clock_from: clearance.map(|c| c.from),
        released_at: clearance.and_then(|c| c.released),
        moves: moves_of(stay),
        seconds: seconds_of(stay),
        bill_of_lading: stay.bill_of_lading.clone(),
        voyage: stay.voyage.clone(),
        vessel_imo: stay.vessel_imo.clone(),
        vessel_name: stay.vessel_name.clone(),
        declarations: stay.declarations.clone(),
        declared: if stay.is_counted() {
            stay.declared.declarations().to_vec()
        } else {
            Vec::new()
        },
        depends_on_days,
        loaded,
        size_type: stay.size_type.clone(),
        direction: stay.direction,
        spells,
    }
}
