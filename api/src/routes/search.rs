//! Search: whatever people know of a box, as they type it. What is exactly so comes first, then what begins so, then what
//! holds it, then container numbers that are so but for one character.

use super::App;
use super::containers::record_of;
use super::error::ApiError;
use super::params::Params;
use crate::engine::container::{Digest, StayDigest};
use crate::engine::search::{Field, Fit, LEAST_OF_A_NEAR, LEAST_OF_A_PART};
use crate::engine::state::State as EngineState;
use axum::Json;
use axum::extract::State;
use rustc_hash::{FxHashMap, FxHashSet};
use shared::container::ContainerNumber;
use shared::time::Time;
use shared::wire::List;
use shared::wire::container::Found;
use smol_str::SmolStr;
use std::collections::BTreeSet;

/// Results of a search at most; a person narrows it down.
const MOST_FOUND: usize = 1_000;
/// So many characters and more may be the beginning of a block or of a slot.
const LEAST_OF_A_PLACE: usize = 2;

/// `GET /containers?q=`.
pub async fn search(State(app): State<App>, params: Params) -> Result<Json<List<Found>>, ApiError> {
    params.only(&["q", "limit", "cursor"])?;
    let limit = params.limit()?;
    let skip = params.number("cursor")?.unwrap_or(0);
    let skip = usize::try_from(skip).unwrap_or(usize::MAX).min(MOST_FOUND);
    let wanted = params.one("q").unwrap_or("").trim().to_uppercase();
    if wanted.is_empty() {
        return Err(ApiError::parameter("q", "`q` must say what to look for"));
    }
    let found = crate::serving::apart(move || {
        let state = app.engine.state();
        let mut search = Search {
            state: &state,
            params: &params,
            plain: wanted.chars().filter(char::is_ascii_alphanumeric).collect(),
            wanted,
            most: (skip + limit + 1).min(MOST_FOUND),
            found: Vec::new(),
            told: FxHashSet::default(),
        };
        search.run()?;
        let found = search.found;
        let next = (found.len() > skip + limit).then(|| (skip + limit).to_string());
        Ok(List {
            items: found.into_iter().skip(skip).take(limit).collect(),
            next,
            epoch: state.epoch.clone(),
            sequence: state.sequence,
        })
    });
    found.await.map_err(|_| ApiError::internal())?.map(Json)
}

/// A search under way. Nothing more is looked for than the page shows.
struct Search<'a> {
    state: &'a EngineState,
    /// What says which sites the caller sees.
    params: &'a Params,
    /// In capitals.
    wanted: String,
    /// Only its letters and digits, as container numbers are compared.
    plain: String,
    most: usize,
    found: Vec<Found>,
    /// Container and stay of what was found, so that none is told twice.
    told: FxHashSet<(ContainerNumber, Option<SmolStr>)>,
}

