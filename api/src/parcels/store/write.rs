//! What a checkpoint writes, in one commit, sorted by key: random keys cost most of a store's speed.

use super::super::keys::{Key, ParcelId};
use super::super::party::Party;
use super::lists::{BY, Listed, part};
use super::{Store, open, year_bytes};
use crate::engine::store::StoreError;
use crate::engine::store::sealed::seal;
use rusqlite::{Transaction, params};
use serde::{Deserialize, Serialize};
use shared::parcels::cells::{HourCells, Names};
use shared::parcels::shares::Shares;
use shared::parcels::{DocumentIdentity, Parcel, Versions, YearEntry, YearKey};
use shared::time::Time;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One parcel as a checkpoint writes it.
#[derive(Debug)]
pub struct ParcelToWrite {
    /// Its number.
    pub id: ParcelId,
    /// The line that changed it last.
    pub changed: u64,
    /// It, with its documents. What it is now is shared with memory until the checkpoint is written.
    pub parcel: Arc<Parcel>,
    /// Whether something is expected of it.
    pub open: bool,
    /// How it is listed; not at all when nothing belongs to it.
    pub listed: Option<Listed>,
}

/// Small things that are written as a whole.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Whole {
    /// The engine's clock at the last line.
    pub now: Time,
    /// The number of the next parcel.
    pub next: ParcelId,
    /// How many parcels are open: a damaged page may lose some.
    pub open: u64,
    /// Names of platforms and parks, as lists have them.
    pub names: Names,
    /// Of each site: names in its cells, shares of mismatches, and who sends.
    pub sites: Vec<(Names, Shares, BTreeMap<SmolStr, Party>)>,
    /// The rules in force, as JSON.
    pub rules: String,
}

/// What a checkpoint writes.
#[derive(Debug)]
pub struct Checkpoint {
    /// The line up to which it holds.
    pub sequence: u64,
    /// Whether the filter of keys is full, and one with room is to be made of what is in the store then.
    pub wants_filter: bool,
    /// Small things.
    pub whole: Whole,
    /// Parcels that changed, by number.
    pub parcels: Vec<ParcelToWrite>,
    /// New keys.
    pub keys: Vec<(Key, ParcelId)>,
    /// Buyers' years that changed.
    pub years: Vec<(YearKey, Vec<YearEntry>)>,
    /// Withdrawals without a document that changed, or (none) found it.
    pub loose: Vec<(DocumentIdentity, Option<Versions>)>,
    /// Hours that changed; none when everything in it was taken back.
    pub cells: Vec<(usize, i32, Option<HourCells>)>,
    /// Steps of the course that changed.
    pub steps: Vec<(usize, i64, u64)>,
}

impl Store {
    /// Writes a checkpoint in one commit.
    pub fn write(&self, checkpoint: &mut Checkpoint) -> Result<(), StoreError> {
        let mut connection = open(&self.path)?;
        let transaction = connection.transaction()?;
        checkpoint.keys.sort_unstable();
        checkpoint.years.sort_unstable_by_key(|(key, _)| *key);
        parcels(&transaction, &checkpoint.parcels)?;
        {
            let mut put = transaction.prepare("INSERT OR IGNORE INTO keys VALUES (?1, ?2)")?;
            for (key, parcel) in &checkpoint.keys {
                put.execute(params![key.0, parcel.cast_signed()])?;
            }
            let mut put = transaction.prepare("INSERT OR REPLACE INTO years VALUES (?1, ?2)")?;
            for (key, entries) in &checkpoint.years {
                put.execute(params![year_bytes(key), seal(&(key, entries))?])?;
            }
            let mut put = transaction.prepare("INSERT OR REPLACE INTO loose VALUES (?1, ?2)")?;
            let mut drop = transaction.prepare("DELETE FROM loose WHERE identity = ?1")?;
            for (identity, versions) in &checkpoint.loose {
                let key = postcard::to_stdvec(identity)?;
                match versions {
                    Some(versions) => put.execute(params![key, seal(versions)?])?,
                    None => drop.execute([key])?,
                };
            }
            let mut put = transaction.prepare("INSERT OR REPLACE INTO cells VALUES (?1, ?2, ?3)")?;
            let mut drop = transaction.prepare("DELETE FROM cells WHERE site = ?1 AND hour = ?2")?;
            for (site, hour, cells) in &checkpoint.cells {
                match cells {
                    Some(cells) => put.execute(params![*site as i64, hour, seal(&(site, hour, cells))?])?,
                    None => drop.execute(params![*site as i64, hour])?,
                };
            }
            let mut put = transaction.prepare("INSERT OR REPLACE INTO steps VALUES (?1, ?2, ?3)")?;
            for (site, step, released) in &checkpoint.steps {
                put.execute(params![*site as i64, step, released.cast_signed()])?;
            }
            let mut put = transaction.prepare("INSERT OR REPLACE INTO meta VALUES (?1, ?2)")?;
            put.execute(params!["whole", seal(&checkpoint.whole)?])?;
            put.execute(params!["sequence", checkpoint.sequence.cast_signed()])?;
        }
        transaction.commit()?;
        Ok(())
    }
}

fn parcels(transaction: &Transaction<'_>, parcels: &[ParcelToWrite]) -> Result<(), StoreError> {
    let mut newest = transaction.prepare("SELECT coalesce(max(id), -1) FROM parcels")?;
    let newest: i64 = newest.query_row([], |row| row.get(0))?;
    let mut before = transaction.prepare("SELECT listed FROM parcels WHERE id = ?1")?;
    let mut put = transaction.prepare("INSERT OR REPLACE INTO parcels VALUES (?1, ?2, ?3, ?4)")?;
    let mut drop = transaction.prepare("DELETE FROM listed WHERE part = ?1 AND at = ?2 AND parcel = ?3")?;
    let mut rows: Vec<(i64, i64, i64, &Listed)> = Vec::with_capacity(parcels.len() * BY.len());
    for own in parcels {
        let id = own.id.cast_signed();
        if id <= newest {
            let listed: Option<Vec<u8>> =
                rusqlite::OptionalExtension::optional(before.query_row([id], |row| row.get(0)))?;
            let listed: Option<Listed> = match listed {
                Some(listed) => postcard::from_bytes(&listed)?,
                None => None,
            };
            for (by, at) in listed.iter().flat_map(Listed::times) {
                let site = listed.as_ref().map_or(0, |listed| listed.site);
                drop.execute(params![part(site, by), at.0, id])?;
            }
        }
        if let Some(listed) = &own.listed {
            rows.extend(
                listed
                    .times()
                    .map(|(by, at)| (part(listed.site, by), -at.0, id, listed)),
            );
        }
        let record = seal(&(own.id, own.changed, &*own.parcel))?;
        put.execute(params![id, own.open, postcard::to_stdvec(&own.listed)?, record])?;
    }
    rows.sort_unstable_by_key(|(part, at, id, _)| (*part, *at, *id));
    let mut list =
        transaction.prepare("INSERT OR REPLACE INTO listed VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    for (part, at, id, listed) in rows {
        let facts = &listed.facts;
        let seconds = facts.seconds.map(u64::cast_signed);
        list.execute(params![
            part,
            -at,
            id,
            facts.packed(),
            facts.platform,
            facts.park,
            seconds
        ])?;
    }
    Ok(())
}
