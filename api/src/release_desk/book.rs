//! What the desk's journal adds up to. All of it is in memory: whatever has ended is packed, some 400 bytes each, so that
//! 300 applications a day are 45 MB in a year.

use rustc_hash::{FxHashMap, FxHashSet};
use shared::release_desk::{Application, Entry, File, Order, is_open};
use shared::time::{DAY, Time};
use smol_str::SmolStr;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// So many requests are known by their names, that a repeated one makes nothing new.
const REQUESTS: usize = 10_000;
/// So many files of one sender may wait for an application.
pub const MOST_WAITING: usize = 200;
/// A file that was sent waits so long for its application.
pub const FILES_WAIT: i64 = 7 * DAY;

/// A line that does not fit the application it is about.
#[derive(Debug, thiserror::Error)]
#[error(
    "line {sequence} of the release desk's journal does not fit what was before it: {reason}; put the data directory aside and bring back a backup with `quaylight restore`"
)]
pub struct Misfit {
    /// Its place.
    pub sequence: u64,
    /// Why.
    pub reason: String,
}

/// What the port's events said of an application when they were looked at last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// When the vessel closes.
    pub closing_at: Option<Time>,
    /// How many checks differ.
    pub differs: u32,
}

/// The applications.
#[derive(Debug, Default)]
pub struct Book {
    /// The journal's epoch.
    pub epoch: String,
    /// The last line that was applied.
    pub sequence: u64,
    /// The clock at that line.
    pub now: Time,
    /// Drafts, and what has not ended or has yet to be told to the engine.
    live: BTreeMap<SmolStr, Arc<Application>>,
    /// What has ended, packed.
    ended: BTreeMap<SmolStr, Box<[u8]>>,
    /// The open application of a box at a site.
    by_box: FxHashMap<(SmolStr, SmolStr), SmolStr>,
    /// Numbers that were given on a day of a site's calendar.
    given: FxHashMap<SmolStr, u32>,
    requests: FxHashMap<(SmolStr, SmolStr), Vec<SmolStr>>,
    requests_in_order: VecDeque<(SmolStr, SmolStr)>,
    /// Instructions, each by the line in which it changed last.
    orders: BTreeMap<u64, SmolStr>,
    order_lines: FxHashMap<SmolStr, u64>,
    /// Applications with a file.
    files: FxHashMap<SmolStr, FxHashSet<SmolStr>>,
    /// Files that were sent, by sender and address.
    uploads: BTreeMap<(SmolStr, SmolStr), File>,
    /// Confirmed ones whose box is still waited for, with the moment of the confirmation.
    pub unloaded: BTreeMap<SmolStr, Time>,
    /// What events said of open ones; not part of what the journal adds up to.
    pub seen: FxHashMap<SmolStr, Seen>,
}

/// The day in a number: `RD-20220223-0001`.
fn day_of(id: &str) -> Option<(&str, u32)> {
    let (day, count) = id.rsplit_once('-')?;
    Some((day, count.parse().ok()?))
}

impl Book {
    /// Nothing yet.
    pub fn new(epoch: &str) -> Book {
        Book {
            epoch: epoch.to_owned(),
            ..Book::default()
        }
    }

    /// Applies a line of the journal. Answers the application as it is now; none when it is about none, or gone.
    pub fn apply(
        &mut self,
        entry: &Entry,
        at: Time,
        sequence: u64,
    ) -> Result<Option<Arc<Application>>, Misfit> {
        self.sequence = sequence;
        self.now = self.now.max(at);
        let misfit = |reason: String| Misfit { sequence, reason };
        let mut application = match entry {
            Entry::Uploaded { file } => {
                self.uploads
                    .insert((file.by.clone(), file.id.clone()), file.clone());
                return Ok(None);
            }
            Entry::Deleted { id } => {
                if let Some(gone) = self.live.remove(id) {
                    self.unfile(&gone);
                }
                return Ok(None);
            }
            Entry::Made {
                id,
                enterprise,
                by,
                form,
                request,
            } => {
                if let Some((day, count)) = day_of(id) {
                    let given = self.given.entry(day.into()).or_default();
                    *given = count.max(*given);
                }
                if let Some(request) = request {
                    self.remember(enterprise, request, id);
                }
                Arc::new(Application::made(id, enterprise, by, form.clone(), at))
            }
            about => {
                let id = about
                    .application()
                    .ok_or_else(|| misfit("it is about nothing".to_owned()))?;
                self.get(id).ok_or_else(|| misfit(format!("there is no {id}")))?
            }
        };
        self.unfile(&application);
        if is_open(application.state) {
            self.by_box.remove(&box_of(&application));
        }
        let changed = Arc::make_mut(&mut application);
        changed
            .apply(entry, at, sequence)
            .map_err(|unfit| misfit(unfit.to_string()))?;
        self.put(&application);
        Ok(Some(application))
    }

