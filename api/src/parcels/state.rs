//! The state of the parcels: what their journal adds up to. The book's thread is its one writer; applying a line depends
//! on the state and the line alone.

use super::entry::{self, Act, Entry, RulesEntry};
use super::facts::Facts;
use super::keys::{Filter, Key, Keys, ParcelId, of_parcel};
use super::site::SiteParcels;
use super::store::{By, Listed, Store};
use super::years::Years;
use crate::config::Configuration;
use crate::engine::store::StoreError;
use crate::journal::{JournalError, Record};
use rustc_hash::{FxHashMap, FxHashSet};
use shared::figures::Calendar;
use shared::parcels::cells::Names;
use shared::parcels::{
    Contribution, Document, DocumentIdentity, DocumentKind, HashedIdentity, Parcel, ParcelRules, Versions,
    YearEntry, YearKey,
};
use shared::time::{Time, civil};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use std::sync::Arc;

pub use shared::parcels::Arrival;

/// Why the state can't be had.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The journal failed.
    #[error("parcels.db: {0}")]
    Journal(#[from] JournalError),
    /// The store failed.
    #[error("parcels-state.db: {0}")]
    Store(#[from] StoreError),
}

/// One parcel in memory.
#[derive(Debug)]
pub struct Held {
    /// It, with its documents.
    pub parcel: Arc<Parcel>,
    /// The line that changed it last.
    pub changed: u64,
    /// How it is listed; not at all when nothing belongs to it.
    pub listed: Option<Listed>,
}

/// What a parcel was before the present commit.
#[derive(Debug, Default)]
struct Before {
    contribution: Option<Contribution>,
    year: Option<(YearKey, YearEntry)>,
}

/// Everything that follows from the parcels' journal.
#[derive(Debug)]
pub struct State {
    /// The journal's epoch.
    pub epoch: String,
    /// The last line that was applied.
    pub sequence: u64,
    /// The engine's clock at that line.
    pub now: Time,
    /// The rules in force.
    pub rules: ParcelRules,
    /// What the key of identity numbers makes of a fixed text; none before the first rules.
    pub key_proof: Option<HashedIdentity>,
    /// The sites, in the order of the configuration.
    pub sites: Vec<SiteParcels>,
    /// Names of platforms and parks, as lists have them.
    pub names: Names,
    /// Parcels in memory: all that are open, and some that are done.
    pub(super) parcels: FxHashMap<ParcelId, Held>,
    pub(super) next: ParcelId,
    pub(super) keys: Keys,
    pub(super) filter: Filter,
    pub(super) years: Years,
    /// Withdrawals whose document is not known.
    pub(super) loose: FxHashMap<DocumentIdentity, Versions>,
    /// Parcels in memory by the times by which they are listed.
    pub(super) listed: FxHashMap<(usize, By), BTreeSet<(Time, ParcelId)>>,
    /// Parcels that the present commit touched.
    round: FxHashMap<ParcelId, Before>,
    /// Parcels that changed since the store was last written, with the line of the change.
    pub(super) changed: FxHashMap<ParcelId, u64>,
    pub(super) changed_loose: FxHashSet<DocumentIdentity>,
    /// Keys that are not in the store.
    pub(super) new_keys: Vec<(Key, ParcelId)>,
    /// Keys that are in the store and not yet in the filter.
    pub(super) written_keys: Vec<Key>,
    /// Parcels that are done and may leave memory, the last in front.
    pub(super) leaving: Vec<ParcelId>,
    /// How many parcels came out of the store since it was last chosen which leave memory.
    pub(super) loaded: usize,
    pub(super) store: Arc<Store>,
}

impl State {
    /// The state before the first line.
    pub fn new(configuration: &Configuration, epoch: &str, store: Arc<Store>) -> State {
        State {
            epoch: epoch.to_owned(),
            sequence: 0,
            now: Time(0),
            rules: configuration.parcels.rules.clone(),
            key_proof: None,
            sites: configuration
                .sites
                .iter()
                .cloned()
                .map(SiteParcels::new)
                .collect(),
            names: Names::default(),
            parcels: FxHashMap::default(),
            next: 0,
            keys: Keys::default(),
            filter: Filter::with_room_behind(0),
            years: Years::default(),
            loose: FxHashMap::default(),
            listed: FxHashMap::default(),
            round: FxHashMap::default(),
            changed: FxHashMap::default(),
            changed_loose: FxHashSet::default(),
            new_keys: Vec::new(),
            written_keys: Vec::new(),
            leaving: Vec::new(),
            loaded: 0,
            store,
        }
    }

    /// The place of a site in the configuration.
    pub fn site_index(&self, code: &str) -> Option<usize> {
        self.sites.iter().position(|own| own.site.code == code)
    }

    /// How many parcels, keys of withdrawals, and buyers' years are in memory.
    pub fn in_memory(&self) -> [usize; 3] {
        [self.parcels.len(), self.loose.len(), self.years.len()]
    }

    /// Applies a line of the journal. What it does to parcels follows with [`State::settle`], once all lines of its commit
    /// are applied.
    pub fn apply(&mut self, record: Record<Entry>) -> Result<(), StateError> {
        let sequence = record.sequence;
        self.begin_line(sequence, record.at);
        match record.entry {
            Entry::Documents(json) => {
                let documents =
                    entry::documents(&json).map_err(|reason| JournalError::Line { sequence, reason })?;
                for document in documents {
                    self.receive(document, None)?;
                }
            }
            Entry::Act(act) => self.act(act)?,
            Entry::Rules(rules) => self.change_rules(&rules),
        }
        Ok(())
    }

    /// Says to which line belongs what is applied next.
    pub(super) fn begin_line(&mut self, sequence: u64, at: Time) {
        self.sequence = sequence;
        // A clock that was set back does not undo what was decided.
        self.now = self.now.max(at);
    }

    /// Takes a document that is kept. `owner` is the parcel that has it, where that was found already.
    pub(super) fn receive(&mut self, document: Document, owner: Option<ParcelId>) -> Result<(), StateError> {
        let now = self.now;
        let identity = document.identity.clone();
        if let Some(mut versions) = self.loose.remove(&identity) {
            self.hear(&document, None);
            versions.add(document, now);
            self.changed_loose.insert(identity.clone());
            return match versions.order().cloned() {
                Some(order) => self.give(&order, versions),
                None => {
                    self.loose.insert(identity, versions);
                    Ok(())
                }
            };
        }
        let owner = match owner {
            Some(owner) => Some(owner),
            None => self.owner(&identity)?,
        };
        // Whose it is known only here, however it came.
        self.hear(&document, owner);
        let Some(id) = owner else {
            let versions = Versions::new(document, now);
            return match versions.order().cloned() {
                Some(order) => self.give(&order, versions),
                None => {
                    self.changed_loose.insert(identity.clone());
                    self.loose.insert(identity, versions);
                    Ok(())
                }
            };
        };
        self.touch(id)?;
        let Some(held) = self.parcels.get_mut(&id) else {
            return Ok(());
        };
        let parcel = Arc::make_mut(&mut held.parcel);
        parcel.receive(document, now);
        // A correction can name another order.
        let order = parcel.document(&identity).and_then(|own| own.order()).cloned();
        match order {
            Some(order) if order != *parcel.order() => match parcel.take(&identity) {
                Some(versions) => self.give(&order, versions),
                None => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Gives a document to the parcel of an order.
    fn give(&mut self, order: &SmolStr, versions: Versions) -> Result<(), StateError> {
        let id = match self.of_order(order)? {
            Some(id) => id,
            None => self.make(order),
        };
        self.touch(id)?;
        let identity = versions.identity();
        let key = Key::of_document(identity.kind, &identity.id);
        self.keys.insert(key, id);
        self.new_keys.push((key, id));
        if let Some(held) = self.parcels.get_mut(&id) {
            Arc::make_mut(&mut held.parcel).give(versions);
        }
        Ok(())
    }

    fn make(&mut self, order: &SmolStr) -> ParcelId {
        let id = self.next;
        self.next += 1;
        let key = Key::of_order(order);
        self.keys.insert(key, id);
        self.new_keys.push((key, id));
        let held = Held {
            parcel: Arc::new(Parcel::new(order.clone())),
            changed: self.sequence,
            listed: None,
        };
        self.parcels.insert(id, held);
        id
    }

    /// Counts a document of its sender.
    fn hear(&mut self, document: &Document, owner: Option<ParcelId>) {
        let stated = document
            .content
            .as_ref()
            .and_then(|own| self.site_index(&own.site));
        let owned = owner.and_then(|owner| Some(self.parcels.get(&owner)?.listed.as_ref()?.site));
        let now = self.now;
        let Some(site) = stated.or(owned).and_then(|site| self.sites.get_mut(site)) else {
            return;
        };
        let day = site.calendar.day(now);
        let source = &document.identity.source;
        if !site.parties.contains_key(source) {
            site.parties
                .insert(source.clone(), super::party::Party::default());
        }
        if let Some(party) = site.parties.get_mut(source) {
            party.count(document.identity.kind, now, day);
        }
        site.changed = true;
    }

    /// The parcel of an order's number.
    pub fn of_order(&mut self, order: &str) -> Result<Option<ParcelId>, StateError> {
        self.find(Key::of_order(order), &|parcel| parcel.order() == order)
    }

    /// The parcel that has a document.
    pub(super) fn owner(&mut self, identity: &DocumentIdentity) -> Result<Option<ParcelId>, StateError> {
        let key = Key::of_document(identity.kind, &identity.id);
        self.find(key, &|parcel| parcel.document(identity).is_some())
    }

    fn find(&mut self, key: Key, is_meant: &dyn Fn(&Parcel) -> bool) -> Result<Option<ParcelId>, StateError> {
        let in_memory = self.keys.get(key).find(|id| {
            let held = self.parcels.get(id);
            held.is_some_and(|held| is_meant(&held.parcel))
        });
        if in_memory.is_some() || !self.filter.may_contain(key) {
            return Ok(in_memory);
        }
        for id in self.store.of_key(key)? {
            if self.load(id)? && self.parcels.get(&id).is_some_and(|held| is_meant(&held.parcel)) {
                return Ok(Some(id));
            }
        }
        Ok(None)
    }

    /// Parcels of a number, whatever it is the number of: looked up without changing anything.
    pub fn look_up(&self, keys: &[Key]) -> Result<Vec<(ParcelId, Arc<Parcel>)>, StateError> {
        let mut found: Vec<(ParcelId, Arc<Parcel>)> = Vec::new();
        for key in keys {
            let mut ids: Vec<ParcelId> = self.keys.get(*key).collect();
            if self.filter.may_contain(*key) {
                ids.extend(self.store.of_key(*key)?);
            }
            for id in ids {
                if found.iter().any(|own| own.0 == id) {
                    continue;
                }
                let parcel = match self.parcels.get(&id) {
                    Some(held) => Some(Arc::clone(&held.parcel)),
                    None => self.store.parcel(id)?.map(|(_, parcel)| Arc::new(parcel)),
                };
                found.extend(parcel.map(|parcel| (id, parcel)));
            }
        }
        Ok(found)
    }

    /// The parcel of an order's number, looked up without changing anything.
    pub fn look_up_order(&self, order: &str) -> Result<Option<(ParcelId, Arc<Parcel>)>, StateError> {
        let found = self.look_up(&[Key::of_order(order)])?;
        Ok(found
            .into_iter()
            .find(|(_, parcel)| parcel.order() == order && !parcel.is_empty()))
    }

    /// The line that changed a parcel last.
    pub(super) fn changed_by(&self, id: ParcelId) -> Result<u64, StateError> {
        match self.parcels.get(&id) {
            Some(held) => Ok(held.changed),
            None => Ok(self.store.parcel(id)?.map_or(0, |(changed, _)| changed)),
        }
    }

    /// The site of the parcel to which a document belongs, or of the one that it would come to.
    pub fn sites_on_record(&self, document: &Document) -> Result<Vec<SmolStr>, StateError> {
        let identity = &document.identity;
        let mut keys = vec![Key::of_document(identity.kind, &identity.id)];
        let order = document.content.as_ref().map(|content| &content.order);
        keys.extend(order.map(|order| Key::of_order(order)));
        let found = self.look_up(&keys)?.into_iter();
        let meant = found.filter(|(_, parcel)| {
            parcel.document(identity).is_some() || order.is_some_and(|order| parcel.order() == order)
        });
        let sites = meant.filter_map(|(_, parcel)| Some(parcel.verdict()?.site.clone()));
        Ok(sites.collect())
    }

    /// Brings a parcel into memory; false for one that is not there.
    pub(super) fn load(&mut self, id: ParcelId) -> Result<bool, StateError> {
        if self.parcels.contains_key(&id) {
            return Ok(true);
        }
        let Some((changed, parcel)) = self.store.parcel(id)? else {
            return Ok(false);
        };
        self.hold(id, changed, parcel);
        self.loaded += 1;
        Ok(true)
    }

    /// Puts a parcel into memory as it is in the store.
    pub(super) fn hold(&mut self, id: ParcelId, changed: u64, parcel: Parcel) {
        for key in of_parcel(&parcel) {
            self.keys.insert(key, id);
        }
        let listed = self.listed(Contribution::of(&parcel).filter(|_| !parcel.is_empty()).as_ref());
        self.list(id, None, listed.as_ref());
        let parcel = Arc::new(parcel);
        let held = Held {
            parcel,
            changed,
            listed,
        };
        self.parcels.insert(id, held);
    }

    /// Takes a parcel out of memory, which the store has as it is.
    pub(super) fn let_go(&mut self, id: ParcelId) {
        let Some(held) = self.parcels.remove(&id) else {
            return;
        };
        for key in of_parcel(&held.parcel) {
            self.keys.remove(key, id);
        }
        self.list(id, held.listed.as_ref(), None);
    }

    fn list(&mut self, id: ParcelId, before: Option<&Listed>, after: Option<&Listed>) {
        if let Some(own) = before {
            for (by, at) in own.times() {
                if let Some(all) = self.listed.get_mut(&(own.site, by)) {
                    all.remove(&(at, id));
                }
            }
        }
        if let Some(own) = after {
            for (by, at) in own.times() {
                self.listed.entry((own.site, by)).or_default().insert((at, id));
            }
        }
    }

    /// How a parcel is listed.
    pub(super) fn listing(&self, id: ParcelId, parcel: &Parcel) -> Option<Listed> {
        if let Some(held) = self.parcels.get(&id) {
            return held.listed.clone();
        }
        // A correction took everything out of it, and its last verdict says nothing any more.
        let own = Contribution::of(parcel).filter(|_| !parcel.is_empty())?;
        // Names of whatever was ever listed are known.
        let number = |name: Option<&SmolStr>| name.and_then(|name| self.names.find(name)).unwrap_or(0);
        let (platform, park) = (number(own.platform.as_ref()), number(own.park.as_ref()));
        self.listed_as(&own, platform, park)
    }

    /// Parcels of a site that is no longer configured are in no list.
    fn listed_as(&self, own: &Contribution, platform: u32, park: u32) -> Option<Listed> {
        Some(Listed {
            site: self.site_index(&own.site)?,
            first_at: own.first_at,
            received_at: own.received_at,
            decided_at: own.decided_at,
            facts: Facts {
                state: own.state,
                reasons: own.reasons,
                was_held: own.was_held,
                missing: own.missing,
                mode: own.mode,
                platform,
                park,
                seconds: own.seconds,
            },
        })
    }

    fn listed(&mut self, own: Option<&Contribution>) -> Option<Listed> {
        let own = own?;
        let platform = self.names.number(own.platform.as_ref());
        let park = self.names.number(own.park.as_ref());
        self.listed_as(own, platform, park)
    }

    /// Notes what a parcel was before this commit.
    fn touch(&mut self, id: ParcelId) -> Result<(), StateError> {
        if self.round.contains_key(&id) || !self.load(id)? {
            return Ok(());
        }
        let Some(held) = self.parcels.get(&id) else {
            return Ok(());
        };
        let parcel = Arc::clone(&held.parcel);
        let before = match parcel.is_empty() {
            true => Before::default(),
            false => Before {
                contribution: Contribution::of(&parcel),
                year: self.year_entry(&parcel),
            },
        };
        self.round.insert(id, before);
        Ok(())
    }

    /// What a parcel adds to its buyer's year, by the calendar of its site.
    fn year_entry(&self, parcel: &Parcel) -> Option<(YearKey, YearEntry)> {
        let orders = parcel.documents().iter();
        let orders = orders.filter(|own| own.identity().kind == DocumentKind::Order);
        let orders = orders.filter_map(|own| Some((own.content()?, own.identity())));
        // Of several of one moment the same counts, whichever came first.
        let order = orders
            .min_by_key(|(own, identity)| (own.at, *identity))
            .map(|(own, _)| own);
        let site = order.and_then(|own| self.site_index(&own.site)).unwrap_or(0);
        let calendar = &self.sites.get(site)?.calendar;
        parcel.year_entry(|at| {
            let (year, _, _) = civil::date(i64::from(Calendar::day_of(calendar, at)));
            i32::try_from(year).unwrap_or(0)
        })
    }

    fn act(&mut self, act: Act) -> Result<(), StateError> {
        let Some(id) = self.of_order(&act.order)? else {
            return Ok(());
        };
        self.touch(id)?;
        let now = self.now;
        if let Some(held) = self.parcels.get_mut(&id) {
            Arc::make_mut(&mut held.parcel).act(now, act.kind, act.by, act.remark);
        }
        Ok(())
    }

    /// Puts rules in force. What is open is decided anew by them; what is done, when something of it changes.
    fn change_rules(&mut self, entry: &RulesEntry) {
        let rules = entry.rules();
        if rules.year_limit != self.rules.year_limit {
            self.years.count_by(rules.year_limit);
        }
        self.rules = rules;
        self.key_proof = entry.key_proof();
        let open = self.parcels.iter().filter(|(_, held)| !held.parcel.is_closed());
        let open: Vec<ParcelId> = open.map(|(id, _)| *id).collect();
        for id in open {
            // What is in memory needs no look-up, which alone could fail.
            let _ = self.touch(id);
        }
    }

    /// Decides what the lines of a commit touched, each parcel once, and with them the other parcels of a buyer whose year
    /// came to another result.
    pub fn settle(&mut self) -> Result<(), StateError> {
        let limit = self.rules.year_limit;
        let touched: Vec<ParcelId> = self.round.keys().copied().collect();
        let mut others: BTreeSet<SmolStr> = BTreeSet::new();
        for id in touched {
            let Some(parcel) = self.parcels.get(&id).map(|held| Arc::clone(&held.parcel)) else {
                continue;
            };
            let before = self.round.get(&id).and_then(|own| own.year.clone());
            let after = self.year_entry(&parcel).filter(|_| !parcel.is_empty());
            if before == after {
                continue;
            }
            if let Some((key, entry)) = &before {
                let year = self.years.load(key, limit, &self.filter, &self.store)?;
                others.extend(year.remove(entry, limit));
                self.years.note(*key);
            }
            if let Some((key, entry)) = after {
                let year = self.years.load(&key, limit, &self.filter, &self.store)?;
                let (_, changed) = year.insert(entry, limit);
                others.extend(changed);
                self.years.note(key);
            }
        }
        for order in others {
            if let Some(id) = self.of_order(&order)? {
                self.touch(id)?;
            }
        }
        for (id, before) in std::mem::take(&mut self.round) {
            self.settle_one(id, before.contribution)?;
        }
        Ok(())
    }

    fn settle_one(&mut self, id: ParcelId, before: Option<Contribution>) -> Result<(), StateError> {
        let Some(parcel) = self.parcels.get(&id).map(|held| Arc::clone(&held.parcel)) else {
            return Ok(());
        };
        let over = match self.year_entry(&parcel) {
            Some((key, entry)) => {
                let year = self
                    .years
                    .load(&key, self.rules.year_limit, &self.filter, &self.store)?;
                year.standing(&entry).is_some_and(|standing| standing.over)
            }
            None => false,
        };
        drop(parcel);
        let now = self.now;
        let Some(held) = self.parcels.get_mut(&id) else {
            return Ok(());
        };
        let parcel = Arc::make_mut(&mut held.parcel);
        let after = match parcel.is_empty() {
            true => None,
            false => {
                parcel.settle(now, over, &self.rules);
                Contribution::of(parcel)
            }
        };
        let listed_before = held.listed.take();
        let listed = self.listed(after.as_ref());
        if listed != listed_before {
            self.list(id, listed_before.as_ref(), listed.as_ref());
        }
        if let Some(held) = self.parcels.get_mut(&id) {
            held.listed = listed;
        }
        self.changed.insert(id, self.sequence);
        if let Some(held) = self.parcels.get_mut(&id) {
            held.changed = self.sequence;
        }
        self.count(before.as_ref(), after.as_ref());
        Ok(())
    }

    /// Takes back what a parcel added, and adds what it adds now.
    pub(super) fn count(&mut self, before: Option<&Contribution>, after: Option<&Contribution>) {
        let place = |own: Option<&Contribution>| own.and_then(|own| self.site_index(&own.site));
        let (old, new) = (place(before), place(after));
        if let Some(site) = old {
            let after = after.filter(|_| old == new);
            self.sites[site].replace(before, after);
        }
        if let Some(site) = new
            && old != new
        {
            self.sites[site].replace(None, after);
        }
    }

    /// A buyer's year of a parcel, with the key and what the parcel is in it.
    pub fn year_of(
        &self,
        parcel: &Parcel,
    ) -> Result<Option<(YearKey, YearEntry, shared::parcels::BuyersYear)>, StateError> {
        let Some((key, entry)) = self.year_entry(parcel) else {
            return Ok(None);
        };
        let year = self
            .years
            .look(&key, self.rules.year_limit, &self.filter, &self.store)?;
        Ok(Some((key, entry, year)))
    }
}
