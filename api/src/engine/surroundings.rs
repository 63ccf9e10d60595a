//! What a stay depends on beside its own events: which boxes stand around it, and when the loading of its vessel began.
//! Memory knows all of what is recent; what is older is asked of the store.

use super::container::Digest;
use super::identity::Fingerprint;
use super::judging::Round;
use super::state::{State, StateError, voyage_term};
use shared::alarm::neighbours::Stands;
use shared::alarm::stands::{Stand, StandKey, same_slot};
use shared::alarm::watched::Around;
use shared::call::{Vessel, VoyageKey};
use shared::container::ContainerNumber;
use shared::event::{Direction, Node};
use shared::stay::Stay;
use shared::time::{DAY, Time};
use shared::yard::SlotAddress;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// A vessel's loading is that of a box which came within this time: the same voyage number comes again.
const LOADING_WITHIN: i64 = 30 * DAY;
/// Above so many stands in memory, those that ended first leave it.
const STANDS_IN_MEMORY: usize = 400_000;

/// The term under which the store knows who stood in a place.
pub fn stand_term(key: &StandKey) -> SmolStr {
    key.0.clone()
}

/// The stands that memory knows, and behind them the store.
pub(super) struct AroundStands<'a>(&'a State);

impl Stands for AroundStands<'_> {
    fn each(&self, key: &StandKey, from: Time, take: &mut dyn FnMut(&Stand)) {
        self.0.stands.under(key).for_each(&mut *take);
        if from >= self.0.stands_forgotten {
            return;
        }
        // What can't be read is told where the container itself is next asked for.
        let stored = self
            .0
            .store()
            .containers_of_term(&stand_term(key))
            .unwrap_or_default();
        for number in stored {
            let Ok(container) = ContainerNumber::parse(&number) else {
                continue;
            };
            if self.0.stands.of(&container).is_some() {
                continue;
            }
            let Ok(Some(record)) = self.0.store().container(&container) else {
                continue;
            };
            for stand in self.0.stands_of(&record) {
                if stand.keys().contains(key) {
                    take(&stand);
                }
            }
        }
    }
}

