//! Who stood where: every spell of every stay, so that the yard of any moment is found without looking at all.
//!
//! A spell lies in a part for its site and for how long it lasted, each part up to twice as long as the one before,
//! those that last apart: what holds at a moment began close before it, and at least half of what is read does.

use super::StoreError;
use super::lists::ListReader;
use super::sealed::unseal;
use rusqlite::{CachedStatement, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};
use shared::event::Direction;
use shared::time::Time;
use shared::yard::{SlotState, Spell};
use smol_str::SmolStr;

/// The spells of a stay as a container keeps them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaySpells {
    /// Its site, as an index into the configured ones.
    pub site: usize,
    /// The stay's address.
    pub stay: SmolStr,
    /// ISO size type.
    pub size_type: Option<SmolStr>,
    /// Which way it passes.
    pub direction: Option<Direction>,
    /// Where it stood.
    pub spells: Vec<Spell>,
}

/// A spell as it is read.
#[derive(Clone, Copy, Debug)]
pub struct StoodRow<'r> {
    /// The container.
    pub container: &'r str,
    /// The part of the stay's address behind the container's number.
    pub hash: u64,
    /// Slot address as sent.
    pub slot: &'r str,
    /// Since when it stood in this slot.
    pub since: Time,
    /// Since when in this state.
    pub from: Time,
    /// Until when; `None` while it stands there.
    pub until: Option<Time>,
    /// State byte.
    pub state: SlotState,
    /// Which way it passes.
    pub direction: Option<Direction>,
    /// ISO size type.
    pub size_type: Option<&'r str>,
}

/// Spells that last.
const LASTING: i64 = 0;
const LEVELS: i64 = 64;

const DIRECTIONS: [Option<Direction>; 5] = [
    None,
    Some(Direction::Import),
    Some(Direction::Export),
    Some(Direction::Transshipment),
    Some(Direction::Domestic),
];

fn part(site: usize, level: i64) -> i64 {
    i64::try_from(site).unwrap_or(i64::MAX >> 8) << 8 | level
}

fn level(spell: &Spell) -> i64 {
    spell.until.map_or(LASTING, |until| {
        let length = until.0.saturating_sub(spell.from.0);
        i64::from(i64::BITS - length.leading_zeros())
    })
}

/// State byte and direction in one number: of domestic and unknown the byte does not tell.
fn packed(state: SlotState, direction: Option<Direction>) -> i64 {
    let place = DIRECTIONS.iter().position(|own| *own == direction).unwrap_or(0);
    i64::from(state.0) | i64::try_from(place).unwrap_or(0) << 8
}

fn unpacked(packed: i64) -> (SlotState, Option<Direction>) {
    let direction = usize::try_from(packed >> 8).ok();
    let direction = direction.and_then(|place| DIRECTIONS.get(place).copied().flatten());
    (SlotState(packed.to_le_bytes()[0]), direction)
}

/// The number in a stay's address behind the container's.
fn hash_of(stay: &str) -> u64 {
    let hash = stay.rsplit_once('-').map_or("", |(_, hash)| hash);
    u64::from_str_radix(hash, 16).unwrap_or(0)
}

