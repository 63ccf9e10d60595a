//! Which boxes stand, or stood, where and when: what is needed to judge a box by those around it. Holds every stand of
//! the containers that were put in, also those that have ended.

use crate::alarm::watched::Watched;
use crate::container::ContainerNumber;
use crate::event::DangerousGoods;
use crate::rules::RuleBook;
use crate::time::{DAY, Time};
use crate::yard::SlotAddress;
use rustc_hash::FxHashMap;
use smol_str::{SmolStr, format_smolstr};

/// A box in a slot for a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stand {
    /// The site, as an index into the configured ones.
    pub site: usize,
    /// The container.
    pub container: ContainerNumber,
    /// Its stay.
    pub stay: SmolStr,
    /// The slot as sent.
    pub slot: SmolStr,
    /// The slot taken apart.
    pub address: SlotAddress,
    /// Since when.
    pub from: Time,
    /// Until when; `None` while it stands there.
    pub until: Option<Time>,
    /// Its dangerous goods.
    pub goods: Vec<DangerousGoods>,
    /// Since when it stands in this yard, whatever the slot.
    pub entered: Time,
    /// When it left the yard; `None` while it stands there.
    pub left: Option<Time>,
    /// Whether such goods may stand only in a limited number.
    pub limited: bool,
}

impl Stand {
    /// The odd bays that it takes: both neighbours for a 40 ft position, which lies over them (`domain.md` §4).
    pub fn bays(&self) -> impl Iterator<Item = u16> + use<> {
        bays_of(self.address.bay)
    }

    /// Whether both stand at some moment.
    pub fn overlaps(&self, other: &Stand) -> bool {
        self.until.is_none_or(|until| other.from < until) && other.until.is_none_or(|until| self.from < until)
    }

    /// Whether it can make, or make no longer, another one wrong: both stand at some moment, or it was counted when the
    /// other entered.
    pub fn concerns(&self, other: &Stand) -> bool {
        let counted = self.limited && other.limited && self.site == other.site;
        self.overlaps(other)
            || counted && self.entered <= other.entered && self.left.is_none_or(|left| left > other.entered)
    }

    /// Whether it was there before another one, in an order that nobody can be on both sides of.
    pub fn came_before(&self, other: &Stand) -> bool {
        (self.from, &self.container, &self.stay) < (other.from, &other.container, &other.stay)
    }

    /// Under what it is found: each slot that it takes, for dangerous goods each bay, for goods in a limited number the
    /// site.
    pub fn keys(&self) -> Vec<StandKey> {
        let mut keys = same_slot(self.site, &self.address);
        if !self.goods.is_empty() {
            keys.extend(self.bays().map(|bay| self.bay_key(bay)));
        }
        if self.limited {
            match self.left {
                Some(left) => keys.extend(self.month_keys(self.entered, left)),
                None => keys.push(self.open_key()),
            }
        }
        keys
    }

    /// Goods in a limited number are kept by the thirty days in which they stood, and apart while they stand.
    fn month_keys(&self, from: Time, to: Time) -> impl Iterator<Item = StandKey> + use<> {
        let site = self.site;
        let month = |at: Time| at.0.div_euclid(30 * DAY);
        (month(from)..=month(to)).map(move |month| StandKey(format_smolstr!("N:{site}:{month}")))
    }

    fn open_key(&self) -> StandKey {
        StandKey(format_smolstr!("N:{}:open", self.site))
    }

    fn bay_key(&self, bay: u16) -> StandKey {
        StandKey(format_smolstr!("B:{}:{}:{bay}", self.site, self.address.block))
    }

    /// Where boxes are found that take the same slot.
    pub fn same_slot(&self) -> Vec<StandKey> {
        same_slot(self.site, &self.address)
    }

    /// Where dangerous goods are found that stand in the same or in neighbouring bays.
    pub fn near(&self) -> Vec<StandKey> {
        let bays: Vec<u16> = self.bays().collect();
        let (first, last) = (bays[0], bays[bays.len() - 1]);
        let around = (first.saturating_sub(2)..=last.saturating_add(2)).filter(|bay| bay % 2 == 1);
        around.map(|bay| self.bay_key(bay)).collect()
    }

    /// Where boxes are found of which only a limited number may stand, that were there when this one entered.
    pub fn there_when_it_entered(&self) -> Vec<StandKey> {
        let mut keys = Vec::new();
        if self.limited {
            keys.extend(self.month_keys(self.entered, self.entered));
            keys.push(self.open_key());
        }
        keys
    }

