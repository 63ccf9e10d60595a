//! From the newest entries of the store to older ones, in windows of time: all parts of a list are read in one
//! window before any is read in an earlier one, so that a filter that few stays pass does not read one part to its
//! end while another has what is looked for.

use super::super::store::{ListReader, Scan, StayRow, StoreError};
use super::order::{container_of, rank_of};
use super::part::{self, Part};
use super::{Best, By, Key, Measure, Sort, Text, Wanted};
use rustc_hash::FxHashSet;
use shared::time::{HOUR, Time};
use smol_str::SmolStr;

/// The first window; each next one is twice as long.
const FIRST_WINDOW: i64 = HOUR;
/// Up to so many containers of a text are looked at one by one.
const ONE_BY_ONE: usize = 4_000;
/// Of more there are most often enough among the newest: at most so many stays are looked at …
const LOOKED_AT: usize = 5_000;
/// … before all containers of the text are looked up, unless they are more than these.
const KNOWN: usize = 1_000_000;
/// To look at a container costs as much as so many entries.
const COST: usize = 20;

/// A part with the newest of its entries that was not read yet.
struct Unread {
    part: Part,
    /// Nothing before this counts.
    from: i64,
    newest: i64,
}

/// Puts in what the store has.
pub(super) fn walk(
    reader: &ListReader<'_>,
    wanted: &Wanted,
    changed: &FxHashSet<SmolStr>,
    best: &mut Best,
) -> Result<(), StoreError> {
    let mut walk = Walk {
        reader,
        wanted,
        changed,
        among: None,
        seen: 0,
        decoded: 0,
        most_decoded: usize::MAX,
    };
    let Some(text) = &wanted.text else {
        return walk.by_windows(best);
    };
    if let Some(containers) = reader.containers_of(text, ONE_BY_ONE)? {
        return walk.each_of(&containers, text, best);
    }
    walk.most_decoded = LOOKED_AT;
    walk.by_windows(best)?;
    if !walk.is_in_vain() {
        return Ok(());
    }
    (walk.seen, walk.most_decoded) = (0, usize::MAX);
    let Some(containers) = reader.containers_of(text, KNOWN)? else {
        return walk.by_windows(best);
    };
    walk.among = Some(containers.iter().map(String::as_str).collect());
    walk.by_windows(best)?;
    match walk.is_in_vain() {
        // The newest of them lie far back, and it is quicker to look at each.
        true => walk.each_of(&containers, text, best),
        false => Ok(()),
    }
}

struct Walk<'a> {
    reader: &'a ListReader<'a>,
    wanted: &'a Wanted,
    changed: &'a FxHashSet<SmolStr>,
    /// The containers of the text, where they are known.
    among: Option<FxHashSet<&'a str>>,
    /// Entries of which the container was held against those.
    seen: usize,
    /// Stays that were looked at, and how many may be.
    decoded: usize,
    most_decoded: usize,
}