    fn put(&mut self, application: &Arc<Application>) {
        let id = &application.id;
        for file in &application.files {
            self.files.entry(file.id.clone()).or_default().insert(id.clone());
        }
        if is_open(application.state) {
            self.by_box.insert(box_of(application), id.clone());
        } else {
            self.seen.remove(id);
        }
        for Order {
            id: order, sequence, ..
        } in &application.orders
        {
            // A line changes one instruction at most.
            match self.order_lines.insert(order.clone(), *sequence) {
                Some(before) if before == *sequence => continue,
                Some(before) => drop(self.orders.remove(&before)),
                None => {}
            }
            self.orders.insert(*sequence, order.clone());
        }
        match application.confirmed_at() {
            Some(at) if application.loaded_at.is_none() => drop(self.unloaded.insert(id.clone(), at)),
            _ => drop(self.unloaded.remove(id)),
        }
        if application.is_done() {
            // A plain struct of texts and numbers always serialises.
            let packed = postcard::to_stdvec(&**application).unwrap_or_default();
            self.ended.insert(id.clone(), packed.into());
            self.live.remove(id);
        } else {
            self.live.insert(id.clone(), Arc::clone(application));
            self.ended.remove(id);
        }
    }

    fn unfile(&mut self, application: &Application) {
        for file in &application.files {
            if let Some(owners) = self.files.get_mut(&file.id) {
                owners.remove(&application.id);
                if owners.is_empty() {
                    self.files.remove(&file.id);
                }
            }
        }
    }

    fn remember(&mut self, enterprise: &SmolStr, request: &SmolStr, id: &SmolStr) {
        let key = (enterprise.clone(), request.clone());
        let ids = self.requests.entry(key.clone()).or_default();
        if ids.is_empty() {
            self.requests_in_order.push_back(key);
        }
        ids.push(id.clone());
        while self.requests_in_order.len() > REQUESTS {
            if let Some(oldest) = self.requests_in_order.pop_front() {
                self.requests.remove(&oldest);
            }
        }
    }

    /// An application.
    pub fn get(&self, id: &str) -> Option<Arc<Application>> {
        match self.live.get(id) {
            Some(live) => Some(Arc::clone(live)),
            None => unpack(self.ended.get(id)?).map(Arc::new),
        }
    }

    /// The application to which an instruction belongs.
    pub fn of_order(&self, order: &str) -> Option<Arc<Application>> {
        let (id, _) = order.rsplit_once('-')?;
        self.get(id)
            .filter(|found| found.orders.iter().any(|own| own.id == order))
    }

    /// Drafts, and what has not ended.
    pub fn live(&self) -> impl Iterator<Item = &Arc<Application>> {
        self.live.values()
    }

    /// All of them, newest number first.
    pub fn newest(&self) -> impl Iterator<Item = Arc<Application>> {
        let mut live = self.live.iter().rev().peekable();
        let mut ended = self.ended.iter().rev().peekable();
        std::iter::from_fn(move || {
            loop {
                let take_live = match (live.peek(), ended.peek()) {
                    (None, None) => return None,
                    (Some(_), None) => true,
                    (None, Some(_)) => false,
                    (Some((a, _)), Some((b, _))) => a > b,
                };
                if take_live {
                    return live.next().map(|(_, application)| Arc::clone(application));
                }
                if let Some(application) = ended.next().and_then(|(_, packed)| unpack(packed)) {
                    return Some(Arc::new(application));
                }
            }
        })
    }

    /// The open application for a box at a site.
    pub fn of_box(&self, site: &str, container: &str) -> Option<&SmolStr> {
        self.by_box.get(&(site.into(), container.into()))
    }

    /// How many numbers were given with a beginning such as `RD-20220223`.
    pub fn given(&self, day: &str) -> u32 {
        self.given.get(day).copied().unwrap_or(0)
    }

    /// What a request of that name made before.
    pub fn of_request(&self, enterprise: &str, request: &str) -> Option<Vec<Arc<Application>>> {
        let ids = self.requests.get(&(enterprise.into(), request.into()))?;
        Some(ids.iter().filter_map(|id| self.get(id)).collect())
    }