    /// Where everything is found that this stand could make, or make no longer, wrong.
    pub fn concerned(&self) -> Vec<StandKey> {
        let mut keys = self.same_slot();
        if !self.goods.is_empty() {
            keys.extend(self.near());
        }
        if self.limited {
            // One that still stands was counted by all that entered since; nobody has stood for longer than this.
            let last = self.left.unwrap_or(self.entered.plus(LONGEST_STAND));
            keys.extend(self.month_keys(self.entered, last));
            keys.push(self.open_key());
        }
        keys
    }
}

/// How far behind its entry a box that still stands is looked for among those that were counted with it.
const LONGEST_STAND: i64 = 720 * DAY;

/// Under what a stand is found, as a text that also a store can keep.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StandKey(pub SmolStr);

/// The odd bays that a bay takes.
fn bays_of(bay: u16) -> impl Iterator<Item = u16> {
    let (first, last) = if bay.is_multiple_of(2) {
        (bay.saturating_sub(1), bay.saturating_add(1))
    } else {
        (bay, bay)
    };
    (first..=last).step_by(2)
}

/// Where everything is found that stands, or stood, in a slot of a site, given as an index into the configured ones.
pub fn same_slot(site: usize, slot: &SlotAddress) -> Vec<StandKey> {
    let SlotAddress { block, row, tier, .. } = slot;
    bays_of(slot.bay)
        .map(|bay| StandKey(format_smolstr!("S:{site}:{block}:{bay}:{row}:{tier}")))
        .collect()
}

/// The stands of a stay: in slots that a block of the layout of their time covers.
pub fn stands_of(site: usize, stay: &Watched<'_>, rules: &RuleBook) -> Vec<Stand> {
    let placements = stay.placements();
    let Some(entered) = placements.first().map(|first| first.from) else {
        return Vec::new();
    };
    let covered = placements.iter().filter_map(|placement| {
        let regime = rules.at(placement.from);
        let (_, address) = regime.layout.find(placement.slot)?;
        // Put away at the moment at which it was put there, it did not stand.
        if placement.until == Some(placement.from) {
            return None;
        }
        Some(Stand {
            site,
            container: stay.container.clone(),
            stay: stay.id.clone(),
            slot: placement.slot.clone(),
            address,
            from: placement.from,
            until: placement.until,
            goods: stay.dangerous.to_vec(),
            entered,
            left: stay.ended_at,
            limited: regime.rules.storage.is_limited(stay.dangerous),
        })
    });
    covered.collect()
}

/// Stands by container and by place.
#[derive(Clone, Debug, Default)]
pub struct StandIndex {
    of_container: FxHashMap<ContainerNumber, Vec<Stand>>,
    /// Under each key the containers, each with the place of the stand among those of the container.
    at: FxHashMap<StandKey, Vec<(ContainerNumber, usize)>>,
    count: usize,
}

impl StandIndex {
    /// The stands of a container; `None` when it was never put in.
    pub fn of(&self, container: &ContainerNumber) -> Option<&[Stand]> {
        self.of_container.get(container).map(Vec::as_slice)
    }

    /// Puts in the stands of a container in place of those that it had. Answers those.
    pub fn put(&mut self, container: &ContainerNumber, stands: Vec<Stand>) -> Vec<Stand> {
        let before = self.take(container);
        for (place, stand) in stands.iter().enumerate() {
            for key in stand.keys() {
                self.at.entry(key).or_default().push((container.clone(), place));
            }
        }
        self.count += stands.len();
        self.of_container.insert(container.clone(), stands);
        before
    }

    /// Takes a container out. Answers its stands.
    pub fn take(&mut self, container: &ContainerNumber) -> Vec<Stand> {
        let Some(stands) = self.of_container.remove(container) else {
            return Vec::new();
        };
        self.count -= stands.len();
        for key in stands.iter().flat_map(Stand::keys) {
            if let Some(there) = self.at.get_mut(&key) {
                there.retain(|(other, _)| other != container);
                if there.is_empty() {
                    self.at.remove(&key);
                }
            }
        }
        stands
    }

    /// Every stand under a key of containers that were put in.
    pub fn under<'a>(&'a self, key: &StandKey) -> impl Iterator<Item = &'a Stand> + use<'a> {
        let there = self.at.get(key).into_iter().flatten();
        there.filter_map(|(container, place)| self.of_container.get(container)?.get(*place))
    }

    /// How many stands there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Every container that was put in, with its stands.
    pub fn all(&self) -> impl Iterator<Item = (&ContainerNumber, &[Stand])> {
        self.of_container
            .iter()
            .map(|(container, stands)| (container, stands.as_slice()))
    }
}
