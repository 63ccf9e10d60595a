//! Buyers' years: those that were looked at lately in memory, all of them in the store.

use super::keys::{Filter, Key};
use super::store::{Store, year_bytes};
use crate::engine::store::StoreError;
use rustc_hash::{FxHashMap, FxHashSet};
use shared::parcels::{BuyersYear, Fen, YearEntry, YearKey};

/// Above so many years in memory, those that did not change leave it.
const YEARS_IN_MEMORY: usize = 200_000;

/// Buyers' years.
#[derive(Debug, Default)]
pub struct Years {
    years: FxHashMap<YearKey, BuyersYear>,
    /// Those that are not in the store as they are.
    changed: FxHashSet<YearKey>,
    /// Those that a checkpoint is writing.
    writing: FxHashSet<YearKey>,
}

impl Years {
    /// A buyer's year, which is looked up where it is not in memory.
    pub fn load(
        &mut self,
        key: &YearKey,
        limit: Fen,
        filter: &Filter,
        store: &Store,
    ) -> Result<&mut BuyersYear, StoreError> {
        if !self.years.contains_key(key) {
            let entries = match filter.may_contain(Key::of_year(&year_bytes(key))) {
                true => store.year(key)?.unwrap_or_default(),
                false => Vec::new(),
            };
            self.years.insert(*key, BuyersYear::new(entries, limit));
        }
        Ok(self.years.entry(*key).or_default())
    }

    /// A buyer's year as it is, for somebody who only looks.
    pub fn look(
        &self,
        key: &YearKey,
        limit: Fen,
        filter: &Filter,
        store: &Store,
    ) -> Result<BuyersYear, StoreError> {
        if let Some(year) = self.years.get(key) {
            return Ok(year.clone());
        }
        let entries = match filter.may_contain(Key::of_year(&year_bytes(key))) {
            true => store.year(key)?.unwrap_or_default(),
            false => Vec::new(),
        };
        Ok(BuyersYear::new(entries, limit))
    }

    /// A year changed.
    pub fn note(&mut self, key: YearKey) {
        self.changed.insert(key);
    }

    /// Counts anew by another limit.
    pub fn count_by(&mut self, limit: Fen) {
        for year in self.years.values_mut() {
            *year = BuyersYear::new(year.entries().cloned(), limit);
        }
    }

    /// What is to be written.
    pub fn take_changed(&mut self) -> Vec<(YearKey, Vec<YearEntry>)> {
        self.writing = std::mem::take(&mut self.changed);
        let entries = |key: &YearKey| {
            let year = self.years.get(key)?;
            Some((*key, year.entries().cloned().collect()))
        };
        self.writing.iter().filter_map(entries).collect()
    }

    /// What was to be written is in the store.
    pub fn written(&mut self, filter: &mut Filter) {
        for key in std::mem::take(&mut self.writing) {
            let key = Key::of_year(&year_bytes(&key));
            if !filter.may_contain(key) {
                filter.insert(key);
            }
        }
        if self.years.len() > YEARS_IN_MEMORY {
            let changed = &self.changed;
            self.years.retain(|key, _| changed.contains(key));
        }
    }

    /// How many are in memory.
    pub fn len(&self) -> usize {
        self.years.len()
    }
}