    /// Instructions that changed behind a line, in that order.
    pub fn orders_behind(&self, line: u64) -> impl Iterator<Item = (Arc<Application>, Order)> {
        let changed = self.orders.range(line.saturating_add(1)..);
        changed.filter_map(|(_, id)| {
            let application = self.of_order(id)?;
            let order = application.orders.iter().find(|order| order.id == *id)?.clone();
            Some((application, order))
        })
    }

    /// Files that applications have.
    pub fn proofs(&self) -> impl Iterator<Item = &SmolStr> {
        self.files.keys()
    }

    /// How many files somebody sent that go with no application and wait for one.
    pub fn waiting_files(&self, by: &str, now: Time) -> usize {
        let first = (SmolStr::new(by), SmolStr::default());
        let own = self.uploads.range(first..).take_while(|((own, _), _)| own == by);
        own.filter(|((_, id), file)| file.at.plus(FILES_WAIT) > now && !self.files.contains_key(id))
            .count()
    }

    /// A file that somebody sent and that waits, or that goes with an application that `sees` takes.
    pub fn file(&self, id: &str, by: Option<&str>, sees: impl Fn(&Application) -> bool) -> Option<File> {
        let waiting = self
            .uploads
            .iter()
            .find(|((own, file), _)| file == id && by.is_none_or(|by| own == by));
        if let Some((_, file)) = waiting {
            return Some(file.clone());
        }
        let mut owners = self.files.get(id)?.iter().filter_map(|owner| self.get(owner));
        let owner = owners.find(|owner| sees(owner))?;
        owner.files.iter().find(|file| file.id == id).cloned()
    }

    /// A file that somebody sent.
    pub fn upload(&self, by: &str, id: &str) -> Option<&File> {
        self.uploads.get(&(by.into(), id.into()))
    }

    /// Forgets files that waited too long, and says whether a file is still needed.
    pub fn forget_uploads(&mut self, now: Time) -> FxHashSet<SmolStr> {
        self.uploads.retain(|_, file| file.at.plus(FILES_WAIT) > now);
        let waiting = self.uploads.keys().map(|(_, file)| file.clone());
        self.files.keys().cloned().chain(waiting).collect()
    }

    /// How many there are that have not ended, and that have, with the bytes of those.
    pub fn held(&self) -> (usize, usize, usize) {
        let bytes = self.ended.values().map(|packed| packed.len()).sum();
        (self.live.len(), self.ended.len(), bytes)
    }
}

fn box_of(application: &Application) -> (SmolStr, SmolStr) {
    (
        application.form.site.as_str().into(),
        application.container().into(),
    )
}

