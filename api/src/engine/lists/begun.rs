//! When a list begins in the state and ends in the store: the state is locked only while memory is looked through;
//! the store is read as it was at that moment.

use super::super::state::State;
use super::super::store::{ListReader, StoreError};
use super::{Best, Key, Wanted, walk};
use rustc_hash::FxHashSet;
use smol_str::SmolStr;

/// A list that was begun: what memory has of it, and the store as it was.
#[derive(Debug)]
pub struct Begun<'a> {
    wanted: &'a Wanted,
    reader: ListReader<'a>,
    /// Containers of which memory knows better than the store.
    changed: FxHashSet<SmolStr>,
    best: Best,
    sequence: u64,
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The stays, in order.
    pub keys: Vec<Key>,
    /// Whether there are more behind the last.
    pub more: bool,
    /// The change up to which it holds.
    pub sequence: u64,
}

impl<'a> Begun<'a> {
    /// Begins a page of `most` stays behind a key. The reader is one of the state's store.
    pub fn new(
        state: &State,
        reader: ListReader<'a>,
        wanted: &'a Wanted,
        behind: Option<Key>,
        most: usize,
    ) -> Result<Begun<'a>, StoreError> {
        reader.hold()?;
        let mut best = Best::new(behind, most);
        let mut changed = FxHashSet::default();
        for (number, stays) in state.changed_stays() {
            changed.insert(number.text());
            for stay in stays {
                let text = wanted.text.as_ref();
                let found = text.is_none_or(|text| {
                    text.begins_container(number.as_str()) || stay.texts().any(|own| text.begins(own))
                });
                if let Some(key) = wanted.key(&stay.id, &stay.facts()).filter(|_| found) {
                    best.put(key);
                }
            }
        }
        Ok(Begun {
            wanted,
            reader,
            changed,
            best,
            sequence: state.sequence,
        })
    }

    /// Reads the rest from the store.
    pub fn finish(mut self) -> Result<Page, StoreError> {
        walk::walk(&self.reader, self.wanted, &self.changed, &mut self.best)?;
        let (keys, more) = self.best.finish();
        Ok(Page {
            keys,
            more,
            sequence: self.sequence,
        })
    }
}