impl Search<'_> {
    fn run(&mut self) -> Result<(), ApiError> {
        for fit in [Fit::Exact, Fit::Begins, Fit::Part, Fit::Near] {
            for field in Field::ALL {
                match field {
                    Field::Container => {
                        self.containers(fit)?;
                        self.places(fit)?;
                    }
                    _ => self.texts(field, fit)?,
                }
                if self.is_full() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    fn sees(&self, stay: &StayDigest) -> bool {
        self.params.sees(&self.state.sites[stay.site].site.code)
    }

    fn is_full(&self) -> bool {
        self.found.len() >= self.most
    }

    /// The texts of a field that are found so, and in no better way.
    fn find(&self, field: Field, fit: Fit) -> Vec<SmolStr> {
        let wanted = match field {
            Field::Container => &self.plain,
            _ => &self.wanted,
        };
        let length = wanted.chars().count();
        let is_short = match fit {
            Fit::Exact | Fit::Begins => false,
            Fit::Part => length < LEAST_OF_A_PART,
            Fit::Near => length < LEAST_OF_A_NEAR || field != Field::Container,
        };
        if is_short {
            return Vec::new();
        }
        let better = |text: &str| match fit {
            Fit::Exact => false,
            Fit::Begins => text == wanted,
            Fit::Part => text.starts_with(wanted.as_str()),
            Fit::Near => text.contains(wanted.as_str()),
        };
        // Those that were found in a better way are among them; they fill no place.
        let most = self.most + self.found.len();
        let texts = self.state.search.of(field).find(wanted, fit, most).into_iter();
        texts.filter(|text| !better(text)).map(SmolStr::new).collect()
    }

    fn containers(&mut self, fit: Fit) -> Result<(), ApiError> {
        for text in self.find(Field::Container, fit) {
            if self.is_full() {
                break;
            }
            let Ok(number) = ContainerNumber::parse(&text) else {
                continue;
            };
            if let Some(digest) = self.digest(&number)? {
                let last = digest.stays.iter().rev().find(|stay| self.sees(stay));
                // Whoever sees some sites only sees no container that was at none of them.
                if last.is_none() && self.params.sites().is_some() {
                    continue;
                }
                let found = self.found_in(&number, last, Field::Container.name(), &text);
                self.tell(
                    &number,
                    Found {
                        near: fit == Fit::Near,
                        ..found
                    },
                );
            }
        }
        Ok(())
    }

    fn texts(&mut self, field: Field, fit: Fit) -> Result<(), ApiError> {
        let texts = self.find(field, fit);
        let Some(letter) = field.letter().filter(|_| !texts.is_empty()) else {
            return Ok(());
        };
        // What changed since the last checkpoint the store has as it was.
        let mut changed: FxHashMap<SmolStr, BTreeSet<ContainerNumber>> = FxHashMap::default();
        let wanted: FxHashSet<&SmolStr> = texts.iter().collect();
        for (number, entry) in self.state.changed_containers() {
            let own = entry.digest.stays.iter().flat_map(StayDigest::fields);
            for (_, text) in own.filter(|(own, _)| *own == field) {
                let text = SmolStr::new(text.to_uppercase());
                if wanted.contains(&text) {
                    changed.entry(text).or_default().insert(number.clone());
                }
            }
        }
        for text in &texts {
            let mut numbers = changed.remove(text).unwrap_or_default();
            let stored = self.state.stored_of_term(&format!("{letter}:{text}"))?;
            numbers.extend(
                stored
                    .iter()
                    .filter_map(|number| ContainerNumber::parse(number).ok()),
            );
            for number in numbers {
                if self.is_full() {
                    return Ok(());
                }
                let Some(digest) = self.digest(&number)? else {
                    continue;
                };
                for stay in digest.stays.iter().rev() {
                    if !self.sees(stay) {
                        continue;
                    }
                    let mut own = stay.fields();
                    let is_same = |own: &str| own.to_uppercase() == text.as_str();
                    if let Some((_, own)) = own.find(|(own, is)| *own == field && is_same(is)) {
                        let found = self.found_in(&number, Some(stay), field.name(), own);
                        self.tell(&number, found);
                    }
                }
            }
        }
        Ok(())
    }

    /// Blocks, and the boxes of slots.
    fn places(&mut self, fit: Fit) -> Result<(), ApiError> {
        let is_beginning = fit == Fit::Begins && self.wanted.len() >= LEAST_OF_A_PLACE;
        if fit != Fit::Exact && !is_beginning {
            return Ok(());
        }
        let state = self.state;
        for (index, site) in state.sites.iter().enumerate() {
            if !self.params.sees(&site.site.code) {
                continue;
            }
            let layout = &site.rules.newest().layout;
            let fits = |name: &str| {
                let name = name.to_uppercase();
                match fit {
                    Fit::Exact => name == self.wanted,
                    _ => name.starts_with(&self.wanted) && name != self.wanted,
                }
            };
            let blocks = layout.blocks().iter().filter(|block| fits(&block.name));
            let blocks: Vec<Found> = blocks.map(|block| found_block(&block.name)).collect();
            self.found.extend(blocks);
            let mut standing: Vec<_> = site
                .yard
                .standing()
                .filter(|occupant| begins_with(&occupant.slot, &self.wanted))
                .filter(|occupant| (occupant.slot.len() == self.wanted.len()) == (fit == Fit::Exact))
                .map(|occupant| {
                    (
                        occupant.slot.clone(),
                        occupant.container.clone(),
                        occupant.stay.clone(),
                    )
                })
                .collect();
            standing.sort();
            for (slot, container, stay) in standing {
                if self.is_full() {
                    return Ok(());
                }
                self.tell_in_slot(&container, &stay, &slot, None)?;
            }
            if fit == Fit::Exact
                && let Some((_, address)) = layout.find(&self.wanted)
                && let Some(last) = state.stood_last(index, &address)
            {
                self.tell_in_slot(&last.container, &last.stay, &last.slot, last.until)?;
            }
        }
        Ok(())
    }

    fn tell_in_slot(
        &mut self,
        number: &ContainerNumber,
        stay: &SmolStr,
        slot: &str,
        until: Option<Time>,
    ) -> Result<(), ApiError> {
        let Some(digest) = self.digest(number)? else {
            return Ok(());
        };
        if let Some(stay) = digest.stays.iter().find(|own| own.id == *stay) {
            let site = &self.state.sites[stay.site];
            let found = Found {
                until: until.map(|until| site.local(until)),
                ..self.found_in(number, Some(stay), "slot", slot)
            };
            self.tell(number, found);
        }
        Ok(())
    }

    fn tell(&mut self, number: &ContainerNumber, found: Found) {
        let key = (number.clone(), found.stay.as_deref().map(SmolStr::new));
        if self.told.insert(key) && !self.is_full() {
            self.found.push(found);
        }
    }

    fn found_in(
        &self,
        number: &ContainerNumber,
        stay: Option<&StayDigest>,
        field: &str,
        text: &str,
    ) -> Found {
        let began = stay.and_then(|stay| Some((stay.site, stay.began_at?)));
        Found {
            container: number.to_string(),
            verified: number.is_verified(),
            stay: stay.map(|stay| stay.id.to_string()),
            field: field.to_owned(),
            text: text.to_owned(),
            status: stay.map(|stay| stay.status),
            began_at: began.map(|(site, at)| self.state.sites[site].local(at)),
            near: false,
            until: None,
        }
    }

    /// What a container's stays add up to; `None` when nothing was told of it.
    fn digest(&self, number: &ContainerNumber) -> Result<Option<Digest>, ApiError> {
        let record = record_of(self.state, number)?;
        let record = record.filter(|record| !record.identities.is_empty());
        Ok(record.map(|record| self.state.digest_of(&record)))
    }
}

/// Whether a slot begins with a text in capitals.
fn begins_with(slot: &str, wanted: &str) -> bool {
    let beginning = slot.as_bytes().get(..wanted.len());
    beginning.is_some_and(|beginning| beginning.eq_ignore_ascii_case(wanted.as_bytes()))
}

fn found_block(name: &str) -> Found {
    Found {
        container: String::new(),
        verified: false,
        stay: None,
        field: "block".to_owned(),
        text: name.to_owned(),
        status: None,
        began_at: None,
        near: false,
        until: None,
    }
}