fn unpack(packed: &[u8]) -> Option<Application> {
    // What was packed here can be unpacked here.
    postcard::from_bytes(packed).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::release_desk::Done;
    use shared::wire::release_desk::{
        ApplicationAction as Action, ApplicationForm, ApplicationKind, ApplicationReason, DeskParty as Party,
    };

    fn form() -> ApplicationForm {
        ApplicationForm {
            kind: Some(ApplicationKind::MissingInstruction),
            reason: Some(ApplicationReason::ArrivalReportMissing),
            site: "CNTXG-TPCT".into(),
            containers: vec!["CSQU3054383".into()],
            bill_of_lading: "MDXU714336".into(),
            vessel_name: "EASTERN HIGHWAY".into(),
            vessel_imo: "9321483".into(),
            voyage: "2018W".into(),
            declaration: "020220220000000123".into(),
            district: "0202".into(),
            loading_place: "CNTXG".into(),
            closing_at: None,
            remark: "arrival report was sent on 22 February, the terminal has none".into(),
        }
    }

    #[test]
    fn an_ended_application_is_packed_and_is_the_same_unpacked() {
        let mut book = Book::new("e");
        let id = SmolStr::new("RD-20220223-0001");
        let entries = [
            Entry::Made {
                id: id.clone(),
                enterprise: "acme".into(),
                by: "li".into(),
                form: form(),
                request: None,
            },
            Entry::Done(Done::new(&id, Party::Enterprise, "li", Action::Apply)),
            Entry::Done(Done::new(&id, Party::Terminal, "wang", Action::Agree)),
            Entry::Done(Done::new(&id, Party::Customs, "zhao", Action::Approve)),
            Entry::Done(Done::new(&id, Party::Terminal, "webhook", Action::Confirm)),
        ];
        let mut last = None;
        for (entry, line) in entries.iter().zip(1_u64..) {
            last = book
                .apply(entry, Time(line.cast_signed() * 60_000), line)
                .unwrap();
        }
        let last = last.unwrap();
        assert_eq!(
            (book.live.len(), book.of_box("CNTXG-TPCT", "CSQU3054383")),
            (1, None)
        );
        book.apply(&Entry::Told { id: id.clone() }, Time(400_000), 6)
            .unwrap();
        let (live, ended, bytes) = book.held();
        assert_eq!((live, ended), (0, 1));
        assert!((200..600).contains(&bytes), "{bytes} bytes");
        let back = book.get(&id).unwrap();
        assert_eq!(
            Application {
                told: false,
                ..(*back).clone()
            },
            *last
        );
        assert_eq!(book.orders_behind(4).count(), 1);
        assert_eq!(book.orders_behind(5).count(), 0);
        let misfit = book.apply(&entries[2], Time(0), 7).unwrap_err();
        assert!(misfit.to_string().contains("line 7"), "{misfit}");
        // When it is loaded after all, it is unpacked for that, and counts as saved.
        assert_eq!(book.unloaded.len(), 1);
        assert!(!back.is_saved());
        let loaded_at = Time(500_000);
        let loaded = Entry::Loaded {
            id: id.clone(),
            loaded_at,
        };
        book.apply(&loaded, Time(500_001), 7).unwrap();
        assert_eq!((book.unloaded.len(), book.held().1), (0, 1));
        assert_eq!(book.get(&id).unwrap().loaded_at, Some(loaded_at));
    }

    #[test]
    fn whoever_reads_instructions_one_by_one_sees_each_although_an_application_has_several() {
        let mut book = Book::new("e");
        let mut line = 0;
        let mut apply = |book: &mut Book, entry| {
            line += 1;
            book.apply(&entry, Time(0), line).unwrap();
        };
        let (one, other) = (SmolStr::new("RD-20220223-0001"), SmolStr::new("RD-20220223-0002"));
        for (id, container) in [(&one, "CSQU3054383"), (&other, "MSKU1111113")] {
            let form = ApplicationForm {
                containers: vec![container.to_owned()],
                ..form()
            };
            let made = Entry::Made {
                id: id.clone(),
                enterprise: "acme".into(),
                by: "li".into(),
                form,
                request: None,
            };
            apply(&mut book, made);
            for (party, action) in [
                (Party::Enterprise, Action::Apply),
                (Party::Terminal, Action::Agree),
            ] {
                apply(&mut book, Entry::Done(Done::new(id, party, "x", action)));
            }
        }
        for (id, party, action) in [
            (&one, Party::Customs, Action::Approve),
            (&one, Party::Terminal, Action::Reject),
            (&other, Party::Customs, Action::Approve),
            (&one, Party::Customs, Action::Approve),
        ] {
            apply(&mut book, Entry::Done(Done::new(id, party, "x", action)));
        }
        let mut seen = Vec::new();
        let mut after = 0;
        while let Some((application, order)) = book.orders_behind(after).next() {
            assert!(order.sequence > after && order.id.starts_with(application.id.as_str()));
            after = order.sequence;
            seen.push(order.id);
        }
        assert_eq!(
            seen,
            ["RD-20220223-0001-1", "RD-20220223-0002-1", "RD-20220223-0001-2"]
        );
        assert_eq!(book.orders_behind(u64::MAX).count(), 0);
    }

    #[test]
    fn files_that_wait_are_those_that_go_with_no_application_yet() {
        let mut book = Book::new("e");
        let file = |id: &str, by: &str, at| File {
            id: id.into(),
            name: "a.pdf".into(),
            media_type: "application/pdf".into(),
            size: 1,
            at,
            by: by.into(),
        };
        let now = Time(2 * FILES_WAIT);
        let files = [
            file("a", "acme", now),
            file("b", "acme", now),
            file("c", "acme", Time(0)),
            file("a", "bolt", now),
        ];
        for (file, line) in files.iter().zip(1..) {
            let entry = Entry::Uploaded { file: file.clone() };
            book.apply(&entry, now, line).unwrap();
        }
        let of = |book: &Book, by: &str| book.waiting_files(by, now);
        assert_eq!(
            (of(&book, "acme"), of(&book, "bolt"), of(&book, "acm")),
            (2, 1, 0)
        );
        let id = SmolStr::new("RD-1");
        let made = Entry::Made {
            id: id.clone(),
            enterprise: "acme".into(),
            by: "acme".into(),
            form: form(),
            request: None,
        };
        let filed = Entry::Filed {
            id,
            by: "acme".into(),
            added: true,
            file: files[1].clone(),
        };
        book.apply(&made, now, 5).unwrap();
        book.apply(&filed, now, 6).unwrap();
        assert_eq!(of(&book, "acme"), 1);
    }
}
