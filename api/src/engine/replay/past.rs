//! When a look at the past begins in the state and ends in the store: the state is locked only while memory is looked
//! through; the store is read as it was at that moment.

use super::super::active::AlarmStep;
use super::super::container::Standing;
use super::super::state::State;
use super::super::store::{ListReader, StoodRow, StoreError};
use super::super::yard::YardState;
use rustc_hash::FxHashSet;
use shared::container::ContainerNumber;
use shared::event::Direction;
use shared::size_type::SizeType;
use shared::time::Time;
use shared::wire::replay::AlarmCounts;
use shared::yard::{Layout, Spell};
use smol_str::SmolStr;
use std::sync::Arc;

/// A moment as the past knows it: from the clock on it is the yard now, with all that is told ahead.
pub fn resolved(at: Time, now: Time) -> Time {
    if at < now { at } else { Time(i64::MAX) }
}

/// A box in a slot for a time.
#[derive(Clone, Debug)]
pub struct Stood {
    /// The container.
    pub container: ContainerNumber,
    /// Its stay.
    pub stay: SmolStr,
    /// How it stood.
    pub standing: Standing,
    /// Since when so.
    pub from: Time,
    /// Until when; `None` while it stands there.
    pub until: Option<Time>,
    /// Which way it passes.
    pub direction: Option<Direction>,
    /// ISO size type.
    pub size_type: Option<SmolStr>,
}

impl Stood {
    fn holds_at(&self, at: Time) -> bool {
        self.from <= at && self.until.is_none_or(|until| at < until)
    }
}

/// A look at the past of one site that was begun: what memory has of a period, and the store as it was.
#[derive(Debug)]
pub struct Past<'a> {
    reader: ListReader<'a>,
    site: usize,
    /// Where its slots are today.
    pub layout: Arc<Layout>,
    /// Containers of which memory knows better than the store.
    changed: FxHashSet<SmolStr>,
    memory: Vec<Stood>,
    /// The active alarms at the beginning of the period.
    pub alarms: AlarmCounts,
    /// What became of them in it.
    pub(super) steps: Vec<AlarmStep>,
    /// The change up to which it holds.
    pub sequence: u64,
}

impl<'a> Past<'a> {
    /// Begins a look at a period of a site; both moments are [`resolved`], and may be the same. The reader is one of the
    /// state's store.
    pub fn new(
        state: &State,
        reader: ListReader<'a>,
        code: &SmolStr,
        (from, to): (Time, Time),
    ) -> Result<Past<'a>, StoreError> {
        reader.hold()?;
        let site = state.site_index(code).unwrap_or(0);
        let layout = Arc::clone(&state.sites[site].rules.newest().layout);
        let mut changed = FxHashSet::default();
        let mut memory = Vec::new();
        for (number, stays) in state.changed_stays() {
            changed.insert(number.text());
            for of in state.spells_of(number, stays) {
                if of.site != site {
                    continue;
                }
                let of_period = of
                    .spells
                    .into_iter()
                    .filter(|spell| spell.from <= to && spell.until.is_none_or(|until| from < until));
                memory.extend(of_period.map(|spell| {
                    let Spell {
                        slot,
                        since,
                        from,
                        until,
                        state,
                    } = spell;
                    Stood {
                        container: number.clone(),
                        stay: of.stay.clone(),
                        standing: standing(&layout, slot, since, state, of.size_type.as_deref()),
                        from,
                        until,
                        direction: of.direction,
                        size_type: of.size_type.clone(),
                    }
                }));
            }
        }
        Ok(Past {
            reader,
            site,
            layout,
            changed,
            memory,
            alarms: state.alarms.counts_at(code, from),
            steps: match from < to {
                true => state.alarms.steps(code, from, to),
                false => Vec::new(),
            },
            sequence: state.sequence,
        })
    }

    /// Gives every box that stood at a moment of the period.
    pub fn each_at(&self, at: Time, take: &mut dyn FnMut(Stood)) -> Result<(), StoreError> {
        for stood in self.memory.iter().filter(|stood| stood.holds_at(at)) {
            take(stood.clone());
        }
        self.reader.stood_at(self.site, at, &mut |row| {
            if let Some(stood) = self.stood(&row) {
                take(stood);
            }
        })
    }

    /// What began behind a moment and up to another, both of the period, in order.
    pub(super) fn begun(&self, behind: Time, to: Time) -> Result<Vec<Stood>, StoreError> {
        let own = self
            .memory
            .iter()
            .filter(|stood| behind < stood.from && stood.from <= to);
        let mut begun: Vec<Stood> = own.cloned().collect();
        self.reader.stood_from(self.site, (behind, to), &mut |row| {
            begun.extend(self.stood(&row));
        })?;
        begun.sort_by_key(|stood| stood.from);
        Ok(begun)
    }

    /// When the first of what begins behind a moment does.
    pub(super) fn next_begun(&self, behind: Time) -> Result<Option<Time>, StoreError> {
        let own = self.memory.iter().map(|stood| stood.from);
        let own = own.filter(|from| behind < *from).min();
        let stored = self.reader.next_stood(self.site, behind)?;
        Ok(own.into_iter().chain(stored).min())
    }

    /// The yard of a moment of the period.
    pub fn yard_at(&self, at: Time) -> Result<YardState, StoreError> {
        let mut yard = YardState::new(self.layout.slots());
        self.each_at(at, &mut |stood| {
            yard.put(&stood.container, &stood.stay, &stood.standing);
        })?;
        Ok(yard)
    }

    /// What the store has, unless memory knows better.
    fn stood(&self, row: &StoodRow<'_>) -> Option<Stood> {
        if self.changed.contains(row.container) {
            return None;
        }
        // What was written was a number.
        let container = ContainerNumber::parse(row.container).ok()?;
        Some(Stood {
            stay: address_of(&container, row.hash),
            standing: standing(
                &self.layout,
                SmolStr::new(row.slot),
                row.since,
                row.state,
                row.size_type,
            ),
            container,
            from: row.from,
            until: row.until,
            direction: row.direction,
            size_type: row.size_type.map(SmolStr::new),
        })
    }
}

/// The address of a stay as [`shared::stay::fold::stay_id`] writes it: there are tens of thousands in one answer.
fn address_of(container: &ContainerNumber, hash: u64) -> SmolStr {
    let number = container.as_str().as_bytes();
    // A number has at most 20 characters.
    let mut text = [b'0'; 37];
    let length = number.len().min(20);
    text[..length].copy_from_slice(&number[..length]);
    text[length] = b'-';
    for (place, byte) in text[length + 1..length + 17].iter_mut().rev().enumerate() {
        *byte = b"0123456789abcdef"[usize::from((hash >> (4 * place)).to_le_bytes()[0] & 0xf)];
    }
    SmolStr::new(std::str::from_utf8(&text[..length + 17]).unwrap_or_default())
}

fn standing(
    layout: &Layout,
    slot: SmolStr,
    since: Time,
    state: shared::yard::SlotState,
    size_type: Option<&str>,
) -> Standing {
    let address = layout.pattern.read(&slot);
    Standing {
        index: address.and_then(|address| layout.index(&address)),
        slot,
        since,
        state,
        half_teu: size_type.and_then(|size| SizeType(size).half_teu()),
    }
}
