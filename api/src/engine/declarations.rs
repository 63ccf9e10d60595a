//! Declarations: what the stays of each say of it, put together, so that clearance can be counted once for each
//! declaration however many boxes it covers.

use super::container::Digest;
use super::identity::Fingerprint;
use super::site::SiteState;
use super::state::State;
use super::store::{DeclarationColumn, StoreError};
use rustc_hash::FxHashMap;
use shared::container::ContainerNumber;
use shared::figures::{DeclarationPart, DeclarationRecord};
use shared::time::Time;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// A declaration: the site, as an index into the configured ones, and its number.
pub type DeclarationKey = (usize, SmolStr);

/// Above so many in memory, those that are released leave it.
const IN_MEMORY: usize = 50_000;

/// The declarations that are in memory, and those that the store does not have as they are now.
#[derive(Debug, Default)]
pub struct Declarations {
    records: FxHashMap<DeclarationKey, DeclarationRecord>,
    changed: FxHashMap<DeclarationKey, u64>,
}

impl Declarations {
    /// Those of which memory knows better than the store.
    pub fn changed(&self) -> impl Iterator<Item = (&DeclarationKey, &DeclarationRecord)> {
        self.changed
            .keys()
            .filter_map(|key| self.records.get_key_value(key))
    }

    /// Whether memory knows better than the store.
    pub fn has_changed(&self, key: &DeclarationKey) -> bool {
        self.changed.contains_key(key)
    }

    /// What a checkpoint writes.
    pub(super) fn to_write(&self) -> Vec<(DeclarationKey, DeclarationRecord)> {
        self.changed()
            .map(|(key, record)| (key.clone(), record.clone()))
            .collect()
    }

    /// A checkpoint up to a line is in the store.
    pub(super) fn written(&mut self, sequence: u64) {
        self.changed.retain(|_, changed| *changed > sequence);
        if self.records.len() > IN_MEMORY {
            let changed = &self.changed;
            self.records
                .retain(|key, record| record.released_at().is_none() || changed.contains_key(key));
        }
    }
}

/// What a container's stays say of their declarations at each site.
fn parts_of(container: &ContainerNumber, digest: &Digest) -> Vec<(DeclarationKey, DeclarationPart)> {
    let mut parts = Vec::new();
    for stay in &digest.stays {
        for declaration in &stay.declared {
            let Some(number) = &declaration.number else {
                continue;
            };
            let part = DeclarationPart {
                container: container.clone(),
                stay: stay.id.clone(),
                dimensions: stay.contribution.dimensions,
                declared: declaration.declared,
                released: declaration.released,
            };
            parts.push(((stay.site, number.clone()), part));
        }
    }
    parts
}

impl State {
    /// Counts the declarations of a container anew, where what it says of them changed.
    pub(super) fn declare(
        &mut self,
        container: &ContainerNumber,
        before: &Digest,
        after: &Digest,
    ) -> Result<(), StoreError> {
        let (before, after) = (parts_of(container, before), parts_of(container, after));
        if before == after {
            return Ok(());
        }
        let keys: BTreeSet<&DeclarationKey> = before.iter().chain(&after).map(|(key, _)| key).collect();
        for key in keys {
            let of_key = |parts: &[(DeclarationKey, DeclarationPart)]| -> Vec<DeclarationPart> {
                let own = parts.iter().filter(|(own, _)| own == key);
                own.map(|(_, part)| part.clone()).collect()
            };
            let (before, after) = (of_key(&before), of_key(&after));
            if before != after {
                self.recount_declaration(key, container, after)?;
            }
        }
        Ok(())
    }

    fn recount_declaration(
        &mut self,
        key: &DeclarationKey,
        container: &ContainerNumber,
        parts: Vec<DeclarationPart>,
    ) -> Result<(), StoreError> {
        let mut record = match self.declarations.records.remove(key) {
            Some(record) => record,
            None => self.stored_declaration(key)?,
        };
        let site = &mut self.sites[key.0];
        let changes = |record: &DeclarationRecord, site: &SiteState| record.changes(&|at| site.hour(at));
        let before = changes(&record, site);
        record.replace(container, parts);
        let after = changes(&record, site);
        site.recount(&before, &after);
        self.figures_changed = true;
        self.declarations.records.insert(key.clone(), record);
        self.declarations.changed.insert(key.clone(), self.sequence);
        Ok(())
    }

    /// Declarations of a site that the store holds; see [`Store::declarations`](super::store::Store::declarations).
    pub fn stored_declarations(
        &self,
        site: usize,
        column: DeclarationColumn,
        period: (Time, Time),
        dimensions: &[u8],
        behind: Option<&(Time, SmolStr)>,
        each: &mut dyn FnMut(SmolStr, DeclarationRecord) -> bool,
    ) -> Result<(), StoreError> {
        self.store
            .declarations(site, column, period, dimensions, behind, each)
    }

    /// A declaration from the store; one that says nothing where there is none.
    fn stored_declaration(&self, key: &DeclarationKey) -> Result<DeclarationRecord, StoreError> {
        let (site, number) = key;
        let fingerprint = Fingerprint::of_declaration(*site, number);
        if !self.filter.may_contain(fingerprint) {
            return Ok(DeclarationRecord::default());
        }
        Ok(self.store.declaration(key)?.unwrap_or_default())
    }
}