impl ListReader<'_> {
    /// Gives the spells of a site that hold at a moment.
    pub fn stood_at(
        &self,
        site: usize,
        at: Time,
        take: &mut dyn FnMut(StoodRow<'_>),
    ) -> Result<(), StoreError> {
        for level in LASTING..=LEVELS {
            let from = match level {
                LASTING => i64::MIN,
                _ => {
                    let longest = 1i64.checked_shl(u32::try_from(level).unwrap_or(u32::MAX));
                    let longest = longest.filter(|longest| *longest > 0).unwrap_or(i64::MAX);
                    at.0.saturating_sub(longest)
                }
            };
            let mut select = self.prepare(
                "SELECT at, container, stay, until, slot, since, state, size_type FROM stood
                 WHERE part = ?1 AND at >= ?2 AND at <= ?3 AND (until IS NULL OR until > ?3)",
            )?;
            each(&mut select, [part(site, level), from, at.0], take)?;
        }
        Ok(())
    }

    /// Gives the spells of a site that begin behind a moment and up to another.
    pub fn stood_from(
        &self,
        site: usize,
        (behind, to): (Time, Time),
        take: &mut dyn FnMut(StoodRow<'_>),
    ) -> Result<(), StoreError> {
        for level in LASTING..=LEVELS {
            let mut select = self.prepare(
                "SELECT at, container, stay, until, slot, since, state, size_type FROM stood
                 WHERE part = ?1 AND at > ?2 AND at <= ?3",
            )?;
            each(&mut select, [part(site, level), behind.0, to.0], take)?;
        }
        Ok(())
    }

    /// When the first spell of a site begins behind a moment.
    pub fn next_stood(&self, site: usize, behind: Time) -> Result<Option<Time>, StoreError> {
        let mut first: Option<Time> = None;
        for level in LASTING..=LEVELS {
            let mut select =
                self.prepare("SELECT at FROM stood WHERE part = ?1 AND at > ?2 ORDER BY at LIMIT 1")?;
            let next = select.query_row([part(site, level), behind.0], |row| row.get(0));
            if let Some(next) = next.optional()?.map(Time) {
                first = Some(first.map_or(next, |first| first.min(next)));
            }
        }
        Ok(first)
    }
}

fn each(
    select: &mut CachedStatement<'_>,
    bounds: [i64; 3],
    take: &mut dyn FnMut(StoodRow<'_>),
) -> Result<(), StoreError> {
    let mut rows = select.query(bounds)?;
    while let Some(row) = rows.next()? {
        let text = |column: usize| row.get_ref(column)?.as_str().map_err(rusqlite::Error::from);
        let (state, direction) = unpacked(row.get(6)?);
        take(StoodRow {
            from: Time(row.get(0)?),
            container: text(1)?,
            hash: row.get::<_, i64>(2)?.cast_unsigned(),
            until: row.get::<_, Option<i64>>(3)?.map(Time),
            slot: text(4)?,
            since: Time(row.get(5)?),
            state,
            direction,
            size_type: row.get_ref(7)?.as_str_or_null().map_err(rusqlite::Error::from)?,
        });
    }
    Ok(())
}

/// Writes the spells of containers, of each only what changed.
pub(super) struct SpellWriter<'t> {
    before: CachedStatement<'t>,
    put: CachedStatement<'t>,
    drop: CachedStatement<'t>,
    changes: Vec<Change>,
}

/// A spell that comes or goes.
struct Change {
    key: (i64, Time, SmolStr, u64),
    /// What one that comes says; one that goes says nothing.
    comes: Option<(Spell, i64, Option<SmolStr>)>,
}

impl<'t> SpellWriter<'t> {
    /// A writer within a commit.
    pub fn new(transaction: &'t Transaction<'_>) -> Result<SpellWriter<'t>, StoreError> {
        Ok(SpellWriter {
            before: transaction.prepare_cached("SELECT spells FROM containers WHERE number = ?1")?,
            put: transaction.prepare_cached(
                "INSERT OR REPLACE INTO stood(part, at, container, stay, until, slot, since, state, size_type)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )?,
            drop: transaction.prepare_cached(
                "DELETE FROM stood WHERE part = ?1 AND at = ?2 AND container = ?3 AND stay = ?4",
            )?,
            changes: Vec::new(),
        })
    }

    /// Brings the spells of a container from those that the store still has to those that it will have.
    pub fn change(&mut self, container: &SmolStr, after: &[StaySpells]) -> Result<(), StoreError> {
        let before = self.before.query_row([container.as_str()], |row| {
            Ok(row.get_ref(0)?.as_blob().map(unseal::<Vec<StaySpells>>))
        });
        let before = match before.optional()? {
            Some(Ok(before)) => before?,
            _ => Vec::new(),
        };
        let key = |of: &StaySpells, spell: &Spell| {
            let part = part(of.site, level(spell));
            (part, spell.from, container.clone(), hash_of(&of.stay))
        };
        for of in &before {
            for spell in &of.spells {
                self.changes.push(Change {
                    key: key(of, spell),
                    comes: None,
                });
            }
        }
        let kept = self.changes.len() - before.iter().map(|of| of.spells.len()).sum::<usize>();
        for of in after {
            let was = before
                .iter()
                .find(|was| was.stay == of.stay && was.site == of.site);
            let same = was.filter(|was| was.size_type == of.size_type && was.direction == of.direction);
            for spell in &of.spells {
                let key = key(of, spell);
                // What comes takes the place of what has the same key.
                let gone = self.changes[kept..]
                    .iter()
                    .position(|change| change.comes.is_none() && change.key == key);
                if let Some(gone) = gone {
                    self.changes.swap_remove(kept + gone);
                }
                if same.is_none_or(|was| !was.spells.contains(spell)) {
                    let packed = packed(spell.state, of.direction);
                    self.changes.push(Change {
                        key,
                        comes: Some((spell.clone(), packed, of.size_type.clone())),
                    });
                }
            }
        }
        Ok(())
    }

    /// Writes the changes, in the order in which the spells lie.
    pub fn write(mut self) -> Result<(), StoreError> {
        self.changes.sort_unstable_by(|a, b| a.key.cmp(&b.key));
        for Change { key, comes } in &self.changes {
            let (part, at, container, stay) = key;
            let stay = stay.cast_signed();
            match comes {
                None => self.drop.execute(params![part, at.0, container.as_str(), stay])?,
                Some((spell, packed, size_type)) => self.put.execute(params![
                    part,
                    at.0,
                    container.as_str(),
                    stay,
                    spell.until.map(|until| until.0),
                    spell.slot.as_str(),
                    spell.since.0,
                    packed,
                    size_type.as_deref()
                ])?,
            };
        }
        Ok(())
    }
}