impl State {
    pub(super) fn around_stands(&self) -> AroundStands<'_> {
        AroundStands(self)
    }

    /// Who stood in a slot last, of those that no longer do.
    pub fn stood_last(&self, site: usize, slot: &SlotAddress) -> Option<Stand> {
        let mut last: Option<Stand> = None;
        for key in same_slot(site, slot) {
            self.around_stands().each(&key, Time(i64::MIN), &mut |stand| {
                let order = |stand: &Stand| (stand.until, stand.container.clone());
                let left = stand.until.is_some_and(|until| until <= self.now);
                if left && last.as_ref().is_none_or(|last| order(last) < order(stand)) {
                    last = Some(stand.clone());
                }
            });
        }
        last
    }

    /// What the alarms of a stay depend on beside its own events.
    pub(super) fn around_of(&self, site: usize, stay: &Stay) -> Around {
        let loads = stay.direction == Some(Direction::Export) && stay.empty != Some(true);
        let loading_began = match (&stay.voyage, stay.began_at) {
            (Some(voyage), Some(began)) if loads => {
                self.loading_began(&stay.site, voyage, stay.vessel_imo.as_ref(), began)
            }
            _ => None,
        };
        let site = &self.sites[site];
        let stacked = plugs_awaited(stay);
        Around {
            loading_began,
            closes_at: loads.then(|| self.closes_at(site, stay)).flatten(),
            instructions_tell: instruction_awaited(stay)
                .is_some_and(|at| site.reported(super::site::Reported::Instruction, at)),
            plugging_tells: stacked.is_some_and(|at| site.reported(super::site::Reported::PlugIn, at)),
        }
    }

    /// When the vessel of a stay closes for cargo, as far as events tell when it is to leave.
    pub fn closes_at(&self, site: &super::site::SiteState, stay: &Stay) -> Option<Time> {
        let vessel = Vessel {
            imo: stay.vessel_imo.as_deref(),
            name: stay.vessel_name.as_deref(),
        };
        let sources = &site.site.sources;
        let leaves = self.calls.expected_departure(
            &stay.site,
            stay.voyage.as_ref()?,
            vessel,
            stay.began_at?,
            sources,
        )?;
        Some(leaves.plus(-site.closes_before))
    }

    /// When the loading of a voyage began that a box which came at some moment waits for.
    fn loading_began(&self, site: &str, voyage: &str, imo: Option<&SmolStr>, came: Time) -> Option<Time> {
        let key = VoyageKey::new(site, voyage);
        let from = came.plus(-LOADING_WITHIN);
        match imo {
            Some(imo) => {
                let named = self.first_load(&voyage_term(&key, Some(imo)), from);
                let unnamed = self.first_load(&voyage_term(&key, None), from);
                [named, unnamed].into_iter().flatten().min()
            }
            None => self.first_load_of_any(&voyage_term(&key, None), from),
        }
        .filter(|began| began.0 <= came.0.saturating_add(LOADING_WITHIN * 2))
    }

    fn first_load(&self, term: &SmolStr, from: Time) -> Option<Time> {
        let lowest = ContainerNumber::lowest();
        let in_memory = self
            .loads
            .range((term.clone(), from, lowest)..)
            .next()
            .filter(|(own, ..)| own == term)
            .map(|(_, at, _)| *at);
        let stored = match self.filter.may_contain(Fingerprint::of_voyage(term)) {
            true => self.stored_load(term, from, in_memory),
            false => None,
        };
        [in_memory, stored].into_iter().flatten().min()
    }

    /// A stay that names no vessel means every vessel of its voyage.
    fn first_load_of_any(&self, prefix: &SmolStr, from: Time) -> Option<Time> {
        let mut terms: BTreeSet<SmolStr> = self.store().voyages_loaded(prefix).unwrap_or_default();
        let in_memory = self
            .loads
            .range((prefix.clone(), Time(i64::MIN), ContainerNumber::lowest())..);
        let of_voyage = in_memory
            .map(|(term, ..)| term)
            .take_while(|term| term.starts_with(prefix.as_str()));
        terms.extend(of_voyage.cloned());
        terms.iter().filter_map(|term| self.first_load(term, from)).min()
    }

    /// The first load in the store before another moment, of a container of which memory does not know better.
    fn stored_load(&self, term: &str, from: Time, before: Option<Time>) -> Option<Time> {
        let found = self
            .store()
            .loads(term, from, before.unwrap_or(Time(i64::MAX)), &mut |number| {
                ContainerNumber::parse(number)
                    .is_ok_and(|container| !self.containers.contains_key(&container))
            });
        found.unwrap_or_default()
    }

    /// Notes where a container stands and when it was loaded, and whom that concerns.
    pub(super) fn surround(
        &mut self,
        container: &ContainerNumber,
        before: &Digest,
        after: &Digest,
        stands: Vec<Stand>,
        round: &mut Round,
    ) -> Result<(), StateError> {
        let same = match self.stands.of(container) {
            Some(known) => *known == stands[..],
            None => stands.is_empty() && !self.may_have_stood(container),
        };
        if !same {
            let mut moved = self.stands.put(container, stands.clone());
            moved.extend(stands);
            let mut concerned = BTreeSet::new();
            for stand in &moved {
                for key in stand.concerned() {
                    self.around_stands()
                        .each(&key, stand.from.min(stand.entered), &mut |other| {
                            if other.container != *container && stand.concerns(other) {
                                concerned.insert(other.container.clone());
                            }
                        });
                }
            }
            for other in concerned {
                round.concern(other, self.line);
            }
        }
        let loads = |digest: &Digest| -> Vec<(SmolStr, Time)> {
            digest
                .stays
                .iter()
                .filter_map(|stay| stay.loaded.clone())
                .collect()
        };
        let (before, after) = (loads(before), loads(after));
        if before != after {
            for (term, at) in before.iter().chain(&after) {
                // Only the first of a vessel begins its loading.
                let earlier = self
                    .loads
                    .range((term.clone(), at.plus(-LOADING_WITHIN), ContainerNumber::lowest())..);
                let mut earlier = earlier.take_while(|(own, other, _)| own == term && other < at);
                if earlier.all(|(.., other)| other == container) {
                    for other in self.of_same_voyage(term)? {
                        round.concern(other, self.line);
                    }
                }
            }
            for (term, at) in before {
                self.loads.remove(&(term, at, container.clone()));
            }
            for (term, at) in after {
                self.loads.insert((term, at, container.clone()));
            }
        }
        Ok(())
    }

    /// Containers whose stays mean a voyage by the same vessel, or by none.
    fn of_same_voyage(&self, term: &SmolStr) -> Result<Vec<ContainerNumber>, StateError> {
        let end = term.rfind(':').map_or(term.len(), |colon| colon + 1);
        let unnamed = SmolStr::new(&term[..end]);
        if unnamed == *term {
            return self.of_voyage(&unnamed);
        }
        let mut found = self.dependents_of(term)?;
        found.extend(self.dependents_of(&unnamed)?);
        Ok(found)
    }

    /// Whether the store may hold stands of a container that memory does not.
    fn may_have_stood(&self, container: &ContainerNumber) -> bool {
        self.filter
            .may_contain(Fingerprint::of_container(container.as_str()))
    }

    /// Lets stands that ended first leave memory, of containers that the store has as they are.
    pub(super) fn forget_stands(&mut self) {
        if self.stands.len() <= STANDS_IN_MEMORY {
            return;
        }
        let gone = |stands: &[Stand]| -> Option<Time> {
            let untils = stands.iter().map(|stand| stand.left.and(stand.until));
            untils
                .collect::<Option<Vec<Time>>>()
                .map(|all| all.into_iter().max().unwrap_or(Time(i64::MIN)))
        };
        let mut ended: Vec<(Time, ContainerNumber)> = self
            .stands
            .all()
            .filter(|(container, _)| !self.changed.contains_key(*container))
            .filter_map(|(container, stands)| Some((gone(stands)?, container.clone())))
            .collect();
        ended.sort_unstable();
        let leave = self.stands.len() - STANDS_IN_MEMORY * 3 / 4;
        let before = self.stands.len();
        for (until, container) in ended {
            if before - self.stands.len() >= leave {
                break;
            }
            self.stands.take(&container);
            self.stands_forgotten = self.stands_forgotten.max(until);
        }
    }
}

/// When a refrigerated box was first stacked before anything plugged it in.
pub(super) fn plugs_awaited(stay: &Stay) -> Option<Time> {
    if !stay.refrigerated {
        return None;
    }
    let mut nodes = stay.nodes.iter().filter(|node| !node.date_only);
    let first = nodes.find(|node| node.node.is_stacking() || node.node == Node::PlugIn)?;
    first.node.is_stacking().then_some(first.at)
}

/// When an export box was first released: from then on its loading instruction is awaited.
pub(super) fn instruction_awaited(stay: &Stay) -> Option<Time> {
    let loads = stay.direction == Some(Direction::Export) && stay.empty != Some(true);
    if !loads {
        return None;
    }
    let mut releases = stay
        .nodes
        .iter()
        .filter(|node| node.node == Node::Release && !node.date_only);
    releases.next().map(|node| node.at)
}