impl Walk<'_> {
    /// Looks at every stay of some containers.
    fn each_of(&self, containers: &[String], text: &Text, best: &mut Best) -> Result<(), StoreError> {
        let kept = |container: &&String| !self.changed.contains(container.as_str());
        for container in containers.iter().filter(kept) {
            for row in self.reader.rows_of(container)? {
                if is_of_text(&row, text)
                    && let Some(key) = self.wanted.key(&row.id, &row.facts())
                {
                    best.put(key);
                }
            }
        }
        Ok(())
    }

    /// Whether so much was looked at for the text that the walk was given up.
    fn is_in_vain(&self) -> bool {
        match &self.among {
            Some(among) => self.seen > among.len() * COST,
            None => self.decoded > self.most_decoded,
        }
    }

    fn by_windows(&mut self, best: &mut Best) -> Result<(), StoreError> {
        let to = self.end(best);
        let mut unread = self.unread(to)?;
        let (mut end, mut length) = (to, FIRST_WINDOW);
        while let Some(newest) = unread.iter().map(|unread| unread.newest).max() {
            end = end.min(newest.saturating_add(1));
            let floor = unread.iter().map(|unread| unread.from).min().unwrap_or(end);
            let window = match &self.wanted.hours {
                None => Some((end.saturating_sub(length), end)),
                Some(hours) => hours.last_run(end, floor, length),
            };
            let Some(window) = window else { break };
            length = length.saturating_mul(2);
            end = window.0;
            for part in unread.iter_mut().filter(|part| part.newest >= end) {
                part.newest = match self.read(part, window, best)? {
                    // Where there was one, the next is most often close by.
                    true => end.saturating_sub(1),
                    false => self.reader.newest(part.part, part.from, end)?.unwrap_or(i64::MIN),
                };
            }
            unread.retain(|part| part.newest >= part.from && part.newest > i64::MIN);
            let is_done = self.wanted.sort == Sort::Newest && best.is_past(end.saturating_neg());
            if is_done || self.is_in_vain() {
                break;
            }
        }
        Ok(())
    }

    /// The first moment that no longer counts.
    fn end(&self, best: &Best) -> i64 {
        let to = self.wanted.period.1.0;
        match best.behind() {
            Some(behind) if self.wanted.sort == Sort::Newest => {
                to.min(behind.rank.saturating_neg().saturating_add(1))
            }
            _ => to,
        }
    }

    /// The parts of the list that may hold anything.
    fn unread(&self, to: i64) -> Result<Vec<Unread>, StoreError> {
        let wanted = self.wanted;
        let mut unread = Vec::new();
        for (first, last) in part::kinds(wanted.by) {
            let parts = self
                .reader
                .parts(Part::first(wanted.site, first), Part::end(wanted.site, last))?;
            for (part, newest) in parts {
                let fits = wanted.filter.takes(&part.dimensions())
                    && (wanted.status.is_empty() || wanted.status.contains(&part.status()));
                // What was open at a moment began no longer before it than any such clock ran.
                let open = part
                    .longest()
                    .map(|longest| wanted.open_at.0.saturating_sub(longest));
                let from = wanted.period.0.0.max(open.unwrap_or(i64::MIN));
                if !fits || newest < from || !self.may_be_so_long(part, self.asked_seconds()) {
                    continue;
                }
                let newest = match newest < to {
                    true => Some(newest),
                    false => self.reader.newest(part, from, to)?,
                };
                unread.extend(newest.map(|newest| Unread { part, from, newest }));
            }
        }
        Ok(unread)
    }

    /// Reads the entries of a part in a window; answers whether there were any.
    fn read(&mut self, unread: &Unread, window: (i64, i64), best: &mut Best) -> Result<bool, StoreError> {
        let wanted = self.wanted;
        // Nothing older than the last of the page comes in.
        let worst = best.worst().map(|worst| worst.rank.saturating_neg());
        let worst = worst.filter(|_| wanted.sort == Sort::Newest).unwrap_or(i64::MIN);
        let scan = Scan {
            part: unread.part,
            from: window.0.max(unread.from).max(worst),
            to: window.1,
            until: self.until(),
            measure: wanted.measure,
            seconds: self.bounds(best),
        };
        if let Some(seconds) = scan.seconds
            && !self.may_be_so_long(unread.part, seconds)
        {
            return Ok(true);
        }
        let mut failed = None;
        let reader = self.reader;
        let any = reader.scan(&scan, &mut |entry| {
            let rank = match wanted.sort {
                Sort::Newest => entry.at.saturating_neg(),
                Sort::Longest => rank_of(entry.seconds),
            };
            let is_past = wanted.sort == Sort::Newest && best.is_past(rank);
            if is_past || self.is_in_vain() {
                return false;
            }
            self.seen += 1;
            let container = container_of(entry.id);
            let is_other = self
                .among
                .as_ref()
                .is_some_and(|among| !among.contains(container));
            if is_other || !best.wants(rank, entry.id) || self.changed.contains(container) {
                return true;
            }
            match self.key(entry.id, Time(entry.at), entry.later, entry.seconds) {
                Ok(Some(key)) if key.rank == rank => best.put(key),
                Ok(_) => {}
                Err(error) => {
                    failed = Some(error);
                    return false;
                }
            }
            true
        })?;
        failed.map_or(Ok(any), Err)
    }

    /// The moment from which on a later time of the stay does not count.
    fn until(&self) -> i64 {
        match self.wanted.by {
            // A box is discharged and loaded once in a stay; the other move is of no concern here.
            By::Discharged | By::Loaded => i64::MIN,
            By::Clock => self.wanted.open_at.0,
            _ if self.may_skip() => i64::MIN,
            _ => self.wanted.period.1.0,
        }
    }

    /// Whether a later move of the list may lie at another hour, so that an earlier one stands for the stay.
    fn may_skip(&self) -> bool {
        let several = matches!(self.wanted.by, By::Moved | By::Yard | By::RailIn | By::RailOut);
        several && self.wanted.hours.is_some()
    }

    /// The least and most seconds that are worth reading.
    fn bounds(&self, best: &Best) -> Option<(i64, i64)> {
        let wanted = self.wanted;
        let asked = self.asked_seconds();
        let worst = best
            .worst()
            .map(|worst| worst.rank)
            .filter(|rank| *rank < i64::MAX);
        match worst {
            Some(worst) if wanted.sort == Sort::Longest => {
                Some((asked.0.max(worst.saturating_neg()), asked.1))
            }
            _ => wanted.needs_seconds().then_some(asked),
        }
    }

    /// The least and the most seconds that are asked for.
    fn asked_seconds(&self) -> (i64, i64) {
        let whole = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX);
        let (least, most) = self.wanted.seconds;
        (least.map_or(0, whole), most.map_or(i64::MAX, whole))
    }

    /// Whether a part may hold stays of a length.
    fn may_be_so_long(&self, part: Part, (least, most): (i64, i64)) -> bool {
        let of_part = part.seconds().filter(|_| self.wanted.measure == Measure::Overall);
        of_part.is_none_or(|(shortest, longest)| shortest <= most && least <= longest)
    }

    /// The key of an entry, if its stay stands in the list there.
    fn key(
        &mut self,
        id: &str,
        at: Time,
        later: Option<i64>,
        seconds: Option<i64>,
    ) -> Result<Option<Key>, StoreError> {
        let wanted = self.wanted;
        if wanted.hours.as_ref().is_some_and(|hours| !hours.take(at)) {
            return Ok(None);
        }
        let superseded = later.is_some_and(|later| later < wanted.period.1.0) && self.may_skip();
        let by_container = wanted
            .text
            .as_ref()
            .is_some_and(|text| text.begins_container(container_of(id)));
        let of_text = wanted.text.is_none() || by_container;
        if of_text && !superseded && wanted.open != Some(false) {
            let seconds = seconds.and_then(|seconds| u64::try_from(seconds).ok());
            return Ok(Some(Key::new(wanted.sort, at, seconds, id)));
        }
        self.decoded += 1;
        let rows = self.reader.rows_of(container_of(id))?;
        let row = rows.iter().find(|row| row.id == id);
        let row = row.filter(|row| wanted.text.as_ref().is_none_or(|text| is_of_text(row, text)));
        Ok(row.and_then(|row| wanted.key(id, &row.facts())))
    }
}

fn is_of_text(row: &StayRow, text: &Text) -> bool {
    text.begins_container(container_of(&row.id)) || row.texts.iter().any(|own| text.begins(own))
}
